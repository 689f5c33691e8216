/* SPDX-License-Identifier: MIT */
/*
 * fold.h -- accumulators for the aggregates of one group: add items, read results.
 *
 * An accumulator is weir_fold_size() bytes, 8-aligned; all zero is empty. Integer sums are exact in i64, an
 * overflow is an error of the item that caused it, and nothing of that item is applied. Float sums and
 * averages are f64, added in item order. Averages of integers come from an exact 128-bit sum. min and max
 * pass over NaN: NaN only if every value is. Freestanding; any context that owns the accumulator.
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
/* Items folded in so far. */
uint64_t weir_fold_count(const void *acc);
/* Add one item, whose arguments lie in args. WEIR_EOVERFLOW: it was not added. */
int weir_fold_add(const struct weir_aggregates *a, void *acc, const void *args);
/*
 * Add n items whose arguments lie stride bytes apart. Returns how many were added: fewer than n when the next
 * one's sum overflows. The result is that of n times weir_fold_add. kernels: NULL for plain loops.
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
/* Write the results into a made record. The accumulator holds at least one item. */
void weir_fold_results(const struct weir_aggregates *a, const void *acc, void *made);

#ifdef __cplusplus
}
#endif
#endif
