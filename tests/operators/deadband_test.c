/* SPDX-License-Identifier: MIT */
/* deadband_test.c -- what stays near the value passed last is dropped. */
#include "operators/each_rig.h"

static struct weir_deadband_params params;

static void open_deadband(int round, double delta, double percent, bool keyed)
{
	params = (struct weir_deadband_params){ .field = each_x, .delta = delta, .percent = percent };
	params.keyed = keyed ? (struct weir_keyed)EACH_BY_NODE : (struct weir_keyed)EACH_UNKEYED;
	each_open(round, &weir_deadband_type, &params, NULL);
}

START_TEST(the_first_passes_then_what_lies_further_off)
{
	open_deadband(_i, 3, -1, false);
	each_item(1000, 1, 0);
	each_item(2000, 4, 0);
	each_item(3000, 4.5, 0);
	each_item(4000, 2, 0);
	each_item(5000, 1.5, 0);
	each_item(6000, 1.4, 0);
	each_item(7000, 1.4, 0);
	bed_play();
	EACH_PASS(1, 4.5, 1.4);
	ck_assert_uint_eq(bed_dropped(each_input, WEIR_DROP_FILTERED), 4);
	bed_close();
}
END_TEST

START_TEST(a_delta_of_nothing_passes_every_change)
{
	open_deadband(_i, 0, -1, false);
	each_item(1000, 1, 0);
	each_item(2000, 1, 0);
	each_item(3000, 2, 0);
	each_item(4000, 1, 0);
	bed_play();
	EACH_PASS(1, 2, 1);
	bed_close();
}
END_TEST

START_TEST(percent_is_of_the_value_passed_last)
{
	open_deadband(_i, -1, 10, false);
	each_item(1000, 100, 0);
	each_item(2000, 110, 0);
	each_item(3000, 110.5, 0);
	each_item(4000, 121, 0);
	each_item(5000, 122, 0);
	each_item(6000, -122, 0);
	each_item(7000, -134, 0);
	each_item(8000, -135, 0);
	bed_play();
	EACH_PASS(100, 110.5, 122, -122, -135);
	bed_close();
}
END_TEST

START_TEST(from_or_to_nan_is_a_change)
{
	open_deadband(_i, 3, -1, false);
	each_item(1000, 1, 0);
	each_item(2000, EACH_NAN, 0);
	each_item(3000, EACH_NAN, 0);
	each_item(4000, 1, 0);
	each_item(5000, 2, 0);
	bed_play();
	EACH_PASS(1, EACH_NAN, 1);
	bed_close();
}
END_TEST

START_TEST(each_key_is_by_itself)
{
	open_deadband(_i, 3, -1, true);
	each_item(1000, 1, 1);
	each_item(2000, 9, 2);
	each_item(3000, 2, 1);
	each_item(4000, 8, 2);
	each_item(5000, 5, 1);
	bed_play();
	EACH_PASS(1, 9, 5);
	bed_close();
}
END_TEST

START_TEST(one_of_delta_and_percent_must_be_given)
{
	const struct weir_place place = { .params = &params };
	const char *why = NULL;

	params = (struct weir_deadband_params){ .delta = -1, .percent = -1 };
	ck_assert_int_eq(weir_deadband_type.check(&place, &why), WEIR_EINVAL);
	ck_assert_ptr_nonnull(why);
	params.delta = params.percent = 1;
	ck_assert_int_eq(weir_deadband_type.check(&place, &why), WEIR_EINVAL);
	params.percent = -1;
	ck_assert_int_eq(weir_deadband_type.check(&place, &why), WEIR_OK);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("deadband");
	TCase *tc = tcase_create("deadband");
	SRunner *sr = srunner_create(suite);
	int failed;

	suite_add_tcase(suite, tc);
	tcase_add_loop_test(tc, the_first_passes_then_what_lies_further_off, 0, EACH_ROUNDS);
	tcase_add_loop_test(tc, a_delta_of_nothing_passes_every_change, 0, EACH_ROUNDS);
	tcase_add_loop_test(tc, percent_is_of_the_value_passed_last, 0, EACH_ROUNDS);
	tcase_add_loop_test(tc, from_or_to_nan_is_a_change, 0, EACH_ROUNDS);
	tcase_add_loop_test(tc, each_key_is_by_itself, 0, EACH_ROUNDS);
	tcase_add_loop_test(tc, one_of_delta_and_percent_must_be_given, 0, EACH_ROUNDS);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
