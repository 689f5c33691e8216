/* SPDX-License-Identifier: MIT */
/*
 * input_feed_test.c -- channels feed a pipeline: under credit, in order, to the end, and nothing uncounted.
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include <weir/broadcast.h>
#include <weir/mpsc.h>
#include <weir/oneshot.h>
#include <weir/watch.h>

#include "operators/feed_rig.h"

static void expect_lagged(uint32_t i, uint64_t value, uint32_t after)
{
	ck_assert_uint_lt(i, probe_logs[0].n_marks);
	ck_assert_uint_eq(probe_logs[0].marks[i].mark.kind, WEIR_MARK_LAGGED);
	ck_assert_uint_eq(probe_logs[0].marks[i].mark.value, value);
	ck_assert_uint_eq(probe_logs[0].marks[i].after, after);
}

/* ---- items ---- */

START_TEST(what_is_in_the_ring_before_and_after_arrives)
{
	open_bed(WEIR_CLOCK_MONOTONIC, false);
	(void)make_ring(8);
	push(5);
	bed_start();
	ck_assert_int_eq(weir_input_feed(bed.in, 0, &ring_feed.feed), WEIR_OK);
	bed_settle();
	BED_EXPECT(0, 0, 1, 2, 3, 4);
	push(2);
	bed_settle();
	ck_assert_uint_eq(probe_logs[0].n_items, 5); /* nobody told the loop */
	wake();
	BED_EXPECT(0, 0, 1, 2, 3, 4, 5, 6);
	weir_ring_close(&ring);
	wake();
	ck_assert(weir_ended(bed.in));
	ck_assert(!weir_failed(bed.in));
	bed_close();
}
END_TEST

START_TEST(what_was_pushed_before_goes_first)
{
	struct bed_item pushed[2];

	open_bed(WEIR_CLOCK_MONOTONIC, true);
	bed_start();
	for (int i = 0; i < 2; i++, next++)
		pushed[i] = numbered();
	ck_assert_int_eq(weir_push(bed.in, 0, pushed, NULL, 2), 2);
	ck_assert_int_eq(weir_input_feed(bed.in, 0, make_ring(4)), WEIR_OK);
	push(4);
	bed_settle();
	ck_assert_uint_eq(weir_ring_count(&ring), 4);
	for (int64_t i = 0; i < 6; i++) {
		struct bed_item got;

		ck_assert_int_eq(weir_pull(bed.in, port, &got, NULL, 1), 1);
		ck_assert_int_eq(got.v, i);
	}
	bed_close();
}
END_TEST

START_TEST(nothing_is_taken_that_was_not_asked_for)
{
	open_bed(WEIR_CLOCK_MONOTONIC, true);
	bed_start();
	ck_assert_int_eq(weir_input_feed(bed.in, 0, make_ring(4)), WEIR_OK);
	push(4);
	wake();
	ck_assert_uint_eq(weir_ring_count(&ring), 4);
	ck_assert_int_eq(push_one(), 0); /* so the producer meets the full ring */
	ck_assert_int_eq(pull(1), 1);
	ck_assert_uint_eq(weir_ring_count(&ring), 3);
	ck_assert_int_eq(push_one(), 1);
	ck_assert_int_eq(push_one(), 0);
	ck_assert_int_eq(pull(16), 4);
	ck_assert_uint_eq(weir_ring_count(&ring), 0);
	bed_close();
}
END_TEST

START_TEST(the_producer_is_told_to_wake_a_loop_that_sleeps_and_no_other)
{
	open_bed(WEIR_CLOCK_MONOTONIC, true);
	bed_start();
	ck_assert_int_eq(weir_input_feed(bed.in, 0, make_ring(4)), WEIR_OK);
	bed_settle();
	push(1);
	ck_assert(!weir_ring_wake(&ring)); /* without credit it does not care */
	ck_assert_int_eq(pull(2), 1);      /* took that and waits for one more */
	push(1);
	ck_assert(weir_ring_wake(&ring));
	push(1);
	ck_assert(!weir_ring_wake(&ring));
	wake();
	ck_assert_uint_eq(weir_ring_count(&ring), 1);
	bed_close();
}
END_TEST

