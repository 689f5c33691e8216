/* SPDX-License-Identifier: MIT */
/* take_last_test.c -- the last items, at the end. */
#include "operators/each_rig.h"

static struct weir_take_last_params params;

static void open_take_last(int round, uint32_t count, int64_t items)
{
	params.count = count;
	each_open(round, &weir_take_last_type, &params, NULL);
	for (int64_t i = 1; i <= items; i++)
		bed_item(0, i, i, 0);
}

START_TEST(the_last_pass_at_the_end)
{
	open_take_last(_i, 3, 20);
	bed_play();
	BED_EXPECT(0, 18, 19, 20);
	ck_assert_int_eq(probe_logs[0].instants[0], 18);
	ck_assert_uint_eq(bed_dropped(each_input, WEIR_DROP_FILTERED), 17);
	bed_close();
}
END_TEST

START_TEST(fewer_than_the_count_all_pass)
{
	open_take_last(_i, 30, 5);
	bed_play();
	BED_EXPECT(0, 1, 2, 3, 4, 5);
	bed_close();
}
END_TEST

START_TEST(at_an_error_none_pass)
{
	open_take_last(_i, 3, 5);
	probe_mark(0, WEIR_MARK_ERROR, 0);
	bed_play();
	ck_assert_uint_eq(probe_logs[0].n_items, 0);
	ck_assert(probe_logs[0].failed);
	ck_assert_uint_eq(bed_dropped(each_input, WEIR_DROP_CANCELLED), 3);
	bed_close();
}
END_TEST

START_TEST(at_a_checkpoint_none_pass)
{
	open_take_last(_i, 3, 5);
	probe_scripts[0].holds = true;
	bed_start();
	(void)probe_run(&bed.clock, bed.in);
	ck_assert_int_eq(weir_drain(bed.in, WEIR_DRAIN_CHECKPOINT, WEIR_NEVER), WEIR_OK);
	(void)probe_run(&bed.clock, bed.in);
	ck_assert(weir_ended(bed.in));
	ck_assert_uint_eq(probe_logs[0].n_items, 0);
	ck_assert(!probe_logs[0].failed);
	bed_close();
}
END_TEST

START_TEST(a_barrier_waits_until_those_before_it_are_gone)
{
	open_take_last(_i, 2, 1);
	probe_mark(0, WEIR_MARK_BARRIER, 1);
	bed_item(0, 2, 2, 0);
	bed_item(0, 3, 3, 0);
	probe_mark(0, WEIR_MARK_BARRIER, 2);
	bed_play();
	BED_EXPECT(0, 2, 3);
	ck_assert_uint_eq(probe_logs[0].marks[0].mark.kind, WEIR_MARK_BARRIER);
	ck_assert_uint_eq(probe_logs[0].marks[0].after, 0);
	ck_assert_uint_eq(probe_logs[0].marks[1].after, 2);
	ck_assert_uint_eq(probe_scripts[0].barriers_done, 1); /* the source has ended before the second */
	bed_close();
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("take_last");
	TCase *tc = tcase_create("take_last");
	SRunner *sr = srunner_create(suite);
	int failed;

	suite_add_tcase(suite, tc);
	tcase_add_loop_test(tc, the_last_pass_at_the_end, 0, EACH_ROUNDS);
	tcase_add_loop_test(tc, fewer_than_the_count_all_pass, 0, EACH_ROUNDS);
	tcase_add_loop_test(tc, at_an_error_none_pass, 0, EACH_ROUNDS);
	tcase_add_loop_test(tc, at_a_checkpoint_none_pass, 0, EACH_ROUNDS);
	tcase_add_loop_test(tc, a_barrier_waits_until_those_before_it_are_gone, 0, EACH_ROUNDS);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
