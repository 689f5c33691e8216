/* SPDX-License-Identifier: MIT */
/* arguments.c -- the arguments of aggregates for the items of a span (arguments.h). */
#include <weir/arguments.h>

size_t weir_arguments_size(const struct weir_aggregates *a, uint32_t batch)
{
	return a->args == NULL ? 0 : ((size_t)batch * a->args_record->size + 7u) & ~(size_t)7u;
}

void weir_arguments_init(struct weir_arguments *g, void *memory, const struct weir_aggregates *a,
	uint32_t batch, uint32_t item_bytes)
{
	*g = (struct weir_arguments){ .aggregates = a, .computed = memory };
	g->batch = a->args == NULL ? 0 : batch;
	g->stride_bytes = a->args == NULL ? item_bytes : a->args_record->size;
}

void weir_arguments_begin(struct weir_arguments *g)
{
	g->first = g->count = 0;
}

const void *weir_arguments_of(
	struct weir_arguments *g, const struct weir_span *in, uint32_t i, uint32_t *n, int *code)
{
	const struct weir_program *p = g->aggregates->args;
	const unsigned char *items = in->items;
	uint32_t ahead = in->count - i < g->batch ? in->count - i : g->batch, none = 0;

	if (p == NULL)
		return items + (size_t)i * g->stride_bytes;
	if (i < g->first || i - g->first >= g->count) {
		struct weir_ran ran = weir_program_run(
			p, NULL, NULL, items + (size_t)i * p->in_size, NULL, ahead, g->computed, NULL, &none);

		g->first = i;
		g->count = ran.taken;
		*code = ran.fault;
	}
	if (*n > g->count - (i - g->first))
		*n = g->count - (i - g->first);
	return g->computed + (size_t)(i - g->first) * g->stride_bytes;
}
