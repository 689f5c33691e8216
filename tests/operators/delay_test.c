/* SPDX-License-Identifier: MIT */
/* delay_test.c -- items a period later, in their order. */
#include "operators/clockwork.h"
#include "operators/each_rig.h"

#define START 1000 /* the bed's clock */

static struct weir_delay_params params;

static void open_event(int round, uint32_t capacity)
{
	params = (struct weir_delay_params){ .period_ns = 10, .capacity = capacity };
	each_open(round, &weir_delay_type, &params, NULL);
}

static void open_clockwork(uint32_t capacity)
{
	uint16_t source;

	params = (struct weir_delay_params){ .period_ns = 10, .capacity = capacity };
	clockwork_reset();
	bed_open(WEIR_CLOCK_MONOTONIC);
	bed.cap = 2;
	source = clockwork_source(0);
	each_stage = bed_stage(&weir_delay_type, &params);
	each_input = bed_edge(source, each_stage);
	(void)bed_edge(each_stage, bed_sink(0));
	bed_start();
}

START_TEST(items_go_on_when_time_has_passed)
{
	open_event(_i, 8);
	bed_item(0, 1, 1, 0);
	bed_item(0, 2, 2, 0);
	bed_item(0, 11, 3, 0);
	bed_item(0, 12, 4, 0);
	probe_mark(0, WEIR_MARK_ERROR, 0);
	bed_play();
	BED_EXPECT(0, 1, 2);
	ck_assert_int_eq(probe_logs[0].instants[1], 2);
	ck_assert_uint_eq(bed_dropped(each_input, WEIR_DROP_CANCELLED), 2);
	bed_close();
}
END_TEST

START_TEST(all_come_out_at_the_end)
{
	open_event(_i, 8);
	bed_item(0, 1, 1, 0);
	bed_item(0, 2, 2, 0);
	bed_item(0, 11, 3, 0);
	bed_item(0, 12, 4, 0);
	bed_play();
	BED_EXPECT(0, 1, 2, 3, 4);
	bed_close();
}
END_TEST

START_TEST(none_goes_before_one_that_came_earlier)
{
	open_event(_i, 8);
	bed_item(0, 20, 1, 0);
	bed_item(0, 1, 2, 0);
	bed_item(0, 21, 3, 0);
	probe_mark(0, WEIR_MARK_WATERMARK, 29);
	probe_mark(0, WEIR_MARK_ERROR, 0);
	bed_play();
	ck_assert_uint_eq(probe_logs[0].n_items, 0);
	bed_close();
}
END_TEST

START_TEST(an_item_that_is_older_than_a_period_goes_on_at_once)
{
	open_event(_i, 8);
	probe_mark(0, WEIR_MARK_WATERMARK, 20);
	bed_item(0, 5, 1, 0);
	bed_item(0, 14, 2, 0);
	probe_mark(0, WEIR_MARK_ERROR, 0);
	bed_play();
	BED_EXPECT(0, 1);
	bed_close();
}
END_TEST

START_TEST(full_under_the_event_clock_it_fails)
{
	open_event(_i, 3);
	bed_item(0, 1, 1, 0);
	bed_item(0, 2, 2, 0);
	bed_item(0, 3, 3, 0);
	bed_item(0, 10, 4, 0);
	bed_item(0, 12, 5, 0);
	bed_play();
	ck_assert_uint_eq(probe_logs[0].n_items, 0);
	ck_assert_int_eq(weir_first_error(bed.in)->code, WEIR_EFULL);
	bed_close();
}
END_TEST

START_TEST(room_comes_with_time)
{
	open_event(_i, 3);
	bed_item(0, 1, 1, 0);
	bed_item(0, 2, 2, 0);
	bed_item(0, 3, 3, 0);
	bed_item(0, 11, 4, 0);
	bed_item(0, 12, 5, 0);
	bed_item(0, 13, 6, 0);
	bed_item(0, 25, 7, 0);
	bed_play();
	BED_EXPECT(0, 1, 2, 3, 4, 5, 6, 7);
	ck_assert(!probe_logs[0].failed);
	bed_close();
}
END_TEST

START_TEST(a_watermark_comes_out_a_period_behind)
{
	open_event(_i, 8);
	bed_item(0, 1, 1, 0);
	probe_mark(0, WEIR_MARK_WATERMARK, 12);
	bed_item(0, 13, 2, 0);
	bed_play();
	BED_EXPECT(0, 1, 2);
	ck_assert_uint_eq(probe_logs[0].marks[0].mark.kind, WEIR_MARK_WATERMARK);
	ck_assert_uint_eq(probe_logs[0].marks[0].after, 1);
	ck_assert_int_eq(probe_logs[0].marks[0].mark.time, 2);
	bed_close();
}
END_TEST

