/* SPDX-License-Identifier: MIT */
/*
 * kernels_test.c -- every kernel of every table against the item path, lane by lane; compaction; sums.
 */
#include <check.h>
#include <stdalign.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <weir/error.h>
#include <weir/kernels.h>

#include "lib/kernels/columns.h"
#include <weir/scalar.h>

#include "kernel_tables.h"
#include "random_program.h"

#define LANES WEIR_BLOCK_ITEMS

/* Assertions in inner loops cost more than what they look at. */
static void untouched(const unsigned char *p, size_t n, unsigned char byte)
{
	for (size_t i = 0; i < n; i++)
		if (p[i] != byte)
			ck_abort_msg("byte %zu was written", i);
}

/* ---- lanes of a class ---- */

static size_t width(char class)
{
	return class == 'F' ? 4 : class == 'B' ? 1 : class == 'T' ? sizeof(char *) : 8;
}

static union weir_value some_value(char class, uint64_t *rng, unsigned wild, unsigned bits)
{
	static const char *const texts[] = { "\0\0", "\1\0a", "\2\0ab", "\3\0abb", "\2\0aa" };
	union weir_value v = { .u = 0 };

	switch (class) {
	case 'F':
		v.f = (float)random_double(rng, wild);
		break;
	case 'D':
		v.d = random_double(rng, wild);
		break;
	case 'B':
		v.u = random_below(rng, 2);
		break;
	case 'T':
		v.text = texts[random_below(rng, 5)];
		break;
	default:
		v.i = random_i64(rng, wild);
		if (wild == 0 || random_below(rng, wild))
			v.u = (random_next(rng) << 20 ^ random_next(rng)) >> (64 - bits);
		if (class == 'I' && random_below(rng, 2))
			v.u = 0 - v.u;
		break;
	}
	return v;
}

static void put_lane(void *column, char class, uint32_t i, union weir_value v)
{
	uint8_t truth = (uint8_t)v.u;

	memcpy((unsigned char *)column + i * width(class), class == 'B' ? (void *)&truth : (void *)&v,
		width(class));
}

/* The item path's word on one lane. Returns the fault. */
static int item(uint8_t op, const char *classes, union weir_value a, union weir_value b, union weir_value *r)
{
	const union weir_value consts[] = { a, b };
	enum weir_opcode store = classes[0] == 'F'   ? WEIR_OP_STORE_F32
				 : classes[0] == 'D' ? WEIR_OP_STORE_F64
				 : classes[0] == 'B' ? WEIR_OP_STORE_BOOL
						     : WEIR_OP_STORE_U64;
	const struct weir_insn code[] = { { .op = WEIR_OP_CONST, .dst = 0, .imm = 0 },
		{ .op = WEIR_OP_CONST, .dst = 1, .imm = 1 }, { .op = op, .dst = 2, .a = 0, .b = 1 },
		{ .op = (uint8_t)store, .a = 2 } };
	const struct weir_program p = { .code = code,
		.consts = consts,
		.n_code = 4,
		.in_size = 1,
		.out_size = 8,
		.n_regs = 3,
		.n_segments = 1 };
	uint32_t dropped = 0;
	unsigned char in = 0;

	return weir_program_run(&p, NULL, NULL, &in, NULL, 1, r, NULL, &dropped).fault;
}

static bool lane_is(const void *column, char class, uint32_t i, union weir_value v)
{
	const unsigned char *lane = (const unsigned char *)column + i * width(class);
	double d;
	float f;

	memcpy(&f, lane, class == 'F' ? sizeof f : 0);
	memcpy(&d, lane, class == 'D' ? sizeof d : 0);
	if (class == 'F' && v.f != v.f)
		return f != f;
	if (class == 'D' && v.d != v.d)
		return d != d;
	if (class == 'B')
		return *lane == (uint8_t)v.u;
	return memcmp(lane, &v, width(class)) == 0;
}

static alignas(64) unsigned char column_a[LANES * 8], column_b[LANES * 8], result[LANES * 8 + 64];
static union weir_value lanes_a[LANES], lanes_b[LANES], lanes_r[LANES];
static uint8_t active[LANES];
static int faults[LANES];

