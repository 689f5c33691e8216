/* SPDX-License-Identifier: MIT */
/* buffer_test.c -- bounded: each policy loses what it says, counts it, and keeps order and marks. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include <weir/bounded.h>

#include "operators/bed.h"

static const uint32_t spans[] = { 1, 2, 7, 64 };
#define SPANS (int)(sizeof spans / sizeof spans[0])

static struct weir_buffer_params params;
static const struct weir_output_params port_params = { .name = "out" };
static uint16_t stage, input, port;

/* source -> buffer -> probe sink, or an output port that asks only when the test does. */
static void open_buffer(uint32_t capacity, enum weir_overflow overflow, bool with_port, uint32_t span)
{
	params = (struct weir_buffer_params){ .capacity = capacity, .overflow = (uint8_t)overflow };
	bed_open(WEIR_CLOCK_EVENT);
	(void)bed_source(0);
	stage = bed_stage(&weir_buffer_type, &params);
	input = bed_edge(0, stage);
	port = with_port ? bed_stage(&weir_output_type, &port_params) : bed_sink(0);
	(void)bed_edge(stage, port);
	probe_scripts[0].span = span;
}

static void items(int64_t n)
{
	for (int64_t i = 1; i <= n; i++)
		bed_item(0, i * 10, i, 0);
}

/* Pull one at a time; expect v, then `left` of them in all. */
static void pull_expect(const int64_t *v, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++) {
		struct bed_item item;
		int64_t instant = 0;

		ck_assert_int_eq(weir_pull(bed.in, port, &item, &instant, 1), 1);
		ck_assert_int_eq(item.v, v[i]);
		ck_assert_int_eq(instant, v[i] * 10);
		probe_check_ledger(bed.in);
	}
}
#define PULL_EXPECT(...) \
	pull_expect((int64_t[]){ __VA_ARGS__ }, sizeof((int64_t[]){ __VA_ARGS__ }) / sizeof(int64_t))

static void expect_end(void)
{
	struct bed_item item;

	ck_assert_int_eq(weir_pull(bed.in, port, &item, NULL, 1), WEIR_ENDED);
	ck_assert(weir_ended(bed.in));
}

START_TEST(suspend_loses_nothing)
{
	open_buffer(5, WEIR_OVERFLOW_SUSPEND, false, spans[_i]);
	items(200);
	probe_logs[0].take_at_most = 1;
	probe_logs[0].credit = 3;
	bed_play();
	ck_assert_uint_eq(probe_logs[0].n_items, 200);
	for (uint32_t i = 0; i < 200; i++)
		ck_assert_int_eq(bed_got(0, i).v, i + 1);
	ck_assert_uint_eq(bed_dropped(input, WEIR_DROP_OVERFLOW), 0);
	bed_close();
}
END_TEST

START_TEST(suspend_asks_for_free_slots_only)
{
	struct weir_ledger ledger;

	open_buffer(4, WEIR_OVERFLOW_SUSPEND, true, spans[_i]);
	items(20);
	bed_start();
	bed_settle();
	ck_assert_int_eq(weir_edge_ledger(bed.in, input, &ledger), WEIR_OK);
	ck_assert_uint_eq(ledger.requested, 4);
	ck_assert_uint_eq(ledger.queued, 4);
	for (int64_t i = 1; i <= 20; i++) {
		PULL_EXPECT(i);
		ck_assert_int_eq(weir_edge_ledger(bed.in, input, &ledger), WEIR_OK);
		ck_assert_uint_le(ledger.queued, 4);
		ck_assert_uint_le(ledger.requested, (uint64_t)i + 4);
	}
	expect_end();
	bed_close();
}
END_TEST

START_TEST(drop_oldest_keeps_the_last_items)
{
	open_buffer(3, WEIR_OVERFLOW_DROP_OLDEST, true, spans[_i]);
	items(10);
	bed_start();
	bed_settle();
	ck_assert_uint_eq(bed_dropped(input, WEIR_DROP_OVERFLOW), 7);
	PULL_EXPECT(8, 9, 10);
	expect_end();
	bed_close();
}
END_TEST

START_TEST(drop_newest_keeps_the_first_items)
{
	open_buffer(3, WEIR_OVERFLOW_DROP_NEWEST, true, spans[_i]);
	items(10);
	bed_start();
	bed_settle();
	ck_assert_uint_eq(bed_dropped(input, WEIR_DROP_OVERFLOW), 7);
	PULL_EXPECT(1, 2, 3);
	expect_end();
	bed_close();
}
END_TEST

