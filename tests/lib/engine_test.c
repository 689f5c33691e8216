/* SPDX-License-Identifier: MIT */
/* engine_test.c -- the executor over plans written by hand: credit, order, ends, failures, timers, barriers.
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "support/probe.h"

static const struct weir_field number_fields[] = { { .name = "n", .kind = WEIR_I64 } };
static const struct weir_record number = {
	.name = "number", .fields = number_fields, .n_fields = 1, .size = 8
};
static const struct weir_record *const records[] = { &number, &weir_error_record };
static int64_t values[256];

struct params {
	uint32_t probe;
	const struct weir_record *record;
};
static const struct params probe0 = { .probe = 0, .record = &number },
			   probe1 = { .probe = 1, .record = &number };

/* ---- stages of the tests' own ---- */

/* Pass odd numbers in place, drop even ones; 13 is an item error. */
static struct weir_moved odd_process(
	struct weir_ctx *c, const struct weir_span *in, struct weir_span *out, bool last)
{
	struct weir_moved m = { 0, 0, false };
	const int64_t *n = in->items;

	(void)last;
	for (; m.taken < in->count; m.taken++) {
		struct weir_fault f = { .code = WEIR_ERANGE, .index = m.taken, .text = "thirteen" };

		if (n[m.taken] == 13) {
			if (weir_fault(c, in, &f) != WEIR_SKIP)
				break;
		} else if (n[m.taken] % 2 == 0) {
			weir_drop(c, WEIR_DROP_FILTERED, 1);
		} else {
			weir_copy_item(c, in, m.taken, out, m.made++);
		}
	}
	return m;
}

static const struct weir_op_type odd_type = { .abi = WEIR_OP_ABI,
	.flags = WEIR_OP_WRITES | WEIR_OP_IN_PLACE,
	.credit = WEIR_CREDIT_PASS,
	.name = "odd",
	.drops = WEIR_DROPS_BIT(FILTERED),
	.process = odd_process };

/* Hold the newest item until 10 ns passed without another: an event-clock debounce. */
struct quiet {
	int64_t item;
	bool full;
};

static int64_t quiet_size(const struct weir_place *place)
{
	(void)place;
	return sizeof(struct quiet);
}

static void quiet_timer(struct weir_ctx *c, uint8_t timer, int64_t deadline_ns)
{
	struct quiet *q = c->state;
	struct weir_span *out = weir_reserve(c, 0);

	(void)timer;
	ck_assert_ptr_nonnull(out);
	memcpy(out->items, &q->item, 8);
	out->instants[0] = deadline_ns;
	q->full = false;
	weir_emit(c, 0, 1);
}

static void quiet_run(struct weir_ctx *c)
{
	struct quiet *q = c->state;
	const struct weir_span *in;
	struct weir_mark m;

	while (weir_room(c, 0) > 0 && (in = weir_input(c, 0)) != NULL) {
		if (weir_room(c, 0) == 0)
			return;
		memcpy(&q->item, in->items, 8);
		q->full = true;
		weir_timer_set(c, 0, WEIR_CLOCK_EVENT, in->instants[0] + 10);
		weir_take(c, 0, 1);
	}
	if (weir_room(c, 0) > 0 && weir_next_mark(c, 0, &m) && m.kind >= WEIR_MARK_COMPLETE)
		weir_end_with(c, &m);
}

static const struct weir_op_type quiet_type = { .abi = WEIR_OP_ABI,
	.credit = WEIR_CREDIT_OWN,
	.n_timers = 1,
	.name = "quiet",
	.state_size = quiet_size,
	.run = quiet_run,
	.timer = quiet_timer };

/* ---- plans ---- */

#define STAGE(id_, type_, params_, first_in_, n_in_, first_out_, n_out_)                             \
	{                                                                                            \
		.id = id_, .type = type_, .params = params_, .group = 1, .first_in = first_in_,      \
		.n_in = n_in_, .first_out = first_out_, .n_out = n_out_, .error_edge = WEIR_NO_EDGE, \
		.instant_offset = WEIR_NO_INSTANT                                                    \
	}
#define ALL_DROPS 0x3fu

