/* SPDX-License-Identifier: MIT */
/* flat_map_test.c -- streams started by items: how many at a time, what they give, how they end. The same for item. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "support/textrig.h"

#define SOURCE(p) "{\"probe_source\":{\"probe\":" p ",\"record\":\"r\"}}"
#define SINK      "{\"probe_sink\":{\"probe\":0}}"
#define FLAT(slots, inner)                                                              \
	"{\"a\":[" SOURCE("0") ",{\"flat_map\":{\"stream\":\"in\",\"max_inner\":" slots \
			       "},\"id\":\"fm\"}," SINK "],\"in\":[" inner "]}"

static struct weir_ledger input_ledger(const char *id, uint16_t port)
{
	const struct weir_stage_def *d = &textrig.plan->stages[weir_stage_index(textrig.plan, id)];
	struct weir_ledger l;

	ck_assert_int_eq(weir_edge_ledger(textrig.in, textrig.plan->inputs[d->first_in + port], &l), WEIR_OK);
	return l;
}

START_TEST(each_item_gives_what_its_stream_gives)
{
	textrig_open(FLAT("1", "{\"item\":\"r\"},{\"map\":{\"n\":\"n * 2\"}}"));
	textrig_numbers(0, 5, 1);
	textrig_run();
	TEXTRIG_EXPECT(0, 2, 4, 6, 8, 10);
	ck_assert(probe_logs[0].ended && !probe_logs[0].failed);
	textrig_close();
}
END_TEST

START_TEST(a_slot_is_used_again_with_new_state)
{
	textrig_open(FLAT("1", "{\"range\":{\"to\":9}},{\"skip\":1},{\"take\":2}"));
	textrig_numbers(0, 3, 1);
	textrig_run();
	TEXTRIG_EXPECT(0, 1, 2, 1, 2, 1, 2);
	textrig_close();
}
END_TEST

START_TEST(no_more_streams_live_than_there_are_slots)
{
	textrig_open(FLAT("3", "{\"stuck\":{\"record\":\"r\"}}"));
	textrig_numbers(0, 10, 1);
	textrig_start();
	textrig_settle();
	ck_assert_uint_eq(textrig.opens, 3);
	ck_assert_uint_eq(input_ledger("fm", 0).out, 3);
	ck_assert_uint_le(input_ledger("fm", 0).in, 6);
	textrig_close();
}
END_TEST

START_TEST(streams_take_turns)
{
	uint32_t of[2] = { 0, 0 };

	textrig_open(FLAT("2", "{\"item\":\"r\"},{\"flat_map\":{\"stream\":\"deep\",\"max_inner\":1}}],"
			       "\"deep\":[{\"endless\":"
			       "{\"record\":\"r\"}}"));
	probe_logs[0].credit = 1;
	probe_logs[0].cancel_after = 40;
	textrig_numbers(0, 2, 1);
	textrig_run();
	ck_assert_uint_eq(probe_logs[0].n_items, 40);
	for (uint16_t port = 1; port <= 2; port++)
		of[port - 1] = (uint32_t)input_ledger("fm", port).out;
	ck_assert_uint_eq(of[0], 20);
	ck_assert_uint_eq(of[1], 20);
	textrig_close();
}
END_TEST

/* Three streams that always have something; the one that had its turn has more before the sink is done with it. */
START_TEST(a_slow_output_is_shared_out_among_the_streams)
{
	textrig_open(FLAT("3", "{\"endless\":{\"record\":\"r\"}},{\"map\":{\"n\":\"n * 2\"}}"));
	probe_logs[0].credit = 100;
	probe_logs[0].take_at_most = 1;
	probe_logs[0].cancel_after = 3000;
	textrig_numbers(0, 3, 1);
	textrig_run();
	for (uint16_t stream = 1; stream <= 3; stream++)
		ck_assert_uint_ge(input_ledger("fm", stream).out, 600);
	textrig_close();
}
END_TEST

