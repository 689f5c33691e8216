/* SPDX-License-Identifier: MIT */
/* ctx_test.c -- the calls a stage may make, at the moments when they must not do anything, or not all of it. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "operators/marionette.h"

/* As bed.c has it: which script or log a probe goes by. */
static const struct {
	uint32_t probe;
	const struct weir_record *record;
} probe0;
static struct marionette source, middle, sink;
static uint16_t at_source, at_middle, at_sink, into, out_of;

/* source -> middle -> sink, all of them marionettes; the sink swallows. */
static void open_puppets(enum weir_clock clock)
{
	source = middle = (struct marionette){ 0 };
	sink = (struct marionette){ .run = marionette_swallow };
	bed_open(clock);
	at_source = bed_stage(&marionette_source_type, &source);
	at_middle = bed_stage(&marionette_type, &middle);
	at_sink = bed_stage(&marionette_sink_type, &sink);
	into = bed_edge(at_source, at_middle);
	out_of = bed_edge(at_middle, at_sink);
}

static struct weir_ledger ledger(uint16_t edge)
{
	struct weir_ledger l;

	ck_assert_int_eq(weir_edge_ledger(bed.in, edge, &l), WEIR_OK);
	return l;
}

static void expect_failed(uint16_t stage, const char *text)
{
	ck_assert_int_eq(weir_stage_phase(bed.in, stage), WEIR_STAGE_FAILED);
	ck_assert_int_eq(weir_error_of(bed.in, stage)->code, WEIR_EINVAL);
	ck_assert_str_eq(weir_error_of(bed.in, stage)->text, text);
}

/* ---- requests ---- */

static int answered;

static void asks_for_nothing(struct weir_ctx *c)
{
	answered = weir_request(c, 0, 0);
}

/* C-3 */
START_TEST(a_request_of_nothing_fails_the_stage)
{
	open_puppets(WEIR_CLOCK_MONOTONIC);
	sink.run = asks_for_nothing;
	bed_start();
	bed_settle();
	ck_assert_int_eq(answered, WEIR_EINVAL);
	expect_failed(at_sink, "request(0)");
	ck_assert_int_eq(weir_stage_phase(bed.in, at_source), WEIR_STAGE_CANCELLED);
	ck_assert(weir_ended(bed.in));
	bed_close();
}
END_TEST

static int stopped;

static void asks_whether_stopped(struct weir_ctx *c)
{
	stopped = weir_input_stopped(c);
}

START_TEST(a_source_has_no_source_before_it_that_was_stopped)
{
	open_puppets(WEIR_CLOCK_MONOTONIC);
	source.run = asks_whether_stopped;
	stopped = -1;
	bed_start();
	marionette_run(at_source);
	ck_assert_int_eq(stopped, 0);
	bed_close();
}
END_TEST

static void cancels_and_asks(struct weir_ctx *c)
{
	weir_cancel(c, 0);
	ck_assert_int_eq(weir_request(c, 0, 5), WEIR_OK);
	weir_cancel(c, 0);
}

START_TEST(a_request_after_cancel_is_nothing)
{
	open_puppets(WEIR_CLOCK_MONOTONIC);
	sink.run = cancels_and_asks;
	bed_start();
	bed_settle();
	ck_assert_uint_eq(ledger(out_of).requested, 0);
	ck_assert_int_eq(weir_stage_phase(bed.in, at_middle), WEIR_STAGE_CANCELLED);
	bed_close();
}
END_TEST

static void gives_nothing(struct weir_ctx *c)
{
	if (weir_reserve(c, 0) != NULL)
		weir_emit(c, 0, 0);
}

static bool awaits_room;

static void says_what_it_awaits(struct weir_ctx *c)
{
	weir_await_room(c, 0, awaits_room);
}

static void asks_for_one(struct weir_ctx *c)
{
	(void)weir_request(c, 0, 1);
}

START_TEST(who_has_nothing_to_send_is_not_run_when_more_is_asked_for)
{
	uint32_t runs;

	open_puppets(WEIR_CLOCK_MONOTONIC);
	middle.run = says_what_it_awaits;
	sink.run = asks_for_one;
	bed_start();
	for (int i = 0; i < 4; i++) {
		awaits_room = i % 2 == 0;
		marionette_run(at_middle);
		runs = middle.runs;
		marionette_run(at_sink);
		ck_assert_uint_eq(middle.runs, runs + awaits_room);
	}
	bed_close();
}
END_TEST

