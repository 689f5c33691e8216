/* SPDX-License-Identifier: MIT */
/* skip_test.c -- all but the first items; their credit comes back. */
#include <check.h>
#include <stdlib.h>

#include "operators/bed.h"

static const uint32_t spans[] = { 1, 2, 7, 64 };
#define SPANS (int)(sizeof spans / sizeof spans[0])

static struct weir_skip_params params;
static uint16_t input;

static void open_skip(int64_t count, int64_t items)
{
	uint16_t stage;

	params.count = count;
	bed_open(WEIR_CLOCK_EVENT);
	(void)bed_source(0);
	stage = bed_stage(&weir_skip_type, &params);
	input = bed_edge(0, stage);
	(void)bed_edge(stage, bed_sink(0));
	for (int64_t i = 1; i <= items; i++)
		bed_item(0, i * 5, i, 0);
}

START_TEST(the_first_items_are_dropped)
{
	open_skip(3, 8);
	probe_scripts[0].span = spans[_i];
	bed_play();
	BED_EXPECT(0, 4, 5, 6, 7, 8);
	ck_assert_int_eq(probe_logs[0].instants[0], 20);
	ck_assert_uint_eq(bed_dropped(input, WEIR_DROP_FILTERED), 3);
	bed_close();
}
END_TEST

START_TEST(dropped_items_use_up_no_credit)
{
	open_skip(10, 14);
	probe_scripts[0].span = spans[_i];
	probe_logs[0].credit = 1;
	bed_play();
	BED_EXPECT(0, 11, 12, 13, 14);
	bed_close();
}
END_TEST

START_TEST(a_count_of_nothing_drops_nothing)
{
	open_skip(0, 3);
	bed_play();
	BED_EXPECT(0, 1, 2, 3);
	bed_close();
}
END_TEST

START_TEST(a_count_beyond_the_end_drops_all)
{
	open_skip(INT64_MAX, 3);
	bed_play();
	ck_assert_uint_eq(probe_logs[0].n_items, 0);
	ck_assert(probe_logs[0].ended && !probe_logs[0].failed);
	bed_close();
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("skip");
	TCase *tc = tcase_create("skip");
	SRunner *sr = srunner_create(suite);
	int failed;

	suite_add_tcase(suite, tc);
	tcase_add_loop_test(tc, the_first_items_are_dropped, 0, SPANS);
	tcase_add_loop_test(tc, dropped_items_use_up_no_credit, 0, SPANS);
	tcase_add_test(tc, a_count_of_nothing_drops_nothing);
	tcase_add_test(tc, a_count_beyond_the_end_drops_all);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
