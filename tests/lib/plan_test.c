/* SPDX-License-Identifier: MIT */
/* plan_test.c -- the numbers in a plan: what an edge does not need, it does not have. */
#include <check.h>
#include <stdlib.h>

#include <weir/engine.h>
#include <weir/plan.h>

static const struct weir_record item = { .name = "item", .size = 24 };
static const struct weir_record *const records[] = { &weir_bytes_record, &item };
static const struct weir_stage_def stages[] = {
	{ .id = "timed", .instant_offset = 8 },
	{ .id = "plain", .instant_offset = WEIR_NO_INSTANT },
	{ .id = "last", .instant_offset = WEIR_NO_INSTANT },
};
static struct weir_edge_def edges[3];
static struct weir_plan plan;

static void setup(void)
{
	for (uint16_t i = 0; i < 3; i++)
		edges[i] = (struct weir_edge_def){ .from = i < 2 ? i : 1, .to = 2, .record = 1 };
	plan = (struct weir_plan){
		.records = records, .stages = stages, .edges = edges, .n_stages = 3, .n_edges = 3
	};
}

START_TEST(items_are_as_large_as_their_record)
{
	edges[1].record = 0;
	weir_plan_number(&plan, edges);
	ck_assert_uint_eq(edges[0].item_bytes, 24);
	ck_assert_uint_eq(edges[1].item_bytes, 1);
}
END_TEST

START_TEST(counters_of_drops_lie_behind_each_other_one_for_each_reason)
{
	edges[0].drops = 0x21;
	edges[1].drops = 0x20;
	edges[1].wastes = 0x14;
	edges[2].drops = 0x01;
	weir_plan_number(&plan, edges);
	ck_assert_uint_eq(edges[0].first_drop, 0);
	ck_assert_uint_eq(edges[1].first_drop, 2);
	ck_assert_uint_eq(edges[2].first_drop, 5);
	ck_assert_uint_eq(plan.n_drops, 6);
}
END_TEST

START_TEST(memory_is_where_somebody_fills_a_buffer_or_writes_down_times)
{
	edges[2].buffer_items = 4;
	edges[0].instants = edges[1].instants = true;
	weir_plan_number(&plan, edges);
	ck_assert_uint_eq(edges[0].memory, 0);
	ck_assert_uint_eq(edges[1].memory, WEIR_NO_PART);
	ck_assert_uint_eq(edges[2].memory, 1);
	ck_assert_uint_eq(plan.n_memories, 2);
}
END_TEST

START_TEST(nothing_waits_inside_a_group)
{
	edges[0].inner = true;
	edges[0].buffer_items = 4;
	weir_plan_number(&plan, edges);
	ck_assert_uint_eq(edges[0].memory, WEIR_NO_PART);
	ck_assert_uint_eq(edges[0].notes, WEIR_NO_PART);
	ck_assert_uint_eq(edges[1].notes, 0);
	ck_assert_uint_eq(edges[2].notes, 1);
	ck_assert_uint_eq(plan.n_notes, 2);
}
END_TEST

START_TEST(numbering_twice_changes_nothing)
{
	edges[1].buffer_items = 1;
	edges[1].drops = 3;
	weir_plan_number(&plan, edges);
	weir_plan_number(&plan, edges);
	ck_assert_uint_eq(plan.n_drops, 2);
	ck_assert_uint_eq(plan.n_memories, 1);
	ck_assert_uint_eq(plan.n_notes, 3);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("plan");
	TCase *tc = tcase_create("numbers");
	SRunner *sr;
	int failed;

	tcase_add_checked_fixture(tc, setup, NULL);
	tcase_add_test(tc, items_are_as_large_as_their_record);
	tcase_add_test(tc, counters_of_drops_lie_behind_each_other_one_for_each_reason);
	tcase_add_test(tc, memory_is_where_somebody_fills_a_buffer_or_writes_down_times);
	tcase_add_test(tc, nothing_waits_inside_a_group);
	tcase_add_test(tc, numbering_twice_changes_nothing);
	suite_add_tcase(s, tc);
	sr = srunner_create(s);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed != 0;
}
