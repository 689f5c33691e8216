/* SPDX-License-Identifier: MIT */
/* marks_test.c -- marks that wait merge by kind, keep their place, and barriers are answered once and by all. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "operators/bed.h"
#include "support/puppet.h"

static void send_mark(struct weir_ctx *c, enum weir_mark_kind kind, int64_t value)
{
	struct weir_mark mark = { .kind = (uint8_t)kind, .time = value };

	weir_send_mark(c, 0, &mark);
}

/* ---- what waits on one edge ---- */

static void send_two_of_each(struct weir_ctx *c)
{
	send_mark(c, WEIR_MARK_WATERMARK, 7);
	send_mark(c, WEIR_MARK_LAGGED, 2);
	send_mark(c, WEIR_MARK_WATERMARK, 5);
	send_mark(c, WEIR_MARK_LAGGED, 3);
	weir_complete(c);
}

START_TEST(losses_add_up_and_watermarks_keep_the_newest)
{
	static const struct puppet source = { .run = send_two_of_each };

	bed_open(WEIR_CLOCK_EVENT);
	(void)bed_stage(&puppet_source_type, &source);
	(void)bed_edge(0, bed_sink(0));
	bed_play();
	ck_assert_uint_eq(probe_logs[0].n_marks, 3);
	ck_assert_uint_eq(probe_logs[0].marks[0].mark.kind, WEIR_MARK_LAGGED);
	ck_assert_uint_eq(probe_logs[0].marks[0].mark.value, 5);
	ck_assert_uint_eq(probe_logs[0].marks[1].mark.kind, WEIR_MARK_WATERMARK);
	ck_assert_int_eq(probe_logs[0].marks[1].mark.time, 7);
	ck_assert_uint_eq(probe_logs[0].marks[2].mark.kind, WEIR_MARK_COMPLETE);
	bed_close();
}
END_TEST

static void send_items_and_a_mark(struct weir_ctx *c)
{
	struct weir_span *span = weir_reserve(c, 0);

	if (span == NULL)
		return;
	memset(span->items, 0, 5 * sizeof(struct bed_item));
	memset(span->instants, 0, 5 * sizeof *span->instants);
	weir_emit(c, 0, 5);
	send_mark(c, WEIR_MARK_WATERMARK, 4);
	weir_complete(c);
}

/* Take the items one by one; a mark must not show before the last is taken. */
static uint32_t items_seen, after_items;

static void take_singly(struct weir_ctx *c)
{
	struct weir_mark mark;

	if (weir_outstanding(c, 0) == 0 && weir_input(c, 0) == NULL && weir_input_open(c, 0))
		(void)weir_request(c, 0, 8);
	while (weir_next_mark(c, 0, &mark)) {
		if (mark.kind == WEIR_MARK_WATERMARK)
			after_items = items_seen;
		if (mark.kind >= WEIR_MARK_COMPLETE)
			weir_end_with(c, &mark);
	}
	if (weir_input(c, 0) == NULL)
		return;
	weir_take(c, 0, 1);
	items_seen++;
	weir_again(c);
}

START_TEST(a_mark_shows_once_the_items_before_it_are_taken)
{
	static const struct puppet source = { .run = send_items_and_a_mark }, sink = { .run = take_singly };

	bed_open(WEIR_CLOCK_EVENT);
	(void)bed_stage(&puppet_source_type, &source);
	(void)bed_edge(0, bed_stage(&puppet_sink_type, &sink));
	items_seen = after_items = 0;
	bed_play();
	ck_assert_uint_eq(after_items, 5);
	ck_assert_uint_eq(items_seen, 5);
	bed_close();
}
END_TEST

/* ---- barriers ---- */

static const struct weir_output_params ahead = { .name = "out", .capacity = 8 };

static uint32_t barriers_sent, barriers_done;

static void note_barrier_done(struct weir_ctx *c, uint64_t number)
{
	(void)c;
	ck_assert_uint_eq(number, 1);
	barriers_done++;
}

/* Three items, a barrier behind them, and no end. */
static void send_items_and_a_barrier(struct weir_ctx *c)
{
	struct weir_span *span = barriers_sent == 0 && weir_room(c, 0) >= 3 ? weir_reserve(c, 0) : NULL;

	if (span == NULL)
		return;
	memset(span->items, 0, 3 * sizeof(struct bed_item));
	weir_emit(c, 0, 3);
	ck_assert_int_eq(weir_barrier(c, ++barriers_sent), WEIR_OK);
}

static const struct puppet barrier_source = { .run = send_items_and_a_barrier,
	.barrier_done = note_barrier_done };

/* One branch has the barrier at its end at once, the other keeps it behind items in a buffer. */
START_TEST(a_barrier_is_answered_by_the_slowest_branch)
{
	static const struct weir_buffer_params room = { .capacity = 8 };
	static const struct weir_output_params port_params = { .name = "out" };
	struct bed_item got[3];
	uint16_t tee, buffer, port;

	bed_open(WEIR_CLOCK_MONOTONIC);
	barriers_sent = barriers_done = 0;
	(void)bed_stage(&puppet_source_type, &barrier_source);
	tee = bed_stage(&weir_tee_type, NULL);
	buffer = bed_stage(&weir_buffer_type, &room);
	port = bed_stage(&weir_output_type, &port_params);
	(void)bed_edge(0, tee);
	(void)bed_edge(tee, _i == 0 ? buffer : bed_sink(0));
	(void)bed_edge(tee, _i == 0 ? bed_sink(0) : buffer);
	(void)bed_edge(buffer, port);
	bed_start();
	bed_settle();
	ck_assert_uint_eq(probe_logs[0].marks[0].mark.kind, WEIR_MARK_BARRIER);
	ck_assert_int_eq(weir_pull(bed.in, port, got, NULL, 2), 2);
	bed_settle();
	ck_assert_uint_eq(barriers_done, 0);
	ck_assert_int_eq(weir_pull(bed.in, port, got, NULL, 1), 1);
	bed_settle();
	ck_assert_uint_eq(barriers_done, 1);
	bed_close();
}
END_TEST

