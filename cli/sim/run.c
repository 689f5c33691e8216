/* SPDX-License-Identifier: MIT */
/* run.c -- see run.h. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <weir/kernels.h>
#include <weir/operators.h>

#include "oracle.h"
#include "run.h"

#define ARENA_MOST  ((size_t)2 << 20)
#define GUARD_BYTES 64u
#define GUARD       0x5a
#define FRESH       0xc3
#define TURNS_MOST  200000u

/* ---- who plays what ---- */

static void cast_source(struct sim_world *w, uint8_t actor, uint16_t stage, bool port)
{
	w->sources[actor] = (struct sim_source){ .present = true,
		.port = port,
		.opened = port,
		.stage = stage,
		.supply = w->c->supply[actor],
		.watermark_ns = INT64_MIN };
}

static void cast_sink(struct sim_world *w, uint8_t actor, uint16_t stage, bool port)
{
	struct sim_sink *k = &w->sinks[actor];
	uint16_t edge = w->plan->inputs[w->plan->stages[stage].first_in];
	struct sim_log log = k->log;

	*k = (struct sim_sink){ .present = true,
		.port = port,
		.opened = port,
		.stage = stage,
		.edge = edge,
		.size = w->plan->records[w->plan->edges[edge].record]->size,
		.terminal = WEIR_MARKS,
		.take = UINT32_MAX,
		.watermark_ns = INT64_MIN,
		.log = log };
}

static void cast_all(struct sim_machine *m)
{
	struct sim_world *w = &m->world;

	for (uint8_t i = 0; i < w->c->n_streams; i++)
		for (uint8_t k = 0; k < w->c->streams[i].n_stages; k++) {
			const struct sim_stream *s = &w->c->streams[i];
			const struct sim_stage *st = &s->stages[k];
			bool port = (st->type->flags & WEIR_OP_PORT) != 0;
			char id[96];
			int stage;

			if (st->actor == SIM_NOBODY)
				continue;
			m->ports = m->ports || port;
			(void)snprintf(
				id, sizeof id, "%s.%u.%s", s->name, k + (s->from != NULL), st->type->name);
			stage = weir_stage_index(w->plan, id);
			if (stage < 0)
				sim_broken(w, "plan", "there is no stage %s", id);
			else if ((st->type->flags & WEIR_OP_SINK) != 0)
				cast_sink(w, st->actor, (uint16_t)stage, port);
			else
				cast_source(w, st->actor, (uint16_t)stage, port);
		}
}

/* ---- begin and end ---- */

static void sum(void *arg, const struct weir_bill_line *line)
{
	*(size_t *)arg += line->bytes;
}

/* Too little memory is refused, and nothing is touched. */
static void try_short(struct sim_machine *m, size_t need)
{
	struct sim_world *w = &m->world;
	struct weir_instance *in = NULL;
	int rc;

	memset(m->arena, FRESH, need);
	rc = weir_instance_init(&in, m->arena, need - 1, w->plan, &w->sim.platform, NULL);
	if (rc != WEIR_ENOMEM || in != NULL)
		sim_broken(w, "M-1", "a byte too little was taken: %d", rc);
	for (size_t i = 0; i < need; i++)
		if (m->arena[i] != FRESH) {
			sim_broken(w, "M-1", "memory was written that was too little");
			break;
		}
}

/* Lay the instance out. False: nothing to run. */
static bool lay_out(struct sim_machine *m)
{
	struct sim_world *w = &m->world;
	size_t bill = 0, need = weir_instance_size(w->plan, sum, &bill);
	const struct weir_kernels *kernels = w->c->best_kernels ? weir_kernels_pick() : NULL;
	int rc;

	if (need == 0 || need > ARENA_MOST || w->plan->n_edges > SIM_EDGES)
		return false;
	if (need + GUARD_BYTES > m->arena_bytes) {
		free(m->arena);
		m->arena_bytes = (need + GUARD_BYTES) * 2;
		m->arena = sim_memory(NULL, m->arena_bytes);
	}
	if (w->c->short_memory)
		try_short(m, need);
	memset(m->arena + need, GUARD, GUARD_BYTES);
	rc = weir_instance_init(&w->in, m->arena, need, w->plan, &w->sim.platform, kernels);
	if (rc < 0) {
		sim_broken(w, "M-1", "init says %s", weir_strerror(rc));
		return false;
	}
	if (bill != need || weir_arena_used(w->in) != need)
		sim_broken(w, "M-1", "the bill is %zu, the arena %zu, in use %zu", bill, need,
			weir_arena_used(w->in));
	return true;
}

