/* SPDX-License-Identifier: MIT */
/* passive_test.c -- passive stages between a source and a slow sink: nothing is written over, lost or asked for twice. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "operators/bed.h"
#include "support/puppet.h"

static const struct weir_output_params port_params = { .name = "out" };

static void items(int64_t n)
{
	for (int64_t i = 1; i <= n; i++)
		bed_item(0, i, i, 0);
}

static uint64_t requested(uint16_t edge)
{
	struct weir_ledger ledger;

	ck_assert_int_eq(weir_edge_ledger(bed.in, edge, &ledger), WEIR_OK);
	return ledger.requested;
}

/* Copy into the output's own buffer. */
static struct weir_moved copy(
	struct weir_ctx *c, const struct weir_span *in, struct weir_span *out, bool last)
{
	struct weir_moved m = { 0, 0, false };

	(void)last;
	while (m.taken < in->count && m.made < out->count)
		weir_copy_item(c, in, m.taken++, out, m.made++);
	return m;
}

static const struct weir_op_type copier_type = {
	.abi = WEIR_OP_ABI, .credit = WEIR_CREDIT_PASS, .name = "copier", .process = copy
};

static const struct weir_op_type own_copier_type = {
	.abi = WEIR_OP_ABI, .credit = WEIR_CREDIT_OWN, .name = "own copier", .prefetch = 8, .process = copy
};

/* Drop every second item, in place. */
static struct weir_moved halve(
	struct weir_ctx *c, const struct weir_span *in, struct weir_span *out, bool last)
{
	struct weir_moved m = { 0, 0, false };
	const struct bed_item *item = in->items;

	(void)last;
	for (; m.taken < in->count; m.taken++)
		if (item[m.taken].v % 2 == 0)
			weir_drop(c, WEIR_DROP_FILTERED, 1);
		else
			weir_copy_item(c, in, m.taken, out, m.made++);
	return m;
}

static const struct weir_op_type halver_type = { .abi = WEIR_OP_ABI,
	.flags = WEIR_OP_WRITES | WEIR_OP_IN_PLACE,
	.credit = WEIR_CREDIT_PASS,
	.drops = WEIR_DROPS_BIT(FILTERED),
	.name = "halver",
	.process = halve };

/* The same, of two items at a time: the others wait until it is asked again. */
static struct weir_moved halve_two(
	struct weir_ctx *c, const struct weir_span *in, struct weir_span *out, bool last)
{
	struct weir_span two = *in;

	two.count = in->count < 2 ? in->count : 2;
	return halve(c, &two, out, last);
}

static const struct weir_op_type slow_halver_type = { .abi = WEIR_OP_ABI,
	.flags = WEIR_OP_WRITES | WEIR_OP_IN_PLACE,
	.credit = WEIR_CREDIT_PASS,
	.drops = WEIR_DROPS_BIT(FILTERED),
	.name = "slow_halver",
	.process = halve_two };

/* Take everything; at the end give one item for all. */
static struct weir_moved sum_up(
	struct weir_ctx *c, const struct weir_span *in, struct weir_span *out, bool last)
{
	struct weir_moved m = { in->count, 0, false };
	const struct bed_item *item = in->items;
	struct bed_item *sum = c->state;

	for (uint32_t i = 0; i < in->count; i++)
		sum->v += item[i].v;
	if (!last || sum->pad != 0)
		return m;
	m.more = out->count == 0;
	if (m.more)
		return m;
	sum->pad = 1; /* it is out */
	memcpy(out->items, sum, sizeof *sum);
	m.made = 1;
	return m;
}

static int64_t sum_size(const struct weir_place *place)
{
	(void)place;
	return (int64_t)sizeof(struct bed_item);
}

static const struct weir_op_type summer_type = { .abi = WEIR_OP_ABI,
	.credit = WEIR_CREDIT_OWN,
	.name = "summer",
	.state_size = sum_size,
	.process = sum_up };