static uint64_t opened, done[8];
static uint32_t n_done;

static void open_barriers(struct weir_ctx *c)
{
	while (opened < 12 && weir_barrier(c, opened + 1) == WEIR_OK)
		opened++;
	if (n_done > 0 && opened == 12 && done[n_done - 1] == 12)
		weir_complete(c);
}

static void note_done(struct weir_ctx *c, uint64_t number)
{
	(void)c;
	ck_assert_uint_lt(n_done, 8);
	done[n_done++] = number;
}

/* At most 4 are open in a bed. Those that wait on an edge are given up for the newest. */
START_TEST(a_barrier_given_up_for_a_newer_one_frees_its_place)
{
	static const struct puppet source = { .run = open_barriers, .barrier_done = note_done };

	bed_open(WEIR_CLOCK_MONOTONIC);
	(void)bed_stage(&puppet_source_type, &source);
	(void)bed_edge(0, bed_sink(0));
	opened = n_done = 0;
	bed_play();
	ck_assert_uint_eq(n_done, 3);
	ck_assert_uint_eq(done[0], 4);
	ck_assert_uint_eq(done[1], 8);
	ck_assert_uint_eq(done[2], 12);
	bed_close();
}
END_TEST

/* Two streams beside each other: one answers three times before the other's first. */
START_TEST(an_answer_to_one_source_is_none_to_another)
{
	struct bed_item got[3];
	uint16_t port;

	bed_open(WEIR_CLOCK_MONOTONIC);
	barriers_sent = barriers_done = 0;
	(void)bed_stage(&puppet_source_type, &barrier_source);
	(void)bed_source(1);
	port = bed_stage(&weir_output_type, &ahead);
	(void)bed_edge(0, port);
	(void)bed_edge(1, bed_sink(1));
	for (int64_t number = 1; number <= 3; number++) {
		bed_item(1, 0, number, 0);
		probe_mark(1, WEIR_MARK_BARRIER, number);
	}
	bed_item(1, 0, 9, 0);
	bed_start();
	bed_settle();
	ck_assert_uint_eq(barriers_done, 0);
	ck_assert_uint_eq(probe_scripts[1].barriers_done, 3);
	ck_assert_int_eq(weir_pull(bed.in, port, got, NULL, 3), 3);
	bed_settle();
	ck_assert_uint_eq(barriers_done, 1);
	bed_close();
}
END_TEST

/* ---- the end ---- */

static void wait_on_the_event_clock(struct weir_ctx *c)
{
	const struct weir_span *in = weir_input(c, 0);
	struct weir_mark mark;

	if (in != NULL) {
		weir_timer_set(c, 0, WEIR_CLOCK_EVENT, in->instants[0] + 100);
		weir_take(c, 0, in->count);
	}
	if (weir_next_mark(c, 0, &mark))
		weir_end_with(c, &mark);
}

static uint32_t fired;

static void note_fired(struct weir_ctx *c, uint8_t timer, int64_t deadline_ns)
{
	(void)c;
	(void)timer;
	(void)deadline_ns;
	fired++;
}

/* Timers of the event clock fire when all is over; what a checkpoint leaves is to go on later. */
START_TEST(at_the_end_event_timers_fire_and_at_a_checkpoint_not)
{
	static const struct puppet stage = { .run = wait_on_the_event_clock, .timer = note_fired };

	for (int checkpoint = 0; checkpoint < 2; checkpoint++) {
		bed_open(WEIR_CLOCK_EVENT);
		fired = 0;
		(void)bed_source(0);
		(void)bed_stage(&puppet_stage_type, &stage);
		(void)bed_edge(0, 1);
		(void)bed_edge(1, bed_sink(0));
		for (int64_t i = 0; i < 200; i++)
			bed_item(0, 5, i, 0);
		bed_start();
		(void)weir_step(bed.in, 3);
		ck_assert_int_eq(weir_drain(bed.in, checkpoint ? WEIR_DRAIN_CHECKPOINT : WEIR_DRAIN_FINISH,
					 WEIR_NEVER),
			WEIR_OK);
		bed_settle();
		ck_assert(weir_ended(bed.in));
		ck_assert_uint_eq(fired, checkpoint ? 0 : 1);
		ck_assert_uint_eq(probe_logs[0].marks[0].mark.value, checkpoint ? 1 : 0);
		bed_close();
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("marks");
	TCase *t = tcase_create("marks");
	SRunner *runner;
	int failed;

	tcase_add_test(t, losses_add_up_and_watermarks_keep_the_newest);
	tcase_add_test(t, a_mark_shows_once_the_items_before_it_are_taken);
	tcase_add_loop_test(t, a_barrier_is_answered_by_the_slowest_branch, 0, 2);
	tcase_add_test(t, a_barrier_given_up_for_a_newer_one_frees_its_place);
	tcase_add_test(t, an_answer_to_one_source_is_none_to_another);
	tcase_add_test(t, at_the_end_event_timers_fire_and_at_a_checkpoint_not);
	suite_add_tcase(suite, t);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
