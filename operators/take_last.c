/* SPDX-License-Identifier: MIT */
/*
 * take_last -- pass the last items, at the end.
 *
 *	in    --1--2--3--4--|
 *	out   ---------------3--4|	count 2
 *
 * Credit  own: asks for everything; none is held back before the end.
 * Memory  count items, and at most 16 places for marks.
 * Time    items keep their instants; marks keep their places between the items, watermarks too.
 *
 * Those before are dropped and counted as `filtered`. At an error none come out: they count as
 * `cancelled`. A barrier waits until the items before it are dropped or out.
 */
#include <weir/operators.h>
#include <weir/queue.h>

struct weir_take_last {
	struct weir_queue queue;
	struct weir_mark end;
	bool ending;    /* `end` has come */
	bool finishing; /* normally */
};
WEIR_ILP32(weir_take_last, 72);

static const struct weir_param params[] = {
	WEIR_PARAM(struct weir_take_last_params, count, "count", U32, .example = "10",
		.help = "Items to pass.", .min = 1, .max = WEIR_QUEUE_MOST / 2,
		.flags = WEIR_PARAM_PRIMARY | WEIR_PARAM_REQUIRED),
	{ .name = NULL },
};

static struct weir_queue_shape shape_of(const struct weir_place *place)
{
	const struct weir_take_last_params *p = place->params;

	return (struct weir_queue_shape){ .item_bytes = place->in->size,
		.slots = p->count,
		.mark_slots = weir_queue_mark_slots(p->count),
		.instants = place->event_clock };
}

static int64_t state_size(const struct weir_place *place)
{
	struct weir_queue_shape shape = shape_of(place);
	int64_t queue = weir_queue_size(&shape);

	return queue < 0 ? queue : (int64_t)WEIR_SIZEOF(place, weir_take_last) + queue;
}

static void flow(const struct weir_place *place, uint16_t port, struct weir_flow *f)
{
	(void)place;
	(void)port;
	*f = (struct weir_flow){
		.lag_most = WEIR_FLOW_ANY, .room = WEIR_FLOW_ANY, .room_most = WEIR_FLOW_ANY, .silent = true
	};
}

static int init(struct weir_ctx *c, const struct weir_place *place)
{
	struct weir_queue_shape shape = shape_of(place);
	struct weir_take_last *s = c->state;

	weir_queue_init(&s->queue, s + 1, &shape);
	return WEIR_OK;
}

/* The oldest n that wait will not come out. */
static void drop_oldest(struct weir_ctx *c, struct weir_take_last *s, uint32_t n)
{
	weir_queue_drop_oldest(&s->queue, n);
	weir_hold(c, 0, -(int64_t)n);
	weir_drop(c, WEIR_DROP_FILTERED, n);
}

/* What waits may go at the normal end. */
static uint32_t free_to_go(struct weir_ctx *c, const struct weir_take_last *s)
{
	(void)c;
	return s->finishing ? s->queue.count - s->queue.lent : 0;
}

/* Take all that waits on the input; of it and what is held the last stay. */
static void take_items(struct weir_ctx *c, struct weir_take_last *s)
{
	const struct weir_span *in = weir_input(c, 0);
	uint32_t slots = s->queue.shape.slots, n, skip, held;

	if (in == NULL)
		return;
	n = in->count;
	skip = n > slots ? n - slots : 0;
	held = s->queue.count;
	if (held + (n - skip) > slots)
		drop_oldest(c, s, held + (n - skip) - slots);
	weir_queue_put(&s->queue, in, skip, n - skip, 0);
	weir_take(c, 0, n);
	weir_hold(c, 0, n - skip);
	if (skip > 0)
		weir_drop(c, WEIR_DROP_FILTERED, skip);
}

static void send_marks(struct weir_ctx *c, struct weir_take_last *s)
{
	struct weir_mark mark;

	while (weir_queue_next_mark(&s->queue, &mark))
		weir_send_mark(c, 0, &mark);
}

/* Send what may go. True: all of it is on its way. */
static bool send(struct weir_ctx *c, struct weir_take_last *s)
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

static void take_marks(struct weir_ctx *c, struct weir_take_last *s)
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
	struct weir_take_last *s = c->state;

	if (!s->ending) {
		take_items(c, s);
		take_marks(c, s);
	}
	if (send(c, s) && s->ending)
		weir_end_with(c, &s->end);
}

const struct weir_op_type weir_take_last_type = {
	.abi = WEIR_OP_ABI,
	.flags = WEIR_OP_LENDS,
	.credit = WEIR_CREDIT_OWN,
	.drops = WEIR_DROPS_BIT(FILTERED),
	.name = "take_last",
	.summary = WEIR_TEXT("Pass the last items, at the end."),
	.page = WEIR_PAGE(.emits = "the last `count`, at the end", .credit = "own: without bound",
		.completes = "with its input, behind them",
		.state = "88 (72), a record for each of `count` (and 8 under the event clock), 40 for each "
			 "of up to 16 marks"),
	.params_struct = WEIR_TEXT("struct weir_take_last_params"),
	.header = WEIR_TEXT("weir/operators.h"),
	.params = WEIR_TEXT(params),
	.params_size = sizeof(struct weir_take_last_params),
	.prefetch = UINT32_MAX,
	.state_size = WEIR_SIZE(state_size),
	.flow = WEIR_TEXT(flow),
	.init = init,
	.run = run,
};
