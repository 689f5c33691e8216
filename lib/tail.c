/* SPDX-License-Identifier: MIT */
/*
 * tail.c -- see tail.h.
 */
#include <weir/tail.h>

WEIR_ILP32(weir_tail, 72);

static struct weir_queue_shape shape_of(const struct weir_place *place, uint32_t slots, uint32_t count)
{
	return (struct weir_queue_shape){ .item_bytes = place->in->size,
		.slots = slots,
		.mark_slots = weir_queue_mark_slots(count),
		.instants = place->event_clock };
}

int64_t weir_tail_size(const struct weir_place *place, uint32_t slots, uint32_t count)
{
	struct weir_queue_shape shape = shape_of(place, slots, count);
	int64_t queue = weir_queue_size(&shape);

	return queue < 0 ? queue : (int64_t)WEIR_SIZEOF(place, weir_tail) + queue;
}

void weir_tail_init(struct weir_ctx *c, const struct weir_place *place, uint32_t slots, uint32_t count)
{
	struct weir_queue_shape shape = shape_of(place, slots, count);
	struct weir_tail *t = c->state;

	weir_queue_init(&t->queue, t + 1, &shape);
}

uint32_t weir_tail_waiting(const struct weir_tail *t)
{
	return t->queue.count - t->queue.lent;
}

void weir_tail_drop(struct weir_ctx *c, struct weir_tail *t, uint32_t n)
{
	weir_queue_drop_oldest(&t->queue, n);
	weir_hold(c, 0, -(int64_t)n);
	weir_drop(c, WEIR_DROP_FILTERED, n);
}

void weir_tail_take(struct weir_ctx *c, struct weir_tail *t, uint32_t skip, uint32_t n)
{
	weir_queue_put(&t->queue, weir_input(c, 0), skip, n, 0);
	weir_take(c, 0, skip + n);
	weir_hold(c, 0, n);
	if (skip > 0)
		weir_drop(c, WEIR_DROP_FILTERED, skip);
}

void weir_tail_take_marks(struct weir_ctx *c, struct weir_tail *t)
{
	struct weir_mark mark;

	while (!t->ending && weir_next_mark(c, 0, &mark)) {
		if (mark.kind < WEIR_MARK_COMPLETE) {
			weir_queue_put_mark(&t->queue, &mark);
			continue;
		}
		t->end = mark;
		t->ending = true;
		t->finishing = mark.kind == WEIR_MARK_COMPLETE && mark.value == 0;
	}
}

static void send_marks(struct weir_ctx *c, struct weir_tail *t)
{
	struct weir_mark mark;

	while (weir_queue_next_mark(&t->queue, &mark))
		weir_send_mark(c, 0, &mark);
}

bool weir_tail_send(struct weir_ctx *c, struct weir_tail *t, uint32_t kept)
{
	if (!weir_lent(c))
		weir_queue_return(&t->queue);
	for (send_marks(c, t); weir_tail_waiting(t) > kept; send_marks(c, t)) {
		uint32_t room = weir_room(c, 0), n = weir_tail_waiting(t) - kept;
		struct weir_span front;

		if (room == 0)
			return false;
		front = weir_queue_front(&t->queue, n < room ? n : room);
		weir_hold(c, 0, -(int64_t)front.count);
		weir_queue_lend(&t->queue, front.count);
		weir_lend(c, 0, &front);
	}
	return true;
}