/* source -> stage -> merge of one -> slow sink: what the stage made is passed on where it lies. */
START_TEST(what_was_made_is_not_written_over_before_it_is_taken)
{
	static const struct weir_merge_params merge = { 0 };
	uint16_t stage;

	bed_open(WEIR_CLOCK_MONOTONIC);
	(void)bed_source(0);
	stage = bed_stage(&copier_type, NULL);
	(void)bed_stage(&weir_merge_type, &merge);
	(void)bed_edge(0, stage);
	(void)bed_edge(stage, 2);
	(void)bed_edge(2, bed_sink(0));
	probe_scripts[0].span = (uint32_t)_i;
	probe_logs[0].take_at_most = 1;
	items(40);
	bed_play();
	ck_assert_uint_eq(probe_logs[0].n_items, 40);
	for (uint32_t i = 0; i < 40; i++)
		ck_assert_int_eq(bed_got(0, i).v, i + 1);
	bed_close();
}
END_TEST

static int64_t counted;

/* Four items at a time, then the end. */
static void count_to_forty(struct weir_ctx *c)
{
	struct weir_span *span = weir_reserve(c, 0);
	uint32_t n = 0;

	if (span == NULL)
		return;
	for (; n < 4 && counted < 40; n++) {
		struct bed_item item = { .v = ++counted };

		memcpy((struct bed_item *)span->items + n, &item, sizeof item);
	}
	weir_emit(c, 0, n);
	if (counted == 40)
		weir_complete(c);
}

/* The same for an active stage: its edge is free once the merge has passed the span on, its memory is not. */
START_TEST(what_was_emitted_is_not_written_over_before_it_is_taken)
{
	static const struct weir_merge_params merge = { 0 };
	static const struct puppet source = { .run = count_to_forty };

	counted = 0;
	bed_open(WEIR_CLOCK_MONOTONIC);
	(void)bed_stage(&puppet_source_type, &source);
	(void)bed_stage(&weir_merge_type, &merge);
	(void)bed_edge(0, 1);
	(void)bed_edge(1, bed_sink(0));
	probe_logs[0].take_at_most = 1;
	bed_play();
	ck_assert_uint_eq(probe_logs[0].n_items, 40);
	for (uint32_t i = 0; i < 40; i++)
		ck_assert_int_eq(bed_got(0, i).v, i + 1);
	bed_close();
}
END_TEST

START_TEST(a_slow_sink_loses_nothing_and_holds_nobody_up_for_good)
{
	uint16_t stage;

	bed_open(WEIR_CLOCK_MONOTONIC);
	(void)bed_source(0);
	stage = bed_stage(&halver_type, NULL);
	(void)bed_edge(0, stage);
	(void)bed_edge(stage, bed_sink(0));
	probe_scripts[0].span = (uint32_t)_i;
	probe_logs[0].take_at_most = 1;
	items(40);
	bed_play();
	ck_assert_uint_eq(probe_logs[0].n_items, 20);
	for (uint32_t i = 0; i < 20; i++)
		ck_assert_int_eq(bed_got(0, i).v, 2 * i + 1);
	bed_close();
}
END_TEST

START_TEST(the_input_is_asked_for_what_was_asked_and_what_was_dropped)
{
	struct bed_item got[8];
	uint16_t stage, port, edge;

	bed_open(WEIR_CLOCK_MONOTONIC);
	(void)bed_source(0);
	stage = bed_stage(_i % 2 == 0 ? &halver_type : &slow_halver_type, NULL);
	edge = bed_edge(0, stage);
	port = bed_stage(&weir_output_type, &port_params);
	(void)bed_edge(stage, port);
	probe_scripts[0].span = (uint32_t)_i / 2;
	items(40);
	bed_start();
	bed_settle();
	ck_assert_uint_eq(requested(edge), 0);
	for (uint32_t n = 1; n <= 3; n++) {
		ck_assert_int_eq(weir_pull(bed.in, port, got, NULL, n), n);
		bed_settle();
	}
	ck_assert_uint_eq(requested(edge), 6 + bed_dropped(edge, WEIR_DROP_FILTERED));
	bed_close();
}
END_TEST