/* Fill operands; with `constant`, one of them is the same everywhere. calm: no lane faults. */
static void fill(
	const struct random_op *op, unsigned constant, uint64_t *rng, unsigned wild, unsigned bits, bool calm)
{
	char class_b = op->classes[2] ? op->classes[2] : op->classes[1];
	union weir_value a = some_value(op->classes[1], rng, wild, bits);
	union weir_value b = some_value(class_b, rng, wild, bits);

	for (uint32_t i = 0; i < LANES; i++) {
		for (unsigned tries = 0;; tries++) {
			lanes_a[i] =
				constant == WEIR_CONSTANT_A ? a : some_value(op->classes[1], rng, wild, bits);
			lanes_b[i] = constant == WEIR_CONSTANT_B ? b : some_value(class_b, rng, wild, bits);
			lanes_r[i].u = 0;
			faults[i] = item(op->op, op->classes, lanes_a[i], lanes_b[i], &lanes_r[i]);
			if (!calm || faults[i] == 0 || tries == 20)
				break;
		}
		active[i] = (uint8_t)random_below(rng, 2);
		put_lane(column_a, op->classes[1], i, lanes_a[i]);
		put_lane(column_b, class_b, i, lanes_b[i]);
	}
}

static void try_kernel(
	const struct weir_kernels *k, const struct random_op *op, unsigned constant, uint32_t n, bool masked)
{
	struct weir_column_args args = { .dst = result,
		.a = constant == WEIR_CONSTANT_A ? (void *)lanes_a : (void *)column_a,
		.b = constant == WEIR_CONSTANT_B ? (void *)lanes_b : (void *)column_b,
		.active = masked ? active : NULL,
		.n = n,
		.constant = (uint8_t)constant };
	bool faulty = false;
	uint32_t r;

	memset(result, 0x5a, sizeof result);
	for (uint32_t i = 0; i < n; i++)
		faulty |= faults[i] != 0 && (!masked || active[i]);
	r = k->op[op->op](&args);
	ck_assert_msg((r != 0) == faulty, "op %u of %s: fault %u told as %u", op->op, k->isa, faulty, r);
	for (uint32_t i = 0; i < n; i++)
		if (faults[i] == 0 && !lane_is(result, op->classes[0], i, lanes_r[i]))
			ck_abort_msg("op %u of %s, lane %u of %u, constant %u, %llx %llx", op->op, k->isa, i,
				n, constant, (unsigned long long)lanes_a[i].u,
				(unsigned long long)lanes_b[i].u);
	untouched(result + n * width(op->classes[0]), sizeof result - n * width(op->classes[0]), 0x5a);
}

START_TEST(kernels_do_what_the_item_path_does)
{
	static const uint32_t counts[] = { 1, 7, 8, 63, LANES - 1, LANES };
	uint64_t rng = 4711;

	for (unsigned round = 0; round < 24; round++)
		for (size_t o = 0; o < RANDOM_OPS; o++)
			for (unsigned constant = 0; constant <= (random_ops[o].classes[2] ? 2u : 0u);
				constant++) {
				static const unsigned wild[] = { 0, 2, 20, 400 };
				unsigned bits = round % 8 == 7 ? 64 : 4 + 8 * (round % 8);

				fill(&random_ops[o], constant, &rng, wild[round / 6], bits, round % 3 != 0);
				for (size_t t = 0; t < n_tables; t++)
					try_kernel(tables[t], &random_ops[o], constant, counts[round % 6],
						round & 1);
			}
}
END_TEST

START_TEST(every_opcode_of_the_column_path_has_a_kernel)
{
	for (size_t t = 0; t < n_tables; t++) {
		for (int op = WEIR_OP_LOAD_BOOL; op <= WEIR_OP_STORE_TEXT; op++)
			ck_assert_msg(tables[t]->op[op] != NULL, "op %d", op);
		for (size_t o = 0; o < RANDOM_OPS; o++)
			ck_assert(tables[t]->op[random_ops[o].op] != NULL);
	}
}
END_TEST

