/* SPDX-License-Identifier: MIT */
/*
 * watch.h -- the latest value: one writer, any number of readers. For settings, states, set points.
 *
 *	set		1 2   3 4 5
 *	peek		    2       5  5
 *	watcher		1       3   5
 *
 * A watcher gets each value at most once, the latest there is when it looks; a new one gets the present value
 * first. What was replaced before a watcher looked is skipped, which is what it is for, and counted. Peeking
 * needs no place and consumes nothing. Neither side waits for the other: the writer has two slots in turn, a
 * reader that was overtaken twice reads again. See channel.h.
 */
#ifndef WEIR_WATCH_H
#define WEIR_WATCH_H

#include <weir/channel.h>

#ifdef __cplusplus
extern "C" {
#endif

struct weir_watched;

/* A watcher's place. Private. */
struct weir_watcher {
	struct weir_feed feed;
	const struct weir_watched *from;
	/* the writer's */
	uint32_t woken;
	bool taken; /* whether it was ever handed out */
	/* the watcher's */
	bool stopping;
	uint32_t seen;  /* values set before the one it looks for */
	uint32_t until; /* stopping: values set by then */
	uint32_t left, sleeps, skipped;
};

/* A value that is watched. Private. The writer's, but for what the watchers read. */
struct weir_watched {
	struct weir_slots slots;
	struct weir_watcher *watchers;
	uint32_t closed, any; /* any: whether a value was ever set */
	uint16_t n_watchers;
};

/*
 * Bytes weir_watched_init needs for a value of value_bytes and `watchers` places (0: it is only peeked at), a
 * multiple of 8. WEIR_EINVAL for a value of no bytes.
 */
int64_t weir_watched_size(uint32_t value_bytes, uint16_t watchers);

/*
 * Make one without a value in memory (8-aligned, the caller's, outlives it). Returns 0 or as
 * weir_watched_size.
 */
int weir_watched_init(struct weir_watched *w, void *memory, uint32_t value_bytes, uint16_t watchers);

/* ---- the writer's calls ---- */

/*
 * Take a watcher's place and return it, to be handed to one context. NULL when all are taken. A place is free
 * again when its watcher has left.
 */
struct weir_watcher *weir_watched_watch(struct weir_watched *w);

/* Set the value. 0, or WEIR_ENDED after weir_watched_close. */
int weir_watched_set(struct weir_watched *w, const void *value);

/* Return a watcher that sleeps and is to be woken; NULL: none (left). After a set, until NULL. */
struct weir_watcher *weir_watched_wake(struct weir_watched *w);

/* Set no more: watchers take the last value, then learn of the end. Idempotent. Wake them all. */
void weir_watched_close(struct weir_watched *w);

/* ---- any context ---- */

/*
 * Copy the value out and consume nothing. 1, or 0 when there is none yet. After a close it is still the last.
 */
int weir_watched_peek(const struct weir_watched *w, void *to);

/* ---- a watcher's calls ---- */

/*
 * Copy the value out if this watcher has not had it: 1. 0 when there is nothing new; WEIR_ENDED when there is
 * nothing new after a close or after weir_watcher_stop.
 */
int weir_watcher_take(struct weir_watcher *r, void *to);

/* Values in all that were replaced before it looked. */
uint32_t weir_watcher_skipped(const struct weir_watcher *r);

/* Go to sleep: true; false when there is something to take, or the end, after all. */
bool weir_watcher_sleep(struct weir_watcher *r);

/* Want at most one value more: the one there is now, if it has not had that. Idempotent. */
void weir_watcher_stop(struct weir_watcher *r);

/* Want nothing any more, and give the place back: the last call for it. */
void weir_watcher_leave(struct weir_watcher *r);

/*
 * The watcher as a feed: see weir_input_feed. Nobody else calls for it from then on. What it skips makes no
 * mark.
 */
struct weir_feed *weir_watcher_feed(struct weir_watcher *r);

#ifdef __cplusplus
}
#endif
#endif
