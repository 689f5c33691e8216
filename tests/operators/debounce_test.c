/* SPDX-License-Identifier: MIT */
/* debounce_test.c -- an item that no other followed for a period. */
#include "operators/clockwork.h"
#include "operators/each_rig.h"

#define START 1000 /* the bed's clock */

static const struct weir_debounce_params unkeyed = { .period_ns = 10, .keyed = EACH_UNKEYED };
static const struct weir_debounce_params keyed = { .period_ns = 10, .keyed = EACH_BY_NODE };
static const struct weir_output_params port_params = { .name = "out" };

static void open_event(int round, const struct weir_debounce_params *params)
{
	each_open(round, &weir_debounce_type, params, NULL);
}

/* Between a clockwork and a sink. */
static void open_clockwork(void)
{
	uint16_t source;

	clockwork_reset();
	bed_open(WEIR_CLOCK_MONOTONIC);
	source = clockwork_source(0);
	each_stage = bed_stage(&weir_debounce_type, &unkeyed);
	each_input = bed_edge(source, each_stage);
}

START_TEST(an_item_passes_when_the_period_is_over)
{
	open_event(_i, &unkeyed);
	bed_item(0, 1, 1, 0);
	bed_item(0, 4, 2, 0);
	bed_item(0, 14, 3, 0);
	bed_item(0, 23, 4, 0);
	bed_item(0, 40, 5, 0);
	bed_play();
	BED_EXPECT(0, 2, 4, 5);
	ck_assert_int_eq(probe_logs[0].instants[0], 4);
	ck_assert_uint_eq(bed_dropped(each_input, WEIR_DROP_THROTTLED), 2);
	bed_close();
}
END_TEST

START_TEST(each_key_is_by_itself_in_the_order_they_came)
{
	open_event(_i, &keyed);
	bed_item(0, 1, 1, 1);
	bed_item(0, 5, 2, 2);
	bed_item(0, 9, 3, 1);
	bed_item(0, 15, 4, 2);
	bed_item(0, 25, 5, 3);
	bed_play();
	BED_EXPECT(0, 2, 3, 4, 5);
	bed_close();
}
END_TEST

START_TEST(an_older_item_begins_the_period_at_the_time_there_is)
{
	open_event(_i, &unkeyed);
	bed_item(0, 20, 1, 0);
	bed_item(0, 5, 2, 0);
	bed_item(0, 29, 3, 0);
	bed_item(0, 39, 4, 0);
	bed_play();
	BED_EXPECT(0, 3, 4);
	bed_close();
}
END_TEST

START_TEST(a_watermark_brings_time_and_stays_behind_what_waits)
{
	open_event(_i, &unkeyed);
	bed_item(0, 1, 1, 0);
	bed_item(0, 12, 2, 0);
	probe_mark(0, WEIR_MARK_WATERMARK, 15);
	probe_mark(0, WEIR_MARK_WATERMARK, 22);
	bed_item(0, 31, 3, 0);
	bed_play();
	BED_EXPECT(0, 1, 2, 3);
	for (uint32_t i = 0; i < probe_logs[0].n_marks; i++)
		if (probe_logs[0].marks[i].mark.kind == WEIR_MARK_WATERMARK &&
			probe_logs[0].marks[i].after == 1)
			ck_assert_int_eq(probe_logs[0].marks[i].mark.time, 12);
		else if (probe_logs[0].marks[i].mark.kind == WEIR_MARK_WATERMARK)
			ck_assert_int_eq(probe_logs[0].marks[i].mark.time, 22);
	bed_close();
}
END_TEST

START_TEST(a_barrier_waits_for_what_came_before_it)
{
	open_event(_i, &unkeyed);
	bed_item(0, 1, 1, 0);
	probe_mark(0, WEIR_MARK_BARRIER, 1);
	bed_item(0, 2, 2, 0);
	bed_item(0, 30, 3, 0);
	bed_play();
	BED_EXPECT(0, 2, 3);
	ck_assert_uint_eq(probe_logs[0].marks[0].mark.kind, WEIR_MARK_BARRIER);
	ck_assert_uint_eq(probe_logs[0].marks[0].after, 0);
	ck_assert_uint_eq(probe_scripts[0].barriers_done, 1);
	bed_close();
}
END_TEST

START_TEST(by_the_machines_clock_a_timer_tells)
{
	open_clockwork();
	clockwork_at(0, START + 1, START + 8, START + 30);
	clockworks[0].ends_at = START + 33;
	(void)bed_edge(each_stage, bed_sink(0));
	bed_start();
	clockwork_until(START + 17);
	ck_assert_uint_eq(probe_logs[0].n_items, 0);
	clockwork_until(START + 18);
	BED_EXPECT(0, 2);
	clockwork_until(START + 32);
	BED_EXPECT(0, 2);
	clockwork_until(START + 33); /* the end */
	BED_EXPECT(0, 2, 3);
	ck_assert(probe_logs[0].ended && !probe_logs[0].failed);
	bed_close();
}
END_TEST

START_TEST(what_is_due_waits_for_credit)
{
	struct bed_item got;
	uint16_t port;

	open_clockwork();
	clockwork_at(0, START + 1);
	port = bed_stage(&weir_output_type, &port_params);
	(void)bed_edge(each_stage, port);
	bed_start();
	clockwork_until(START + 100);
	ck_assert_int_eq(weir_pull(bed.in, port, &got, NULL, 1), 1);
	ck_assert_int_eq(got.v, 1);
	bed_close();
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("debounce");
	TCase *tc = tcase_create("debounce");
	SRunner *sr = srunner_create(suite);
	int failed;

	suite_add_tcase(suite, tc);
	tcase_add_loop_test(tc, an_item_passes_when_the_period_is_over, 0, EACH_ROUNDS);
	tcase_add_loop_test(tc, each_key_is_by_itself_in_the_order_they_came, 0, EACH_ROUNDS);
	tcase_add_loop_test(tc, an_older_item_begins_the_period_at_the_time_there_is, 0, EACH_ROUNDS);
	tcase_add_loop_test(tc, a_watermark_brings_time_and_stays_behind_what_waits, 0, EACH_ROUNDS);
	tcase_add_loop_test(tc, a_barrier_waits_for_what_came_before_it, 0, EACH_ROUNDS);
	tcase_add_test(tc, by_the_machines_clock_a_timer_tells);
	tcase_add_test(tc, what_is_due_waits_for_credit);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