START_TEST(division_by_a_constant_is_exact_around_every_multiple)
{
	const int64_t by[] = { 2, 3, 7, 49, 103, 107, 187, 10, 60, 1000, 64, 1, -1, -3, -10, INT64_C(1) << 50,
		1000000007, -(INT64_C(1) << 40), (INT64_C(1) << 51) - 1, INT64_MAX, INT64_MIN };
	int64_t x[64], r[64];
	uint64_t rng = 5;

	for (size_t d = 0; d < sizeof by / sizeof by[0]; d++)
		for (int round = 0; round < 200; round++) {
			union weir_value y = { .i = by[d] };
			uint64_t size = by[d] < 0 ? 0 - (uint64_t)by[d] : (uint64_t)by[d];
			uint64_t most = (UINT64_C(1) << (10 + round % 41)) / size + 1;

			for (int i = 0; i < 64; i++) {
				x[i] = (int64_t)(random_next(&rng) % most * size + (uint64_t)(i % 5) - 2);
				if (x[i] >= INT64_C(1) << 50 || x[i] < 0)
					x[i] = i;
				if (random_below(&rng, 2))
					x[i] = -x[i];
			}
			for (size_t t = 0; t < n_tables; t++) {
				struct weir_column_args args = {
					.dst = r, .a = x, .b = &y, .n = 64, .constant = WEIR_CONSTANT_B
				};

				ck_assert_uint_eq(tables[t]->op[WEIR_OP_DIV_I](&args), 0);
				for (int i = 0; i < 64; i++)
					if (r[i] != (by[d] == -1 ? -x[i] : x[i] / by[d]))
						ck_abort_msg("%s: %lld / %lld = %lld", tables[t]->isa,
							(long long)x[i], (long long)by[d], (long long)r[i]);
				ck_assert_uint_eq(tables[t]->op[WEIR_OP_REM_I](&args), 0);
				for (int i = 0; i < 64; i++)
					if (r[i] != (by[d] == -1 ? 0 : x[i] % by[d]))
						ck_abort_msg("%s: %lld %% %lld = %lld", tables[t]->isa,
							(long long)x[i], (long long)by[d], (long long)r[i]);
			}
		}
}
END_TEST

START_TEST(compaction_keeps_order_and_bytes)
{
	static unsigned char in[(LANES + 2) * 72], out[LANES * 72], right[LANES * 72];
	static const uint32_t sizes[] = { 1, 2, 3, 4, 6, 8, 12, 16, 20, 24, 32, 40, 72 };
	static const uint32_t counts[] = { 0, 1, 3, 4, 8, 15, 16, 17, 31, LANES - 1, LANES };
	uint8_t keep[LANES];
	uint64_t rng = 99;

	for (unsigned round = 0; round < 400; round++) {
		uint32_t size = sizes[random_below(&rng, 13)], n = counts[random_below(&rng, 11)], kept = 0;
		unsigned density = random_below(&rng, 5);
		size_t lag = (size_t)random_below(&rng, 3) * size;

		for (size_t i = 0; i < sizeof in; i++)
			in[i] = (unsigned char)random_next(&rng);
		for (uint32_t i = 0; i < n; i++) {
			keep[i] = random_below(&rng, 4) < density;
			memcpy(right + (size_t)kept * size, in + lag + (size_t)i * size, keep[i] ? size : 0);
			kept += keep[i];
		}
		for (size_t t = 0; t < n_tables; t++) {
			static unsigned char copy[sizeof in];

			memset(out, 0x77, sizeof out);
			ck_assert_uint_eq(tables[t]->compact(out, in + lag, size, keep, n), kept);
			ck_assert_mem_eq(out, right, (size_t)kept * size);
			untouched(out + (size_t)n * size, sizeof out - (size_t)n * size, 0x77);
			memcpy(copy, in, sizeof copy);
			ck_assert_uint_eq(tables[t]->compact(copy, copy + lag, size, keep, n), kept);
			ck_assert_mem_eq(copy, right, (size_t)kept * size);
		}
	}
}
END_TEST