START_TEST(latest_drops_all_that_wait)
{
	open_buffer(3, WEIR_OVERFLOW_LATEST, true, spans[_i]);
	items(8); /* 1 2 3, 4 5 6, 7 8 */
	bed_start();
	bed_settle();
	ck_assert_uint_eq(bed_dropped(input, WEIR_DROP_OVERFLOW), 6);
	PULL_EXPECT(7, 8);
	expect_end();
	bed_close();
}
END_TEST

START_TEST(error_fails_when_full)
{
	open_buffer(3, WEIR_OVERFLOW_ERROR, true, spans[_i]);
	items(4);
	bed_start();
	bed_settle();
	ck_assert(weir_failed(bed.in));
	ck_assert_int_eq(weir_first_error(bed.in)->code, WEIR_EFULL);
	ck_assert_int_eq(weir_first_error(bed.in)->stage, stage);
	bed_close();
}
END_TEST

START_TEST(error_does_not_fail_while_the_output_keeps_up)
{
	open_buffer(3, WEIR_OVERFLOW_ERROR, false, spans[_i]);
	items(100);
	bed_play();
	ck_assert_uint_eq(probe_logs[0].n_items, 100);
	ck_assert(!weir_failed(bed.in));
	bed_close();
}
END_TEST

/* Items lent to an output that does not take them lie in the buffer still. */
START_TEST(what_is_lent_fills_its_slot)
{
	struct bed_item got[2];

	open_buffer(3, WEIR_OVERFLOW_DROP_NEWEST, true, spans[_i]);
	items(10);
	bed_start();
	ck_assert_int_eq(weir_pull(bed.in, port, got, NULL, 2), 2);
	bed_settle();
	ck_assert_int_eq(got[0].v, 1);
	ck_assert_int_eq(got[1].v, 2);
	ck_assert_uint_eq(bed_dropped(input, WEIR_DROP_OVERFLOW), 7);
	PULL_EXPECT(3);
	expect_end();
	bed_close();
}
END_TEST

/* A consumer sits on the item it was lent: newer ones replace each other behind it. */
START_TEST(what_is_lent_is_not_dropped)
{
	static const struct weir_output_params ahead = { .name = "out", .capacity = 1 };

	open_buffer(1, _i % 2 == 0 ? WEIR_OVERFLOW_DROP_OLDEST : WEIR_OVERFLOW_LATEST, true, spans[_i]);
	bed.stages[port].params = &ahead;
	items(9);
	bed_start();
	bed_settle();
	ck_assert_uint_eq(bed_dropped(input, WEIR_DROP_OVERFLOW), 7);
	PULL_EXPECT(1, 9);
	expect_end();
	bed_close();
}
END_TEST

START_TEST(marks_stay_between_their_items)
{
	open_buffer(8, WEIR_OVERFLOW_SUSPEND, false, spans[_i]);
	bed_item(0, 10, 1, 0);
	bed_item(0, 20, 2, 0);
	probe_mark(0, WEIR_MARK_WATERMARK, 15);
	bed_item(0, 30, 3, 0);
	probe_mark(0, WEIR_MARK_BARRIER, 1);
	bed_item(0, 40, 4, 0);
	bed_play();
	BED_EXPECT(0, 1, 2, 3, 4);
	ck_assert_uint_eq(probe_logs[0].n_marks, 3);
	ck_assert_uint_eq(probe_logs[0].marks[0].after, 2);
	ck_assert_int_eq(probe_logs[0].marks[0].mark.time, 15);
	ck_assert_uint_eq(probe_logs[0].marks[1].after, 3);
	ck_assert_uint_eq(probe_logs[0].marks[1].mark.kind, WEIR_MARK_BARRIER);
	ck_assert_uint_eq(probe_scripts[0].barriers_done, 1);
	bed_close();
}
END_TEST

START_TEST(marks_outlive_dropped_items)
{
	open_buffer(2, WEIR_OVERFLOW_DROP_OLDEST, true, spans[_i]);
	bed_item(0, 10, 1, 0);
	probe_mark(0, WEIR_MARK_BARRIER, 1);
	for (int64_t i = 2; i < 6; i++)
		bed_item(0, i * 10, i, 0);
	bed_start();
	bed_settle();
	ck_assert_uint_eq(probe_scripts[0].barriers_done, 1);
	PULL_EXPECT(4, 5);
	expect_end();
	bed_close();
}
END_TEST

