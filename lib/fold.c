/* SPDX-License-Identifier: MIT */
/*
 * fold.c -- accumulators for the aggregates of one group (fold.h).
 *
 * An accumulator is the number of items, then 8 bytes for each aggregate in the order of the list: nothing
 * for count, 16 for the average of integers, what statistics.c says for its own. Values are kept widened to i64,
 * u64 or f64, which loses nothing.
 */
#include <string.h>

#include <weir/error.h>

#include "fold_values.h"

#define STORE(type, member)               \
	do {                              \
		type x = (type)v.member;  \
		memcpy(to, &x, sizeof x); \
	} while (0)

static void store(uint8_t kind, void *to, union weir_value v)
{
	switch (kind) {
	case WEIR_I8:
		STORE(int8_t, i);
		break;
	case WEIR_I16:
		STORE(int16_t, i);
		break;
	case WEIR_I32:
		STORE(int32_t, i);
		break;
	case WEIR_BOOL:
	case WEIR_U8:
		STORE(uint8_t, u);
		break;
	case WEIR_U16:
		STORE(uint16_t, u);
		break;
	case WEIR_U32:
		STORE(uint32_t, u);
		break;
	case WEIR_F32:
		if (WEIR_WITH_FLOATS)
			STORE(float, d);
		break;
	default:
		memcpy(to, &v, 8);
		break;
	}
}

static double wide_value(const struct wide *w)
{
	if (w->high == (int64_t)(w->low >> 63) * -1) { /* fits i64: one rounding */
		union weir_value v = { .u = w->low };

		return (double)v.i;
	}
	return (double)w->high * 18446744073709551616.0 + (double)w->low;
}

static bool sum_fits(int64_t sum, union weir_value v, enum lane lane)
{
	if (lane == UNSIGNED)
		return v.u <= INT64_MAX &&
		       (int64_t)v.u <= INT64_MAX - sum; /* sum >= 0: of such values alone */
	return v.i >= 0 ? sum <= INT64_MAX - v.i : sum >= INT64_MIN - v.i;
}

size_t weir_fold_size(const struct weir_aggregates *a)
{
	size_t bytes = sizeof(uint64_t);

	for (uint16_t k = 0; k < a->n_list; k++)
		bytes += bytes_of(a, &a->list[k]);
	return bytes;
}

/* What statistics keep is as good as empty until the first value comes: they may be large. */
size_t weir_fold_clear_size(const struct weir_aggregates *a)
{
	size_t at = sizeof(uint64_t), clear = at;

	for (uint16_t k = 0; k < a->n_list; k++) {
		at += bytes_of(a, &a->list[k]);
		if (!is_statistic(&a->list[k]))
			clear = at;
	}
	return clear;
}

uint64_t weir_fold_count(const void *acc)
{
	return *(const uint64_t *)acc;
}

static void wide_add(struct wide *w, union weir_value v, enum lane lane)
{
	w->low += v.u;
	w->high += w->low < v.u ? 1 : 0;
	w->high -= lane == SIGNED && v.i < 0 ? 1 : 0;
}

/* Whether x takes the place of the least (greatest) so far. NaN never does, and always gives way. */
static bool is_better(union weir_value x, union weir_value best, enum lane lane, bool greatest)
{
	switch (lane) {
	case SIGNED:
		return greatest ? x.i > best.i : x.i < best.i;
	case UNSIGNED:
		return greatest ? x.u > best.u : x.u < best.u;
	default:
		return WEIR_WITH_FLOATS &&
		       ((greatest ? x.d > best.d : x.d < best.d) || (best.d != best.d && x.d == x.d));
	}
}

/* ---- one item ---- */

static bool item_fits(const struct weir_aggregates *a, const unsigned char *acc, const unsigned char *args)
{
	for (uint16_t k = 0; k < a->n_list; k++) {
		const struct weir_aggregate *g = &a->list[k];

		if (is_exact_sum(g) && !sum_fits(((const union weir_value *)(const void *)acc)->i,
					       load(g->kind, args + g->arg), lane_of(g->kind)))
			return false;
		acc += bytes_of(a, g);
	}
	return true;
}

