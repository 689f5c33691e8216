/* SPDX-License-Identifier: MIT */
/*
 * layout.c -- where everything lies in the arena. One walk serves the bill and the layout, so they are equal.
 *
 * Order: the engine's tables, then each stage's state, then the memory of each edge that has some. On hosts every part
 * starts at 16 bytes and large spans at a cache line as far as the arena does, the padding before a span belonging to
 * its edge; on microcontrollers parts start at 8 bytes. Other padding belongs to the part before it.
 *
 * How large the engine's structs are comes from a table, so that a host lays the arena of a microcontroller out too.
 */
#include <string.h>

#include "layout.h"
#include "program_paths.h"

#define CACHE_LINE_BYTES 64u
#define LARGE_SPAN_BYTES 1024u

const struct weir_abi weir_abi_here = {
	.name = "here",
	.part = WEIR_IS_ILP32 ? 8 : 16,
	.ilp32 = WEIR_IS_ILP32,
	.count = sizeof(weir_count_t),
	.pointer = sizeof(void *),
	.instance = sizeof(struct weir_instance),
	.stage = sizeof(struct weir_stage),
	.edge = sizeof(struct weir_edge),
	.memory = sizeof(struct weir_memory),
	.error = sizeof(struct weir_error),
	.timer = sizeof(struct weir_timer),
	.barrier = sizeof(struct weir_open_barrier),
	.barrier_note = sizeof(struct weir_barrier_note),
};

const struct weir_abi weir_abi_ilp32 = {
	.name = "ilp32",
	.part = 8,
	.ilp32 = true,
	.count = sizeof(uint32_t),
	.pointer = sizeof(uint32_t),
	.instance = weir_instance_ilp32,
	.stage = weir_stage_ilp32,
	.edge = weir_edge_ilp32,
	.memory = weir_memory_ilp32,
	.error = weir_error_ilp32,
	.timer = weir_timer_ilp32,
	.barrier = weir_open_barrier_ilp32,
	.barrier_note = weir_barrier_note_ilp32,
};

struct walk {
	const struct weir_plan *plan;
	const struct weir_abi *abi;
	uint64_t at; /* bytes laid out so far */
};

static uint32_t take(struct walk *w, uint64_t bytes)
{
	uint64_t at = w->at, part = w->abi->part;

	w->at += (bytes + part - 1) / part * part;
	return (uint32_t)at;
}

