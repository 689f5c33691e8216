/* SPDX-License-Identifier: MIT */
/* barriers_test.c -- what merges between two spans, who may send what, and when a barrier is durable. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "operators/marionette.h"

static struct marionette sources[2], middle, sinks[3];
static const struct weir_mark *to_send;
static uint32_t n_to_send;
static int answered;

static void sends_marks(struct weir_ctx *c)
{
	for (uint32_t i = 0; i < n_to_send; i++)
		weir_send_mark(c, 0, &to_send[i]);
	n_to_send = 0;
}

/* Have the source send these in one go. */
static void send_marks(uint16_t source, uint32_t n, const struct weir_mark *marks)
{
	to_send = marks;
	n_to_send = n;
	sources[0].run = sends_marks;
	marionette_run(source);
}

static void reset(void)
{
	memset(sources, 0, sizeof sources);
	memset(sinks, 0, sizeof sinks);
	middle = (struct marionette){ 0 };
	bed_open(WEIR_CLOCK_EVENT);
}

START_TEST(of_the_marks_that_wait_at_one_place_one_of_each_kind_is_left)
{
	static const struct weir_mark marks[] = { { .kind = WEIR_MARK_WATERMARK, .time = 5 },
		{ .kind = WEIR_MARK_LAGGED, .value = 2 }, { .kind = WEIR_MARK_WATERMARK, .time = 3 },
		{ .kind = WEIR_MARK_BARRIER, .value = 1 }, { .kind = WEIR_MARK_LAGGED, .value = 3 },
		{ .kind = WEIR_MARK_BARRIER, .value = 2 }, { .kind = WEIR_MARK_WATERMARK, .time = 4 } };
	const struct probe_log *log = &probe_logs[0];

	reset();
	(void)bed_stage(&marionette_source_type, &sources[0]);
	(void)bed_edge(0, bed_sink(0));
	bed_start();
	bed_settle();
	send_marks(0, 7, marks);
	ck_assert_uint_eq(log->n_marks, 3);
	ck_assert_uint_eq(log->marks[0].mark.kind, WEIR_MARK_LAGGED);
	ck_assert_uint_eq(log->marks[0].mark.value, 5);
	ck_assert_uint_eq(log->marks[1].mark.kind, WEIR_MARK_WATERMARK);
	ck_assert_int_eq(log->marks[1].mark.time, 5);
	ck_assert_uint_eq(log->marks[2].mark.kind, WEIR_MARK_BARRIER);
	ck_assert_uint_eq(log->marks[2].mark.value, 2);
	bed_close();
}
END_TEST

START_TEST(an_end_is_not_sent_as_a_mark)
{
	static const struct weir_mark marks[] = { { .kind = WEIR_MARK_COMPLETE }, { .kind = WEIR_MARK_ERROR },
		{ .kind = WEIR_MARK_WATERMARK, .time = 4 } };

	reset();
	(void)bed_stage(&marionette_source_type, &sources[0]);
	(void)bed_edge(0, bed_sink(0));
	bed_start();
	bed_settle();
	send_marks(0, 3, marks);
	ck_assert_uint_eq(probe_logs[0].n_marks, 1);
	ck_assert_int_eq(probe_logs[0].marks[0].mark.time, 4);
	ck_assert(!weir_ended(bed.in));
	bed_close();
}
END_TEST

/* ---- barriers ---- */

static uint64_t next_number, done[16];
static uint32_t n_done;

static void sends_barrier(struct weir_ctx *c)
{
	if (next_number != 0)
		answered = weir_barrier(c, next_number);
	next_number = 0;
}

static int barrier_from(uint16_t source, uint64_t number)
{
	answered = 77;
	next_number = number;
	marionette_run(source);
	return answered;
}

static void is_told(struct weir_ctx *c, uint64_t number)
{
	ck_assert_uint_lt(n_done, 16);
	done[n_done++] = c->index * 100u + number;
}

static struct weir_mark kept[3]; /* by sink */
static bool has_kept[3], answer[3], leave[3];

static void keeps_barriers(struct weir_ctx *c, uint32_t i)
{
	struct weir_mark mark;

	if (leave[i])
		weir_cancel(c, 0);
	while (weir_next_mark(c, 0, &mark)) {
		ck_assert_uint_eq(mark.kind, WEIR_MARK_BARRIER);
		kept[i] = mark;
		has_kept[i] = true;
	}
	if (answer[i])
		weir_barrier_done(c, &kept[i]);
	answer[i] = false;
}

