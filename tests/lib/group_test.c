/* SPDX-License-Identifier: MIT */
/* group_test.c -- fused stages: one program runs, and every stage's ledger reads as if it had run alone. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "support/textrig.h"

#define SOURCE "{\"probe_source\":{\"probe\":0,\"record\":\"r\"}}"
#define SINK   "{\"probe_sink\":{\"probe\":0}}"

/* The ledger of the input of stage i of the plan. */
static struct weir_ledger ledger_of(uint16_t i)
{
	struct weir_ledger l;

	ck_assert_int_eq(
		weir_edge_ledger(textrig.in, textrig.plan->inputs[textrig.plan->stages[i].first_in], &l),
		WEIR_OK);
	return l;
}

START_TEST(each_stage_counts_what_it_drops_and_asks_for_it_anew)
{
	static const uint32_t credits[] = { 1, 2, 5, UINT32_MAX };

	textrig_open("{\"a\":[" SOURCE ",{\"filter\":\"n % 2 == 0\"},{\"filter\":\"n % 3 == 0\"},"
		     "{\"map\":{\"n\":\"n * 10\"}}," SINK "]}");
	ck_assert_uint_eq(textrig.plan->stages[1].group, 3);
	probe_logs[0].credit = credits[_i];
	textrig_numbers(0, 24, 1);
	textrig_run();
	TEXTRIG_EXPECT(0, 60, 120, 180, 240);
	ck_assert_uint_eq(ledger_of(1).in, 24);
	ck_assert_uint_eq(ledger_of(1).dropped[WEIR_DROP_FILTERED], 12);
	ck_assert_uint_eq(ledger_of(2).in, 12);
	ck_assert_uint_eq(ledger_of(2).dropped[WEIR_DROP_FILTERED], 8);
	ck_assert_uint_eq(ledger_of(3).in, 4);
	ck_assert_uint_eq(ledger_of(3).out, 4);
	if (credits[_i] == UINT32_MAX)
		ck_assert_uint_eq(ledger_of(2).requested, UINT64_MAX);
	else
		ck_assert_uint_eq(ledger_of(3).requested, ledger_of(4).requested);
	textrig_close();
}
END_TEST

START_TEST(an_item_error_is_dropped_by_the_stage_that_raised_it)
{
	static const uint32_t credits[] = { 1, 2, 5, UINT32_MAX };

	textrig_open("{\"a\":[" SOURCE
		     ",{\"filter\":\"n != 5\"},{\"map\":{\"n\":\"12 / (n - 3)\"},\"on_error\":\"drop\"},"
		     "{\"filter\":\"n > 0\"}," SINK "]}");
	ck_assert_uint_eq(textrig.plan->stages[1].group, 3);
	probe_logs[0].credit = credits[_i];
	textrig_numbers(0, 9, 1); /* 5 is filtered, 3 an error, 1 and 2 are below 0 after */
	textrig_run();
	TEXTRIG_EXPECT(0, 12, 4, 3, 2, 2);
	ck_assert_uint_eq(ledger_of(1).dropped[WEIR_DROP_FILTERED], 1);
	ck_assert_uint_eq(ledger_of(2).in, 8);
	ck_assert_uint_eq(ledger_of(2).dropped[WEIR_DROP_ERROR], 1);
	ck_assert_uint_eq(ledger_of(3).in, 7);
	ck_assert_uint_eq(ledger_of(3).dropped[WEIR_DROP_FILTERED], 2);
	ck_assert_uint_eq(textrig.reports, 1);
	textrig_close();
}
END_TEST

START_TEST(a_failing_stage_ends_all_of_them_behind_what_passed)
{
	textrig_open(
		"{\"a\":[" SOURCE ",{\"filter\":\"n != 2\"},{\"map\":{\"n\":\"6 / (n - 4)\"},\"id\":\"m\"},"
		"{\"filter\":\"n < 5\"}," SINK "]}");
	ck_assert_uint_eq(textrig.plan->stages[1].group, 3);
	textrig_numbers(0, 9, 1);
	textrig_run();
	TEXTRIG_EXPECT(0, -2, -6);
	ck_assert(weir_ended(textrig.in));
	ck_assert(probe_logs[0].failed);
	ck_assert_int_eq(textrig_phase("m"), WEIR_STAGE_FAILED);
	ck_assert_int_eq(weir_first_error(textrig.in)->code, WEIR_EDIVZERO);
	ck_assert_uint_eq(weir_first_error(textrig.in)->item, 3); /* of its own: 2 was filtered before it */
	ck_assert_int_eq(weir_stage_phase(textrig.in, 1), WEIR_STAGE_CANCELLED);
	ck_assert_int_eq(weir_stage_phase(textrig.in, 3), WEIR_STAGE_CANCELLED);
	textrig_close();
}
END_TEST

