/* SPDX-License-Identifier: MIT */
/*
 * channel_steps_test.c -- an interrupt at every instruction of the other channels' calls: no value is half
 * old and half new, no loss uncounted, no wake-up missing.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <weir/broadcast.h>
#include <weir/mpsc.h>
#include <weir/oneshot.h>
#include <weir/watch.h>

#include "support/steps.h"

#define CAPACITY 4u

/* An item that shows when it is of two parts. */
struct item {
	uint64_t n, again, once_more;
	uint16_t short_one; /* and no whole number of words */
};

static struct {
	union {
		struct weir_broadcast broadcast;
		struct weir_watched watched;
		struct weir_mpsc inbox;
		struct weir_oneshot one;
		struct weir_ring ring;
	};
	struct weir_ring_feed ring_feed;
	struct weir_feed *feed;
	uint64_t memory[128];
	struct weir_listener *listener;
	struct weir_watcher *watcher;
	struct weir_producer *producers[2];
	struct item naive; /* a value that anyone may read at any time */
	uint32_t sent, claimed, got, lagged, skipped_to, wakes, times;
	uint64_t mail[2][2]; /* by producer: sent, got */
	int said;
	bool broken, sleeps;
} w;

static uint32_t bad, runs;

static struct item item_of(uint64_t n)
{
	return (struct item){ .n = n, .again = ~n, .once_more = n * 3, .short_one = (uint16_t)n };
}

static bool is_whole(const struct item *i)
{
	return i->again == ~i->n && i->once_more == i->n * 3 && i->short_one == (uint16_t)i->n;
}

static void each(steps_fn *operation, steps_fn *interrupt, steps_fn *check)
{
	const struct steps s = { operation, interrupt, check, &w, sizeof w, 0 };

	runs += steps_each(&s);
}

static void begin(void)
{
	bad = runs = 0;
	steps_forget();
}

static void end(const char *what, uint32_t at_least)
{
	printf("%s: %u runs, interrupted before %u different instructions, %u bad\n", what, runs,
		steps_addresses(), bad);
	ck_assert_uint_gt(runs, at_least);
	ck_assert_uint_eq(bad, 0);
}

/* ---- broadcast ---- */

static void send_one(void *world)
{
	struct item i = item_of(w.sent);

	(void)world;
	w.claimed = w.sent + 1;
	if (weir_broadcast_send(&w.broadcast, &i) == WEIR_OK)
		w.sent++;
	w.claimed = w.sent;
}

static void send_some(void *world)
{
	for (uint32_t i = 0; i < w.times; i++)
		send_one(world);
}

/* Take, and hold what comes against what was sent: `got` counts items, lost ones included. */
static void take_some(void *world)
{
	struct item items[3];
	uint32_t lagged;
	int32_t k = weir_listener_take(w.listener, items, 3, &lagged);

	(void)world;
	w.got += lagged;
	w.lagged += lagged;
	w.broken = w.broken || (lagged > 0 && (w.got > w.claimed - CAPACITY || w.claimed < CAPACITY));
	for (int32_t i = 0; i < k; i++)
		w.broken = w.broken || items[i].n != w.got++ || !is_whole(&items[i]);
}

static void judge_broadcast(void *world)
{
	for (int i = 0; i < 4; i++)
		take_some(world);
	bad += w.broken || w.got != w.sent || weir_listener_lagged(w.listener) != w.lagged ||
	       (w.listener->pace == WEIR_PACE_LOCK_STEP && w.lagged > 0);
}

static void open_broadcast(enum weir_pace pace, uint32_t fill)
{
	memset(&w, 0, sizeof w);
	(void)weir_broadcast_init(&w.broadcast, w.memory, sizeof(struct item), CAPACITY, 1);
	w.broadcast.slots.claimed = w.broadcast.slots.written = UINT32_MAX - 2;
	w.listener = weir_broadcast_listen(&w.broadcast, pace);
	w.times = fill;
	send_some(NULL);
}

