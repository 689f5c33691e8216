/* SPDX-License-Identifier: MIT */
/* timeout_test.c -- an item a period, or the end: by either clock, and never the consumer's fault. */
#include <check.h>
#include <stdlib.h>

#include "operators/clockwork.h"

static const uint32_t spans[] = { 1, 2, 7, 64 };
#define SPANS (int)(sizeof spans / sizeof spans[0])

#define START 1000 /* the bed's clock */

static const struct weir_timeout_params params = { .period_ns = 10 };
static const struct weir_output_params port_params = { .name = "out" };
static uint16_t stage, port, input, output;

static void expect_timeout(void)
{
	const struct weir_error *e = weir_error_of(bed.in, stage);

	ck_assert_ptr_nonnull(e);
	ck_assert_int_eq(e->code, WEIR_ETIMEOUT);
	ck_assert_uint_eq(e->item, 0); /* it is about none */
	ck_assert_ptr_eq(weir_first_error(bed.in), e);
	ck_assert_int_eq(weir_stage_phase(bed.in, stage), WEIR_STAGE_FAILED);
	ck_assert_int_eq(weir_stage_phase(bed.in, 0), WEIR_STAGE_CANCELLED);
}

/* ---- monotonic clock ---- */

static void open_clockwork(void)
{
	uint16_t source;

	clockwork_reset();
	bed_open(WEIR_CLOCK_MONOTONIC);
	source = clockwork_source(0);
	stage = bed_stage(&weir_timeout_type, &params);
	input = bed_edge(source, stage);
}

static void to_sink(void)
{
	output = bed_edge(stage, bed_sink(0));
	bed_start();
}

static void to_port(void)
{
	port = bed_stage(&weir_output_type, &port_params);
	output = bed_edge(stage, port);
	bed_start();
}

START_TEST(an_item_at_the_deadline_is_in_time)
{
	int64_t off = _i - 1; /* a nanosecond before the deadline, at it, and after */

	open_clockwork();
	clockwork_at(0, START + 3, START + 13 + off, START + 20);
	to_sink();
	clockwork_until(START + 20);
	if (off <= 0) {
		BED_EXPECT(0, 1, 2, 3);
		ck_assert(!probe_logs[0].ended);
	} else {
		BED_EXPECT(0, 1);
		ck_assert(probe_logs[0].failed);
		expect_timeout();
	}
	bed_close();
}
END_TEST

/* However the item is given: also from the source's timer, which comes before ours at that instant. */
START_TEST(at_one_instant_the_item_wins_over_the_timer)
{
	open_clockwork();
	clockworks[0].in_timer = _i != 0;
	clockwork_at(0, START + 10, START + 20, START + 30, START + 41);
	to_sink();
	clockwork_until(START + 100);
	BED_EXPECT(0, 1, 2, 3);
	ck_assert(probe_logs[0].failed);
	bed_close();
}
END_TEST

START_TEST(the_first_item_has_a_period_from_the_start)
{
	open_clockwork();
	to_sink();
	clockwork_until(START + 10);
	ck_assert(!probe_logs[0].ended);
	clockwork_until(START + 11);
	ck_assert(probe_logs[0].failed);
	expect_timeout();
	bed_close();
}
END_TEST

START_TEST(the_end_is_no_silence)
{
	open_clockwork();
	clockwork_at(0, START + 3);
	clockworks[0].ends_at = START + 13;
	to_sink();
	clockwork_until(START + 100);
	BED_EXPECT(0, 1);
	ck_assert(probe_logs[0].ended && !probe_logs[0].failed);
	ck_assert_int_eq(weir_stage_phase(bed.in, stage), WEIR_STAGE_COMPLETED);
	bed_close();
}
END_TEST

START_TEST(on_error_does_not_apply)
{
	open_clockwork();
	bed.stages[stage].on_error = WEIR_ON_ERROR_DROP;
	to_sink();
	clockwork_until(START + 11);
	ck_assert(probe_logs[0].failed);
	expect_timeout();
	bed_close();
}
END_TEST

