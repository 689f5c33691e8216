/* SPDX-License-Identifier: MIT */
/*
 * program_pairs_test.c -- which instructions go in one pass, what is known of their numbers, and programs at the edges
 * of what columns do: whatever way is taken, the result is that of the items.
 */
#include <check.h>
#include <stdalign.h>
#include <stdlib.h>
#include <string.h>

#include <weir/error.h>
#include <weir/program.h>

#include "lib/kernels/columns.h"

#include "kernel_tables.h"

#define ITEMS 300u

static alignas(16) unsigned char scratch[64 * 8 * WEIR_BLOCK_ITEMS];
static alignas(8) unsigned char input[ITEMS * 8];

struct outcome {
	struct weir_ran ran;
	uint32_t dropped[4];
	alignas(8) unsigned char out[ITEMS * 16];
};

/* ---- a table with a kernel that only some instruction sets have ---- */

static uint32_t select_plainly(const struct weir_column_args *args)
{
	const int64_t *a = args->a;
	int64_t *dst = args->dst;
	uint64_t mask, wanted;
	uint32_t made = 0;

	memcpy(&mask, args->b, sizeof mask);
	memcpy(&wanted, args->c, sizeof wanted);
	for (uint32_t i = 0; i < args->n; i++) {
		int64_t x = a[i];

		dst[made] = x;
		made += (((uint64_t)x & mask) == wanted) != args->negate;
	}
	return made;
}

static weir_column_fn *selecting_ops[WEIR_COLUMN_OPS];
static struct weir_kernels selecting;

static void add_selecting_table(void)
{
	memcpy(selecting_ops, weir_kernels_base.op, sizeof selecting_ops);
	selecting_ops[WEIR_COLUMN_SELECT_AND_EQ_I] = select_plainly;
	selecting = weir_kernels_base;
	selecting.isa = "selecting";
	selecting.op = selecting_ops;
	tables[n_tables++] = &selecting;
}

/* ---- running ---- */

static void run(struct outcome *o, const struct weir_program *p, const struct weir_kernels *k, uint32_t n)
{
	memset(o, 0, sizeof *o);
	o->ran = weir_program_run(p, k, scratch, input, NULL, n, o->out, NULL, o->dropped);
}

/* Items and every table give the same, which is returned. */
static const struct outcome *outcome_of(const struct weir_program *p, uint32_t n)
{
	static struct outcome items, columns;

	ck_assert_uint_le(weir_program_scratch(p), sizeof scratch);
	run(&items, p, NULL, n);
	for (size_t t = 0; t < n_tables; t++) {
		run(&columns, p, tables[t], n);
		ck_assert_msg(columns.ran.taken == items.ran.taken && columns.ran.made == items.ran.made &&
				      columns.ran.fault == items.ran.fault,
			"%s: other items", tables[t]->isa);
		ck_assert_msg(memcmp(columns.dropped, items.dropped, sizeof items.dropped) == 0,
			"%s: other drops", tables[t]->isa);
		ck_assert_msg(memcmp(columns.out, items.out, (size_t)items.ran.made * p->out_size) == 0,
			"%s: other output", tables[t]->isa);
	}
	return &items;
}

static struct weir_program program_of(
	const struct weir_insn *code, uint16_t n_code, const union weir_value *consts, uint8_t n_regs)
{
	return (struct weir_program){ .code = code,
		.consts = consts,
		.n_code = n_code,
		.in_size = 8,
		.out_size = 8,
		.n_regs = n_regs,
		.n_segments = 1,
		.covers = true };
}

static void number_input(int64_t first, int64_t step)
{
	for (int64_t i = 0; i < ITEMS; i++)
		memcpy(input + i * 8, &(int64_t){ first + i * step }, 8);
}

static int64_t out_i(const struct outcome *o, uint32_t i)
{
	int64_t v;

	memcpy(&v, o->out + i * 8, sizeof v);
	return v;
}

/* ---- claims ---- */

