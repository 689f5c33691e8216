/* SPDX-License-Identifier: MIT */
/* edge_test.c -- credit, and what becomes of a stage that does not keep to it: asked by hand, one call at a time. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "operators/bed.h"
#include "support/puppet.h"

/* What the test's sink does when it is run for the first time; then it takes all. */
static void (*first)(struct weir_ctx *c);
static uint32_t sink_runs, most_waiting;

static void sink_run(struct weir_ctx *c)
{
	const struct weir_span *in = weir_input(c, 0);

	if (in != NULL && in->count > most_waiting)
		most_waiting = in->count;
	if (sink_runs++ == 0)
		first(c);
	else
		puppet_take_all(c);
}

static const struct puppet sink = { .run = sink_run };
static uint16_t from, to, edge;

/* source (of the script of probe 0, or a puppet) -> sink */
static void open_edge(const struct puppet *source, void (*what)(struct weir_ctx *c))
{
	bed_open(WEIR_CLOCK_MONOTONIC);
	first = what;
	sink_runs = most_waiting = 0;
	from = source != NULL ? bed_stage(&puppet_source_type, source) : bed_source(0);
	to = bed_stage(&puppet_sink_type, &sink);
	edge = bed_edge(from, to);
}

static struct weir_ledger ledger_of(uint16_t index)
{
	struct weir_ledger ledger;

	ck_assert_int_eq(weir_edge_ledger(bed.in, index, &ledger), WEIR_OK);
	return ledger;
}

/* ---- what is asked ---- */

static void ask_twice(struct weir_ctx *c)
{
	ck_assert_int_eq(weir_request(c, 0, 3), WEIR_OK);
	ck_assert_uint_eq(weir_outstanding(c, 0), 3);
	ck_assert_int_eq(weir_request(c, 0, 4), WEIR_OK);
	ck_assert_uint_eq(weir_outstanding(c, 0), 7);
}

START_TEST(requests_add_up)
{
	open_edge(NULL, ask_twice);
	for (int64_t i = 0; i < 20; i++)
		bed_item(0, i, i, 0);
	bed_start();
	bed_settle();
	ck_assert_uint_eq(ledger_of(edge).in, 7);
	ck_assert_uint_eq(ledger_of(edge).requested, 7);
	bed_close();
}
END_TEST

static void ask_almost_for_all_twice(struct weir_ctx *c)
{
	ck_assert_int_eq(weir_request(c, 0, UINT32_MAX - 1), WEIR_OK);
	ck_assert_uint_eq(weir_outstanding(c, 0), UINT32_MAX - 1);
	ck_assert_int_eq(weir_request(c, 0, 2), WEIR_OK);
	ck_assert_uint_eq(weir_outstanding(c, 0), UINT32_MAX);
}

START_TEST(requests_that_add_up_past_32_bits_are_unbounded_for_good)
{
	open_edge(NULL, ask_almost_for_all_twice);
	for (int64_t i = 0; i < 20; i++)
		bed_item(0, i, i, 0);
	bed_play();
	ck_assert_uint_eq(ledger_of(edge).in, 20);
	ck_assert_uint_eq(ledger_of(edge).requested, UINT64_MAX);
	bed_close();
}
END_TEST

static void ask_for_nothing(struct weir_ctx *c)
{
	ck_assert_int_eq(weir_request(c, 0, 5), WEIR_OK);
	ck_assert_int_eq(weir_request(c, 0, 0), WEIR_EINVAL);
}

START_TEST(a_request_of_nothing_ends_the_subscription_with_an_error)
{
	open_edge(NULL, ask_for_nothing);
	bed_item(0, 0, 1, 0);
	bed_play();
	ck_assert_int_eq(weir_stage_phase(bed.in, to), WEIR_STAGE_FAILED);
	ck_assert_int_eq(weir_first_error(bed.in)->code, WEIR_EINVAL);
	ck_assert_int_eq(weir_stage_phase(bed.in, from), WEIR_STAGE_CANCELLED);
	ck_assert_uint_eq(ledger_of(edge).in, 0);
	bed_close();
}
END_TEST

