/* SPDX-License-Identifier: MIT */
/*
 * checks.c -- the laws that can be told from outside, by the public calls alone (run.h).
 *
 * M-2 every edge's books balance; C-1 no more came than was asked for; counters never go back; bounded queues stay
 * within their bounds; at the end nothing is queued, open, armed or attached.
 */
#include <stdio.h>
#include <string.h>

#include "run.h"

typedef unsigned long long ull;

/* ---- after every step ---- */

static const char *edge_name(const struct sim_world *w, uint16_t edge, char *name, size_t size)
{
	const struct weir_edge_def *e = &w->plan->edges[edge];

	(void)snprintf(name, size, "%s -> %s", w->plan->stages[e->from].id, w->plan->stages[e->to].id);
	return name;
}

static void balance(struct sim_world *w, uint16_t edge, const struct weir_ledger *l)
{
	uint64_t sum = l->out + l->queued;
	char name[160];

	for (unsigned r = 0; r < WEIR_DROP_REASONS; r++)
		sum += l->dropped[r];
	if (sum != l->in || l->out > l->in || l->queued > l->in)
		sim_broken(w, "M-2", "%s: in %llu, out %llu, queued %llu, in all %llu",
			edge_name(w, edge, name, sizeof name), (ull)l->in, (ull)l->out, (ull)l->queued,
			(ull)sum);
	if (l->in > l->requested)
		sim_broken(w, "C-1", "%s: in %llu, requested %llu", edge_name(w, edge, name, sizeof name),
			(ull)l->in, (ull)l->requested);
}

static void forward(
	struct sim_world *w, uint16_t edge, const struct weir_ledger *was, const struct weir_ledger *is)
{
	const struct weir_edge_def *e = &w->plan->edges[edge];
	/* what was asked is void when either end is started again */
	bool again = w->plan->stages[e->from].scope != 0 || w->plan->stages[e->to].scope != 0;
	bool back = is->in < was->in || is->out < was->out || (!again && is->requested < was->requested);
	char name[160];

	for (unsigned r = 0; r < WEIR_DROP_REASONS; r++)
		back = back || is->dropped[r] < was->dropped[r];
	if (back)
		sim_broken(w, "M-2", "%s: a counter goes back", edge_name(w, edge, name, sizeof name));
}

/* What a stage with a capacity holds: that, one that is never lent, and what waits on its inputs. */
static void bounded(struct sim_world *w, uint16_t stage, const struct weir_ledger *books)
{
	const struct weir_stage_def *d = &w->plan->stages[stage];
	const struct weir_param *row = sim_param_row(d->type, "capacity");
	uint64_t queued = 0, most;
	uint32_t capacity;

	if (row == NULL || row->member == NULL || row->kind != WEIR_PARAM_U32 || d->params == NULL ||
		d->n_in == 0 || (d->type->flags & WEIR_OP_SINK) != 0)
		return;
	memcpy(&capacity, (const unsigned char *)d->params + row->offset, sizeof capacity);
	most = (uint64_t)capacity + 1;
	for (uint16_t p = 0; p < d->n_in; p++) {
		uint16_t edge = w->plan->inputs[d->first_in + p];

		queued += books[edge].queued;
		most += w->plan->edges[edge].cap_items;
	}
	if (queued > most)
		sim_broken(
			w, "T-24", "%s holds %llu items, its capacity is %u", d->id, (ull)queued, capacity);
}

void sim_check_books(struct sim_machine *m)
{
	struct sim_world *w = &m->world;
	struct weir_ledger l;

	for (uint16_t i = 0; i < w->plan->n_edges; i++) {
		if (weir_edge_ledger(w->in, i, &l) != WEIR_OK) {
			sim_broken(w, "M-2", "edge %u has no ledger", i);
			return;
		}
		balance(w, i, &l);
		forward(w, i, &m->books[i], &l);
		m->books[i] = l;
	}
	for (uint16_t i = 0; i < w->plan->n_stages; i++)
		bounded(w, i, m->books);
	if (weir_ended(w->in))
		w->over = true;
}

/* ---- at the end ---- */

/* What stands in a scope may never have been started. */
static bool lives(const struct sim_world *w, uint16_t stage)
{
	enum weir_stage_phase phase = weir_stage_phase(w->in, stage);

	return phase == WEIR_STAGE_RUNNING || (phase == WEIR_STAGE_NEW && w->plan->stages[stage].scope == 0);
}

