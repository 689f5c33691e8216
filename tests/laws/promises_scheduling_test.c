/* SPDX-License-Identifier: MIT */
/*
 * promises_scheduling_test.c -- nobody keeps the others waiting unseen: a busy source leaves a timer its place, what
 * had to give way is counted, and a stage that does not return is named.
 *
 * The clock of the bed moves only inside callbacks: that is what a turn costs here.
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "operators/bed.h"

#define TURN_NS  10000u
#define TICK_NS  1000000u
#define SLEEP_NS 25000000u

/* ---- stages that take time ---- */

static struct {
	uint64_t turns, turns_limit; /* of the endless source */
	uint64_t ticks;
	int64_t late_ns; /* the worst of all ticks */
	uint64_t sleep_ns;
	uint32_t naps; /* callbacks that sleep, counted down */
} stages;

/* As many items as are asked for, for ever. */
static void endless_run(struct weir_ctx *c)
{
	struct weir_span *span = weir_reserve(c, 0);

	bed.clock.now_ns += TURN_NS;
	if (stages.turns++ >= stages.turns_limit) {
		weir_complete(c);
		return;
	}
	if (span == NULL)
		return;
	memset(span->items, 0, span->count * sizeof(struct bed_item));
	weir_emit(c, 0, span->count);
}

static const struct weir_op_type endless_type = { .abi = WEIR_OP_ABI,
	.flags = WEIR_OP_SOURCE,
	.credit = WEIR_CREDIT_OWN,
	.name = "endless",
	.run = endless_run };

/* A tick a millisecond, and how late it was. */
static void ticker_run(struct weir_ctx *c)
{
	if (!weir_timer_armed(c, 0))
		weir_timer_set(c, 0, WEIR_CLOCK_MONOTONIC, (int64_t)weir_now(c) + TICK_NS);
}

static void ticker_timer(struct weir_ctx *c, uint8_t timer, int64_t deadline_ns)
{
	int64_t late_ns = (int64_t)weir_now(c) - deadline_ns;

	(void)timer;
	stages.ticks++;
	stages.late_ns = late_ns > stages.late_ns ? late_ns : stages.late_ns;
	weir_timer_set(c, 0, WEIR_CLOCK_MONOTONIC, deadline_ns + TICK_NS);
	if (stages.turns >= stages.turns_limit)
		weir_complete(c);
}

static const struct weir_op_type ticker_type = { .abi = WEIR_OP_ABI,
	.flags = WEIR_OP_SOURCE,
	.credit = WEIR_CREDIT_OWN,
	.n_timers = 1,
	.name = "ticker",
	.run = ticker_run,
	.timer = ticker_timer };

static void nap(void)
{
	if (stages.naps > 0 && --stages.naps == 0)
		bed.clock.now_ns += stages.sleep_ns;
}

static struct weir_moved sleeper_process(
	struct weir_ctx *c, const struct weir_span *in, struct weir_span *out, bool last)
{
	(void)c;
	(void)last;
	nap();
	*out = *in;
	return (struct weir_moved){ .taken = in->count, .made = in->count };
}

static const struct weir_op_type sleeper_type = { .abi = WEIR_OP_ABI,
	.flags = WEIR_OP_NARROWS,
	.credit = WEIR_CREDIT_PASS,
	.name = "sleeper",
	.process = sleeper_process };

/* Its timer callback sleeps, and ends it. */
static void dozer_timer(struct weir_ctx *c, uint8_t timer, int64_t deadline_ns)
{
	(void)timer;
	(void)deadline_ns;
	nap();
	weir_complete(c);
}

static const struct weir_op_type dozer_type = { .abi = WEIR_OP_ABI,
	.flags = WEIR_OP_SOURCE,
	.credit = WEIR_CREDIT_OWN,
	.n_timers = 1,
	.name = "dozer",
	.run = ticker_run,
	.timer = dozer_timer };

/* ---- cooperative scheduling ---- */

static const uint32_t budgets[] = { 1, 7, 64 };
#define BUDGETS (int)(sizeof budgets / sizeof budgets[0])

