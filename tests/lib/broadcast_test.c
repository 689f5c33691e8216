/* SPDX-License-Identifier: MIT */
/* broadcast_test.c -- every listener gets every item, or the exact number of those it did not get. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include <weir/broadcast.h>

#define LISTENERS 3u

static struct weir_broadcast channel;
static struct weir_listener *listeners[LISTENERS];
static uint32_t sent;
static void *memory;

static const uint32_t starts[] = { 0, UINT32_MAX - 1, (uint32_t)INT32_MAX - 1 };
#define STARTS ((int)(sizeof starts / sizeof starts[0]))

static void open_channel(uint32_t capacity, uint32_t start)
{
	int64_t bytes = weir_broadcast_size(sizeof(uint32_t), capacity, LISTENERS);

	ck_assert_int_gt(bytes, 0);
	memory = malloc((size_t)bytes);
	ck_assert_ptr_nonnull(memory);
	memset(memory, 0xa5, (size_t)bytes);
	ck_assert_int_eq(
		weir_broadcast_init(&channel, memory, sizeof(uint32_t), capacity, LISTENERS), WEIR_OK);
	channel.slots.claimed = channel.slots.written = start;
	sent = 0;
}

static void close_channel(void)
{
	free(memory);
}

static void listen(uint32_t i, enum weir_pace pace)
{
	listeners[i] = weir_broadcast_listen(&channel, pace);
	ck_assert_ptr_nonnull(listeners[i]);
}

static void send_some(uint32_t n)
{
	for (uint32_t i = 0; i < n; i++, sent++)
		ck_assert_int_eq(weir_broadcast_send(&channel, &sent), WEIR_OK);
}

/*
 * Take up to n and expect `want` (a count or an error), the first of them being `first`, after `lost` lost
 * ones.
 */
static void expect(uint32_t i, uint32_t n, int32_t want, uint32_t first, uint32_t lost)
{
	uint32_t items[128], lagged = 77;
	int32_t k = weir_listener_take(listeners[i], items, n, &lagged);

	ck_assert_int_eq(k, want);
	ck_assert_uint_eq(lagged, lost);
	for (int32_t j = 0; j < k; j++)
		ck_assert_uint_eq(items[j], first + (uint32_t)j);
}

START_TEST(every_listener_gets_every_item)
{
	open_channel(4, starts[_i]);
	listen(0, WEIR_PACE_LAGGED);
	listen(1, WEIR_PACE_LOCK_STEP);
	for (uint32_t round = 0; round < 20; round++) {
		send_some(3);
		expect(0, 9, 3, sent - 3, 0);
		expect(0, 9, 0, 0, 0);
		expect(1, 2, 2, sent - 3, 0);
		expect(1, 2, 1, sent - 1, 0);
		expect(1, 2, 0, 0, 0);
	}
	close_channel();
}
END_TEST

START_TEST(sixty_four_too_many_for_four_places_are_sixty_four_lost)
{
	open_channel(4, starts[_i]);
	listen(0, WEIR_PACE_LAGGED);
	listen(1, WEIR_PACE_LAGGED);
	for (uint32_t i = 0; i < 68; i++) {
		send_some(1);
		expect(0, 9, 1, i, 0); /* the one that keeps up loses nothing */
	}
	expect(1, 9, 4, 64, 64);
	ck_assert_uint_eq(weir_listener_lagged(listeners[1]), 64);
	ck_assert_uint_eq(weir_listener_lagged(listeners[0]), 0);
	send_some(6);
	expect(1, 1, 1, 70, 2); /* on at the oldest that is kept */
	expect(1, 9, 3, 71, 0);
	ck_assert_uint_eq(weir_listener_lagged(listeners[1]), 66);
	close_channel();
}
END_TEST

START_TEST(what_was_lost_is_told_without_room_for_an_item)
{
	open_channel(4, starts[_i]);
	listen(0, WEIR_PACE_LAGGED);
	send_some(7);
	expect(0, 0, 0, 0, 3);
	expect(0, 0, 0, 0, 0);
	expect(0, 9, 4, 3, 0);
	close_channel();
}
END_TEST

START_TEST(lock_step_holds_the_producer_back)
{
	uint32_t item = 99;

	open_channel(4, starts[_i]);
	listen(0, WEIR_PACE_LOCK_STEP);
	listen(1, WEIR_PACE_LAGGED);
	send_some(4);
	ck_assert_int_eq(weir_broadcast_send(&channel, &item), WEIR_EFULL);
	expect(1, 9, 4, 0, 0);
	ck_assert_int_eq(weir_broadcast_send(&channel, &item), WEIR_EFULL);
	expect(0, 1, 1, 0, 0);
	send_some(1);
	ck_assert_int_eq(weir_broadcast_send(&channel, &item), WEIR_EFULL);
	expect(0, 9, 4, 1, 0);
	expect(1, 9, 1, 4, 0); /* nobody got what was refused */
	close_channel();
}
END_TEST

