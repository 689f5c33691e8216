/* SPDX-License-Identifier: MIT */
/* share_test.c -- one stream for several that draw from it, of which some are started while it runs. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include <weir/operators.h>
#include <weir/queue.h>

#include "support/textrig.h"

#define SOURCE(p) "{\"probe_source\":{\"probe\":" p ",\"record\":\"r\"}}"
#define SINK(p)   "{\"probe_sink\":{\"probe\":" p "}}"
#define SHARED(n) "\"s\":[" SOURCE("1") ",{\"share\":" n ",\"id\":\"sh\"}]"
#define FROM      "{\"from\":\"s\"}"
/* Each item of probe 0 starts a stream that draws from the shared one, of probe 1. */
#define FLAT(n, slots, inner)                                                                         \
	"{" SHARED(n) ",\"a\":[" SOURCE("0") ",{\"flat_map\":{\"stream\":\"in\",\"max_inner\":" slots \
					     "},\"id\":\"fm\"}," SINK("0") "],\"in\":[" FROM "," inner "]}"

/* Give a source more to say, and let it speak. */
static void say(uint32_t probe, uint32_t n, int64_t first)
{
	textrig_numbers(probe, n, first);
	for (uint16_t i = 0; i < textrig.plan->n_stages; i++)
		if ((textrig.plan->stages[i].type->flags & WEIR_OP_SOURCE) != 0)
			weir_wake_stage(textrig.in, i);
	textrig_settle();
}

static void start_held(void)
{
	probe_scripts[0].holds = probe_scripts[1].holds = true;
	textrig_start();
	textrig_settle();
}

static void open_held(const char *streams)
{
	textrig_open(streams);
	start_held();
}

/* The end of both sources. */
static void end_sources(void)
{
	probe_scripts[0].holds = probe_scripts[1].holds = false;
	say(0, 0, 0);
	textrig_run();
}

/*
 *	s      --1-2-3-4-5-|
 *	x      --1-2-3-4-5-|	history does nothing where nobody starts
 *	y      --1-2-3-4-5-|
 */
START_TEST(all_that_draw_get_all)
{
	textrig_open("{" SHARED("2") ",\"x\":[" FROM "," SINK("0") "],\"y\":[" FROM
								   ",{\"skip\":1}," SINK("2") "]}");
	probe_logs[0].credit = _i == 0 ? UINT32_MAX : 1;
	probe_logs[2].take_at_most = _i == 2 ? 1 : 0;
	textrig_numbers(1, 50, 1);
	probe_mark(1, WEIR_MARK_BARRIER, 7);
	textrig_numbers(1, 3, 51);
	textrig_run();
	ck_assert_uint_eq(probe_logs[0].n_items, 53);
	ck_assert_uint_eq(probe_logs[2].n_items, 52);
	ck_assert(probe_logs[0].ended && probe_logs[2].ended);
	ck_assert_uint_eq(probe_logs[0].marks[0].after, 50);
	ck_assert_uint_eq(probe_logs[2].marks[0].after, 49);
	ck_assert_int_eq(textrig_phase("sh"), WEIR_STAGE_COMPLETED);
	textrig_close();
}
END_TEST

/*
 *	s      --1-2-3---------4-5--
 *	a      --------A------------
 *	out    --------2-3-----4-5--	history 2
 */
START_TEST(who_starts_gets_what_is_kept_and_then_what_comes)
{
	open_held(FLAT("2", "1", "{\"skip\":0}"));
	say(1, 3, 1);
	ck_assert_uint_eq(probe_logs[0].n_items, 0);
	say(0, 1, 100);
	TEXTRIG_EXPECT(0, 2, 3);
	say(1, 2, 4);
	TEXTRIG_EXPECT(0, 2, 3, 4, 5);
	end_sources();
	ck_assert(weir_ended(textrig.in) && probe_logs[0].ended && !probe_logs[0].failed);
	textrig_close();
}
END_TEST

START_TEST(each_start_begins_with_what_is_kept_then)
{
	open_held(FLAT("2", "2", "{\"take\":3}"));
	say(1, 4, 1);
	say(0, 1, 100);
	TEXTRIG_EXPECT(0, 3, 4);
	say(0, 1, 101);
	TEXTRIG_EXPECT(0, 3, 4, 3, 4);
	say(1, 1, 5); /* to both, which have had enough */
	TEXTRIG_EXPECT(0, 3, 4, 3, 4, 5, 5);
	say(1, 3, 6);
	say(0, 1, 102);
	TEXTRIG_EXPECT(0, 3, 4, 3, 4, 5, 5, 7, 8);
	end_sources();
	ck_assert(probe_logs[0].ended);
	textrig_close();
}
END_TEST

