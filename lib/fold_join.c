/* SPDX-License-Identifier: MIT */
/* fold_join.c -- two accumulators become one (fold.h). A file of its own, which only sessions need. */
#include <weir/error.h>

#include "fold_values.h"

/* Whether two exact sums and a value more stay in i64, in this order. */
static bool sums_fit(int64_t into, int64_t from, union weir_value x, enum lane lane)
{
	if (from >= 0 ? into > INT64_MAX - from : into < INT64_MIN - from)
		return false;
	into += from;
	if (lane == UNSIGNED) /* sums of such values alone are never below 0 */
		return x.u <= (uint64_t)(INT64_MAX - into);
	return x.i >= 0 ? into <= INT64_MAX - x.i : into >= INT64_MIN - x.i;
}

static int fits(const struct weir_aggregates *a, const unsigned char *into, const unsigned char *from,
	const unsigned char *args)
{
	const uint64_t count = weir_fold_count(into) + weir_fold_count(from);

	if (WEIR_WITH_STATISTICS && a->samples != NULL && count >= a->samples->most)
		return WEIR_ESAMPLES;
	into += sizeof count;
	from += sizeof count;
	for (uint16_t k = 0; k < a->n_list; k++) {
		const struct weir_aggregate *g = &a->list[k];
		size_t bytes = bytes_of(a, g);

		if (is_exact_sum(g) && !sums_fit(load(WEIR_I64, into).i, load(WEIR_I64, from).i,
					       load(g->kind, args + g->arg), lane_of(g->kind)))
			return WEIR_EOVERFLOW;
		into += bytes;
		from += bytes;
	}
	return WEIR_OK;
}

static void join_wide(struct wide *into, const struct wide *from)
{
	into->low += from->low;
	into->high += from->high + (into->low < from->low ? 1 : 0);
}

int weir_fold_join(const struct weir_aggregates *a, void *into, const void *from, const void *args)
{
	uint64_t *count = into;
	unsigned char *to = (unsigned char *)(count + 1);
	const unsigned char *at = (const unsigned char *)from + sizeof *count;
	int code = fits(a, into, from, args);

	if (code < 0)
		return code;
	for (uint16_t k = 0; k < a->n_list; k++) {
		const struct weir_aggregate *g = &a->list[k];
		size_t bytes = bytes_of(a, g);

		if (is_statistic(g))
			weir_statistic_join(g, to, at);
		else if (is_wide(g))
			join_wide((struct wide *)(void *)to, (const struct wide *)(const void *)at);
		else if (g->fn != WEIR_AGG_COUNT)
			weir_fold_value(g, to, load(WEIR_I64, at), false); /* a sum is a value too */
		to += bytes;
		at += bytes;
	}
	*count += weir_fold_count(from);
	return weir_fold_add(a, into, args);
}