/* A channel whose sender comes between the last look and going to sleep, twice. */
static unsigned looks;

static int32_t take_late(struct weir_feed *feed, void *to, uint32_t n, uint32_t *lagged)
{
	(void)feed;
	(void)lagged;
	looks++;
	if (n == 0 || looks % 2 == 1)
		return looks > 4 ? WEIR_ENDED : 0;
	memset(to, 0, sizeof(struct bed_item));
	return 1;
}

static bool is_awake(struct weir_feed *feed)
{
	(void)feed;
	return false;
}

static void needs_nothing(struct weir_feed *feed)
{
	(void)feed;
}

START_TEST(what_comes_on_the_way_to_sleep_is_taken)
{
	static const struct weir_feed_type type = { .abi = WEIR_FEED_ABI,
		.name = "late",
		.take = take_late,
		.sleep = is_awake,
		.stop = needs_nothing,
		.leave = needs_nothing };
	struct weir_feed feed = { .type = &type, .item_bytes = sizeof(struct bed_item) };

	looks = 0;
	open_bed(WEIR_CLOCK_MONOTONIC, false);
	bed_start();
	ck_assert_int_eq(weir_input_feed(bed.in, 0, &feed), WEIR_OK);
	bed_settle();
	ck_assert_uint_eq(probe_logs[0].n_items, 2);
	ck_assert(weir_ended(bed.in) && !weir_failed(bed.in));
	bed_close();
}
END_TEST

START_TEST(the_event_clock_takes_the_time_field)
{
	open_bed(WEIR_CLOCK_EVENT, false);
	bed.stages[0].instant_offset = offsetof(struct bed_item, at);
	bed_start();
	(void)make_ring(8);
	push(6);
	ck_assert_int_eq(weir_input_feed(bed.in, 0, &ring_feed.feed), WEIR_OK);
	bed_settle();
	ck_assert_uint_eq(probe_logs[0].n_items, 6);
	for (uint32_t i = 0; i < 6; i++)
		ck_assert_int_eq(probe_logs[0].instants[i], i * 10);
	bed_close();
}
END_TEST

/* ---- every channel ---- */

START_TEST(an_inbox_of_threads_feeds)
{
	static struct weir_mpsc inbox;
	struct weir_producer *p[2];

	open_bed(WEIR_CLOCK_MONOTONIC, false);
	ck_assert_int_eq(weir_mpsc_init(&inbox, memory, SIZE, 4, 2), WEIR_OK);
	p[0] = weir_mpsc_register(&inbox);
	p[1] = weir_mpsc_register(&inbox);
	weir_mpsc_seal(&inbox);
	bed_start();
	ck_assert_int_eq(weir_input_feed(bed.in, 0, weir_mpsc_feed(&inbox)), WEIR_OK);
	bed_settle();
	for (; next < 6; next++) {
		struct bed_item item = numbered();

		ck_assert_int_eq(
			weir_mpsc_try_send(p[next % 2], &item), next == 0 ? WEIR_MPSC_WAKE : WEIR_OK);
	}
	weir_mpsc_lose(p[1], 3);
	weir_mpsc_close(p[0]);
	wake();
	ck_assert_uint_eq(probe_logs[0].n_items, 6);
	ck_assert(!weir_ended(bed.in));
	weir_mpsc_close(p[1]);
	wake();
	expect_lagged(0, 3, 6);
	ck_assert(weir_ended(bed.in));
	bed_close();
}
END_TEST

