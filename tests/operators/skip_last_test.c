/* SPDX-License-Identifier: MIT */
/* skip_last_test.c -- all but the last items. */
#include "operators/each_rig.h"

static struct weir_skip_last_params params;

static void open_skip_last(int round, uint32_t count, int64_t items)
{
	params.count = count;
	each_open(round, &weir_skip_last_type, &params, NULL);
	for (int64_t i = 1; i <= items; i++)
		bed_item(0, i, i, 0);
}

START_TEST(the_last_are_dropped)
{
	open_skip_last(_i, 3, 20);
	bed_play();
	ck_assert_uint_eq(probe_logs[0].n_items, 17);
	for (uint32_t i = 0; i < 17; i++)
		ck_assert_int_eq(bed_got(0, i).v, i + 1);
	ck_assert_int_eq(probe_logs[0].instants[16], 17);
	ck_assert_uint_eq(bed_dropped(each_input, WEIR_DROP_FILTERED), 3);
	bed_close();
}
END_TEST

START_TEST(none_pass_of_too_few)
{
	open_skip_last(_i, 5, 5);
	bed_play();
	ck_assert_uint_eq(probe_logs[0].n_items, 0);
	ck_assert(probe_logs[0].ended && !probe_logs[0].failed);
	ck_assert_uint_eq(bed_dropped(each_input, WEIR_DROP_FILTERED), 5);
	bed_close();
}
END_TEST

START_TEST(an_error_comes_behind_those_that_pass)
{
	open_skip_last(_i, 2, 5);
	probe_mark(0, WEIR_MARK_ERROR, 0);
	bed_play();
	BED_EXPECT(0, 1, 2, 3);
	ck_assert(probe_logs[0].failed);
	ck_assert_uint_eq(bed_dropped(each_input, WEIR_DROP_CANCELLED), 2);
	bed_close();
}
END_TEST

START_TEST(marks_keep_their_places)
{
	open_skip_last(_i, 2, 2);
	probe_mark(0, WEIR_MARK_BARRIER, 1);
	for (int64_t i = 3; i <= 6; i++)
		bed_item(0, i, i, 0);
	probe_mark(0, WEIR_MARK_LAGGED, 4);
	bed_play();
	BED_EXPECT(0, 1, 2, 3, 4);
	ck_assert_uint_eq(probe_logs[0].marks[0].mark.kind, WEIR_MARK_BARRIER);
	ck_assert_uint_eq(probe_logs[0].marks[0].after, 2);
	ck_assert_uint_eq(probe_logs[0].marks[1].mark.kind, WEIR_MARK_LAGGED);
	ck_assert_uint_eq(probe_scripts[0].barriers_done, 1);
	bed_close();
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("skip_last");
	TCase *tc = tcase_create("skip_last");
	SRunner *sr = srunner_create(suite);
	int failed;

	suite_add_tcase(suite, tc);
	tcase_add_loop_test(tc, the_last_are_dropped, 0, EACH_ROUNDS);
	tcase_add_loop_test(tc, none_pass_of_too_few, 0, EACH_ROUNDS);
	tcase_add_loop_test(tc, an_error_comes_behind_those_that_pass, 0, EACH_ROUNDS);
	tcase_add_loop_test(tc, marks_keep_their_places, 0, EACH_ROUNDS);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
