/* SPDX-License-Identifier: MIT */
/* window_test.c -- tumbling windows: bounds, order, lateness, keys, arrival. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "operators/window_rig.h"

static const uint32_t spans[] = { 1, 2, 7, 64 };
#define SPANS (int)(sizeof spans / sizeof spans[0])

static void by_item(int span)
{
	probe_scripts[0].span = spans[span];
}

START_TEST(windows_hold_start_and_not_end)
{
	window_open(WEIR_CLOCK_EVENT, true, &bed_no_key, 0);
	by_item(_i);
	bed_item(0, 0, 1, 0);
	bed_item(0, 9, 2, 0);
	bed_item(0, 10, 4, 0);
	bed_item(0, 19, 8, 0);
	bed_item(0, 20, 16, 0);
	bed_play();
	EXPECT("0-10 0 2 3, 10-20 0 2 12, 20-30 0 1 16");
	ck_assert(!probe_logs[0].failed);
	bed_close();
}
END_TEST

START_TEST(windows_before_1970_are_aligned_too)
{
	window_open(WEIR_CLOCK_EVENT, true, &bed_no_key, 0);
	by_item(_i);
	bed_item(0, -11, 1, 0);
	bed_item(0, -10, 2, 0);
	bed_item(0, -1, 4, 0);
	bed_item(0, 0, 8, 0);
	bed_play();
	EXPECT("-20--10 0 1 1, -10-0 0 2 6, 0-10 0 1 8");
	bed_close();
}
END_TEST

START_TEST(a_window_without_items_is_not_emitted)
{
	window_open(WEIR_CLOCK_EVENT, true, &bed_no_key, 0);
	by_item(_i);
	bed_item(0, 5, 1, 0);
	bed_item(0, 5000000000, 2, 0);
	bed_play();
	EXPECT("0-10 0 1 1, 5000000000-5000000010 0 1 2");
	bed_close();
}
END_TEST

START_TEST(nothing_in_nothing_out)
{
	window_open(WEIR_CLOCK_EVENT, true, &bed_no_key, 0);
	bed_play();
	EXPECT("");
	ck_assert(probe_logs[0].ended);
	bed_close();
}
END_TEST

START_TEST(instants_decide_without_a_time_field)
{
	window_open(WEIR_CLOCK_EVENT, false, &bed_no_key, 0);
	by_item(_i);
	bed_item(0, 3, 1, 0);
	bed_item(0, 12, 2, 0);
	bed_play();
	EXPECT("0-10 0 1 1, 10-20 0 1 2");
	ck_assert_int_eq(probe_logs[0].instants[0], 9); /* the last instant of the window */
	ck_assert_int_eq(probe_logs[0].instants[1], 19);
	bed_close();
}
END_TEST

START_TEST(the_field_decides_under_the_monotonic_clock_too)
{
	window_open(WEIR_CLOCK_MONOTONIC, true, &bed_no_key, 0);
	by_item(_i);
	bed_item(0, 3, 1, 0);
	bed_item(0, 12, 2, 0);
	bed_play();
	EXPECT("0-10 0 1 1, 10-20 0 1 2");
	bed_close();
}
END_TEST

START_TEST(keys_come_by_window_then_first_appearance)
{
	window_open(WEIR_CLOCK_EVENT, true, &bed_by_node, 10);
	by_item(_i);
	bed_item(0, 1, 1, 7);
	bed_item(0, 11, 2, 9); /* 9 is first in the second window */
	bed_item(0, 12, 4, 7);
	bed_item(0, 3, 8, 9);
	bed_item(0, 4, 16, 7);
	bed_item(0, 100, 32, 5);
	bed_play();
	EXPECT("0-10 7 2 17, 0-10 9 1 8, 10-20 9 1 2, 10-20 7 1 4, 100-110 5 1 32");
	bed_close();
}
END_TEST