START_TEST(a_product_and_a_sum_of_numbers_known_to_be_small_are_not_measured)
{
	static const int64_t factors[] = { 3, INT64_C(1) << 40, INT64_MAX };
	const union weir_value consts[] = { I(factors[_i]), I(7) };
	const struct weir_insn code[] = {
		{ .op = WEIR_OP_LOAD_I16, .dst = 0 },
		{ .op = WEIR_OP_CONST, .dst = 1, .imm = 0 },
		{ .op = WEIR_OP_CONST, .dst = 2, .imm = 1 },
		{ .op = WEIR_OP_MUL_I, .dst = 0, .a = 0, .b = 1 },
		{ .op = WEIR_OP_ADD_I, .dst = 0, .a = 0, .b = 2 },
		{ .op = WEIR_OP_STORE_I64, .a = 0 },
	};
	const struct weir_program p = program_of(code, 6, consts, 3);
	const struct outcome *o;

	number_input(-150, 1);
	o = outcome_of(&p, ITEMS);
	ck_assert_int_eq(o->ran.fault, _i < 2 ? 0 : WEIR_EOVERFLOW); /* -150 * INT64_MAX */
	if (_i < 2)
		ck_assert_int_eq(out_i(o, 299), 149 * factors[_i] + 7);
}
END_TEST

/* Register 0 = x, then two operations with constants on it. */
static const struct outcome *two_operations(enum weir_opcode load, enum weir_opcode first,
	enum weir_opcode second, const union weir_value *consts)
{
	static struct weir_insn code[6];

	code[0] = (struct weir_insn){ .op = (uint8_t)load, .dst = 0 };
	code[1] = (struct weir_insn){ .op = WEIR_OP_CONST, .dst = 1, .imm = 0 };
	code[2] = (struct weir_insn){ .op = WEIR_OP_CONST, .dst = 2, .imm = 1 };
	code[3] = (struct weir_insn){ .op = (uint8_t)first, .dst = 0, .a = 0, .b = 1 };
	code[4] = (struct weir_insn){ .op = (uint8_t)second, .dst = 0, .a = 0, .b = 2 };
	code[5] =
		(struct weir_insn){ .op = (uint8_t)(load + (WEIR_OP_STORE_I64 - WEIR_OP_LOAD_I64)), .a = 0 };
	struct weir_program p = program_of(code, 6, consts, 3);

	p.in_size = p.out_size = load == WEIR_OP_LOAD_F32 ? 4 : 8;
	return outcome_of(&p, ITEMS);
}

START_TEST(neighbours_that_are_no_pair_are_done_one_by_one)
{
	const union weir_value whole[] = { I(5), I(2) }, f[] = { F(5), F(2) }, d[] = { D(5), D(2) };
	const struct outcome *o;
	float x;
	double y;

	number_input(100, 1);
	o = two_operations(WEIR_OP_LOAD_I64, WEIR_OP_REM_I, WEIR_OP_ADD_I, whole);
	ck_assert_int_eq(out_i(o, 3), 103 % 5 + 2);
	o = two_operations(WEIR_OP_LOAD_I64, WEIR_OP_MUL_I, WEIR_OP_REM_I, whole);
	ck_assert_int_eq(out_i(o, 3), 103 * 5 % 2);
	o = two_operations(WEIR_OP_LOAD_I64, WEIR_OP_AND_I, WEIR_OP_ADD_I, whole);
	ck_assert_int_eq(out_i(o, 3), (103 & 5) + 2);
	for (uint32_t i = 0; i < ITEMS; i++)
		memcpy(input + i * 4, &(float){ (float)i }, 4);
	o = two_operations(WEIR_OP_LOAD_F32, WEIR_OP_MUL_F, WEIR_OP_DIV_F, f);
	memcpy(&x, o->out + 4, 4);
	ck_assert(x == 2.5f);
	for (uint32_t i = 0; i < ITEMS; i++)
		memcpy(input + i * 8, &(double){ i }, 8);
	o = two_operations(WEIR_OP_LOAD_F64, WEIR_OP_MUL_D, WEIR_OP_DIV_D, d);
	memcpy(&y, o->out + 8, 8);
	ck_assert(y == 2.5);
}
END_TEST

