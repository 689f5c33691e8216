/* SPDX-License-Identifier: MIT */
/* rate_of_change_test.c -- a value's change a second. */
#include "operators/each_rig.h"

static const struct weir_rate_of_change_params unkeyed = {
	.field = each_x, .as = each_f64, .keyed = EACH_UNKEYED
};
static const struct weir_rate_of_change_params keyed = {
	.field = each_x, .as = each_f64, .keyed = EACH_BY_NODE
};

START_TEST(the_first_has_none_then_units_a_second)
{
	each_open(_i, &weir_rate_of_change_type, &unkeyed, &each_with_f64);
	each_item(INT64_C(1000000000), 1, 0);
	each_item(INT64_C(1500000000), 2, 0);
	each_item(INT64_C(3500000000), -2, 0);
	bed_play();
	EACH_EXPECT(EACH_NAN, 2, -2);
	bed_close();
}
END_TEST

START_TEST(what_happens_at_one_time_is_infinitely_fast)
{
	each_open(_i, &weir_rate_of_change_type, &unkeyed, &each_with_f64);
	each_item(INT64_C(1000000000), 1, 0);
	each_item(INT64_C(1000000000), 2, 0);
	each_item(INT64_C(1000000000), 2, 0);
	each_item(INT64_C(1000000000), 1, 0);
	bed_play();
	EACH_EXPECT(EACH_NAN, __builtin_inf(), EACH_NAN, -__builtin_inf());
	bed_close();
}
END_TEST

START_TEST(each_key_is_by_itself)
{
	each_open(_i, &weir_rate_of_change_type, &keyed, &each_with_f64);
	each_item(INT64_C(1000000000), 1, 1);
	each_item(INT64_C(2000000000), 9, 2);
	each_item(INT64_C(3000000000), 5, 1);
	each_item(INT64_C(4000000000), 8, 2);
	bed_play();
	EACH_EXPECT(EACH_NAN, EACH_NAN, 2, -0.5);
	bed_close();
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("rate_of_change");
	TCase *tc = tcase_create("rate_of_change");
	SRunner *sr = srunner_create(suite);
	int failed;

	suite_add_tcase(suite, tc);
	tcase_add_loop_test(tc, the_first_has_none_then_units_a_second, 0, EACH_ROUNDS);
	tcase_add_loop_test(tc, what_happens_at_one_time_is_infinitely_fast, 0, EACH_ROUNDS);
	tcase_add_loop_test(tc, each_key_is_by_itself, 0, EACH_ROUNDS);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
