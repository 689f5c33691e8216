/* SPDX-License-Identifier: MIT */
/* moving_median_test.c -- the median of the last values. */
#include "operators/each_rig.h"

static const struct weir_moving_median_params two = {
	.field = each_x, .count = 2, .as = each_f64, .keyed = EACH_UNKEYED
};
static const struct weir_moving_median_params three = {
	.field = each_x, .count = 3, .as = each_f64, .keyed = EACH_UNKEYED
};
static const struct weir_moving_median_params keyed = {
	.field = each_x, .count = 3, .as = each_f64, .keyed = EACH_BY_NODE
};

START_TEST(it_is_of_the_last_values)
{
	each_open(_i, &weir_moving_median_type, &three, &each_with_f64);
	each_item(1000, 1, 0);
	each_item(2000, 9, 0);
	each_item(3000, 3, 0);
	each_item(4000, 2, 0);
	each_item(5000, 2, 0);
	each_item(6000, 100, 0);
	each_item(7000, 2, 0);
	each_item(8000, 7, 0);
	bed_play();
	EACH_EXPECT(1, 5, 3, 3, 2, 2, 2, 7);
	bed_close();
}
END_TEST

START_TEST(of_an_even_number_it_lies_halfway)
{
	each_open(_i, &weir_moving_median_type, &two, &each_with_f64);
	each_item(1000, 1, 0);
	each_item(2000, 4, 0);
	each_item(3000, 4, 0);
	each_item(4000, 1, 0);
	bed_play();
	EACH_EXPECT(1, 2.5, 4, 2.5);
	bed_close();
}
END_TEST

START_TEST(nan_is_greater_than_any_number)
{
	each_open(_i, &weir_moving_median_type, &three, &each_with_f64);
	each_item(1000, EACH_NAN, 0);
	each_item(2000, 1, 0);
	each_item(3000, 2, 0);
	each_item(4000, 3, 0);
	each_item(5000, EACH_NAN, 0);
	each_item(6000, EACH_NAN, 0);
	each_item(7000, 5, 0);
	bed_play();
	EACH_EXPECT(EACH_NAN, EACH_NAN, 2, 2, 3, EACH_NAN, EACH_NAN);
	bed_close();
}
END_TEST

/* Of equal values the oldest goes, which of two zeros can be told. */
START_TEST(equal_values_go_in_the_order_they_came)
{
	each_open(_i, &weir_moving_median_type, &three, &each_with_f64);
	each_item(1, 0, 0);
	each_item(2, -0.0, 0);
	each_item(3, 5, 0);
	each_item(4, 7, 0);
	each_item(5, -1, 0);
	bed_play();
	EACH_EXPECT(0, 0, -0.0, 5, 5);
	bed_close();
}
END_TEST

START_TEST(each_key_is_by_itself)
{
	each_open(_i, &weir_moving_median_type, &keyed, &each_with_f64);
	each_item(1000, 1, 1);
	each_item(2000, 50, 2);
	each_item(3000, 9, 1);
	each_item(4000, 100, 2);
	each_item(5000, 3, 1);
	bed_play();
	EACH_EXPECT(1, 50, 5, 75, 3);
	bed_close();
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("moving_median");
	TCase *tc = tcase_create("moving_median");
	SRunner *sr = srunner_create(suite);
	int failed;

	suite_add_tcase(suite, tc);
	tcase_add_loop_test(tc, it_is_of_the_last_values, 0, EACH_ROUNDS);
	tcase_add_loop_test(tc, of_an_even_number_it_lies_halfway, 0, EACH_ROUNDS);
	tcase_add_loop_test(tc, nan_is_greater_than_any_number, 0, EACH_ROUNDS);
	tcase_add_loop_test(tc, equal_values_go_in_the_order_they_came, 0, EACH_ROUNDS);
	tcase_add_loop_test(tc, each_key_is_by_itself, 0, EACH_ROUNDS);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
