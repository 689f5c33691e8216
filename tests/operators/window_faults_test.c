/* SPDX-License-Identifier: MIT */
/* window_faults_test.c -- windows between marks and errors: watermarks, barriers, item errors, ends. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include <weir/loose.h>

#include "operators/window_rig.h"

static const uint32_t spans[] = { 1, 2, 7, 64 };
#define SPANS (int)(sizeof spans / sizeof spans[0])

static void by_item(int span)
{
	probe_scripts[0].span = spans[span];
}

START_TEST(a_key_too_many_is_an_item_error)
{
	window_open(WEIR_CLOCK_EVENT, true, &bed_by_node, 0);
	by_item(_i);
	window_params.max_keys = 2;
	bed.stages[window_stage].on_error = WEIR_ON_ERROR_DROP;
	bed_item(0, 1, 1, 1);
	bed_item(0, 2, 2, 2);
	bed_item(0, 3, 4, 3);
	bed_item(0, 4, 8, 1);
	bed_item(0, 11, 16, 3); /* the others' windows closed: there is room */
	bed_play();
	EXPECT("0-10 1 2 9, 0-10 2 1 2, 10-20 3 1 16");
	ck_assert_uint_eq(bed_dropped(window_input, WEIR_DROP_ERROR), 1);
	bed_close();
}
END_TEST

START_TEST(a_key_too_many_fails_by_default)
{
	window_open(WEIR_CLOCK_EVENT, true, &bed_by_node, 0);
	window_params.max_keys = 1;
	bed_item(0, 1, 1, 1);
	bed_item(0, 2, 2, 2);
	bed_play();
	ck_assert(probe_logs[0].failed);
	ck_assert_int_eq(weir_first_error(bed.in)->code, WEIR_EKEYS);
	ck_assert_uint_eq(weir_first_error(bed.in)->item, 2);
	bed_close();
}
END_TEST

START_TEST(an_overflowing_item_is_not_in_the_window)
{
	window_open(WEIR_CLOCK_EVENT, true, _i % 2 == 0 ? &bed_no_key : &bed_by_node, 0);
	by_item(_i);
	bed.stages[window_stage].on_error = WEIR_ON_ERROR_DROP;
	bed_item(0, 1, INT64_MAX, 0);
	bed_item(0, 2, 1, 0);
	bed_item(0, 3, -1, 0);
	bed_item(0, 4, 1, 0);
	bed_item(0, 5, 1, 0);
	bed_item(0, 6, 1, 0);
	bed_play();
	EXPECT("0-10 0 3 9223372036854775807");
	ck_assert_uint_eq(bed_dropped(window_input, WEIR_DROP_ERROR), 3);
	bed_close();
}
END_TEST

START_TEST(a_window_whose_only_item_failed_is_not_emitted)
{
	struct weir_aggregate unsigned_sum[2] = { window_list[0], window_list[1] };

	unsigned_sum[1].kind = WEIR_U64;
	window_open(WEIR_CLOCK_EVENT, true, _i % 2 == 0 ? &bed_no_key : &bed_by_node, 0);
	by_item(_i);
	window_aggregates.list = unsigned_sum;
	bed.stages[window_stage].on_error = WEIR_ON_ERROR_DROP;
	bed_item(0, 1, -1, 0); /* 2^64 - 1 */
	bed_item(0, 11, 2, 0);
	bed_play();
	EXPECT("10-20 0 1 2");
	bed_close();
}
END_TEST

/* A sum of unsigned numbers, for which -1 is 2^64 - 1. */
START_TEST(of_any_form_a_window_whose_only_item_failed_is_not_emitted)
{
	static const char *const results[] = { "5-15 0 1 2, 10-20 0 1 2", "11-21 0 1 2", "11-11 0 1 2" };
	struct weir_aggregate unsigned_sum[2] = { window_list[0], window_list[1] };

	unsigned_sum[1].kind = WEIR_U64;
	for (int keyed = 0; keyed < 2; keyed++) {
		form_open(spans[_i % SPANS], (enum form)(_i / SPANS), keyed != 0 ? &bed_by_node : &bed_no_key,
			0);
		window_aggregates.list = unsigned_sum;
		bed.stages[window_stage].on_error = WEIR_ON_ERROR_DROP;
		bed_item(0, 1, -1, 0);
		bed_item(0, 11, 2, 0);
		bed_play();
		EXPECT(results[_i / SPANS]);
		ck_assert_uint_eq(bed_dropped(window_input, WEIR_DROP_ERROR), 1);
		bed_close();
	}
}
END_TEST