START_TEST(a_broadcast_feeds_and_what_it_lost_is_a_mark)
{
	static struct weir_broadcast channel;
	struct weir_listener *s;

	open_bed(WEIR_CLOCK_MONOTONIC, false);
	ck_assert_int_eq(weir_broadcast_init(&channel, memory, SIZE, 4, 1), WEIR_OK);
	s = weir_broadcast_listen(&channel, WEIR_PACE_LAGGED);
	bed_start();
	ck_assert_int_eq(weir_input_feed(bed.in, 0, weir_listener_feed(s)), WEIR_OK);
	bed_settle();
	for (; next < 68; next++) {
		struct bed_item item = numbered();

		ck_assert_int_eq(weir_broadcast_send(&channel, &item), WEIR_OK);
	}
	ck_assert_ptr_eq(weir_broadcast_wake(&channel), s);
	weir_broadcast_close(&channel);
	wake();
	BED_EXPECT(0, 64, 65, 66, 67);
	expect_lagged(0, 64, 0);
	ck_assert_uint_eq(probe_logs[0].n_marks, 2); /* that and the end */
	ck_assert(weir_ended(bed.in));
	bed_close();
}
END_TEST

START_TEST(a_watched_value_feeds)
{
	static struct weir_watched watched;
	struct weir_watcher *r;

	open_bed(WEIR_CLOCK_MONOTONIC, true);
	ck_assert_int_eq(weir_watched_init(&watched, memory, SIZE, 1), WEIR_OK);
	r = weir_watched_watch(&watched);
	bed_start();
	ck_assert_int_eq(weir_input_feed(bed.in, 0, weir_watcher_feed(r)), WEIR_OK);
	for (; next < 5; next++) {
		struct bed_item item = numbered(), got;

		ck_assert_int_eq(weir_watched_set(&watched, &item), WEIR_OK);
		wake();
		if (next % 2 == 1)
			continue;
		ck_assert_int_eq(weir_pull(bed.in, port, &got, NULL, 1), 1);
		ck_assert_int_eq(got.v, next);
	}
	weir_watched_close(&watched);
	wake();
	ck_assert_int_eq(weir_stage_phase(bed.in, 0), WEIR_STAGE_COMPLETED); /* without credit */
	ck_assert_int_eq(pull(1), WEIR_ENDED);
	ck_assert_uint_eq(weir_watcher_skipped(r), 2);
	bed_close();
}
END_TEST

START_TEST(who_sets_a_value_is_told_to_wake_a_port_that_sleeps)
{
	static struct weir_watched watched;
	struct weir_watcher *r;
	struct bed_item item = { .v = 7 };

	open_bed(WEIR_CLOCK_MONOTONIC, false);
	ck_assert_int_eq(weir_watched_init(&watched, memory, SIZE, 1), WEIR_OK);
	r = weir_watched_watch(&watched);
	bed_start();
	ck_assert_int_eq(weir_input_feed(bed.in, 0, weir_watcher_feed(r)), WEIR_OK);
	ck_assert_int_eq(weir_watched_set(&watched, &item), WEIR_OK);
	ck_assert_ptr_null(weir_watched_wake(&watched)); /* it has not yet looked */
	bed_settle();
	BED_EXPECT(0, 7);
	item.v = 8;
	ck_assert_int_eq(weir_watched_set(&watched, &item), WEIR_OK);
	ck_assert_ptr_eq(weir_watched_wake(&watched), r);
	wake();
	BED_EXPECT(0, 7, 8);
	/* a drain takes the value that is there, and no later one */
	item.v = 9;
	ck_assert_int_eq(weir_watched_set(&watched, &item), WEIR_OK);
	ck_assert_int_eq(weir_drain(bed.in, WEIR_DRAIN_FINISH, WEIR_NEVER), WEIR_OK);
	bed_settle();
	BED_EXPECT(0, 7, 8, 9);
	ck_assert(weir_ended(bed.in));
	ck_assert(probe_logs[0].ended && !probe_logs[0].failed);
	bed_close();
}
END_TEST

