/* SPDX-License-Identifier: MIT */
/* zip_test.c -- the n-th of one with the n-th of the others; who is held back, by how much, and how it ends. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "operators/marionette.h"

static const uint32_t spans[] = { 1, 2, 7, 64 };
#define SPANS (int)(sizeof spans / sizeof spans[0])

struct pair {
	struct bed_item a, b;
};

static const struct weir_field pair_fields[] = {
	{ .name = "a.at", .kind = WEIR_TIME, .offset = 0 },
	{ .name = "a.v", .kind = WEIR_I64, .offset = 8 },
	{ .name = "a.node", .kind = WEIR_U32, .offset = 16 },
	{ .name = "b.at", .kind = WEIR_TIME, .offset = 24 },
	{ .name = "b.v", .kind = WEIR_I64, .offset = 32 },
	{ .name = "b.node", .kind = WEIR_U32, .offset = 40 },
};
static const struct weir_record pair_record = {
	.name = "pair", .fields = pair_fields, .n_fields = 6, .size = sizeof(struct pair)
};
static const struct weir_output_params port_params = { .name = "out" };
static uint16_t stage, port, inputs[2], output;

static void open_zip(enum weir_clock clock, bool with_port)
{
	bed_open(clock);
	(void)bed_source(0);
	(void)bed_source(1);
	stage = bed_stage(&weir_zip_type, NULL);
	inputs[0] = bed_edge(0, stage);
	inputs[1] = bed_edge(1, stage);
	port = with_port ? bed_stage(&weir_output_type, &port_params) : bed_sink(0);
	output = bed_edge_of(stage, port, &pair_record);
}

/* n items from `first` on, at ten times v. */
static void items(uint32_t probe, int64_t first, int64_t n)
{
	for (int64_t v = first; v < first + n; v++)
		bed_item(probe, v * 10, v, probe);
}

static struct pair got(uint32_t i)
{
	struct pair p;

	ck_assert_uint_lt(i, probe_logs[0].n_items);
	memcpy(&p, probe_logs[0].bytes + i * sizeof p, sizeof p);
	return p;
}

/* Pairs (first, first + apart), ... n of them. */
static void expect(uint32_t n, int64_t first, int64_t apart)
{
	ck_assert_uint_eq(probe_logs[0].n_items, n);
	for (uint32_t i = 0; i < n; i++) {
		struct pair p = got(i);

		ck_assert_int_eq(p.a.v, first + i);
		ck_assert_int_eq(p.b.v, first + i + apart);
		ck_assert_uint_eq(p.a.node, 0);
		ck_assert_uint_eq(p.b.node, 1);
	}
}

START_TEST(items_are_paired_by_their_number)
{
	for (int other = 0; other < SPANS; other++) {
		for (int credit = 0; credit < 3; credit++) {
			open_zip(WEIR_CLOCK_MONOTONIC, false);
			probe_scripts[0].span = spans[_i];
			probe_scripts[1].span = spans[other];
			probe_logs[0].credit = credit == 0 ? UINT32_MAX : credit == 1 ? 5 : 1;
			items(0, 1, 200);
			items(1, 1001, 200);
			bed_play();
			expect(200, 1, 1000);
			bed_close();
		}
	}
}
END_TEST

