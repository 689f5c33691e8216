/* SPDX-License-Identifier: MIT */
/* circuit_breaker_test.c -- closed, open, half open: who is used, who is left alone, and for how long. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "support/textrig.h"

#define SECOND    1000000000ull
#define SOURCE(p) "{\"probe_source\":{\"probe\":" p ",\"record\":\"r\"}}"
#define SINK      "{\"probe_sink\":{\"probe\":0}}"
#define BREAKER                                                                                             \
	"{\"a\":[" SOURCE(                                                                                  \
		"0") "],\"b\":[{\"endless\":{\"record\":\"r\"},\"id\":\"b\"},{\"map\":{\"n\":\"0 - n\"}}]," \
		     "\"out\":[{\"circuit_breaker\":{\"streams\":[\"a\",\"b\"],\"failures\":3,\"open\":"    \
		     "\"10s\"},\"id\":\"cb\"},"                                                             \
		     "{\"throttle\":\"4s\"}," SINK "]}"
#define ALONE                                                                                         \
	"{\"a\":[" SOURCE("0") "],\"out\":[{\"circuit_breaker\":{\"streams\":[\"a\"],\"failures\":2," \
			       "\"open\":\"10s\"},\"id\":"                                            \
			       "\"cb\"}," SINK "]}"

static uint64_t at(uint64_t seconds)
{
	return 1000 + seconds * SECOND;
}

START_TEST(failures_short_of_the_limit_start_again_at_once)
{
	textrig_open(ALONE);
	textrig_failure(0);
	textrig_numbers(0, 1, 1);
	textrig_failure(0);
	textrig_numbers(0, 1, 2);
	textrig_run();
	TEXTRIG_EXPECT(0, 1, 2);
	ck_assert_uint_eq(textrig.clock.now_ns, 1000);
	ck_assert(!weir_failed(textrig.in));
	textrig_close();
}
END_TEST

/* What has failed is out of it while its items still lie in the buffer's memory. */
START_TEST(what_starts_again_at_once_waits_for_what_it_gave_before)
{
	textrig_open(
		"{\"a\":[" SOURCE("0") ",{\"buffer\":4}],\"out\":[{\"circuit_breaker\":{\"streams\":[\"a\"],"
				       "\"failures\":2,\"open\":\"10s\"}}," SINK "]}");
	probe_logs[0].take_at_most = 1;
	textrig_numbers(0, 3, 1);
	textrig_failure(0);
	textrig_numbers(0, 2, 4);
	textrig_run();
	TEXTRIG_EXPECT(0, 1, 2, 3, 4, 5);
	ck_assert_uint_eq(weir_failures_handled(textrig.in), 1);
	ck_assert_uint_eq(textrig.clock.now_ns, 1000);
	ck_assert_uint_eq(textrig_dropped(WEIR_DROP_CANCELLED), 0);
	textrig_close();
}
END_TEST

START_TEST(at_the_limit_it_is_left_alone_for_the_time_open)
{
	textrig_open(ALONE);
	textrig_failure(0);
	textrig_failure(0);
	textrig_numbers(0, 2, 1);
	textrig_start();
	textrig_run_until(at(10) - 1);
	ck_assert_uint_eq(probe_logs[0].n_items, 0);
	ck_assert_uint_eq(probe_scripts[0].next, 2);
	textrig_run_until(at(10));
	TEXTRIG_EXPECT(0, 1, 2);
	ck_assert(weir_ended(textrig.in));
	textrig_close();
}
END_TEST

START_TEST(a_failed_trial_opens_it_anew_at_the_first_failure)
{
	textrig_open(ALONE);
	for (int i = 0; i < 4; i++)
		textrig_failure(0);
	textrig_numbers(0, 1, 9);
	textrig_run();
	TEXTRIG_EXPECT(0, 9);
	ck_assert_uint_eq(textrig.clock.now_ns, at(30)); /* two failures, then two trials */
	ck_assert_uint_eq(weir_failures_handled(textrig.in), 4);
	textrig_close();
}
END_TEST

START_TEST(an_item_of_the_trial_closes_it_and_counts_anew)
{
	textrig_open(ALONE);
	textrig_failure(0);
	textrig_failure(0);
	textrig_numbers(0, 1, 1);
	textrig_failure(0); /* the first of a new row: started again at once */
	textrig_numbers(0, 1, 2);
	textrig_run();
	TEXTRIG_EXPECT(0, 1, 2);
	ck_assert_uint_eq(textrig.clock.now_ns, at(10));
	textrig_close();
}
END_TEST

