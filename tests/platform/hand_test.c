/* SPDX-License-Identifier: MIT */
/* hand_test.c -- no loop: a wake-up runs in the call that caused it, and time is where the test puts it. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include <weir/hand.h>

#include "actor.h"

#define SECOND UINT64_C(1000000000)

static struct weir_hand hand;
static struct actor actor;
static uint64_t seen[16];
static unsigned n_seen;

static void setup(void)
{
	weir_hand_init(&hand);
	n_seen = 0;
}

static void start(struct actor a)
{
	actor = a;
	ck_assert_int_eq(actor_start(&actor, &hand.platform), WEIR_OK);
}

static void note_time(struct weir_ctx *c, struct actor *a)
{
	seen[n_seen++] = weir_now(c);
	if (a->timers < 4)
		weir_timer_set(c, 0, WEIR_CLOCK_MONOTONIC, (int64_t)(weir_now(c) + SECOND));
	else
		weir_complete(c);
}

static void first_tick(struct weir_ctx *c, struct actor *a)
{
	if (a->runs == 1)
		weir_timer_set(c, 0, WEIR_CLOCK_MONOTONIC, (int64_t)SECOND);
}

START_TEST(time_stops_at_every_deadline_on_the_way)
{
	start((struct actor){ .on_run = first_tick, .on_timer = note_time });
	weir_hand_advance(&hand, SECOND / 2);
	ck_assert_uint_eq(n_seen, 0);
	ck_assert_uint_eq(hand.now_ns, SECOND / 2);
	weir_hand_advance(&hand, 3 * SECOND);
	ck_assert_uint_eq(n_seen, 3);
	for (unsigned i = 0; i < 3; i++)
		ck_assert_uint_eq(seen[i], (i + 1) * SECOND);
	ck_assert_uint_eq(hand.now_ns, 7 * SECOND / 2);
	ck_assert_int_eq(hand.platform.type->wall_ns(&hand.platform),
		INT64_C(946684800) * 1000000000 + (int64_t)(7 * SECOND / 2));
	ck_assert(weir_hand_jump(&hand));
	ck_assert_uint_eq(hand.now_ns, 4 * SECOND);
	ck_assert(weir_ended(actor.instance));
	ck_assert(!weir_hand_jump(&hand));
	weir_hand_advance(&hand, SECOND); /* past the end */
	ck_assert_uint_eq(hand.now_ns, 5 * SECOND);
	actor_fini(&actor);
}
END_TEST

START_TEST(a_wake_up_runs_before_it_returns)
{
	start((struct actor){ .on_run = NULL });
	ck_assert_uint_eq(actor.runs, 1); /* the start woke it */
	weir_wake_stage(actor.instance, 0);
	ck_assert_uint_eq(actor.runs, 2);
	ck_assert(!weir_hand_is_due(&hand));
	actor_fini(&actor);
}
END_TEST

/* All of it from inside: nothing nests, the wake-up is served when the callback has returned. */
static void wake_inside(struct weir_ctx *c, struct actor *a)
{
	unsigned runs = a->runs;

	if (runs > 3)
		return;
	weir_wake_stage(c->instance, 0);
	ck_assert_uint_eq(weir_hand_drive(&hand, 100), 0);
	ck_assert(!weir_hand_jump(&hand));
	weir_hand_advance(&hand, SECOND);
	ck_assert_uint_eq(hand.now_ns, 0);
	ck_assert_uint_eq(a->runs, runs);
}

START_TEST(a_wake_up_inside_waits_for_the_callback)
{
	start((struct actor){ .on_run = wake_inside });
	ck_assert_uint_eq(actor.runs, 4);
	actor_fini(&actor);
}
END_TEST

static void again(struct weir_ctx *c, struct actor *a)
{
	if (a->runs < 100)
		weir_again(c);
}

START_TEST(turns_at_once_are_a_limit)
{
	hand.turns_at_once = 0;
	start((struct actor){ .on_run = again });
	ck_assert_uint_eq(actor.runs, 0);
	ck_assert(weir_hand_is_due(&hand));
	ck_assert_uint_eq(weir_hand_drive(&hand, 7), 7);
	ck_assert_uint_eq(actor.runs, 7);
	hand.turns_at_once = 10;
	weir_wake_stage(actor.instance, 0);
	ck_assert_uint_eq(actor.runs, 17);
	ck_assert_uint_eq(weir_hand_drive(&hand, 1000), 83);
	ck_assert(!weir_hand_is_due(&hand));
	actor_fini(&actor);
}
END_TEST

static uintptr_t caller = 1;

static uintptr_t who(void)
{
	return caller;
}

START_TEST(only_the_owner_drives)
{
	hand.turns_at_once = 0;
	weir_hand_own(&hand, who);
	start((struct actor){ .on_run = NULL });
	ck_assert(hand.platform.type->owned(&hand.platform));
	caller = 2;
	ck_assert(!hand.platform.type->owned(&hand.platform));
	ck_assert_uint_eq(weir_hand_drive(&hand, 10), 0);
	weir_hand_own(&hand, who); /* handed over */
	ck_assert_uint_eq(weir_hand_drive(&hand, 10), 1);
	weir_hand_own(&hand, NULL);
	caller = 3;
	ck_assert(hand.platform.type->owned(&hand.platform));
	actor_fini(&actor);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("hand");
	TCase *tc = tcase_create("hand");
	SRunner *sr = srunner_create(suite);
	int failed;

	suite_add_tcase(suite, tc);
	tcase_add_checked_fixture(tc, setup, NULL);
	tcase_add_test(tc, time_stops_at_every_deadline_on_the_way);
	tcase_add_test(tc, a_wake_up_runs_before_it_returns);
	tcase_add_test(tc, a_wake_up_inside_waits_for_the_callback);
	tcase_add_test(tc, turns_at_once_are_a_limit);
	tcase_add_test(tc, only_the_owner_drives);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
