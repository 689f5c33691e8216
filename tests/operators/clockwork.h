/* SPDX-License-Identifier: MIT */
/*
 * clockwork.h -- sources for the bed that speak at set times of its clock, one item each, numbered from 1.
 *
 *	clockwork_at(0, 1010, 1025);	the item's `at` and instant are these too
 *	clockwork_source(0);
 *	clockwork_until(1100);		the clock goes there, and stops wherever something is due
 *
 * An item that nobody has asked for by its time is given as soon as somebody does. After the last one the source is
 * silent, unless it was told to end at a time. At the first times it may give marks instead: watermarks of those times,
 * barriers by number, one item lost at a time.
 */
#ifndef WEIR_TEST_CLOCKWORK_H
#define WEIR_TEST_CLOCKWORK_H

#include "operators/bed.h"

#define CLOCKWORKS      4u
#define CLOCKWORK_TIMES 64u

struct clockwork {
	int64_t at[CLOCKWORK_TIMES];
	uint32_t n, next;
	int64_t ends_at;  /* INT64_MAX: never */
	bool in_timer;    /* emits from the timer's callback, not from its run */
	uint32_t n_marks; /* at so many times a mark of kind, no item */
	enum weir_mark_kind kind;
	uint32_t barriers_done;
};
extern struct clockwork clockworks[CLOCKWORKS];

/* Forget all times. */
void clockwork_reset(void);
void clockwork_set(uint32_t which, uint32_t n, const int64_t *at);
#define clockwork_at(which, ...) \
	clockwork_set(which, sizeof((int64_t[]){ __VA_ARGS__ }) / sizeof(int64_t), (int64_t[]){ __VA_ARGS__ })
/* Put it on the bed. */
uint16_t clockwork_source(uint32_t which);
/* Do all that is due until this time, included. */
void clockwork_until(uint64_t now_ns);

#endif
