/* SPDX-License-Identifier: MIT */
/* input_feed_ends_test.c -- how a fed port ends, from either side, and what it refuses. */
#include <check.h>
#include <stdlib.h>

#include <weir/broadcast.h>

#include "operators/feed_rig.h"

/* ---- ends ---- */

START_TEST(the_end_needs_no_credit)
{
	open_bed(WEIR_CLOCK_MONOTONIC, true);
	bed_start();
	ck_assert_int_eq(weir_input_feed(bed.in, 0, make_ring(4)), WEIR_OK);
	push(1);
	weir_ring_close(&ring);
	wake();
	ck_assert_int_eq(weir_stage_phase(bed.in, 0), WEIR_STAGE_RUNNING);
	ck_assert_int_eq(pull(1), 1);
	wake();
	ck_assert_int_eq(weir_stage_phase(bed.in, 0), WEIR_STAGE_COMPLETED);
	weir_wake_feeds(bed.in);
	ck_assert_uint_eq(weir_step(bed.in, 4), 0); /* it is not looked at any more */
	ck_assert_int_eq(pull(1), WEIR_ENDED);
	bed_close();
}
END_TEST

START_TEST(drain_takes_what_is_there_and_refuses_more)
{
	open_bed(WEIR_CLOCK_MONOTONIC, true);
	bed_start();
	ck_assert_int_eq(weir_input_feed(bed.in, 0, make_ring(8)), WEIR_OK);
	push(5);
	ck_assert_int_eq(weir_drain(bed.in, WEIR_DRAIN_FINISH, WEIR_NEVER), WEIR_OK);
	ck_assert_int_eq(push_one(), WEIR_ENDED);
	ck_assert_int_eq(pull(3), 3);
	ck_assert_int_eq(pull(3), 2);
	ck_assert_int_eq(pull(3), WEIR_ENDED);
	ck_assert(weir_ended(bed.in));
	bed_close();
}
END_TEST

START_TEST(drain_of_an_empty_channel_needs_no_credit)
{
	open_bed(WEIR_CLOCK_MONOTONIC, true);
	bed_start();
	ck_assert_int_eq(weir_input_feed(bed.in, 0, make_ring(8)), WEIR_OK);
	bed_settle();
	ck_assert_int_eq(weir_drain(bed.in, WEIR_DRAIN_FINISH, WEIR_NEVER), WEIR_OK);
	bed_settle();
	ck_assert_int_eq(weir_stage_phase(bed.in, 0), WEIR_STAGE_COMPLETED);
	bed_close();
}
END_TEST

START_TEST(an_ended_port_takes_what_is_there)
{
	open_bed(WEIR_CLOCK_MONOTONIC, false);
	bed_start();
	ck_assert_int_eq(weir_input_feed(bed.in, 0, make_ring(8)), WEIR_OK);
	push(3);
	ck_assert_int_eq(weir_push_end(bed.in, 0), WEIR_OK);
	BED_EXPECT(0, 0, 1, 2);
	ck_assert_int_eq(push_one(), WEIR_ENDED);
	ck_assert(weir_ended(bed.in));
	bed_close();
}
END_TEST

START_TEST(senders_are_refused_when_the_pipeline_is_cancelled)
{
	open_bed(WEIR_CLOCK_MONOTONIC, false);
	probe_logs[0].cancel_after = 2;
	bed_start();
	ck_assert_int_eq(weir_input_feed(bed.in, 0, make_ring(8)), WEIR_OK);
	push(8);
	wake();
	ck_assert_int_eq(push_one(), WEIR_ENDED);
	ck_assert_int_eq(weir_stage_phase(bed.in, 0), WEIR_STAGE_CANCELLED);
	/* taken in: a span of three, of which one was dropped; the others are in the ring */
	ck_assert_uint_eq(bed_dropped(0, WEIR_DROP_CANCELLED), 1);
	ck_assert_uint_eq(weir_ring_count(&ring), 5);
	bed_close();
}
END_TEST

