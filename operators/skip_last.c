/* SPDX-License-Identifier: MIT */
/*
 * skip_last -- drop the last items, pass the others.
 *
 *	in    --1--2--3--4--|
 *	out   --------1--2--|	count 2
 *
 * Credit  own: asks for a span ahead. An item comes out when count others have followed it.
 * Memory  count items and a span, and at most 16 places for marks.
 * Time    items keep their instants; marks keep their places between the items, watermarks too.
 *
 * The last are dropped and counted as `filtered`. At an error they count as `cancelled`. A
 * barrier waits until the items before it are out.
 */
#include <weir/operators.h>
#include <weir/queue.h>

struct weir_skip_last {
	struct weir_queue queue;
	struct weir_mark end;
	bool ending;    /* `end` has come */
	bool finishing; /* normally */
};
WEIR_ILP32(weir_skip_last, 72);

static const struct weir_param params[] = {
	WEIR_PARAM(struct weir_skip_last_params, count, "count", U32, .example = "10",
		.help = "Items to drop, and how many must follow one that passes.", .min = 1,
		.max = WEIR_QUEUE_MOST / 2, .flags = WEIR_PARAM_PRIMARY | WEIR_PARAM_REQUIRED),
	{ .name = NULL },
};

static struct weir_queue_shape shape_of(const struct weir_place *place)
{
	const struct weir_skip_last_params *p = place->params;

	return (struct weir_queue_shape){ .item_bytes = place->in->size,
		.slots = p->count + place->in_cap,
		.mark_slots = weir_queue_mark_slots(p->count),
		.instants = place->event_clock };
}

static int64_t state_size(const struct weir_place *place)
{
	struct weir_queue_shape shape = shape_of(place);
	int64_t queue = weir_queue_size(&shape);

	return queue < 0 ? queue : (int64_t)WEIR_SIZEOF(place, weir_skip_last) + queue;
}

static void flow(const struct weir_place *place, uint16_t port, struct weir_flow *f)
{
	const struct weir_skip_last_params *p = place->params;

	(void)port;
	*f = (struct weir_flow){
		.lag_least = p->count, .lag_most = p->count, .room_most = WEIR_FLOW_ANY, .leaves = true
	};
}

static int init(struct weir_ctx *c, const struct weir_place *place)
{
	struct weir_queue_shape shape = shape_of(place);
	struct weir_skip_last *s = c->state;

	weir_queue_init(&s->queue, s + 1, &shape);
	return WEIR_OK;
}

/* The oldest n that wait will not come out. */
static void drop_oldest(struct weir_ctx *c, struct weir_skip_last *s, uint32_t n)
{
	weir_queue_drop_oldest(&s->queue, n);
	weir_hold(c, 0, -(int64_t)n);
	weir_drop(c, WEIR_DROP_FILTERED, n);
}

/* As many of what waits as are followed by enough others. */
static uint32_t free_to_go(struct weir_ctx *c, const struct weir_skip_last *s)
{
	const struct weir_skip_last_params *p = c->params;
	uint32_t waiting = s->queue.count - s->queue.lent;

	return waiting > p->count ? waiting - p->count : 0;
}

/* Take what has a place. True: all that waited. */
static bool take_items(struct weir_ctx *c, struct weir_skip_last *s)
{
	const struct weir_span *in = weir_input(c, 0);
	uint32_t n = s->queue.shape.slots - s->queue.count;

	if (in == NULL)
		return true;
	n = in->count < n ? in->count : n;
	weir_queue_put(&s->queue, in, 0, n, 0);
	weir_take(c, 0, n);
	weir_hold(c, 0, n);
	return weir_input(c, 0) == NULL;
}

static void send_marks(struct weir_ctx *c, struct weir_skip_last *s)
{
	struct weir_mark mark;

	while (weir_queue_next_mark(&s->queue, &mark))
		weir_send_mark(c, 0, &mark);
}

/* Send what may go. True: all of it is on its way. */
static bool send(struct weir_ctx *c, struct weir_skip_last *s)
{
	if (!weir_lent(c))
		weir_queue_return(&s->queue);
	for (send_marks(c, s); free_to_go(c, s) > 0; send_marks(c, s)) {
		uint32_t room = weir_room(c, 0), n = free_to_go(c, s);
		struct weir_span front;

		if (room == 0)
			return false;
		front = weir_queue_front(&s->queue, n < room ? n : room);
		weir_hold(c, 0, -(int64_t)front.count);
		weir_queue_lend(&s->queue, front.count);
		weir_lend(c, 0, &front);
	}
	return true;
}

static void take_marks(struct weir_ctx *c, struct weir_skip_last *s)
{
	struct weir_mark mark;

	while (!s->ending && weir_next_mark(c, 0, &mark)) {
		if (mark.kind < WEIR_MARK_COMPLETE) {
			weir_queue_put_mark(&s->queue, &mark);
			continue;
		}
		s->end = mark;
		s->ending = true;
		s->finishing = mark.kind == WEIR_MARK_COMPLETE && mark.value == 0;
	}
}

static void run(struct weir_ctx *c)
{
	struct weir_skip_last *s = c->state;

	bool out = send(c, s);

	if (!s->ending && take_items(c, s))
		take_marks(c, s);
	out = send(c, s) && out;
	if (!s->ending || !out)
		return;
	if (s->finishing) {
		drop_oldest(c, s, s->queue.count - s->queue.lent);
		send_marks(c, s);
	}
	weir_end_with(c, &s->end);
}

const struct weir_op_type weir_skip_last_type = {
	.abi = WEIR_OP_ABI,
	.flags = WEIR_OP_LENDS,
	.credit = WEIR_CREDIT_OWN,
	.drops = WEIR_DROPS_BIT(FILTERED),
	.name = "skip_last",
	.summary = WEIR_TEXT("Drop the last items, pass the others."),
	.page = WEIR_PAGE(.emits = "all but the last `count`",
		.state = "88 (72), a record for each of `count` and of a span (and 8 under the event clock), "
			 "40 for each of up to 16 marks"),
	.params_struct = WEIR_TEXT("struct weir_skip_last_params"),
	.header = WEIR_TEXT("weir/operators.h"),
	.params = WEIR_TEXT(params),
	.params_size = sizeof(struct weir_skip_last_params),
	.state_size = WEIR_SIZE(state_size),
	.flow = WEIR_TEXT(flow),
	.init = init,
	.run = run,
};