/* A byte, a text and a number: in the joint record the second input's text lies elsewhere than in its own. */
START_TEST(fields_go_where_the_layout_says)
{
	static const struct weir_field small[] = { { .name = "x", .kind = WEIR_U8, .offset = 0 } },
				       odd[] = { { .name = "y", .kind = WEIR_U8, .offset = 0 },
					       { .name = "t", .kind = WEIR_TEXT, .text_max = 3, .offset = 2 },
					       { .name = "z", .kind = WEIR_I64, .offset = 8 } };
	static const struct weir_record records[] = {
		{ .name = "small", .fields = small, .n_fields = 1, .size = 1 },
		{ .name = "odd", .fields = odd, .n_fields = 3, .size = 16 }
	};
	struct weir_field joint[5] = { small[0], odd[0], odd[1], odd[2], small[0] };
	struct weir_record record = { .name = "joint", .fields = joint, .n_fields = 5 };
	struct {
		uint8_t y, pad;
		uint16_t len;
		char t[3], pad2;
		int64_t z;
	} item = { .y = 7, .len = 3, .t = "abc", .z = -5 };
	const uint8_t x = 9;
	unsigned char *out = probe_logs[0].bytes;
	uint16_t len;
	int64_t z;

	record.size = (uint16_t)weir_record_layout(joint, 5);
	ck_assert_uint_eq(joint[1].offset, 1);
	ck_assert_uint_eq(joint[4].offset, 16);
	bed_open(WEIR_CLOCK_MONOTONIC);
	for (uint32_t i = 0; i < 3; i++)
		(void)bed_source(i);
	stage = bed_stage(&weir_zip_type, NULL);
	for (uint16_t i = 0; i < 3; i++)
		(void)bed_edge_of(i, stage, &records[i % 2]);
	(void)bed_edge_of(stage, bed_sink(0), &record);
	for (int i = 0; i < 100; i++) {
		probe_item(0, &x, 0);
		probe_item(1, &item, 0);
		probe_item(2, &x, 0);
	}
	bed_play();
	ck_assert_uint_eq(probe_logs[0].n_items, 100);
	for (int i = 0; i < 100; i++, out += record.size) {
		ck_assert_uint_eq(out[0], 9);
		ck_assert_uint_eq(out[1], 7);
		memcpy(&len, out + 2, 2);
		ck_assert_uint_eq(len, 3);
		ck_assert_mem_eq(out + 4, "abc", 3);
		ck_assert_uint_eq(out[7], 0);
		memcpy(&z, out + 8, 8);
		ck_assert_int_eq(z, -5);
		ck_assert_uint_eq(out[16], 9);
		for (int pad = 17; pad < 24; pad++)
			ck_assert_uint_eq(out[pad], 0);
	}
	bed_close();
}
END_TEST

START_TEST(it_completes_with_the_shortest_and_counts_the_rest)
{
	struct weir_ledger ledger;

	open_zip(WEIR_CLOCK_MONOTONIC, false);
	probe_scripts[0].span = spans[_i];
	items(0, 1, 500);
	items(1, 1001, 10);
	bed_play();
	expect(10, 1, 1000);
	ck_assert(!probe_logs[0].failed);
	ck_assert_int_eq(weir_stage_phase(bed.in, 0), WEIR_STAGE_CANCELLED);
	ck_assert_int_eq(weir_stage_phase(bed.in, stage), WEIR_STAGE_COMPLETED);
	ck_assert_int_eq(weir_edge_ledger(bed.in, inputs[0], &ledger), WEIR_OK);
	ck_assert_uint_eq(ledger.out, 10);
	ck_assert_uint_eq(ledger.dropped[WEIR_DROP_CANCELLED], ledger.in - 10);
	bed_close();
}
END_TEST

START_TEST(an_input_without_items_completes_it_at_once)
{
	open_zip(WEIR_CLOCK_MONOTONIC, false);
	probe_scripts[0].holds = true;
	bed_play();
	expect(0, 0, 0);
	bed_close();
}
END_TEST

/* Input 1 brings nothing: input 0 is taken from until the ring is full. */
START_TEST(the_faster_input_is_held_back)
{
	struct weir_ledger ledger;

	open_zip(WEIR_CLOCK_MONOTONIC, false);
	probe_scripts[0].span = spans[_i];
	probe_scripts[1].holds = true;
	items(0, 1, 500);
	bed_start();
	bed_settle();
	ck_assert_int_eq(weir_edge_ledger(bed.in, inputs[0], &ledger), WEIR_OK);
	ck_assert_uint_eq(ledger.requested, bed.cap);
	ck_assert_uint_eq(ledger.queued, bed.cap);
	ck_assert_int_eq(weir_edge_ledger(bed.in, inputs[1], &ledger), WEIR_OK);
	ck_assert_uint_eq(ledger.requested, bed.cap);
	bed_close();
}
END_TEST

