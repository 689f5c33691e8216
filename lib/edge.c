/* SPDX-License-Identifier: MIT */
/*
 * edge.c -- the ledger of an edge: request, publish, consume, drop, discard.
 *
 * Laws held here: C-1 credit bounds what is sent, C-2 requests add and saturate, C-4 requests travel up by a
 * loop, M-2 in = out + dropped + queued after every call.
 */
#include <string.h>

#include "core.h"

void weir_edge_request(struct weir_instance *in, struct weir_edge *e, uint32_t n)
{
	for (;;) { /* C-4: a loop, whatever the pipeline's length */
		struct weir_stage *producer = &in->stages[e->def->from];

		if (e->closed || e->ended || n == 0)
			return;
		WEIR_WATCH(requested(e, n));
		e->credit = n < UINT32_MAX - e->credit ? e->credit + n : UINT32_MAX; /* C-2 */
		/* a side stream paces only what is sent to it */
		if (!producer->passes || e != producer->out0) {
			weir_edge_refill(in, e);
			return;
		}
		if (producer->type->grant != NULL)
			n = producer->type->grant(&producer->ctx, n);
		WEIR_WATCH(passed_up(producer, n));
		e = weir_group_head(in, producer)->in0;
	}
}

void weir_edge_publish(
	struct weir_instance *in, struct weir_edge *e, const struct weir_span *span, uint16_t home)
{
	if (e->closed || span->count == 0)
		return;
	WEIR_WATCH(published(in, e, span->count));
	weir_edge_lay(e, span, home);
	in->edges[home].users++;
	weir_stage_ready(in, e->def->to);
}

/* Send the next of the bytes that were made beyond what had been asked for. */
void weir_edge_publish_staged(struct weir_instance *in, struct weir_edge *e)
{
	uint32_t credit = e->credit;
	struct weir_span *staged = &weir_edge_memory(in, e)->reserved, span = *staged;

	if (credit == 0 || e->users > 0)
		return;
	span.count = span.count < credit ? span.count : credit; /* C-1 */
	staged->items = (unsigned char *)staged->items + span.count;
	staged->count -= span.count;
	e->staged = staged->count > 0;
	weir_edge_publish(in, e, &span, weir_edge_index(in, e));
}

/* The waiting span is gone: whoever made it, and whoever owns its memory, may go on. */
static void release(struct weir_instance *in, struct weir_edge *e)
{
	struct weir_edge *home = &in->edges[e->home];

	if (--home->users == 0 && home != e)
		weir_edge_refill(in, home);
	if (WEIR_WITH_SCOPES && home->users == 0 && weir_stage_ended(&in->stages[home->def->from]))
		weir_scope_tell(in, &in->stages[home->def->from]);
	weir_edge_refill(in, e);
}

void weir_edge_consume(struct weir_instance *in, struct weir_edge *e, uint32_t n)
{
	if (n == 0)
		return;
	WEIR_WATCH(taken(in, e, n));
	e->pending.count -= n;
	if (e->pending.count == 0) {
		release(in, e);
		return;
	}
	e->pending.items = (unsigned char *)e->pending.items + (size_t)n * e->def->item_bytes;
	if (WEIR_WITH_EVENT_CLOCK && e->pending.instants != NULL)
		e->pending.instants += n;
}

void weir_edge_drop(
	const struct weir_instance *in, struct weir_edge *e, enum weir_drop reason, weir_count_t n)
{
	uint32_t below = (1u << reason) - 1;

	WEIR_WATCH(dropped(in, e, e->def->drops, reason, n));
	if ((e->def->drops & (1u << reason)) != 0)
		in->drops[e->def->first_drop + weir_count_bits(e->def->drops & below)] += n;
}

