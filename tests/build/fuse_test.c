/* SPDX-License-Identifier: MIT */
/*
 * fuse_test.c -- a fused program gives what its parts give one after another: items, faults, counts.
 */
#include <check.h>
#include <stdalign.h>
#include <stdlib.h>
#include <string.h>

#include <weir/error.h>
#include <weir/kernels.h>

#include "lib/build/fuse.h"
#include "tests/lib/program_ways.h"
#include "tests/lib/random_program.h"
#include "tests/support/setting.h"

#define MAX_ITEMS   300u
#define MAX_BYTES   (MAX_ITEMS * 160u)
#define MAX_STAGES  4u
#define MAX_SCRATCH (256u * 2048u + 65536u)

static alignas(8) unsigned char input[MAX_BYTES];
static struct outcome expected, got;
static struct random_stage stages[MAX_STAGES];

static void same(const struct weir_program *p, const char *how, uint64_t seed)
{
	const char *what = ways_differ(&expected, &got, p->out_size);

	if (what != NULL)
		ck_abort_msg("%s differ: %s, seed %llu", what, how, (unsigned long long)seed);
}

static void compare(const struct weir_program *p, const struct weir_program *const *list, size_t n_stages,
	uint64_t seed, uint32_t n)
{
	const struct weir_kernels *tables[] = { NULL, &weir_kernels_base, weir_kernels_pick() };
	struct ways_input all = { input, NULL, n };

	ck_assert_uint_le(weir_program_scratch(p), MAX_SCRATCH);
	ways_run_apart(&expected, list, n_stages, &all);
	for (size_t t = 0; t < 3; t++) {
		const char *how = tables[t] ? tables[t]->isa : "items";

		ways_run(&got, p, tables[t], &all, false);
		same(p, how, seed);
		if (!p->in_place)
			continue;
		ways_run(&got, p, tables[t], &all, true);
		same(p, how, seed);
	}
}

START_TEST(fused_programs_do_what_their_parts_do)
{
	static const uint32_t counts[] = { 1, 40, 256, 300 };
	static const unsigned wildness[] = { 0, 0, 4000, 300, 10 };
	const uint64_t seeds = setting("WEIR_SEEDS", 4000);
	struct random_record in;

	for (uint64_t seed = 1; seed <= seeds; seed++) {
		const struct weir_program *list[MAX_STAGES];
		struct weir_program *fused = NULL;
		uint64_t rng = seed * 1000003;
		size_t n_stages = 1 + seed % MAX_STAGES;
		unsigned wild = wildness[seed % 5];
		bool all_in_place = true;

		random_record(&in, &rng);
		for (size_t s = 0; s < n_stages; s++) {
			random_stage(&stages[s], s ? &stages[s - 1].out : &in, seed * 10 + s, wild,
				1 + random_below(&rng, 2));
			list[s] = &stages[s].program;
			all_in_place &= stages[s].program.in_place;
		}
		random_items(&in, input, counts[seed / 4 % 4], &rng, wild);
		ck_assert_int_eq(weir_fuse(list, n_stages, &fused), 0);
		ck_assert(fused->in_place == all_in_place);
		compare(fused, list, n_stages, seed, counts[seed / 4 % 4]);
		weir_fuse_free(fused);
	}
}
END_TEST

/* ---- shapes by hand ---- */

static const union weir_value three[] = { { .i = 3 } };
static const struct weir_insn times_three[] = {
	{ .op = WEIR_OP_LOAD_I64, .dst = 0, .imm = 0 },
	{ .op = WEIR_OP_CONST, .dst = 1, .imm = 0 },
	{ .op = WEIR_OP_MUL_I, .dst = 0, .a = 0, .b = 1 },
	{ .op = WEIR_OP_STORE_I64, .a = 0, .imm = 0 },
};
static const struct weir_insn keep_odd[] = {
	{ .op = WEIR_OP_LOAD_I64, .dst = 5, .imm = 0 },
	{ .op = WEIR_OP_I_TO_B, .dst = 5, .a = 5 },
	{ .op = WEIR_OP_FILTER, .a = 5 },
};
static const struct weir_program multiply = { .code = times_three,
	.consts = three,
	.n_code = 4,
	.n_consts = 1,
	.in_size = 8,
	.out_size = 8,
	.n_regs = 2,
	.n_segments = 1,
	.in_place = true };
static const struct weir_program filter = { .code = keep_odd,
	.n_code = 3,
	.in_size = 8,
	.out_size = 8,
	.copy_size = 8,
	.n_regs = 6,
	.n_segments = 1,
	.in_place = true,
	.filters = true };

static uint32_t count(const struct weir_program *p, enum weir_opcode op)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < p->n_code; i++)
		n += p->code[i].op == op;
	return n;
}

