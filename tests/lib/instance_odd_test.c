/* SPDX-License-Identifier: MIT */
/* instance_odd_test.c -- what is not fit to run is refused; starting, draining, stepping and waking at odd moments. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "operators/marionette.h"

static struct marionette source, sink;
static void *memory;
static size_t size;

static void open_pair(void)
{
	source = (struct marionette){ 0 };
	sink = (struct marionette){ .run = marionette_swallow };
	bed_open(WEIR_CLOCK_MONOTONIC);
	(void)bed_stage(&marionette_source_type, &source);
	(void)bed_stage(&marionette_sink_type, &sink);
	(void)bed_edge(0, 1);
}

/* Another instance of the bed's plan, not started. */
static struct weir_instance *second_instance(struct weir_platform *platform)
{
	struct weir_instance *in = NULL;

	size = weir_instance_size(&bed.plan, NULL, NULL);
	memory = aligned_alloc(64, (size + 63) & ~(size_t)63);
	ck_assert_ptr_nonnull(memory);
	ck_assert_int_eq(weir_instance_init(&in, memory, size, &bed.plan, platform, NULL), WEIR_OK);
	return in;
}

START_TEST(what_is_missing_or_of_another_abi_is_refused)
{
	struct weir_instance *in;
	struct weir_platform_type platform_type;
	struct weir_platform platform = { .type = &platform_type };
	struct weir_op_type old = marionette_source_type;
	struct weir_plan none;

	open_pair();
	bed_start();
	(void)second_instance(&bed.clock.platform);
	ck_assert_int_eq(
		weir_instance_init(NULL, memory, size, &bed.plan, &bed.clock.platform, NULL), WEIR_EINVAL);
	ck_assert_int_eq(
		weir_instance_init(&in, NULL, size, &bed.plan, &bed.clock.platform, NULL), WEIR_EINVAL);
	ck_assert_int_eq(weir_instance_init(&in, memory, size, NULL, &bed.clock.platform, NULL), WEIR_EINVAL);
	ck_assert_int_eq(weir_instance_init(&in, memory, size, &bed.plan, NULL, NULL), WEIR_EINVAL);
	platform_type = *bed.clock.platform.type;
	platform_type.abi = WEIR_PLATFORM_ABI + 1;
	ck_assert_int_eq(weir_instance_init(&in, memory, size, &bed.plan, &platform, NULL), WEIR_EABI);
	old.abi = WEIR_OP_ABI + 1;
	bed.stages[0].type = &old;
	ck_assert_int_eq(
		weir_instance_init(&in, memory, size, &bed.plan, &bed.clock.platform, NULL), WEIR_EABI);
	bed.stages[0].type = &marionette_source_type;
	none = bed.plan;
	none.n_stages = 0;
	ck_assert_uint_eq(weir_instance_size(&none, NULL, NULL), 0);
	ck_assert_int_eq(
		weir_instance_init(&in, memory, size, &none, &bed.clock.platform, NULL), WEIR_EINVAL);
	none = bed.plan;
	none.abi = WEIR_PLAN_ABI + 1;
	ck_assert_uint_eq(weir_instance_size(&none, NULL, NULL), 0);
	free(memory);
	bed_close();
}
END_TEST

START_TEST(what_was_not_started_does_nothing)
{
	struct weir_instance *in;

	open_pair();
	bed_start();
	in = second_instance(&bed.clock.platform);
	ck_assert_uint_eq(weir_step(in, 10), 0);
	ck_assert_int_eq(weir_drain(in, WEIR_DRAIN_FINISH, WEIR_NEVER), WEIR_EINVAL);
	ck_assert(!weir_ended(in));
	weir_fini(in);
	ck_assert(weir_ended(in));
	bed.clock.ended = false; /* its own end is to come */
	free(memory);
	bed_close();
}
END_TEST

static unsigned closes;

static void counts_close(struct weir_ctx *c, bool normal)
{
	(void)c;
	ck_assert(!normal);
	closes++;
}

static int refuses(struct weir_ctx *c)
{
	(void)c;
	return WEIR_ENOENT;
}

static int refuses_with_reason(struct weir_ctx *c)
{
	weir_fail(c, WEIR_EIO, "no such luck");
	return WEIR_ENOENT;
}

