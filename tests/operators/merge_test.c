/* SPDX-License-Identifier: MIT */
/* merge_test.c -- everything from every input, fairly; time is the least of the living. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "operators/bed.h"
#include "support/puppet.h"

static const uint32_t spans[] = { 1, 2, 7, 64 };
#define SPANS (int)(sizeof spans / sizeof spans[0])

static struct weir_merge_params params;
static const struct weir_output_params port_params = { .name = "out" };
#define MOST 5u
static uint16_t stage, port, inputs[MOST];

static void open_merge(enum weir_clock clock, uint16_t n_inputs, bool with_port)
{
	uint16_t sources[MOST];

	params = (struct weir_merge_params){ 0 };
	bed_open(clock);
	for (uint16_t i = 0; i < n_inputs; i++)
		sources[i] = bed_source(i);
	stage = bed_stage(&weir_merge_type, &params);
	for (uint16_t i = 0; i < n_inputs; i++)
		inputs[i] = bed_edge(sources[i], stage);
	port = with_port ? bed_stage(&weir_output_type, &port_params) : bed_sink(0);
	(void)bed_edge(stage, port);
}

/* Items base + 1 .. base + n, at ten times their number. */
static void items(uint32_t probe, int64_t base, int64_t n)
{
	for (int64_t i = 1; i <= n; i++)
		bed_item(probe, i * 10, base + i, probe);
}

/* Every input's items came, in its own order. */
static void expect_all(uint32_t n_inputs, const int64_t *n)
{
	int64_t next[3] = { 1, 1, 1 };
	uint32_t total = 0;

	for (uint32_t i = 0; i < probe_logs[0].n_items; i++) {
		struct bed_item item = bed_got(0, i);

		ck_assert_int_eq(item.v, (int64_t)item.node * 1000 + next[item.node]);
		next[item.node]++;
	}
	for (uint32_t i = 0; i < n_inputs; i++) {
		ck_assert_int_eq(next[i], n[i] + 1);
		total += (uint32_t)n[i];
	}
	ck_assert_uint_eq(probe_logs[0].n_items, total);
}

START_TEST(all_items_come_in_the_order_of_their_input)
{
	for (int credit = 0; credit < 2; credit++) {
		open_merge(WEIR_CLOCK_MONOTONIC, 3, false);
		for (uint32_t i = 0; i < 3; i++)
			probe_scripts[i].span = spans[(_i + (int)i) % SPANS];
		probe_logs[0].credit = credit == 0 ? UINT32_MAX : 5;
		items(0, 0, 50);
		items(1, 1000, 7);
		items(2, 2000, 200);
		bed_play();
		expect_all(3, (int64_t[]){ 50, 7, 200 });
		ck_assert(!probe_logs[0].failed);
		bed_close();
	}
}
END_TEST

START_TEST(inputs_take_turns)
{
	open_merge(WEIR_CLOCK_MONOTONIC, 2, false);
	probe_scripts[0].span = probe_scripts[1].span = 1;
	items(0, 0, 20);
	items(1, 1000, 20);
	bed_play();
	for (uint32_t i = 2; i < 40; i++)
		ck_assert_uint_ne(bed_got(0, i).node, bed_got(0, i - 1).node);
	bed_close();
}
END_TEST

/* What waits at one input is more than the output takes at once. */
START_TEST(inputs_take_turns_within_their_spans)
{
	open_merge(WEIR_CLOCK_MONOTONIC, 3, false);
	bed.edges[3].cap_items = 2;
	probe_logs[0].take_at_most = 1; /* meanwhile all inputs have their spans */
	for (uint32_t i = 0; i < 3; i++)
		items(i, 0, 60);
	bed_play();
	for (uint32_t i = 4; i < 180; i += 2) {
		ck_assert_uint_ne(bed_got(0, i).node, bed_got(0, i - 2).node);
		ck_assert_uint_ne(bed_got(0, i).node, bed_got(0, i - 4).node);
	}
	bed_close();
}
END_TEST

