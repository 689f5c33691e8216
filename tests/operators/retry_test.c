/* SPDX-License-Identifier: MIT */
/* retry_test.c -- failures are tried again: how often, how long after, what of the items. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "support/textrig.h"

#define MS            1000000ull
#define SOURCE(p)     "{\"probe_source\":{\"probe\":" p ",\"record\":\"r\"},\"id\":\"src\"}"
#define SINK          "{\"probe_sink\":{\"probe\":0}}"
#define RETRY(params) "{\"a\":[" SOURCE("0") ",{\"retry\":{" params "},\"id\":\"re\"}," SINK "]}"

START_TEST(a_failure_starts_the_source_again_after_the_backoff)
{
	textrig_open(RETRY("\"attempts\":3,\"backoff\":\"100ms\",\"jitter\":0"));
	textrig_numbers(0, 2, 1);
	textrig_failure(0);
	textrig_numbers(0, 2, 3);
	textrig_start();
	textrig_run_until(100 * MS + 999);
	TEXTRIG_EXPECT(0, 1, 2);
	ck_assert_uint_eq(weir_timers_armed(textrig.in), 1);
	textrig_run_until(100 * MS + 1000);
	TEXTRIG_EXPECT(0, 1, 2, 3, 4);
	ck_assert(weir_ended(textrig.in));
	ck_assert(!weir_failed(textrig.in));
	ck_assert(probe_logs[0].ended && !probe_logs[0].failed);
	textrig_close();
}
END_TEST

START_TEST(a_handled_failure_is_reported_with_who_handled_it)
{
	textrig_open(RETRY("\"attempts\":3"));
	textrig_failure(0);
	textrig_numbers(0, 1, 7);
	textrig_run();
	TEXTRIG_EXPECT(0, 7);
	ck_assert_uint_eq(textrig.reports, 1);
	ck_assert_int_eq(textrig.reported.fate, WEIR_FATE_HANDLED);
	ck_assert_int_eq(textrig.reported.code, WEIR_EIO);
	ck_assert_int_eq(textrig.reported.stage, weir_stage_index(textrig.plan, "src"));
	ck_assert_int_eq(textrig.reported.by, weir_stage_index(textrig.plan, "re"));
	ck_assert_uint_eq(weir_failures(textrig.in), 1);
	ck_assert_uint_eq(weir_failures_handled(textrig.in), 1);
	ck_assert_ptr_null(weir_first_error(textrig.in));
	textrig_close();
}
END_TEST

START_TEST(after_attempts_failures_the_last_one_surfaces_raised_is_handled_plus_surfaced)
{
	textrig_open(RETRY("\"attempts\":2,\"backoff\":\"1s\",\"jitter\":0"));
	for (int i = 0; i < 5; i++)
		textrig_failure(0);
	textrig_run();
	ck_assert_uint_eq(weir_failures(textrig.in), 3);
	ck_assert_uint_eq(weir_failures_handled(textrig.in), 2);
	ck_assert(weir_failed(textrig.in));
	ck_assert_int_eq(weir_first_error(textrig.in)->code, WEIR_EIO);
	ck_assert(probe_logs[0].failed);
	ck_assert_uint_eq(textrig.clock.now_ns, 1000 + 3000 * MS); /* 1 s, then 2 s */
	textrig_close();
}
END_TEST

START_TEST(an_item_ends_the_row_of_failures)
{
	textrig_open(RETRY("\"attempts\":1,\"backoff\":\"1s\",\"jitter\":0"));
	for (int i = 0; i < 6; i++) {
		textrig_numbers(0, 1, i);
		textrig_failure(0);
	}
	textrig_numbers(0, 1, 6);
	textrig_run();
	TEXTRIG_EXPECT(0, 0, 1, 2, 3, 4, 5, 6);
	ck_assert(!weir_failed(textrig.in));
	ck_assert_uint_eq(textrig.clock.now_ns, 1000 + 6000 * MS); /* never doubled */
	textrig_close();
}
END_TEST

START_TEST(the_backoff_doubles_up_to_its_greatest)
{
	textrig_open(RETRY("\"attempts\":5,\"backoff\":\"1s\",\"max_backoff\":\"3s\",\"jitter\":0"));
	for (int i = 0; i < 5; i++)
		textrig_failure(0);
	textrig_run();
	ck_assert_uint_eq(textrig.clock.now_ns, 1000 + (1 + 2 + 3 + 3 + 3) * 1000 * MS);
	textrig_close();
}
END_TEST

