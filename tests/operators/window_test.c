/* SPDX-License-Identifier: MIT */
/* window_test.c -- tumbling windows: bounds, order, lateness, keys, marks, errors, ends. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <weir/aggregates.h>

#include "operators/bed.h"

static const uint32_t spans[] = { 1, 2, 7, 64 };
#define SPANS (int)(sizeof spans / sizeof spans[0])

/* What a window makes, and as it is its result: emit copies. */
struct result {
	int64_t n, sum, start, end;
	uint32_t node, pad;
};

static const struct weir_field result_fields[] = {
	{ .name = "n", .kind = WEIR_I64, .offset = 0 },
	{ .name = "sum", .kind = WEIR_I64, .offset = 8 },
	{ .name = "start", .kind = WEIR_TIME, .offset = 16 },
	{ .name = "end", .kind = WEIR_TIME, .offset = 24 },
	{ .name = "node", .kind = WEIR_U32, .offset = 32 },
};
static const struct weir_record result_record = {
	.name = "result", .fields = result_fields, .n_fields = 5, .size = 40
};
static const struct weir_aggregate list[] = {
	{ .fn = WEIR_AGG_COUNT, .result_kind = WEIR_I64, .result = 0 },
	{ .fn = WEIR_AGG_SUM,
		.kind = WEIR_I64,
		.result_kind = WEIR_I64,
		.arg = offsetof(struct bed_item, v),
		.result = 8 },
};
static const struct weir_program copy = {
	.in_size = 40, .out_size = 40, .copy_size = 40, .n_segments = 1, .n_regs = 1, .in_place = true
};
static const uint16_t key_offsets[] = { 32 };
static struct weir_aggregates aggregates;
static struct weir_window_params params;
static uint16_t stage, input, output;

static void open_window(
	enum weir_clock clock, bool with_field, const struct weir_key *key, uint64_t lateness_ns)
{
	aggregates = (struct weir_aggregates){ .list = list,
		.n_list = 2,
		.made = &result_record,
		.emit = &copy,
		.key_offsets = key_offsets,
		.start_offset = 16,
		.end_offset = 24 };
	params = (struct weir_window_params){ .tumbling_ns = 10,
		.key = *key,
		.max_keys = 256,
		.time = with_field ? &bed_at : NULL,
		.lateness_ns = lateness_ns,
		.emit = &aggregates };
	bed_open(clock);
	(void)bed_source(0);
	stage = bed_stage(&weir_window_type, &params);
	input = bed_edge(0, stage);
	output = bed_edge_of(stage, bed_sink(0), &result_record);
}

static void by_item(int span)
{
	probe_scripts[0].span = spans[span];
}

/* "start-end node n sum" of each result, and "|time" for a watermark in between. */
static const char *results(bool with_marks)
{
	static char text[4096];
	const struct probe_log *log = &probe_logs[0];
	uint32_t mark = 0;
	size_t at = 0;

	text[0] = '\0';
	for (uint32_t i = 0; i <= log->n_items; i++) {
		struct result r;

		for (; mark < log->n_marks && log->marks[mark].after == i; mark++) {
			const struct weir_mark *m = &log->marks[mark].mark;

			if (with_marks && m->kind == WEIR_MARK_WATERMARK)
				at += (size_t)snprintf(
					text + at, sizeof text - at, "|%lld ", (long long)m->time);
			else if (with_marks && m->kind == WEIR_MARK_BARRIER)
				at += (size_t)snprintf(
					text + at, sizeof text - at, "#%llu ", (unsigned long long)m->value);
		}
		if (i == log->n_items)
			break;
		memcpy(&r, log->bytes + i * sizeof r, sizeof r);
		at += (size_t)snprintf(text + at, sizeof text - at, "%lld-%lld %u %lld %lld, ",
			(long long)r.start, (long long)r.end, r.node, (long long)r.n, (long long)r.sum);
	}
	while (at > 0 && (text[at - 1] == ' ' || text[at - 1] == ','))
		text[--at] = '\0';
	return text;
}