START_TEST(an_overflow_names_its_item)
{
	window_open(WEIR_CLOCK_EVENT, true, &bed_no_key, 0);
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
	window_open(WEIR_CLOCK_EVENT, true, &bed_no_key, 0);
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
	window_open(WEIR_CLOCK_EVENT, true, &bed_no_key, 2);
	by_item(_i);
	bed_item(0, 1, 1, 0);
	bed_item(0, 11, 2, 0);
	bed_item(0, 15, 4, 0); /* closes the first */
	bed_item(0, 33, 8, 0);
	bed_play();
	ck_assert_str_eq(window_results(true), "0-10 0 1 1, |13 10-20 0 2 6, |31 30-40 0 1 8");
	bed_close();
}
END_TEST

START_TEST(with_watermarks_from_above_items_move_no_time)
{
	window_open(WEIR_CLOCK_EVENT, true, &bed_no_key, 10);
	by_item(_i);
	bed.edges[window_input].has_time = true;
	bed_item(0, 15, 1, 0);
	bed_item(0, 3, 2, 0); /* not late: no watermark has passed */
	probe_mark(0, WEIR_MARK_WATERMARK, 19);
	bed_item(0, 4, 4, 0);
	probe_mark(0, WEIR_MARK_WATERMARK, 20); /* less lateness: 10 */
	bed_item(0, 5, 8, 0);                   /* late */
	bed_item(0, 16, 16, 0);
	bed_play();
	ck_assert_str_eq(window_results(true), "|9 0-10 0 2 6, |10 10-20 0 2 17");
	ck_assert_uint_eq(bed_dropped(window_input, WEIR_DROP_LATE), 1);
	bed_close();
}
END_TEST

START_TEST(a_watermark_that_is_behind_moves_no_time_back)
{
	window_open(WEIR_CLOCK_EVENT, true, &bed_no_key, 0);
	by_item(_i);
	bed.edges[window_input].has_time = true;
	bed_item(0, 15, 1, 0);
	probe_mark(0, WEIR_MARK_WATERMARK, 20);
	bed_item(0, 25, 2, 0);
	probe_mark(0, WEIR_MARK_WATERMARK, 12);
	bed_item(0, 15, 4, 0); /* as late as before */
	bed_item(0, 26, 8, 0);
	bed_play();
	ck_assert_str_eq(window_results(true), "10-20 0 1 1, |20 20-30 0 2 10");
	ck_assert_uint_eq(bed_dropped(window_input, WEIR_DROP_LATE), 1);
	bed_close();
}
END_TEST

START_TEST(an_item_out_of_reach_is_an_item_error)
{
	window_open(WEIR_CLOCK_EVENT, true, &bed_no_key, 10);
	by_item(_i);
	bed.edges[window_input].has_time = true;
	bed.stages[window_stage].on_error = WEIR_ON_ERROR_DROP;
	bed_item(0, 5, 1, 0);
	bed_item(0, 25, 2, 0); /* three windows in a row */
	bed_item(0, 30, 4, 0); /* a fourth */
	probe_mark(0, WEIR_MARK_WATERMARK, 20);
	bed_item(0, 30, 8, 0);
	bed_play();
	EXPECT("0-10 0 1 1, 20-30 0 1 2, 30-40 0 1 8");
	ck_assert_uint_eq(bed_dropped(window_input, WEIR_DROP_ERROR), 1);
	bed_close();
}
END_TEST

/* With watermarks from above items move no time, so they may lie further apart than there is room for. */
START_TEST(an_item_out_of_reach_of_any_form_is_an_item_error)
{
	static const int64_t at[][5] = { { 5, 20, 25, 0, 25 }, { 0, 20, 40, 60, 60 } };
	static const char *const results[] = {
		"0-10 0 1 1, |10 5-15 0 1 1, 15-25 0 1 2, 20-30 0 2 18, 25-35 0 1 16",
		"0-10 0 1 1, |10 20-30 0 1 2, 40-50 0 1 4, 60-70 0 1 16",
	};
	enum form form = (enum form)(_i / SPANS);

	form_open(spans[_i % SPANS], form, &bed_no_key, 10);
	bed.edges[window_input].has_time = true;
	bed.stages[window_stage].on_error = WEIR_ON_ERROR_DROP;
	for (int i = 0; i < 4; i++)
		bed_item(0, at[form][i], INT64_C(1) << i, 0);
	probe_mark(0, WEIR_MARK_WATERMARK, 20); /* closes 0-10: there is room */
	bed_item(0, at[form][4], 16, 0);
	bed_play();
	ck_assert_str_eq(window_results(true), results[form]);
	ck_assert_uint_eq(bed_dropped(window_input, WEIR_DROP_ERROR), form == SLIDING ? 2 : 1);
	bed_close();
}
END_TEST

