/* SPDX-License-Identifier: MIT */
/*
 * flat_map -- start a stream for each item, several at a time, and pass on what they give.
 *
 *	in    --A-----B--------|
 *	A       -a1--a2--a3-|
 *	B             -b1--b2-|
 *	out   ---a1--a2-b1-a3-b2|	max_inner 2
 *
 * Credit  manual: asks its input for as many items as it has free slots, so at most max_inner are held; each living
 *         stream is asked for an equal share of the demand, rounded up.
 * Memory  56 bytes, and per slot 2 bytes and a copy of the item; the stages of the stream stand in the arena once per
 *         slot. No copy of what they give: spans are passed on where they lie, streams taking turns. Each slot is a scope.
 * Time    items keep their instants; no watermarks are passed on. Another mark waits until the streams of the items
 *         before it have ended.
 *
 * Completes when the input and all streams have. The error of any ends it; the others are cancelled.
 */
#include <string.h>

#include <weir/operators.h>
#include <weir/relay.h>

struct weir_flat_map {
	struct weir_mark mark, end; /* mark: waits for the streams of the items before it to end */
	size_t item_bytes;
	unsigned char *items; /* of the slots */
	uint16_t n_slots, n_live;
	uint16_t last;          /* slot that had the last turn */
	bool holds_mark, ended; /* the input did, by `end` */
	bool live[];
};
WEIR_ILP32(weir_flat_map, 48);

static const struct weir_param params[] = {
	WEIR_PARAM_BARE("stream", INNER,
		.help = "The stream that each item starts; one that no other draws from.",
		.example = "\"inner\"", .flags = WEIR_PARAM_PRIMARY | WEIR_PARAM_REQUIRED),
	WEIR_PARAM(struct weir_flat_map_params, max_inner, "max_inner", SLOTS,
		.help = "Streams alive at one time, at most.", .example = "4", .min = 1, .max = 250,
		.flags = WEIR_PARAM_REQUIRED),
	{ .name = NULL },
};

static size_t head_bytes(const struct weir_place *place, uint16_t n_slots)
{
	return (WEIR_SIZEOF(place, weir_flat_map) + n_slots * sizeof(bool) + 7u) & ~(size_t)7u;
}

static size_t item_stride(const struct weir_record *record)
{
	return (record->size + 7u) & ~(size_t)7u;
}

static int64_t state_size(const struct weir_place *place)
{
	uint16_t n_slots = (uint16_t)(place->n_in > 0 ? place->n_in - 1 : 0);

	return (int64_t)(head_bytes(place, n_slots) + n_slots * item_stride(place->in));
}

static int init(struct weir_ctx *c, const struct weir_place *place)
{
	struct weir_flat_map *s = c->state;

	s->n_slots = (uint16_t)(place->n_in - 1);
	s->item_bytes = place->in->size;
	s->items = (unsigned char *)c->state + head_bytes(place, s->n_slots);
	return WEIR_OK;
}

/* ---- the streams ---- */

/* Take note of streams that ended. False: one failed, and so did the stage. */
static bool look_at_streams(struct weir_ctx *c, struct weir_flat_map *s)
{
	struct weir_mark end;

	for (uint16_t k = 0; k < s->n_slots; k++) {
		struct weir_mark mark;

		while (s->live[k] && weir_relay_next_mark(c, (uint16_t)(k + 1), &mark)) {
			end = mark;
			if (mark.kind == WEIR_MARK_ERROR) {
				weir_end_with(c, &end);
				return false;
			}
			if (mark.kind == WEIR_MARK_COMPLETE) {
				s->live[k] = false;
				s->n_live--;
			} else if (mark.kind != WEIR_MARK_WATERMARK) {
				weir_send_mark(c, 0, &mark);
			}
		}
	}
	return true;
}

/* A slot that can be started; n_slots: there is none. */
static uint16_t free_slot(struct weir_ctx *c, const struct weir_flat_map *s)
{
	uint16_t k = 0;

	while (k < s->n_slots && (s->live[k] || !weir_scope_free(c, (uint16_t)(k + 1))))
		k++;
	return k;
}