static const uint16_t ports[] = { 0, 1, 2, 3 };

static const struct weir_stage_def odd_stages[] = {
	STAGE("source", &probe_source_type, &probe0, 0, 0, 0, 1),
	STAGE("odd", &odd_type, NULL, 0, 1, 1, 1),
	STAGE("sink", &probe_sink_type, &probe0, 1, 1, 0, 0),
};
static struct weir_stage_def odd_to_stages[] = {
	STAGE("source", &probe_source_type, &probe0, 0, 0, 0, 1),
	STAGE("odd", &odd_type, NULL, 0, 1, 1, 1),
	STAGE("sink", &probe_sink_type, &probe0, 1, 1, 0, 0),
	STAGE("errors", &probe_sink_type, &probe1, 2, 1, 0, 0),
};
static struct weir_edge_def odd_edges[] = {
	{ .from = 0, .to = 1, .drops = ALL_DROPS, .cap_items = 64, .buffer_items = 64, .owned = true },
	{ .from = 1, .to = 2, .drops = ALL_DROPS, .cap_items = 64, .owned = true },
	{ .from = 1,
		.to = 3,
		.record = 1,
		.drops = ALL_DROPS,
		.cap_items = 1,
		.buffer_items = 1,
		.owned = true },
};
static struct weir_plan odd_plan = { .abi = WEIR_PLAN_ABI,
	.name = "odd",
	.records = records,
	.stages = odd_stages,
	.edges = odd_edges,
	.inputs = ports,
	.outputs = ports,
	.n_records = 2,
	.n_stages = 3,
	.n_edges = 2,
	.max_barriers = 2 };

static const struct weir_stage_def quiet_stages[] = {
	STAGE("source", &probe_source_type, &probe0, 0, 0, 0, 1),
	STAGE("quiet", &quiet_type, NULL, 0, 1, 1, 1),
	STAGE("sink", &probe_sink_type, &probe0, 1, 1, 0, 0),
};
static struct weir_edge_def quiet_edges[] = {
	{ .from = 0,
		.to = 1,
		.drops = ALL_DROPS,
		.cap_items = 64,
		.buffer_items = 64,
		.owned = true,
		.instants = true },
	{ .from = 1,
		.to = 2,
		.drops = ALL_DROPS,
		.cap_items = 1,
		.buffer_items = 1,
		.owned = true,
		.instants = true },
};
static struct weir_plan quiet_plan = { .abi = WEIR_PLAN_ABI,
	.clock = WEIR_CLOCK_EVENT,
	.name = "quiet",
	.records = records,
	.stages = quiet_stages,
	.edges = quiet_edges,
	.inputs = ports,
	.outputs = ports,
	.n_records = 1,
	.n_stages = 3,
	.n_edges = 2 };

/* A sink that has itself run again and again. */
static void restless_run(struct weir_ctx *c)
{
	const struct weir_span *span = weir_input(c, 0);
	struct weir_mark m;

	if (span != NULL)
		weir_take(c, 0, span->count);
	if (weir_next_mark(c, 0, &m) && m.kind == WEIR_MARK_COMPLETE)
		weir_end_with(c, &m);
	else
		weir_again(c);
}

static const struct weir_op_type restless_type = { .abi = WEIR_OP_ABI,
	.flags = WEIR_OP_SINK,
	.credit = WEIR_CREDIT_OWN,
	.name = "restless",
	.prefetch = UINT32_MAX,
	.run = restless_run };

static const struct weir_stage_def restless_stages[] = {
	STAGE("source", &probe_source_type, &probe0, 0, 0, 0, 1),
	STAGE("odd", &odd_type, NULL, 0, 1, 1, 1),
	STAGE("restless", &restless_type, NULL, 1, 1, 0, 0),
};

/* ---- bed ---- */

static struct probe_clock pc;
static void *arena;
static struct weir_instance *in;

static void bill_sum(void *arg, const struct weir_bill_line *line)
{
	*(size_t *)arg += line->bytes;
}

