/* SPDX-License-Identifier: MIT */
/*
 * bounded.c -- the moves of a stage that is a bounded queue (bounded.h).
 *
 * S-1: an item is dropped only when it would have been dropped had it come alone. So before anything is
 * dropped, what was lent gets one chance to move on (the stages below run first when this one runs again);
 * only what they cannot take makes the queue full.
 */
#include <weir/bounded.h>

const char *const weir_overflow_choices[] = { "suspend", "drop_oldest", "drop_newest", "latest", "error",
	NULL };

/* Policies that replace waiting items keep one slot that is never lent, so that the newest always has a
 * place. */
static bool replaces(uint8_t overflow)
{
	return overflow == WEIR_OVERFLOW_DROP_OLDEST || overflow == WEIR_OVERFLOW_LATEST;
}

static struct weir_queue_shape shape_of(
	uint32_t item_bytes, uint32_t capacity, uint8_t overflow, uint16_t n_in, bool instants)
{
	struct weir_queue_shape s = { .item_bytes = item_bytes, .slots = capacity, .instants = instants };

	s.slots += replaces(overflow) ? 1u : 0u;
	s.mark_slots = weir_queue_mark_slots(capacity);
	s.origins = n_in > 1;
	return s;
}

int64_t weir_bounded_size(
	uint32_t item_bytes, uint32_t capacity, uint8_t overflow, uint16_t n_in, bool instants)
{
	struct weir_queue_shape s = shape_of(item_bytes, capacity, overflow, n_in, instants);

	return capacity == 0 || capacity > WEIR_QUEUE_MOST ? WEIR_EINVAL : weir_queue_size(&s);
}

void weir_bounded_init(struct weir_bounded *b, void *memory, uint32_t item_bytes, uint32_t capacity,
	uint8_t overflow, uint16_t n_in, bool instants)
{
	struct weir_queue_shape s = shape_of(item_bytes, capacity, overflow, n_in, instants);

	weir_queue_init(&b->queue, memory, &s);
	b->capacity = capacity;
	b->overflow = overflow;
	b->gave_way = false;
}

void weir_bounded_flow(uint8_t overflow, uint32_t items, struct weir_flow *flow)
{
	bool drops = overflow != WEIR_OVERFLOW_SUSPEND && overflow != WEIR_OVERFLOW_ERROR;
	bool suspends = overflow == WEIR_OVERFLOW_SUSPEND;

	*flow = (struct weir_flow){ .lag_most = drops ? WEIR_FLOW_ANY : 0,
		.room = suspends ? items / 2 + 1 : WEIR_FLOW_ANY,
		.room_most = suspends ? items : WEIR_FLOW_ANY };
}

/* Items the queue may hold now. */
static uint32_t limit_of(const struct weir_bounded *b)
{
	return replaces(b->overflow) && b->queue.lent >= b->capacity ? b->capacity + 1 : b->capacity;
}

/* The n items after the first `from` leave the queue: tell each input's ledger. */
static void unhold(struct weir_ctx *c, const struct weir_queue *q, uint32_t from, uint32_t n, bool dropped)
{
	uint32_t run;

	for (uint32_t i = from; i < from + n; i += run) {
		uint8_t port = weir_queue_origin(q, i);

		run = q->origins == NULL ? n : 1;
		while (i + run < from + n && weir_queue_origin(q, i + run) == port)
			run++;
		weir_hold(c, port, -(int64_t)run);
		if (dropped)
			weir_drop_from(c, port, WEIR_DROP_OVERFLOW, run);
	}
}

static void drop_waiting(struct weir_ctx *c, struct weir_queue *q, uint32_t n)
{
	unhold(c, q, q->lent, n, true);
	weir_queue_drop_oldest(q, n);
}

static void drop_incoming(struct weir_ctx *c, uint16_t port, uint32_t n)
{
	weir_drop_from(c, port, WEIR_DROP_OVERFLOW, n);
	weir_take(c, port, n);
}

/* Take in as many of the items that wait as have a slot. */
static void fill(struct weir_ctx *c, struct weir_bounded *b, uint16_t port)
{
	const struct weir_span *span = weir_input(c, port);
	uint32_t room = limit_of(b) - b->queue.count;
	uint32_t n = span == NULL ? 0 : span->count;

	if (n > room)
		n = room;
	if (n == 0)
		return;
	weir_queue_put(&b->queue, span, 0, n, (uint8_t)port);
	weir_take(c, port, n);
	weir_hold(c, port, n);
	b->gave_way = false;
}

/* As if each had come alone: the last `places` of waiting and incoming items stay. */
static void replace_oldest(struct weir_ctx *c, struct weir_bounded *b, uint16_t port, uint32_t incoming)
{
	uint32_t places = limit_of(b) - b->queue.lent;
	uint32_t waiting = b->queue.count - b->queue.lent;

	if (incoming > places)
		drop_incoming(c, port, incoming - places);
	drop_waiting(c, &b->queue, incoming < waiting ? incoming : waiting);
	fill(c, b, port);
}

/* The queue is full and n items wait on the port: do what the policy says. False: the stage failed. */
static bool overflow(struct weir_ctx *c, struct weir_bounded *b, uint16_t port, uint32_t n)
{
	switch (b->overflow) {
	case WEIR_OVERFLOW_DROP_OLDEST:
		replace_oldest(c, b, port, n);
		return true;
	case WEIR_OVERFLOW_DROP_NEWEST:
		drop_incoming(c, port, n);
		return true;
	case WEIR_OVERFLOW_LATEST:
		while (weir_input(c, port) != NULL) {
			drop_waiting(c, &b->queue, b->queue.count - b->queue.lent);
			fill(c, b, port);
		}
		return true;
	default:
		weir_fail(c, WEIR_EFULL, "the queue is full");
		return false;
	}
}

bool weir_bounded_accept(struct weir_ctx *c, struct weir_bounded *b, uint16_t port)
{
	const struct weir_span *span;

	fill(c, b, port);
	span = weir_input(c, port);
	if (span == NULL)
		return true;
	if (b->overflow == WEIR_OVERFLOW_SUSPEND)
		return false;
	if (!b->gave_way && (b->queue.lent > 0 || weir_demand(c, 0) > 0)) {
		b->gave_way = true;
		weir_again(c);
		return false;
	}
	b->gave_way = false;
	return overflow(c, b, port, span->count);
}

static void send_marks(struct weir_ctx *c, struct weir_queue *q)
{
	struct weir_mark mark;

	while (weir_queue_next_mark(q, &mark))
		weir_send_mark(c, 0, &mark);
}

void weir_bounded_send(struct weir_ctx *c, struct weir_bounded *b)
{
	struct weir_queue *q = &b->queue;
	struct weir_span span;
	uint32_t room;

	if (!weir_lent(c))
		weir_queue_return(q);
	send_marks(c, q);
	room = weir_room(c, 0);
	if (q->lent > 0 || room == 0)
		return;
	span = weir_queue_front(q, room);
	if (span.count == 0)
		return;
	unhold(c, q, 0, span.count, false);
	weir_queue_lend(q, span.count);
	weir_lend(c, 0, &span);
	send_marks(c, q);
}

bool weir_bounded_is_out(const struct weir_bounded *b)
{
	return b->queue.count == b->queue.lent && b->queue.n_marks == 0;
}
