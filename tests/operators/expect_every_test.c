/* SPDX-License-Identifier: MIT */
/* expect_every_test.c -- everything passes, and each period of silence is an item error, counted and never the consumer's. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "operators/clockwork.h"

#define START 1000 /* the bed's clock */

static const struct weir_expect_every_params params = { .period_ns = 10 };
static const struct weir_output_params port_params = { .name = "out" };
static uint16_t stage, port, input, output;

/* Item errors that on_error took. */
static struct {
	struct weir_error last;
	uint32_t n;
} told;

static void tell(void *arg, const struct weir_error *error)
{
	(void)arg;
	told.last = *error;
	told.n++;
}

static void open_watch(enum weir_clock clock, uint8_t on_error)
{
	uint16_t source;

	memset(&told, 0, sizeof told);
	clockwork_reset();
	bed_open(clock);
	source = clockwork_source(0);
	stage = bed_stage(&weir_expect_every_type, &params);
	bed.stages[stage].on_error = on_error;
	input = bed_edge(source, stage);
	output = bed_edge(stage, bed_sink(0));
	if (on_error == WEIR_ON_ERROR_TO)
		bed_errors_to(stage, bed_sink(1));
}

static void start(void)
{
	bed_start();
	weir_on_item_error(bed.in, tell, NULL);
}

static const struct weir_error_item *record(uint32_t i)
{
	ck_assert_uint_lt(i, probe_logs[1].n_items);
	return (const struct weir_error_item *)(const void *)probe_logs[1].bytes + i;
}

/* The ledger's view: n items passed, m were missed. */
static void expect_books(uint64_t n, uint64_t m)
{
	struct weir_ledger in, out;

	ck_assert_int_eq(weir_edge_ledger(bed.in, input, &in), WEIR_OK);
	ck_assert_int_eq(weir_edge_ledger(bed.in, output, &out), WEIR_OK);
	ck_assert_uint_eq(in.in, n);
	ck_assert_uint_eq(in.dropped[WEIR_DROP_ERROR], 0);
	ck_assert_uint_eq(out.in, n + m);
	ck_assert_uint_eq(out.out, n);
	ck_assert_uint_eq(out.dropped[WEIR_DROP_ERROR], m);
}

START_TEST(every_period_of_silence_is_an_error)
{
	open_watch(WEIR_CLOCK_MONOTONIC, WEIR_ON_ERROR_DROP);
	clockwork_at(0, START + 5, START + 40, START + 49);
	clockworks[0].ends_at = START + 55;
	start();
	clockwork_until(START + 15); /* exactly a period */
	ck_assert_uint_eq(told.n, 0);
	clockwork_until(START + 16);
	ck_assert_uint_eq(told.n, 1);
	ck_assert_int_eq(told.last.code, WEIR_ETIMEOUT);
	ck_assert_uint_eq(told.last.stage, stage);
	ck_assert_uint_eq(told.last.item, 0);
	ck_assert_str_eq(told.last.text, "silence: no item for the period in which one was expected");
	clockwork_until(START + 25);
	ck_assert_uint_eq(told.n, 1);
	clockwork_until(START + 26);
	ck_assert_uint_eq(told.n, 2);
	clockwork_until(START + 36);
	ck_assert_uint_eq(told.n, 3); /* a period each, without drift */
	clockwork_until(START + 100);
	ck_assert_uint_eq(told.n, 3);
	BED_EXPECT(0, 1, 2, 3);
	ck_assert(probe_logs[0].ended && !probe_logs[0].failed);
	expect_books(3, 3);
	bed_close();
}
END_TEST

START_TEST(an_item_at_the_deadline_is_in_time)
{
	int64_t off = _i - 1; /* a nanosecond before the deadline, at it, and after */

	open_watch(WEIR_CLOCK_MONOTONIC, WEIR_ON_ERROR_DROP);
	clockwork_at(0, START + 3, START + 13 + off);
	start();
	clockwork_until(START + 20);
	BED_EXPECT(0, 1, 2);
	ck_assert_uint_eq(told.n, off > 0 ? 1 : 0);
	bed_close();
}
END_TEST

START_TEST(the_first_item_has_a_period_from_the_start)
{
	open_watch(WEIR_CLOCK_MONOTONIC, WEIR_ON_ERROR_DROP);
	start();
	clockwork_until(START + 10);
	ck_assert_uint_eq(told.n, 0);
	clockwork_until(START + 11);
	ck_assert_uint_eq(told.n, 1);
	bed_close();
}
END_TEST

