/* SPDX-License-Identifier: MIT */
/*
 * zip -- pair the items of several streams by their number: the first of each, the second of each ...
 *
 *	in 0  --1-----2--3--4--|
 *	in 1  -----a-b-----|
 *	out   -----1a-2b---|
 *
 * Credit  manual: while anything is asked for, each input may be a span ahead of the pairs, refilled at half; one
 *         may use all of that while another has nothing, for that may depend on it. The faster one is held back.
 * Memory  a ring of joint records, one span of them, that inputs fill side by side: an item is copied once, and pairs
 *         are lent onward. 160 bytes for marks and 8 per field of the joint record.
 * Time    a pair's instant is the latest of its items'. Marks keep their places: those behind item i of an input go
 *         behind pair i. Where all inputs carry watermarks the least of them goes on. No timer.
 *
 * Completes when an input has and its items are used up; what waits of the others is counted as cancelled. An error
 * ends it in the same way, behind the pairs before it. The record has all fields of all inputs; `emit` is a stage of
 * its own behind this one.
 */
#include <weir/combine.h>
#include <weir/joint.h>
#include <weir/operators.h>
#include <weir/plan.h>
#include <weir/queue.h>

#define MOST_MARKS 4u /* kept apart at one time, of an input that is ahead */

/* What an input has put into the ring: a queue of items without bytes keeps count of them and their marks. */
struct weir_zip_input {
	struct weir_queue filled;
	struct weir_mark end;
	uint32_t item_bytes;
	bool ended; /* `end` comes behind what was filled */
};
WEIR_ILP32(weir_zip_input, 72);

struct weir_zip {
	struct weir_combine combine;
	struct weir_joint joint;
	struct weir_zip_input *inputs;
	unsigned char *ring;
	int64_t *instants; /* NULL without; INT64_MIN until an input has filled the slot */
	uint32_t slots;
	bool passes_time; /* all inputs carry watermarks */
};
WEIR_ILP32(weir_zip, 72);

static const struct weir_param params[] = {
	WEIR_PARAM_BARE("streams", STREAMS, .help = "The streams to pair.", .example = "[\"a\", \"b\"]",
		.flags = WEIR_PARAM_PRIMARY | WEIR_PARAM_REQUIRED),
	WEIR_PARAM_BARE("emit", FIELDS,
		.help = "The output's fields, each an expression over stream.field; without it, all of "
			"these."),
	{ .name = NULL },
};

/* ---- layout ---- */

static struct weir_queue_shape shape_of(const struct weir_place *place)
{
	return (struct weir_queue_shape){ .slots = place->out_cap, .mark_slots = MOST_MARKS };
}

/* Where the parts of the state begin, behind the struct. */
struct parts {
	size_t combine, joint, inputs, marks, mark_bytes, instants, ring, end;
};

static size_t round_up(size_t bytes)
{
	return (bytes + 7u) & ~(size_t)7u;
}

static struct parts lay_out(const struct weir_place *place)
{
	struct weir_queue_shape shape = shape_of(place);
	struct parts at = { .combine = round_up(WEIR_SIZEOF(place, weir_zip)) };

	at.mark_bytes = (size_t)weir_queue_size(&shape);
	at.joint = at.combine + weir_combine_size(place->n_in);
	at.inputs = at.joint + weir_joint_size(place);
	at.marks = at.inputs + round_up(place->n_in * WEIR_SIZEOF(place, weir_zip_input));
	at.instants = at.marks + place->n_in * at.mark_bytes;
	at.ring = at.instants + (place->event_clock ? place->out_cap * sizeof(int64_t) : 0);
	at.end = at.ring + round_up((size_t)place->out_cap * place->out->size);
	return at;
}

static int64_t state_size(const struct weir_place *place)
{
	return (int64_t)lay_out(place).end;
}

static int check(const struct weir_place *place, const char **why)
{
	if (place->n_in > 1)
		return WEIR_OK;
	*why = "one stream has nothing to be paired with; name at least two";
	return WEIR_EINVAL;
}

static void flow(const struct weir_place *place, uint16_t port, struct weir_flow *f)
{
	(void)port;
	*f = (struct weir_flow){ .room = place->out_cap,
		.room_most = place->out_cap,
		.waits = true,
		.in_step = true,
		.ends_early = true };
}

