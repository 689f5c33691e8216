/* SPDX-License-Identifier: MIT */
/*
 * aligned.h -- windows that begin at multiples of one time, whatever the items: tumbling and sliding ones.
 *
 * Window n starts at n * every and ends `overlap` times that later: 1 for tumbling windows, which follow each other.
 * Freestanding; from callbacks of the stage that owns it.
 */
#ifndef WEIR_ALIGNED_H
#define WEIR_ALIGNED_H

#include <weir/panes.h>
#include <weir/windowing.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Read-only for users. */
struct weir_aligned {
	struct weir_windowing common;
	struct weir_panes panes;
	int64_t every_ns;
	int64_t low, low_closes_ns;     /* of the oldest open window */
	int64_t period, from_ns, to_ns; /* of the last item; period n is the first of window n */
};

/* Bytes of a state whose struct, own_bytes of it, begins with this. */
int64_t weir_aligned_size(
	const struct weir_place *place, size_t own_bytes, uint64_t every_ns, uint64_t overlap);
int weir_aligned_init(struct weir_ctx *c, const struct weir_place *place, size_t own_bytes, uint64_t every_ns,
	uint64_t overlap);

/*
 * Make an item's period the last one; true: it was not. A division is dear, and items of one period come together, so it
 * is kept.
 */
bool weir_aligned_enters(struct weir_aligned *a, int64_t time_ns);

/* The stage's time at which a window closes. */
int64_t weir_aligned_closing(const struct weir_aligned *a, int64_t window);
/* The same of the oldest open one, when there is one. */
int64_t weir_aligned_low_closes(struct weir_aligned *a);
bool weir_aligned_is_due(struct weir_aligned *a);

/* Of struct weir_window_form. */
bool weir_aligned_make(struct weir_ctx *c);
struct weir_window_open weir_aligned_open(struct weir_ctx *c);

#ifdef __cplusplus
}
#endif
#endif
