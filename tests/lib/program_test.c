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

#include "kernel_tables.h"
#include "program_ways.h"
#include "random_program.h"
#include "support/setting.h"

#define MAX_ITEMS WAYS_ITEMS
#define MAX_BYTES (MAX_ITEMS * 160u)

/* ---- running ---- */

static alignas(16) unsigned char scratch[32 * 8 * WEIR_BLOCK_ITEMS];
static alignas(8) unsigned char input[MAX_BYTES];
static int64_t input_instants[MAX_ITEMS];
static struct outcome expected, got;

static void same(const struct weir_program *p, const char *how, uint64_t seed, uint32_t n)
{
	const char *what = ways_differ(&expected, &got, p->out_size);

	if (what != NULL)
		ck_abort_msg("%s differ: %s, seed %llu, n %u", what, how, (unsigned long long)seed, n);
}

static void paths_agree(const struct weir_program *p, uint64_t seed, uint32_t n, bool instants)
{
	struct ways_input all = { input, instants ? input_instants : NULL, n };

	ways_run(&expected, p, NULL, &all, false);
	if (p->in_place) {
		ways_run(&got, p, NULL, &all, true);
		same(p, "items in place", seed, n);
	}
	for (size_t t = 0; t < n_tables; t++) {
		ways_run(&got, p, tables[t], &all, false);
		same(p, tables[t]->isa, seed, n);
		if (p->in_place) {
			ways_run(&got, p, tables[t], &all, true);
			same(p, tables[t]->isa, seed, n);
		}
	}
}

static void all_ways_agree(const struct weir_program *p, uint64_t seed, uint32_t n)
{
	ck_assert_uint_le(weir_program_scratch(p), sizeof scratch);
	paths_agree(p, seed, n, true);
	paths_agree(p, seed, n, false);
}

START_TEST(all_paths_agree_on_random_programs)
{
	static const uint32_t counts[] = { 0, 1, 2, 7, 8, WEIR_BLOCK_ITEMS - 1, WEIR_BLOCK_ITEMS,
		WEIR_BLOCK_ITEMS + 1, MAX_ITEMS };
	static const unsigned wildness[] = { 0, 0, 4000, 300, 10 };
	static struct random_stage stage;
	const uint64_t seeds = setting("WEIR_SEEDS", 3000);
	struct random_record in;

	for (uint64_t seed = 1; seed <= seeds; seed++) {
		uint64_t rng = seed * 77 + 1;
		unsigned wild = wildness[seed % 5];
		uint32_t n = counts[seed % 9];

		random_record(&in, &rng);
		random_stage(&stage, &in, seed, wild, 1 + (unsigned)(seed % 3));
		random_items(&in, input, n, &rng, wild);
		for (uint32_t i = 0; i < n; i++)
			input_instants[i] = (int64_t)random_next(&rng);
		ck_assert_uint_le(weir_program_scratch(&stage.program), sizeof scratch);
		paths_agree(&stage.program, seed, n, seed & 1);
	}
}
END_TEST

