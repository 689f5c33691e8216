/* SPDX-License-Identifier: MIT */
/*
 * program_ways.h -- every way to run a program, and what each leaves, to be compared.
 */
#ifndef WEIR_TEST_PROGRAM_WAYS_H
#define WEIR_TEST_PROGRAM_WAYS_H

#include <check.h>
#include <stdalign.h>
#include <stdlib.h>
#include <string.h>

#include <weir/program.h>

#define WAYS_ITEMS      (WEIR_BLOCK_ITEMS + 200)
#define WAYS_ITEM_BYTES 1024u
#define WAYS_BYTES      (WAYS_ITEMS * WAYS_ITEM_BYTES)

/* Everything a run leaves. Faulting items are written down and passed over. */
struct outcome {
	uint32_t made;
	uint32_t n_faults;
	uint32_t dropped[256];
	struct {
		uint32_t item;
		int fault;
		uint32_t segment;
	} faults[WAYS_ITEMS];
	int64_t instants[WAYS_ITEMS];
	alignas(8) unsigned char items[WAYS_BYTES];
};

/* What goes in; instants NULL: none. */
struct ways_input {
	const unsigned char *items;
	const int64_t *instants;
	uint32_t n;
};

static inline void ways_begin(struct outcome *o, uint16_t out_size, uint32_t n)
{
	ck_assert_uint_le(n, WAYS_ITEMS);
	ck_assert_uint_le(out_size, WAYS_ITEM_BYTES);
	o->made = o->n_faults = 0;
	memset(o->dropped, 0, sizeof o->dropped);
	memset(o->instants, 0, n * sizeof *o->instants);
	memset(o->items, 0xa5, (size_t)n * out_size);
}

static inline void ways_fault(struct outcome *o, uint32_t item, int fault, uint32_t segment)
{
	o->faults[o->n_faults].item = item;
	o->faults[o->n_faults].fault = fault;
	o->faults[o->n_faults++].segment = segment;
}

/* kernels NULL: the item path. */
static inline void ways_run(struct outcome *o, const struct weir_program *p,
	const struct weir_kernels *kernels, const struct ways_input *input, bool in_place)
{
	static alignas(8) unsigned char in[WAYS_BYTES];
	static int64_t in_instants[WAYS_ITEMS];
	void *scratch = aligned_alloc(16, (weir_program_scratch(p) + 16) & ~(size_t)15);
	unsigned char *out = in_place ? in : o->items;
	int64_t *out_instants = in_place ? in_instants : o->instants;
	bool instants = input->instants != NULL;
	uint32_t n = input->n, at = 0;

	ways_begin(o, p->out_size, n);
	memcpy(in, input->items, (size_t)n * p->in_size);
	if (instants)
		memcpy(in_instants, input->instants, n * sizeof *in_instants);
	for (;;) {
		struct weir_ran ran = weir_program_run(p, kernels, scratch, in + (size_t)at * p->in_size,
			instants ? in_instants + at : NULL, n - at, out + (size_t)o->made * p->out_size,
			instants ? out_instants + o->made : NULL, o->dropped);

		at += ran.taken;
		o->made += ran.made;
		if (ran.fault == 0)
			break;
		ways_fault(o, at++, ran.fault, ran.fault_segment);
	}
	ck_assert_uint_eq(at, n);
	if (in_place)
		memcpy(o->items, in, (size_t)o->made * p->out_size);
	if (in_place && instants)
		memcpy(o->instants, in_instants, o->made * sizeof *in_instants);
	free(scratch);
}

/* One item through one program after another, by the item path. False: it ended on the way. */
static inline bool ways_pass(struct outcome *o, const struct weir_program *const *list, size_t n_list,
	const unsigned char *items, uint32_t item)
{
	alignas(8) unsigned char record[2][WAYS_ITEM_BYTES];
	uint32_t segment = 0;

	memcpy(record[0], items + (size_t)item * list[0]->in_size, list[0]->in_size);
	for (size_t s = 0; s < n_list; s++) {
		struct weir_ran ran = weir_program_run(list[s], NULL, NULL, record[s % 2], NULL, 1,
			record[1 - s % 2], NULL, o->dropped + segment);

		if (ran.fault != 0)
			ways_fault(o, item, ran.fault, segment + ran.fault_segment);
		if (ran.made == 0)
			return false;
		segment += list[s]->n_segments;
	}
	memcpy(o->items + (size_t)o->made * list[n_list - 1]->out_size, record[n_list % 2],
		list[n_list - 1]->out_size);
	return true;
}

/* Programs one after another, item by item; instants are left out. */
static inline void ways_run_apart(struct outcome *o, const struct weir_program *const *list, size_t n_list,
	const struct ways_input *input)
{
	ways_begin(o, list[n_list - 1]->out_size, input->n);
	for (uint32_t i = 0; i < input->n; i++)
		o->made += ways_pass(o, list, n_list, input->items, i);
}

/* What differs, or NULL. */
static inline const char *ways_differ(const struct outcome *a, const struct outcome *b, uint16_t out_size)
{
	if (a->made != b->made)
		return "made";
	if (memcmp(a->dropped, b->dropped, sizeof a->dropped) != 0)
		return "dropped";
	if (a->n_faults != b->n_faults ||
		memcmp(a->faults, b->faults, a->n_faults * sizeof a->faults[0]) != 0)
		return "faults";
	if (memcmp(a->items, b->items, (size_t)a->made * out_size) != 0)
		return "items";
	if (memcmp(a->instants, b->instants, a->made * sizeof a->instants[0]) != 0)
		return "instants";
	return NULL;
}

#endif
