/* SPDX-License-Identifier: MIT */
/* each.c -- one item after the other, with a state per key (each.h). */
#include <string.h>

#include <weir/each.h>

WEIR_ILP32(weir_each, 64);

static size_t round_up(size_t bytes)
{
	return (bytes + 7u) & ~(size_t)7u;
}

int64_t weir_each_size(const struct weir_place *place, const struct weir_keyed *keyed, size_t state_bytes,
	size_t spare_bytes)
{
	size_t keys = weir_keys_size(&keyed->key, keyed->max_keys, state_bytes);

	if (keys == 0)
		return WEIR_ERANGE;
	return (int64_t)(round_up(WEIR_SIZEOF(place, weir_each)) + round_up(spare_bytes) + keys);
}

void *weir_each_spare(struct weir_each *e)
{
	return (unsigned char *)e + round_up(sizeof *e);
}

int weir_each_init(struct weir_each *e, const struct weir_place *place, const struct weir_keyed *keyed,
	size_t state_bytes, size_t spare_bytes)
{
	if (!WEIR_WITH_KEYS && keyed->key.n_fields > 0)
		return WEIR_EUNSUPPORTED;
	e->in = place->in;
	e->out = place->out;
	e->appends = place->in->n_fields != place->out->n_fields;
	e->evicts = keyed->keys_full == WEIR_KEYS_FULL_EVICT_OLDEST;
	weir_keys_init(&e->keys, (unsigned char *)weir_each_spare(e) + round_up(spare_bytes), &keyed->key,
		keyed->max_keys, state_bytes);
	return WEIR_OK;
}

/* The slot of the record's key, a new one in the place of the oldest where that may be; -1: all are taken. */
static int64_t slot_for(struct weir_each *e, const void *record, bool *is_new)
{
	int64_t slot = weir_keys_get(&e->keys, record, is_new);

	if (WEIR_WITH_KEYS && slot < 0 && e->evicts) {
		weir_keys_remove(&e->keys, (uint32_t)weir_keys_oldest(&e->keys));
		slot = weir_keys_get(&e->keys, record, is_new);
	}
	return slot;
}

/* Begin a record of the output's type as the item begins. */
static void *begin(
	const struct weir_each *e, const unsigned char *record, const struct weir_span *out, uint32_t j)
{
	unsigned char *to = (unsigned char *)out->items + (size_t)j * e->out->size;

	memcpy(to, record, e->in->size);
	memset(to + e->in->size, 0, (size_t)(e->out->size - e->in->size));
	return to;
}

/* Look at item i, which would become item j of the output. */
static int look(struct weir_ctx *c, const struct weir_span *in, uint32_t i, struct weir_span *out, uint32_t j,
	weir_each_fn *fn)
{
	struct weir_each *e = c->state;
	struct weir_each_item item = { .in = in, .index = i };
	int64_t slot;
	int verdict;

	item.record = (const unsigned char *)in->items + (size_t)i * e->in->size;
	slot = slot_for(e, item.record, &item.is_new);
	if (WEIR_WITH_KEYS && slot < 0)
		return WEIR_EKEYS;
	item.state = weir_keys_payload(&e->keys, (uint32_t)slot);
	item.out = e->appends ? begin(e, item.record, out, j) : NULL;
	verdict = fn(c, &item);
	if (verdict < 0 && item.is_new)
		weir_keys_remove(&e->keys, (uint32_t)slot);
	if (verdict != WEIR_EACH_PASS)
		return verdict;
	if (!e->appends)
		weir_copy_item(c, in, i, out, j);
	else if (out->instants != NULL && in->instants != NULL)
		out->instants[j] = in->instants[i];
	return verdict;
}

struct weir_moved weir_each_run(
	struct weir_ctx *c, const struct weir_span *in, struct weir_span *out, weir_each_fn *fn)
{
	struct weir_moved m = { 0 };
	uint32_t dropped = 0;

	for (; m.taken < in->count; m.taken++) { /* out has room for each: PASS */
		int verdict = look(c, in, m.taken, out, m.made, fn);
		struct weir_fault fault = { .code = verdict, .index = m.taken };

		if (verdict < 0 && weir_fault(c, in, &fault) != WEIR_SKIP)
			break;
		m.made += verdict == WEIR_EACH_PASS;
		dropped += verdict == WEIR_EACH_DROP;
	}
	if (dropped > 0)
		weir_drop(c, WEIR_DROP_FILTERED, dropped);
	return m;
}
