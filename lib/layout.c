/* SPDX-License-Identifier: MIT */
/*
 * layout.c -- where everything lies in the arena. One walk serves the bill and the layout, so they are equal.
 *
 * Order: the engine's tables, then each stage with its state, then each edge with its counters and buffer.
 * Every part starts at 16 bytes, large spans at a cache line as far as the arena does; the padding before a span
 * belongs to its edge, other padding to the part before it.
 */
#include <string.h>

#include "layout.h"

#define CACHE_LINE_BYTES 64u
#define LARGE_SPAN_BYTES 1024u

static size_t take(struct weir_layout *l, size_t bytes)
{
	size_t at = l->at;

	l->at += (bytes + 15u) & ~(size_t)15u;
	return at;
}

/* Large spans begin on a cache line, for the vectors that run over them. */
static size_t take_span(struct weir_layout *l, size_t bytes)
{
	if (bytes >= LARGE_SPAN_BYTES)
		l->at = (l->at + CACHE_LINE_BYTES - 1) & ~(size_t)(CACHE_LINE_BYTES - 1);
	return take(l, bytes);
}

void weir_layout_place(const struct weir_plan *p, uint16_t stage, struct weir_place *place)
{
	const struct weir_stage_def *d = &p->stages[stage];

	memset(place, 0, sizeof *place);
	place->params = d->params;
	place->n_in = d->n_in;
	place->n_out = d->n_out;
	place->event_clock = p->clock == WEIR_CLOCK_EVENT;
	if (d->n_in > 0) {
		const struct weir_edge_def *e = &p->edges[p->inputs[d->first_in]];

		place->in = p->records[e->record];
		place->in_cap = e->cap_items;
	}
	if (d->n_out > 0) {
		const struct weir_edge_def *e = &p->edges[p->outputs[d->first_out]];

		place->out = p->records[e->record];
		place->out_cap = e->cap_items;
	}
}

static void engine_part(struct weir_layout *l, const struct weir_plan *p)
{
	size_t scratch = 0;
	uint16_t widest = 1;
	bool scopes = false;

	for (uint16_t i = 0; i < p->n_stages; i++) {
		const struct weir_program *program = p->stages[i].program;
		size_t need = program != NULL ? weir_program_scratch(program) : 0;

		l->n_timers = (uint16_t)(l->n_timers + p->stages[i].type->n_timers);
		scopes = scopes || p->stages[i].scope != 0;
		scratch = need > scratch ? need : scratch;
		widest = p->stages[i].group > widest ? p->stages[i].group : widest;
	}
	l->instance = take(l, sizeof(struct weir_instance));
	l->stages = take(l, p->n_stages * sizeof(struct weir_stage));
	l->edges = take(l, p->n_edges * sizeof(struct weir_edge));
	l->drops = take(l, p->n_drops * sizeof(weir_count_t));
	l->memories = take(l, p->n_memories * sizeof(struct weir_memory));
	l->notes = take(l, p->n_notes * sizeof(struct weir_notes));
	l->errors = take(l, p->n_stages * sizeof(struct weir_error));
	l->stalls = take(l, p->n_stages * sizeof(weir_count_t));
	l->items = take(l, scopes ? p->n_edges * sizeof(const void *) : 0);
	l->timers = take(l, l->n_timers * sizeof(struct weir_timer));
	l->heap = take(l, l->n_timers * sizeof(uint16_t));
	l->ready = take(l, 3u * weir_stage_words(p) * sizeof(uint32_t));
	l->tally = take(l, 2u * widest * sizeof(uint32_t));
	l->barriers = take(l, p->max_barriers * sizeof(struct weir_open_barrier));
	l->scratch = take(l, scratch);
}

static int stage_part(struct weir_layout *l, const struct weir_plan *p, uint16_t i)
{
	const struct weir_op_type *type = p->stages[i].type;
	struct weir_place place;
	int64_t size = 0;

	weir_layout_place(p, i, &place);
	if (type->state_size != NULL)
		size = type->state_size(&place);
	if (size < 0)
		return (int)size;
	l->state = take(l, (size_t)size);
	l->state_bytes = (size_t)size;
	return WEIR_OK;
}

static void edge_part(struct weir_layout *l, const struct weir_plan *p, uint16_t i)
{
	const struct weir_edge_def *e = &p->edges[i];
	l->buffer = take_span(l, (size_t)e->buffer_items * e->item_bytes);
	l->has_column = e->instants && e->memory != WEIR_NO_PART;
	l->column = take(l, l->has_column ? (size_t)e->cap_items * sizeof(int64_t) : 0);
}

static void tell(weir_bill_fn *bill, void *arg, int what, uint16_t index, size_t bytes)
{
	struct weir_bill_line line = { .index = index, .bytes = bytes };

	line.what = what == 0 ? WEIR_BILL_ENGINE : what == 1 ? WEIR_BILL_STAGE : WEIR_BILL_EDGE;
	if (bill != NULL)
		bill(arg, &line);
}

int weir_layout_walk(const struct weir_plan *p, struct weir_layout *l, weir_layout_fn *each, void *each_arg,
	weir_bill_fn *bill, void *bill_arg)
{
	size_t own_stage = sizeof(struct weir_stage), own_edge = sizeof(struct weir_edge), from;

	memset(l, 0, sizeof *l);
	engine_part(l, p);
	tell(bill, bill_arg, 0, 0, l->at - p->n_stages * own_stage - p->n_edges * own_edge);
	for (uint16_t i = 0; i < p->n_stages; i++) {
		int rc;

		from = l->at;
		rc = stage_part(l, p, i);
		if (rc < 0)
			return rc;
		if (each != NULL)
			each(each_arg, l, true, i);
		tell(bill, bill_arg, 1, i, l->at - from + own_stage);
	}
	for (uint16_t i = 0; i < p->n_edges; i++) {
		from = l->at;
		edge_part(l, p, i);
		if (each != NULL)
			each(each_arg, l, false, i);
		tell(bill, bill_arg, 2, i, l->at - from + own_edge);
	}
	return WEIR_OK;
}

size_t weir_instance_size(const struct weir_plan *plan, weir_bill_fn *bill, void *arg)
{
	struct weir_layout l;

	if (plan == NULL || plan->abi != WEIR_PLAN_ABI || plan->n_stages == 0)
		return 0;
	return weir_layout_walk(plan, &l, NULL, NULL, bill, arg) < 0 ? 0 : l.at;
}
