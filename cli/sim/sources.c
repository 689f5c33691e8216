/* SPDX-License-Identifier: MIT */
/*
 * sources.c -- the sources of the simulator (actors.h): they carry out orders one after the other, as demand allows.
 *
 * A lender's memory is spoiled whenever it comes back, so that whoever still looks at it sees.
 */
#include <string.h>

#include "actors.h"

#define LENT_ITEMS 16u

void sim_source_order(struct sim_source *s, enum sim_action_kind kind, uint64_t n)
{
	if (s->n_orders == SIM_ORDERS)
		return;
	s->orders[(s->first + s->n_orders++) % SIM_ORDERS] =
		(struct sim_order){ .kind = (uint8_t)kind, .n = n };
}

static struct sim_source *source_of(const struct weir_ctx *c)
{
	return &sim_world_of(c)->sources[sim_actor_of(c)];
}

/* Memory of a lender: its items, then their instants. */
static uint32_t lent_items(const struct weir_place *place)
{
	return place->out_cap < LENT_ITEMS ? place->out_cap : LENT_ITEMS;
}

static int64_t lender_size(const struct weir_place *place)
{
	return (int64_t)lent_items(place) * (int64_t)(place->out->size + sizeof(int64_t)) + 8;
}

static const struct weir_record *out_record(const struct weir_ctx *c)
{
	const struct weir_plan *p = weir_plan_of(c->instance);

	return p->records[p->edges[p->outputs[c->def->first_out]].record];
}

static uint32_t out_cap(const struct weir_ctx *c)
{
	const struct weir_plan *p = weir_plan_of(c->instance);

	return p->edges[p->outputs[c->def->first_out]].cap_items;
}

static void fill(const struct weir_ctx *c, struct sim_source *s, struct weir_span *span)
{
	const struct sim_world *w = sim_world_of(c);
	const struct weir_record *r = out_record(c);

	for (uint32_t i = 0; i < span->count; i++) {
		int64_t t = sim_item(w->c, (uint8_t)sim_actor_of(c), s->sent + i, r,
			(unsigned char *)span->items + (size_t)i * r->size);

		if (span->instants != NULL)
			span->instants[i] = t;
		s->watermark_ns = t > s->watermark_ns ? t : s->watermark_ns;
	}
}

/* Spoil what was lent before, now that it is back. */
static struct weir_span own_memory(const struct weir_ctx *c)
{
	uint32_t cap = out_cap(c) < LENT_ITEMS ? out_cap(c) : LENT_ITEMS;
	size_t bytes = ((size_t)cap * out_record(c)->size + 7u) & ~(size_t)7u;
	struct weir_span span = { .items = c->state, .count = cap };

	memset(c->state, 0xdd, bytes);
	if (c->event_clock)
		span.instants = (int64_t *)(void *)((unsigned char *)c->state + bytes);
	return span;
}

/* Emit up to n items; how many. */
static uint32_t emit(struct weir_ctx *c, struct sim_source *s, uint64_t n)
{
	bool lends = (c->def->type->flags & WEIR_OP_LENDS) != 0;
	uint32_t room = weir_room(c, 0);
	struct weir_span own, *span = &own;

	if (n > s->supply - s->sent)
		n = s->supply - s->sent;
	if (s->cut != 0 && n > s->cut)
		n = s->cut;
	if (n == 0 || room == 0)
		return 0;
	if (lends)
		own = own_memory(c);
	else
		span = weir_reserve(c, 0);
	if (span == NULL)
		return 0;
	if (n > room)
		n = room;
	if (n > span->count)
		n = span->count;
	own.count = (uint32_t)n;
	fill(c, s,
		&(struct weir_span){
			.items = span->items, .instants = span->instants, .count = (uint32_t)n });
	if (lends)
		weir_lend(c, 0, &own);
	else
		weir_emit(c, 0, (uint32_t)n);
	s->sent += (uint32_t)n;
	sim_trace_event(sim_world_of(c), "sent", sim_actor_of(c), n);
	sim_trace_line(sim_world_of(c), "source %u sends %u", sim_actor_of(c), (unsigned)n);
	return (uint32_t)n;
}

/* Only who says that it makes time may send them. */
static void send_watermark(struct weir_ctx *c, struct sim_source *s, uint64_t ahead_ns)
{
	struct weir_mark m = { .kind = WEIR_MARK_WATERMARK };

	if (s->watermark_ns == INT64_MIN || (c->def->type->flags & WEIR_OP_MAKES_TIME) == 0)
		return;
	s->watermark_ns += (int64_t)(ahead_ns % 1000000000u);
	m.time = s->watermark_ns;
	weir_send_mark(c, 0, &m);
}

/* Raise an item error. False: it must wait. */
static bool fault(struct weir_ctx *c, struct sim_source *s)
{
	struct weir_fault f = { .code = WEIR_EPARSE, .item = s->faults + 1u };
	enum weir_verdict verdict = weir_fault(c, NULL, &f);

	if (verdict == WEIR_HOLD)
		return false;
	if (verdict == WEIR_STOP) {
		s->end = SIM_END_ERROR;
		s->code = WEIR_EPARSE;
	}
	s->faults++;
	return true;
}

static void complete(struct weir_ctx *c, struct sim_source *s)
{
	weir_complete(c);
	if (s->end == SIM_END_NOT)
		s->end = sim_world_of(c)->checkpoint ? SIM_END_CHECKPOINT : SIM_END_COMPLETE;
}