static unsigned turns;
static bool ends_later;

/* Items, a mark and the end in one callback, all behind each other; or the end once they were taken. */
static void send_all_at_once(struct weir_ctx *c)
{
	struct weir_mark mark = { .kind = WEIR_MARK_WATERMARK, .time = 7 };
	struct weir_span *span = weir_reserve(c, 0);

	if (span == NULL)
		return;
	if (turns++ == 0) {
		memset(span->items, 0, 3 * sizeof(struct bed_item));
		for (uint32_t i = 0; i < 3; i++)
			((struct bed_item *)span->items)[i].v = 1;
		weir_emit(c, 0, 3);
		weir_send_mark(c, 0, &mark);
		if (ends_later)
			return;
	}
	weir_complete(c);
}

START_TEST(marks_stay_behind_the_items_they_came_behind)
{
	static const struct puppet source = { .run = send_all_at_once };
	static const struct weir_op_type *const types[] = { &copier_type, &halver_type, &own_copier_type };
	uint16_t stage;

	turns = 0;
	ends_later = _i % 2 == 1;
	bed_open(WEIR_CLOCK_MONOTONIC);
	(void)bed_stage(&puppet_source_type, &source);
	stage = bed_stage(types[_i / 2], NULL);
	(void)bed_edge(0, stage);
	(void)bed_edge(stage, bed_sink(0));
	bed_play();
	ck_assert_uint_eq(probe_logs[0].n_items, 3);
	ck_assert_uint_eq(probe_logs[0].n_marks, 2);
	ck_assert_uint_eq(probe_logs[0].marks[0].mark.kind, WEIR_MARK_WATERMARK);
	ck_assert_uint_eq(probe_logs[0].marks[0].after, 3);
	ck_assert_uint_eq(probe_logs[0].marks[1].mark.kind, WEIR_MARK_COMPLETE);
	bed_close();
}
END_TEST

static void send_a_mark_then_end(struct weir_ctx *c)
{
	struct weir_mark mark = { .kind = WEIR_MARK_WATERMARK, .time = 7 };

	if (turns++ > 0)
		weir_complete(c);
	else
		weir_send_mark(c, 0, &mark);
	weir_again(c);
}

/* T-1 */
START_TEST(a_mark_is_passed_on_once)
{
	static const struct puppet source = { .run = send_a_mark_then_end };
	uint16_t stage;

	turns = 0;
	bed_open(WEIR_CLOCK_MONOTONIC);
	(void)bed_stage(&puppet_source_type, &source);
	stage = bed_stage(&copier_type, NULL);
	(void)bed_edge(0, stage);
	(void)bed_edge(stage, bed_sink(0));
	bed_play();
	ck_assert_uint_eq(probe_logs[0].n_marks, 2);
	ck_assert_uint_eq(probe_logs[0].marks[0].mark.kind, WEIR_MARK_WATERMARK);
	ck_assert_uint_eq(probe_logs[0].marks[1].mark.kind, WEIR_MARK_COMPLETE);
	bed_close();
}
END_TEST