START_TEST(the_other_stream_is_used_meanwhile_and_cancelled_after)
{
	textrig_open("{\"a\":[" SOURCE("0") "],\"b\":[" SOURCE(
		"1") "],\"out\":[{\"circuit_breaker\":{\"streams\":[\"a\",\"b\"],"
		     "\"failures\":2,\"open\":\"10s\"}}," SINK "]}");
	textrig_numbers(0, 1, 1);
	textrig_failure(0);
	textrig_failure(0);
	textrig_numbers(0, 2, 2);
	textrig_numbers(1, 3, 10);
	textrig_run();
	TEXTRIG_EXPECT(0, 1, 10, 11, 12, 2, 3);
	ck_assert(!weir_failed(textrig.in));
	textrig_close();
}
END_TEST

START_TEST(an_endless_fallback_ends_when_the_breaker_closes)
{
	textrig_open("{\"a\":[" SOURCE(
		"0") "],\"b\":[{\"stuck\":{\"record\":\"r\"},\"id\":\"b\"}],\"out\":[{\"circuit_breaker\":"
		     "{\"streams\":[\"a\",\"b\"],\"failures\":1,\"open\":\"10s\"}}," SINK "]}");
	textrig_failure(0);
	textrig_numbers(0, 1, 5);
	textrig_start();
	textrig_run_until(at(5));
	ck_assert_int_eq(textrig_phase("b"), WEIR_STAGE_RUNNING);
	textrig_run_until(at(10));
	TEXTRIG_EXPECT(0, 5);
	ck_assert_int_eq(textrig_phase("b"), WEIR_STAGE_CANCELLED);
	ck_assert_uint_eq(textrig.closes, 1);
	textrig_close();
}
END_TEST

START_TEST(the_trial_asks_for_one_item_only)
{
	struct weir_ledger l;

	textrig_open("{\"a\":[" SOURCE(
		"0") "],\"b\":[{\"stuck\":{\"record\":\"r\"}}],\"out\":[{\"circuit_breaker\":"
		     "{\"streams\":[\"a\",\"b\"],\"failures\":1,\"open\":\"10s\"},\"id\":\"cb\"}," SINK "]}");
	probe_scripts[0].span = 1;
	textrig_failure(0);
	textrig_start();
	textrig_run_until(at(9));
	textrig_numbers(0, 1, 1);
	textrig_failure(0); /* at the trial: one item, so it closes, and opens at once again */
	textrig_run_until(at(15));
	TEXTRIG_EXPECT(0, 1);
	ck_assert_int_eq(
		weir_edge_ledger(textrig.in,
			textrig.plan
				->inputs[textrig.plan->stages[weir_stage_index(textrig.plan, "cb")].first_in],
			&l),
		WEIR_OK);
	ck_assert_uint_eq(l.in, 1);
	ck_assert_uint_eq(weir_timers_armed(textrig.in), 1);
	textrig_close();
}
END_TEST

START_TEST(a_failing_fallback_is_handled_and_silence_follows)
{
	textrig_open("{\"a\":[" SOURCE("0") "],\"b\":[" SOURCE(
		"1") "],\"out\":[{\"circuit_breaker\":{\"streams\":[\"a\",\"b\"],"
		     "\"failures\":1,\"open\":\"10s\"}}," SINK "]}");
	textrig_failure(0);
	textrig_numbers(0, 1, 2);
	textrig_numbers(1, 1, 10);
	textrig_failure(1);
	textrig_run();
	TEXTRIG_EXPECT(0, 10, 2);
	ck_assert(!weir_failed(textrig.in));
	ck_assert_uint_eq(weir_failures_handled(textrig.in), 2);
	textrig_close();
}
END_TEST

START_TEST(drain_while_open_completes)
{
	textrig_open(ALONE);
	textrig_failure(0);
	textrig_failure(0);
	textrig_numbers(0, 1, 2);
	textrig_start();
	textrig_run_until(at(5));
	ck_assert_int_eq(weir_drain(textrig.in, WEIR_DRAIN_FINISH, WEIR_NEVER), WEIR_OK);
	textrig_settle();
	ck_assert(weir_ended(textrig.in));
	ck_assert(probe_logs[0].ended && !probe_logs[0].failed);
	textrig_close();
}
END_TEST

START_TEST(completion_of_the_first_stream_completes_it)
{
	textrig_open(BREAKER);
	textrig_numbers(0, 1, 1);
	textrig_run();
	TEXTRIG_EXPECT(0, 1);
	ck_assert_uint_eq(textrig.opens, 0);
	textrig_close();
}
END_TEST