static void forget_instants(struct weir_zip *s, uint32_t first, uint32_t n)
{
	for (uint32_t i = 0; s->instants != NULL && i < n; i++)
		s->instants[(first + i) % s->slots] = INT64_MIN;
}

static int init(struct weir_ctx *c, const struct weir_place *place)
{
	struct weir_zip *s = c->state;
	unsigned char *memory = c->state;
	struct weir_queue_shape shape = shape_of(place);
	struct parts at = lay_out(place);

	weir_combine_init(c, &s->combine, memory + at.combine, place->n_in);
	s->inputs = (struct weir_zip_input *)(void *)(memory + at.inputs);
	s->ring = memory + at.ring;
	s->instants = place->event_clock ? (int64_t *)(void *)(memory + at.instants) : NULL;
	s->slots = place->out_cap;
	s->passes_time = c->event_clock;
	for (uint16_t i = 0; i < place->n_in; i++) {
		s->inputs[i].item_bytes = weir_joint_item_bytes(c, i);
		s->passes_time = s->passes_time && s->combine.inputs[i].has_time;
		weir_queue_init(&s->inputs[i].filled, memory + at.marks + i * at.mark_bytes, &shape);
	}
	forget_instants(s, 0, s->slots);
	return weir_joint_init(c, &s->joint, memory + at.joint, place);
}

/* ---- into the ring ---- */

/* The latest instant of a pair's items, as far as they are there. */
static void fill_instants(struct weir_zip *s, uint32_t slot, const int64_t *instants, uint32_t n)
{
	for (uint32_t i = 0; s->instants != NULL && instants != NULL && i < n; i++)
		if (instants[i] > s->instants[slot + i])
			s->instants[slot + i] = instants[i];
}

/* Take what waits on an input, as far as there are slots that go without a break. False: there is nothing to take. */
static bool fill_some(struct weir_ctx *c, struct weir_zip *s, uint16_t port)
{
	struct weir_zip_input *in = &s->inputs[port];
	struct weir_queue *q = &in->filled;
	const struct weir_span *span = weir_input(c, port);
	struct weir_span virtual_items = { .items = s->ring };
	uint32_t slot = (q->first + q->count) % s->slots, n = s->slots - q->count;

	n = n < s->slots - slot ? n : s->slots - slot;
	if (span == NULL || n == 0)
		return false;
	n = n < span->count ? n : span->count;
	weir_joint_put(&s->joint, weir_kernels_of(c), port, span->items, in->item_bytes, n,
		s->ring + (size_t)slot * s->joint.size);
	fill_instants(s, slot, span->instants, n);
	weir_queue_put(q, &virtual_items, 0, n, 0);
	weir_take(c, port, n);
	weir_hold(c, port, n);
	return true;
}

static void fill(struct weir_ctx *c, struct weir_zip *s, uint16_t port)
{
	struct weir_zip_input *in = &s->inputs[port];
	struct weir_mark mark;

	while (fill_some(c, s, port))
		continue;
	while (!in->ended && weir_next_mark(c, port, &mark)) {
		if (mark.kind < WEIR_MARK_COMPLETE) {
			weir_queue_put_mark(&in->filled, &mark);
		} else {
			in->ended = true;
			in->end = mark;
		}
	}
}

/* ---- out of it ---- */

/* Marks that have no pair before them any more. False: a barrier must go out before the next pair. */
static bool send_marks(struct weir_ctx *c, struct weir_zip *s)
{
	struct weir_combine *x = &s->combine;
	bool held = false;

	for (uint16_t i = 0; i < x->n_inputs; i++) {
		struct weir_mark mark;

		while (!x->inputs[i].holds_barrier && weir_queue_next_mark(&s->inputs[i].filled, &mark)) {
			if (mark.kind == WEIR_MARK_WATERMARK) {
				weir_combine_hear(c, x, i, mark.time);
			} else if (mark.kind == WEIR_MARK_BARRIER) {
				x->inputs[i].barrier = mark;
				x->inputs[i].holds_barrier = true;
			} else {
				weir_send_mark(c, 0, &mark);
			}
		}
	}
	if (s->passes_time)
		weir_combine_watermark(c, x);
	weir_combine_barriers(c, x, 0);
	for (uint16_t i = 0; i < x->n_inputs; i++)
		held = held || x->inputs[i].holds_barrier;
	return !held;
}

