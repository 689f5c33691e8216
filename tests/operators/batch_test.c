/* SPDX-License-Identifier: MIT */
/* batch_test.c -- items that wait for each other: until they are enough, or time has passed, or no more come. */
#include <stdio.h>
#include <string.h>

#include "operators/clockwork.h"
#include "operators/each_rig.h"
#include "support/puppet.h"
#include "support/textrig.h"

#define START 1000 /* the bed's clock */

static struct weir_batch_params params;

static void open_event(int round, uint32_t count, uint64_t every_ns)
{
	params = (struct weir_batch_params){ .count = count, .every_ns = every_ns };
	each_open(round, &weir_batch_type, &params, NULL);
}

static void items(int64_t first, int64_t n)
{
	for (int64_t i = first; i < first + n; i++)
		bed_item(0, i, i, 0);
}

/* Play what is there, without an end. */
static void play(void)
{
	probe_scripts[0].holds = true;
	bed_start();
	(void)probe_run(&bed.clock, bed.in);
}

/*
 *	in    --1-2-3-4-5-6-7-
 *	out   ------123---456-	count 3
 */
START_TEST(items_wait_until_the_batch_is_whole)
{
	struct weir_ledger l;

	open_event(_i, 3, 0);
	items(1, 7);
	play();
	BED_EXPECT(0, 1, 2, 3, 4, 5, 6);
	ck_assert_int_eq(weir_edge_ledger(bed.in, each_input, &l), WEIR_OK);
	ck_assert_uint_eq(l.queued, 1);
	bed_close();
}
END_TEST

/*
 *	in    --1-2-|
 *	out   ------12|	count 3; an error does no harm to what was held
 */
START_TEST(what_is_held_goes_before_the_end)
{
	open_event(_i / 2, 3, 0);
	items(1, 5);
	if (_i % 2 == 1)
		probe_mark(0, WEIR_MARK_ERROR, 0);
	bed_play();
	BED_EXPECT(0, 1, 2, 3, 4, 5);
	ck_assert(probe_logs[0].ended && probe_logs[0].failed == (_i % 2 == 1));
	ck_assert_uint_eq(bed_dropped(each_input, WEIR_DROP_CANCELLED), 0);
	bed_close();
}
END_TEST

START_TEST(a_checkpoint_keeps_what_is_held)
{
	open_event(_i, 3, 0);
	items(1, 5);
	play();
	ck_assert_int_eq(weir_drain(bed.in, WEIR_DRAIN_CHECKPOINT, WEIR_NEVER), WEIR_OK);
	(void)probe_run(&bed.clock, bed.in);
	ck_assert(weir_ended(bed.in));
	BED_EXPECT(0, 1, 2, 3);
	ck_assert_uint_eq(bed_dropped(each_input, WEIR_DROP_CANCELLED), 2);
	bed_close();
}
END_TEST

START_TEST(a_drain_lets_out_what_is_held)
{
	open_event(_i, 3, 0);
	items(1, 5);
	play();
	ck_assert_int_eq(weir_drain(bed.in, WEIR_DRAIN_FINISH, WEIR_NEVER), WEIR_OK);
	(void)probe_run(&bed.clock, bed.in);
	BED_EXPECT(0, 1, 2, 3, 4, 5);
	bed_close();
}
END_TEST

/*
 *	time    1  2     11  15         40  41
 *	in    --1--2-----3---4----------5---6-
 *	out   ----------12------------34-------	every 10, count 4: 3 is exactly so late
 */
START_TEST(a_batch_that_is_open_for_long_enough_goes_on)
{
	open_event(_i, 4, 10);
	bed_item(0, 1, 1, 0);
	bed_item(0, 2, 2, 0);
	bed_item(0, 11, 3, 0);
	bed_item(0, 15, 4, 0);
	bed_item(0, 40, 5, 0);
	bed_item(0, 39, 6, 0); /* comes late, and is of the time that the stage has */
	bed_item(0, 49, 7, 0);
	play();
	BED_EXPECT(0, 1, 2, 3, 4);
	ck_assert_int_eq(probe_logs[0].instants[2], 11);
	bed_close();
}
END_TEST

