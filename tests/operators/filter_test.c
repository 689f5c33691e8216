/* SPDX-License-Identifier: MIT */
/* filter_test.c -- what does not pass is counted, and costs no credit. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "operators/bed.h"

static const uint32_t spans[] = { 1, 2, 7, 64 };
#define SPANS (int)(sizeof spans / sizeof spans[0])

/* v % 3 == 0 */
static const union weir_value consts[] = { { .i = 3 }, { .i = 0 } };
static const struct weir_insn code[] = {
	{ .op = WEIR_OP_LOAD_I64, .dst = 0, .imm = offsetof(struct bed_item, v) },
	{ .op = WEIR_OP_CONST, .dst = 1, .imm = 0 },
	{ .op = WEIR_OP_REM_I, .dst = 2, .a = 0, .b = 1 },
	{ .op = WEIR_OP_CONST, .dst = 3, .imm = 1 },
	{ .op = WEIR_OP_EQ_I, .dst = 4, .a = 2, .b = 3 },
	{ .op = WEIR_OP_FILTER, .a = 4 },
};
static const struct weir_program program = { .code = code,
	.n_code = 6,
	.consts = consts,
	.n_consts = 2,
	.in_size = sizeof(struct bed_item),
	.out_size = sizeof(struct bed_item),
	.copy_size = sizeof(struct bed_item),
	.n_segments = 1,
	.n_regs = 5,
	.in_place = true,
	.filters = true };
static const struct weir_filter_params params = { .when = &program };
static uint16_t input;

static void open_filter(int64_t items)
{
	uint16_t stage;

	bed_open(WEIR_CLOCK_EVENT);
	(void)bed_source(0);
	stage = bed_stage(&weir_filter_type, &params);
	input = bed_edge(0, stage);
	(void)bed_edge(stage, bed_sink(0));
	for (int64_t i = 0; i < items; i++)
		bed_item(0, i * 10, i, 0);
}

START_TEST(items_pass_when_the_condition_holds)
{
	open_filter(11);
	probe_scripts[0].span = spans[_i];
	bed_play();
	BED_EXPECT(0, 0, 3, 6, 9);
	ck_assert_int_eq(probe_logs[0].instants[3], 90);
	ck_assert_uint_eq(bed_dropped(input, WEIR_DROP_FILTERED), 7);
	bed_close();
}
END_TEST

START_TEST(dropped_items_use_up_no_credit)
{
	open_filter(11);
	probe_scripts[0].span = spans[_i];
	probe_logs[0].credit = 1;
	bed_play();
	BED_EXPECT(0, 0, 3, 6, 9);
	bed_close();
}
END_TEST

START_TEST(its_parameter_is_offered_for_fusion)
{
	ck_assert_ptr_eq(weir_filter_type.as_program(&params), &program);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("filter");
	TCase *tc = tcase_create("filter");
	SRunner *sr = srunner_create(suite);
	int failed;

	suite_add_tcase(suite, tc);
	tcase_add_loop_test(tc, items_pass_when_the_condition_holds, 0, SPANS);
	tcase_add_loop_test(tc, dropped_items_use_up_no_credit, 0, SPANS);
	tcase_add_test(tc, its_parameter_is_offered_for_fusion);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