/* Pairs that are complete, in one piece, up to the next mark. */
static uint32_t pairs(const struct weir_zip *s, uint32_t most)
{
	for (uint16_t i = 0; i < s->combine.n_inputs; i++)
		most = weir_queue_front(&s->inputs[i].filled, most).count;
	return most;
}

static void send(struct weir_ctx *c, struct weir_zip *s)
{
	uint32_t first = s->inputs[0].filled.first, n = pairs(s, weir_room(c, 0));
	struct weir_span span = { .items = s->ring + (size_t)first * s->joint.size, .count = n };

	if (n == 0)
		return;
	if (s->instants != NULL)
		span.instants = s->instants + first;
	for (uint16_t i = 0; i < s->combine.n_inputs; i++) {
		weir_queue_lend(&s->inputs[i].filled, n);
		weir_hold(c, i, -(int64_t)n);
	}
	weir_lend(c, 0, &span);
}

/* What was lent has come back. */
static void give_back(struct weir_zip *s)
{
	forget_instants(s, s->inputs[0].filled.first, s->inputs[0].filled.lent);
	for (uint16_t i = 0; i < s->combine.n_inputs; i++)
		weir_queue_return(&s->inputs[i].filled);
}

/* ---- credit and ends ---- */

static bool has_nothing(const struct weir_zip_input *in)
{
	return in->filled.count == in->filled.lent;
}

/* What has come lies in the ring: nothing was asked for that has no slot. */
static void ask(struct weir_ctx *c, struct weir_zip *s)
{
	bool starves = false;

	if (weir_demand(c, 0) == 0)
		return;
	for (uint16_t i = 0; i < s->combine.n_inputs; i++)
		starves = starves || has_nothing(&s->inputs[i]);
	for (uint16_t i = 0; i < s->combine.n_inputs; i++) {
		uint64_t coming = weir_outstanding(c, i);
		uint64_t used = s->inputs[i].filled.count + coming;

		if (s->inputs[i].ended || used >= s->slots)
			continue;
		if (used <= s->slots / 2 || (starves && coming == 0))
			(void)weir_request(c, i, s->slots - (uint32_t)used);
	}
}

/* Whether an input has ended and all it brought is paired: so has the zip. T-2: no mark waits for credit then. */
static bool end(struct weir_ctx *c, struct weir_zip *s)
{
	for (uint16_t i = 0; i < s->combine.n_inputs; i++) {
		const struct weir_queue *q = &s->inputs[i].filled;

		if (!s->inputs[i].ended || q->count > q->lent)
			continue;
		s->combine.live = 0;
		do
			(void)send_marks(c, s); /* a barrier may be held where no mark is left */
		while (q->n_marks > 0);
		weir_end_with(c, &s->inputs[i].end);
		return true;
	}
	return false;
}

static void run(struct weir_ctx *c)
{
	struct weir_zip *s = c->state;

	if (s->inputs[0].filled.lent > 0 && !weir_lent(c))
		give_back(s);
	for (uint16_t i = 0; i < s->combine.n_inputs; i++)
		fill(c, s, i);
	if (send_marks(c, s) && s->inputs[0].filled.lent == 0)
		send(c, s);
	(void)send_marks(c, s);
	if (!end(c, s))
		ask(c, s);
}

const struct weir_op_type weir_zip_type = {
	.abi = WEIR_OP_ABI,
	.flags = WEIR_OP_LENDS | WEIR_OP_COMBINER | WEIR_OP_JOINS,
	.credit = WEIR_CREDIT_MANUAL,
	.max_in = 255,
	.name = "zip",
	.summary = WEIR_TEXT("Pair the items of several streams by their number."),
	.page = WEIR_PAGE(.emits = "one for each item that every input has",
		.credit = "a span ahead of the pairs for each input, refilled at half",
		.completes = "when an input has and its items are used up",
		.cancels = "when another has ended, or nobody listens",
		.state = "88 (72), a span of joint records, 256 (240) for each input, 8 for each field"),
	.header = WEIR_TEXT("weir/operators.h"),
	.params = WEIR_TEXT(params),
	.state_size = WEIR_SIZE(state_size),
	.check = WEIR_TEXT(check),
	.flow = WEIR_TEXT(flow),
	.init = init,
	.run = run,
};
