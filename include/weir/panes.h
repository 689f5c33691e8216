/* SPDX-License-Identifier: MIT */
/*
 * panes.h -- what windows hold: for each key and each open window one pane, an accumulator.
 *
 *	        window 7    window 8    window 9	windows are numbered; at most `width` in a row are open
 *	key a   pane        pane
 *	key b               pane        pane		a window's panes are chained by first appearance
 *
 * A key lives while it has panes; its slot and all its panes lie together in a table of fixed size. Closing
 * is taking the panes of the oldest window one by one: no sorting, no searching. Freestanding; any context
 * that owns the table.
 */
#ifndef WEIR_PANES_H
#define WEIR_PANES_H

#include <weir/fold.h>
#include <weir/keys.h>
#include <weir/op.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Windows in a row at most. */
#define WEIR_PANES_MOST_WIDTH 65536u

/* The chain of an open window's panes: slot + 1; 0: not open. Private. */
struct weir_pane_chain {
	uint32_t first, last;
};

/* Read-only for users. */
struct weir_panes {
	struct weir_keys keys;
	const struct weir_aggregates *aggregates;
	struct weir_pane_chain *chains; /* window -> chains[window mod width] */
	int64_t low, high;              /* oldest and newest open window, when n_open > 0 */
	uint32_t n_open, width;
	uint32_t pane_bytes;
	int64_t last_window; /* opened last, and its place */
	uint32_t last_place;
	uint32_t clear_bytes; /* of a pane, at its opening */
};

/* Bytes weir_panes_init needs, a multiple of 8; WEIR_ERANGE when width is 0 or too large, or the bytes are
 * too many. */
int64_t weir_panes_size(
	const struct weir_key *key, uint32_t max_keys, const struct weir_aggregates *a, uint64_t width);
/* Make an empty table in memory (8-aligned, the caller's); key and a must outlive it. */
void weir_panes_init(struct weir_panes *p, void *memory, const struct weir_key *key, uint32_t max_keys,
	const struct weir_aggregates *a, uint32_t width);

/* Whether a window may be open together with those that are. */
bool weir_panes_in_reach(const struct weir_panes *p, int64_t window);
/* The slot of the record's key, new or not; a pane must be opened in it next. -1: all are taken. */
int64_t weir_panes_key(struct weir_panes *p, const void *record);
/* The accumulator of a key in a window in reach; a new one is empty and the last of its window. */
void *weir_panes_open(struct weir_panes *p, uint32_t slot, int64_t window);
/*
 * Add items of one window in reach, as far as there are slots and sums surely fit; item i's arguments lie in args, `stride`
 * bytes apart. Returns how many of n; 0: the next one must go by the calls above. Keys that were known are not marked as
 * used; those of the items behind have slots already.
 */
uint32_t weir_panes_add_run(struct weir_panes *p, int64_t window, const void *items, uint32_t item_bytes,
	const void *args, uint32_t stride, uint32_t n);
/* The accumulator of an open pane. */
void *weir_panes_accumulator(const struct weir_panes *p, uint32_t slot, int64_t window);
/* Close a pane; a window without panes is closed, a key without panes is forgotten. */
void weir_panes_close(struct weir_panes *p, uint32_t slot, int64_t window);
/* Close it if it holds no item: a pane in which the first could not be placed does not exist. */
void weir_panes_close_empty(struct weir_panes *p, uint32_t slot, int64_t window);
/* The key that appeared first in the oldest open window, p->low; -1: none is open. */
int64_t weir_panes_first(const struct weir_panes *p);
/* The oldest window in which a key has a pane. */
int64_t weir_panes_oldest_window(const struct weir_panes *p, uint32_t slot);

#ifdef __cplusplus
}
#endif
#endif
