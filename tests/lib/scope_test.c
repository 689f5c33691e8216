/* SPDX-License-Identifier: MIT */
/*
 * scope_test.c -- what feeds one input alone lives as long as the stage behind it says: started when told, as new each
 * time, cancelled with it, and never while a span still lies in its memory.
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include <weir/build.h>
#include <weir/kernels.h>
#include <weir/operators.h>
#include <weir/relay.h>

#include "support/probe.h"

/* What the ruler does when it is run; and what it saw. */
static struct {
	bool start, cancel, pass, insist; /* insist: start even if the scope is not free */
	uint32_t ask;
	uint32_t handle; /* so often, each error */
	bool was_free, was_open;
	unsigned errors, completes;
	struct weir_mark error;
} rule;

static struct {
	unsigned inits, opens, closes, normal;
	uint32_t at_once;             /* items in a span; 0: one */
	int refuse_open, refuse_init; /* the code to fail with */
	bool rests;                   /* behind a span it is not to be run for room or credit */
	int64_t next;                 /* of all generations */
} source;

/* ---- a source that tells its life ---- */

struct told {
	int64_t of_this; /* items of this generation; state is zero at the start of each */
};

static int64_t told_size(const struct weir_place *place)
{
	(void)place;
	return (int64_t)sizeof(struct told);
}

static int told_init(struct weir_ctx *c, const struct weir_place *place)
{
	(void)c;
	(void)place;
	source.inits++;
	return source.inits > 1 ? source.refuse_init : WEIR_OK;
}

static int told_open(struct weir_ctx *c)
{
	(void)c;
	if (source.refuse_open < 0)
		return source.refuse_open;
	source.opens++;
	return WEIR_OK;
}

static void told_close(struct weir_ctx *c, bool normal)
{
	(void)c;
	source.closes++;
	source.normal += normal;
}

static void told_run(struct weir_ctx *c)
{
	struct told *s = c->state;
	struct weir_span *span = weir_reserve(c, 0);

	uint32_t n = source.at_once > 0 ? source.at_once : 1;

	if (span == NULL)
		return;
	n = n < span->count ? n : span->count;
	for (uint32_t i = 0; i < n; i++) {
		s->of_this++;
		source.next++;
		memcpy((int64_t *)span->items + i, &s->of_this, sizeof s->of_this);
	}
	weir_emit(c, 0, n);
	weir_await_room(c, 0, !source.rests);
}

static const struct weir_field fields[] = { { .name = "n", .kind = WEIR_I64 } };
static const struct weir_record numbers = { .name = "numbers", .fields = fields, .n_fields = 1, .size = 8 };

static const struct weir_op_type told_type = { .abi = WEIR_OP_ABI,
	.flags = WEIR_OP_SOURCE,
	.credit = WEIR_CREDIT_OWN,
	.name = "told",
	.out = &numbers,
	.state_size = told_size,
	.init = told_init,
	.open = told_open,
	.close = told_close,
	.run = told_run };

/* ---- a ruler on strings ---- */

static void ruler_run(struct weir_ctx *c)
{
	struct weir_relay relay = { 0 };
	struct weir_mark end;

	if (weir_relay_marks(c, &relay, 0, &end)) {
		rule.errors += end.kind == WEIR_MARK_ERROR;
		rule.completes += end.kind == WEIR_MARK_COMPLETE;
		rule.error = end;
		for (; rule.handle > 0; rule.handle--)
			weir_handle_error(c, &end);
	}
	if (rule.cancel)
		weir_cancel(c, 0);
	rule.cancel = false;
	rule.was_free = weir_scope_free(c, 0);
	if (rule.start && (rule.was_free || rule.insist)) {
		weir_scope_start(c, 0, NULL);
		rule.start = false;
	}
	rule.was_open = weir_input_open(c, 0);
	if (rule.ask > 0 && rule.was_open) {
		(void)weir_request(c, 0, rule.ask);
		rule.ask = 0;
	}
	if (rule.pass)
		(void)weir_relay_items(c, 0);
}

