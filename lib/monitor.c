/* SPDX-License-Identifier: MIT */
/*
 * monitor.c -- the shadow ledger and the watch over callbacks (monitor.h). Hosted: only in builds made to test.
 *
 * Nothing here reads what it judges by: the shadow adds up events, the edge keeps its counters, and after each turn the
 * two must agree.
 */
#include "core.h"

#ifdef WEIR_MONITOR

#include <stdio.h>
#include <stdlib.h>

static void broken(const struct weir_instance *in, const struct weir_edge *e, const char *law, uint64_t is,
	uint64_t must)
{
	(void)fprintf(stderr, "weir monitor: %s: edge %s -> %s: %llu, %llu\n", law,
		in->plan->stages[e->def->from].id, in->plan->stages[e->def->to].id, (unsigned long long)is,
		(unsigned long long)must);
	abort();
}

static void broken_by(const struct weir_instance *in, uint16_t stage, const char *law)
{
	(void)fprintf(stderr, "weir monitor: %s: stage %s\n", law, in->plan->stages[stage].id);
	abort();
}

/* ---- events of an edge ---- */

void weir_watch_requested(struct weir_edge *e, uint32_t n)
{
	struct weir_shadow *s = &e->shadow;

	if (s->unbounded)
		return;
	s->requested += n;
	s->unbounded = n == UINT32_MAX || s->requested - s->emitted >= UINT32_MAX; /* C-2 */
}

void weir_watch_published(const struct weir_instance *in, struct weir_edge *e, uint32_t n)
{
	struct weir_shadow *s = &e->shadow;

	if (e->closed)
		broken(in, e, "T-3: items for a consumer that wants none", n, 0);
	if (s->terminal)
		broken(in, e, "T-1: items after the end", n, 0);
	if (e->pending.count > 0)
		broken(in, e, "a span sent onto one that waits", n, e->pending.count);
	if (e->marks != 0)
		broken(in, e, "items overtake marks", n, e->marks);
	s->emitted += n;
	if (!s->unbounded && s->emitted > s->requested)
		broken(in, e, "C-1: more sent than asked for", s->emitted, s->requested);
}

void weir_watch_taken(const struct weir_instance *in, struct weir_edge *e, uint64_t n)
{
	e->shadow.taken += n;
	if (e->shadow.taken > e->shadow.emitted)
		broken(in, e, "M-2: more taken than sent", e->shadow.taken, e->shadow.emitted);
}

/* Items that went over the edge without waiting on it. */
void weir_watch_booked(const struct weir_instance *in, struct weir_edge *e, uint32_t n)
{
	e->shadow.emitted += n;
	if (!e->shadow.unbounded && e->shadow.emitted > e->shadow.requested)
		broken(in, e, "C-1: more sent than asked for", e->shadow.emitted, e->shadow.requested);
	weir_watch_taken(in, e, n);
}

void weir_watch_passed_up(const struct weir_stage *last, uint32_t n)
{
	for (const struct weir_stage *s = last; s->ctx.index != last->slot; s--)
		weir_watch_requested(s->in0, n);
}

/* Items that got as far as the stage of a segment and were refused there: asked for again up to the group (C-5). */
static void refused_at(const struct weir_stage *head, uint16_t segment, uint32_t n)
{
	for (uint16_t k = 1; k <= segment; k++)
		weir_watch_requested(head[k].in0, n);
}

void weir_watch_grouped(const struct weir_instance *in, const struct weir_stage *head, uint32_t taken,
	const uint32_t *refused)
{
	for (uint16_t k = 0; k < head->ctx.def->group; k++) {
		if (k > 0)
			weir_watch_booked(in, head[k].in0, taken);
		taken -= refused[k];
	}
	for (uint16_t k = 0; k < head->ctx.def->group; k++)
		refused_at(head, k, refused[k]);
}

void weir_watch_refused(const struct weir_instance *in, const struct weir_stage *head, uint16_t segment)
{
	for (uint16_t k = 1; k <= segment; k++)
		weir_watch_booked(in, head[k].in0, 1);
	refused_at(head, segment, 1);
}

void weir_watch_held(const struct weir_instance *in, struct weir_edge *e, int64_t n)
{
	struct weir_shadow *s = &e->shadow;

	if (n < 0 && (uint64_t)-n > s->held)
		broken(in, e, "M-2: more let go than held", (uint64_t)-n, s->held);
	s->held += (uint64_t)n;
}

