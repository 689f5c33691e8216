/* SPDX-License-Identifier: MIT */
/* statistics_test.c -- var, stddev, median and quantile: their values, and what they refuse. */
#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <weir/error.h>
#include <weir/fold.h>

enum { VAR, STDDEV, QUANTILE, MEDIAN, LEAST, N };

static const double q[] = { 0.9, 0.5, 0 };
static struct weir_samples samples = { .q = q, .most = 8 };
static struct weir_aggregate list[N];
static const struct weir_aggregates all = { .list = list, .n_list = N, .samples = &samples };
static uint64_t acc[2 + 3 * 2 + 500];
static double made[N];

static void statistics_of(enum weir_kind kind)
{
	static const uint8_t fns[N] = { WEIR_AGG_VAR, WEIR_AGG_STDDEV, WEIR_AGG_QUANTILE,
		WEIR_AGG_QUANTILE_TOO, WEIR_AGG_QUANTILE_TOO };

	for (uint8_t i = 0; i < N; i++)
		list[i] = (struct weir_aggregate){ .fn = fns[i],
			.kind = (uint8_t)kind,
			.result_kind = WEIR_F64,
			.result = (uint16_t)(8 * i),
			.q = i > QUANTILE ? (uint8_t)(i - QUANTILE) : 0 };
	ck_assert_uint_le(weir_fold_size(&all), sizeof acc);
	memset(acc, 0xee, sizeof acc); /* what need not be cleared may be anything */
	memset(acc, 0, weir_fold_clear_size(&all));
}

static void of_f64(const double *x, int n)
{
	statistics_of(WEIR_F64);
	for (int i = 0; i < n; i++)
		ck_assert_int_eq(weir_fold_add(&all, acc, &x[i]), WEIR_OK);
	weir_fold_results(&all, acc, made);
}

START_TEST(variance_is_of_the_sample)
{
	of_f64((const double[]){ 2, 4, 4, 4, 5, 5, 7, 9 }, 8);
	ck_assert_double_eq_tol(made[VAR], 32.0 / 7, 1e-15);
	ck_assert_double_eq(made[STDDEV], sqrt(made[VAR]));
	of_f64((const double[]){ 3, 3 }, 2);
	ck_assert(made[VAR] == 0 && made[STDDEV] == 0);
}
END_TEST

START_TEST(the_variance_of_one_is_nan)
{
	of_f64((const double[]){ 3 }, 1);
	ck_assert(isnan(made[VAR]) && isnan(made[STDDEV]));
	ck_assert(made[QUANTILE] == 3 && made[MEDIAN] == 3 && made[LEAST] == 3);
}
END_TEST

/* The difference of two large sums would have no digit left. */
START_TEST(variance_far_from_0_keeps_its_digits)
{
	of_f64((const double[]){ 1e9 + 4, 1e9 + 7, 1e9 + 13, 1e9 + 16 }, 4);
	ck_assert_double_eq(made[VAR], 30);
}
END_TEST

START_TEST(quantiles_lie_between_neighbours_in_proportion)
{
	of_f64((const double[]){ 40, 10, 30, 20 }, 4);
	ck_assert_double_eq(made[MEDIAN], 25);
	ck_assert_double_eq_tol(made[QUANTILE], 37, 1e-13); /* 0.9 * 3 = 2.7 */
	ck_assert_double_eq(made[LEAST], 10);
	of_f64((const double[]){ 5, 1, 3 }, 3);
	ck_assert_double_eq(made[MEDIAN], 3);
}
END_TEST

START_TEST(quantiles_between_the_ends_of_f64_are_numbers)
{
	of_f64((const double[]){ -1.7e308, 1.7e308 }, 2);
	ck_assert_double_eq(made[MEDIAN], 0);
	ck_assert_double_eq_tol(made[QUANTILE], 0.8 * 1.7e308, 1e293);
	of_f64((const double[]){ (double)INFINITY, 1, (double)INFINITY, (double)INFINITY }, 4);
	ck_assert(made[MEDIAN] == (double)INFINITY && made[LEAST] == 1);
}
END_TEST

START_TEST(nan_is_greater_than_any_number)
{
	of_f64((const double[]){ (double)NAN, 1, -(double)INFINITY, -(double)NAN, (double)INFINITY }, 5);
	ck_assert_double_eq(made[MEDIAN], (double)INFINITY);
	ck_assert(made[LEAST] == -(double)INFINITY && isnan(made[QUANTILE]) && isnan(made[VAR]));
	ck_assert(!signbit(made[QUANTILE]) && !signbit(made[VAR]) && !signbit(made[STDDEV]));
	of_f64((const double[]){ 0.0, -0.0, -1, 1 }, 4);
	ck_assert(made[MEDIAN] == 0 && made[LEAST] == -1);
}
END_TEST