START_TEST(an_aborted_listener_holds_nobody_back)
{
	static struct weir_broadcast channel;
	struct weir_listener *s;
	struct bed_item item = { 0 };

	open_bed(WEIR_CLOCK_MONOTONIC, true);
	ck_assert_int_eq(weir_broadcast_init(&channel, memory, SIZE, 2, 1), WEIR_OK);
	s = weir_broadcast_listen(&channel, WEIR_PACE_LOCK_STEP);
	bed_start();
	ck_assert_int_eq(weir_input_feed(bed.in, 0, weir_listener_feed(s)), WEIR_OK);
	bed_settle();
	for (int i = 0; i < 2; i++)
		ck_assert_int_eq(weir_broadcast_send(&channel, &item), WEIR_OK);
	ck_assert_int_eq(weir_broadcast_send(&channel, &item), WEIR_EFULL);
	weir_abort(bed.in);
	ck_assert_int_eq(weir_broadcast_send(&channel, &item), WEIR_OK);
	bed_close();
}
END_TEST

START_TEST(a_drained_listener_in_lock_step_loses_nothing)
{
	static struct weir_broadcast channel;
	struct weir_listener *s;
	struct bed_item item = { 0 };

	open_bed(WEIR_CLOCK_MONOTONIC, true);
	ck_assert_int_eq(weir_broadcast_init(&channel, memory, SIZE, 2, 1), WEIR_OK);
	s = weir_broadcast_listen(&channel, WEIR_PACE_LOCK_STEP);
	bed_start();
	ck_assert_int_eq(weir_input_feed(bed.in, 0, weir_listener_feed(s)), WEIR_OK);
	for (int i = 0; i < 2; i++)
		ck_assert_int_eq(weir_broadcast_send(&channel, &item), WEIR_OK);
	ck_assert_int_eq(weir_drain(bed.in, WEIR_DRAIN_FINISH, WEIR_NEVER), WEIR_OK);
	bed_settle();
	ck_assert_int_eq(weir_broadcast_send(&channel, &item), WEIR_EFULL); /* until it has them */
	ck_assert_int_eq(pull(9), 2);
	ck_assert_int_eq(pull(9), WEIR_ENDED);
	ck_assert_int_eq(weir_broadcast_send(&channel, &item), WEIR_OK);
	bed_close();
}
END_TEST

START_TEST(what_waits_behind_a_mark_is_counted_when_aborted)
{
	struct weir_ledger l;

	open_bed(WEIR_CLOCK_MONOTONIC, false);
	(void)make_ring(4);
	weir_ring_lose(&ring, 1);
	push(3);
	bed_start();
	bed_settle();
	ck_assert_int_eq(weir_input_feed(bed.in, 0, &ring_feed.feed), WEIR_OK);
	ring_feed.lag.after = ring.tail; /* lost before the items */
	ring_feed.lag.due = 1;
	ck_assert_uint_eq(weir_step(bed.in, 1), 1); /* the mark went, the items wait for their turn */
	ck_assert_uint_eq(weir_ring_count(&ring), 0);
	weir_abort(bed.in);
	ck_assert_int_eq(weir_edge_ledger(bed.in, 0, &l), WEIR_OK);
	ck_assert_uint_eq(l.in, 3);
	ck_assert_uint_eq(l.dropped[WEIR_DROP_CANCELLED], 3);
	bed_close();
}
END_TEST

/* ---- refusals ---- */

START_TEST(a_feed_that_does_not_fit_is_refused)
{
	static uint64_t other[8];
	static struct weir_ring small;
	static struct weir_ring_feed small_feed;
	struct weir_feed_type old = { .abi = WEIR_FEED_ABI + 1 };
	struct weir_feed old_feed = { .type = &old, .item_bytes = SIZE };

	open_bed(WEIR_CLOCK_MONOTONIC, true);
	bed_start();
	ck_assert_int_eq(weir_ring_init(&small, other, 8, 4), WEIR_OK);
	ck_assert_int_eq(weir_input_feed(bed.in, 0, weir_ring_feed_init(&small_feed, &small)), WEIR_ETYPE);
	ck_assert_int_eq(weir_input_feed(bed.in, 0, &old_feed), WEIR_EABI);
	ck_assert_int_eq(weir_input_feed(bed.in, 0, NULL), WEIR_EINVAL);
	ck_assert_int_eq(weir_input_feed(bed.in, port, make_ring(4)), WEIR_EINVAL); /* an output */
	ck_assert_int_eq(weir_input_feed(bed.in, 99, make_ring(4)), WEIR_EINVAL);
	ck_assert_int_eq(weir_input_feed(NULL, 0, make_ring(4)), WEIR_EINVAL);
	/* none of them was taken */
	ck_assert_int_eq(weir_input_feed(bed.in, 0, make_ring(4)), WEIR_OK);
	bed_close();
}
END_TEST