static void start(struct sim_machine *m)
{
	struct sim_world *w = &m->world;
	int rc;

	if (weir_step(w->in, 1) != 0)
		sim_broken(w, "start", "it moves before the start");
	rc = weir_start(w->in);
	m->started = rc == WEIR_OK;
	sim_trace_event(w, "start", 0, (uint64_t)(int64_t)rc);
	if (rc < 0 && w->c->open_fails == 0)
		sim_broken(w, "start", "start says %s", weir_strerror(rc));
	if (rc < 0) {
		w->aborted = true;
		sim_must_have_ended(m, "a start that failed");
		w->over = true;
	}
	if (weir_start(w->in) != WEIR_EBUSY)
		sim_broken(w, "start", "it starts twice");
	sim_check_books(m);
}

static void trace_books(struct sim_machine *m)
{
	for (uint16_t i = 0; i < m->world.plan->n_edges; i++) {
		const struct weir_ledger *l = &m->books[i];

		sim_trace_event(&m->world, "asked", i, l->requested);
		sim_trace_event(&m->world, "in", i, l->in);
		sim_trace_event(&m->world, "out", i, l->out);
		for (unsigned r = 0; r < WEIR_DROP_REASONS; r++)
			if (l->dropped[r] != 0)
				sim_trace_event(
					&m->world, weir_drop_name((enum weir_drop)r), i, l->dropped[r]);
	}
}

static void take_down(struct sim_machine *m)
{
	struct sim_world *w = &m->world;
	size_t need = weir_arena_used(w->in);

	if (!weir_ended(w->in) || (w->draining && w->sim.now_ns >= w->deadline_ns))
		w->aborted = true;
	weir_fini(w->in);
	w->over = true;
	w->sim.turns_limit = w->sim.turns + TURNS_MOST;
	(void)weir_sim_run(&w->sim); /* nothing may come of it */
	sim_check_books(m);
	sim_check_end(m);
	for (size_t i = 0; i < GUARD_BYTES; i++)
		if (m->arena[need + i] != GUARD) {
			sim_broken(w, "M-1", "memory behind the arena was written");
			break;
		}
	trace_books(m);
}

static void count_types(struct sim_machine *m)
{
	for (uint16_t i = 0; i < m->made.plan->n_stages; i++) {
		struct sim_type *t = sim_type_of(m->types, m->made.plan->stages[i].type);

		if (t != NULL)
			t->drawn++;
	}
}

static void new_world(struct sim_machine *m, const struct sim_case *c, FILE *story)
{
	struct sim_world *w = &m->world;
	struct sim_log logs[SIM_ACTORS];

	for (uint32_t i = 0; i < SIM_ACTORS; i++)
		logs[i] = w->sinks[i].log;
	memset(w, 0, sizeof *w);
	for (uint32_t i = 0; i < SIM_ACTORS; i++)
		w->sinks[i].log = logs[i];
	weir_sim_init(&w->sim);
	w->c = c;
	w->plan = m->made.plan;
	w->trace.story = story;
	w->trace.hash = 0xcbf29ce484222325u;
	memset(m->books, 0, sizeof m->books);
	m->started = m->ports = m->stalled = false;
}

int sim_run(struct sim_machine *m, const struct sim_case *c, FILE *story)
{
	struct sim_world *w = &m->world;
	int rc = sim_make(&m->made, c, m->types->own);

	new_world(m, c, story);
	if (rc == WEIR_EINTERNAL)
		sim_broken(w, "plan", "%s", m->made.why);
	if (rc == WEIR_OK && lay_out(m)) {
		cast_all(m);
		count_types(m);
		start(m);
		for (uint8_t i = 0; i < c->n_actions && m->started && w->broken[0] == '\0'; i++)
			sim_step(m, &c->actions[i]);
		take_down(m);
		if (w->broken[0] == '\0')
			sim_oracle_check(m);
	} else if (rc == WEIR_OK && w->broken[0] == '\0') {
		rc = WEIR_EINVAL;
	}
	sim_unmake(&m->made);
	return rc == WEIR_EINTERNAL ? WEIR_OK : rc;
}

void sim_machine_fini(struct sim_machine *m)
{
	for (uint32_t i = 0; i < SIM_ACTORS; i++) {
		free(m->world.sinks[i].log.items);
		free(m->world.sinks[i].log.instants);
	}
	free(m->arena);
	free(m->parcel);
	sim_made_fini(&m->made);
}