START_TEST(a_third_stream_and_times_of_none_are_refused)
{
	const char *two =
		"{\"a\":[" SOURCE("0") "],\"out\":[{\"circuit_breaker\":{\"streams\":[\"a\"],\"failures\":0,"
				       "\"open\":\"10s\"}}," SINK "]}";

	ck_assert_ptr_nonnull(strstr(textrig_refused(two), "failures"));
	two = "{\"a\":[" SOURCE("0") "],\"b\":[" SOURCE("1") "],\"c\":[" SOURCE(
		"2") "],\"out\":[{\"circuit_breaker\":"
		     "{\"streams\":[\"a\",\"b\",\"c\"],\"failures\":1,\"open\":\"10s\"}}," SINK "]}";
	ck_assert_ptr_nonnull(strstr(textrig_refused(two), "at most 2"));
}
END_TEST

/* The first stream fails once and then goes on; beside it one that gives nothing keeps the pipeline alive. */
START_TEST(once_it_has_closed_the_other_stream_is_gone)
{
	textrig_open("{\"p\":[" SOURCE(
		"0") "],\"s\":[{\"stuck\":{\"record\":\"r\"}}],\"a\":[{\"merge\":[\"p\",\"s\"]}],"
		     "\"b\":[{\"stuck\":{\"record\":\"r\"},\"id\":\"b\"}],"
		     "\"out\":[{\"circuit_breaker\":{\"streams\":[\"a\",\"b\"],\"failures\":1,\"open\":"
		     "\"10s\"}}," SINK "]}");
	textrig_failure(0);
	textrig_numbers(0, 2, 5);
	textrig_start();
	textrig_run_until(at(9));
	ck_assert_int_eq(textrig_phase("b"), WEIR_STAGE_RUNNING);
	textrig_run_until(at(11));
	TEXTRIG_EXPECT(0, 5, 6);
	ck_assert(!weir_ended(textrig.in));
	ck_assert_int_eq(textrig_phase("b"), WEIR_STAGE_CANCELLED);
	textrig_close();
}
END_TEST

/* What the first stream gives at the trial is filtered out: no item comes, and one is asked for. */
START_TEST(until_its_item_has_come_a_trial_has_asked_for_one)
{
	const struct weir_stage_def *d;
	struct weir_ledger l;

	textrig_open("{\"p\":[" SOURCE(
		"0") "],\"s\":[{\"stuck\":{\"record\":\"r\"}}],\"a\":[{\"merge\":[\"p\",\"s\"]}],"
		     "\"out\":[{\"circuit_breaker\":{\"streams\":[\"a\"],\"failures\":1,\"open\":\"10s\"},"
		     "\"id\":\"cb\"}," SINK "]}");
	textrig_failure(0);
	textrig_start();
	textrig_run_until(at(11));
	d = &textrig.plan->stages[weir_stage_index(textrig.plan, "cb")];
	ck_assert_int_eq(weir_edge_ledger(textrig.in, textrig.plan->inputs[d->first_in], &l), WEIR_OK);
	ck_assert_uint_eq(l.requested, 1);
	textrig_close();
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("circuit_breaker");
	TCase *t = tcase_create("circuit_breaker");
	SRunner *runner;
	int failed;

	tcase_add_test(t, failures_short_of_the_limit_start_again_at_once);
	tcase_add_test(t, what_starts_again_at_once_waits_for_what_it_gave_before);
	tcase_add_test(t, at_the_limit_it_is_left_alone_for_the_time_open);
	tcase_add_test(t, a_failed_trial_opens_it_anew_at_the_first_failure);
	tcase_add_test(t, an_item_of_the_trial_closes_it_and_counts_anew);
	tcase_add_test(t, the_other_stream_is_used_meanwhile_and_cancelled_after);
	tcase_add_test(t, an_endless_fallback_ends_when_the_breaker_closes);
	tcase_add_test(t, the_trial_asks_for_one_item_only);
	tcase_add_test(t, a_failing_fallback_is_handled_and_silence_follows);
	tcase_add_test(t, drain_while_open_completes);
	tcase_add_test(t, completion_of_the_first_stream_completes_it);
	tcase_add_test(t, a_third_stream_and_times_of_none_are_refused);
	tcase_add_test(t, once_it_has_closed_the_other_stream_is_gone);
	tcase_add_test(t, until_its_item_has_come_a_trial_has_asked_for_one);
	suite_add_tcase(suite, t);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
