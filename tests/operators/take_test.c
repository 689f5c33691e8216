/* SPDX-License-Identifier: MIT */
/* take_test.c -- the first items and no more, asked for or emitted. */
#include <check.h>
#include <stdlib.h>

#include "operators/marionette.h"

static const uint32_t spans[] = { 1, 2, 7, 64 };
#define SPANS (int)(sizeof spans / sizeof spans[0])

static struct weir_take_params params;
static uint16_t stage, input;

static void open_take(int64_t count, int64_t items)
{
	params.count = count;
	bed_open(WEIR_CLOCK_EVENT);
	(void)bed_source(0);
	stage = bed_stage(&weir_take_type, &params);
	input = bed_edge(0, stage);
	(void)bed_edge(stage, bed_sink(0));
	for (int64_t i = 1; i <= items; i++)
		bed_item(0, i, i, 0);
}

START_TEST(the_first_items_pass)
{
	struct weir_ledger ledger;

	open_take(3, 20);
	probe_scripts[0].span = spans[_i];
	bed_play();
	BED_EXPECT(0, 1, 2, 3);
	ck_assert(!probe_logs[0].failed);
	ck_assert_int_eq(probe_logs[0].instants[2], 3);
	ck_assert_int_eq(weir_edge_ledger(bed.in, input, &ledger), WEIR_OK);
	ck_assert_uint_eq(ledger.requested, 3); /* although the sink asked without bound */
	ck_assert_int_eq(weir_stage_phase(bed.in, stage), WEIR_STAGE_COMPLETED);
	ck_assert_int_eq(weir_stage_phase(bed.in, 0), WEIR_STAGE_CANCELLED);
	bed_close();
}
END_TEST

START_TEST(fewer_than_the_count_all_pass)
{
	open_take(30, 5);
	probe_scripts[0].span = spans[_i];
	bed_play();
	BED_EXPECT(0, 1, 2, 3, 4, 5);
	bed_close();
}
END_TEST

START_TEST(a_count_of_nothing_completes_at_once)
{
	open_take(0, 5);
	bed_play();
	ck_assert_uint_eq(probe_logs[0].n_items, 0);
	ck_assert(probe_logs[0].ended && !probe_logs[0].failed);
	ck_assert_uint_eq(probe_scripts[0].next, 0);
	bed_close();
}
END_TEST

START_TEST(scarce_credit_changes_nothing)
{
	open_take(5, 9);
	probe_scripts[0].span = spans[_i];
	probe_logs[0].credit = 2;
	bed_play();
	BED_EXPECT(0, 1, 2, 3, 4, 5);
	bed_close();
}
END_TEST

START_TEST(an_error_before_the_count_passes)
{
	open_take(5, 2);
	probe_mark(0, WEIR_MARK_ERROR, 0);
	bed_play();
	BED_EXPECT(0, 1, 2);
	ck_assert(probe_logs[0].failed);
	bed_close();
}
END_TEST

START_TEST(however_often_it_is_asked_it_asks_for_its_count_at_most)
{
	struct weir_ledger ledger;

	open_take(5, 40);
	probe_scripts[0].span = spans[_i];
	probe_logs[0].credit = 2;
	bed_play();
	ck_assert_int_eq(weir_edge_ledger(bed.in, input, &ledger), WEIR_OK);
	ck_assert_uint_eq(ledger.requested, 5);
	bed_close();
}
END_TEST

/* ---- more than can be asked for at a time ---- */

#define LENT 65536u
#define PAST (UINT64_C(1) << 32)

static uint64_t swallowed;

/* The same bytes over and over, as many as are asked for. */
static void lends(struct weir_ctx *c)
{
	static unsigned char bytes[LENT];
	struct weir_span span = { .items = bytes, .count = weir_room(c, 0) };

	if (span.count > 0 && !weir_lent(c))
		weir_lend(c, 0, &span);
}

static void swallows(struct weir_ctx *c)
{
	if (weir_input(c, 0) != NULL)
		swallowed += weir_input(c, 0)->count;
	marionette_swallow(c);
}

static const struct weir_op_type lender_type = { .abi = WEIR_OP_ABI,
	.flags = WEIR_OP_SOURCE | WEIR_OP_LENDS,
	.credit = WEIR_CREDIT_OWN,
	.name = "lender",
	.run = lends };

/* Its input was asked for without bound then, and gives more than is left. */
START_TEST(a_count_past_32_bits_is_cut_as_exactly)
{
	static struct marionette sink = { .run = swallows };
	struct weir_ledger ledger;

	params.count = (int64_t)PAST + 10;
	swallowed = 0;
	bed_open(WEIR_CLOCK_MONOTONIC);
	bed.cap = LENT;
	(void)bed_stage(&lender_type, NULL);
	stage = bed_stage(&weir_take_type, &params);
	input = bed_edge_of(0, stage, &weir_bytes_record);
	(void)bed_edge_of(stage, bed_stage(&marionette_sink_type, &sink), &weir_bytes_record);
	bed_play();
	ck_assert_uint_eq(swallowed, PAST + 10);
	ck_assert_int_eq(weir_edge_ledger(bed.in, input, &ledger), WEIR_OK);
	ck_assert_uint_eq(ledger.in, (weir_count_t)(PAST + LENT));
	ck_assert_uint_eq(ledger.out, (weir_count_t)(PAST + 10));
	ck_assert_uint_eq(bed_dropped(input, WEIR_DROP_FILTERED), LENT - 10);
	ck_assert_int_eq(weir_stage_phase(bed.in, stage), WEIR_STAGE_COMPLETED);
	bed_close();
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("take");
	TCase *tc = tcase_create("take");
	SRunner *sr = srunner_create(suite);
	int failed;

	suite_add_tcase(suite, tc);
	tcase_add_loop_test(tc, the_first_items_pass, 0, SPANS);
	tcase_add_loop_test(tc, fewer_than_the_count_all_pass, 0, SPANS);
	tcase_add_test(tc, a_count_of_nothing_completes_at_once);
	tcase_add_loop_test(tc, scarce_credit_changes_nothing, 0, SPANS);
	tcase_add_test(tc, an_error_before_the_count_passes);
	tcase_add_loop_test(tc, however_often_it_is_asked_it_asks_for_its_count_at_most, 0, SPANS);
	tcase_add_test(tc, a_count_past_32_bits_is_cut_as_exactly);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
