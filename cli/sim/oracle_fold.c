/* SPDX-License-Identifier: MIT */
/* oracle_fold.c -- what aggregates make of values, one after the other (oracle_fold.h). */
#include <math.h>
#include <stdlib.h>

#include "oracle_fold.h"

bool sim_fold_is_float(const struct sim_value *v)
{
	return v->kind == WEIR_F32 || v->kind == WEIR_F64;
}

static double real_of(const struct sim_value *v)
{
	return v->kind == WEIR_F32 ? (double)v->f : v->d;
}

static int64_t whole_of(const struct sim_value *v)
{
	return v->kind == WEIR_BOOL || v->kind == WEIR_U64 ? (int64_t)v->u : v->i;
}

/* A u64 beyond i64 always does. */
bool sim_fold_overflows(int64_t a, const struct sim_value *v)
{
	int64_t b = whole_of(v);

	if (v->kind == WEIR_U64 && v->u > INT64_MAX)
		return true;
	return b > 0 ? a > INT64_MAX - b : a < INT64_MIN - b;
}

/* NaN never takes another's place, and always gives way. */
static bool is_better(const struct sim_value *v, const struct sim_value *best, bool greatest)
{
	if (sim_fold_is_float(v)) {
		double x = real_of(v), y = real_of(best);

		return (greatest ? x > y : x < y) || (y != y && x == x);
	}
	if (v->kind == WEIR_U64)
		return greatest ? v->u > best->u : v->u < best->u;
	return greatest ? whole_of(v) > whole_of(best) : whole_of(v) < whole_of(best);
}

bool sim_fold_is_quantile(const struct sim_aggregate *a)
{
	return a->fn == SIM_FN_MEDIAN || a->fn == SIM_FN_QUANTILE;
}

void sim_fold_note(struct sim_oracle *o, const struct sim_aggregate *a, struct sim_fold *f,
	const struct sim_value *v, uint64_t n, uint64_t samples)
{
	double x = sim_fold_is_float(v)  ? real_of(v)
		   : v->kind == WEIR_U64 ? (double)v->u
					 : (double)whole_of(v);
	double off = x - f->mean;

	f->mean += off / (double)(n + 1);
	f->squares += off * (x - f->mean);
	if (sim_fold_is_quantile(a) && f->values == NULL)
		f->values = sim_pool_get(o->pool, samples * sizeof *f->values);
	if (sim_fold_is_quantile(a))
		f->values[n] = x;
}

/* NaN behind all others. */
static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	if (x != x || y != y)
		return (x != x) - (y != y);
	return x != y ? (x > y) - (x < y) : (signbit(y) != 0) - (signbit(x) != 0);
}

static double quantile(const struct sim_aggregate *a, struct sim_fold *f, uint64_t n)
{
	double place = a->q * (double)(n - 1), part = place - floor(place), low, high, x;
	uint64_t at = (uint64_t)place;

	qsort(f->values, n, sizeof *f->values, by_value);
	low = f->values[at];
	high = f->values[part > 0 ? at + 1 : at];
	x = low * (1 - part) + high * part;
	return low == high || part == 0 ? low : x < low ? low : x > high ? high : x;
}

double sim_fold_statistic(const struct sim_aggregate *a, struct sim_fold *f, uint64_t n)
{
	double variance = n > 1 ? f->squares / (double)(n - 1) : (double)NAN;

	return sim_fold_is_quantile(a) ? quantile(a, f, n) : a->fn == SIM_FN_VAR ? variance : sqrt(variance);
}

void sim_fold_add(
	const struct sim_aggregate *a, struct sim_value *so_far, const struct sim_value *v, bool first)
{
	bool sums = a->fn == SIM_FN_SUM || a->fn == SIM_FN_AVG;

	if (sums && sim_fold_is_float(v)) {
		so_far->d = (first ? 0.0 : so_far->d) + real_of(v);
		so_far->kind = WEIR_F64;
	} else if (sums) {
		so_far->i = (first ? 0 : so_far->i) + whole_of(v);
		so_far->kind = WEIR_I64;
	} else if (first || a->fn == SIM_FN_LAST ||
		   (a->fn != SIM_FN_FIRST && is_better(v, so_far, a->fn == SIM_FN_MAX))) {
		*so_far = *v;
	}
}