/* What a group keeps between runs lies in the arena beside the open barriers. */
START_TEST(a_wide_group_does_not_touch_an_open_barrier)
{
	int64_t got[16];
	int port;

	textrig_open(
		"{\"a\":[" SOURCE ",{\"filter\":\"n != 1\"},{\"filter\":\"n != 2\"},{\"filter\":\"n != 3\"},"
		"{\"filter\":\"n != 4\"},{\"filter\":\"n != 5\"},{\"filter\":\"n != 6\"},{\"filter\":\"n != "
		"7\"},"
		"{\"buffer\":8},{\"output\":{\"name\":\"out\"},\"id\":\"out\"}]}");
	ck_assert_uint_eq(textrig.plan->stages[1].group, 7);
	port = weir_stage_index(textrig.plan, "out");
	textrig_numbers(0, 1, 10);
	probe_mark(0, WEIR_MARK_BARRIER, 1000);
	textrig_numbers(0, 10, 1);
	textrig_numbers(0, 20, 20); /* more than there is room for: the source lives on */
	textrig_start();
	textrig_settle();
	ck_assert_uint_eq(probe_scripts[0].barriers_done, 0);
	ck_assert_int_eq(weir_pull(textrig.in, (uint16_t)port, got, NULL, 2), 2);
	textrig_settle();
	ck_assert_int_eq(got[0], 10);
	ck_assert_int_eq(got[1], 8);
	ck_assert_uint_eq(probe_scripts[0].barriers_done, 1);
	textrig_close();
}
END_TEST

/* Its errors are on the books of the edge that its records leave by: the group's input. */
START_TEST(what_a_decoder_drops_comes_in_at_no_stage_behind)
{
	static const char lines[] = "n\n1\nx\n2\n3\n";
	const size_t len = sizeof lines - 1;

	textrig_open(
		"{\"a\":[{\"input\":{\"name\":\"in\",\"record\":\"r\",\"format\":\"csv\"},\"on_error\":"
		"\"drop\"},"
		"{\"filter\":\"n != 2\",\"id\":\"two\"},{\"filter\":\"n > 0\",\"id\":\"none\"}," SINK "]}");
	textrig_start();
	ck_assert_int_eq(weir_push(textrig.in, 0, lines, NULL, (uint32_t)len), (int64_t)len);
	ck_assert_int_eq(weir_push_end(textrig.in, 0), WEIR_OK);
	textrig_run();
	TEXTRIG_EXPECT(0, 1, 3);
	ck_assert_uint_eq(ledger_of((uint16_t)weir_stage_index(textrig.plan, "two")).in, 4);
	ck_assert_uint_eq(
		ledger_of((uint16_t)weir_stage_index(textrig.plan, "two")).wasted[WEIR_DROP_ERROR], 1);
	ck_assert_uint_eq(ledger_of((uint16_t)weir_stage_index(textrig.plan, "none")).in, 2);
	textrig_close();
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("group");
	TCase *t = tcase_create("group");
	SRunner *runner;
	int failed;

	tcase_add_loop_test(t, each_stage_counts_what_it_drops_and_asks_for_it_anew, 0, 4);
	tcase_add_loop_test(t, an_item_error_is_dropped_by_the_stage_that_raised_it, 0, 4);
	tcase_add_test(t, a_failing_stage_ends_all_of_them_behind_what_passed);
	tcase_add_test(t, a_wide_group_does_not_touch_an_open_barrier);
	tcase_add_test(t, what_a_decoder_drops_comes_in_at_no_stage_behind);
	suite_add_tcase(suite, t);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
