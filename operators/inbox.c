/* SPDX-License-Identifier: MIT */
/*
 * inbox -- the first stage of a stream that others send to: a bounded queue with any number of feeders.
 *
 *	in 0  --1---2--|
 *	in 1  ----3------4-|
 *	out   --1-3-2----4-|
 *
 * Credit  manual. suspend: each feeder may be a share of the capacity ahead (at least one item), so that a
 *         silent one never keeps the others out; what finds the queue full waits on its edge. Every other
 *         policy asks without bound and counts what it drops as `overflow`, on the feeder's edge.
 * Memory  capacity items (one more for drop_oldest and latest), 16 places for marks, 16 bytes per feeder.
 * Time    items keep their instants; with several feeders the watermark is the least of those that live.
 *
 * Completes when all feeders have ended, however they did: what failed beside it is not this stream's error.
 */
#include <weir/bounded.h>
#include <weir/operators.h>

/* What is known of a feeder. */
struct weir_feeder {
	int64_t watermark_ns; /* INT64_MIN: none yet */
	bool ended, asked_all;
};

struct weir_inbox {
	struct weir_bounded bounded;
	int64_t watermark_ns;            /* sent last */
	uint16_t n_feeders, live, first; /* first: whose turn it is */
	struct weir_feeder feeders[];    /* n_feeders; the queue lies behind them */
};
WEIR_ILP32(weir_inbox, 72);

static const struct weir_param params[] = {
	WEIR_PARAM(struct weir_inbox_params, record, "record", RECORD,
		.help = "The record of its items; the feeders' when left out."),
	WEIR_PARAM(struct weir_inbox_params, capacity, "capacity", U32, .example = "8",
		.help = "Items held at most.", .min = 1, .max = WEIR_QUEUE_MOST,
		.flags = WEIR_PARAM_REQUIRED),
	WEIR_PARAM(struct weir_inbox_params, overflow, "overflow", ENUM,
		.help = "What becomes of an item that finds the inbox full.", .dflt = "\"suspend\"",
		.choices = weir_overflow_choices),
	{ .name = NULL },
};

static size_t head_bytes(const struct weir_place *place)
{
	return WEIR_SIZEOF(place, weir_inbox) + place->n_in * sizeof(struct weir_feeder);
}

static int64_t state_size(const struct weir_place *place)
{
	const struct weir_inbox_params *p = place->params;
	int64_t queue = weir_bounded_size(
		place->out->size, p->capacity, p->overflow, place->n_in, place->event_clock);

	return queue < 0 ? queue : (int64_t)head_bytes(place) + queue;
}

/* Places that one feeder may have asked for. */
static uint32_t share_of(uint32_t capacity, uint16_t n_feeders)
{
	return capacity / n_feeders > 0 ? capacity / n_feeders : 1;
}

static void flow(const struct weir_place *place, uint16_t port, struct weir_flow *f)
{
	const struct weir_inbox_params *p = place->params;

	(void)port;
	weir_bounded_flow(p->overflow, share_of(p->capacity, place->n_in), f);
	f->mixes = place->n_in > 1;
	if (f->room != WEIR_FLOW_ANY && p->capacity < place->n_in) {
		f->room = 0; /* the others may have every place */
		f->leaves = true;
	}
}

static int init(struct weir_ctx *c, const struct weir_place *place)
{
	const struct weir_inbox_params *p = place->params;
	struct weir_inbox *s = c->state;

	weir_bounded_init(&s->bounded, (unsigned char *)c->state + head_bytes(place), place->out->size,
		p->capacity, p->overflow, place->n_in, place->event_clock);
	s->watermark_ns = INT64_MIN;
	s->n_feeders = s->live = place->n_in;
	for (uint16_t i = 0; i < s->n_feeders; i++)
		s->feeders[i].watermark_ns = INT64_MIN;
	return WEIR_OK;
}