START_TEST(a_listener_may_be_interrupted_by_its_producer)
{
	begin();
	for (uint32_t fill = 0; fill < CAPACITY + 2; fill++)
		for (uint32_t times = 1; times < 2 * CAPACITY; times++)
			for (enum weir_pace pace = WEIR_PACE_LAGGED; pace <= WEIR_PACE_LOCK_STEP; pace++) {
				open_broadcast(pace, fill);
				w.times = times;
				each(take_some, send_some, judge_broadcast);
			}
	end("broadcast, interrupt sends", 5000);
}
END_TEST

START_TEST(a_producer_may_be_interrupted_by_its_listener)
{
	begin();
	for (uint32_t fill = 0; fill < CAPACITY + 2; fill++)
		for (enum weir_pace pace = WEIR_PACE_LAGGED; pace <= WEIR_PACE_LOCK_STEP; pace++) {
			open_broadcast(pace, fill);
			each(send_one, take_some, judge_broadcast);
		}
	end("broadcast, interrupt takes", 300);
}
END_TEST

/* ---- watch ---- */

static void set_one(void *world)
{
	struct item i = item_of(w.sent + 1);

	(void)world;
	(void)weir_watched_set(&w.watched, &i);
	w.sent++;
}

static void set_some(void *world)
{
	for (uint32_t i = 0; i < w.times; i++)
		set_one(world);
}

/* What is read is whole, no older than what was set before, and newer than what was taken before. */
static void look(void *world)
{
	struct item i;
	uint32_t before = w.sent;

	(void)world;
	if (weir_watched_peek(&w.watched, &i) == 1)
		w.broken = w.broken || !is_whole(&i) || i.n < before;
	else
		w.broken = w.broken || before > 0;
	before = w.sent;
	if (weir_watcher_take(w.watcher, &i) == 1) {
		w.broken = w.broken || !is_whole(&i) || i.n < before || i.n <= w.skipped_to;
		w.skipped_to = (uint32_t)i.n;
		w.got++;
	}
}

static void judge_watch(void *world)
{
	look(world);
	bad += w.broken || w.skipped_to != w.sent || weir_watcher_skipped(w.watcher) + w.got != w.sent;
}

static void open_watch(uint32_t fill)
{
	memset(&w, 0, sizeof w);
	(void)weir_watched_init(&w.watched, w.memory, sizeof(struct item), 1);
	w.watched.slots.claimed = w.watched.slots.written = UINT32_MAX - 2;
	w.watcher = weir_watched_watch(&w.watched);
	w.times = fill;
	set_some(NULL);
}

START_TEST(a_watcher_may_be_interrupted_by_its_writer)
{
	begin();
	for (uint32_t fill = 0; fill < 4; fill++)
		for (uint32_t times = 1; times < 5; times++) {
			open_watch(fill);
			w.times = times;
			each(look, set_some, judge_watch);
		}
	end("watch, interrupt sets", 1000);
}
END_TEST

START_TEST(a_writer_may_be_interrupted_by_its_watcher)
{
	begin();
	for (uint32_t fill = 0; fill < 4; fill++) {
		open_watch(fill);
		w.times = 3;
		each(set_some, look, judge_watch);
	}
	end("watch, interrupt looks", 300);
}
END_TEST

/* ---- inbox ---- */

static void send_mail(unsigned from)
{
	uint64_t mail = from << 16 | w.mail[from][0];
	int rc = weir_mpsc_try_send(w.producers[from], &mail);

	w.mail[from][0] += rc >= 0;
	w.wakes += rc == WEIR_MPSC_WAKE;
}

static void send_as_0(void *world)
{
	(void)world;
	send_mail(0);
}

static void send_as_1(void *world)
{
	(void)world;
	for (uint32_t i = 0; i < w.times; i++)
		send_mail(1);
}

static void receive_mail(void *world)
{
	uint64_t mail[3];
	int32_t k = weir_mpsc_receive(&w.inbox, mail, 3);

	(void)world;
	for (int32_t i = 0; i < k; i++)
		w.broken = w.broken || (mail[i] & 0xffff) != w.mail[mail[i] >> 16][1]++;
}

static void receive_and_sleep(void *world)
{
	receive_mail(world);
	w.sleeps = weir_mpsc_sleep(&w.inbox);
}

