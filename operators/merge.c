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
 * Memory  40 bytes per input. No copy: spans are passed on where they lie, inputs taking turns.
 * Time    items keep their instants. Under the event clock the oldest that waits goes first, and those of one instant
 *         at a time, so that streams which could be read at once stay together and a window behind them
 *         follows. It makes watermarks: the least, over its living inputs, of the watermark of one that carries
 *         them, of the greatest instant that came of one that does not, be it passed on yet or not.
 *         An input silent for `idle` (monotonic) is passed over until it speaks again. One timer.
 *
 * Completes when all inputs have. An input's error ends it, and the others are cancelled. The order between
 * inputs is not specified: nobody is waited for.
 */
#include <weir/combine.h>
#include <weir/operators.h>
#include <weir/relay.h>

struct weir_merge {
	struct weir_combine combine; /* its inputs lie behind */
	uint16_t current;            /* had the last turn */
	uint16_t filled, waited;     /* inputs that had something, and how often more were waited for since */
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
	return (int64_t)(sizeof(struct weir_merge) + weir_combine_size(place->n_in));
}

static void flow(const struct weir_place *place, uint16_t port, struct weir_flow *f)
{
	const struct weir_merge_params *p = place->params;

	(void)port;
	*f = (struct weir_flow){
		.mixes = true, .leaves = true, .holds_time = place->event_clock && p->idle_ns == 0
	};
}

static int init(struct weir_ctx *c, const struct weir_place *place)
{
	struct weir_merge *s = c->state;

	weir_combine_init(c, &s->combine, s + 1, place->n_in);
	return WEIR_OK;
}

static int open_merge(struct weir_ctx *c)
{
	struct weir_merge *s = c->state;

	weir_combine_open(c, &s->combine);
	return WEIR_OK;
}

/* What has the next turn: what waits on the input after the one that had the last, under the event clock the oldest. */
struct choice {
	const struct weir_span *in; /* NULL: nothing waits */
	uint16_t port;
	uint16_t filled; /* inputs with something */
	bool alone;      /* one that lives has nothing yet, and what it brings may be older */
};

static bool by_time(const struct weir_ctx *c)
{
	return WEIR_WITH_EVENT_CLOCK && c->event_clock;
}

static bool is_older(const struct weir_span *a, const struct weir_span *b)
{
	return a->instants != NULL && b->instants != NULL && a->instants[0] < b->instants[0];
}

static struct choice choose(struct weir_ctx *c, const struct weir_merge *s)
{
	const bool by_age = by_time(c);
	struct choice it = { .in = NULL };

	for (uint16_t k = 1; k <= s->combine.n_inputs && (it.in == NULL || by_age); k++) {
		uint16_t port = (uint16_t)((s->current + k) % s->combine.n_inputs);
		const struct weir_combine_input *input = &s->combine.inputs[port];
		const struct weir_span *in = weir_input(c, port);

		if (input->ended || input->holds_barrier)
			continue;
		if (in == NULL) {
			it.alone |= by_age && !input->passed_over;
			continue;
		}
		it.filled++;
		if (it.in == NULL || is_older(in, it.in)) {
			it.in = in;
			it.port = port;
		}
	}
	return it;
}

/*
 * Whether an input with nothing yet is waited for. No longer than until everybody had a turn: that is so when this stage
 * has come round in turn with the sources twice, and no other input has got something. Nor again, until one has.
 */
static bool gives_way(struct weir_ctx *c, struct weir_merge *s, uint16_t filled)
{
	if (filled != s->filled)
		s->waited = 0;
	s->filled = filled;
	if (s->waited == 2)
		return false;
	s->waited++;
	weir_again(c);
	return true;
}

/* Pass on what has the next turn. */
static void pass_next(struct weir_ctx *c, struct weir_merge *s)
{
	uint32_t room = weir_room(c, 0);
	struct choice next = { .in = NULL };
	struct weir_span span;

	if (room > 0)
		next = choose(c, s);
	if (next.in == NULL || (next.alone && gives_way(c, s, next.filled)))
		return;
	if (!next.alone)
		s->waited = 0;
	s->current = next.port;
	span = *next.in;
	span.count = weir_combine_together(&span, span.count < room ? span.count : room);
	weir_pass(c, next.port, 0, span.count);
}

/* Ask the living inputs for their shares. With room on the output there will be something to do if anything waits for it. */
static void ask(struct weir_ctx *c, struct weir_merge *s)
{
	uint32_t demand = weir_demand(c, 0);
	bool waits = demand != UINT32_MAX;

	for (uint16_t i = 0; i < s->combine.n_inputs; i++) {
		const struct weir_combine_input *in = &s->combine.inputs[i];

		if (in->ended)
			continue;
		weir_relay_ask(c, i, weir_relay_share(demand, s->combine.live));
		waits |= in->holds_barrier || weir_input(c, i) != NULL;
	}
	weir_await_room(c, 0, waits);
}

static void run(struct weir_ctx *c)
{
	const struct weir_merge_params *p = c->params;
	struct weir_merge *s = c->state;

	if (by_time(c))
		weir_combine_tell_time(c, &s->combine);
	pass_next(c, s);
	weir_combine_marks(c, &s->combine); /* what is behind the span, too */
	if (s->combine.failing) {
		weir_combine_fail(c, &s->combine);
		return;
	}
	if (by_time(c) && p->idle_ns > 0)
		weir_combine_pass_over(c, &s->combine, p->idle_ns);
	weir_combine_barriers(c, &s->combine, s->current);
	if (by_time(c))
		weir_combine_tell_time(c, &s->combine);
	if (s->combine.live == 0) {
		weir_end_with(c, &s->combine.end);
		return;
	}
	ask(c, s);
	if (by_time(c) && p->idle_ns > 0)
		weir_combine_arm(c, &s->combine, p->idle_ns);
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
	.summary = WEIR_TEXT("Pass on all items of several streams, as they come."),
	.page = WEIR_PAGE(.emits = "all items, as they come",
		.credit = "an equal share of the demand of each living input, rounded up",
		.completes = "when all inputs have, or with the error of one",
		.state = "48, 40 for each input"),
	.params_struct = WEIR_TEXT("struct weir_merge_params"),
	.header = WEIR_TEXT("weir/operators.h"),
	.params = WEIR_TEXT(params),
	.params_size = sizeof(struct weir_merge_params),
	.state_size = WEIR_SIZE(state_size),
	.flow = WEIR_TEXT(flow),
	.init = init,
	.open = open_merge,
	.run = run,
	.timer = timer,
};
