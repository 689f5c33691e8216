/* SPDX-License-Identifier: MIT */
/*
 * merge -- all items of several streams, as they come.
 *
 *	in 0  --1-----2--|
 *	in 1  ----a-b------c-|
 *	out   --1-a-b-2----c-|
 *
 * Credit  manual: each living input may be asked for an equal share of the demand, rounded up, so that none
 *         can starve the others; what was asked for beyond the demand (less than one item an input) waits on
 *         its edge. C-1 holds on the output. Unbounded demand asks every input without bound.
 * Memory  48 bytes per input. No copy: spans are passed on where they lie, inputs taking turns.
 * Time    items keep their instants. Under the event clock it makes watermarks: the least, over its living
 *         inputs, of the watermark of one that carries them, of the greatest instant of one that does not.
 *         An input silent for `idle` (monotonic) is passed over until it speaks again. One timer.
 *
 * Completes when all inputs have. An input's error ends it, and the others are cancelled. Items of one span
 * stay together; the order between inputs is not specified.
 */
#include <weir/engine.h>
#include <weir/operators.h>

struct weir_merge_input {
	int64_t time_ns;   /* INT64_MIN: none yet */
	uint64_t heard_ns; /* monotonic, of the last item or mark */
	bool has_time;     /* carries watermarks */
	struct weir_mark barrier;
	bool holds_barrier; /* it goes before the items that wait */
	bool ended, passed_over;
};

struct weir_merge {
	struct weir_mark end; /* an error taken from an input */
	int64_t watermark_ns; /* sent last */
	uint16_t current, n_inputs, live;
	bool failing;
	bool barrier_waits; /* one may not have left the output's edge yet */
	struct weir_merge_input inputs[];
};

static const struct weir_param params[] = {
	WEIR_PARAM_BARE("streams", STREAMS, .example = "[\"a\", \"b\"]",
		.help = "The streams to merge; all of one record.",
		.flags = WEIR_PARAM_PRIMARY | WEIR_PARAM_REQUIRED),
	WEIR_PARAM(struct weir_merge_params, idle_ns, "idle", DURATION,
		.help = "Event clock: time after which a silent input is passed over; without it, it is "
			"waited for.",
		.min = 1, .max = INT64_MAX),
	{ .name = NULL },
};

static int64_t state_size(const struct weir_place *place)
{
	return (int64_t)(sizeof(struct weir_merge) + place->n_in * sizeof(struct weir_merge_input));
}

/* Whether an input carries watermarks, as the plan says. */
static bool carries_time(const struct weir_ctx *c, uint16_t port)
{
	const struct weir_plan *plan = weir_plan_of(c->instance);

	return plan->edges[plan->inputs[c->def->first_in + port]].has_time;
}

static int init(struct weir_ctx *c, const struct weir_place *place)
{
	struct weir_merge *s = c->state;

	s->n_inputs = s->live = place->n_in;
	s->watermark_ns = INT64_MIN;
	for (uint16_t i = 0; i < s->n_inputs; i++) {
		s->inputs[i].time_ns = INT64_MIN;
		s->inputs[i].has_time = carries_time(c, i);
	}
	return WEIR_OK;
}

static int open_merge(struct weir_ctx *c)
{
	struct weir_merge *s = c->state;

	for (uint16_t i = 0; i < s->n_inputs; i++)
		s->inputs[i].heard_ns = weir_now(c);
	return WEIR_OK;
}

/* ---- time ---- */

