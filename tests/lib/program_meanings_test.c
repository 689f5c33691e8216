/* SPDX-License-Identifier: MIT */
/*
 * program_meanings_test.c -- what single instructions mean, on the item path and on every table of kernels.
 */
#include <check.h>
#include <stdalign.h>
#include <stdlib.h>
#include <string.h>

#include <weir/error.h>
#include <weir/program.h>
#include <weir/scalar.h>

#include "kernel_tables.h"

static alignas(16) unsigned char scratch[8 * 8 * WEIR_BLOCK_ITEMS];

/* One instruction over constants, the result in register 2 stored by `store`. */
static int evaluate(enum weir_opcode op, union weir_value a, union weir_value b, uint32_t imm,
	enum weir_opcode store, void *out, uint16_t size)
{
	const union weir_value consts[] = { a, b };
	const struct weir_insn code[] = {
		{ .op = WEIR_OP_CONST, .dst = 0, .imm = 0 },
		{ .op = WEIR_OP_CONST, .dst = 1, .imm = 1 },
		{ .op = (uint8_t)op, .dst = 2, .a = 0, .b = 1, .imm = imm },
		{ .op = (uint8_t)store, .a = 2 },
	};
	const struct weir_program p = { .code = code,
		.consts = consts,
		.n_code = 4,
		.n_consts = 2,
		.in_size = 1,
		.out_size = size,
		.n_regs = 3,
		.n_segments = 1 };
	unsigned char in[9] = { 0 }, results[9 * 8];
	uint32_t dropped = 0;
	ck_assert_uint_le(weir_program_scratch(&p), sizeof scratch);
	struct weir_ran ran = weir_program_run(&p, NULL, NULL, in, NULL, 1, out, NULL, &dropped);

	for (size_t t = 0; t < n_tables; t++) {
		struct weir_ran again =
			weir_program_run(&p, tables[t], scratch, in, NULL, 9, results, NULL, &dropped);
		ck_assert_int_eq(again.fault, ran.fault);
		if (ran.fault == 0)
			ck_assert_mem_eq(results + 8 * size, out, size);
	}
	return ran.fault;
}

static int64_t whole(enum weir_opcode op, union weir_value a, union weir_value b)
{
	int64_t r = 0;
	ck_assert_int_eq(evaluate(op, a, b, 0, WEIR_OP_STORE_I64, &r, 8), 0);
	return r;
}

static int fault_of(enum weir_opcode op, union weir_value a, union weir_value b)
{
	int64_t r;
	return evaluate(op, a, b, 0, WEIR_OP_STORE_I64, &r, 8);
}

static double real(enum weir_opcode op, double a, double b)
{
	double r = 0;
	ck_assert_int_eq(evaluate(op, D(a), D(b), 0, WEIR_OP_STORE_F64, &r, 8), 0);
	return r;
}

static float single(enum weir_opcode op, float a, float b)
{
	float r = 0;
	ck_assert_int_eq(evaluate(op, F(a), F(b), 0, WEIR_OP_STORE_F32, &r, 4), 0);
	return r;
}

static bool truth(enum weir_opcode op, union weir_value a, union weir_value b)
{
	unsigned char r = 9;
	ck_assert_int_eq(evaluate(op, a, b, 0, WEIR_OP_STORE_BOOL, &r, 1), 0);
	return r;
}

static bool bits_same(double a, double b)
{
	return memcmp(&a, &b, sizeof a) == 0;
}

