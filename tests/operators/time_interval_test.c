/* SPDX-License-Identifier: MIT */
/* time_interval_test.c -- how long ago the item before was. */
#include "operators/each_rig.h"

static const struct weir_time_interval_params unkeyed = { .as = each_f64, .keyed = EACH_UNKEYED };
static const struct weir_time_interval_params keyed = { .as = each_f64, .keyed = EACH_BY_NODE };

START_TEST(the_first_has_none_then_seconds)
{
	each_open(_i, &weir_time_interval_type, &unkeyed, &each_with_f64);
	each_item(INT64_C(1000000000), 1, 0);
	each_item(INT64_C(1500000000), 1, 0);
	each_item(INT64_C(3500000000), 1, 0);
	each_item(INT64_C(3500000000), 1, 0);
	bed_play();
	EACH_EXPECT(EACH_NAN, 0.5, 2, 0);
	bed_close();
}
END_TEST

START_TEST(an_older_item_has_a_negative_one)
{
	each_open(_i, &weir_time_interval_type, &unkeyed, &each_with_f64);
	each_item(INT64_C(1000000000), 1, 0);
	each_item(INT64_C(750000000), 1, 0);
	each_item(INT64_C(1000000000), 1, 0);
	bed_play();
	EACH_EXPECT(EACH_NAN, -0.25, 0.25);
	bed_close();
}
END_TEST

START_TEST(each_key_is_by_itself)
{
	each_open(_i, &weir_time_interval_type, &keyed, &each_with_f64);
	each_item(INT64_C(1000000000), 1, 1);
	each_item(INT64_C(2000000000), 1, 2);
	each_item(INT64_C(3000000000), 1, 1);
	each_item(INT64_C(3500000000), 1, 2);
	bed_play();
	EACH_EXPECT(EACH_NAN, EACH_NAN, 2, 1.5);
	bed_close();
}
END_TEST

START_TEST(the_ends_of_time_are_far_apart)
{
	each_open(_i, &weir_time_interval_type, &unkeyed, &each_with_f64);
	each_item(INT64_MIN, 1, 0);
	each_item(INT64_MAX, 1, 0);
	bed_play();
	EACH_EXPECT(EACH_NAN, 18446744073.709553);
	bed_close();
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("time_interval");
	TCase *tc = tcase_create("time_interval");
	SRunner *sr = srunner_create(suite);
	int failed;

	suite_add_tcase(suite, tc);
	tcase_add_loop_test(tc, the_first_has_none_then_seconds, 0, EACH_ROUNDS);
	tcase_add_loop_test(tc, an_older_item_has_a_negative_one, 0, EACH_ROUNDS);
	tcase_add_loop_test(tc, each_key_is_by_itself, 0, EACH_ROUNDS);
	tcase_add_loop_test(tc, the_ends_of_time_are_far_apart, 0, EACH_ROUNDS);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