static void begin(const struct weir_plan *plan)
{
	size_t sum = 0, need = weir_instance_size(plan, bill_sum, &sum);

	ck_assert_uint_gt(need, 0);
	ck_assert_uint_eq(sum, need);
	free(arena);
	arena = aligned_alloc(16, need);
	probe_clock_init(&pc);
	ck_assert_int_eq(weir_instance_init(&in, arena, need - 1, plan, &pc.platform, NULL), WEIR_ENOMEM);
	ck_assert_int_eq(weir_instance_init(&in, arena, need, plan, &pc.platform, NULL), WEIR_OK);
	ck_assert_uint_eq(weir_arena_used(in), need);
	ck_assert_int_eq(weir_start(in), WEIR_OK);
}

static void finish(void)
{
	ck_assert(weir_ended(in));
	ck_assert(pc.ended);
	ck_assert_uint_eq(weir_timers_armed(in), 0);
	probe_check_ledger(in);
	weir_fini(in);
}

static void setup(void)
{
	probe_reset();
	for (int64_t i = 0; i < 256; i++)
		values[i] = i;
}

static void teardown(void)
{
	free(arena);
	arena = NULL;
}

static void script_numbers(int64_t n)
{
	for (int64_t i = 0; i < n; i++)
		probe_item(0, &values[i], i);
}

static uint64_t dropped(uint16_t edge, enum weir_drop reason)
{
	struct weir_ledger l;

	ck_assert_int_eq(weir_edge_ledger(in, edge, &l), WEIR_OK);
	return l.dropped[reason];
}

/* ---- claims ---- */

START_TEST(spans_and_credit_do_not_change_the_output)
{
	static const uint32_t sizes[] = { 1, 2, 7, UINT32_MAX };

	script_numbers(13);
	probe_mark(0, WEIR_MARK_WATERMARK, 99);
	probe_item(0, &values[21], 21);
	for (int s = 0; s < 4; s++) {
		for (int k = 0; k < 4; k++) {
			probe_rewind();
			probe_scripts[0].span = sizes[s];
			probe_logs[0].credit = sizes[k];
			begin(&odd_plan);
			probe_run(&pc, in);
			ck_assert_uint_eq(probe_logs[0].n_items, 7);
			for (int64_t i = 0; i < 6; i++)
				ck_assert_int_eq(((int64_t *)(void *)probe_logs[0].bytes)[i], 2 * i + 1);
			ck_assert_uint_eq(probe_logs[0].n_marks, 2);
			ck_assert_uint_eq(probe_logs[0].marks[0].after, 6);
			ck_assert_int_eq(probe_logs[0].marks[0].mark.time, 99);
			ck_assert_uint_eq(probe_logs[0].marks[1].mark.kind, WEIR_MARK_COMPLETE);
			ck_assert_uint_eq(dropped(0, WEIR_DROP_FILTERED), 7);
			finish();
		}
	}
}
END_TEST

START_TEST(an_item_error_fails_the_stream_in_order)
{
	script_numbers(40);
	begin(&odd_plan);
	probe_run(&pc, in);
	ck_assert_uint_eq(probe_logs[0].n_items, 6);
	ck_assert(probe_logs[0].failed);
	ck_assert_ptr_nonnull(weir_first_error(in));
	ck_assert_int_eq(weir_first_error(in)->code, WEIR_ERANGE);
	ck_assert_uint_eq(weir_first_error(in)->stage, 1);
	ck_assert_uint_eq(weir_first_error(in)->item, 14);
	ck_assert_str_eq(weir_first_error(in)->text, "thirteen");
	ck_assert_int_eq(weir_stage_phase(in, 1), WEIR_STAGE_FAILED);
	ck_assert_int_eq(weir_stage_phase(in, 0), WEIR_STAGE_CANCELLED);
	finish();
}
END_TEST

