/* SPDX-License-Identifier: MIT */
/* static_posix_test.c -- a host as a board: a signal that waits ends the sleep, and a deadline does. */
#include <check.h>
#include <signal.h>
#include <stdlib.h>

#include "actor.h"
#include "platform/static/boards/posix.h"

static struct weir_static loop;
static struct weir_static_slot slots[1];
static struct actor actor;

static void on_signal(int number)
{
	(void)number;
	weir_abort_from_outside(actor.instance);
	weir_static_wake(&loop);
}

static void start(struct actor a)
{
	struct sigaction action = { .sa_handler = on_signal };

	ck_assert_int_eq(sigaction(SIGUSR1, &action, NULL), 0);
	ck_assert_int_eq(weir_static_init(&loop, &board_posix_hooks, slots, 1), WEIR_OK);
	actor = a;
	ck_assert_int_eq(actor_start(&actor, weir_static_platform(&loop)), WEIR_OK);
}

/* The signal is sent while it is kept out, after the loop has found nothing to do: only the sleep can serve it. */
static uint32_t enter_and_send(void)
{
	uint32_t before = board_posix_hooks.enter();

	ck_assert_int_eq(raise(SIGUSR1), 0);
	ck_assert(!weir_ended(actor.instance));
	return before;
}

START_TEST(a_signal_that_waits_ends_the_sleep)
{
	struct weir_static_board board = board_posix_hooks;

	start((struct actor){ .on_run = NULL });
	board.enter = enter_and_send;
	loop.board = &board;
	ck_assert_int_eq(
		weir_static_run(&loop), WEIR_OK); /* or it sleeps for the 17 minutes that a sleep may last */
	ck_assert(weir_ended(actor.instance));
	actor_fini(&actor);
}
END_TEST

static void set_timer(struct weir_ctx *c, struct actor *a)
{
	if (a->runs == 1)
		weir_timer_set(c, 0, WEIR_CLOCK_MONOTONIC, (int64_t)(weir_now(c) + 1000000));
}

static void end(struct weir_ctx *c, struct actor *a)
{
	(void)a;
	weir_complete(c);
}

START_TEST(a_deadline_ends_the_sleep_and_none_is_early)
{
	start((struct actor){ .on_run = set_timer, .on_timer = end });
	ck_assert_int_eq(weir_static_run(&loop), WEIR_OK);
	ck_assert_uint_eq(actor.timers, 1);
	ck_assert_uint_ge(weir_static_now_ns(&loop), 1000000);
	actor_fini(&actor);
}
END_TEST

START_TEST(pairs_of_enter_and_leave_stand_in_each_other)
{
	uint32_t outer, inner;
	sigset_t now;

	start((struct actor){ .on_run = NULL });
	outer = board_posix_hooks.enter();
	inner = board_posix_hooks.enter();
	board_posix_hooks.leave(inner);
	ck_assert_int_eq(sigprocmask(SIG_SETMASK, NULL, &now), 0);
	ck_assert_int_eq(sigismember(&now, SIGUSR1), 1);
	board_posix_hooks.leave(outer);
	ck_assert_int_eq(sigprocmask(SIG_SETMASK, NULL, &now), 0);
	ck_assert_int_eq(sigismember(&now, SIGUSR1), 0);
	actor_fini(&actor);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("static_posix");
	TCase *t = tcase_create("static_posix");
	SRunner *runner;
	int failed;

	tcase_add_test(t, a_signal_that_waits_ends_the_sleep);
	tcase_add_test(t, a_deadline_ends_the_sleep_and_none_is_early);
	tcase_add_test(t, pairs_of_enter_and_leave_stand_in_each_other);
	suite_add_tcase(suite, t);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
