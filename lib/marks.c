/* SPDX-License-Identifier: MIT */
/*
 * marks.c -- marks travel in order with the items and need no credit (T-2).
 *
 * What waits on one edge between two spans is at most one of each kind: watermarks and barriers keep the
 * newest, lagged adds up. A barrier given up for a newer one of its source is answered by that one, since
 * paths keep order; so a barrier is durable when it, or a later one, has been answered on every path.
 */
#include "core.h"

static void put(struct weir_instance *in, struct weir_edge *e, const struct weir_mark *m)
{
	uint16_t at = e->def->notes;
	bool waits = (e->marks & (1u << m->kind)) != 0;

	if (e->closed || e->ended)
		return;
	if (m->kind == WEIR_MARK_LAGGED) {
		in->lagged[at] = (waits ? in->lagged[at] : 0) + (weir_count_t)m->value;
	} else if (m->kind == WEIR_MARK_WATERMARK && in->plan->n_watermarks > 0) {
		if (!waits || m->time > in->watermarks[at])
			in->watermarks[at] = m->time;
	} else if (WEIR_WITH_BARRIERS && m->kind == WEIR_MARK_BARRIER && in->plan->max_barriers > 0) {
		in->barrier_notes[at] =
			(struct weir_barrier_note){ .number = (weir_count_t)m->value, .source = m->source };
	} else {
		return; /* of a kind this plan has not */
	}
	WEIR_WATCH(marked(in, e, m->kind));
	e->marks |= (uint8_t)(1u << m->kind);
	weir_stage_ready(in, e->def->to);
}

/* The mark of this kind that waits on e. */
static struct weir_mark waiting(const struct weir_instance *in, const struct weir_edge *e, unsigned kind)
{
	struct weir_mark m = { .kind = (uint8_t)kind };
	uint16_t at = e->def->notes;

	if (WEIR_WITH_NOTES && kind == WEIR_MARK_LAGGED) {
		m.value = in->lagged[at];
	} else if (WEIR_WITH_NOTES && kind == WEIR_MARK_WATERMARK) {
		m.time = in->watermarks[at];
	} else if (WEIR_WITH_BARRIERS && kind == WEIR_MARK_BARRIER) {
		m.source = in->barrier_notes[at].source;
		m.value = in->barrier_notes[at].number;
	} else {
		m.source = e->error_source;
		m.value = e->checkpoint;
	}
	return m;
}

void weir_marks_forward(struct weir_instance *in, struct weir_edge *from, struct weir_edge *to)
{
	for (unsigned k = WEIR_MARK_LAGGED; WEIR_WITH_NOTES && k < WEIR_MARK_COMPLETE; k++) {
		struct weir_mark m;

		if ((from->marks & (1u << k)) == 0)
			continue;
		m = waiting(in, from, k);
		put(in, to, &m);
	}
}

bool weir_next_mark(struct weir_ctx *c, uint16_t port, struct weir_mark *mark)
{
	struct weir_stage *s = weir_stage_of(c);
	struct weir_edge *e = weir_edge_in(s, port);

	if (e->pending.count > 0 || e->marks == 0)
		return false;
	for (unsigned k = 0; k < WEIR_MARKS; k++) {
		if ((e->marks & (1u << k)) == 0)
			continue;
		*mark = waiting(c->instance, e, k);
		e->marks &= (uint8_t) ~(1u << k);
		break;
	}
	if (WEIR_WITH_EVENT_CLOCK && mark->kind == WEIR_MARK_WATERMARK)
		weir_timers_event_until(s, mark->time, false);
	if (mark->kind >= WEIR_MARK_COMPLETE) {
		e->closed = true;
		if (WEIR_WITH_EVENT_CLOCK && mark->kind == WEIR_MARK_COMPLETE && mark->value == 0)
			weir_timers_event_until(s, INT64_MAX, true);
	}
	if (e->marks == 0)
		weir_stage_ready(c->instance, e->def->from);
	return true;
}

