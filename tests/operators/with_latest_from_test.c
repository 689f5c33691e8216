/* SPDX-License-Identifier: MIT */
/* with_latest_from_test.c -- the first stream sets the pace; the others are never waited for. */
#include "latest_rig.h"

static void open_with(enum weir_clock clock)
{
	open_two(&weir_with_latest_from_type, clock, false, false);
}

START_TEST(each_item_of_the_first_goes_out_with_the_latest_of_the_others)
{
	open_with(WEIR_CLOCK_MONOTONIC);
	start();
	push(1, 101);
	push(0, 1);
	push(1, 102);
	push(1, 103);
	push(0, 2);
	push(0, 3);
	PAIRS(1, 101, 2, 103, 3, 103);
	ck_assert_uint_eq(ledger_of(inputs[1]).dropped[WEIR_DROP_FILTERED], 1); /* 102 was never wanted */
	push_end(1);
	push(0, 4);
	PAIRS(1, 101, 2, 103, 3, 103, 4, 103);
	push_end(0);
	ck_assert(weir_ended(bed.in));
	ck_assert(!probe_logs[0].failed);
	bed_close();
}
END_TEST

START_TEST(items_before_the_others_have_one_are_counted)
{
	open_with(WEIR_CLOCK_MONOTONIC);
	start();
	push(0, 1);
	push(0, 2);
	push(1, 101);
	push(0, 3);
	PAIRS(3, 101);
	ck_assert_uint_eq(ledger_of(inputs[0]).dropped[WEIR_DROP_FILTERED], 2);
	ck_assert_uint_eq(ledger_of(inputs[0]).out, 1);
	bed_close();
}
END_TEST

START_TEST(it_completes_with_the_first_and_cancels_the_others)
{
	open_with(WEIR_CLOCK_MONOTONIC);
	start();
	push(1, 101);
	push(1, 102);
	push_end(0);
	ck_assert(weir_ended(bed.in));
	ck_assert_int_eq(weir_stage_phase(bed.in, 1), WEIR_STAGE_CANCELLED);
	ck_assert_uint_eq(ledger_of(inputs[1]).dropped[WEIR_DROP_CANCELLED], 1);
	ck_assert_uint_eq(ledger_of(inputs[1]).dropped[WEIR_DROP_FILTERED], 1);
	bed_close();
}
END_TEST

START_TEST(it_completes_when_another_never_had_an_item)
{
	open_with(WEIR_CLOCK_MONOTONIC);
	start();
	push(0, 1);
	push_end(1);
	ck_assert(weir_ended(bed.in));
	ck_assert_uint_eq(probe_logs[0].n_items, 0);
	bed_close();
}
END_TEST

/* The end lies right behind items that were dropped: nobody else wakes the stage for it. */
START_TEST(an_end_behind_items_that_were_dropped_arrives)
{
	open_two(&weir_with_latest_from_type, WEIR_CLOCK_MONOTONIC, true, false);
	probe_scripts[1].holds = true;
	for (int64_t v = 1; v <= 5; v++)
		bed_item(0, v * 10, v, 0);
	bed_play();
	ck_assert_uint_eq(ledger_of(inputs[0]).dropped[WEIR_DROP_FILTERED], 5);
	bed_close();
}
END_TEST

/* The first is asked for what is wanted; the others for all they have, and they are taken while nothing can go out. */
START_TEST(only_the_first_is_held_back)
{
	struct pair got;

	open_two(&weir_with_latest_from_type, WEIR_CLOCK_MONOTONIC, true, true);
	for (int64_t v = 1; v <= 300; v++) {
		bed_item(0, v * 10, v, 0);
		bed_item(1, v * 10, v, 1);
	}
	start();
	ck_assert_uint_eq(ledger_of(inputs[0]).requested, 0);
	for (int i = 1; i <= 5; i++) {
		ck_assert_int_eq(weir_pull(bed.in, port, &got, NULL, 1), 1);
		bed_settle();
		ck_assert_uint_le(ledger_of(inputs[0]).in,
			ledger_of(inputs[0]).dropped[WEIR_DROP_FILTERED] + (uint64_t)i);
	}
	ck_assert_uint_eq(ledger_of(inputs[1]).in, 300);
	ck_assert_int_eq(got.b.v, 300);
	bed_close();
}
END_TEST

