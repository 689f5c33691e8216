/* SPDX-License-Identifier: MIT */
/*
 * ring.h -- a bounded ring between one producer and one consumer: an interrupt and the loop, or two threads.
 *
 *	static struct weir_ring ring;
 *	static uint64_t memory[16 * sizeof(struct sample) / 8];
 *	weir_ring_init(&ring, memory, sizeof(struct sample), 16);
 *
 *	in the interrupt			in the loop
 *	if (weir_ring_push(&ring, &s, 1) == 0)	while (weir_ring_pop(&ring, &s, 1) == 1)
 *		weir_ring_lose(&ring, 1);		use(&s);
 *
 * Every position of the ring is usable. Items are copied in and out, or written and read in place (reserve
 * and commit, peek and release); what is reserved and not committed, or peeked and not released, changes
 * nothing. Each field has one writer. Memory: weir_ring_size() and the struct. See channel.h.
 */
#ifndef WEIR_RING_H
#define WEIR_RING_H

#include <weir/channel.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Private. */
struct weir_ring {
	unsigned char *items;
	uint32_t item_bytes, mask;
	/* the producer's */
	uint32_t head; /* items put in */
	uint32_t closed, refused, lost, woken;
	/* the consumer's */
	uint32_t tail; /* items taken out */
	uint32_t cancelled, sleeps;
};

/*
 * Bytes weir_ring_init needs for `capacity` items, a multiple of 8. WEIR_EINVAL unless the capacity is a
 * power of two up to WEIR_CHANNEL_MOST and item_bytes is not 0; WEIR_ERANGE when this machine cannot address
 * them.
 */
int64_t weir_ring_size(uint32_t item_bytes, uint32_t capacity);

/*
 * Make an empty ring in memory (8-aligned, the caller's, outlives the ring). Returns 0 or as weir_ring_size.
 */
int weir_ring_init(struct weir_ring *r, void *memory, uint32_t item_bytes, uint32_t capacity);

/* ---- the producer's calls ---- */

/*
 * Copy up to n items in and return how many; the others stay the caller's and are counted as refused.
 * WEIR_ENDED after either side has closed.
 */
int32_t weir_ring_push(struct weir_ring *r, const void *items, uint32_t n);

/*
 * Copy all n items in and return n, or none: WEIR_EFULL (n refused), WEIR_ENDED, WEIR_EINVAL for n >
 * capacity.
 */
int32_t weir_ring_push_all(struct weir_ring *r, const void *items, uint32_t n);

/*
 * Say where up to n items may be written, in one piece, and return how many; 0 when full. The end of the
 * memory cuts a piece short. WEIR_ENDED after either side has closed; *at is then left alone.
 */
int32_t weir_ring_reserve(struct weir_ring *r, void **at, uint32_t n);

/* Put in the first n items of the piece reserved last. Returns 0, or WEIR_EINVAL when it held fewer. */
int weir_ring_commit(struct weir_ring *r, uint32_t n);

/* Whether the consumer sleeps and is to be woken; true at most once for each sleep. After push and commit. */
bool weir_ring_wake(struct weir_ring *r);

/* Count n items as lost: refused, and not to be offered again. A pipeline gets them as a mark (lagged). */
void weir_ring_lose(struct weir_ring *r, uint32_t n);

/* Put nothing in any more: the consumer takes what is there, then learns of the end. Idempotent. Wake it. */
void weir_ring_close(struct weir_ring *r);

/* ---- the consumer's calls ---- */

/*
 * Copy up to n items out and return how many; 0 when empty; WEIR_ENDED when empty after either side closed.
 */
int32_t weir_ring_pop(struct weir_ring *r, void *to, uint32_t n);

/* Say where the oldest items lie, up to n in one piece; returns as weir_ring_pop. They are the consumer's,
 * also to write to, until released. */
int32_t weir_ring_peek(struct weir_ring *r, void **at, uint32_t n);

/* Take out the n oldest items. Returns 0, or WEIR_EINVAL when there are fewer. */
int weir_ring_release(struct weir_ring *r, uint32_t n);

/* Go to sleep: true; false when there is something to pop, or the end, after all. */
bool weir_ring_sleep(struct weir_ring *r);

/*
 * Want nothing any more: the producer is refused. Idempotent. A push under way may still put its items in;
 * they can be popped, and weir_ring_count tells of them.
 */
void weir_ring_cancel(struct weir_ring *r);

/* ---- any context ---- */

/* Items inside; for a third context, and for the side that is not at rest, as they were a moment ago. */
uint32_t weir_ring_count(const struct weir_ring *r);
/* Items that did not find room, those offered again counted each time. */
uint32_t weir_ring_refused(const struct weir_ring *r);
/* Items lost for good, as the producer told. */
uint32_t weir_ring_lost(const struct weir_ring *r);

/* ---- into a pipeline ---- */

/* The consumer's end as a feed: see weir_input_feed. Private but for `feed`. */
struct weir_ring_feed {
	struct weir_feed feed;
	struct weir_ring *ring;
	struct weir_lag lag;
};

/*
 * Make a feed of the ring's consumer end; nobody else calls for that end from then on. Both outlive the
 * pipeline's instance. Items that the producer counted as lost become a mark (lagged) behind the items that
 * were in the ring then.
 */
struct weir_feed *weir_ring_feed_init(struct weir_ring_feed *f, struct weir_ring *r);

#ifdef __cplusplus
}
#endif
#endif
