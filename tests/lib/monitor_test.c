/* SPDX-License-Identifier: MIT */
/*
 * monitor_test.c -- callbacks never overlap, also those that one callback asks for; and a stage that breaks the
 * ledger's law ends the program where the monitor is built in.
 */
#include <check.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include <weir/build.h>
#include <weir/kernels.h>

#include "support/probe.h"

static struct {
	bool inside;      /* a callback of the stage under test is under way */
	bool overlapped;  /* another one was called meanwhile */
	unsigned stopped; /* stop() calls of the source */
	uint64_t done;    /* the newest barrier that the source was told of */
} seen;

/* ---- a source that counts, and can be stopped; and barriers of its own ---- */

static void counter_run(struct weir_ctx *c)
{
	struct weir_span *span = weir_reserve(c, 0);
	static const int64_t zero;

	if (seen.stopped > 0) {
		weir_complete(c);
		return;
	}
	if (span == NULL)
		return;
	memcpy(span->items, &zero, sizeof zero);
	weir_emit(c, 0, 1);
	(void)weir_barrier(c, 1);
}

static void counter_stop(struct weir_ctx *c)
{
	(void)c;
	seen.overlapped = seen.overlapped || seen.inside;
	seen.stopped++;
}

static void counter_barrier_done(struct weir_ctx *c, uint64_t number)
{
	(void)c;
	seen.overlapped = seen.overlapped || seen.inside;
	seen.done = number;
}

static const struct weir_field fields[] = { { .name = "n", .kind = WEIR_I64 } };
static const struct weir_record numbers = { .name = "numbers", .fields = fields, .n_fields = 1, .size = 8 };

static const struct weir_op_type counter_type = { .abi = WEIR_OP_ABI,
	.flags = WEIR_OP_SOURCE,
	.credit = WEIR_CREDIT_OWN,
	.name = "counter",
	.out = &numbers,
	.run = counter_run,
	.stop = counter_stop,
	.barrier_done = counter_barrier_done };

/* ---- sinks that take everything, each in its own way ---- */

static void drain_from_inside(struct weir_ctx *c, uint32_t n)
{
	(void)n;
	ck_assert_int_eq(weir_drain(c->instance, WEIR_DRAIN_FINISH, WEIR_NEVER), WEIR_OK);
}

static void drop_without_a_counter(struct weir_ctx *c, uint32_t n)
{
	weir_drop(c, WEIR_DROP_LATE, n);
}

static void drop_more_than_was_taken(struct weir_ctx *c, uint32_t n)
{
	weir_drop(c, WEIR_DROP_FILTERED, n + 1);
}

static void let_go_of_what_is_not_held(struct weir_ctx *c, uint32_t n)
{
	(void)n;
	weir_hold(c, 0, -1);
}

static void (*way)(struct weir_ctx *c, uint32_t n);

static void sink_run(struct weir_ctx *c)
{
	const struct weir_span *in;
	struct weir_mark m;

	seen.inside = true;
	while ((in = weir_input(c, 0)) != NULL) {
		uint32_t n = in->count;

		weir_take(c, 0, n);
		way(c, n);
	}
	while (weir_next_mark(c, 0, &m)) {
		if (m.kind == WEIR_MARK_BARRIER)
			weir_barrier_done(c, &m);
		else if (m.kind >= WEIR_MARK_COMPLETE)
			weir_end_with(c, &m);
	}
	seen.inside = false;
}

static const struct weir_op_type sink_type = { .abi = WEIR_OP_ABI,
	.flags = WEIR_OP_SINK,
	.credit = WEIR_CREDIT_OWN,
	.drops = WEIR_DROPS_BIT(FILTERED),
	.name = "sink",
	.prefetch = 4,
	.run = sink_run };

static void run_with(void (*how)(struct weir_ctx *c, uint32_t n))
{
	struct weir_build *b = weir_build_open("t", WEIR_CLOCK_MONOTONIC, NULL);
	const struct weir_plan *plan;
	struct weir_instance *in;
	struct probe_clock clock;
	size_t size;
	void *memory;

	memset(&seen, 0, sizeof seen);
	way = how;
	weir_build_stage(b, "a", &counter_type);
	weir_build_stage(b, "a", &sink_type);
	ck_assert_int_eq(weir_build_finish(b, &plan), WEIR_OK);
	size = weir_instance_size(plan, NULL, NULL);
	memory = aligned_alloc(64, (size + 63u) & ~(size_t)63u);
	probe_clock_init(&clock);
	ck_assert_int_eq(
		weir_instance_init(&in, memory, size, plan, &clock.platform, weir_kernels_pick()), WEIR_OK);
	ck_assert_int_eq(weir_start(in), WEIR_OK);
	for (int i = 0; i < 1000 && !weir_ended(in); i++)
		(void)weir_step(in, 1);
	weir_fini(in);
	free(memory);
	weir_build_close(b);
}

START_TEST(a_drain_asked_inside_a_callback_waits_until_it_has_returned)
{
	run_with(drain_from_inside);
	ck_assert(!seen.overlapped);
	ck_assert_uint_eq(seen.stopped, 1);
}
END_TEST

START_TEST(a_source_hears_of_its_barrier_when_the_answering_callback_has_returned)
{
	run_with(drain_from_inside);
	ck_assert(!seen.overlapped);
	ck_assert_uint_eq(seen.done, 1);
}
END_TEST

#ifdef WEIR_MONITOR
START_TEST(a_drop_that_nobody_counts_is_found)
{
	run_with(drop_without_a_counter);
}
END_TEST

START_TEST(a_drop_of_more_than_was_taken_is_found)
{
	run_with(drop_more_than_was_taken);
}
END_TEST

START_TEST(letting_go_of_what_is_not_held_is_found)
{
	run_with(let_go_of_what_is_not_held);
}
END_TEST
#endif

int main(void)
{
	Suite *suite = suite_create("monitor");
	TCase *t = tcase_create("monitor");
	SRunner *runner;
	int failed;

	tcase_add_test(t, a_drain_asked_inside_a_callback_waits_until_it_has_returned);
	tcase_add_test(t, a_source_hears_of_its_barrier_when_the_answering_callback_has_returned);
#ifdef WEIR_MONITOR
	tcase_add_test_raise_signal(t, a_drop_that_nobody_counts_is_found, SIGABRT);
	tcase_add_test_raise_signal(t, a_drop_of_more_than_was_taken_is_found, SIGABRT);
	tcase_add_test_raise_signal(t, letting_go_of_what_is_not_held_is_found, SIGABRT);
#else
	(void)drop_without_a_counter;
	(void)drop_more_than_was_taken;
	(void)let_go_of_what_is_not_held;
#endif
	suite_add_tcase(suite, t);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
