/* SPDX-License-Identifier: MIT */
/*
 * tile_test.c -- programs over lanes in registers: which there are, how few steps they take, and that they give what
 * items give.
 */
#include <check.h>
#include <stdalign.h>
#include <stdlib.h>
#include <string.h>

#include <weir/error.h>

#include "lib/build/fuse.h"
#include "lib/kernels/tile.h"
#include "tests/lib/kernel_tables.h"
#include "tests/lib/program_ways.h"
#include "tests/lib/random_program.h"
#include "tests/support/setting.h"

#define ITEMS     300u
#define FIELDS    3u
#define NUMBERS   6u /* registers of numbers; those of truths come behind them */
#define TRUTHS    3u
#define CONSTANTS 9u /* the first register of constants */
#define CODE      64u

static alignas(8) unsigned char input[ITEMS * 8 * FIELDS];
static struct outcome expected, got;

/* A program under work: of fields of 8 bytes, one of which it makes. */
struct draft {
	struct weir_program program;
	struct weir_insn code[CODE];
	union weir_value consts[CODE];
	uint64_t rng;
	uint32_t numbers, truths; /* registers that were written, a bit each */
	uint32_t segment;
};

static void emit(struct draft *d, enum weir_opcode op, unsigned dst, unsigned a, unsigned b, uint32_t imm)
{
	ck_assert_uint_lt(d->program.n_code, CODE);
	d->code[d->program.n_code++] = (struct weir_insn){
		.op = (uint8_t)op, .dst = (uint8_t)dst, .a = (uint8_t)a, .b = (uint8_t)b, .imm = imm
	};
}

static unsigned constant(struct draft *d, int64_t value)
{
	const unsigned k = d->program.n_consts++;

	ck_assert_uint_lt(k, CODE);
	d->consts[k].i = value;
	emit(d, WEIR_OP_CONST, CONSTANTS + k, 0, 0, k);
	return CONSTANTS + k;
}

static void begin(struct draft *d, unsigned fields, uint64_t rng)
{
	memset(d, 0, sizeof *d);
	d->rng = rng;
	d->program = (struct weir_program){ .code = d->code,
		.consts = d->consts,
		.in_size = (uint16_t)(8 * fields),
		.out_size = 8,
		.n_regs = CONSTANTS + CODE,
		.n_segments = 1,
		.in_place = true,
		.covers = true };
}

static void next_segment(struct draft *d)
{
	d->program.n_segments++;
	emit(d, WEIR_OP_SEGMENT, 0, 0, 0, ++d->segment);
}

/* All ways of running it agree. Returns how many steps its tiles have. */
static uint32_t run_all_ways(const struct draft *d, uint32_t n, uint64_t seed)
{
	const struct weir_program *list[] = { &d->program };
	const struct ways_input in = { input, NULL, n };
	struct weir_program *p = NULL;
	uint32_t steps;

	ck_assert_int_eq(weir_fuse(list, 1, &p), 0);
	ways_run_apart(&expected, list, 1, &in);
	for (size_t t = 0; t < n_tables; t++)
		for (int in_place = 0; in_place <= p->in_place; in_place++) {
			const char *what;

			ways_run(&got, p, tables[t], &in, in_place);
			what = ways_differ(&expected, &got, p->out_size);
			ck_assert_msg(what == NULL, "%s differ: %s, seed %llu", what, tables[t]->isa,
				(unsigned long long)seed);
		}
	steps = p->n_tile;
	weir_fuse_free(p);
	return steps;
}

/* ---- programs nobody would write ---- */

static unsigned one_of(struct draft *d, uint32_t set)
{
	unsigned k = random_below(&d->rng, 32);

	while ((set >> k & 1) == 0)
		k = (k + 1) % 32;
	return k;
}

