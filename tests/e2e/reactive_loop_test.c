/* SPDX-License-Identifier: MIT */
/* reactive_loop_test.c -- the ends of one's own on a real loop: what they are asked is done when the loop comes round. */
#include <check.h>
#include <pthread.h>
#include <stdlib.h>

#include <weir/build.h>
#include <weir/connectors.h>
#include <weir/libevent.h>
#include <weir/reactive.h>

#include "support/peers.h"
#include "support/probe.h"

static struct weir_libevent *loop;
static struct weir_build *b;
static struct weir_instance *in;
static void *memory;
static uint16_t sink;
static struct watcher watcher;

/* 0, 1, 2, ... up to `to`, on a loop of its own. */
static void open_range(const char *to)
{
	const struct weir_plan *plan;
	size_t size;
	int stage;

	ck_assert_int_eq(weir_libevent_open(&loop, NULL), WEIR_OK);
	b = weir_build_open("loop", WEIR_CLOCK_MONOTONIC, NULL);
	stage = weir_build_stage(b, "s", &weir_range_source_type);
	ck_assert_int_eq(weir_build_set(b, stage, "to", to), WEIR_OK);
	stage = weir_build_stage(b, "s", &weir_to_subscriber_type);
	ck_assert_int_eq(weir_build_id(b, stage, "to"), WEIR_OK);
	ck_assert_int_eq(weir_build_finish(b, &plan), WEIR_OK);
	size = weir_instance_size(plan, NULL, NULL);
	memory = aligned_alloc(64, (size + 63) / 64 * 64);
	ck_assert_int_eq(
		weir_instance_init(&in, memory, size, plan, weir_libevent_platform(loop), NULL), WEIR_OK);
	ck_assert_int_eq(weir_start(in), WEIR_OK);
	sink = (uint16_t)weir_stage_index(plan, "to");
	watcher_init(&watcher, sizeof(int64_t));
}

static void close_loop(void)
{
	probe_check_ledger(in);
	weir_fini(in);
	free(memory);
	weir_build_close(b);
	weir_libevent_close(loop);
}

START_TEST(the_loop_does_what_was_asked)
{
	open_range("5000");
	watcher.first = watcher.each = 1;
	ck_assert_int_eq(weir_subscribe(weir_stage_publisher(in, sink), &watcher.subscriber), WEIR_OK);
	ck_assert_uint_eq(watcher.n_items, 0); /* asked for, and nothing runs before the loop does */
	ck_assert_int_eq(weir_libevent_run(loop), WEIR_OK);
	ck_assert_uint_eq(watcher.n_items, 5000);
	ck_assert_uint_eq(watcher.calls[AT_COMPLETE], 1);
	close_loop();
}
END_TEST

static void wake_sink(void *arg)
{
	(void)arg;
	weir_wake_stage(in, sink);
}

/* Another thread: it is refused, but for the one call that it may make. */
static void *stranger(void *arg)
{
	struct weir_subscription up = *(struct weir_subscription *)arg;
	bool refused = weir_subscription_request(up, 5) == WEIR_EBUSY;

	(void)weir_subscription_cancel_outside(up);
	weir_libevent_wake(loop);
	return refused ? arg : NULL;
}

START_TEST(another_thread_may_cancel_and_nothing_else)
{
	pthread_t thread;
	void *result;

	open_range("9223372036854775807");
	weir_libevent_on_wake(loop, wake_sink, NULL);
	watcher.first = UINT32_MAX;
	watcher.outside = true;
	ck_assert_int_eq(weir_subscribe(weir_stage_publisher(in, sink), &watcher.subscriber), WEIR_OK);
	ck_assert_int_eq(pthread_create(&thread, NULL, stranger, &watcher.up), 0);
	ck_assert_int_eq(weir_libevent_run(loop), WEIR_OK);
	ck_assert_int_eq(pthread_join(thread, &result), 0);
	ck_assert_msg(result != NULL, "a request from another thread was taken");
	ck_assert(watcher.released);
	close_loop();
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("reactive_loop");
	TCase *tc = tcase_create("reactive_loop");
	SRunner *sr = srunner_create(suite);
	int failed;

	suite_add_tcase(suite, tc);
	tcase_add_test(tc, the_loop_does_what_was_asked);
	tcase_add_test(tc, another_thread_may_cancel_and_nothing_else);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
