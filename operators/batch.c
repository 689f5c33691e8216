/* SPDX-License-Identifier: MIT */
/*
 * batch -- hold items until there are enough of them, then pass them on together.
 *
 *	in    --1-2-3----4------5-|
 *	out   ------123------4----5|	count 3, every 4
 *
 * Credit  manual: asks for what is missing of a batch, so as many items are on their way or held at most. While a batch
 *         goes out it takes none in.
 * Memory  a batch of records, as they go out, and at most 16 places for marks. One timer.
 * Time    by the pipeline's clock, from the first item of a batch on; an item exactly `every` later begins the next one.
 *         Under the event clock an item, or a watermark, that is so late ends the batch before it. Items keep their
 *         instants; marks keep their places between the items, watermarks too.
 *
 * What is held goes on when the input ends, before the end, an error too; at a checkpoint it stays and counts as
 * `cancelled`.
 */
#include <string.h>

#include <weir/engine.h>
#include <weir/operators.h>
#include <weir/queue.h>
#include <weir/relay.h>
#include <weir/tumbling.h>

struct weir_batch {
	struct weir_queue queue; /* a batch; no item is taken in before all of it is out and given back */
	int64_t time_ns;         /* the stage's */
	int64_t until_ns;        /* the batch is open before that time */
	uint64_t number;         /* of the batch */
	struct weir_mark end;
	uint32_t most; /* items of a batch */
	uint32_t item_bytes;
	bool by_event;
	bool leaving; /* the batch goes out */
	bool ending;  /* then `end` is passed on */
	bool keeps;   /* and what is held stays: a checkpoint */
};
WEIR_ILP32(weir_batch, 104);

static const struct weir_param params[] = {
	WEIR_PARAM(struct weir_batch_params, count, "count", U32, .example = "8",
		.help = "Items of a batch at most; this, `bytes`, or both.", .min = 1, .max = WEIR_QUEUE_MOST,
		.flags = WEIR_PARAM_PRIMARY),
	WEIR_PARAM(struct weir_batch_params, bytes, "bytes", SIZE,
		.help = "Bytes of a batch at most, in the format `binary`: those of its records as they go "
			"out.",
		.min = 1, .max = UINT32_MAX),
	WEIR_PARAM(struct weir_batch_params, every_ns, "every", DURATION,
		.help = "Time after its first item at which a batch goes on, however small.", .min = 1,
		.max = INT64_MAX),
	WEIR_PARAM(struct weir_batch_params, as, "as", APPEND,
		.help = "Name of a field, u64, that has the number of the item's batch: 0, 1, ...; none "
			"without.",
		.kinds = 1u << WEIR_U64),
	{ .name = NULL },
};

/* Items of a batch; 0: no record has a place. */
static uint32_t most_items(const struct weir_place *place)
{
	const struct weir_batch_params *p = place->params;
	uint32_t most = p->count > 0 ? p->count : UINT32_MAX;

	if (p->bytes > 0 && p->bytes / place->out->size < most)
		most = p->bytes / place->out->size;
	return most;
}

static int check(const struct weir_place *place, const char **why)
{
	const struct weir_batch_params *p = place->params;

	if (p->count == 0 && p->bytes == 0)
		*why = "a batch has no bound; give count or bytes";
	else if (most_items(place) == 0)
		*why = "bytes is less than one record, as it goes out, has";
	else if (most_items(place) > WEIR_QUEUE_MOST)
		*why = "bytes is more than 2^24 records have; give a count too";
	else
		return WEIR_OK;
	return WEIR_EINVAL;
}

static struct weir_queue_shape shape_of(const struct weir_place *place)
{
	uint32_t most = most_items(place);

	return (struct weir_queue_shape){ .item_bytes = place->out->size,
		.slots = most,
		.mark_slots = weir_queue_mark_slots(most),
		.instants = place->event_clock };
}

static int64_t state_size(const struct weir_place *place)
{
	struct weir_queue_shape shape = shape_of(place);
	int64_t queue = shape.slots <= WEIR_QUEUE_MOST ? weir_queue_size(&shape) : WEIR_EINVAL;

	return queue < 0 ? queue : (int64_t)WEIR_SIZEOF(place, weir_batch) + queue;
}

/* Time alone ends a batch only where it passes by itself. */
static void flow(const struct weir_place *place, uint16_t port, struct weir_flow *f)
{
	const struct weir_batch_params *p = place->params;
	uint32_t most = most_items(place);

	(void)port;
	*f = (struct weir_flow){ .lag_most = p->every_ns > 0 && !place->event_clock ? 0 : most - 1,
		.room_most = most,
		.lends = true,
		.leaves = true };
}

static int init(struct weir_ctx *c, const struct weir_place *place)
{
	const struct weir_plan *plan = weir_plan_of(c->instance);
	struct weir_queue_shape shape = shape_of(place);
	struct weir_batch *s = c->state;

	weir_queue_init(&s->queue, s + 1, &shape);
	s->time_ns = s->until_ns = INT64_MIN;
	s->most = shape.slots;
	s->item_bytes = place->in->size;
	s->by_event = place->event_clock && plan->edges[plan->inputs[c->def->first_in]].instants;
	return WEIR_OK;
}

static uint32_t waiting(const struct weir_batch *s)
{
	return s->queue.count - s->queue.lent;
}

/* ---- out ---- */

/* Whether the open batch is to go on. */
static bool is_whole(const struct weir_ctx *c, const struct weir_batch *s)
{
	const struct weir_batch_params *p = c->params;

	return waiting(s) > 0 && (waiting(s) == s->most || (s->ending && !s->keeps) ||
					 (p->every_ns > 0 && s->time_ns >= s->until_ns));
}