static void open_oneshot(struct weir_oneshot *o)
{
	open_bed(WEIR_CLOCK_MONOTONIC, false);
	ck_assert_int_eq(weir_oneshot_init(o, memory, SIZE), WEIR_OK);
	bed_start();
	ck_assert_int_eq(weir_input_feed(bed.in, 0, weir_oneshot_feed(o)), WEIR_OK);
	bed_settle();
	ck_assert(!weir_ended(bed.in));
}

START_TEST(a_oneshot_feeds_one_item_and_the_end)
{
	static struct weir_oneshot one;
	struct bed_item item = { .v = 7 };

	open_oneshot(&one);
	ck_assert_int_eq(weir_oneshot_send(&one, &item), WEIR_ONESHOT_WAKE);
	wake();
	BED_EXPECT(0, 7);
	ck_assert(weir_ended(bed.in));
	ck_assert(!weir_failed(bed.in));
	bed_close();
}
END_TEST

START_TEST(a_oneshot_closed_without_a_value_is_an_error)
{
	static struct weir_oneshot one;

	open_oneshot(&one);
	ck_assert_int_eq(weir_oneshot_close(&one), WEIR_ONESHOT_WAKE);
	wake();
	ck_assert(probe_logs[0].failed);
	ck_assert_int_eq(weir_first_error(bed.in)->code, WEIR_ECANCELLED);
	bed_close();
}
END_TEST

START_TEST(a_last_value_waits_for_credit)
{
	static struct weir_watched watched;
	static struct weir_oneshot one;
	struct bed_item item = { .v = 7 }, got;
	struct weir_feed *feed;

	open_bed(WEIR_CLOCK_MONOTONIC, true);
	bed_start();
	if (_i == 0) {
		ck_assert_int_eq(weir_watched_init(&watched, memory, SIZE, 1), WEIR_OK);
		feed = weir_watcher_feed(weir_watched_watch(&watched));
		ck_assert_int_eq(weir_watched_set(&watched, &item), WEIR_OK);
		weir_watched_close(&watched);
	} else {
		ck_assert_int_eq(weir_oneshot_init(&one, memory, SIZE), WEIR_OK);
		feed = weir_oneshot_feed(&one);
		ck_assert_int_eq(weir_oneshot_send(&one, &item), WEIR_OK);
	}
	ck_assert_int_eq(weir_input_feed(bed.in, 0, feed), WEIR_OK);
	wake();
	wake();
	ck_assert_int_eq(weir_stage_phase(bed.in, 0), WEIR_STAGE_RUNNING);
	ck_assert(!one.taken);
	ck_assert_int_eq(weir_pull(bed.in, port, &got, NULL, 1), 1);
	ck_assert_int_eq(got.v, 7);
	ck_assert_int_eq(pull(1), WEIR_ENDED);
	ck_assert(!weir_failed(bed.in));
	bed_close();
}
END_TEST

/* ---- losses ---- */

START_TEST(what_an_interrupt_lost_is_a_mark_behind_what_was_there)
{
	open_bed(WEIR_CLOCK_MONOTONIC, false);
	bed_start();
	ck_assert_int_eq(weir_input_feed(bed.in, 0, make_ring(4)), WEIR_OK);
	bed_settle();
	push(4);
	weir_ring_lose(&ring, 2);
	wake();
	push(1);
	wake();
	expect_lagged(0, 2, 4);
	push(2);
	weir_ring_lose(&ring, 5);
	weir_ring_close(&ring);
	wake();
	expect_lagged(1, 5, 7); /* also at the end */
	ck_assert(weir_ended(bed.in));
	bed_close();
}
END_TEST

static uint32_t chance;

static uint32_t any(uint32_t n)
{
	chance ^= chance << 13;
	chance ^= chance >> 17;
	chance ^= chance << 5;
	return chance % n;
}