/* Inputs that could be read at once stay together, however their items are cut. */
START_TEST(under_the_event_clock_the_oldest_goes_first)
{
	for (uint16_t n = 2; n <= MOST; n++) {
		open_merge(WEIR_CLOCK_EVENT, n, false);
		for (uint16_t i = 0; i < n; i++) {
			probe_scripts[i].span = spans[(_i + i) % SPANS];
			for (int64_t k = 0; k < 40 + i; k++)
				bed_item(i, k * 10 + (i * 7) % 5, k, i);
		}
		bed_play();
		for (uint32_t i = 1; i < probe_logs[0].n_items; i++)
			ck_assert_int_le(bed_got(0, i - 1).at, bed_got(0, i).at);
		bed_close();
	}
}
END_TEST

/* The demand is shared out: one item more per input at most. */
START_TEST(inputs_are_asked_for_their_share)
{
	struct weir_ledger ledger;
	struct bed_item got[8];

	open_merge(WEIR_CLOCK_MONOTONIC, 2, true);
	items(0, 0, 50);
	items(1, 1000, 50);
	bed_start();
	ck_assert_int_eq(weir_pull(bed.in, port, got, NULL, 8), 8);
	bed_settle();
	for (int i = 0; i < 2; i++) {
		ck_assert_int_eq(weir_edge_ledger(bed.in, inputs[i], &ledger), WEIR_OK);
		ck_assert_uint_ge(ledger.requested, 4);
		ck_assert_uint_le(ledger.requested, 8);
	}
	bed_close();
}
END_TEST

/* One source is an input port that nobody pushes to. */
START_TEST(a_silent_input_holds_nobody_up)
{
	static const struct weir_input_params in_params = {
		.name = "in", .record = &bed_record, .capacity = 4
	};
	struct bed_item got;

	params = (struct weir_merge_params){ 0 };
	bed_open(WEIR_CLOCK_MONOTONIC);
	(void)bed_source(0);
	(void)bed_stage(&weir_input_type, &in_params);
	stage = bed_stage(&weir_merge_type, &params);
	(void)bed_edge(0, stage);
	(void)bed_edge(1, stage);
	port = bed_stage(&weir_output_type, &port_params);
	(void)bed_edge(stage, port);
	items(0, 0, 30);
	bed_start();
	for (int64_t i = 1; i <= 30; i++) {
		ck_assert_int_eq(weir_pull(bed.in, port, &got, NULL, 1), 1);
		ck_assert_int_eq(got.v, i);
	}
	ck_assert_int_eq(weir_pull(bed.in, port, &got, NULL, 1), 0);
	ck_assert_int_eq(weir_push_end(bed.in, 1), WEIR_OK);
	ck_assert_int_eq(weir_pull(bed.in, port, &got, NULL, 1), WEIR_ENDED);
	bed_close();
}
END_TEST

START_TEST(an_error_ends_it_and_cancels_the_others)
{
	open_merge(WEIR_CLOCK_MONOTONIC, 2, false);
	probe_scripts[1].span = 1;
	items(0, 0, 2);
	probe_mark(0, WEIR_MARK_ERROR, 0);
	items(1, 1000, 500);
	bed_play();
	ck_assert(probe_logs[0].failed);
	ck_assert_uint_lt(probe_logs[0].n_items, 502);
	ck_assert_int_eq(weir_stage_phase(bed.in, 1), WEIR_STAGE_CANCELLED);
	ck_assert_int_eq(weir_first_error(bed.in)->stage, 0);
	bed_close();
}
END_TEST

