/* SPDX-License-Identifier: MIT */
/* switch_test.c -- the stream of the newest item is the one that lives. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "support/textrig.h"

#define SOURCE(p) "{\"probe_source\":{\"probe\":" p ",\"record\":\"r\"}}"
#define SINK      "{\"probe_sink\":{\"probe\":0}}"
#define SWITCH(inner) \
	"{\"a\":[" SOURCE("0") ",{\"switch\":\"in\",\"id\":\"sw\"}," SINK "],\"in\":[" inner "]}"

START_TEST(a_stream_that_is_done_before_the_next_item_gives_everything)
{
	textrig_open(SWITCH("{\"item\":\"r\"},{\"map\":{\"n\":\"n * 2\"}}"));
	textrig_numbers(0, 5, 1);
	textrig_run();
	TEXTRIG_EXPECT(0, 2, 4, 6, 8, 10);
	ck_assert_uint_eq(textrig_dropped(WEIR_DROP_CANCELLED), 0);
	textrig_close();
}
END_TEST

START_TEST(the_next_item_ends_the_stream_of_the_one_before)
{
	textrig_open(SWITCH("{\"stuck\":{\"record\":\"r\"},\"id\":\"s\"}"));
	textrig_numbers(0, 4, 1);
	textrig_start();
	textrig_settle();
	ck_assert_uint_eq(textrig.opens, 4);
	ck_assert_uint_eq(textrig.closes, 3);
	ck_assert_int_eq(textrig_phase("s"), WEIR_STAGE_RUNNING);
	textrig_close();
}
END_TEST

START_TEST(the_input_never_waits_for_a_stream)
{
	struct weir_ledger l;

	textrig_open(SWITCH("{\"stuck\":{\"record\":\"r\"}}"));
	probe_logs[0].credit = 1;
	textrig_numbers(0, 100, 1);
	textrig_start();
	textrig_settle();
	ck_assert_int_eq(
		weir_edge_ledger(textrig.in, textrig.plan->inputs[textrig.plan->stages[2].first_in], &l),
		WEIR_OK);
	ck_assert_uint_eq(l.out, 100);
	ck_assert_uint_eq(l.requested, UINT64_MAX);
	textrig_close();
}
END_TEST

START_TEST(what_nobody_took_in_time_counts_as_cancelled)
{
	/* a sink that asks for one in all: the streams' items wait on the edge, and the next item comes */
	textrig_open(SWITCH("{\"item\":\"r\"}"));
	probe_logs[0].credit = 1;
	probe_logs[0].take_at_most = 1;
	probe_logs[0].cancel_after = 3;
	textrig_numbers(0, 50, 1);
	textrig_run();
	ck_assert(weir_ended(textrig.in));
	ck_assert_uint_eq(probe_logs[0].n_items, 3);
	textrig_close();
}
END_TEST

START_TEST(it_completes_when_the_input_and_the_last_stream_have)
{
	textrig_open(SWITCH("{\"range\":{\"to\":3}}"));
	textrig_numbers(0, 1, 1);
	textrig_run();
	TEXTRIG_EXPECT(0, 0, 1, 2);
	ck_assert(probe_logs[0].ended && !probe_logs[0].failed);
	textrig_close();
}
END_TEST

START_TEST(an_error_of_either_ends_it)
{
	textrig_open(SWITCH("{\"item\":\"r\"},{\"map\":{\"n\":\"1 / n\"}}"));
	textrig_numbers(0, 1, 0);
	textrig_run();
	ck_assert_int_eq(weir_first_error(textrig.in)->code, WEIR_EDIVZERO);
	ck_assert(probe_logs[0].failed);
	textrig_close();
	textrig_open(SWITCH("{\"stuck\":{\"record\":\"r\"}}"));
	textrig_numbers(0, 1, 0);
	textrig_failure(0);
	textrig_run();
	ck_assert_int_eq(weir_first_error(textrig.in)->code, WEIR_EIO);
	ck_assert(probe_logs[0].failed);
	ck_assert_uint_eq(textrig.opens, textrig.closes);
	textrig_close();
}
END_TEST

START_TEST(spans_out_are_never_overwritten_by_the_next_stream)
{
	/* the sink keeps one item waiting while the next items come */
	textrig_open(SWITCH("{\"item\":\"r\"},{\"map\":{\"n\":\"n * 3\"}}"));
	probe_logs[0].take_at_most = 1;
	textrig_numbers(0, 40, 1);
	textrig_run();
	for (uint32_t i = 0; i < probe_logs[0].n_items; i++) {
		int64_t n;

		memcpy(&n, probe_logs[0].bytes + i * sizeof n, sizeof n);
		ck_assert_int_eq(n % 3, 0);
	}
	ck_assert_uint_gt(probe_logs[0].n_items, 0);
	textrig_close();
}
END_TEST

