/* SPDX-License-Identifier: MIT */
/* fold_test.c -- aggregates: their values, their errors, and that a run is what its items are. */
#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <weir/error.h>
#include <weir/fold.h>

/* Every aggregate over one field at offset 0 of the argument record. */
enum { COUNT, SUM, AVG, MIN, MAX, FIRST, LAST, VAR, STDDEV, QUANTILE, MEDIAN, N };
#define WORDS 96 /* of an accumulator: 64 values and the rest */

static struct weir_aggregate list[N];
static const double q[] = { 0.9, 0.5 };
static struct weir_samples samples = { .q = q, .most = 64 };
static struct weir_aggregates all = { .list = list, .n_list = N, .samples = &samples };
static uint64_t acc[WORDS];

static void aggregate_over(enum weir_kind kind)
{
	bool is_float = kind == WEIR_F32 || kind == WEIR_F64;

	for (uint8_t fn = 0; fn < N; fn++) {
		list[fn] = (struct weir_aggregate){ .fn = fn,
			.kind = (uint8_t)kind,
			.result_kind = (uint8_t)kind,
			.result = (uint16_t)(fn * 8) };
	}
	list[COUNT].result_kind = WEIR_I64;
	list[SUM].result_kind = is_float ? WEIR_F64 : WEIR_I64;
	list[AVG].result_kind = WEIR_F64;
	for (uint8_t fn = VAR; fn < N; fn++)
		list[fn].result_kind = WEIR_F64;
	list[MEDIAN].q = 1;
	ck_assert_uint_le(weir_fold_size(&all), sizeof acc);
	memset(acc, 0, sizeof acc);
}

static union weir_value result(unsigned fn)
{
	unsigned char made[N * 8] = { 0 };
	union weir_value v;

	weir_fold_results(&all, acc, made);
	memcpy(&v, made + fn * 8, sizeof v);
	return v;
}

static int add_i64(int64_t v)
{
	return weir_fold_add(&all, acc, &v);
}

static void add_f64(double v)
{
	ck_assert_int_eq(weir_fold_add(&all, acc, &v), WEIR_OK);
}

START_TEST(aggregates_of_integers)
{
	aggregate_over(WEIR_I64);
	ck_assert_int_eq(add_i64(5), WEIR_OK);
	ck_assert_int_eq(add_i64(-7), WEIR_OK);
	ck_assert_int_eq(add_i64(4), WEIR_OK);
	ck_assert_int_eq(result(COUNT).i, 3);
	ck_assert_int_eq(result(SUM).i, 2);
	ck_assert_double_eq(result(AVG).d, 2.0 / 3.0);
	ck_assert_int_eq(result(MIN).i, -7);
	ck_assert_int_eq(result(MAX).i, 5);
	ck_assert_int_eq(result(FIRST).i, 5);
	ck_assert_int_eq(result(LAST).i, 4);
}
END_TEST

START_TEST(aggregates_of_floats)
{
	float values[] = { 0.1f, 2.5f, -1.0f };

	aggregate_over(WEIR_F32);
	for (int i = 0; i < 3; i++)
		ck_assert_int_eq(weir_fold_add(&all, acc, &values[i]), WEIR_OK);
	ck_assert_double_eq(result(SUM).d, (double)0.1f + 2.5 - 1.0);
	ck_assert_double_eq(result(AVG).d, ((double)0.1f + 2.5 - 1.0) / 3.0);
	ck_assert_float_eq(result(MIN).f, -1.0f);
	ck_assert_float_eq(result(MAX).f, 2.5f);
	ck_assert_float_eq(result(FIRST).f, 0.1f);
}
END_TEST

