/* SPDX-License-Identifier: MIT */
/* sim_test.c -- virtual time: it moves when nothing else can, and everything has one order. */
#include <check.h>
#include <stdio.h>
#include <string.h>

#include <weir/sim.h>

#include "actor.h"

static struct weir_sim sim;
static struct actor actors[WEIR_SIM_INSTANCES + 1];
static char trace[4096];

static void setup(void)
{
	weir_sim_init(&sim);
	memset(actors, 0, sizeof actors);
	trace[0] = '\0';
}

static void note(const struct actor *a, uint64_t now_ns)
{
	size_t n = strlen(trace);

	snprintf(trace + n, sizeof trace - n, "%c%u ", (char)('a' + (a - actors)), (unsigned)now_ns);
}

/* A tick every `arg` ns; ends at the third. */
static void tick_first(struct weir_ctx *c, struct actor *a)
{
	if (a->runs == 1)
		weir_timer_set(c, 0, WEIR_CLOCK_MONOTONIC, (int64_t)weir_now(c) + (intptr_t)a->arg);
}

static void tick(struct weir_ctx *c, struct actor *a)
{
	note(a, weir_now(c));
	if (a->timers == 3)
		weir_complete(c);
	else
		weir_timer_set(c, 0, WEIR_CLOCK_MONOTONIC, (int64_t)weir_now(c) + (intptr_t)a->arg);
}

static struct actor *ticking(unsigned i, intptr_t period_ns)
{
	actors[i] = (struct actor){ .on_run = tick_first, .on_timer = tick, .arg = (void *)period_ns };
	ck_assert_int_eq(actor_start(&actors[i], &sim.platform), WEIR_OK);
	return &actors[i];
}

START_TEST(time_jumps_to_the_next_deadline)
{
	ticking(0, 1000000000);
	ck_assert_int_eq(weir_sim_run(&sim), WEIR_OK);
	ck_assert_str_eq(trace, "a1000000000 a2000000000 a3000000000 ");
	ck_assert_uint_eq(sim.now_ns, 3000000000);
	ck_assert(weir_ended(actors[0].instance));
	actor_fini(&actors[0]);
}
END_TEST

/* As after a suspended machine: late, and as often as it asks for. */
START_TEST(a_jump_runs_nothing_on_the_way)
{
	ticking(0, 10);
	ck_assert_int_eq(weir_sim_run_until(&sim, 10), WEIR_OK);
	weir_sim_jump(&sim, 25);
	ck_assert_uint_eq(sim.now_ns, 35);
	ck_assert_str_eq(trace, "a10 ");
	ck_assert_int_eq(weir_sim_run_until(&sim, 35), WEIR_OK);
	ck_assert_str_eq(trace, "a10 a35 ");
	weir_sim_jump(&sim, UINT64_MAX); /* to the end of time, not past it */
	ck_assert_uint_eq(sim.now_ns, WEIR_NEVER - 1);
	actor_fini(&actors[0]);
}
END_TEST

START_TEST(run_until_includes_its_end_and_gets_there)
{
	ticking(0, 10);
	ck_assert_int_eq(weir_sim_run_until(&sim, 9), WEIR_OK);
	ck_assert_str_eq(trace, "");
	ck_assert_uint_eq(sim.now_ns, 9);
	ck_assert_int_eq(weir_sim_run_until(&sim, 10), WEIR_OK);
	ck_assert_str_eq(trace, "a10 ");
	ck_assert_int_eq(weir_sim_advance(&sim, 15), WEIR_OK);
	ck_assert_uint_eq(sim.now_ns, 25);
	ck_assert_str_eq(trace, "a10 a20 ");
	ck_assert_int_eq(weir_sim_run_until(&sim, 5), WEIR_OK); /* time never goes back */
	ck_assert_uint_eq(sim.now_ns, 25);
	actor_fini(&actors[0]);
}
END_TEST

START_TEST(instances_due_together_run_in_the_order_they_were_started)
{
	ticking(1, 6);
	ticking(0, 4);
	ticking(2, 12);
	ck_assert_int_eq(weir_sim_run(&sim), WEIR_OK);
	ck_assert_str_eq(trace, "a4 b6 a8 b12 a12 c12 b18 c24 c36 ");
	for (int i = 0; i < 3; i++)
		actor_fini(&actors[i]);
}
END_TEST

