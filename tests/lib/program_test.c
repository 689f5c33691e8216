/* SPDX-License-Identifier: MIT */
/*
 * program_test.c -- the item path means what program.h says; the column path means the same, to the last bit.
 */
#include <check.h>
#include <stdalign.h>
#include <stdlib.h>
#include <string.h>

#include <weir/error.h>
#include <weir/kernels.h>
#include <weir/program.h>

#include "random_program.h"

#define MAX_ITEMS 1000u
#define MAX_BYTES (MAX_ITEMS * 160u)

static const struct weir_kernels *tables[4];
static size_t n_tables;

static void find_tables(void)
{
	const struct weir_kernels *best = weir_kernels_pick();

	tables[n_tables++] = &weir_kernels_base;
#ifdef WEIR_KERNELS_AVX2
	extern const struct weir_kernels weir_kernels_avx2;
	if (strcmp(best->isa, "base") != 0)
		tables[n_tables++] = &weir_kernels_avx2;
#endif
#ifdef WEIR_KERNELS_AVX512
	extern const struct weir_kernels weir_kernels_avx512;
	if (strcmp(best->isa, "avx512") == 0)
		tables[n_tables++] = &weir_kernels_avx512;
#endif
	(void)best;
}

/* ---- running ---- */

/* Everything a run leaves. Faulting items are written down and passed over. */
struct outcome {
	uint32_t made;
	uint32_t n_faults;
	uint32_t dropped[256];
	struct {
		uint32_t item;
		int fault;
		uint8_t segment;
	} faults[MAX_ITEMS];
	int64_t instants[MAX_ITEMS];
	alignas(8) unsigned char items[MAX_BYTES];
};

static alignas(16) unsigned char scratch[64 * 2048 + 65536];
static alignas(8) unsigned char input[MAX_BYTES];
static int64_t input_instants[MAX_ITEMS];
static struct outcome expected, got;

static void run(struct outcome *o, const struct weir_program *p, const struct weir_kernels *kernels,
	uint32_t n, bool in_place, bool instants)
{
	static alignas(8) unsigned char in[MAX_BYTES];
	static int64_t in_instants[MAX_ITEMS];
	unsigned char *out = in_place ? in : o->items;
	int64_t *out_instants = in_place ? in_instants : o->instants;
	uint32_t at = 0;

	memset(o, 0, sizeof *o);
	memset(o->items, 0xa5, sizeof o->items);
	memcpy(in, input, (size_t)n * p->in_size);
	memcpy(in_instants, input_instants, sizeof in_instants);
	for (;;) {
		struct weir_ran ran = weir_program_run(p, kernels, scratch, in + (size_t)at * p->in_size,
			instants ? in_instants + at : NULL, n - at, out + (size_t)o->made * p->out_size,
			instants ? out_instants + o->made : NULL, o->dropped);

		at += ran.taken;
		o->made += ran.made;
		if (ran.fault == 0)
			break;
		o->faults[o->n_faults].item = at++;
		o->faults[o->n_faults].fault = ran.fault;
		o->faults[o->n_faults++].segment = ran.fault_segment;
	}
	ck_assert_uint_eq(at, n);
	if (in_place) {
		memcpy(o->items, in, (size_t)o->made * p->out_size);
		memcpy(o->instants, in_instants, o->made * sizeof *in_instants);
	}
}

static void same(const struct weir_program *p, const char *how, uint64_t seed, uint32_t n)
{
	const char *what = NULL;

	if (got.made != expected.made)
		what = "made";
	else if (memcmp(got.dropped, expected.dropped, sizeof got.dropped) != 0)
		what = "dropped";
	else if (got.n_faults != expected.n_faults ||
		 memcmp(got.faults, expected.faults, got.n_faults * sizeof got.faults[0]) != 0)
		what = "faults";
	else if (memcmp(got.items, expected.items, (size_t)got.made * p->out_size) != 0)
		what = "items";
	else if (memcmp(got.instants, expected.instants, got.made * sizeof got.instants[0]) != 0)
		what = "instants";
	if (what)
		ck_abort_msg("%s differ: %s, seed %llu, n %u", what, how, (unsigned long long)seed, n);
}

static void all_ways_agree(const struct weir_program *p, uint64_t seed, uint32_t n)
{
	ck_assert_uint_le(weir_program_scratch(p), sizeof scratch);
	run(&expected, p, NULL, n, false, true);
	if (p->in_place) {
		run(&got, p, NULL, n, true, true);
		same(p, "items in place", seed, n);
	}
	for (size_t t = 0; t < n_tables; t++) {
		run(&got, p, tables[t], n, false, true);
		same(p, tables[t]->isa, seed, n);
		if (p->in_place) {
			run(&got, p, tables[t], n, true, true);
			same(p, tables[t]->isa, seed, n);
		}
	}
}

