/* SPDX-License-Identifier: MIT */
/* stage_test.c -- how stages with credit of their own ask, and how a stage's life ends: once, and in every branch. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "operators/bed.h"
#include "support/puppet.h"

static struct weir_ledger ledger_of(uint16_t index)
{
	struct weir_ledger ledger;

	ck_assert_int_eq(weir_edge_ledger(bed.in, index, &ledger), WEIR_OK);
	return ledger;
}

static void items(int64_t n)
{
	for (int64_t i = 0; i < n; i++)
		bed_item(0, i, i, 0);
}

/* ---- credit of its own ---- */

static uint32_t most_on_order, taken;

static void take_one(struct weir_ctx *c)
{
	struct weir_mark mark;

	if (weir_outstanding(c, 0) > most_on_order)
		most_on_order = weir_outstanding(c, 0);
	if (weir_input(c, 0) != NULL) {
		weir_take(c, 0, 1);
		taken++;
		weir_again(c);
		return;
	}
	while (weir_next_mark(c, 0, &mark))
		if (mark.kind >= WEIR_MARK_COMPLETE)
			weir_end_with(c, &mark);
}

START_TEST(no_more_than_the_prefetch_is_on_order)
{
	static const struct puppet slow = { .run = take_one };
	uint16_t stage, edge;

	bed_open(WEIR_CLOCK_MONOTONIC);
	most_on_order = taken = 0;
	(void)bed_source(0);
	stage = bed_stage(&puppet_stage_type, &slow);
	edge = bed_edge(0, stage);
	(void)bed_edge(stage, bed_sink(0));
	probe_scripts[0].span = (uint32_t)_i + 1;
	items(100);
	bed_play();
	ck_assert_uint_eq(taken, 100);
	ck_assert_uint_eq(most_on_order, PUPPET_PREFETCH);
	ck_assert_uint_le(ledger_of(edge).requested, 100 + PUPPET_PREFETCH);
	bed_close();
}
END_TEST

/* An operator in the manner of a map, with credit of its own. */
static struct weir_moved copy_all(
	struct weir_ctx *c, const struct weir_span *in, struct weir_span *out, bool last)
{
	struct weir_moved m = { 0, 0, false };

	(void)last;
	while (m.taken < in->count && m.made < out->count)
		weir_copy_item(c, in, m.taken++, out, m.made++);
	return m;
}

static const struct weir_op_type copier_type = { .abi = WEIR_OP_ABI,
	.credit = WEIR_CREDIT_OWN,
	.name = "copier",
	.prefetch = PUPPET_PREFETCH,
	.process = copy_all };

static const struct weir_op_type single_type = {
	.abi = WEIR_OP_ABI, .credit = WEIR_CREDIT_OWN, .name = "single", .prefetch = 1, .process = copy_all
};

static const struct weir_output_params port_params = { .name = "out" };

START_TEST(a_passive_stage_asks_only_when_it_is_asked)
{
	struct bed_item got[4];
	uint16_t stage, port, edge;

	bed_open(WEIR_CLOCK_MONOTONIC);
	(void)bed_source(0);
	stage = bed_stage(&copier_type, NULL);
	edge = bed_edge(0, stage);
	port = bed_stage(&weir_output_type, &port_params);
	(void)bed_edge(stage, port);
	items(50);
	bed_start();
	bed_settle();
	ck_assert_uint_eq(ledger_of(edge).requested, 0);
	ck_assert_int_eq(weir_pull(bed.in, port, got, NULL, 1), 1);
	bed_settle();
	ck_assert_uint_eq(ledger_of(edge).requested, PUPPET_PREFETCH);
	bed_close();
}
END_TEST

START_TEST(a_prefetch_of_one_is_refilled_each_time)
{
	uint16_t stage;

	bed_open(WEIR_CLOCK_MONOTONIC);
	(void)bed_source(0);
	stage = bed_stage(&single_type, NULL);
	(void)bed_edge(0, stage);
	(void)bed_edge(stage, bed_sink(0));
	items(9);
	bed_play();
	BED_EXPECT(0, 0, 1, 2, 3, 4, 5, 6, 7, 8);
	bed_close();
}
END_TEST

