/* SPDX-License-Identifier: MIT */
/* sample_test.c -- the latest of each period, at its end. */
#include "operators/clockwork.h"
#include "operators/each_rig.h"

#define START 1000 /* the bed's clock */

static const struct weir_sample_params unkeyed = { .period_ns = 10, .keyed = EACH_UNKEYED };
static const struct weir_sample_params keyed = { .period_ns = 10, .keyed = EACH_BY_NODE };
static const struct weir_output_params port_params = { .name = "out" };

static void open_event(int round, const struct weir_sample_params *params)
{
	each_open(round, &weir_sample_type, params, NULL);
}

/* Between a clockwork and a sink. */
static void open_clockwork(void)
{
	uint16_t source;

	clockwork_reset();
	bed_open(WEIR_CLOCK_MONOTONIC);
	source = clockwork_source(0);
	each_stage = bed_stage(&weir_sample_type, &unkeyed);
	each_input = bed_edge(source, each_stage);
}

START_TEST(the_latest_of_each_period_passes)
{
	open_event(_i, &unkeyed);
	bed_item(0, 1, 1, 0);
	bed_item(0, 4, 2, 0);
	bed_item(0, 9, 3, 0);
	bed_item(0, 10, 4, 0);
	bed_item(0, 27, 5, 0);
	bed_item(0, 28, 6, 0);
	bed_play();
	BED_EXPECT(0, 3, 4, 6);
	ck_assert_int_eq(probe_logs[0].instants[0], 9);
	ck_assert_uint_eq(bed_dropped(each_input, WEIR_DROP_THROTTLED), 3);
	bed_close();
}
END_TEST

START_TEST(ticks_are_multiples_of_the_period_since_1970)
{
	open_event(_i, &unkeyed);
	bed_item(0, -11, 1, 0);
	bed_item(0, -10, 2, 0);
	bed_item(0, -1, 3, 0);
	bed_item(0, 0, 4, 0);
	bed_play();
	BED_EXPECT(0, 1, 3, 4);
	bed_close();
}
END_TEST

START_TEST(an_older_item_belongs_to_the_period_under_way)
{
	open_event(_i, &unkeyed);
	bed_item(0, 1, 1, 0);
	bed_item(0, 15, 2, 0);
	bed_item(0, 3, 3, 0);
	bed_item(0, 20, 4, 0);
	bed_play();
	BED_EXPECT(0, 1, 3, 4);
	bed_close();
}
END_TEST

START_TEST(each_key_has_its_own_in_the_order_they_came)
{
	open_event(_i, &keyed);
	bed_item(0, 1, 1, 1);
	bed_item(0, 2, 2, 2);
	bed_item(0, 3, 3, 1);
	bed_item(0, 4, 4, 3);
	bed_item(0, 15, 5, 2);
	bed_play();
	BED_EXPECT(0, 2, 3, 4, 5);
	bed_close();
}
END_TEST

START_TEST(a_watermark_ticks_too_and_stays_behind_what_waits)
{
	open_event(_i, &unkeyed);
	bed_item(0, 1, 1, 0);
	bed_item(0, 12, 2, 0);
	probe_mark(0, WEIR_MARK_WATERMARK, 15);
	probe_mark(0, WEIR_MARK_WATERMARK, 20);
	bed_item(0, 31, 3, 0);
	probe_mark(0, WEIR_MARK_WATERMARK, 35);
	bed_play();
	BED_EXPECT(0, 1, 2, 3);
	for (uint32_t i = 0; i < probe_logs[0].n_marks; i++)
		if (probe_logs[0].marks[i].mark.kind == WEIR_MARK_WATERMARK &&
			probe_logs[0].marks[i].after == 1)
			ck_assert_int_eq(probe_logs[0].marks[i].mark.time, 10);
		else if (probe_logs[0].marks[i].mark.kind == WEIR_MARK_WATERMARK &&
			 probe_logs[0].marks[i].after == 2)
			ck_assert_int_ge(probe_logs[0].marks[i].mark.time, 20);
	bed_close();
}
END_TEST

START_TEST(a_barrier_waits_for_what_came_before_it)
{
	open_event(_i, &keyed);
	bed_item(0, 1, 1, 1);
	bed_item(0, 2, 2, 2);
	probe_mark(0, WEIR_MARK_BARRIER, 1);
	bed_item(0, 3, 3, 1);
	bed_item(0, 11, 4, 1);
	bed_item(0, 12, 5, 2);
	bed_play();
	BED_EXPECT(0, 2, 3, 4, 5);
	ck_assert_uint_eq(probe_logs[0].marks[0].mark.kind, WEIR_MARK_BARRIER);
	ck_assert_uint_ge(probe_logs[0].marks[0].after, 1);
	ck_assert_uint_le(probe_logs[0].marks[0].after, 2); /* both go at one tick */
	ck_assert_uint_eq(probe_scripts[0].barriers_done, 1);
	bed_close();
}
END_TEST

START_TEST(by_the_machines_clock_it_ticks_from_the_start)
{
	open_clockwork();
	clockwork_at(0, START + 1, START + 9, START + 10, START + 35);
	(void)bed_edge(each_stage, bed_sink(0));
	bed_start();
	clockwork_until(START + 9);
	ck_assert_uint_eq(probe_logs[0].n_items, 0);
	clockwork_until(START + 10);
	BED_EXPECT(0, 2);
	clockwork_until(START + 20);
	BED_EXPECT(0, 2, 3);
	clockwork_until(START + 39);
	BED_EXPECT(0, 2, 3);
	clockwork_until(START + 40);
	BED_EXPECT(0, 2, 3, 4);
	ck_assert_uint_eq(weir_timers_armed(bed.in), 0);
	bed_close();
}
END_TEST

START_TEST(what_is_due_waits_for_credit_and_holds_the_input_back)
{
	struct bed_item got;
	uint16_t port;

	open_clockwork();
	clockwork_at(0, START + 1, START + 12, START + 13);
	port = bed_stage(&weir_output_type, &port_params);
	(void)bed_edge(each_stage, port);
	bed_start();
	clockwork_until(START + 30);
	ck_assert_int_eq(weir_pull(bed.in, port, &got, NULL, 1), 1);
	ck_assert_int_eq(got.v, 1);
	clockwork_until(START + 50);
	ck_assert_int_eq(weir_pull(bed.in, port, &got, NULL, 1), 1);
	ck_assert_int_eq(got.v, 3);
	bed_close();
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("sample");
	TCase *tc = tcase_create("sample");
	SRunner *sr = srunner_create(suite);
	int failed;

	suite_add_tcase(suite, tc);
	tcase_add_loop_test(tc, the_latest_of_each_period_passes, 0, EACH_ROUNDS);
	tcase_add_loop_test(tc, ticks_are_multiples_of_the_period_since_1970, 0, EACH_ROUNDS);
	tcase_add_loop_test(tc, an_older_item_belongs_to_the_period_under_way, 0, EACH_ROUNDS);
	tcase_add_loop_test(tc, each_key_has_its_own_in_the_order_they_came, 0, EACH_ROUNDS);
	tcase_add_loop_test(tc, a_watermark_ticks_too_and_stays_behind_what_waits, 0, EACH_ROUNDS);
	tcase_add_loop_test(tc, a_barrier_waits_for_what_came_before_it, 0, EACH_ROUNDS);
	tcase_add_test(tc, by_the_machines_clock_it_ticks_from_the_start);
	tcase_add_test(tc, what_is_due_waits_for_credit_and_holds_the_input_back);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