START_TEST(a_cancelled_output_cancels_all_inputs)
{
	open_merge(WEIR_CLOCK_MONOTONIC, 2, false);
	items(0, 0, 200);
	items(1, 1000, 200);
	probe_logs[0].cancel_after = 5;
	bed_play();
	ck_assert_int_eq(weir_stage_phase(bed.in, 0), WEIR_STAGE_CANCELLED);
	ck_assert_int_eq(weir_stage_phase(bed.in, 1), WEIR_STAGE_CANCELLED);
	bed_close();
}
END_TEST

/* At every watermark, all inputs that had not ended had reached it: what follows is not older. And it only grows. */
START_TEST(a_watermark_is_the_least_of_the_living_inputs)
{
	int64_t last = INT64_MIN;
	bool any = false;

	open_merge(WEIR_CLOCK_EVENT, 2, false);
	probe_scripts[0].span = spans[_i];
	probe_scripts[1].span = 1;
	items(0, 0, 30);
	items(1, 1000, 10);
	bed_play();
	for (uint32_t m = 0; m < probe_logs[0].n_marks; m++) {
		const struct probe_mark *mark = &probe_logs[0].marks[m];

		if (mark->mark.kind != WEIR_MARK_WATERMARK)
			continue;
		any = true;
		ck_assert_int_gt(mark->mark.time, last);
		last = mark->mark.time;
		for (uint32_t i = mark->after; i < probe_logs[0].n_items; i++)
			ck_assert_int_ge(bed_got(0, i).at, last);
	}
	ck_assert(any);
	expect_all(2, (int64_t[]){ 30, 10 });
	bed_close();
}
END_TEST

START_TEST(an_input_with_watermarks_counts_by_them)
{
	open_merge(WEIR_CLOCK_EVENT, 2, false);
	bed.edges[inputs[0]].has_time = true;
	probe_scripts[0].span = probe_scripts[1].span = 1;
	bed_item(0, 500, 1, 0);
	probe_mark(0, WEIR_MARK_WATERMARK, 30);
	bed_item(0, 700, 2, 0);
	bed_item(1, 100, 1001, 1);
	bed_item(1, 600, 1002, 1);
	bed_play();
	ck_assert_uint_ge(probe_logs[0].n_marks, 2);
	ck_assert_int_eq(probe_logs[0].marks[0].mark.time, 30);
	bed_close();
}
END_TEST

/* Two input ports; the second is silent. */
static void open_idle(void)
{
	static const struct weir_input_params in_params = {
		.name = "in", .record = &bed_record, .capacity = 4
	};

	params = (struct weir_merge_params){ .idle_ns = 100 };
	bed_open(WEIR_CLOCK_EVENT);
	(void)bed_stage(&weir_input_type, &in_params);
	(void)bed_stage(&weir_input_type, &in_params);
	stage = bed_stage(&weir_merge_type, &params);
	(void)bed_edge(0, stage);
	(void)bed_edge(1, stage);
	(void)bed_edge(stage, bed_sink(0));
	bed_start();
	bed_settle();
}

static void push(uint16_t to, int64_t at)
{
	struct bed_item item = { .at = at, .v = at };

	ck_assert_int_eq(weir_push(bed.in, to, &item, &at, 1), 1);
	bed_settle();
}

START_TEST(a_silent_input_is_passed_over_after_idle)
{
	open_idle();
	push(0, 50);
	ck_assert_uint_eq(probe_logs[0].n_marks, 0);
	bed.clock.now_ns += 99;
	push(0, 60);
	ck_assert_uint_eq(probe_logs[0].n_marks, 0);
	ck_assert_uint_eq(bed.clock.wake_ns, 1100);
	bed.clock.now_ns += 1;
	bed_settle();
	ck_assert_uint_eq(probe_logs[0].n_marks, 1);
	ck_assert_int_eq(probe_logs[0].marks[0].mark.time, 60);
	push(1, 55); /* it is back: it counts again, and time does not go back */
	push(0, 80);
	ck_assert_uint_eq(probe_logs[0].n_marks, 1);
	push(1, 70);
	ck_assert_uint_eq(probe_logs[0].n_marks, 2);
	ck_assert_int_eq(probe_logs[0].marks[1].mark.time, 70);
	ck_assert_int_eq(weir_push_end(bed.in, 0), WEIR_OK);
	ck_assert_int_eq(weir_push_end(bed.in, 1), WEIR_OK);
	bed_settle();
	ck_assert(weir_ended(bed.in));
	bed_close();
}
END_TEST