START_TEST(results_keep_the_narrow_type)
{
	uint8_t values[] = { 200, 100 };

	aggregate_over(WEIR_U8);
	for (int i = 0; i < 2; i++)
		ck_assert_int_eq(weir_fold_add(&all, acc, &values[i]), WEIR_OK);
	ck_assert_int_eq(result(SUM).i, 300);
	ck_assert_uint_eq(result(MAX).u, 200);
	ck_assert_uint_eq(result(MIN).u, 100);
	ck_assert_double_eq(result(AVG).d, 150.0);
}
END_TEST

START_TEST(results_of_every_narrow_kind_keep_their_ends)
{
	static const struct {
		enum weir_kind kind;
		int64_t least, most;
	} ends[] = { { WEIR_I8, INT8_MIN, INT8_MAX }, { WEIR_I16, INT16_MIN, INT16_MAX },
		{ WEIR_I32, INT32_MIN, INT32_MAX }, { WEIR_U8, 0, UINT8_MAX }, { WEIR_U16, 0, UINT16_MAX },
		{ WEIR_U32, 0, UINT32_MAX } };
	size_t bytes = weir_kind_size(ends[_i].kind, 0);

	aggregate_over(ends[_i].kind);
	ck_assert_int_eq(add_i64(ends[_i].least), WEIR_OK); /* little endian: the low bytes are the value */
	ck_assert_int_eq(add_i64(ends[_i].most), WEIR_OK);
	ck_assert_mem_eq(&(int64_t){ result(MIN).i }, &ends[_i].least, bytes);
	ck_assert_mem_eq(&(int64_t){ result(MAX).i }, &ends[_i].most, bytes);
	ck_assert_mem_eq(&(int64_t){ result(LAST).i }, &ends[_i].most, bytes);
	ck_assert_int_eq(result(SUM).i, ends[_i].least + ends[_i].most);
}
END_TEST

START_TEST(an_overflowing_item_is_not_applied)
{
	aggregate_over(WEIR_I64);
	ck_assert_int_eq(add_i64(INT64_MAX), WEIR_OK);
	ck_assert_int_eq(add_i64(1), WEIR_EOVERFLOW);
	ck_assert_int_eq(result(COUNT).i, 1);
	ck_assert_int_eq(result(SUM).i, INT64_MAX);
	ck_assert_int_eq(result(MIN).i, INT64_MAX);
	ck_assert_int_eq(result(LAST).i, INT64_MAX);
	ck_assert_int_eq(add_i64(-1), WEIR_OK);
	ck_assert_int_eq(result(SUM).i, INT64_MAX - 1);
}
END_TEST

START_TEST(a_u64_beyond_i64_overflows_the_sum)
{
	uint64_t v = (uint64_t)INT64_MAX + 1;

	aggregate_over(WEIR_U64);
	ck_assert_int_eq(weir_fold_add(&all, acc, &v), WEIR_EOVERFLOW);
	ck_assert_uint_eq(weir_fold_count(acc), 0);
}
END_TEST

START_TEST(an_average_has_no_overflow)
{
	int64_t values[] = { INT64_MAX, INT64_MAX, INT64_MIN, INT64_MAX - 2, 4, 5 };

	aggregate_over(WEIR_I64);
	all.list = &list[AVG];
	all.n_list = 1;
	for (int i = 0; i < 2; i++)
		ck_assert_int_eq(add_i64(values[i]), WEIR_OK);
	ck_assert_double_eq(result(AVG).d, 9223372036854775807.0);
	ck_assert_uint_eq(weir_fold_run(&all, NULL, acc, values + 2, 8, 4), 4);
	ck_assert_double_eq(result(AVG).d, (2 * 9223372036854775807.0) / 6.0);
	all.list = list;
	all.n_list = N;
}
END_TEST

START_TEST(an_average_of_integers_is_exact_before_it_is_divided)
{
	aggregate_over(WEIR_I64);
	ck_assert_int_eq(add_i64(9007199254740993), WEIR_OK); /* 2^53 + 1 */
	ck_assert_int_eq(add_i64(-9007199254740992), WEIR_OK);
	ck_assert_double_eq(result(AVG).d, 0.5);
}
END_TEST