START_TEST(what_nobody_was_given_in_time_counts)
{
	open_held(FLAT("2", "1", "{\"take\":2}"));
	say(1, 10, 1);
	ck_assert_uint_eq(textrig_dropped(WEIR_DROP_OVERFLOW), 8);
	say(0, 1, 100);
	TEXTRIG_EXPECT(0, 9, 10);
	say(1, 3, 11);
	ck_assert_uint_eq(textrig_dropped(WEIR_DROP_OVERFLOW), 9);
	end_sources();
	textrig_close();
}
END_TEST

/* Items, and then how it ended: an end or an error. */
START_TEST(after_the_end_who_starts_gets_the_last_and_the_end)
{
	open_held(FLAT("2", "1", "{\"skip\":0}"));
	textrig_numbers(1, 3, 1);
	if (_i == 1)
		textrig_failure(1);
	probe_scripts[1].holds = false;
	say(1, 0, 0);
	ck_assert(!weir_ended(textrig.in));
	ck_assert_int_eq(textrig_phase("sh"), WEIR_STAGE_RUNNING);
	say(0, 2, 100);
	if (_i == 0)
		TEXTRIG_EXPECT(0, 2, 3, 2, 3);
	else
		TEXTRIG_EXPECT(0, 2, 3);
	ck_assert(probe_logs[0].failed == (_i == 1));
	end_sources();
	ck_assert(weir_ended(textrig.in));
	textrig_close();
}
END_TEST

/* Nobody can start any more when what starts streams has ended: the stream that never ends is not wanted then. */
START_TEST(it_is_cancelled_when_nobody_can_start)
{
	open_held(FLAT("2", "1", "{\"take\":1}"));
	say(1, 3, 1);
	say(0, 1, 100);
	probe_scripts[0].holds = false;
	say(0, 0, 0);
	ck_assert(weir_ended(textrig.in));
	TEXTRIG_EXPECT(0, 2);
	ck_assert_int_eq(textrig_phase("sh"), WEIR_STAGE_CANCELLED);
	textrig_close();
}
END_TEST

/* It is not taken from who is slow, and a reader outside gets it all. */
START_TEST(all_go_at_the_pace_of_the_slowest)
{
	struct weir_ledger l;

	textrig_open("{" SHARED("2") ",\"a\":[" SOURCE(
		"0") ",{\"flat_map\":{\"stream\":\"in\",\"max_inner\":"
		     "1}}," SINK("0") "],\"in\":[" FROM ",{\"skip\":0}],\"x\":[" FROM "," SINK("2") "]}");
	probe_scripts[0].holds = true;
	probe_logs[0].credit = 1;
	probe_logs[0].take_at_most = 1;
	textrig_numbers(0, 1, 100);
	textrig_numbers(1, 100, 1);
	textrig_start();
	textrig_run();
	ck_assert_uint_eq(probe_logs[2].n_items, 100);
	ck_assert_uint_eq(probe_logs[0].n_items + 2, 102); /* it was there from the beginning */
	ck_assert_int_eq(
		weir_edge_ledger(textrig.in,
			textrig.plan
				->inputs[textrig.plan->stages[weir_stage_index(textrig.plan, "sh")].first_in],
			&l),
		WEIR_OK);
	ck_assert_uint_eq(l.out, 100);
	end_sources();
	textrig_close();
}
END_TEST

/* What is lent stays as it is; a reader that leaves sets the others free. */
START_TEST(a_reader_that_is_slow_gets_what_came)
{
	textrig_open("{" SHARED("2") ",\"x\":[" FROM "," SINK("0") "],\"y\":[" FROM "," SINK("2") "]}");
	probe_logs[0].credit = 1000;
	probe_logs[0].take_at_most = 7;
	probe_logs[0].cancel_after = 3500;
	textrig_numbers(1, 4000, 1);
	textrig_run();
	ck_assert_uint_eq(probe_logs[0].n_items, 3500);
	ck_assert_uint_eq(probe_logs[2].n_items, 4000);
	for (int64_t i = 0; i < 4000; i++) {
		PROBE_MUST(i >= 3500 || ((const int64_t *)(const void *)probe_logs[0].bytes)[i] == i + 1);
		PROBE_MUST(((const int64_t *)(const void *)probe_logs[2].bytes)[i] == i + 1);
	}
	ck_assert(weir_ended(textrig.in));
	textrig_close();
}
END_TEST

