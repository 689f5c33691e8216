/* SPDX-License-Identifier: MIT */
/* catch_test.c -- the next stream takes over where one failed, and is not there before. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "support/textrig.h"

#define SOURCE(p) "{\"probe_source\":{\"probe\":" p ",\"record\":\"r\"}}"
#define SINK      "{\"probe_sink\":{\"probe\":0}}"
#define CATCH3                                                             \
	"{\"a\":[" SOURCE("0") "],\"b\":[" SOURCE("1") "],\"c\":[" SOURCE( \
		"2") "],"                                                  \
		     "\"out\":[{\"catch\":[\"a\",\"b\",\"c\"],\"id\":\"catch\"}," SINK "]}"

START_TEST(a_failure_moves_on_to_the_next_stream)
{
	textrig_open(CATCH3);
	textrig_numbers(0, 2, 1);
	textrig_failure(0);
	textrig_numbers(1, 1, 10);
	textrig_failure(1);
	textrig_numbers(2, 2, 20);
	textrig_run();
	TEXTRIG_EXPECT(0, 1, 2, 10, 20, 21);
	ck_assert(!weir_failed(textrig.in));
	ck_assert_uint_eq(weir_failures(textrig.in), 2);
	ck_assert_uint_eq(weir_failures_handled(textrig.in), 2);
	ck_assert(probe_logs[0].ended && !probe_logs[0].failed);
	textrig_close();
}
END_TEST

START_TEST(the_last_streams_error_is_passed_on)
{
	textrig_open(CATCH3);
	textrig_failure(0);
	textrig_failure(1);
	textrig_numbers(2, 1, 5);
	textrig_failure(2);
	textrig_run();
	TEXTRIG_EXPECT(0, 5);
	ck_assert(weir_failed(textrig.in));
	ck_assert(probe_logs[0].failed);
	ck_assert_int_eq(
		weir_first_error(textrig.in)->stage, weir_stage_index(textrig.plan, "c.0.probe_source"));
	ck_assert_uint_eq(weir_failures_handled(textrig.in), 2);
	textrig_close();
}
END_TEST

START_TEST(a_stream_that_is_not_needed_is_never_opened)
{
	textrig_open("{\"a\":[" SOURCE("0") "],\"b\":[{\"endless\":{\"record\":\"r\"},\"id\":\"b\"}],"
					    "\"out\":[{\"catch\":[\"a\",\"b\"]}," SINK "]}");
	textrig_numbers(0, 3, 1);
	textrig_run();
	TEXTRIG_EXPECT(0, 1, 2, 3);
	ck_assert(weir_ended(textrig.in));
	ck_assert_uint_eq(textrig.opens, 0);
	ck_assert_int_eq(textrig_phase("b"), WEIR_STAGE_NEW);
	textrig_close();
}
END_TEST

START_TEST(demand_that_was_not_met_moves_over)
{
	textrig_open(CATCH3);
	probe_logs[0].credit = 4;
	textrig_numbers(0, 1, 1);
	textrig_failure(0);
	textrig_numbers(1, 9, 2);
	textrig_start();
	textrig_settle();
	ck_assert_uint_eq(probe_logs[0].n_items, 10);
	TEXTRIG_EXPECT(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10);
	textrig_close();
}
END_TEST

START_TEST(no_more_is_asked_of_a_stream_than_of_the_stage)
{
	struct weir_ledger l;

	textrig_open(CATCH3);
	probe_logs[0].credit = 3;
	probe_logs[0].cancel_after = 3;
	textrig_numbers(0, 9, 1);
	textrig_run();
	TEXTRIG_EXPECT(0, 1, 2, 3);
	ck_assert_int_eq(
		weir_edge_ledger(textrig.in, textrig.plan->inputs[textrig.plan->stages[3].first_in], &l),
		WEIR_OK);
	ck_assert_uint_le(l.requested, 3);
	textrig_close();
}
END_TEST

START_TEST(what_cannot_be_opened_is_caught_too)
{
	textrig_open("{\"a\":[{\"flaky\":{\"fails\":9,\"record\":\"r\"}}],\"b\":[" SOURCE(
		"1") "],"
		     "\"out\":[{\"catch\":[\"a\",\"b\"]}," SINK "]}");
	textrig_numbers(1, 2, 7);
	textrig_run();
	TEXTRIG_EXPECT(0, 7, 8);
	ck_assert_uint_eq(textrig.flaky_opens, 1);
	ck_assert(!weir_failed(textrig.in));
	textrig_close();
}
END_TEST

START_TEST(a_retry_inside_gives_up_first)
{
	textrig_open("{\"a\":[" SOURCE("0") ",{\"retry\":{\"attempts\":2}}],\"b\":[" SOURCE(
		"1") "],"
		     "\"out\":[{\"catch\":[\"a\",\"b\"]}," SINK "]}");
	for (int i = 0; i < 3; i++)
		textrig_failure(0);
	textrig_numbers(0, 1, 99); /* never reached */
	textrig_numbers(1, 2, 7);
	textrig_run();
	TEXTRIG_EXPECT(0, 7, 8);
	ck_assert_uint_eq(weir_failures(textrig.in), 3);
	ck_assert_uint_eq(weir_failures_handled(textrig.in), 3);
	textrig_close();
}
END_TEST

