/* SPDX-License-Identifier: MIT */
/* timers_test.c -- timers fire at their deadlines and in their order; those of the event clock between the items. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "operators/bed.h"
#include "support/puppet.h"

static uint32_t seed;

static uint32_t draw(uint32_t below)
{
	seed = seed * 1664525u + 1013904223u;
	return (seed >> 8) % below;
}

/* ---- the monotonic clock ---- */

static int64_t armed[PUPPET_TIMERS]; /* deadline; 0: not armed */
static uint32_t n_armed, n_fired;
static int64_t last_deadline;
static uint8_t last_timer;

/* Arm, arm anew and stop timers as it comes; what is left in the end is known. */
static void arm_some(struct weir_ctx *c)
{
	if (n_armed > 0 || n_fired > 0)
		return;
	for (int i = 0; i < 30; i++) {
		uint8_t timer = (uint8_t)draw(PUPPET_TIMERS);

		armed[timer] = draw(3) == 0 ? 0 : (int64_t)weir_now(c) + 1 + draw(12);
		if (armed[timer] == 0)
			weir_timer_stop(c, timer);
		else
			weir_timer_set(c, timer, WEIR_CLOCK_MONOTONIC, armed[timer]);
	}
	for (uint8_t t = 0; t < PUPPET_TIMERS; t++) {
		ck_assert_int_eq(weir_timer_armed(c, t), armed[t] != 0);
		n_armed += armed[t] != 0;
	}
	ck_assert_uint_eq(weir_timers_armed(c->instance), n_armed);
	if (n_armed == 0)
		weir_complete(c);
}

static void note_order(struct weir_ctx *c, uint8_t timer, int64_t deadline_ns)
{
	ck_assert_int_eq(deadline_ns, armed[timer]);
	ck_assert_int_eq((int64_t)weir_now(c), deadline_ns);
	ck_assert(!weir_timer_armed(c, timer));
	ck_assert(deadline_ns > last_deadline || (deadline_ns == last_deadline && timer > last_timer));
	last_deadline = deadline_ns;
	last_timer = timer;
	armed[timer] = 0;
	if (++n_fired == n_armed)
		weir_complete(c);
}

START_TEST(timers_fire_by_deadline_then_by_number)
{
	static const struct puppet source = { .run = arm_some, .timer = note_order };

	seed = (uint32_t)_i;
	for (int round = 0; round < 20; round++) {
		bed_open(WEIR_CLOCK_MONOTONIC);
		n_armed = n_fired = last_timer = 0;
		last_deadline = 0;
		memset(armed, 0, sizeof armed);
		(void)bed_stage(&puppet_source_type, &source);
		(void)bed_edge(0, bed_sink(0));
		bed_play();
		ck_assert_uint_eq(n_fired, n_armed);
		bed_close();
	}
}
END_TEST

/* ---- the event clock ---- */

static char trace[256];

static void write_down(char what, int64_t at)
{
	size_t n = strlen(trace);

	(void)snprintf(trace + n, sizeof trace - n, "%c%d ", what, (int)at);
}

static bool begun;

/* Write all down that is shown at a time. The timer stands at 30 from the start. */
static void see_items(struct weir_ctx *c)
{
	const struct weir_span *in;
	struct weir_mark mark;

	if (!begun)
		weir_timer_set(c, 0, WEIR_CLOCK_EVENT, 30);
	begun = true;
	while ((in = weir_input(c, 0)) != NULL) {
		if (in->count == 0)
			write_down('?', 0); /* NULL says that there is none */
		for (uint32_t i = 0; i < in->count; i++)
			write_down('i', in->instants[i]);
		weir_take(c, 0, in->count);
	}
	if (weir_next_mark(c, 0, &mark) && mark.kind >= WEIR_MARK_COMPLETE)
		weir_end_with(c, &mark);
}

static uint32_t timer_takes;

static void see_timer(struct weir_ctx *c, uint8_t timer, int64_t deadline_ns)
{
	(void)timer;
	write_down('t', deadline_ns);
	weir_take(c, 0, timer_takes);
}

static void expect_trace(uint32_t span, const char *expected, const int64_t *at, uint32_t n)
{
	static const struct puppet stage = { .run = see_items, .timer = see_timer };

	bed_open(WEIR_CLOCK_EVENT);
	begun = false;
	trace[0] = '\0';
	(void)bed_source(0);
	(void)bed_stage(&puppet_stage_type, &stage);
	(void)bed_edge(0, 1);
	(void)bed_edge(1, bed_sink(0));
	probe_scripts[0].span = span;
	for (uint32_t i = 0; i < n; i++)
		bed_item(0, at[i], at[i], 0);
	bed_play();
	ck_assert_str_eq(trace, expected);
	bed_close();
}

START_TEST(a_timer_due_at_an_items_instant_fires_before_the_item)
{
	static const uint32_t spans[] = { 1, 2, 3, 7 };

	expect_trace(spans[_i], "i10 i20 t30 i30 i40 ", (const int64_t[]){ 10, 20, 30, 40 }, 4);
	expect_trace(spans[_i], "i10 i29 t30 i31 ", (const int64_t[]){ 10, 29, 31 }, 3);
	expect_trace(spans[_i], "t30 i30 i10 ", (const int64_t[]){ 30, 10 }, 2);
}
END_TEST

/* Shown is what is left. */
START_TEST(an_event_timer_may_take_what_made_it_due)
{
	static const char *const left[] = { "i10 t30 i30 i40 ", "i10 t30 i40 ", "i10 t30 " };

	timer_takes = (uint32_t)_i;
	expect_trace(4, left[_i], (const int64_t[]){ 10, 30, 40 }, 3);
	timer_takes = 0;
}
END_TEST

START_TEST(a_timer_that_nothing_makes_due_fires_at_the_end)
{
	expect_trace(4, "i10 i29 t30 ", (const int64_t[]){ 10, 29 }, 2);
	expect_trace(4, "t30 ", NULL, 0);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("timers");
	TCase *t = tcase_create("timers");
	SRunner *runner;
	int failed;

	tcase_add_loop_test(t, timers_fire_by_deadline_then_by_number, 0, 10);
	tcase_add_loop_test(t, a_timer_due_at_an_items_instant_fires_before_the_item, 0, 4);
	tcase_add_loop_test(t, an_event_timer_may_take_what_made_it_due, 0, 3);
	tcase_add_test(t, a_timer_that_nothing_makes_due_fires_at_the_end);
	suite_add_tcase(suite, t);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
