/* SPDX-License-Identifier: MIT */
/*
 * keep_alive -- pass everything, and the last item once more for every period in which none came.
 *
 *	in    --1--2-------------3--|
 *	out   --1--2----2----2---3--|	period 5
 *
 * Credit  passes through: asks for what is asked of it. An item that is repeated uses credit of the output; without room
 *         one waits, and is not sent when another item comes first.
 * Memory  one item. No copy of the others: spans are passed on where they lie. One timer.
 * Time    always by the monotonic clock, whatever the pipeline's: it is about the world outside. Counted while
 *         something is asked of the input and nothing of it waits (silence.h). Items keep their instants, also
 *         repeated ones.
 *
 * Before the first item there is nothing to repeat.
 */
#include <string.h>

#include <weir/operators.h>
#include <weir/relay.h>
#include <weir/silence.h>

/* Behind it lies the last item. */
struct weir_keep_alive {
	struct weir_relay relay;
	struct weir_silence silence;
	int64_t instant;
	uint32_t item_bytes;
	bool has_item, has_instant;
	bool owes; /* one waits for room */
};

static const struct weir_param params[] = {
	WEIR_PARAM(struct weir_keep_alive_params, period_ns, "period", DURATION, .example = "\"30s\"",
		.help = "Longest time without an item.", .min = 1, .max = INT64_MAX,
		.flags = WEIR_PARAM_PRIMARY | WEIR_PARAM_REQUIRED),
	{ .name = NULL },
};

static int64_t state_size(const struct weir_place *place)
{
	return (int64_t)sizeof(struct weir_keep_alive) + place->in->size;
}

static void flow(const struct weir_place *place, uint16_t port, struct weir_flow *f)
{
	(void)place;
	(void)port;
	*f = (struct weir_flow){ .lag_most = 0, .leaves = true };
}

static int init(struct weir_ctx *c, const struct weir_place *place)
{
	const struct weir_keep_alive_params *p = place->params;
	struct weir_keep_alive *s = c->state;

	s->silence.period_ns = (int64_t)p->period_ns;
	s->item_bytes = place->in->size;
	return WEIR_OK;
}

/* Nothing of it is on its way: with room there is no reader. */
static void remember(struct weir_keep_alive *s, const struct weir_span *in, uint32_t i)
{
	memcpy(s + 1, (const unsigned char *)in->items + (size_t)i * s->item_bytes, s->item_bytes);
	s->has_instant = in->instants != NULL;
	if (s->has_instant)
		s->instant = in->instants[i];
	s->has_item = true;
}

/* Whether there were any. */
static bool pass_items(struct weir_ctx *c, struct weir_keep_alive *s)
{
	const struct weir_span *in = weir_input(c, 0);
	uint32_t room = weir_room(c, 0), n;

	if (in == NULL || room == 0)
		return false;
	n = in->count < room ? in->count : room;
	remember(s, in, n - 1);
	weir_pass(c, 0, 0, n);
	s->owes = false;
	return true;
}

/* There was an item: before it no silence is watched. */
static void repeat(struct weir_ctx *c, struct weir_keep_alive *s)
{
	struct weir_span span = { .items = s + 1, .count = 1 };

	s->owes = weir_room(c, 0) == 0;
	if (s->owes)
		return;
	span.instants = s->has_instant ? &s->instant : NULL;
	weir_lend(c, 0, &span);
}

static void run(struct weir_ctx *c)
{
	struct weir_keep_alive *s = c->state;
	struct weir_mark end;
	bool passed = pass_items(c, s);

	if (weir_relay_marks(c, &s->relay, 0, &end)) {
		weir_end_with(c, &end);
		return;
	}
	if (s->owes)
		repeat(c, s);
	weir_relay_ask(c, 0, weir_demand(c, 0));
	if (s->has_item)
		weir_silence_watch(c, &s->silence, passed);
}

static void timer(struct weir_ctx *c, uint8_t which, int64_t deadline_ns)
{
	struct weir_keep_alive *s = c->state;

	(void)which;
	if (weir_silence_is_over(c, &s->silence, deadline_ns))
		repeat(c, s);
}

const struct weir_op_type weir_keep_alive_type = {
	.abi = WEIR_OP_ABI,
	.flags = WEIR_OP_LENDS,
	.credit = WEIR_CREDIT_MANUAL,
	.n_timers = 1,
	.name = "keep_alive",
	.summary = WEIR_TEXT(
		"Pass everything, and the last item once more for every period in which none came."),
	.page = WEIR_PAGE(.emits = "its items, and the last again in silence",
		.credit = "what is asked of it", .state = "56 and a record"),
	.params_struct = WEIR_TEXT("struct weir_keep_alive_params"),
	.header = WEIR_TEXT("weir/operators.h"),
	.params = WEIR_TEXT(params),
	.params_size = sizeof(struct weir_keep_alive_params),
	.state_size = WEIR_SIZE(state_size),
	.flow = WEIR_TEXT(flow),
	.init = init,
	.run = run,
	.timer = timer,
};