/* Items their producer made and dropped at once: on the books of its output, and no credit used (C-5). */
void weir_edge_waste(const struct weir_instance *in, struct weir_edge *e, enum weir_drop reason, uint32_t n)
{
	uint32_t wastes = e->def->wastes, below = (1u << reason) - 1;

	WEIR_WATCH(requested(e, n));
	WEIR_WATCH(booked(in, e, n));
	e->in += n;
	if ((wastes & (1u << reason)) == 0) {
		weir_edge_drop(in, e, reason, n);
		return;
	}
	WEIR_WATCH(dropped(in, e, wastes, reason, n));
	in->drops[e->def->first_drop + weir_count_bits(e->def->drops) + weir_count_bits(wastes & below)] += n;
}

/* Count what is on its way here as cancelled. */
static void discard(struct weir_instance *in, struct weir_edge *e)
{
	if (weir_edge_staged(e))
		weir_edge_waste(in, e, WEIR_DROP_CANCELLED, weir_edge_memory(in, e)->reserved.count);
	e->staged = false;
	weir_edge_drop(in, e, WEIR_DROP_CANCELLED, (weir_count_t)e->pending.count + e->held);
	WEIR_WATCH(held(in, e, -(int64_t)e->held));
	e->held = 0;
	weir_edge_consume(in, e, e->pending.count);
	e->marks = 0;
}

/* Stop listening: what waits is cancelled, and the producer looks whether anybody needs it (T-3: idempotent). */
void weir_edge_close(struct weir_instance *in, struct weir_edge *e)
{
	if (!e->closed) {
		in->stages[e->def->from].check_outputs = true;
		in->cancelling = true;
	}
	if (WEIR_IS_ILP32 || !weir_edge_empty(e) || e->held > 0 || weir_edge_staged(e))
		discard(in, e);
	e->closed = true;
}

void weir_edge_terminal(struct weir_instance *in, struct weir_edge *e, const struct weir_stage *from)
{
	if (e->closed || e->ended) /* T-1: exactly one */
		return;
	WEIR_WATCH(marked(in, e, from->ending_kind));
	e->ended = true;
	e->marks |= (uint8_t)(1u << from->ending_kind);
	e->checkpoint = from->ending_value != 0;
	e->error_source = from->ending_source;
	weir_stage_ready(in, e->def->to);
}

void weir_edge_read_instants(
	const struct weir_stage *s, const struct weir_edge *e, const struct weir_span *span)
{
	uint16_t offset = s->ctx.def->instant_offset;
	const unsigned char *record = span->items;

	if (offset == WEIR_NO_INSTANT || span->instants == NULL)
		return;
	for (uint32_t i = 0; i < span->count; i++, record += e->def->item_bytes)
		memcpy(&span->instants[i], record + offset, sizeof *span->instants);
}

int weir_edge_ledger(const struct weir_instance *in, uint16_t edge, struct weir_ledger *ledger)
{
	const struct weir_edge *e = &in->edges[edge];
	const weir_count_t *slot;
	weir_count_t dropped = 0, sent;
	uint32_t credit;

	if (edge >= in->plan->n_edges)
		return WEIR_EINVAL;
	if (!weir_is_owned(in))
		return WEIR_EBUSY;
	memset(ledger, 0, sizeof *ledger);
	slot = &in->drops[e->def->first_drop];
	for (uint32_t r = 0; r < WEIR_DROP_REASONS; r++)
		if ((e->def->drops & (1u << r)) != 0)
			ledger->dropped[r] = *slot++;
	for (uint32_t r = 0; r < WEIR_DROP_REASONS; r++) {
		if ((e->def->wastes & (1u << r)) != 0)
			ledger->wasted[r] = *slot++;
		ledger->dropped[r] += ledger->wasted[r];
		dropped += (weir_count_t)ledger->dropped[r];
	}
	sent = WEIR_WITH_PROGRAMS && e->def->inner ? weir_group_entered(in, e) : e->in;
	credit = (e->def->inner ? weir_group_head(in, &in->stages[e->def->to])->out0 : e)->credit;
	ledger->requested = credit == UINT32_MAX ? UINT64_MAX : (weir_count_t)(sent + credit);
	ledger->in = sent;
	ledger->queued = (weir_count_t)e->pending.count + e->held;
	ledger->out = (weir_count_t)(sent - ledger->queued - dropped);
	return WEIR_OK;
}