START_TEST(nan_is_least_and_greatest_only_alone)
{
	aggregate_over(WEIR_F64);
	add_f64((double)NAN);
	ck_assert(isnan(result(MIN).d));
	add_f64(3.0);
	add_f64((double)NAN);
	add_f64(-2.0);
	ck_assert_double_eq(result(MIN).d, -2.0);
	ck_assert_double_eq(result(MAX).d, 3.0);
	ck_assert(isnan(result(SUM).d));
	ck_assert(isnan(result(FIRST).d));
}
END_TEST

static const enum weir_kind kinds[] = { WEIR_BOOL, WEIR_I8, WEIR_I16, WEIR_I32, WEIR_I64, WEIR_U8, WEIR_U16,
	WEIR_U32, WEIR_U64, WEIR_F32, WEIR_F64, WEIR_TIME };

static uint32_t seed;

static uint32_t draw(void)
{
	return (seed = seed * 1103515245u + 12345u) >> 8;
}

/* Random values of a kind at 16-byte strides; some integers large enough to overflow sums. */
static void fill(enum weir_kind kind, unsigned char *rows, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++) {
		uint64_t bits = (uint64_t)draw() << 40 ^ (uint64_t)draw() << 20 ^ draw();
		double d = (double)((int32_t)draw() - (1 << 23)) / 1000.0;
		float f = (float)d;

		if (draw() % 4 != 0)
			bits &= 0xffff;
		if (draw() % 16 == 0)
			d = (double)(f = NAN);
		if (kind == WEIR_BOOL)
			bits &= 1;
		if (kind == WEIR_F64)
			memcpy(rows + i * 16, &d, sizeof d);
		else if (kind == WEIR_F32)
			memcpy(rows + i * 16, &f, sizeof f);
		else
			memcpy(rows + i * 16, &bits, sizeof bits);
	}
}

/* With stride 16 and packed; with kernels and without. */
START_TEST(a_run_is_what_its_items_are)
{
	enum weir_kind kind = kinds[_i / 2];
	bool packed = _i % 2 == 1;
	uint32_t width = packed ? (kind == WEIR_BOOL || kind == WEIR_I8 || kind == WEIR_U8           ? 1u
					  : kind == WEIR_I16 || kind == WEIR_U16                     ? 2u
					  : kind == WEIR_I32 || kind == WEIR_U32 || kind == WEIR_F32 ? 4u
												     : 8u)
				: 16u;
	static unsigned char rows[64 * 16], values[64 * 16];
	uint64_t singly[WORDS];

	seed = (uint32_t)_i + 1;
	for (int round = 0; round < 200; round++) {
		uint32_t n = draw() % 65, i = 0, at = 0;

		fill(kind, rows, 64);
		for (uint32_t k = 0; k < 64; k++)
			memcpy(values + k * width, rows + k * 16, width);
		aggregate_over(kind);
		samples.most = round % 3 == 0 ? 40 : 64;
		while (i < n && weir_fold_add(&all, acc, values + i * width) == WEIR_OK)
			i++;
		memcpy(singly, acc, sizeof acc);
		memset(acc, 0, sizeof acc);
		while (at < n) { /* runs of any length, the same in the end */
			uint32_t m = 1 + draw() % (n - at), done;

			done = weir_fold_run(&all, round % 2 == 0 ? &weir_kernels_base : NULL, acc,
				values + at * width, width, m);
			at += done;
			if (done < m)
				break;
		}
		ck_assert_uint_eq(at, i);
		ck_assert_mem_eq(acc, singly, sizeof acc);
	}
}
END_TEST