START_TEST(it_completes_when_the_input_and_all_streams_have)
{
	textrig_open(FLAT("2", "{\"stuck\":{\"record\":\"r\"}}"));
	textrig_numbers(0, 1, 1);
	textrig_start();
	textrig_settle();
	ck_assert(!weir_ended(textrig.in));
	ck_assert(!probe_logs[0].ended);
	ck_assert_int_eq(
		weir_drain(textrig.in, WEIR_DRAIN_FINISH, WEIR_NEVER), WEIR_OK); /* ends the stuck one */
	textrig_settle();
	ck_assert(weir_ended(textrig.in));
	ck_assert(probe_logs[0].ended && !probe_logs[0].failed);
	textrig_close();
}
END_TEST

START_TEST(an_input_of_nothing_completes_at_once)
{
	textrig_open(FLAT("2", "{\"item\":\"r\"}"));
	textrig_run();
	ck_assert_uint_eq(probe_logs[0].n_items, 0);
	ck_assert(probe_logs[0].ended && !probe_logs[0].failed);
	textrig_close();
}
END_TEST

START_TEST(a_failing_stream_fails_it_and_cancels_the_others)
{
	textrig_open(FLAT("3", "{\"item\":\"r\"},{\"map\":{\"n\":\"6 / (n - 3)\"}}"));
	textrig_numbers(0, 6, 1);
	textrig_run();
	ck_assert(weir_failed(textrig.in));
	ck_assert_int_eq(weir_first_error(textrig.in)->code, WEIR_EDIVZERO);
	ck_assert(probe_logs[0].failed);
	textrig_close();
}
END_TEST

START_TEST(a_stream_that_cannot_be_opened_fails_it)
{
	textrig_open(FLAT("2", "{\"flaky\":{\"fails\":1,\"record\":\"r\"}}"));
	textrig_numbers(0, 2, 1);
	textrig_run();
	ck_assert_int_eq(weir_first_error(textrig.in)->code, WEIR_EIO);
	ck_assert(probe_logs[0].failed);
	textrig_close();
}
END_TEST

START_TEST(an_error_of_the_input_ends_it_and_its_streams)
{
	textrig_open(FLAT("2", "{\"stuck\":{\"record\":\"r\"}}"));
	textrig_numbers(0, 1, 1);
	textrig_failure(0);
	textrig_run();
	ck_assert(weir_ended(textrig.in));
	ck_assert(probe_logs[0].failed);
	ck_assert_uint_eq(textrig.closes, textrig.opens);
	textrig_close();
}
END_TEST

START_TEST(a_retry_inside_a_slot_is_of_that_slot)
{
	textrig_open(FLAT("1", "{\"item\":\"r\"},{\"map\":{\"n\":\"n + 1\"}},{\"retry\":2}"));
	textrig_numbers(0, 3, 1);
	textrig_run();
	TEXTRIG_EXPECT(0, 2, 3, 4); /* the item is still there where a scope stands between */
	textrig_close();
}
END_TEST

START_TEST(drain_lets_the_items_inside_flow_out)
{
	textrig_open(FLAT("1", "{\"item\":\"r\"}"));
	probe_logs[0].take_at_most = 1;
	textrig_numbers(0, 500, 1);
	textrig_start();
	for (int i = 0; i < 100; i++)
		(void)weir_step(textrig.in, 1);
	ck_assert_int_eq(weir_drain(textrig.in, WEIR_DRAIN_FINISH, WEIR_NEVER), WEIR_OK);
	textrig_settle();
	ck_assert(weir_ended(textrig.in));
	ck_assert_uint_eq(probe_logs[0].n_items, input_ledger("fm", 0).in);
	ck_assert_uint_eq(textrig_dropped(WEIR_DROP_CANCELLED), 0);
	textrig_close();
}
END_TEST

START_TEST(abort_at_any_turn_leaves_nothing)
{
	for (uint32_t turns = 0; turns < 80; turns++) {
		textrig_open(FLAT("2", "{\"item\":\"r\"},{\"map\":{\"n\":\"n * 2\"}},{\"buffer\":2}"));
		textrig_numbers(0, 6, 1);
		textrig_start();
		for (uint32_t i = 0; i < turns; i++)
			(void)weir_step(textrig.in, 1);
		textrig_close();
	}
}
END_TEST