/* Pass on how far all living feeders have come, once that has grown. */
static void put_watermark(struct weir_inbox *s)
{
	struct weir_mark mark = { .kind = WEIR_MARK_WATERMARK, .time = INT64_MAX };

	for (uint16_t i = 0; i < s->n_feeders; i++)
		if (!s->feeders[i].ended && s->feeders[i].watermark_ns < mark.time)
			mark.time = s->feeders[i].watermark_ns;
	if (mark.time <= s->watermark_ns || mark.time == INT64_MAX)
		return;
	s->watermark_ns = mark.time;
	weir_queue_put_mark(&s->bounded.queue, &mark);
}

static void take_marks(struct weir_ctx *c, struct weir_inbox *s, uint16_t port)
{
	struct weir_mark mark;

	while (weir_next_mark(c, port, &mark)) {
		if (mark.kind >= WEIR_MARK_COMPLETE) {
			s->feeders[port].ended = true;
			s->live--;
			put_watermark(s);
		} else if (mark.kind == WEIR_MARK_WATERMARK) {
			s->feeders[port].watermark_ns = mark.time;
			put_watermark(s);
		} else {
			weir_queue_put_mark(&s->bounded.queue, &mark);
		}
	}
}

static void ask(struct weir_ctx *c, struct weir_inbox *s, uint16_t port)
{
	const struct weir_span *span = weir_input(c, port);
	uint32_t share = share_of(s->bounded.capacity, s->n_feeders);
	uint64_t used = weir_outstanding(c, port);

	if (s->feeders[port].ended || s->feeders[port].asked_all)
		return;
	if (s->bounded.overflow != WEIR_OVERFLOW_SUSPEND) {
		s->feeders[port].asked_all = true;
		(void)weir_request(c, port, UINT32_MAX);
		return;
	}
	used += span == NULL ? 0 : span->count;
	if (used <= share / 2)
		(void)weir_request(c, port, share - (uint32_t)used);
}

static void run(struct weir_ctx *c)
{
	struct weir_inbox *s = c->state;
	uint16_t first = s->first;

	weir_bounded_send(c, &s->bounded);
	for (uint16_t k = 0; k < s->n_feeders; k++) {
		uint16_t port = (uint16_t)((first + k) % s->n_feeders);
		uint32_t held = s->bounded.queue.count;

		if (weir_bounded_accept(c, &s->bounded, port))
			take_marks(c, s, port);
		if (s->bounded.queue.count > held) /* whoever got places last waits longest for more */
			s->first = (uint16_t)((port + 1u) % s->n_feeders);
		weir_bounded_send(c, &s->bounded);
		ask(c, s, port);
	}
	weir_bounded_send(c, &s->bounded);
	if (s->live == 0 && weir_bounded_is_out(&s->bounded))
		weir_complete(c);
}

const struct weir_op_type weir_inbox_type = {
	.abi = WEIR_OP_ABI,
	.flags = WEIR_OP_LENDS,
	.credit = WEIR_CREDIT_MANUAL,
	.drops = WEIR_DROPS_BIT(OVERFLOW),
	.max_in = 255,
	.name = "inbox",
	.summary =
		WEIR_TEXT("Start a stream that others send to: a bounded queue with any number of feeders."),
	.page = WEIR_PAGE(.emits = "what is sent to it",
		.credit = "`suspend` an equal share of the free slots for each feeder, at least one; else "
			  "without bound",
		.completes = "when all feeders have ended, however they did",
		.state = "88 (72), 16 for each feeder, `capacity` items (one more where the oldest is "
			 "dropped), 32 for each of up to 16 marks"),
	.params_struct = WEIR_TEXT("struct weir_inbox_params"),
	.header = WEIR_TEXT("weir/operators.h"),
	.params = WEIR_TEXT(params),
	.params_size = sizeof(struct weir_inbox_params),
	.state_size = WEIR_SIZE(state_size),
	.flow = WEIR_TEXT(flow),
	.init = init,
	.run = run,
};
