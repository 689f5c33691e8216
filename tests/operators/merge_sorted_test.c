/* SPDX-License-Identifier: MIT */
/* merge_sorted_test.c -- everything from every input, in order; who is waited for, and who is not. */
#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "operators/bed.h"

static const uint32_t spans[] = { 1, 2, 7, 64 };
#define SPANS (int)(sizeof spans / sizeof spans[0])

static struct weir_merge_sorted_params params;
static const struct weir_output_params port_params = { .name = "out" };
static const struct weir_input_params in_params = { .name = "in", .record = &bed_record, .capacity = 4 };
static uint16_t stage, port, inputs[3];

static void open_merge(enum weir_clock clock, uint16_t n_inputs, bool with_port)
{
	uint16_t sources[3];

	params = (struct weir_merge_sorted_params){ .by = &bed_at };
	bed_open(clock);
	for (uint16_t i = 0; i < n_inputs; i++)
		sources[i] = bed_source(i);
	stage = bed_stage(&weir_merge_sorted_type, &params);
	for (uint16_t i = 0; i < n_inputs; i++)
		inputs[i] = bed_edge(sources[i], stage);
	port = with_port ? bed_stage(&weir_output_type, &port_params) : bed_sink(0);
	(void)bed_edge(stage, port);
}

/* n items from time `from` on, `step` apart; v is the time. */
static void items(uint32_t probe, int64_t from, int64_t step, int64_t n)
{
	for (int64_t i = 0; i < n; i++)
		bed_item(probe, from + i * step, from + i * step, probe);
}

static void expect_sorted(uint32_t n)
{
	ck_assert_uint_eq(probe_logs[0].n_items, n);
	for (uint32_t i = 1; i < n; i++) {
		struct bed_item a = bed_got(0, i - 1), b = bed_got(0, i);

		ck_assert_msg(a.at < b.at || (a.at == b.at && a.node <= b.node),
			"item %u of input %u at %lld goes before one of input %u at %lld", i - 1, a.node,
			(long long)a.at, b.node, (long long)b.at);
	}
}

START_TEST(items_come_in_order_those_of_the_lower_input_first)
{
	for (int credit = 0; credit < 3; credit++) {
		open_merge(WEIR_CLOCK_MONOTONIC, 3, false);
		for (uint32_t i = 0; i < 3; i++)
			probe_scripts[i].span = spans[(_i + (int)i) % SPANS];
		probe_logs[0].credit = credit == 0 ? UINT32_MAX : credit == 1 ? 5 : 1;
		items(0, 0, 7, 100);
		items(1, 0, 5, 100);
		items(1, 495, 0, 3);
		items(2, 300, 1, 40);
		bed_play();
		expect_sorted(243);
		ck_assert(!probe_logs[0].failed);
		bed_close();
	}
}
END_TEST

/* Before an item may go every living input must have one: an ended one need not. */
START_TEST(an_input_that_ended_is_not_waited_for)
{
	open_merge(WEIR_CLOCK_MONOTONIC, 3, false);
	probe_scripts[1].span = 1;
	items(1, 10, 10, 2);
	items(2, 5, 10, 30);
	bed_play();
	expect_sorted(32);
	bed_close();
}
END_TEST

/* ---- kinds ---- */

struct kind_case {
	uint8_t kind, text_max, size;
	const void *values; /* from the least to the greatest */
};

struct text {
	uint16_t len;
	char bytes[6];
};

static const int8_t i8s[] = { -128, -1, 0, 127 };
static const int16_t i16s[] = { -32768, -1, 0, 32767 };
static const int32_t i32s[] = { INT32_MIN, -1, 0, INT32_MAX };
static const int64_t i64s[] = { INT64_MIN, -1, 0, INT64_MAX };
static const uint8_t u8s[] = { 0, 1, 128, 255 };
static const uint16_t u16s[] = { 0, 1, 32768, 65535 };
static const uint32_t u32s[] = { 0, 1, 0x80000000u, UINT32_MAX };
static const uint64_t u64s[] = { 0, 1, UINT64_C(1) << 63, UINT64_MAX };
static const float f32s[] = { -INFINITY, -0.5f, 3e38f, NAN };
static const double f64s[] = { -1e300, 0.0, INFINITY, (double)NAN };
static const struct text texts[] = { { 0, "" }, { 1, "a" }, { 2, "ab" }, { 1, "b" } };

