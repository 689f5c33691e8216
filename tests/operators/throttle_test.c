/* SPDX-License-Identifier: MIT */
/* throttle_test.c -- the first of every period, per key, by the item's own time. */
#include <check.h>
#include <stdlib.h>

#include "operators/bed.h"

static const uint32_t spans[] = { 1, 2, 7, 64 };
#define SPANS (int)(sizeof spans / sizeof spans[0])

static struct weir_throttle_params params;
static uint16_t stage, input;

static void open_throttle(enum weir_clock clock, const struct weir_key *key, uint32_t max_keys, bool evict)
{
	params = (struct weir_throttle_params){ .period_ns = 10,
		.key = *key,
		.max_keys = max_keys,
		.keys_full = evict ? WEIR_KEYS_FULL_EVICT_OLDEST : WEIR_KEYS_FULL_ERROR };
	bed_open(clock);
	(void)bed_source(0);
	stage = bed_stage(&weir_throttle_type, &params);
	input = bed_edge(0, stage);
	(void)bed_edge(stage, bed_sink(0));
}

START_TEST(the_first_of_each_period_passes)
{
	open_throttle(WEIR_CLOCK_EVENT, &bed_no_key, 256, false);
	probe_scripts[0].span = spans[_i];
	bed_item(0, 100, 1, 0);
	bed_item(0, 101, 2, 0);
	bed_item(0, 109, 3, 0);
	bed_item(0, 110, 4, 0); /* exactly a period later */
	bed_item(0, 119, 5, 0);
	bed_item(0, 150, 6, 0);
	bed_item(0, 155, 7, 0);
	bed_play();
	BED_EXPECT(0, 1, 4, 6);
	ck_assert_uint_eq(bed_dropped(input, WEIR_DROP_THROTTLED), 4);
	ck_assert_int_eq(probe_logs[0].instants[1], 110);
	bed_close();
}
END_TEST

START_TEST(an_older_item_opens_nothing)
{
	open_throttle(WEIR_CLOCK_EVENT, &bed_no_key, 256, false);
	probe_scripts[0].span = spans[_i];
	bed_item(0, 100, 1, 0);
	bed_item(0, 50, 2, 0);
	bed_item(0, 109, 3, 0);
	bed_item(0, 110, 4, 0);
	bed_play();
	BED_EXPECT(0, 1, 4);
	bed_close();
}
END_TEST

START_TEST(each_key_has_its_own_periods)
{
	open_throttle(WEIR_CLOCK_EVENT, &bed_by_node, 256, false);
	probe_scripts[0].span = spans[_i];
	bed_item(0, 100, 1, 7);
	bed_item(0, 105, 2, 8);
	bed_item(0, 109, 3, 7);
	bed_item(0, 110, 4, 7);
	bed_item(0, 111, 5, 8);
	bed_item(0, 115, 6, 8);
	bed_play();
	BED_EXPECT(0, 1, 2, 4, 6);
	bed_close();
}
END_TEST

START_TEST(a_key_too_many_fails_the_stage)
{
	open_throttle(WEIR_CLOCK_EVENT, &bed_by_node, 2, false);
	probe_scripts[0].span = spans[_i];
	bed_item(0, 1, 1, 1);
	bed_item(0, 2, 2, 2);
	bed_item(0, 3, 3, 3);
	bed_play();
	BED_EXPECT(0, 1, 2);
	ck_assert(probe_logs[0].failed);
	ck_assert_int_eq(weir_first_error(bed.in)->code, WEIR_EKEYS);
	ck_assert_uint_eq(weir_first_error(bed.in)->item, 3);
	bed_close();
}
END_TEST

START_TEST(a_key_too_many_may_be_dropped_as_an_item_error)
{
	open_throttle(WEIR_CLOCK_EVENT, &bed_by_node, 2, false);
	bed.stages[stage].on_error = WEIR_ON_ERROR_DROP;
	probe_scripts[0].span = spans[_i];
	for (int64_t i = 1; i < 6; i++)
		bed_item(0, i * 10, i, (uint32_t)i);
	bed_item(0, 60, 6, 1);
	bed_play();
	BED_EXPECT(0, 1, 2, 6);
	ck_assert_uint_eq(bed_dropped(input, WEIR_DROP_ERROR), 3);
	bed_close();
}
END_TEST