static const struct weir_op_type ruler_type = { .abi = WEIR_OP_ABI,
	.flags = WEIR_OP_LENDS | WEIR_OP_SCOPES,
	.credit = WEIR_CREDIT_MANUAL,
	.name = "ruler",
	.run = ruler_run };

/* ---- and one further down, which has no part in the scope ---- */

static void passer_run(struct weir_ctx *c)
{
	struct weir_relay relay = { 0 };
	struct weir_mark end;

	if (weir_relay_marks(c, &relay, 0, &end)) {
		weir_end_with(c, &end);
		return;
	}
	(void)weir_relay_items(c, 0);
	weir_relay_ask(c, 0, weir_demand(c, 0));
}

static const struct weir_op_type passer_type = { .abi = WEIR_OP_ABI,
	.flags = WEIR_OP_LENDS,
	.credit = WEIR_CREDIT_MANUAL,
	.name = "passer",
	.run = passer_run };

/* ---- the pipeline: told -> ruler -> passer -> probe sink ---- */

static struct weir_build *build;
static const struct weir_plan *plan;
static struct weir_instance *in;
static struct probe_clock test_clock;
static void *memory;

static void setup(void)
{
	size_t size;
	int sink;

	memset(&rule, 0, sizeof rule);
	memset(&source, 0, sizeof source);
	probe_reset();
	build = weir_build_open("scope", WEIR_CLOCK_MONOTONIC, NULL);
	weir_build_stage(build, "a", &told_type);
	weir_build_stage(build, "a", &ruler_type);
	weir_build_stage(build, "a", &passer_type);
	sink = weir_build_stage(build, "a", &probe_sink_type);
	weir_build_set(build, sink, "probe", "0");
	ck_assert_int_eq(weir_build_finish(build, &plan), WEIR_OK);
	size = weir_instance_size(plan, NULL, NULL);
	memory = aligned_alloc(64, (size + 63u) & ~(size_t)63u);
	probe_clock_init(&test_clock);
	ck_assert_int_eq(
		weir_instance_init(&in, memory, size, plan, &test_clock.platform, weir_kernels_pick()),
		WEIR_OK);
	ck_assert_int_eq(weir_start(in), WEIR_OK);
}

static void teardown(void)
{
	weir_fini(in);
	probe_check_ledger(in);
	ck_assert_uint_eq(source.opens, source.closes);
	free(memory);
	weir_build_close(build);
}

static void settle(void)
{
	weir_wake_stage(in, 1);
	while (weir_step(in, 1) > 0)
		probe_check_ledger(in);
}

static struct weir_ledger ledger(uint16_t edge)
{
	struct weir_ledger l;

	ck_assert_int_eq(weir_edge_ledger(in, edge, &l), WEIR_OK);
	return l;
}

START_TEST(nothing_of_it_runs_before_it_is_started)
{
	rule.ask = 5;
	settle();
	ck_assert_uint_eq(source.opens, 0);
	ck_assert_int_eq(weir_stage_phase(in, 0), WEIR_STAGE_NEW);
	ck_assert(rule.was_free && !rule.was_open);
	weir_wake_stage(in, 0);
	settle();
	ck_assert_int_eq(source.next, 0);
	ck_assert_uint_eq(ledger(0).requested, 0);
}
END_TEST

START_TEST(it_is_asked_for_nothing_until_the_ruler_asks)
{
	rule.start = true;
	settle();
	ck_assert_uint_eq(source.opens, 1);
	ck_assert(rule.was_open);
	ck_assert_int_eq(source.next, 0);
	rule.ask = 3;
	rule.pass = true;
	settle();
	ck_assert_int_eq(source.next, 3);
	ck_assert_uint_eq(probe_logs[0].n_items, 3);
}
END_TEST