START_TEST(an_error_passes_as_it_is)
{
	bed_open(WEIR_CLOCK_MONOTONIC);
	(void)bed_source(0);
	stage = bed_stage(&weir_timeout_type, &params);
	(void)bed_edge(0, stage);
	(void)bed_edge(stage, bed_sink(0));
	bed_item(0, 1, 1, 0);
	probe_mark(0, WEIR_MARK_ERROR, 0);
	bed_play();
	BED_EXPECT(0, 1);
	ck_assert_int_eq(weir_first_error(bed.in)->code, WEIR_EIO);
	ck_assert_ptr_null(weir_error_of(bed.in, stage));
	bed_close();
}
END_TEST

/* ---- whose silence ---- */

START_TEST(nobody_is_late_with_what_nobody_asked_for)
{
	struct bed_item got;

	open_clockwork();
	clockwork_at(0, START + 5, START + 205);
	to_port();
	clockwork_until(START + 100);
	ck_assert_uint_eq(weir_timers_armed(bed.in), 0);
	ck_assert(!weir_failed(bed.in));
	ck_assert_int_eq(weir_pull(bed.in, port, &got, NULL, 1), 1); /* it was there all the time */
	clockwork_until(START + 200);
	ck_assert(!weir_failed(bed.in));
	ck_assert_int_eq(weir_pull(bed.in, port, &got, NULL, 1), 0); /* asked now: a whole period from here */
	clockwork_until(START + 209);
	ck_assert_int_eq(weir_pull(bed.in, port, &got, NULL, 1), 1);
	ck_assert_int_eq(weir_pull(bed.in, port, &got, NULL, 1), 0);
	clockwork_until(START + 219);
	ck_assert(!weir_failed(bed.in));
	clockwork_until(START + 220);
	ck_assert(weir_failed(bed.in));
	ck_assert_int_eq(weir_pull(bed.in, port, &got, NULL, 1), WEIR_ENDED);
	bed_close();
}
END_TEST

/* An item that waits for a slow consumer has come, however long it waits. */
START_TEST(an_item_that_waits_is_no_silence)
{
	static const struct weir_output_params ahead = { .name = "out", .capacity = 1 };
	struct bed_item got;

	open_clockwork();
	clockwork_at(0, START + 5, START + 6);
	port = bed_stage(&weir_output_type, &ahead);
	output = bed_edge(stage, port);
	bed_start();
	clockwork_until(START + 500);
	ck_assert(!weir_failed(bed.in));
	ck_assert_int_eq(weir_pull(bed.in, port, &got, NULL, 1), 1);
	ck_assert_int_eq(weir_pull(bed.in, port, &got, NULL, 1), 1);
	ck_assert_int_eq(got.v, 2);
	clockwork_until(START + 510);
	ck_assert(!weir_failed(bed.in)); /* that one more was asked for is news of now */
	clockwork_until(START + 511);
	ck_assert(weir_failed(bed.in));
	bed_close();
}
END_TEST

START_TEST(credit_passes_through)
{
	struct weir_ledger in, out;
	struct bed_item got[4];

	open_clockwork();
	clockwork_at(0, START, START, START, START, START);
	to_port();
	ck_assert_int_eq(weir_pull(bed.in, port, got, NULL, 3), 3);
	ck_assert_int_eq(weir_edge_ledger(bed.in, input, &in), WEIR_OK);
	ck_assert_int_eq(weir_edge_ledger(bed.in, output, &out), WEIR_OK);
	ck_assert_uint_eq(in.requested, 3);
	ck_assert_uint_eq(out.requested, 3);
	ck_assert_uint_eq(in.out, 3);
	bed_close();
}
END_TEST

/* The loop was away for long: what waits there meanwhile is heard before the timer is believed. */
START_TEST(a_timer_that_comes_late_hears_what_waits)
{
	open_clockwork();
	clockwork_at(0, START + 5, START + 20);
	to_sink();
	clockwork_until(START + 6);
	bed.clock.now_ns = START + 60;
	bed_settle();
	BED_EXPECT(0, 1, 2);
	ck_assert(!weir_failed(bed.in));
	clockwork_until(START + 70);
	ck_assert(!weir_failed(bed.in));
	clockwork_until(START + 71);
	ck_assert(weir_failed(bed.in));
	bed_close();
}
END_TEST

