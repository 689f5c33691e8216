/* SPDX-License-Identifier: MIT */
/*
 * channel.h -- what all channels share. A channel hands items from one context to another: from an interrupt
 * to the loop, from threads to the loop, and from loops to threads.
 *
 *	ring.h		one sender, one receiver: an interrupt and the loop
 *	mpsc.h		many senders, one receiver: an inbox for threads
 *	broadcast.h	one sender, many receivers, every item
 *	watch.h		one sender, many receivers, the latest value
 *	oneshot.h	one sender, one receiver, one value
 *
 * All of them are bounded, lie in memory of the caller's, allocate nothing, and take no lock: plain loads,
 * stores and fences, so they work where a processor has nothing else. No call waits for the other side,
 * wherever that was interrupted; only a reader of broadcast or watch that is overtaken while it copies copies
 * once more. Each call belongs to one side; the two sides run at the same time, a side never does beside
 * itself: an interrupt that may be interrupted by another one of its side is two senders.
 *
 * A full channel takes nothing, says so (WEIR_EFULL, or a smaller count) and leaves the item to the sender.
 *
 * Sleeping: a receiver that found nothing calls ..._sleep(), and sleeps only when that is true. A sender is
 * told when it has to wake the receiver, at most once for each such call (and then also when the receiver saw
 * the item itself at the last moment); how that is done is the loop's affair (weir_libevent_wake,
 * weir_sim_wake, an interrupt by itself). After a close the sender wakes in any case.
 *
 * Counts are modulo 2^32: a side that looks at a channel less often than every 2^31 items may take an old
 * position for a new one.
 */
#ifndef WEIR_CHANNEL_H
#define WEIR_CHANNEL_H

#include <weir/error.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Most items a channel can hold. Capacities are powers of two: counting wraps, and nothing divides. */
#define WEIR_CHANNEL_MOST (UINT32_C(1) << 30)

/* ---- the way into a pipeline ---- */

#define WEIR_FEED_ABI 1u

struct weir_feed;

/*
 * What the input port of a pipeline asks of a channel (weir_input_feed). Const, static life; no member is
 * NULL. All calls: the receiver's side, on the loop thread of the pipeline.
 */
struct weir_feed_type {
	uint16_t abi; /* WEIR_FEED_ABI */
	const char *name;
	/*
	 * Copy up to n items to `to`; return how many, 0 when there are none now, WEIR_ENDED once the channel
	 * has ended and is empty (also for n 0), or the error it ended with. *lagged (0 on entry) is the
	 * number of items that were lost before the first one copied; it counts whatever is returned.
	 */
	int32_t (*take)(struct weir_feed *feed, void *to, uint32_t n, uint32_t *lagged);
	/*
	 * Say that the receiver goes to sleep: true; false when there is something to take, or the end, after
	 * all.
	 */
	bool (*sleep)(struct weir_feed *feed);
	/* Want nothing newer than what is there now: take gives that, then WEIR_ENDED. */
	void (*stop)(struct weir_feed *feed);
	/*
	 * Want nothing any more: senders are refused (WEIR_ENDED), or go on without this receiver.
	 * Idempotent.
	 */
	void (*leave)(struct weir_feed *feed);
};

/* The receiver's end of a channel as a pipeline sees it. Read-only; lies in the channel. */
struct weir_feed {
	const struct weir_feed_type *type;
	uint32_t item_bytes; /* the size of the port's record */
};

/* ---- parts of channels, private ---- */

/* How much of a sender's losses the receiver has told. */
struct weir_lag {
	uint32_t told, due;
	uint32_t after; /* position that the losses due lie before or at */
};

/* Items that readers copy while the writer may already be writing over them; they can tell. */
struct weir_slots {
	uintptr_t *words;
	uint32_t item_bytes, item_words, mask;
	uint32_t claimed, written; /* items begun; items finished */
};

#ifdef __cplusplus
}
#endif
#endif