START_TEST(a_diverted_item_reaches_the_side_stream_and_waits_for_its_room)
{
	struct weir_plan plan = odd_plan;
	const struct weir_error_item *e = (const struct weir_error_item *)(const void *)probe_logs[1].bytes;

	odd_to_stages[1].on_error = WEIR_ON_ERROR_TO;
	odd_to_stages[1].error_edge = 2;
	plan.stages = odd_to_stages;
	plan.n_stages = 4;
	plan.n_edges = 3;
	weir_plan_number(&plan, odd_edges);
	for (int i = 0; i < 3; i++)
		probe_item(0, &values[13], 5);
	script_numbers(20);
	probe_logs[1].credit = 1;
	begin(&plan);
	probe_run(&pc, in);
	ck_assert_uint_eq(probe_logs[1].n_items, 4);
	ck_assert_uint_eq(probe_logs[0].n_items, 9);
	ck_assert_uint_eq(dropped(0, WEIR_DROP_ERROR), 4);
	ck_assert_uint_eq(e[3].item, 17);
	ck_assert_mem_eq(e[3].stage, "odd", 3);
	ck_assert_mem_eq(e[3].code, "range", 5);
	ck_assert_mem_eq(e[3].text, "thirteen", 8);
	finish();
}
END_TEST

START_TEST(cancel_after_every_event_leaves_the_books_balanced)
{
	script_numbers(12);
	for (uint32_t k = 0; k < 8; k++) {
		probe_rewind();
		probe_logs[0].cancel_after = k;
		begin(&odd_plan);
		probe_run(&pc, in);
		ck_assert_uint_eq(probe_logs[0].n_items, k < 6 ? k : 6);
		finish();
	}
}
END_TEST

START_TEST(abort_counts_what_was_in_flight_as_cancelled)
{
	script_numbers(12);
	probe_logs[0].take_at_most = 1;
	begin(&odd_plan);
	weir_step(in, 6);
	weir_abort(in);
	ck_assert_uint_gt(dropped(1, WEIR_DROP_CANCELLED), 0);
	finish();
	weir_abort(in); /* idempotent */
	weir_abort_from_outside(in);
	ck_assert_uint_eq(weir_step(in, 10), 0);
}
END_TEST

START_TEST(drain_lets_what_is_inside_flow_out)
{
	script_numbers(12);
	probe_scripts[0].span = 3;
	probe_logs[0].take_at_most = 1;
	begin(&odd_plan);
	weir_step(in, 5);
	ck_assert_int_eq(weir_drain(in, WEIR_DRAIN_FINISH, WEIR_NEVER), WEIR_OK);
	probe_run(&pc, in);
	ck_assert(!probe_logs[0].failed);
	ck_assert_uint_eq(dropped(0, WEIR_DROP_CANCELLED) + dropped(1, WEIR_DROP_CANCELLED), 0);
	finish();
}
END_TEST

START_TEST(drain_past_its_deadline_aborts)
{
	script_numbers(12);
	probe_logs[0].credit = 1;
	begin(&odd_plan);
	weir_step(in, 3);
	ck_assert_int_eq(weir_drain(in, WEIR_DRAIN_FINISH, pc.now_ns), WEIR_OK);
	weir_step(in, 1);
	finish();
}
END_TEST

START_TEST(event_timers_run_before_the_item_that_makes_them_due)
{
	static const int64_t at[] = { 0, 5, 9, 30, 35, 100 };
	static const uint32_t sizes[] = { 1, 2, 7, UINT32_MAX };

	for (int s = 0; s < 4; s++) {
		probe_reset();
		probe_scripts[0].span = sizes[s];
		for (int i = 0; i < 6; i++)
			probe_item(0, &values[i], at[i]);
		begin(&quiet_plan);
		probe_run(&pc, in);
		ck_assert_uint_eq(probe_logs[0].n_items, 3);
		ck_assert_int_eq(((int64_t *)(void *)probe_logs[0].bytes)[0], 2);
		ck_assert_int_eq(((int64_t *)(void *)probe_logs[0].bytes)[1], 4);
		ck_assert_int_eq(((int64_t *)(void *)probe_logs[0].bytes)[2], 5);
		ck_assert_int_eq(probe_logs[0].instants[1], 45);
		finish();
	}
}
END_TEST

