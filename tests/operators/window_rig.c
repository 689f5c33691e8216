/* SPDX-License-Identifier: MIT */
/* window_rig.c -- see window_rig.h. */
#include <check.h>
#include <stdio.h>
#include <string.h>

#include "operators/window_rig.h"

static const struct weir_field result_fields[] = {
	{ .name = "n", .kind = WEIR_I64, .offset = 0 },
	{ .name = "sum", .kind = WEIR_I64, .offset = 8 },
	{ .name = "start", .kind = WEIR_TIME, .offset = 16 },
	{ .name = "end", .kind = WEIR_TIME, .offset = 24 },
	{ .name = "node", .kind = WEIR_U32, .offset = 32 },
};
const struct weir_record window_result_record = {
	.name = "result", .fields = result_fields, .n_fields = 5, .size = 40
};
const struct weir_aggregate window_list[2] = {
	{ .fn = WEIR_AGG_COUNT, .result_kind = WEIR_I64, .result = 0 },
	{ .fn = WEIR_AGG_SUM,
		.kind = WEIR_I64,
		.result_kind = WEIR_I64,
		.arg = offsetof(struct bed_item, v),
		.result = 8 },
};
const struct weir_program window_copy = {
	.in_size = 40, .out_size = 40, .copy_size = 40, .n_segments = 1, .n_regs = 1, .in_place = true
};
static const uint16_t key_offsets[] = { 32 };
struct weir_aggregates window_aggregates;
struct weir_window_params window_params;
const struct weir_op_type *const form_types[3] = { &weir_window_sliding_type, &weir_window_session_type,
	&weir_window_count_type };
uint16_t window_stage, window_input, window_output;

void window_open(enum weir_clock clock, bool with_field, const struct weir_key *key, uint64_t lateness_ns)
{
	window_aggregates = (struct weir_aggregates){ .list = window_list,
		.n_list = 2,
		.made = &window_result_record,
		.emit = &window_copy,
		.key_offsets = key_offsets,
		.start_offset = 16,
		.end_offset = 24 };
	window_params = (struct weir_window_params){ .tumbling_ns = 10,
		.key = *key,
		.max_keys = 256,
		.time = with_field ? &bed_at : NULL,
		.lateness_ns = lateness_ns,
		.emit = &window_aggregates };
	bed_open(clock);
	(void)bed_source(0);
	window_stage = bed_stage(&weir_window_type, &window_params);
	window_input = bed_edge(0, window_stage);
	window_output = bed_edge_of(window_stage, bed_sink(0), &window_result_record);
}

void form_set(enum form form)
{
	bed.stages[window_stage].type = form_types[form];
	window_params.tumbling_ns = 0;
	window_params.sliding_ns = form == SLIDING ? 10 : 0;
	window_params.session_ns = form == SESSION ? 10 : 0;
	window_params.count = form == COUNT ? 3 : 0;
	window_params.every = form == SLIDING ? 5 : form == COUNT ? -2 : 0;
}

void form_open(uint32_t span, enum form form, const struct weir_key *key, uint64_t lateness_ns)
{
	window_open(WEIR_CLOCK_EVENT, true, key, lateness_ns);
	probe_scripts[0].span = span;
	form_set(form);
}

/* "start-end node n sum" of each result, and "|time" for a watermark in between. */
const char *window_results(bool with_marks)
{
	static char text[1 << 16];
	const struct probe_log *log = &probe_logs[0];
	uint32_t mark = 0;
	size_t at = 0;

	text[0] = '\0';
	for (uint32_t i = 0; i <= log->n_items; i++) {
		struct window_result r;

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

void window_start_by_arrival(void)
{
	static const struct weir_input_params in_params = {
		.name = "in", .record = &bed_record, .capacity = 8
	};

	bed.stages[0].type = &weir_input_type;
	bed.stages[0].params = &in_params;
	bed.edges[window_input].buffer_items = 0;
	bed_start();
	bed_settle();
}

void window_push(uint64_t now, int64_t v)
{
	struct bed_item item = { .v = v };

	bed.clock.now_ns = now;
	ck_assert_int_eq(weir_push(bed.in, 0, &item, NULL, 1), 1);
}