/* x op1 c1 op2 c2 over records of one field, with values of x around where something happens. */
static void compare_pair(
	const enum weir_opcode ops[2], union weir_value c1, union weir_value c2, char class, unsigned bits)
{
	const union weir_value consts[] = { c1, c2 };
	bool truth = ops[0] == WEIR_OP_REM_I || ops[0] == WEIR_OP_AND_I;
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
		.n_once = 2,
		.in_place = true,
		.covers = true };
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
	static const enum weir_opcode masked[][2] = { { WEIR_OP_AND_I, WEIR_OP_EQ_I },
		{ WEIR_OP_AND_I, WEIR_OP_NE_I } };
	static const int64_t numbers[] = { 0, 1, -1, 3, -3, 4, 7, -8, INT32_MAX, INT32_MIN, INT64_C(1) << 40,
		-(INT64_C(1) << 31), INT64_C(1) << 61, INT64_C(1) << 62, -(INT64_C(1) << 61), INT64_MAX,
		INT64_MIN };

	for (size_t a = 0; a < sizeof numbers / sizeof numbers[0]; a++)
		for (size_t b = 0; b < sizeof numbers / sizeof numbers[0]; b++)
			for (unsigned bits = 1; bits <= 63; bits += 10) {
				for (size_t o = 0; o < 2; o++) {
					compare_pair(linear[o], I(numbers[a]), I(numbers[b]), 'I', bits);
					compare_pair(multiple[o], I(numbers[a]), I(numbers[b]), 'I', bits);
					compare_pair(masked[o], I(numbers[a]), I(numbers[b]), 'I', bits);
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

START_TEST(a_field_that_is_the_record_is_read_before_it_is_written_over)
{
	static const struct weir_insn code[] = {
		{ .op = WEIR_OP_LOAD_I64, .dst = 0 },
		{ .op = WEIR_OP_NARROW_I, .dst = 0, .a = 0, .imm = WEIR_I16 },
		{ .op = WEIR_OP_STORE_I16, .a = 0, .imm = 0 },
		{ .op = WEIR_OP_STORE_I16, .a = 0, .imm = 2 },
		{ .op = WEIR_OP_STORE_I32, .a = 0, .imm = 4 },
	};
	static const uint16_t sizes[] = { 8, 4 };

	for (int64_t i = 0; i < 300; i++)
		memcpy(input + i * 8, &(int64_t){ i == 77 ? 1 << 20 : i * 100 }, 8);
	for (size_t k = 0; k < 2; k++) {
		const struct weir_program p = { .code = code,
			.n_code = (uint16_t)(k == 0 ? 5 : 4),
			.in_size = 8,
			.out_size = sizes[k],
			.n_regs = 1,
			.n_segments = 1,
			.in_place = true,
			.covers = true };

		all_ways_agree(&p, k, 77); /* none faults */
		all_ways_agree(&p, k, 300);
	}
}
END_TEST

/* Filters of x, y = f(x) behind them; `test` compares register 1 with constant 1, after `mask` with constant 0. */
static void compare_filters(
	enum weir_opcode mask, enum weir_opcode test, union weir_value c0, union weir_value c1, uint64_t seed)
{
	const union weir_value consts[] = { c0, c1, { .u = 3 }, { .i = 4 } };
	const struct weir_insn code[] = {
		{ .op = WEIR_OP_CONST, .dst = 3, .imm = 0 },
		{ .op = WEIR_OP_CONST, .dst = 4, .imm = 1 },
		{ .op = WEIR_OP_CONST, .dst = 5, .imm = 2 },
		{ .op = WEIR_OP_CONST, .dst = 6, .imm = 3 },
		{ .op = WEIR_OP_LOAD_I64, .dst = 0 },
		{ .op = (uint8_t)mask, .dst = 1, .a = 0, .b = 3 },
		{ .op = (uint8_t)test, .dst = 1, .a = 1, .b = 4 },
		{ .op = WEIR_OP_FILTER, .a = 1, .b = 1, .imm = 1 },
		{ .op = WEIR_OP_SEGMENT, .imm = 1 },
		{ .op = WEIR_OP_SHR_I, .dst = 0, .a = 0, .b = 5 },
		{ .op = WEIR_OP_REM_I, .dst = 2, .a = 0, .b = 6 },
		{ .op = WEIR_OP_NE_I, .dst = 2, .a = 2, .b = 5 },
		{ .op = WEIR_OP_FILTER, .a = 2, .b = 1, .imm = 1 },
		{ .op = WEIR_OP_SEGMENT, .imm = 2 },
		{ .op = WEIR_OP_MUL_I, .dst = 0, .a = 0, .b = 5 },
		{ .op = WEIR_OP_SHR_I, .dst = 0, .a = 0, .b = 5 },
		{ .op = WEIR_OP_STORE_I64, .a = 0 },
	};
	const struct weir_program p = { .code = code,
		.consts = consts,
		.n_code = sizeof code / sizeof code[0],
		.n_consts = 4,
		.in_size = 8,
		.out_size = 8,
		.n_regs = 7,
		.n_segments = 3,
		.n_once = 4,
		.in_place = true,
		.filters = true,
		.covers = true };
	uint64_t rng = seed * 77 + 5;

	for (uint32_t i = 0; i < MAX_ITEMS; i++) {
		int64_t x = (int64_t)random_below(&rng, 1 << 20) - (1 << 19);

		memcpy(input + (size_t)i * 8, &(int64_t){ seed % 7 == 6 && i == 700 ? INT64_MAX : x }, 8);
		input_instants[i] = i;
	}
	all_ways_agree(&p, seed, seed % 2 ? MAX_ITEMS : 300);
}

START_TEST(lanes_closed_up_behind_a_filter_are_those_that_stay)
{
	static const int64_t masks[] = { 0, 1, 2, 4, 8, 1 << 12, -1, INT64_MIN, (1 << 18) - 1 };
	static const int64_t wanted[] = { 0, 1, -1, 3, 4096, INT64_MIN, 200000 };
	uint64_t seed = 1;

	for (size_t m = 0; m < sizeof masks / sizeof masks[0]; m++)
		for (size_t w = 0; w < sizeof wanted / sizeof wanted[0]; w++, seed++) {
			compare_filters(WEIR_OP_AND_I, WEIR_OP_EQ_I, I(masks[m]), I(wanted[w]), seed);
			compare_filters(WEIR_OP_AND_I, WEIR_OP_NE_I, I(masks[m]), I(wanted[w]), seed);
			compare_filters(WEIR_OP_REM_I, WEIR_OP_EQ_I, I(masks[m]), I(wanted[w]), seed);
			compare_filters(WEIR_OP_REM_I, WEIR_OP_NE_I, I(masks[m]), I(wanted[w]), seed);
			compare_filters(WEIR_OP_OR_I, WEIR_OP_LT_I, I(masks[m]), I(wanted[w]), seed);
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
	ck_assert_int_eq(weir_program_one(&p, &v[6], &v[0]), 0);
	ck_assert_int_eq(v[0], 4);
	ck_assert_int_eq(weir_program_one(&p, &(int64_t){ 3 }, &v[0]), 2);
	ck_assert_int_eq(weir_program_one(&p, &v[5], &v[0]), -(256 * 2 + 13));
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
	tcase_add_test(tc, two_instructions_in_one_pass_are_the_two);
	tcase_add_test(tc, lanes_closed_up_behind_a_filter_are_those_that_stay);
	tcase_add_test(tc, a_field_that_is_the_record_is_read_before_it_is_written_over);
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
