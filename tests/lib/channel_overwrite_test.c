/* SPDX-License-Identifier: MIT */
/*
 * channel_overwrite_test.c -- what is overwritten while somebody copies it: the copy is given up, in whole or in part,
 * and counted. An interrupt comes in the middle of a call, before one instruction of it after the other.
 *
 * channel_steps_test.c claims more, of every instruction; but there calls are put back to where they were, and here each
 * is one from its beginning to its end.
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include <weir/broadcast.h>
#include <weir/watch.h>

#include "support/steps.h"

#define CAPACITY 4u
#define STRIDE   5u /* instructions from one interrupt to the next run's */

struct item {
	uint64_t n, again, once_more;
};

static struct {
	struct weir_broadcast broadcast;
	struct weir_listener *listener;
	struct weir_watched watched;
	uint64_t memory[128];
	struct item got[CAPACITY], seen;
	uint32_t sent, times, lagged;
	int32_t taken;
	int peeked;
} w;

static struct item item_of(uint64_t n)
{
	return (struct item){ .n = n, .again = ~n, .once_more = n * 3 };
}

static bool is_whole(const struct item *i)
{
	return i->again == ~i->n && i->once_more == i->n * 3;
}

/* ---- broadcast ---- */

static void send_some(void *world)
{
	(void)world;
	for (uint32_t i = 0; i < w.times; i++) {
		struct item item = item_of(w.sent++);

		(void)weir_broadcast_send(&w.broadcast, &item);
	}
}

static void take_three(void *world)
{
	(void)world;
	w.taken = weir_listener_take(w.listener, w.got, 3, &w.lagged);
}

/* Three wait when they are asked for; `times` more come in the middle of that. */
static bool take_interrupted(uint32_t times, uint32_t at)
{
	const struct steps s = { .operation = take_three, .interrupt = send_some };

	memset(&w, 0, sizeof w);
	ck_assert_int_eq(
		weir_broadcast_init(&w.broadcast, w.memory, sizeof(struct item), CAPACITY, 1), WEIR_OK);
	w.broadcast.slots.claimed = w.broadcast.slots.written = UINT32_MAX - 2;
	w.listener = weir_broadcast_listen(&w.broadcast, WEIR_PACE_LAGGED);
	w.times = 3;
	send_some(NULL);
	w.times = times;
	return steps_once(&s, at);
}

START_TEST(of_items_that_are_overwritten_meanwhile_the_later_ones_are_left)
{
	uint32_t times = (uint32_t)_i, all = 0, some = 0, none = 0;

	for (uint32_t at = 1; take_interrupted(times, at); at += STRIDE) {
		ck_assert_int_gt(w.taken, 0);
		ck_assert_uint_le(w.lagged + (uint32_t)w.taken, w.sent);
		for (uint32_t i = 0; i < (uint32_t)w.taken; i++) {
			ck_assert_uint_eq(w.got[i].n, w.lagged + i);
			ck_assert(is_whole(&w.got[i]));
		}
		ck_assert_uint_eq(weir_listener_lagged(w.listener), w.lagged);
		ck_assert_uint_le(w.lagged, times - 1); /* one place was free */
		none += w.lagged == 0;
		some += w.lagged > 0 && w.lagged < 3;
		all += w.lagged >= 3;
	}
	if (!steps_possible())
		return;
	ck_assert_uint_gt(none, 0); /* it came too late to matter */
	ck_assert_uint_eq(some > 0, times == 2 || times == 3);
	ck_assert_uint_eq(all > 0, times > 3);
}
END_TEST

/* ---- watch ---- */

static void set_some(void *world)
{
	(void)world;
	for (uint32_t i = 0; i < w.times; i++) {
		struct item item = item_of(w.sent++);

		(void)weir_watched_set(&w.watched, &item);
	}
}

static void peek(void *world)
{
	(void)world;
	w.peeked = weir_watched_peek(&w.watched, &w.seen);
}

static bool peek_interrupted(uint32_t times, uint32_t at)
{
	const struct steps s = { .operation = peek, .interrupt = set_some };

	memset(&w, 0, sizeof w);
	ck_assert_int_eq(weir_watched_init(&w.watched, w.memory, sizeof(struct item), 1), WEIR_OK);
	w.times = 1;
	set_some(NULL);
	w.times = times;
	return steps_once(&s, at);
}

START_TEST(a_value_that_is_overwritten_meanwhile_is_read_anew)
{
	uint32_t times = (uint32_t)_i, newer = 0, same = 0;

	for (uint32_t at = 1; peek_interrupted(times, at); at += STRIDE) {
		ck_assert_int_eq(w.peeked, 1);
		ck_assert(is_whole(&w.seen));
		ck_assert(w.seen.n == 0 || w.seen.n == times);
		newer += w.seen.n == times;
		same += w.seen.n == 0;
	}
	if (!steps_possible())
		return;
	ck_assert_uint_gt(newer, 0);
	ck_assert_uint_gt(same, 0);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("channel_overwrite");
	TCase *tc = tcase_create("channel_overwrite");
	SRunner *sr = srunner_create(suite);
	int failed;

	suite_add_tcase(suite, tc);
	tcase_add_loop_test(
		tc, of_items_that_are_overwritten_meanwhile_the_later_ones_are_left, 1, 2 * CAPACITY);
	tcase_add_loop_test(tc, a_value_that_is_overwritten_meanwhile_is_read_anew, 1, 5);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