/* Large spans begin on a cache line, for the vectors that run over them. */
static uint32_t take_span(struct walk *w, uint64_t bytes)
{
	if (!w->abi->ilp32 && bytes >= LARGE_SPAN_BYTES)
		w->at = (w->at + CACHE_LINE_BYTES - 1) / CACHE_LINE_BYTES * CACHE_LINE_BYTES;
	return take(w, bytes);
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

/* Columns of programs; on microcontrollers these are functions. */
static size_t scratch_bytes(const struct weir_plan *p, const struct weir_abi *abi)
{
	size_t most = 0;

	for (uint16_t i = 0; i < p->n_stages && !abi->ilp32; i++) {
		const struct weir_stage_def *d = &p->stages[i];
		size_t need;

		if (d->n_in > 0 && p->edges[p->inputs[d->first_in]].cap_items < WEIR_COLUMNS_FEWEST)
			continue; /* its spans go by items */
		need = d->program != NULL              ? weir_program_scratch(d->program)
		       : d->type->scratch_size != NULL ? d->type->scratch_size(d->params)
						       : 0;

		most = need > most ? need : most;
	}
	return most;
}

static void engine_part(struct walk *w, struct weir_layout *l)
{
	const struct weir_plan *p = w->plan;
	const struct weir_abi *a = w->abi;
	uint32_t widest = 1;
	bool scopes = false;

	for (uint16_t i = 0; i < p->n_stages; i++) {
		l->n_timers = (uint16_t)(l->n_timers + p->stages[i].type->n_timers);
		scopes = scopes || p->stages[i].scope != 0;
		widest = p->stages[i].group > widest ? p->stages[i].group : widest;
	}
	(void)take(w, a->instance);
	l->stages = take(w, (uint64_t)p->n_stages * a->stage);
	l->edges = take(w, (uint64_t)p->n_edges * a->edge);
	l->drops = take(w, (uint64_t)p->n_drops * a->count);
	l->memories = take(w, (uint64_t)p->n_memories * a->memory);
	l->watermarks = take(w, p->n_watermarks * sizeof(int64_t));
	l->lagged = take(w, (uint64_t)p->n_notes * a->count);
	l->barrier_notes = take(w, p->max_barriers > 0 ? (uint64_t)p->n_notes * a->barrier_note : 0);
	l->errors = take(w, (uint64_t)p->n_errors * a->error);
	l->stalls = take(w, (uint64_t)p->n_stalls * a->count);
	l->items = take(w, scopes ? (uint64_t)p->n_edges * a->pointer : 0);
	l->timers = take(w, (uint64_t)l->n_timers * a->timer);
	l->heap = take(w, l->n_timers * sizeof(uint16_t));
	l->ready = take(w, 3u * weir_stage_words(p) * sizeof(uint32_t));
	l->tally = take(w, widest * sizeof(uint32_t));
	l->barriers = take(w, (uint64_t)p->max_barriers * a->barrier);
	l->scratch = take(w, scratch_bytes(p, a));
}

/* Bytes of a stage's state; negative: its type refuses. */
static int64_t state_bytes(const struct walk *w, uint16_t stage)
{
	const struct weir_op_type *type = w->plan->stages[stage].type;
	struct weir_place place;

	if (type->state_size == NULL)
		return 0;
	weir_layout_place(w->plan, stage, &place);
	place.ilp32 = w->abi->ilp32;
	return type->state_size(&place);
}

static void edge_part(struct walk *w, uint16_t edge, struct weir_placed *m)
{
	const struct weir_edge_def *e = &w->plan->edges[edge];

	m->buffer = take_span(w, (uint64_t)e->buffer_items * e->item_bytes);
	m->column = take(w, e->instants ? (uint64_t)e->cap_items * sizeof(int64_t) : 0);
	if (!e->instants)
		m->column = 0;
}

static void tell(weir_bill_fn *bill, void *arg, int what, uint16_t index, uint64_t bytes)
{
	struct weir_bill_line line = { .index = index, .bytes = (size_t)bytes };

	line.what = what == 0 ? WEIR_BILL_ENGINE : what == 1 ? WEIR_BILL_STAGE : WEIR_BILL_EDGE;
	if (bill != NULL)
		bill(arg, &line);
}

int weir_layout_compute(const struct weir_plan *p, const struct weir_abi *abi, struct weir_layout *l,
	weir_layout_fn *each, void *each_arg, weir_bill_fn *bill, void *bill_arg)
{
	struct walk w = { .plan = p, .abi = abi };

	memset(l, 0, sizeof *l);
	engine_part(&w, l);
	tell(bill, bill_arg, 0, 0,
		w.at - (uint64_t)p->n_stages * abi->stage - (uint64_t)p->n_edges * abi->edge);
	for (uint16_t i = 0; i < p->n_stages; i++) {
		uint64_t from = w.at;
		int64_t bytes = state_bytes(&w, i);
		uint32_t state = bytes > 0 ? take(&w, (uint64_t)bytes) : 0;

		if (bytes < 0)
			return (int)bytes;
		if (each != NULL)
			each(each_arg, i, state, NULL);
		tell(bill, bill_arg, 1, i, w.at - from + abi->stage);
	}
	for (uint16_t i = 0; i < p->n_edges; i++) {
		uint64_t from = w.at;
		struct weir_placed m;

		if (p->edges[i].memory != WEIR_NO_PART) {
			edge_part(&w, i, &m);
			if (each != NULL)
				each(each_arg, i, 0, &m);
		}
		tell(bill, bill_arg, 2, i, w.at - from + abi->edge);
	}
	l->bytes = (uint32_t)w.at;
	return w.at > UINT32_MAX ? WEIR_ERANGE : WEIR_OK;
}

/* ---- for everybody ---- */

static bool is_sound(const struct weir_plan *plan)
{
	return plan != NULL && plan->abi == WEIR_PLAN_ABI && plan->n_stages > 0;
}

size_t weir_instance_size_on(
	const struct weir_plan *plan, const struct weir_abi *abi, weir_bill_fn *bill, void *arg)
{
	struct weir_layout l;

	if (!is_sound(plan) || weir_layout_compute(plan, abi, &l, NULL, NULL, bill, arg) < 0)
		return 0;
	return l.bytes;
}

size_t weir_instance_size(const struct weir_plan *plan, weir_bill_fn *bill, void *arg)
{
	return weir_instance_size_on(plan, &weir_abi_here, bill, arg);
}

struct tables {
	const struct weir_plan *plan;
	uint32_t *states;
	struct weir_placed *placed;
};

static void note(void *arg, uint16_t index, uint32_t state, const struct weir_placed *memory)
{
	struct tables *t = arg;

	if (memory == NULL)
		t->states[index] = state;
	else
		t->placed[t->plan->edges[index].memory] = *memory;
}

int weir_layout_for(const struct weir_plan *plan, const struct weir_abi *abi, struct weir_layout *layout,
	uint32_t *states, struct weir_placed *placed)
{
	struct tables t = { .plan = plan, .states = states, .placed = placed };
	int rc;

	if (!is_sound(plan))
		return WEIR_EINVAL;
	rc = weir_layout_compute(plan, abi, layout, note, &t, NULL, NULL);
	layout->states = states;
	layout->placed = placed;
	return rc;
}