static const struct kind_case kinds[] = { { WEIR_I8, 0, 1, i8s }, { WEIR_I16, 0, 2, i16s },
	{ WEIR_I32, 0, 4, i32s }, { WEIR_I64, 0, 8, i64s }, { WEIR_U8, 0, 1, u8s }, { WEIR_U16, 0, 2, u16s },
	{ WEIR_U32, 0, 4, u32s }, { WEIR_U64, 0, 8, u64s }, { WEIR_F32, 0, 4, f32s },
	{ WEIR_F64, 0, 8, f64s }, { WEIR_TIME, 0, 8, i64s }, { WEIR_TEXT, 6, 8, texts } };
#define KINDS (int)(sizeof kinds / sizeof kinds[0])

/* Each of the four values twice in an input of its own, twice over: the second time in the other input. */
START_TEST(each_kind_has_its_order)
{
	const struct kind_case *k = &kinds[_i];
	struct weir_field field = { .name = "x", .kind = k->kind, .text_max = k->text_max };
	struct weir_record record = { .name = "r", .fields = &field, .n_fields = 1, .size = k->size };

	for (int mirrored = 0; mirrored < 2; mirrored++) {
		params = (struct weir_merge_sorted_params){ .by = &field };
		bed_open(WEIR_CLOCK_MONOTONIC);
		(void)bed_source(0);
		(void)bed_source(1);
		stage = bed_stage(&weir_merge_sorted_type, &params);
		(void)bed_edge_of(0, stage, &record);
		(void)bed_edge_of(1, stage, &record);
		(void)bed_edge_of(stage, bed_sink(0), &record);
		for (uint32_t i = 0; i < 4; i++)
			for (int twice = 0; twice < 2; twice++)
				probe_item((i + (uint32_t)mirrored) % 2,
					(const unsigned char *)k->values + i * k->size, 0);
		bed_play();
		ck_assert_uint_eq(probe_logs[0].n_items, 8);
		for (uint32_t i = 0; i < 8; i++)
			ck_assert_mem_eq(probe_logs[0].bytes + i * k->size,
				(const unsigned char *)k->values + i / 2 * k->size, k->size);
		bed_close();
	}
}
END_TEST

/* ---- credit ---- */

START_TEST(an_input_is_asked_for_what_is_wanted_and_no_more_than_a_span)
{
	struct weir_ledger ledger;
	struct bed_item got[3];

	open_merge(WEIR_CLOCK_MONOTONIC, 2, true);
	items(0, 0, 1, 500);
	items(1, 1000, 1, 500);
	bed_start();
	ck_assert_int_eq(weir_edge_ledger(bed.in, inputs[1], &ledger), WEIR_OK);
	ck_assert_uint_eq(ledger.requested, 0);
	ck_assert_int_eq(weir_pull(bed.in, port, got, NULL, 3), 3);
	bed_settle();
	ck_assert_int_eq(weir_edge_ledger(bed.in, inputs[1], &ledger), WEIR_OK);
	ck_assert_uint_eq(ledger.requested, 3);
	ck_assert_uint_eq(ledger.queued, 3);
	bed_close();

	open_merge(WEIR_CLOCK_MONOTONIC, 2, false);
	items(0, 0, 1, 500);
	items(1, 1000, 1, 500);
	probe_logs[0].cancel_after = 400;
	bed_play();
	ck_assert_int_eq(weir_edge_ledger(bed.in, inputs[1], &ledger), WEIR_OK);
	ck_assert_uint_eq(ledger.requested, bed.cap);
	ck_assert_uint_eq(ledger.dropped[WEIR_DROP_CANCELLED], bed.cap);
	bed_close();
}
END_TEST

START_TEST(a_cancelled_output_cancels_all_inputs)
{
	open_merge(WEIR_CLOCK_MONOTONIC, 2, false);
	items(0, 0, 2, 200);
	items(1, 1, 2, 200);
	probe_logs[0].cancel_after = 5;
	bed_play();
	BED_EXPECT(0, 0, 1, 2, 3, 4);
	ck_assert_int_eq(weir_stage_phase(bed.in, 0), WEIR_STAGE_CANCELLED);
	ck_assert_int_eq(weir_stage_phase(bed.in, 1), WEIR_STAGE_CANCELLED);
	bed_close();
}
END_TEST

