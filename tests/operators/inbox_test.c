/* SPDX-License-Identifier: MIT */
/* inbox_test.c -- many feeders, one queue: nobody is locked out, all is counted where it came in. */
#include <check.h>
#include <stdlib.h>

#include <weir/bounded.h>

#include "operators/bed.h"

static const uint32_t spans[] = { 1, 2, 7, 64 };
#define SPANS (int)(sizeof spans / sizeof spans[0])

static struct weir_inbox_params params;
static const struct weir_output_params port_params = { .name = "out" };
static const struct weir_input_params in_params = { .name = "in", .record = &bed_record, .capacity = 4 };
static uint16_t port, inputs[3];

static void open_inbox(uint16_t feeders, uint32_t capacity, enum weir_overflow overflow, bool with_port)
{
	uint16_t stage;

	params = (struct weir_inbox_params){ .capacity = capacity, .overflow = (uint8_t)overflow };
	bed_open(WEIR_CLOCK_EVENT);
	for (uint16_t i = 0; i < feeders; i++)
		(void)bed_source(i);
	stage = bed_stage(&weir_inbox_type, &params);
	for (uint16_t i = 0; i < feeders; i++)
		inputs[i] = bed_edge(i, stage);
	port = with_port ? bed_stage(&weir_output_type, &port_params) : bed_sink(0);
	(void)bed_edge(stage, port);
}

static void items(uint32_t probe, int64_t n)
{
	for (int64_t i = 1; i <= n; i++)
		bed_item(probe, i * 10, (int64_t)probe * 1000 + i, probe);
}

START_TEST(suspend_loses_nothing_of_any_feeder)
{
	uint32_t from[3] = { 0, 0, 0 };

	open_inbox(3, 2, WEIR_OVERFLOW_SUSPEND, false);
	for (uint32_t i = 0; i < 3; i++) {
		probe_scripts[i].span = spans[(_i + (int)i) % SPANS];
		items(i, 40);
	}
	probe_logs[0].credit = 1;
	bed_play();
	ck_assert_uint_eq(probe_logs[0].n_items, 120);
	for (uint32_t i = 0; i < 120; i++) {
		struct bed_item item = bed_got(0, i);

		ck_assert_int_eq(item.v, (int64_t)item.node * 1000 + ++from[item.node]);
	}
	bed_close();
}
END_TEST

START_TEST(drops_are_counted_on_the_feeder_they_came_by)
{
	struct bed_item item;

	open_inbox(2, 3, WEIR_OVERFLOW_DROP_OLDEST, true);
	probe_scripts[0].span = probe_scripts[1].span = spans[_i];
	items(0, 9);
	items(1, 9);
	bed_start();
	bed_settle();
	ck_assert_uint_eq(
		bed_dropped(inputs[0], WEIR_DROP_OVERFLOW) + bed_dropped(inputs[1], WEIR_DROP_OVERFLOW), 15);
	for (int i = 0; i < 3; i++)
		ck_assert_int_eq(weir_pull(bed.in, port, &item, NULL, 1), 1);
	ck_assert_int_eq(item.v % 1000, 9);
	ck_assert_int_eq(weir_pull(bed.in, port, &item, NULL, 1), WEIR_ENDED);
	bed_close();
}
END_TEST

START_TEST(it_completes_when_all_feeders_have_ended)
{
	open_inbox(2, 4, WEIR_OVERFLOW_SUSPEND, false);
	items(0, 3);
	probe_mark(0, WEIR_MARK_ERROR, 0);
	items(1, 30);
	bed_play();
	ck_assert_uint_eq(probe_logs[0].n_items, 33);
	ck_assert(!probe_logs[0].failed); /* what failed beside it is not its error */
	bed_close();
}
END_TEST

