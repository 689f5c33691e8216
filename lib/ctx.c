/* SPDX-License-Identifier: MIT */
/*
 * ctx.c -- the calls a stage may make: clocks, inputs, outputs, ending.
 */
#include <string.h>

#include "core.h"

uint64_t weir_now(const struct weir_ctx *c)
{
	return c->instance->now_ns;
}

int64_t weir_wall(const struct weir_ctx *c)
{
	return c->instance->platform->type->wall_ns(c->instance->platform);
}

int64_t weir_item_time(const struct weir_ctx *c, const struct weir_span *in, uint32_t i)
{
	return WEIR_WITH_EVENT_CLOCK && in->instants != NULL ? in->instants[i] : (int64_t)c->instance->now_ns;
}

const struct weir_kernels *weir_kernels_of(const struct weir_ctx *c)
{
	return c->instance->kernels;
}

struct weir_platform *weir_platform_of(const struct weir_ctx *c)
{
	return c->instance->platform;
}

void *weir_scratch(const struct weir_ctx *c)
{
	return WEIR_IS_ILP32 ? NULL : c->instance->scratch;
}

/* ---- inputs ---- */

const struct weir_span *weir_input(struct weir_ctx *c, uint16_t port)
{
	struct weir_stage *s = weir_stage_of(c);
	struct weir_edge *e = weir_edge_in(s, port);
	uint32_t n;

	if (e->pending.count == 0)
		return NULL;
	if (!WEIR_WITH_EVENT_CLOCK || !s->event_timers)
		return &e->pending;
	n = weir_timers_event_before(s, &e->pending); /* one that fires may take some */
	c->instance->seen = e->pending;
	c->instance->seen.count = n;
	return n > 0 ? &c->instance->seen : NULL;
}

void weir_take(struct weir_ctx *c, uint16_t port, uint32_t n)
{
	struct weir_edge *e = weir_edge_in(weir_stage_of(c), port);

	weir_edge_consume(c->instance, e, n < e->pending.count ? n : e->pending.count);
}

void weir_hold(struct weir_ctx *c, uint16_t port, int64_t n)
{
	struct weir_edge *e = weir_edge_in(weir_stage_of(c), port);

	WEIR_WATCH(held(c->instance, e, n));
	e->held += (uint32_t)n;
}

void weir_drop_from(struct weir_ctx *c, uint16_t port, enum weir_drop reason, uint32_t n)
{
	weir_edge_drop(c->instance, weir_edge_in(weir_stage_of(c), port), reason, n);
}

void weir_drop(struct weir_ctx *c, enum weir_drop reason, uint32_t n)
{
	struct weir_stage *s = weir_stage_of(c);

	if (s->in0 != NULL) {
		weir_drop_from(c, 0, reason, n);
		return;
	}
	weir_edge_waste(c->instance, s->out0, reason, n);
}

bool weir_input_open(const struct weir_ctx *c, uint16_t port)
{
	return !weir_edge_in(weir_stage_of(c), port)->closed;
}

bool weir_input_stopped(const struct weir_ctx *c)
{
	const struct weir_edge *e = weir_stage_of(c)->in0;

	return e != NULL && c->instance->stages[e->def->from].stopped;
}

int weir_request(struct weir_ctx *c, uint16_t port, uint32_t n)
{
	if (n == 0) { /* C-3 */
		weir_fail(c, WEIR_EINVAL, "request(0)");
		return WEIR_EINVAL;
	}
	weir_edge_request(c->instance, weir_edge_in(weir_stage_of(c), port), n);
	return WEIR_OK;
}

uint32_t weir_outstanding(const struct weir_ctx *c, uint16_t port)
{
	return weir_edge_in(weir_stage_of(c), port)->credit;
}

void weir_cancel(struct weir_ctx *c, uint16_t port)
{
	weir_edge_close(c->instance, weir_edge_in(weir_stage_of(c), port));
}

/* ---- outputs ---- */

uint32_t weir_demand(const struct weir_ctx *c, uint16_t port)
{
	const struct weir_edge *e = weir_edge_out(weir_stage_of(c), port);

	return e->closed ? 0 : e->credit;
}

bool weir_output_open(const struct weir_ctx *c, uint16_t port)
{
	return !weir_edge_out(weir_stage_of(c), port)->closed;
}

static inline uint32_t room_on(const struct weir_stage *s, const struct weir_edge *e)
{
	uint32_t n = e->credit;

	if (s->ending != 0 || weir_stage_ended(s))
		return 0;
	if (!weir_edge_empty(e) || e->users > 0)
		return 0;
	if (e->closed)
		return e->def->cap_items; /* nobody listens: it goes nowhere */
	return n < e->def->cap_items ? n : e->def->cap_items;
}

uint32_t weir_room(struct weir_ctx *c, uint16_t port)
{
	const struct weir_stage *s = weir_stage_of(c);

	return room_on(s, weir_edge_out(s, port));
}

struct weir_span *weir_reserve(struct weir_ctx *c, uint16_t port)
{
	struct weir_edge *e = weir_edge_out(weir_stage_of(c), port);
	struct weir_memory *m = weir_edge_memory(c->instance, e);
	uint32_t n = weir_room(c, port);

	if (n > e->def->buffer_items)
		n = e->def->buffer_items;
	if (n == 0)
		return NULL;
	m->reserved =
		(struct weir_span){ .items = m->buffer, .instants = m->instants, .count = n, .owned = true };
	return &m->reserved;
}

