/* SPDX-License-Identifier: MIT */
/*
 * promises_endings_test.c -- how a pipeline ends, and what of it says where every item went: a branch that fails leaves
 * its sibling alone, a cancel is final wherever it comes, a drain delivers everything or says what it discarded, and a
 * branch that is there at the start misses nothing.
 *
 * Definitions on the simulator. A thousand items a time, as the systems did that lost 913 of them, or all.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/defined.h"

#define THOUSAND 1000u

static struct defined p;

static void count_to(int64_t *values, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++)
		values[i] = i;
}

static int64_t got(uint32_t probe, uint32_t i)
{
	int64_t v;

	ck_assert_uint_lt(i, probe_logs[probe].n_items);
	memcpy(&v, probe_logs[probe].bytes + i * sizeof v, sizeof v);
	return v;
}

/* The sink got 0 .. n - 1, in order. */
static void expect_first(uint32_t probe, uint32_t n)
{
	ck_assert_uint_eq(probe_logs[probe].n_items, n);
	for (uint32_t i = 0; i < n; i++)
		ck_assert_int_eq(got(probe, i), i);
}

/* ---- isolation ---- */

START_TEST(a_failing_branch_leaves_its_sibling_all_its_items)
{
	probe_reset();
	defined_open(&p,
		"{'weir': 1, 'streams': {'s': [{'range': {'to': 100}}],"
		" 'bad': [{'from': 's'}, {'map': {'x': '1 / (n - 9)'}, 'id': 'breaks'}, {'null': {}}],"
		" 'good': [{'from': 's'}, {'probe_sink': {'probe': 0}}]}}");
	ck_assert_int_eq(weir_sim_run(&p.sim), WEIR_OK);
	expect_first(0, 100);
	ck_assert(probe_logs[0].ended && !probe_logs[0].failed);
	ck_assert_int_eq(weir_first_error(p.in)->stage, defined_stage(&p, "breaks"));
	ck_assert_int_eq(weir_first_error(p.in)->code, WEIR_EDIVZERO);
	defined_close(&p);
}
END_TEST

START_TEST(a_branch_that_cancels_leaves_its_sibling_all_its_items)
{
	probe_reset();
	defined_open(&p, "{'weir': 1, 'streams': {'s': [{'range': {'to': 100}}],"
			 " 'few': [{'from': 's'}, {'take': 9}, {'null': {}}],"
			 " 'good': [{'from': 's'}, {'probe_sink': {'probe': 0}}]}}");
	ck_assert_int_eq(weir_sim_run(&p.sim), WEIR_OK);
	expect_first(0, 100);
	ck_assert(!weir_failed(p.in));
	defined_close(&p);
}
END_TEST

/* ---- no start race ---- */

START_TEST(a_tap_started_with_its_source_misses_nothing)
{
	probe_reset();
	defined_open(&p, "{'weir': 1, 'streams': {'s': [{'range': {'to': 1000}}],"
			 " 'main': [{'from': 's'}, {'probe_sink': {'probe': 0}}],"
			 " 'tap': [{'from': 's'}, {'probe_sink': {'probe': 1}}]}}");
	ck_assert_int_eq(weir_sim_run(&p.sim), WEIR_OK);
	expect_first(0, THOUSAND);
	expect_first(1, THOUSAND);
	defined_close(&p);
}
END_TEST

/* Nothing is sent before everybody has been opened and has asked. */
static uint32_t opened, first_sent_after;

static int open_slowly(struct weir_ctx *c)
{
	(void)c;
	opened++;
	return WEIR_OK;
}

static void eager_run(struct weir_ctx *c)
{
	if (first_sent_after == 0)
		first_sent_after = opened;
	weir_complete(c);
}

