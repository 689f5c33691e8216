/* SPDX-License-Identifier: MIT */
/* print_layout.c -- where everything of a printed plan lies in its arena, as const tables. */
#include "print.h"

static void print_states(struct weir_printer *p)
{
	weir_print(&p->out, "static const uint32_t %s_states[] = {", p->name);
	for (uint16_t i = 0; i < p->plan->n_stages; i++)
		weir_print(&p->out, "%s%u,", i % 12 == 0 ? "\n\t" : " ", p->plan->layout->states[i]);
	weir_print(&p->out, "\n};\n");
}

static void print_placed(struct weir_printer *p)
{
	const struct weir_placed *placed = p->plan->layout->placed;

	weir_print(&p->out, "static const struct weir_placed %s_placed[] = {\n", p->name);
	for (uint16_t i = 0; i < p->plan->n_memories; i++)
		weir_print(
			&p->out, "\t{ .buffer = %u, .column = %u },\n", placed[i].buffer, placed[i].column);
	weir_print(&p->out, "};\n");
}

void weir_print_layout(struct weir_printer *p)
{
	const struct weir_layout *l = p->plan->layout;
	struct weir_print *o = &p->out;

	weir_print(o, "\n/* Offsets in the arena. */\n");
	print_states(p);
	if (p->plan->n_memories > 0)
		print_placed(p);
	weir_print(o, "static const struct weir_layout %s_layout = {\n\t.bytes = %u, .n_timers = %u,\n",
		p->name, l->bytes, l->n_timers);
	weir_print(o, "\t.stages = %u, .edges = %u, .drops = %u, .memories = %u,\n", l->stages, l->edges,
		l->drops, l->memories);
	weir_print(o, "\t.watermarks = %u, .lagged = %u, .barrier_notes = %u,\n", l->watermarks, l->lagged,
		l->barrier_notes);
	weir_print(o, "\t.errors = %u, .stalls = %u, .items = %u, .timers = %u, .heap = %u,\n", l->errors,
		l->stalls, l->items, l->timers, l->heap);
	weir_print(o, "\t.ready = %u, .tally = %u, .barriers = %u, .scratch = %u,\n", l->ready, l->tally,
		l->barriers, l->scratch);
	weir_print(o, "\t.states = %s_states,\n", p->name);
	if (p->plan->n_memories > 0)
		weir_print(o, "\t.placed = %s_placed,\n", p->name);
	weir_print(o, "};\n");
}
