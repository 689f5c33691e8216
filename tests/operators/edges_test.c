/* SPDX-License-Identifier: MIT */
/* edges_test.c -- items at which a condition changes. */
#include "operators/each_rig.h"

#include "operators/conditions.h"

/* condition_small: true for 1, 2, 3; false for 4 and above; an item error for 0 */
static struct weir_edges_params params;

static void open_edges(int round, enum weir_edges edge, bool keyed)
{
	params = (struct weir_edges_params){ .when = &condition_small, .edge = (uint8_t)edge };
	params.keyed = keyed ? (struct weir_keyed)EACH_BY_NODE : (struct weir_keyed)EACH_UNKEYED;
	each_open(round, &weir_edges_type, &params, NULL);
}

/* As the condition reads them. */
static void send(uint32_t n, const int64_t *v)
{
	for (uint32_t i = 0; i < n; i++)
		bed_item(0, 10 * (i + 1), v[i], 0);
}

static const int64_t both_ways[] = { 7, 1, 2, 9, 8, 3, 5 };

START_TEST(rising_they_pass_when_it_becomes_true)
{
	open_edges(_i, WEIR_EDGES_RISING, false);
	send(7, both_ways);
	bed_play();
	BED_EXPECT(0, 1, 3);
	ck_assert_uint_eq(bed_dropped(each_input, WEIR_DROP_FILTERED), 5);
	bed_close();
}
END_TEST

START_TEST(falling_they_pass_when_it_becomes_false)
{
	open_edges(_i, WEIR_EDGES_FALLING, false);
	send(7, both_ways);
	bed_play();
	BED_EXPECT(0, 9, 5);
	bed_close();
}
END_TEST

START_TEST(both_pass_either)
{
	open_edges(_i, WEIR_EDGES_BOTH, false);
	send(7, both_ways);
	bed_play();
	BED_EXPECT(0, 1, 9, 3, 5);
	bed_close();
}
END_TEST

START_TEST(before_the_first_it_is_false)
{
	open_edges(_i, WEIR_EDGES_BOTH, false);
	send(2, both_ways + 1);
	bed_play();
	BED_EXPECT(0, 1);
	bed_close();
}
END_TEST

START_TEST(each_key_is_by_itself)
{
	open_edges(_i, WEIR_EDGES_RISING, true);
	bed_item(0, 1, 1, 7);
	bed_item(0, 2, 2, 8);
	bed_item(0, 3, 3, 7);
	bed_item(0, 4, 9, 8);
	bed_item(0, 5, 1, 8);
	bed_play();
	BED_EXPECT(0, 1, 2, 1);
	bed_close();
}
END_TEST

START_TEST(a_bad_item_changes_nothing)
{
	open_edges(_i, WEIR_EDGES_RISING, false);
	bed.stages[each_stage].on_error = WEIR_ON_ERROR_DROP;
	send(5, (const int64_t[]){ 0, 1, 0, 2, 9 });
	bed_play();
	BED_EXPECT(0, 1);
	ck_assert_uint_eq(bed_dropped(each_input, WEIR_DROP_ERROR), 2);
	bed_close();
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("edges");
	TCase *tc = tcase_create("edges");
	SRunner *sr = srunner_create(suite);
	int failed;

	suite_add_tcase(suite, tc);
	tcase_add_loop_test(tc, rising_they_pass_when_it_becomes_true, 0, EACH_ROUNDS);
	tcase_add_loop_test(tc, falling_they_pass_when_it_becomes_false, 0, EACH_ROUNDS);
	tcase_add_loop_test(tc, both_pass_either, 0, EACH_ROUNDS);
	tcase_add_loop_test(tc, before_the_first_it_is_false, 0, EACH_ROUNDS);
	tcase_add_loop_test(tc, each_key_is_by_itself, 0, EACH_ROUNDS);
	tcase_add_loop_test(tc, a_bad_item_changes_nothing, 0, EACH_ROUNDS);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