static const struct weir_field eager_fields[] = { { .name = "n", .kind = WEIR_I64 } };
static const struct weir_record eager_record = {
	.name = "eager", .fields = eager_fields, .n_fields = 1, .size = 8
};
static const struct weir_op_type eager_type = { .abi = WEIR_OP_ABI,
	.flags = WEIR_OP_SOURCE,
	.credit = WEIR_CREDIT_OWN,
	.name = "eager",
	.out = &eager_record,
	.open = open_slowly,
	.run = eager_run };

static void sleepy_run(struct weir_ctx *c)
{
	struct weir_mark mark;

	if (weir_next_mark(c, 0, &mark))
		weir_end_with(c, &mark);
}

static const struct weir_op_type sleepy_type = { .abi = WEIR_OP_ABI,
	.flags = WEIR_OP_SINK,
	.credit = WEIR_CREDIT_OWN,
	.name = "sleepy",
	.open = open_slowly,
	.run = sleepy_run };

START_TEST(nobody_runs_before_everybody_is_open)
{
	static const struct weir_op_type *const types[] = { &eager_type, &sleepy_type, NULL };

	opened = first_sent_after = 0;
	defined_open_with(&p,
		"{'weir': 1, 'streams': {'a': [{'eager': {}}, {'sleepy': {}}], 'b': [{'eager': {}}, "
		"{'sleepy': {}}]}}",
		types);
	ck_assert_uint_eq(opened, 4);
	ck_assert_uint_eq(first_sent_after, 0);
	ck_assert_int_eq(weir_sim_run(&p.sim), WEIR_OK);
	ck_assert_uint_eq(first_sent_after, 4);
	defined_close(&p);
}
END_TEST

/* ---- graceful shutdown ---- */

/* A sink that asks for a few items and takes one a millisecond: at any time some are on their way. */
#define PACE_NS 1000000u
#define AHEAD   16u

static uint32_t delivered;

static void paced_run(struct weir_ctx *c)
{
	struct weir_mark mark;

	if (weir_next_mark(c, 0, &mark) && mark.kind >= WEIR_MARK_COMPLETE) {
		weir_end_with(c, &mark);
		return;
	}
	if (weir_input(c, 0) == NULL && weir_input_open(c, 0) && weir_outstanding(c, 0) == 0)
		(void)weir_request(c, 0, AHEAD);
	if (!weir_timer_armed(c, 0))
		weir_timer_set(c, 0, WEIR_CLOCK_MONOTONIC, (int64_t)weir_now(c) + PACE_NS);
}

static void paced_timer(struct weir_ctx *c, uint8_t timer, int64_t deadline_ns)
{
	const struct weir_span *in = weir_input(c, 0);

	(void)timer;
	(void)deadline_ns;
	if (in == NULL)
		return;
	ck_assert_int_eq(*(const int64_t *)in->items, delivered);
	delivered++;
	weir_take(c, 0, 1);
}

static const struct weir_op_type paced_type = { .abi = WEIR_OP_ABI,
	.flags = WEIR_OP_SINK,
	.credit = WEIR_CREDIT_MANUAL,
	.n_timers = 1,
	.name = "paced",
	.run = paced_run,
	.timer = paced_timer };

/* A thousand items have been taken in when the drain begins; what is between them and the sink differs. */
#define HEAD    "{'weir': 1, 'records': {'r': {'n': 'i64'}}, 'streams': {'s': ["
#define SOURCE  "{'input': {'name': 'in', 'record': 'r', 'capacity': 1000}, 'id': 'in'}"
#define THE_END "{'paced': {}, 'id': 'end'}]}}"
static const char *const shapes[] = {
	HEAD SOURCE ", " THE_END,
	HEAD SOURCE ", {'buffer': 256}, {'map': {'n': 'n + 0'}}, {'buffer': 16}, " THE_END,
	HEAD SOURCE ", {'filter': 'true'}, {'skip': 0}, {'take': 5000}, " THE_END,
	HEAD SOURCE "], 'tap': [{'from': 's'}, {'buffer': 7}, {'null': {}}], 'm': [{'from': 's'}, " THE_END,
	HEAD SOURCE "], 'm': [{'merge': ['s']}, " THE_END,
	HEAD SOURCE "], 'm': [{'race': ['s']}, {'timeout': '1h'}, {'expect_every': '1h'}, " THE_END,
};
#define SHAPES (int)(sizeof shapes / sizeof shapes[0])

