/* SPDX-License-Identifier: MIT */
/* output_test.c -- the application pulls: nothing moves that it did not ask for. */
#include <check.h>
#include <stdlib.h>

#include "operators/bed.h"

static struct weir_output_params params;
static struct bed_item got[64];
static int64_t instants[64];
static uint16_t port, input;

static void open_output(int64_t items, uint32_t capacity)
{
	params = (struct weir_output_params){ .name = "out", .capacity = capacity };
	bed_open(WEIR_CLOCK_EVENT);
	(void)bed_source(0);
	port = bed_stage(&weir_output_type, &params);
	input = bed_edge(0, port);
	for (int64_t i = 0; i < items; i++)
		bed_item(0, i * 10, i, 0);
}

static uint64_t requested(void)
{
	struct weir_ledger ledger;

	ck_assert_int_eq(weir_edge_ledger(bed.in, input, &ledger), WEIR_OK);
	return ledger.requested;
}

START_TEST(a_pull_asks_for_what_it_misses)
{
	open_output(20, 0);
	bed_start();
	bed_settle();
	ck_assert_uint_eq(requested(), 0);
	ck_assert_int_eq(weir_pull(bed.in, port, got, instants, 5), 5);
	ck_assert_uint_eq(requested(), 5);
	for (int64_t i = 0; i < 5; i++) {
		ck_assert_int_eq(got[i].v, i);
		ck_assert_int_eq(instants[i], i * 10);
	}
	ck_assert_int_eq(weir_pull(bed.in, port, got, NULL, 1), 1);
	ck_assert_int_eq(got[0].v, 5);
	ck_assert_uint_eq(requested(), 6);
	bed_close();
}
END_TEST

START_TEST(a_capacity_is_asked_for_ahead)
{
	open_output(20, 4);
	bed_start();
	bed_settle();
	ck_assert_uint_eq(requested(), 4);
	ck_assert_int_eq(weir_pull(bed.in, port, got, NULL, 2), 2);
	bed_settle();
	ck_assert_uint_eq(requested(), 6);
	bed_close();
}
END_TEST

START_TEST(the_end_is_told_after_the_last_item)
{
	open_output(3, 0);
	bed_start();
	ck_assert_int_eq(weir_pull(bed.in, port, got, NULL, 64), 3);
	ck_assert_int_eq(weir_pull(bed.in, port, got, NULL, 64), WEIR_ENDED);
	ck_assert_int_eq(weir_pull(bed.in, port, got, NULL, 64), WEIR_ENDED);
	ck_assert(!weir_failed(bed.in));
	bed_close();
}
END_TEST

START_TEST(an_error_ends_it_too)
{
	open_output(1, 0);
	probe_mark(0, WEIR_MARK_ERROR, 0);
	bed_start();
	ck_assert_int_eq(weir_pull(bed.in, port, got, NULL, 64), 1);
	ck_assert_int_eq(weir_pull(bed.in, port, got, NULL, 64), WEIR_ENDED);
	ck_assert(weir_failed(bed.in));
	bed_close();
}
END_TEST

START_TEST(a_barrier_is_answered_once_all_before_it_was_pulled)
{
	open_output(2, 8);
	probe_mark(0, WEIR_MARK_BARRIER, 1);
	bed_item(0, 0, 2, 0);
	bed_start();
	bed_settle();
	ck_assert_int_eq(weir_pull(bed.in, port, got, NULL, 1), 1);
	ck_assert_uint_eq(probe_scripts[0].barriers_done, 0);
	ck_assert_int_eq(weir_pull(bed.in, port, got, NULL, 1), 1);
	bed_settle();
	ck_assert_uint_eq(probe_scripts[0].barriers_done, 1);
	bed_close();
}
END_TEST

START_TEST(cancelling_it_cancels_the_stream)
{
	open_output(20, 0);
	bed_start();
	ck_assert_int_eq(weir_pull(bed.in, port, got, NULL, 2), 2);
	ck_assert_int_eq(weir_port_cancel(bed.in, port), WEIR_OK);
	ck_assert_int_eq(weir_port_cancel(bed.in, port), WEIR_OK);
	bed_settle();
	ck_assert(weir_ended(bed.in));
	ck_assert_int_eq(weir_pull(bed.in, port, got, NULL, 2), WEIR_ENDED);
	bed_close();
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("output");
	TCase *tc = tcase_create("output");
	SRunner *sr = srunner_create(suite);
	int failed;

	suite_add_tcase(suite, tc);
	tcase_add_test(tc, a_pull_asks_for_what_it_misses);
	tcase_add_test(tc, a_capacity_is_asked_for_ahead);
	tcase_add_test(tc, the_end_is_told_after_the_last_item);
	tcase_add_test(tc, an_error_ends_it_too);
	tcase_add_test(tc, a_barrier_is_answered_once_all_before_it_was_pulled);
	tcase_add_test(tc, cancelling_it_cancels_the_stream);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