static void first_keeps(struct weir_ctx *c)
{
	keeps_barriers(c, 0);
}

static void second_keeps(struct weir_ctx *c)
{
	keeps_barriers(c, 1);
}

static void third_keeps(struct weir_ctx *c)
{
	keeps_barriers(c, 2);
}

static void (*const keepers[])(struct weir_ctx *) = { first_keeps, second_keeps, third_keeps };

static void answer_from(uint16_t stage, uint32_t sink)
{
	answer[sink] = true;
	marionette_run(stage);
}

static void reset_barriers(void)
{
	reset();
	n_done = 0;
	next_number = 0;
	memset(has_kept, 0, sizeof has_kept);
	memset(answer, 0, sizeof answer);
	memset(leave, 0, sizeof leave);
	for (int i = 0; i < 2; i++) {
		sources[i].run = sends_barrier;
		sources[i].barrier_done = is_told;
	}
	for (int i = 0; i < 3; i++)
		sinks[i].run = keepers[i];
}

/* Stages: source 0, another source 1, tee 2, sinks 3 4 5 behind it, sink 6 of the other source. */
START_TEST(a_barrier_is_durable_once_every_branch_that_is_open_answered)
{
	static struct marionette own;

	reset_barriers();
	own = (struct marionette){ 0 };
	(void)bed_stage(&marionette_source_type, &sources[0]);
	(void)bed_stage(&marionette_source_type, &sources[1]);
	(void)bed_stage(&weir_tee_type, NULL);
	(void)bed_edge(0, 2);
	for (uint16_t i = 0; i < 3; i++)
		(void)bed_edge(2, bed_stage(&marionette_sink_type, &sinks[i]));
	(void)bed_edge(1, bed_stage(&marionette_sink_type, &own));
	bed_start();
	bed_settle();
	leave[0] = true;
	marionette_run(3);
	ck_assert_int_eq(barrier_from(1, 5), WEIR_OK); /* of another source, open all the time */
	ck_assert_int_eq(barrier_from(0, 5), WEIR_OK);
	ck_assert(!has_kept[0] && has_kept[1] && has_kept[2]);
	answer_from(4, 1);
	ck_assert_uint_eq(n_done, 0);
	answer_from(5, 2);
	ck_assert_uint_eq(n_done, 1);
	ck_assert_uint_eq(done[0], 5);
	ck_assert_int_eq(barrier_from(0, 6), WEIR_OK);
	ck_assert_int_eq(barrier_from(0, 7), WEIR_OK);
	answer_from(4, 1); /* the last one: it speaks for those before it */
	answer_from(5, 2);
	ck_assert_uint_eq(n_done, 2);
	ck_assert_uint_eq(done[1], 7);
	bed_close();
}
END_TEST

START_TEST(there_are_as_many_open_barriers_as_the_plan_says)
{
	reset_barriers();
	(void)bed_stage(&marionette_source_type, &sources[0]);
	(void)bed_edge(0, bed_stage(&marionette_sink_type, &sinks[0]));
	bed.plan.max_barriers = 2;
	bed_start();
	bed_settle();
	ck_assert_int_eq(barrier_from(0, 1), WEIR_OK);
	ck_assert_int_eq(barrier_from(0, 2), WEIR_OK);
	ck_assert_int_eq(barrier_from(0, 3), WEIR_EAGAIN);
	ck_assert_uint_eq(kept[0].value, 2);
	answer_from(1, 0);
	ck_assert_uint_eq(n_done, 1);
	ck_assert_int_eq(barrier_from(0, 3), WEIR_OK);
	ck_assert_uint_eq(kept[0].value, 3);
	bed_close();
}
END_TEST