START_TEST(a_stage_that_cannot_be_opened_is_the_error_of_all)
{
	struct weir_instance *in;

	open_pair();
	bed_start(); /* lays the plan out */
	closes = 0;
	source.close = sink.close = counts_close;
	sink.open = _i == 0 ? refuses : refuses_with_reason;
	in = second_instance(&bed.clock.platform);
	ck_assert_int_eq(weir_start(in), WEIR_ENOENT);
	ck_assert(weir_ended(in) && weir_failed(in));
	ck_assert_uint_eq(weir_first_error(in)->stage, 1);
	ck_assert_int_eq(weir_first_error(in)->code, _i == 0 ? WEIR_ENOENT : WEIR_EIO);
	ck_assert_str_eq(weir_first_error(in)->text, _i == 0 ? weir_strerror(WEIR_ENOENT) : "no such luck");
	ck_assert_uint_eq(weir_failures(in), 1);
	ck_assert_uint_eq(closes, 1); /* the source, which was open */
	free(memory);
	bed.clock.ended = false;
	source.close = sink.close = NULL;
	bed_close();
}
END_TEST

START_TEST(questions_about_stages_that_are_not_there_have_an_answer)
{
	struct weir_ledger ledger;

	open_pair();
	bed_start();
	bed_settle();
	ck_assert_int_eq(weir_stage_phase(bed.in, 2), WEIR_STAGE_NEW);
	ck_assert_int_eq(weir_stage_phase(bed.in, 1), WEIR_STAGE_RUNNING);
	ck_assert_ptr_null(weir_error_of(bed.in, 2));
	ck_assert_ptr_null(weir_error_of(bed.in, 1));
	ck_assert_uint_eq(weir_stalls(bed.in, 2), 0);
	ck_assert_int_eq(weir_edge_ledger(bed.in, 1, &ledger), WEIR_EINVAL);
	sink.runs = 0;
	weir_wake_stage(bed.in, 2);
	bed_settle();
	ck_assert_uint_eq(sink.runs, 0);
	bed_close();
}
END_TEST

START_TEST(every_reason_has_a_name)
{
	ck_assert_str_eq(weir_drop_name(WEIR_DROP_FILTERED), "filtered");
	ck_assert_str_eq(weir_drop_name(WEIR_DROP_CANCELLED), "cancelled");
	ck_assert_str_eq(weir_drop_name(WEIR_DROP_REASONS), "unknown");
}
END_TEST

/* ---- draining ---- */

static void holds_on(struct weir_ctx *c)
{
	(void)c; /* what it holds is not out yet */
}

START_TEST(a_drain_that_waits_wakes_at_its_deadline)
{
	open_pair();
	source.stop = holds_on;
	bed_start();
	bed_settle();
	ck_assert_uint_eq(bed.clock.wake_ns, WEIR_NEVER);
	ck_assert_int_eq(weir_drain(bed.in, WEIR_DRAIN_FINISH, bed.clock.now_ns + 500), WEIR_OK);
	bed_settle();
	ck_assert(!weir_ended(bed.in));
	ck_assert_uint_eq(bed.clock.wake_ns, bed.clock.now_ns + 500);
	ck_assert_int_eq(
		weir_drain(bed.in, WEIR_DRAIN_FINISH, WEIR_NEVER), WEIR_OK); /* the first one stands */
	bed_settle();
	bed.clock.now_ns += 499;
	bed_settle();
	ck_assert(!weir_ended(bed.in));
	bed.clock.now_ns++;
	bed_settle();
	ck_assert(weir_ended(bed.in));
	ck_assert_int_eq(weir_drain(bed.in, WEIR_DRAIN_FINISH, WEIR_NEVER), WEIR_OK);
	bed_close();
}
END_TEST

static bool at_checkpoint;

static void notes_checkpoint(struct weir_ctx *c)
{
	struct weir_mark mark;

	while (weir_next_mark(c, 0, &mark)) {
		at_checkpoint = mark.value == 1;
		weir_end_with(c, &mark);
	}
}

