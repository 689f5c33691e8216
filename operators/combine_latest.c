/* SPDX-License-Identifier: MIT */
/*
 * combine_latest -- the latest item of each stream, whenever one of them has a new one.
 *
 *	in 0  --1-----2--------|
 *	in 1  -----a-----b--c--|
 *	out   -----1a-2a-2b-2c-|
 *
 * Credit  manual: each living input may be asked for an equal share of the demand, rounded up. Before every input has
 *         an item, items replace each other: the one replaced is dropped and counted as `filtered`.
 * Memory  one joint record, 64 bytes per input and 8 per field.
 * Time    a record's instant is the latest of its items'. Under the event clock it makes watermarks as merge does. No
 *         timer.
 *
 * Completes when all inputs have, or when one has that never had an item. An input's error ends it, and the others are
 * cancelled. What comes out depends on the order in which items arrive. `emit` is a stage of its own behind this one.
 */
#include <weir/combine.h>
#include <weir/latest.h>
#include <weir/operators.h>
#include <weir/relay.h>

struct weir_combine_latest {
	struct weir_combine combine;
	struct weir_latest latest;
	uint16_t current; /* had the last turn */
};
WEIR_ILP32(weir_combine_latest, 64);

static const struct weir_param params[] = {
	WEIR_PARAM_BARE("streams", STREAMS, .help = "The streams to combine.", .example = "[\"a\", \"b\"]",
		.flags = WEIR_PARAM_PRIMARY | WEIR_PARAM_REQUIRED),
	WEIR_PARAM_BARE("emit", FIELDS,
		.help = "The output's fields, each an expression over stream.field; without it, all of "
			"these."),
	{ .name = NULL },
};

static int64_t state_size(const struct weir_place *place)
{
	return (int64_t)(WEIR_SIZEOF(place, weir_combine_latest) + weir_combine_size(place->n_in) +
			 weir_latest_size(place));
}

static int check(const struct weir_place *place, const char **why)
{
	if (place->n_in > 1)
		return WEIR_OK;
	*why = "one stream has nothing to be combined with; name at least two";
	return WEIR_EINVAL;
}

/* Items come between those of another, and until every input has one any number of them is replaced. */
static void flow(const struct weir_place *place, uint16_t port, struct weir_flow *f)
{
	(void)place;
	(void)port;
	*f = (struct weir_flow){
		.lag_most = WEIR_FLOW_ANY, .mixes = true, .leaves = true, .ends_early = true
	};
	f->holds_time = place->event_clock;
}

static int init(struct weir_ctx *c, const struct weir_place *place)
{
	struct weir_combine_latest *s = c->state;
	unsigned char *memory = (unsigned char *)(s + 1);

	weir_combine_init(c, &s->combine, memory, place->n_in);
	return weir_latest_init(c, &s->latest, memory + weir_combine_size(place->n_in), place);
}

static int open_combine(struct weir_ctx *c)
{
	struct weir_combine_latest *s = c->state;

	weir_combine_open(c, &s->combine);
	return WEIR_OK;
}

/* Take what waits on an input, as far as there is room for what it makes. Returns how many records it made. */
static uint32_t take(struct weir_ctx *c, struct weir_combine_latest *s, uint16_t port, struct weir_span *out)
{
	const struct weir_span *in = weir_input(c, port);
	uint32_t made = 0;
	struct weir_span taken;

	if (in == NULL || s->combine.inputs[port].holds_barrier)
		return 0;
	taken = *in;
	for (taken.count = 0; weir_input(c, port) != NULL; taken.count++) {
		bool makes = s->latest.missing == (s->latest.inputs[port].has ? 0 : 1);

		if (makes && (out == NULL || made == out->count))
			break;
		weir_latest_take(c, &s->latest, port);
		if (makes)
			weir_latest_get(c, &s->latest, out, made++, WEIR_LATEST_OF_ALL);
	}
	if (taken.count > 0)
		weir_combine_hear_items(c, &s->combine, port, &taken);
	if (taken.count > 0 && made == 0)
		weir_again(c); /* a mark may have come to the front */
	return made;
}

/* One input makes records at a time; those that make none, all of them. */
static void send(struct weir_ctx *c, struct weir_combine_latest *s)
{
	uint16_t before = s->current;

	for (uint16_t k = 1; k <= s->combine.n_inputs; k++) {
		uint16_t port = (uint16_t)((before + k) % s->combine.n_inputs);
		uint32_t made = take(c, s, port, weir_reserve(c, 0));

		if (made == 0)
			continue;
		weir_emit(c, 0, made);
		s->current = port;
	}
}

static void ask(struct weir_ctx *c, struct weir_combine_latest *s)
{
	uint32_t demand = weir_demand(c, 0);

	for (uint16_t i = 0; i < s->combine.n_inputs; i++)
		if (!s->combine.inputs[i].ended)
			weir_relay_ask(c, i, weir_relay_share(demand, s->combine.live));
}

/* Whether nothing can come any more. */
static bool is_over(const struct weir_combine_latest *s)
{
	for (uint16_t i = 0; i < s->combine.n_inputs; i++)
		if (s->combine.inputs[i].ended && !s->latest.inputs[i].has)
			return true;
	return s->combine.live == 0;
}

static void run(struct weir_ctx *c)
{
	struct weir_combine_latest *s = c->state;

	weir_combine_marks(c, &s->combine);
	if (s->combine.failing) {
		weir_combine_fail(c, &s->combine);
		return;
	}
	if (is_over(s))
		s->combine.live = 0;
	weir_combine_barriers(c, &s->combine, s->current);
	send(c, s);
	weir_combine_watermark(c, &s->combine);
	if (s->combine.live == 0)
		weir_end_with(c, &s->combine.end);
	else
		ask(c, s);
}

const struct weir_op_type weir_combine_latest_type = {
	.abi = WEIR_OP_ABI,
	.flags = WEIR_OP_COMBINER | WEIR_OP_JOINS | WEIR_OP_MAKES_TIME,
	.credit = WEIR_CREDIT_MANUAL,
	.drops = WEIR_DROPS_BIT(FILTERED),
	.max_in = 255,
	.name = "combine_latest",
	.summary =
		WEIR_TEXT("Combine the latest item of each of several streams whenever one has a new one."),
	.page = WEIR_PAGE(.emits = "one for each item, once every input has one",
		.credit = "an equal share of the demand of each living input, rounded up",
		.completes = "when all inputs have, or one that never had an item",
		.cancels = "when another has failed, or nobody listens",
		.state = "88 (64), a joint record, 56 for each input, 8 for each field"),
	.header = WEIR_TEXT("weir/operators.h"),
	.params = WEIR_TEXT(params),
	.state_size = WEIR_SIZE(state_size),
	.check = WEIR_TEXT(check),
	.flow = WEIR_TEXT(flow),
	.init = init,
	.open = open_combine,
	.run = run,
};
