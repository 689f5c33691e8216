/* SPDX-License-Identifier: MIT */
/* pairwise_test.c -- each item with the one before it. */
#include <string.h>

#include "operators/each_rig.h"

/* Items are {at, x, node}; out comes {at, x, node, prev_at, prev_x, prev_node}. */
struct pair {
	struct bed_item now, before;
};

static const struct weir_field fields[] = {
	{ .name = "at", .kind = WEIR_TIME, .offset = offsetof(struct pair, now.at) },
	{ .name = "x", .kind = WEIR_F64, .offset = offsetof(struct pair, now.v) },
	{ .name = "node", .kind = WEIR_U32, .offset = offsetof(struct pair, now.node) },
	{ .name = "prev_at", .kind = WEIR_TIME, .offset = offsetof(struct pair, before.at) },
	{ .name = "prev_x", .kind = WEIR_F64, .offset = offsetof(struct pair, before.v) },
	{ .name = "prev_node", .kind = WEIR_U32, .offset = offsetof(struct pair, before.node) },
};
static const struct weir_record pairs = {
	.name = "pair", .fields = fields, .n_fields = 6, .size = sizeof(struct pair)
};
static const struct weir_pairwise_params unkeyed = { .keyed = EACH_UNKEYED };
static const struct weir_pairwise_params keyed = { .keyed = EACH_BY_NODE };

/* The times say which items came together. */
static void expect_pair(uint32_t i, int64_t now, int64_t before)
{
	struct pair got;

	ck_assert_uint_lt(i, probe_logs[0].n_items);
	memcpy(&got, probe_logs[0].bytes + i * sizeof got, sizeof got);
	ck_assert_int_eq(got.now.at, now);
	ck_assert_int_eq(got.before.at, before);
	ck_assert_int_eq(got.now.v, now);
	ck_assert_int_eq(got.before.v, before);
	ck_assert_uint_eq(got.now.pad, 0);
	ck_assert_uint_eq(got.before.pad, 0);
}

START_TEST(each_item_comes_with_the_one_before)
{
	each_open(_i, &weir_pairwise_type, &unkeyed, &pairs);
	for (int64_t at = 1; at <= 5; at++)
		bed_item(0, at, at, 0);
	bed_play();
	ck_assert_uint_eq(probe_logs[0].n_items, 4);
	for (uint32_t i = 0; i < 4; i++)
		expect_pair(i, i + 2, i + 1);
	ck_assert_int_eq(probe_logs[0].instants[0], 2);
	ck_assert_uint_eq(bed_dropped(each_input, WEIR_DROP_FILTERED), 1);
	bed_close();
}
END_TEST

START_TEST(each_key_is_by_itself)
{
	each_open(_i, &weir_pairwise_type, &keyed, &pairs);
	bed_item(0, 1, 1, 7);
	bed_item(0, 2, 2, 8);
	bed_item(0, 3, 3, 7);
	bed_item(0, 4, 4, 7);
	bed_item(0, 5, 5, 8);
	bed_play();
	ck_assert_uint_eq(probe_logs[0].n_items, 3);
	expect_pair(0, 3, 1);
	expect_pair(1, 4, 3);
	expect_pair(2, 5, 2);
	bed_close();
}
END_TEST

START_TEST(a_lone_item_makes_no_pair)
{
	each_open(_i, &weir_pairwise_type, &unkeyed, &pairs);
	bed_item(0, 1, 1, 0);
	bed_play();
	ck_assert_uint_eq(probe_logs[0].n_items, 0);
	ck_assert(probe_logs[0].ended && !probe_logs[0].failed);
	bed_close();
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("pairwise");
	TCase *tc = tcase_create("pairwise");
	SRunner *sr = srunner_create(suite);
	int failed;

	suite_add_tcase(suite, tc);
	tcase_add_loop_test(tc, each_item_comes_with_the_one_before, 0, EACH_ROUNDS);
	tcase_add_loop_test(tc, each_key_is_by_itself, 0, EACH_ROUNDS);
	tcase_add_loop_test(tc, a_lone_item_makes_no_pair, 0, EACH_ROUNDS);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
