/* SPDX-License-Identifier: MIT */
/*
 * input -- a port through which the application pushes records into a pipeline, or a channel feeds it.
 *
 *	weir_push  1 2 3        end
 *	out        --1--2--3----|
 *
 * With a format what is pushed is bytes, cut anywhere, and a decoder stands behind the port.
 *
 * Credit  a source that is pushed: emits on credit, holds `capacity` items, and then takes fewer. From a
 *         channel it takes what it may send on at once and no more: the rest stays where its sender is refused.
 * Memory  capacity items, lent onward from the ring.
 * Time    event clock: the record's time field, or the instants the application gives with the records. Bytes
 *         have none.
 *
 * What the channel lost goes on as a mark (lagged) before the items that came after it. What the port holds
 * when it is cancelled is counted as dropped on the edge behind it.
 */
#include <weir/channel.h>
#include <weir/operators.h>
#include <weir/plan.h>
#include <weir/queue.h>

struct weir_input_port {
	_Alignas(8) struct weir_queue queue; /* its items lie behind */
	struct weir_feed *feed;              /* NULL: the application pushes */
	bool ended;
};
WEIR_ILP32(weir_input_port, 56);

static const struct weir_param params[] = {
	WEIR_PARAM(struct weir_input_params, name, "name", TEXT, .example = "\"adc\"",
		.help = "What the application calls it.", .flags = WEIR_PARAM_REQUIRED),
	WEIR_PARAM(struct weir_input_params, record, "record", RECORD, .example = "\"reading\"",
		.help = "The record of its items, or of what its bytes hold.", .flags = WEIR_PARAM_REQUIRED),
	WEIR_PARAM_BARE(
		"format", FORMAT, .help = "Take bytes instead of records: csv, ndjson, binary or frames."),
	WEIR_PARAM(struct weir_input_params, capacity, "capacity", U32,
		.help = "Items (or bytes) held at most; a full port takes fewer.", .dflt = "256", .min = 1,
		.max = WEIR_QUEUE_MOST),
	{ .name = NULL },
};

static struct weir_queue_shape shape_of(const struct weir_place *place)
{
	const struct weir_input_params *p = place->params;

	return (struct weir_queue_shape){
		.item_bytes = place->out->size,
		.slots = p->capacity,
		.instants = WEIR_WITH_EVENT_CLOCK && place->event_clock && place->out != &weir_bytes_record,
	};
}

static int64_t state_size(const struct weir_place *place)
{
	struct weir_queue_shape shape = shape_of(place);
	int64_t queue = weir_queue_size(&shape);

	return queue < 0 ? queue : (int64_t)WEIR_SIZEOF(place, weir_input_port) + queue;
}

static int init(struct weir_ctx *c, const struct weir_place *place)
{
	struct weir_queue_shape shape = shape_of(place);
	struct weir_input_port *s = c->state;

	weir_queue_init(&s->queue, s + 1, &shape);
	return WEIR_OK;
}

/* What was lent is there again once everybody behind has done with it. */
static void take_back(const struct weir_ctx *c, struct weir_queue *q)
{
	if (q->lent > 0 && !weir_lent(c))
		weir_queue_return(q);
}

/* Lend on what is held. */
static void send(struct weir_ctx *c, const struct weir_input_port *s, struct weir_queue *q)
{
	uint32_t room = weir_room(c, 0);

	if (q->lent == 0 && room > 0 && q->count > 0) {
		struct weir_span span = weir_queue_front(q, room);

		weir_queue_lend(q, span.count);
		weir_lend(c, 0, &span);
	}
	weir_await_room(c, 0, q->count > q->lent || s->feed != NULL);
}

/*
 * Ask the channel for what may be sent at once; also where that is nothing, since its end needs no credit
 * (T-2).
 */
static int32_t take(struct weir_ctx *c, struct weir_input_port *s, uint32_t room)
{
	struct weir_span span = weir_queue_reserve(&s->queue, room);
	struct weir_mark mark = { .kind = WEIR_MARK_LAGGED };
	uint32_t lagged = 0;
	int32_t n = s->feed->type->take(s->feed, span.items, span.count, &lagged);

	mark.value = lagged;
	if (lagged > 0)
		weir_send_mark(c, 0, &mark);
	if (n > 0)
		weir_queue_commit(&s->queue, (uint32_t)n);
	return n;
}

/* Take from the channel, or go to sleep; while there is no room the next credit brings the port back. */
static void draw(struct weir_ctx *c, struct weir_input_port *s)
{
	while (s->queue.count == 0 && !s->ended) {
		uint32_t room = weir_room(c, 0);
		int32_t n = take(c, s, room);

		s->ended = n < 0;
		if (n < 0 && n != WEIR_ENDED)
			weir_fail(c, n, weir_strerror(n));
		if (n == 0 && (room == 0 || s->feed->type->sleep(s->feed)))
			return;
	}
}

