/* SPDX-License-Identifier: MIT */
/*
 * wheel.c -- time moves on, and what it reaches goes down or out.
 *
 * Taking an entry out leaves the bit of its list; whoever finds the list empty clears it. Time never enters a list
 * that has entries without emptying it first, so no entry's digit has to be looked at again where it lies.
 */
#include <stddef.h>

#include "wheel.h"

void weir_wheel_init(struct weir_wheel *w, uint64_t time_ns)
{
	w->time_ns = time_ns;
	w->levels = 0;
	for (uint32_t level = 0; level < WEIR_WHEEL_LEVELS; level++) {
		w->lists[level] = 0;
		for (uint32_t list = 0; list < WEIR_WHEEL_LISTS; list++)
			weir_link_init(&w->heads[level][list]);
	}
}

static struct weir_wheel_entry *entry_of(struct weir_link *l)
{
	return (struct weir_wheel_entry *)(void *)l;
}

static void clear(struct weir_wheel *w, uint32_t level, uint32_t list)
{
	w->lists[level] &= ~(UINT64_C(1) << list);
	if (w->lists[level] == 0)
		w->levels &= ~(1u << level);
}

/* The list of those that are due first; NULL: there are none. */
static struct weir_link *first(struct weir_wheel *w, uint32_t *level, uint32_t *list)
{
	while (w->levels != 0) {
		*level = (uint32_t)__builtin_ctz(w->levels);
		*list = (uint32_t)__builtin_ctzll(w->lists[*level]);
		if (!weir_link_alone(&w->heads[*level][*list]))
			return &w->heads[*level][*list];
		clear(w, *level, *list);
	}
	return NULL;
}

/* The first time of a list: the wheel's, with its digit there and nothing below. */
static uint64_t start_of(const struct weir_wheel *w, uint32_t level, uint32_t list)
{
	uint32_t shift = level * WEIR_WHEEL_BITS;
	uint64_t above = w->time_ns >> shift >> WEIR_WHEEL_BITS;

	return (shift + WEIR_WHEEL_BITS < 64 ? above << (shift + WEIR_WHEEL_BITS) : 0) | (uint64_t)list
												 << shift;
}

void weir_wheel_advance(struct weir_wheel *w, uint64_t time_ns, struct weir_link *due)
{
	uint32_t level, list;
	struct weir_link *head;

	while ((head = first(w, &level, &list)) != NULL && start_of(w, level, list) <= time_ns) {
		struct weir_link down = { &down, &down };

		w->time_ns = start_of(w, level, list);
		clear(w, level, list);
		if (level == 0)
			weir_link_splice(due, head);
		else
			weir_link_splice(&down, head);
		while (!weir_link_alone(&down)) {
			struct weir_wheel_entry *e = entry_of(down.next);

			weir_link_remove(&e->link);
			weir_wheel_add(w, e);
		}
	}
	if (time_ns > w->time_ns)
		w->time_ns = time_ns;
}

uint64_t weir_wheel_next(struct weir_wheel *w)
{
	uint32_t level, list;
	uint64_t next_ns = UINT64_MAX;
	struct weir_link *head = first(w, &level, &list);

	if (head == NULL)
		return UINT64_MAX;
	if (level == 0)
		return start_of(w, level, list);
	for (struct weir_link *l = head->next; l != head; l = l->next)
		if (entry_of(l)->due_ns < next_ns)
			next_ns = entry_of(l)->due_ns;
	return next_ns;
}
