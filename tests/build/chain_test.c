/* SPDX-License-Identifier: MIT */
/* chain_test.c -- any stages by name between a publisher and a subscriber, and every way to begin and to end. */
#include <check.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <weir/chain.h>

#include "support/peers.h"
#include "support/probe.h"

struct reading {
	int64_t at;
	float temp;
	uint8_t node, pad[3];
};

static const struct weir_field fields[] = {
	{ .name = "at", .kind = WEIR_TIME },
	{ .name = "temp", .kind = WEIR_F32 },
	{ .name = "node", .kind = WEIR_U8 },
};

static const struct reading readings[] = {
	{ .at = 1000000000, .temp = 20.5F, .node = 1 },
	{ .at = 2000000000, .temp = 23.0F, .node = 2 },
	{ .at = 3000000000, .temp = 25.5F, .node = 1 },
	{ .at = 9000000000, .temp = 30.0F, .node = 1 },
};

static struct weir_chain *chain;
static struct watcher watcher;
static struct feeder feeder;
static char told[1024];

static void tell(void *arg, const struct weir_build_place *place, const char *message)
{
	(void)arg;
	(void)snprintf(told + strlen(told), sizeof told - strlen(told), "%d: %s\n", place->stage, message);
}

static void open_chain(enum weir_clock clock)
{
	struct weir_build_options options = { .fault = tell };

	told[0] = '\0';
	chain = weir_chain_open(clock, &options);
	ck_assert_ptr_nonnull(chain);
	ck_assert_int_ge(weir_chain_record(chain, "reading", fields, 3), 0);
	feeder_init(&feeder, readings, sizeof *readings, 4);
}

static int add(const char *name, const char *param, const char *value)
{
	int stage = weir_chain_stage(chain, name);

	ck_assert_int_ge(stage, 0);
	if (param != NULL)
		ck_assert_int_eq(weir_chain_set(chain, stage, param, value), WEIR_OK);
	return stage;
}

/* Start, subscribe both ends that there are, run to the end. */
static void play(uint32_t item_bytes)
{
	ck_assert_msg(weir_chain_start(chain) == WEIR_OK, "%s", told);
	watcher_init(&watcher, item_bytes);
	watcher.first = UINT32_MAX;
	if (weir_chain_publisher(chain) != NULL)
		ck_assert_int_eq(weir_subscribe(weir_chain_publisher(chain), &watcher.subscriber), WEIR_OK);
	if (weir_chain_subscriber(chain) == NULL)
		return;
	ck_assert_int_eq(weir_subscribe(&feeder.publisher, weir_chain_subscriber(chain)), WEIR_OK);
	(void)feeder_pump(&feeder);
}

static void close_chain(void)
{
	probe_check_ledger(weir_chain_instance(chain));
	weir_chain_close(chain);
}

START_TEST(stages_stand_between_two_ends_of_ones_own)
{
	struct {
		float f;
	} got[4];

	open_chain(WEIR_CLOCK_EVENT);
	ck_assert_int_ge(weir_chain_from(chain, "reading", 2), 0);
	(void)add("filter", "when", "temp > 22");
	(void)add("throttle", "period", "5s");
	ck_assert_int_eq(weir_chain_entry(chain, add("map", NULL, NULL), "fields", "f", "temp * 2"), WEIR_OK);
	play(sizeof *got);
	ck_assert_uint_eq(watcher.n_items, 2);
	memcpy(got, watcher.bytes, 2 * sizeof *got);
	ck_assert(got[0].f == 46.0F && got[1].f == 60.0F);
	ck_assert_uint_eq(watcher.calls[AT_COMPLETE], 1);
	close_chain();
}
END_TEST

START_TEST(a_source_by_name_comes_first)
{
	open_chain(WEIR_CLOCK_MONOTONIC);
	(void)add("range", "to", "5");
	play(sizeof(int64_t));
	ck_assert_ptr_null(weir_chain_subscriber(chain));
	ck_assert_uint_eq(watcher.n_items, 5);
	ck_assert_int_eq(weir_chain_stage(chain, "filter"), WEIR_EBUSY); /* it is built */
	close_chain();
}
END_TEST

