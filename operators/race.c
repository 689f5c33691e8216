/* SPDX-License-Identifier: MIT */
/*
 * race -- the stream that speaks first, and no other.
 *
 *	in 0  -----1--2--|
 *	in 1  --a--b-----c-|
 *	out   --a--b-----c-|	in 0 is cancelled at a
 *
 * Credit  manual: until it is decided every input is asked for what is asked of this stage; then only the winner.
 *         What a loser had sent by then is cancelled, and counted so on its edge: at most one span.
 * Memory  32 bytes per input. No copy: spans are passed on where they lie.
 * Time    items keep their instants. Under the event clock it makes watermarks: until it is decided the least of all
 *         inputs, then the winner's, or the greatest instant of a winner that carries none. No timer.
 *
 * An item decides, and so does an end: an input that completes or fails first has won, and the race ends as it did. Of
 * inputs that speak in one turn the first in the list wins. Marks decide nothing: a barrier before the first item has
 * nothing to wait for and is answered here.
 */
#include <weir/combine.h>
#include <weir/engine.h>
#include <weir/operators.h>
#include <weir/relay.h>

#define UNDECIDED UINT16_MAX

struct weir_race_input {
	int64_t time_ns; /* INT64_MIN: none yet */
	uint64_t lagged; /* items lost before the first */
	bool has_time;   /* carries watermarks */
};

struct weir_race {
	struct weir_relay relay;
	struct weir_mark end;
	uint16_t n_inputs, winner;
	bool ended;
	struct weir_race_input inputs[];
};

static const struct weir_param params[] = {
	WEIR_PARAM_BARE("streams", STREAMS, .help = "The streams to choose from; all of one record.",
		.example = "[\"a\", \"b\"]", .flags = WEIR_PARAM_PRIMARY | WEIR_PARAM_REQUIRED),
	{ .name = NULL },
};

static int64_t state_size(const struct weir_place *place)
{
	return (int64_t)(sizeof(struct weir_race) + place->n_in * sizeof(struct weir_race_input));
}

static int init(struct weir_ctx *c, const struct weir_place *place)
{
	const struct weir_plan *plan = weir_plan_of(c->instance);
	struct weir_race *s = c->state;

	s->n_inputs = place->n_in;
	s->winner = UNDECIDED;
	for (uint16_t i = 0; i < s->n_inputs; i++) {
		s->inputs[i].time_ns = INT64_MIN;
		s->inputs[i].has_time = plan->edges[plan->inputs[c->def->first_in + i]].has_time;
	}
	return WEIR_OK;
}

/* ---- time ---- */

static void send_watermark(struct weir_ctx *c, struct weir_race *s, int64_t time_ns)
{
	if (c->event_clock && time_ns > INT64_MIN)
		weir_relay_watermark(c, &s->relay, time_ns);
}

static int64_t least_time(const struct weir_race *s)
{
	int64_t least = INT64_MAX;

	for (uint16_t i = 0; i < s->n_inputs; i++)
		least = s->inputs[i].time_ns < least ? s->inputs[i].time_ns : least;
	return least;
}

/* The first that waits of an input without watermarks has come, if it is not passed on yet. */
static void tell_time(struct weir_ctx *c, struct weir_race *s)
{
	const struct weir_span *in = weir_input(c, s->winner);

	if (in != NULL && in->instants != NULL && !s->inputs[s->winner].has_time)
		send_watermark(c, s, in->instants[0]);
}

/* ---- until it is decided ---- */

static void decide(struct weir_ctx *c, struct weir_race *s, uint16_t winner)
{
	struct weir_mark lagged = { .kind = WEIR_MARK_LAGGED, .value = s->inputs[winner].lagged };

	s->winner = winner;
	for (uint16_t i = 0; i < s->n_inputs; i++)
		if (i != winner)
			weir_cancel(c, i);
	if (lagged.value > 0)
		weir_send_mark(c, 0, &lagged);
	if (s->inputs[winner].has_time)
		send_watermark(c, s, s->inputs[winner].time_ns);
}

/* Take the marks that come before an input's first word. True: it has spoken. */
static bool has_spoken(struct weir_ctx *c, struct weir_race *s, uint16_t port)
{
	struct weir_race_input *in = &s->inputs[port];
	struct weir_mark mark;

	while (weir_next_mark(c, port, &mark)) {
		if (mark.kind >= WEIR_MARK_COMPLETE) {
			s->end = mark;
			s->ended = true;
			return true;
		}
		if (mark.kind == WEIR_MARK_BARRIER)
			weir_barrier_done(c, &mark);
		else if (mark.kind == WEIR_MARK_LAGGED)
			in->lagged += mark.value;
		else if (mark.time > in->time_ns)
			in->time_ns = mark.time;
	}
	return weir_input(c, port) != NULL;
}

static void listen(struct weir_ctx *c, struct weir_race *s)
{
	for (uint16_t i = 0; i < s->n_inputs && s->winner == UNDECIDED; i++)
		if (has_spoken(c, s, i))
			decide(c, s, i);
	if (s->winner != UNDECIDED)
		return;
	send_watermark(c, s, least_time(s));
	for (uint16_t i = 0; i < s->n_inputs; i++)
		weir_relay_ask(c, i, weir_demand(c, 0));
}

/* ---- then ---- */

static void pass_on(struct weir_ctx *c, struct weir_race *s)
{
	const struct weir_span *in;
	uint32_t n;

	s->ended = s->ended || weir_relay_marks(c, &s->relay, s->winner, &s->end);
	if (s->ended) {
		weir_end_with(c, &s->end);
		return;
	}
	tell_time(c, s);
	in = weir_input(c, s->winner);
	n = weir_room(c, 0);
	if (in != NULL && n > 0) {
		n = in->count < n ? in->count : n;
		weir_pass(c, s->winner, 0, s->inputs[s->winner].has_time ? n : weir_combine_together(in, n));
		tell_time(c, s);
	}
	weir_relay_ask(c, s->winner, weir_demand(c, 0));
}

static void run(struct weir_ctx *c)
{
	struct weir_race *s = c->state;

	if (s->winner == UNDECIDED)
		listen(c, s);
	if (s->winner != UNDECIDED)
		pass_on(c, s);
}

const struct weir_op_type weir_race_type = {
	.abi = WEIR_OP_ABI,
	.flags = WEIR_OP_LENDS | WEIR_OP_COMBINER | WEIR_OP_MAKES_TIME,
	.credit = WEIR_CREDIT_MANUAL,
	.max_in = 255,
	.name = "race",
	.summary = WEIR_TEXT("Pass on the stream that speaks first, and no other."),
	.page = WEIR_PAGE(.emits = "the items of the first stream that speaks",
		.credit = "what is asked of it: of every input until one has won, then of that one",
		.completes = "with the stream that won",
		.cancels = "the others when one has won; when nobody listens",
		.state = "40, 24 for each input"),
	.header = WEIR_TEXT("weir/operators.h"),
	.params = WEIR_TEXT(params),
	.state_size = WEIR_SIZE(state_size),
	.init = init,
	.run = run,
};