static void open_full(const char *text)
{
	static const struct weir_op_type *const types[] = { &paced_type, NULL };
	static int64_t values[THOUSAND];

	delivered = 0;
	count_to(values, THOUSAND);
	defined_open_with(&p, text, types);
	ck_assert_int_eq(weir_push(p.in, defined_stage(&p, "in"), values, NULL, THOUSAND), THOUSAND);
}

/* What the report says was discarded on the way to the sink, edge by edge. */
static uint64_t discarded(void)
{
	uint16_t stage = defined_stage(&p, "end");
	struct weir_ledger ledger;
	uint64_t n = 0;

	while (p.plan->stages[stage].n_in > 0) {
		uint16_t edge = p.plan->inputs[p.plan->stages[stage].first_in];

		ck_assert_int_eq(weir_edge_ledger(p.in, edge, &ledger), WEIR_OK);
		n += ledger.dropped[WEIR_DROP_CANCELLED];
		stage = p.plan->edges[edge].from;
	}
	return n;
}

START_TEST(a_drain_delivers_everything)
{
	open_full(shapes[_i]);
	ck_assert_int_eq(weir_drain(p.in, WEIR_DRAIN_FINISH, WEIR_NEVER), WEIR_OK);
	ck_assert_int_eq(weir_sim_run(&p.sim), WEIR_OK);
	ck_assert(weir_ended(p.in));
	ck_assert_uint_eq(delivered, THOUSAND);
	ck_assert_uint_eq(discarded(), 0);
	ck_assert_int_eq(weir_stage_phase(p.in, defined_stage(&p, "end")), WEIR_STAGE_COMPLETED);
	defined_close(&p);
}
END_TEST

START_TEST(a_drain_with_a_deadline_says_what_it_discarded)
{
	uint64_t deadline_ns;

	open_full(shapes[_i]);
	deadline_ns = p.sim.now_ns + 87 * (uint64_t)PACE_NS;
	ck_assert_int_eq(weir_drain(p.in, WEIR_DRAIN_FINISH, deadline_ns), WEIR_OK);
	ck_assert_int_eq(weir_sim_run(&p.sim), WEIR_OK);
	ck_assert(weir_ended(p.in));
	ck_assert_uint_eq(p.sim.now_ns, deadline_ns);
	ck_assert_uint_ge(delivered, 80);
	ck_assert_uint_le(delivered, 87);
	ck_assert_uint_eq(delivered + discarded(), THOUSAND);
	defined_close(&p);
}
END_TEST

START_TEST(an_abort_says_what_it_discarded)
{
	open_full(shapes[_i]);
	ck_assert_int_eq(weir_sim_run_until(&p.sim, 41 * (uint64_t)PACE_NS), WEIR_OK);
	weir_abort(p.in);
	ck_assert(weir_ended(p.in));
	ck_assert_uint_gt(delivered, 30);
	ck_assert_uint_eq(delivered + discarded(), THOUSAND);
	defined_close(&p);
}
END_TEST

/* A sink that asks for nothing. */
static void mute_run(struct weir_ctx *c)
{
	struct weir_mark mark;

	if (weir_next_mark(c, 0, &mark))
		weir_end_with(c, &mark);
}

static const struct weir_op_type mute_type = { .abi = WEIR_OP_ABI,
	.flags = WEIR_OP_SINK,
	.credit = WEIR_CREDIT_MANUAL,
	.name = "mute",
	.run = mute_run };

static const char *const policies[] = { "drop_oldest", "drop_newest", "latest", "error" };
#define POLICIES (int)(sizeof policies / sizeof policies[0])