START_TEST(an_item_stands_only_where_items_start_a_stream)
{
	ck_assert_ptr_nonnull(strstr(textrig_refused("{\"a\":[{\"item\":\"r\"}," SINK "]}"), "flat_map"));
}
END_TEST

START_TEST(a_stream_is_started_by_one_stage_and_drawn_by_nobody_else)
{
	const char *why = textrig_refused("{\"a\":[" SOURCE(
		"0") ",{\"flat_map\":{\"stream\":\"in\",\"max_inner\":1}}," SINK
		     "],\"in\":[{\"item\":\"r\"}],\"b\":[{\"from\":\"in\"},{\"probe_sink\":{\"probe\":1}}]}");

	ck_assert_ptr_nonnull(strstr(why, "must feed it alone"));
	why = textrig_refused(
		"{\"a\":[" SOURCE("0") ",{\"flat_map\":{\"stream\":\"out\",\"max_inner\":1}}," SINK "]}");
	ck_assert_ptr_nonnull(strstr(why, "unknown stream"));
}
END_TEST

START_TEST(a_bound_is_mandatory)
{
	const char *why = textrig_refused("{\"a\":[" SOURCE("0") ",{\"flat_map\":{\"stream\":\"in\"}}," SINK
								 "],\"in\":[{\"item\":\"r\"}]}");

	ck_assert_ptr_nonnull(strstr(why, "max_inner"));
	ck_assert_ptr_nonnull(strstr(textrig_refused(FLAT("0", "{\"item\":\"r\"}")), "max_inner"));
	ck_assert_ptr_nonnull(strstr(textrig_refused(FLAT("251", "{\"item\":\"r\"}")), "max_inner"));
}
END_TEST

START_TEST(a_stream_that_starts_itself_is_refused)
{
	(void)textrig_refused("{\"a\":[" SOURCE(
		"0") ",{\"flat_map\":{\"stream\":\"in\",\"max_inner\":2}}," SINK
		     "],\"in\":[{\"item\":\"r\"},{\"flat_map\":{\"stream\":\"in\",\"max_inner\":2}}]}");
}
END_TEST

START_TEST(a_fault_in_a_stream_of_many_slots_is_told_once)
{
	(void)textrig_refused(FLAT("9", "{\"item\":\"r\"},{\"filter\":\"wrong > 1\"}"));
	ck_assert_ptr_nonnull(strstr(textrig.fault, "wrong"));
}
END_TEST

START_TEST(while_all_slots_are_taken_it_asks_for_nothing)
{
	textrig_open(FLAT("3", "{\"stuck\":{\"record\":\"r\"}}"));
	textrig_numbers(0, 10, 1);
	textrig_start();
	textrig_settle();
	ck_assert_uint_eq(input_ledger("fm", 0).requested, 3);
	ck_assert_uint_eq(input_ledger("fm", 0).in, 3);
	textrig_close();
}
END_TEST

START_TEST(a_slow_output_serves_all_streams)
{
	textrig_open(FLAT("2", "{\"item\":\"r\"},{\"flat_map\":{\"stream\":\"deep\",\"max_inner\":1}}],"
			       "\"deep\":[{\"endless\":{\"record\":\"r\"}}"));
	probe_logs[0].credit = 4;
	probe_logs[0].take_at_most = 1;
	probe_logs[0].cancel_after = 40;
	textrig_numbers(0, 2, 1);
	textrig_run();
	for (uint16_t slot = 1; slot <= 2; slot++)
		ck_assert_uint_ge(input_ledger("fm", slot).out, 15);
	textrig_close();
}
END_TEST