START_TEST(who_has_left_holds_nobody_back)
{
	uint32_t item = 99;

	open_channel(2, starts[_i]);
	listen(0, WEIR_PACE_LOCK_STEP);
	listen(1, WEIR_PACE_LOCK_STEP);
	send_some(2);
	expect(1, 9, 2, 0, 0);
	ck_assert_int_eq(weir_broadcast_send(&channel, &item), WEIR_EFULL);
	weir_listener_leave(listeners[0]);
	send_some(2);
	ck_assert_int_eq(weir_broadcast_send(&channel, &item), WEIR_EFULL);
	expect(1, 9, 2, 2, 0);
	close_channel();
}
END_TEST

START_TEST(who_stops_gets_what_is_there_now)
{
	open_channel(4, starts[_i]);
	listen(0, WEIR_PACE_LOCK_STEP);
	listen(1, WEIR_PACE_LAGGED);
	send_some(3);
	expect(0, 1, 1, 0, 0);
	weir_listener_stop(listeners[0]);
	weir_listener_stop(listeners[1]);
	send_some(2);
	weir_listener_stop(listeners[0]); /* again is not later */
	ck_assert(!weir_listener_sleep(listeners[0]));
	expect(0, 9, 2, 1, 0);
	expect(0, 9, WEIR_ENDED, 0, 0);
	weir_listener_leave(listeners[0]);
	send_some(9);
	expect(1, 9, WEIR_ENDED, 0, 3); /* those it stopped at, and no more */
	expect(1, 9, WEIR_ENDED, 0, 0);
	close_channel();
}
END_TEST

START_TEST(a_listener_starts_with_the_next_item)
{
	open_channel(4, starts[_i]);
	send_some(6);
	listen(0, WEIR_PACE_LOCK_STEP);
	expect(0, 9, 0, 0, 0);
	send_some(1);
	expect(0, 9, 1, 6, 0);
	close_channel();
}
END_TEST

START_TEST(there_are_as_many_places_as_were_asked_for)
{
	struct weir_listener *left;

	open_channel(4, starts[_i]);
	for (uint32_t i = 0; i < LISTENERS; i++)
		listen(i, WEIR_PACE_LAGGED);
	ck_assert_ptr_null(weir_broadcast_listen(&channel, WEIR_PACE_LAGGED));
	send_some(9);
	expect(1, 1, 1, 5, 5);
	weir_listener_leave(listeners[1]);
	left = listeners[1];
	listen(1, WEIR_PACE_LOCK_STEP);
	ck_assert_ptr_eq(listeners[1], left);
	ck_assert_uint_eq(weir_listener_lagged(listeners[1]), 0);
	expect(1, 9, 0, 0, 0);
	ck_assert_ptr_null(weir_broadcast_listen(&channel, WEIR_PACE_LAGGED));
	close_channel();
}
END_TEST

START_TEST(places_are_billed)
{
	uint64_t place[1];
	const int64_t one = (int64_t)sizeof(struct weir_listener);

	ck_assert_int_eq(weir_broadcast_size(8, 4, 2), 2 * one + 32);
	ck_assert_int_eq(
		weir_broadcast_size(9, 4, 1), one + 4 * (sizeof(uintptr_t) < 8 ? 12 : 16)); /* whole words */
	ck_assert_int_eq(weir_broadcast_size(8, 4, 0), WEIR_EINVAL);
	ck_assert_int_eq(weir_broadcast_size(8, 3, 1), WEIR_EINVAL);
	ck_assert_int_eq(weir_broadcast_size(0, 4, 1), WEIR_EINVAL);
	ck_assert_int_eq(weir_broadcast_size(8, 0, 1), WEIR_EINVAL);
	ck_assert_int_eq(weir_broadcast_size(8, 2 * WEIR_CHANNEL_MOST, 1), WEIR_EINVAL);
	ck_assert_int_eq(weir_broadcast_size(UINT32_MAX, WEIR_CHANNEL_MOST, 1), WEIR_ERANGE);
	ck_assert_int_eq(weir_broadcast_init(&channel, place, 8, 3, 1), WEIR_EINVAL);
}
END_TEST

START_TEST(what_is_kept_comes_before_the_end)
{
	open_channel(4, starts[_i]);
	listen(0, WEIR_PACE_LAGGED);
	listen(1, WEIR_PACE_LAGGED);
	send_some(6);
	expect(1, 9, 4, 2, 2);
	weir_broadcast_close(&channel);
	weir_broadcast_close(&channel);
	ck_assert_int_eq(weir_broadcast_send(&channel, &sent), WEIR_ENDED);
	expect(0, 0, 0, 0, 2);
	expect(0, 3, 3, 2, 0);
	expect(0, 3, 1, 5, 0);
	expect(0, 3, WEIR_ENDED, 0, 0);
	expect(1, 0, WEIR_ENDED, 0, 0);
	close_channel();
}
END_TEST