START_TEST(an_emission_of_nothing_is_nothing)
{
	open_puppets(WEIR_CLOCK_MONOTONIC);
	middle.run = gives_nothing;
	bed_start();
	bed_settle();
	sink.runs = 0;
	marionette_run(at_middle);
	ck_assert_uint_eq(sink.runs, 0);
	ck_assert_uint_eq(ledger(out_of).in, 0);
	bed_close();
}
END_TEST

/* ---- C-1 ---- */

static void emits_more(struct weir_ctx *c)
{
	struct weir_span *span = weir_reserve(c, 0);

	if (span != NULL)
		weir_emit(c, 0, span->count + 1);
}

static void lends_more(struct weir_ctx *c)
{
	static struct bed_item items[65];
	struct weir_span span = { .items = items, .count = 65 };

	if (weir_room(c, 0) > 0)
		weir_lend(c, 0, &span);
}

static void passes_more(struct weir_ctx *c)
{
	const struct weir_span *in = weir_input(c, 0);

	if (in != NULL)
		weir_pass(c, 0, 0, in->count + 1);
	else if (weir_outstanding(c, 0) == 0)
		(void)weir_request(c, 0, 3);
}

static void passes_without_room(struct weir_ctx *c)
{
	const struct weir_span *in = weir_input(c, 0);

	if (in != NULL && weir_room(c, 0) == 0)
		weir_pass(c, 0, 0, 1);
	else if (weir_outstanding(c, 0) == 0)
		(void)weir_request(c, 0, 3);
}

static void passes_all_without_room(struct weir_ctx *c)
{
	const struct weir_span *in = weir_input(c, 0);

	if (in != NULL && weir_room(c, 0) == 0)
		weir_pass_all(c, 0, 1);
	else if (weir_outstanding(c, 0) == 0)
		(void)weir_request(c, 0, 3);
}

static void gives_one(struct weir_ctx *c)
{
	if (weir_room(c, 0) > 0)
		marionette_emit(c, 1);
}

static void asks_once(struct weir_ctx *c)
{
	(void)c; /* for nothing at all */
}

static const struct {
	void (*run)(struct weir_ctx *c);
	bool with_demand;
} greedy[] = { { emits_more, true }, { lends_more, true }, { passes_more, true },
	{ passes_without_room, false }, { passes_all_without_room, false } };

START_TEST(more_than_there_is_room_for_fails_the_stage_and_is_not_sent)
{
	open_puppets(WEIR_CLOCK_MONOTONIC);
	source.run = gives_one;
	middle.run = greedy[_i].run;
	if (!greedy[_i].with_demand)
		sink.run = asks_once;
	bed_start();
	bed_settle();
	expect_failed(at_middle, "emitted more than was asked for");
	ck_assert_uint_eq(ledger(out_of).in, 0);
	ck_assert_uint_eq(ledger(into).queued, 0);
	weir_abort(bed.in);
	bed_close();
}
END_TEST

static uint32_t reserved;

static void reserves(struct weir_ctx *c)
{
	const struct weir_span *span = weir_reserve(c, 0);

	reserved = span != NULL ? span->count : 0;
}

START_TEST(what_is_reserved_is_within_span_cap_and_buffer)
{
	open_puppets(WEIR_CLOCK_MONOTONIC);
	middle.run = reserves;
	bed.edges[out_of].cap_items = _i == 0 ? 8 : 64;
	bed.edges[out_of].buffer_items = _i == 0 ? 64 : 8;
	bed_start();
	bed_settle();
	marionette_run(at_middle);
	ck_assert_uint_eq(reserved, 8);
	bed_close();
}
END_TEST

/* ---- after the end ---- */

static void ends_and_goes_on(struct weir_ctx *c)
{
	struct weir_mark mark = { .kind = WEIR_MARK_WATERMARK, .time = 5 };
	struct weir_span *span = weir_reserve(c, 0), one;

	if (span == NULL)
		return;
	one = *span;
	one.count = 1;
	memset(span->items, 0, sizeof(struct bed_item));
	weir_complete(c);
	weir_emit(c, 0, 1);
	weir_lend(c, 0, &one);
	weir_send_mark(c, 0, &mark);
	ck_assert_ptr_null(weir_reserve(c, 0));
	ck_assert_uint_eq(weir_room(c, 0), 0);
	weir_fail(c, WEIR_EIO, "too late");
	weir_end_with(c, &(const struct weir_mark){ .kind = WEIR_MARK_ERROR });
}

