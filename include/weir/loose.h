/* SPDX-License-Identifier: MIT */
/*
 * loose.h -- panes of windows that each key has for itself, wherever its items lie: sessions, and numbers of items.
 *
 * For each key at most `width` panes are open. All that are stand in a heap by when they end, and in a chain by when they
 * were opened. A pane's end may only grow; the heap is put right when it is asked for the first, so that an item that
 * lengthens a window costs nothing there. Freestanding; any context that owns the table.
 */
#ifndef WEIR_LOOSE_H
#define WEIR_LOOSE_H

#include <weir/fold.h>
#include <weir/keys.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Followed by the accumulator. Read-only for users. */
struct weir_loose_pane {
	int64_t first_ns, last_ns; /* the least and the greatest time of its items */
	int64_t stood_ns;          /* last_ns when it took its place in the heap */
	int64_t number;            /* counts up as panes are opened, from 1 */
	uint32_t slot, place;      /* its key's, and which of that */
	uint32_t heap_at;          /* 1 + its place there; 0: it is not open */
	uint32_t older, newer;     /* in the chain: 1 + which pane of all */
	uint32_t pad;
};

/* What a key has beside its panes. `at` and `came_out` are the user's, 0 for a new key. */
struct weir_loose_key {
	uint32_t n_open;
	uint16_t at, came_out;
};

/* Read-only for users. */
struct weir_loose {
	struct weir_keys keys;
	const struct weir_aggregates *aggregates;
	uint32_t *heap; /* n_open of them: which pane of all */
	uint32_t n_open, width, pane_bytes, clear_bytes;
	uint32_t oldest, newest; /* of the chain: 1 + which */
	int64_t last_number;
};

/* Bytes weir_loose_init needs, a multiple of 8; WEIR_ERANGE when width is 0 or too large, or the bytes are too many. */
int64_t weir_loose_size(
	const struct weir_key *key, uint32_t max_keys, const struct weir_aggregates *a, uint64_t width);
/* Make an empty table in memory (8-aligned, the caller's); key and a must outlive it. */
void weir_loose_init(struct weir_loose *l, void *memory, const struct weir_key *key, uint32_t max_keys,
	const struct weir_aggregates *a, uint32_t width);

/* The slot of the record's key, new or not; a pane must be open in it next. -1: all are taken. */
int64_t weir_loose_slot(struct weir_loose *l, const void *record);
struct weir_loose_key *weir_loose_key(const struct weir_loose *l, uint32_t slot);
/* A key's pane at a place below width, open or not. */
struct weir_loose_pane *weir_loose_pane(const struct weir_loose *l, uint32_t slot, uint32_t place);
static inline void *weir_loose_accumulator(struct weir_loose_pane *pane)
{
	return pane + 1;
}

/* Open one that is not, empty, for an item of this time. */
struct weir_loose_pane *weir_loose_open(struct weir_loose *l, uint32_t slot, uint32_t place, int64_t time_ns);
/* Have an open one reach over these times too. */
void weir_loose_stretch(
	struct weir_loose *l, struct weir_loose_pane *pane, int64_t first_ns, int64_t last_ns);
/* Close it; a key without panes is forgotten. */
void weir_loose_close(struct weir_loose *l, struct weir_loose_pane *pane);

/* When the one that ends first had its last item, or earlier; INT64_MAX: none is open. Costs nothing. */
int64_t weir_loose_soonest(const struct weir_loose *l);
/* The open pane that ends first, of those the one that starts first, then the oldest. NULL: none is open. */
struct weir_loose_pane *weir_loose_first(struct weir_loose *l);
/* Numbers of the open panes; INT64_MAX and INT64_MIN: there are none. */
int64_t weir_loose_oldest(const struct weir_loose *l);
int64_t weir_loose_newest(const struct weir_loose *l);

#ifdef __cplusplus
}
#endif
#endif