/* Each in the order of its own kind, the ends of u64 too. */
START_TEST(values_are_ordered_as_their_kind_is)
{
	static const uint64_t u[] = { UINT64_MAX, 1, UINT64_C(1) << 63 };
	static const int64_t i[] = { INT64_MAX, INT64_MIN, -1 };
	static const float f[] = { -2.5f, -1.5f, 100 };

	statistics_of(WEIR_U64);
	for (int k = 0; k < 3; k++)
		ck_assert_int_eq(weir_fold_add(&all, acc, &u[k]), WEIR_OK);
	weir_fold_results(&all, acc, made);
	ck_assert(made[LEAST] == 1 && made[MEDIAN] == 9223372036854775808.0);
	statistics_of(WEIR_I64);
	for (int k = 0; k < 3; k++)
		ck_assert_int_eq(weir_fold_add(&all, acc, &i[k]), WEIR_OK);
	weir_fold_results(&all, acc, made);
	ck_assert(made[LEAST] == -9223372036854775808.0 && made[MEDIAN] == -1);
	statistics_of(WEIR_F32);
	for (int k = 0; k < 3; k++)
		ck_assert_int_eq(weir_fold_add(&all, acc, &f[k]), WEIR_OK);
	weir_fold_results(&all, acc, made);
	ck_assert(made[LEAST] == -2.5 && made[MEDIAN] == -1.5);
	ck_assert_double_eq(made[VAR], 3468.25);
}
END_TEST

/* Eight are kept: the next is refused, by whichever way it comes, and changes nothing. */
START_TEST(one_value_more_than_samples_is_refused)
{
	double x[12] = { 0 };
	void *accs[3] = { acc, acc, acc };

	for (int i = 0; i < 12; i++)
		x[i] = i;
	statistics_of(WEIR_F64);
	ck_assert_uint_eq(weir_fold_run(&all, &weir_kernels_base, acc, x, 8, 6), 6);
	ck_assert_uint_eq(weir_fold_fit_each(&all, accs, x, 8, 2), 2);
	ck_assert_uint_eq(weir_fold_fit_each(&all, accs, x, 8, 3), 0);
	ck_assert_uint_eq(weir_fold_run(&all, &weir_kernels_base, acc, x + 6, 8, 6), 2);
	ck_assert_int_eq(weir_fold_add(&all, acc, x), WEIR_ESAMPLES);
	ck_assert_uint_eq(weir_fold_count(acc), 8);
	weir_fold_results(&all, acc, made);
	ck_assert(made[MEDIAN] == 3.5 && made[VAR] == 6);
}
END_TEST

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

START_TEST(any_order_of_any_number_of_values_has_their_quantiles)
{
	uint32_t seed = 7;

	samples.most = 500;
	for (uint32_t n = 1; n < 500; n += 1 + n / 3) {
		double x[500], place = 0.9 * (n - 1), low;

		statistics_of(WEIR_F64);
		for (uint32_t i = 0; i < n; i++) {
			seed = seed * 1103515245u + 12345u;
			x[i] = (double)(seed >> 16 & 0xff) - 100;
			ck_assert_int_eq(weir_fold_add(&all, acc, &x[i]), WEIR_OK);
		}
		qsort(x, n, sizeof *x, by_value);
		weir_fold_results(&all, acc, made);
		low = x[(uint32_t)place];
		ck_assert_double_eq(made[MEDIAN], (x[(n - 1) / 2] + x[n / 2]) / 2);
		ck_assert_double_eq_tol(made[QUANTILE],
			low + (x[(uint32_t)place + (n > 1)] - low) * (place - (uint32_t)place), 1e-9);
		ck_assert_double_eq(made[LEAST], x[0]);
	}
	samples.most = 8;
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("statistics");
	TCase *tc = tcase_create("statistics");
	SRunner *sr = srunner_create(suite);
	int failed;

	suite_add_tcase(suite, tc);
	tcase_add_test(tc, variance_is_of_the_sample);
	tcase_add_test(tc, the_variance_of_one_is_nan);
	tcase_add_test(tc, variance_far_from_0_keeps_its_digits);
	tcase_add_test(tc, quantiles_lie_between_neighbours_in_proportion);
	tcase_add_test(tc, quantiles_between_the_ends_of_f64_are_numbers);
	tcase_add_test(tc, nan_is_greater_than_any_number);
	tcase_add_test(tc, values_are_ordered_as_their_kind_is);
	tcase_add_test(tc, one_value_more_than_samples_is_refused);
	tcase_add_test(tc, any_order_of_any_number_of_values_has_their_quantiles);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