static void play_endless(uint32_t budget, uint64_t turns)
{
	memset(&stages, 0, sizeof stages);
	stages.turns_limit = turns;
	bed_open(WEIR_CLOCK_MONOTONIC);
	(void)bed_stage(&endless_type, NULL);
	(void)bed_stage(&ticker_type, NULL);
	(void)bed_edge(0, bed_sink(0));
	(void)bed_edge(1, bed_sink(1));
	bed_start();
	while (!weir_ended(bed.in)) {
		if (bed.clock.wake_ns > bed.clock.now_ns)
			bed.clock.now_ns = bed.clock.wake_ns;
		probe_logs[0].n_items = 0; /* its log is not that long */
		(void)weir_step(bed.in, budget);
	}
}

START_TEST(an_endless_source_leaves_a_timer_its_place)
{
	uint32_t budget = budgets[_i];

	play_endless(budget, 4000);
	/* 40 ms of work: a tick was late by one batch of turns at most, and none was lost */
	ck_assert_uint_ge(stages.ticks, 4000 * (uint64_t)TURN_NS / TICK_NS);
	ck_assert_int_le(stages.late_ns, (int64_t)budget * TURN_NS);
	ck_assert_uint_gt(weir_forced_yields(bed.in), 4000 / budget / 2);
	bed_close();
}
END_TEST

START_TEST(a_pipeline_with_nothing_to_do_yields_by_itself)
{
	bed_open(WEIR_CLOCK_MONOTONIC);
	(void)bed_source(0);
	(void)bed_edge(0, bed_sink(0));
	bed_item(0, 1, 1, 0);
	bed_play();
	ck_assert_uint_eq(weir_forced_yields(bed.in), 0);
	bed_close();
}
END_TEST

/* ---- stalls ---- */

static struct {
	struct weir_stall last;
	const char *name;
	uint32_t n;
} told;

static void tell(void *arg, const struct weir_stall *stall)
{
	ck_assert_ptr_eq(arg, &told);
	told.last = *stall;
	told.name = bed.plan.stages[stall->stage].id;
	told.n++;
}

/* Ten items one by one through a stage that sleeps once; turns longer than limit_ns go to fn. */
static void play_sleeper(uint32_t sleeps_at, uint64_t limit_ns, weir_stall_fn *fn)
{
	memset(&stages, 0, sizeof stages);
	memset(&told, 0, sizeof told);
	stages.naps = sleeps_at;
	stages.sleep_ns = SLEEP_NS;
	bed_open(WEIR_CLOCK_MONOTONIC);
	(void)bed_source(0);
	(void)bed_stage(&sleeper_type, NULL);
	(void)bed_edge(0, 1);
	(void)bed_edge(1, bed_sink(0));
	probe_scripts[0].span = 1;
	for (int64_t i = 0; i < 10; i++)
		bed_item(0, i, i, 0);
	bed_start();
	weir_on_stall(bed.in, limit_ns, fn, fn == tell ? (void *)&told : bed.in);
	(void)probe_run(&bed.clock, bed.in);
	ck_assert(weir_ended(bed.in));
}