#define EXPECT(expected) ck_assert_str_eq(results(false), expected)

START_TEST(windows_hold_start_and_not_end)
{
	open_window(WEIR_CLOCK_EVENT, true, &bed_no_key, 0);
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
	open_window(WEIR_CLOCK_EVENT, true, &bed_no_key, 0);
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
	open_window(WEIR_CLOCK_EVENT, true, &bed_no_key, 0);
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
	open_window(WEIR_CLOCK_EVENT, true, &bed_no_key, 0);
	bed_play();
	EXPECT("");
	ck_assert(probe_logs[0].ended);
	bed_close();
}
END_TEST

START_TEST(instants_decide_without_a_time_field)
{
	open_window(WEIR_CLOCK_EVENT, false, &bed_no_key, 0);
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
	open_window(WEIR_CLOCK_MONOTONIC, true, &bed_no_key, 0);
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
	open_window(WEIR_CLOCK_EVENT, true, &bed_by_node, 10);
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
	open_window(WEIR_CLOCK_EVENT, true, &bed_no_key, 5);
	by_item(_i);
	bed_item(0, 9, 1, 0);
	bed_item(0, 14, 2, 0); /* 14 - 5 < 10: the first is open still */
	bed_item(0, 8, 4, 0);
	bed_item(0, 15, 8, 0); /* closes it */
	bed_item(0, 9, 16, 0); /* late */
	bed_item(0, 10, 32, 0);
	bed_play();
	EXPECT("0-10 0 2 5, 10-20 0 3 42");
	ck_assert_uint_eq(bed_dropped(input, WEIR_DROP_LATE), 1);
	bed_close();
}
END_TEST

START_TEST(a_window_that_never_was_is_closed_too)
{
	open_window(WEIR_CLOCK_EVENT, true, &bed_no_key, 0);
	by_item(_i);
	bed_item(0, 50, 1, 0);
	bed_item(0, 49, 2, 0);
	bed_play();
	EXPECT("50-60 0 1 1");
	ck_assert_uint_eq(bed_dropped(input, WEIR_DROP_LATE), 1);
	bed_close();
}
END_TEST

START_TEST(late_items_may_go_to_a_stream)
{
	uint16_t late;

	open_window(WEIR_CLOCK_EVENT, true, &bed_no_key, 0);
	by_item(_i);
	params.late = 1;
	probe_logs[1].credit = 1; /* the main stream waits for it */
	late = bed_edge(stage, bed_sink(1));
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
	ck_assert_uint_eq(bed_dropped(input, WEIR_DROP_LATE), 0);
	ck_assert_uint_eq(bed_dropped(late, WEIR_DROP_LATE), 0);
	bed_close();
}
END_TEST

