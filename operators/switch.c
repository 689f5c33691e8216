/* SPDX-License-Identifier: MIT */
/*
 * switch -- start a stream for each item; the next item ends it and starts it anew.
 *
 *	in    --A-----B----------|
 *	A       -a1--a2--a3-
 *	B             -b1--b2--b3-|
 *	out   ---a1--a2b1--b2--b3-|
 *
 * Credit  manual: asks its input without bound, since a new item never waits for the stream of an old one, but for
 *         what that has sent on and nobody has taken yet; the stream is asked for what is asked of this stage.
 * Memory  40 bytes and a copy of the item; the stream's stages stand in the arena once: a scope. No copy of what they
 *         give: spans are passed on where they lie.
 * Time    items keep their instants; no watermarks are passed on. Barriers pass at once: what a stream has not given
 *         when the next item comes is not wanted any more.
 *
 * Every item starts its stream, and that gets a turn before the next item is taken. What a stream had given and nobody
 * had taken yet when the next item came counts as `cancelled`. Completes when the input and the last stream have. The
 * error of either ends it.
 */
#include <string.h>

#include <weir/operators.h>
#include <weir/relay.h>

#define ROUNDS 4u

struct weir_switch {
	struct weir_mark end;
	size_t item_bytes;
	bool live;     /* the stream */
	bool fresh;    /* it has given nothing yet and may get a turn before the next item ends it */
	uint8_t turns; /* of that */
	bool ended;    /* the input, by `end` */
	uint64_t item[];
};
WEIR_ILP32(weir_switch, 24);

static const struct weir_param params[] = {
	WEIR_PARAM_BARE("stream", INNER,
		.help = "The stream that each item starts anew; one that no other draws from.",
		.example = "\"inner\"", .flags = WEIR_PARAM_PRIMARY | WEIR_PARAM_REQUIRED),
	{ .name = NULL },
};

static int64_t state_size(const struct weir_place *place)
{
	return (int64_t)(WEIR_SIZEOF(place, weir_switch) + ((place->in->size + 7u) & ~(size_t)7u));
}

/* An item waits for the stream of the one before only until what that gave is taken. */
static void flow(const struct weir_place *place, uint16_t port, struct weir_flow *f)
{
	(void)place;
	if (port == 0)
		f->room = WEIR_FLOW_ANY;
	f->lends = port == 0;
}

static int init(struct weir_ctx *c, const struct weir_place *place)
{
	struct weir_switch *s = c->state;

	s->item_bytes = place->in->size;
	return WEIR_OK;
}

/* The next item ends the stream and, once that is gone, starts it anew. */
static void take_item(struct weir_ctx *c, struct weir_switch *s)
{
	weir_cancel(c, 1);
	s->live = false;
	if (!weir_scope_free(c, 1))
		return; /* run again when it is */
	memcpy(s->item, weir_input(c, 0)->items, s->item_bytes);
	weir_take(c, 0, 1);
	s->live = s->fresh = true;
	s->turns = 0;
	weir_scope_start(c, 1, s->item);
}

/* Look at the marks of the stream. False: it failed, and so did the stage. */
static bool look_at_stream(struct weir_ctx *c, struct weir_switch *s)
{
	struct weir_mark mark;

	while (s->live && weir_relay_next_mark(c, 1, &mark)) {
		if (mark.kind == WEIR_MARK_ERROR) {
			weir_end_with(c, &mark);
			return false;
		}
		s->live = mark.kind != WEIR_MARK_COMPLETE;
		if (s->live && mark.kind != WEIR_MARK_WATERMARK)
			weir_send_mark(c, 0, &mark);
	}
	return true;
}

/* Look at the marks of the input, once the item before them had its turn. False: it failed, and so did the stage. */
static bool look_at_input(struct weir_ctx *c, struct weir_switch *s)
{
	struct weir_mark mark;

	while (!s->ended && !s->fresh && weir_relay_next_mark(c, 0, &mark)) {
		if (mark.kind == WEIR_MARK_ERROR) {
			weir_end_with(c, &mark);
			return false;
		}
		s->ended = mark.kind == WEIR_MARK_COMPLETE;
		if (s->ended)
			s->end = mark;
		else if (mark.kind != WEIR_MARK_WATERMARK)
			weir_send_mark(c, 0, &mark);
	}
	return true;
}

/*
 * A stream gets its turn, or a span out, before the next item may end it: what it has at once is not lost. A round of the
 * others may have been under way when it started, and an item or a mark that comes cuts one short.
 */
static void give_turn(struct weir_ctx *c, struct weir_switch *s)
{
	if (!s->live || weir_relay_items(c, 1) || s->turns == ROUNDS) {
		s->fresh = false;
		return;
	}
	s->turns++;
	weir_again(c);
}

static void run(struct weir_ctx *c)
{
	struct weir_switch *s = c->state;

	if (!look_at_stream(c, s))
		return;
	if (s->fresh)
		give_turn(c, s);
	if (!look_at_input(c, s))
		return;
	if (weir_input(c, 0) != NULL && !s->fresh) {
		take_item(c, s);
		return; /* run again when the stream has been started */
	}
	if (s->ended && !s->live) {
		weir_end_with(c, &s->end);
		return;
	}
	if (s->live) {
		(void)weir_relay_items(c, 1);
		weir_relay_ask(c, 1, weir_demand(c, 0));
	}
	weir_relay_ask(c, 0, UINT32_MAX);
}

const struct weir_op_type weir_switch_type = {
	.abi = WEIR_OP_ABI,
	.flags = WEIR_OP_LENDS | WEIR_OP_SCOPES | WEIR_OP_DROPS_TIME,
	.credit = WEIR_CREDIT_MANUAL,
	.max_in = 2,
	.first_scope = 1,
	.name = "switch",
	.summary = WEIR_TEXT("Start a stream for each item; the next item ends it and starts it anew."),
	.page = WEIR_PAGE(.emits = "the items of the stream that the latest item started",
		.credit = "without bound; of the stream what is asked of it",
		.completes = "when its input and the last stream have, or with the error of one",
		.cancels = "the stream when an item comes; when nobody listens", .state = "32 (24), an item"),
	.header = WEIR_TEXT("weir/operators.h"),
	.params = WEIR_TEXT(params),
	.state_size = WEIR_SIZE(state_size),
	.flow = WEIR_TEXT(flow),
	.init = init,
	.run = run,
};