static int64_t random_value(uint64_t *rng)
{
	static const int64_t some[] = { 0, 1, 2, 3, 7, 8, 255, -1, -4, 1000, 65535, 2654435761, -100000 };

	return random_below(rng, 3) ? some[random_below(rng, sizeof some / sizeof some[0])]
				    : (int64_t)random_below(rng, 100);
}

/* A number: one there is, or a constant. */
static unsigned random_number(struct draft *d)
{
	return random_below(&d->rng, 2) ? one_of(d, d->numbers) : constant(d, random_value(&d->rng));
}

static void random_number_step(struct draft *d)
{
	static const uint8_t ops[] = { WEIR_OP_ADD_I, WEIR_OP_SUB_I, WEIR_OP_AND_I, WEIR_OP_OR_I,
		WEIR_OP_XOR_I, WEIR_OP_MIN_I, WEIR_OP_MAX_I, WEIR_OP_ADD_I, WEIR_OP_MUL_I };
	const unsigned dst = random_below(&d->rng, NUMBERS), a = one_of(d, d->numbers);
	unsigned b;

	switch (random_below(&d->rng, 10)) {
	case 0:
		emit(d, random_below(&d->rng, 2) ? WEIR_OP_SHR_I : WEIR_OP_SHL_I, dst, a,
			constant(d, (int64_t)random_below(&d->rng, 40)), 0);
		break;
	case 1:
		emit(d, random_below(&d->rng, 2) ? WEIR_OP_NOT_I : WEIR_OP_NEG_I, dst, a, 0, 0);
		break;
	case 2:
		emit(d, WEIR_OP_MOV, dst, a, 0, 0);
		break;
	case 3:
		if (d->truths == 0)
			return;
		emit(d, WEIR_OP_SEL, dst, one_of(d, d->truths), a, random_number(d));
		d->code[d->program.n_code - 1].b = (uint8_t)a;
		break;
	case 4:
		emit(d, WEIR_OP_REM_I, dst, a, constant(d, INT64_C(1) << random_below(&d->rng, 8)), 0);
		break;
	default:
		b = random_number(d);
		if (random_below(&d->rng, 2))
			emit(d, (enum weir_opcode)ops[random_below(&d->rng, sizeof ops)], dst, a, b, 0);
		else
			emit(d, (enum weir_opcode)ops[random_below(&d->rng, sizeof ops)], dst, b, a, 0);
		break;
	}
	d->numbers |= 1u << dst;
}

static void random_truth_step(struct draft *d)
{
	static const uint8_t ops[] = { WEIR_OP_EQ_I, WEIR_OP_NE_I, WEIR_OP_LT_I, WEIR_OP_LE_I };
	const unsigned dst = NUMBERS + random_below(&d->rng, TRUTHS), a = one_of(d, d->numbers);

	if (d->truths != 0 && random_below(&d->rng, 2)) {
		const unsigned x = one_of(d, d->truths), y = one_of(d, d->truths);

		emit(d, (enum weir_opcode)(WEIR_OP_AND_B + random_below(&d->rng, 3)), dst, x, y, 0);
	} else if (random_below(&d->rng, 3) == 0) { /* bits that are looked for */
		const unsigned with = random_below(&d->rng, 2) ? WEIR_OP_AND_I : WEIR_OP_REM_I;
		const unsigned between = random_below(&d->rng, NUMBERS);
		const int64_t mask = with == WEIR_OP_AND_I ? 5 : 8;

		emit(d, (enum weir_opcode)with, between, a, constant(d, mask), 0);
		d->numbers |= 1u << between;
		emit(d, (enum weir_opcode)ops[random_below(&d->rng, 2)], dst, between,
			constant(d, (int64_t)random_below(&d->rng, 12) - 3), 0);
	} else if (random_below(&d->rng, 6) == 0) {
		emit(d, WEIR_OP_I_TO_B, dst, a, 0, 0);
	} else {
		emit(d, (enum weir_opcode)ops[random_below(&d->rng, 4)], dst, a, random_number(d), 0);
	}
	d->truths |= 1u << dst;
}