START_TEST(a_sink_by_name_comes_last)
{
	struct weir_ledger l;

	open_chain(WEIR_CLOCK_MONOTONIC);
	ck_assert_int_ge(weir_chain_from(chain, "reading", 0), 0);
	(void)add("null", NULL, NULL);
	play(0);
	ck_assert_ptr_null(weir_chain_publisher(chain));
	ck_assert_int_eq(weir_edge_ledger(weir_chain_instance(chain), 0, &l), WEIR_OK);
	ck_assert_uint_eq(l.out, 4);
	ck_assert(weir_ended(weir_chain_instance(chain)));
	close_chain();
}
END_TEST

START_TEST(formats_stand_beside_the_ends)
{
	static const char csv[] = "at,temp,node\n1970-01-01T00:00:01Z,20.5,1\n1970-01-01T00:00:02Z,x,1\n"
				  "1970-01-01T00:00:03Z,21,7\n";
	static const char json[] = "{\"at\":\"1970-01-01T00:00:01Z\",\"temp\":20.5,\"node\":1}\n"
				   "{\"at\":\"1970-01-01T00:00:03Z\",\"temp\":21,\"node\":7}\n";
	int from, to;

	open_chain(WEIR_CLOCK_MONOTONIC);
	from = weir_chain_from(chain, NULL, 5);
	ck_assert_int_eq(weir_chain_set(chain, from, "format", "csv"), WEIR_OK);
	ck_assert_int_eq(weir_chain_set(chain, from, "record", "reading"), WEIR_OK);
	ck_assert_int_eq(weir_chain_on_error(chain, from, WEIR_ON_ERROR_DROP), WEIR_OK);
	to = weir_chain_to(chain);
	ck_assert_int_eq(weir_chain_set(chain, to, "format", "ndjson"), WEIR_OK);
	feeder_init(&feeder, csv, 1, sizeof csv - 1);
	play(1);
	ck_assert_uint_eq(watcher.n_items, sizeof json - 1);
	ck_assert_mem_eq(watcher.bytes, json, sizeof json - 1);
	close_chain();
}
END_TEST

START_TEST(time_is_moved_by_hand)
{
	int interval;

	open_chain(WEIR_CLOCK_MONOTONIC);
	interval = add("interval", "period", "1s");
	ck_assert_int_eq(weir_chain_set(chain, interval, "overflow", "drop_newest"), WEIR_OK);
	play(16);
	ck_assert_uint_eq(watcher.n_items, 0);
	weir_hand_advance(weir_chain_hand(chain), UINT64_C(3500000000));
	ck_assert_uint_eq(watcher.n_items, 3);
	watcher_cancel(&watcher);
	weir_hand_advance(weir_chain_hand(chain), UINT64_C(3500000000));
	ck_assert_uint_eq(watcher.n_items, 3);
	close_chain();
}
END_TEST

START_TEST(a_stage_that_cannot_open_is_told_to_the_subscriber)
{
	open_chain(WEIR_CLOCK_MONOTONIC);
	(void)add("file", "path", "/no/such/file");
	ck_assert_int_eq(weir_chain_start(chain), WEIR_ENOENT);
	watcher_init(&watcher, 1);
	ck_assert_int_eq(weir_subscribe(weir_chain_publisher(chain), &watcher.subscriber), WEIR_OK);
	ck_assert_int_eq(watcher.code, WEIR_ENOENT);
	ck_assert_ptr_nonnull(strstr(watcher.text, "/no/such/file"));
	close_chain();
}
END_TEST

