/* SPDX-License-Identifier: MIT */
/*
 * panes.c -- panes of open windows per key (panes.h).
 *
 * A key's payload is the number of its panes, then `width` panes: window w has place w mod width, which is
 * its alone since the windows open at one time lie within `width` of each other.
 */
#include <string.h>

#include <weir/error.h>
#include <weir/panes.h>

struct payload {
	uint32_t n_open, pad;
};

/* Followed by the accumulator. */
struct pane {
	uint32_t before, after; /* in the window's chain: slot + 1 */
	uint32_t open, pad;
};

static uint64_t payload_bytes(const struct weir_aggregates *a, uint64_t width)
{
	return sizeof(struct payload) + width * (sizeof(struct pane) + weir_fold_size(a));
}

int64_t weir_panes_size(
	const struct weir_key *key, uint32_t max_keys, const struct weir_aggregates *a, uint64_t width)
{
	uint64_t chains = width * sizeof(struct weir_pane_chain);
	size_t keys;

	if (width == 0 || width > WEIR_PANES_MOST_WIDTH || payload_bytes(a, width) > UINT32_MAX / 2)
		return WEIR_ERANGE;
	keys = weir_keys_size(key, max_keys, (size_t)payload_bytes(a, width));
	return keys == 0 ? WEIR_ERANGE : (int64_t)(chains + keys);
}

void weir_panes_init(struct weir_panes *p, void *memory, const struct weir_key *key, uint32_t max_keys,
	const struct weir_aggregates *a, uint32_t width)
{
	memset(p, 0, sizeof *p);
	p->aggregates = a;
	p->width = width;
	p->pane_bytes = (uint32_t)(sizeof(struct pane) + weir_fold_size(a));
	p->clear_bytes = (uint32_t)(sizeof(struct pane) + weir_fold_clear_size(a));
	p->chains = memory;
	memset(p->chains, 0, width * sizeof *p->chains);
	weir_keys_init(&p->keys, p->chains + width, key, max_keys, (size_t)payload_bytes(a, width));
}

static uint32_t place_of(const struct weir_panes *p, int64_t window)
{
	int64_t r = window % (int64_t)p->width;

	return (uint32_t)(r < 0 ? r + (int64_t)p->width : r);
}

static struct payload *payload_of(const struct weir_panes *p, uint32_t slot)
{
	return weir_keys_payload(&p->keys, slot);
}

static struct pane *pane_at(const struct weir_panes *p, uint32_t slot, uint32_t place)
{
	unsigned char *panes = (unsigned char *)(payload_of(p, slot) + 1);

	return (struct pane *)(void *)(panes + (size_t)place * p->pane_bytes);
}

/* How far b lies after a; a <= b. */
static uint64_t distance(int64_t a, int64_t b)
{
	return (uint64_t)b - (uint64_t)a;
}

bool weir_panes_in_reach(const struct weir_panes *p, int64_t window)
{
	if (p->n_open == 0)
		return true;
	if (window < p->low)
		return distance(window, p->high) < p->width;
	return distance(p->low, window) < p->width;
}

int64_t weir_panes_key(struct weir_panes *p, const void *record)
{
	bool is_new;

	return weir_keys_get(&p->keys, record, &is_new);
}

static void open_window(struct weir_panes *p, int64_t window)
{
	if (p->n_open == 0 || window < p->low)
		p->low = window;
	if (p->n_open == 0 || window > p->high)
		p->high = window;
	p->n_open++;
}

/* A division is dear, and items of one window come together. */
static uint32_t recent_place(struct weir_panes *p, int64_t window)
{
	if (window != p->last_window) {
		p->last_window = window;
		p->last_place = place_of(p, window);
	}
	return p->last_place;
}

void *weir_panes_open(struct weir_panes *p, uint32_t slot, int64_t window)
{
	uint32_t place = recent_place(p, window);
	struct pane *pane = pane_at(p, slot, place);
	struct weir_pane_chain *chain;

	if (pane->open != 0)
		return pane + 1;
	chain = &p->chains[place];
	memset(pane, 0, p->clear_bytes);
	if (chain->first == 0) {
		open_window(p, window);
		chain->first = slot + 1;
	} else {
		pane->before = chain->last;
		pane_at(p, chain->last - 1, place)->after = slot + 1;
	}
	chain->last = slot + 1;
	pane->open = 1;
	payload_of(p, slot)->n_open++;
	return pane + 1;
}

uint32_t weir_panes_add_run(struct weir_panes *p, int64_t window, const void *items, uint32_t item_bytes,
	const void *args, uint32_t stride, uint32_t n)
{
	unsigned char *panes = (unsigned char *)pane_at(p, 0, recent_place(p, window));
	size_t places[WEIR_KEYS_RUN];
	void *accs[WEIR_KEYS_RUN];
	bool missing = false;

	_Static_assert(WEIR_KEYS_RUN <= WEIR_FOLD_EACH, "a run is folded as one");
	n = n < WEIR_KEYS_RUN ? n : WEIR_KEYS_RUN;
	n = weir_keys_get_run(&p->keys, items, item_bytes, n, places);
	for (uint32_t i = 0; i < n; i++) {
		struct pane *pane = (struct pane *)(void *)(panes + places[i]);

		accs[i] = pane + 1;
		if (pane->open == 0) {
			accs[i] = NULL;
			missing = true;
		}
	}
	n = weir_fold_fit_each(p->aggregates, accs, args, stride, n);
	for (uint32_t i = 0; missing && i < n; i++)
		if (accs[i] == NULL)
			accs[i] = weir_panes_open(p, (uint32_t)(places[i] / p->keys.slot_bytes), window);
	weir_fold_add_each(p->aggregates, accs, args, stride, n);
	return n;
}

void *weir_panes_accumulator(const struct weir_panes *p, uint32_t slot, int64_t window)
{
	return pane_at(p, slot, place_of(p, window)) + 1;
}

static void close_window(struct weir_panes *p, int64_t window)
{
	p->n_open--;
	if (p->n_open == 0)
		return;
	while (window == p->low && p->chains[place_of(p, window)].first == 0)
		window = ++p->low;
	while (window == p->high && p->chains[place_of(p, window)].first == 0)
		window = --p->high;
}

void weir_panes_close(struct weir_panes *p, uint32_t slot, int64_t window)
{
	uint32_t place = place_of(p, window);
	struct weir_pane_chain *chain = &p->chains[place];
	struct pane *pane = pane_at(p, slot, place);

	if (pane->before != 0)
		pane_at(p, pane->before - 1, place)->after = pane->after;
	else
		chain->first = pane->after;
	if (pane->after != 0)
		pane_at(p, pane->after - 1, place)->before = pane->before;
	else
		chain->last = pane->before;
	pane->open = 0;
	if (chain->first == 0)
		close_window(p, window);
	if (--payload_of(p, slot)->n_open == 0)
		weir_keys_remove(&p->keys, slot);
}

void weir_panes_close_empty(struct weir_panes *p, uint32_t slot, int64_t window)
{
	if (weir_fold_count(pane_at(p, slot, recent_place(p, window)) + 1) == 0)
		weir_panes_close(p, slot, window);
}

int64_t weir_panes_first(const struct weir_panes *p)
{
	return p->n_open == 0 ? -1 : (int64_t)p->chains[place_of(p, p->low)].first - 1;
}

int64_t weir_panes_oldest_window(const struct weir_panes *p, uint32_t slot)
{
	int64_t window = p->low;

	while (window < p->high && pane_at(p, slot, place_of(p, window))->open == 0)
		window++;
	return window;
}
