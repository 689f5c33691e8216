/* SPDX-License-Identifier: MIT */
/*
 * broadcast.h -- one producer, a fixed number of listeners, each of which gets every item: or the exact
 * number of those it was too slow for.
 *
 *	send		1 2 3 4 5 6 7 8
 *	in time		1 2 3 4 5 6 7 8
 *	too slow	1 2 - - 5 6 7 8		capacity 4: lagged(2) before 5
 *
 * The last `capacity` items are kept. The producer overwrites the oldest, unless a listener in lock step
 * has yet to take it: then the send is refused (WEIR_EFULL) and nobody gets the item. A listener copies an
 * item first and finds out then whether it was being overwritten meanwhile: it never hands out half of one
 * and half of another. See channel.h.
 */
#ifndef WEIR_BROADCAST_H
#define WEIR_BROADCAST_H

#include <weir/channel.h>

#ifdef __cplusplus
extern "C" {
#endif

struct weir_broadcast;

/* How a listener that falls behind is treated. */
enum weir_pace {
	WEIR_PACE_LAGGED,    /* loses the oldest items, and is told how many */
	WEIR_PACE_LOCK_STEP, /* loses none: holds the producer back */
};

/* A listener's place. Private. */
struct weir_listener {
	struct weir_feed feed;
	struct weir_broadcast *from;
	/* the producer's */
	uint32_t woken;
	uint8_t pace, taken; /* enum weir_pace; whether it was ever handed out */
	/* the listener's */
	bool stopping;
	uint32_t next;  /* position of the item it takes next */
	uint32_t until; /* stopping: where it ends */
	uint32_t left, sleeps, lagged;
};

/* Private. The producer's, but for what the listeners read. */
struct weir_broadcast {
	struct weir_slots slots;
	struct weir_listener *listeners;
	uint32_t closed;
	uint16_t n_listeners;
};

/*
 * Bytes weir_broadcast_init needs for `capacity` items and `listeners` (at least 1), a multiple of 8.
 * Errors as weir_ring_size.
 */
int64_t weir_broadcast_size(uint32_t item_bytes, uint32_t capacity, uint16_t listeners);

/* Make an empty one in memory (8-aligned, the caller's, outlives it). Returns 0 or as weir_broadcast_size. */
int weir_broadcast_init(
	struct weir_broadcast *b, void *memory, uint32_t item_bytes, uint32_t capacity, uint16_t listeners);

/* ---- the producer's calls ---- */

/*
 * Take a listener's place and return it, to be handed to one context: it gets what is sent from now on.
 * NULL when all are taken. A place is free again when its listener has left.
 */
struct weir_listener *weir_broadcast_listen(struct weir_broadcast *b, enum weir_pace pace);

/*
 * Send an item. 0; WEIR_EFULL while a listener in lock step has yet to take the oldest item, WEIR_ENDED
 * after weir_broadcast_close: not sent.
 */
int weir_broadcast_send(struct weir_broadcast *b, const void *item);

/*
 * Return a listener that sleeps and is to be woken, NULL when there is none (left). Each is returned once
 * for each of its sleeps. After a send, until NULL.
 */
struct weir_listener *weir_broadcast_wake(struct weir_broadcast *b);

/* Send no more: listeners take what is kept, then learn of the end. Idempotent. Wake them all. */
void weir_broadcast_close(struct weir_broadcast *b);

/* ---- a listener's calls ---- */

/*
 * Copy up to n items out, the oldest kept first, and return how many; 0 when there are none, WEIR_ENDED when
 * there are none after a close, or after weir_listener_stop. *lagged is set to the number of items that
 * were lost before the first of them; it counts also when none is returned.
 */
int32_t weir_listener_take(struct weir_listener *s, void *to, uint32_t n, uint32_t *lagged);

/* Items lost in all. */
uint32_t weir_listener_lagged(const struct weir_listener *s);

/* Go to sleep: true; false when there is something to take, or the end, after all. */
bool weir_listener_sleep(struct weir_listener *s);

/* Want nothing newer than what is there now. Idempotent. */
void weir_listener_stop(struct weir_listener *s);

/* Want nothing any more, and give the place back: the last call for it. It holds nobody back from now on. */
void weir_listener_leave(struct weir_listener *s);

/* The listener as a feed: see weir_input_feed. Nobody else calls for it from then on. */
struct weir_feed *weir_listener_feed(struct weir_listener *s);

#ifdef __cplusplus
}
#endif
#endif