START_TEST(all_paths_agree_on_random_programs)
{
	static const uint32_t counts[] = { 0, 1, 2, 7, 8, 255, 256, 257, 1000 };
	static const unsigned wildness[] = { 0, 0, 4000, 300, 10 };
	static struct random_stage stage;
	struct random_record in;

	for (uint64_t seed = 1; seed <= 3000; seed++) {
		uint64_t rng = seed * 77 + 1;
		unsigned wild = wildness[seed % 5];
		uint32_t n = counts[seed % 9];

		random_record(&in, &rng);
		random_stage(&stage, &in, seed, wild, 1 + (unsigned)(seed % 3));
		random_items(&in, input, n, &rng, wild);
		for (uint32_t i = 0; i < n; i++)
			input_instants[i] = (int64_t)random_next(&rng);
		all_ways_agree(&stage.program, seed, n);
	}
}
END_TEST

/* ---- single meanings ---- */

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

#define I(x) ((union weir_value){ .i = (x) })
#define U(x) ((union weir_value){ .u = (x) })
#define F(x) ((union weir_value){ .f = (x) })
#define D(x) ((union weir_value){ .d = (x) })
#define T(x) ((union weir_value){ .text = (x) })

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
	} kinds[] = { { WEIR_I8, -128, 127 }, { WEIR_I16, -32768, 32767 }, { WEIR_I32, INT32_MIN, INT32_MAX },
		{ WEIR_U8, 0, 255 }, { WEIR_U16, 0, 65535 }, { WEIR_U32, 0, UINT32_MAX } };
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

START_TEST(functions_not_there_yet_say_so)
{
	ck_assert_int_eq(fault_of(WEIR_OP_EXP_D, D(1), D(1)), WEIR_EUNSUPPORTED);
	ck_assert_int_eq(fault_of(WEIR_OP_POW_D, D(1), D(1)), WEIR_EUNSUPPORTED);
}
END_TEST

/* x op1 c1 op2 c2 over records of one field, with values of x around where something happens. */
static void compare_pair(
	const enum weir_opcode ops[2], union weir_value c1, union weir_value c2, char class, unsigned bits)
{
	const union weir_value consts[] = { c1, c2 };
	bool truth = ops[0] == WEIR_OP_REM_I;
	enum weir_opcode load = class == 'F'   ? WEIR_OP_LOAD_F32
				: class == 'D' ? WEIR_OP_LOAD_F64
					       : WEIR_OP_LOAD_I64;
	const struct weir_insn code[] = {
		{ .op = WEIR_OP_CONST, .dst = 1, .imm = 0 },
		{ .op = WEIR_OP_CONST, .dst = 2, .imm = 1 },
		{ .op = (uint8_t)load, .dst = 0 },
		{ .op = (uint8_t)ops[0], .dst = 0, .a = 0, .b = 1 },
		{ .op = (uint8_t)ops[1], .dst = 0, .a = 0, .b = 2 },
		{ .op = (uint8_t)(truth ? WEIR_OP_STORE_BOOL : load + (WEIR_OP_STORE_I64 - WEIR_OP_LOAD_I64)),
			.a = 0 },
	};
	const struct weir_program p = { .code = code,
		.consts = consts,
		.n_code = 6,
		.n_consts = 2,
		.in_size = class == 'F' ? 4 : 8,
		.out_size = class == 'F' ? 4
			    : truth      ? 1
					 : 8,
		.n_regs = 3,
		.n_segments = 1,
		.n_once = 2 };
	uint64_t rng = bits * 77 + 3;

	for (uint32_t i = 0; i < 300; i++) {
		union weir_value v;

		if (class == 'F')
			v.f = (float)random_double(&rng, 9);
		else if (class == 'D')
			v.d = random_double(&rng, 9);
		else
			v.i = (int64_t)((random_next(&rng) << 30 ^ random_next(&rng)) >> (64 - bits)) *
			      (i % 2 ? 1 : -1);
		memcpy(input + (size_t)i * p.in_size, &v, p.in_size);
	}
	all_ways_agree(&p, bits, 300);
}