/* Another branch carries the barrier on: each must answer. */
static void count_path(struct weir_instance *in, const struct weir_mark *m)
{
	for (uint16_t i = 0; i < in->plan->max_barriers; i++) {
		struct weir_open_barrier *b = &in->barriers[i];

		if (b->paths > 0 && b->source == m->source && b->number == m->value)
			b->paths++;
	}
}

static bool first_open(const struct weir_stage *s, uint16_t port)
{
	for (uint16_t p = 0; p < port; p++)
		if (!weir_edge_out(s, p)->closed)
			return false;
	return true;
}

void weir_send_mark(struct weir_ctx *c, uint16_t port, const struct weir_mark *mark)
{
	struct weir_stage *s = weir_stage_of(c);
	struct weir_edge *e = weir_edge_out(s, port);

	if (!WEIR_WITH_NOTES || s->ending != 0 || e->closed)
		return;
	if (WEIR_WITH_BARRIERS && mark->kind == WEIR_MARK_BARRIER && !first_open(s, port))
		count_path(c->instance, mark);
	put(c->instance, e, mark);
}

int weir_barrier(struct weir_ctx *c, uint64_t number)
{
	struct weir_instance *in = c->instance;
	struct weir_mark m = { .kind = WEIR_MARK_BARRIER, .source = c->index, .value = number };

	for (uint16_t i = 0; i < in->plan->max_barriers; i++) {
		if (in->barriers[i].paths != 0 || in->barriers[i].durable)
			continue;
		in->barriers[i] =
			(struct weir_open_barrier){ .number = number, .source = c->index, .paths = 1 };
		weir_send_mark(c, 0, &m);
		return WEIR_OK;
	}
	weir_stage_of(c)->wants_barrier = true;
	return WEIR_EAGAIN;
}

bool weir_barrier_waits(const struct weir_ctx *c, uint16_t out_port)
{
	const struct weir_stage *s = weir_stage_of(c);

	return (weir_edge_out(s, out_port)->marks & (1u << WEIR_MARK_BARRIER)) != 0;
}

/* Every barrier of the source up to this one is durable: the places of the older ones are free. */
static void settle(struct weir_instance *in, struct weir_open_barrier *newest)
{
	for (uint16_t i = 0; i < in->plan->max_barriers; i++) {
		struct weir_open_barrier *b = &in->barriers[i];

		if (b->source == newest->source && b->number < newest->number)
			b->paths = b->durable = 0;
	}
	newest->durable = true;
	in->answering = true;
}

/* There are places again: whoever found none looks once more. */
static void wake_wanting(struct weir_instance *in)
{
	for (uint16_t i = 0; i < in->plan->n_stages; i++)
		if (in->stages[i].wants_barrier) {
			in->stages[i].wants_barrier = false;
			weir_stage_ready(in, i);
		}
}

/* the sources are told when the callback that answered has returned. */
void weir_barriers_tell(struct weir_instance *in)
{
	if (!in->answering)
		return;
	in->answering = false;
	for (uint16_t i = 0; i < in->plan->max_barriers; i++) {
		struct weir_open_barrier *b = &in->barriers[i];
		struct weir_stage *s = &in->stages[b->source];
		uint16_t was;

		if (!b->durable)
			continue;
		b->durable = false;
		if (weir_stage_ended(s))
			continue;
		was = weir_enter(in, s);
		if (s->type->barrier_done != NULL)
			s->type->barrier_done(&s->ctx, b->number);
		weir_leave(in, was);
		weir_stage_ready(in, s->ctx.index);
	}
	wake_wanting(in);
}

void weir_barrier_answer(struct weir_instance *in, uint16_t source, uint64_t number)
{
	for (uint16_t i = 0; i < in->plan->max_barriers; i++) {
		struct weir_open_barrier *b = &in->barriers[i];

		if (b->paths == 0 || b->source != source || b->number != number)
			continue;
		if (--b->paths == 0)
			settle(in, b);
		return;
	}
}

void weir_barrier_done(struct weir_ctx *c, const struct weir_mark *barrier)
{
	weir_barrier_answer(c->instance, barrier->source, barrier->value);
}