START_TEST(integer_arithmetic_faults_where_it_must)
{
	ck_assert_int_eq(whole(WEIR_OP_ADD_I, I(INT64_MAX), I(INT64_MIN)), -1);
	ck_assert_int_eq(fault_of(WEIR_OP_ADD_I, I(INT64_MAX), I(1)), WEIR_EOVERFLOW);
	ck_assert_int_eq(fault_of(WEIR_OP_SUB_I, I(INT64_MIN), I(1)), WEIR_EOVERFLOW);
	ck_assert_int_eq(whole(WEIR_OP_SUB_I, I(-1), I(INT64_MIN)), INT64_MAX);
	ck_assert_int_eq(whole(WEIR_OP_MUL_I, I(INT64_MIN), I(1)), INT64_MIN);
	ck_assert_int_eq(whole(WEIR_OP_MUL_I, I(-(INT64_C(1) << 32)), I(INT64_C(1) << 31)), INT64_MIN);
	ck_assert_int_eq(fault_of(WEIR_OP_MUL_I, I(INT64_C(1) << 32), I(INT64_C(1) << 31)), WEIR_EOVERFLOW);
	ck_assert_int_eq(fault_of(WEIR_OP_MUL_I, I(INT64_MIN), I(-1)), WEIR_EOVERFLOW);
	ck_assert_int_eq(
		fault_of(WEIR_OP_MUL_I, I(-(INT64_C(1) << 32)), I(-(INT64_C(1) << 31))), WEIR_EOVERFLOW);
	ck_assert_int_eq(fault_of(WEIR_OP_MUL_I, I(INT64_C(1) << 62), I(INT64_C(1) << 62)), WEIR_EOVERFLOW);
	ck_assert_int_eq(fault_of(WEIR_OP_DIV_I, I(1), I(0)), WEIR_EDIVZERO);
	ck_assert_int_eq(fault_of(WEIR_OP_DIV_I, I(INT64_MIN), I(-1)), WEIR_EOVERFLOW);
	ck_assert_int_eq(whole(WEIR_OP_DIV_I, I(-7), I(2)), -3);
	ck_assert_int_eq(whole(WEIR_OP_REM_I, I(-7), I(2)), -1);
	ck_assert_int_eq(whole(WEIR_OP_REM_I, I(7), I(-3)), 1);
	ck_assert_int_eq(whole(WEIR_OP_REM_I, I(INT64_MIN), I(-1)), 0);
	ck_assert_int_eq(fault_of(WEIR_OP_REM_I, I(7), I(0)), WEIR_EDIVZERO);
	ck_assert_int_eq(fault_of(WEIR_OP_NEG_I, I(INT64_MIN), I(0)), WEIR_EOVERFLOW);
	ck_assert_int_eq(fault_of(WEIR_OP_ABS_I, I(INT64_MIN), I(0)), WEIR_EOVERFLOW);
	ck_assert_int_eq(whole(WEIR_OP_ABS_I, I(-5), I(0)), 5);
	ck_assert_int_eq(fault_of(WEIR_OP_ADD_U, U(UINT64_MAX), U(1)), WEIR_EOVERFLOW);
	ck_assert_int_eq(fault_of(WEIR_OP_SUB_U, U(1), U(2)), WEIR_EOVERFLOW);
	ck_assert_int_eq(fault_of(WEIR_OP_MUL_U, U(UINT64_MAX), U(2)), WEIR_EOVERFLOW);
	ck_assert_int_eq(whole(WEIR_OP_MUL_U, U(UINT32_MAX), U(UINT32_MAX)), -8589934591);
	ck_assert_int_eq(fault_of(WEIR_OP_DIV_U, U(1), U(0)), WEIR_EDIVZERO);
	ck_assert_int_eq(fault_of(WEIR_OP_REM_U, U(1), U(0)), WEIR_EDIVZERO);
}
END_TEST

START_TEST(shifts_and_casts_fault_out_of_range)
{
	ck_assert_int_eq(whole(WEIR_OP_SHL_I, I(-1), I(63)), INT64_MIN);
	ck_assert_int_eq(whole(WEIR_OP_SHR_I, I(-8), I(1)), -4);
	ck_assert_int_eq(fault_of(WEIR_OP_SHL_I, I(1), I(64)), WEIR_ESHIFT);
	ck_assert_int_eq(fault_of(WEIR_OP_SHR_U, U(1), I(-1)), WEIR_ESHIFT);
	ck_assert_int_eq(fault_of(WEIR_OP_I_TO_U, I(-1), I(0)), WEIR_ECAST);
	ck_assert_int_eq(fault_of(WEIR_OP_U_TO_I, U(UINT64_MAX), I(0)), WEIR_ECAST);
	ck_assert_int_eq(whole(WEIR_OP_D_TO_I, D(-2.9), I(0)), -2);
	ck_assert_int_eq(whole(WEIR_OP_D_TO_I, D(-0x1p63), I(0)), INT64_MIN);
	ck_assert_int_eq(fault_of(WEIR_OP_D_TO_I, D(0x1p63), I(0)), WEIR_ECAST);
	ck_assert_int_eq(fault_of(WEIR_OP_D_TO_I, D((double)NAN), I(0)), WEIR_ECAST);
	ck_assert_int_eq(whole(WEIR_OP_D_TO_U, D(-0.9), I(0)), 0);
	ck_assert_int_eq(fault_of(WEIR_OP_D_TO_U, D(-1), I(0)), WEIR_ECAST);
	ck_assert_int_eq(fault_of(WEIR_OP_F_TO_U, F(0x1p64f), I(0)), WEIR_ECAST);
	ck_assert_int_eq(whole(WEIR_OP_F_TO_I, F(-1.5f), I(0)), -1);
}
END_TEST