START_TEST(on_error_fail_ends_it)
{
	open_watch(WEIR_CLOCK_MONOTONIC, WEIR_ON_ERROR_FAIL);
	clockwork_at(0, START + 5, START + 90);
	start();
	clockwork_until(START + 100);
	BED_EXPECT(0, 1);
	ck_assert(probe_logs[0].failed);
	ck_assert_int_eq(weir_error_of(bed.in, stage)->code, WEIR_ETIMEOUT);
	ck_assert_int_eq(weir_stage_phase(bed.in, 0), WEIR_STAGE_CANCELLED);
	ck_assert_uint_eq(told.n, 0); /* it surfaced */
	bed_close();
}
END_TEST

START_TEST(errors_go_to_their_stream)
{
	open_watch(WEIR_CLOCK_MONOTONIC, WEIR_ON_ERROR_TO);
	clockwork_at(0, START + 5, START + 30);
	clockworks[0].ends_at = START + 31;
	start();
	clockwork_until(START + 100);
	BED_EXPECT(0, 1, 2);
	ck_assert_uint_eq(probe_logs[1].n_items, 2);
	ck_assert_int_eq(record(0)->at, START + 16); /* the wall clock's time here */
	ck_assert_int_eq(record(1)->at, START + 26);
	ck_assert_uint_eq(record(0)->item, 0);
	ck_assert_mem_eq(record(0)->stage, "expect_every", 12);
	ck_assert_mem_eq(record(0)->code, "timeout", 7);
	ck_assert_mem_eq(record(0)->text, "silence: no item", 16);
	expect_books(2, 2);
	ck_assert(probe_logs[1].ended && !probe_logs[1].failed);
	bed_close();
}
END_TEST

/* The error stream's consumer is a port that asks for nothing until it is pulled. */
static void open_slow_errors(void)
{
	uint16_t source;

	memset(&told, 0, sizeof told);
	clockwork_reset();
	bed_open(WEIR_CLOCK_MONOTONIC);
	source = clockwork_source(0);
	stage = bed_stage(&weir_expect_every_type, &params);
	input = bed_edge(source, stage);
	output = bed_edge(stage, bed_sink(0));
	port = bed_stage(&weir_output_type, &port_params);
	bed_errors_to(stage, port);
}

START_TEST(an_error_without_room_waits_and_speaks_for_the_next)
{
	struct weir_error_item got[4];

	open_slow_errors();
	clockwork_at(0, START + 5, START + 58);
	start();
	clockwork_until(START + 50);
	ck_assert_uint_eq(told.n, 0); /* not before it is on its way */
	expect_books(1, 0);
	ck_assert_int_eq(weir_pull(bed.in, port, got, NULL, 4), 1);
	ck_assert_uint_eq(told.n, 1);
	clockwork_until(START + 57);
	ck_assert_uint_eq(told.n, 2); /* and the silence goes on: there is room now */
	ck_assert_int_eq(weir_pull(bed.in, port, got, NULL, 4), 1);
	clockwork_until(START + 60);
	BED_EXPECT(0, 1, 2); /* items never wait for an error */
	expect_books(2, 2);
	bed_close();
}
END_TEST

START_TEST(items_pass_while_an_error_waits)
{
	open_slow_errors();
	clockwork_at(0, START + 30, START + 31, START + 32);
	start();
	clockwork_until(START + 35);
	BED_EXPECT(0, 1, 2, 3);
	ck_assert_uint_eq(told.n, 0);
	bed_close();
}
END_TEST

START_TEST(an_error_that_waits_goes_before_the_end)
{
	struct weir_error_item got[4];

	open_slow_errors();
	clockwork_at(0, START + 30);
	clockworks[0].ends_at = START + 31;
	start();
	clockwork_until(START + 100);
	BED_EXPECT(0, 1);
	ck_assert(!probe_logs[0].ended);
	ck_assert_int_eq(weir_pull(bed.in, port, got, NULL, 4), 1);
	clockwork_until(START + 101);
	ck_assert(probe_logs[0].ended && !probe_logs[0].failed);
	ck_assert_int_eq(weir_pull(bed.in, port, got, NULL, 4), WEIR_ENDED);
	ck_assert(weir_ended(bed.in));
	expect_books(1, 1);
	bed_close();
}
END_TEST