START_TEST(a_hot_source_says_what_nobody_took)
{
	static const struct weir_op_type *const types[] = { &mute_type, NULL };
	bool fails = strcmp(policies[_i], "error") == 0;
	struct weir_ledger ledger;
	char text[256];

	(void)snprintf(text, sizeof text,
		"{'weir': 1, 'streams': {'s': [{'interval': {'period': '1ms', 'overflow': '%s'}, 'id': "
		"'ticks'},"
		" {'mute': {}}]}}",
		policies[_i]);
	defined_open_with(&p, text, types);
	ck_assert_int_eq(weir_sim_run_until(&p.sim, 10 * (uint64_t)PACE_NS), WEIR_OK);
	weir_abort(p.in);
	ledger = defined_output(&p, "ticks");
	ck_assert_uint_eq(ledger.in, fails ? 2 : 10);
	ck_assert_uint_eq(ledger.dropped[WEIR_DROP_CANCELLED], 1); /* the one that waited */
	ck_assert_uint_eq(ledger.dropped[WEIR_DROP_OVERFLOW], fails ? 1 : 9);
	ck_assert(weir_failed(p.in) == fails);
	defined_close(&p);
}
END_TEST

/* ---- cancellation ---- */

/* Everything that a cancel can meet: queues, spans passed on by reference, a group, a window, a second branch. */
#define CUT                                                                                              \
	"{'weir': 1, 'streams': {'s': [{'range': {'to': 40}}, {'map': {'n': 'n', 'at': 'n * 1000000'}}," \
	" {'buffer': 8}], 'a': [{'from': 's'}, {'filter': 'n % 3 != 0'}, {'set': {'n': 'n + 1'}},"       \
	" {'probe_sink': {'probe': 0}, 'id': 'x'}], 'b': [{'from': 's'}, {'skip': 2}],"                  \
	" 'c': [{'race': ['b']}, {'expect_every': '1s', 'on_error': 'drop'}, {'take': 30}, "             \
	" {'probe_sink': {'probe': 1}, 'id': 'y'}]}}"

/* Callbacks that come to a stage after its end fail the test in the probes (T-1). */
START_TEST(a_cancel_after_every_event_is_final_and_balances)
{
	for (uint32_t k = 0; k < 45; k++) {
		probe_reset();
		probe_logs[_i].cancel_after = k;
		probe_logs[1 - _i].credit = 3;
		defined_open(&p, CUT);
		ck_assert_int_eq(weir_sim_run(&p.sim), WEIR_OK);
		ck_assert(weir_ended(p.in));
		ck_assert_uint_le(probe_logs[_i].n_events, k + 1);
		ck_assert(probe_logs[1 - _i].ended && !probe_logs[1 - _i].failed);
		ck_assert_uint_eq(probe_logs[1 - _i].n_items, _i == 0 ? 30 : 26); /* the sibling has all */
		defined_close(&p);
	}
}
END_TEST

START_TEST(an_abort_after_every_turn_is_final_and_balances)
{
	bool ended = false;

	for (uint64_t turns = 0; !ended; turns++) {
		uint32_t before;

		probe_reset();
		defined_open(&p, CUT);
		p.sim.turns_step = 1;
		p.sim.turns_limit = turns;
		if (turns > 0)
			(void)weir_sim_run(&p.sim);
		ended = weir_ended(p.in);
		weir_abort(p.in);
		weir_abort(p.in); /* idempotent */
		ck_assert(weir_ended(p.in));
		before = probe_logs[0].n_events + probe_logs[1].n_events;
		p.sim.turns_limit = 0;
		(void)weir_sim_run(&p.sim); /* nobody is there any more */
		ck_assert_uint_eq(probe_logs[0].n_events + probe_logs[1].n_events, before);
		ck_assert_int_eq(weir_drain(p.in, WEIR_DRAIN_FINISH, WEIR_NEVER), WEIR_OK);
		defined_close(&p);
	}
}
END_TEST

