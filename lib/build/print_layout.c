/* SPDX-License-Identifier: MIT */
/* print_layout.c -- where everything of a printed plan lies in its arena, as const tables. */
#include "print.h"

static void print_states(struct weir_print *o, const struct weir_plan *plan)
{
	weir_print(o, "static const uint32_t %s_states[] = {", o->name);
	for (uint16_t i = 0; i < plan->n_stages; i++)
		weir_print(o, "%s%u,", i % 12 == 0 ? "\n\t" : " ", plan->layout->states[i]);
	weir_print(o, "\n};\n");
}

static void print_placed(struct weir_print *o, const struct weir_plan *plan)
{
	weir_print(o, "static const struct weir_placed %s_placed[] = {\n", o->name);
	for (uint16_t i = 0; i < plan->n_memories; i++)
		weir_print(o, "\t{ .buffer = %u, .column = %u },\n", plan->layout->placed[i].buffer,
			plan->layout->placed[i].column);
	weir_print(o, "};\n");
}

void weir_print_layout(struct weir_print *o, const struct weir_plan *plan)
{
	const struct weir_layout *l = plan->layout;

	weir_print(o, "/* Offsets in the arena. */\n");
	print_states(o, plan);
	if (plan->n_memories > 0)
		print_placed(o, plan);
	weir_print(o, "static const struct weir_layout %s_layout = {\n\t.bytes = %u, .n_timers = %u,\n",
		o->name, l->bytes, l->n_timers);
	weir_print(o, "\t.stages = %u, .edges = %u, .drops = %u, .memories = %u,\n", l->stages, l->edges,
		l->drops, l->memories);
	weir_print(o, "\t.watermarks = %u, .lagged = %u, .barrier_notes = %u,\n", l->watermarks, l->lagged,
		l->barrier_notes);
	weir_print(o, "\t.errors = %u, .stalls = %u, .items = %u, .timers = %u, .heap = %u,\n", l->errors,
		l->stalls, l->items, l->timers, l->heap);
	weir_print(o, "\t.ready = %u, .tally = %u, .barriers = %u, .scratch = %u,\n", l->ready, l->tally,
		l->barriers, l->scratch);
	weir_print(o, "\t.states = %s_states, .placed = ", o->name);
	if (plan->n_memories > 0)
		weir_print(o, "%s_placed,\n};\n\n", o->name);
	else
		weir_print(o, "NULL,\n};\n\n");
}
