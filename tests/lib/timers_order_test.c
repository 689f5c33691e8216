/* SPDX-License-Identifier: MIT */
/* timers_order_test.c -- timers fire in order of time, whatever was set, moved and stopped before; on either clock. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "operators/marionette.h"

#define STAGES 3u
#define TIMERS (STAGES * MARIONETTE_TIMERS)

static struct marionette marionettes[STAGES], sink;
static uint16_t stages[STAGES];

/* What the next run of a marionette does to one of its timers. */
static struct {
	uint8_t timer;
	bool stop, event;
	int64_t deadline_ns;
} order;

/* What fired, in order. */
static struct {
	uint32_t timer; /* stage * MARIONETTE_TIMERS + timer */
	int64_t deadline_ns;
} fired[256];
static uint32_t n_fired;

static uint64_t seed;

static uint32_t draw(uint32_t below)
{
	seed = seed * UINT64_C(6364136223846793005) + 1442695040888963407u;
	return (uint32_t)(seed >> 33) % below;
}

static void obeys(struct weir_ctx *c)
{
	if (order.stop)
		weir_timer_stop(c, order.timer);
	else
		weir_timer_set(c, order.timer, order.event ? WEIR_CLOCK_EVENT : WEIR_CLOCK_MONOTONIC,
			order.deadline_ns);
}

static void notes(struct weir_ctx *c, uint8_t timer, int64_t deadline_ns)
{
	ck_assert(!weir_timer_armed(c, timer));
	ck_assert_uint_lt(n_fired, sizeof fired / sizeof fired[0]);
	fired[n_fired].timer = c->index * MARIONETTE_TIMERS + timer;
	fired[n_fired++].deadline_ns = deadline_ns;
}

/* ---- the monotonic clock, against a list of deadlines ---- */

static int64_t deadlines[TIMERS]; /* -1: not armed */

static uint32_t armed_in_list(void)
{
	uint32_t n = 0;

	for (uint32_t t = 0; t < TIMERS; t++)
		n += deadlines[t] >= 0;
	return n;
}

/* The timer that is due first by then, TIMERS if there is none. */
static uint32_t first_due(int64_t now_ns)
{
	uint32_t best = TIMERS;

	for (uint32_t t = 0; t < TIMERS; t++)
		if (deadlines[t] >= 0 && deadlines[t] <= now_ns &&
			(best == TIMERS || deadlines[t] < deadlines[best]))
			best = t;
	return best;
}

static void give_order(void)
{
	uint32_t t = draw(TIMERS);
	uint16_t stage = (uint16_t)(t / MARIONETTE_TIMERS);

	order.timer = (uint8_t)(t % MARIONETTE_TIMERS);
	order.stop = draw(4) == 0;
	order.deadline_ns = draw(8) == 0 && deadlines[t] >= 0 ? deadlines[t] /* as it is */
							      : (int64_t)bed.clock.now_ns + 1 + draw(30);
	deadlines[t] = order.stop ? -1 : order.deadline_ns;
	marionettes[stage].run = obeys;
	marionette_run(stages[stage]);
	marionettes[stage].run = NULL;
}

static void expect_fired(void)
{
	for (uint32_t i = 0; i < n_fired; i++) {
		uint32_t want = first_due((int64_t)bed.clock.now_ns);

		ck_assert_uint_eq(fired[i].timer, want);
		ck_assert_int_eq(fired[i].deadline_ns, deadlines[want]);
		deadlines[want] = -1;
	}
	ck_assert_uint_eq(first_due((int64_t)bed.clock.now_ns), TIMERS);
	n_fired = 0;
}

START_TEST(timers_fire_in_order_of_time_then_of_the_plan)
{
	bed_open(WEIR_CLOCK_MONOTONIC);
	sink = (struct marionette){ 0 };
	seed = (uint64_t)_i + 1;
	n_fired = 0;
	for (uint32_t i = 0; i < TIMERS; i++)
		deadlines[i] = -1;
	for (uint32_t i = 0; i < STAGES; i++) {
		marionettes[i] = (struct marionette){ .timer = notes };
		stages[i] = bed_stage(&marionette_source_type, &marionettes[i]);
	}
	for (uint32_t i = 0; i < STAGES; i++)
		(void)bed_edge(stages[i], bed_stage(&marionette_sink_type, &sink));
	bed_start();
	bed_settle();
	for (int round = 0; round < 400; round++) {
		for (uint32_t n = draw(5); n > 0; n--)
			give_order();
		ck_assert_uint_eq(weir_timers_armed(bed.in), armed_in_list());
		bed.clock.now_ns += draw(20);
		bed_settle();
		expect_fired();
		if (armed_in_list() > 0) /* and the platform is asked to come back for the next */
			ck_assert_int_le((int64_t)bed.clock.wake_ns, (int64_t)bed.clock.now_ns + 31);
	}
	bed_close();
}
END_TEST

/* ---- the event clock ---- */