START_TEST(a_retry_around_starts_with_the_first_stream_again)
{
	textrig_open("{\"a\":[" SOURCE("0") "],\"b\":[" SOURCE(
		"1") "],"
		     "\"out\":[{\"catch\":[\"a\",\"b\"]},{\"retry\":{\"attempts\":2}}," SINK "]}");
	textrig_numbers(0, 1, 1);
	textrig_failure(0);
	textrig_numbers(1, 1, 10);
	textrig_failure(1);
	textrig_numbers(0, 2, 2);
	textrig_run();
	TEXTRIG_EXPECT(0, 1, 10, 2, 3);
	ck_assert(!weir_failed(textrig.in));
	textrig_close();
}
END_TEST

/* The second stream failed in the first generation; in the second one nobody needs it. */
START_TEST(a_retry_around_makes_the_streams_inside_as_new)
{
	textrig_open("{\"a\":[" SOURCE(
		"0") "],\"b\":[{\"flaky\":{\"fails\":1,\"record\":\"r\"},\"id\":\"b\"}],"
		     "\"out\":[{\"catch\":[\"a\",\"b\"]},{\"retry\":{\"attempts\":1}}," SINK "]}");
	textrig_failure(0);
	textrig_numbers(0, 2, 1);
	textrig_run();
	TEXTRIG_EXPECT(0, 1, 2);
	ck_assert_uint_eq(weir_failures_handled(textrig.in), 2);
	ck_assert_int_eq(textrig_phase("b"), WEIR_STAGE_NEW);
	textrig_close();
}
END_TEST

START_TEST(a_failing_merge_is_cancelled_as_one_scope)
{
	textrig_open("{\"a\":[" SOURCE(
		"0") "],\"e\":[{\"endless\":{\"record\":\"r\"},\"id\":\"e\"},{\"filter\":\"n < 0\"}],"
		     "\"m\":[{\"merge\":[\"a\",\"e\"]}],\"b\":[" SOURCE(
			     "1") "],"
				  "\"out\":[{\"catch\":[\"m\",\"b\"]}," SINK "]}");
	textrig_numbers(0, 2, 1);
	textrig_failure(0);
	textrig_numbers(1, 1, 7);
	textrig_run();
	TEXTRIG_EXPECT(0, 1, 2, 7);
	ck_assert_int_eq(textrig_phase("e"), WEIR_STAGE_CANCELLED);
	ck_assert_uint_eq(textrig.closes, 1);
	textrig_close();
}
END_TEST

START_TEST(drain_lets_the_stream_in_use_flow_out)
{
	textrig_open("{\"a\":[" SOURCE("0") "],\"b\":[{\"endless\":{\"record\":\"r\"}}],"
					    "\"out\":[{\"catch\":[\"a\",\"b\"]},{\"filter\":\"n < 3\"}," SINK
					    "]}");
	textrig_failure(0);
	textrig_start();
	for (int i = 0; i < 12; i++)
		(void)weir_step(textrig.in, 1);
	ck_assert_int_eq(weir_drain(textrig.in, WEIR_DRAIN_FINISH, WEIR_NEVER), WEIR_OK);
	textrig_settle();
	ck_assert(weir_ended(textrig.in));
	ck_assert(probe_logs[0].ended && !probe_logs[0].failed);
	ck_assert_uint_eq(textrig_dropped(WEIR_DROP_CANCELLED), 0);
	textrig_close();
}
END_TEST