static const struct weir_op_type passer_type = {
	.abi = WEIR_OP_ABI, .credit = WEIR_CREDIT_PASS, .name = "passer", .process = copy_all
};

static const struct weir_op_type taker_type = { .abi = WEIR_OP_ABI,
	.flags = WEIR_OP_SINK,
	.credit = WEIR_CREDIT_OWN,
	.name = "taker",
	.run = puppet_take_all };

/* With a passive stage between, or without. Microcontrollers have no memory for a span of each. */
START_TEST(behind_streams_that_meet_a_span_of_each_is_asked_for)
{
	static const struct weir_merge_params none;
	static const struct puppet silent;
	uint16_t merge, stage, edge;
	uint32_t cap;

	bed_open(WEIR_CLOCK_MONOTONIC);
	for (uint16_t i = 0; i < 3; i++)
		(void)bed_stage(&puppet_source_type, &silent);
	merge = stage = bed_stage(&weir_merge_type, &none);
	for (uint16_t i = 0; i < 3; i++)
		(void)bed_edge(i, merge);
	if (_i == 1) {
		stage = bed_stage(&passer_type, NULL);
		(void)bed_edge(merge, stage);
	}
	edge = bed_edge(stage, bed_stage(&taker_type, NULL));
	bed_start();
	bed_settle();
	cap = weir_plan_of(bed.in)->edges[edge].cap_items;
	ck_assert_uint_eq(ledger_of(edge).requested, WEIR_IS_ILP32 ? cap : 3 * cap);
	ck_assert_uint_eq(ledger_of(0).requested, WEIR_IS_ILP32 ? (cap + 2) / 3 : cap);
	bed_close();
}
END_TEST

/* Emit one item, then take whatever comes. */
static void emit_one_and_take_all(struct weir_ctx *c)
{
	struct weir_span *span = weir_room(c, 0) > 0 && taken == 0 ? weir_reserve(c, 0) : NULL;
	const struct weir_span *in = weir_input(c, 0);

	if (span != NULL) {
		memset(span->items, 0, sizeof(struct bed_item));
		weir_emit(c, 0, 1);
	}
	if (in != NULL) {
		taken += in->count;
		weir_take(c, 0, in->count);
	}
}

static void ask_and_leave_it(struct weir_ctx *c)
{
	if (weir_outstanding(c, 0) == 0 && weir_input(c, 0) == NULL)
		(void)weir_request(c, 0, 1);
}

START_TEST(while_its_output_is_not_taken_a_stage_asks_for_nothing)
{
	static const struct puppet stage = { .run = emit_one_and_take_all };
	static const struct puppet idle = { .run = ask_and_leave_it };
	uint16_t in, out;

	bed_open(WEIR_CLOCK_MONOTONIC);
	taken = 0;
	(void)bed_source(0);
	(void)bed_stage(&puppet_stage_type, &stage);
	(void)bed_stage(&puppet_sink_type, &idle);
	in = bed_edge(0, 1);
	out = bed_edge(1, 2);
	items(100);
	bed_start();
	bed_settle();
	ck_assert_uint_eq(ledger_of(out).queued, 1);
	ck_assert_uint_eq(ledger_of(in).requested, PUPPET_PREFETCH);
	ck_assert_uint_eq(taken, PUPPET_PREFETCH);
	bed_close();
}
END_TEST

/* ---- ends ---- */

static void complete_then_fail(struct weir_ctx *c)
{
	struct weir_mark mark = { .kind = WEIR_MARK_ERROR, .source = c->index };

	weir_complete(c);
	weir_end_with(c, &mark);
	weir_fail(c, WEIR_EIO, "too late");
}

static void fail_then_complete(struct weir_ctx *c)
{
	weir_fail(c, WEIR_EIO, "first");
	weir_complete(c);
}

START_TEST(of_two_ends_in_one_callback_the_first_counts)
{
	static const struct puppet completes = { .run = complete_then_fail },
				   fails = { .run = fail_then_complete };

	for (int failing = 0; failing < 2; failing++) {
		bed_open(WEIR_CLOCK_MONOTONIC);
		(void)bed_stage(&puppet_source_type, failing ? &fails : &completes);
		(void)bed_edge(0, bed_sink(0));
		bed_play();
		ck_assert_uint_eq(probe_logs[0].n_marks, 1);
		ck_assert_int_eq(probe_logs[0].failed, failing);
		ck_assert_int_eq(weir_failed(bed.in), failing);
		ck_assert_int_eq(
			weir_stage_phase(bed.in, 0), failing ? WEIR_STAGE_FAILED : WEIR_STAGE_COMPLETED);
		bed_close();
	}
}
END_TEST