START_TEST(a_barrier_waits_for_the_streams_of_the_items_before_it)
{
	textrig_open(FLAT("2", "{\"stuck\":{\"record\":\"r\"}}"));
	textrig_numbers(0, 1, 1);
	probe_mark(0, WEIR_MARK_BARRIER, 1);
	textrig_numbers(0, 5, 2);
	textrig_start();
	textrig_settle();
	ck_assert_uint_eq(input_ledger("fm", 0).out, 1); /* and what comes behind it waits too */
	ck_assert_uint_eq(probe_logs[0].n_marks, 0);
	ck_assert_uint_eq(probe_scripts[0].barriers_done, 0);
	textrig_close();
	textrig_open(FLAT("2", "{\"range\":{\"to\":2}}"));
	textrig_numbers(0, 1, 1);
	probe_mark(0, WEIR_MARK_BARRIER, 1);
	textrig_numbers(0, 5, 2);
	textrig_run();
	ck_assert_uint_eq(probe_logs[0].marks[0].mark.kind, WEIR_MARK_BARRIER);
	ck_assert_uint_eq(probe_logs[0].marks[0].after, 2);
	textrig_close();
}
END_TEST

/* The clock is the machine's, so a watermark is one of the stream's own: it goes no further. */
START_TEST(what_a_stream_lost_and_its_barriers_pass_in_their_places)
{
	textrig_open(FLAT("1", SOURCE("1")));
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

/* Of two sources in a stream, or of a stream and the input: the first waits behind items that the sink takes one by one. */
START_TEST(of_barriers_that_meet_on_the_output_none_takes_the_place_of_another)
{
	textrig_open(
		_i == 0 ? FLAT("1", "{\"merge\":[\"x\",\"y\"]}],\"x\":[" SOURCE("1") "],\"y\":[" SOURCE("2"))
			: FLAT("1", SOURCE("1")));
	probe_logs[0].take_at_most = 1;
	textrig_numbers(0, 1, 1);
	textrig_numbers(1, 3, 10);
	probe_mark(1, WEIR_MARK_BARRIER, 7);
	probe_mark(_i == 0 ? 2 : 0, WEIR_MARK_BARRIER, 7);
	textrig_run();
	ck_assert_uint_eq(probe_logs[0].n_marks, 3); /* the end, too */
	ck_assert_uint_ne(probe_logs[0].marks[0].mark.source, probe_logs[0].marks[1].mark.source);
	ck_assert(probe_logs[0].ended && !probe_logs[0].failed);
	textrig_close();
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("flat_map");
	TCase *t = tcase_create("flat_map");
	SRunner *runner;
	int failed;

	tcase_add_test(t, each_item_gives_what_its_stream_gives);
	tcase_add_test(t, a_slot_is_used_again_with_new_state);
	tcase_add_test(t, no_more_streams_live_than_there_are_slots);
	tcase_add_test(t, streams_take_turns);
	tcase_add_test(t, a_slow_output_is_shared_out_among_the_streams);
	tcase_add_test(t, it_completes_when_the_input_and_all_streams_have);
	tcase_add_test(t, an_input_of_nothing_completes_at_once);
	tcase_add_test(t, a_failing_stream_fails_it_and_cancels_the_others);
	tcase_add_test(t, a_stream_that_cannot_be_opened_fails_it);
	tcase_add_test(t, an_error_of_the_input_ends_it_and_its_streams);
	tcase_add_test(t, a_retry_inside_a_slot_is_of_that_slot);
	tcase_add_test(t, drain_lets_the_items_inside_flow_out);
	tcase_add_test(t, abort_at_any_turn_leaves_nothing);
	tcase_add_test(t, an_item_stands_only_where_items_start_a_stream);
	tcase_add_test(t, a_stream_is_started_by_one_stage_and_drawn_by_nobody_else);
	tcase_add_test(t, a_bound_is_mandatory);
	tcase_add_test(t, a_stream_that_starts_itself_is_refused);
	tcase_add_test(t, a_fault_in_a_stream_of_many_slots_is_told_once);
	tcase_add_test(t, while_all_slots_are_taken_it_asks_for_nothing);
	tcase_add_test(t, a_slow_output_serves_all_streams);
	tcase_add_test(t, a_barrier_waits_for_the_streams_of_the_items_before_it);
	tcase_add_test(t, what_a_stream_lost_and_its_barriers_pass_in_their_places);
	tcase_add_loop_test(t, of_barriers_that_meet_on_the_output_none_takes_the_place_of_another, 0, 2);
	suite_add_tcase(suite, t);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