static void random_draft(struct draft *d, uint64_t seed)
{
	static const uint8_t loads[] = { WEIR_OP_LOAD_I64, WEIR_OP_LOAD_TIME, WEIR_OP_LOAD_I32,
		WEIR_OP_LOAD_U8 };
	const unsigned fields = 1 + (unsigned)(seed % FIELDS);

	begin(d, fields, seed * 1000003);
	for (unsigned k = 0; k < fields; k++) {
		emit(d, (enum weir_opcode)loads[random_below(&d->rng, 2) ? 0 : random_below(&d->rng, 4)], k,
			0, 0, 8 * k);
		d->numbers |= 1u << k;
	}
	for (unsigned left = 2 + random_below(&d->rng, 10); left > 0; left--) {
		if (random_below(&d->rng, 4))
			random_number_step(d);
		else
			random_truth_step(d);
		if (d->truths == 0 || random_below(&d->rng, 5))
			continue;
		emit(d, WEIR_OP_FILTER, 0, one_of(d, d->truths), 0, 0);
		d->program.filters = true;
		next_segment(d);
	}
	emit(d, WEIR_OP_STORE_I64, 0, one_of(d, d->numbers), 0, 0);
}

/* Mostly small; now and then what is just too large for this program or that one. */
static void random_input(uint64_t *rng, unsigned wild)
{
	for (size_t k = 0; k < sizeof input / 8; k++) {
		int64_t v = (int64_t)random_below(rng, 2000) - 1000;

		if (wild > 0 && random_below(rng, wild) == 0)
			v = (int64_t)(random_next(rng) << 11 | random_below(rng, 2048)) >>
			    random_below(rng, 40);
		memcpy(input + 8 * k, &v, sizeof v);
	}
}

START_TEST(programs_in_tiles_give_what_items_give)
{
	static const uint32_t counts[] = { 8, 31, 64, 100, 299 };
	static const unsigned wildness[] = { 0, 0, 500, 20, 2 };
	const uint64_t seeds = setting("WEIR_SEEDS", 3000);
	uint64_t in_tiles = 0;
	struct draft d;

	for (uint64_t seed = 1; seed <= seeds; seed++) {
		random_draft(&d, seed);
		random_input(&d.rng, wildness[seed / 7 % 5]);
		in_tiles += run_all_ways(&d, counts[seed / 5 % 5], seed) > 0;
	}
	ck_assert_uint_gt(in_tiles, seeds / 3); /* that is what was tried */
}
END_TEST

/* ---- by hand ---- */

static void number_input(int64_t first, int64_t step)
{
	for (uint32_t i = 0; i < ITEMS; i++)
		memcpy(input + (size_t)i * 8, &(int64_t){ first + (int64_t)i * step }, 8);
}

static uint32_t count_steps(const struct draft *d, enum weir_tile_op op)
{
	const struct weir_program *list[] = { &d->program };
	struct weir_program *p = NULL;
	uint32_t n = 0;

	ck_assert_int_eq(weir_fuse(list, 1, &p), 0);
	for (uint32_t k = 0; k < p->n_tile; k++)
		n += p->code[p->n_code + k].op == op;
	weir_fuse_free(p);
	return n;
}

/* x * 3 + 1, odd ones, x >> 1 */
static void odd_halves(struct draft *d)
{
	begin(d, 1, 1);
	emit(d, WEIR_OP_LOAD_I64, 0, 0, 0, 0);
	emit(d, WEIR_OP_MUL_I, 0, 0, constant(d, 3), 0);
	emit(d, WEIR_OP_ADD_I, 0, 0, constant(d, 1), 0);
	emit(d, WEIR_OP_AND_I, 1, 0, constant(d, 1), 0);
	emit(d, WEIR_OP_EQ_I, NUMBERS, 1, constant(d, 1), 0);
	emit(d, WEIR_OP_FILTER, 0, NUMBERS, 0, 0);
	d->program.filters = true;
	next_segment(d);
	emit(d, WEIR_OP_SHR_I, 0, 0, constant(d, 1), 0);
	emit(d, WEIR_OP_STORE_I64, 0, 0, 0, 0);
}

