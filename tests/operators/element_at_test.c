/* SPDX-License-Identifier: MIT */
/* element_at_test.c -- one item, by its number. */
#include "operators/each_rig.h"

static struct weir_element_at_params params;

static void open_element_at(int round, int64_t index, int64_t items)
{
	params.index = index;
	each_open(round, &weir_element_at_type, &params, NULL);
	for (int64_t i = 0; i < items; i++)
		bed_item(0, i, i, 0);
}

START_TEST(the_item_passes_and_it_is_over)
{
	struct weir_ledger ledger;

	open_element_at(_i, 3, 20);
	bed_play();
	BED_EXPECT(0, 3);
	ck_assert(probe_logs[0].ended && !probe_logs[0].failed);
	ck_assert_int_eq(probe_logs[0].instants[0], 3);
	ck_assert_uint_eq(bed_dropped(each_input, WEIR_DROP_FILTERED), 3);
	ck_assert_int_eq(weir_edge_ledger(bed.in, each_input, &ledger), WEIR_OK);
	ck_assert_uint_eq(ledger.requested, 4); /* although the sink asked for more */
	ck_assert_int_eq(weir_stage_phase(bed.in, 0), WEIR_STAGE_CANCELLED);
	bed_close();
}
END_TEST

START_TEST(the_first_is_at_0)
{
	open_element_at(_i, 0, 3);
	bed_play();
	BED_EXPECT(0, 0);
	bed_close();
}
END_TEST

START_TEST(an_input_that_ends_before_gives_nothing)
{
	open_element_at(_i, 7, 5);
	bed_play();
	ck_assert_uint_eq(probe_logs[0].n_items, 0);
	ck_assert(probe_logs[0].ended && !probe_logs[0].failed);
	bed_close();
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("element_at");
	TCase *tc = tcase_create("element_at");
	SRunner *sr = srunner_create(suite);
	int failed;

	suite_add_tcase(suite, tc);
	tcase_add_loop_test(tc, the_item_passes_and_it_is_over, 0, EACH_ROUNDS);
	tcase_add_loop_test(tc, the_first_is_at_0, 0, EACH_ROUNDS);
	tcase_add_loop_test(tc, an_input_that_ends_before_gives_nothing, 0, EACH_ROUNDS);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