static void send_marks(struct weir_ctx *c, struct weir_batch *s)
{
	struct weir_mark mark;

	while (weir_queue_next_mark(&s->queue, &mark))
		weir_send_mark(c, 0, &mark);
}

/* Send what there is room for of a batch that is to go on. */
static void send(struct weir_ctx *c, struct weir_batch *s)
{
	if (!weir_lent(c))
		weir_queue_return(&s->queue);
	s->leaving = s->leaving || is_whole(c, s);
	for (send_marks(c, s); s->leaving && waiting(s) > 0; send_marks(c, s)) {
		uint32_t room = weir_room(c, 0);
		struct weir_span front;

		if (room == 0)
			return;
		front = weir_queue_front(&s->queue, room);
		weir_hold(c, 0, -(int64_t)front.count);
		weir_queue_lend(&s->queue, front.count);
		weir_lend(c, 0, &front);
	}
	s->number += s->leaving;
	s->leaving = false;
}

/* ---- in ---- */

/* Put item i behind the others, as it goes out. */
static void put(struct weir_ctx *c, struct weir_batch *s, const struct weir_span *in, uint32_t i)
{
	const struct weir_batch_params *p = c->params;
	struct weir_span to = weir_queue_reserve(&s->queue, 1);
	unsigned char *record = to.items;

	memcpy(record, (const unsigned char *)in->items + (size_t)i * s->item_bytes, s->item_bytes);
	if (p->as != NULL) {
		memset(record + s->item_bytes, 0, s->queue.shape.item_bytes - s->item_bytes);
		memcpy(record + p->as->offset, &s->number, sizeof s->number);
	}
	if (to.instants != NULL && in->instants != NULL)
		to.instants[0] = in->instants[i];
	weir_queue_commit(&s->queue, 1);
}

/* Take items until the batch is whole. */
static void take_items(struct weir_ctx *c, struct weir_batch *s, const struct weir_span *in)
{
	const struct weir_batch_params *p = c->params;
	uint32_t n = 0;

	for (; n < in->count; n++) {
		if (s->by_event && in->instants[n] > s->time_ns)
			s->time_ns = in->instants[n];
		if (is_whole(c, s))
			break;
		if (waiting(s) == 0 && p->every_ns > 0)
			s->until_ns = weir_time_add(s->time_ns, (int64_t)p->every_ns);
		put(c, s, in, n);
	}
	if (n > 0) {
		weir_take(c, 0, n);
		weir_hold(c, 0, n);
	}
}

static void take_mark(struct weir_batch *s, const struct weir_mark *mark)
{
	if (mark->kind >= WEIR_MARK_COMPLETE) {
		s->end = *mark;
		s->ending = true;
		s->keeps = mark->kind == WEIR_MARK_COMPLETE && mark->value != 0;
		return;
	}
	if (mark->kind == WEIR_MARK_WATERMARK && s->by_event && mark->time > s->time_ns)
		s->time_ns = mark->time;
	weir_queue_put_mark(&s->queue, mark);
}

/* Monotonic: be run when the open batch is to go on. */
static void set_timer(struct weir_ctx *c, const struct weir_batch *s)
{
	const struct weir_batch_params *p = c->params;

	if (s->by_event || p->every_ns == 0)
		return;
	if (waiting(s) > 0 && !s->leaving)
		weir_timer_set(c, 0, WEIR_CLOCK_MONOTONIC, s->until_ns);
	else
		weir_timer_stop(c, 0);
}

static void run(struct weir_ctx *c)
{
	struct weir_batch *s = c->state;
	struct weir_mark mark;

	if (!s->by_event)
		s->time_ns = (int64_t)weir_now(c);
	for (;;) {
		const struct weir_span *in;

		send(c, s);
		if (s->ending) {
			if (!s->leaving)
				weir_end_with(c, &s->end);
			return;
		}
		in = weir_input(c, 0);
		if (in != NULL && s->queue.lent == 0 && !s->leaving)
			take_items(c, s, in);
		if (!s->leaving && is_whole(c, s))
			continue;
		if (!weir_next_mark(c, 0, &mark))
			break;
		take_mark(s, &mark);
	}
	if (!s->leaving)
		weir_relay_ask(c, 0, s->most - waiting(s));
	set_timer(c, s);
}

static void timer(struct weir_ctx *c, uint8_t which, int64_t deadline_ns)
{
	(void)c;
	(void)which;
	(void)deadline_ns; /* run looks at the clock and follows */
}

const struct weir_op_type weir_batch_type = {
	.abi = WEIR_OP_ABI,
	.flags = WEIR_OP_LENDS,
	.credit = WEIR_CREDIT_MANUAL,
	.n_timers = 1,
	.name = "batch",
	.summary = WEIR_TEXT("Hold items until there are enough of them, then pass them on together."),
	.page = WEIR_PAGE(.emits = "its items, a batch at a time", .credit = "what is missing of a batch",
		.completes = "behind what it holds, with an error too",
		.state = "120 (104), a record (under the event clock 8 more) for each of `count`, 32 for "
			 "each of up to 16 "
			 "marks"),
	.params_struct = WEIR_TEXT("struct weir_batch_params"),
	.header = WEIR_TEXT("weir/operators.h"),
	.params = WEIR_TEXT(params),
	.params_size = sizeof(struct weir_batch_params),
	.state_size = WEIR_SIZE(state_size),
	.check = WEIR_TEXT(check),
	.flow = WEIR_TEXT(flow),
	.init = init,
	.run = run,
	.timer = timer,
};