START_TEST(an_error_ends_it_and_cancels_the_others)
{
	open_merge(WEIR_CLOCK_MONOTONIC, 2, false);
	items(0, 0, 1, 2);
	probe_mark(0, WEIR_MARK_ERROR, 0);
	items(1, 0, 1, 500);
	bed_play();
	ck_assert(probe_logs[0].failed);
	ck_assert_uint_lt(probe_logs[0].n_items, 10);
	ck_assert_int_eq(weir_stage_phase(bed.in, 1), WEIR_STAGE_CANCELLED);
	ck_assert_int_eq(weir_first_error(bed.in)->stage, 0);
	bed_close();
}
END_TEST

/* ---- items out of order ---- */

START_TEST(an_item_out_of_order_fails_it)
{
	open_merge(WEIR_CLOCK_MONOTONIC, 2, false);
	probe_scripts[0].span = probe_scripts[1].span = spans[_i];
	items(0, 0, 1, 9);
	items(1, 0, 2, 3);
	bed_item(1, 3, 3, 1);
	items(1, 6, 2, 3);
	bed_play();
	expect_sorted(8); /* 0 0 1 2 2 3 4 4, then input 1 offers 3 */
	ck_assert(probe_logs[0].failed);
	ck_assert_int_eq(weir_first_error(bed.in)->code, WEIR_EORDER);
	ck_assert_int_eq(weir_first_error(bed.in)->stage, stage);
	ck_assert_uint_eq(weir_first_error(bed.in)->item, 4);
	bed_close();
}
END_TEST

START_TEST(an_item_out_of_order_can_be_dropped)
{
	open_merge(WEIR_CLOCK_MONOTONIC, 2, false);
	bed.stages[stage].on_error = WEIR_ON_ERROR_DROP;
	probe_scripts[0].span = probe_scripts[1].span = spans[_i];
	items(0, 0, 1, 9);
	items(1, 0, 2, 3);
	bed_item(1, 3, 3, 1);
	items(1, 6, 2, 3);
	items(1, 2, 1, 2); /* the last ones too: what ends the input comes to the front */
	bed_play();
	expect_sorted(15);
	ck_assert(!probe_logs[0].failed);
	ck_assert_uint_eq(bed_dropped(inputs[1], WEIR_DROP_ERROR), 3);
	ck_assert_uint_eq(bed_dropped(inputs[0], WEIR_DROP_ERROR), 0);
	bed_close();
}
END_TEST

/* The errors' sink takes one at a time: the next waits, and is told all the same. */
START_TEST(items_out_of_order_can_be_sent_on)
{
	open_merge(WEIR_CLOCK_MONOTONIC, 2, false);
	bed_errors_to(stage, bed_sink(1));
	probe_logs[1].credit = 1;
	items(0, 0, 1, 9);
	items(1, 10, 1, 3);
	items(1, 2, 1, 4);
	items(1, 12, 1, 3);
	bed_play();
	expect_sorted(15);
	ck_assert_uint_eq(probe_logs[1].n_items, 4);
	ck_assert_uint_eq(bed_dropped(inputs[1], WEIR_DROP_ERROR), 4);
	for (uint32_t i = 0; i < 4; i++) {
		struct weir_error_item item;

		memcpy(&item, probe_logs[1].bytes + i * sizeof item, sizeof item);
		ck_assert_uint_eq(item.item, 4 + i);
		ck_assert_str_eq(item.code, "order");
	}
	bed_close();
}
END_TEST

/* ---- silence ---- */

/* Two input ports; nobody pushes to the second. */
static void open_silent(enum weir_clock clock, uint64_t idle_ns)
{
	params = (struct weir_merge_sorted_params){ .by = &bed_at, .idle_ns = idle_ns };
	bed_open(clock);
	(void)bed_stage(&weir_input_type, &in_params);
	(void)bed_stage(&weir_input_type, &in_params);
	stage = bed_stage(&weir_merge_sorted_type, &params);
	inputs[0] = bed_edge(0, stage);
	inputs[1] = bed_edge(1, stage);
	(void)bed_edge(stage, bed_sink(0));
}