/* Carry out the next order. False: it must wait. */
static bool carry_out(struct weir_ctx *c, struct sim_source *s)
{
	struct sim_order *o = &s->orders[s->first % SIM_ORDERS];
	struct weir_mark lagged = { .kind = WEIR_MARK_LAGGED, .value = o->n };

	switch ((enum sim_action_kind)o->kind) {
	case SIM_EMIT:
		o->n -= emit(c, s, o->n);
		return o->n == 0 || s->sent == s->supply;
	case SIM_LAGGED:
		weir_send_mark(c, 0, &lagged);
		s->lagged += o->n;
		return true;
	case SIM_WATERMARK:
		send_watermark(c, s, o->n);
		return true;
	case SIM_BARRIER:
		if (weir_barrier(c, s->barrier + 1) == WEIR_OK)
			s->barrier++;
		return true;
	case SIM_FAULT:
		return fault(c, s);
	case SIM_FAIL:
		weir_fail(c, WEIR_EIO, "told to fail");
		if (s->end == SIM_END_NOT) {
			s->end = SIM_END_ERROR;
			s->code = WEIR_EIO;
		}
		return true;
	case SIM_DRAIN_BY_SOURCE:
		sim_drain(sim_world_of(c), false, WEIR_NEVER);
		return true;
	case SIM_ABORT_BY_SOURCE:
		sim_abort(sim_world_of(c));
		return true;
	default:
		complete(c, s);
		return true;
	}
}

static void run_orders(struct weir_ctx *c, struct sim_source *s)
{
	while (s->end == SIM_END_NOT && s->n_orders > 0 && carry_out(c, s)) {
		s->first = (s->first + 1) % SIM_ORDERS;
		s->n_orders--;
	}
	if (s->end != SIM_END_NOT || s->n_orders > 0)
		return;
	if (s->flow)
		(void)emit(c, s, UINT32_MAX);
	if (sim_world_of(c)->released && s->sent == s->supply)
		complete(c, s);
}

static void source_run(struct weir_ctx *c)
{
	struct sim_world *w = sim_world_of(c);
	struct sim_source *s = source_of(c);

	sim_enter(w, c, s->opened, s->closed);
	if (w->draining && !s->stopped)
		sim_broken(w, "end", "%s is run though all is drained, and was not stopped", c->def->id);
	if (!weir_lent(c))
		run_orders(c, s);
	sim_leave(w);
}

/* Make no more: what was ordered and is not out yet is not made. */
static void source_stop(struct weir_ctx *c)
{
	struct sim_source *s = source_of(c);

	s->stopped = true;
	s->n_orders = 0;
	s->flow = false;
	sim_source_order(s, SIM_COMPLETE, 0);
}

static int source_open(struct weir_ctx *c)
{
	struct sim_source *s = source_of(c);

	s->end = SIM_END_NOT; /* a scope starts it again: it goes on where it was */
	return sim_open_actor(c, &s->opened, &s->closed, &s->normal);
}

static void source_close(struct weir_ctx *c, bool normal)
{
	struct sim_source *s = source_of(c);

	sim_close_actor(c, s->opened, &s->closed, &s->normal, normal);
	if (normal && s->end == SIM_END_NOT) /* a drain completed it */
		s->end = sim_world_of(c)->checkpoint ? SIM_END_CHECKPOINT : SIM_END_COMPLETE;
	if (!normal && s->end != SIM_END_ERROR)
		s->end = SIM_END_CANCELLED;
}

static void source_barrier_done(struct weir_ctx *c, uint64_t number)
{
	struct sim_world *w = sim_world_of(c);
	struct sim_source *s = source_of(c);

	if (number <= s->barrier_done || number > s->barrier)
		sim_broken(w, "barrier", "%s: barrier %llu is done after %llu, of %llu", c->def->id,
			(unsigned long long)number, (unsigned long long)s->barrier_done,
			(unsigned long long)s->barrier);
	s->barrier_done = number;
	sim_trace_event(w, "durable", sim_actor_of(c), number);
}

static const struct weir_param source_params[] = {
	WEIR_PARAM(struct sim_actor_params, actor, "actor", U32, .max = SIM_ACTORS - 1,
		.flags = WEIR_PARAM_REQUIRED),
	WEIR_PARAM(struct sim_actor_params, record, "record", RECORD, .flags = WEIR_PARAM_REQUIRED),
	{ .name = NULL },
};

#define SOURCE(ident, name_, flags_, size_, stop_)              \
	const struct weir_op_type ident = {                     \
		.abi = WEIR_OP_ABI,                             \
		.flags = WEIR_OP_SOURCE | (flags_),             \
		.credit = WEIR_CREDIT_MANUAL,                   \
		.name = name_,                                  \
		.summary = "Emit what the simulator says.",     \
		.params_struct = "struct sim_actor_params",     \
		.params = source_params,                        \
		.params_size = sizeof(struct sim_actor_params), \
		.state_size = size_,                            \
		.open = source_open,                            \
		.close = source_close,                          \
		.run = source_run,                              \
		.stop = stop_,                                  \
		.barrier_done = source_barrier_done,            \
	}

SOURCE(sim_source_type, "sim_source", 0, NULL, source_stop);
SOURCE(sim_lender_type, "sim_lender", WEIR_OP_LENDS, lender_size, NULL);
SOURCE(sim_timed_type, "sim_timed", WEIR_OP_MAKES_TIME, NULL, source_stop);
