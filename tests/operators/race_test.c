/* SPDX-License-Identifier: MIT */
/* race_test.c -- the first that speaks wins; the others are cancelled at once, and counted. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "operators/clockwork.h"

#define START 1000 /* the bed's clock */

static const uint32_t spans[] = { 1, 2, 7, 64 };
#define SPANS (int)(sizeof spans / sizeof spans[0])

static const struct weir_input_params in_params = { .name = "in", .record = &bed_record, .capacity = 8 };
static const struct weir_output_params port_params = { .name = "out" };
static uint16_t stage, port, inputs[3];

/* A race of clockworks before a sink. */
static void open_clockworks(enum weir_clock clock, uint16_t n_inputs)
{
	clockwork_reset();
	bed_open(clock);
	for (uint16_t i = 0; i < n_inputs; i++)
		(void)clockwork_source(i);
	stage = bed_stage(&weir_race_type, NULL);
	for (uint16_t i = 0; i < n_inputs; i++)
		inputs[i] = bed_edge(i, stage);
	(void)bed_edge(stage, bed_sink(0));
}

/* A scripted source before a rival that never speaks; the script's input is `first`, or the last. */
static void open_script(enum weir_clock clock, bool first)
{
	bed_open(clock);
	(void)bed_source(0);
	(void)bed_stage(&weir_input_type, &in_params);
	stage = bed_stage(&weir_race_type, NULL);
	inputs[0] = bed_edge(first ? 0 : 1, stage);
	inputs[1] = bed_edge(first ? 1 : 0, stage);
	(void)bed_edge(stage, bed_sink(0));
}

static void expect_phases(enum weir_stage_phase a, enum weir_stage_phase b)
{
	ck_assert_int_eq(weir_stage_phase(bed.in, 0), a);
	ck_assert_int_eq(weir_stage_phase(bed.in, 1), b);
}

/* ---- who wins ---- */

START_TEST(the_first_item_decides)
{
	open_clockworks(WEIR_CLOCK_MONOTONIC, 3);
	clockwork_at(0, START + 20);
	clockwork_at(1, START + 10, START + 30, START + 40);
	clockwork_at(2, START + 11);
	clockworks[1].ends_at = START + 50;
	bed_start();
	clockwork_until(START + 9);
	ck_assert_uint_eq(probe_logs[0].n_items, 0);
	clockwork_until(START + 10);
	BED_EXPECT(0, 1);
	expect_phases(WEIR_STAGE_CANCELLED, WEIR_STAGE_RUNNING); /* at once */
	ck_assert_int_eq(weir_stage_phase(bed.in, 2), WEIR_STAGE_CANCELLED);
	clockwork_until(START + 100);
	BED_EXPECT(0, 1, 2, 3);
	ck_assert_int_eq(bed_got(0, 1).at, START + 30);
	ck_assert(probe_logs[0].ended && !probe_logs[0].failed);
	ck_assert_int_eq(weir_stage_phase(bed.in, 1), WEIR_STAGE_COMPLETED);
	bed_close();
}
END_TEST

/* Both speak from their timers, before anybody has a turn. */
START_TEST(of_two_in_one_turn_the_first_in_the_list_wins)
{
	open_clockworks(WEIR_CLOCK_MONOTONIC, 2);
	for (unsigned i = 0; i < 2; i++) {
		clockworks[i].in_timer = true;
		clockworks[i].ends_at = START + 20;
	}
	clockwork_at(0, START + 10);
	clockwork_at(1, START + 10);
	bed_start();
	clockwork_until(START + 100);
	BED_EXPECT(0, 1);
	expect_phases(WEIR_STAGE_COMPLETED, WEIR_STAGE_CANCELLED);
	ck_assert_uint_eq(bed_dropped(inputs[1], WEIR_DROP_CANCELLED), 1); /* what it had sent by then */
	bed_close();
}
END_TEST

