/* SPDX-License-Identifier: MIT */
/* with_index_test.c -- items are numbered from 0. */
#include "operators/each_rig.h"

static const struct weir_with_index_params unkeyed = { .as = each_u64, .keyed = EACH_UNKEYED };
static const struct weir_with_index_params keyed = { .as = each_u64, .keyed = EACH_BY_NODE };

START_TEST(items_are_numbered_from_0)
{
	each_open(_i, &weir_with_index_type, &unkeyed, &each_with_u64);
	each_item(1000, 5, 0);
	each_item(2000, 5, 0);
	each_item(3000, 7, 0);
	bed_play();
	EACH_EXPECT_COUNTS(0, 1, 2);
	ck_assert_int_eq(probe_logs[0].instants[2], 3000);
	bed_close();
}
END_TEST

START_TEST(each_key_is_by_itself)
{
	each_open(_i, &weir_with_index_type, &keyed, &each_with_u64);
	each_item(1000, 5, 1);
	each_item(2000, 5, 2);
	each_item(3000, 7, 1);
	each_item(4000, 1, 1);
	each_item(5000, 9, 2);
	bed_play();
	EACH_EXPECT_COUNTS(0, 0, 1, 2, 1);
	bed_close();
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("with_index");
	TCase *tc = tcase_create("with_index");
	SRunner *sr = srunner_create(suite);
	int failed;

	suite_add_tcase(suite, tc);
	tcase_add_loop_test(tc, items_are_numbered_from_0, 0, EACH_ROUNDS);
	tcase_add_loop_test(tc, each_key_is_by_itself, 0, EACH_ROUNDS);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
