/* SPDX-License-Identifier: MIT */
/*
 * mpsc.h -- a bounded inbox: many producers, one receiver; threads hand items to a loop.
 *
 *	weir_mpsc_init(&inbox, memory, sizeof(struct job), 64, 8);	64 items for each of 8 producers
 *	p = weir_mpsc_register(&inbox);					one for each thread, before it starts
 *	weir_input_feed(instance, stage, weir_mpsc_feed(&inbox));
 *	weir_mpsc_seal(&inbox);						that was the last of them
 *
 *	in a thread
 *	switch (weir_mpsc_try_send(p, &job)) {
 *	case WEIR_OK:		break;				taken
 *	case WEIR_MPSC_WAKE:	weir_libevent_wake(loop); break;	taken; the receiver sleeps
 *	case WEIR_EFULL:	...				not taken: it is still ours
 *	case WEIR_ENDED:	...				not taken: nobody receives any more
 *	}
 *
 * Each producer has a ring of its own: its items keep their order, and no other one's pace or death keeps it
 * out. The receiver takes from them in turn. See channel.h.
 */
#ifndef WEIR_MPSC_H
#define WEIR_MPSC_H

#include <weir/ring.h>

#ifdef __cplusplus
extern "C" {
#endif

struct weir_mpsc;

#define WEIR_MPSC_WAKE 1 /* sent, and the receiver is to be woken */

/* A producer's place. Private. */
struct weir_producer {
	struct weir_ring ring;
	struct weir_mpsc *mpsc;
	struct weir_lag lag;
	bool taken; /* the receiver's: registered, and not yet seen to have closed */
};

/* Private. */
struct weir_mpsc {
	struct weir_feed feed;
	struct weir_producer *producers;
	uint16_t n_producers, next; /* next: whose turn it is */
	uint16_t live;
	bool sealed, cancelled;
	uint32_t sleeps; /* the receiver's */
	uint32_t woken;  /* the producers': all write the same, so it matters little who is last */
};

/*
 * Bytes weir_mpsc_init needs for `capacity` items of each of `producers` (at least 1), a multiple of 8.
 * Errors as weir_ring_size.
 */
int64_t weir_mpsc_size(uint32_t item_bytes, uint32_t capacity, uint16_t producers);

/*
 * Make an empty inbox in memory (8-aligned, the caller's, outlives the inbox). Returns 0 or as
 * weir_mpsc_size.
 */
int weir_mpsc_init(
	struct weir_mpsc *m, void *memory, uint32_t item_bytes, uint32_t capacity, uint16_t producers);

/* ---- the receiver's calls ---- */

/*
 * Take a producer's place and return it, to be handed to one thread or interrupt. NULL when all are taken, or
 * after weir_mpsc_seal or weir_mpsc_cancel. A place is free again when its producer has closed and the
 * receiver has taken everything from it.
 */
struct weir_producer *weir_mpsc_register(struct weir_mpsc *m);

/*
 * Say that no more producers will be registered: the inbox ends when those there are have closed. Idempotent.
 * If they have, a pipeline that it feeds learns of it by weir_wake_stage.
 */
void weir_mpsc_seal(struct weir_mpsc *m);

/*
 * Copy up to n items out and return how many, from each producer in turn; 0 when there are none. WEIR_ENDED
 * when there are none and either the inbox is sealed and all producers have closed, or it was cancelled.
 */
int32_t weir_mpsc_receive(struct weir_mpsc *m, void *to, uint32_t n);

/* Go to sleep: true; false when there is something to receive, or the end, after all. */
bool weir_mpsc_sleep(struct weir_mpsc *m);

/*
 * Want nothing any more: producers are refused. Idempotent. What they had sent, also by a send under way, can
 * still be received: all of it once each producer has seen WEIR_ENDED.
 */
void weir_mpsc_cancel(struct weir_mpsc *m);

/* Items inside: see weir_ring_count. Any context. */
uint32_t weir_mpsc_count(const struct weir_mpsc *m);
/* Items lost for good, as the producers told. Any context. */
uint32_t weir_mpsc_lost(const struct weir_mpsc *m);

/*
 * The inbox as a feed: see weir_input_feed. Nobody else calls for the receiver from then on but to register
 * and to seal, on the loop thread. Items that producers counted as lost become marks (lagged).
 */
struct weir_feed *weir_mpsc_feed(struct weir_mpsc *m);

/* ---- a producer's calls ---- */

/*
 * Copy an item in. WEIR_OK, or WEIR_MPSC_WAKE when the receiver sleeps and this caller is to wake it: one is
 * told so for each sleep (several, when they send at the very same moment). Not taken: WEIR_EFULL,
 * WEIR_ENDED.
 */
int weir_mpsc_try_send(struct weir_producer *p, const void *item);

/* Say where up to n items may be written: as weir_ring_reserve. */
int32_t weir_mpsc_reserve(struct weir_producer *p, void **at, uint32_t n);

/*
 * Send the first n items of the piece reserved last: WEIR_OK or WEIR_MPSC_WAKE; WEIR_EINVAL when it held
 * fewer.
 */
int weir_mpsc_commit(struct weir_producer *p, uint32_t n);

/* Count n items as lost: as weir_ring_lose. */
void weir_mpsc_lose(struct weir_producer *p, uint32_t n);

/* Send no more, and give the place back: the last call for it. Wake the receiver. */
void weir_mpsc_close(struct weir_producer *p);

#ifdef __cplusplus
}
#endif
#endif
