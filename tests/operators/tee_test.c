/* SPDX-License-Identifier: MIT */
/* tee_test.c -- every item to every branch, at the pace of the slowest. */
#include <check.h>
#include <stdlib.h>

#include "operators/bed.h"

static const uint32_t spans[] = { 1, 2, 7, 64 };
#define SPANS (int)(sizeof spans / sizeof spans[0])

static uint16_t stage, input;

static void open_tee(uint32_t branches, int64_t items)
{
	bed_open(WEIR_CLOCK_EVENT);
	(void)bed_source(0);
	stage = bed_stage(&weir_tee_type, NULL);
	input = bed_edge(0, stage);
	for (uint32_t i = 0; i < branches; i++)
		(void)bed_edge(stage, bed_sink(i));
	for (int64_t i = 1; i <= items; i++)
		bed_item(0, i * 10, i, 0);
}

static void expect_first(uint32_t probe, uint32_t n)
{
	ck_assert_uint_eq(probe_logs[probe].n_items, n);
	for (uint32_t i = 0; i < n; i++) {
		ck_assert_int_eq(bed_got(probe, i).v, i + 1);
		ck_assert_int_eq(probe_logs[probe].instants[i], ((int64_t)i + 1) * 10);
	}
}

START_TEST(every_branch_gets_every_item)
{
	open_tee(3, 100);
	probe_scripts[0].span = spans[_i];
	probe_logs[1].credit = 3;
	probe_logs[2].take_at_most = 1;
	bed_play();
	for (uint32_t i = 0; i < 3; i++)
		expect_first(i, 100);
	bed_close();
}
END_TEST

START_TEST(the_input_is_asked_for_what_the_slowest_wants)
{
	static const struct weir_output_params port_params = { .name = "out" };
	struct weir_ledger ledger;
	struct bed_item got[4];
	uint16_t port;

	open_tee(1, 100);
	port = bed_stage(&weir_output_type, &port_params);
	(void)bed_edge(stage, port);
	bed_start();
	bed_settle();
	ck_assert_int_eq(weir_edge_ledger(bed.in, input, &ledger), WEIR_OK);
	ck_assert_uint_eq(ledger.requested, 0);
	ck_assert_int_eq(weir_pull(bed.in, port, got, NULL, 4), 4);
	bed_settle();
	ck_assert_int_eq(weir_edge_ledger(bed.in, input, &ledger), WEIR_OK);
	ck_assert_uint_eq(ledger.requested, 4);
	expect_first(0, 4);
	bed_close();
}
END_TEST

START_TEST(a_branch_that_cancels_sets_the_others_free)
{
	open_tee(2, 100);
	probe_scripts[0].span = spans[_i];
	probe_logs[0].credit = 1;
	probe_logs[0].cancel_after = 5;
	bed_play();
	expect_first(0, 5);
	expect_first(1, 100);
	bed_close();
}
END_TEST

START_TEST(without_branches_the_input_is_cancelled)
{
	open_tee(2, 200);
	probe_logs[0].cancel_after = 3;
	probe_logs[1].cancel_after = 4;
	bed_play();
	ck_assert_int_eq(weir_stage_phase(bed.in, 0), WEIR_STAGE_CANCELLED);
	ck_assert_int_eq(weir_stage_phase(bed.in, stage), WEIR_STAGE_CANCELLED);
	bed_close();
}
END_TEST

START_TEST(what_a_branch_got_is_not_cancelled_by_an_abort)
{
	struct weir_ledger ledger;

	open_tee(2, 10);
	probe_scripts[0].span = 4;
	probe_logs[1].credit = 4;
	probe_logs[1].take_at_most = 1;
	bed_start();
	while (probe_logs[1].n_items < 2) /* and the rest of the span still lies before it */
		ck_assert_uint_gt(weir_step(bed.in, 1), 0);
	weir_abort(bed.in);
	expect_first(0, 4);
	expect_first(1, 2);
	ck_assert_int_eq(weir_edge_ledger(bed.in, input, &ledger), WEIR_OK);
	ck_assert_uint_eq(ledger.out, 4);
	ck_assert_uint_eq(ledger.dropped[WEIR_DROP_CANCELLED], 0);
	ck_assert_uint_eq(bed_dropped((uint16_t)(input + 1), WEIR_DROP_CANCELLED), 0);
	ck_assert_uint_eq(bed_dropped((uint16_t)(input + 2), WEIR_DROP_CANCELLED), 2);
	bed_close();
}
END_TEST

START_TEST(marks_go_to_every_branch)
{
	open_tee(2, 3);
	probe_scripts[0].span = spans[_i];
	probe_mark(0, WEIR_MARK_BARRIER, 1);
	bed_item(0, 40, 4, 0);
	probe_mark(0, WEIR_MARK_WATERMARK, 40);
	probe_mark(0, WEIR_MARK_ERROR, 0);
	bed_play();
	for (uint32_t i = 0; i < 2; i++) {
		expect_first(i, 4);
		ck_assert_uint_eq(probe_logs[i].n_marks, 3);
		ck_assert_uint_eq(probe_logs[i].marks[0].after, 3);
		ck_assert_int_eq(probe_logs[i].marks[1].mark.time, 40);
		ck_assert(probe_logs[i].failed);
	}
	ck_assert_uint_eq(probe_scripts[0].barriers_done, 1); /* once, though two answered */
	bed_close();
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("tee");
	TCase *tc = tcase_create("tee");
	SRunner *sr = srunner_create(suite);
	int failed;

	suite_add_tcase(suite, tc);
	tcase_add_loop_test(tc, every_branch_gets_every_item, 0, SPANS);
	tcase_add_test(tc, the_input_is_asked_for_what_the_slowest_wants);
	tcase_add_loop_test(tc, a_branch_that_cancels_sets_the_others_free, 0, SPANS);
	tcase_add_test(tc, without_branches_the_input_is_cancelled);
	tcase_add_test(tc, what_a_branch_got_is_not_cancelled_by_an_abort);
	tcase_add_loop_test(tc, marks_go_to_every_branch, 0, SPANS);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