START_TEST(a_stage_that_sleeps_is_told_once_by_its_name)
{
	play_sleeper(4, 20000000, tell);
	ck_assert_uint_eq(told.n, 1);
	ck_assert_str_eq(told.name, "sleeper");
	ck_assert_uint_eq(told.last.duration_ns, SLEEP_NS);
	ck_assert_uint_eq(told.last.count, 1);
	ck_assert_uint_eq(weir_stalls(bed.in, 1), 1);
	ck_assert_uint_eq(weir_stalls(bed.in, 0) + weir_stalls(bed.in, 2), 0);
	ck_assert_uint_eq(weir_stalls(bed.in, 3), 0); /* there is none */
	BED_EXPECT(0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
	bed_close();
}
END_TEST

START_TEST(a_turn_as_long_as_the_limit_is_no_stall)
{
	play_sleeper(4, SLEEP_NS, tell);
	ck_assert_uint_eq(told.n, 0);
	bed_close();
	play_sleeper(4, SLEEP_NS - 1, tell);
	ck_assert_uint_eq(told.n, 1);
	bed_close();
}
END_TEST

START_TEST(a_timer_that_sleeps_is_told_too)
{
	memset(&stages, 0, sizeof stages);
	memset(&told, 0, sizeof told);
	stages.naps = 1;
	stages.sleep_ns = SLEEP_NS;
	bed_open(WEIR_CLOCK_MONOTONIC);
	(void)bed_stage(&dozer_type, NULL);
	(void)bed_edge(0, bed_sink(0));
	bed_start();
	weir_on_stall(bed.in, 20000000, tell, &told);
	(void)probe_run(&bed.clock, bed.in);
	ck_assert_uint_eq(told.n, 1);
	ck_assert_str_eq(told.name, "dozer");
	ck_assert_uint_eq(told.last.duration_ns, SLEEP_NS);
	bed_close();
}
END_TEST

START_TEST(without_a_listener_stalls_are_counted)
{
	play_sleeper(2, 20000000, NULL);
	ck_assert_uint_eq(weir_stalls(bed.in, 1), 1);
	bed_close();
}
END_TEST

/* A listener may end the pipeline that stalls. */
static void abort_it(void *arg, const struct weir_stall *stall)
{
	(void)stall;
	weir_abort(arg);
}

START_TEST(a_listener_may_abort)
{
	play_sleeper(3, 20000000, abort_it);
	ck_assert_int_eq(weir_stage_phase(bed.in, 1), WEIR_STAGE_CANCELLED);
	ck_assert_uint_lt(probe_logs[0].n_items, 10);
	bed_close();
}
END_TEST

START_TEST(looking_can_stop)
{
	memset(&told, 0, sizeof told);
	play_sleeper(3, 0, tell);
	ck_assert_uint_eq(told.n, 0);
	ck_assert_uint_eq(weir_stalls(bed.in, 1), 0);
	bed_close();
}
END_TEST

/* ---- what looking for stalls costs ---- */

static struct weir_platform_type counting_type;
static uint64_t (*real_now_ns)(struct weir_platform *p);
static uint32_t readings;

static uint64_t counting_now_ns(struct weir_platform *p)
{
	readings++;
	return real_now_ns(p);
}

START_TEST(nobody_looks_at_the_clock_for_stalls_unless_asked_to)
{
	uint32_t steps = 0;

	bed_open(WEIR_CLOCK_MONOTONIC);
	counting_type = *bed.clock.platform.type;
	real_now_ns = counting_type.now_ns;
	counting_type.now_ns = counting_now_ns;
	bed.clock.platform.type = &counting_type;
	readings = 0;
	(void)bed_source(0);
	(void)bed_edge(0, bed_sink(0));
	probe_scripts[0].span = 1;
	for (int64_t i = 0; i < 20; i++)
		bed_item(0, i, i, 0);
	bed_start();
	for (; !weir_ended(bed.in); steps++)
		(void)weir_step(bed.in, 4);
	ck_assert_uint_gt(steps, 5);
	ck_assert_uint_eq(readings, steps + 1); /* one a step, and the start's */
	bed_close();
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("promises/scheduling");
	TCase *tc = tcase_create("scheduling");
	SRunner *sr = srunner_create(suite);
	int failed;

	suite_add_tcase(suite, tc);
	tcase_add_loop_test(tc, an_endless_source_leaves_a_timer_its_place, 0, BUDGETS);
	tcase_add_test(tc, a_pipeline_with_nothing_to_do_yields_by_itself);
	tcase_add_test(tc, a_stage_that_sleeps_is_told_once_by_its_name);
	tcase_add_test(tc, a_turn_as_long_as_the_limit_is_no_stall);
	tcase_add_test(tc, a_timer_that_sleeps_is_told_too);
	tcase_add_test(tc, without_a_listener_stalls_are_counted);
	tcase_add_test(tc, a_listener_may_abort);
	tcase_add_test(tc, looking_can_stop);
	tcase_add_test(tc, nobody_looks_at_the_clock_for_stalls_unless_asked_to);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
