/* SPDX-License-Identifier: MIT */
/* probe.c -- see probe.h. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "probe.h"

struct probe_script probe_scripts[PROBES];
struct probe_log probe_logs[PROBES];

struct probe_params {
	uint32_t probe;
	const struct weir_record *record;
};

struct probe_state {
	unsigned char items[4096 * 16];
	int64_t instants[4096];
};

static const struct weir_param source_params[] = {
	WEIR_PARAM(struct probe_params, probe, "probe", U32, .max = PROBES - 1, .flags = WEIR_PARAM_REQUIRED),
	WEIR_PARAM(struct probe_params, record, "record", RECORD, .flags = WEIR_PARAM_REQUIRED),
	{ .name = NULL },
};

static const struct weir_param bare_params[] = {
	WEIR_PARAM(struct probe_params, probe, "probe", U32, .max = PROBES - 1, .flags = WEIR_PARAM_REQUIRED),
	{ .name = NULL },
};

static uint32_t probe_of(const struct weir_ctx *c)
{
	return ((const struct probe_params *)c->params)->probe;
}

static int64_t source_size(const struct weir_place *place)
{
	(void)place;
	return sizeof(struct probe_state);
}

static uint32_t out_size(const struct weir_ctx *c)
{
	const struct weir_plan *p = weir_plan_of(c->instance);

	return p->records[p->edges[p->outputs[c->def->first_out]].record]->size;
}

/* Items up to the next mark, at most max. */
static uint32_t run_length(const struct probe_script *s, uint32_t max)
{
	uint32_t n = 0;

	while (n < max && s->next + n < s->n_events && !s->events[s->next + n].is_mark)
		n++;
	return n;
}

static void copy_items(
	struct probe_script *s, uint32_t size, uint32_t n, unsigned char *items, int64_t *instants)
{
	for (uint32_t i = 0; i < n; i++) {
		memcpy(items + (size_t)i * size, s->events[s->next + i].item, size);
		if (instants != NULL)
			instants[i] = s->events[s->next + i].instant;
	}
	s->next += n;
}

static bool send_items(struct weir_ctx *c, struct probe_script *s)
{
	uint32_t size = out_size(c), room = weir_room(c, 0);
	struct probe_state *state = c->state;
	struct weir_span *span;
	uint32_t n = run_length(s, s->span < room ? s->span : room);

	if (n == 0)
		return false;
	if (s->lend) {
		struct weir_span lent = {
			.items = state->items, .instants = c->event_clock ? state->instants : NULL, .count = n
		};

		if ((size_t)n * size > sizeof state->items)
			n = lent.count = (uint32_t)(sizeof state->items / size);
		copy_items(s, size, n, state->items, state->instants);
		weir_lend(c, 0, &lent);
		return true;
	}
	span = weir_reserve(c, 0);
	if (span == NULL)
		return false;
	n = n < span->count ? n : span->count;
	copy_items(s, size, n, span->items, span->instants);
	weir_emit(c, 0, n);
	return true;
}

static void source_run(struct weir_ctx *c)
{
	struct probe_script *s = &probe_scripts[probe_of(c)];

	if (weir_lent(c))
		return;
	while (s->next < s->n_events && s->events[s->next].is_mark) {
		struct weir_mark m = s->events[s->next++].mark;

		if (m.kind == WEIR_MARK_ERROR)
			weir_fail(c, WEIR_EIO, "scripted error");
		else if (m.kind == WEIR_MARK_BARRIER)
			(void)weir_barrier(c, m.value);
		else
			weir_send_mark(c, 0, &m);
		if (m.kind == WEIR_MARK_ERROR)
			return;
	}
	if (s->next < s->n_events)
		(void)send_items(c, s);
	else if (!s->holds)
		weir_complete(c);
}

static void source_barrier_done(struct weir_ctx *c, uint64_t number)
{
	(void)number;
	probe_scripts[probe_of(c)].barriers_done++;
}

#define SOURCE(ident, name_, flags_, params_, out_)             \
	const struct weir_op_type ident = { .abi = WEIR_OP_ABI, \
		.flags = WEIR_OP_SOURCE | (flags_),             \
		.credit = WEIR_CREDIT_OWN,                      \
		.name = name_,                                  \
		.params_struct = "struct probe_params",         \
		.params = params_,                              \
		.params_size = sizeof(struct probe_params),     \
		.out = out_,                                    \
		.state_size = source_size,                      \
		.run = source_run,                              \
		.barrier_done = source_barrier_done }