static void judge_mail(void *world)
{
	bad += w.sleeps && weir_mpsc_count(&w.inbox) > 0 && w.wakes == 0;
	for (int i = 0; i < 4; i++)
		receive_mail(world);
	bad += w.broken || w.mail[0][0] != w.mail[0][1] || w.mail[1][0] != w.mail[1][1];
}

static void open_inbox(uint32_t fill_0, uint32_t fill_1)
{
	memset(&w, 0, sizeof w);
	(void)weir_mpsc_init(&w.inbox, w.memory, sizeof(uint64_t), CAPACITY, 2);
	for (int i = 0; i < 2; i++)
		w.producers[i] = weir_mpsc_register(&w.inbox);
	while (fill_0-- > 0)
		send_mail(0);
	w.times = fill_1;
	send_as_1(NULL);
	w.times = 2;
}

START_TEST(a_receiver_may_be_interrupted_by_a_producer)
{
	begin();
	for (uint32_t fill = 0; fill < 9; fill++) {
		open_inbox(fill / 3, fill % 3);
		each(receive_and_sleep, send_as_1, judge_mail);
	}
	end("inbox, interrupt sends", 1000);
}
END_TEST

START_TEST(a_producer_may_be_interrupted_by_another)
{
	begin();
	for (uint32_t fill = 0; fill < 5; fill++) {
		open_inbox(fill, fill);
		each(send_as_0, send_as_1, judge_mail);
		open_inbox(fill, 0);
		w.wakes = 0;
		while (fill == 0 && !w.sleeps)
			receive_and_sleep(NULL);
		each(send_as_0, send_as_1, judge_mail); /* one of them has to wake the receiver */
	}
	end("inbox, another one sends", 300);
}
END_TEST

START_TEST(a_producer_may_be_interrupted_by_the_receiver)
{
	begin();
	for (uint32_t fill = 0; fill < 5; fill++) {
		open_inbox(fill, fill % 2);
		each(send_as_0, receive_and_sleep, judge_mail);
	}
	end("inbox, interrupt receives", 200);
}
END_TEST

/* ---- oneshot ---- */

static void send_value(void *world)
{
	struct item i = item_of(7);

	(void)world;
	w.said = weir_oneshot_send(&w.one, &i);
	w.wakes += w.said == WEIR_ONESHOT_WAKE;
	w.sent += w.said >= 0;
}

static void send_nothing(void *world)
{
	(void)world;
	w.wakes += weir_oneshot_close(&w.one) == WEIR_ONESHOT_WAKE;
	w.claimed = 1; /* closed */
}

static void take_value(void *world)
{
	struct item i;

	(void)world;
	w.said = weir_oneshot_take(&w.one, &i);
	w.got += w.said == 1;
	w.broken = w.broken || (w.said == 1 && (!is_whole(&i) || i.n != 7));
}

static void take_and_sleep(void *world)
{
	take_value(world);
	w.sleeps = weir_oneshot_sleep(&w.one);
}

static void give_up(void *world)
{
	(void)world;
	weir_oneshot_cancel(&w.one);
}

static void judge_oneshot(void *world)
{
	bad += w.sleeps && w.sent + w.claimed > 0 && w.wakes == 0;
	take_value(world);
	bad += w.broken || w.got != w.sent || (w.claimed > 0 && w.said != WEIR_ECANCELLED);
}

START_TEST(a_oneshot_may_be_interrupted_on_either_side)
{
	static steps_fn *const pairs[][2] = { { take_and_sleep, send_value },
		{ take_and_sleep, send_nothing }, { send_value, take_and_sleep },
		{ send_nothing, take_and_sleep }, { send_value, give_up }, { give_up, send_value } };

	begin();
	for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
		memset(&w, 0, sizeof w);
		(void)weir_oneshot_init(&w.one, w.memory, sizeof(struct item));
		each(pairs[i][0], pairs[i][1], judge_oneshot);
	}
	end("oneshot", 150);
}
END_TEST

/* ---- the last losses ---- */