START_TEST(the_wall_clock_goes_with_the_time_and_can_be_set)
{
	const struct weir_platform_type *t = sim.platform.type;

	ck_assert_int_eq(t->wall_ns(&sim.platform), 946684800000000000);
	weir_sim_advance(&sim, 5);
	ck_assert_int_eq(t->wall_ns(&sim.platform), 946684800000000005);
	weir_sim_set_wall(&sim, -7);
	weir_sim_advance(&sim, 3);
	ck_assert_int_eq(t->wall_ns(&sim.platform), -4);
	ck_assert_uint_eq(t->now_ns(&sim.platform), 8);
}
END_TEST

START_TEST(waiting_for_the_outside_is_told)
{
	ck_assert_int_eq(weir_sim_run(&sim), WEIR_OK); /* nobody waits */
	ck_assert_int_eq(actor_start(&actors[0], &sim.platform), WEIR_OK);
	ck_assert_int_eq(weir_sim_run(&sim), WEIR_EAGAIN);
	ck_assert_uint_eq(actors[0].runs, 1);
	weir_abort_from_outside(actors[0].instance);
	ck_assert_int_eq(weir_sim_run(&sim), WEIR_EAGAIN);
	weir_sim_wake(&sim);
	ck_assert_int_eq(weir_sim_run(&sim), WEIR_OK);
	ck_assert_uint_eq(sim.attached, 0);
	actor_fini(&actors[0]);
}
END_TEST

static void run_forever(struct weir_ctx *c, struct actor *a)
{
	(void)a;
	weir_again(c);
}

START_TEST(a_busy_instance_stops_at_the_limit_and_time_stands)
{
	sim.turns_limit = 1000;
	actors[0].on_run = run_forever;
	ck_assert_int_eq(actor_start(&actors[0], &sim.platform), WEIR_OK);
	ck_assert_int_eq(weir_sim_run_until(&sim, 50), WEIR_ETIMEOUT);
	ck_assert_uint_eq(sim.now_ns, 0);
	ck_assert_uint_ge(sim.turns, 1000);
	ck_assert_uint_lt(sim.turns, 1000 + sim.turns_step);
	actor_fini(&actors[0]);
}
END_TEST

START_TEST(busy_instances_take_turns)
{
	sim.turns_limit = 1000;
	actors[0].on_run = actors[1].on_run = run_forever;
	ck_assert_int_eq(actor_start(&actors[0], &sim.platform), WEIR_OK);
	ck_assert_int_eq(actor_start(&actors[1], &sim.platform), WEIR_OK);
	ck_assert_int_eq(weir_sim_run(&sim), WEIR_ETIMEOUT);
	ck_assert_int_le(abs((int)actors[0].runs - (int)actors[1].runs), (int)sim.turns_step);
	actor_fini(&actors[0]);
	actor_fini(&actors[1]);
}
END_TEST

START_TEST(an_instance_too_many_is_an_error)
{
	for (unsigned i = 0; i <= WEIR_SIM_INSTANCES; i++)
		ck_assert_int_eq(actor_start(&actors[i], &sim.platform), WEIR_OK);
	ck_assert_int_eq(weir_sim_run(&sim), WEIR_EFULL);
	for (unsigned i = 0; i <= WEIR_SIM_INSTANCES; i++)
		actor_fini(&actors[i]);
	ck_assert_uint_eq(sim.attached, 0);
}
END_TEST

START_TEST(a_slot_is_used_again)
{
	for (unsigned i = 0; i < 3 * WEIR_SIM_INSTANCES; i++) {
		ticking(0, 10);
		ck_assert_int_eq(weir_sim_run(&sim), WEIR_OK);
		actor_fini(&actors[0]);
	}
}
END_TEST

/* ---- descriptors ---- */

static unsigned ready_now;
static unsigned asked;

static int fake(void *arg, int fd, unsigned events)
{
	(void)arg;
	asked++;
	if (fd == 99)
		return WEIR_EUNSUPPORTED;
	return fd == 5 ? (int)(ready_now & events) : 0;
}

static void wait_for_both(struct weir_ctx *c, struct actor *a)
{
	note(a, a->watch.ready);
	*(int *)a->arg = actor_watch(c, WEIR_READABLE | WEIR_WRITABLE);
}