START_TEST(a_tile_is_loaded_once_and_stored_once)
{
	struct draft d;

	odd_halves(&d);
	number_input(-100, 7);
	ck_assert_uint_eq(
		run_all_ways(&d, ITEMS, 0), 8); /* load, check, times, plus, test, keep, shift, out */
	ck_assert_uint_eq(count_steps(&d, WEIR_TILE_LOAD), 1);
	ck_assert_uint_eq(count_steps(&d, WEIR_TILE_PUT), 0);
	ck_assert_uint_eq(count_steps(&d, WEIR_TILE_TEST), 1);
	ck_assert_uint_eq(count_steps(&d, WEIR_TILE_OUT_KEPT), 1);
}
END_TEST

START_TEST(constants_that_are_added_are_one_step)
{
	struct draft d;

	begin(&d, 1, 1);
	emit(&d, WEIR_OP_LOAD_I64, 0, 0, 0, 0);
	for (int k = 0; k < 5; k++)
		emit(&d, k % 2 ? WEIR_OP_SUB_I : WEIR_OP_ADD_I, 0, 0, constant(&d, 10 + k), 0);
	emit(&d, WEIR_OP_STORE_I64, 0, 0, 0, 0);
	number_input(INT64_MAX - 12 - (ITEMS - 1), 1); /* no sum on the way is more than 12 */
	ck_assert_uint_eq(run_all_ways(&d, ITEMS, 0), 4);
	ck_assert_uint_eq(expected.n_faults, 0);
	number_input(INT64_MAX - 8 - (ITEMS - 1), 1);
	(void)run_all_ways(&d, ITEMS, 0);
	ck_assert_uint_eq(expected.n_faults, 4);
}
END_TEST

START_TEST(numbers_that_are_too_large_leave_no_trace_in_tiles)
{
	struct draft d;
	const int64_t large = INT64_MAX / 2;

	odd_halves(&d);
	for (uint32_t at = 0; at < ITEMS;
		at += 37) { /* whole tiles before it, behind it, and the rest of a span */
		number_input(0, 1);
		memcpy(input + (size_t)at * 8, &large, sizeof large);
		ck_assert_uint_gt(run_all_ways(&d, ITEMS, at), 0);
		ck_assert_uint_eq(expected.n_faults, 1);
	}
}
END_TEST

START_TEST(the_second_field_is_looked_at_before_the_first_drops_anything)
{
	struct draft d;

	begin(&d, 2, 1);
	emit(&d, WEIR_OP_LOAD_I64, 0, 0, 0, 0);
	emit(&d, WEIR_OP_LT_I, NUMBERS, 0, constant(&d, 0), 0);
	emit(&d, WEIR_OP_FILTER, 0, NUMBERS, 0, 0);
	d.program.filters = true;
	next_segment(&d);
	emit(&d, WEIR_OP_LOAD_I64, 1, 0, 0, 8);
	emit(&d, WEIR_OP_ADD_I, 0, 0, 1, 0);
	emit(&d, WEIR_OP_STORE_I64, 0, 0, 0, 0);
	for (uint32_t k = 0; k < 2 * ITEMS; k++) {
		const int64_t v = k == 401 ? INT64_MAX : (int64_t)(k % 7) - 3;

		memcpy(input + (size_t)k * 8, &v, sizeof v);
	}
	ck_assert_uint_gt(run_all_ways(&d, ITEMS, 0), 0);
	ck_assert_uint_gt(expected.dropped[0], 0);
}
END_TEST

