/* SPDX-License-Identifier: MIT */
/* sinks.c -- the sinks of the simulator (actors.h): they ask, take, leave and break off as they are told. */
#include <string.h>

#include "actors.h"
#include "pool.h"

static struct sim_sink *sink_of(const struct weir_ctx *c)
{
	return &sim_world_of(c)->sinks[sim_actor_of(c)];
}

static void grow(struct sim_sink *k, uint32_t n)
{
	struct sim_log *l = &k->log;
	size_t need = (size_t)k->n_items + n;

	if (need * k->size > l->bytes) {
		l->bytes = need * 2 * k->size;
		l->items = sim_memory(l->items, l->bytes);
	}
	if (need > l->n_instants) {
		l->n_instants = need * 2;
		l->instants = sim_memory(l->instants, l->n_instants * sizeof *l->instants);
	}
}

static void tell_item(struct sim_world *w, uint8_t sink, uint32_t number, const unsigned char *item)
{
	struct sim_text t = { 0 };

	if (w->trace.story == NULL)
		return;
	sim_item_text(&t, w->plan->records[w->plan->edges[w->sinks[sink].edge].record], item);
	sim_trace_line(w, "sink %u gets item %u: %s", sink, number, t.at);
	sim_text_fini(&t);
}

void sim_sink_note(struct sim_world *w, uint8_t sink, const struct weir_span *span)
{
	struct sim_sink *k = &w->sinks[sink];

	grow(k, span->count);
	memcpy(k->log.items + (size_t)k->n_items * k->size, span->items, (size_t)span->count * k->size);
	if (span->instants != NULL)
		memcpy(k->log.instants + k->n_items, span->instants, span->count * sizeof *k->log.instants);
	for (uint32_t i = 0; i < span->count; i++) {
		const unsigned char *item = (const unsigned char *)span->items + (size_t)i * k->size;

		sim_trace_event(w, "item", sink, k->n_items + i);
		sim_trace_bytes(w, item, k->size);
		tell_item(w, sink, k->n_items + i + 1, item);
	}
	k->n_items += span->count;
}

static void request(struct weir_ctx *c, struct sim_sink *k, uint64_t n)
{
	struct sim_world *w = sim_world_of(c);
	uint32_t asked = n > UINT32_MAX ? UINT32_MAX : (uint32_t)n;
	int rc = weir_request(c, 0, asked);

	sim_trace_event(w, "request", sim_actor_of(c), asked);
	sim_trace_line(w, "sink %u asks for %u", sim_actor_of(c), asked);
	if (asked == 0) {
		if (rc != WEIR_EINVAL)
			sim_broken(w, "C-3", "%s: request(0) returned %d", c->def->id, rc);
		k->asked_nothing = true;
		k->ended = true;
	} else if (asked == UINT32_MAX || k->asked > UINT64_MAX - 1 - asked) {
		k->asked = UINT64_MAX;
	} else {
		k->asked += asked;
	}
}

/* Leave: cancel the input, twice, for that must be the same (T-3). */
static void leave_stream(struct weir_ctx *c, struct sim_sink *k)
{
	weir_cancel(c, 0);
	weir_cancel(c, 0);
	if (weir_input(c, 0) != NULL || weir_input_open(c, 0))
		sim_broken(sim_world_of(c), "T-3", "%s: the input lives on after cancel", c->def->id);
	k->ended = true;
	weir_complete(c);
}

static void answer(struct weir_ctx *c, struct sim_sink *k)
{
	for (uint32_t i = 0; i < k->n_held; i++)
		weir_barrier_done(c, &k->held[i]);
	k->n_held = 0;
}

static void take_orders(struct weir_ctx *c, struct sim_sink *k)
{
	struct sim_world *w = sim_world_of(c);

	k->told = false;
	if (k->abort)
		sim_abort(w);
	if (k->drain)
		sim_drain(w, k->checkpoint, WEIR_NEVER);
	k->abort = k->drain = false;
	for (uint32_t i = 0; i < k->n_requests && !k->ended; i++)
		request(c, k, k->requests[i]);
	k->n_requests = 0;
	if (!k->hold)
		answer(c, k);
	if (k->fail && !k->ended) {
		k->ended = true;
		weir_fail(c, WEIR_EIO, "told to break");
	} else if (k->cancel && !k->ended) {
		leave_stream(c, k);
	}
}

/* The next item cannot be processed, so they say. True: it is done with. */
static bool refuse(struct weir_ctx *c, struct sim_sink *k, const struct weir_span *in)
{
	struct weir_fault f = { .code = WEIR_ERANGE, .index = 0 };
	struct weir_span one = *in;
	enum weir_verdict v = weir_fault(c, in, &f);

	if (v == WEIR_STOP)
		k->ended = true;
	if (v != WEIR_SKIP)
		return false;
	k->refuse = false;
	one.count = 1; /* it came, whatever became of it */
	sim_sink_note(sim_world_of(c), (uint8_t)sim_actor_of(c), &one);
	weir_take(c, 0, 1);
	return true;
}