static void push(uint16_t to, int64_t at)
{
	struct bed_item item = { .at = at, .v = at };

	ck_assert_int_eq(weir_push(bed.in, to, &item, bed.plan.clock == WEIR_CLOCK_EVENT ? &at : NULL, 1), 1);
	bed_settle();
}

static void push_end(uint16_t to)
{
	ck_assert_int_eq(weir_push_end(bed.in, to), WEIR_OK);
	bed_settle();
}

START_TEST(a_silent_input_is_waited_for)
{
	open_silent(WEIR_CLOCK_MONOTONIC, 0);
	bed_start();
	bed_settle();
	push(0, 50);
	bed.clock.now_ns += 1000000;
	bed_settle();
	ck_assert_uint_eq(probe_logs[0].n_items, 0);
	ck_assert_uint_eq(weir_timers_armed(bed.in), 0);
	push(1, 40);
	BED_EXPECT(0, 40);
	push_end(1);
	BED_EXPECT(0, 40, 50);
	push_end(0);
	ck_assert(weir_ended(bed.in));
	bed_close();
}
END_TEST

START_TEST(a_silent_input_is_passed_over_after_idle)
{
	open_silent(WEIR_CLOCK_MONOTONIC, 100);
	bed_start();
	bed_settle();
	push(0, 50);
	bed.clock.now_ns += 99;
	bed_settle();
	ck_assert_uint_eq(probe_logs[0].n_items, 0);
	ck_assert_uint_eq(bed.clock.wake_ns, 1100);
	bed.clock.now_ns += 1;
	bed_settle();
	BED_EXPECT(0, 50);
	push(0, 60); /* nobody waits for input 1 any more */
	BED_EXPECT(0, 50, 60);
	push(1, 55); /* late, and waited for again */
	BED_EXPECT(0, 50, 60, 55);
	push(0, 70);
	BED_EXPECT(0, 50, 60, 55);
	push(1, 65);
	BED_EXPECT(0, 50, 60, 55, 65);
	push_end(1);
	push_end(0);
	BED_EXPECT(0, 50, 60, 55, 65, 70);
	bed_close();
}
END_TEST

/* What waits for us is not silent, however long we wait for another. */
START_TEST(an_input_with_items_is_not_silent)
{
	open_silent(WEIR_CLOCK_MONOTONIC, 100);
	bed_start();
	bed_settle();
	push(0, 50);
	bed.clock.now_ns += 60;
	push(1, 70);
	BED_EXPECT(0, 50);
	bed.clock.now_ns += 60;
	bed_settle();
	BED_EXPECT(0, 50); /* input 0 was heard of 60 ago */
	bed.clock.now_ns += 40;
	bed_settle();
	BED_EXPECT(0, 50, 70);
	bed_close();
}
END_TEST

/* ---- marks ---- */

/* Input 0 carries watermarks; by is its time. */
static void open_watermarks(void)
{
	params = (struct weir_merge_sorted_params){ .by = &bed_at };
	bed_open(WEIR_CLOCK_EVENT);
	(void)bed_source(0);
	(void)bed_stage(&weir_input_type, &in_params);
	stage = bed_stage(&weir_merge_sorted_type, &params);
	inputs[0] = bed_edge(0, stage);
	inputs[1] = bed_edge(1, stage);
	bed.edges[inputs[0]].has_time = true;
	(void)bed_edge(stage, bed_sink(0));
	probe_scripts[0].holds = true;
}

START_TEST(a_watermark_says_how_far_an_input_has_come)
{
	open_watermarks();
	bed_item(0, 10, 10, 0);
	probe_mark(0, WEIR_MARK_WATERMARK, 30);
	bed_start();
	bed_settle();
	push(1, 20);
	BED_EXPECT(0, 10, 20);
	push(1, 29);
	push(1, 30); /* input 0 may have another one of 30, which would go first */
	push(1, 31);
	BED_EXPECT(0, 10, 20, 29);
	push_end(1);
	BED_EXPECT(0, 10, 20, 29);
	bed_close();
}
END_TEST