START_TEST(a_barrier_waits_for_the_windows_open_when_it_came)
{
	window_open(WEIR_CLOCK_EVENT, true, &bed_no_key, 5);
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
	ck_assert_str_eq(window_results(true),
		"#1 0-10 0 1 1, |11 10-20 0 2 6, |21 #2 20-30 0 2 24, |35 #3 40-50 0 1 32");
	bed_close();
}
END_TEST

/* An emit that refuses window_results of sum 3. */
static int refuse_three(const void *in, void *out)
{
	const struct window_result *r = in;

	memcpy(out, in, sizeof *r);
	return r->sum == 3 ? WEIR_EDIVZERO : 0;
}

START_TEST(a_fault_in_emit_is_an_item_error_of_the_window)
{
	struct weir_program emit = window_copy;

	window_open(WEIR_CLOCK_EVENT, true, &bed_by_node, 0);
	by_item(_i);
	emit.native = refuse_three;
	window_aggregates.emit = &emit;
	bed.stages[window_stage].on_error = WEIR_ON_ERROR_DROP;
	bed_item(0, 1, 1, 1);
	bed_item(0, 1, 3, 2);
	bed_item(0, 1, 4, 3);
	bed_item(0, 11, 3, 4);
	bed_play();
	EXPECT("0-10 1 1 1, 0-10 3 1 4");
	ck_assert_uint_eq(bed_dropped(window_output, WEIR_DROP_ERROR), 2);
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
	struct weir_aggregate computed[2] = { window_list[0], window_list[1] };

	computed[1].arg = 0;
	for (int keyed = 0; keyed < 2; keyed++) {
		window_open(WEIR_CLOCK_EVENT, true, keyed != 0 ? &bed_by_node : &bed_no_key, 0);
		by_item(_i);
		bed.cap = 4;
		window_aggregates.list = computed;
		window_aggregates.args = &args;
		window_aggregates.args_record = &arg_record;
		bed.stages[window_stage].on_error = WEIR_ON_ERROR_DROP;
		for (int64_t i = 1; i <= 30; i++)
			bed_item(0, i, i, 0);
		bed_item(0, 3, 13, 0); /* late, so its argument is never asked for */
		bed_play();
		EXPECT("0-10 0 9 450, 10-20 0 9 1320, 20-30 0 10 2450, 30-40 0 1 300");
		ck_assert_uint_eq(bed_dropped(window_input, WEIR_DROP_ERROR), 1);
		ck_assert_uint_eq(bed_dropped(window_input, WEIR_DROP_LATE), 1);
		bed_close();
	}
}
END_TEST

START_TEST(an_item_whose_argument_fails_is_in_no_window)
{
	static const struct weir_program args = { .native = times_ten,
		.in_size = sizeof(struct bed_item),
		.out_size = 8,
		.n_segments = 1,
		.n_regs = 1 };
	static const char *const results[] = { "-5-5 0 3 70, 0-10 0 3 70", "1-14 0 3 70", "1-4 0 3 70" };
	static const int64_t vs[] = { 13, 1, 2, 13, 4 };
	struct weir_aggregate computed[2] = { window_list[0], window_list[1] };

	computed[1].arg = 0;
	for (int keyed = 0; keyed < 2; keyed++) {
		form_open(spans[_i % SPANS], (enum form)(_i / SPANS), keyed != 0 ? &bed_by_node : &bed_no_key,
			0);
		window_aggregates.list = computed;
		window_aggregates.args = &args;
		window_aggregates.args_record = &arg_record;
		bed.stages[window_stage].on_error = WEIR_ON_ERROR_DROP;
		for (int64_t i = 0; i < 5; i++)
			bed_item(0, i, vs[i], 0);
		bed_play();
		EXPECT(results[_i / SPANS]);
		ck_assert_uint_eq(bed_dropped(window_input, WEIR_DROP_ERROR), 2);
		bed_close();
	}
}
END_TEST