START_TEST(a_port_has_one_feed_and_then_no_pushes)
{
	struct bed_item item = { 0 };

	open_bed(WEIR_CLOCK_MONOTONIC, true);
	bed_start();
	ck_assert_int_eq(weir_input_feed(bed.in, 0, make_ring(4)), WEIR_OK);
	ck_assert_int_eq(weir_input_feed(bed.in, 0, &ring_feed.feed), WEIR_EBUSY);
	ck_assert_int_eq(weir_push(bed.in, 0, &item, NULL, 1), WEIR_EBUSY);
	bed_close();
}
END_TEST

START_TEST(an_ended_port_takes_no_feed)
{
	open_bed(WEIR_CLOCK_MONOTONIC, true);
	bed_start();
	ck_assert_int_eq(weir_push_end(bed.in, 0), WEIR_OK);
	ck_assert_int_eq(weir_input_feed(bed.in, 0, make_ring(4)), WEIR_ENDED);
	bed_close();
}
END_TEST

START_TEST(nor_does_one_that_has_items_left)
{
	struct bed_item item = { .v = 5 }, got;

	open_bed(WEIR_CLOCK_MONOTONIC, true);
	bed_start();
	ck_assert_int_eq(weir_push(bed.in, 0, &item, NULL, 1), 1);
	ck_assert_int_eq(weir_push_end(bed.in, 0), WEIR_OK);
	ck_assert_int_eq(weir_stage_phase(bed.in, 0), WEIR_STAGE_RUNNING);
	ck_assert_int_eq(weir_input_feed(bed.in, 0, make_ring(4)), WEIR_ENDED);
	ck_assert_int_eq(weir_pull(bed.in, port, &got, NULL, 1), 1);
	ck_assert_int_eq(got.v, 5);
	ck_assert_int_eq(pull(1), WEIR_ENDED);
	bed_close();
}
END_TEST

START_TEST(the_event_clock_needs_a_time_field)
{
	open_bed(WEIR_CLOCK_EVENT, false);
	bed_start();
	ck_assert_int_eq(weir_input_feed(bed.in, 0, make_ring(4)), WEIR_EINVAL);
	bed_close();
}
END_TEST

static int inside;

static int32_t take_inside(struct weir_feed *feed, void *to, uint32_t n, uint32_t *lagged)
{
	(void)to;
	(void)n;
	(void)lagged;
	inside = weir_input_feed(bed.in, 0, feed);
	return WEIR_ENDED;
}

static void nothing(struct weir_feed *feed)
{
	(void)feed;
}

START_TEST(inside_a_callback_nothing_is_fed)
{
	static const struct weir_feed_type type = {
		.abi = WEIR_FEED_ABI, .take = take_inside, .stop = nothing, .leave = nothing
	};
	struct weir_feed feed = { .type = &type, .item_bytes = SIZE };

	open_bed(WEIR_CLOCK_MONOTONIC, false);
	bed_start();
	ck_assert_int_eq(weir_input_feed(bed.in, 0, &feed), WEIR_OK);
	bed_settle();
	ck_assert_int_eq(inside, WEIR_EBUSY);
	bed_close();
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("input_feed_ends");
	TCase *tc = tcase_create("input_feed_ends");
	SRunner *sr = srunner_create(suite);
	int failed;

	suite_add_tcase(suite, tc);
	tcase_add_test(tc, the_end_needs_no_credit);
	tcase_add_test(tc, drain_takes_what_is_there_and_refuses_more);
	tcase_add_test(tc, drain_of_an_empty_channel_needs_no_credit);
	tcase_add_test(tc, an_ended_port_takes_what_is_there);
	tcase_add_test(tc, senders_are_refused_when_the_pipeline_is_cancelled);
	tcase_add_test(tc, an_aborted_listener_holds_nobody_back);
	tcase_add_test(tc, a_drained_listener_in_lock_step_loses_nothing);
	tcase_add_test(tc, what_waits_behind_a_mark_is_counted_when_aborted);
	tcase_add_test(tc, a_feed_that_does_not_fit_is_refused);
	tcase_add_test(tc, a_port_has_one_feed_and_then_no_pushes);
	tcase_add_test(tc, an_ended_port_takes_no_feed);
	tcase_add_test(tc, nor_does_one_that_has_items_left);
	tcase_add_test(tc, the_event_clock_needs_a_time_field);
	tcase_add_test(tc, inside_a_callback_nothing_is_fed);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
