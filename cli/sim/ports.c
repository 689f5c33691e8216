/* SPDX-License-Identifier: MIT */
/* ports.c -- the application's side of ports: it pushes and pulls (run.h). */
#include <string.h>

#include "run.h"

#define PORT_ITEMS   64u
#define PARCEL_BYTES 65536u

static unsigned char *parcel(struct sim_machine *m)
{
	if (m->parcel == NULL)
		m->parcel = sim_memory(NULL, PARCEL_BYTES);
	return m->parcel;
}

/* Push up to n of the source's items; how many were taken. */
uint32_t sim_push(struct sim_machine *m, uint8_t actor, uint64_t n)
{
	struct sim_world *w = &m->world;
	struct sim_source *s = &w->sources[actor];
	const struct weir_stage_def *d = &w->plan->stages[s->stage];
	const struct weir_record *r = w->plan->records[w->plan->edges[w->plan->outputs[d->first_out]].record];
	unsigned char *items = parcel(m);
	int64_t instants[PORT_ITEMS], got;

	if (n > s->supply - s->sent)
		n = s->supply - s->sent;
	if (n > PARCEL_BYTES / r->size)
		n = PARCEL_BYTES / r->size;
	if (n > PORT_ITEMS)
		n = PORT_ITEMS;
	for (uint32_t i = 0; i < n; i++)
		instants[i] = sim_item(w->c, actor, s->sent + i, r, items + (size_t)i * r->size);
	got = weir_push(
		w->in, s->stage, items, w->plan->clock == WEIR_CLOCK_EVENT ? instants : NULL, (uint32_t)n);
	sim_trace_event(w, "push", actor, (uint64_t)got);
	sim_trace_line(w, "port %u: %lld of %u pushed", actor, (long long)got, (unsigned)n);
	if (got > (int64_t)n)
		sim_broken(w, "ports", "%s took %lld of %u items", d->id, (long long)got, (unsigned)n);
	if (got <= 0)
		return 0;
	s->sent += (uint32_t)got;
	return (uint32_t)got;
}

void sim_push_end(struct sim_world *w, uint8_t actor)
{
	struct sim_source *s = &w->sources[actor];

	if (weir_push_end(w->in, s->stage) == WEIR_OK && s->end == SIM_END_NOT)
		s->end = w->checkpoint ? SIM_END_CHECKPOINT : SIM_END_COMPLETE;
}

/* Pull up to n items; whether anything came, the end too. */
bool sim_pull(struct sim_machine *m, uint8_t actor, uint64_t n)
{
	struct sim_world *w = &m->world;
	struct sim_sink *k = &w->sinks[actor];
	unsigned char *items = parcel(m);
	int64_t instants[PORT_ITEMS], got;
	struct weir_span span = { .items = items, .instants = instants };

	if (n > PARCEL_BYTES / k->size)
		n = PARCEL_BYTES / k->size;
	if (n > PORT_ITEMS)
		n = PORT_ITEMS;
	got = weir_pull(w->in, k->stage, items, instants, (uint32_t)n);
	sim_trace_event(w, "pull", actor, (uint64_t)got);
	if (got > (int64_t)n)
		sim_broken(w, "C-1", "%s: pulled %lld, asked for %u", w->plan->stages[k->stage].id,
			(long long)got, (unsigned)n);
	if (got > 0) {
		span.count = (uint32_t)got;
		sim_sink_note(w, actor, &span);
	}
	if (got == WEIR_ENDED && !k->ended) {
		k->ended = true;
		if (weir_stage_phase(w->in, k->stage) == WEIR_STAGE_COMPLETED)
			k->terminal = WEIR_MARK_COMPLETE;
		sim_trace_line(w, "port %u: the end", actor);
		return true;
	}
	return got > 0;
}

#define UNBOUNDED (UINT64_C(1) << 40) /* more than a run asks for: what is asked for only grows */

/* What moved on all edges so far; that something failed, and was dealt with, counts too. */
uint64_t sim_movement(const struct sim_world *w)
{
	uint64_t sum = weir_failures(w->in);
	struct weir_ledger l;

	for (uint16_t i = 0; i < w->plan->n_edges; i++)
		if (weir_edge_ledger(w->in, i, &l) == WEIR_OK)
			sum += l.in + (l.requested == UINT64_MAX ? UNBOUNDED : l.requested) - l.queued;
	return sum;
}

/* Push and pull what there is; whether anything came of it. */
bool sim_serve_ports(struct sim_machine *m)
{
	struct sim_world *w = &m->world;
	uint64_t before = m->ports ? sim_movement(w) : 0;
	bool any = false;

	for (uint8_t i = 0; i < SIM_ACTORS && m->ports; i++) {
		struct sim_source *s = &w->sources[i];

		if (s->present && s->port && s->end == SIM_END_NOT) {
			any = sim_push(m, i, 16) > 0 || any;
			if (s->sent == s->supply) {
				sim_push_end(w, i);
				any = true;
			}
		}
		if (w->sinks[i].present && w->sinks[i].port && !w->sinks[i].ended)
			any = sim_pull(m, i, 16) || any;
	}
	return any || (m->ports && sim_movement(w) != before);
}