/* What such a source holds is kept with its state, not sent. */
START_TEST(a_checkpoint_ends_a_source_at_once)
{
	open_pair();
	source.stop = holds_on;
	sink.run = notes_checkpoint;
	at_checkpoint = false;
	bed_start();
	bed_settle();
	ck_assert_int_eq(weir_drain(bed.in, WEIR_DRAIN_CHECKPOINT, WEIR_NEVER), WEIR_OK);
	bed_settle();
	ck_assert(weir_ended(bed.in) && at_checkpoint);
	bed_close();
}
END_TEST

/* ---- stepping ---- */

START_TEST(a_step_of_no_turns_moves_nothing_and_asks_to_come_back)
{
	open_pair();
	bed_start();
	bed_settle();
	weir_wake_stage(bed.in, 0);
	source.runs = 0;
	bed.clock.wake_ns = WEIR_NEVER;
	ck_assert_uint_eq(weir_step(bed.in, 0), 0);
	ck_assert_uint_eq(source.runs, 0);
	ck_assert_uint_eq(weir_forced_yields(bed.in), 0);
	ck_assert_uint_eq(bed.clock.wake_ns, bed.clock.now_ns);
	bed_settle();
	ck_assert_uint_eq(source.runs, 1);
	bed_close();
}
END_TEST

/* A platform need not care for the end. */
START_TEST(an_end_that_the_platform_does_not_ask_for_is_an_end)
{
	struct weir_platform_type type;
	struct weir_instance *in;
	struct probe_clock clock;

	open_pair();
	bed_start();
	probe_clock_init(&clock);
	type = *clock.platform.type;
	type.ended = NULL;
	clock.platform.type = &type;
	in = second_instance(&clock.platform);
	ck_assert_int_eq(weir_start(in), WEIR_OK);
	(void)weir_step(in, 10);
	weir_abort(in);
	ck_assert(weir_ended(in));
	ck_assert_uint_eq(clock.wake_ns, WEIR_NEVER);
	free(memory);
	bed_close();
}
END_TEST

/* ---- stalls ---- */

static unsigned stalls;

static void notes_stall(void *arg, const struct weir_stall *stall)
{
	(void)arg;
	(void)stall;
	stalls++;
}

static void takes_long_and_looks_away(struct weir_ctx *c)
{
	bed.clock.now_ns += 100;
	weir_on_stall(c->instance, 0, NULL, NULL);
}

static void takes_long(struct weir_ctx *c)
{
	(void)c;
	bed.clock.now_ns += 100;
}

START_TEST(nobody_is_told_of_a_stall_after_it_was_switched_off)
{
	open_pair();
	stalls = 0;
	bed_start();
	bed_settle();
	weir_on_stall(bed.in, 50, notes_stall, NULL);
	source.run = takes_long;
	marionette_run(0);
	ck_assert_uint_eq(stalls, 1);
	source.run = takes_long_and_looks_away;
	marionette_run(0);
	ck_assert_uint_eq(stalls, 1);
	ck_assert_uint_eq(weir_stalls(bed.in, 0), 1);
	weir_on_stall(bed.in, 50, NULL, NULL); /* counted, and nobody told */
	source.run = takes_long;
	marionette_run(0);
	ck_assert_uint_eq(weir_stalls(bed.in, 0), 2);
	ck_assert_uint_eq(stalls, 1);
	bed_close();
}
END_TEST

int main(void)
{
	Suite *s = suite_create("instance_odd");
	TCase *tc = tcase_create("instance_odd");
	SRunner *sr = srunner_create(s);
	int failed;

	suite_add_tcase(s, tc);
	tcase_add_test(tc, what_is_missing_or_of_another_abi_is_refused);
	tcase_add_test(tc, what_was_not_started_does_nothing);
	tcase_add_loop_test(tc, a_stage_that_cannot_be_opened_is_the_error_of_all, 0, 2);
	tcase_add_test(tc, questions_about_stages_that_are_not_there_have_an_answer);
	tcase_add_test(tc, every_reason_has_a_name);
	tcase_add_test(tc, a_drain_that_waits_wakes_at_its_deadline);
	tcase_add_test(tc, a_checkpoint_ends_a_source_at_once);
	tcase_add_test(tc, a_step_of_no_turns_moves_nothing_and_asks_to_come_back);
	tcase_add_test(tc, an_end_that_the_platform_does_not_ask_for_is_an_end);
	tcase_add_test(tc, nobody_is_told_of_a_stall_after_it_was_switched_off);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