/* Two sums side by side: the first fits, the second overflows at the third item. */
START_TEST(a_run_that_is_refused_leaves_every_sum_as_it_was)
{
	struct weir_aggregate two[2] = {
		{ .fn = WEIR_AGG_SUM, .kind = WEIR_I64, .result_kind = WEIR_I64 },
		{ .fn = WEIR_AGG_SUM, .kind = WEIR_I64, .result_kind = WEIR_I64, .arg = 8, .result = 8 },
	};
	struct weir_aggregates sums = { .list = two, .n_list = 2 };
	int64_t items[6][2] = { { 1, 1 }, { 2, INT64_MAX - 1 }, { 4, 1 }, { 8, 1 }, { 16, 1 }, { 32, 1 } };
	int64_t made[2];

	memset(acc, 0, sizeof acc);
	ck_assert_uint_eq(weir_fold_run(&sums, NULL, acc, items, sizeof items[0], 6), 2);
	weir_fold_results(&sums, acc, made);
	ck_assert_uint_eq(weir_fold_count(acc), 2);
	ck_assert_int_eq(made[0], 3);
	ck_assert_int_eq(made[1], INT64_MAX);
}
END_TEST

/* Sums of narrow values count on being far from the ends of i64: near them, each item is looked at. */
START_TEST(a_run_of_narrow_values_stops_at_the_item_that_overflows)
{
	int8_t values[100];
	int64_t near = _i == 0 ? INT64_MAX - 50 : INT64_MIN + 50;
	struct weir_aggregates sum = { .list = &list[SUM], .n_list = 1 };

	memset(values, _i == 0 ? 1 : -1, sizeof values);
	aggregate_over(WEIR_I8);
	acc[0] = 7; /* a count, then the sum */
	memcpy(&acc[1], &near, sizeof near);
	ck_assert_uint_eq(weir_fold_run(&sum, NULL, acc, values, 1, 100), 50);
	ck_assert_uint_eq(weir_fold_count(acc), 57);
	memcpy(&near, &acc[1], sizeof near);
	ck_assert_int_eq(near, _i == 0 ? INT64_MAX : INT64_MIN);
}
END_TEST

START_TEST(a_run_of_more_than_millions_has_the_sum_of_its_items)
{
	const int16_t value = -3;
	const uint32_t n = (1u << 24) + 1;
	struct weir_aggregates sum = { .list = &list[SUM], .n_list = 1 };
	int64_t total;

	aggregate_over(WEIR_I16);
	ck_assert_uint_eq(weir_fold_run(&sum, NULL, acc, &value, 0, n), n); /* the same value n times */
	memcpy(&total, &acc[1], sizeof total);
	ck_assert_int_eq(total, -3 * (int64_t)n);
}
END_TEST

START_TEST(as_many_sums_as_one_likes_are_added_or_none)
{
	static const uint32_t counts[] = { 2, 8, 9, 20 };
	uint32_t n = counts[_i];
	struct weir_aggregate sums[20];
	struct weir_aggregates many = { .list = sums, .n_list = (uint16_t)n };
	int64_t rows[5][20];

	for (uint32_t k = 0; k < n; k++) {
		sums[k] = (struct weir_aggregate){ .fn = WEIR_AGG_SUM,
			.kind = WEIR_I64,
			.result_kind = WEIR_I64,
			.arg = (uint16_t)(8 * k) };
		for (int row = 0; row < 5; row++)
			rows[row][k] = (int64_t)k + row;
	}
	rows[1][n - 1] = INT64_MAX; /* the last sum fits one item, and not the next */
	memset(acc, 0, sizeof acc);
	ck_assert_uint_eq(weir_fold_run(&many, &weir_kernels_base, acc, rows, sizeof rows[0], 5), 1);
	ck_assert_uint_eq(weir_fold_count(acc), 1);
	for (uint32_t k = 0; k < n; k++)
		ck_assert_uint_eq(acc[1 + k], k);
}
END_TEST