START_TEST(an_item_behind_a_closed_window_is_late)
{
	window_open(WEIR_CLOCK_EVENT, true, &bed_no_key, 5);
	by_item(_i);
	bed_item(0, 9, 1, 0);
	bed_item(0, 14, 2, 0); /* 14 - 5 < 10: the first is open still */
	bed_item(0, 8, 4, 0);
	bed_item(0, 15, 8, 0); /* closes it */
	bed_item(0, 9, 16, 0); /* late */
	bed_item(0, 10, 32, 0);
	bed_play();
	EXPECT("0-10 0 2 5, 10-20 0 3 42");
	ck_assert_uint_eq(bed_dropped(window_input, WEIR_DROP_LATE), 1);
	bed_close();
}
END_TEST

/* 17 closes 0-10, and time is then what it was for 17, though 18 and 19 lie in the same span and window. */
START_TEST(an_item_closes_a_window_before_those_behind_it_count)
{
	window_open(WEIR_CLOCK_EVENT, true, &bed_no_key, 5);
	by_item(_i);
	bed_item(0, 2, 1, 0);
	bed_item(0, 12, 2, 0);
	bed_item(0, 17, 4, 0);
	bed_item(0, 18, 8, 0);
	bed_item(0, 19, 16, 0);
	bed_play();
	ck_assert_str_eq(window_results(true), "0-10 0 1 1, |12 10-20 0 4 30");
	bed_close();
}
END_TEST

START_TEST(a_window_that_never_was_is_closed_too)
{
	window_open(WEIR_CLOCK_EVENT, true, &bed_no_key, 0);
	by_item(_i);
	bed_item(0, 50, 1, 0);
	bed_item(0, 49, 2, 0);
	bed_play();
	EXPECT("50-60 0 1 1");
	ck_assert_uint_eq(bed_dropped(window_input, WEIR_DROP_LATE), 1);
	bed_close();
}
END_TEST

START_TEST(late_items_may_go_to_a_stream)
{
	uint16_t late;

	window_open(WEIR_CLOCK_EVENT, true, &bed_no_key, 0);
	by_item(_i);
	window_params.late = 1;
	probe_logs[1].credit = 1; /* the main stream waits for it */
	late = bed_edge(window_stage, bed_sink(1));
	bed_item(0, 50, 1, 0);
	bed_item(0, 49, 2, 0);
	bed_item(0, 51, 4, 0);
	bed_item(0, 1, 8, 0);
	bed_item(0, 2, 16, 0);
	bed_item(0, 60, 32, 0);
	bed_play();
	EXPECT("50-60 0 2 5, 60-70 0 1 32");
	BED_EXPECT(1, 2, 8, 16);
	ck_assert_int_eq(probe_logs[1].instants[1], 1);
	ck_assert_uint_eq(bed_dropped(window_input, WEIR_DROP_LATE), 0);
	ck_assert_uint_eq(bed_dropped(late, WEIR_DROP_LATE), 0);
	bed_close();
}
END_TEST

START_TEST(late_items_are_dropped_once_their_stream_is_gone)
{
	window_open(WEIR_CLOCK_EVENT, true, &bed_no_key, 0);
	by_item(_i);
	window_params.late = 1;
	probe_logs[1].cancel_after = 1;
	(void)bed_edge(window_stage, bed_sink(1));
	bed_item(0, 50, 1, 0);
	bed_item(0, 1, 2, 0);
	bed_item(0, 70, 4, 0);
	bed_item(0, 2, 8, 0);
	bed_play();
	EXPECT("50-60 0 1 1, 70-80 0 1 4");
	bed_close();
}
END_TEST

START_TEST(scarce_credit_changes_nothing)
{
	window_open(WEIR_CLOCK_EVENT, true, &bed_by_node, 0);
	by_item(_i);
	bed.edges[window_output].cap_items = bed.edges[window_output].buffer_items = 2;
	probe_logs[0].credit = 1;
	for (int64_t i = 0; i < 40; i++)
		bed_item(0, i, 1, (uint32_t)i % 4);
	bed_play();
	EXPECT("0-10 0 3 3, 0-10 1 3 3, 0-10 2 2 2, 0-10 3 2 2, 10-20 2 3 3, 10-20 3 3 3, 10-20 0 2 2, 10-20 "
	       "1 2 2, "
	       "20-30 0 3 3, 20-30 1 3 3, 20-30 2 2 2, 20-30 3 2 2, 30-40 2 3 3, 30-40 3 3 3, 30-40 0 2 2, "
	       "30-40 1 2 2");
	bed_close();
}
END_TEST