START_TEST(narrowing_checks_the_kind)
{
	static const struct {
		uint8_t kind;
		int64_t least, most;
	} kinds[] = { { WEIR_BOOL, 0, 1 }, { WEIR_I8, -128, 127 }, { WEIR_I16, -32768, 32767 },
		{ WEIR_I32, INT32_MIN, INT32_MAX }, { WEIR_U8, 0, 255 }, { WEIR_U16, 0, 65535 },
		{ WEIR_U32, 0, UINT32_MAX } };
	int64_t r;

	for (size_t k = 0; k < sizeof kinds / sizeof kinds[0]; k++) {
		uint32_t kind = kinds[k].kind;
		int64_t least = kinds[k].least, most = kinds[k].most;

		ck_assert_int_eq(
			evaluate(WEIR_OP_NARROW_I, I(least), I(0), kind, WEIR_OP_STORE_I64, &r, 8), 0);
		ck_assert_int_eq(r, least);
		ck_assert_int_eq(
			evaluate(WEIR_OP_NARROW_I, I(most), I(0), kind, WEIR_OP_STORE_I64, &r, 8), 0);
		ck_assert_int_eq(
			evaluate(WEIR_OP_NARROW_I, I(least - 1), I(0), kind, WEIR_OP_STORE_I64, &r, 8),
			WEIR_ECAST);
		ck_assert_int_eq(
			evaluate(WEIR_OP_NARROW_I, I(most + 1), I(0), kind, WEIR_OP_STORE_I64, &r, 8),
			WEIR_ECAST);
		ck_assert_int_eq(
			evaluate(WEIR_OP_NARROW_U, U((uint64_t)most), I(0), kind, WEIR_OP_STORE_I64, &r, 8),
			0);
		ck_assert_int_eq(evaluate(WEIR_OP_NARROW_U, U((uint64_t)most + 1), I(0), kind,
					 WEIR_OP_STORE_I64, &r, 8),
			WEIR_ECAST);
	}
	ck_assert_int_eq(
		evaluate(WEIR_OP_NARROW_I, I(-1), I(0), WEIR_U64, WEIR_OP_STORE_I64, &r, 8), WEIR_ECAST);
	ck_assert_int_eq(
		evaluate(WEIR_OP_NARROW_I, I(INT64_MIN), I(0), WEIR_TIME, WEIR_OP_STORE_I64, &r, 8), 0);
}
END_TEST

START_TEST(nan_wins_min_and_max_and_zeros_are_ordered)
{
	ck_assert(bits_same(real(WEIR_OP_MIN_D, (double)NAN, 1), real(WEIR_OP_MIN_D, 1, -(double)NAN)));
	ck_assert(real(WEIR_OP_MAX_D, 1, (double)NAN) != real(WEIR_OP_MAX_D, 1, (double)NAN));
	ck_assert(bits_same(real(WEIR_OP_MIN_D, 0.0, -0.0), -0.0));
	ck_assert(bits_same(real(WEIR_OP_MIN_D, -0.0, 0.0), -0.0));
	ck_assert(bits_same(real(WEIR_OP_MAX_D, -0.0, 0.0), 0.0));
	ck_assert(real(WEIR_OP_MAX_D, -2, -1) == -1);
	ck_assert(single(WEIR_OP_MIN_F, -2, -1) == -2);
}
END_TEST

START_TEST(a_stored_nan_has_one_shape)
{
	double d = real(WEIR_OP_NEG_D, (double)NAN, 0), quotient = real(WEIR_OP_DIV_D, 0, 0);
	uint64_t bits;
	float f = single(WEIR_OP_DIV_F, 0, 0);
	uint32_t bits_f;

	memcpy(&bits, &d, sizeof bits);
	ck_assert_uint_eq(bits, UINT64_C(0x7ff8000000000000));
	ck_assert(bits_same(d, quotient));
	memcpy(&bits_f, &f, sizeof bits_f);
	ck_assert_uint_eq(bits_f, UINT32_C(0x7fc00000));
}
END_TEST

START_TEST(rounding_keeps_signs_and_goes_away_from_zero)
{
	ck_assert(bits_same(real(WEIR_OP_FLOOR_D, -0.0, 0), -0.0));
	ck_assert(bits_same(real(WEIR_OP_CEIL_D, -0.5, 0), -0.0));
	ck_assert(real(WEIR_OP_FLOOR_D, -0.5, 0) == -1);
	ck_assert(real(WEIR_OP_CEIL_D, 2.0000001, 0) == 3);
	ck_assert(real(WEIR_OP_FLOOR_D, 4503599627370495.5, 0) == 4503599627370495.0);
	ck_assert(real(WEIR_OP_ROUND_D, 2.5, 0) == 3);
	ck_assert(real(WEIR_OP_ROUND_D, -2.5, 0) == -3);
	ck_assert(real(WEIR_OP_ROUND_D, 0x1.fffffffffffffp-2, 0) == 0);
	ck_assert(real(WEIR_OP_ROUND_D, 0x1p60, 0) == 0x1p60);
	ck_assert(real(WEIR_OP_FLOOR_D, -(double)INFINITY, 0) == -(double)INFINITY);
	ck_assert(single(WEIR_OP_FLOOR_F, -1.5f, 0) == -2);
	ck_assert(single(WEIR_OP_CEIL_F, 8388607.5f, 0) == 8388608);
	ck_assert(single(WEIR_OP_ROUND_F, 0.49999997f, 0) == 0);
}
END_TEST

