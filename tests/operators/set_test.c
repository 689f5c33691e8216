/* SPDX-License-Identifier: MIT */
/* set_test.c -- the stage is its program, in place where the record stays. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "operators/bed.h"

static const uint32_t spans[] = { 1, 2, 7, 64 };
#define SPANS (int)(sizeof spans / sizeof spans[0])

/* {v: v + 1} */
static const union weir_value consts[] = { { .i = 1 } };
static const struct weir_insn code[] = {
	{ .op = WEIR_OP_LOAD_I64, .dst = 0, .imm = offsetof(struct bed_item, v) },
	{ .op = WEIR_OP_CONST, .dst = 1, .imm = 0 },
	{ .op = WEIR_OP_ADD_I, .dst = 2, .a = 0, .b = 1 },
	{ .op = WEIR_OP_STORE_I64, .a = 2, .imm = offsetof(struct bed_item, v) },
};
static const struct weir_program program = { .code = code,
	.n_code = 4,
	.consts = consts,
	.n_consts = 1,
	.in_size = sizeof(struct bed_item),
	.out_size = sizeof(struct bed_item),
	.copy_size = sizeof(struct bed_item),
	.n_segments = 1,
	.n_regs = 3,
	.in_place = true };
static const struct weir_set_params params = { .fields = &program };

START_TEST(a_field_is_replaced_and_the_others_stay)
{
	uint16_t stage;

	bed_open(WEIR_CLOCK_EVENT);
	(void)bed_source(0);
	stage = bed_stage(&weir_set_type, &params);
	(void)bed_edge(0, stage);
	(void)bed_edge(stage, bed_sink(0));
	probe_scripts[0].span = spans[_i];
	bed_item(0, 10, 1, 5);
	bed_item(0, 20, 2, 6);
	bed_item(0, 30, 3, 7);
	bed_play();
	BED_EXPECT(0, 2, 3, 4);
	ck_assert_uint_eq(bed_got(0, 2).node, 7);
	ck_assert_int_eq(probe_logs[0].instants[2], 30);
	bed_close();
}
END_TEST

START_TEST(its_parameter_is_offered_for_fusion)
{
	ck_assert_ptr_eq(weir_set_type.as_program(&params), &program);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("set");
	TCase *tc = tcase_create("set");
	SRunner *sr = srunner_create(suite);
	int failed;

	suite_add_tcase(suite, tc);
	tcase_add_loop_test(tc, a_field_is_replaced_and_the_others_stay, 0, SPANS);
	tcase_add_test(tc, its_parameter_is_offered_for_fusion);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