/* The loop was away once more. What came meanwhile has been handed over and is only not yet passed on. */
START_TEST(a_timer_that_comes_late_again_sees_what_waits)
{
	open_clockwork();
	clockworks[0].in_timer = true;
	clockwork_at(0, START + 5, START + 61);
	to_sink();
	clockwork_until(START + 6);
	bed.clock.now_ns = START + 60;
	bed_settle();
	BED_EXPECT(0, 1);
	bed.clock.now_ns = START + 100;
	bed_settle();
	BED_EXPECT(0, 1, 2);
	clockwork_until(START + 110);
	ck_assert(!weir_failed(bed.in));
	clockwork_until(START + 111);
	ck_assert(weir_failed(bed.in));
	bed_close();
}
END_TEST

START_TEST(a_timer_that_comes_late_is_believed_when_nothing_waits)
{
	open_clockwork();
	clockwork_at(0, START + 5);
	to_sink();
	clockwork_until(START + 6);
	bed.clock.now_ns = START + 60;
	bed_settle();
	ck_assert(!weir_failed(bed.in));
	clockwork_until(START + 61);
	ck_assert(weir_failed(bed.in));
	bed_close();
}
END_TEST

START_TEST(a_cancelled_output_stops_the_timer_and_the_input)
{
	open_clockwork();
	clockwork_at(0, START + 1, START + 2, START + 3);
	probe_logs[0].cancel_after = 2;
	to_sink();
	clockwork_until(START + 100);
	ck_assert_uint_eq(probe_logs[0].n_items, 2);
	ck_assert(!weir_failed(bed.in));
	ck_assert(weir_ended(bed.in));
	ck_assert_int_eq(weir_stage_phase(bed.in, 0), WEIR_STAGE_CANCELLED);
	bed_close();
}
END_TEST

START_TEST(a_period_without_end_never_passes)
{
	static const struct weir_timeout_params forever = { .period_ns = INT64_MAX };

	open_clockwork();
	bed.stages[stage].params = &forever;
	to_sink();
	clockwork_until(UINT64_C(1) << 62);
	ck_assert(!weir_failed(bed.in));
	ck_assert_uint_eq(weir_timers_armed(bed.in), 0);
	bed_close();
}
END_TEST

/* ---- event clock ---- */

static void open_event(int i)
{
	bed_open(WEIR_CLOCK_EVENT);
	(void)bed_source(0);
	stage = bed_stage(&weir_timeout_type, &params);
	input = bed_edge(0, stage);
	output = bed_edge(stage, bed_sink(0));
	probe_scripts[0].span = spans[i % SPANS];
	probe_logs[0].credit = i >= SPANS ? 1 : UINT32_MAX;
}

START_TEST(by_the_event_clock_items_are_judged_by_their_instants)
{
	open_event(_i);
	bed_item(0, 100, 1, 0);
	bed_item(0, 109, 2, 0);
	bed_item(0, 119, 3, 0); /* exactly a period later */
	bed_item(0, 130, 4, 0); /* a nanosecond too late */
	bed_item(0, 131, 5, 0);
	bed_play();
	BED_EXPECT(0, 1, 2, 3);
	ck_assert_int_eq(probe_logs[0].instants[2], 119);
	ck_assert(probe_logs[0].failed);
	expect_timeout();
	ck_assert_uint_ge(bed_dropped(input, WEIR_DROP_CANCELLED), 1);
	bed_close();
}
END_TEST

START_TEST(an_older_item_is_in_time_and_moves_no_time_back)
{
	open_event(_i);
	bed_item(0, 100, 1, 0);
	bed_item(0, 50, 2, 0);
	bed_item(0, 110, 3, 0); /* a period after the greatest, not after the last */
	bed_item(0, 90, 4, 0);
	bed_item(0, 120, 5, 0);
	bed_play();
	BED_EXPECT(0, 1, 2, 3, 4, 5);
	ck_assert(!probe_logs[0].failed);
	bed_close();
}
END_TEST

START_TEST(a_watermark_tells_of_silence_too)
{
	open_event(_i);
	bed_item(0, 100, 1, 0);
	probe_mark(0, WEIR_MARK_WATERMARK, 110); /* one at 110 may still come */
	bed_item(0, 110, 2, 0);
	probe_mark(0, WEIR_MARK_WATERMARK, 121);
	bed_item(0, 121, 3, 0);
	bed_play();
	BED_EXPECT(0, 1, 2);
	ck_assert_uint_eq(probe_logs[0].n_marks, 2); /* the one that tells of it is not passed on */
	ck_assert_int_eq(probe_logs[0].marks[0].mark.time, 110);
	ck_assert_uint_eq(probe_logs[0].marks[1].mark.kind, WEIR_MARK_ERROR);
	expect_timeout();
	bed_close();
}
END_TEST

