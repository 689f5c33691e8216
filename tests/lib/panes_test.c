/* SPDX-License-Identifier: MIT */
/* panes_test.c -- panes by key and window: chained by first appearance, bounded, gone with their last. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include <weir/error.h>
#include <weir/panes.h>

static const struct weir_field n_field = { .name = "n", .kind = WEIR_I64 };
static const struct weir_field *const by_n[] = { &n_field };
static const struct weir_key key = { .fields = by_n, .n_fields = 1 };
static const struct weir_aggregate list[] = {
	{ .fn = WEIR_AGG_SUM, .kind = WEIR_I64, .result_kind = WEIR_I64 }
};
static const struct weir_aggregates sum = { .list = list, .n_list = 1 };

static struct weir_panes panes;
static void *memory;

static void setup(void)
{
	int64_t bytes = weir_panes_size(&key, 4, &sum, 3);

	ck_assert_int_gt(bytes, 0);
	memory = malloc((size_t)bytes);
	ck_assert_ptr_nonnull(memory);
	memset(memory, 0xa5, (size_t)bytes);
	weir_panes_init(&panes, memory, &key, 4, &sum, 3);
}

static void teardown(void)
{
	free(memory);
}

/* Add v for a key in a window. */
static void add(int64_t n, int64_t window, int64_t v)
{
	int64_t slot;

	ck_assert(weir_panes_in_reach(&panes, window));
	slot = weir_panes_key(&panes, &n);
	ck_assert_int_ge(slot, 0);
	ck_assert_int_eq(weir_fold_add(&sum, weir_panes_open(&panes, (uint32_t)slot, window), &v), WEIR_OK);
}

/* The oldest pane is of this key and window and has this sum; close it. */
static void expect_first(int64_t n, int64_t window, int64_t v)
{
	int64_t slot = weir_panes_first(&panes), total;

	ck_assert_int_ge(slot, 0);
	ck_assert_int_eq(panes.low, window);
	ck_assert_int_eq(*(const int64_t *)weir_keys_field(&panes.keys, (uint32_t)slot, 0), n);
	weir_fold_results(&sum, weir_panes_accumulator(&panes, (uint32_t)slot, window), &total);
	ck_assert_int_eq(total, v);
	weir_panes_close(&panes, (uint32_t)slot, window);
}

START_TEST(panes_come_by_window_and_first_appearance)
{
	add(5, 8, 1);
	add(6, 7, 2);
	add(5, 7, 4);
	add(6, 8, 8);
	add(6, 7, 16);
	expect_first(6, 7, 18);
	expect_first(5, 7, 4);
	expect_first(5, 8, 1);
	expect_first(6, 8, 8);
	ck_assert_int_eq(weir_panes_first(&panes), -1);
	ck_assert_uint_eq(panes.keys.used, 0);
}
END_TEST

START_TEST(a_closed_pane_begins_anew)
{
	add(1, -4, 7);
	expect_first(1, -4, 7);
	add(1, -1, 3); /* the same place as -4 */
	expect_first(1, -1, 3);
}
END_TEST

START_TEST(reach_is_the_width_from_end_to_end)
{
	ck_assert(weir_panes_in_reach(&panes, INT64_MIN));
	add(1, 10, 1);
	ck_assert(weir_panes_in_reach(&panes, 12));
	ck_assert(!weir_panes_in_reach(&panes, 13));
	ck_assert(weir_panes_in_reach(&panes, 8));
	ck_assert(!weir_panes_in_reach(&panes, 7));
	ck_assert(!weir_panes_in_reach(&panes, INT64_MIN));
	ck_assert(!weir_panes_in_reach(&panes, INT64_MAX));
	add(1, 12, 1);
	ck_assert(!weir_panes_in_reach(&panes, 9));
	ck_assert(weir_panes_in_reach(&panes, 11));
	expect_first(1, 10, 1);
	ck_assert_int_eq(panes.low, 12);
	ck_assert(weir_panes_in_reach(&panes, 14));
}
END_TEST

START_TEST(closing_in_the_middle_keeps_the_chain)
{
	int64_t two = 2, slot;

	for (int64_t n = 1; n < 5; n++)
		add(n, 0, n);
	slot = weir_keys_find(&panes.keys, &two);
	weir_panes_close(&panes, (uint32_t)slot, 0);
	add(2, 0, 20); /* last now */
	expect_first(1, 0, 1);
	expect_first(3, 0, 3);
	expect_first(4, 0, 4);
	expect_first(2, 0, 20);
	ck_assert_int_eq(weir_panes_first(&panes), -1);
}
END_TEST

START_TEST(closing_the_last_keeps_the_chain)
{
	int64_t three = 3;

	for (int64_t n = 1; n < 4; n++)
		add(n, 0, n);
	weir_panes_close(&panes, (uint32_t)weir_keys_find(&panes.keys, &three), 0);
	add(4, 0, 4);
	expect_first(1, 0, 1);
	expect_first(2, 0, 2);
	expect_first(4, 0, 4);
	ck_assert_uint_eq(panes.n_open, 0);
}
END_TEST

START_TEST(closing_the_newest_window_frees_its_reach)
{
	int64_t one = 1;

	add(1, 0, 1);
	add(1, 2, 1);
	weir_panes_close(&panes, (uint32_t)weir_keys_find(&panes.keys, &one), 2);
	ck_assert_int_eq(panes.high, 0);
	ck_assert(weir_panes_in_reach(&panes, -2));
}
END_TEST

START_TEST(the_oldest_window_of_a_key)
{
	int64_t one = 1;
	uint32_t slot;

	add(2, 3, 1);
	add(1, 5, 1);
	slot = (uint32_t)weir_keys_find(&panes.keys, &one);
	ck_assert_int_eq(weir_panes_oldest_window(&panes, slot), 5);
	add(1, 4, 1);
	ck_assert_int_eq(weir_panes_oldest_window(&panes, slot), 4);
}
END_TEST

START_TEST(keys_are_bounded)
{
	int64_t five = 5;

	for (int64_t n = 1; n < 5; n++)
		add(n, 0, n);
	ck_assert_int_eq(weir_panes_key(&panes, &five), -1);
	expect_first(1, 0, 1);
	add(5, 0, 5);
}
END_TEST

START_TEST(a_width_without_bound_is_refused)
{
	ck_assert_int_eq(weir_panes_size(&key, 4, &sum, 0), WEIR_ERANGE);
	ck_assert_int_eq(weir_panes_size(&key, 4, &sum, WEIR_PANES_MOST_WIDTH + 1ull), WEIR_ERANGE);
	ck_assert_int_eq(weir_panes_size(&key, WEIR_KEYS_MOST + 1, &sum, 2), WEIR_ERANGE);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("panes");
	TCase *tc = tcase_create("panes");
	SRunner *sr = srunner_create(suite);
	int failed;

	tcase_add_checked_fixture(tc, setup, teardown);
	suite_add_tcase(suite, tc);
	tcase_add_test(tc, panes_come_by_window_and_first_appearance);
	tcase_add_test(tc, a_closed_pane_begins_anew);
	tcase_add_test(tc, reach_is_the_width_from_end_to_end);
	tcase_add_test(tc, closing_in_the_middle_keeps_the_chain);
	tcase_add_test(tc, closing_the_last_keeps_the_chain);
	tcase_add_test(tc, closing_the_newest_window_frees_its_reach);
	tcase_add_test(tc, the_oldest_window_of_a_key);
	tcase_add_test(tc, keys_are_bounded);
	tcase_add_test(tc, a_width_without_bound_is_refused);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