void weir_fold_value(const struct weir_aggregate *g, void *acc, union weir_value x, bool first)
{
	union weir_value *v = acc;
	enum lane lane = lane_of(g->kind);

	if (is_statistic(g)) {
		weir_statistic_add(g, acc, x, first);
		return;
	}
	switch (g->fn) {
	case WEIR_AGG_SUM:
	case WEIR_AGG_AVG:
		if (is_float(lane))
			v->d += x.d;
		else if (is_wide(g))
			wide_add(acc, x, lane);
		else
			v->i += x.i;
		break;
	case WEIR_AGG_MIN:
	case WEIR_AGG_MAX:
		if (first || is_better(x, *v, lane, g->fn == WEIR_AGG_MAX))
			*v = x;
		break;
	case WEIR_AGG_FIRST:
		if (first)
			*v = x;
		break;
	default:
		*v = x;
		break;
	}
}

int weir_fold_fits(const struct weir_aggregates *a, const void *acc, const void *args)
{
	const uint64_t *count = acc;

	if (room_for(a, *count) == 0)
		return WEIR_ESAMPLES;
	return item_fits(a, (const unsigned char *)(count + 1), args) ? WEIR_OK : WEIR_EOVERFLOW;
}

int weir_fold_add(const struct weir_aggregates *a, void *acc, const void *args)
{
	uint64_t *count = acc;
	unsigned char *at = (unsigned char *)(count + 1);
	int code = weir_fold_fits(a, acc, args);

	if (code < 0)
		return code;
	for (uint16_t k = 0; k < a->n_list; k++) {
		const struct weir_aggregate *g = &a->list[k];

		if (g->fn != WEIR_AGG_COUNT)
			weir_fold_value(
				g, at, load(g->kind, (const unsigned char *)args + g->arg), *count == 0);
		at += bytes_of(a, g);
	}
	(*count)++;
	return WEIR_OK;
}

/* ---- many items, one aggregate at a time ---- */

/* Values of at most 32 bits: no partial sum of MOST_RUN of them comes near the ends of i64. */
#define MOST_RUN (1u << 24)

#define NARROW_SUM(type)                                                        \
	do {                                                                    \
		int64_t s0 = 0, s1 = 0, s2 = 0, s3 = 0;                         \
		type x;                                                         \
		if (stride == sizeof x)                                         \
			for (; i + 4 <= n; i += 4, from += 4 * sizeof x) {      \
				type y[4];                                      \
				memcpy(y, from, sizeof y);                      \
				s0 += y[0], s1 += y[1], s2 += y[2], s3 += y[3]; \
			}                                                       \
		for (; i < n; i++, from += stride) {                            \
			memcpy(&x, from, sizeof x);                             \
			s0 += x;                                                \
		}                                                               \
		total.i = s0 + s1 + s2 + s3;                                    \
	} while (0)

static bool checked_sum(uint8_t kind, int64_t *sum, const unsigned char *from, uint32_t stride, uint32_t n)
{
	int64_t s = *sum;

	for (uint32_t i = 0; i < n; i++, from += stride) {
		union weir_value x = load(kind, from);

		if (!sum_fits(s, x, lane_of(kind)))
			return false;
		s += x.i;
	}
	*sum = s;
	return true;
}

