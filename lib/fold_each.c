/* SPDX-License-Identifier: MIT */
/* fold_each.c -- many items, each for one of many accumulators: an aggregate at a time (fold.h). */
#include "fold_values.h"

/* Sums below this, and values below the other, stay in i64 however often they meet in WEIR_FOLD_EACH items. */
#define SURE_SUM   (INT64_C(1) << 62)
#define SURE_VALUE (INT64_C(1) << 55)

uint32_t weir_fold_fit_each(
	const struct weir_aggregates *a, void *const *accs, const void *args, uint32_t stride, uint32_t n)
{
	size_t at = sizeof(uint64_t);

	for (uint32_t i = 0; WEIR_WITH_STATISTICS && a->samples != NULL && i < n; i++)
		if (room_for(a, accs[i] != NULL ? weir_fold_count(accs[i]) : 0) < n)
			n = i;
	for (uint16_t k = 0; k < a->n_list; k++) {
		const struct weir_aggregate *g = &a->list[k];
		const unsigned char *from = (const unsigned char *)args + g->arg;

		const int64_t least = lane_of(g->kind) == UNSIGNED ? -1 : -SURE_VALUE; /* not even that */

		for (uint32_t i = 0; is_exact_sum(g) && i < n; i++, from += stride) {
			int64_t x = load(g->kind, from).i, sum = 0;

			if (accs[i] != NULL)
				memcpy(&sum, (const unsigned char *)accs[i] + at, sizeof sum);
			if (x >= SURE_VALUE || x <= least || sum >= SURE_SUM || sum <= -SURE_SUM)
				n = i;
		}
		at += bytes_of(a, g);
	}
	return n;
}

#define EACH_LANE(type)                                                  \
	for (uint32_t i = 0; i < n; i++, from += stride) {               \
		double *sum = (double *)((unsigned char *)accs[i] + at); \
		type x;                                                  \
                                                                         \
		memcpy(&x, from, sizeof x);                              \
		*sum += (double)x;                                       \
	}

static void add_each(const struct weir_aggregate *g, void *const *accs, size_t at, const unsigned char *from,
	uint32_t stride, uint32_t n, const bool *first)
{
	const bool adds = g->fn == WEIR_AGG_SUM || g->fn == WEIR_AGG_AVG;

	if (WEIR_WITH_FLOATS && adds && g->kind == WEIR_F64)
		EACH_LANE(double)
	else if (WEIR_WITH_FLOATS && adds && g->kind == WEIR_F32)
		EACH_LANE(float)
	else
		for (uint32_t i = 0; i < n; i++, from += stride)
			weir_fold_value(g, (unsigned char *)accs[i] + at, load(g->kind, from), first[i]);
}

void weir_fold_add_each(
	const struct weir_aggregates *a, void *const *accs, const void *args, uint32_t stride, uint32_t n)
{
	size_t at = sizeof(uint64_t);
	bool first[WEIR_FOLD_EACH];

	for (uint32_t i = 0; i < n; i++) /* before the values: an accumulator may come again */
		first[i] = (*(uint64_t *)accs[i])++ == 0;
	for (uint16_t k = 0; k < a->n_list; k++) {
		const struct weir_aggregate *g = &a->list[k];

		if (g->fn != WEIR_AGG_COUNT)
			add_each(g, accs, at, (const unsigned char *)args + g->arg, stride, n, first);
		at += bytes_of(a, g);
	}
}
