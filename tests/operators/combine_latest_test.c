/* SPDX-License-Identifier: MIT */
/* combine_latest_test.c -- whoever speaks, the latest of all goes out; what was never wanted is counted. */
#include "latest_rig.h"

static void open_combine(enum weir_clock clock)
{
	open_two(&weir_combine_latest_type, clock, false, false);
}

START_TEST(each_new_item_goes_out_with_the_latest_of_the_others)
{
	open_combine(WEIR_CLOCK_MONOTONIC);
	start();
	push(0, 1);
	ck_assert_uint_eq(probe_logs[0].n_items, 0);
	push(1, 101);
	push(0, 2);
	push(1, 102);
	push(1, 103);
	PAIRS(1, 101, 2, 101, 2, 102, 2, 103);
	push_end(0);
	push(1, 104);
	PAIRS(1, 101, 2, 101, 2, 102, 2, 103, 2, 104);
	ck_assert(!probe_logs[0].ended);
	push_end(1);
	ck_assert(probe_logs[0].ended);
	ck_assert(!probe_logs[0].failed);
	ck_assert(weir_ended(bed.in));
	ck_assert_uint_eq(ledger_of(inputs[0]).out, 2);
	ck_assert_uint_eq(ledger_of(inputs[1]).out, 4);
	bed_close();
}
END_TEST

/* Three items of one before the other has any: the last is the one that counts. */
START_TEST(what_was_replaced_before_it_was_wanted_is_counted)
{
	open_combine(WEIR_CLOCK_MONOTONIC);
	start();
	for (int64_t v = 1; v <= 3; v++)
		push(0, v);
	ck_assert_uint_eq(ledger_of(inputs[0]).dropped[WEIR_DROP_FILTERED], 2);
	ck_assert_uint_eq(ledger_of(inputs[0]).queued, 1);
	push(1, 101);
	PAIRS(3, 101);
	ck_assert_uint_eq(ledger_of(inputs[0]).queued, 0);
	ck_assert_uint_eq(ledger_of(inputs[0]).out, 1);
	bed_close();
}
END_TEST

/* An input that ends without an item: no record can ever be made. */
START_TEST(it_completes_when_one_never_had_an_item)
{
	open_combine(WEIR_CLOCK_MONOTONIC);
	start();
	push(0, 1);
	push(0, 2);
	push_end(1);
	ck_assert(weir_ended(bed.in));
	ck_assert_uint_eq(probe_logs[0].n_items, 0);
	ck_assert(!probe_logs[0].failed);
	ck_assert_uint_eq(ledger_of(inputs[0]).dropped[WEIR_DROP_CANCELLED], 1);
	ck_assert_uint_eq(ledger_of(inputs[0]).dropped[WEIR_DROP_FILTERED], 1);
	bed_close();
}
END_TEST

/* Sources, a sink that asks a few at a time: as many records as items, but for those before the first. */
START_TEST(no_record_goes_out_that_nobody_asked_for)
{
	static const uint32_t spans[] = { 1, 2, 7, 64 };

	for (uint32_t credit = 1; credit < 4; credit++) {
		open_two(&weir_combine_latest_type, WEIR_CLOCK_MONOTONIC, true, false);
		probe_scripts[0].span = spans[_i];
		probe_scripts[1].span = spans[3 - _i];
		probe_logs[0].credit = credit;
		for (int64_t v = 1; v <= 50; v++) {
			bed_item(0, v * 10, v, 0);
			bed_item(1, v * 10, v, 1);
		}
		bed_play();
		ck_assert_uint_eq(probe_logs[0].n_items + ledger_of(inputs[0]).dropped[WEIR_DROP_FILTERED] +
					  ledger_of(inputs[1]).dropped[WEIR_DROP_FILTERED],
			99);
		bed_close();
	}
}
END_TEST

START_TEST(inputs_are_asked_for_their_share)
{
	struct pair got[8];

	open_two(&weir_combine_latest_type, WEIR_CLOCK_MONOTONIC, true, true);
	for (int64_t v = 1; v <= 500; v++) {
		bed_item(0, v * 10, v, 0);
		bed_item(1, v * 10, v, 1);
	}
	start();
	ck_assert_uint_eq(ledger_of(inputs[0]).requested, 0);
	ck_assert_int_eq(weir_pull(bed.in, port, got, NULL, 8), 8);
	bed_settle();
	for (int i = 0; i < 2; i++)
		ck_assert_uint_le(ledger_of(inputs[i]).requested, 16);
	bed_close();
}
END_TEST