/* Add n integers to an exact sum; false, and nothing is added, when any partial sum may overflow. */
static bool sum_run(uint8_t kind, const struct weir_kernels *kernels, int64_t *sum, const unsigned char *from,
	uint32_t stride, uint32_t n)
{
	union weir_value total = { 0 };
	uint32_t i = 0;

	if (n > MOST_RUN)
		return checked_sum(kind, sum, from, stride, n);
	switch (kind) {
	case WEIR_I8:
		NARROW_SUM(int8_t);
		break;
	case WEIR_I16:
		NARROW_SUM(int16_t);
		break;
	case WEIR_I32:
		NARROW_SUM(int32_t);
		break;
	case WEIR_BOOL:
	case WEIR_U8:
		NARROW_SUM(uint8_t);
		break;
	case WEIR_U16:
		NARROW_SUM(uint16_t);
		break;
	case WEIR_U32:
		NARROW_SUM(uint32_t);
		break;
	default:
		if (kind != WEIR_U64 && kernels != NULL)
			return kernels->sum_i64(sum, from, stride, n);
		return checked_sum(kind, sum, from, stride, n);
	}
	if (*sum > INT64_MAX / 2 ||
		*sum < INT64_MIN / 2) /* rare: item by item finds the one that overflows */
		return false;
	*sum += total.i;
	return true;
}

static void sum_floats(uint8_t kind, const struct weir_kernels *kernels, double *sum,
	const unsigned char *from, uint32_t stride, uint32_t n)
{
	if (kernels != NULL) {
		(kind == WEIR_F32 ? kernels->sum_f32 : kernels->sum_f64)(sum, from, stride, n);
		return;
	}
	for (uint32_t i = 0; i < n; i++, from += stride)
		*sum += load(kind, from).d;
}

static void average_run(uint8_t kind, const struct weir_kernels *kernels, void *acc,
	const unsigned char *from, uint32_t stride, uint32_t n)
{
	union weir_value total = { 0 };

	if (lane_of(kind) == FLOAT) {
		sum_floats(kind, kernels, acc, from, stride, n);
		return;
	}
	if (sum_run(kind, kernels, &total.i, from, stride, n)) {
		wide_add(acc, total, SIGNED);
		return;
	}
	for (uint32_t i = 0; i < n; i++, from += stride)
		wide_add(acc, load(kind, from), lane_of(kind));
}

#define BEST(type, member)                                                \
	do {                                                              \
		for (uint32_t i = 0; i < n; i++, from += stride) {        \
			type x;                                           \
			memcpy(&x, from, sizeof x);                       \
			if (greatest ? x > best.member : x < best.member) \
				best.member = x;                          \
		}                                                         \
	} while (0)

#define BEST_FLOAT(type)                                                                 \
	do {                                                                             \
		for (uint32_t i = 0; i < n; i++, from += stride) {                       \
			type x;                                                          \
			memcpy(&x, from, sizeof x);                                      \
			if ((greatest ? x > best.d : x < best.d) || !(best.d == best.d)) \
				best.d = x;                                              \
		}                                                                        \
	} while (0)

static union weir_value best_run(uint8_t kind, union weir_value best, bool greatest,
	const unsigned char *from, uint32_t stride, uint32_t n)
{
	switch (kind) {
	case WEIR_I32:
		BEST(int32_t, i);
		break;
	case WEIR_I64:
	case WEIR_TIME:
		BEST(int64_t, i);
		break;
	case WEIR_F32:
		BEST_FLOAT(float);
		break;
	case WEIR_F64:
		BEST_FLOAT(double);
		break;
	default:
		for (uint32_t i = 0; i < n; i++, from += stride) {
			union weir_value x = load(kind, from);

			if (is_better(x, best, lane_of(kind), greatest))
				best = x;
		}
		break;
	}
	return best;
}

static void add_run(const struct weir_aggregate *g, const struct weir_kernels *kernels, void *acc,
	const unsigned char *from, uint32_t stride, uint32_t n, bool first)
{
	union weir_value *v = acc;

	if (is_statistic(g)) {
		for (uint32_t i = 0; i < n; i++, from += stride)
			weir_statistic_add(g, acc, load(g->kind, from), first && i == 0);
		return;
	}
	switch (g->fn) {
	case WEIR_AGG_SUM:
		if (lane_of(g->kind) == FLOAT)
			sum_floats(g->kind, kernels, &v->d, from, stride, n);
		break; /* exact sums have been added before */
	case WEIR_AGG_AVG:
		average_run(g->kind, kernels, acc, from, stride, n);
		break;
	case WEIR_AGG_MIN:
	case WEIR_AGG_MAX:
		*v = best_run(
			g->kind, first ? load(g->kind, from) : *v, g->fn == WEIR_AGG_MAX, from, stride, n);
		break;
	case WEIR_AGG_FIRST:
		if (first)
			*v = load(g->kind, from);
		break;
	case WEIR_AGG_LAST:
		*v = load(g->kind, from + (size_t)(n - 1) * stride);
		break;
	default:
		break;
	}
}