START_TEST(each_sleeping_listener_is_woken_once)
{
	open_channel(4, starts[_i]);
	for (uint32_t i = 0; i < LISTENERS; i++)
		listen(i, WEIR_PACE_LAGGED);
	for (int i = 0; i < 3; i++) {
		ck_assert_ptr_null(weir_broadcast_wake(&channel));
		ck_assert(weir_listener_sleep(listeners[0]));
		ck_assert(weir_listener_sleep(listeners[2]));
		send_some(1);
		ck_assert_ptr_eq(weir_broadcast_wake(&channel), listeners[0]);
		ck_assert_ptr_eq(weir_broadcast_wake(&channel), listeners[2]);
		ck_assert_ptr_null(weir_broadcast_wake(&channel));
		send_some(1);
		ck_assert_ptr_null(weir_broadcast_wake(&channel));
		for (uint32_t k = 0; k < LISTENERS; k++) {
			ck_assert(!weir_listener_sleep(listeners[k])); /* not over items */
			expect(k, 9, 2, sent - 2, 0);
		}
	}
	ck_assert(weir_listener_sleep(listeners[0]));
	weir_listener_leave(listeners[0]);
	ck_assert_ptr_null(weir_broadcast_wake(&channel));
	weir_broadcast_close(&channel);
	ck_assert(!weir_listener_sleep(listeners[1])); /* nor over the end */
	close_channel();
}
END_TEST

/* ---- against a model ---- */

static uint32_t chance;

static uint32_t any(uint32_t n)
{
	chance ^= chance << 13;
	chance ^= chance >> 17;
	chance ^= chance << 5;
	return chance % n;
}

struct item {
	unsigned char bytes[13]; /* no whole number of words */
};

static struct item history[1024];
static uint32_t at[LISTENERS]; /* what each gets next, if it is still kept */

static void random_take(uint32_t i, uint32_t capacity, bool closed)
{
	struct item items[16];
	uint32_t n = any(16), lagged, lost = sent - at[i] > capacity ? sent - at[i] - capacity : 0, k;
	int32_t rc = weir_listener_take(listeners[i], items, n, &lagged);

	ck_assert_uint_eq(lagged, lost);
	at[i] += lost;
	k = sent - at[i] < n ? sent - at[i] : n;
	if (sent == at[i] && closed)
		ck_assert_int_eq(rc, WEIR_ENDED);
	else
		ck_assert_int_eq(rc, k);
	if (k > 0)
		ck_assert_mem_eq(items, &history[at[i]], k * sizeof(struct item));
	at[i] += k;
}

static void random_send(uint32_t capacity)
{
	bool held = false;

	for (uint32_t i = 0; i < LISTENERS; i++)
		held = held || (listeners[i]->pace == WEIR_PACE_LOCK_STEP && sent - at[i] == capacity);
	for (size_t i = 0; i < sizeof(struct item); i++)
		history[sent].bytes[i] = (unsigned char)any(256);
	ck_assert_int_eq(weir_broadcast_send(&channel, &history[sent]), held ? WEIR_EFULL : WEIR_OK);
	sent += !held;
}

START_TEST(it_does_what_a_long_list_does)
{
	for (uint32_t seed = 1; seed <= 64; seed++) {
		uint32_t capacity;

		chance = seed * 2654435761u;
		capacity = 1u << any(5);
		memory = malloc((size_t)weir_broadcast_size(sizeof(struct item), capacity, LISTENERS));
		ck_assert_int_eq(
			weir_broadcast_init(&channel, memory, sizeof(struct item), capacity, LISTENERS),
			WEIR_OK);
		channel.slots.claimed = channel.slots.written = 0 - any(300);
		sent = 0;
		for (uint32_t i = 0; i < LISTENERS; i++) {
			listen(i, any(4) == 0 ? WEIR_PACE_LOCK_STEP : WEIR_PACE_LAGGED);
			at[i] = 0;
		}
		for (int i = 0; i < 900; i++) {
			if (any(3) != 0)
				random_send(capacity);
			else
				random_take(any(LISTENERS), capacity, false);
		}
		weir_broadcast_close(&channel);
		for (int i = 0; i < 20; i++)
			random_take(any(LISTENERS), capacity, true);
		close_channel();
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("broadcast");
	TCase *tc = tcase_create("broadcast");
	SRunner *sr = srunner_create(suite);
	int failed;

	suite_add_tcase(suite, tc);
	tcase_add_loop_test(tc, every_listener_gets_every_item, 0, STARTS);
	tcase_add_loop_test(tc, sixty_four_too_many_for_four_places_are_sixty_four_lost, 0, STARTS);
	tcase_add_loop_test(tc, what_was_lost_is_told_without_room_for_an_item, 0, STARTS);
	tcase_add_loop_test(tc, lock_step_holds_the_producer_back, 0, STARTS);
	tcase_add_loop_test(tc, who_has_left_holds_nobody_back, 0, STARTS);
	tcase_add_loop_test(tc, who_stops_gets_what_is_there_now, 0, STARTS);
	tcase_add_loop_test(tc, a_listener_starts_with_the_next_item, 0, STARTS);
	tcase_add_loop_test(tc, there_are_as_many_places_as_were_asked_for, 0, STARTS);
	tcase_add_test(tc, places_are_billed);
	tcase_add_loop_test(tc, what_is_kept_comes_before_the_end, 0, STARTS);
	tcase_add_loop_test(tc, each_sleeping_listener_is_woken_once, 0, STARTS);
	tcase_add_test(tc, it_does_what_a_long_list_does);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