/* T-1 */
START_TEST(only_what_was_reserved_before_an_end_is_sent_in_the_same_callback)
{
	open_puppets(WEIR_CLOCK_MONOTONIC);
	bed.stages[at_sink].type = &probe_sink_type;
	bed.stages[at_sink].params = &probe0;
	middle.run = ends_and_goes_on;
	bed_start();
	bed_settle();
	ck_assert_int_eq(weir_stage_phase(bed.in, at_middle), WEIR_STAGE_COMPLETED);
	ck_assert_ptr_null(weir_error_of(bed.in, at_middle));
	ck_assert_uint_eq(probe_logs[0].n_items, 1); /* what was reserved before it goes out before it */
	ck_assert_uint_eq(probe_logs[0].marks[0].after, 1);
	ck_assert_uint_eq(probe_logs[0].n_marks, 1);
	ck_assert_uint_eq(probe_logs[0].marks[0].mark.kind, WEIR_MARK_COMPLETE);
	bed_close();
}
END_TEST

static void ends_and_lends(struct weir_ctx *c)
{
	static struct bed_item items[1];

	if (weir_demand(c, 0) == 0)
		return;
	weir_complete(c);
	ck_assert_uint_eq(weir_room(c, 0), 0);
	ck_assert_ptr_null(weir_reserve(c, 0));
	weir_lend(c, 0, &(const struct weir_span){ .items = items, .count = 1 });
}

/* T-1 */
START_TEST(after_its_end_a_stage_has_no_room)
{
	open_puppets(WEIR_CLOCK_MONOTONIC);
	middle.run = ends_and_lends;
	bed_start();
	bed_settle();
	ck_assert_int_eq(weir_stage_phase(bed.in, at_middle), WEIR_STAGE_COMPLETED);
	ck_assert_ptr_null(weir_error_of(bed.in, at_middle));
	ck_assert_uint_eq(ledger(out_of).in, 0);
	bed_close();
}
END_TEST

static unsigned closes;

static void still_tries(struct weir_ctx *c, bool normal)
{
	struct weir_mark mark = { .kind = WEIR_MARK_WATERMARK, .time = 5 };

	closes++;
	ck_assert(normal == (_Bool)(closes == 1));
	weir_send_mark(c, 0, &mark);
	ck_assert_ptr_null(weir_reserve(c, 0));
	ck_assert_uint_eq(weir_room(c, 0), 0);
	weir_emit(c, 0, 1); /* what `ends` had reserved */
	ck_assert_int_eq(weir_request(c, 0, 1), WEIR_OK);
	weir_again(c);
	weir_complete(c);
	weir_fail(c, WEIR_EIO, "too late");
}

static void ends(struct weir_ctx *c)
{
	struct weir_span *span = weir_reserve(c, 0);

	if (span == NULL)
		return;
	memset(span->items, 0, sizeof(struct bed_item));
	weir_complete(c);
}

/* T-1, T-3: completed, then cancelled. */
START_TEST(a_stage_that_ended_has_no_say_in_its_close)
{
	closes = 0;
	for (int cancelled = 0; cancelled < 2; cancelled++) {
		open_puppets(WEIR_CLOCK_MONOTONIC);
		bed.stages[at_sink].type = &probe_sink_type;
		bed.stages[at_sink].params = &probe0;
		middle.close = still_tries;
		if (cancelled)
			probe_logs[0].cancel_after = 0;
		else
			middle.run = ends;
		bed_start();
		bed_settle();
		ck_assert_uint_eq(closes, (unsigned)cancelled + 1);
		ck_assert_int_eq(weir_stage_phase(bed.in, at_middle),
			cancelled ? WEIR_STAGE_CANCELLED : WEIR_STAGE_COMPLETED);
		ck_assert_ptr_null(weir_error_of(bed.in, at_middle));
		ck_assert_uint_eq(probe_logs[0].n_marks, cancelled ? 0 : 1);
		ck_assert_uint_eq(probe_logs[0].n_items, 0);
		ck_assert(weir_ended(bed.in));
		bed_close();
	}
}
END_TEST

static uint32_t demand;

static void looks_at_demand(struct weir_ctx *c)
{
	demand = weir_demand(c, 0);
}

