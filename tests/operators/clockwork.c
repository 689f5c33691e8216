/* SPDX-License-Identifier: MIT */
/* clockwork.c -- see clockwork.h. */
#include <check.h>
#include <string.h>

#include "operators/clockwork.h"

struct clockwork clockworks[CLOCKWORKS];

static struct clockwork *of(const struct weir_ctx *c)
{
	return (struct clockwork *)(uintptr_t)c->params;
}

static void give_mark(struct weir_ctx *c, struct clockwork *w)
{
	struct weir_mark mark = { .kind = (uint8_t)w->kind, .value = 1 };

	if (w->kind == WEIR_MARK_WATERMARK)
		mark.time = w->at[w->next];
	w->next++;
	if (w->kind == WEIR_MARK_BARRIER)
		ck_assert_int_eq(weir_barrier(c, w->next), WEIR_OK);
	else
		weir_send_mark(c, 0, &mark);
}

/* Give what is due, if something is and there is room. */
static void give(struct weir_ctx *c, struct clockwork *w)
{
	struct bed_item item = { 0 };
	struct weir_span *span;

	if (w->next == w->n || w->at[w->next] > (int64_t)weir_now(c))
		return;
	if (w->next < w->n_marks) {
		give_mark(c, w);
		return;
	}
	span = weir_reserve(c, 0);
	if (span == NULL)
		return;
	item.at = w->at[w->next];
	item.v = (int64_t)++w->next;
	memcpy(span->items, &item, sizeof item);
	if (span->instants != NULL)
		span->instants[0] = item.at;
	weir_emit(c, 0, 1);
}

static void wait_for_next(struct weir_ctx *c, const struct clockwork *w)
{
	int64_t next = w->next < w->n ? w->at[w->next] : w->ends_at;

	if (next > (int64_t)weir_now(c) && next != INT64_MAX)
		weir_timer_set(c, 0, WEIR_CLOCK_MONOTONIC, next);
}

static void clockwork_run(struct weir_ctx *c)
{
	struct clockwork *w = of(c);

	give(c, w);
	if (w->next == w->n && w->ends_at <= (int64_t)weir_now(c))
		weir_complete(c);
	else
		wait_for_next(c, w);
}

static void clockwork_timer(struct weir_ctx *c, uint8_t timer, int64_t deadline_ns)
{
	struct clockwork *w = of(c);

	(void)timer;
	(void)deadline_ns;
	if (w->in_timer)
		give(c, w);
}

static void clockwork_barrier_done(struct weir_ctx *c, uint64_t number)
{
	(void)number;
	of(c)->barriers_done++;
}

static const struct weir_op_type clockwork_type = { .abi = WEIR_OP_ABI,
	.flags = WEIR_OP_SOURCE,
	.credit = WEIR_CREDIT_OWN,
	.n_timers = 1,
	.name = "clockwork",
	.run = clockwork_run,
	.timer = clockwork_timer,
	.barrier_done = clockwork_barrier_done };

void clockwork_reset(void)
{
	memset(clockworks, 0, sizeof clockworks);
	for (uint32_t i = 0; i < CLOCKWORKS; i++)
		clockworks[i].ends_at = INT64_MAX;
}

void clockwork_set(uint32_t which, uint32_t n, const int64_t *at)
{
	ck_assert_uint_le(n, CLOCKWORK_TIMES);
	clockworks[which].n = n;
	memcpy(clockworks[which].at, at, n * sizeof *at);
}

uint16_t clockwork_source(uint32_t which)
{
	return bed_stage(&clockwork_type, &clockworks[which]);
}

void clockwork_until(uint64_t now_ns)
{
	while (bed.clock.wake_ns <= now_ns) {
		if (bed.clock.wake_ns > bed.clock.now_ns)
			bed.clock.now_ns = bed.clock.wake_ns;
		bed.clock.wake_ns = WEIR_NEVER;
		bed_settle();
	}
	bed.clock.now_ns = now_ns;
}