START_TEST(errors_nobody_reads_are_counted_all_the_same)
{
	open_watch(WEIR_CLOCK_MONOTONIC, WEIR_ON_ERROR_TO);
	probe_logs[1].cancel_after = 1;
	clockwork_at(0, START + 50);
	clockworks[0].ends_at = START + 51;
	start();
	clockwork_until(START + 100);
	ck_assert_uint_eq(probe_logs[1].n_items, 1);
	ck_assert_uint_eq(told.n, 4);
	BED_EXPECT(0, 1);
	expect_books(1, 4);
	bed_close();
}
END_TEST

/* ---- about the world outside: the monotonic clock, and never the consumer ---- */

START_TEST(under_the_event_clock_silence_is_the_worlds_too)
{
	open_watch(WEIR_CLOCK_EVENT, WEIR_ON_ERROR_TO);
	clockwork_at(0, START + 5, START + 30);
	clockworks[0].ends_at = START + 31;
	start();
	clockwork_until(START + 100);
	BED_EXPECT(0, 1, 2);
	ck_assert_int_eq(probe_logs[0].instants[1], START + 30);
	ck_assert_uint_eq(probe_logs[1].n_items, 2);
	ck_assert_int_eq(record(0)->at, START + 5); /* the event clock's: of the item before */
	ck_assert_int_eq(record(1)->at, START + 5);
	ck_assert_int_eq(probe_logs[1].instants[0], START + 5);
	bed_close();
}
END_TEST

START_TEST(an_error_has_the_time_of_the_last_item_of_a_span)
{
	static const struct weir_input_params in_params = {
		.name = "in", .record = &bed_record, .capacity = 8
	};
	static const struct bed_item items[3];
	static const int64_t instants[3] = { 500, 600, 550 };

	memset(&told, 0, sizeof told);
	bed_open(WEIR_CLOCK_EVENT);
	(void)bed_stage(&weir_input_type, &in_params);
	stage = bed_stage(&weir_expect_every_type, &params);
	input = bed_edge(0, stage);
	output = bed_edge(stage, bed_sink(0));
	bed_errors_to(stage, bed_sink(1));
	start();
	ck_assert_int_eq(weir_push(bed.in, 0, items, instants, 3), 3);
	ck_assert_uint_eq(probe_logs[0].n_items, 3);
	clockwork_until(START + 11);
	ck_assert_uint_eq(probe_logs[1].n_items, 1);
	ck_assert_int_eq(record(0)->at, 550);
	bed_close();
}
END_TEST

START_TEST(nobody_is_silent_whom_nobody_asks)
{
	struct bed_item got;

	memset(&told, 0, sizeof told);
	clockwork_reset();
	bed_open(WEIR_CLOCK_MONOTONIC);
	(void)clockwork_source(0);
	stage = bed_stage(&weir_expect_every_type, &params);
	bed.stages[stage].on_error = WEIR_ON_ERROR_DROP;
	port = bed_stage(&weir_output_type, &port_params);
	input = bed_edge(0, stage);
	output = bed_edge(stage, port);
	clockwork_at(0, START + 5);
	start();
	clockwork_until(START + 100);
	ck_assert_uint_eq(told.n, 0);
	ck_assert_int_eq(weir_pull(bed.in, port, &got, NULL, 1), 1);
	clockwork_until(START + 200);
	ck_assert_uint_eq(told.n, 0);
	ck_assert_int_eq(weir_pull(bed.in, port, &got, NULL, 1), 0);
	clockwork_until(START + 221);
	ck_assert_uint_eq(told.n, 2);
	expect_books(1, 2);
	bed_close();
}
END_TEST

START_TEST(a_loop_that_was_away_raises_one_for_all)
{
	open_watch(WEIR_CLOCK_MONOTONIC, WEIR_ON_ERROR_DROP);
	start();
	bed_settle();
	bed.clock.now_ns = START + 1000000;
	bed_settle();
	ck_assert_uint_eq(told.n, 0); /* the input gets one more turn */
	clockwork_until(START + 1000001);
	ck_assert_uint_eq(told.n, 1);
	clockwork_until(START + 1000012);
	ck_assert_uint_eq(told.n, 2);
	bed_close();
}
END_TEST

