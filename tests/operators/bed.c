/* SPDX-License-Identifier: MIT */
/* bed.c -- see bed.h. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "bed.h"

struct bed bed;

struct probe_params {
	uint32_t probe;
	const struct weir_record *record;
};

static const struct weir_field fields[] = {
	{ .name = "at", .kind = WEIR_TIME, .offset = offsetof(struct bed_item, at) },
	{ .name = "v", .kind = WEIR_I64, .offset = offsetof(struct bed_item, v) },
	{ .name = "node", .kind = WEIR_U32, .offset = offsetof(struct bed_item, node) },
};
const struct weir_field bed_at = { .name = "at", .kind = WEIR_TIME, .offset = offsetof(struct bed_item, at) };
const struct weir_field bed_v = { .name = "v", .kind = WEIR_I64, .offset = offsetof(struct bed_item, v) };
const struct weir_field bed_node = {
	.name = "node", .kind = WEIR_U32, .offset = offsetof(struct bed_item, node)
};
const struct weir_record bed_record = {
	.name = "item", .fields = fields, .n_fields = 3, .size = sizeof(struct bed_item)
};

static const struct weir_field *const by_node[] = { &bed_node };
const struct weir_key bed_no_key = { 0 };
const struct weir_key bed_by_node = { .fields = by_node, .n_fields = 1 };

static struct probe_params probe_params[PROBES];
static const struct weir_record *records[BED_MAX];
static uint16_t inputs[BED_MAX], outputs[BED_MAX];
static struct bed_item *items;
static uint32_t n_items;
static void *memory;
static size_t memory_size;

void bed_open(enum weir_clock clock)
{
	memset(&bed, 0, sizeof bed);
	probe_reset();
	probe_clock_init(&bed.clock);
	bed.plan = (struct weir_plan){ .abi = WEIR_PLAN_ABI,
		.clock = (uint8_t)clock,
		.name = "bed",
		.records = records,
		.stages = bed.stages,
		.edges = bed.edges,
		.inputs = inputs,
		.outputs = outputs,
		.n_records = BED_MAX,
		.max_barriers = 4 };
	bed.cap = 64;
	free(items);
	items = malloc(PROBE_EVENTS * sizeof *items);
	ck_assert_ptr_nonnull(items);
	n_items = 0;
	for (uint32_t i = 0; i < PROBES; i++)
		probe_params[i] = (struct probe_params){ .probe = i, .record = &bed_record };
}

uint16_t bed_stage(const struct weir_op_type *type, const void *params)
{
	struct weir_stage_def *s = &bed.stages[bed.plan.n_stages];

	ck_assert_uint_lt(bed.plan.n_stages, BED_MAX);
	*s = (struct weir_stage_def){ .id = type->name,
		.type = type,
		.params = params,
		.group = 1,
		.error_edge = WEIR_NO_EDGE,
		.instant_offset = WEIR_NO_INSTANT };
	if (type->as_program != NULL)
		s->program = type->as_program(params);
	return bed.plan.n_stages++;
}

uint16_t bed_source(uint32_t probe)
{
	return bed_stage(&probe_source_type, &probe_params[probe]);
}

uint16_t bed_sink(uint32_t probe)
{
	return bed_stage(&probe_sink_type, &probe_params[probe]);
}

uint16_t bed_edge_of(uint16_t from, uint16_t to, const struct weir_record *record)
{
	struct weir_edge_def *e = &bed.edges[bed.plan.n_edges];
	unsigned flags = bed.stages[from].type->flags;
	bool event = bed.plan.clock == WEIR_CLOCK_EVENT;

	ck_assert_uint_lt(bed.plan.n_edges, BED_MAX);
	*e = (struct weir_edge_def){ .from = from,
		.to = to,
		.record = bed.plan.n_edges,
		.drops = 0x3f,
		.cap_items = bed.cap,
		.buffer_items =
			(flags & (WEIR_OP_LENDS | WEIR_OP_NARROWS | WEIR_OP_IN_PLACE)) != 0 ? 0 : bed.cap,
		.owned = (flags & WEIR_OP_LENDS) == 0,
		.has_time = event && (flags & WEIR_OP_MAKES_TIME) != 0,
		.instants = event };
	records[bed.plan.n_edges] = record;
	return bed.plan.n_edges++;
}

uint16_t bed_edge(uint16_t from, uint16_t to)
{
	return bed_edge_of(from, to, &bed_record);
}

void bed_errors_to(uint16_t stage, uint16_t sink)
{
	bed.stages[stage].on_error = WEIR_ON_ERROR_TO;
	bed.stages[stage].error_edge = bed_edge_of(stage, sink, &weir_error_record);
	bed.edges[bed.stages[stage].error_edge].cap_items = 1;
	bed.edges[bed.stages[stage].error_edge].buffer_items = 1;
	bed.edges[bed.stages[stage].error_edge].owned = true;
}

void bed_item(uint32_t probe, int64_t at, int64_t v, uint32_t node)
{
	ck_assert_uint_lt(n_items, PROBE_EVENTS);
	items[n_items] = (struct bed_item){ .at = at, .v = v, .node = node };
	probe_item(probe, &items[n_items++], at);
}

void bed_number(void)
{
	uint16_t n_in = 0, n_out = 0;

	for (uint16_t i = 0; i < BED_MAX; i++)
		if (i >= bed.plan.n_edges || records[i] == NULL)
			records[i] = &bed_record;
	for (uint16_t i = 0; i < bed.plan.n_stages; i++) {
		struct weir_stage_def *s = &bed.stages[i];

		s->first_in = n_in;
		s->first_out = n_out;
		for (uint16_t e = 0; e < bed.plan.n_edges; e++) {
			if (bed.edges[e].to == i) {
				bed.edges[e].to_port = s->n_in++;
				inputs[n_in++] = e;
			}
			if (bed.edges[e].from == i && e != s->error_edge) {
				bed.edges[e].from_port = s->n_out++;
				outputs[n_out++] = e;
			}
		}
	}
	weir_plan_number(&bed.plan, bed.edges);
}

void bed_start(void)
{
	bed_number();
	memory_size = weir_instance_size(&bed.plan, NULL, NULL);
	ck_assert_uint_gt(memory_size, 0);
	memory = aligned_alloc(16, memory_size + 16); /* 16 bytes that must stay as they are */
	ck_assert_ptr_nonnull(memory);
	memset((unsigned char *)memory + memory_size, 0x5a, 16);
	ck_assert_int_eq(
		weir_instance_init(&bed.in, memory, memory_size, &bed.plan, &bed.clock.platform, NULL),
		WEIR_OK);
	ck_assert_uint_eq(weir_arena_used(bed.in), memory_size);
	ck_assert_int_eq(weir_start(bed.in), WEIR_OK);
}

