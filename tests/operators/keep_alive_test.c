/* SPDX-License-Identifier: MIT */
/* keep_alive_test.c -- a sign of life in every period. */
#include "operators/clockwork.h"
#include "operators/each_rig.h"
#include "operators/marionette.h"

#define START 1000 /* the bed's clock */

static const struct weir_keep_alive_params params = { .period_ns = 10 };
static const struct weir_output_params port_params = { .name = "out" };

static void open_clockwork(void)
{
	uint16_t source;

	clockwork_reset();
	bed_open(WEIR_CLOCK_MONOTONIC);
	source = clockwork_source(0);
	each_stage = bed_stage(&weir_keep_alive_type, &params);
	each_input = bed_edge(source, each_stage);
}

START_TEST(the_last_item_comes_again_for_every_period)
{
	open_clockwork();
	clockwork_at(0, START + 1, START + 5, START + 40);
	(void)bed_edge(each_stage, bed_sink(0));
	bed_start();
	clockwork_until(START + 15);
	BED_EXPECT(0, 1, 2);
	clockwork_until(START + 16); /* an item at the deadline would have been in time */
	BED_EXPECT(0, 1, 2, 2);
	clockwork_until(START + 39);
	BED_EXPECT(0, 1, 2, 2, 2, 2);
	clockwork_until(START + 45);
	BED_EXPECT(0, 1, 2, 2, 2, 2, 3);
	bed_close();
}
END_TEST

START_TEST(before_the_first_there_is_nothing_to_repeat)
{
	open_clockwork();
	(void)bed_edge(each_stage, bed_sink(0));
	bed_start();
	clockwork_until(START + 100);
	ck_assert_uint_eq(probe_logs[0].n_items, 0);
	bed_close();
}
END_TEST

START_TEST(who_asks_for_nothing_is_not_kept_alive)
{
	struct bed_item got;
	uint16_t port;

	open_clockwork();
	clockwork_at(0, START + 1);
	port = bed_stage(&weir_output_type, &port_params);
	(void)bed_edge(each_stage, port);
	bed_start();
	ck_assert_int_eq(weir_pull(bed.in, port, &got, NULL, 1), 0);
	clockwork_until(START + 100);
	ck_assert_int_eq(weir_pull(bed.in, port, &got, NULL, 1), 1);
	ck_assert_int_eq(got.v, 1);
	ck_assert_int_eq(weir_pull(bed.in, port, &got, NULL, 1), 0); /* asked now: a period from here */
	clockwork_until(START + 110);
	ck_assert_int_eq(weir_pull(bed.in, port, &got, NULL, 1), 0);
	clockwork_until(START + 111);
	ck_assert_int_eq(weir_pull(bed.in, port, &got, NULL, 1), 1);
	ck_assert_int_eq(got.v, 1);
	bed_close();
}
END_TEST

/* A sink that has asked for everything and takes an item when it is told to. */
static uint32_t to_take, n_taken;
static int64_t taken[8];

static void take_when_told(struct weir_ctx *c)
{
	const struct weir_span *in = weir_input(c, 0);
	struct bed_item item;

	if (weir_outstanding(c, 0) == 0 && in == NULL)
		(void)weir_request(c, 0, UINT32_MAX);
	if (in == NULL || n_taken == to_take)
		return;
	memcpy(&item, in->items, sizeof item);
	taken[n_taken++] = item.v;
	weir_take(c, 0, 1);
}

static struct marionette taker = { .run = take_when_told };

static uint16_t open_taker(void)
{
	uint16_t sink = bed_stage(&marionette_sink_type, &taker);

	to_take = n_taken = 0;
	(void)bed_edge(each_stage, sink);
	return sink;
}

START_TEST(one_repetition_waits_for_room)
{
	uint16_t sink;

	open_clockwork();
	clockwork_at(0, START + 1);
	sink = open_taker();
	bed_start();
	clockwork_until(START + 35); /* three periods behind the item, which is still there */
	to_take = 3;
	marionette_run(sink);
	ck_assert_uint_eq(n_taken, 2);
	ck_assert_int_eq(taken[0], 1);
	ck_assert_int_eq(taken[1], 1);
	clockwork_until(START + 42);
	ck_assert_uint_eq(n_taken, 3); /* and at the next period's end another */
	bed_close();
}
END_TEST

START_TEST(a_repetition_that_waits_gives_way_to_an_item)
{
	uint16_t sink;

	open_clockwork();
	clockwork_at(0, START + 1, START + 25);
	sink = open_taker();
	to_take = 1;
	bed_start();
	clockwork_until(START + 27); /* one repetition lies there, the next has no room, an item waits */
	to_take = 4;
	marionette_run(sink);
	ck_assert_uint_eq(n_taken, 3);
	ck_assert_int_eq(taken[1], 1);
	ck_assert_int_eq(taken[2], 2);
	bed_close();
}
END_TEST

START_TEST(everything_passes_with_its_marks)
{
	each_open(_i, &weir_keep_alive_type, &params, NULL);
	bed_item(0, 1, 1, 0);
	bed_item(0, 2, 2, 0);
	probe_mark(0, WEIR_MARK_WATERMARK, 2);
	probe_mark(0, WEIR_MARK_BARRIER, 1);
	bed_item(0, 3, 3, 0);
	probe_mark(0, WEIR_MARK_ERROR, 0);
	bed_play();
	BED_EXPECT(0, 1, 2, 3);
	ck_assert_int_eq(probe_logs[0].instants[2], 3);
	ck_assert_uint_eq(probe_logs[0].n_marks, 3);
	ck_assert_uint_eq(probe_logs[0].marks[0].after, 2);
	ck_assert(probe_logs[0].failed);
	bed_close();
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("keep_alive");
	TCase *tc = tcase_create("keep_alive");
	SRunner *sr = srunner_create(suite);
	int failed;

	suite_add_tcase(suite, tc);
	tcase_add_test(tc, the_last_item_comes_again_for_every_period);
	tcase_add_test(tc, before_the_first_there_is_nothing_to_repeat);
	tcase_add_test(tc, who_asks_for_nothing_is_not_kept_alive);
	tcase_add_test(tc, one_repetition_waits_for_room);
	tcase_add_test(tc, a_repetition_that_waits_gives_way_to_an_item);
	tcase_add_loop_test(tc, everything_passes_with_its_marks, 0, EACH_ROUNDS);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
