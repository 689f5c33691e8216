/* SPDX-License-Identifier: MIT */
/*
 * timers.c -- a binary heap of the plan's timers behind the platform's one; event-clock timers beside it.
 *
 * A stage's event-clock timers fall due as items reach it: a timer due before item i runs before item i, so
 * an input span is shown only up to the first item that makes one due.
 */
#include "core.h"

static bool earlier(const struct weir_instance *in, uint16_t a, uint16_t b)
{
	int64_t da = in->timers[a].deadline_ns, db = in->timers[b].deadline_ns;

	return da != db ? da < db : a < b;
}

static void place(struct weir_instance *in, uint32_t at, uint16_t timer)
{
	in->heap[at] = timer;
	in->timers[timer].place = (uint16_t)(at + 1);
}

static void sift_up(struct weir_instance *in, uint32_t at, uint16_t timer)
{
	while (at > 0 && earlier(in, timer, in->heap[(at - 1) / 2])) {
		place(in, at, in->heap[(at - 1) / 2]);
		at = (at - 1) / 2;
	}
	place(in, at, timer);
}

static void sift_down(struct weir_instance *in, uint32_t at, uint16_t timer)
{
	for (;;) {
		uint32_t child = 2 * at + 1;

		if (child >= in->n_heap)
			break;
		if (child + 1 < in->n_heap && earlier(in, in->heap[child + 1], in->heap[child]))
			child++;
		if (!earlier(in, in->heap[child], timer))
			break;
		place(in, at, in->heap[child]);
		at = child;
	}
	place(in, at, timer);
}

static void disarm(struct weir_instance *in, uint16_t timer)
{
	struct weir_timer *t = &in->timers[timer];
	uint32_t at = t->place;

	t->place = 0;
	if (!WEIR_WITH_TIMERS || at == 0 || (WEIR_WITH_EVENT_CLOCK && t->clock == WEIR_CLOCK_EVENT))
		return;
	at--;
	in->n_heap--;
	if (at == in->n_heap)
		return;
	timer = in->heap[in->n_heap];
	sift_up(in, at, timer);
	sift_down(in, (uint32_t)in->timers[timer].place - 1u, timer);
}

void weir_timer_set(struct weir_ctx *c, uint8_t timer, enum weir_clock clock, int64_t deadline_ns)
{
	struct weir_instance *in = c->instance;
	struct weir_stage *s = weir_stage_of(c);
	uint16_t i = (uint16_t)(s->first_timer + timer);
	struct weir_timer *t = &in->timers[i];

	if (t->place != 0 && t->clock == clock && t->deadline_ns == deadline_ns)
		return;
	disarm(in, i);
	t->deadline_ns = deadline_ns;
	t->clock = (uint8_t)clock;
	t->stage = c->index;
	if (WEIR_WITH_EVENT_CLOCK && clock == WEIR_CLOCK_EVENT) {
		t->place = 1;
		s->event_timers = true;
	} else if (WEIR_WITH_TIMERS) {
		sift_up(in, in->n_heap++, i);
	}
}

void weir_timer_stop(struct weir_ctx *c, uint8_t timer)
{
	disarm(c->instance, (uint16_t)(weir_stage_of(c)->first_timer + timer));
}

bool weir_timer_armed(const struct weir_ctx *c, uint8_t timer)
{
	const struct weir_stage *s = weir_stage_of(c);

	return c->instance->timers[s->first_timer + timer].place != 0;
}

void weir_timers_stop_stage(struct weir_instance *in, struct weir_stage *s)
{
	for (uint16_t t = 0; t < s->type->n_timers; t++)
		disarm(in, (uint16_t)(s->first_timer + t));
}

static void fire(struct weir_stage *s, uint16_t timer)
{
	struct weir_instance *in = s->ctx.instance;
	int64_t deadline = in->timers[timer].deadline_ns;
	uint16_t was = weir_enter(in, s);

	disarm(in, timer);
	s->type->timer(&s->ctx, (uint8_t)(timer - s->first_timer), deadline);
	weir_leave(in, was);
	weir_stage_ready(in, s->ctx.index);
}

void weir_timers_fire(struct weir_instance *in)
{
	while (in->n_heap > 0 && (uint64_t)in->timers[in->heap[0]].deadline_ns <= in->now_ns) {
		struct weir_stage *s = &in->stages[in->timers[in->heap[0]].stage];
		bool timed = WEIR_WITH_STALLS && in->stall_limit_ns != 0;
		uint64_t began_ns = timed ? in->platform->type->now_ns(in->platform) : 0;

		fire(s, in->heap[0]);
		weir_stage_apply_ending(in, s);
		if (timed)
			weir_stall_judge(in, s, began_ns);
	}
}

uint64_t weir_timers_next(const struct weir_instance *in)
{
	return in->n_heap > 0 ? (uint64_t)in->timers[in->heap[0]].deadline_ns : WEIR_NEVER;
}

/* The stage's armed event-clock timer that is due first, or -1. */
static int32_t first_event(const struct weir_stage *s)
{
	const struct weir_instance *in = s->ctx.instance;
	int32_t best = -1;

	for (int32_t t = s->first_timer; t < s->first_timer + s->type->n_timers; t++) {
		if (in->timers[t].place == 0 || in->timers[t].clock != WEIR_CLOCK_EVENT)
			continue;
		if (best < 0 || in->timers[t].deadline_ns < in->timers[best].deadline_ns)
			best = t;
	}
	return best;
}

void weir_timers_event_until(struct weir_stage *s, int64_t time_ns, bool all)
{
	const struct weir_timer *timers = s->ctx.instance->timers;
	uint32_t left = all ? s->type->n_timers
			    : UINT32_MAX; /* at the end one that sets itself again is not fired again */
	int32_t t = first_event(s);

	while (t >= 0 && left-- > 0 && (all || timers[t].deadline_ns <= time_ns)) {
		fire(s, (uint16_t)t);
		t = first_event(s);
	}
}

uint32_t weir_timers_event_before(struct weir_stage *s, const struct weir_span *span)
{
	int32_t t = first_event(s);
	int64_t deadline;

	if (t < 0 || span->instants == NULL)
		return span->count;
	weir_timers_event_until(s, span->instants[0], false);
	t = first_event(s);
	if (t < 0)
		return span->count;
	deadline = s->ctx.instance->timers[t].deadline_ns;
	for (uint32_t i = 1; i < span->count; i++)
		if (span->instants[i] >= deadline)
			return i;
	return span->count;
}

uint32_t weir_timers_armed(const struct weir_instance *in)
{
	uint32_t n = 0;

	if (!weir_is_owned(in))
		return 0;
	for (uint16_t t = 0; t < in->n_timers; t++)
		n += in->timers[t].place != 0;
	return n;
}