/* What stands behind a comparison under a mask: the filter of it, another filter, one that leaves it to be read, none. */
START_TEST(a_comparison_goes_with_the_filter_of_it_alone)
{
	const union weir_value consts[] = { I(3), I(1), U(1) };
	struct weir_insn code[] = {
		{ .op = WEIR_OP_LOAD_I64, .dst = 0 },
		{ .op = WEIR_OP_CONST, .dst = 1, .imm = 0 },
		{ .op = WEIR_OP_CONST, .dst = 2, .imm = 1 },
		{ .op = WEIR_OP_CONST, .dst = 4, .imm = 2 },
		{ .op = WEIR_OP_AND_I, .dst = 3, .a = 0, .b = 1 },
		{ .op = WEIR_OP_EQ_I, .dst = 3, .a = 3, .b = 2 },
		{ .op = WEIR_OP_FILTER, .a = 3, .b = 1, .imm = 1 },
		{ .op = WEIR_OP_STORE_I64, .a = 0 },
	};
	struct weir_program p = program_of(code, 8, consts, 5);
	const struct outcome *o;

	p.filters = true;
	number_input(0, 1);
	o = outcome_of(&p, ITEMS);
	ck_assert_uint_eq(o->ran.made, ITEMS / 4);
	ck_assert_int_eq(out_i(o, 2), 9);
	code[6].b = 0; /* more than one register is read afterwards */
	ck_assert_uint_eq(outcome_of(&p, ITEMS)->ran.made, ITEMS / 4);
	code[6].imm = 0; /* the comparison is read afterwards */
	ck_assert_uint_eq(outcome_of(&p, ITEMS)->ran.made, ITEMS / 4);
	code[6] = (struct weir_insn){ .op = WEIR_OP_FILTER, .a = 4, .imm = 1 }; /* another truth */
	ck_assert_uint_eq(outcome_of(&p, ITEMS)->ran.made, ITEMS);
	code[6] = (struct weir_insn){ .op = WEIR_OP_STORE_I64, .a = 0 }; /* nobody asks */
	p.n_code = 7;
	ck_assert_uint_eq(outcome_of(&p, ITEMS)->ran.made, ITEMS);
	code[4] = (struct weir_insn){ .op = WEIR_OP_STORE_I64, .a = 0 };
	code[5] = (struct weir_insn){ .op = WEIR_OP_AND_I, .dst = 3, .a = 0, .b = 1 };
	code[6] = (struct weir_insn){ .op = WEIR_OP_EQ_I, .dst = 3, .a = 3, .b = 2 }; /* the program ends */
	ck_assert_int_eq(out_i(outcome_of(&p, ITEMS), 7), 7);
}
END_TEST

/* The record is the column: what is written over it must not be read any more. */
START_TEST(a_result_does_not_go_out_over_what_it_is_made_of)
{
	const union weir_value consts[] = { I(50) };
	const struct weir_insn code[] = {
		{ .op = WEIR_OP_LOAD_I64, .dst = 0 },
		{ .op = WEIR_OP_CONST, .dst = 1, .imm = 0 },
		{ .op = WEIR_OP_MIN_I, .dst = 2, .a = 1, .b = 0 },
		{ .op = WEIR_OP_STORE_I64, .a = 2 },
	};
	struct weir_program p = program_of(code, 4, consts, 3);
	uint32_t dropped = 0;

	p.in_place = true;
	for (size_t t = 0; t < n_tables; t++) {
		number_input(0, 1);
		ck_assert_int_eq(out_i(outcome_of(&p, ITEMS), 299), 50);
		ck_assert_uint_eq(
			weir_program_run(&p, tables[t], scratch, input, NULL, ITEMS, input, NULL, &dropped)
				.made,
			ITEMS);
		for (uint32_t i = 0; i < ITEMS; i++) {
			int64_t v;

			memcpy(&v, input + i * 8, 8);
			ck_assert_int_eq(v, i < 50 ? i : 50);
		}
	}
}
END_TEST