START_TEST(cancel_ends_it_and_tells_the_ruler_when_it_is_free)
{
	rule.start = true;
	settle();
	ck_assert(!rule.was_free);
	rule.cancel = true;
	settle();
	ck_assert(rule.was_free);
	ck_assert_int_eq(weir_stage_phase(in, 0), WEIR_STAGE_CANCELLED);
	ck_assert_uint_eq(source.closes, 1);
	ck_assert_uint_eq(source.normal, 0);
}
END_TEST

START_TEST(a_new_generation_is_as_new_and_its_ledger_goes_on)
{
	struct weir_ledger l;

	rule.pass = true;
	for (unsigned generation = 1; generation <= 4; generation++) {
		rule.cancel = rule.start = true;
		rule.ask = 2;
		settle();
		settle();
		ck_assert_uint_eq(source.opens, generation);
		l = ledger(0);
		ck_assert_uint_eq(l.in, 2 * generation);
		ck_assert_uint_eq(l.out, 2 * generation);
	}
	ck_assert_uint_eq(probe_logs[0].n_items, 8);
	for (unsigned i = 0; i < 8; i++) {
		int64_t n;

		memcpy(&n, probe_logs[0].bytes + i * sizeof n, sizeof n);
		ck_assert_int_eq(n, 1 + i % 2); /* each generation counts from 1 */
	}
}
END_TEST

START_TEST(a_generation_that_waited_for_nothing_does_not_keep_the_next_from_being_run)
{
	rule.start = rule.pass = source.rests = true;
	rule.ask = 1;
	settle();
	ck_assert_int_eq(source.next, 1);
	rule.cancel = rule.start = true;
	settle();
	settle();
	ck_assert_uint_eq(source.opens, 2);
	rule.ask = 1;
	settle();
	ck_assert_int_eq(source.next, 2);
}
END_TEST

START_TEST(what_was_asked_for_and_not_sent_is_void)
{
	rule.start = true;
	rule.ask = 1;
	settle();
	rule.ask = 1000; /* one waits on the edge: nothing more is sent */
	settle();
	ck_assert_uint_eq(ledger(0).requested, 1001);
	ck_assert_uint_eq(ledger(0).queued, 1);
	rule.cancel = rule.start = true;
	settle();
	settle();
	ck_assert_uint_eq(ledger(0).requested, ledger(0).in);
	ck_assert_uint_eq(ledger(0).dropped[WEIR_DROP_CANCELLED], 1);
	ck_assert_uint_eq(source.opens, 2);
}
END_TEST

/* What was passed on lies two stages further down, in the source's memory, and the sink has taken half of it. */
START_TEST(it_is_not_free_while_a_span_lies_in_its_memory)
{
	rule.start = rule.pass = true;
	rule.ask = source.at_once = 2;
	probe_logs[0].take_at_most = 1;
	weir_wake_stage(in, 1);
	while (probe_logs[0].n_items == 0)
		ck_assert_uint_eq(weir_step(in, 1), 1);
	ck_assert_uint_eq(ledger(2).queued, 1);
	rule.cancel = rule.start = true;
	weir_wake_stage(in, 1);
	(void)weir_step(in, 2); /* it cancels; it is run again, as what it ruled has ended */
	ck_assert_uint_eq(source.closes, 1);
	ck_assert_uint_eq(ledger(2).queued, 1);
	ck_assert(!rule.was_free && rule.start);
	while (weir_step(in, 1) > 0)
		probe_check_ledger(in);
	ck_assert(!rule.start); /* it was told, though it never saw that span again */
	ck_assert_uint_eq(source.opens, 2);
	ck_assert_uint_eq(probe_logs[0].n_items, 2);
}
END_TEST

START_TEST(to_start_what_still_lives_fails_the_ruler)
{
	rule.start = true;
	settle();
	rule.start = rule.insist = true;
	settle();
	ck_assert_int_eq(weir_stage_phase(in, 1), WEIR_STAGE_FAILED);
	ck_assert_int_eq(weir_first_error(in)->code, WEIR_EINTERNAL);
	ck_assert_int_eq(weir_stage_phase(in, 0), WEIR_STAGE_CANCELLED); /* children end with it */
}
END_TEST

