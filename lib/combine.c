/* SPDX-License-Identifier: MIT */
/*
 * combine.c -- inputs, times and barriers of a combiner (combine.h).
 */
#include <weir/combine.h>
#include <weir/engine.h>

size_t weir_combine_size(uint16_t n_inputs)
{
	return n_inputs * sizeof(struct weir_combine_input);
}

/* Whether an input carries watermarks, as the plan says. */
static bool carries_time(const struct weir_ctx *c, uint16_t port)
{
	const struct weir_plan *plan = weir_plan_of(c->instance);

	return plan->edges[plan->inputs[c->def->first_in + port]].has_time;
}

void weir_combine_init(struct weir_ctx *c, struct weir_combine *x, void *memory, uint16_t n_inputs)
{
	x->inputs = memory;
	x->n_inputs = x->live = n_inputs;
	x->watermark_ns = INT64_MIN;
	for (uint16_t i = 0; i < n_inputs; i++) {
		x->inputs[i].time_ns = INT64_MIN;
		x->inputs[i].has_time = carries_time(c, i);
	}
}

void weir_combine_open(struct weir_ctx *c, struct weir_combine *x)
{
	for (uint16_t i = 0; i < x->n_inputs; i++)
		x->inputs[i].heard_ns = weir_now(c);
}

/* ---- time ---- */

void weir_combine_hear(struct weir_ctx *c, struct weir_combine *x, uint16_t port, int64_t time_ns)
{
	struct weir_combine_input *in = &x->inputs[port];

	in->heard_ns = weir_now(c);
	in->passed_over = false;
	if (time_ns > in->time_ns)
		in->time_ns = time_ns;
}

static int64_t greatest_instant(const struct weir_span *span)
{
	int64_t t = INT64_MIN;

	for (uint32_t i = 0; span->instants != NULL && i < span->count; i++)
		t = span->instants[i] > t ? span->instants[i] : t;
	return t;
}

void weir_combine_hear_items(
	struct weir_ctx *c, struct weir_combine *x, uint16_t port, const struct weir_span *span)
{
	weir_combine_hear(c, x, port, x->inputs[port].has_time ? INT64_MIN : greatest_instant(span));
}

void weir_combine_watermark(struct weir_ctx *c, struct weir_combine *x)
{
	struct weir_mark mark = { .kind = WEIR_MARK_WATERMARK, .time = INT64_MAX };

	if (!c->event_clock)
		return;
	for (uint16_t i = 0; i < x->n_inputs; i++) {
		const struct weir_combine_input *in = &x->inputs[i];

		if (!in->ended && !in->passed_over && in->time_ns < mark.time)
			mark.time = in->time_ns;
	}
	if (mark.time <= x->watermark_ns || mark.time == INT64_MAX)
		return;
	x->watermark_ns = mark.time;
	weir_send_mark(c, 0, &mark);
}

void weir_combine_tell_time(struct weir_ctx *c, struct weir_combine *x)
{
	for (uint16_t i = 0; i < x->n_inputs; i++) {
		const struct weir_span *in = weir_input(c, i);
		struct weir_span first;

		if (in == NULL || x->inputs[i].holds_barrier)
			continue;
		first = *in;
		first.count = 1;
		weir_combine_hear_items(c, x, i, &first);
	}
	weir_combine_watermark(c, x);
}

uint32_t weir_combine_together(const struct weir_span *in, uint32_t most)
{
	uint32_t n = 1;

	if (in->instants == NULL)
		return most;
	while (n < most && in->instants[n] <= in->instants[0])
		n++;
	return n;
}

void weir_combine_pass_over(struct weir_ctx *c, struct weir_combine *x, uint64_t idle_ns)
{
	for (uint16_t i = 0; i < x->n_inputs; i++) {
		struct weir_combine_input *in = &x->inputs[i];

		if (weir_input(c, i) != NULL || weir_outstanding(c, i) == 0)
			in->heard_ns = weir_now(c); /* it waits for us, not the other way */
		else if (!in->ended && weir_now(c) - in->heard_ns >= idle_ns)
			in->passed_over = true;
	}
}

void weir_combine_arm(struct weir_ctx *c, struct weir_combine *x, uint64_t idle_ns)
{
	uint64_t next = WEIR_NEVER;

	for (uint16_t i = 0; i < x->n_inputs; i++) {
		const struct weir_combine_input *in = &x->inputs[i];

		if (!in->ended && !in->passed_over && weir_input(c, i) == NULL &&
			weir_outstanding(c, i) > 0 && in->heard_ns + idle_ns < next)
			next = in->heard_ns + idle_ns;
	}
	if (next == WEIR_NEVER)
		weir_timer_stop(c, 0);
	else
		weir_timer_set(c, 0, WEIR_CLOCK_MONOTONIC, (int64_t)next);
}

/* ---- marks ---- */

static void take_marks(struct weir_ctx *c, struct weir_combine *x, uint16_t port)
{
	struct weir_combine_input *in = &x->inputs[port];
	struct weir_mark mark;

	while (!in->holds_barrier && weir_next_mark(c, port, &mark)) {
		if (mark.kind == WEIR_MARK_ERROR) {
			x->failing = true;
			x->end = mark;
		} else if (mark.kind == WEIR_MARK_COMPLETE) {
			in->ended = true;
			x->live--;
			x->end = mark;
		} else if (mark.kind == WEIR_MARK_WATERMARK) {
			weir_combine_hear(c, x, port, mark.time);
		} else if (mark.kind == WEIR_MARK_BARRIER) {
			in->barrier = mark;
			in->holds_barrier = true;
			weir_combine_hear(c, x, port, INT64_MIN);
		} else {
			weir_send_mark(c, 0, &mark);
		}
	}
}

void weir_combine_marks(struct weir_ctx *c, struct weir_combine *x)
{
	for (uint16_t i = 0; i < x->n_inputs && !x->failing; i++)
		if (!x->inputs[i].ended && !x->inputs[i].holds_barrier)
			take_marks(c, x, i);
}

void weir_combine_barriers(struct weir_ctx *c, struct weir_combine *x, uint16_t first)
{
	for (uint16_t k = 1; k <= x->n_inputs; k++) {
		struct weir_combine_input *in = &x->inputs[(first + k) % x->n_inputs];

		if (!in->holds_barrier ||
			(weir_barrier_waits(c, 0) && x->live > 0)) /* T-2: an end waits for nothing */
			continue;
		weir_send_mark(c, 0, &in->barrier);
		in->holds_barrier = false;
	}
}

void weir_combine_fail(struct weir_ctx *c, struct weir_combine *x)
{
	for (uint16_t i = 0; i < x->n_inputs; i++)
		weir_cancel(c, i);
	weir_end_with(c, &x->end);
}
