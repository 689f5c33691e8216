/* SPDX-License-Identifier: MIT */
/* concat_test.c -- one stream after the other. */
#include "operators/each_rig.h"

static uint16_t stage, inputs[3];

static void open_concat(int round, enum weir_clock clock, uint16_t n)
{
	static const uint32_t spans[] = { 1, 2, 7, 64 };
	uint16_t sources[3];

	bed_open(clock);
	for (uint16_t i = 0; i < n; i++)
		sources[i] = bed_source(i);
	stage = bed_stage(&weir_concat_type, NULL);
	for (uint16_t i = 0; i < n; i++) {
		inputs[i] = bed_edge(sources[i], stage);
		probe_scripts[i].span = spans[round / 2];
	}
	(void)bed_edge(stage, bed_sink(0));
	probe_logs[0].credit = round % 2 == 0 ? UINT32_MAX : 1;
}

static void items(uint32_t probe, int64_t from, int64_t to)
{
	for (int64_t v = from; v <= to; v++)
		bed_item(probe, 10 * v, v, probe);
}

START_TEST(streams_come_one_after_the_other)
{
	open_concat(_i, WEIR_CLOCK_MONOTONIC, 3);
	items(0, 1, 3);
	items(2, 7, 9);
	bed_play();
	BED_EXPECT(0, 1, 2, 3, 7, 8, 9);
	ck_assert(probe_logs[0].ended && !probe_logs[0].failed);
	bed_close();
}
END_TEST

START_TEST(only_the_one_whose_turn_it_is_is_asked)
{
	struct weir_ledger ledger;

	open_concat(_i, WEIR_CLOCK_MONOTONIC, 2);
	items(0, 1, 3);
	items(1, 4, 6);
	probe_scripts[0].holds = true;
	bed_start();
	bed_settle();
	BED_EXPECT(0, 1, 2, 3);
	ck_assert_int_eq(weir_edge_ledger(bed.in, inputs[1], &ledger), WEIR_OK);
	ck_assert_uint_eq(ledger.requested, 0);
	bed_close();
}
END_TEST

START_TEST(an_error_arrives_in_its_turn)
{
	open_concat(_i, WEIR_CLOCK_MONOTONIC, 3);
	items(0, 1, 3);
	probe_mark(1, WEIR_MARK_ERROR, 0);
	items(2, 7, 9);
	bed_play();
	BED_EXPECT(0, 1, 2, 3);
	ck_assert(probe_logs[0].failed);
	ck_assert_int_eq(weir_stage_phase(bed.in, 2), WEIR_STAGE_CANCELLED);
	bed_close();
}
END_TEST

START_TEST(marks_keep_their_places)
{
	uint32_t seen = 0;

	open_concat(_i, WEIR_CLOCK_EVENT, 2);
	items(0, 1, 1);
	probe_mark(0, WEIR_MARK_BARRIER, 1);
	items(1, 2, 2);
	probe_mark(1, WEIR_MARK_LAGGED, 5);
	probe_mark(1, WEIR_MARK_BARRIER, 1);
	items(1, 3, 3);
	bed_play();
	BED_EXPECT(0, 1, 2, 3);
	ck_assert_uint_eq(probe_logs[0].marks[0].mark.kind, WEIR_MARK_BARRIER);
	ck_assert_uint_eq(probe_logs[0].marks[0].after, 1);
	for (uint32_t i = 0; i < probe_logs[0].n_marks; i++)
		if (probe_logs[0].marks[i].mark.kind == WEIR_MARK_BARRIER)
			seen |= 1u << probe_logs[0].marks[i].mark.source;
	ck_assert_uint_eq(seen, 3);
	bed_close();
}
END_TEST