START_TEST(two_instructions_in_one_pass_are_the_two)
{
	static const enum weir_opcode linear[][2] = { { WEIR_OP_MUL_I, WEIR_OP_ADD_I },
		{ WEIR_OP_MUL_I, WEIR_OP_SUB_I } };
	static const enum weir_opcode multiple[][2] = { { WEIR_OP_REM_I, WEIR_OP_EQ_I },
		{ WEIR_OP_REM_I, WEIR_OP_NE_I } };
	static const int64_t numbers[] = { 0, 1, -1, 3, -3, 4, 7, -8, INT32_MAX, INT32_MIN, INT64_C(1) << 40,
		-(INT64_C(1) << 31), INT64_C(1) << 61, INT64_C(1) << 62, -(INT64_C(1) << 61), INT64_MAX,
		INT64_MIN };

	for (size_t a = 0; a < sizeof numbers / sizeof numbers[0]; a++)
		for (size_t b = 0; b < sizeof numbers / sizeof numbers[0]; b++)
			for (unsigned bits = 1; bits <= 63; bits += 10) {
				for (size_t o = 0; o < 2; o++) {
					compare_pair(linear[o], I(numbers[a]), I(numbers[b]), 'I', bits);
					compare_pair(multiple[o], I(numbers[a]), I(numbers[b]), 'I', bits);
				}
			}
	for (unsigned i = 0; i < 20; i++) {
		uint64_t rng = i + 1;
		float f = (float)random_double(&rng, 3), g = (float)random_double(&rng, 3);
		double d = random_double(&rng, 3), e = random_double(&rng, 3);

		compare_pair((const enum weir_opcode[]){ WEIR_OP_MUL_F, WEIR_OP_ADD_F }, F(f), F(g), 'F', i);
		compare_pair((const enum weir_opcode[]){ WEIR_OP_MUL_F, WEIR_OP_SUB_F }, F(f), F(g), 'F', i);
		compare_pair((const enum weir_opcode[]){ WEIR_OP_MUL_D, WEIR_OP_ADD_D }, D(d), D(e), 'D', i);
		compare_pair((const enum weir_opcode[]){ WEIR_OP_MUL_D, WEIR_OP_SUB_D }, D(d), D(e), 'D', i);
	}
}
END_TEST

/* ---- runs ---- */

/* n / d > 2 behind d != 0, over { n i64, d i64 }; `filter` keeps where it is true. */
static const union weir_value guard_consts[] = { { .i = 0 }, { .i = 2 } };
static const struct weir_insn guard_code[] = {
	{ .op = WEIR_OP_LOAD_I64, .dst = 0, .imm = 0 },
	{ .op = WEIR_OP_LOAD_I64, .dst = 1, .imm = 8 },
	{ .op = WEIR_OP_CONST, .dst = 2, .imm = 0 },
	{ .op = WEIR_OP_CONST, .dst = 3, .imm = 1 },
	{ .op = WEIR_OP_NE_I, .dst = 4, .a = 1, .b = 2 },
	{ .op = WEIR_OP_JZ, .a = 4, .imm = 9 },
	{ .op = WEIR_OP_DIV_I, .dst = 5, .a = 0, .b = 1 },
	{ .op = WEIR_OP_LT_I, .dst = 5, .a = 3, .b = 5 },
	{ .op = WEIR_OP_AND_B, .dst = 4, .a = 4, .b = 5 },
	{ .op = WEIR_OP_FILTER, .a = 4 },
};
static const struct weir_program guard = { .code = guard_code,
	.consts = guard_consts,
	.n_code = 10,
	.n_consts = 2,
	.in_size = 16,
	.out_size = 16,
	.copy_size = 16,
	.n_regs = 6,
	.n_segments = 1,
	.in_place = true,
	.filters = true };

START_TEST(a_fault_in_a_part_not_taken_does_not_exist)
{
	int64_t pairs[600][2], out[600][2];
	uint32_t dropped = 0;

	for (int i = 0; i < 600; i++) {
		pairs[i][0] = i;
		pairs[i][1] = i % 3;
	}
	struct weir_ran ran =
		weir_program_run(&guard, tables[0], scratch, pairs, NULL, 600, out, NULL, &dropped);
	ck_assert_int_eq(ran.fault, 0);
	ck_assert_uint_eq(ran.taken, 600);
	ck_assert_uint_eq(ran.made + dropped, 600);
	ck_assert_int_eq(out[0][0], 4);
	ck_assert_int_eq(out[1][0], 7);
	ck_assert_int_eq(out[2][0], 8);
}
END_TEST