/* Nobody asks for anything: that an input brings nothing then is not its silence. */
START_TEST(an_input_that_was_asked_for_nothing_is_not_passed_over)
{
	static const struct weir_input_params in_params = {
		.name = "in", .record = &bed_record, .capacity = 4
	};
	struct bed_item got;

	params = (struct weir_merge_params){ .idle_ns = 100 };
	bed_open(WEIR_CLOCK_EVENT);
	(void)bed_stage(&weir_input_type, &in_params);
	(void)bed_stage(&weir_input_type, &in_params);
	stage = bed_stage(&weir_merge_type, &params);
	(void)bed_edge(0, stage);
	(void)bed_edge(1, stage);
	port = bed_stage(&weir_output_type, &port_params);
	(void)bed_edge(stage, port);
	bed_start();
	bed_settle();
	bed.clock.now_ns += 1000;
	bed_settle();
	ck_assert_int_eq(weir_pull(bed.in, port, &got, NULL, 1), 0);
	push(0, 60);
	ck_assert_uint_eq(bed.clock.wake_ns, bed.clock.now_ns + 100); /* input 1 is waited for */
	bed_close();
}
END_TEST

START_TEST(barriers_of_several_inputs_are_all_answered)
{
	open_merge(WEIR_CLOCK_MONOTONIC, 2, false);
	items(0, 0, 2);
	probe_mark(0, WEIR_MARK_BARRIER, 1);
	items(0, 2, 2);
	items(1, 1000, 2);
	probe_mark(1, WEIR_MARK_BARRIER, 1);
	items(1, 1002, 2);
	bed_play();
	ck_assert_uint_eq(probe_scripts[0].barriers_done, 1);
	ck_assert_uint_eq(probe_scripts[1].barriers_done, 1);
	bed_close();
}
END_TEST

/* Whoever waits for the sink has something waiting from both. */
START_TEST(inputs_take_turns_at_a_slow_output)
{
	uint32_t from[2] = { 0, 0 };

	open_merge(WEIR_CLOCK_MONOTONIC, 2, false);
	probe_scripts[0].span = probe_scripts[1].span = 1;
	probe_logs[0].take_at_most = 1;
	items(0, 0, 40);
	items(1, 1000, 40);
	bed_play();
	for (uint32_t i = 0; i < 40; i++)
		from[bed_got(0, i).node]++;
	ck_assert_uint_ge(from[0], 15);
	ck_assert_uint_ge(from[1], 15);
	bed_close();
}
END_TEST

START_TEST(an_input_that_has_ended_holds_no_time)
{
	const struct probe_mark *last;

	open_merge(WEIR_CLOCK_EVENT, 2, false);
	probe_scripts[0].span = probe_scripts[1].span = 1;
	items(0, 0, 30);
	items(1, 1000, 3);
	bed_play();
	last = &probe_logs[0].marks[probe_logs[0].n_marks - 2]; /* before the end */
	ck_assert_uint_eq(last->mark.kind, WEIR_MARK_WATERMARK);
	ck_assert_int_ge(last->mark.time, 200);
	bed_close();
}
END_TEST

