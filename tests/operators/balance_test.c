/* SPDX-License-Identifier: MIT */
/* balance_test.c -- each item to one taker, whoever asks. */
#include "operators/each_rig.h"

#define TAKERS 3

static uint16_t input;

static void open_balance(int round, int64_t items)
{
	static const uint32_t spans[] = { 1, 2, 7, 64 };
	uint16_t stage;

	bed_open(WEIR_CLOCK_EVENT);
	(void)bed_source(0);
	stage = bed_stage(&weir_balance_type, NULL);
	input = bed_edge(0, stage);
	for (uint32_t k = 0; k < TAKERS; k++)
		(void)bed_edge(stage, bed_sink(k));
	probe_scripts[0].span = spans[round / 2];
	for (uint32_t k = 0; k < TAKERS; k++)
		probe_logs[k].credit = round % 2 == 0 ? UINT32_MAX : k + 1;
	for (int64_t i = 1; i <= items; i++)
		bed_item(0, i, i, 0);
}

/* Every item came to one of them, in each one's order. Returns how many have any. */
static uint32_t expect_each_once(uint32_t items)
{
	uint32_t total = 0, takers = 0;
	uint64_t seen = 0;

	for (uint32_t k = 0; k < TAKERS; k++) {
		int64_t last = 0;

		for (uint32_t i = 0; i < probe_logs[k].n_items; i++) {
			ck_assert_int_gt(bed_got(k, i).v, last);
			last = bed_got(k, i).v;
			ck_assert_int_eq(probe_logs[k].instants[i], last);
			seen |= UINT64_C(1) << last;
		}
		total += probe_logs[k].n_items;
		takers += probe_logs[k].n_items > 0;
	}
	ck_assert_uint_eq(total, items);
	ck_assert_uint_eq(seen, ((UINT64_C(1) << items) - 1) << 1);
	return takers;
}

START_TEST(each_item_goes_to_one)
{
	open_balance(_i, 40);
	bed_play();
	(void)expect_each_once(40);
	for (uint32_t k = 0; k < TAKERS; k++)
		ck_assert(probe_logs[k].ended && !probe_logs[k].failed);
	bed_close();
}
END_TEST

START_TEST(takers_take_turns)
{
	open_balance(2 * (_i / 2) + 1, 40);
	bed_play();
	ck_assert_uint_eq(expect_each_once(40), TAKERS);
	bed_close();
}
END_TEST

START_TEST(who_asks_for_nothing_gets_nothing)
{
	static const struct weir_output_params nobody = { .name = "out" }; /* pulls */
	struct weir_ledger in, out;
	uint16_t edge;

	open_balance(_i, 20);
	edge = bed_edge(1, bed_stage(&weir_output_type, &nobody));
	bed_start();
	(void)probe_run(&bed.clock, bed.in);
	(void)expect_each_once(20);
	ck_assert_int_eq(weir_edge_ledger(bed.in, edge, &out), WEIR_OK);
	ck_assert_uint_eq(out.in, 0);
	ck_assert_int_eq(weir_edge_ledger(bed.in, input, &in), WEIR_OK);
	ck_assert_uint_eq(in.out, 20);
	bed_close();
}
END_TEST

START_TEST(who_cancels_leaves_the_rest_to_the_others)
{
	open_balance(_i, 40);
	probe_logs[0].cancel_after = 1;
	bed_play();
	ck_assert(weir_ended(bed.in) && !weir_failed(bed.in));
	ck_assert(probe_logs[1].ended && probe_logs[2].ended);
	ck_assert_uint_le(probe_logs[0].n_items, 40);
	ck_assert_uint_ge(probe_logs[0].n_items + probe_logs[1].n_items + probe_logs[2].n_items, 1);
	bed_close();
}
END_TEST

START_TEST(marks_and_errors_go_to_all)
{
	open_balance(_i, 4);
	probe_mark(0, WEIR_MARK_BARRIER, 1);
	bed_item(0, 5, 5, 0);
	probe_mark(0, WEIR_MARK_ERROR, 0);
	bed_play();
	(void)expect_each_once(5);
	for (uint32_t k = 0; k < TAKERS; k++) {
		ck_assert_uint_eq(probe_logs[k].marks[0].mark.kind, WEIR_MARK_BARRIER);
		ck_assert(probe_logs[k].failed);
	}
	ck_assert_uint_eq(probe_scripts[0].barriers_done, 1);
	bed_close();
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("balance");
	TCase *tc = tcase_create("balance");
	SRunner *sr = srunner_create(suite);
	int failed;

	suite_add_tcase(suite, tc);
	tcase_add_loop_test(tc, each_item_goes_to_one, 0, EACH_ROUNDS);
	tcase_add_loop_test(tc, takers_take_turns, 0, EACH_ROUNDS);
	tcase_add_loop_test(tc, who_asks_for_nothing_gets_nothing, 0, EACH_ROUNDS);
	tcase_add_loop_test(tc, who_cancels_leaves_the_rest_to_the_others, 0, EACH_ROUNDS);
	tcase_add_loop_test(tc, marks_and_errors_go_to_all, 0, EACH_ROUNDS);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