void weir_watch_dropped(
	const struct weir_instance *in, struct weir_edge *e, unsigned slots, unsigned reason, uint64_t n)
{
	if (n > 0 && (slots & (1u << reason)) == 0)
		broken(in, e, "M-2: dropped for a reason that has no counter", reason, n);
	e->shadow.dropped += n;
}

void weir_watch_marked(const struct weir_instance *in, struct weir_edge *e, unsigned kind)
{
	if (e->shadow.terminal)
		broken(in, e, "T-1: a mark after the end", kind, 0);
	e->shadow.terminal = kind >= WEIR_MARK_COMPLETE;
}

void weir_watch_renewed(struct weir_edge *e)
{
	e->shadow.requested = e->shadow.emitted;
	e->shadow.unbounded = e->shadow.terminal = false;
}

/* ---- callbacks ---- */

void weir_watch_entered(const struct weir_instance *in, const struct weir_stage *s, uint16_t was)
{
	if (was != WEIR_NO_STAGE && was != s->ctx.index) /* its own timers run where its input is looked at */
		broken_by(in, s->ctx.index, "X-1: a callback inside another stage's");
}

static void still(const struct weir_instance *in, const struct weir_stage *s)
{
	if (weir_stage_ended(s) && s->open)
		broken_by(in, s->ctx.index, "an ended stage was not closed");
	for (uint16_t t = 0; weir_stage_ended(s) && t < s->type->n_timers; t++)
		if (in->timers[s->first_timer + t].place != 0)
			broken_by(in, s->ctx.index, "T-3: a timer of an ended stage is armed");
}

/* ---- what must hold between turns ---- */

static void agree(const struct weir_instance *in, const struct weir_edge *e, const char *what, uint64_t is,
	uint64_t must)
{
	if ((weir_count_t)is != (weir_count_t)must)
		broken(in, e, what, is, must);
}

static void balance(const struct weir_instance *in, const struct weir_edge *e)
{
	const struct weir_shadow *s = &e->shadow;
	struct weir_ledger l;
	uint64_t dropped = 0;

	(void)weir_edge_ledger(in, weir_edge_index(in, e), &l);
	for (unsigned r = 0; r < WEIR_DROP_REASONS; r++)
		dropped += l.dropped[r];
	agree(in, e, "M-2: in", l.in, s->emitted);
	agree(in, e, "M-2: dropped", dropped, s->dropped);
	agree(in, e, "M-2: queued", l.queued, s->emitted - s->taken + s->held);
	agree(in, e, "M-2: out", l.out, s->taken - s->held - s->dropped);
	agree(in, e, "M-2: in = out + dropped + queued", l.in, l.out + dropped + l.queued);
	if (s->held + s->dropped > s->taken)
		broken(in, e, "M-2: more held and dropped than taken", s->held + s->dropped, s->taken);
	if (l.in > l.requested)
		broken(in, e, "C-1: more sent than asked for", l.in, l.requested);
	if ((l.requested == UINT64_MAX) != s->unbounded)
		broken(in, e, "C-2: unbounded is sticky, and nothing else is", l.requested, s->unbounded);
	if (!s->unbounded)
		agree(in, e, "C-2: requests add", l.requested, s->requested);
}

void weir_watch_settled(const struct weir_instance *in)
{
	for (uint16_t i = 0; i < in->plan->n_edges; i++)
		balance(in, &in->edges[i]);
	for (uint16_t i = 0; i < in->plan->n_stages; i++)
		still(in, &in->stages[i]);
}

void weir_watch_ended(const struct weir_instance *in)
{
	weir_watch_settled(in);
	for (uint16_t i = 0; i < in->plan->n_edges; i++) {
		const struct weir_edge *e = &in->edges[i];

		if (e->shadow.emitted != e->shadow.taken || e->held != 0)
			broken(in, e, "M-2: items left at the end", e->shadow.emitted - e->shadow.taken,
				e->held);
		if (e->users != 0)
			broken(in, e, "spans left in the memory of an edge", e->users, 0);
	}
	if (in->n_heap != 0)
		broken_by(in, in->timers[in->heap[0]].stage, "a timer is armed at the end");
}

#endif
