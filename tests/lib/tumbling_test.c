/* SPDX-License-Identifier: MIT */
/* tumbling_test.c -- every time lies in its period, also at the ends of time. */
#include <check.h>
#include <stdlib.h>

#include <weir/tumbling.h>

START_TEST(a_time_lies_in_its_period)
{
	static const int64_t lengths[] = { 1, 2, 10, 60000000000, INT64_MAX };
	static const int64_t times[] = { INT64_MIN, INT64_MIN + 1, -61, -60, -59, -1, 0, 1, 9, 10,
		59999999999, 60000000000, INT64_MAX - 1, INT64_MAX };

	for (unsigned i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
		for (unsigned k = 0; k < sizeof times / sizeof times[0]; k++) {
			int64_t period = weir_period_at(lengths[i], times[k]);

			ck_assert_int_le(weir_period_start(lengths[i], period), times[k]);
			if (times[k] < INT64_MAX)
				ck_assert_int_gt(weir_period_end(lengths[i], period), times[k]);
		}
	}
}
END_TEST

START_TEST(periods_follow_each_other)
{
	for (int64_t k = -5; k < 5; k++) {
		ck_assert_int_eq(weir_period_end(7, k), weir_period_start(7, k + 1));
		ck_assert_int_eq(weir_period_end(7, k) - weir_period_start(7, k), 7);
		ck_assert_int_eq(weir_period_at(7, k * 7), k);
		ck_assert_int_eq(weir_period_at(7, k * 7 - 1), k - 1);
	}
}
END_TEST

START_TEST(sums_stop_at_the_ends_of_time)
{
	ck_assert_int_eq(weir_time_add(INT64_MAX, 1), INT64_MAX);
	ck_assert_int_eq(weir_time_add(INT64_MAX - 1, 1), INT64_MAX);
	ck_assert_int_eq(weir_time_add(INT64_MIN, -1), INT64_MIN);
	ck_assert_int_eq(weir_time_add(5, -7), -2);
	ck_assert_int_eq(weir_time_add(INT64_MIN, INT64_MAX), -1);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("tumbling");
	TCase *tc = tcase_create("tumbling");
	SRunner *sr = srunner_create(suite);
	int failed;

	suite_add_tcase(suite, tc);
	tcase_add_test(tc, a_time_lies_in_its_period);
	tcase_add_test(tc, periods_follow_each_other);
	tcase_add_test(tc, sums_stop_at_the_ends_of_time);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
