/* SPDX-License-Identifier: MIT */
/* smooth_test.c -- a value with its past. */
#include "operators/each_rig.h"

static const struct weir_smooth_params half = {
	.field = each_x, .alpha = 0.5, .as = each_f64, .keyed = EACH_UNKEYED
};
static const struct weir_smooth_params nothing = {
	.field = each_x, .alpha = 1, .as = each_f64, .keyed = EACH_UNKEYED
};
static const struct weir_smooth_params keyed = {
	.field = each_x, .alpha = 0.5, .as = each_f64, .keyed = EACH_BY_NODE
};

START_TEST(each_value_has_its_weight)
{
	each_open(_i, &weir_smooth_type, &half, &each_with_f64);
	each_item(1000, 4, 0);
	each_item(2000, 8, 0);
	each_item(3000, 8, 0);
	each_item(4000, 0, 0);
	bed_play();
	EACH_EXPECT(4, 6, 7, 3.5);
	bed_close();
}
END_TEST

START_TEST(a_weight_of_1_smooths_nothing)
{
	each_open(_i, &weir_smooth_type, &nothing, &each_with_f64);
	each_item(1000, 4, 0);
	each_item(2000, 8, 0);
	each_item(3000, 1, 0);
	bed_play();
	EACH_EXPECT(4, 8, 1);
	bed_close();
}
END_TEST

START_TEST(nan_leaves_the_rest_as_it_was)
{
	each_open(_i, &weir_smooth_type, &half, &each_with_f64);
	each_item(1000, EACH_NAN, 0);
	each_item(2000, 4, 0);
	each_item(3000, EACH_NAN, 0);
	each_item(4000, 8, 0);
	bed_play();
	EACH_EXPECT(EACH_NAN, 4, 4, 6);
	bed_close();
}
END_TEST

START_TEST(each_key_is_by_itself)
{
	each_open(_i, &weir_smooth_type, &keyed, &each_with_f64);
	each_item(1000, 4, 1);
	each_item(2000, 100, 2);
	each_item(3000, 8, 1);
	each_item(4000, 0, 2);
	bed_play();
	EACH_EXPECT(4, 100, 6, 50);
	bed_close();
}
END_TEST

START_TEST(a_weight_of_nothing_is_refused)
{
	const struct weir_smooth_params none = { .field = each_x, .as = each_f64, .keyed = EACH_UNKEYED };
	struct weir_place place = { .params = &none };
	const char *why = NULL;

	ck_assert_int_eq(weir_smooth_type.check(&place, &why), WEIR_ERANGE);
	ck_assert_ptr_nonnull(why);
	place.params = &half;
	ck_assert_int_eq(weir_smooth_type.check(&place, &why), WEIR_OK);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("smooth");
	TCase *tc = tcase_create("smooth");
	SRunner *sr = srunner_create(suite);
	int failed;

	suite_add_tcase(suite, tc);
	tcase_add_loop_test(tc, each_value_has_its_weight, 0, EACH_ROUNDS);
	tcase_add_loop_test(tc, a_weight_of_1_smooths_nothing, 0, EACH_ROUNDS);
	tcase_add_loop_test(tc, nan_leaves_the_rest_as_it_was, 0, EACH_ROUNDS);
	tcase_add_loop_test(tc, each_key_is_by_itself, 0, EACH_ROUNDS);
	tcase_add_loop_test(tc, a_weight_of_nothing_is_refused, 0, 1);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