START_TEST(aborted_or_drained_at_any_turn_it_leaves_nothing)
{
	for (uint32_t turns = 0; turns < 60; turns++) {
		textrig_open(FLAT("2", "2", "{\"take\":3}"));
		textrig_numbers(0, 4, 100);
		textrig_numbers(1, 9, 1);
		textrig_start();
		for (uint32_t k = 0; k < turns; k++)
			(void)weir_step(textrig.in, 1);
		if (_i == 0)
			weir_abort(textrig.in);
		else
			ck_assert_int_eq(weir_drain(textrig.in, WEIR_DRAIN_FINISH, WEIR_NEVER), WEIR_OK);
		for (int k = 0; k < 1000 && !weir_ended(textrig.in); k++)
			(void)weir_step(textrig.in, 10);
		ck_assert(weir_ended(textrig.in));
		textrig_close();
	}
}
END_TEST

/* What failed before it was open does not hold the others. */
START_TEST(a_stream_that_cannot_be_opened_holds_nobody)
{
	textrig_open("{" SHARED("1") ",\"a\":[" SOURCE("0") ",{\"switch\":\"in\"}," SINK(
		"0") "],"
		     "\"in\":[{\"merge\":[\"f\",\"d\"]}],\"f\":[{\"flaky\":{\"fails\":9,\"record\":\"r\"}}],"
		     "\"d\":[" FROM ",{\"skip\":0}],\"x\":[" FROM "," SINK("2") "]}");
	textrig_numbers(0, 1, 100);
	textrig_numbers(1, 3000, 1);
	textrig_run();
	ck_assert_uint_eq(probe_logs[2].n_items, 3000);
	ck_assert(probe_logs[0].failed && weir_ended(textrig.in));
	textrig_close();
}
END_TEST

/*
 * Under the event clock what is delayed, here by 50, waits for the time.
 *
 *	s      --10-11-12-t------------70-t--	t: the time passes them
 *	a      -------------A-----------------
 *	out    -------------11-12---------70--	history 2
 */
START_TEST(who_starts_gets_the_time_behind_what_is_kept)
{
	textrig_open_timed(FLAT("2", "1", "{\"delay\":\"50ns\"}"));
	start_held();
	say(1, 3, 10);
	probe_mark(1, WEIR_MARK_WATERMARK, 65);
	say(1, 0, 0);
	ck_assert_uint_eq(probe_logs[0].n_items, 0);
	say(0, 1, 100);
	TEXTRIG_EXPECT(0, 11, 12);
	say(1, 1, 70);
	ck_assert_uint_eq(probe_logs[0].n_items, 2);
	probe_mark(1, WEIR_MARK_WATERMARK, 200);
	say(1, 0, 0);
	TEXTRIG_EXPECT(0, 11, 12, 70);
	ck_assert_int_eq(probe_logs[0].instants[0], 11);
	ck_assert_int_eq(probe_logs[0].instants[1], 12);
	ck_assert_int_eq(probe_logs[0].instants[2], 70);
	end_sources();
	ck_assert(probe_logs[0].ended && !probe_logs[0].failed);
	textrig_close();
}
END_TEST

/* It is done where it ends: in the stage itself, or behind who draws. */
START_TEST(a_barrier_that_nobody_draws_is_done)
{
	open_held(FLAT("2", "1", "{\"skip\":0}"));
	textrig_numbers(1, 3, 1);
	probe_mark(1, WEIR_MARK_BARRIER, 7);
	say(1, 0, 0);
	ck_assert_uint_eq(probe_scripts[1].barriers_done, 1);
	say(0, 1, 100);
	TEXTRIG_EXPECT(0, 2, 3);
	ck_assert_uint_eq(probe_logs[0].n_marks, 0); /* it was before the start */
	probe_mark(1, WEIR_MARK_BARRIER, 8);
	say(1, 1, 4);
	TEXTRIG_EXPECT(0, 2, 3, 4);
	ck_assert_uint_eq(probe_logs[0].n_marks, 1);
	ck_assert_uint_eq(probe_logs[0].marks[0].mark.kind, WEIR_MARK_BARRIER);
	ck_assert_uint_eq(probe_logs[0].marks[0].mark.value, 8);
	ck_assert_uint_eq(probe_logs[0].marks[0].after, 2);
	ck_assert_uint_eq(probe_scripts[1].barriers_done, 2);
	end_sources();
	textrig_close();
}
END_TEST