START_TEST(an_end_decides_too)
{
	open_clockworks(WEIR_CLOCK_MONOTONIC, 2);
	clockworks[0].ends_at = START + 10;
	clockwork_at(1, START + 11);
	bed_start();
	clockwork_until(START + 100);
	ck_assert_uint_eq(probe_logs[0].n_items, 0);
	ck_assert(probe_logs[0].ended && !probe_logs[0].failed);
	expect_phases(WEIR_STAGE_COMPLETED, WEIR_STAGE_CANCELLED);
	ck_assert_int_eq(weir_stage_phase(bed.in, stage), WEIR_STAGE_COMPLETED);
	bed_close();
}
END_TEST

START_TEST(an_error_decides_too)
{
	open_script(WEIR_CLOCK_MONOTONIC, _i != 0);
	probe_mark(0, WEIR_MARK_ERROR, 0);
	bed_play();
	ck_assert_uint_eq(probe_logs[0].n_items, 0);
	ck_assert(probe_logs[0].failed);
	ck_assert_uint_eq(weir_first_error(bed.in)->stage, 0);
	expect_phases(WEIR_STAGE_FAILED, WEIR_STAGE_CANCELLED);
	bed_close();
}
END_TEST

START_TEST(once_decided_the_losers_errors_are_nobodys)
{
	open_clockworks(WEIR_CLOCK_MONOTONIC, 2);
	clockwork_at(0, START + 10, START + 30);
	clockworks[0].ends_at = START + 40;
	clockworks[1].ends_at = START + 20;
	bed_start();
	clockwork_until(START + 100);
	BED_EXPECT(0, 1, 2);
	ck_assert(!weir_failed(bed.in));
	bed_close();
}
END_TEST

START_TEST(alone_it_wins)
{
	open_clockworks(WEIR_CLOCK_MONOTONIC, 1);
	clockwork_at(0, START + 10, START + 11);
	clockworks[0].ends_at = START + 12;
	bed_start();
	clockwork_until(START + 100);
	BED_EXPECT(0, 1, 2);
	ck_assert(weir_ended(bed.in));
	bed_close();
}
END_TEST

/* ---- what passes ---- */

START_TEST(everything_of_the_winner_passes)
{
	int64_t all[100];

	open_script(WEIR_CLOCK_MONOTONIC, true);
	probe_scripts[0].span = spans[_i % SPANS];
	probe_logs[0].credit = _i < SPANS ? UINT32_MAX : 3;
	for (int64_t i = 0; i < 100; i++) {
		all[i] = i;
		bed_item(0, i, i, 0);
	}
	bed_play();
	bed_expect(0, 100, all);
	ck_assert(!probe_logs[0].failed);
	bed_close();
}
END_TEST

START_TEST(the_winners_error_comes_behind_its_items)
{
	open_script(WEIR_CLOCK_MONOTONIC, true);
	probe_scripts[0].span = spans[_i];
	for (int64_t i = 0; i < 5; i++)
		bed_item(0, i, i, 0);
	probe_mark(0, WEIR_MARK_ERROR, 0);
	bed_play();
	BED_EXPECT(0, 0, 1, 2, 3, 4);
	ck_assert(probe_logs[0].failed);
	bed_close();
}
END_TEST