START_TEST(jitter_only_ever_shortens_and_by_no_more_than_its_part)
{
	uint64_t last = 0, different = 0;

	for (int wall = 0; wall < 50; wall++) {
		textrig_open(RETRY("\"attempts\":1,\"backoff\":\"1s\",\"jitter\":30"));
		textrig.clock.now_ns = 1000u + (unsigned)wall; /* the seed */
		textrig_failure(0);
		textrig_run();
		uint64_t took = textrig.clock.now_ns - 1000 - (unsigned)wall;

		ck_assert_uint_ge(took, 700 * MS);
		ck_assert_uint_le(took, 1000 * MS);
		different += took != last;
		last = took;
		textrig_close();
	}
	ck_assert_uint_gt(different, 40);
}
END_TEST

START_TEST(what_cannot_be_opened_is_tried_again)
{
	textrig_open("{\"a\":[{\"flaky\":{\"fails\":3,\"record\":\"r\"}},{\"retry\":5}," SINK "]}");
	textrig_run();
	TEXTRIG_EXPECT(0, 4);
	ck_assert(!weir_failed(textrig.in));
	ck_assert_uint_eq(weir_failures_handled(textrig.in), 3);
	textrig_close();
}
END_TEST

START_TEST(credit_that_was_not_met_is_asked_of_the_next_generation)
{
	textrig_open(RETRY("\"attempts\":3"));
	probe_logs[0].credit = 5;
	textrig_numbers(0, 2, 1);
	textrig_failure(0);
	textrig_numbers(0, 8, 3);
	textrig_run();
	TEXTRIG_EXPECT(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10);
	textrig_close();
}
END_TEST

START_TEST(items_before_a_failure_arrive_before_the_next_start)
{
	/* a slow sink: the failure waits behind the items */
	textrig_open(RETRY("\"attempts\":3"));
	probe_logs[0].credit = 1;
	probe_logs[0].take_at_most = 1;
	textrig_numbers(0, 6, 1);
	textrig_failure(0);
	textrig_numbers(0, 2, 7);
	textrig_run();
	TEXTRIG_EXPECT(0, 1, 2, 3, 4, 5, 6, 7, 8);
	ck_assert_uint_eq(textrig_dropped(WEIR_DROP_CANCELLED), 0);
	textrig_close();
}
END_TEST

START_TEST(stages_between_start_with_new_state)
{
	textrig_open(
		"{\"a\":[" SOURCE("0") ",{\"skip\":1},{\"filter\":\"n != 4\"},{\"map\":{\"n\":\"n * 10\"}},"
				       "{\"retry\":3}," SINK "]}");
	textrig_numbers(0, 3, 1);
	textrig_failure(0);
	textrig_numbers(0, 3, 3); /* 3 is skipped again, 4 filtered */
	textrig_run();
	TEXTRIG_EXPECT(0, 20, 30, 50);
	ck_assert_uint_eq(textrig_dropped(WEIR_DROP_FILTERED), 3);
	textrig_close();
}
END_TEST

START_TEST(cancel_while_waiting_ends_it)
{
	textrig_open("{\"a\":[" SOURCE("0") ",{\"retry\":3,\"id\":\"re\"},{\"take\":2}," SINK "]}");
	textrig_numbers(0, 1, 1);
	textrig_failure(0);
	textrig_numbers(0, 5, 2);
	textrig_start();
	textrig_settle();
	TEXTRIG_EXPECT(0, 1);
	weir_abort(textrig.in);
	ck_assert(weir_ended(textrig.in));
	ck_assert_int_eq(textrig_phase("re"), WEIR_STAGE_CANCELLED);
	textrig_close();
}
END_TEST

START_TEST(cancel_from_below_cancels_what_was_started)
{
	textrig_open("{\"a\":[{\"endless\":{\"record\":\"r\"},\"id\":\"e\"},{\"retry\":3},{\"take\":3}," SINK
		     "]}");
	textrig_run();
	TEXTRIG_EXPECT(0, 1, 2, 3);
	ck_assert_int_eq(textrig_phase("e"), WEIR_STAGE_CANCELLED);
	ck_assert_uint_eq(textrig.closes, 1);
	textrig_close();
}
END_TEST