static uint32_t additions;

static uint32_t count_addition(const struct weir_column_args *args)
{
	additions++;
	return weir_kernels_base.op[WEIR_OP_ADD_I](args);
}

/* Two stages, then one of another sign; each of which may be the first to overflow. */
START_TEST(constants_in_a_row_are_added_in_one_pass)
{
	static const int64_t firsts[] = { 0, INT64_MAX - 310, INT64_MAX - 305, INT64_MIN, INT64_MIN + 3 };
	const union weir_value consts[] = { I(5), I(-7), I(2), I(INT64_MIN) };
	struct weir_insn code[] = {
		{ .op = WEIR_OP_CONST, .dst = 0, .imm = 0 },
		{ .op = WEIR_OP_CONST, .dst = 1, .imm = 1 },
		{ .op = WEIR_OP_CONST, .dst = 2, .imm = 2 },
		{ .op = WEIR_OP_LOAD_I64, .dst = 3 },
		{ .op = WEIR_OP_ADD_I, .dst = 3, .a = 3, .b = 0 },
		{ .op = WEIR_OP_SEGMENT, .imm = 1 },
		{ .op = WEIR_OP_SUB_I, .dst = 3, .a = 3, .b = 1 },
		{ .op = WEIR_OP_SUB_I, .dst = 3, .a = 3, .b = 2 },
		{ .op = WEIR_OP_STORE_I64, .a = 3 },
	};
	struct weir_program p = program_of(code, 9, consts, 4);
	static weir_column_fn *ops[WEIR_COLUMN_OPS];
	struct weir_kernels counting = weir_kernels_base;
	struct outcome o;

	p.n_segments = 2;
	p.n_once = 3;
	number_input(firsts[_i], 1);
	if (_i == 0)
		ck_assert_int_eq(out_i(outcome_of(&p, ITEMS), 299), 299 + 10);
	(void)outcome_of(&p, ITEMS);
	code[7].b = 1; /* three of one sign */
	(void)outcome_of(&p, ITEMS);
	code[4].a = 0; /* of a constant alone */
	(void)outcome_of(&p, ITEMS);
	code[4].a = 3;
	memcpy(ops, weir_kernels_base.op, sizeof ops);
	ops[WEIR_OP_ADD_I] = ops[WEIR_OP_SUB_I] = count_addition;
	counting.op = ops;
	number_input(0, 1);
	additions = 0;
	code[6].op = code[7].op = WEIR_OP_ADD_I;
	code[6].b = code[7].b = 0;
	run(&o, &p, &counting, ITEMS);
	ck_assert_uint_eq(additions, 1);
	ck_assert_int_eq(out_i(&o, 1), 16);
}
END_TEST