/* Of whichever source the place was. */
START_TEST(a_source_that_found_no_place_is_run_when_there_is_one)
{
	uint32_t runs;

	reset_barriers();
	for (uint16_t i = 0; i < 2; i++)
		(void)bed_stage(&marionette_source_type, &sources[i]);
	for (uint16_t i = 0; i < 2; i++)
		(void)bed_edge(i, bed_stage(&marionette_sink_type, &sinks[i]));
	bed.plan.max_barriers = 1;
	bed_start();
	bed_settle();
	ck_assert_int_eq(barrier_from(0, 1), WEIR_OK);
	ck_assert_int_eq(barrier_from(1, 1), WEIR_EAGAIN);
	sources[0].run = NULL; /* it opens no other */
	runs = sources[1].runs;
	next_number = 2;
	answer_from(2, 0);
	ck_assert_uint_gt(sources[1].runs, runs);
	ck_assert_int_eq(answered, WEIR_OK);
	runs = sources[1].runs;
	answer_from(3, 1);
	ck_assert_uint_eq(n_done, 2);
	ck_assert_uint_eq(sources[1].runs, runs + 1); /* it was told; it waits for none any more */
	bed_close();
}
END_TEST

START_TEST(an_answer_to_a_barrier_that_is_not_open_is_nothing)
{
	reset_barriers();
	(void)bed_stage(&marionette_source_type, &sources[0]);
	(void)bed_edge(0, bed_stage(&marionette_sink_type, &sinks[0]));
	bed_start();
	bed_settle();
	ck_assert_int_eq(barrier_from(0, 1), WEIR_OK);
	kept[0].value = 99;
	answer_from(1, 0);
	kept[0].value = 1;
	kept[0].source = 7;
	answer_from(1, 0);
	ck_assert_uint_eq(n_done, 0);
	kept[0].source = 0;
	answer_from(1, 0);
	ck_assert_uint_eq(n_done, 1);
	bed_close();
}
END_TEST

START_TEST(a_source_that_cannot_be_told_is_not)
{
	reset_barriers();
	(void)bed_stage(&marionette_deaf_type, &sources[0]);
	(void)bed_edge(0, bed_stage(&marionette_sink_type, &sinks[0]));
	bed.plan.max_barriers = 1;
	bed_start();
	bed_settle();
	ck_assert_int_eq(barrier_from(0, 1), WEIR_OK);
	answer_from(1, 0);
	ck_assert_uint_eq(n_done, 0);
	ck_assert_int_eq(barrier_from(0, 2), WEIR_OK); /* its place is free all the same */
	bed_close();
}
END_TEST

static void answers_and_sends_its_own(struct weir_ctx *c)
{
	struct weir_mark mark;

	if (!weir_next_mark(c, 0, &mark))
		return;
	weir_barrier_done(c, &mark);
	answered = weir_barrier(c, 40 + mark.value); /* the source is told when this has returned: X-1 */
}

START_TEST(a_place_is_free_when_its_source_has_been_told)
{
	reset_barriers();
	middle.run = answers_and_sends_its_own;
	(void)bed_stage(&marionette_source_type, &sources[0]);
	(void)bed_stage(&marionette_type, &middle);
	(void)bed_edge(0, 1);
	(void)bed_edge(1, bed_stage(&marionette_sink_type, &sinks[0]));
	bed.plan.max_barriers = (uint16_t)(1 + _i);
	bed_start();
	bed_settle();
	(void)barrier_from(0, 1);
	ck_assert_int_eq(answered, _i == 0 ? WEIR_EAGAIN : WEIR_OK);
	ck_assert_uint_eq(n_done, 1);
	ck_assert_uint_eq(done[0], 1);
	ck_assert(has_kept[0] == (_Bool)(_i == 1));
	bed_close();
}
END_TEST

int main(void)
{
	Suite *s = suite_create("barriers");
	TCase *tc = tcase_create("barriers");
	SRunner *sr = srunner_create(s);
	int failed;

	suite_add_tcase(s, tc);
	tcase_add_test(tc, of_the_marks_that_wait_at_one_place_one_of_each_kind_is_left);
	tcase_add_test(tc, an_end_is_not_sent_as_a_mark);
	tcase_add_test(tc, a_barrier_is_durable_once_every_branch_that_is_open_answered);
	tcase_add_test(tc, there_are_as_many_open_barriers_as_the_plan_says);
	tcase_add_test(tc, a_source_that_found_no_place_is_run_when_there_is_one);
	tcase_add_test(tc, an_answer_to_a_barrier_that_is_not_open_is_nothing);
	tcase_add_test(tc, a_source_that_cannot_be_told_is_not);
	tcase_add_loop_test(tc, a_place_is_free_when_its_source_has_been_told, 0, 2);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