/* The first barrier waits on the output's edge, behind an item that nobody takes, when the second one comes. */
START_TEST(barriers_that_meet_on_the_output_are_both_answered)
{
	static const struct weir_output_params ahead = { .name = "out", .capacity = 8 };
	struct bed_item got;

	open_merge(WEIR_CLOCK_MONOTONIC, 2, true);
	bed.stages[port].params = &ahead;
	for (uint32_t i = 0; i < 2; i++) {
		bed_item(i, 0, 1, i);
		probe_mark(i, WEIR_MARK_BARRIER, 1);
		for (int64_t k = 0; k < 20; k++)
			bed_item(i, 0, 2 + k, i);
	}
	bed_start();
	bed_settle();
	for (int k = 0; k < 10; k++) {
		ck_assert_int_eq(weir_pull(bed.in, port, &got, NULL, 1), 1);
		bed_settle();
	}
	ck_assert_uint_eq(probe_scripts[0].barriers_done, 1);
	ck_assert_uint_eq(probe_scripts[1].barriers_done, 1);
	bed_close();
}
END_TEST

/* Three sources that send a barrier when told; the first of them an item too, once it is asked. */
static bool speaks[3], item_out, takes, ends;
static unsigned answered[3];

static void speak(struct weir_ctx *c)
{
	struct weir_span *span = c->index == 0 && !item_out ? weir_reserve(c, 0) : NULL;

	if (span != NULL) {
		item_out = true;
		memset(span->items, 0, sizeof(struct bed_item));
		weir_emit(c, 0, 1);
	}
	if (speaks[c->index])
		(void)weir_barrier(c, 1);
	speaks[c->index] = false;
	if (ends && item_out)
		weir_complete(c);
}

static void hear(struct weir_ctx *c, uint64_t number)
{
	ck_assert_uint_eq(number, 1);
	answered[c->index]++;
}

/* Ask for one item, and take it, and answer the barriers, when told. */
static void take_late(struct weir_ctx *c)
{
	const struct weir_span *in = weir_input(c, 0);
	struct weir_mark mark;

	if (in == NULL && weir_outstanding(c, 0) == 0 && !takes)
		(void)weir_request(c, 0, 1);
	if (in != NULL && takes)
		weir_take(c, 0, in->count);
	while (weir_next_mark(c, 0, &mark))
		if (mark.kind == WEIR_MARK_BARRIER)
			weir_barrier_done(c, &mark);
}

/* It has nothing to do when its output has room again, unless something waits for that. */
START_TEST(a_span_is_one_turn)
{
	static const struct puppet source = { .run = speak };

	item_out = true;
	params = (struct weir_merge_params){ 0 };
	bed_open(WEIR_CLOCK_MONOTONIC);
	(void)bed_stage(&puppet_source_type, &source);
	(void)bed_stage(&puppet_source_type, &source);
	stage = bed_stage(&weir_merge_type, &params);
	(void)bed_edge(0, stage);
	(void)bed_edge(1, stage);
	(void)bed_edge(stage, bed_sink(0));
	bed_start();
	bed_settle();
	item_out = false;
	weir_wake_stage(bed.in, 0);
	ck_assert_uint_eq(
		weir_step(bed.in, 100), 4); /* the source, which has room again, the merge and the sink */
	ck_assert_uint_eq(probe_logs[0].n_items, 1);
	bed_close();
}
END_TEST

/*
 * An output that is slow keeps barriers from each other, not the end from the others: of a merge into a tee, whose other
 * output hears it.
 */
START_TEST(an_end_behind_barriers_that_meet_waits_for_no_other_output)
{
	static const struct puppet source = { .run = speak, .barrier_done = hear },
				   sink = { .run = take_late };

	item_out = takes = ends = false;
	params = (struct weir_merge_params){ 0 };
	bed_open(WEIR_CLOCK_MONOTONIC);
	(void)bed_stage(&puppet_source_type, &source);
	(void)bed_stage(&puppet_source_type, &source);
	stage = bed_stage(&weir_merge_type, &params);
	(void)bed_edge(0, stage);
	(void)bed_edge(1, stage);
	(void)bed_edge(stage, bed_stage(&weir_tee_type, NULL));
	port = bed_stage(&puppet_sink_type, &sink);
	(void)bed_edge(stage + 1u, port);
	(void)bed_edge(stage + 1u, bed_sink(0));
	bed_start();
	bed_settle();
	for (uint16_t i = 0; i < 2; i++) {
		speaks[i] = true;
		ends = i == 1;
		weir_wake_stage(bed.in, i);
		bed_settle();
	}
	ck_assert(!probe_logs[0].ended);
	weir_wake_stage(bed.in, 0);
	bed_settle();
	ck_assert(probe_logs[0].ended);
	bed_close();
}
END_TEST