START_TEST(marks_keep_their_places_and_decide_nothing)
{
	open_script(WEIR_CLOCK_MONOTONIC, true);
	probe_scripts[0].span = spans[_i];
	probe_mark(0, WEIR_MARK_LAGGED, 4);
	probe_mark(0, WEIR_MARK_BARRIER, 1);
	probe_mark(0, WEIR_MARK_LAGGED, 3);
	bed_item(0, 10, 1, 0);
	bed_item(0, 20, 2, 0);
	probe_mark(0, WEIR_MARK_LAGGED, 5);
	probe_mark(0, WEIR_MARK_BARRIER, 2);
	bed_item(0, 30, 3, 0);
	bed_play();
	BED_EXPECT(0, 1, 2, 3);
	ck_assert_uint_eq(probe_logs[0].n_marks, 4);
	ck_assert_uint_eq(probe_logs[0].marks[0].after, 0);
	ck_assert_uint_eq(probe_logs[0].marks[0].mark.value, 7); /* lost before its first item */
	ck_assert_uint_eq(probe_logs[0].marks[1].after, 2);
	ck_assert_uint_eq(probe_logs[0].marks[1].mark.value, 5);
	ck_assert_uint_eq(probe_logs[0].marks[2].mark.kind, WEIR_MARK_BARRIER);
	ck_assert_uint_eq(probe_scripts[0].barriers_done, 2); /* the first one here, nothing is before it */
	bed_close();
}
END_TEST

START_TEST(what_the_winner_lost_before_its_first_item_adds_up)
{
	open_clockworks(WEIR_CLOCK_MONOTONIC, 2);
	clockworks[0].n_marks = 3;
	clockworks[0].kind = WEIR_MARK_LAGGED;
	clockwork_at(0, START + 1, START + 2, START + 3, START + 4);
	bed_start();
	clockwork_until(START + 10);
	ck_assert_uint_eq(probe_logs[0].n_items, 1);
	ck_assert_uint_eq(probe_logs[0].n_marks, 1);
	ck_assert_uint_eq(probe_logs[0].marks[0].after, 0);
	ck_assert_uint_eq(probe_logs[0].marks[0].mark.value, 3);
	bed_close();
}
END_TEST

START_TEST(a_losers_marks_are_nobodys)
{
	open_clockworks(WEIR_CLOCK_MONOTONIC, 3);
	clockworks[0].n_marks = clockworks[1].n_marks = 2;
	clockworks[0].kind = WEIR_MARK_LAGGED;
	clockworks[1].kind = WEIR_MARK_BARRIER;
	clockwork_at(0, START + 1, START + 2);
	clockwork_at(1, START + 1, START + 2);
	clockwork_at(2, START + 10);
	clockworks[2].ends_at = START + 11;
	bed_start();
	clockwork_until(START + 100);
	BED_EXPECT(0, 1);
	ck_assert_uint_eq(probe_logs[0].n_marks, 1); /* the end */
	ck_assert_uint_eq(clockworks[1].barriers_done, 2);
	bed_close();
}
END_TEST

/* ---- credit ---- */

/* Two input ports: what each is asked for shows on its edge. */
static void open_ports(void)
{
	bed_open(WEIR_CLOCK_MONOTONIC);
	for (uint16_t i = 0; i < 2; i++)
		(void)bed_stage(&weir_input_type, &in_params);
	stage = bed_stage(&weir_race_type, NULL);
	inputs[0] = bed_edge(0, stage);
	inputs[1] = bed_edge(1, stage);
	port = bed_stage(&weir_output_type, &port_params);
	(void)bed_edge(stage, port);
	bed_start();
	bed_settle();
}

static uint64_t requested(uint16_t edge)
{
	struct weir_ledger ledger;

	ck_assert_int_eq(weir_edge_ledger(bed.in, edge, &ledger), WEIR_OK);
	return ledger.requested;
}

START_TEST(until_it_is_decided_all_are_asked_alike)
{
	struct bed_item items[3] = { { .v = 1 }, { .v = 2 }, { .v = 3 } }, got[8];

	open_ports();
	ck_assert_uint_eq(requested(inputs[0]) + requested(inputs[1]), 0);
	ck_assert_int_eq(weir_pull(bed.in, port, got, NULL, 3), 0);
	ck_assert_uint_eq(requested(inputs[0]), 3);
	ck_assert_uint_eq(requested(inputs[1]), 3);
	ck_assert_int_eq(weir_pull(bed.in, port, got, NULL, 5), 0);
	ck_assert_uint_eq(requested(inputs[0]), 5);
	ck_assert_uint_eq(requested(inputs[1]), 5);
	ck_assert_int_eq(weir_push(bed.in, 1, items, NULL, 3), 3);
	ck_assert_int_eq(weir_push(bed.in, 0, items, NULL, 3), WEIR_ENDED);
	ck_assert_int_eq(weir_pull(bed.in, port, got, NULL, 8), 3);
	ck_assert_uint_eq(requested(inputs[0]), 5); /* the loser's no more */
	ck_assert_uint_eq(requested(inputs[1]), 8); /* 3 came, 5 more are asked for */
	bed_close();
}
END_TEST