/* Items for three accumulators in turn, each all aggregates: what each comes to is what it is given one by one. */
START_TEST(items_for_many_accumulators_are_added_as_if_one_by_one)
{
	static const uint8_t some[] = { WEIR_I8, WEIR_U16, WEIR_I32, WEIR_I64, WEIR_F32, WEIR_F64 };
	static uint64_t one_by_one[3][WORDS], at_once[3][WORDS];
	unsigned char args[WEIR_FOLD_EACH][8];
	void *accs[WEIR_FOLD_EACH];

	aggregate_over(some[_i]);
	memset(one_by_one, 0, sizeof one_by_one);
	memset(at_once, 0, sizeof at_once);
	for (uint32_t i = 0; i < WEIR_FOLD_EACH; i++) {
		float f = (float)(i * 31 % 17) - 8.5f;
		double d = (double)f / 3;
		int64_t x = (int64_t)(i * 31 % 17) - 8;

		memcpy(args[i],
			some[_i] == WEIR_F32   ? (void *)&f
			: some[_i] == WEIR_F64 ? (void *)&d
					       : &x,
			some[_i] == WEIR_F32 ? 4 : 8);
		accs[i] = at_once[i * i % 3];
		ck_assert_int_eq(weir_fold_add(&all, one_by_one[i * i % 3], args[i]), WEIR_OK);
	}
	ck_assert_uint_eq(weir_fold_fit_each(&all, accs, args, 8, WEIR_FOLD_EACH), WEIR_FOLD_EACH);
	weir_fold_add_each(&all, accs, args, 8, WEIR_FOLD_EACH);
	ck_assert_mem_eq(one_by_one, at_once, sizeof at_once);
}
END_TEST

START_TEST(what_may_overflow_is_left_to_be_looked_at)
{
	static uint64_t empty[WORDS], full[WORDS];
	int64_t args[4] = { 1, -1, INT64_C(1) << 60, 1 };
	void *accs[4] = { empty, NULL, empty, empty };

	aggregate_over(WEIR_I64);
	ck_assert_uint_eq(weir_fold_fit_each(&all, accs, args, 8, 4), 2);
	args[2] = 7;
	ck_assert_uint_eq(weir_fold_fit_each(&all, accs, args, 8, 4), 4);
	memset(full, 0, sizeof full);
	for (int i = 0; i < 3; i++)
		ck_assert_int_eq(weir_fold_add(&all, full, &(int64_t){ INT64_C(1) << 61 }), WEIR_OK);
	accs[3] = full;
	ck_assert_uint_eq(weir_fold_fit_each(&all, accs, args, 8, 4), 3);
	aggregate_over(WEIR_U64); /* -1 is the largest of these */
	ck_assert_uint_eq(weir_fold_fit_each(&all, accs, args, 8, 4), 1);
}
END_TEST

/* Ten values, then twelve that came later, then one more: as if one accumulator had had them all. */
START_TEST(joined_accumulators_are_as_one_that_had_all)
{
	static const uint8_t some[] = { WEIR_I8, WEIR_U16, WEIR_I32, WEIR_I64, WEIR_F32, WEIR_F64 };
	static uint64_t later[WORDS], all_of_them[WORDS];
	unsigned char rows[23 * 16];

	seed = (uint32_t)_i + 1;
	fill(some[_i], rows, 23);
	for (int i = 0; i < 23; i++) /* nothing that overflows */
		if (some[_i] == WEIR_I64)
			memset(rows + i * 16 + 6, 0, 2);
		else if (some[_i] == WEIR_F64 && i % 2 == 0)
			memcpy(rows + i * 16, &(double){ i * 0.7 - 3 }, sizeof(double));
	aggregate_over(some[_i]);
	memset(later, 0, sizeof later);
	memset(all_of_them, 0, sizeof all_of_them);
	for (int i = 0; i < 23; i++) {
		ck_assert_int_eq(weir_fold_add(&all, all_of_them, rows + i * 16), WEIR_OK);
		if (i < 22)
			ck_assert_int_eq(weir_fold_add(&all, i < 10 ? acc : later, rows + i * 16), WEIR_OK);
	}
	ck_assert_int_eq(weir_fold_join(&all, acc, later, rows + 22 * 16), WEIR_OK);
	for (unsigned fn = 0; fn < N; fn++) {
		union weir_value joined = result(fn), one;
		unsigned char made[N * 8] = { 0 };

		weir_fold_results(&all, all_of_them, made);
		memcpy(&one, made + fn * 8, sizeof one);
		if ((some[_i] == WEIR_F32 || some[_i] == WEIR_F64 ? fn == SUM || fn == AVG : false) ||
			fn == VAR || fn == STDDEV)
			ck_assert(fabs(joined.d - one.d) <= 1e-12 * fabs(one.d) ||
				  (isnan(joined.d) && isnan(one.d)));
		else
			ck_assert_mem_eq(&joined, &one, sizeof one);
	}
}
END_TEST