START_TEST(whole_sums_refuse_any_overflow_on_the_way)
{
	int64_t v[40] = { 0 }, wide[80] = { 0 };

	for (size_t t = 0; t < n_tables; t++) {
		int64_t acc = 5;

		for (int i = 0; i < 40; i++)
			wide[2 * i] = v[i] = i - 10;
		ck_assert(tables[t]->sum_i64(&acc, v, 8, 40));
		ck_assert_int_eq(acc, 5 + 380);
		ck_assert(tables[t]->sum_i64(&acc, wide, 16, 40));
		ck_assert_int_eq(acc, 5 + 760);
		v[19] = 100;
		v[20] = INT64_MAX;
		v[21] = -INT64_MAX; /* the sum fits, the sum up to 20 does not */
		acc = 0;
		ck_assert(!tables[t]->sum_i64(&acc, v, 8, 40));
		ck_assert_int_eq(acc, 0);
		v[20] = -INT64_MAX;
		v[21] = INT64_MAX;
		ck_assert(tables[t]->sum_i64(&acc, v, 8, 40));
		ck_assert_int_eq(acc, 380 + 100 - 9 - 10 - 11);
		acc = INT64_MAX;
		v[20] = v[21] = 0;
		ck_assert(!tables[t]->sum_i64(&acc, v + 12, 8, 28));
		ck_assert_int_eq(acc, INT64_MAX);
		ck_assert(tables[t]->sum_i64(&acc, v, 8, 0));
	}
}
END_TEST

/* One number at a time: false where the sum overflows on the way. */
static bool sum_plainly(int64_t *acc, const int64_t *v, uint32_t n)
{
	int64_t sum = *acc;

	for (uint32_t i = 0; i < n; i++) {
		if (weir_add_carry(sum, v[i]) < 0)
			return false;
		sum = weir_add_i(sum, v[i]);
	}
	*acc = sum;
	return true;
}

START_TEST(whole_sums_are_exact_whatever_is_in_them)
{
	int64_t v[203];
	uint64_t rng = 17;

	for (unsigned bits = 0; bits < 64; bits++)
		for (uint32_t n = 0; n <= 203; n += 29) {
			const int64_t start = (int64_t)random_next(&rng) - (INT64_C(1) << 52);

			for (uint32_t i = 0; i < n; i++)
				v[i] = weir_shr_i(
					(int64_t)(random_next(&rng) << 11 ^ random_next(&rng)), bits);
			if (n > 0) /* all but one are small */
				v[random_below(&rng, n)] = weir_shr_i(INT64_MIN, 63 - bits);
			for (size_t t = 0; t < n_tables; t++) {
				int64_t sum = start, right = start;

				ck_assert(tables[t]->sum_i64(&sum, v, 8, n) == sum_plainly(&right, v, n));
				ck_assert_int_eq(sum, right);
			}
		}
}
END_TEST

START_TEST(counting_up_wraps_like_unsigned_numbers)
{
	static const int64_t firsts[] = { 0, -5, INT64_MAX - 3, INT64_MIN },
			     step[] = { 1, -1, 7, INT64_MAX, INT64_MIN };
	int64_t out[72];

	for (size_t t = 0; t < n_tables; t++)
		for (size_t k = 0; k < 20; k++)
			for (uint32_t n = 0; n <= 70; n += 7) {
				memset(out, 0x5a, sizeof out);
				tables[t]->count_i64(out, firsts[k % 4], step[k / 4], n);
				for (uint32_t i = 0; i < n; i++)
					ck_assert_int_eq(out[i],
						weir_add_i(firsts[k % 4], weir_mul_i(i, step[k / 4])));
				untouched((unsigned char *)&out[n], sizeof out - n * sizeof out[0], 0x5a);
			}
}
END_TEST

START_TEST(two_columns_become_records_of_both)
{
	int64_t a[40], b[40], out[81];

	for (uint32_t i = 0; i < 40; i++) {
		a[i] = i;
		b[i] = -100 - (int64_t)i;
	}
	for (size_t t = 0; t < n_tables; t++)
		for (uint32_t n = 0; n <= 40; n++) {
			memset(out, 0x5a, sizeof out);
			tables[t]->pair_i64(out, a, b, n);
			for (uint32_t i = 0; i < n; i++)
				ck_assert(out[2 * i] == a[i] && out[2 * i + 1] == b[i]);
			tables[t]->spread_i64(out, 1, a, n);
			for (uint32_t i = 0; i < n; i++)
				ck_assert(out[2 * i] == a[i] && out[2 * i + 1] == a[i]);
			tables[t]->spread_i64(out, 0, b, n);
			for (uint32_t i = 0; i < n; i++)
				ck_assert(out[2 * i] == b[i] && out[2 * i + 1] == a[i]);
			untouched((unsigned char *)&out[2 * n], sizeof out - 2 * n * sizeof out[0], 0x5a);
		}
}
END_TEST

