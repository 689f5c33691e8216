/* SPDX-License-Identifier: MIT */
/*
 * ends.c -- drain and abort, from between two steps or from inside a callback, and what is known of them (world.h).
 */
#include "world.h"

/* Ports are told at once; other sources say themselves how they end. */
static void end_port(struct sim_world *w, struct sim_source *s)
{
	if (!s->present || !s->port || weir_stage_phase(w->in, s->stage) != WEIR_STAGE_RUNNING)
		return;
	if (w->checkpoint) /* it does not wait for what is held */
		s->end = SIM_END_CHECKPOINT;
	else if (s->end == SIM_END_NOT)
		s->end = SIM_END_COMPLETE;
}

void sim_drain(struct sim_world *w, bool checkpoint, uint64_t deadline_ns)
{
	bool first = !w->draining && !weir_ended(w->in); /* another one changes nothing */
	int rc;

	if (first) { /* before any source is asked to stop */
		w->draining = true;
		w->checkpoint = checkpoint;
		w->deadline_ns = deadline_ns;
	}
	rc = weir_drain(w->in, checkpoint ? WEIR_DRAIN_CHECKPOINT : WEIR_DRAIN_FINISH, deadline_ns);
	if (rc != WEIR_OK)
		sim_broken(w, "end", "drain says %s", weir_strerror(rc));
	for (uint32_t i = 0; i < SIM_ACTORS && first; i++)
		end_port(w, &w->sources[i]);
}

/* Twice, for that must be the same. */
void sim_abort(struct sim_world *w)
{
	w->aborted = true;
	weir_abort(w->in);
	weir_abort(w->in);
}