/* One waits on an output's edge, behind an item that nobody takes, when the others come: of the merge, or of a tee behind it. */
START_TEST(of_barriers_that_meet_on_the_output_none_takes_the_place_of_another)
{
	static const struct puppet source = { .run = speak, .barrier_done = hear },
				   sink = { .run = take_late };

	item_out = takes = ends = false;
	params = (struct weir_merge_params){ 0 };
	memset(answered, 0, sizeof answered);
	bed_open(WEIR_CLOCK_MONOTONIC);
	for (uint16_t i = 0; i < 3; i++)
		(void)bed_stage(&puppet_source_type, &source);
	stage = bed_stage(&weir_merge_type, &params);
	for (uint16_t i = 0; i < 3; i++)
		(void)bed_edge(i, stage);
	if (_i == 1) {
		(void)bed_edge(stage, bed_stage(&weir_tee_type, NULL));
		stage++;
	}
	port = bed_stage(&puppet_sink_type, &sink);
	(void)bed_edge(stage, port);
	if (_i == 1)
		(void)bed_edge(stage, bed_sink(0));
	bed_start();
	bed_settle();
	for (uint16_t i = 0; i < 3; i++) {
		speaks[i] = true;
		weir_wake_stage(bed.in, i);
		bed_settle();
	}
	ck_assert_uint_eq(answered[0] + answered[1] + answered[2], 0);
	takes = true;
	weir_wake_stage(bed.in, port);
	bed_settle();
	for (uint16_t i = 0; i < 3; i++)
		ck_assert_uint_eq(answered[i], 1);
	bed_close();
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("merge");
	TCase *tc = tcase_create("merge");
	SRunner *sr = srunner_create(suite);
	int failed;

	suite_add_tcase(suite, tc);
	tcase_add_loop_test(tc, all_items_come_in_the_order_of_their_input, 0, SPANS);
	tcase_add_test(tc, inputs_take_turns);
	tcase_add_test(tc, inputs_take_turns_within_their_spans);
	tcase_add_loop_test(tc, under_the_event_clock_the_oldest_goes_first, 0, SPANS);
	tcase_add_test(tc, inputs_are_asked_for_their_share);
	tcase_add_test(tc, a_silent_input_holds_nobody_up);
	tcase_add_test(tc, an_error_ends_it_and_cancels_the_others);
	tcase_add_test(tc, a_cancelled_output_cancels_all_inputs);
	tcase_add_loop_test(tc, a_watermark_is_the_least_of_the_living_inputs, 0, SPANS);
	tcase_add_test(tc, an_input_with_watermarks_counts_by_them);
	tcase_add_test(tc, a_silent_input_is_passed_over_after_idle);
	tcase_add_test(tc, an_input_that_was_asked_for_nothing_is_not_passed_over);
	tcase_add_test(tc, barriers_of_several_inputs_are_all_answered);
	tcase_add_test(tc, inputs_take_turns_at_a_slow_output);
	tcase_add_test(tc, an_input_that_has_ended_holds_no_time);
	tcase_add_test(tc, barriers_that_meet_on_the_output_are_both_answered);
	tcase_add_test(tc, a_span_is_one_turn);
	tcase_add_test(tc, an_end_behind_barriers_that_meet_waits_for_no_other_output);
	tcase_add_loop_test(tc, of_barriers_that_meet_on_the_output_none_takes_the_place_of_another, 0, 2);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