/* (x >> k & mask) == wanted, with masks that reach where the shift brings signs in, and counts that are refused. */
START_TEST(bits_are_compared_where_they_are)
{
	static const struct {
		int64_t k, mask, wanted;
	} cases[] = { { 3, 1, 1 }, { 3, 5, 4 }, { 3, 1, 2 }, { 3, -1, -3 }, { 62, 3, 3 }, { 63, 1, 1 },
		{ 60, 31, 31 }, { 64, 1, 1 }, { -1, 1, 0 }, { 0, 7, 5 } };
	const union weir_value consts[] = { I(cases[_i].k), I(cases[_i].mask), I(cases[_i].wanted) };
	struct weir_insn code[] = {
		{ .op = WEIR_OP_CONST, .dst = 0, .imm = 0 },
		{ .op = WEIR_OP_CONST, .dst = 1, .imm = 1 },
		{ .op = WEIR_OP_CONST, .dst = 2, .imm = 2 },
		{ .op = WEIR_OP_LOAD_I64, .dst = 3 },
		{ .op = WEIR_OP_SHR_I, .dst = 4, .a = 3, .b = 0 },
		{ .op = WEIR_OP_AND_I, .dst = 4, .a = 4, .b = 1 },
		{ .op = WEIR_OP_EQ_I, .dst = 4, .a = 4, .b = 2 },
		{ .op = WEIR_OP_FILTER, .a = 4, .b = 4, .imm = 1 },
		{ .op = WEIR_OP_STORE_I64, .a = 3 },
	};
	struct weir_program p = program_of(code, 9, consts, 5);

	p.filters = true;
	p.n_once = 3;
	number_input(-150, 1);
	(void)outcome_of(&p, ITEMS);
	number_input(-(INT64_C(1) << 62), INT64_C(30744573456182549));
	(void)outcome_of(&p, ITEMS);
	code[6].op = WEIR_OP_NE_I;
	(void)outcome_of(&p, ITEMS);
	code[4].op = WEIR_OP_SHR_U;
	code[7].imm = 0;
	(void)outcome_of(&p, ITEMS);
	code[5].op = WEIR_OP_XOR_I; /* no mask */
	(void)outcome_of(&p, ITEMS);
	code[5].op = WEIR_OP_AND_I;
	code[6].op = WEIR_OP_LT_I; /* another comparison */
	(void)outcome_of(&p, ITEMS);
}
END_TEST

START_TEST(a_product_by_a_constant_is_what_its_items_are)
{
	static const int64_t factors[] = { 2654435761, -3, INT64_C(1) << 55, INT64_C(1) << 62 };
	const union weir_value consts[] = { I(factors[_i]), I(1) };
	const struct weir_insn code[] = {
		{ .op = WEIR_OP_CONST, .dst = 0, .imm = 0 },
		{ .op = WEIR_OP_CONST, .dst = 1, .imm = 1 },
		{ .op = WEIR_OP_LOAD_I64, .dst = 2 },
		{ .op = WEIR_OP_MUL_I, .dst = 3, .a = 2, .b = 0 },
		{ .op = WEIR_OP_XOR_I, .dst = 2, .a = 2, .b = 3 },
		{ .op = WEIR_OP_STORE_I64, .a = 2 },
	};
	struct weir_program p = program_of(code, 6, consts, 4);

	p.n_once = 2;
	number_input(-100, 1);
	(void)outcome_of(&p, ITEMS);
	number_input(0, INT64_C(1) << 53);
	(void)outcome_of(&p, ITEMS);
	number_input(1, 0);
	(void)outcome_of(&p, ITEMS);
}
END_TEST

static uint32_t measurings;

static uint32_t count_measuring(const int64_t *column, uint32_t n)
{
	measurings++;
	return weir_kernels_base.bits_i64(column, n);
}

/* ((x & m) ^ (x & m) >> 3) * c: all of it is known from the mask, so nothing is measured. */
START_TEST(what_is_under_a_mask_need_not_be_measured)
{
	static const struct {
		int64_t mask, factor;
		bool measured;
	} cases[] = { { 0xffffffff, 739982445, false }, { 0xffffffff, INT64_C(1) << 40, false },
		{ -2, 3, true } };
	const union weir_value consts[] = { I(cases[_i].mask), I(3), I(cases[_i].factor) };
	const struct weir_insn code[] = {
		{ .op = WEIR_OP_CONST, .dst = 0, .imm = 0 },
		{ .op = WEIR_OP_CONST, .dst = 1, .imm = 1 },
		{ .op = WEIR_OP_CONST, .dst = 2, .imm = 2 },
		{ .op = WEIR_OP_LOAD_I64, .dst = 3 },
		{ .op = WEIR_OP_AND_I, .dst = 3, .a = 3, .b = 0 },
		{ .op = WEIR_OP_SHR_I, .dst = 4, .a = 3, .b = 1 },
		{ .op = WEIR_OP_XOR_I, .dst = 3, .a = 3, .b = 4 },
		{ .op = WEIR_OP_MUL_I, .dst = 3, .a = 3, .b = 2 },
		{ .op = WEIR_OP_STORE_I64, .a = 3 },
	};
	struct weir_program p = program_of(code, 9, consts, 5);
	struct weir_kernels counting = weir_kernels_base;
	struct outcome o;

	p.n_once = 3;
	number_input(-(INT64_C(1) << 62), INT64_C(30744573456182549));
	(void)outcome_of(&p, ITEMS);
	number_input(-100, 1);
	(void)outcome_of(&p, ITEMS);
	counting.bits_i64 = count_measuring;
	measurings = 0;
	run(&o, &p, &counting, ITEMS);
	ck_assert_int_eq(measurings > 0, cases[_i].measured);
}
END_TEST

