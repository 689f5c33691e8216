/* SPDX-License-Identifier: MIT */
/* or_else_test.c -- the first stream that has anything. */
#include "operators/each_rig.h"

static uint16_t stage, inputs[3];

static void open_or_else(int round, enum weir_clock clock, uint16_t n)
{
	static const uint32_t spans[] = { 1, 2, 7, 64 };
	uint16_t sources[3];

	bed_open(clock);
	for (uint16_t i = 0; i < n; i++)
		sources[i] = bed_source(i);
	stage = bed_stage(&weir_or_else_type, NULL);
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

START_TEST(the_first_that_gives_an_item_is_the_one)
{
	open_or_else(_i, WEIR_CLOCK_MONOTONIC, 3);
	items(1, 4, 6);
	items(2, 7, 9);
	bed_play();
	BED_EXPECT(0, 4, 5, 6);
	ck_assert(probe_logs[0].ended && !probe_logs[0].failed);
	ck_assert_int_eq(weir_stage_phase(bed.in, 2), WEIR_STAGE_CANCELLED);
	bed_close();
}
END_TEST

START_TEST(one_that_is_not_empty_needs_no_other)
{
	struct weir_ledger ledger;

	open_or_else(_i, WEIR_CLOCK_MONOTONIC, 2);
	items(0, 1, 3);
	items(1, 4, 6);
	bed_play();
	BED_EXPECT(0, 1, 2, 3);
	ck_assert_int_eq(weir_edge_ledger(bed.in, inputs[1], &ledger), WEIR_OK);
	ck_assert_uint_eq(ledger.requested, 0);
	bed_close();
}
END_TEST

START_TEST(all_may_be_empty)
{
	open_or_else(_i, WEIR_CLOCK_MONOTONIC, 2);
	bed_play();
	ck_assert_uint_eq(probe_logs[0].n_items, 0);
	ck_assert(probe_logs[0].ended && !probe_logs[0].failed);
	bed_close();
}
END_TEST

START_TEST(an_error_is_not_nothing)
{
	open_or_else(_i, WEIR_CLOCK_MONOTONIC, 2);
	probe_mark(0, WEIR_MARK_ERROR, 0);
	items(1, 4, 6);
	bed_play();
	ck_assert_uint_eq(probe_logs[0].n_items, 0);
	ck_assert(probe_logs[0].failed);
	bed_close();
}
END_TEST

START_TEST(time_is_told_from_the_first_item_on)
{
	open_or_else(_i, WEIR_CLOCK_EVENT, 2);
	items(0, 5, 6);
	bed_play();
	BED_EXPECT(0, 5, 6);
	ck_assert_uint_ge(probe_logs[0].n_marks, 2);
	ck_assert_uint_eq(probe_logs[0].marks[0].mark.kind, WEIR_MARK_WATERMARK);
	ck_assert_uint_ge(probe_logs[0].marks[0].after, 1);
	bed_close();
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("or_else");
	TCase *tc = tcase_create("or_else");
	SRunner *sr = srunner_create(suite);
	int failed;

	suite_add_tcase(suite, tc);
	tcase_add_loop_test(tc, the_first_that_gives_an_item_is_the_one, 0, EACH_ROUNDS);
	tcase_add_loop_test(tc, one_that_is_not_empty_needs_no_other, 0, EACH_ROUNDS);
	tcase_add_loop_test(tc, all_may_be_empty, 0, EACH_ROUNDS);
	tcase_add_loop_test(tc, an_error_is_not_nothing, 0, EACH_ROUNDS);
	tcase_add_loop_test(tc, time_is_told_from_the_first_item_on, 0, EACH_ROUNDS);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
