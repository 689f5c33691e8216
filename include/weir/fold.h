/* SPDX-License-Identifier: MIT */
/*
 * fold.h -- accumulators for the aggregates of one group: add items, read results.
 *
 * An accumulator is weir_fold_size() bytes, 8-aligned; all zero is empty. Integer sums are exact in i64, an
 * overflow is an error of the item that caused it, and nothing of that item is applied. Float sums and
 * averages are f64, added in item order. Averages of integers come from an exact 128-bit sum. min and max
 * pass over NaN: NaN only if every value is. var and stddev are of the sample, by Welford's method in item order;
 * quantiles keep every value, up to a number beyond which the next item is an error. Freestanding; any context that
 * owns the accumulator.
 */
#ifndef WEIR_FOLD_H
#define WEIR_FOLD_H

#include <weir/aggregates.h>
#include <weir/kernels.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Bytes of one accumulator, a multiple of 8. */
size_t weir_fold_size(const struct weir_aggregates *a);
/* How many of these at the front must be 0 in an empty one; the rest may be anything. */
size_t weir_fold_clear_size(const struct weir_aggregates *a);
/* Items folded in so far. */
uint64_t weir_fold_count(const void *acc);
/* What weir_fold_add would return. */
int weir_fold_fits(const struct weir_aggregates *a, const void *acc, const void *args);
/* Add one item, whose arguments lie in args. WEIR_EOVERFLOW, WEIR_ESAMPLES: it was not added. */
int weir_fold_add(const struct weir_aggregates *a, void *acc, const void *args);
/*
 * Add n items whose arguments lie stride bytes apart. Returns how many were added: fewer than n when
 * weir_fold_add refuses the next one. The result is that of n times weir_fold_add. kernels: NULL for plain loops.
 */
uint32_t weir_fold_run(const struct weir_aggregates *a, const struct weir_kernels *kernels, void *acc,
	const void *args, uint32_t stride, uint32_t n);
/*
 * How many of the first n items, each for an accumulator of its own (NULL: an empty one), surely fit, in whatever order
 * accumulators repeat. n <= WEIR_FOLD_EACH.
 */
#define WEIR_FOLD_EACH 64u
uint32_t weir_fold_fit_each(
	const struct weir_aggregates *a, void *const *accs, const void *args, uint32_t stride, uint32_t n);
/* Add item i to accumulator i; they fit. */
void weir_fold_add_each(
	const struct weir_aggregates *a, void *const *accs, const void *args, uint32_t stride, uint32_t n);
/*
 * Add what another accumulator holds, whose first item came later, and then one item: all or nothing. Returns as
 * weir_fold_add. Sums of floats are added to each other; the variance about both means is taken together.
 */
int weir_fold_join(const struct weir_aggregates *a, void *into, const void *from, const void *args);
/* Write the results into a made record, once: the accumulator, which holds at least one item, is worn out then. */
void weir_fold_results(const struct weir_aggregates *a, void *acc, void *made);

#ifdef __cplusplus
}
#endif
#endif