/* A window's start is not its time: a watermark says nothing of it. */
START_TEST(a_watermark_says_nothing_where_by_is_not_the_time)
{
	open_watermarks();
	params.by = &bed_v;
	bed_item(0, 10, 9, 0);
	probe_mark(0, WEIR_MARK_WATERMARK, 30);
	bed_start();
	bed_settle();
	push(1, 20);
	BED_EXPECT(0, 9);
	bed_close();
}
END_TEST

START_TEST(a_watermark_is_the_least_of_the_living_inputs)
{
	int64_t last = INT64_MIN;

	open_merge(WEIR_CLOCK_EVENT, 2, false);
	probe_scripts[0].span = probe_scripts[1].span = spans[_i];
	items(0, 0, 7, 40);
	items(1, 3, 5, 20);
	bed_play();
	expect_sorted(60);
	ck_assert_uint_gt(probe_logs[0].n_marks, 2);
	for (uint32_t m = 0; m < probe_logs[0].n_marks; m++) {
		const struct probe_mark *mark = &probe_logs[0].marks[m];

		if (mark->mark.kind != WEIR_MARK_WATERMARK)
			continue;
		ck_assert_int_gt(mark->mark.time, last);
		last = mark->mark.time;
		for (uint32_t i = mark->after; i < 60; i++)
			ck_assert_int_ge(bed_got(0, i).at, last);
	}
	bed_close();
}
END_TEST

START_TEST(barriers_stay_behind_their_items_and_are_all_answered)
{
	open_merge(WEIR_CLOCK_MONOTONIC, 2, false);
	probe_scripts[0].span = probe_scripts[1].span = spans[_i];
	items(0, 0, 10, 3);
	probe_mark(0, WEIR_MARK_BARRIER, 1);
	items(0, 30, 10, 3);
	items(1, 5, 10, 2);
	probe_mark(1, WEIR_MARK_BARRIER, 1);
	items(1, 25, 10, 3);
	bed_play();
	expect_sorted(11);
	ck_assert_uint_eq(probe_logs[0].n_marks, 3);
	for (uint32_t m = 0; m < 2; m++) {
		const struct probe_mark *mark = &probe_logs[0].marks[m];

		ck_assert_uint_eq(mark->mark.kind, WEIR_MARK_BARRIER);
		ck_assert_int_eq(bed_got(0, mark->after - 1).at, mark->mark.source == 0 ? 20 : 15);
	}
	ck_assert_uint_eq(probe_scripts[0].barriers_done, 1);
	ck_assert_uint_eq(probe_scripts[1].barriers_done, 1);
	bed_close();
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("merge_sorted");
	TCase *tc = tcase_create("merge_sorted");
	SRunner *sr = srunner_create(suite);
	int failed;

	suite_add_tcase(suite, tc);
	tcase_add_loop_test(tc, items_come_in_order_those_of_the_lower_input_first, 0, SPANS);
	tcase_add_test(tc, an_input_that_ended_is_not_waited_for);
	tcase_add_loop_test(tc, each_kind_has_its_order, 0, KINDS);
	tcase_add_test(tc, an_input_is_asked_for_what_is_wanted_and_no_more_than_a_span);
	tcase_add_test(tc, a_cancelled_output_cancels_all_inputs);
	tcase_add_test(tc, an_error_ends_it_and_cancels_the_others);
	tcase_add_loop_test(tc, an_item_out_of_order_fails_it, 0, SPANS);
	tcase_add_loop_test(tc, an_item_out_of_order_can_be_dropped, 0, SPANS);
	tcase_add_test(tc, items_out_of_order_can_be_sent_on);
	tcase_add_test(tc, a_silent_input_is_waited_for);
	tcase_add_test(tc, a_silent_input_is_passed_over_after_idle);
	tcase_add_test(tc, an_input_with_items_is_not_silent);
	tcase_add_test(tc, a_watermark_says_how_far_an_input_has_come);
	tcase_add_test(tc, a_watermark_says_nothing_where_by_is_not_the_time);
	tcase_add_loop_test(tc, a_watermark_is_the_least_of_the_living_inputs, 0, SPANS);
	tcase_add_loop_test(tc, barriers_stay_behind_their_items_and_are_all_answered, 0, SPANS);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