START_TEST(text_compares_by_bytes_then_length)
{
	const char *ab = "\2\0ab", *abc = "\3\0abc", *b = "\1\0b", *none = "\0\0";

	ck_assert(truth(WEIR_OP_LT_T, T(ab), T(abc)));
	ck_assert(truth(WEIR_OP_LT_T, T(abc), T(b)));
	ck_assert(truth(WEIR_OP_LT_T, T(none), T(ab)));
	ck_assert(truth(WEIR_OP_EQ_T, T(ab), T("\2\0abx")));
	ck_assert(truth(WEIR_OP_NE_T, T(ab), T(abc)));
	ck_assert(truth(WEIR_OP_LE_T, T(b), T(b)));
	ck_assert(!truth(WEIR_OP_LT_T, T(b), T(b)));
}
END_TEST

START_TEST(a_text_that_nobody_checked_is_cut_to_its_field)
{
	const union weir_value consts[] = { T("\5\0abcde"), U(3) };
	const struct weir_insn code[] = {
		{ .op = WEIR_OP_CONST, .dst = 0, .imm = 0 },
		{ .op = WEIR_OP_STORE_TEXT, .a = 0, .b = 1 },
	};
	const struct weir_program p = { .code = code,
		.consts = consts,
		.n_code = 2,
		.in_size = 1,
		.out_size = 6,
		.n_regs = 1,
		.n_segments = 1 };
	unsigned char in[9] = { 0 }, out[9 * 6];
	uint32_t dropped = 0;

	for (size_t t = 0; t <= n_tables; t++) {
		memset(out, 0xff, sizeof out);
		weir_program_run(&p, t ? tables[t - 1] : NULL, scratch, in, NULL, 9, out, NULL, &dropped);
		for (int i = 0; i < 9; i++)
			ck_assert_mem_eq(out + i * 6, "\3\0abc", 6);
	}
}
END_TEST

START_TEST(time_parts_are_right_before_1970_too)
{
	int64_t hour = INT64_C(3600000000000);

	ck_assert_int_eq(whole(WEIR_OP_HOUR, I(-1), I(0)), 23);
	ck_assert_int_eq(whole(WEIR_OP_MINUTE, I(-1), I(0)), 59);
	ck_assert_int_eq(whole(WEIR_OP_WEEKDAY, I(-1), I(0)), 3);
	ck_assert_int_eq(whole(WEIR_OP_WEEKDAY, I(0), I(0)), 4);
	ck_assert_int_eq(whole(WEIR_OP_WEEKDAY, I(3 * 24 * hour), I(0)), 0);
	ck_assert_int_eq(whole(WEIR_OP_HOUR, I(49 * hour + 1), I(0)), 1);
	ck_assert_int_eq(whole(WEIR_OP_WEEKDAY, I(INT64_MIN), I(0)), 2);
}
END_TEST

START_TEST(functions_are_those_of_scalar_h)
{
	ck_assert(bits_same(real(WEIR_OP_EXP_D, 1.5, 0), weir_exp(1.5)));
	ck_assert(bits_same(real(WEIR_OP_LOG_D, 1.5, 0), weir_log(1.5)));
	ck_assert(bits_same(real(WEIR_OP_POW_D, 1.5, -2.5), weir_pow(1.5, -2.5)));
	ck_assert(bits_same(real(WEIR_OP_SIN_D, 1.5, 0), weir_sin(1.5)));
	ck_assert(bits_same(real(WEIR_OP_COS_D, 1.5, 0), weir_cos(1.5)));
}
END_TEST

int main(void)
{
	Suite *s = suite_create("program_meanings");
	TCase *tc = tcase_create("program_meanings");
	SRunner *sr = srunner_create(s);

	find_tables();
	tcase_add_test(tc, integer_arithmetic_faults_where_it_must);
	tcase_add_test(tc, shifts_and_casts_fault_out_of_range);
	tcase_add_test(tc, narrowing_checks_the_kind);
	tcase_add_test(tc, nan_wins_min_and_max_and_zeros_are_ordered);
	tcase_add_test(tc, a_stored_nan_has_one_shape);
	tcase_add_test(tc, rounding_keeps_signs_and_goes_away_from_zero);
	tcase_add_test(tc, text_compares_by_bytes_then_length);
	tcase_add_test(tc, a_text_that_nobody_checked_is_cut_to_its_field);
	tcase_add_test(tc, time_parts_are_right_before_1970_too);
	tcase_add_test(tc, functions_are_those_of_scalar_h);
	suite_add_tcase(s, tc);
	srunner_run_all(sr, CK_ENV);
	int failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