/* They are computed so many at a time, whatever the span is. */
START_TEST(a_long_span_has_its_arguments_computed_in_parts)
{
	static const struct weir_program args = { .native = times_ten,
		.in_size = sizeof(struct bed_item),
		.out_size = 8,
		.n_segments = 1,
		.n_regs = 1 };
	struct weir_aggregate computed[2] = { window_list[0], window_list[1] };

	computed[1].arg = 0;
	window_open(WEIR_CLOCK_EVENT, true, &bed_no_key, 0);
	for (uint16_t e = 0; e < bed.plan.n_edges; e++)
		bed.edges[e].cap_items = bed.edges[e].buffer_items = 200;
	window_aggregates.list = computed;
	window_aggregates.args = &args;
	window_aggregates.args_record = &arg_record;
	bed.stages[window_stage].on_error = WEIR_ON_ERROR_DROP;
	for (int64_t i = 1; i <= 180; i++)
		bed_item(0, 5, i, 0);
	bed_play();
	EXPECT("0-10 0 179 162770"); /* without 13 */
	ck_assert_uint_eq(bed_dropped(window_input, WEIR_DROP_ERROR), 1);
	bed_close();
}
END_TEST

/* A plan that says of its edge what the event clock cannot do with. */
START_TEST(items_without_instants_fail_it)
{
	window_open(WEIR_CLOCK_EVENT, false, &bed_no_key, 0);
	bed.edges[window_input].instants = false;
	bed_item(0, 1, 1, 0);
	bed_play();
	ck_assert_uint_eq(probe_logs[0].n_items, 0);
	ck_assert(probe_logs[0].failed);
	ck_assert_uint_eq(weir_first_error(bed.in)->stage, window_stage);
	ck_assert_int_eq(weir_first_error(bed.in)->code, WEIR_EINTERNAL);
	bed_close();
}
END_TEST

/* Nor is a plan by hand laid out whose windows have no length. */
START_TEST(a_window_without_length_is_refused)
{
	const struct weir_place place = {
		.params = &window_params, .in = &bed_record, .out = &window_result_record
	};

	window_open(WEIR_CLOCK_EVENT, true, &bed_no_key, 0);
	bed_start();
	bed_close();
	ck_assert_uint_gt(weir_instance_size(&bed.plan, NULL, NULL), 0);
	window_params.tumbling_ns = 0;
	ck_assert_uint_eq(weir_instance_size(&bed.plan, NULL, NULL), 0);
	ck_assert_int_eq(weir_window_type.state_size(&place), WEIR_EINVAL);
}
END_TEST

static const struct layout {
	const char *what;
	enum form form;
	int code; /* 0: there is room */
	bool keyed;
	uint32_t max_keys;
	uint32_t length; /* of the form: ns, or items */
	int64_t every;
	uint64_t lateness_ns;
} layouts[] = {
	{ "sliding windows without length", SLIDING, .code = WEIR_EINVAL, .every = 5 },
	{ "sliding windows that stand still", SLIDING, .code = WEIR_EINVAL, .length = 10 },
	{ "sessions without a gap", SESSION, .code = WEIR_EINVAL },
	{ "no items", COUNT, .code = WEIR_EINVAL },
	{ "sliding windows of which too many overlap", SLIDING, .code = WEIR_ERANGE, .length = 1u << 24,
		.every = 1 },
	{ "as many sessions as there may be", SESSION, .length = 1, .lateness_ns = 65534 },
	{ "a session more", SESSION, .code = WEIR_ERANGE, .length = 1, .lateness_ns = 65535 },
	{ "as many in each of too many keys", SESSION, .code = WEIR_ERANGE, .keyed = true,
		.max_keys = WEIR_KEYS_MOST, .length = 1, .lateness_ns = 65534 },
	{ "room for no key", SESSION, .code = WEIR_ERANGE, .keyed = true, .length = 10 },
	{ "numbers of items of which too many overlap", COUNT, .code = WEIR_ERANGE, .length = 65537,
		.every = -1 },
	{ "numbers of items that follow each other", COUNT, .length = 65537 },
};
#define LAYOUTS (int)(sizeof layouts / sizeof layouts[0])

static const struct weir_aggregates aggregates = {
	.list = window_list, .n_list = 2, .made = &window_result_record
};

START_TEST(a_form_that_is_none_or_has_no_room_is_refused)
{
	const struct layout *l = &layouts[_i];
	const struct weir_window_params params = { .sliding_ns = l->form == SLIDING ? l->length : 0,
		.session_ns = l->form == SESSION ? l->length : 0,
		.count = l->form == COUNT ? l->length : 0,
		.every = l->every,
		.key = l->keyed ? bed_by_node : bed_no_key,
		.max_keys = l->max_keys,
		.lateness_ns = l->lateness_ns,
		.emit = &aggregates };
	const struct weir_place place = {
		.params = &params, .in = &bed_record, .out = &window_result_record
	};
	int64_t size = form_types[l->form]->state_size(&place);

	ck_assert_msg(l->code == 0 ? size > 0 : size == l->code, "%s: %lld", l->what, (long long)size);
}
END_TEST

