/* SPDX-License-Identifier: MIT */
/* drain_test.c -- ends from outside: at a deadline, and asked for inside a callback. */
#include <check.h>
#include <stdlib.h>

#include "operators/bed.h"
#include "support/puppet.h"

static uint32_t closed;
static bool asked;

static void count_close(struct weir_ctx *c, bool normal)
{
	(void)c;
	ck_assert(!normal);
	closed++;
}

/* A source that a drain does not end. */
static void do_nothing(struct weir_ctx *c)
{
	(void)c;
}

static void abort_once(struct weir_ctx *c)
{
	if (asked)
		return;
	asked = true;
	weir_abort(c->instance);
	ck_assert_uint_eq(closed, 0);
	ck_assert_int_eq(weir_stage_phase(c->instance, 0), WEIR_STAGE_RUNNING);
	weir_abort(c->instance);
	(void)weir_request(c, 0, 5);
	ck_assert(!weir_ended(c->instance));
}

static const struct puppet endless = { .stop = do_nothing, .close = count_close };
static const struct puppet aborter = { .run = abort_once, .close = count_close };

static void setup(void)
{
	closed = 0;
	asked = false;
}

START_TEST(a_drain_is_woken_for_its_deadline_and_ends_at_it)
{
	uint64_t deadline;

	bed_open(WEIR_CLOCK_MONOTONIC);
	(void)bed_stage(&puppet_source_type, &endless);
	(void)bed_edge(0, bed_sink(0));
	bed_start();
	bed_settle();
	deadline = bed.clock.now_ns + 100;
	ck_assert_int_eq(weir_drain(bed.in, WEIR_DRAIN_FINISH, deadline), WEIR_OK);
	bed_settle();
	ck_assert_uint_eq(bed.clock.wake_ns, deadline);
	bed.clock.now_ns = deadline - 1;
	bed_settle();
	ck_assert(!weir_ended(bed.in));
	bed.clock.now_ns = deadline;
	bed_settle();
	ck_assert(weir_ended(bed.in));
	ck_assert_uint_eq(closed, 1);
	ck_assert_int_eq(weir_stage_phase(bed.in, 0), WEIR_STAGE_CANCELLED);
	bed_close();
}
END_TEST

START_TEST(an_abort_asked_in_a_callback_waits_until_that_has_returned)
{
	bed_open(WEIR_CLOCK_MONOTONIC);
	(void)bed_stage(&puppet_source_type, &endless);
	(void)bed_edge(0, bed_stage(&puppet_sink_type, &aborter));
	bed_start();
	bed_settle();
	ck_assert(weir_ended(bed.in));
	ck_assert_uint_eq(closed, 2);
	weir_abort(bed.in);
	ck_assert_uint_eq(closed, 2);
	bed_close();
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("drain");
	TCase *t = tcase_create("drain");
	SRunner *runner;
	int failed;

	tcase_add_checked_fixture(t, setup, NULL);
	tcase_add_test(t, a_drain_is_woken_for_its_deadline_and_ends_at_it);
	tcase_add_test(t, an_abort_asked_in_a_callback_waits_until_that_has_returned);
	suite_add_tcase(suite, t);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