static void open_event_puppet(void)
{
	memset(marionettes, 0, sizeof marionettes);
	sink = (struct marionette){ .run = marionette_swallow };
	n_fired = 0;
	bed_open(WEIR_CLOCK_EVENT);
	(void)bed_source(0);
	stages[0] = bed_stage(&marionette_type, &marionettes[0]);
	(void)bed_edge(0, stages[0]);
	(void)bed_edge(stages[0], bed_stage(&marionette_sink_type, &sink));
	marionettes[0].timer = notes;
}

static void sets_three(struct weir_ctx *c)
{
	if (marionettes[0].runs == 1) {
		weir_timer_set(c, 2, WEIR_CLOCK_EVENT, 30);
		weir_timer_set(c, 0, WEIR_CLOCK_EVENT, 50);
		weir_timer_set(c, 5, WEIR_CLOCK_EVENT, 10);
		weir_timer_set(c, 1, WEIR_CLOCK_EVENT, 30);
	}
	marionette_swallow(c);
}

START_TEST(of_several_event_timers_the_one_due_first_fires_first)
{
	static const uint32_t order_of[] = { 5, 1, 2, 0 };
	static const int64_t at[] = { 10, 30, 30, 50 };

	open_event_puppet();
	marionettes[0].run = sets_three;
	bed_item(0, 100, 1, 0);
	bed_play();
	ck_assert_uint_eq(n_fired, 4);
	for (uint32_t i = 0; i < 4; i++) {
		ck_assert_uint_eq(fired[i].timer, MARIONETTE_TIMERS + order_of[i]);
		ck_assert_int_eq(fired[i].deadline_ns, at[i]);
	}
	bed_close();
}
END_TEST

static void sets_itself_again(struct weir_ctx *c, uint8_t timer, int64_t deadline_ns)
{
	notes(c, timer, deadline_ns);
	weir_timer_set(c, timer, WEIR_CLOCK_EVENT, deadline_ns + 10);
}

/* It would never end otherwise: there is no time after the end. */
START_TEST(at_the_end_no_timer_fires_again_and_again)
{
	open_event_puppet();
	marionettes[0].run = sets_three;
	marionettes[0].timer = sets_itself_again;
	bed_item(0, 5, 1, 0);
	bed_play();
	ck_assert_uint_le(n_fired, MARIONETTE_TIMERS);
	ck_assert_uint_ge(n_fired, 4);
	bed_close();
}
END_TEST

START_TEST(a_timer_may_be_moved_to_the_other_clock)
{
	open_event_puppet();
	probe_mark(0, WEIR_MARK_WATERMARK, 1); /* the source speaks only when it is asked */
	marionettes[0].run = obeys;
	order.timer = 3;
	order.stop = false;
	order.event = true;
	order.deadline_ns = 5000;
	bed_start();
	bed_settle();
	ck_assert_uint_eq(weir_timers_armed(bed.in), 1);
	order.event = false;
	marionette_run(stages[0]);
	ck_assert_uint_eq(weir_timers_armed(bed.in), 1);
	ck_assert_uint_eq(bed.clock.wake_ns, 5000);
	bed.clock.now_ns = 5000;
	marionettes[0].run = NULL;
	bed_settle();
	ck_assert_uint_eq(n_fired, 1);
	ck_assert_uint_eq(weir_timers_armed(bed.in), 0);
	order.event = true;
	order.deadline_ns = 6000;
	marionettes[0].run = obeys;
	marionette_run(stages[0]);
	marionettes[0].run = NULL;
	bed.clock.now_ns = 7000;
	bed_settle();
	ck_assert_uint_eq(n_fired, 1); /* the clock on the wall moves no event timer */
	bed_close();
	order.event = false;
}
END_TEST

/* An edge whose items have no instants tells no time: only the end does. */
START_TEST(items_without_instants_make_no_event_timer_due)
{
	open_event_puppet();
	bed.edges[0].instants = false;
	marionettes[0].run = sets_three;
	bed_item(0, 100, 1, 0);
	bed_item(0, 200, 2, 0);
	bed_play();
	ck_assert_uint_eq(n_fired, 4);
	ck_assert_uint_eq(marionettes[0].runs > 0, 1);
	bed_close();
}
END_TEST

int main(void)
{
	Suite *s = suite_create("timers_order");
	TCase *tc = tcase_create("timers_order");
	SRunner *sr = srunner_create(s);
	int failed;

	suite_add_tcase(s, tc);
	tcase_add_loop_test(tc, timers_fire_in_order_of_time_then_of_the_plan, 0, 8);
	tcase_add_test(tc, of_several_event_timers_the_one_due_first_fires_first);
	tcase_add_test(tc, at_the_end_no_timer_fires_again_and_again);
	tcase_add_test(tc, a_timer_may_be_moved_to_the_other_clock);
	tcase_add_test(tc, items_without_instants_make_no_event_timer_due);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
