/* SPDX-License-Identifier: MIT */
/*
 * wheel.h -- deadlines of any number of things: to set and to cancel one is a few stores. Private to
 * platform/libevent.
 *
 * Time is cut into digits of 6 bits. An entry lies in the list of the highest digit in which its deadline is not the
 * wheel's time, under what that digit is. So all of a level come before all of the next, the lists of a level stand
 * in order of time, and those of the lowest hold one nanosecond each: there is nothing to sort. When time reaches a
 * list its entries go down, in the order they came; so what is due at one time comes out in the order it was set.
 */
#ifndef WEIR_PLATFORM_LIBEVENT_WHEEL_H
#define WEIR_PLATFORM_LIBEVENT_WHEEL_H

#include <stdbool.h>
#include <stdint.h>

#define WEIR_WHEEL_BITS   6u
#define WEIR_WHEEL_LISTS  (1u << WEIR_WHEEL_BITS)
#define WEIR_WHEEL_LEVELS 11u /* 66 bits */

/* A place in a ring of them; by itself it is its own neighbour. */
struct weir_link {
	struct weir_link *next, *prev;
};

/* First in what is due. */
struct weir_wheel_entry {
	struct weir_link link; /* in the wheel, or in any other list of its owner's */
	uint64_t due_ns;
};

struct weir_wheel {
	uint64_t time_ns; /* no entry is due before it */
	uint32_t levels;  /* bit per level: a list may have entries */
	uint64_t lists[WEIR_WHEEL_LEVELS];
	struct weir_link heads[WEIR_WHEEL_LEVELS][WEIR_WHEEL_LISTS];
};

static inline void weir_link_init(struct weir_link *l)
{
	l->next = l->prev = l;
}

static inline bool weir_link_alone(const struct weir_link *l)
{
	return l->next == l;
}

/* Before `head`, which makes it the last of its ring. */
static inline void weir_link_append(struct weir_link *head, struct weir_link *l)
{
	l->next = head;
	l->prev = head->prev;
	head->prev->next = l;
	head->prev = l;
}

static inline void weir_link_remove(struct weir_link *l)
{
	l->prev->next = l->next;
	l->next->prev = l->prev;
	weir_link_init(l);
}

/* Put all of `from` behind what is in `to`. */
static inline void weir_link_splice(struct weir_link *to, struct weir_link *from)
{
	if (weir_link_alone(from))
		return;
	from->next->prev = to->prev;
	to->prev->next = from->next;
	from->prev->next = to;
	to->prev = from->prev;
	weir_link_init(from);
}

/* An empty wheel at a time. */
void weir_wheel_init(struct weir_wheel *w, uint64_t time_ns);

/* Put in an entry that is in no list; one that was due before the wheel's time is due now. weir_link_remove takes it out. */
static inline void weir_wheel_add(struct weir_wheel *w, struct weir_wheel_entry *e)
{
	uint64_t due_ns = e->due_ns > w->time_ns ? e->due_ns : w->time_ns;
	uint32_t level = (uint32_t)(63 - __builtin_clzll((due_ns ^ w->time_ns) | 1)) / WEIR_WHEEL_BITS;
	uint32_t list = (uint32_t)(due_ns >> level * WEIR_WHEEL_BITS) % WEIR_WHEEL_LISTS;

	w->levels |= 1u << level;
	w->lists[level] |= UINT64_C(1) << list;
	weir_link_append(&w->heads[level][list], &e->link);
}

/* Move time on; what is due by then goes to the end of `due`, by time, then by when it was put in. */
void weir_wheel_advance(struct weir_wheel *w, uint64_t time_ns, struct weir_link *due);

/* When the first one is due; UINT64_MAX: never. */
uint64_t weir_wheel_next(struct weir_wheel *w);

#endif