START_TEST(barriers_and_lagged_counts_keep_their_places)
{
	open_event(_i, 8);
	bed_item(0, 1, 1, 0);
	probe_mark(0, WEIR_MARK_LAGGED, 3);
	probe_mark(0, WEIR_MARK_BARRIER, 1);
	bed_item(0, 2, 2, 0);
	bed_play();
	BED_EXPECT(0, 1, 2);
	ck_assert_uint_eq(probe_logs[0].n_marks, 3);
	ck_assert_uint_eq(probe_logs[0].marks[0].after, 1);
	ck_assert_uint_eq(probe_logs[0].marks[1].after, 1);
	ck_assert_uint_eq(probe_logs[0].marks[1].mark.kind, WEIR_MARK_BARRIER);
	bed_close();
}
END_TEST

START_TEST(a_checkpoint_does_not_flush)
{
	open_event(_i, 8);
	bed_item(0, 1, 1, 0);
	bed_item(0, 12, 2, 0);
	probe_scripts[0].holds = true;
	bed_start();
	(void)probe_run(&bed.clock, bed.in);
	ck_assert_int_eq(weir_drain(bed.in, WEIR_DRAIN_CHECKPOINT, WEIR_NEVER), WEIR_OK);
	(void)probe_run(&bed.clock, bed.in);
	ck_assert(weir_ended(bed.in));
	BED_EXPECT(0, 1);
	ck_assert(!probe_logs[0].failed);
	bed_close();
}
END_TEST

START_TEST(by_the_machines_clock_a_timer_tells)
{
	open_clockwork(8);
	clockwork_at(0, START + 1, START + 4, START + 50);
	clockwork_until(START + 10);
	ck_assert_uint_eq(probe_logs[0].n_items, 0);
	clockwork_until(START + 11);
	BED_EXPECT(0, 1);
	clockwork_until(START + 14);
	BED_EXPECT(0, 1, 2);
	ck_assert_uint_eq(weir_timers_armed(bed.in), 1); /* the clockwork's */
	clockwork_until(START + 60);
	BED_EXPECT(0, 1, 2, 3);
	bed_close();
}
END_TEST

START_TEST(full_by_the_machines_clock_it_holds_its_input_back)
{
	open_clockwork(2);
	clockwork_at(0, START, START, START, START, START + 1);
	clockwork_until(START + 9);
	ck_assert_uint_eq(probe_logs[0].n_items, 0);
	clockwork_until(START + 10);
	BED_EXPECT(0, 1, 2);
	clockwork_until(START + 20);
	BED_EXPECT(0, 1, 2, 3, 4);
	clockwork_until(START + 30);
	BED_EXPECT(0, 1, 2, 3, 4, 5);
	ck_assert(!weir_failed(bed.in));
	bed_close();
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("delay");
	TCase *tc = tcase_create("delay");
	SRunner *sr = srunner_create(suite);
	int failed;

	suite_add_tcase(suite, tc);
	tcase_add_loop_test(tc, items_go_on_when_time_has_passed, 0, EACH_ROUNDS);
	tcase_add_loop_test(tc, all_come_out_at_the_end, 0, EACH_ROUNDS);
	tcase_add_loop_test(tc, none_goes_before_one_that_came_earlier, 0, EACH_ROUNDS);
	tcase_add_loop_test(tc, an_item_that_is_older_than_a_period_goes_on_at_once, 0, EACH_ROUNDS);
	tcase_add_loop_test(tc, full_under_the_event_clock_it_fails, 0, EACH_ROUNDS);
	tcase_add_loop_test(tc, room_comes_with_time, 0, EACH_ROUNDS);
	tcase_add_loop_test(tc, a_watermark_comes_out_a_period_behind, 0, EACH_ROUNDS);
	tcase_add_loop_test(tc, barriers_and_lagged_counts_keep_their_places, 0, EACH_ROUNDS);
	tcase_add_loop_test(tc, a_checkpoint_does_not_flush, 0, EACH_ROUNDS);
	tcase_add_test(tc, by_the_machines_clock_a_timer_tells);
	tcase_add_test(tc, full_by_the_machines_clock_it_holds_its_input_back);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
