/* SPDX-License-Identifier: MIT */
/* distinct_until_changed_test.c -- what is worth the same as the item before is dropped. */
#include <weir/program.h>

#include "operators/each_rig.h"

/* on: x, with a fault where node is 9: 1 / (node - 9), and x */
static const union weir_value consts[] = { { .i = 9 }, { .i = 1 } };
static const struct weir_insn code[] = {
	{ .op = WEIR_OP_LOAD_U32, .dst = 0, .imm = offsetof(struct bed_item, node) },
	{ .op = WEIR_OP_CONST, .dst = 1, .imm = 0 },
	{ .op = WEIR_OP_SUB_I, .dst = 2, .a = 0, .b = 1 },
	{ .op = WEIR_OP_CONST, .dst = 3, .imm = 1 },
	{ .op = WEIR_OP_DIV_I, .dst = 4, .a = 3, .b = 2 },
	{ .op = WEIR_OP_LOAD_F64, .dst = 5, .imm = offsetof(struct bed_item, v) },
	{ .op = WEIR_OP_STORE_F64, .a = 5, .imm = 0 },
};
static const struct weir_program program = { .code = code,
	.n_code = 7,
	.consts = consts,
	.n_consts = 2,
	.in_size = sizeof(struct bed_item),
	.out_size = sizeof(double),
	.n_segments = 1,
	.n_regs = 6,
	.covers = true };
static const struct weir_field worth = { .name = "on_0", .kind = WEIR_F64 };
static const struct weir_record values = {
	.name = "on", .fields = &worth, .n_fields = 1, .size = sizeof(double)
};
static const struct weir_values on_x = { .program = &program, .record = &values };

static const struct weir_distinct_until_changed_params by_x = { .on = &on_x, .keyed = EACH_UNKEYED };
static const struct weir_distinct_until_changed_params by_all = { .keyed = EACH_UNKEYED };
static const struct weir_distinct_until_changed_params by_x_and_node = { .on = &on_x, .keyed = EACH_BY_NODE };

START_TEST(only_changes_pass)
{
	each_open(_i, &weir_distinct_until_changed_type, &by_x, NULL);
	each_item(1000, 1, 0);
	each_item(2000, 1, 0);
	each_item(3000, 2, 0);
	each_item(4000, 2, 0);
	each_item(5000, 2, 0);
	each_item(6000, 1, 0);
	each_item(7000, 3, 0);
	each_item(8000, 3, 0);
	bed_play();
	EACH_PASS(1, 2, 1, 3);
	ck_assert_uint_eq(bed_dropped(each_input, WEIR_DROP_FILTERED), 4);
	ck_assert_int_eq(probe_logs[0].instants[1], 3000);
	bed_close();
}
END_TEST

START_TEST(nan_equals_nan_and_zero_minus_zero)
{
	each_open(_i, &weir_distinct_until_changed_type, &by_x, NULL);
	each_item(1000, EACH_NAN, 0);
	each_item(2000, EACH_NAN, 0);
	each_item(3000, 0, 0);
	each_item(4000, -0.0, 0);
	each_item(5000, EACH_NAN, 0);
	each_item(6000, 5, 0);
	bed_play();
	EACH_PASS(EACH_NAN, 0, EACH_NAN, 5);
	bed_close();
}
END_TEST

START_TEST(without_on_the_whole_record_counts)
{
	each_open(_i, &weir_distinct_until_changed_type, &by_all, NULL);
	each_item(10, 1, 1);
	each_item(10, 1, 1);
	each_item(10, 1, 2);
	each_item(11, 1, 2);
	each_item(11, EACH_NAN, 2);
	each_item(11, EACH_NAN, 2);
	bed_play();
	EACH_PASS(1, 1, 1, EACH_NAN);
	bed_close();
}
END_TEST

START_TEST(each_key_is_by_itself)
{
	each_open(_i, &weir_distinct_until_changed_type, &by_x_and_node, NULL);
	each_item(1000, 1, 1);
	each_item(2000, 1, 2);
	each_item(3000, 1, 1);
	each_item(4000, 2, 1);
	each_item(5000, 1, 2);
	bed_play();
	EACH_PASS(1, 1, 2);
	bed_close();
}
END_TEST

START_TEST(a_bad_item_changes_nothing)
{
	each_open(_i, &weir_distinct_until_changed_type, &by_x, NULL);
	bed.stages[each_stage].on_error = WEIR_ON_ERROR_DROP;
	each_item(1000, 7, 9);
	each_item(2000, 1, 0);
	each_item(3000, 2, 9);
	each_item(4000, 1, 0);
	each_item(5000, 3, 0);
	bed_play();
	EACH_PASS(1, 3);
	ck_assert_uint_eq(bed_dropped(each_input, WEIR_DROP_ERROR), 2);
	bed_close();
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("distinct_until_changed");
	TCase *tc = tcase_create("distinct_until_changed");
	SRunner *sr = srunner_create(suite);
	int failed;

	suite_add_tcase(suite, tc);
	tcase_add_loop_test(tc, only_changes_pass, 0, EACH_ROUNDS);
	tcase_add_loop_test(tc, nan_equals_nan_and_zero_minus_zero, 0, EACH_ROUNDS);
	tcase_add_loop_test(tc, without_on_the_whole_record_counts, 0, EACH_ROUNDS);
	tcase_add_loop_test(tc, each_key_is_by_itself, 0, EACH_ROUNDS);
	tcase_add_loop_test(tc, a_bad_item_changes_nothing, 0, EACH_ROUNDS);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
