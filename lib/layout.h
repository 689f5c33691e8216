/* SPDX-License-Identifier: MIT */
/* layout.h -- offsets of an instance's parts in its arena; see layout.c. Private to lib. */
#ifndef WEIR_LAYOUT_H
#define WEIR_LAYOUT_H

#include "core.h"

#ifdef __GNUC__
#pragma GCC visibility push(hidden) /* calls stay in the library */
#endif

struct weir_layout {
	size_t at; /* bytes laid out so far */
	size_t instance, stages, edges, drops, memories, notes, errors, stalls, items, timers, heap, ready,
		tally, barriers, scratch;
	uint16_t n_timers;
	/* the part just laid out */
	size_t state, state_bytes, buffer, column;
	bool has_column;
};

typedef void weir_layout_fn(void *arg, const struct weir_layout *l, bool is_stage, uint16_t index);

void weir_layout_place(const struct weir_plan *p, uint16_t stage, struct weir_place *place);
int weir_layout_walk(const struct weir_plan *p, struct weir_layout *l, weir_layout_fn *each, void *each_arg,
	weir_bill_fn *bill, void *bill_arg);

#ifdef __GNUC__
#pragma GCC visibility pop
#endif

#endif