static void run(struct weir_ctx *c)
{
	struct weir_input_port *s = c->state;
	struct weir_queue *q = &s->queue;

	take_back(c, q);
	if (s->feed != NULL)
		draw(c, s);
	send(c, s, q);
	if (s->ended && q->lent == q->count)
		weir_complete(c);
}

/* What was taken in and never asked for goes into the books: whoever pushed it was told that it was in. */
static void close_port(struct weir_ctx *c, bool normal)
{
	const struct weir_input_port *s = c->state;

	(void)normal;
	if (s->feed != NULL)
		s->feed->type->leave(s->feed);
	if (s->queue.count > s->queue.lent)
		weir_drop(c, WEIR_DROP_CANCELLED, s->queue.count - s->queue.lent);
}

static void stop(struct weir_ctx *c)
{
	(void)weir_input_end(c);
}

/* Whether items need a time that their own bytes do not tell. */
static bool lacks_time(const struct weir_ctx *c)
{
	const struct weir_input_port *s = c->state;

	return s->queue.shape.instants && c->def->instant_offset == WEIR_NO_INSTANT;
}

int64_t weir_input_accept(struct weir_ctx *c, const void *records, const int64_t *instants, uint32_t n)
{
	struct weir_input_port *s = c->state;
	struct weir_queue *q = &s->queue;
	struct weir_span span = { .items = (void *)(uintptr_t)records,
		.instants = (int64_t *)(uintptr_t)instants };

	if (s->ended)
		return WEIR_ENDED;
	if (s->feed != NULL)
		return WEIR_EBUSY;
	if (lacks_time(c) && instants == NULL)
		return WEIR_EINVAL;
	take_back(c, q);
	span.count = n < q->shape.slots - q->count ? n : q->shape.slots - q->count;
	weir_queue_put(q, &span, 0, span.count, 0);
	send(c, s, q);
	return span.count;
}

/* The caller's memory will do, where all can be sent at once; a microcontroller goes without the code for it. */
static bool lend_pushed(struct weir_ctx *c, struct weir_input_port *s, const void *records, uint32_t n)
{
	struct weir_queue *q = &s->queue;

	if (WEIR_IS_ILP32 || s->ended || s->feed != NULL || c->event_clock || n > q->shape.slots ||
		q->count > q->lent || !weir_lend_pushed(c, records, n, q->items))
		return false;
	weir_queue_lend_places(q, n); /* there was room: what was lent before is there again */
	return true;
}

static int64_t push(struct weir_ctx *c, const void *records, const int64_t *instants, uint32_t n)
{
	return lend_pushed(c, c->state, records, n) ? n : weir_input_accept(c, records, instants, n);
}

int weir_input_end(struct weir_ctx *c)
{
	struct weir_input_port *s = c->state;

	if (s->feed != NULL)
		s->feed->type->stop(s->feed);
	else
		s->ended = true;
	return WEIR_OK;
}

static int be_fed(struct weir_ctx *c, struct weir_feed *feed)
{
	struct weir_input_port *s = c->state;

	if (feed->type->abi != WEIR_FEED_ABI)
		return WEIR_EABI;
	if (s->feed != NULL)
		return WEIR_EBUSY;
	if (s->ended)
		return WEIR_ENDED;
	if (lacks_time(c))
		return WEIR_EINVAL;
	if (feed->item_bytes != s->queue.shape.item_bytes)
		return WEIR_ETYPE;
	s->feed = feed;
	return WEIR_OK;
}

const struct weir_op_type weir_input_type = {
	.abi = WEIR_OP_ABI,
	.flags = WEIR_OP_SOURCE | WEIR_OP_PORT | WEIR_OP_LENDS,
	.credit = WEIR_CREDIT_MANUAL,
	.name = "input",
	.summary = WEIR_TEXT("A port through which the application pushes records in."),
	.page = WEIR_PAGE(.emits = "what weir_push or a channel gives it",
		.credit = "a full port takes fewer, and says how many",
		.completes = "at weir_push_end, behind what it holds", .state = "80 (56), `capacity` items"),
	.params_struct = WEIR_TEXT("struct weir_input_params"),
	.header = WEIR_TEXT("weir/operators.h"),
	.params = WEIR_TEXT(params),
	.params_size = sizeof(struct weir_input_params),
	.state_size = WEIR_SIZE(state_size),
	.init = init,
	.close = close_port,
	.run = run,
	.stop = stop,
	.push = push,
	.push_end = weir_input_end,
	.feed = be_fed,
};