START_TEST(drain_while_waiting_completes_at_once)
{
	textrig_open(RETRY("\"attempts\":3,\"backoff\":\"1h\""));
	textrig_numbers(0, 1, 1);
	textrig_failure(0);
	textrig_numbers(0, 1, 2);
	textrig_start();
	textrig_settle();
	ck_assert_int_eq(weir_drain(textrig.in, WEIR_DRAIN_FINISH, WEIR_NEVER), WEIR_OK);
	textrig_settle();
	ck_assert(weir_ended(textrig.in));
	ck_assert(!weir_failed(textrig.in));
	TEXTRIG_EXPECT(0, 1);
	ck_assert(probe_logs[0].ended && !probe_logs[0].failed);
	textrig_close();
}
END_TEST

START_TEST(item_errors_beside_it_go_on_through_all_generations)
{
	textrig_open("{\"a\":[" SOURCE(
		"0") ",{\"map\":{\"x\":\"6 / n\"},\"on_error\":{\"to\":\"bad\"}},{\"retry\":3}," SINK
		     "],\"bad\":[{\"inbox\":{\"capacity\":4}},{\"probe_sink\":{\"probe\":1}}]}");
	textrig_numbers(0, 3, 0); /* 0 is an error, 1, 2 */
	textrig_failure(0);
	textrig_numbers(0, 2, 0); /* 0 is an error, 1 */
	textrig_run();
	TEXTRIG_EXPECT(0, 6, 3, 6);
	ck_assert_uint_eq(probe_logs[1].n_items, 2);
	ck_assert(probe_logs[1].ended && !probe_logs[1].failed);
	ck_assert(!weir_failed(textrig.in));
	textrig_close();
}
END_TEST

START_TEST(what_it_starts_must_feed_it_alone)
{
	const char *why = textrig_refused(
		"{\"a\":[" SOURCE("0") "],\"b\":[{\"from\":\"a\"},{\"retry\":3}," SINK
				       "],\"c\":[{\"from\":\"a\"},{\"probe_sink\":{\"probe\":1}}]}");

	ck_assert_ptr_nonnull(strstr(why, "must feed it alone"));
	ck_assert_ptr_nonnull(strstr(why, "\"c\""));
	why = textrig_refused(
		"{\"a\":[{\"input\":{\"name\":\"x\",\"record\":\"r\"}},{\"retry\":3}," SINK "]}");
	ck_assert_ptr_nonnull(strstr(why, "cannot be started again"));
}
END_TEST

START_TEST(attempts_of_none_and_waits_of_no_time_are_refused)
{
	ck_assert_ptr_nonnull(strstr(textrig_refused(RETRY("\"attempts\":0")), "attempts"));
	ck_assert_ptr_nonnull(strstr(textrig_refused(RETRY("\"backoff\":\"1s\"")), "attempts"));
	ck_assert_ptr_nonnull(strstr(textrig_refused(RETRY("\"attempts\":1,\"backoff\":\"0s\"")), "backoff"));
	ck_assert_ptr_nonnull(strstr(textrig_refused(RETRY("\"attempts\":1,\"jitter\":101")), "jitter"));
}
END_TEST

/* The backoff is over long before anybody takes what came before the failure. */
START_TEST(a_start_waits_until_the_spans_of_the_last_generation_are_taken)
{
	int64_t got[8];
	int port;

	textrig_open("{\"a\":[" SOURCE(
		"0") ",{\"map\":{\"n\":\"n * 10\"}},{\"retry\":{\"attempts\":3,\"backoff\":\"10ms\"}},"
		     "{\"output\":{\"name\":\"o\",\"capacity\":16},\"id\":\"o\"}]}");
	port = weir_stage_index(textrig.plan, "o");
	textrig_numbers(0, 3, 1);
	textrig_failure(0);
	textrig_numbers(0, 3, 4);
	textrig_start();
	textrig_run_until(1000 * MS);
	for (int64_t i = 1; i <= 6; i++) {
		ck_assert_int_eq(weir_pull(textrig.in, (uint16_t)port, got, NULL, 1), 1);
		ck_assert_int_eq(got[0], 10 * i);
		textrig_run_until(textrig.clock.now_ns + 1000 * MS);
	}
	ck_assert_int_eq(weir_pull(textrig.in, (uint16_t)port, got, NULL, 1), WEIR_ENDED);
	textrig_close();
}
END_TEST

