/* SPDX-License-Identifier: MIT */
/* start_with_test.c -- one item of its own before all others. */
#include "operators/each_rig.h"

static const struct bed_item own = { .at = 5, .v = 77, .node = 9 };
static const struct weir_start_with_params params = { .item = &own };

static void open_start_with(int round)
{
	each_open(round, &weir_start_with_type, &params, NULL);
}

START_TEST(its_item_comes_first)
{
	open_start_with(_i);
	bed_item(0, 10, 1, 0);
	bed_item(0, 20, 2, 0);
	bed_play();
	BED_EXPECT(0, 77, 1, 2);
	ck_assert_int_eq(probe_logs[0].instants[0], 5);
	ck_assert_int_eq(probe_logs[0].instants[1], 10);
	ck_assert_uint_eq(bed_got(0, 0).node, 9);
	bed_close();
}
END_TEST

START_TEST(an_empty_input_gets_it_too)
{
	open_start_with(_i);
	bed_play();
	BED_EXPECT(0, 77);
	ck_assert(probe_logs[0].ended && !probe_logs[0].failed);
	bed_close();
}
END_TEST

START_TEST(a_watermark_comes_behind_it)
{
	open_start_with(_i);
	probe_mark(0, WEIR_MARK_WATERMARK, 50);
	bed_item(0, 60, 1, 0);
	bed_play();
	BED_EXPECT(0, 77, 1);
	ck_assert_uint_eq(probe_logs[0].marks[0].mark.kind, WEIR_MARK_WATERMARK);
	ck_assert_uint_eq(probe_logs[0].marks[0].after, 1);
	bed_close();
}
END_TEST

START_TEST(an_error_comes_behind_it)
{
	open_start_with(_i);
	probe_mark(0, WEIR_MARK_ERROR, 0);
	bed_play();
	BED_EXPECT(0, 77);
	ck_assert(probe_logs[0].failed);
	bed_close();
}
END_TEST

START_TEST(marks_come_behind_it)
{
	open_start_with(_i);
	probe_mark(0, WEIR_MARK_BARRIER, 1);
	bed_item(0, 10, 1, 0);
	bed_play();
	BED_EXPECT(0, 77, 1);
	ck_assert_uint_eq(probe_logs[0].marks[0].mark.kind, WEIR_MARK_BARRIER);
	ck_assert_uint_eq(probe_logs[0].marks[0].after, 1);
	bed_close();
}
END_TEST

START_TEST(its_item_uses_credit_and_the_input_is_asked_for_the_rest)
{
	static const struct weir_output_params port_params = { .name = "out" };
	struct weir_ledger in;
	struct bed_item got[8];
	uint16_t port;

	bed_open(WEIR_CLOCK_MONOTONIC);
	(void)bed_source(0);
	each_stage = bed_stage(&weir_start_with_type, &params);
	each_input = bed_edge(0, each_stage);
	port = bed_stage(&weir_output_type, &port_params);
	(void)bed_edge(each_stage, port);
	for (int64_t i = 1; i <= 8; i++)
		bed_item(0, i, i, 0);
	bed_start();
	ck_assert_int_eq(weir_pull(bed.in, port, got, NULL, 1), 1);
	ck_assert_int_eq(got[0].v, 77);
	ck_assert_int_eq(weir_edge_ledger(bed.in, each_input, &in), WEIR_OK);
	ck_assert_uint_eq(in.requested, 0);
	ck_assert_int_eq(weir_pull(bed.in, port, got, NULL, 3), 3);
	ck_assert_int_eq(got[2].v, 3);
	ck_assert_int_eq(weir_edge_ledger(bed.in, each_input, &in), WEIR_OK);
	ck_assert_uint_eq(in.requested, 3);
	bed_close();
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("start_with");
	TCase *tc = tcase_create("start_with");
	SRunner *sr = srunner_create(suite);
	int failed;

	suite_add_tcase(suite, tc);
	tcase_add_loop_test(tc, its_item_comes_first, 0, EACH_ROUNDS);
	tcase_add_loop_test(tc, an_empty_input_gets_it_too, 0, EACH_ROUNDS);
	tcase_add_loop_test(tc, a_watermark_comes_behind_it, 0, EACH_ROUNDS);
	tcase_add_loop_test(tc, an_error_comes_behind_it, 0, EACH_ROUNDS);
	tcase_add_loop_test(tc, marks_come_behind_it, 0, EACH_ROUNDS);
	tcase_add_test(tc, its_item_uses_credit_and_the_input_is_asked_for_the_rest);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