START_TEST(errors_wait_for_room_in_their_stream)
{
	open_throttle(WEIR_CLOCK_EVENT, &bed_by_node, 1, false);
	bed_errors_to(stage, bed_sink(1));
	probe_logs[1].credit = 1;
	probe_scripts[0].span = spans[_i];
	for (int64_t i = 1; i < 6; i++)
		bed_item(0, i * 10, i, (uint32_t)i);
	bed_item(0, 60, 6, 1);
	bed_play();
	BED_EXPECT(0, 1, 6);
	ck_assert_uint_eq(probe_logs[1].n_items, 4);
	bed_close();
}
END_TEST

START_TEST(the_key_used_longest_ago_may_give_way)
{
	open_throttle(WEIR_CLOCK_EVENT, &bed_by_node, 2, true);
	probe_scripts[0].span = spans[_i];
	bed_item(0, 100, 1, 1);
	bed_item(0, 101, 2, 2);
	bed_item(0, 102, 3, 1); /* 2 is the oldest now */
	bed_item(0, 103, 4, 3);
	bed_item(0, 104, 5, 1); /* still known */
	bed_item(0, 105, 6, 2); /* forgotten */
	bed_play();
	BED_EXPECT(0, 1, 2, 4, 6);
	bed_close();
}
END_TEST

START_TEST(without_instants_the_clock_decides)
{
	open_throttle(WEIR_CLOCK_MONOTONIC, &bed_no_key, 256, false);
	probe_scripts[0].span = spans[_i];
	bed_item(0, 100, 1, 0);
	bed_item(0, 900, 2, 0);
	bed_play();
	BED_EXPECT(0, 1);
	bed_close();
}
END_TEST

START_TEST(scarce_credit_changes_nothing)
{
	open_throttle(WEIR_CLOCK_EVENT, &bed_no_key, 256, false);
	probe_scripts[0].span = spans[_i];
	probe_logs[0].credit = 1;
	for (int64_t i = 0; i < 40; i++)
		bed_item(0, i * 3, i, 0);
	bed_play();
	BED_EXPECT(0, 0, 4, 8, 12, 16, 20, 24, 28, 32, 36);
	bed_close();
}
END_TEST

START_TEST(times_before_1970_and_at_the_end_of_time_are_like_others)
{
	open_throttle(WEIR_CLOCK_EVENT, _i % 2 == 0 ? &bed_no_key : &bed_by_node, 256, false);
	probe_scripts[0].span = spans[_i];
	bed_item(0, INT64_MIN, 1, 0);
	bed_item(0, INT64_MIN + 9, 2, 0);
	bed_item(0, -100, 3, 0);
	bed_item(0, -91, 4, 0);
	bed_item(0, -90, 5, 0);
	bed_item(0, INT64_MAX - 5, 6, 0); /* the next period would lie beyond the end */
	bed_item(0, INT64_MAX - 1, 7, 0);
	bed_play();
	BED_EXPECT(0, 1, 3, 5, 6);
	bed_close();
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("throttle");
	TCase *tc = tcase_create("throttle");
	SRunner *sr = srunner_create(suite);
	int failed;

	suite_add_tcase(suite, tc);
	tcase_add_loop_test(tc, the_first_of_each_period_passes, 0, SPANS);
	tcase_add_loop_test(tc, an_older_item_opens_nothing, 0, SPANS);
	tcase_add_loop_test(tc, each_key_has_its_own_periods, 0, SPANS);
	tcase_add_loop_test(tc, a_key_too_many_fails_the_stage, 0, SPANS);
	tcase_add_loop_test(tc, a_key_too_many_may_be_dropped_as_an_item_error, 0, SPANS);
	tcase_add_loop_test(tc, errors_wait_for_room_in_their_stream, 0, SPANS);
	tcase_add_loop_test(tc, the_key_used_longest_ago_may_give_way, 0, SPANS);
	tcase_add_loop_test(tc, without_instants_the_clock_decides, 0, SPANS);
	tcase_add_loop_test(tc, scarce_credit_changes_nothing, 0, SPANS);
	tcase_add_loop_test(tc, times_before_1970_and_at_the_end_of_time_are_like_others, 0, SPANS);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