START_TEST(an_evicted_key_comes_out_early_and_whole)
{
	window_open(WEIR_CLOCK_EVENT, true, &bed_by_node, 20);
	by_item(_i);
	window_params.max_keys = 2;
	window_params.keys_full = WEIR_KEYS_FULL_EVICT_OLDEST;
	bed_item(0, 1, 1, 1);
	bed_item(0, 11, 2, 1);
	bed_item(0, 12, 4, 2);
	bed_item(0, 13, 8, 3);  /* 1 goes, with two windows */
	bed_item(0, 14, 16, 1); /* 2 goes; 1 begins anew */
	bed_play();
	EXPECT("0-10 1 1 1, 10-20 1 1 2, 10-20 2 1 4, 10-20 3 1 8, 10-20 1 1 16");
	bed_close();
}
END_TEST

/* Push at chosen times into a window by arrival. */
static void open_arrival(uint64_t lateness_ns)
{
	window_open(WEIR_CLOCK_MONOTONIC, false, &bed_no_key, lateness_ns);
	window_start_by_arrival();
}

START_TEST(arrival_windows_are_aligned_to_the_start_and_closed_by_timer)
{
	open_arrival(0); /* at 1000, which is UTC too */
	window_push(1003, 1);
	ck_assert_uint_eq(weir_timers_armed(bed.in), 1);
	window_push(1009, 2);
	EXPECT("");
	ck_assert_uint_eq(bed.clock.wake_ns, 1010);
	bed.clock.now_ns = 1010;
	bed_settle();
	EXPECT("1000-1010 0 2 3");
	ck_assert_uint_eq(weir_timers_armed(bed.in), 0);
	window_push(1035, 4);
	ck_assert_uint_eq(bed.clock.wake_ns, 1040);
	window_push(1040, 8); /* the timer's time, but the item is seen first */
	EXPECT("1000-1010 0 2 3, 1030-1040 0 1 4");
	ck_assert_int_eq(weir_push_end(bed.in, 0), WEIR_OK);
	bed_settle();
	EXPECT("1000-1010 0 2 3, 1030-1040 0 1 4, 1040-1050 0 1 8");
	ck_assert(weir_ended(bed.in));
	bed_close();
}
END_TEST

START_TEST(cancelled_at_any_event_the_books_balance)
{
	for (uint32_t after = 0; after < 12; after++) {
		window_open(WEIR_CLOCK_EVENT, true, &bed_by_node, 3);
		by_item(_i);
		probe_logs[0].cancel_after = after;
		for (int64_t i = 0; i < 50; i++)
			bed_item(0, i, i, (uint32_t)i % 3);
		bed_play();
		bed_close();
	}
}
END_TEST

/* Far ends of time do not wrap. */
START_TEST(the_ends_of_time_are_windows_too)
{
	window_open(WEIR_CLOCK_EVENT, true, &bed_no_key, 0);
	by_item(_i);
	bed_item(0, INT64_MIN, 1, 0);
	bed_item(0, INT64_MIN + 1, 2, 0);
	bed_item(0, INT64_MAX - 8, 4, 0);
	bed_play();
	EXPECT("-9223372036854775808--9223372036854775800 0 2 3, 9223372036854775790-9223372036854775800 0 1 "
	       "4");
	bed_close();
}
END_TEST