SOURCE(probe_source_type, "probe_source", 0, source_params, NULL);
SOURCE(probe_lender_type, "probe_lender", WEIR_OP_LENDS, source_params, NULL);
SOURCE(probe_bytes_type, "probe_bytes", 0, bare_params, &weir_bytes_record);
SOURCE(probe_bytes_lender_type, "probe_bytes_lender", WEIR_OP_LENDS, bare_params, &weir_bytes_record);

/* ---- sink ---- */

static bool want_more(struct weir_ctx *c, struct probe_log *log)
{
	if (log->n_events >= log->cancel_after) {
		weir_cancel(c, 0);
		log->ended = true;
		weir_complete(c);
		return false;
	}
	if (weir_outstanding(c, 0) == 0 && weir_input(c, 0) == NULL && weir_input_open(c, 0)) {
		log->asked = log->credit == UINT32_MAX ? UINT32_MAX : log->asked + log->credit;
		(void)weir_request(c, 0, log->credit);
	}
	return true;
}

static uint32_t in_size(const struct weir_ctx *c)
{
	const struct weir_plan *p = weir_plan_of(c->instance);

	return p->records[p->edges[p->inputs[c->def->first_in]].record]->size;
}

static void note_items(struct weir_ctx *c, struct probe_log *log, const struct weir_span *in, uint32_t n)
{
	PROBE_CLAIM(!log->ended, "T-1: item after the end");
	log->size = in_size(c);
	PROBE_CLAIM((size_t)(log->n_items + n) * log->size <= sizeof log->bytes, "the log is full");
	memcpy(log->bytes + (size_t)log->n_items * log->size, in->items, (size_t)n * log->size);
	if (in->instants != NULL && log->n_items + n <= PROBE_EVENTS * 16)
		memcpy(log->instants + log->n_items, in->instants, n * sizeof *in->instants);
	log->n_items += n;
	log->n_events += n;
	PROBE_CLAIM(log->asked == UINT32_MAX || log->n_items <= log->asked, "C-1: item nobody asked for");
}

static void note_mark(struct weir_ctx *c, struct probe_log *log, const struct weir_mark *m)
{
	PROBE_CLAIM(!log->ended, "T-1: mark after the end");
	PROBE_CLAIM(log->n_marks < PROBE_EVENTS, "the log is full");
	log->marks[log->n_marks++] = (struct probe_mark){ .mark = *m, .after = log->n_items };
	log->n_events++;
	if (m->kind == WEIR_MARK_BARRIER)
		weir_barrier_done(c, m);
	if (m->kind < WEIR_MARK_COMPLETE)
		return;
	log->ended = true;
	log->failed = m->kind == WEIR_MARK_ERROR;
	weir_end_with(c, m);
}

static void sink_run(struct weir_ctx *c)
{
	struct probe_log *log = &probe_logs[probe_of(c)];
	const struct weir_span *in;
	struct weir_mark m;

	PROBE_CLAIM(!log->ended, "T-1: run after the end");
	while (want_more(c, log)) {
		in = weir_input(c, 0);
		if (in != NULL) {
			uint32_t n = log->take_at_most != 0 && in->count > log->take_at_most
					     ? log->take_at_most
					     : in->count;

			if (n > log->cancel_after - log->n_events)
				n = log->cancel_after - log->n_events;
			note_items(c, log, in, n);
			weir_take(c, 0, n);
			if (log->take_at_most != 0) {
				weir_again(c);
				return;
			}
			continue;
		}
		if (!weir_next_mark(c, 0, &m))
			return;
		note_mark(c, log, &m);
		if (log->ended)
			return;
	}
}

const struct weir_op_type probe_sink_type = { .abi = WEIR_OP_ABI,
	.flags = WEIR_OP_SINK,
	.credit = WEIR_CREDIT_MANUAL,
	.name = "probe_sink",
	.params_struct = "struct probe_params",
	.params = bare_params,
	.params_size = sizeof(struct probe_params),
	.run = sink_run };

/* ---- scripts ---- */

void probe_reset(void)
{
	memset(probe_scripts, 0, sizeof probe_scripts);
	memset(probe_logs, 0, sizeof probe_logs);
	for (uint32_t i = 0; i < PROBES; i++) {
		probe_scripts[i].span = UINT32_MAX;
		probe_logs[i].credit = UINT32_MAX;
		probe_logs[i].cancel_after = UINT32_MAX;
	}
}

