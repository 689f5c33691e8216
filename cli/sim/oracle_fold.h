/* SPDX-License-Identifier: MIT */
/* oracle_fold.h -- what aggregates make of values, one after the other: for oracle_window.c. */
#ifndef WEIR_SIM_ORACLE_FOLD_H
#define WEIR_SIM_ORACLE_FOLD_H

#include "oracle.h"

/* Of one aggregate. */
struct sim_fold {
	struct sim_value value; /* so far; sums: i or d */
	double mean, squares;   /* of all values */
	double *values;         /* quantiles: all of them */
};

bool sim_fold_is_float(const struct sim_value *v);
bool sim_fold_is_quantile(const struct sim_aggregate *a);
/* Whether a value more takes a sum out of i64. */
bool sim_fold_overflows(int64_t sum, const struct sim_value *v);
/* What sums, the least, the greatest, the first and the last come to with a value more. */
void sim_fold_add(
	const struct sim_aggregate *a, struct sim_value *so_far, const struct sim_value *v, bool first);
/* Note the n-th value, from 0, of at most `samples`: numbers of any kind. */
void sim_fold_note(struct sim_oracle *o, const struct sim_aggregate *a, struct sim_fold *f,
	const struct sim_value *v, uint64_t n, uint64_t samples);
/* var, stddev and quantiles of n values. */
double sim_fold_statistic(const struct sim_aggregate *a, struct sim_fold *f, uint64_t n);

#endif