/* An interrupt that numbers everything it has, and gives up what finds no room. */
static uint32_t interrupt(uint32_t n)
{
	uint32_t lost = 0;

	for (; n > 0; n--, next++) {
		struct bed_item item = numbered();

		if (weir_ring_push(&ring, &item, 1) == 0) {
			weir_ring_lose(&ring, 1);
			lost++;
		}
	}
	if (weir_ring_wake(&ring))
		weir_wake_feeds(bed.in);
	return lost;
}

/* Up to each mark at least as many numbers are missing as marks have told of; at the end exactly as many. */
static void check_gaps(uint32_t lost)
{
	uint64_t told = 0;

	for (uint32_t i = 0; i < probe_logs[0].n_marks; i++) {
		const struct probe_mark *m = &probe_logs[0].marks[i];
		bool last = m->after == probe_logs[0].n_items;

		if (m->mark.kind != WEIR_MARK_LAGGED)
			continue;
		told += m->mark.value;
		ck_assert_uint_le(
			told, (uint64_t)(last ? next : bed_got(0, m->after).v) - (uint64_t)m->after);
	}
	ck_assert_uint_eq(told, lost);
	for (uint32_t i = 1; i < probe_logs[0].n_items; i++)
		ck_assert_int_gt(bed_got(0, i).v, bed_got(0, i - 1).v);
	ck_assert_uint_eq(probe_logs[0].n_items + lost, (uint64_t)next);
}

START_TEST(at_any_pace_nothing_is_lost_uncounted)
{
	uint64_t lost_ever = 0;

	for (uint32_t seed = 1; seed <= 40; seed++) {
		uint32_t lost = 0;

		chance = seed * 2654435761u;
		open_bed(WEIR_CLOCK_MONOTONIC, false);
		probe_logs[0].credit = 1 + any(5);
		probe_logs[0].take_at_most = any(3);
		bed_start();
		ck_assert_int_eq(weir_input_feed(bed.in, 0, make_ring(1u << any(4))), WEIR_OK);
		ring.head = ring.tail = (uint32_t)0 - any(50);
		for (int i = 0; i < 100; i++) {
			lost += interrupt(any(7));
			(void)weir_step(bed.in, any(6));
			probe_check_ledger(bed.in);
		}
		weir_ring_close(&ring);
		wake();
		ck_assert(weir_ended(bed.in));
		check_gaps(lost);
		lost_ever += lost;
		bed_close();
	}
	ck_assert_uint_gt(lost_ever, 1000);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("input_feed");
	TCase *tc = tcase_create("input_feed");
	SRunner *sr = srunner_create(suite);
	int failed;

	suite_add_tcase(suite, tc);
	tcase_add_test(tc, what_is_in_the_ring_before_and_after_arrives);
	tcase_add_test(tc, what_was_pushed_before_goes_first);
	tcase_add_test(tc, nothing_is_taken_that_was_not_asked_for);
	tcase_add_test(tc, the_producer_is_told_to_wake_a_loop_that_sleeps_and_no_other);
	tcase_add_test(tc, what_comes_on_the_way_to_sleep_is_taken);
	tcase_add_test(tc, the_event_clock_takes_the_time_field);
	tcase_add_test(tc, an_inbox_of_threads_feeds);
	tcase_add_test(tc, a_broadcast_feeds_and_what_it_lost_is_a_mark);
	tcase_add_test(tc, a_watched_value_feeds);
	tcase_add_test(tc, who_sets_a_value_is_told_to_wake_a_port_that_sleeps);
	tcase_add_test(tc, a_oneshot_feeds_one_item_and_the_end);
	tcase_add_test(tc, a_oneshot_closed_without_a_value_is_an_error);
	tcase_add_loop_test(tc, a_last_value_waits_for_credit, 0, 2);
	tcase_add_test(tc, what_an_interrupt_lost_is_a_mark_behind_what_was_there);
	tcase_add_test(tc, at_any_pace_nothing_is_lost_uncounted);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