/* A filter of records of one field stores nothing. */
START_TEST(what_a_filter_lets_by_comes_out_as_it_was)
{
	struct draft d;

	begin(&d, 1, 1);
	d.program.copy_size = 8;
	emit(&d, WEIR_OP_LOAD_I64, 0, 0, 0, 0);
	emit(&d, WEIR_OP_MUL_I, 0, 0, constant(&d, 5), 0);
	emit(&d, WEIR_OP_LT_I, NUMBERS, constant(&d, 100), 0, 0);
	emit(&d, WEIR_OP_FILTER, 0, NUMBERS, 0, 0);
	d.program.filters = true;
	number_input(-20, 1);
	ck_assert_uint_gt(run_all_ways(&d, ITEMS, 0), 0);
	ck_assert_uint_eq(expected.made, ITEMS - 41);
}
END_TEST

/* Instants of what is dropped go too: that is left to columns. */
START_TEST(instants_stay_with_their_items)
{
	static int64_t instants[ITEMS];
	const struct ways_input in = { input, instants, ITEMS };

	for (int filters = 0; filters < 2; filters++) {
		struct draft d;
		struct weir_program *p = NULL;
		const struct weir_program *list[] = { &d.program };

		odd_halves(&d);
		if (!filters) {
			d.program.filters = false;
			for (unsigned k = 0; k < d.program.n_code; k++)
				if (d.code[k].op == WEIR_OP_FILTER)
					d.code[k].op = WEIR_OP_NOP;
		}
		number_input(5, 3);
		for (uint32_t i = 0; i < ITEMS; i++)
			instants[i] = 1000 + i;
		ck_assert_int_eq(weir_fuse(list, 1, &p), 0);
		ck_assert_uint_gt(p->n_tile, 0);
		ways_run(&expected, p, NULL, &in, false);
		for (size_t t = 0; t < n_tables; t++) {
			ways_run(&got, p, tables[t], &in, false);
			ck_assert_ptr_null(ways_differ(&expected, &got, 8));
			ways_run(&got, p, tables[t], &in, true);
			ck_assert_ptr_null(ways_differ(&expected, &got, 8));
		}
		weir_fuse_free(p);
	}
}
END_TEST

START_TEST(what_may_fail_for_common_numbers_has_no_tiles)
{
	struct draft d;

	begin(&d, 1, 1);
	emit(&d, WEIR_OP_LOAD_I64, 0, 0, 0, 0);
	emit(&d, WEIR_OP_MUL_I, 1, 0, 0, 0);
	emit(&d, WEIR_OP_MUL_I, 1, 1, 0, 0); /* a cube: 21 bits */
	emit(&d, WEIR_OP_STORE_I64, 0, 1, 0, 0);
	number_input(-5, 1);
	ck_assert_uint_eq(run_all_ways(&d, ITEMS, 0), 0);
	begin(&d, 1, 1);
	emit(&d, WEIR_OP_LOAD_I64, 0, 0, 0, 0);
	emit(&d, WEIR_OP_DIV_I, 0, constant(&d, 100), 0, 0);
	emit(&d, WEIR_OP_STORE_I64, 0, 0, 0, 0);
	ck_assert_uint_eq(run_all_ways(&d, ITEMS, 0), 0);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("tile");
	TCase *c = tcase_create("tile");
	SRunner *r = srunner_create(s);
	int failed;

	tcase_set_timeout(c, 120);
	find_tables();
	tcase_add_test(c, programs_in_tiles_give_what_items_give);
	tcase_add_test(c, a_tile_is_loaded_once_and_stored_once);
	tcase_add_test(c, constants_that_are_added_are_one_step);
	tcase_add_test(c, numbers_that_are_too_large_leave_no_trace_in_tiles);
	tcase_add_test(c, the_second_field_is_looked_at_before_the_first_drops_anything);
	tcase_add_test(c, what_a_filter_lets_by_comes_out_as_it_was);
	tcase_add_test(c, instants_stay_with_their_items);
	tcase_add_test(c, what_may_fail_for_common_numbers_has_no_tiles);
	suite_add_tcase(s, c);
	srunner_run_all(r, CK_ENV);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed != 0;
}
