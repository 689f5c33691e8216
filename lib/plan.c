/* SPDX-License-Identifier: MIT */
/*
 * plan.c -- the numbers in a plan that follow from the rest of it: which edges have which optional parts.
 *
 * An edge is small; what only some need (memory, marks with a value, counters of drops) lies in tables of the
 * instance, and the plan says where. So an edge that merely passes on costs next to nothing.
 */
#include "core.h"

/* Its producer fills a buffer, or writes down the times of what it lends. */
static bool has_memory(const struct weir_plan *p, const struct weir_edge_def *e)
{
	bool timed = e->instants && p->stages[e->from].instant_offset != WEIR_NO_INSTANT;

	return !e->inner && (e->buffer_items > 0 || timed);
}

void weir_plan_number(struct weir_plan *p, struct weir_edge_def *edges)
{
	p->n_memories = p->n_notes = 0;
	p->n_drops = 0;
	p->n_errors = p->n_stalls = p->n_stages;
	for (uint16_t i = 0; i < p->n_edges; i++) {
		struct weir_edge_def *e = &edges[i];

		e->item_bytes = p->records[e->record]->size;
		e->first_drop = p->n_drops;
		p->n_drops += weir_count_bits(e->drops) + weir_count_bits(e->wastes);
		e->memory = has_memory(p, e) ? p->n_memories++ : WEIR_NO_PART;
		e->notes = e->inner ? WEIR_NO_PART : p->n_notes++;
	}
	p->n_watermarks = p->n_notes;
}