/* What was on its way when it was decided is counted where it was. */
START_TEST(what_losers_sent_is_cancelled_and_counted)
{
	struct weir_ledger ledger;

	open_clockworks(WEIR_CLOCK_MONOTONIC, 3);
	for (unsigned i = 0; i < 3; i++)
		clockworks[i].in_timer = true;
	clockwork_at(0, START + 10);
	clockwork_at(1, START + 10);
	clockwork_at(2, START + 10);
	clockworks[0].ends_at = START + 11;
	bed_start();
	clockwork_until(START + 100);
	ck_assert(weir_ended(bed.in));
	for (unsigned i = 1; i < 3; i++) {
		ck_assert_int_eq(weir_edge_ledger(bed.in, inputs[i], &ledger), WEIR_OK);
		ck_assert_uint_eq(ledger.in, 1);
		ck_assert_uint_eq(ledger.out, 0);
		ck_assert_uint_eq(ledger.dropped[WEIR_DROP_CANCELLED], 1);
	}
	bed_close();
}
END_TEST

START_TEST(a_cancelled_output_cancels_all_inputs)
{
	open_clockworks(WEIR_CLOCK_MONOTONIC, 2);
	clockwork_at(0, START + 10, START + 20, START + 30);
	probe_logs[0].cancel_after = (uint32_t)_i; /* before it is decided, and after */
	bed_start();
	clockwork_until(START + 100);
	ck_assert(weir_ended(bed.in));
	ck_assert_uint_eq(probe_logs[0].n_items, (uint32_t)_i);
	expect_phases(WEIR_STAGE_CANCELLED, WEIR_STAGE_CANCELLED);
	bed_close();
}
END_TEST

START_TEST(an_abort_ends_it_undecided)
{
	open_clockworks(WEIR_CLOCK_MONOTONIC, 2);
	clockwork_at(0, START + 10);
	bed_start();
	clockwork_until(START + 5);
	weir_abort(bed.in);
	ck_assert(weir_ended(bed.in));
	expect_phases(WEIR_STAGE_CANCELLED, WEIR_STAGE_CANCELLED);
	bed_close();
}
END_TEST

/* ---- time ---- */

/* The watermark that a sink got m-th. */
static struct probe_mark watermark(uint32_t m)
{
	for (uint32_t i = 0; i < probe_logs[0].n_marks; i++)
		if (probe_logs[0].marks[i].mark.kind == WEIR_MARK_WATERMARK && m-- == 0)
			return probe_logs[0].marks[i];
	ck_abort_msg("there is no such watermark");
	return (struct probe_mark){ .after = 0 };
}

START_TEST(until_it_is_decided_time_is_the_least_of_all)
{
	open_clockworks(WEIR_CLOCK_EVENT, 2);
	for (unsigned i = 0; i < 2; i++) {
		clockworks[i].n_marks = 2;
		clockworks[i].kind = WEIR_MARK_WATERMARK;
		bed.edges[inputs[i]].has_time = true;
	}
	clockwork_at(0, START + 10, START + 30);
	clockwork_at(1, START + 20);
	bed_start();
	clockwork_until(START + 10);
	ck_assert_uint_eq(probe_logs[0].n_marks, 0); /* the other is at no time yet */
	clockwork_until(START + 20);
	ck_assert_int_eq(watermark(0).mark.time, START + 10);
	clockwork_until(START + 30);
	ck_assert_int_eq(watermark(1).mark.time, START + 20);
	bed_close();
}
END_TEST