static void cancel_and_ask(struct weir_ctx *c)
{
	ck_assert_int_eq(weir_request(c, 0, 2), WEIR_OK);
	weir_cancel(c, 0);
	ck_assert(!weir_input_open(c, 0));
	ck_assert_int_eq(weir_request(c, 0, 5), WEIR_OK);
	ck_assert_uint_eq(weir_outstanding(c, 0), 2);
	weir_cancel(c, 0);
	weir_complete(c);
}

START_TEST(after_cancel_requests_and_cancels_do_nothing)
{
	open_edge(NULL, cancel_and_ask);
	bed_item(0, 0, 1, 0);
	bed_play();
	ck_assert_int_eq(weir_stage_phase(bed.in, from), WEIR_STAGE_CANCELLED);
	ck_assert_int_eq(weir_stage_phase(bed.in, to), WEIR_STAGE_COMPLETED);
	ck_assert_uint_eq(ledger_of(edge).requested, 2);
	ck_assert_uint_eq(ledger_of(edge).in, 0);
	bed_close();
}
END_TEST

/* ---- what is taken ---- */

static void ask_for_three(struct weir_ctx *c)
{
	ck_assert_int_eq(weir_request(c, 0, 3), WEIR_OK);
}

static void take_too_many(struct weir_ctx *c)
{
	struct weir_mark mark;

	if (weir_input(c, 0) != NULL)
		weir_take(c, 0, 1000);
	ck_assert_ptr_null(weir_input(c, 0));
	if (weir_next_mark(c, 0, &mark))
		weir_end_with(c, &mark);
	else if (weir_outstanding(c, 0) == 0)
		ask_for_three(c);
}

START_TEST(taking_more_than_waits_takes_what_waits)
{
	static const struct puppet greedy = { .run = take_too_many };

	bed_open(WEIR_CLOCK_MONOTONIC);
	(void)bed_source(0);
	edge = bed_edge(0, bed_stage(&puppet_sink_type, &greedy));
	for (int64_t i = 0; i < 7; i++)
		bed_item(0, i, i, 0);
	bed_play();
	ck_assert_uint_eq(ledger_of(edge).out, 7);
	bed_close();
}
END_TEST

/* ---- what is sent ---- */

/* Reserve what there is room for and emit one more. */
static void emit_too_many(struct weir_ctx *c)
{
	struct weir_span *span = weir_reserve(c, 0);

	if (span == NULL)
		return;
	ck_assert_uint_eq(span->count, 3);
	memset(span->items, 0, 3 * sizeof(struct bed_item));
	weir_emit(c, 0, 4);
}

static void lend_too_many(struct weir_ctx *c)
{
	static struct bed_item items[8];
	struct weir_span span = { .items = items, .count = 4 };

	if (weir_room(c, 0) > 0)
		weir_lend(c, 0, &span);
}

static void emit_what_was_not_reserved(struct weir_ctx *c)
{
	if (weir_room(c, 0) > 0)
		weir_emit(c, 0, 1);
}

/* Whoever asked for three gets none of four, and an error. */
static void expect_refusal(void (*how)(struct weir_ctx *c))
{
	const struct puppet source = { .run = how };

	open_edge(&source, ask_for_three);
	bed_play();
	ck_assert_int_eq(weir_stage_phase(bed.in, from), WEIR_STAGE_FAILED);
	ck_assert_int_eq(weir_first_error(bed.in)->code, WEIR_EINVAL);
	ck_assert_uint_eq(most_waiting, 0);
	ck_assert_uint_eq(ledger_of(edge).in, 0);
	bed_close();
}

START_TEST(emitting_more_than_was_asked_for_fails_the_stage_and_sends_nothing)
{
	expect_refusal(emit_too_many);
	expect_refusal(lend_too_many);
	expect_refusal(emit_what_was_not_reserved);
}
END_TEST

static uint32_t demands[4], n_demands;

static void note_demand(struct weir_ctx *c)
{
	uint32_t demand = weir_demand(c, 0);

	ck_assert_uint_lt(n_demands, 4);
	demands[n_demands++] = demand;
	ck_assert_uint_eq(weir_room(c, 0), demand);
	ck_assert_int_eq(weir_reserve(c, 0) != NULL, demand > 0);
	if (demand > 0)
		weir_complete(c);
}

