/* SPDX-License-Identifier: MIT */
/*
 * release.c -- everyone is set free, and it must end (run.h).
 *
 * In every stretch of virtual time that is 10 seconds longer than any stage was told to wait something must move; what
 * does not move is told with the stage where it hangs.
 */
#include <string.h>

#include "run.h"

#define FREE_TURNS   2000u
#define TURNS_MOST   200000u
#define STRETCHES    300u
#define PROGRESS_NS  10000000000u /* by then something must have moved */
#define JUMP_MOST_NS ((uint64_t)1 << 55)

/* Everyone does what is theirs: sources send all they have and complete, sinks take it. */
static void set_free(struct sim_world *w)
{
	w->released = true;
	for (uint32_t i = 0; i < SIM_ACTORS; i++) {
		struct sim_source *s = &w->sources[i];
		struct sim_sink *k = &w->sinks[i];

		s->flow = true;
		k->take = k->pump = UINT32_MAX;
		k->hold = false;
		if (s->present && !s->port)
			weir_wake_stage(w->in, s->stage);
		if (k->present && !k->port)
			weir_wake_stage(w->in, k->stage);
	}
}

/* The longest time that any stage was told to wait for something. */
static uint64_t longest_wait_ns(const struct weir_plan *p)
{
	uint64_t longest = 0;

	for (uint16_t i = 0; i < p->n_stages; i++) {
		const struct weir_param *row = p->stages[i].type->params;

		for (; row != NULL && row->name != NULL; row++) {
			uint64_t ns;

			if (row->kind != WEIR_PARAM_DURATION || row->member == NULL ||
				p->stages[i].params == NULL)
				continue;
			memcpy(&ns, (const unsigned char *)p->stages[i].params + row->offset, sizeof ns);
			longest = ns > longest ? ns : longest;
		}
	}
	return longest < JUMP_MOST_NS ? longest : JUMP_MOST_NS;
}

/* One stretch of time in which something must move. Returns false when nothing did. */
static bool run_stretch(struct sim_machine *m, uint64_t stretch_ns)
{
	struct sim_world *w = &m->world;
	uint64_t before = sim_movement(w), begin_ns = w->sim.now_ns, turns = w->sim.turns;
	int rc;

	do {
		w->sim.turns_step = w->c->turns_step;
		w->sim.turns_limit = w->sim.turns + FREE_TURNS;
		rc = weir_sim_run_until(&w->sim, begin_ns + stretch_ns);
		if (w->sim.turns - turns > TURNS_MOST && w->sim.now_ns == begin_ns) {
			sim_broken(w, "turns", "it runs in circles");
			return true;
		}
	} while (rc == WEIR_ETIMEOUT && w->sim.now_ns == begin_ns);
	if (rc == WEIR_ETIMEOUT) /* somebody wants to be woken very often */
		weir_sim_jump(&w->sim, stretch_ns);
	return sim_serve_ports(m) || sim_movement(w) != before;
}

/* Nothing moves: a violation, unless the builder said beforehand that the definition can stall. */
static void stuck(struct sim_machine *m, const char *what)
{
	m->stalled = m->made.may_stall;
	if (m->stalled)
		sim_trace_event(&m->world, "stall", 0, 0);
	else
		sim_check_stuck(m, what);
}

void sim_release(struct sim_machine *m)
{
	struct sim_world *w = &m->world;
	uint64_t stretch_ns = longest_wait_ns(w->plan) + PROGRESS_NS;
	uint32_t stretches = 0;

	set_free(w);
	while (w->broken[0] == '\0' && !m->stalled && (!weir_ended(w->in) || sim_serve_ports(m))) {
		sim_check_books(m);
		if (!run_stretch(m, stretch_ns) && !weir_ended(w->in))
			stuck(m, "nothing moved since all were set free");
		else if (stretches++ > STRETCHES)
			stuck(m, "it does not end since all were set free");
	}
	sim_check_books(m);
}