/* A watermark that ends a batch comes behind it; one that does not keeps its place among the items. */
START_TEST(marks_keep_their_places)
{
	static const struct {
		enum weir_mark_kind kind;
		uint32_t after;
	} expected[] = { { WEIR_MARK_LAGGED, 1 }, { WEIR_MARK_BARRIER, 1 }, { WEIR_MARK_WATERMARK, 2 },
		{ WEIR_MARK_WATERMARK, 3 }, { WEIR_MARK_BARRIER, 3 } };
	const struct probe_log *log = &probe_logs[0];

	open_event(_i, 8, 10);
	items(1, 1);
	probe_mark(0, WEIR_MARK_LAGGED, 3);
	probe_mark(0, WEIR_MARK_BARRIER, 1);
	items(2, 1);
	probe_mark(0, WEIR_MARK_WATERMARK, 3);
	items(5, 1);
	probe_mark(0, WEIR_MARK_WATERMARK, 11);
	probe_mark(0, WEIR_MARK_BARRIER, 2);
	items(12, 1);
	probe_mark(0, WEIR_MARK_BARRIER, 3); /* waits for the item before it */
	play();
	BED_EXPECT(0, 1, 2, 5);
	ck_assert_uint_eq(log->n_marks, 5);
	for (uint32_t i = 0; i < 5; i++) {
		ck_assert_uint_eq(log->marks[i].mark.kind, expected[i].kind);
		ck_assert_uint_eq(log->marks[i].after, expected[i].after);
	}
	bed_close();
}
END_TEST

START_TEST(the_number_of_the_batch_stands_behind_the_items_fields)
{
	params = (struct weir_batch_params){ .count = 3, .every_ns = 10, .as = each_u64 };
	each_open(_i, &weir_batch_type, &params, &each_with_u64);
	for (int64_t i = 1; i <= 4; i++)
		each_item(i, 0.5 * (double)i, 0);
	each_item(14, 2.5, 0);
	each_item(15, 3, 0);
	bed_play();
	EACH_EXPECT_COUNTS(0, 0, 0, 1, 2, 2);
	bed_close();
}
END_TEST

/* As they go out: with the number, 32 bytes each. */
START_TEST(bytes_are_those_of_the_records_that_go_out)
{
	params = (struct weir_batch_params){ .count = _i == 0 ? 0 : 3, .bytes = 95, .as = each_u64 };
	each_open(0, &weir_batch_type, &params, &each_with_u64);
	for (int64_t i = 1; i <= 5; i++)
		each_item(i, (double)i, 0);
	bed_play();
	EACH_EXPECT_COUNTS(0, 0, 1, 1, 2);
	bed_close();
	params = (struct weir_batch_params){ .count = _i == 0 ? 0 : 9, .bytes = 95 };
	each_open(0, &weir_batch_type, &params, NULL);
	items(1, 4);
	play();
	BED_EXPECT(0, 1, 2, 3);
	bed_close();
}
END_TEST

/* What was asked for and what is held are one batch at most. */
START_TEST(it_asks_for_what_is_missing_of_a_batch)
{
	struct weir_ledger l;

	open_event(_i, 3, 0);
	items(1, 20);
	bed_start();
	while (weir_step(bed.in, 1) > 0) {
		ck_assert_int_eq(weir_edge_ledger(bed.in, each_input, &l), WEIR_OK);
		ck_assert_uint_le(l.requested, l.out + 3);
	}
	ck_assert_uint_eq(probe_logs[0].n_items, 20);
	bed_close();
}
END_TEST

static uint16_t port;

/* By the machine's clock, into a port of the application: nothing is asked for until somebody pulls. */
static void open_clockwork(uint32_t count, uint64_t every_ns)
{
	static const struct weir_output_params out = { .name = "out", .capacity = 1 };
	uint16_t source;

	params = (struct weir_batch_params){ .count = count, .every_ns = every_ns };
	clockwork_reset();
	bed_open(WEIR_CLOCK_MONOTONIC);
	bed.cap = 4;
	source = clockwork_source(0);
	each_stage = bed_stage(&weir_batch_type, &params);
	each_input = bed_edge(source, each_stage);
	port = bed_stage(&weir_output_type, &out);
	(void)bed_edge(each_stage, port);
	bed_start();
}

static void pull(int64_t v)
{
	struct bed_item got;

	ck_assert_int_eq(weir_pull(bed.in, port, &got, NULL, 1), v > 0);
	ck_assert(v == 0 || got.v == v);
}

START_TEST(by_the_machines_clock_a_timer_tells)
{
	open_clockwork(3, 10);
	clockwork_at(0, START + 1, START + 4, START + 50, START + 51, START + 52, START + 90);
	clockwork_until(START + 10);
	pull(0);
	clockwork_until(START + 11);
	pull(1);
	pull(2);
	clockwork_until(START + 51);
	pull(0);
	clockwork_until(START + 52); /* whole */
	for (int64_t v = 3; v <= 5; v++)
		pull(v);
	ck_assert_uint_eq(weir_timers_armed(bed.in), 1); /* the clockwork's */
	clockwork_until(START + 95);
	pull(0);
	bed_close();
}
END_TEST