START_TEST(time_starts_with_the_first_that_comes)
{
	open_event(_i);
	probe_mark(0, WEIR_MARK_WATERMARK, 5000);
	probe_mark(0, WEIR_MARK_WATERMARK, 5010);
	bed_item(0, 5010, 1, 0);
	probe_mark(0, WEIR_MARK_WATERMARK, 5020);
	bed_play();
	BED_EXPECT(0, 1);
	ck_assert(!probe_logs[0].failed);
	bed_close();
	open_event(_i);
	probe_mark(0, WEIR_MARK_WATERMARK, 5000);
	bed_item(0, 5011, 1, 0);
	bed_play();
	ck_assert_uint_eq(probe_logs[0].n_items, 0);
	expect_timeout();
	bed_close();
}
END_TEST

START_TEST(marks_keep_their_places)
{
	open_event(_i);
	bed_item(0, 100, 1, 0);
	probe_mark(0, WEIR_MARK_LAGGED, 4);
	probe_mark(0, WEIR_MARK_BARRIER, 1);
	bed_item(0, 101, 2, 0);
	bed_play();
	BED_EXPECT(0, 1, 2);
	ck_assert_uint_eq(probe_logs[0].n_marks, 3);
	ck_assert_uint_eq(probe_logs[0].marks[0].after, 1);
	ck_assert_uint_eq(probe_logs[0].marks[0].mark.value, 4);
	ck_assert_uint_eq(probe_logs[0].marks[1].mark.kind, WEIR_MARK_BARRIER);
	ck_assert_uint_eq(probe_scripts[0].barriers_done, 1);
	bed_close();
}
END_TEST

/* By the event clock no time passes while nobody asks, and no timer is there to be set. */
START_TEST(the_machines_clock_means_nothing_to_the_event_clock)
{
	open_event(_i);
	bed_item(0, 100, 1, 0);
	bed_item(0, 105, 2, 0);
	probe_logs[0].take_at_most = 1;
	bed_start();
	while (!weir_ended(bed.in)) {
		bed.clock.now_ns += 1000000;
		(void)weir_step(bed.in, 1);
		ck_assert_uint_eq(weir_timers_armed(bed.in), 0);
	}
	BED_EXPECT(0, 1, 2);
	ck_assert(!probe_logs[0].failed);
	bed_close();
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("timeout");
	TCase *tc = tcase_create("timeout");
	SRunner *sr = srunner_create(suite);
	int failed;

	suite_add_tcase(suite, tc);
	tcase_add_loop_test(tc, an_item_at_the_deadline_is_in_time, 0, 3);
	tcase_add_loop_test(tc, at_one_instant_the_item_wins_over_the_timer, 0, 2);
	tcase_add_test(tc, the_first_item_has_a_period_from_the_start);
	tcase_add_test(tc, the_end_is_no_silence);
	tcase_add_test(tc, on_error_does_not_apply);
	tcase_add_test(tc, an_error_passes_as_it_is);
	tcase_add_test(tc, nobody_is_late_with_what_nobody_asked_for);
	tcase_add_test(tc, an_item_that_waits_is_no_silence);
	tcase_add_test(tc, credit_passes_through);
	tcase_add_test(tc, a_timer_that_comes_late_hears_what_waits);
	tcase_add_test(tc, a_timer_that_comes_late_again_sees_what_waits);
	tcase_add_test(tc, a_timer_that_comes_late_is_believed_when_nothing_waits);
	tcase_add_test(tc, a_cancelled_output_stops_the_timer_and_the_input);
	tcase_add_test(tc, a_period_without_end_never_passes);
	tcase_add_loop_test(tc, by_the_event_clock_items_are_judged_by_their_instants, 0, 2 * SPANS);
	tcase_add_loop_test(tc, an_older_item_is_in_time_and_moves_no_time_back, 0, 2 * SPANS);
	tcase_add_loop_test(tc, a_watermark_tells_of_silence_too, 0, 2 * SPANS);
	tcase_add_loop_test(tc, time_starts_with_the_first_that_comes, 0, 2 * SPANS);
	tcase_add_loop_test(tc, marks_keep_their_places, 0, 2 * SPANS);
	tcase_add_test(tc, the_machines_clock_means_nothing_to_the_event_clock);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
