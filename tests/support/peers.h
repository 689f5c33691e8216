/* SPDX-License-Identifier: MIT */
/*
 * peers.h -- a publisher and a subscriber of the test's own, which hold weir to the rules while they run.
 *
 * A feeder sends the items of a script on credit, inside request or when the test pumps it, and ends as it is
 * told; a watcher asks for what it is told to and writes everything down. Each call weir makes is checked on
 * the spot against the rules of docs/SPEC.md, so a test fails where a rule is broken. `at` is called in every
 * callback, after the checks: what a test does from inside goes there.
 */
#ifndef WEIR_TEST_PEERS_H
#define WEIR_TEST_PEERS_H

#include <weir/reactive.h>

#define WATCHER_BYTES (1u << 18)

/* Where a peer is called. */
enum moment { AT_SUBSCRIBE, AT_NEXT, AT_ERROR, AT_COMPLETE, AT_RELEASED, AT_REQUEST, AT_CANCEL, MOMENTS };
const char *moment_name(enum moment m);

/* ---- a subscriber ---- */

struct watcher {
	struct weir_subscriber subscriber;
	struct weir_subscription up;
	/* set before it subscribes */
	uint32_t item_bytes;
	uint32_t first, each; /* asked for in on_subscribe, in every on_next; 0: nothing */
	void (*at)(struct watcher *w, enum moment m);
	void *arg;
	int greeting, answer; /* of on_subscribe and on_next: below 0 it is a broken one */
	bool outside;         /* somebody else may cancel for it */
	/* seen */
	unsigned char bytes[WATCHER_BYTES]; /* the items, as many as there is room for */
	uint64_t n_items, asked;
	uint32_t calls[MOMENTS];
	int code; /* of on_error */
	const char *text;
	bool unbounded, ended, cancelled, released;
	bool refused;   /* its first request was answered as that of one who has no subscription */
	uint32_t depth; /* callbacks on the stack */
	uintptr_t stack_low, stack_high; /* where on_next's frame lay */
};

void watcher_init(struct watcher *w, uint32_t item_bytes);
/* request and cancel by hand; a request inside a callback must not signal (3.3, 3.4). */
int watcher_request(struct watcher *w, uint32_t n);
void watcher_cancel(struct watcher *w);
/* Signals seen so far. */
uint32_t watcher_signals(const struct watcher *w);

/* ---- a publisher ---- */

enum feeder_end { FEEDER_COMPLETES, FEEDER_FAILS, FEEDER_STAYS };

struct feeder {
	struct weir_publisher publisher;
	struct weir_subscriber *to; /* NULL: nobody has subscribed */
	/* set before it is subscribed to */
	const unsigned char *items;
	uint32_t item_bytes, n_items;
	uint32_t n_distinct; /* items there are, sent over and over */
	bool at_once;        /* sends inside request (3.10), else in feeder_pump */
	uint8_t end;         /* enum feeder_end: after the last item */
	int code;            /* it fails with */
	const char *text;
	void (*at)(struct feeder *f, enum moment m);
	void *arg;
	/* seen */
	uint64_t asked;
	uint32_t sent, accepted, calls[MOMENTS], number;
	uint64_t counted; /* items that weir has on its books: taken, or refused as too many or too late */
	bool unbounded, cancelled, ended;
	bool sending, ending; /* a call of the subscriber's is under way; it is the terminal one */
	uint32_t depth;
};

void feeder_init(struct feeder *f, const void *items, uint32_t item_bytes, uint32_t n_items);
/* As new, for a subscription of its own; its settings and the calls it has seen stay. */
void feeder_renew(struct feeder *f);
/* Items asked for and not sent. */
uint64_t feeder_credit(const struct feeder *f);
/* Send what was asked for, and the end behind the last item. Returns whether anything was sent. */
bool feeder_pump(struct feeder *f);
/* Send the next item (the first one again, when there is no next), asked for or not. What on_next said. */
int feeder_send(struct feeder *f);
/* The end, now. What the subscriber said. */
int feeder_complete(struct feeder *f);
int feeder_fail(struct feeder *f, int code, const char *text);

#endif