/* Of the places it asked for when nobody drew, what is kept takes most: what comes then waits for who is slow. */
START_TEST(what_was_asked_for_before_a_start_waits_for_it)
{
	open_held(FLAT("100", "1", "{\"skip\":0}"));
	probe_logs[0].credit = 1000;
	probe_logs[0].take_at_most = 7;
	say(1, 100, 1);
	textrig_numbers(0, 1, 5000);
	say(1, 2500, 101);
	end_sources();
	ck_assert_uint_eq(probe_logs[0].n_items, 2600);
	for (int64_t i = 0; i < 2600; i++)
		PROBE_MUST(((const int64_t *)(const void *)probe_logs[0].bytes)[i] == i + 1);
	ck_assert_uint_eq(textrig_dropped(WEIR_DROP_OVERFLOW), 0);
	textrig_close();
}
END_TEST

START_TEST(its_size_is_told_past_what_a_machine_addresses)
{
	struct weir_share_params params = { .history = WEIR_QUEUE_MOST / 2 };
	struct weir_record record = { .size = 1000 };
	struct weir_place place = { .params = &params,
		.in = &record,
		.in_cap = 8,
		.n_out = 2,
		.ilp32 = true,
		.event_clock = _i == 1 };
	int64_t items = (int64_t)params.history + 8;

	ck_assert_int_eq(weir_share_type.state_size(&place), 64 + items * (_i == 1 ? 1008 : 1000) + 2 * 12);
}
END_TEST

START_TEST(what_is_outside_stays_there)
{
	static const char *const refused[][2] = {
		{ "{\"a\":[" SOURCE("1") ",{\"share\":2},{\"retry\":2}," SINK("0") "]}",
			"put a stage between them" },
		{ "{" SHARED("2") ",\"a\":[" FROM ",{\"skip\":1},{\"retry\":2}," SINK("0") "]}",
			"only what items start may" },
		{ "{" SHARED("2") ",\"a\":[" SOURCE("0") ",{\"switch\":\"in\"}," SINK(
			  "0") "],\"in\":[" FROM ",{\"skip\":1},{\"retry\":2}]}",
			"only what items start may" },
		{ "{" SHARED("2") ",\"a\":[" SOURCE("0") ",{\"switch\":\"in\"}," SINK("0") "],\"in\":[" FROM
											   "]}",
			"put a stage between them" },
	};

	ck_assert_msg(strstr(textrig_refused(refused[_i][0]), refused[_i][1]) != NULL, "%s", textrig.fault);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("share");
	TCase *tc = tcase_create("share");
	SRunner *sr = srunner_create(suite);
	int failed;

	suite_add_tcase(suite, tc);
	tcase_add_loop_test(tc, all_that_draw_get_all, 0, 3);
	tcase_add_test(tc, who_starts_gets_what_is_kept_and_then_what_comes);
	tcase_add_test(tc, each_start_begins_with_what_is_kept_then);
	tcase_add_test(tc, what_nobody_was_given_in_time_counts);
	tcase_add_loop_test(tc, after_the_end_who_starts_gets_the_last_and_the_end, 0, 2);
	tcase_add_test(tc, it_is_cancelled_when_nobody_can_start);
	tcase_add_test(tc, all_go_at_the_pace_of_the_slowest);
	tcase_add_test(tc, a_reader_that_is_slow_gets_what_came);
	tcase_add_loop_test(tc, aborted_or_drained_at_any_turn_it_leaves_nothing, 0, 2);
	tcase_add_test(tc, a_stream_that_cannot_be_opened_holds_nobody);
	tcase_add_test(tc, who_starts_gets_the_time_behind_what_is_kept);
	tcase_add_test(tc, a_barrier_that_nobody_draws_is_done);
	tcase_add_test(tc, what_was_asked_for_before_a_start_waits_for_it);
	tcase_add_loop_test(tc, its_size_is_told_past_what_a_machine_addresses, 0, 2);
	tcase_add_loop_test(tc, what_is_outside_stays_there, 0, 4);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