static void cancels(struct weir_ctx *c)
{
	weir_cancel(c, 0);
}

START_TEST(an_output_that_nobody_reads_has_no_demand)
{
	static struct marionette other;

	other = (struct marionette){ .run = marionette_swallow };
	open_puppets(WEIR_CLOCK_MONOTONIC);
	(void)bed_edge(at_middle, bed_stage(&marionette_sink_type, &other));
	middle.run = looks_at_demand;
	bed_start();
	bed_settle();
	marionette_run(at_middle);
	ck_assert_uint_eq(demand, UINT32_MAX);
	sink.run = cancels;
	marionette_run(at_sink);
	ck_assert_int_eq(weir_stage_phase(bed.in, at_middle), WEIR_STAGE_RUNNING);
	marionette_run(at_middle);
	ck_assert_uint_eq(demand, 0);
	bed_close();
}
END_TEST

/* ---- the rest ---- */

static const unsigned char *scratch;

static void looks_at_scratch(struct weir_ctx *c)
{
	scratch = weir_scratch(c);
}

/* None is laid out where pointers have 32 bits: what did its work there would write over its neighbours. */
START_TEST(scratch_lies_in_the_arena_or_is_none)
{
	const unsigned char *arena;

	open_puppets(WEIR_CLOCK_MONOTONIC);
	scratch = (const unsigned char *)(const void *)&scratch;
	middle.run = looks_at_scratch;
	bed_start();
	bed_settle();
	arena = (const unsigned char *)(const void *)bed.in;
	if (WEIR_IS_ILP32)
		ck_assert_ptr_null(scratch);
	else
		ck_assert(scratch > arena && scratch < arena + weir_arena_used(bed.in));
	bed_close();
}
END_TEST

static void copies(struct weir_ctx *c)
{
	struct bed_item from[2] = { { .v = 1 }, { .v = 2 } }, to[2] = { { 0 } };
	int64_t from_at[2] = { 10, 20 }, to_at[2] = { -1, -1 };
	struct weir_span in = { .items = from, .count = 2 }, out = { .items = to, .count = 2 };

	weir_copy_item(c, &in, 1, &out, 0);
	out.instants = to_at;
	weir_copy_item(c, &in, 0, &out, 1); /* the item has no instant */
	ck_assert(to[0].v == 2 && to[1].v == 1);
	ck_assert(to_at[0] == -1 && to_at[1] == -1);
	in.instants = from_at;
	weir_copy_item(c, &in, 1, &out, 0);
	weir_copy_item(c, &in, 1, &in, 1);
	ck_assert(to_at[0] == 20 && to_at[1] == -1 && from[1].v == 2);
}

START_TEST(an_item_takes_its_instant_along_if_it_has_one)
{
	open_puppets(WEIR_CLOCK_EVENT);
	middle.run = copies;
	bed_start();
	bed_settle();
	ck_assert_uint_gt(middle.runs, 0);
	bed_close();
}
END_TEST

int main(void)
{
	Suite *s = suite_create("ctx");
	TCase *tc = tcase_create("ctx");
	SRunner *sr = srunner_create(s);
	int failed;

	suite_add_tcase(s, tc);
	tcase_add_test(tc, a_request_of_nothing_fails_the_stage);
	tcase_add_test(tc, a_source_has_no_source_before_it_that_was_stopped);
	tcase_add_test(tc, a_request_after_cancel_is_nothing);
	tcase_add_test(tc, who_has_nothing_to_send_is_not_run_when_more_is_asked_for);
	tcase_add_test(tc, an_emission_of_nothing_is_nothing);
	tcase_add_loop_test(tc, more_than_there_is_room_for_fails_the_stage_and_is_not_sent, 0, 5);
	tcase_add_loop_test(tc, what_is_reserved_is_within_span_cap_and_buffer, 0, 2);
	tcase_add_test(tc, only_what_was_reserved_before_an_end_is_sent_in_the_same_callback);
	tcase_add_test(tc, after_its_end_a_stage_has_no_room);
	tcase_add_test(tc, a_stage_that_ended_has_no_say_in_its_close);
	tcase_add_test(tc, an_output_that_nobody_reads_has_no_demand);
	tcase_add_test(tc, scratch_lies_in_the_arena_or_is_none);
	tcase_add_test(tc, an_item_takes_its_instant_along_if_it_has_one);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