START_TEST(late_items_are_dropped_once_their_stream_is_gone)
{
	open_window(WEIR_CLOCK_EVENT, true, &bed_no_key, 0);
	by_item(_i);
	params.late = 1;
	probe_logs[1].cancel_after = 1;
	(void)bed_edge(stage, bed_sink(1));
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
	open_window(WEIR_CLOCK_EVENT, true, &bed_by_node, 0);
	by_item(_i);
	bed.edges[output].cap_items = bed.edges[output].buffer_items = 2;
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

START_TEST(a_key_too_many_is_an_item_error)
{
	open_window(WEIR_CLOCK_EVENT, true, &bed_by_node, 0);
	by_item(_i);
	params.max_keys = 2;
	bed.stages[stage].on_error = WEIR_ON_ERROR_DROP;
	bed_item(0, 1, 1, 1);
	bed_item(0, 2, 2, 2);
	bed_item(0, 3, 4, 3);
	bed_item(0, 4, 8, 1);
	bed_item(0, 11, 16, 3); /* the others' windows closed: there is room */
	bed_play();
	EXPECT("0-10 1 2 9, 0-10 2 1 2, 10-20 3 1 16");
	ck_assert_uint_eq(bed_dropped(input, WEIR_DROP_ERROR), 1);
	bed_close();
}
END_TEST

START_TEST(a_key_too_many_fails_by_default)
{
	open_window(WEIR_CLOCK_EVENT, true, &bed_by_node, 0);
	params.max_keys = 1;
	bed_item(0, 1, 1, 1);
	bed_item(0, 2, 2, 2);
	bed_play();
	ck_assert(probe_logs[0].failed);
	ck_assert_int_eq(weir_first_error(bed.in)->code, WEIR_EKEYS);
	ck_assert_uint_eq(weir_first_error(bed.in)->item, 2);
	bed_close();
}
END_TEST

START_TEST(an_evicted_key_comes_out_early_and_whole)
{
	open_window(WEIR_CLOCK_EVENT, true, &bed_by_node, 20);
	by_item(_i);
	params.max_keys = 2;
	params.keys_full = WEIR_KEYS_FULL_EVICT_OLDEST;
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

START_TEST(an_overflowing_item_is_not_in_the_window)
{
	open_window(WEIR_CLOCK_EVENT, true, _i % 2 == 0 ? &bed_no_key : &bed_by_node, 0);
	by_item(_i);
	bed.stages[stage].on_error = WEIR_ON_ERROR_DROP;
	bed_item(0, 1, INT64_MAX, 0);
	bed_item(0, 2, 1, 0);
	bed_item(0, 3, -1, 0);
	bed_item(0, 4, 1, 0);
	bed_item(0, 5, 1, 0);
	bed_item(0, 6, 1, 0);
	bed_play();
	EXPECT("0-10 0 3 9223372036854775807");
	ck_assert_uint_eq(bed_dropped(input, WEIR_DROP_ERROR), 3);
	bed_close();
}
END_TEST

START_TEST(a_window_whose_only_item_failed_is_not_emitted)
{
	struct weir_aggregate unsigned_sum[2] = { list[0], list[1] };

	unsigned_sum[1].kind = WEIR_U64;
	open_window(WEIR_CLOCK_EVENT, true, _i % 2 == 0 ? &bed_no_key : &bed_by_node, 0);
	by_item(_i);
	aggregates.list = unsigned_sum;
	bed.stages[stage].on_error = WEIR_ON_ERROR_DROP;
	bed_item(0, 1, -1, 0); /* 2^64 - 1 */
	bed_item(0, 11, 2, 0);
	bed_play();
	EXPECT("10-20 0 1 2");
	bed_close();
}
END_TEST

START_TEST(an_overflow_names_its_item)
{
	open_window(WEIR_CLOCK_EVENT, true, &bed_no_key, 0);
	by_item(_i);
	bed_item(0, 1, INT64_MAX, 0);
	for (int64_t i = 0; i < 10; i++)
		bed_item(0, 2, i == 7, 0);
	bed_play();
	ck_assert(probe_logs[0].failed);
	ck_assert_int_eq(weir_first_error(bed.in)->code, WEIR_EOVERFLOW);
	ck_assert_uint_eq(weir_first_error(bed.in)->item, 9);
	ck_assert_uint_eq(probe_logs[0].n_items, 0); /* open windows do not come out of an error */
	bed_close();
}
END_TEST

START_TEST(an_error_upstream_ends_it_without_its_open_windows)
{
	open_window(WEIR_CLOCK_EVENT, true, &bed_no_key, 0);
	by_item(_i);
	bed_item(0, 1, 1, 0);
	bed_item(0, 11, 2, 0);
	probe_mark(0, WEIR_MARK_ERROR, 0);
	bed_play();
	EXPECT("0-10 0 1 1");
	ck_assert(probe_logs[0].failed);
	bed_close();
}
END_TEST

START_TEST(it_makes_the_watermark_behind_what_it_closed)
{
	open_window(WEIR_CLOCK_EVENT, true, &bed_no_key, 2);
	by_item(_i);
	bed_item(0, 1, 1, 0);
	bed_item(0, 11, 2, 0);
	bed_item(0, 15, 4, 0); /* closes the first */
	bed_item(0, 33, 8, 0);
	bed_play();
	ck_assert_str_eq(results(true), "0-10 0 1 1, |13 10-20 0 2 6, |31 30-40 0 1 8");
	bed_close();
}
END_TEST

START_TEST(with_watermarks_from_above_items_move_no_time)
{
	open_window(WEIR_CLOCK_EVENT, true, &bed_no_key, 10);
	by_item(_i);
	bed.edges[input].has_time = true;
	bed_item(0, 15, 1, 0);
	bed_item(0, 3, 2, 0); /* not late: no watermark has passed */
	probe_mark(0, WEIR_MARK_WATERMARK, 19);
	bed_item(0, 4, 4, 0);
	probe_mark(0, WEIR_MARK_WATERMARK, 20); /* less lateness: 10 */
	bed_item(0, 5, 8, 0);                   /* late */
	bed_item(0, 16, 16, 0);
	bed_play();
	ck_assert_str_eq(results(true), "|9 0-10 0 2 6, |10 10-20 0 2 17");
	ck_assert_uint_eq(bed_dropped(input, WEIR_DROP_LATE), 1);
	bed_close();
}
END_TEST

START_TEST(an_item_out_of_reach_is_an_item_error)
{
	open_window(WEIR_CLOCK_EVENT, true, &bed_no_key, 10);
	by_item(_i);
	bed.edges[input].has_time = true;
	bed.stages[stage].on_error = WEIR_ON_ERROR_DROP;
	bed_item(0, 5, 1, 0);
	bed_item(0, 25, 2, 0); /* three windows in a row */
	bed_item(0, 30, 4, 0); /* a fourth */
	probe_mark(0, WEIR_MARK_WATERMARK, 20);
	bed_item(0, 30, 8, 0);
	bed_play();
	EXPECT("0-10 0 1 1, 20-30 0 1 2, 30-40 0 1 8");
	ck_assert_uint_eq(bed_dropped(input, WEIR_DROP_ERROR), 1);
	bed_close();
}
END_TEST

START_TEST(a_barrier_waits_for_the_windows_open_when_it_came)
{
	open_window(WEIR_CLOCK_EVENT, true, &bed_no_key, 5);
	by_item(_i);
	probe_mark(0, WEIR_MARK_BARRIER, 1); /* nothing open: at once */
	bed_item(0, 1, 1, 0);
	bed_item(0, 12, 2, 0);
	probe_mark(0, WEIR_MARK_BARRIER, 2); /* 0-10 and 10-20 are open */
	bed_item(0, 16, 4, 0);
	bed_item(0, 24, 8, 0);
	probe_mark(0, WEIR_MARK_BARRIER, 3);
	bed_item(0, 26, 16, 0);
	bed_item(0, 40, 32, 0);
	bed_play();
	ck_assert_str_eq(
		results(true), "#1 0-10 0 1 1, |11 10-20 0 2 6, |21 #2 20-30 0 2 24, |35 #3 40-50 0 1 32");
	bed_close();
}
END_TEST

/* An emit that refuses results of sum 3. */
static int refuse_three(const void *in, void *out)
{
	const struct result *r = in;

	memcpy(out, in, sizeof *r);
	return r->sum == 3 ? WEIR_EDIVZERO : 0;
}

START_TEST(a_fault_in_emit_is_an_item_error_of_the_window)
{
	struct weir_program emit = copy;

	open_window(WEIR_CLOCK_EVENT, true, &bed_by_node, 0);
	by_item(_i);
	emit.native = refuse_three;
	aggregates.emit = &emit;
	bed.stages[stage].on_error = WEIR_ON_ERROR_DROP;
	bed_item(0, 1, 1, 1);
	bed_item(0, 1, 3, 2);
	bed_item(0, 1, 4, 3);
	bed_item(0, 11, 3, 4);
	bed_play();
	EXPECT("0-10 1 1 1, 0-10 3 1 4");
	ck_assert_uint_eq(bed_dropped(output, WEIR_DROP_ERROR), 2);
	bed_close();
}
END_TEST

/* Arguments computed: v * 10; 13 is a fault. */
static const struct weir_field arg_fields[] = { { .name = "x", .kind = WEIR_I64 } };
static const struct weir_record arg_record = {
	.name = "args", .fields = arg_fields, .n_fields = 1, .size = 8
};

static int times_ten(const void *in, void *out)
{
	const struct bed_item *item = in;
	int64_t x = item->v * 10;

	if (item->v == 13)
		return WEIR_ECAST;
	memcpy(out, &x, sizeof x);
	return 0;
}

START_TEST(arguments_may_be_expressions)
{
	static const struct weir_program args = { .native = times_ten,
		.in_size = sizeof(struct bed_item),
		.out_size = 8,
		.n_segments = 1,
		.n_regs = 1 };
	struct weir_aggregate computed[2] = { list[0], list[1] };

	computed[1].arg = 0;
	for (int keyed = 0; keyed < 2; keyed++) {
		open_window(WEIR_CLOCK_EVENT, true, keyed != 0 ? &bed_by_node : &bed_no_key, 0);
		by_item(_i);
		bed.cap = 4;
		aggregates.list = computed;
		aggregates.args = &args;
		aggregates.args_record = &arg_record;
		bed.stages[stage].on_error = WEIR_ON_ERROR_DROP;
		for (int64_t i = 1; i <= 30; i++)
			bed_item(0, i, i, 0);
		bed_item(0, 3, 13, 0); /* late, so its argument is never asked for */
		bed_play();
		EXPECT("0-10 0 9 450, 10-20 0 9 1320, 20-30 0 10 2450, 30-40 0 1 300");
		ck_assert_uint_eq(bed_dropped(input, WEIR_DROP_ERROR), 1);
		ck_assert_uint_eq(bed_dropped(input, WEIR_DROP_LATE), 1);
		bed_close();
	}
}
END_TEST

/* Push at chosen times into a window by arrival. */
static void open_arrival(uint64_t lateness_ns)
{
	static const struct weir_input_params in_params = {
		.name = "in", .record = &bed_record, .capacity = 8
	};

	open_window(WEIR_CLOCK_MONOTONIC, false, &bed_no_key, lateness_ns);
	bed.stages[0].type = &weir_input_type;
	bed.stages[0].params = &in_params;
	bed.edges[input].buffer_items = 0;
	bed_start();
	bed_settle();
}

static void push(uint64_t now, int64_t v)
{
	struct bed_item item = { .v = v };

	bed.clock.now_ns = now;
	ck_assert_int_eq(weir_push(bed.in, 0, &item, NULL, 1), 1);
}

START_TEST(arrival_windows_are_aligned_to_the_start_and_closed_by_timer)
{
	open_arrival(0); /* at 1000, which is UTC too */
	push(1003, 1);
	ck_assert_uint_eq(weir_timers_armed(bed.in), 1);
	push(1009, 2);
	EXPECT("");
	ck_assert_uint_eq(bed.clock.wake_ns, 1010);
	bed.clock.now_ns = 1010;
	bed_settle();
	EXPECT("1000-1010 0 2 3");
	ck_assert_uint_eq(weir_timers_armed(bed.in), 0);
	push(1035, 4);
	ck_assert_uint_eq(bed.clock.wake_ns, 1040);
	push(1040, 8); /* the timer's time, but the item is seen first */
	EXPECT("1000-1010 0 2 3, 1030-1040 0 1 4");
	ck_assert_int_eq(weir_push_end(bed.in, 0), WEIR_OK);
	bed_settle();
	EXPECT("1000-1010 0 2 3, 1030-1040 0 1 4, 1040-1050 0 1 8");
	ck_assert(weir_ended(bed.in));
	bed_close();
}
END_TEST

START_TEST(a_checkpoint_leaves_windows_open)
{
	open_window(WEIR_CLOCK_EVENT, true, &bed_no_key, 0);
	bed_item(0, 1, 1, 0);
	bed_item(0, 11, 2, 0);
	probe_mark(0, WEIR_MARK_BARRIER, 1);
	probe_scripts[0].span = 1;
	bed_start();
	while (probe_scripts[0].next < 2)
		ck_assert_uint_gt(weir_step(bed.in, 1), 0);
	ck_assert_int_eq(weir_drain(bed.in, WEIR_DRAIN_CHECKPOINT, WEIR_NEVER), WEIR_OK);
	bed_settle();
	ck_assert(weir_ended(bed.in));
	EXPECT("0-10 0 1 1");
	ck_assert(!probe_logs[0].failed);
	bed_close();
}
END_TEST

START_TEST(cancelled_at_any_event_the_books_balance)
{
	for (uint32_t after = 0; after < 12; after++) {
		open_window(WEIR_CLOCK_EVENT, true, &bed_by_node, 3);
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
	open_window(WEIR_CLOCK_EVENT, true, &bed_no_key, 0);
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

static const char *refusal(void)
{
	struct weir_place place = { .params = &params, .in = &bed_record, .out = &result_record };
	const char *why = "";

	return weir_window_type.check(&place, &why) < 0 ? why : "none";
}

START_TEST(what_is_not_a_tumbling_window_is_refused)
{
	open_window(WEIR_CLOCK_EVENT, true, &bed_no_key, 0);
	ck_assert_str_eq(refusal(), "none");
	params.session_ns = 5;
	ck_assert_ptr_nonnull(strstr(refusal(), "more than one length"));
	params.tumbling_ns = 0;
	ck_assert_ptr_nonnull(strstr(refusal(), "not yet available"));
	params.session_ns = 0;
	ck_assert_ptr_nonnull(strstr(refusal(), "no length"));
	params.tumbling_ns = 10;
	params.every = "5s";
	ck_assert_ptr_nonnull(strstr(refusal(), "no every"));
	params.every = NULL;
	params.lateness_ns = 10 * 65536;
	ck_assert_ptr_nonnull(strstr(refusal(), "lateness"));
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
	tcase_add_loop_test(tc, a_window_that_never_was_is_closed_too, 0, SPANS);
	tcase_add_loop_test(tc, late_items_may_go_to_a_stream, 0, SPANS);
	tcase_add_loop_test(tc, late_items_are_dropped_once_their_stream_is_gone, 0, SPANS);
	tcase_add_loop_test(tc, scarce_credit_changes_nothing, 0, SPANS);
	tcase_add_loop_test(tc, a_key_too_many_is_an_item_error, 0, SPANS);
	tcase_add_test(tc, a_key_too_many_fails_by_default);
	tcase_add_loop_test(tc, an_evicted_key_comes_out_early_and_whole, 0, SPANS);
	tcase_add_loop_test(tc, an_overflowing_item_is_not_in_the_window, 0, SPANS);
	tcase_add_loop_test(tc, a_window_whose_only_item_failed_is_not_emitted, 0, SPANS);
	tcase_add_loop_test(tc, an_overflow_names_its_item, 0, SPANS);
	tcase_add_loop_test(tc, an_error_upstream_ends_it_without_its_open_windows, 0, SPANS);
	tcase_add_loop_test(tc, it_makes_the_watermark_behind_what_it_closed, 0, SPANS);
	tcase_add_loop_test(tc, with_watermarks_from_above_items_move_no_time, 0, SPANS);
	tcase_add_loop_test(tc, an_item_out_of_reach_is_an_item_error, 0, SPANS);
	tcase_add_loop_test(tc, a_barrier_waits_for_the_windows_open_when_it_came, 0, SPANS);
	tcase_add_loop_test(tc, a_fault_in_emit_is_an_item_error_of_the_window, 0, SPANS);
	tcase_add_loop_test(tc, arguments_may_be_expressions, 0, SPANS);
	tcase_add_test(tc, arrival_windows_are_aligned_to_the_start_and_closed_by_timer);
	tcase_add_test(tc, a_checkpoint_leaves_windows_open);
	tcase_add_loop_test(tc, cancelled_at_any_event_the_books_balance, 0, SPANS);
	tcase_add_loop_test(tc, the_ends_of_time_are_windows_too, 0, SPANS);
	tcase_add_test(tc, what_is_not_a_tumbling_window_is_refused);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