START_TEST(what_cannot_be_opened_arrives_as_its_error)
{
	rule.start = true;
	source.refuse_open = WEIR_ENOENT;
	settle();
	ck_assert_uint_eq(rule.errors, 1);
	ck_assert_uint_eq(rule.error.source, 0);
	ck_assert_int_eq(weir_error_of(in, 0)->code, WEIR_ENOENT);
	ck_assert_int_eq(weir_stage_phase(in, 0), WEIR_STAGE_FAILED);
	ck_assert_uint_eq(source.closes, 0);
	source.refuse_open = 0;
	rule.start = true;
	settle();
	ck_assert_uint_eq(source.opens, 1); /* and it can be tried again */
}
END_TEST

START_TEST(what_cannot_be_set_up_arrives_as_its_error)
{
	rule.start = true;
	source.refuse_init = WEIR_ERANGE;
	settle();
	ck_assert_uint_eq(rule.errors, 1);
	ck_assert_int_eq(weir_error_of(in, 0)->code, WEIR_ERANGE);
	ck_assert_uint_eq(source.opens, 0);
}
END_TEST

START_TEST(it_ends_with_the_ruler)
{
	rule.start = true;
	settle();
	ck_assert_int_eq(weir_drain(in, WEIR_DRAIN_CHECKPOINT, WEIR_NEVER), WEIR_OK);
	settle();
	ck_assert_uint_eq(rule.completes, 1);
	ck_assert_uint_eq(rule.error.value, 1); /* a checkpoint: states are kept */
	weir_abort(in);
	ck_assert(weir_ended(in));
	ck_assert_uint_eq(source.closes, 1);
	ck_assert_uint_eq(source.normal, 1);
}
END_TEST

START_TEST(an_error_the_ruler_does_not_handle_surfaces)
{
	rule.start = true;
	source.refuse_open = WEIR_EIO;
	settle();
	ck_assert_uint_eq(weir_failures(in), 1);
	ck_assert_uint_eq(weir_failures_handled(in), 0); /* this ruler does not handle it: it surfaced */
	ck_assert(weir_failed(in));
}
END_TEST

START_TEST(an_error_is_handled_once)
{
	rule.start = true;
	rule.handle = 2;
	source.refuse_open = WEIR_EIO;
	settle();
	ck_assert_uint_eq(rule.errors, 1);
	ck_assert_uint_eq(weir_failures(in), 1);
	ck_assert_uint_eq(weir_failures_handled(in), 1);
	ck_assert(!weir_failed(in));
	ck_assert_ptr_null(weir_first_error(in));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("scope");
	TCase *t = tcase_create("scope");
	SRunner *runner;
	int failed;

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, nothing_of_it_runs_before_it_is_started);
	tcase_add_test(t, it_is_asked_for_nothing_until_the_ruler_asks);
	tcase_add_test(t, cancel_ends_it_and_tells_the_ruler_when_it_is_free);
	tcase_add_test(t, a_new_generation_is_as_new_and_its_ledger_goes_on);
	tcase_add_test(t, a_generation_that_waited_for_nothing_does_not_keep_the_next_from_being_run);
	tcase_add_test(t, what_was_asked_for_and_not_sent_is_void);
	tcase_add_test(t, it_is_not_free_while_a_span_lies_in_its_memory);
	tcase_add_test(t, to_start_what_still_lives_fails_the_ruler);
	tcase_add_test(t, what_cannot_be_opened_arrives_as_its_error);
	tcase_add_test(t, what_cannot_be_set_up_arrives_as_its_error);
	tcase_add_test(t, it_ends_with_the_ruler);
	tcase_add_test(t, an_error_the_ruler_does_not_handle_surfaces);
	tcase_add_test(t, an_error_is_handled_once);
	suite_add_tcase(suite, t);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