START_TEST(what_is_wrong_is_told_before_the_start)
{
	open_chain(WEIR_CLOCK_MONOTONIC);
	ck_assert_int_ge(weir_chain_from(chain, "reading", 0), 0);
	ck_assert_int_eq(weir_chain_from(chain, "reading", 0), WEIR_EBUSY);
	ck_assert_int_eq(weir_chain_stage(chain, "no_such_operator"), WEIR_ENOENT);
	ck_assert_int_eq(weir_chain_stage(chain, NULL), WEIR_ENOENT);
	ck_assert_int_eq(weir_chain_add(chain, NULL), WEIR_EINVAL);
	ck_assert_int_eq(weir_chain_set(chain, 7, "when", "true"), WEIR_EINVAL);
	(void)add("filter", "when", "humidity > 3");
	ck_assert_ptr_null(weir_chain_instance(chain));
	ck_assert_uint_eq(weir_chain_drive(chain, 10), 0);
	ck_assert_int_eq(weir_chain_start(chain), WEIR_EINVAL);
	ck_assert_ptr_nonnull(strstr(told, "humidity"));
	ck_assert_ptr_null(weir_chain_publisher(chain));
	ck_assert_ptr_null(weir_chain_subscriber(chain));
	ck_assert_ptr_null(weir_chain_instance(chain));
	weir_chain_close(chain);
	weir_chain_close(NULL);
}
END_TEST

START_TEST(a_chain_may_be_closed_at_any_time)
{
	open_chain(WEIR_CLOCK_MONOTONIC);
	if (_i > 0)
		ck_assert_int_ge(weir_chain_from(chain, "reading", 0), 0);
	if (_i > 1)
		ck_assert_int_eq(weir_chain_start(chain), WEIR_OK);
	if (_i > 2)
		ck_assert_int_eq(weir_subscribe(&feeder.publisher, weir_chain_subscriber(chain)), WEIR_OK);
	weir_chain_close(chain);
	ck_assert_uint_eq(feeder.calls[AT_CANCEL], _i > 2);
}
END_TEST

/* ---- another thread ---- */

static void *cancel_it(void *arg)
{
	ck_assert_int_eq(weir_subscription_cancel_outside(*(struct weir_subscription *)arg), WEIR_OK);
	return NULL;
}

START_TEST(another_thread_may_cancel_an_endless_stream)
{
	pthread_t thread;

	open_chain(WEIR_CLOCK_MONOTONIC);
	(void)add("range", "to", "9223372036854775807");
	ck_assert_int_eq(weir_chain_start(chain), WEIR_OK);
	weir_chain_hand(chain)->turns_at_once = 100;
	watcher_init(&watcher, sizeof(int64_t));
	watcher.first = UINT32_MAX;
	watcher.outside = true;
	ck_assert_int_eq(weir_subscribe(weir_chain_publisher(chain), &watcher.subscriber), WEIR_OK);
	ck_assert_int_eq(pthread_create(&thread, NULL, cancel_it, &watcher.up), 0);
	while (!weir_ended(weir_chain_instance(chain)))
		(void)weir_chain_drive(chain, 100);
	ck_assert_int_eq(pthread_join(thread, NULL), 0);
	ck_assert(watcher.released);
	close_chain();
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("chain");
	TCase *tc = tcase_create("chain");
	SRunner *sr = srunner_create(suite);
	int failed;

	suite_add_tcase(suite, tc);
	tcase_add_test(tc, stages_stand_between_two_ends_of_ones_own);
	tcase_add_test(tc, a_source_by_name_comes_first);
	tcase_add_test(tc, a_sink_by_name_comes_last);
	tcase_add_test(tc, formats_stand_beside_the_ends);
	tcase_add_test(tc, time_is_moved_by_hand);
	tcase_add_test(tc, a_stage_that_cannot_open_is_told_to_the_subscriber);
	tcase_add_test(tc, what_is_wrong_is_told_before_the_start);
	tcase_add_loop_test(tc, a_chain_may_be_closed_at_any_time, 0, 4);
	tcase_add_test(tc, another_thread_may_cancel_an_endless_stream);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