START_TEST(what_does_not_go_together_is_refused)
{
	static const struct {
		struct weir_window_params p;
		const char *why;
	} cases[] = {
		{ { .tumbling_ns = 10 }, "none" },
		{ { .tumbling_ns = 0 }, "no length" },
		{ { .tumbling_ns = 10, .session_ns = 5 }, "more than one length" },
		{ { .tumbling_ns = 10, .every = 5 }, "\"every\" does not go with \"tumbling\"" },
		{ { .tumbling_ns = 10, .lateness_ns = 10 * 65535 },
			"\"lateness\" is more than 65534 windows" },
		{ { .sliding_ns = 10, .every = 5 }, "none" },
		{ { .sliding_ns = 10 }, "\"sliding\" needs \"every\"" },
		{ { .sliding_ns = 10, .every = -5 }, "\"every\" of a sliding window is a time" },
		{ { .sliding_ns = 10, .every = 3 }, "\"every\" does not divide \"sliding\"" },
		{ { .sliding_ns = 10, .every = 20 }, "\"every\" does not divide \"sliding\"" },
		{ { .sliding_ns = 32768, .every = 1 },
			"\"every\" goes more than 32767 times into \"sliding\"" },
		{ { .sliding_ns = 10, .every = 5, .lateness_ns = 5 * 65533 }, "\"lateness\" is more than" },
		{ { .session_ns = 10 }, "none" },
		{ { .session_ns = 10, .every = 5 }, "\"every\" does not go with \"session\"" },
		{ { .session_ns = 10, .lateness_ns = 10 * 65535 }, "\"lateness\" is more than" },
		{ { .count = 10 }, "none" },
		{ { .count = 10, .every = -3 }, "none" },
		{ { .count = 10, .every = 3 }, "\"every\" of a window of \"count\" items is a number" },
		{ { .count = 10, .every = -11 }, "\"every\" is more than \"count\"" },
		{ { .count = 40000, .every = -1 }, "\"every\" goes more than 32767 times into \"count\"" },
		{ { .count = 10, .lateness_ns = 1 }, "\"lateness\" does not go with \"count\"" },
		{ { .count = 10, .late = 1 }, "\"late\" does not go with \"count\"" },
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct weir_place place = { .params = &cases[i].p };
		const char *why = "none";

		ck_assert_int_eq(weir_window_type.check(&place, &why) < 0, strcmp(why, "none") != 0);
		ck_assert_msg(strstr(why, cases[i].why) != NULL, "case %zu: %s", i, why);
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("window");
	TCase *tc = tcase_create("window");
	SRunner *sr = srunner_create(suite);
	int failed;

	suite_add_tcase(suite, tc);
	tcase_add_loop_test(tc, windows_hold_start_and_not_end, 0, SPANS);
	tcase_add_loop_test(tc, windows_before_1970_are_aligned_too, 0, SPANS);
	tcase_add_loop_test(tc, a_window_without_items_is_not_emitted, 0, SPANS);
	tcase_add_test(tc, nothing_in_nothing_out);
	tcase_add_loop_test(tc, instants_decide_without_a_time_field, 0, SPANS);
	tcase_add_loop_test(tc, the_field_decides_under_the_monotonic_clock_too, 0, SPANS);
	tcase_add_loop_test(tc, keys_come_by_window_then_first_appearance, 0, SPANS);
	tcase_add_loop_test(tc, an_item_behind_a_closed_window_is_late, 0, SPANS);
	tcase_add_loop_test(tc, an_item_closes_a_window_before_those_behind_it_count, 0, SPANS);
	tcase_add_loop_test(tc, a_window_that_never_was_is_closed_too, 0, SPANS);
	tcase_add_loop_test(tc, late_items_may_go_to_a_stream, 0, SPANS);
	tcase_add_loop_test(tc, late_items_are_dropped_once_their_stream_is_gone, 0, SPANS);
	tcase_add_loop_test(tc, scarce_credit_changes_nothing, 0, SPANS);
	tcase_add_loop_test(tc, an_evicted_key_comes_out_early_and_whole, 0, SPANS);
	tcase_add_test(tc, arrival_windows_are_aligned_to_the_start_and_closed_by_timer);
	tcase_add_loop_test(tc, cancelled_at_any_event_the_books_balance, 0, SPANS);
	tcase_add_loop_test(tc, the_ends_of_time_are_windows_too, 0, SPANS);
	tcase_add_test(tc, what_does_not_go_together_is_refused);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