void bed_settle(void)
{
	while (weir_step(bed.in, 64) == 64)
		probe_check_ledger(bed.in);
	probe_check_ledger(bed.in);
}

void bed_play(void)
{
	bed_start();
	(void)probe_run(&bed.clock, bed.in);
	ck_assert_msg(weir_ended(bed.in), "the pipeline stands still");
}

void bed_close(void)
{
	weir_fini(bed.in);
	ck_assert_uint_eq(weir_timers_armed(bed.in), 0);
	probe_check_ledger(bed.in);
	for (int i = 0; i < 16; i++)
		ck_assert_uint_eq(((unsigned char *)memory)[memory_size + (size_t)i], 0x5a);
	free(memory);
	free(items);
	items = NULL;
	memory = NULL;
}

struct bed_item bed_got(uint32_t probe, uint32_t i)
{
	struct bed_item item;

	ck_assert_uint_lt(i, probe_logs[probe].n_items);
	memcpy(&item, probe_logs[probe].bytes + i * sizeof item, sizeof item);
	return item;
}

void bed_expect(uint32_t probe, uint32_t n, const int64_t *v)
{
	for (uint32_t i = 0; i < n && i < probe_logs[probe].n_items; i++)
		ck_assert_msg(bed_got(probe, i).v == v[i], "sink %u, item %u: %lld instead of %lld", probe, i,
			(long long)bed_got(probe, i).v, (long long)v[i]);
	ck_assert_uint_eq(probe_logs[probe].n_items, n);
}

uint64_t bed_dropped(uint16_t edge, enum weir_drop reason)
{
	struct weir_ledger ledger;

	ck_assert_int_eq(weir_edge_ledger(bed.in, edge, &ledger), WEIR_OK);
	return ledger.dropped[reason];
}
