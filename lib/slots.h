/* SPDX-License-Identifier: MIT */
/*
 * slots.h -- a ring that is written without asking, and read by copying first and checking then. Private to
 * lib.
 *
 * The writer counts an item as claimed, writes it, and counts it as written. A reader that has seen anything
 * of item n in a slot sees it claimed as well (a release fence before the writing, an acquire fence after the
 * reading); so what it copied from position p is whole if no more than p + capacity items are claimed then.
 * One sequence does for all slots. Words are read and written one by one, atomically: their mixture may be
 * wrong, never undefined.
 */
#ifndef WEIR_LIB_SLOTS_H
#define WEIR_LIB_SLOTS_H

#include <weir/channel.h>

#include "atomic.h"

#ifdef __GNUC__
#pragma GCC visibility push(hidden)
#endif

/* Bytes for `capacity` items, a multiple of 8; errors as weir_ring_size. */
int64_t weir_slots_size(uint32_t item_bytes, uint32_t capacity);
void weir_slots_init(struct weir_slots *s, void *memory, uint32_t item_bytes, uint32_t capacity);

/* Writer: put an item in over the oldest. */
void weir_slots_put(struct weir_slots *s, const void *item);

/* Reader: copy n items from a position on; then ask weir_slots_lost. */
void weir_slots_copy(const struct weir_slots *s, uint32_t position, void *to, uint32_t n);

/* Reader: how many items from a position on are gone or going. */
static inline uint32_t weir_slots_lost(const struct weir_slots *s, uint32_t position)
{
	uint32_t behind = weir_load_acquire(&s->claimed) - position;

	return behind > s->mask + 1 ? behind - (s->mask + 1) : 0;
}

#ifdef __GNUC__
#pragma GCC visibility pop
#endif

#endif