START_TEST(nothing_is_asked_for_that_nobody_wants)
{
	struct weir_ledger ledger;
	struct pair p;

	open_zip(WEIR_CLOCK_MONOTONIC, true);
	items(0, 1, 500);
	items(1, 1001, 500);
	bed_start();
	bed_settle();
	ck_assert_int_eq(weir_edge_ledger(bed.in, inputs[0], &ledger), WEIR_OK);
	ck_assert_uint_eq(ledger.requested, 0);
	for (int64_t i = 1; i <= 300; i++) {
		ck_assert_int_eq(weir_pull(bed.in, port, &p, NULL, 1), 1);
		ck_assert_int_eq(p.a.v, i);
		ck_assert_int_eq(p.b.v, i + 1000);
		ck_assert_int_eq(weir_edge_ledger(bed.in, inputs[0], &ledger), WEIR_OK);
		ck_assert_uint_le(ledger.requested, (uint64_t)i + bed.cap);
		ck_assert_uint_le(ledger.queued, bed.cap);
	}
	bed_close();
}
END_TEST

/* x with the one after it: one branch is an item behind the other, and both hang on one tee. */
static void open_diamond(enum weir_clock clock, int64_t skip)
{
	static struct weir_skip_params skip_params;
	uint16_t tee, behind;

	skip_params.count = skip;
	bed_open(clock);
	(void)bed_source(0);
	tee = bed_stage(&weir_tee_type, NULL);
	behind = bed_stage(&weir_skip_type, &skip_params);
	stage = bed_stage(&weir_zip_type, NULL);
	(void)bed_edge(0, tee);
	inputs[0] = bed_edge(tee, stage);
	(void)bed_edge(tee, behind);
	inputs[1] = bed_edge(behind, stage);
	output = bed_edge_of(stage, bed_sink(0), &pair_record);
}

START_TEST(a_branch_may_be_behind_by_less_than_the_ring)
{
	for (uint32_t credit = 0; credit < 3; credit++) {
		open_diamond(WEIR_CLOCK_MONOTONIC, 63);
		probe_logs[0].credit = credit == 0 ? UINT32_MAX : credit;
		probe_scripts[0].span = spans[_i];
		items(0, 1, 300);
		bed_play();
		ck_assert_uint_eq(probe_logs[0].n_items, 300 - 63);
		for (uint32_t i = 0; i < probe_logs[0].n_items; i++)
			ck_assert_int_eq(got(i).b.v - got(i).a.v, 63);
		bed_close();
	}
}
END_TEST

/* Marks behind every item of the input that is ahead do not hold it back. */
START_TEST(marks_of_an_input_ahead_are_taken)
{
	open_diamond(WEIR_CLOCK_EVENT, 30);
	for (int64_t i = 1; i <= 200; i++) {
		bed_item(0, i * 10, i, 0);
		probe_mark(0, WEIR_MARK_WATERMARK, i * 10);
		if (i % 5 == 0)
			probe_mark(0, WEIR_MARK_BARRIER, i / 5);
	}
	for (uint16_t e = 0; e < bed.plan.n_edges; e++)
		bed.edges[e].has_time = true;
	probe_scripts[0].span = spans[_i];
	bed_play();
	ck_assert_uint_eq(probe_logs[0].n_items, 170);
	for (uint32_t m = 0; m + 1 < probe_logs[0].n_marks; m++) {
		const struct probe_mark *mark = &probe_logs[0].marks[m];

		if (mark->mark.kind == WEIR_MARK_WATERMARK && mark->after < 170)
			ck_assert_int_le(mark->mark.time, got(mark->after).b.at);
	}
	bed_close();
}
END_TEST

START_TEST(an_error_comes_behind_the_pairs_before_it)
{
	open_zip(WEIR_CLOCK_MONOTONIC, false);
	probe_scripts[0].span = spans[_i];
	items(0, 1, 3);
	probe_mark(0, WEIR_MARK_ERROR, 0);
	items(1, 1001, 500);
	bed_play();
	expect(3, 1, 1000);
	ck_assert(probe_logs[0].failed);
	ck_assert_int_eq(weir_first_error(bed.in)->stage, 0);
	ck_assert_int_eq(weir_stage_phase(bed.in, 1), WEIR_STAGE_CANCELLED);
	bed_close();
}
END_TEST