START_TEST(an_error_ends_it_and_cancels_the_others)
{
	open_two(&weir_combine_latest_type, WEIR_CLOCK_MONOTONIC, true, false);
	bed_item(0, 10, 1, 0);
	probe_mark(0, WEIR_MARK_ERROR, 0);
	probe_scripts[1].holds = true;
	bed_item(1, 10, 1, 1);
	bed_play();
	ck_assert(probe_logs[0].failed);
	ck_assert_int_eq(weir_stage_phase(bed.in, 1), WEIR_STAGE_CANCELLED);
	bed_close();
}
END_TEST

START_TEST(a_cancelled_output_cancels_all_inputs)
{
	open_two(&weir_combine_latest_type, WEIR_CLOCK_MONOTONIC, true, false);
	for (int64_t v = 1; v <= 50; v++) {
		bed_item(0, v * 10, v, 0);
		bed_item(1, v * 10, v, 1);
	}
	probe_logs[0].cancel_after = 3;
	bed_play();
	ck_assert_uint_eq(probe_logs[0].n_items, 3);
	ck_assert_int_eq(weir_stage_phase(bed.in, 0), WEIR_STAGE_CANCELLED);
	ck_assert_int_eq(weir_stage_phase(bed.in, 1), WEIR_STAGE_CANCELLED);
	bed_close();
}
END_TEST

START_TEST(a_record_is_as_late_as_its_latest_item_and_time_is_the_least)
{
	open_combine(WEIR_CLOCK_EVENT);
	start();
	push_at(0, 1, 50);
	push_at(1, 101, 20);
	push_at(1, 102, 70);
	push_at(0, 2, 60);
	PAIRS(1, 101, 1, 102, 2, 102);
	ck_assert_int_eq(probe_logs[0].instants[0], 50);
	ck_assert_int_eq(probe_logs[0].instants[1], 70);
	ck_assert_int_eq(probe_logs[0].instants[2], 70);
	ck_assert_uint_eq(probe_logs[0].n_marks, 3);
	ck_assert_int_eq(probe_logs[0].marks[0].mark.time, 20);
	ck_assert_int_eq(probe_logs[0].marks[1].mark.time, 50);
	ck_assert_int_eq(probe_logs[0].marks[2].mark.time, 60);
	bed_close();
}
END_TEST

START_TEST(barriers_of_all_inputs_are_answered)
{
	open_two(&weir_combine_latest_type, WEIR_CLOCK_MONOTONIC, true, false);
	for (uint32_t i = 0; i < 2; i++) {
		bed_item(i, 10, 1, i);
		probe_mark(i, WEIR_MARK_BARRIER, 1);
		bed_item(i, 20, 2, i);
		probe_scripts[i].holds = true;
	}
	start();
	ck_assert_uint_eq(probe_scripts[0].barriers_done, 1);
	ck_assert_uint_eq(probe_scripts[1].barriers_done, 1);
	bed_close();
}
END_TEST

START_TEST(what_comes_behind_a_barrier_that_waits_is_not_taken_before_it)
{
	check_held_back_by_barrier(&weir_combine_latest_type);
}
END_TEST

START_TEST(one_stream_is_refused)
{
	struct weir_place place = { .n_in = 1 };
	const char *why = NULL;

	ck_assert_int_lt(weir_combine_latest_type.check(&place, &why), 0);
	ck_assert_ptr_nonnull(why);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("combine_latest");
	TCase *tc = tcase_create("combine_latest");

	suite_add_tcase(suite, tc);
	tcase_add_test(tc, each_new_item_goes_out_with_the_latest_of_the_others);
	tcase_add_test(tc, what_was_replaced_before_it_was_wanted_is_counted);
	tcase_add_test(tc, it_completes_when_one_never_had_an_item);
	tcase_add_loop_test(tc, no_record_goes_out_that_nobody_asked_for, 0, 4);
	tcase_add_test(tc, inputs_are_asked_for_their_share);
	tcase_add_test(tc, an_error_ends_it_and_cancels_the_others);
	tcase_add_test(tc, a_cancelled_output_cancels_all_inputs);
	tcase_add_test(tc, a_record_is_as_late_as_its_latest_item_and_time_is_the_least);
	tcase_add_test(tc, barriers_of_all_inputs_are_answered);
	tcase_add_test(tc, what_comes_behind_a_barrier_that_waits_is_not_taken_before_it);
	tcase_add_test(tc, one_stream_is_refused);
	return run_suite(suite);
}
