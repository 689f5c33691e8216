/* SPDX-License-Identifier: MIT */
/* moving_average_test.c -- the average of the last values. */
#include "operators/each_rig.h"

static const struct weir_moving_average_params two = {
	.field = each_x, .count = 2, .as = each_f64, .keyed = EACH_UNKEYED
};
static const struct weir_moving_average_params three = {
	.field = each_x, .count = 3, .as = each_f64, .keyed = EACH_UNKEYED
};
static const struct weir_moving_average_params keyed = {
	.field = each_x, .count = 2, .as = each_f64, .keyed = EACH_BY_NODE
};

START_TEST(it_is_of_the_last_values)
{
	each_open(_i, &weir_moving_average_type, &two, &each_with_f64);
	each_item(1000, 1, 0);
	each_item(2000, 3, 0);
	each_item(3000, 8, 0);
	each_item(4000, 8, 0);
	each_item(5000, 0, 0);
	bed_play();
	EACH_EXPECT(1, 2, 5.5, 8, 4);
	bed_close();
}
END_TEST

START_TEST(nothing_of_what_has_gone_is_left)
{
	each_open(_i, &weir_moving_average_type, &three, &each_with_f64);
	each_item(1000, EACH_NAN, 0);
	each_item(2000, 1e+300, 0);
	each_item(3000, 3, 0);
	each_item(4000, 3, 0);
	each_item(5000, 3, 0);
	each_item(6000, __builtin_inf(), 0);
	each_item(7000, 3, 0);
	each_item(8000, 3, 0);
	each_item(9000, 6, 0);
	bed_play();
	EACH_EXPECT(EACH_NAN, EACH_NAN, EACH_NAN, (1e300 + 3 + 3) / 3, 3, __builtin_inf(), __builtin_inf(),
		__builtin_inf(), 4);
	bed_close();
}
END_TEST

START_TEST(each_key_is_by_itself)
{
	each_open(_i, &weir_moving_average_type, &keyed, &each_with_f64);
	each_item(1000, 1, 1);
	each_item(2000, 50, 2);
	each_item(3000, 3, 1);
	each_item(4000, 100, 2);
	each_item(5000, 5, 1);
	bed_play();
	EACH_EXPECT(1, 50, 2, 75, 4);
	bed_close();
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("moving_average");
	TCase *tc = tcase_create("moving_average");
	SRunner *sr = srunner_create(suite);
	int failed;

	suite_add_tcase(suite, tc);
	tcase_add_loop_test(tc, it_is_of_the_last_values, 0, EACH_ROUNDS);
	tcase_add_loop_test(tc, nothing_of_what_has_gone_is_left, 0, EACH_ROUNDS);
	tcase_add_loop_test(tc, each_key_is_by_itself, 0, EACH_ROUNDS);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