START_TEST(a_cancelled_output_cancels_all_inputs)
{
	open_zip(WEIR_CLOCK_MONOTONIC, false);
	probe_scripts[0].span = spans[_i];
	items(0, 1, 200);
	items(1, 1001, 200);
	probe_logs[0].cancel_after = 5;
	bed_play();
	expect(5, 1, 1000);
	ck_assert_int_eq(weir_stage_phase(bed.in, 0), WEIR_STAGE_CANCELLED);
	ck_assert_int_eq(weir_stage_phase(bed.in, 1), WEIR_STAGE_CANCELLED);
	bed_close();
}
END_TEST

START_TEST(an_abort_counts_what_the_ring_holds)
{
	struct weir_ledger ledger;

	open_zip(WEIR_CLOCK_MONOTONIC, false);
	probe_scripts[1].holds = true;
	items(0, 1, 40);
	bed_start();
	bed_settle();
	weir_abort(bed.in);
	ck_assert_int_eq(weir_edge_ledger(bed.in, inputs[0], &ledger), WEIR_OK);
	ck_assert_uint_eq(ledger.dropped[WEIR_DROP_CANCELLED], 40);
	ck_assert_uint_eq(ledger.queued, 0);
	bed_close();
}
END_TEST

/* ---- time and marks ---- */

START_TEST(a_pair_is_as_late_as_its_latest_item)
{
	open_zip(WEIR_CLOCK_EVENT, false);
	probe_scripts[0].span = spans[_i];
	probe_scripts[1].span = spans[SPANS - 1 - _i];
	for (int64_t i = 0; i < 200; i++) {
		bed_item(0, i * 10, i, 0);
		bed_item(1, i % 3 == 0 ? i * 10 + 5 : i * 10 - 5, i, 1);
	}
	bed_play();
	ck_assert_uint_eq(probe_logs[0].n_items, 200);
	for (int64_t i = 0; i < 200; i++)
		ck_assert_int_eq(probe_logs[0].instants[i], i % 3 == 0 ? i * 10 + 5 : i * 10);
	ck_assert_uint_eq(probe_logs[0].n_marks, 1); /* nobody carries watermarks */
	bed_close();
}
END_TEST

START_TEST(a_watermark_is_the_least_behind_its_pair)
{
	open_zip(WEIR_CLOCK_EVENT, false);
	bed.edges[inputs[0]].has_time = bed.edges[inputs[1]].has_time = true;
	probe_scripts[0].span = probe_scripts[1].span = spans[_i];
	items(0, 1, 2);
	probe_mark(0, WEIR_MARK_WATERMARK, 20);
	items(0, 3, 4);
	probe_mark(0, WEIR_MARK_WATERMARK, 60);
	items(0, 7, 2);
	items(1, 1, 5);
	probe_mark(1, WEIR_MARK_WATERMARK, 50);
	items(1, 6, 3);
	bed_play();
	expect(8, 1, 0);
	ck_assert_uint_eq(probe_logs[0].n_marks, 3);
	ck_assert_int_eq(probe_logs[0].marks[0].mark.time, 20);
	ck_assert_uint_eq(probe_logs[0].marks[0].after, 5);
	ck_assert_int_eq(probe_logs[0].marks[1].mark.time, 50);
	ck_assert_uint_eq(probe_logs[0].marks[1].after, 6);
	bed_close();
}
END_TEST

/* One that carries no watermarks says nothing of its time: pairs speak for themselves. */
START_TEST(watermarks_of_one_input_alone_go_no_further)
{
	open_zip(WEIR_CLOCK_EVENT, false);
	bed.edges[inputs[0]].has_time = true;
	items(0, 1, 2);
	probe_mark(0, WEIR_MARK_WATERMARK, 20);
	items(0, 3, 2);
	items(1, 1, 4);
	bed_play();
	expect(4, 1, 0);
	ck_assert_uint_eq(probe_logs[0].n_marks, 1);
	bed_close();
}
END_TEST