START_TEST(abort_at_any_turn_leaves_nothing)
{
	for (uint32_t turns = 0; turns < 60; turns++) {
		textrig_open(CATCH3);
		textrig_numbers(0, 2, 1);
		textrig_failure(0);
		textrig_numbers(1, 1, 10);
		textrig_failure(1);
		textrig_numbers(2, 2, 20);
		textrig_start();
		for (uint32_t i = 0; i < turns; i++)
			(void)weir_step(textrig.in, 1);
		textrig_close(); /* aborts, and checks */
	}
}
END_TEST

START_TEST(what_is_on_its_way_is_not_asked_for_again)
{
	struct weir_ledger l;
	int64_t got[8];
	int port, stage;

	textrig_open("{\"a\":[{\"stuck\":{\"record\":\"r\"}}],\"b\":[" SOURCE(
		"1") "],"
		     "\"out\":[{\"catch\":[\"a\",\"b\"],\"id\":\"catch\"},{\"output\":{\"name\":\"o\"},"
		     "\"id\":\"o\"}]}");
	port = weir_stage_index(textrig.plan, "o");
	stage = weir_stage_index(textrig.plan, "catch");
	textrig_start();
	textrig_settle();
	ck_assert_int_eq(weir_pull(textrig.in, (uint16_t)port, got, NULL, 2), 0);
	ck_assert_int_eq(weir_pull(textrig.in, (uint16_t)port, got, NULL, 5), 0);
	ck_assert_int_eq(
		weir_edge_ledger(textrig.in, textrig.plan->inputs[textrig.plan->stages[stage].first_in], &l),
		WEIR_OK);
	ck_assert_uint_eq(l.requested, 5);
	textrig_close();
}
END_TEST

START_TEST(the_next_stream_takes_no_time_back)
{
	textrig_open(CATCH3);
	probe_mark(0, WEIR_MARK_WATERMARK, 50);
	textrig_numbers(0, 1, 1);
	textrig_failure(0);
	probe_mark(1, WEIR_MARK_WATERMARK, 30);
	textrig_numbers(1, 1, 2);
	probe_mark(1, WEIR_MARK_WATERMARK, 60);
	textrig_numbers(1, 1, 3);
	textrig_run();
	TEXTRIG_EXPECT(0, 1, 2, 3);
	ck_assert_uint_eq(probe_logs[0].n_marks, 3);
	ck_assert_int_eq(probe_logs[0].marks[0].mark.time, 50);
	ck_assert_int_eq(probe_logs[0].marks[1].mark.time, 60);
	ck_assert_uint_eq(probe_logs[0].marks[1].after, 2);
	textrig_close();
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("catch");
	TCase *t = tcase_create("catch");
	SRunner *runner;
	int failed;

	tcase_add_test(t, a_failure_moves_on_to_the_next_stream);
	tcase_add_test(t, the_last_streams_error_is_passed_on);
	tcase_add_test(t, a_stream_that_is_not_needed_is_never_opened);
	tcase_add_test(t, demand_that_was_not_met_moves_over);
	tcase_add_test(t, no_more_is_asked_of_a_stream_than_of_the_stage);
	tcase_add_test(t, what_cannot_be_opened_is_caught_too);
	tcase_add_test(t, a_retry_inside_gives_up_first);
	tcase_add_test(t, a_retry_around_starts_with_the_first_stream_again);
	tcase_add_test(t, a_retry_around_makes_the_streams_inside_as_new);
	tcase_add_test(t, a_failing_merge_is_cancelled_as_one_scope);
	tcase_add_test(t, drain_lets_the_stream_in_use_flow_out);
	tcase_add_test(t, abort_at_any_turn_leaves_nothing);
	tcase_add_test(t, what_is_on_its_way_is_not_asked_for_again);
	tcase_add_test(t, the_next_stream_takes_no_time_back);
	suite_add_tcase(suite, t);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