void probe_rewind(void)
{
	for (uint32_t i = 0; i < PROBES; i++) {
		struct probe_log *l = &probe_logs[i];

		probe_scripts[i].next = 0;
		probe_scripts[i].barriers_done = 0;
		l->n_items = l->n_marks = l->n_events = l->asked = 0;
		l->ended = l->failed = false;
	}
}

static struct probe_event *add(uint32_t probe)
{
	struct probe_script *s = &probe_scripts[probe];

	PROBE_CLAIM(s->n_events < PROBE_EVENTS, "the script is full");
	return &s->events[s->n_events++];
}

void probe_item(uint32_t probe, const void *item, int64_t instant)
{
	struct probe_event *e = add(probe);

	e->item = item;
	e->instant = instant;
}

void probe_mark(uint32_t probe, enum weir_mark_kind kind, int64_t value)
{
	struct probe_event *e = add(probe);

	e->is_mark = true;
	e->mark.kind = (uint8_t)kind;
	e->mark.time = value;
}

/* ---- clock ---- */

static uint64_t clock_now(struct weir_platform *p)
{
	return ((struct probe_clock *)(void *)p)->now_ns;
}

static int64_t clock_wall(struct weir_platform *p)
{
	return (int64_t)((struct probe_clock *)(void *)p)->now_ns;
}

static void clock_wake_at(struct weir_platform *p, struct weir_instance *instance, uint64_t deadline_ns)
{
	(void)instance;
	((struct probe_clock *)(void *)p)->wake_ns = deadline_ns;
}

static void clock_ended(struct weir_platform *p, struct weir_instance *instance)
{
	struct probe_clock *c = (struct probe_clock *)(void *)p;

	(void)instance;
	PROBE_CLAIM(!c->ended, "told of the end twice");
	c->ended = true;
}

static const struct weir_platform_type clock_type = { .abi = WEIR_PLATFORM_ABI,
	.name = "probe",
	.now_ns = clock_now,
	.wall_ns = clock_wall,
	.wake_at = clock_wake_at,
	.ended = clock_ended };

void probe_clock_init(struct probe_clock *clock)
{
	*clock = (struct probe_clock){
		.platform = { .type = &clock_type }, .now_ns = 1000, .wake_ns = WEIR_NEVER
	};
}

uint64_t probe_run(struct probe_clock *clock, struct weir_instance *instance)
{
	uint64_t turns = 0;

	while (clock->wake_ns != WEIR_NEVER && !weir_ended(instance)) {
		if (clock->wake_ns > clock->now_ns)
			clock->now_ns = clock->wake_ns;
		clock->wake_ns = WEIR_NEVER;
		turns += weir_step(instance, 64);
		probe_check_ledger(instance);
		PROBE_CLAIM(turns < 10u * 1000u * 1000u, "the pipeline runs in circles");
	}
	return turns;
}

/* a >= b; where counters of 32 bits may have wrapped, a is what is at most half their range ahead. */
static bool follows(uint64_t a, uint64_t b)
{
	return b <= a || (sizeof(weir_count_t) < sizeof a && (weir_count_t)(a - b) <= (weir_count_t)-1 / 2);
}

void probe_check_ledger(const struct weir_instance *instance)
{
	for (uint16_t i = 0; i < weir_plan_of(instance)->n_edges; i++) {
		struct weir_ledger l;
		uint64_t sum;

		PROBE_CLAIM(weir_edge_ledger(instance, i, &l) == WEIR_OK, "edge %u has no ledger", i);
		sum = l.out + l.queued;
		for (unsigned r = 0; r < WEIR_DROP_REASONS; r++)
			sum += l.dropped[r];
		sum = (weir_count_t)sum; /* modulo 2^32 where counters are */
		PROBE_CLAIM(l.in == sum, "M-2: edge %u: in %llu, accounted for %llu", i,
			(unsigned long long)l.in, (unsigned long long)sum);
		PROBE_CLAIM(l.requested == UINT64_MAX || follows(l.requested, l.in),
			"C-1: edge %u: in %llu, requested %llu", i, (unsigned long long)l.in,
			(unsigned long long)l.requested);
		PROBE_CLAIM(follows(l.in, l.out) && follows(l.in, l.in - l.queued),
			"M-2: edge %u: a counter went below zero", i);
		if (weir_ended(instance))
			PROBE_CLAIM(l.queued == 0, "edge %u still holds %llu items", i,
				(unsigned long long)l.queued);
	}
}