START_TEST(records_between_stages_are_never_written)
{
	const struct weir_program *list[] = { &multiply, &filter, &multiply };
	struct weir_program *p;

	ck_assert_int_eq(weir_fuse(list, 3, &p), 0);
	ck_assert_uint_eq(count(p, WEIR_OP_LOAD_I64), 1);
	ck_assert_uint_eq(count(p, WEIR_OP_STORE_I64), 1);
	ck_assert_uint_eq(count(p, WEIR_OP_MOV), 0);
	ck_assert_uint_eq(count(p, WEIR_OP_SEGMENT), 2);
	ck_assert_uint_eq(p->n_consts, 1);
	ck_assert_uint_eq(p->n_regs, 3); /* the constant keeps its own */
	ck_assert_uint_eq(p->n_once, 1);
	ck_assert_uint_eq(p->n_segments, 3);
	ck_assert(p->in_place && p->filters && p->covers);
	weir_fuse_free(p);
}
END_TEST

START_TEST(faults_of_values_nobody_reads_are_kept)
{
	const struct weir_insn constant[] = { { .op = WEIR_OP_CONST, .dst = 0, .imm = 0 },
		{ .op = WEIR_OP_STORE_I64, .a = 0, .imm = 0 } };
	struct weir_program seven = multiply, *p;
	const struct weir_program *list[] = { &multiply, &seven };
	int64_t v = INT64_MAX;
	uint32_t dropped[2] = { 0 };

	seven.code = constant;
	seven.n_code = 2;
	ck_assert_int_eq(weir_fuse(list, 2, &p), 0);
	ck_assert_uint_eq(count(p, WEIR_OP_MUL_I), 1);
	ck_assert_int_eq(
		weir_program_run(p, NULL, NULL, &v, NULL, 1, &v, NULL, dropped).fault, WEIR_EOVERFLOW);
	weir_fuse_free(p);
}
END_TEST

START_TEST(what_does_not_meet_is_refused)
{
	const struct weir_insn as_u64[] = { { .op = WEIR_OP_LOAD_U64, .dst = 0, .imm = 0 },
		{ .op = WEIR_OP_STORE_U64, .a = 0, .imm = 0 } };
	struct weir_program other = multiply, *p = NULL;
	const struct weir_program *list[] = { &multiply, &other };

	ck_assert_int_eq(weir_fuse(list, 0, &p), WEIR_EINVAL);
	other.in_size = 16;
	ck_assert_int_eq(weir_fuse(list, 2, &p), WEIR_EINVAL);
	other = multiply;
	other.code = as_u64;
	other.n_code = 2;
	ck_assert_int_eq(weir_fuse(list, 2, &p), WEIR_EFULL);
	ck_assert_ptr_null(p);
	weir_fuse_free(NULL);
}
END_TEST

/* n loads of different fields, all stored at the end: n values live at once. */
static int fuse_wide(size_t n, struct weir_program **p)
{
	static struct weir_insn code[600];
	struct weir_program wide = { .code = code,
		.n_code = (uint16_t)(2 * n),
		.in_size = (uint16_t)n,
		.out_size = (uint16_t)n,
		.n_regs = 255,
		.n_segments = 1 };
	const struct weir_program *list[] = { &wide };

	for (size_t i = 0; i < n; i++) {
		code[2 * i] = (struct weir_insn){ .op = WEIR_OP_LOAD_U8, .dst = 0, .imm = (uint32_t)i };
		code[2 * i + 1] = (struct weir_insn){ .op = WEIR_OP_STORE_U8, .a = 0, .imm = (uint32_t)i };
	}
	return weir_fuse(list, 1, p);
}

START_TEST(too_many_registers_or_segments_are_refused)
{
	struct weir_program many = multiply, *p;
	const struct weir_program *list[] = { &many, &many };

	ck_assert_int_eq(fuse_wide(255, &p), 0);
	ck_assert_uint_eq(p->n_regs, 255);
	weir_fuse_free(p);
	ck_assert_int_eq(fuse_wide(256, &p), WEIR_EFULL);
	many.n_segments = 128;
	ck_assert_int_eq(weir_fuse(list, 2, &p), WEIR_EFULL);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("fuse");
	TCase *tc = tcase_create("fuse");
	SRunner *sr = srunner_create(s);

	tcase_set_timeout(tc, 120);
	tcase_add_test(tc, records_between_stages_are_never_written);
	tcase_add_test(tc, faults_of_values_nobody_reads_are_kept);
	tcase_add_test(tc, what_does_not_meet_is_refused);
	tcase_add_test(tc, too_many_registers_or_segments_are_refused);
	tcase_add_test(tc, fused_programs_do_what_their_parts_do);
	suite_add_tcase(s, tc);
	srunner_run_all(sr, CK_ENV);
	int failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