static int watching(int fd)
{
	static int rc;

	weir_sim_on_ready(&sim, fake, NULL);
	ready_now = 0;
	actors[0] = (struct actor){ .on_run = wait_for_both, .fd = fd, .arg = &rc };
	ck_assert_int_eq(actor_start(&actors[0], &sim.platform), WEIR_OK);
	ck_assert_int_eq(weir_sim_run_until(&sim, sim.now_ns), WEIR_OK);
	return rc;
}

START_TEST(a_descriptor_wakes_its_stage_when_it_is_ready)
{
	ck_assert_int_eq(watching(5), WEIR_OK);
	ck_assert_uint_eq(actors[0].runs, 1);
	weir_sim_advance(&sim, 100);
	ck_assert_uint_eq(actors[0].runs, 1);
	ready_now = WEIR_WRITABLE;
	actors[0].on_run = NULL; /* does not wait again: one shot */
	weir_sim_advance(&sim, 100);
	ck_assert_uint_eq(actors[0].runs, 2);
	ck_assert_uint_eq(actors[0].watch.ready, WEIR_WRITABLE);
	asked = 0;
	weir_sim_advance(&sim, 100);
	ck_assert_uint_eq(asked, 0);
	actor_fini(&actors[0]);
}
END_TEST

START_TEST(an_end_takes_the_watch_back)
{
	ck_assert_int_eq(watching(5), WEIR_OK);
	ck_assert_ptr_nonnull(sim.watches[0].watch);
	actor_fini(&actors[0]);
	ck_assert_ptr_null(sim.watches[0].watch);
}
END_TEST

START_TEST(a_descriptor_that_cannot_be_waited_for_is_refused)
{
	ck_assert_int_eq(watching(99), WEIR_EUNSUPPORTED);
	actor_fini(&actors[0]);
	weir_sim_on_ready(&sim, NULL, NULL);
	actors[0] = (struct actor){ .on_run = wait_for_both, .fd = 5, .arg = &(int){ 0 } };
	ck_assert_int_eq(actor_start(&actors[0], &sim.platform), WEIR_OK);
	ck_assert_int_eq(weir_sim_run(&sim), WEIR_EAGAIN);
	ck_assert_int_eq(*(int *)actors[0].arg, WEIR_EUNSUPPORTED);
	actor_fini(&actors[0]);
}
END_TEST

START_TEST(too_many_watches_are_refused)
{
	struct weir_watch w[WEIR_SIM_WATCHES + 1];
	const struct weir_platform_type *t = sim.platform.type;

	memset(w, 0, sizeof w);
	weir_sim_on_ready(&sim, fake, NULL);
	for (unsigned i = 0; i < WEIR_SIM_WATCHES; i++)
		ck_assert_int_eq(t->watch(&sim.platform, &w[i], NULL, 0, 6, WEIR_READABLE), WEIR_OK);
	ck_assert_int_eq(
		t->watch(&sim.platform, &w[WEIR_SIM_WATCHES], NULL, 0, 6, WEIR_READABLE), WEIR_EFULL);
	ck_assert_int_eq(t->watch(&sim.platform, &w[3], NULL, 0, 6, 0), WEIR_OK);
	ck_assert_int_eq(t->watch(&sim.platform, &w[WEIR_SIM_WATCHES], NULL, 0, 6, WEIR_READABLE), WEIR_OK);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("sim");
	TCase *t = tcase_create("sim");
	SRunner *sr = srunner_create(s);
	int failed;

	tcase_add_checked_fixture(t, setup, NULL);
	tcase_add_test(t, time_jumps_to_the_next_deadline);
	tcase_add_test(t, a_jump_runs_nothing_on_the_way);
	tcase_add_test(t, run_until_includes_its_end_and_gets_there);
	tcase_add_test(t, instances_due_together_run_in_the_order_they_were_started);
	tcase_add_test(t, the_wall_clock_goes_with_the_time_and_can_be_set);
	tcase_add_test(t, waiting_for_the_outside_is_told);
	tcase_add_test(t, a_busy_instance_stops_at_the_limit_and_time_stands);
	tcase_add_test(t, busy_instances_take_turns);
	tcase_add_test(t, an_instance_too_many_is_an_error);
	tcase_add_test(t, a_slot_is_used_again);
	tcase_add_test(t, a_descriptor_wakes_its_stage_when_it_is_ready);
	tcase_add_test(t, an_end_takes_the_watch_back);
	tcase_add_test(t, a_descriptor_that_cannot_be_waited_for_is_refused);
	tcase_add_test(t, too_many_watches_are_refused);
	suite_add_tcase(s, t);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed != 0;
}