START_TEST(barriers_go_behind_their_pairs_and_are_all_answered)
{
	open_zip(WEIR_CLOCK_MONOTONIC, false);
	probe_scripts[0].span = spans[_i];
	probe_scripts[1].span = spans[SPANS - 1 - _i];
	probe_logs[0].credit = 3;
	items(0, 1, 10);
	probe_mark(0, WEIR_MARK_BARRIER, 1);
	items(0, 11, 10);
	items(1, 1, 10);
	probe_mark(1, WEIR_MARK_BARRIER, 1);
	items(1, 11, 2);
	probe_mark(1, WEIR_MARK_BARRIER, 2);
	items(1, 13, 8);
	probe_scripts[0].holds = probe_scripts[1].holds = true; /* who has ended is told nothing */
	bed_start();
	bed_settle();
	expect(20, 1, 0);
	ck_assert_uint_eq(probe_logs[0].n_marks, 3);
	ck_assert_uint_eq(probe_logs[0].marks[0].after, 10);
	ck_assert_uint_eq(probe_logs[0].marks[1].after, 10);
	ck_assert_uint_eq(probe_logs[0].marks[2].after, 12);
	ck_assert_uint_eq(probe_scripts[0].barriers_done, 1);
	ck_assert_uint_eq(probe_scripts[1].barriers_done, 2);
	bed_close();
}
END_TEST

/* T-2: nobody asks for more, and yet the marks and the end arrive. */
START_TEST(marks_and_the_end_need_no_credit)
{
	open_zip(WEIR_CLOCK_MONOTONIC, false);
	probe_logs[0].credit = 2;
	items(0, 1, 2);
	probe_mark(0, WEIR_MARK_BARRIER, 1);
	items(1, 1, 2);
	probe_mark(1, WEIR_MARK_BARRIER, 1);
	bed_play();
	expect(2, 1, 0);
	ck_assert(probe_logs[0].ended);
	bed_close();
}
END_TEST

static enum weir_mark_kind spoken;
static uint64_t n_opened, last_heard, n_lagged;
static bool listens;

/* Each thing once, however often it is run. */
static void speaks(struct weir_ctx *c)
{
	const struct weir_mark lagged = { .kind = WEIR_MARK_LAGGED, .value = 3 };

	if (spoken == WEIR_MARK_BARRIER)
		ck_assert_int_eq(weir_barrier(c, ++n_opened), WEIR_OK);
	else if (spoken == WEIR_MARK_LAGGED)
		weir_send_mark(c, 0, &lagged);
	else if (spoken == WEIR_MARK_COMPLETE)
		weir_complete(c);
	spoken = WEIR_MARKS;
}

/* A sink that asks for nothing, and looks at nothing until it listens. */
static void hears(struct weir_ctx *c)
{
	struct weir_mark mark;

	while (listens && weir_next_mark(c, 0, &mark)) {
		if (mark.kind == WEIR_MARK_LAGGED)
			n_lagged += mark.value;
		if (mark.kind >= WEIR_MARK_COMPLETE)
			weir_end_with(c, &mark);
		if (mark.kind != WEIR_MARK_BARRIER)
			continue;
		last_heard = mark.value;
		weir_barrier_done(c, &mark);
	}
}

static void speak(enum weir_mark_kind what)
{
	spoken = what;
	marionette_run(1);
}

/* A barrier waits until the one before it has been heard; the end waits for nothing, and nor does it then. */
START_TEST(marks_that_wait_go_before_the_end)
{
	static struct marionette speaker = { .run = speaks }, hearer = { .run = hears };
	uint16_t ear;

	bed_open(WEIR_CLOCK_MONOTONIC);
	spoken = WEIR_MARKS;
	n_opened = last_heard = n_lagged = 0;
	listens = false;
	(void)bed_source(0);
	probe_scripts[0].holds = true;
	(void)bed_stage(&marionette_source_type, &speaker);
	stage = bed_stage(&weir_zip_type, NULL);
	(void)bed_edge(0, stage);
	(void)bed_edge(1, stage);
	ear = bed_stage(&marionette_sink_type, &hearer);
	(void)bed_edge_of(stage, ear, &pair_record);
	bed_start();
	bed_settle();
	speak(WEIR_MARK_BARRIER);
	speak(WEIR_MARK_BARRIER);
	if (_i == 1)
		speak(WEIR_MARK_LAGGED);
	speak(WEIR_MARK_COMPLETE);
	ck_assert_int_eq(weir_stage_phase(bed.in, stage), WEIR_STAGE_COMPLETED);
	listens = true;
	marionette_run(ear);
	ck_assert_uint_eq(last_heard, 2);
	ck_assert_uint_eq(n_lagged, _i == 1 ? 3 : 0);
	ck_assert(!weir_failed(bed.in));
	bed_close();
}
END_TEST