START_TEST(then_time_is_the_winners)
{
	open_script(WEIR_CLOCK_EVENT, true);
	bed.edges[inputs[0]].has_time = bed.edges[inputs[1]].has_time = true;
	probe_scripts[0].span = spans[_i];
	probe_mark(0, WEIR_MARK_WATERMARK, 50);
	bed_item(0, 60, 1, 0);
	probe_mark(0, WEIR_MARK_WATERMARK, 55);
	bed_item(0, 90, 2, 0);
	probe_mark(0, WEIR_MARK_WATERMARK, 70);
	bed_play();
	BED_EXPECT(0, 1, 2);
	ck_assert_uint_eq(probe_logs[0].n_marks, 4);
	ck_assert_int_eq(watermark(0).mark.time, 50);
	ck_assert_uint_eq(watermark(0).after, 0);
	ck_assert_int_eq(watermark(1).mark.time, 55);
	ck_assert_uint_eq(watermark(1).after, 1);
	ck_assert_int_eq(watermark(2).mark.time, 70);
	bed_close();
}
END_TEST

START_TEST(a_winner_without_watermarks_gets_them_from_its_items)
{
	int64_t last = INT64_MIN;

	open_script(WEIR_CLOCK_EVENT, true);
	probe_scripts[0].span = spans[_i];
	bed_item(0, 100, 1, 0);
	bed_item(0, 90, 2, 0);
	bed_item(0, 120, 3, 0);
	bed_play();
	BED_EXPECT(0, 1, 2, 3);
	ck_assert_uint_ge(probe_logs[0].n_marks, 2);
	for (uint32_t i = 0; i + 1 < probe_logs[0].n_marks; i++) {
		ck_assert_int_gt(probe_logs[0].marks[i].mark.time, last);
		last = probe_logs[0].marks[i].mark.time;
	}
	ck_assert_int_eq(last, 120);
	ck_assert_int_eq(probe_logs[0].instants[1], 90);
	bed_close();
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("race");
	TCase *tc = tcase_create("race");
	SRunner *sr = srunner_create(suite);
	int failed;

	suite_add_tcase(suite, tc);
	tcase_add_test(tc, the_first_item_decides);
	tcase_add_test(tc, of_two_in_one_turn_the_first_in_the_list_wins);
	tcase_add_test(tc, an_end_decides_too);
	tcase_add_loop_test(tc, an_error_decides_too, 0, 2);
	tcase_add_test(tc, once_decided_the_losers_errors_are_nobodys);
	tcase_add_test(tc, alone_it_wins);
	tcase_add_loop_test(tc, everything_of_the_winner_passes, 0, 2 * SPANS);
	tcase_add_loop_test(tc, the_winners_error_comes_behind_its_items, 0, SPANS);
	tcase_add_loop_test(tc, marks_keep_their_places_and_decide_nothing, 0, SPANS);
	tcase_add_test(tc, what_the_winner_lost_before_its_first_item_adds_up);
	tcase_add_test(tc, a_losers_marks_are_nobodys);
	tcase_add_test(tc, until_it_is_decided_all_are_asked_alike);
	tcase_add_test(tc, what_losers_sent_is_cancelled_and_counted);
	tcase_add_loop_test(tc, a_cancelled_output_cancels_all_inputs, 0, 3);
	tcase_add_test(tc, an_abort_ends_it_undecided);
	tcase_add_test(tc, until_it_is_decided_time_is_the_least_of_all);
	tcase_add_loop_test(tc, then_time_is_the_winners, 0, SPANS);
	tcase_add_loop_test(tc, a_winner_without_watermarks_gets_them_from_its_items, 0, SPANS);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