START_TEST(an_error_waits_for_the_items_before_it)
{
	open_buffer(4, WEIR_OVERFLOW_SUSPEND, false, spans[_i]);
	items(3);
	probe_mark(0, WEIR_MARK_ERROR, 0);
	probe_logs[0].credit = 1;
	bed_play();
	BED_EXPECT(0, 1, 2, 3);
	ck_assert(probe_logs[0].failed);
	bed_close();
}
END_TEST

START_TEST(a_cancelled_output_ends_it)
{
	open_buffer(4, WEIR_OVERFLOW_SUSPEND, false, spans[_i]);
	items(50);
	probe_logs[0].cancel_after = 3;
	bed_play();
	BED_EXPECT(0, 1, 2, 3);
	ck_assert_int_eq(weir_stage_phase(bed.in, stage), WEIR_STAGE_CANCELLED);
	bed_close();
}
END_TEST

START_TEST(a_capacity_without_bound_is_refused)
{
	struct weir_place place = { .params = &params, .in = &bed_record };

	params = (struct weir_buffer_params){ .capacity = WEIR_QUEUE_MOST + 1 };
	ck_assert_int_lt(weir_buffer_type.state_size(&place), 0);
	params.capacity = 0;
	ck_assert_int_lt(weir_buffer_type.state_size(&place), 0);
}
END_TEST

START_TEST(a_capacity_of_one_is_enough)
{
	open_buffer(1, WEIR_OVERFLOW_SUSPEND, false, spans[_i]);
	items(20);
	bed_play();
	ck_assert_uint_eq(probe_logs[0].n_items, 20);
	bed_close();
}
END_TEST

START_TEST(what_is_in_it_when_it_is_cancelled_counts_as_cancelled)
{
	struct weir_ledger ledger;

	open_buffer(4, WEIR_OVERFLOW_SUSPEND, true, spans[_i]);
	items(20);
	bed_start();
	bed_settle();
	PULL_EXPECT(1);
	ck_assert_int_eq(weir_port_cancel(bed.in, port), WEIR_OK);
	bed_settle();
	ck_assert(weir_ended(bed.in));
	ck_assert_int_eq(weir_edge_ledger(bed.in, input, &ledger), WEIR_OK);
	ck_assert_uint_eq(ledger.out, 1);
	ck_assert_uint_eq(ledger.dropped[WEIR_DROP_CANCELLED], ledger.in - 1);
	bed_close();
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("buffer");
	TCase *tc = tcase_create("buffer");
	SRunner *sr = srunner_create(suite);
	int failed;

	suite_add_tcase(suite, tc);
	tcase_add_loop_test(tc, suspend_loses_nothing, 0, SPANS);
	tcase_add_loop_test(tc, suspend_asks_for_free_slots_only, 0, SPANS);
	tcase_add_loop_test(tc, drop_oldest_keeps_the_last_items, 0, SPANS);
	tcase_add_loop_test(tc, drop_newest_keeps_the_first_items, 0, SPANS);
	tcase_add_loop_test(tc, latest_drops_all_that_wait, 0, SPANS);
	tcase_add_loop_test(tc, error_fails_when_full, 0, SPANS);
	tcase_add_loop_test(tc, error_does_not_fail_while_the_output_keeps_up, 0, SPANS);
	tcase_add_loop_test(tc, what_is_lent_fills_its_slot, 0, SPANS);
	tcase_add_loop_test(tc, what_is_lent_is_not_dropped, 0, SPANS);
	tcase_add_loop_test(tc, marks_stay_between_their_items, 0, SPANS);
	tcase_add_loop_test(tc, marks_outlive_dropped_items, 0, SPANS);
	tcase_add_loop_test(tc, an_error_waits_for_the_items_before_it, 0, SPANS);
	tcase_add_loop_test(tc, a_cancelled_output_ends_it, 0, SPANS);
	tcase_add_test(tc, a_capacity_without_bound_is_refused);
	tcase_add_loop_test(tc, a_capacity_of_one_is_enough, 0, SPANS);
	tcase_add_loop_test(tc, what_is_in_it_when_it_is_cancelled_counts_as_cancelled, 0, SPANS);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