/* Not before the source had a turn. */
static void ask_late(struct weir_ctx *c)
{
	sink_runs = 0;
	if (n_demands > 0)
		first = ask_for_three;
	weir_again(c);
}

START_TEST(there_is_room_for_what_was_asked_for)
{
	static const struct puppet source = { .run = note_demand };

	n_demands = 0;
	open_edge(&source, ask_late);
	bed_play();
	ck_assert_uint_eq(n_demands, 2);
	ck_assert_uint_eq(demands[0], 0);
	ck_assert_uint_eq(demands[1], 3);
	bed_close();
}
END_TEST

static void emit_after_the_end(struct weir_ctx *c)
{
	struct weir_mark mark = { .kind = WEIR_MARK_WATERMARK, .time = 7 };
	struct weir_span *span = weir_reserve(c, 0);

	if (span == NULL)
		return;
	memset(span->items, 0, sizeof(struct bed_item));
	weir_complete(c);
	weir_emit(c, 0, 1);
	weir_send_mark(c, 0, &mark);
	ck_assert_uint_eq(weir_room(c, 0), 0);
}

START_TEST(a_stage_that_has_completed_sends_only_what_it_had_reserved)
{
	static const struct puppet source = { .run = emit_after_the_end };

	bed_open(WEIR_CLOCK_MONOTONIC);
	from = bed_stage(&puppet_source_type, &source);
	edge = bed_edge(from, bed_sink(0));
	bed_play();
	ck_assert_uint_eq(probe_logs[0].n_items, 1); /* reserved before the end: it goes out before it */
	ck_assert_uint_eq(probe_logs[0].marks[0].after, 1);
	ck_assert_uint_eq(probe_logs[0].n_marks, 1);
	ck_assert(probe_logs[0].ended && !probe_logs[0].failed);
	ck_assert_int_eq(weir_stage_phase(bed.in, from), WEIR_STAGE_COMPLETED);
	bed_close();
}
END_TEST

/* Ask for more than the output asked, and pass it all on. */
static void pass_too_many(struct weir_ctx *c)
{
	const struct weir_span *in = weir_input(c, 0);

	if (in == NULL && weir_outstanding(c, 0) == 0)
		(void)weir_request(c, 0, 5);
	if (in != NULL && weir_room(c, 0) > 0)
		weir_pass(c, 0, 0, in->count);
}

START_TEST(passing_on_more_than_was_asked_for_fails_the_stage_and_sends_nothing)
{
	static const struct puppet pass = { .run = pass_too_many };
	uint16_t middle;

	bed_open(WEIR_CLOCK_MONOTONIC);
	first = ask_for_three;
	sink_runs = most_waiting = 0;
	from = bed_source(0);
	middle = bed_stage(&puppet_pass_type, &pass);
	to = bed_stage(&puppet_sink_type, &sink);
	(void)bed_edge(from, middle);
	edge = bed_edge(middle, to);
	for (int64_t i = 0; i < 9; i++)
		bed_item(0, i, i, 0);
	bed_play();
	ck_assert_int_eq(weir_stage_phase(bed.in, middle), WEIR_STAGE_FAILED);
	ck_assert_int_eq(weir_first_error(bed.in)->code, WEIR_EINVAL);
	ck_assert_uint_eq(most_waiting, 0);
	ck_assert_uint_eq(ledger_of(edge).in, 0);
	bed_close();
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("edge");
	TCase *t = tcase_create("edge");
	SRunner *runner;
	int failed;

	tcase_add_test(t, requests_add_up);
	tcase_add_test(t, requests_that_add_up_past_32_bits_are_unbounded_for_good);
	tcase_add_test(t, a_request_of_nothing_ends_the_subscription_with_an_error);
	tcase_add_test(t, after_cancel_requests_and_cancels_do_nothing);
	tcase_add_test(t, taking_more_than_waits_takes_what_waits);
	tcase_add_test(t, emitting_more_than_was_asked_for_fails_the_stage_and_sends_nothing);
	tcase_add_test(t, there_is_room_for_what_was_asked_for);
	tcase_add_test(t, a_stage_that_has_completed_sends_only_what_it_had_reserved);
	tcase_add_test(t, passing_on_more_than_was_asked_for_fails_the_stage_and_sends_nothing);
	suite_add_tcase(suite, t);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