START_TEST(barriers_of_two_streams_do_not_merge)
{
	uint32_t seen = 0;

	open_concat(_i, WEIR_CLOCK_EVENT, 2);
	items(0, 1, 1);
	probe_mark(0, WEIR_MARK_BARRIER, 1);
	probe_mark(1, WEIR_MARK_BARRIER, 1);
	items(1, 2, 2);
	probe_logs[0].take_at_most = 1;
	bed_play();
	BED_EXPECT(0, 1, 2);
	for (uint32_t i = 0; i < probe_logs[0].n_marks; i++)
		if (probe_logs[0].marks[i].mark.kind == WEIR_MARK_BARRIER)
			seen |= 1u << probe_logs[0].marks[i].mark.source;
	ck_assert_uint_eq(seen, 3);
	bed_close();
}
END_TEST

START_TEST(time_is_told_in_the_last_turn)
{
	open_concat(_i, WEIR_CLOCK_EVENT, 2);
	items(0, 5, 6);
	probe_mark(0, WEIR_MARK_WATERMARK, 60);
	items(1, 1, 2);
	bed_play();
	BED_EXPECT(0, 5, 6, 1, 2);
	ck_assert_int_eq(probe_logs[0].instants[2], 10);
	for (uint32_t i = 0; i < probe_logs[0].n_marks; i++)
		if (probe_logs[0].marks[i].mark.kind == WEIR_MARK_WATERMARK) {
			ck_assert_uint_ge(probe_logs[0].marks[i].after, 2);
			ck_assert_int_le(probe_logs[0].marks[i].mark.time, 20);
		}
	ck_assert_uint_ge(probe_logs[0].n_marks, 2);
	bed_close();
}
END_TEST

/* What is cut short has not ended: nobody's turn comes. */
START_TEST(a_checkpoint_is_no_end)
{
	open_concat(_i, WEIR_CLOCK_MONOTONIC, 2);
	items(0, 1, 3);
	probe_scripts[0].holds = true; /* the other one is at its end */
	bed_start();
	bed_settle();
	ck_assert_int_eq(weir_drain(bed.in, WEIR_DRAIN_CHECKPOINT, WEIR_NEVER), WEIR_OK);
	(void)probe_run(&bed.clock, bed.in);
	BED_EXPECT(0, 1, 2, 3);
	ck_assert(weir_ended(bed.in) && !weir_failed(bed.in));
	ck_assert_uint_eq(probe_logs[0].marks[0].mark.kind, WEIR_MARK_COMPLETE);
	ck_assert_uint_eq(probe_logs[0].marks[0].mark.value, 1);
	bed_close();
}
END_TEST

START_TEST(a_cancelled_output_cancels_all)
{
	open_concat(_i, WEIR_CLOCK_MONOTONIC, 2);
	items(0, 1, 30);
	items(1, 31, 40);
	probe_logs[0].cancel_after = 2;
	bed_play();
	ck_assert(weir_ended(bed.in) && !weir_failed(bed.in));
	ck_assert_int_eq(weir_stage_phase(bed.in, 1), WEIR_STAGE_CANCELLED);
	bed_close();
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("concat");
	TCase *tc = tcase_create("concat");
	SRunner *sr = srunner_create(suite);
	int failed;

	suite_add_tcase(suite, tc);
	tcase_add_loop_test(tc, streams_come_one_after_the_other, 0, EACH_ROUNDS);
	tcase_add_loop_test(tc, only_the_one_whose_turn_it_is_is_asked, 0, EACH_ROUNDS);
	tcase_add_loop_test(tc, an_error_arrives_in_its_turn, 0, EACH_ROUNDS);
	tcase_add_loop_test(tc, marks_keep_their_places, 0, EACH_ROUNDS);
	tcase_add_loop_test(tc, barriers_of_two_streams_do_not_merge, 0, EACH_ROUNDS);
	tcase_add_loop_test(tc, time_is_told_in_the_last_turn, 0, EACH_ROUNDS);
	tcase_add_loop_test(tc, a_checkpoint_is_no_end, 0, EACH_ROUNDS);
	tcase_add_loop_test(tc, a_cancelled_output_cancels_all, 0, EACH_ROUNDS);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