START_TEST(credit_passes_through)
{
	struct weir_ledger in, out;

	open_watch(WEIR_CLOCK_MONOTONIC, WEIR_ON_ERROR_DROP);
	clockwork_at(0, START, START, START, START);
	probe_logs[0].credit = 2;
	start();
	clockwork_until(START + 31); /* after three silences */
	ck_assert_int_eq(weir_edge_ledger(bed.in, input, &in), WEIR_OK);
	ck_assert_int_eq(weir_edge_ledger(bed.in, output, &out), WEIR_OK);
	ck_assert_uint_eq(in.requested, 6);
	ck_assert_uint_eq(out.requested - out.dropped[WEIR_DROP_ERROR], 6); /* an error uses none */
	ck_assert_uint_eq(out.dropped[WEIR_DROP_ERROR], 3);
	bed_close();
}
END_TEST

START_TEST(a_cancelled_output_stops_the_timer_and_the_input)
{
	open_watch(WEIR_CLOCK_MONOTONIC, WEIR_ON_ERROR_DROP);
	clockwork_at(0, START + 1, START + 2, START + 3);
	probe_logs[0].cancel_after = 2;
	start();
	clockwork_until(START + 100);
	ck_assert_uint_eq(probe_logs[0].n_items, 2);
	ck_assert_uint_eq(told.n, 0);
	ck_assert(weir_ended(bed.in));
	ck_assert_int_eq(weir_stage_phase(bed.in, 0), WEIR_STAGE_CANCELLED);
	bed_close();
}
END_TEST

static const uint32_t spans[] = { 1, 2, 7, 64 };

START_TEST(marks_keep_their_places)
{
	bed_open(_i < 4 ? WEIR_CLOCK_MONOTONIC : WEIR_CLOCK_EVENT);
	(void)bed_source(0);
	stage = bed_stage(&weir_expect_every_type, &params);
	(void)bed_edge(0, stage);
	(void)bed_edge(stage, bed_sink(0));
	probe_scripts[0].span = spans[_i % 4];
	bed_item(0, 100, 1, 0);
	probe_mark(0, WEIR_MARK_LAGGED, 4);
	probe_mark(0, WEIR_MARK_WATERMARK, 100);
	probe_mark(0, WEIR_MARK_BARRIER, 1);
	bed_item(0, 101, 2, 0);
	bed_item(0, 102, 3, 0);
	probe_mark(0, WEIR_MARK_ERROR, 0);
	bed_play();
	BED_EXPECT(0, 1, 2, 3);
	ck_assert_uint_eq(probe_logs[0].n_marks, 4);
	for (uint32_t i = 0; i < 3; i++)
		ck_assert_uint_eq(probe_logs[0].marks[i].after, 1);
	ck_assert(probe_logs[0].failed);
	ck_assert_uint_eq(weir_first_error(bed.in)->stage, 0);
	ck_assert_uint_eq(probe_scripts[0].barriers_done, 1);
	bed_close();
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("expect_every");
	TCase *tc = tcase_create("expect_every");
	SRunner *sr = srunner_create(suite);
	int failed;

	suite_add_tcase(suite, tc);
	tcase_add_test(tc, every_period_of_silence_is_an_error);
	tcase_add_loop_test(tc, an_item_at_the_deadline_is_in_time, 0, 3);
	tcase_add_test(tc, the_first_item_has_a_period_from_the_start);
	tcase_add_test(tc, on_error_fail_ends_it);
	tcase_add_test(tc, errors_go_to_their_stream);
	tcase_add_test(tc, an_error_without_room_waits_and_speaks_for_the_next);
	tcase_add_test(tc, items_pass_while_an_error_waits);
	tcase_add_test(tc, an_error_that_waits_goes_before_the_end);
	tcase_add_test(tc, errors_nobody_reads_are_counted_all_the_same);
	tcase_add_test(tc, under_the_event_clock_silence_is_the_worlds_too);
	tcase_add_test(tc, an_error_has_the_time_of_the_last_item_of_a_span);
	tcase_add_test(tc, nobody_is_silent_whom_nobody_asks);
	tcase_add_test(tc, a_loop_that_was_away_raises_one_for_all);
	tcase_add_test(tc, credit_passes_through);
	tcase_add_test(tc, a_cancelled_output_stops_the_timer_and_the_input);
	tcase_add_loop_test(tc, marks_keep_their_places, 0, 8);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
