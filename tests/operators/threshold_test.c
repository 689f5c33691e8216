/* SPDX-License-Identifier: MIT */
/* threshold_test.c -- above it or not, and back only by the hysteresis. */
#include "operators/each_rig.h"

static const struct weir_threshold_params sharp = {
	.field = each_x, .above = 5, .as = each_bool, .keyed = EACH_UNKEYED
};
static const struct weir_threshold_params wide = {
	.field = each_x, .above = 5, .hysteresis = 1, .as = each_bool, .keyed = EACH_UNKEYED
};
static const struct weir_threshold_params keyed = {
	.field = each_x, .above = 5, .hysteresis = 1, .as = each_bool, .keyed = EACH_BY_NODE
};

START_TEST(it_is_above_when_greater)
{
	each_open(_i, &weir_threshold_type, &sharp, &each_with_bool);
	each_item(1000, 5, 0);
	each_item(2000, 5.5, 0);
	each_item(3000, 5, 0);
	each_item(4000, 6, 0);
	each_item(5000, 4, 0);
	bed_play();
	EACH_EXPECT_BOOLS(0, 1, 0, 1, 0);
	bed_close();
}
END_TEST

START_TEST(it_falls_back_by_the_hysteresis)
{
	each_open(_i, &weir_threshold_type, &wide, &each_with_bool);
	each_item(1000, 4.5, 0);
	each_item(2000, 5, 0);
	each_item(3000, 5.5, 0);
	each_item(4000, 4.5, 0);
	each_item(5000, 4.25, 0);
	each_item(6000, 4, 0);
	each_item(7000, 4.5, 0);
	each_item(8000, 6, 0);
	bed_play();
	EACH_EXPECT_BOOLS(0, 0, 1, 1, 1, 0, 0, 1);
	bed_close();
}
END_TEST

START_TEST(nan_changes_nothing)
{
	each_open(_i, &weir_threshold_type, &wide, &each_with_bool);
	each_item(1000, EACH_NAN, 0);
	each_item(2000, 6, 0);
	each_item(3000, EACH_NAN, 0);
	each_item(4000, 3, 0);
	each_item(5000, EACH_NAN, 0);
	bed_play();
	EACH_EXPECT_BOOLS(0, 1, 1, 0, 0);
	bed_close();
}
END_TEST

START_TEST(each_key_is_by_itself)
{
	each_open(_i, &weir_threshold_type, &keyed, &each_with_bool);
	each_item(1000, 6, 1);
	each_item(2000, 4.5, 2);
	each_item(3000, 4.5, 1);
	each_item(4000, 4.5, 2);
	bed_play();
	EACH_EXPECT_BOOLS(1, 0, 1, 0);
	bed_close();
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("threshold");
	TCase *tc = tcase_create("threshold");
	SRunner *sr = srunner_create(suite);
	int failed;

	suite_add_tcase(suite, tc);
	tcase_add_loop_test(tc, it_is_above_when_greater, 0, EACH_ROUNDS);
	tcase_add_loop_test(tc, it_falls_back_by_the_hysteresis, 0, EACH_ROUNDS);
	tcase_add_loop_test(tc, nan_changes_nothing, 0, EACH_ROUNDS);
	tcase_add_loop_test(tc, each_key_is_by_itself, 0, EACH_ROUNDS);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