START_TEST(abort_at_any_turn_leaves_nothing)
{
	for (uint32_t turns = 0; turns < 60; turns++) {
		textrig_open(SWITCH("{\"item\":\"r\"},{\"buffer\":2}"));
		textrig_numbers(0, 5, 1);
		textrig_start();
		for (uint32_t i = 0; i < turns; i++)
			(void)weir_step(textrig.in, 1);
		textrig_close();
	}
}
END_TEST

START_TEST(a_drain_ends_the_streams_of_items_on_their_way_too)
{
	for (uint32_t turns = 1; turns < 12; turns++) {
		textrig_open(SWITCH("{\"endless\":{\"record\":\"r\"}}"));
		probe_logs[0].take_at_most = 1;
		textrig_numbers(0, 5, 1);
		textrig_start();
		for (uint32_t i = 0; i < turns; i++)
			(void)weir_step(textrig.in, 1);
		ck_assert_int_eq(weir_drain(textrig.in, WEIR_DRAIN_FINISH, WEIR_NEVER), WEIR_OK);
		for (int i = 0; i < 1000 && !weir_ended(textrig.in); i++)
			(void)weir_step(textrig.in, 10);
		ck_assert(weir_ended(textrig.in));
		textrig_close();
	}
}
END_TEST

/* The clock is the machine's, so a watermark is one of the stream's own: it goes no further. */
START_TEST(what_a_stream_lost_and_its_barriers_pass_in_their_places)
{
	textrig_open(SWITCH(SOURCE("1")));
	textrig_numbers(0, 1, 1);
	textrig_numbers(1, 2, 10);
	probe_mark(1, WEIR_MARK_LAGGED, 3);
	probe_mark(1, WEIR_MARK_WATERMARK, 99);
	probe_mark(1, WEIR_MARK_BARRIER, 7);
	textrig_numbers(1, 1, 12);
	textrig_run();
	TEXTRIG_EXPECT(0, 10, 11, 12);
	ck_assert_uint_eq(probe_logs[0].n_marks, 3);
	ck_assert_uint_eq(probe_logs[0].marks[0].mark.kind, WEIR_MARK_LAGGED);
	ck_assert_uint_eq(probe_logs[0].marks[0].mark.value, 3);
	ck_assert_uint_eq(probe_logs[0].marks[0].after, 2);
	ck_assert_uint_eq(probe_logs[0].marks[1].mark.kind, WEIR_MARK_BARRIER);
	ck_assert_uint_eq(probe_logs[0].marks[1].mark.value, 7);
	ck_assert_uint_eq(probe_logs[0].marks[1].after, 2);
	ck_assert_uint_eq(probe_logs[0].marks[2].mark.kind, WEIR_MARK_COMPLETE);
	ck_assert_uint_eq(probe_scripts[1].barriers_done, 1);
	textrig_close();
}
END_TEST

/* The first waits behind items that the sink takes one by one. */
START_TEST(of_barriers_that_meet_on_the_output_none_takes_the_place_of_another)
{
	textrig_open(SWITCH(SOURCE("1")));
	probe_logs[0].take_at_most = 1;
	textrig_numbers(0, 1, 1);
	probe_mark(0, WEIR_MARK_BARRIER, 1);
	probe_scripts[0].holds = probe_scripts[1].holds = true;
	textrig_numbers(1, 3, 10);
	probe_mark(1, WEIR_MARK_BARRIER, 7);
	textrig_run();
	ck_assert_uint_eq(probe_scripts[0].barriers_done, 1);
	ck_assert_uint_eq(probe_scripts[1].barriers_done, 1);
	textrig_close();
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("switch");
	TCase *t = tcase_create("switch");
	SRunner *runner;
	int failed;

	tcase_add_test(t, a_stream_that_is_done_before_the_next_item_gives_everything);
	tcase_add_test(t, the_next_item_ends_the_stream_of_the_one_before);
	tcase_add_test(t, the_input_never_waits_for_a_stream);
	tcase_add_test(t, what_nobody_took_in_time_counts_as_cancelled);
	tcase_add_test(t, it_completes_when_the_input_and_the_last_stream_have);
	tcase_add_test(t, an_error_of_either_ends_it);
	tcase_add_test(t, spans_out_are_never_overwritten_by_the_next_stream);
	tcase_add_test(t, abort_at_any_turn_leaves_nothing);
	tcase_add_test(t, a_drain_ends_the_streams_of_items_on_their_way_too);
	tcase_add_test(t, what_a_stream_lost_and_its_barriers_pass_in_their_places);
	tcase_add_test(t, of_barriers_that_meet_on_the_output_none_takes_the_place_of_another);
	suite_add_tcase(suite, t);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