#define MOST_SUMS 8u

/* Add all exact sums of the run, or none: false. */
static bool add_exact_sums(const struct weir_aggregates *a, const struct weir_kernels *kernels,
	unsigned char *acc, const unsigned char *args, uint32_t stride, uint32_t n)
{
	int64_t before[MOST_SUMS], *sums[MOST_SUMS];
	uint32_t done = 0;
	bool fits = true;

	for (uint16_t k = 0; k < a->n_list && fits; k++) {
		const struct weir_aggregate *g = &a->list[k];
		int64_t *sum = &((union weir_value *)(void *)acc)->i;

		acc += bytes_of(a, g);
		if (!is_exact_sum(g))
			continue;
		fits = done < MOST_SUMS;
		if (!fits)
			break;
		before[done] = *sum;
		fits = sum_run(g->kind, kernels, sum, args + g->arg, stride, n);
		if (fits)
			sums[done++] = sum;
	}
	while (!fits && done > 0) {
		done--;
		*sums[done] = before[done];
	}
	return fits;
}

static uint32_t add_singly(
	const struct weir_aggregates *a, void *acc, const unsigned char *args, uint32_t stride, uint32_t n)
{
	uint32_t i = 0;

	while (i < n && weir_fold_add(a, acc, args + (size_t)i * stride) == WEIR_OK)
		i++;
	return i;
}

uint32_t weir_fold_run(const struct weir_aggregates *a, const struct weir_kernels *kernels, void *acc,
	const void *args, uint32_t stride, uint32_t n)
{
	uint64_t *count = acc;
	unsigned char *at = (unsigned char *)(count + 1);

	if (!WEIR_WITH_INTERPRETER || n < 4 || room_for(a, *count) < n ||
		!add_exact_sums(a, kernels, at, args, stride, n))
		return add_singly(a, acc, args, stride, n);
	for (uint16_t k = 0; k < a->n_list; k++) {
		const struct weir_aggregate *g = &a->list[k];

		add_run(g, kernels, at, (const unsigned char *)args + g->arg, stride, n, *count == 0);
		at += bytes_of(a, g);
	}
	*count += n;
	return n;
}

/* ---- results ---- */

static union weir_value result_of(const struct weir_aggregate *g, const void *acc, uint64_t count)
{
	union weir_value v = { 0 };

	if (g->fn == WEIR_AGG_COUNT) {
		v.i = (int64_t)count;
		return v;
	}
	memcpy(&v, acc, sizeof v);
	if (WEIR_WITH_FLOATS && g->fn == WEIR_AGG_AVG)
		v.d = (is_wide(g) ? wide_value(acc) : v.d) / (double)count;
	return v;
}

void weir_fold_results(const struct weir_aggregates *a, void *acc, void *made)
{
	uint64_t count = weir_fold_count(acc);
	unsigned char *at = (unsigned char *)acc + sizeof count, *values = at;

	for (uint16_t k = 0; k < a->n_list; k++) {
		const struct weir_aggregate *g = &a->list[k];
		union weir_value v;

		if (is_statistic(g)) {
			values = g->fn == WEIR_AGG_QUANTILE_TOO ? values : at;
			v.d = weir_statistic_result(a, g, values);
			at += weir_statistic_bytes(a, g);
		} else {
			v = result_of(g, at, count);
			at += plain_bytes(g);
		}
		store(g->result_kind, (unsigned char *)made + g->result, v);
	}
}