/* Start a stream for each item that waits, as long as there are free slots. */
static void start_streams(struct weir_ctx *c, struct weir_flat_map *s)
{
	const struct weir_span *in;

	while (s->n_live < s->n_slots && !s->holds_mark && (in = weir_input(c, 0)) != NULL) {
		uint16_t k = free_slot(c, s);
		unsigned char *item = s->items + k * ((s->item_bytes + 7u) & ~(size_t)7u);

		if (k == s->n_slots)
			return; /* run again when one is */
		memcpy(item, in->items, s->item_bytes);
		weir_take(c, 0, 1);
		s->live[k] = true;
		s->n_live++;
		weir_scope_start(c, (uint16_t)(k + 1), item);
	}
}

/* Pass on what waits on the next stream after the one that had the last turn. */
static void pass_next(struct weir_ctx *c, struct weir_flat_map *s)
{
	for (uint16_t k = 1; k <= s->n_slots; k++) {
		uint16_t slot = (uint16_t)((s->last + k) % s->n_slots);

		if (s->live[slot] && weir_relay_items(c, (uint16_t)(slot + 1))) {
			s->last = slot;
			return;
		}
	}
}

/* ---- the input ---- */

/* False: the input failed. */
static bool look_at_input(struct weir_ctx *c, struct weir_flat_map *s)
{
	struct weir_mark mark;

	while (!s->holds_mark && !s->ended && weir_next_mark(c, 0, &mark)) {
		if (mark.kind == WEIR_MARK_ERROR) {
			weir_end_with(c, &mark);
			return false;
		}
		s->ended = mark.kind == WEIR_MARK_COMPLETE;
		s->holds_mark = !s->ended && mark.kind != WEIR_MARK_WATERMARK;
		if (s->holds_mark)
			s->mark = mark;
		else if (s->ended)
			s->end = mark;
	}
	return true;
}

static void ask(struct weir_ctx *c, const struct weir_flat_map *s)
{
	uint32_t demand = weir_demand(c, 0);

	weir_relay_ask(c, 0, (uint32_t)(s->n_slots - s->n_live));
	if (s->n_live == 0)
		return;
	for (uint16_t k = 0; k < s->n_slots; k++)
		if (s->live[k])
			weir_relay_ask(c, (uint16_t)(k + 1), weir_relay_share(demand, s->n_live));
}

static void run(struct weir_ctx *c)
{
	struct weir_flat_map *s = c->state;

	if (!look_at_streams(c, s) || !look_at_input(c, s))
		return;
	start_streams(c, s);
	if (!look_at_input(c, s))
		return;
	if (s->n_live == 0 && s->holds_mark && !weir_relay_meets(c, &s->mark)) {
		weir_send_mark(c, 0, &s->mark);
		s->holds_mark = false;
		weir_again(c);
		return;
	}
	if (s->ended && s->n_live == 0) {
		weir_end_with(c, &s->end);
		return;
	}
	pass_next(c, s);
	ask(c, s);
}

const struct weir_op_type weir_flat_map_type = {
	.abi = WEIR_OP_ABI,
	.flags = WEIR_OP_LENDS | WEIR_OP_SCOPES | WEIR_OP_DROPS_TIME,
	.credit = WEIR_CREDIT_MANUAL,
	.max_in = 251,
	.first_scope = 1,
	.name = "flat_map",
	.summary = WEIR_TEXT("Start a stream for each item, several at a time, and pass on what they give."),
	.page = WEIR_PAGE(.emits = "the items of up to `max_inner` streams, one started for each item",
		.credit =
			"as many items as slots are free; of each living stream an equal share of the demand",
		.completes = "when its input and all streams have, or with the error of one",
		.state = "56 (48), an item and 1 for each of `max_inner`"),
	.params_struct = WEIR_TEXT("struct weir_flat_map_params"),
	.header = WEIR_TEXT("weir/operators.h"),
	.params = WEIR_TEXT(params),
	.params_size = sizeof(struct weir_flat_map_params),
	.state_size = WEIR_SIZE(state_size),
	.init = init,
	.run = run,
};
