/* SPDX-License-Identifier: MIT */
/* map_test.c -- the stage is its program: one record out per record in, instants kept, faults its own. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "operators/bed.h"

static const uint32_t spans[] = { 1, 2, 7, 64 };
#define SPANS (int)(sizeof spans / sizeof spans[0])

/* {x: v * 2} */
static const struct weir_field x_fields[] = { { .name = "x", .kind = WEIR_I64 } };
static const struct weir_record x_record = { .name = "x", .fields = x_fields, .n_fields = 1, .size = 8 };

static const union weir_value consts[] = { { .i = 2 } };
static const struct weir_insn code[] = {
	{ .op = WEIR_OP_LOAD_I64, .dst = 0, .imm = offsetof(struct bed_item, v) },
	{ .op = WEIR_OP_CONST, .dst = 1, .imm = 0 },
	{ .op = WEIR_OP_MUL_I, .dst = 2, .a = 0, .b = 1 },
	{ .op = WEIR_OP_STORE_I64, .a = 2, .imm = 0 },
};
static const struct weir_program program = { .code = code,
	.n_code = 4,
	.consts = consts,
	.n_consts = 1,
	.in_size = sizeof(struct bed_item),
	.out_size = 8,
	.n_segments = 1,
	.n_regs = 3 };
static const struct weir_map_params params = { .fields = &program };
static uint16_t stage, input;

static void open_map(void)
{
	uint16_t output;

	bed_open(WEIR_CLOCK_EVENT);
	(void)bed_source(0);
	stage = bed_stage(&weir_map_type, &params);
	input = bed_edge(0, stage);
	output = bed_edge_of(stage, bed_sink(0), &x_record);
	bed.edges[output].buffer_items = bed.cap; /* records change */
}

static int64_t got(uint32_t i)
{
	int64_t x;

	memcpy(&x, probe_logs[0].bytes + i * sizeof x, sizeof x);
	return x;
}

START_TEST(each_item_becomes_its_record)
{
	open_map();
	probe_scripts[0].span = spans[_i];
	for (int64_t i = 0; i < 10; i++)
		bed_item(0, i * 10, i, 0);
	bed_play();
	ck_assert_uint_eq(probe_logs[0].n_items, 10);
	for (uint32_t i = 0; i < 10; i++) {
		ck_assert_int_eq(got(i), i * 2);
		ck_assert_int_eq(probe_logs[0].instants[i], i * 10);
	}
	bed_close();
}
END_TEST

START_TEST(a_fault_is_an_item_error)
{
	open_map();
	probe_scripts[0].span = spans[_i];
	bed.stages[stage].on_error = WEIR_ON_ERROR_DROP;
	bed_item(0, 1, 12, 0);
	bed_item(0, 2, INT64_MAX, 0);
	bed_item(0, 3, 14, 0);
	bed_play();
	ck_assert_uint_eq(probe_logs[0].n_items, 2);
	ck_assert_int_eq(got(1), 28);
	ck_assert_uint_eq(bed_dropped(input, WEIR_DROP_ERROR), 1);
	bed_close();
}
END_TEST

START_TEST(its_parameter_is_offered_for_fusion)
{
	ck_assert_ptr_eq(weir_map_type.as_program(&params), &program);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("map");
	TCase *tc = tcase_create("map");
	SRunner *sr = srunner_create(suite);
	int failed;

	suite_add_tcase(suite, tc);
	tcase_add_loop_test(tc, each_item_becomes_its_record, 0, SPANS);
	tcase_add_loop_test(tc, a_fault_is_an_item_error, 0, SPANS);
	tcase_add_test(tc, its_parameter_is_offered_for_fusion);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