/* Together, or with the value more, they hold too much: both stay what they were. */
START_TEST(accumulators_that_cannot_be_joined_stay_as_they_are)
{
	static const int64_t sums[][3] = { { INT64_MAX, 1, 0 }, { INT64_MIN, -1, 0 }, { INT64_MAX - 1, 1, 1 },
		{ INT64_MIN + 1, -1, -1 }, { 1, 2, 3 } };
	static uint64_t later[WORDS], before[WORDS];
	int code = _i == 4 ? WEIR_ESAMPLES : WEIR_EOVERFLOW;

	aggregate_over(WEIR_I64);
	samples.most = _i == 4 ? 2 : 64;
	memset(later, 0, sizeof later);
	ck_assert_int_eq(weir_fold_add(&all, acc, &sums[_i][0]), WEIR_OK);
	ck_assert_int_eq(weir_fold_add(&all, later, &sums[_i][1]), WEIR_OK);
	memcpy(before, acc, sizeof before);
	ck_assert_int_eq(weir_fold_join(&all, acc, later, &sums[_i][2]), code);
	ck_assert_mem_eq(acc, before, sizeof before);
	samples.most = 64;
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("fold");
	TCase *tc = tcase_create("fold");
	SRunner *sr = srunner_create(suite);
	int failed;

	suite_add_tcase(suite, tc);
	tcase_add_test(tc, aggregates_of_integers);
	tcase_add_test(tc, aggregates_of_floats);
	tcase_add_test(tc, results_keep_the_narrow_type);
	tcase_add_loop_test(tc, results_of_every_narrow_kind_keep_their_ends, 0, 6);
	tcase_add_test(tc, an_overflowing_item_is_not_applied);
	tcase_add_test(tc, a_u64_beyond_i64_overflows_the_sum);
	tcase_add_test(tc, an_average_has_no_overflow);
	tcase_add_test(tc, an_average_of_integers_is_exact_before_it_is_divided);
	tcase_add_test(tc, nan_is_least_and_greatest_only_alone);
	tcase_add_loop_test(tc, a_run_is_what_its_items_are, 0, 2 * (int)(sizeof kinds / sizeof kinds[0]));
	tcase_add_test(tc, a_run_that_is_refused_leaves_every_sum_as_it_was);
	tcase_add_loop_test(tc, a_run_of_narrow_values_stops_at_the_item_that_overflows, 0, 2);
	tcase_add_test(tc, a_run_of_more_than_millions_has_the_sum_of_its_items);
	tcase_add_loop_test(tc, as_many_sums_as_one_likes_are_added_or_none, 0, 4);
	tcase_add_loop_test(tc, items_for_many_accumulators_are_added_as_if_one_by_one, 0, 6);
	tcase_add_test(tc, what_may_overflow_is_left_to_be_looked_at);
	tcase_add_loop_test(tc, joined_accumulators_are_as_one_that_had_all, 0, 6);
	tcase_add_loop_test(tc, accumulators_that_cannot_be_joined_stay_as_they_are, 0, 5);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