/* The batch that goes out holds back what comes, and what came meanwhile begins the next. */
START_TEST(while_a_batch_waits_for_credit_nothing_is_taken_in)
{
	struct weir_ledger l;

	open_clockwork(3, 10);
	clockwork_at(0, START + 1, START + 4, START + 12, START + 13);
	clockwork_until(START + 30);
	ck_assert_int_eq(weir_edge_ledger(bed.in, each_input, &l), WEIR_OK);
	ck_assert_uint_le(l.requested, l.out + 3);
	ck_assert_uint_le(l.in, 4);
	pull(1);
	pull(2);
	clockwork_until(START + 39);
	pull(0); /* 3 was taken in only at 30 */
	clockwork_until(START + 40);
	pull(3);
	pull(4);
	bed_close();
}
END_TEST

static void takes_nothing(struct weir_ctx *c)
{
	if (weir_input(c, 0) == NULL && weir_outstanding(c, 0) == 0)
		(void)weir_request(c, 0, 2);
}

/* One output of a tee keeps the batch; the other one must not wait for what comes behind it. */
START_TEST(what_lies_somewhere_holds_no_mark_back)
{
	static const struct puppet sink = { .run = takes_nothing };
	uint16_t tee;

	params = (struct weir_batch_params){ .count = 2 };
	bed_open(WEIR_CLOCK_EVENT);
	(void)bed_source(0);
	each_stage = bed_stage(&weir_batch_type, &params);
	(void)bed_edge(0, each_stage);
	tee = bed_stage(&weir_tee_type, NULL);
	(void)bed_edge(each_stage, tee);
	(void)bed_edge(tee, bed_stage(&puppet_sink_type, &sink));
	(void)bed_edge(tee, bed_sink(0));
	items(1, 2);
	probe_mark(0, WEIR_MARK_WATERMARK, 9);
	bed_start();
	bed_settle();
	BED_EXPECT(0, 1, 2);
	ck_assert_uint_eq(probe_logs[0].n_marks, 2);
	ck_assert(probe_logs[0].ended);
	bed_close();
}
END_TEST

START_TEST(a_batch_without_a_bound_is_refused)
{
	static const char *const refused[][2] = {
		{ "{\"batch\":{\"every\":\"1s\"}}", "give count or bytes" },
		{ "{\"batch\":{\"bytes\":\"7B\"}}", "less than one record" },
		{ "{\"batch\":{\"bytes\":\"15B\",\"as\":\"batch\"}}", "less than one record" },
		{ "{\"batch\":{\"bytes\":\"1GiB\"}}", "give a count too" },
		{ "{\"batch\":{\"count\":2,\"as\":\"n\"}}", "\"n\"" },
	};
	char text[256];

	(void)snprintf(text, sizeof text,
		"{\"a\":[{\"probe_source\":{\"probe\":0,\"record\":\"r\"}},%s,{\"probe_sink\":{\"probe\":0}}]"
		"}",
		refused[_i][0]);
	ck_assert_msg(strstr(textrig_refused(text), refused[_i][1]) != NULL, "%s", textrig.fault);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("batch");
	TCase *tc = tcase_create("batch");
	SRunner *sr = srunner_create(suite);
	int failed;

	suite_add_tcase(suite, tc);
	tcase_add_loop_test(tc, items_wait_until_the_batch_is_whole, 0, EACH_ROUNDS);
	tcase_add_loop_test(tc, what_is_held_goes_before_the_end, 0, 2 * EACH_ROUNDS);
	tcase_add_loop_test(tc, a_checkpoint_keeps_what_is_held, 0, EACH_ROUNDS);
	tcase_add_loop_test(tc, a_drain_lets_out_what_is_held, 0, EACH_ROUNDS);
	tcase_add_loop_test(tc, a_batch_that_is_open_for_long_enough_goes_on, 0, EACH_ROUNDS);
	tcase_add_loop_test(tc, marks_keep_their_places, 0, EACH_ROUNDS);
	tcase_add_loop_test(tc, the_number_of_the_batch_stands_behind_the_items_fields, 0, EACH_ROUNDS);
	tcase_add_loop_test(tc, bytes_are_those_of_the_records_that_go_out, 0, 2);
	tcase_add_loop_test(tc, it_asks_for_what_is_missing_of_a_batch, 0, EACH_ROUNDS);
	tcase_add_test(tc, by_the_machines_clock_a_timer_tells);
	tcase_add_test(tc, while_a_batch_waits_for_credit_nothing_is_taken_in);
	tcase_add_test(tc, what_lies_somewhere_holds_no_mark_back);
	tcase_add_loop_test(tc, a_batch_without_a_bound_is_refused, 0, 5);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