START_TEST(bits_are_the_least_that_hold_every_lane)
{
	for (size_t t = 0; t < n_tables; t++)
		for (uint32_t n = 1; n <= 35; n += 2)
			for (unsigned bits = 0; bits <= 63; bits++) {
				int64_t most = bits == 63 ? INT64_MAX : (INT64_C(1) << bits) - 1;
				int64_t column[36] = { 0 };

				column[bits % n] = bits % 2 ? most : -most - 1;
				ck_assert_uint_eq(tables[t]->bits_i64(column, n), bits);
				ck_assert_uint_eq(weir_bits_i(column[bits % n]), bits);
			}
}
END_TEST

START_TEST(float_sums_are_in_record_order)
{
	const double v[] = { 1e16, 1, -1e16, 1 };
	const float f[] = { 0.5f, 0x1p-60f, 0x1p60f, -0x1p60f };

	for (size_t t = 0; t < n_tables; t++) {
		double acc = 0;

		tables[t]->sum_f64(&acc, v, 8, 4);
		ck_assert(acc == 1);
		acc = 0;
		tables[t]->sum_f32(&acc, f, 4, 4);
		ck_assert(acc == 0);
	}
}
END_TEST

START_TEST(square_roots_without_the_instruction_are_the_same)
{
	static const double odd[] = { 0.0, -0.0, 1, 2, 4, 0x1p-1074, 0x1.8p-1073, 0x1.fffffffffffffp1023,
		0x1.fffffffffffffp-1, 0x1.0000000000001p0, 0x1p-1022, (double)INFINITY };
	uint64_t rng = 31;

	for (size_t i = 0; i < 20000; i++) {
		double x = i < 12 ? odd[i]
				  : weir_from_bits_d((random_next(&rng) << 40 ^ random_next(&rng)) >> 1);
		double soft = weir_sqrt_soft(x), hard = weir_sqrt_d(x);

		if (x == x && weir_bits_d(soft) != weir_bits_d(hard))
			ck_abort_msg("sqrt(%a) = %a, not %a", x, hard, soft);
	}
	ck_assert(weir_sqrt_soft(-1) != weir_sqrt_soft(-1));
}
END_TEST

START_TEST(the_pick_is_one_of_the_tables)
{
	const struct weir_kernels *best = weir_kernels_pick();

	ck_assert_ptr_eq(best, tables[n_tables - 1]);
	ck_assert_ptr_eq(best, weir_kernels_pick());
	ck_assert_str_eq(weir_kernels_base.isa, "base");
}
END_TEST

int main(void)
{
	Suite *s = suite_create("kernels");
	TCase *tc = tcase_create("kernels");
	SRunner *sr = srunner_create(s);

	find_tables();
	tcase_set_timeout(tc, 120);
	tcase_add_test(tc, kernels_do_what_the_item_path_does);
	tcase_add_test(tc, every_opcode_of_the_column_path_has_a_kernel);
	tcase_add_test(tc, division_by_a_constant_is_exact_around_every_multiple);
	tcase_add_test(tc, compaction_keeps_order_and_bytes);
	tcase_add_test(tc, whole_sums_refuse_any_overflow_on_the_way);
	tcase_add_test(tc, whole_sums_are_exact_whatever_is_in_them);
	tcase_add_test(tc, counting_up_wraps_like_unsigned_numbers);
	tcase_add_test(tc, two_columns_become_records_of_both);
	tcase_add_test(tc, bits_are_the_least_that_hold_every_lane);
	tcase_add_test(tc, float_sums_are_in_record_order);
	tcase_add_test(tc, square_roots_without_the_instruction_are_the_same);
	tcase_add_test(tc, the_pick_is_one_of_the_tables);
	suite_add_tcase(s, tc);
	srunner_run_all(sr, CK_ENV);
	int failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