/* Every item is an error. */
static struct weir_moved refuse_all(
	struct weir_ctx *c, const struct weir_span *in, struct weir_span *out, bool last)
{
	struct weir_moved m = { 0, 0, false };

	(void)last;
	(void)out;
	for (; m.taken < in->count; m.taken++) {
		struct weir_fault fault = { .code = WEIR_ERANGE, .index = m.taken };

		if (weir_fault(c, in, &fault) != WEIR_SKIP)
			break;
	}
	return m;
}

static const struct weir_op_type refuser_type = { .abi = WEIR_OP_ABI,
	.flags = WEIR_OP_WRITES | WEIR_OP_IN_PLACE,
	.credit = WEIR_CREDIT_PASS,
	.name = "refuser",
	.process = refuse_all };

/* source -> refuser -> output port; its errors to probe sink 1 */
static uint16_t open_refuser(void)
{
	uint16_t stage, port;

	bed_open(WEIR_CLOCK_MONOTONIC);
	(void)bed_source(0);
	stage = bed_stage(&refuser_type, NULL);
	(void)bed_edge(0, stage);
	port = bed_stage(&weir_output_type, &port_params);
	(void)bed_edge(stage, port);
	bed_errors_to(stage, bed_sink(1));
	items(10);
	bed_start();
	bed_settle();
	return port;
}

START_TEST(a_stream_of_errors_asks_the_main_one_for_nothing)
{
	(void)open_refuser(); /* the errors are asked for without bound, the main stream for nothing */
	ck_assert_uint_eq(ledger_of(0).requested, 0);
	ck_assert_uint_eq(probe_logs[1].n_items, 0);
	bed_close();
}
END_TEST

START_TEST(a_stream_of_errors_completes_when_the_main_one_is_cancelled)
{
	uint16_t port = open_refuser();

	ck_assert_int_eq(weir_port_cancel(bed.in, port), WEIR_OK);
	bed_settle();
	ck_assert(weir_ended(bed.in));
	ck_assert(probe_logs[1].ended && !probe_logs[1].failed);
	bed_close();
}
END_TEST

static void close_it(struct weir_ctx *c, bool normal)
{
	(void)c;
	taken += normal ? 1u : 100u;
}

START_TEST(a_stage_is_closed_once_and_told_how_it_ended)
{
	static const struct puppet completes = { .run = complete_then_fail, .close = close_it };
	static const struct puppet fails = { .run = fail_then_complete, .close = close_it };

	for (uint32_t failing = 0; failing < 2; failing++) {
		bed_open(WEIR_CLOCK_MONOTONIC);
		taken = 0;
		(void)bed_stage(&puppet_source_type, failing != 0 ? &fails : &completes);
		(void)bed_edge(0, bed_sink(0));
		bed_play();
		weir_abort(bed.in);
		bed_close();
		ck_assert_uint_eq(taken, failing != 0 ? 100 : 1);
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("stage");
	TCase *t = tcase_create("stage");
	SRunner *runner;
	int failed;

	tcase_add_loop_test(t, no_more_than_the_prefetch_is_on_order, 0, 8);
	tcase_add_test(t, a_passive_stage_asks_only_when_it_is_asked);
	tcase_add_test(t, a_prefetch_of_one_is_refilled_each_time);
	tcase_add_loop_test(t, behind_streams_that_meet_a_span_of_each_is_asked_for, 0, 2);
	tcase_add_test(t, while_its_output_is_not_taken_a_stage_asks_for_nothing);
	tcase_add_test(t, of_two_ends_in_one_callback_the_first_counts);
	tcase_add_test(t, a_stream_of_errors_asks_the_main_one_for_nothing);
	tcase_add_test(t, a_stream_of_errors_completes_when_the_main_one_is_cancelled);
	tcase_add_test(t, a_stage_is_closed_once_and_told_how_it_ended);
	suite_add_tcase(suite, t);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