/* Of two sources that feed it the second cannot be opened: the first is closed again each time. */
START_TEST(of_a_start_that_fails_nothing_stays_open)
{
	textrig_open("{\"e\":[{\"endless\":{\"record\":\"r\"},\"id\":\"e\"},{\"filter\":\"n < 0\"}],"
		     "\"f\":[{\"flaky\":{\"fails\":3,\"record\":\"r\"}}],"
		     "\"a\":[{\"merge\":[\"e\",\"f\"]},{\"retry\":{\"attempts\":2,\"backoff\":\"1s\"}}," SINK
		     "]}");
	textrig_start();
	textrig_settle();
	ck_assert_uint_eq(textrig.opens, 1);
	ck_assert_uint_eq(textrig.closes, 1);
	ck_assert_int_ne(textrig_phase("e"), WEIR_STAGE_RUNNING);
	textrig_run();
	ck_assert_uint_eq(textrig.opens, 3);
	ck_assert(weir_failed(textrig.in));
	ck_assert(probe_logs[0].failed);
	textrig_close();
}
END_TEST

/* A barrier of the first generation is answered when the second one is under way. */
START_TEST(a_new_generation_hears_of_its_own_barriers_only)
{
	int64_t got[8];
	int port;

	textrig_open(
		"{\"a\":[" SOURCE("0") ",{\"retry\":{\"attempts\":3,\"backoff\":\"10ms\"}},{\"buffer\":8},"
				       "{\"output\":{\"name\":\"o\"},\"id\":\"o\"}]}");
	port = weir_stage_index(textrig.plan, "o");
	textrig_numbers(0, 1, 1);
	probe_mark(0, WEIR_MARK_BARRIER, 1);
	textrig_numbers(0, 1, 2);
	textrig_failure(0);
	textrig_numbers(0, 20, 3); /* it lives when the answer comes */
	textrig_start();
	textrig_run_until(1000 * MS);
	ck_assert_uint_eq(weir_failures_handled(textrig.in), 1);
	ck_assert_int_eq(weir_pull(textrig.in, (uint16_t)port, got, NULL, 4), 4);
	textrig_settle();
	ck_assert_uint_eq(probe_scripts[0].barriers_done, 0);
	textrig_close();
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("retry");
	TCase *t = tcase_create("retry");
	SRunner *runner;
	int failed;

	tcase_add_test(t, a_failure_starts_the_source_again_after_the_backoff);
	tcase_add_test(t, a_handled_failure_is_reported_with_who_handled_it);
	tcase_add_test(t, after_attempts_failures_the_last_one_surfaces_raised_is_handled_plus_surfaced);
	tcase_add_test(t, an_item_ends_the_row_of_failures);
	tcase_add_test(t, the_backoff_doubles_up_to_its_greatest);
	tcase_add_test(t, jitter_only_ever_shortens_and_by_no_more_than_its_part);
	tcase_add_test(t, what_cannot_be_opened_is_tried_again);
	tcase_add_test(t, credit_that_was_not_met_is_asked_of_the_next_generation);
	tcase_add_test(t, items_before_a_failure_arrive_before_the_next_start);
	tcase_add_test(t, stages_between_start_with_new_state);
	tcase_add_test(t, cancel_while_waiting_ends_it);
	tcase_add_test(t, cancel_from_below_cancels_what_was_started);
	tcase_add_test(t, drain_while_waiting_completes_at_once);
	tcase_add_test(t, item_errors_beside_it_go_on_through_all_generations);
	tcase_add_test(t, what_it_starts_must_feed_it_alone);
	tcase_add_test(t, attempts_of_none_and_waits_of_no_time_are_refused);
	tcase_add_test(t, a_start_waits_until_the_spans_of_the_last_generation_are_taken);
	tcase_add_test(t, of_a_start_that_fails_nothing_stays_open);
	tcase_add_test(t, a_new_generation_hears_of_its_own_barriers_only);
	suite_add_tcase(suite, t);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