/* Two sources -> merge -> halver -> slow sink: the next span comes from the other source's memory. */
START_TEST(a_stage_whose_output_waits_is_not_run_again)
{
	static const struct weir_merge_params merge = { 0 };
	int64_t last[2] = { -1, -1 };
	uint16_t stage;

	bed_open(WEIR_CLOCK_MONOTONIC);
	(void)bed_source(0);
	(void)bed_source(1);
	(void)bed_stage(&weir_merge_type, &merge);
	stage = bed_stage(&halver_type, NULL);
	(void)bed_edge(0, 2);
	(void)bed_edge(1, 2);
	(void)bed_edge(2, stage);
	(void)bed_edge(stage, bed_sink(0));
	probe_logs[0].take_at_most = 1;
	for (uint32_t i = 0; i < 2; i++) {
		probe_scripts[i].span = (uint32_t)_i;
		for (int64_t k = 0; k < 40; k++)
			bed_item(i, k, k, i);
	}
	bed_play();
	ck_assert_uint_eq(probe_logs[0].n_items, 40);
	for (uint32_t i = 0; i < 40; i++) {
		struct bed_item item = bed_got(0, i);

		ck_assert_int_eq(item.v, last[item.node] + 2);
		last[item.node] = item.v;
	}
	bed_close();
}
END_TEST

START_TEST(a_stage_that_asks_ahead_takes_and_makes_what_was_asked_for)
{
	struct weir_ledger ledger;
	struct bed_item got[4];
	uint16_t stage, port, ahead, edge;

	bed_open(WEIR_CLOCK_MONOTONIC);
	(void)bed_source(0);
	stage = bed_stage(&own_copier_type, NULL);
	ahead = bed_edge(0, stage);
	port = bed_stage(&weir_output_type, &port_params);
	edge = bed_edge(stage, port);
	items(40);
	bed_start();
	for (uint32_t n = 1; n <= 4; n++) {
		ck_assert_int_eq(weir_pull(bed.in, port, got, NULL, n), n);
		bed_settle();
		ck_assert_int_eq(weir_edge_ledger(bed.in, edge, &ledger), WEIR_OK);
		ck_assert_uint_eq(ledger.in, n * (n + 1) / 2);
		ck_assert_int_eq(weir_edge_ledger(bed.in, ahead, &ledger), WEIR_OK);
		ck_assert_uint_eq(ledger.out, n * (n + 1) / 2);
	}
	bed_close();
}
END_TEST

START_TEST(what_is_left_to_make_at_the_end_waits_for_credit)
{
	struct bed_item got;
	uint16_t stage, port;

	bed_open(WEIR_CLOCK_MONOTONIC);
	(void)bed_source(0);
	stage = bed_stage(&summer_type, NULL);
	(void)bed_edge(0, stage);
	port = bed_stage(&weir_output_type, &port_params);
	(void)bed_edge(stage, port);
	bed_start();
	bed_settle(); /* the source has completed: it had nothing */
	ck_assert_int_eq(weir_stage_phase(bed.in, stage), WEIR_STAGE_RUNNING);
	ck_assert_int_eq(weir_pull(bed.in, port, &got, NULL, 1), 1);
	ck_assert_int_eq(weir_pull(bed.in, port, &got, NULL, 1), WEIR_ENDED);
	ck_assert_int_eq(weir_stage_phase(bed.in, stage), WEIR_STAGE_COMPLETED);
	bed_close();
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("passive");
	TCase *t = tcase_create("passive");
	SRunner *runner;
	int failed;

	tcase_add_loop_test(t, what_was_made_is_not_written_over_before_it_is_taken, 1, 8);
	tcase_add_test(t, what_was_emitted_is_not_written_over_before_it_is_taken);
	tcase_add_loop_test(t, a_slow_sink_loses_nothing_and_holds_nobody_up_for_good, 1, 8);
	tcase_add_loop_test(t, the_input_is_asked_for_what_was_asked_and_what_was_dropped, 2, 16);
	tcase_add_loop_test(t, marks_stay_behind_the_items_they_came_behind, 0, 6);
	tcase_add_test(t, a_mark_is_passed_on_once);
	tcase_add_loop_test(t, a_stage_whose_output_waits_is_not_run_again, 1, 8);
	tcase_add_test(t, a_stage_that_asks_ahead_takes_and_makes_what_was_asked_for);
	tcase_add_test(t, what_is_left_to_make_at_the_end_waits_for_credit);
	suite_add_tcase(suite, t);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
