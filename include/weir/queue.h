/* SPDX-License-Identifier: MIT */
/*
 * queue.h -- a bounded ring of items and marks in memory of the stage's own, lent onward without a copy.
 *
 *	oldest                                newest
 *	[ lent ... ][ waiting ............... ]          marks keep their place between the items
 *
 * Items are copied in, lent to the consumer from the front, and given back when the consumer is done with
 * them. What is lent is never moved or overwritten. Marks are never dropped with items: they move up to the
 * item before, and merge when their places fill up. Freestanding; any context that owns the queue.
 */
#ifndef WEIR_QUEUE_H
#define WEIR_QUEUE_H

#include <weir/op.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Most items a queue can hold. */
#define WEIR_QUEUE_MOST (1u << 24)

/* What a queue is to hold. */
struct weir_queue_shape {
	uint32_t item_bytes;
	uint32_t slots;     /* items at most, lent ones included; >= 1 */
	uint8_t mark_slots; /* places for marks at most; 0: none are kept */
	bool instants;      /* keep one instant per item */
	bool origins;       /* keep the input port of each item */
};

/* At most one mark of each kind at one place. Private. */
struct weir_queue_mark {
	uint32_t at; /* items in the queue before it */
	uint16_t barrier_source;
	uint8_t kinds; /* bit per enum weir_mark_kind */
	int64_t watermark;
	uint64_t barrier, lagged;
};

/* Read-only for users. */
struct weir_queue {
	struct weir_queue_shape shape;
	unsigned char *items;
	int64_t *instants; /* NULL without instants */
	uint8_t *origins;  /* NULL without origins */
	struct weir_queue_mark *marks;
	uint32_t first, count; /* ring position of the oldest item; items held, lent ones included */
	uint32_t lent;         /* of them, from the oldest, lent */
	uint8_t first_mark, n_marks;
};

/* Places for marks that a queue of so many items gets: one per item and one behind, at most 16. */
uint8_t weir_queue_mark_slots(uint32_t slots);
/* Bytes weir_queue_init needs, a multiple of 8; WEIR_EINVAL without a slot, WEIR_ERANGE when this machine cannot address
 * them. */
int64_t weir_queue_size(const struct weir_queue_shape *shape);
/* Make an empty queue in memory (8-aligned, the caller's, outlives the queue). */
void weir_queue_init(struct weir_queue *q, void *memory, const struct weir_queue_shape *shape);

/* Copy items from .. from + n - 1 of a span in behind the newest. n <= slots - count. */
void weir_queue_put(
	struct weir_queue *q, const struct weir_span *span, uint32_t from, uint32_t n, uint8_t origin);
/* Room for up to `most` items behind the newest, in one piece, to be filled; count 0: full. */
struct weir_span weir_queue_reserve(struct weir_queue *q, uint32_t most);
/* Count the first n places of the room reserved last as items. */
void weir_queue_commit(struct weir_queue *q, uint32_t n);
/* The oldest items that are not lent, in one piece, up to the next mark and at most `most`; count 0: none. */
struct weir_span weir_queue_front(const struct weir_queue *q, uint32_t most);
/* Count the first n of weir_queue_front as lent. */
void weir_queue_lend(struct weir_queue *q, uint32_t n);
/* Take everything back, which was lent, and lend the first n places of the memory (at `items`). 1 <= n <= slots. */
static inline void weir_queue_lend_places(struct weir_queue *q, uint32_t n)
{
	q->first = 0;
	q->count = q->lent = n;
}
/* Take everything lent back: its slots are free. */
void weir_queue_return(struct weir_queue *q);
/* Forget the n oldest items that are not lent. n <= count - lent. */
void weir_queue_drop_oldest(struct weir_queue *q, uint32_t n);
/* Input port of the i-th item from the oldest; 0 without origins. */
uint8_t weir_queue_origin(const struct weir_queue *q, uint32_t i);

/*
 * Put a mark behind the newest item. It merges with one already there, but for a barrier of another source, and
 * with the newest of all when every place is taken: watermark and barrier keep the newest, lagged adds. Terminal marks are not for queues.
 */
void weir_queue_put_mark(struct weir_queue *q, const struct weir_mark *mark);
/* Take the next mark with no item before it that is not lent; false: none. */
bool weir_queue_next_mark(struct weir_queue *q, struct weir_mark *mark);

#ifdef __cplusplus
}
#endif
#endif