/* From every callback a stage has: the first of each kind cancels its input twice, or aborts all. */
enum { IN_OPEN, IN_RUN, IN_TIMER, CALLBACKS };
static int cancels_in;
static bool aborts, was_cancelled;

static void cancel_in(struct weir_ctx *c, int callback)
{
	ck_assert_msg(!was_cancelled || aborts, "T-3: a callback after the cancel");
	if (callback != cancels_in)
		return;
	if (aborts) {
		weir_abort(c->instance);
	} else {
		weir_cancel(c, 0);
		weir_cancel(c, 0);
		weir_complete(c);
	}
	was_cancelled = true;
}

static int canceller_open(struct weir_ctx *c)
{
	cancel_in(c, IN_OPEN);
	return WEIR_OK;
}

static void canceller_run(struct weir_ctx *c)
{
	const struct weir_span *in = weir_input(c, 0);

	if (in != NULL)
		weir_take(c, 0, 1);
	if (cancels_in == IN_TIMER)
		weir_timer_set(c, 0, WEIR_CLOCK_MONOTONIC, (int64_t)weir_now(c) + 5);
	cancel_in(c, IN_RUN);
}

static void canceller_timer(struct weir_ctx *c, uint8_t timer, int64_t deadline_ns)
{
	(void)timer;
	(void)deadline_ns;
	cancel_in(c, IN_TIMER);
}

static const struct weir_op_type canceller_type = { .abi = WEIR_OP_ABI,
	.flags = WEIR_OP_SINK,
	.credit = WEIR_CREDIT_OWN,
	.n_timers = 1,
	.name = "canceller",
	.open = canceller_open,
	.run = canceller_run,
	.timer = canceller_timer };

START_TEST(a_cancel_is_legal_in_every_callback)
{
	static const struct weir_op_type *const types[] = { &canceller_type, NULL };

	cancels_in = _i % CALLBACKS;
	aborts = _i >= CALLBACKS;
	was_cancelled = false;
	probe_reset();
	defined_open_with(&p,
		"{'weir': 1, 'streams': {'s': [{'range': {'to': 100}}], 'a': [{'from': 's'}, {'canceller': "
		"{}}],"
		" 'b': [{'from': 's'}, {'probe_sink': {'probe': 0}}]}}",
		types);
	ck_assert_int_eq(weir_sim_run(&p.sim), WEIR_OK);
	ck_assert(was_cancelled);
	ck_assert(weir_ended(p.in));
	if (!aborts)
		expect_first(0, 100);
	defined_close(&p);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("promises/endings");
	TCase *tc = tcase_create("endings");
	SRunner *sr = srunner_create(suite);
	int failed;

	suite_add_tcase(suite, tc);
	tcase_add_test(tc, a_failing_branch_leaves_its_sibling_all_its_items);
	tcase_add_test(tc, a_branch_that_cancels_leaves_its_sibling_all_its_items);
	tcase_add_test(tc, a_tap_started_with_its_source_misses_nothing);
	tcase_add_test(tc, nobody_runs_before_everybody_is_open);
	tcase_add_loop_test(tc, a_drain_delivers_everything, 0, SHAPES);
	tcase_add_loop_test(tc, a_drain_with_a_deadline_says_what_it_discarded, 0, SHAPES);
	tcase_add_loop_test(tc, an_abort_says_what_it_discarded, 0, SHAPES);
	tcase_add_loop_test(tc, a_hot_source_says_what_nobody_took, 0, POLICIES);
	tcase_add_loop_test(tc, a_cancel_after_every_event_is_final_and_balances, 0, 2);
	tcase_add_test(tc, an_abort_after_every_turn_is_final_and_balances);
	tcase_add_loop_test(tc, a_cancel_is_legal_in_every_callback, 0, 2 * CALLBACKS);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