START_TEST(one_stream_is_refused)
{
	struct weir_place place = { .n_in = 1 };
	const char *why = NULL;

	ck_assert_int_lt(weir_zip_type.check(&place, &why), 0);
	ck_assert_ptr_nonnull(why);
	place.n_in = 2;
	ck_assert_int_eq(weir_zip_type.check(&place, &why), WEIR_OK);
}
END_TEST

/* A plan whose joint record is not the inputs' fields does not start. */
START_TEST(another_record_is_refused)
{
	struct weir_field fields[7];
	struct weir_record record = pair_record;
	struct weir_instance *in;
	size_t size;
	void *memory;

	open_zip(WEIR_CLOCK_MONOTONIC, false);
	bed_start();
	bed_close();
	memcpy(fields, pair_fields, sizeof pair_fields);
	fields[6] = (struct weir_field){ .name = "more", .kind = WEIR_U32, .offset = 44 };
	record.fields = fields;
	record.n_fields = _i == 0   ? 5
			  : _i == 1 ? 7
				    : 6; /* one too few, too many, of another kind or length */
	fields[4].kind = _i == 2 ? WEIR_F64 : WEIR_I64;
	fields[5].text_max = _i == 3 ? 4 : 0;
	((const struct weir_record **)(uintptr_t)bed.plan.records)[bed.edges[output].record] = &record;
	weir_plan_number(&bed.plan, bed.edges);
	size = weir_instance_size(&bed.plan, NULL, NULL);
	memory = aligned_alloc(16, size);
	ck_assert_int_eq(
		weir_instance_init(&in, memory, size, &bed.plan, &bed.clock.platform, NULL), WEIR_EINVAL);
	free(memory);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("zip");
	TCase *tc = tcase_create("zip");
	SRunner *sr = srunner_create(suite);
	int failed;

	suite_add_tcase(suite, tc);
	tcase_add_loop_test(tc, items_are_paired_by_their_number, 0, SPANS);
	tcase_add_test(tc, fields_go_where_the_layout_says);
	tcase_add_loop_test(tc, it_completes_with_the_shortest_and_counts_the_rest, 0, SPANS);
	tcase_add_test(tc, an_input_without_items_completes_it_at_once);
	tcase_add_loop_test(tc, the_faster_input_is_held_back, 0, SPANS);
	tcase_add_test(tc, nothing_is_asked_for_that_nobody_wants);
	tcase_add_loop_test(tc, a_branch_may_be_behind_by_less_than_the_ring, 0, SPANS);
	tcase_add_loop_test(tc, marks_of_an_input_ahead_are_taken, 0, SPANS);
	tcase_add_loop_test(tc, an_error_comes_behind_the_pairs_before_it, 0, SPANS);
	tcase_add_loop_test(tc, a_cancelled_output_cancels_all_inputs, 0, SPANS);
	tcase_add_test(tc, an_abort_counts_what_the_ring_holds);
	tcase_add_loop_test(tc, a_pair_is_as_late_as_its_latest_item, 0, SPANS);
	tcase_add_loop_test(tc, a_watermark_is_the_least_behind_its_pair, 0, SPANS);
	tcase_add_test(tc, watermarks_of_one_input_alone_go_no_further);
	tcase_add_loop_test(tc, barriers_go_behind_their_pairs_and_are_all_answered, 0, SPANS);
	tcase_add_test(tc, marks_and_the_end_need_no_credit);
	tcase_add_loop_test(tc, marks_that_wait_go_before_the_end, 0, 2);
	tcase_add_test(tc, one_stream_is_refused);
	tcase_add_loop_test(tc, another_record_is_refused, 0, 4);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