START_TEST(an_instruction_that_is_none_is_told_by_the_items)
{
	const struct weir_insn code[] = {
		{ .op = WEIR_OP_LOAD_F64, .dst = 0 },
		{ .op = WEIR_OPCODES, .dst = 0, .a = 0 },
		{ .op = WEIR_OP_STORE_F64, .a = 0 },
	};
	const struct weir_program p = program_of(code, 3, NULL, 1);
	struct outcome o;

	number_input(0, 0);
	run(&o, &p, NULL, ITEMS);
	ck_assert_int_eq(o.ran.fault, WEIR_EUNSUPPORTED);
	ck_assert_uint_eq(o.ran.taken, 0);
}
END_TEST

START_TEST(what_a_table_does_not_do_is_done_by_the_items)
{
	static weir_column_fn *ops[WEIR_COLUMN_OPS];
	struct weir_kernels without = weir_kernels_base;
	const struct weir_insn code[] = {
		{ .op = WEIR_OP_LOAD_I64, .dst = 0 },
		{ .op = WEIR_OP_NEG_I, .dst = 0, .a = 0 },
		{ .op = WEIR_OP_STORE_I64, .a = 0 },
	};
	const struct weir_program p = program_of(code, 3, NULL, 1);
	struct outcome o;

	memcpy(ops, weir_kernels_base.op, sizeof ops);
	ops[WEIR_OP_NEG_I] = NULL;
	without.op = ops;
	number_input(0, 1);
	run(&o, &p, &without, ITEMS);
	ck_assert_uint_eq(o.ran.made, ITEMS);
	ck_assert_int_eq(out_i(&o, 299), -299);
}
END_TEST

START_TEST(an_instruction_that_does_nothing_does_nothing)
{
	const struct weir_insn code[] = {
		{ .op = WEIR_OP_LOAD_I64, .dst = 0 },
		{ .op = WEIR_OP_NOP, .dst = 0 },
		{ .op = WEIR_OP_STORE_I64, .a = 0 },
	};
	const struct weir_program p = program_of(code, 3, NULL, 1);

	number_input(5, 1);
	ck_assert_int_eq(out_i(outcome_of(&p, ITEMS), 10), 15);
}
END_TEST

/* x + x + ... through a chain of registers, one more than small programs have. */
START_TEST(a_program_of_many_registers_runs_as_one_of_few)
{
	struct weir_insn code[64] = { { .op = WEIR_OP_LOAD_I32, .dst = 0 } };
	struct weir_program p;
	int64_t alone = 0;

	for (uint8_t r = 1; r < 40; r++)
		code[r] = (struct weir_insn){ .op = WEIR_OP_ADD_I, .dst = r, .a = (uint8_t)(r - 1), .b = 0 };
	code[40] = (struct weir_insn){ .op = WEIR_OP_STORE_I64, .a = 39 };
	p = program_of(code, 41, NULL, 40);
	number_input(0, 3);
	ck_assert_int_eq(out_i(outcome_of(&p, ITEMS), 100), 300 * 40);
	ck_assert_int_eq(weir_program_one(&p, input + 100 * 8, &alone), 0);
	ck_assert_int_eq(alone, 300 * 40);
}
END_TEST

