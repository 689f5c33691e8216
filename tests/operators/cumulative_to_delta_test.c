/* SPDX-License-Identifier: MIT */
/* cumulative_to_delta_test.c -- how much a counter has grown. */
#include "operators/each_rig.h"

static const struct weir_cumulative_to_delta_params unkeyed = {
	.field = each_c, .as = each_u64, .keyed = EACH_UNKEYED
};
static const struct weir_cumulative_to_delta_params keyed = {
	.field = each_c, .as = each_u64, .keyed = EACH_BY_NODE
};

START_TEST(growth_adds_up_to_what_was_seen)
{
	each_open(_i, &weir_cumulative_to_delta_type, &unkeyed, &each_with_u64);
	each_count(1000, 3, 0);
	each_count(2000, 5, 0);
	each_count(3000, 5, 0);
	each_count(4000, 9, 0);
	bed_play();
	EACH_EXPECT_COUNTS(0, 2, 0, 4);
	bed_close();
}
END_TEST

START_TEST(a_counter_that_was_reset_begins_at_0)
{
	each_open(_i, &weir_cumulative_to_delta_type, &unkeyed, &each_with_u64);
	each_count(1000, 100, 0);
	each_count(2000, 7, 0);
	each_count(3000, 8, 0);
	bed_play();
	EACH_EXPECT_COUNTS(0, 7, 1);
	bed_close();
}
END_TEST

START_TEST(all_64_bits_count)
{
	each_open(_i, &weir_cumulative_to_delta_type, &unkeyed, &each_with_u64);
	each_count(1000, 0, 0);
	each_count(2000, UINT64_MAX, 0);
	each_count(3000, UINT64_MAX, 0);
	bed_play();
	EACH_EXPECT_COUNTS(0, UINT64_MAX, 0);
	bed_close();
}
END_TEST

START_TEST(each_key_is_by_itself)
{
	each_open(_i, &weir_cumulative_to_delta_type, &keyed, &each_with_u64);
	each_count(1000, 3, 1);
	each_count(2000, 50, 2);
	each_count(3000, 5, 1);
	each_count(4000, 51, 2);
	bed_play();
	EACH_EXPECT_COUNTS(0, 0, 2, 1);
	bed_close();
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("cumulative_to_delta");
	TCase *tc = tcase_create("cumulative_to_delta");
	SRunner *sr = srunner_create(suite);
	int failed;

	suite_add_tcase(suite, tc);
	tcase_add_loop_test(tc, growth_adds_up_to_what_was_seen, 0, EACH_ROUNDS);
	tcase_add_loop_test(tc, a_counter_that_was_reset_begins_at_0, 0, EACH_ROUNDS);
	tcase_add_loop_test(tc, all_64_bits_count, 0, EACH_ROUNDS);
	tcase_add_loop_test(tc, each_key_is_by_itself, 0, EACH_ROUNDS);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