START_TEST(a_run_stops_before_the_faulting_item)
{
	int64_t pairs[300][2];
	uint32_t dropped = 0;

	for (int i = 0; i < 300; i++) {
		pairs[i][0] = i % 2 ? 100 : 1;
		pairs[i][1] = 1;
	}
	pairs[270][0] = INT64_MIN;
	pairs[270][1] = -1;
	struct weir_ran ran =
		weir_program_run(&guard, tables[0], scratch, pairs, NULL, 300, pairs, NULL, &dropped);
	ck_assert_int_eq(ran.fault, WEIR_EOVERFLOW);
	ck_assert_uint_eq(ran.taken, 270);
	ck_assert_uint_eq(ran.made, 135);
	ck_assert_uint_eq(dropped, 135);
	ck_assert_int_eq(pairs[270][0], INT64_MIN); /* comes again as it was */
	ck_assert_int_eq(pairs[134][0], 100);
}
END_TEST

static int halve_even(const void *in, void *out)
{
	int64_t v;

	memcpy(&v, in, sizeof v);
	if (v == 13)
		return -(256 * 2 + 13);
	if (v % 2)
		return 2;
	v /= 2;
	memcpy(out, &v, sizeof v);
	return 0;
}

START_TEST(compiled_programs_take_the_interpreters_place)
{
	const struct weir_program p = { .native = halve_even,
		.in_size = 8,
		.out_size = 8,
		.n_regs = 0,
		.n_segments = 3,
		.in_place = true,
		.filters = true };
	int64_t v[] = { 2, 3, 4, 5, 6, 13, 8 };
	uint32_t dropped[3] = { 0 };
	struct weir_ran ran = weir_program_run(&p, NULL, NULL, v, NULL, 7, v, NULL, dropped);

	ck_assert_uint_eq(ran.taken, 5);
	ck_assert_uint_eq(ran.made, 3);
	ck_assert_int_eq(ran.fault, WEIR_EOVERFLOW);
	ck_assert_uint_eq(ran.fault_segment, 2);
	ck_assert_uint_eq(dropped[1], 2);
	ck_assert_int_eq(v[2], 3);
}
END_TEST

START_TEST(what_no_store_reaches_is_zero)
{
	const struct weir_insn code[] = { { .op = WEIR_OP_LOAD_U8, .dst = 0 },
		{ .op = WEIR_OP_STORE_U8, .a = 0, .imm = 0 }, { .op = WEIR_OP_STORE_U64, .a = 0, .imm = 8 } };
	const struct weir_program p = {
		.code = code, .n_code = 3, .in_size = 1, .out_size = 16, .n_regs = 1, .n_segments = 1
	};
	unsigned char in[20], out[20 * 16];
	const unsigned char zeros[7] = { 0 };
	uint32_t dropped = 0;

	for (size_t t = 0; t <= n_tables; t++) {
		memset(in, 7, sizeof in);
		memset(out, 0xff, sizeof out);
		weir_program_run(&p, t ? tables[t - 1] : NULL, scratch, in, NULL, 20, out, NULL, &dropped);
		for (int i = 0; i < 20; i++)
			ck_assert_mem_eq(out + i * 16 + 1, zeros, 7);
	}
}
END_TEST

int main(void)
{
	Suite *s = suite_create("program");
	TCase *tc = tcase_create("program");
	SRunner *sr = srunner_create(s);

	find_tables();
	tcase_set_timeout(tc, 120);
	tcase_add_test(tc, integer_arithmetic_faults_where_it_must);
	tcase_add_test(tc, shifts_and_casts_fault_out_of_range);
	tcase_add_test(tc, narrowing_checks_the_kind);
	tcase_add_test(tc, nan_wins_min_and_max_and_zeros_are_ordered);
	tcase_add_test(tc, a_stored_nan_has_one_shape);
	tcase_add_test(tc, rounding_keeps_signs_and_goes_away_from_zero);
	tcase_add_test(tc, text_compares_by_bytes_then_length);
	tcase_add_test(tc, time_parts_are_right_before_1970_too);
	tcase_add_test(tc, functions_not_there_yet_say_so);
	tcase_add_test(tc, two_instructions_in_one_pass_are_the_two);
	tcase_add_test(tc, a_fault_in_a_part_not_taken_does_not_exist);
	tcase_add_test(tc, a_run_stops_before_the_faulting_item);
	tcase_add_test(tc, compiled_programs_take_the_interpreters_place);
	tcase_add_test(tc, what_no_store_reaches_is_zero);
	tcase_add_test(tc, all_paths_agree_on_random_programs);
	suite_add_tcase(s, tc);
	srunner_run_all(sr, CK_ENV);
	int failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