START_TEST(a_table_of_panes_has_room_for_one_and_begins_without)
{
	uint64_t memory[64];
	struct weir_loose l;

	ck_assert_int_eq(weir_loose_size(&bed_no_key, 1, &aggregates, 0), WEIR_ERANGE);
	ck_assert_int_le(weir_loose_size(&bed_no_key, 1, &aggregates, 1), (int64_t)sizeof memory);
	weir_loose_init(&l, memory, &bed_no_key, 1, &aggregates, 1);
	ck_assert_int_eq(weir_loose_soonest(&l), INT64_MAX);
	ck_assert_ptr_null(weir_loose_first(&l));
	ck_assert_int_eq(weir_loose_oldest(&l), INT64_MAX);
	ck_assert_int_eq(weir_loose_newest(&l), INT64_MIN);
}
END_TEST

START_TEST(a_checkpoint_leaves_windows_open)
{
	window_open(WEIR_CLOCK_EVENT, true, &bed_no_key, 0);
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

/* 16 closes the first window and then overflows in its own. */
START_TEST(what_an_item_closes_comes_out_before_its_own_error)
{
	window_open(WEIR_CLOCK_EVENT, true, &bed_no_key, 5);
	by_item(_i);
	bed_item(0, 1, 7, 0);
	bed_item(0, 12, INT64_MAX, 0);
	bed_item(0, 16, 1, 0);
	bed_item(0, 17, 1, 0);
	bed_play();
	EXPECT("0-10 0 1 7");
	ck_assert(probe_logs[0].failed);
	ck_assert_uint_eq(weir_first_error(bed.in)->item, 3);
	bed_close();
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("window_faults");
	TCase *tc = tcase_create("window_faults");
	SRunner *sr = srunner_create(suite);
	int failed;

	suite_add_tcase(suite, tc);
	tcase_add_loop_test(tc, a_key_too_many_is_an_item_error, 0, SPANS);
	tcase_add_test(tc, a_key_too_many_fails_by_default);
	tcase_add_loop_test(tc, an_overflowing_item_is_not_in_the_window, 0, SPANS);
	tcase_add_loop_test(tc, a_window_whose_only_item_failed_is_not_emitted, 0, SPANS);
	tcase_add_loop_test(tc, of_any_form_a_window_whose_only_item_failed_is_not_emitted, 0, 3 * SPANS);
	tcase_add_loop_test(tc, an_overflow_names_its_item, 0, SPANS);
	tcase_add_loop_test(tc, an_error_upstream_ends_it_without_its_open_windows, 0, SPANS);
	tcase_add_loop_test(tc, it_makes_the_watermark_behind_what_it_closed, 0, SPANS);
	tcase_add_loop_test(tc, with_watermarks_from_above_items_move_no_time, 0, SPANS);
	tcase_add_loop_test(tc, a_watermark_that_is_behind_moves_no_time_back, 0, SPANS);
	tcase_add_loop_test(tc, an_item_out_of_reach_is_an_item_error, 0, SPANS);
	tcase_add_loop_test(tc, an_item_out_of_reach_of_any_form_is_an_item_error, 0, 2 * SPANS);
	tcase_add_loop_test(tc, a_barrier_waits_for_the_windows_open_when_it_came, 0, SPANS);
	tcase_add_loop_test(tc, a_fault_in_emit_is_an_item_error_of_the_window, 0, SPANS);
	tcase_add_loop_test(tc, arguments_may_be_expressions, 0, SPANS);
	tcase_add_loop_test(tc, an_item_whose_argument_fails_is_in_no_window, 0, 3 * SPANS);
	tcase_add_test(tc, a_long_span_has_its_arguments_computed_in_parts);
	tcase_add_test(tc, items_without_instants_fail_it);
	tcase_add_test(tc, a_window_without_length_is_refused);
	tcase_add_loop_test(tc, a_form_that_is_none_or_has_no_room_is_refused, 0, LAYOUTS);
	tcase_add_test(tc, a_table_of_panes_has_room_for_one_and_begins_without);
	tcase_add_test(tc, a_checkpoint_leaves_windows_open);
	tcase_add_loop_test(tc, what_an_item_closes_comes_out_before_its_own_error, 0, SPANS);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