/* Send a span of at most `room` items. */
static void send(struct weir_stage *s, struct weir_edge *e, const struct weir_span *span, uint32_t room)
{
	if (span->count > room) { /* C-1 */
		weir_fail(&s->ctx, WEIR_EINVAL, "emitted more than was asked for");
		return;
	}
	weir_edge_fill_instants(s, e, span);
	weir_edge_publish(s->ctx.instance, e, span, weir_edge_index(s->ctx.instance, e));
}

/*
 * What was reserved is the room, once: also when the callback has ended its stage since, for what was made before that
 * goes out before the mark that tells it (T-1).
 */
void weir_emit(struct weir_ctx *c, uint16_t port, uint32_t n)
{
	struct weir_stage *s = weir_stage_of(c);
	struct weir_edge *e = weir_edge_out(s, port);
	struct weir_memory *m = weir_edge_memory(c->instance, e);
	uint32_t room = m == NULL || weir_stage_ended(s) ? 0 : m->reserved.count;

	if (m != NULL)
		m->reserved.count = n;
	send(s, e, m != NULL ? &m->reserved : &(struct weir_span){ .count = n }, room);
	if (m != NULL)
		m->reserved.count = 0;
}

void weir_lend(struct weir_ctx *c, uint16_t port, const struct weir_span *span)
{
	struct weir_stage *s = weir_stage_of(c);
	struct weir_edge *e = weir_edge_out(s, port);
	struct weir_memory *m = weir_edge_memory(c->instance, e);
	struct weir_span copy = *span;

	if (copy.instants == NULL && m != NULL)
		copy.instants = m->instants;
	send(s, e, &copy, weir_room(c, port));
	if (m != NULL)
		m->reserved.count = 0;
}

/* A record's address is a multiple of what its size is a multiple of, up to 8: so that its fields may be read there. */
static bool is_aligned(const void *records, uint32_t item_bytes)
{
	uint32_t most = item_bytes | 8u;

	return ((uintptr_t)records & ((most & (0 - most)) - 1)) == 0;
}

bool weir_lend_pushed(struct weir_ctx *c, const void *records, uint32_t n, void *home)
{
	const struct weir_stage *s = weir_stage_of(c);
	struct weir_edge *e = s->out0;
	const struct weir_span span = { .items = (void *)(uintptr_t)records, .count = n };

	if (WEIR_IS_ILP32 || n > room_on(s, e) || e->closed || !is_aligned(records, e->def->item_bytes))
		return false;
	c->instance->pushed_home = home;
	e->awaited = false;
	WEIR_WATCH(published(c->instance, e, n));
	weir_edge_lay(e, &span, weir_edge_index(c->instance, e));
	e->users++;
	weir_stage_ready(c->instance, e->def->to);
	return true;
}

/* The items wait on both edges then; false: there was no room. */
static bool pass_copy(struct weir_ctx *c, const struct weir_edge *from, uint16_t out_port, uint32_t n)
{
	struct weir_span span = from->pending;

	if (n > span.count || n > weir_room(c, out_port)) { /* C-1 */
		weir_fail(c, WEIR_EINVAL, "emitted more than was asked for");
		return false;
	}
	span.count = n;
	weir_edge_publish(c->instance, weir_edge_out(weir_stage_of(c), out_port), &span, from->home);
	return true;
}

void weir_pass(struct weir_ctx *c, uint16_t in_port, uint16_t out_port, uint32_t n)
{
	struct weir_edge *from = weir_edge_in(weir_stage_of(c), in_port);

	if (pass_copy(c, from, out_port, n))
		weir_edge_consume(c->instance, from, n);
}

void weir_pass_all(struct weir_ctx *c, uint16_t in_port, uint32_t n)
{
	struct weir_edge *from = weir_edge_in(weir_stage_of(c), in_port);

	for (uint16_t port = 0; port < c->def->n_out; port++)
		if (weir_output_open(c, port) && !pass_copy(c, from, port, n))
			return;
	weir_edge_consume(c->instance, from, n);
}

bool weir_lent(const struct weir_ctx *c)
{
	const struct weir_stage *s = weir_stage_of(c);

	for (uint16_t p = 0; p < c->def->n_out; p++)
		if (weir_edge_out(s, p)->users > 0)
			return true;
	return false;
}

/* ---- ends ---- */

void weir_complete(struct weir_ctx *c)
{
	weir_stage_end(weir_stage_of(c), WEIR_STAGE_COMPLETED, WEIR_MARK_COMPLETE, c->index, 0);
}

void weir_end_with(struct weir_ctx *c, const struct weir_mark *mark)
{
	if (mark->kind == WEIR_MARK_COMPLETE)
		weir_stage_end(
			weir_stage_of(c), WEIR_STAGE_COMPLETED, mark->kind, c->index, (uint8_t)mark->value);
	else
		weir_stage_end(weir_stage_of(c), WEIR_STAGE_CANCELLED, mark->kind, mark->source, 0);
}

/* In turn with the sources: they come when all that is ready has run. */
void weir_again(struct weir_ctx *c)
{
	if (!weir_stage_ended(weir_stage_of(c)))
		c->instance->ready_sources[c->index / 32] |= 1u << (c->index % 32);
}

void weir_await_room(struct weir_ctx *c, uint16_t port, bool wanted)
{
	weir_edge_out(weir_stage_of(c), port)->awaited = wanted;
}

void weir_copy_item(
	const struct weir_ctx *c, const struct weir_span *in, uint32_t i, struct weir_span *out, uint32_t j)
{
	size_t size = weir_stage_of(c)->out0->def->item_bytes;
	const unsigned char *from = (const unsigned char *)in->items + i * size;
	unsigned char *to = (unsigned char *)out->items + j * size;

	if (from != to)
		memmove(to, from, size);
	if (out->instants != NULL && in->instants != NULL)
		out->instants[j] = in->instants[i];
}