/* Take what waits, as much as it wants at a time. False: no more now. */
static bool take_items(struct weir_ctx *c, struct sim_sink *k, uint32_t *may)
{
	const struct weir_span *in = weir_input(c, 0);
	struct weir_span taken;

	if (in == NULL || *may == 0)
		return false;
	if (k->refuse)
		return refuse(c, k, in);
	taken = *in;
	taken.count = in->count < *may ? in->count : *may;
	sim_sink_note(sim_world_of(c), (uint8_t)sim_actor_of(c), &taken);
	if (k->asked != UINT64_MAX && k->n_items > k->asked)
		sim_broken(sim_world_of(c), "C-1", "%s got %u items and asked for %llu", c->def->id,
			k->n_items, (unsigned long long)k->asked);
	weir_take(c, 0, taken.count);
	*may -= taken.count;
	return true;
}

/* What a call from inside a callback must say. */
static void call_from_inside(struct weir_ctx *c)
{
	struct sim_world *w = sim_world_of(c);

	if (weir_step(c->instance, 1) != 0)
		sim_broken(w, "X-1", "%s: a step from inside a callback", c->def->id);
	for (uint32_t i = 0; i < SIM_ACTORS; i++)
		if (w->sources[i].present && w->sources[i].port &&
			weir_push_end(c->instance, w->sources[i].stage) != WEIR_EBUSY)
			sim_broken(w, "X-1", "%s: a push from inside a callback", c->def->id);
}

static void note_end(struct weir_ctx *c, struct sim_sink *k, const struct weir_mark *m)
{
	struct sim_world *w = sim_world_of(c);

	k->ended = true;
	k->terminal = m->kind;
	k->terminal_value = m->kind == WEIR_MARK_COMPLETE ? (uint8_t)m->value : 0;
	k->error_stage = m->source;
	sim_trace_event(w, m->kind == WEIR_MARK_ERROR ? "error" : "end", sim_actor_of(c), k->terminal_value);
	sim_trace_line(w, "sink %u: %s%s", sim_actor_of(c),
		m->kind == WEIR_MARK_ERROR ? "error of " : "complete",
		m->kind == WEIR_MARK_ERROR ? w->plan->stages[m->source].id : "");
	call_from_inside(c);
	weir_end_with(c, m);
}

static void note_mark(struct weir_ctx *c, struct sim_sink *k, const struct weir_mark *m)
{
	struct sim_world *w = sim_world_of(c);

	sim_trace_event(w, "mark", sim_actor_of(c), m->value);
	sim_trace_line(w, "sink %u gets mark %u, %lld", sim_actor_of(c), m->kind, (long long)m->time);
	switch (m->kind) {
	case WEIR_MARK_LAGGED:
		k->lagged += m->value;
		break;
	case WEIR_MARK_WATERMARK:
		if (m->time < k->watermark_ns)
			sim_broken(w, "marks", "%s: the watermark goes back", c->def->id);
		k->watermark_ns = m->time;
		break;
	case WEIR_MARK_BARRIER:
		k->barriers++;
		if (k->n_held == SIM_BARRIERS)
			answer(c, k);
		k->held[k->n_held++] = *m;
		if (!k->hold)
			answer(c, k);
		break;
	default:
		note_end(c, k, m);
		break;
	}
}

static void sink_turn(struct weir_ctx *c, struct sim_sink *k)
{
	uint32_t may = k->take;
	struct weir_mark m;

	take_orders(c, k);
	while (!k->ended) {
		if (k->pump > 0 && weir_outstanding(c, 0) == 0 && weir_input(c, 0) == NULL &&
			weir_input_open(c, 0))
			request(c, k, k->pump);
		if (take_items(c, k, &may))
			continue;
		if (k->ended || weir_input(c, 0) != NULL || k->take == 0 || !weir_next_mark(c, 0, &m))
			break;
		note_mark(c, k, &m);
	}
	if (!k->ended && k->take > 0 && may == 0 && weir_input(c, 0) != NULL)
		weir_again(c);
}

static void sink_run(struct weir_ctx *c)
{
	struct sim_world *w = sim_world_of(c);
	struct sim_sink *k = sink_of(c);

	sim_enter(w, c, k->opened, k->closed);
	if (k->ended)
		sim_broken(w, "T-1", "%s is run after its end", c->def->id);
	sink_turn(c, k);
	sim_leave(w);
}

static int sink_open(struct weir_ctx *c)
{
	struct sim_sink *k = sink_of(c);

	return sim_open_actor(c, &k->opened, &k->closed, &k->normal);
}

static void sink_close(struct weir_ctx *c, bool normal)
{
	struct sim_sink *k = sink_of(c);

	sim_close_actor(c, k->opened, &k->closed, &k->normal, normal);
}

static const struct weir_param sink_params[] = {
	WEIR_PARAM(struct sim_actor_params, actor, "actor", U32, .max = SIM_ACTORS - 1,
		.flags = WEIR_PARAM_REQUIRED),
	{ .name = NULL },
};

const struct weir_op_type sim_sink_type = {
	.abi = WEIR_OP_ABI,
	.flags = WEIR_OP_SINK,
	.credit = WEIR_CREDIT_MANUAL,
	.name = "sim_sink",
	.summary = "Ask for and take what the simulator says.",
	.params_struct = "struct sim_actor_params",
	.params = sink_params,
	.params_size = sizeof(struct sim_actor_params),
	.open = sink_open,
	.close = sink_close,
	.run = sink_run,
};