START_TEST(a_silent_feeder_keeps_no_credit_from_the_others)
{
	params = (struct weir_inbox_params){ .capacity = 1 };
	bed_open(WEIR_CLOCK_MONOTONIC);
	(void)bed_source(0);
	(void)bed_stage(&weir_input_type, &in_params);
	(void)bed_stage(&weir_inbox_type, &params);
	(void)bed_edge(0, 2);
	(void)bed_edge(1, 2);
	(void)bed_edge(2, bed_sink(0));
	items(0, 50);
	bed_start();
	bed_settle();
	ck_assert_uint_eq(probe_logs[0].n_items, 50);
	ck_assert_int_eq(weir_push_end(bed.in, 1), WEIR_OK);
	bed_settle();
	ck_assert(weir_ended(bed.in));
	bed_close();
}
END_TEST

START_TEST(error_fails_when_full)
{
	open_inbox(2, 3, WEIR_OVERFLOW_ERROR, true);
	items(0, 2);
	items(1, 2);
	bed_start();
	bed_settle();
	ck_assert(weir_failed(bed.in));
	ck_assert_int_eq(weir_first_error(bed.in)->code, WEIR_EFULL);
	bed_close();
}
END_TEST

START_TEST(a_watermark_waits_for_every_feeder)
{
	open_inbox(2, 8, WEIR_OVERFLOW_SUSPEND, false);
	items(0, 1);
	probe_mark(0, WEIR_MARK_WATERMARK, 20);
	items(1, 1);
	probe_mark(1, WEIR_MARK_WATERMARK, 15);
	items(1, 1);
	bed_play();
	ck_assert_uint_ge(probe_logs[0].n_marks, 2);
	ck_assert_uint_eq(probe_logs[0].marks[0].mark.kind, WEIR_MARK_WATERMARK);
	ck_assert_int_eq(probe_logs[0].marks[0].mark.time, 15);
	bed_close();
}
END_TEST

START_TEST(a_feeder_that_has_ended_holds_no_time)
{
	const struct probe_mark *last;

	open_inbox(2, 8, WEIR_OVERFLOW_SUSPEND, false);
	items(0, 1);
	probe_mark(0, WEIR_MARK_WATERMARK, 20);
	for (int64_t i = 1; i <= 9; i++) {
		bed_item(1, i * 10, 1000 + i, 1);
		probe_mark(1, WEIR_MARK_WATERMARK, i * 10);
	}
	bed_play();
	last = &probe_logs[0].marks[probe_logs[0].n_marks - 2]; /* before the end */
	ck_assert_uint_eq(last->mark.kind, WEIR_MARK_WATERMARK);
	ck_assert_int_eq(last->mark.time, 90);
	bed_close();
}
END_TEST

START_TEST(feeders_take_turns_at_a_full_queue)
{
	uint32_t from[3] = { 0, 0, 0 };

	open_inbox(3, 1, WEIR_OVERFLOW_SUSPEND, false);
	for (uint32_t i = 0; i < 3; i++)
		items(i, 40);
	probe_logs[0].take_at_most = 1;
	probe_logs[0].credit = 1;
	bed_play();
	for (uint32_t i = 0; i < 30; i++)
		from[bed_got(0, i).node]++;
	for (uint32_t i = 0; i < 3; i++)
		ck_assert_uint_ge(from[i], 8);
	bed_close();
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("inbox");
	TCase *tc = tcase_create("inbox");
	SRunner *sr = srunner_create(suite);
	int failed;

	suite_add_tcase(suite, tc);
	tcase_add_loop_test(tc, suspend_loses_nothing_of_any_feeder, 0, SPANS);
	tcase_add_loop_test(tc, drops_are_counted_on_the_feeder_they_came_by, 0, SPANS);
	tcase_add_test(tc, it_completes_when_all_feeders_have_ended);
	tcase_add_test(tc, a_silent_feeder_keeps_no_credit_from_the_others);
	tcase_add_test(tc, error_fails_when_full);
	tcase_add_test(tc, a_watermark_waits_for_every_feeder);
	tcase_add_test(tc, a_feeder_that_has_ended_holds_no_time);
	tcase_add_test(tc, feeders_take_turns_at_a_full_queue);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