static void hear(struct weir_ctx *c, struct weir_merge_input *in, int64_t time_ns)
{
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

/* Send the least time of the inputs that count, once it has grown. */
static void send_watermark(struct weir_ctx *c, struct weir_merge *s)
{
	struct weir_mark mark = { .kind = WEIR_MARK_WATERMARK, .time = INT64_MAX };

	if (!c->event_clock)
		return;
	for (uint16_t i = 0; i < s->n_inputs; i++) {
		const struct weir_merge_input *in = &s->inputs[i];

		if (!in->ended && !in->passed_over && in->time_ns < mark.time)
			mark.time = in->time_ns;
	}
	if (mark.time <= s->watermark_ns || mark.time == INT64_MAX)
		return;
	s->watermark_ns = mark.time;
	weir_send_mark(c, 0, &mark);
}

/* Pass over the inputs that have been silent for too long, and come back when the next may be. */
static void watch_idle(struct weir_ctx *c, struct weir_merge *s)
{
	const struct weir_merge_params *p = c->params;
	uint64_t next = WEIR_NEVER;

	if (!c->event_clock || p->idle_ns == 0)
		return;
	for (uint16_t i = 0; i < s->n_inputs; i++) {
		struct weir_merge_input *in = &s->inputs[i];

		if (in->ended || in->passed_over)
			continue;
		if (weir_input(c, i) != NULL)
			in->heard_ns = weir_now(c); /* it waits for us, not the other way */
		if (weir_now(c) - in->heard_ns >= p->idle_ns)
			in->passed_over = true;
		else if (in->heard_ns + p->idle_ns < next)
			next = in->heard_ns + p->idle_ns;
	}
	if (next == WEIR_NEVER)
		weir_timer_stop(c, 0);
	else
		weir_timer_set(c, 0, WEIR_CLOCK_MONOTONIC, (int64_t)next);
}

/* ---- items and marks ---- */

static void take_marks(struct weir_ctx *c, struct weir_merge *s, uint16_t port)
{
	struct weir_merge_input *in = &s->inputs[port];
	struct weir_mark mark;

	while (!in->holds_barrier && weir_next_mark(c, port, &mark)) {
		if (mark.kind == WEIR_MARK_ERROR) {
			s->failing = true;
			s->end = mark;
		} else if (mark.kind == WEIR_MARK_COMPLETE) {
			in->ended = true;
			s->live--;
			s->end = mark;
		} else if (mark.kind == WEIR_MARK_WATERMARK) {
			hear(c, in, mark.time);
		} else if (mark.kind == WEIR_MARK_BARRIER) {
			in->barrier = mark;
			in->holds_barrier = true;
			hear(c, in, INT64_MIN);
		} else {
			weir_send_mark(c, 0, &mark);
		}
	}
}

/* Barriers of several inputs must not merge on the edge: each is answered for itself. */
static void send_barriers(struct weir_ctx *c, struct weir_merge *s)
{
	for (uint16_t k = 1; k <= s->n_inputs; k++) {
		struct weir_merge_input *in = &s->inputs[(s->current + k) % s->n_inputs];

		if (weir_room(c, 0) > 0)
			s->barrier_waits = false;
		if (!in->holds_barrier ||
			(s->barrier_waits && s->live > 0)) /* T-2: an end waits for nothing */
			continue;
		weir_send_mark(c, 0, &in->barrier);
		in->holds_barrier = false;
		s->barrier_waits = true;
	}
}

/* Pass the next waiting span on, beginning after the input that had the last turn. */
static void pass_next(struct weir_ctx *c, struct weir_merge *s)
{
	uint32_t room = weir_room(c, 0);

	for (uint16_t k = 1; room > 0 && k <= s->n_inputs; k++) {
		uint16_t port = (uint16_t)((s->current + k) % s->n_inputs);
		const struct weir_span *in = weir_input(c, port);
		struct weir_span span;

		if (in == NULL || s->inputs[port].holds_barrier)
			continue;
		span = *in;
		span.count = span.count < room ? span.count : room;
		s->current = port;
		hear(c, &s->inputs[port], s->inputs[port].has_time ? INT64_MIN : greatest_instant(&span));
		weir_pass(c, port, 0, span.count);
		return;
	}
}

/* ---- credit ---- */

static void ask(struct weir_ctx *c, struct weir_merge *s)
{
	uint32_t demand = weir_demand(c, 0), share;

	if (demand == 0 || s->live == 0)
		return;
	share = demand == UINT32_MAX ? demand : (uint32_t)(((uint64_t)demand + s->live - 1) / s->live);
	for (uint16_t i = 0; i < s->n_inputs; i++) {
		const struct weir_span *in = weir_input(c, i);
		uint64_t coming = weir_outstanding(c, i);

		if (s->inputs[i].ended || coming == UINT32_MAX)
			continue;
		if (in != NULL)
			coming += in->count;
		if (share == UINT32_MAX)
			(void)weir_request(c, i, UINT32_MAX);
		else if (coming < share)
			(void)weir_request(c, i, share - (uint32_t)coming);
	}
}

static void fail(struct weir_ctx *c, struct weir_merge *s)
{
	for (uint16_t i = 0; i < s->n_inputs; i++)
		weir_cancel(c, i);
	weir_end_with(c, &s->end);
}

static void run(struct weir_ctx *c)
{
	struct weir_merge *s = c->state;

	for (uint16_t i = 0; i < s->n_inputs && !s->failing; i++)
		if (!s->inputs[i].ended && !s->inputs[i].holds_barrier)
			take_marks(c, s, i);
	if (s->failing) {
		fail(c, s);
		return;
	}
	watch_idle(c, s);
	send_barriers(c, s);
	pass_next(c, s);
	send_watermark(c, s);
	if (s->live == 0)
		weir_end_with(c, &s->end);
	else
		ask(c, s);
}

static void timer(struct weir_ctx *c, uint8_t which, int64_t deadline_ns)
{
	(void)c;
	(void)which;
	(void)deadline_ns; /* run looks at the clock and follows */
}

const struct weir_op_type weir_merge_type = {
	.abi = WEIR_OP_ABI,
	.flags = WEIR_OP_LENDS | WEIR_OP_COMBINER | WEIR_OP_MAKES_TIME,
	.credit = WEIR_CREDIT_MANUAL,
	.n_timers = 1,
	.max_in = 255,
	.name = "merge",
	.summary = "Pass on all items of several streams, as they come.",
	.params_struct = "struct weir_merge_params",
	.header = "weir/operators.h",
	.params = params,
	.params_size = sizeof(struct weir_merge_params),
	.state_size = state_size,
	.init = init,
	.open = open_merge,
	.run = run,
	.timer = timer,
};
