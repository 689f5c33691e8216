/* SPDX-License-Identifier: MIT */
/* results.c -- made records that wait for the output, and emit over them (results.h). */
#include <string.h>

#include <weir/results.h>

static size_t made_bytes(const struct weir_aggregates *a, uint32_t batch)
{
	return ((size_t)batch * a->made->size + 7u) & ~(size_t)7u;
}

size_t weir_results_size(const struct weir_aggregates *a, uint32_t batch)
{
	return made_bytes(a, batch) + batch * sizeof(int64_t);
}

void weir_results_init(struct weir_results *r, void *memory, const struct weir_aggregates *a, uint32_t batch)
{
	unsigned char *at = memory;

	memset(memory, 0, weir_results_size(a, batch));
	*r = (struct weir_results){ .aggregates = a, .made = at, .batch = batch };
	r->instants = (int64_t *)(void *)(at + made_bytes(a, batch));
}

bool weir_results_is_empty(const struct weir_results *r)
{
	return r->first == r->count;
}

bool weir_results_has_room(const struct weir_results *r)
{
	return r->first == r->count || r->count < r->batch;
}

static void put_time(unsigned char *made, uint16_t offset, int64_t time_ns)
{
	if (offset != WEIR_AGG_NO_OFFSET)
		memcpy(made + offset, &time_ns, sizeof time_ns);
}

static void put_key(
	const struct weir_aggregates *a, const struct weir_keys *keys, uint32_t slot, unsigned char *made)
{
	for (uint16_t i = 0; WEIR_WITH_KEYS && i < keys->key->n_fields; i++) {
		const struct weir_field *f = keys->key->fields[i];

		if (a->key_offsets[i] != WEIR_AGG_NO_OFFSET)
			memcpy(made + a->key_offsets[i], weir_keys_field(keys, slot, i),
				weir_kind_size((enum weir_kind)f->kind, f->text_max));
	}
}

void weir_results_make(struct weir_results *r, const struct weir_keys *keys, uint32_t slot, void *acc,
	int64_t start_ns, int64_t end_ns, int64_t instant_ns)
{
	const struct weir_aggregates *a = r->aggregates;
	unsigned char *made;

	if (r->first == r->count)
		r->first = r->count = 0;
	made = r->made + (size_t)r->count * a->made->size;
	weir_fold_results(a, acc, made);
	put_key(a, keys, slot, made);
	put_time(made, a->start_offset, start_ns);
	put_time(made, a->end_offset, end_ns);
	r->instants[r->count++] = instant_ns;
}

bool weir_results_emit(struct weir_ctx *c, struct weir_results *r, struct weir_span *out, uint32_t *used)
{
	const struct weir_aggregates *a = r->aggregates;
	uint32_t n = r->count - r->first, none = 0;
	bool instants = out->instants != NULL;
	struct weir_ran ran;

	if (n > out->count - *used)
		n = out->count - *used;
	ran = weir_program_run(a->emit, NULL, NULL, r->made + (size_t)r->first * a->made->size,
		instants ? &r->instants[r->first] : NULL, n,
		(unsigned char *)out->items + (size_t)*used * a->emit->out_size,
		instants ? out->instants + *used : NULL, &none);
	*used += ran.made;
	r->first += ran.taken;
	if (ran.fault != 0) {
		struct weir_fault fault = { .code = ran.fault, .time_ns = &r->instants[r->first] };

		if (weir_fault(c, NULL, &fault) != WEIR_SKIP)
			return false;
		r->first++;
	}
	return true;
}