START_TEST(a_barrier_comes_back_when_every_sink_confirmed_it)
{
	script_numbers(3);
	probe_mark(0, WEIR_MARK_BARRIER, 1);
	probe_item(0, &values[3], 3);
	probe_mark(0, WEIR_MARK_BARRIER, 2);
	probe_item(0, &values[5], 5);
	begin(&odd_plan);
	probe_run(&pc, in);
	ck_assert_uint_eq(probe_logs[0].marks[0].mark.kind, WEIR_MARK_BARRIER);
	ck_assert_uint_eq(probe_logs[0].marks[0].after, 1);
	ck_assert_uint_eq(probe_scripts[0].barriers_done, 2);
	finish();
}
END_TEST

START_TEST(step_inside_a_small_budget_yields_and_goes_on)
{
	script_numbers(12);
	probe_scripts[0].span = 1;
	begin(&odd_plan);
	while (!weir_ended(in))
		weir_step(in, 1);
	ck_assert_uint_eq(probe_logs[0].n_items, 6);
	ck_assert_uint_gt(weir_forced_yields(in), 10);
	finish();
}
END_TEST

START_TEST(a_stage_that_is_run_again_starves_nobody)
{
	struct weir_plan plan = odd_plan;
	uint32_t turns = 0;

	plan.stages = restless_stages;
	script_numbers(12);
	probe_scripts[0].span = 1;
	begin(&plan);
	while (!weir_ended(in) && turns < 100)
		turns += weir_step(in, 10);
	ck_assert_uint_lt(turns, 100);
	finish();
}
END_TEST

START_TEST(what_cannot_be_is_refused)
{
	struct weir_plan plan = odd_plan;
	_Alignas(16) unsigned char small[64];

	ck_assert_uint_eq(weir_instance_size(NULL, NULL, NULL), 0);
	ck_assert_int_eq(
		weir_instance_init(NULL, small, sizeof small, &plan, &pc.platform, NULL), WEIR_EINVAL);
	ck_assert_int_eq(
		weir_instance_init(&in, small, sizeof small, &plan, &pc.platform, NULL), WEIR_ENOMEM);
	ck_assert_int_eq(
		weir_instance_init(&in, small + 1, sizeof small, &plan, &pc.platform, NULL), WEIR_EINVAL);
	plan.abi = 99;
	ck_assert_int_eq(weir_instance_init(&in, small, sizeof small, &plan, &pc.platform, NULL), WEIR_EABI);
	begin(&odd_plan);
	ck_assert_int_eq(weir_start(in), WEIR_EBUSY);
	ck_assert_int_eq((int)weir_push(in, 0, small, NULL, 1), WEIR_EINVAL);
	ck_assert_int_eq(weir_stage_index(&odd_plan, "sink"), 2);
	ck_assert_int_eq(weir_stage_index(&odd_plan, "sin"), WEIR_ENOENT);
	weir_fini(in);
}
END_TEST

int main(void)
{
	weir_plan_number(&odd_plan, odd_edges);
	weir_plan_number(&quiet_plan, quiet_edges);

	Suite *s = suite_create("engine");
	TCase *tc = tcase_create("engine");

	probe_clock_init(&pc);
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, spans_and_credit_do_not_change_the_output);
	tcase_add_test(tc, an_item_error_fails_the_stream_in_order);
	tcase_add_test(tc, a_diverted_item_reaches_the_side_stream_and_waits_for_its_room);
	tcase_add_test(tc, cancel_after_every_event_leaves_the_books_balanced);
	tcase_add_test(tc, abort_counts_what_was_in_flight_as_cancelled);
	tcase_add_test(tc, drain_lets_what_is_inside_flow_out);
	tcase_add_test(tc, drain_past_its_deadline_aborts);
	tcase_add_test(tc, event_timers_run_before_the_item_that_makes_them_due);
	tcase_add_test(tc, a_barrier_comes_back_when_every_sink_confirmed_it);
	tcase_add_test(tc, step_inside_a_small_budget_yields_and_goes_on);
	tcase_add_test(tc, a_stage_that_is_run_again_starves_nobody);
	tcase_add_test(tc, what_cannot_be_is_refused);
	suite_add_tcase(s, tc);
	SRunner *sr = srunner_create(s);
	srunner_run_all(sr, CK_ENV);
	int failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed != 0;
}