static int negate(const void *in, void *out)
{
	int64_t v;

	memcpy(&v, in, sizeof v);
	v = -v;
	memcpy(out, &v, sizeof v);
	return 0;
}

START_TEST(columns_need_kernels_scratch_and_an_interpreter)
{
	const struct weir_insn code[] = {
		{ .op = WEIR_OP_LOAD_I64, .dst = 0 },
		{ .op = WEIR_OP_NEG_I, .dst = 0, .a = 0 },
		{ .op = WEIR_OP_STORE_I64, .a = 0 },
	};
	struct weir_program p = program_of(code, 3, NULL, 1);
	int64_t out[ITEMS];
	uint32_t dropped = 0;

	number_input(0, 1);
	ck_assert_uint_eq(
		weir_program_run(&p, &weir_kernels_base, NULL, input, NULL, ITEMS, out, NULL, &dropped).made,
		ITEMS);
	ck_assert_int_eq(out[299], -299);
	p.native = negate;
	ck_assert_uint_eq(weir_program_scratch(&p), 0);
	memset(out, 0, sizeof out);
	ck_assert_uint_eq(
		weir_program_run(&p, &weir_kernels_base, scratch, input, NULL, ITEMS, out, NULL, &dropped)
			.made,
		ITEMS);
	ck_assert_int_eq(out[299], -299);
}
END_TEST

START_TEST(a_number_and_one_made_of_it_are_written_side_by_side)
{
	const union weir_value consts[] = { I(3) };
	const struct weir_insn code[] = {
		{ .op = WEIR_OP_LOAD_I64, .dst = 0 },
		{ .op = WEIR_OP_CONST, .dst = 1, .imm = 0 },
		{ .op = WEIR_OP_MUL_I, .dst = 2, .a = 0, .b = 1 },
		{ .op = WEIR_OP_LT_I, .dst = 3, .a = 1, .b = 0 },
		{ .op = WEIR_OP_FILTER, .a = 3 },
		{ .op = WEIR_OP_STORE_I64, .a = 2, .imm = 8 },
	};
	struct weir_program p = program_of(code, 6, consts, 4);
	const struct outcome *o;

	p.out_size = 16;
	p.copy_size = 8;
	number_input(0, 1);
	o = outcome_of(&p, ITEMS);
	ck_assert_uint_eq(o->ran.made, ITEMS - 4);
	ck_assert_int_eq(out_i(o, 0), 4);
	ck_assert_int_eq(out_i(o, 1), 12);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("program_pairs");
	TCase *tc = tcase_create("program_pairs");
	SRunner *sr = srunner_create(s);
	int failed;

	find_tables();
	add_selecting_table();
	tcase_add_loop_test(tc, a_product_and_a_sum_of_numbers_known_to_be_small_are_not_measured, 0, 3);
	tcase_add_test(tc, neighbours_that_are_no_pair_are_done_one_by_one);
	tcase_add_test(tc, a_comparison_goes_with_the_filter_of_it_alone);
	tcase_add_test(tc, a_result_does_not_go_out_over_what_it_is_made_of);
	tcase_add_test(tc, an_instruction_that_is_none_is_told_by_the_items);
	tcase_add_test(tc, what_a_table_does_not_do_is_done_by_the_items);
	tcase_add_loop_test(tc, constants_in_a_row_are_added_in_one_pass, 0, 5);
	tcase_add_loop_test(tc, bits_are_compared_where_they_are, 0, 10);
	tcase_add_loop_test(tc, what_is_under_a_mask_need_not_be_measured, 0, 3);
	tcase_add_loop_test(tc, a_product_by_a_constant_is_what_its_items_are, 0, 4);
	tcase_add_test(tc, an_instruction_that_does_nothing_does_nothing);
	tcase_add_test(tc, a_program_of_many_registers_runs_as_one_of_few);
	tcase_add_test(tc, a_number_and_one_made_of_it_are_written_side_by_side);
	tcase_add_test(tc, columns_need_kernels_scratch_and_an_interpreter);
	suite_add_tcase(s, tc);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