START_TEST(an_error_of_any_ends_it)
{
	for (uint32_t bad = 0; bad < 2; bad++) {
		open_two(&weir_with_latest_from_type, WEIR_CLOCK_MONOTONIC, true, false);
		for (uint32_t i = 0; i < 2; i++) {
			bed_item(i, 10, 1, i);
			if (i == bad)
				probe_mark(i, WEIR_MARK_ERROR, 0);
			else
				probe_scripts[i].holds = true;
		}
		bed_play();
		ck_assert(probe_logs[0].failed);
		ck_assert_int_eq(weir_stage_phase(bed.in, (uint16_t)(1 - bad)), WEIR_STAGE_CANCELLED);
		bed_close();
	}
}
END_TEST

START_TEST(a_cancelled_output_cancels_all_inputs)
{
	open_two(&weir_with_latest_from_type, WEIR_CLOCK_MONOTONIC, true, false);
	bed_item(1, 10, 1, 1);
	probe_scripts[1].holds = true;
	for (int64_t v = 1; v <= 50; v++)
		bed_item(0, v * 10, v, 0);
	probe_logs[0].cancel_after = 3;
	bed_play();
	ck_assert_uint_le(probe_logs[0].n_items, 3);
	ck_assert_int_eq(weir_stage_phase(bed.in, 0), WEIR_STAGE_CANCELLED);
	ck_assert_int_eq(weir_stage_phase(bed.in, 1), WEIR_STAGE_CANCELLED);
	bed_close();
}
END_TEST

/* The first stream's time, whatever the others bring; and its marks, in their places. */
START_TEST(time_is_that_of_the_first)
{
	open_two(&weir_with_latest_from_type, WEIR_CLOCK_EVENT, true, false);
	bed.edges[inputs[0]].has_time = true;
	bed_item(1, 900, 101, 1);
	probe_mark(1, WEIR_MARK_WATERMARK, 900);
	probe_scripts[1].holds = true;
	probe_scripts[0].holds = true;
	start();
	for (int64_t v = 1; v <= 2; v++)
		bed_item(0, v * 10, v, 0);
	probe_mark(0, WEIR_MARK_WATERMARK, 25);
	probe_mark(0, WEIR_MARK_BARRIER, 1);
	bed_item(0, 30, 3, 0);
	weir_wake_stage(bed.in, 0);
	bed_settle();
	PAIRS(1, 101, 2, 101, 3, 101);
	for (int i = 0; i < 3; i++)
		ck_assert_int_eq(probe_logs[0].instants[i], (i + 1) * 10);
	ck_assert_uint_eq(probe_logs[0].n_marks, 2);
	ck_assert_int_eq(probe_logs[0].marks[0].mark.time, 25);
	ck_assert_uint_eq(probe_logs[0].marks[0].after, 2);
	ck_assert_uint_eq(probe_logs[0].marks[1].mark.kind, WEIR_MARK_BARRIER);
	ck_assert_uint_eq(probe_logs[0].marks[1].after, 2);
	ck_assert_uint_eq(probe_scripts[0].barriers_done, 1);
	bed_close();
}
END_TEST

START_TEST(what_comes_behind_a_barrier_that_waits_is_not_taken_before_it)
{
	check_held_back_by_barrier(&weir_with_latest_from_type);
}
END_TEST

START_TEST(one_stream_is_refused)
{
	struct weir_place place = { .n_in = 1 };
	const char *why = NULL;

	ck_assert_int_lt(weir_with_latest_from_type.check(&place, &why), 0);
	ck_assert_ptr_nonnull(why);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("with_latest_from");
	TCase *tc = tcase_create("with_latest_from");

	suite_add_tcase(suite, tc);
	tcase_add_test(tc, each_item_of_the_first_goes_out_with_the_latest_of_the_others);
	tcase_add_test(tc, items_before_the_others_have_one_are_counted);
	tcase_add_test(tc, it_completes_with_the_first_and_cancels_the_others);
	tcase_add_test(tc, it_completes_when_another_never_had_an_item);
	tcase_add_test(tc, an_end_behind_items_that_were_dropped_arrives);
	tcase_add_test(tc, only_the_first_is_held_back);
	tcase_add_test(tc, an_error_of_any_ends_it);
	tcase_add_test(tc, a_cancelled_output_cancels_all_inputs);
	tcase_add_test(tc, time_is_that_of_the_first);
	tcase_add_test(tc, what_comes_behind_a_barrier_that_waits_is_not_taken_before_it);
	tcase_add_test(tc, one_stream_is_refused);
	return run_suite(suite);
}
