/* SPDX-License-Identifier: MIT */
/*
 * statistics.c -- the aggregates var, stddev, median and quantile (fold.h). A file of its own, which only windows that
 * ask for one of them need.
 *
 * Variance by Welford's method: a running mean, and the sum of squares about it. Unlike sums of x and of x squared that
 * are taken from each other at the end, it loses nothing where values lie close together and far from 0.
 *
 * Quantiles keep each value as a signed integer that is in order where the values are: integers as they are, or less 2^63
 * when unsigned; floats by their bits, those of negative ones turned round. So there is one order for all of them, in
 * which -0 stands before 0 and NaN behind infinity, and sorting needs no arithmetic of floats. Values are sorted once,
 * when the window closes.
 */
#include <weir/scalar.h>

#include "fold_values.h"

struct spread {
	double n, mean, squares;
};

struct values {
	uint64_t n;
	int64_t list[];
};

size_t weir_statistic_bytes(const struct weir_aggregates *a, const struct weir_aggregate *g)
{
	if (g->fn == WEIR_AGG_QUANTILE)
		return sizeof(struct values) + (size_t)a->samples->most * sizeof(int64_t);
	return g->fn == WEIR_AGG_QUANTILE_TOO ? 0 : sizeof(struct spread);
}

static double number_of(enum lane lane, union weir_value x)
{
	return lane == FLOAT ? x.d : lane == UNSIGNED ? (double)x.u : (double)x.i;
}

/* ---- values in order ---- */

static int64_t to_ordered(enum lane lane, union weir_value x)
{
	if (lane == UNSIGNED)
		x.u ^= (uint64_t)1 << 63;
	if (lane == FLOAT && x.d != x.d)
		return INT64_MAX;
	if (lane == FLOAT && x.i < 0)
		x.u ^= (uint64_t)INT64_MAX;
	return x.i;
}

static double from_ordered(enum lane lane, int64_t ordered)
{
	union weir_value x = { .i = ordered };

	if (lane == UNSIGNED)
		x.u ^= (uint64_t)1 << 63;
	if (lane == FLOAT && x.i < 0)
		x.u ^= (uint64_t)INT64_MAX;
	return number_of(lane, x); /* INT64_MAX are the bits of a NaN */
}

/* Let the value at i sink in the heap of the first n to where none below it is greater. */
static void sink(int64_t *heap, uint64_t i, uint64_t n)
{
	int64_t x = heap[i];

	for (uint64_t child = 2 * i + 1; child < n; child = 2 * i + 1) {
		if (child + 1 < n && heap[child + 1] > heap[child])
			child++;
		if (heap[child] <= x)
			break;
		heap[i] = heap[child];
		i = child;
	}
	heap[i] = x;
}

/* Heapsort: in place, and no order of the values makes it slow. */
static void sort(int64_t *list, uint64_t n)
{
	for (uint64_t i = n / 2; i > 0; i--)
		sink(list, i - 1, n);
	while (n > 1) {
		int64_t greatest = list[0];

		list[0] = list[--n];
		list[n] = greatest;
		sink(list, 0, n);
	}
}

/* The value at q of the way from the least, the first, to the greatest, the last. */
static double quantile(enum lane lane, const struct values *v, double q)
{
	double place = q * (double)(v->n - 1), low, high, part, between;
	uint64_t i = (uint64_t)place;

	part = place - (double)i;
	low = from_ordered(lane, v->list[i]);
	if (part == 0 || v->list[i] == v->list[i + 1])
		return low;
	high = from_ordered(lane, v->list[i + 1]);
	between = low * (1 - part) + high * part; /* unlike the difference of two, no part leaves f64 */
	return between < low ? low : between > high ? high : between;
}

/* ---- one value, one result ---- */

void weir_statistic_add(const struct weir_aggregate *g, void *acc, union weir_value x, bool first)
{
	enum lane lane = lane_of(g->kind);
	struct values *v = acc;
	struct spread *s = acc;

	if (g->fn == WEIR_AGG_QUANTILE_TOO)
		return;
	if (g->fn == WEIR_AGG_QUANTILE) {
		v->n = first ? 0 : v->n;
		v->list[v->n++] = to_ordered(lane, x);
	} else {
		double value = number_of(lane, x), off;

		if (first)
			*s = (struct spread){ 0 };
		off = value - s->mean;
		s->n += 1;
		s->mean += off / s->n;
		s->squares += off * (value - s->mean);
	}
}

/* Of two sets: Chan, Golub and LeVeque, Updating formulae and a pairwise algorithm, 1979. */
static void join_spreads(struct spread *into, const struct spread *from)
{
	double n = into->n + from->n, off = from->mean - into->mean;

	into->squares += from->squares + off * off * (into->n * from->n / n);
	into->mean += off * (from->n / n);
	into->n = n;
}

void weir_statistic_join(const struct weir_aggregate *g, void *into, const void *from)
{
	const struct values *more = from;
	struct values *v = into;

	if (g->fn == WEIR_AGG_QUANTILE) {
		memcpy(v->list + v->n, more->list, (size_t)more->n * sizeof *v->list);
		v->n += more->n;
	} else if (g->fn != WEIR_AGG_QUANTILE_TOO) {
		join_spreads(into, from);
	}
}

double weir_statistic_result(const struct weir_aggregates *a, const struct weir_aggregate *g, void *acc)
{
	static const union weir_value nan = { .u = UINT64_C(0x7ff8000000000000) };
	const struct spread *s = acc;
	struct values *v = acc;
	double result;

	if (g->fn == WEIR_AGG_QUANTILE)
		sort(v->list, v->n);
	if (g->fn >= WEIR_AGG_QUANTILE)
		result = quantile(lane_of(g->kind), v, a->samples->q[g->q]);
	else if (s->n < 2)
		result = nan.d;
	else
		result = s->squares / (s->n - 1);
	if (g->fn == WEIR_AGG_STDDEV)
		result = weir_sqrt_d(result);
	return result == result ? result : nan.d; /* one NaN on all machines */
}
