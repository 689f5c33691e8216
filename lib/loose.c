/* SPDX-License-Identifier: MIT */
/* loose.c -- panes of windows that each key has for itself (loose.h). */
#include <string.h>

#include <weir/config.h>
#include <weir/error.h>
#include <weir/loose.h>

#define MOST_WIDTH 65536u

static uint64_t payload_bytes(const struct weir_aggregates *a, uint64_t width)
{
	return sizeof(struct weir_loose_key) + width * (sizeof(struct weir_loose_pane) + weir_fold_size(a));
}

static uint64_t heap_bytes(const struct weir_key *key, uint32_t max_keys, uint64_t width)
{
	uint64_t panes = (WEIR_WITH_KEYS && key->n_fields > 0 ? max_keys : 1) * width;

	return (panes * sizeof(uint32_t) + 7u) & ~(uint64_t)7u;
}

int64_t weir_loose_size(
	const struct weir_key *key, uint32_t max_keys, const struct weir_aggregates *a, uint64_t width)
{
	size_t keys;

	if (width == 0 || width > MOST_WIDTH || payload_bytes(a, width) > UINT32_MAX / 2 ||
		heap_bytes(key, max_keys, width) > UINT32_MAX)
		return WEIR_ERANGE;
	keys = weir_keys_size(key, max_keys, (size_t)payload_bytes(a, width));
	return keys == 0 ? WEIR_ERANGE
			 : (int64_t)(heap_bytes(key, max_keys, width) + ((keys + 7u) & ~(size_t)7u));
}

void weir_loose_init(struct weir_loose *l, void *memory, const struct weir_key *key, uint32_t max_keys,
	const struct weir_aggregates *a, uint32_t width)
{
	memset(l, 0, sizeof *l);
	l->aggregates = a;
	l->width = width;
	l->pane_bytes = (uint32_t)(sizeof(struct weir_loose_pane) + weir_fold_size(a));
	l->clear_bytes = (uint32_t)(sizeof(struct weir_loose_pane) + weir_fold_clear_size(a));
	l->heap = memory;
	weir_keys_init(&l->keys, (unsigned char *)memory + heap_bytes(key, max_keys, width), key, max_keys,
		(size_t)payload_bytes(a, width));
}

int64_t weir_loose_slot(struct weir_loose *l, const void *record)
{
	bool is_new;

	return weir_keys_get(&l->keys, record, &is_new);
}

struct weir_loose_key *weir_loose_key(const struct weir_loose *l, uint32_t slot)
{
	return weir_keys_payload(&l->keys, slot);
}

struct weir_loose_pane *weir_loose_pane(const struct weir_loose *l, uint32_t slot, uint32_t place)
{
	unsigned char *panes = (unsigned char *)(weir_loose_key(l, slot) + 1);

	return (struct weir_loose_pane *)(void *)(panes + (size_t)place * l->pane_bytes);
}

/* Which pane of all. */
static uint32_t index_of(const struct weir_loose *l, const struct weir_loose_pane *pane)
{
	return pane->slot * l->width + pane->place;
}

static struct weir_loose_pane *pane_of(const struct weir_loose *l, uint32_t index)
{
	return weir_loose_pane(l, index / l->width, index % l->width);
}

/* ---- the heap ---- */

static bool is_before(const struct weir_loose_pane *a, const struct weir_loose_pane *b)
{
	if (a->stood_ns != b->stood_ns)
		return a->stood_ns < b->stood_ns;
	return a->first_ns != b->first_ns ? a->first_ns < b->first_ns : a->number < b->number;
}

static void stand(struct weir_loose *l, struct weir_loose_pane *pane, uint32_t at)
{
	l->heap[at] = index_of(l, pane);
	pane->heap_at = at + 1;
}

/* Find the pane's place from `at` on upwards, then downwards. */
static void settle(struct weir_loose *l, struct weir_loose_pane *pane, uint32_t at)
{
	while (at > 0) {
		struct weir_loose_pane *above = pane_of(l, l->heap[(at - 1) / 2]);

		if (!is_before(pane, above))
			break;
		stand(l, above, at);
		at = (at - 1) / 2;
	}
	for (uint32_t child = 2 * at + 1; child < l->n_open; child = 2 * at + 1) {
		struct weir_loose_pane *below = pane_of(l, l->heap[child]);

		if (child + 1 < l->n_open && is_before(pane_of(l, l->heap[child + 1]), below))
			below = pane_of(l, l->heap[++child]);
		if (!is_before(below, pane))
			break;
		stand(l, below, at);
		at = child;
	}
	stand(l, pane, at);
}

int64_t weir_loose_soonest(const struct weir_loose *l)
{
	return l->n_open > 0 ? pane_of(l, l->heap[0])->stood_ns : INT64_MAX;
}

struct weir_loose_pane *weir_loose_first(struct weir_loose *l)
{
	while (l->n_open > 0) {
		struct weir_loose_pane *pane = pane_of(l, l->heap[0]);

		if (pane->stood_ns == pane->last_ns)
			return pane;
		pane->stood_ns = pane->last_ns;
		settle(l, pane, 0);
	}
	return NULL;
}

/* ---- panes ---- */

struct weir_loose_pane *weir_loose_open(struct weir_loose *l, uint32_t slot, uint32_t place, int64_t time_ns)
{
	struct weir_loose_pane *pane = weir_loose_pane(l, slot, place);

	memset(pane, 0, l->clear_bytes);
	pane->first_ns = pane->last_ns = pane->stood_ns = time_ns;
	pane->number = ++l->last_number;
	pane->slot = slot;
	pane->place = place;
	pane->older = l->newest;
	l->newest = index_of(l, pane) + 1;
	if (pane->older != 0)
		pane_of(l, pane->older - 1)->newer = l->newest;
	else
		l->oldest = l->newest;
	settle(l, pane, l->n_open++);
	weir_loose_key(l, slot)->n_open++;
	return pane;
}

void weir_loose_stretch(struct weir_loose *l, struct weir_loose_pane *pane, int64_t first_ns, int64_t last_ns)
{
	pane->last_ns = last_ns > pane->last_ns ? last_ns : pane->last_ns;
	if (first_ns >= pane->first_ns)
		return;
	pane->first_ns = first_ns; /* it may come before others that end with it */
	settle(l, pane, pane->heap_at - 1);
}

void weir_loose_close(struct weir_loose *l, struct weir_loose_pane *pane)
{
	struct weir_loose_pane *last = pane_of(l, l->heap[--l->n_open]);

	if (last != pane)
		settle(l, last, pane->heap_at - 1);
	pane->heap_at = 0;
	if (pane->older != 0)
		pane_of(l, pane->older - 1)->newer = pane->newer;
	else
		l->oldest = pane->newer;
	if (pane->newer != 0)
		pane_of(l, pane->newer - 1)->older = pane->older;
	else
		l->newest = pane->older;
	if (--weir_loose_key(l, pane->slot)->n_open == 0)
		weir_keys_remove(&l->keys, pane->slot);
}

int64_t weir_loose_oldest(const struct weir_loose *l)
{
	return l->oldest != 0 ? pane_of(l, l->oldest - 1)->number : INT64_MAX;
}

int64_t weir_loose_newest(const struct weir_loose *l)
{
	return l->newest != 0 ? pane_of(l, l->newest - 1)->number : INT64_MIN;
}