static void check_actor(struct sim_world *w, uint16_t stage, bool opened, bool closed, bool normal)
{
	enum weir_stage_phase phase = weir_stage_phase(w->in, stage);

	if (opened != closed)
		sim_broken(w, "T-3", "%s was opened and is not closed", w->plan->stages[stage].id);
	if (opened && normal != (phase == WEIR_STAGE_COMPLETED))
		sim_broken(w, "T-3", "%s was closed as %s and is in phase %d", w->plan->stages[stage].id,
			normal ? "complete" : "broken off", (int)phase);
}

static void check_actors(struct sim_machine *m)
{
	struct sim_world *w = &m->world;

	for (uint32_t i = 0; i < SIM_ACTORS; i++) {
		const struct sim_source *s = &w->sources[i];
		const struct sim_sink *k = &w->sinks[i];

		if (s->present && !s->port)
			check_actor(w, s->stage, s->opened, s->closed, s->normal);
		if (!k->present)
			continue;
		if (!k->port)
			check_actor(w, k->stage, k->opened, k->closed, k->normal);
		if (m->started && !w->aborted && !k->ended)
			sim_broken(w, "T-1", "%s never heard of the end", w->plan->stages[k->stage].id);
		if (k->asked_nothing) {
			const struct weir_error *e = weir_error_of(w->in, k->stage);

			if (e == NULL || e->code != WEIR_EINVAL)
				sim_broken(w, "C-3", "%s: request(0) ended without an error",
					w->plan->stages[k->stage].id);
		}
	}
}

void sim_check_end(struct sim_machine *m)
{
	struct sim_world *w = &m->world;

	if (!weir_ended(w->in))
		sim_broken(w, "end", "not ended after abort");
	if (weir_timers_armed(w->in) != 0)
		sim_broken(w, "end", "%u timers are armed", weir_timers_armed(w->in));
	if (w->sim.attached != 0)
		sim_broken(w, "end", "the platform was not let go");
	for (uint16_t i = 0; i < w->plan->n_edges; i++)
		if (m->books[i].queued != 0) {
			char name[160];

			sim_broken(w, "M-2", "%s holds %llu items at the end",
				edge_name(w, i, name, sizeof name), (ull)m->books[i].queued);
		}
	for (uint16_t i = 0; i < w->plan->n_stages; i++)
		if (lives(w, i))
			sim_broken(w, "end", "%s still runs", w->plan->stages[i].id);
	check_actors(m);
}

/* ---- what hangs ---- */

static uint64_t credit(const struct weir_ledger *l)
{
	return l->requested == UINT64_MAX ? UINT64_MAX : l->requested - l->in;
}

/* Everything behind it asks and has nothing, and it neither takes what waits before it nor asks for more. */
static const char *hangs(const struct sim_machine *m, const struct weir_stage_def *d)
{
	const struct weir_plan *p = m->world.plan;
	bool waits = false, asks = false;

	for (uint16_t k = 0; k < d->n_out; k++) {
		const struct weir_ledger *l = &m->books[p->outputs[d->first_out + k]];

		if (l->queued > 0 || credit(l) == 0)
			return NULL;
	}
	for (uint16_t k = 0; k < d->n_in; k++) {
		const struct weir_ledger *l = &m->books[p->inputs[d->first_in + k]];

		waits = waits || l->queued > 0;
		asks = asks || credit(l) > 0;
	}
	if (waits)
		return "does not take what waits for it";
	if (d->n_in == 0)
		return "is asked and does not send";
	return asks ? NULL : "is asked and does not ask";
}

void sim_check_stuck(struct sim_machine *m, const char *what)
{
	struct sim_world *w = &m->world;

	for (uint16_t i = 0; i < w->plan->n_stages; i++) {
		const struct weir_stage_def *d = &w->plan->stages[i];
		const char *why = hangs(m, d);

		if (!lives(w, i) || why == NULL)
			continue;
		sim_broken(w, "stuck", "%s: %s %s", what, d->id, why);
		return;
	}
	for (uint16_t i = 0; i < w->plan->n_stages; i++)
		if (lives(w, i)) {
			sim_broken(w, "stuck", "%s: %s still runs", what, w->plan->stages[i].id);
			return;
		}
}