static void take_to_the_end(void *world)
{
	uint64_t items[2];
	uint32_t lagged = 0;

	(void)world;
	w.said = w.feed->type->take(w.feed, items, 2, &lagged);
	w.got += w.said > 0 ? (uint32_t)w.said : 0;
	w.lagged += lagged;
}

static void lose_and_close(void *world)
{
	uint64_t item = 1;

	(void)world;
	if (w.producers[0] != NULL) {
		if (w.times > 0)
			w.sent += weir_mpsc_try_send(w.producers[0], &item) >= 0;
		weir_mpsc_lose(w.producers[0], 3);
		weir_mpsc_close(w.producers[0]);
	} else {
		if (w.times > 0)
			w.sent += weir_ring_push(&w.ring, &item, 1) == 1;
		weir_ring_lose(&w.ring, 3);
		weir_ring_close(&w.ring);
	}
}

static void judge_losses(void *world)
{
	while (w.said != WEIR_ENDED)
		take_to_the_end(world);
	bad += w.got != w.sent || w.lagged != 3;
}

START_TEST(what_is_lost_just_before_the_end_is_told)
{
	begin();
	for (uint32_t i = 0; i < 2 * CAPACITY; i++) {
		uint64_t item = 1;
		uint32_t fill = i / 2, with_item = i % 2;

		memset(&w, 0, sizeof w);
		(void)weir_ring_init(&w.ring, w.memory, sizeof item, CAPACITY);
		w.feed = weir_ring_feed_init(&w.ring_feed, &w.ring);
		for (; w.sent < fill; w.sent++)
			(void)weir_ring_push(&w.ring, &item, 1);
		w.times = with_item;
		each(take_to_the_end, lose_and_close, judge_losses);
		open_inbox(fill, 0);
		w.sent = fill;
		w.times = with_item;
		weir_mpsc_close(w.producers[1]);
		weir_mpsc_seal(&w.inbox);
		w.feed = weir_mpsc_feed(&w.inbox);
		each(take_to_the_end, lose_and_close, judge_losses);
	}
	end("losses before the end", 500);
}
END_TEST

/* ---- a value made wrong ---- */

static void set_naive(void *world)
{
	struct item i = item_of(++w.sent);

	(void)world;
	memcpy(&w.naive, &i, sizeof i);
}

static void read_naive(void *world)
{
	struct item i;
	const volatile struct item *from = &w.naive;

	(void)world;
	i.n = from->n;
	i.again = from->again;
	i.once_more = from->once_more;
	i.short_one = from->short_one;
	w.broken = w.broken || !is_whole(&i);
}

static void judge_naive(void *world)
{
	(void)world;
	bad += w.broken;
}

START_TEST(a_value_of_two_parts_is_found_out)
{
	begin();
	memset(&w, 0, sizeof w);
	set_naive(NULL);
	each(read_naive, set_naive, judge_naive);
	printf("a naive value: %u runs, %u bad\n", runs, bad);
	ck_assert_uint_gt(bad, 0);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("channel_steps");
	TCase *tc = tcase_create("channel_steps");
	SRunner *sr = srunner_create(suite);
	int failed;

	if (!steps_possible()) {
		printf("no trap flag here: the channels were not interrupted\n");
		return 77;
	}
	suite_add_tcase(suite, tc);
	tcase_add_test(tc, a_listener_may_be_interrupted_by_its_producer);
	tcase_add_test(tc, a_producer_may_be_interrupted_by_its_listener);
	tcase_add_test(tc, a_watcher_may_be_interrupted_by_its_writer);
	tcase_add_test(tc, a_writer_may_be_interrupted_by_its_watcher);
	tcase_add_test(tc, a_receiver_may_be_interrupted_by_a_producer);
	tcase_add_test(tc, a_producer_may_be_interrupted_by_another);
	tcase_add_test(tc, a_producer_may_be_interrupted_by_the_receiver);
	tcase_add_test(tc, a_oneshot_may_be_interrupted_on_either_side);
	tcase_add_test(tc, what_is_lost_just_before_the_end_is_told);
	tcase_add_test(tc, a_value_of_two_parts_is_found_out);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
