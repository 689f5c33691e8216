/* SPDX-License-Identifier: MIT */
/*
 * bench.h -- any operator or connector between publishers and subscribers of the test's own.
 *
 * What stands around a component follows from its type alone: sources get a subscriber, sinks a publisher,
 * operators both, combiners two publishers, a tee two subscribers, a codec bytes on one side; ports are pushed
 * and pulled by the bench. Parameters are the examples of its parameter table. So a new line in operators.def
 * or connectors.def has its bench at once.
 *
 *	bench_open(b);		laid out and started; nobody has subscribed
 *	bench_join(b);		publishers, then subscribers
 *	bench_play(b);		everything that can happen does, time passes, to the end
 *	bench_close(b);		ledger, timers, descriptors, files: as they must be left
 *
 * The peers check every call against the rules (support/peers.h).
 */
#ifndef WEIR_TEST_RULES_BENCH_H
#define WEIR_TEST_RULES_BENCH_H

#include <weir/hand.h>
#include <weir/load.h>

#include "support/peers.h"

#define BENCH_PEERS 2u
#define BENCH_ITEMS 48u /* a publisher's script, unless the test says otherwise */

struct bench {
	/* set before bench_open */
	const struct weir_op_type *type;
	bool connector; /* from connectors.def */
	uint8_t clock;  /* enum weir_clock */
	bool by_hand;   /* only bench_drive does anything */
	bool missing;   /* its files do not exist */
	uint32_t times; /* how often the script is played; 0: once */
	bool empty;     /* the script holds nothing */
	/* read-only */
	struct weir_definition *definition;
	struct weir_instance *in;
	int started; /* what weir_start said */
	struct weir_hand hand;
	uint32_t n_feeders, n_watchers;
	struct feeder feeders[BENCH_PEERS];
	struct watcher watchers[BENCH_PEERS];
	uint16_t from[BENCH_PEERS], to[BENCH_PEERS]; /* stages of the ends */
	uint16_t op;     /* of the component; of a codec, the end it stands beside */
	uint64_t pulled; /* records taken from an output port */
	uint32_t pushed;
	/* private */
	bool push_ended, drained, joined;
	uint32_t joins;
	int fds, saved_in, saved_out;
	size_t size;
	unsigned char *memory;
	const unsigned char *items; /* of the script */
	uint32_t n_items, item_bytes;
};

/* ---- what kind of component it is: all of it follows from the type ---- */

bool is_source(const struct weir_op_type *t);
bool is_sink(const struct weir_op_type *t);
bool is_hot(const struct weir_op_type *t);       /* never ends by itself */
bool is_input(const struct weir_op_type *t);     /* port that is pushed */
bool is_output(const struct weir_op_type *t);    /* port that is pulled */
bool is_combiner(const struct weir_op_type *t);  /* several inputs of equal standing */
bool is_inbox(const struct weir_op_type *t);     /* fed from beside: does not fail with who feeds it */
bool has_path(const struct weir_op_type *t);     /* opens files */
bool is_line(const struct weir_op_type *t);      /* connects to somebody: a serial line or a socket */
bool is_datagrams(const struct weir_op_type *t); /* hears datagrams */
/*
 * Whether what comes out depends on the items alone, not on when they were asked for: one input, no stream started
 * for an item, no tick, and time that is either the items' own or never looked at.
 */
bool is_exact(const struct bench *b);

/* ---- the bench ---- */

/* The same component and clock, as new. */
void bench_reset(struct bench *b);
void bench_open(struct bench *b);
void bench_join(struct bench *b);
/* The halves of bench_join. */
void bench_join_feeders(struct bench *b);
void bench_join_watchers(struct bench *b);
/* Let every peer and port do what it can, once. Returns whether anything moved. No time passes. */
bool bench_pump(struct bench *b);
/* Pump and let time pass, until nothing more happens or all has ended. Hot sources are drained after a while. */
void bench_play(struct bench *b);
/* Let time pass up to the next deadline, or a datagram come. Returns false where there is nothing to wait for. */
bool bench_tick(struct bench *b);
/* Pump until nothing moves; what has timers is given a few of its deadlines. */
void bench_settle(struct bench *b);
/* Run what can run now (by_hand). */
void bench_drive(struct bench *b);
void bench_close(struct bench *b);

/* What every watcher asks for in on_subscribe and in on_next; what is called in each of its signals. */
void bench_asks(struct bench *b, uint32_t first, uint32_t each);
void bench_at(struct bench *b, void (*at)(struct watcher *w, enum moment m));
/* What every feeder does behind its last item. */
void bench_ends(struct bench *b, enum feeder_end end);
/* Every watcher asks for n; cancels. */
void bench_request(struct bench *b, uint32_t n);
void bench_cancel(struct bench *b);
/* Every watcher has seen its end; each how. */
bool bench_all_ended(const struct bench *b);
void bench_expect_complete(const struct bench *b);
void bench_expect_error(const struct bench *b, int code);
/* Items that all watchers have. */
uint64_t bench_items(const struct bench *b);
/* Sum of all watchers' signals. */
uint32_t bench_signals(const struct bench *b);
/* Items dropped on all edges by a reason; counted into all edges. */
uint64_t bench_dropped(const struct bench *b, enum weir_drop reason);
uint64_t bench_moved(const struct bench *b);

/* Fail unless the books balance; unless what the peers sent is on them. The bench does so by itself. */
void bench_check_books(const struct bench *b);
void bench_check_sent(const struct bench *b);

/* ---- what a subscriber that asks without bound gets ---- */

struct reference {
	uint64_t n_items[BENCH_PEERS];
	uint32_t n_bytes[BENCH_PEERS];
	unsigned char *bytes[BENCH_PEERS];
};

/* Play the same component once, with a bench of its own. */
void reference_take(struct reference *r, const struct bench *like);
void reference_drop(struct reference *r);
/* Every watcher has exactly the first `most` items of it, or all there are. */
void reference_expect(const struct reference *r, const struct bench *b, uint64_t most);

#endif
