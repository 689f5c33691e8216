/* SPDX-License-Identifier: MIT */
/*
 * aggregates.h -- what window keeps per group: {field: expression over aggregates and key fields}, compiled.
 *
 *	record --args--> argument record --fold--> accumulators --results, keys, bounds--> made record
 *--emit--> output
 *
 * Made by the builder; const. Both steps at the ends are programs; the fold is the window's own.
 */
#ifndef WEIR_AGGREGATES_H
#define WEIR_AGGREGATES_H

#include <weir/program.h>

#ifdef __cplusplus
extern "C" {
#endif

enum weir_aggregate_fn {
	WEIR_AGG_COUNT,
	WEIR_AGG_SUM,
	WEIR_AGG_AVG,
	WEIR_AGG_MIN,
	WEIR_AGG_MAX,
	WEIR_AGG_FIRST,
	WEIR_AGG_LAST,
	WEIR_AGG_VAR, /* from here on: lib/statistics.c */
	WEIR_AGG_STDDEV,
	WEIR_AGG_QUANTILE,     /* keeps the values */
	WEIR_AGG_QUANTILE_TOO, /* another one of the values that the last QUANTILE before it keeps */
	WEIR_AGG_FNS
};

struct weir_aggregate {
	uint8_t fn;          /* enum weir_aggregate_fn */
	uint8_t kind;        /* enum weir_kind of the argument (never TEXT); count: unused */
	uint8_t result_kind; /* count I64; sum I64 or F64; min, max, first, last the argument's; else F64 */
	uint8_t q;           /* quantiles: which of weir_samples.q */
	uint16_t arg;        /* offset of the argument in the argument record */
	uint16_t result;     /* offset of the result in the made record */
};

#define WEIR_AGG_NO_OFFSET UINT16_MAX

#define WEIR_SAMPLES_MOST 16777216u

/* What quantiles are taken over, and which: 0 is the least value, 0.5 the median, 1 the greatest. */
struct weir_samples {
	const double *q;
	uint32_t most; /* values of one accumulator */
};

struct weir_aggregates {
	const struct weir_aggregate *list;
	const struct weir_program
		*args; /* NULL: all arguments are plain fields, `arg` is an offset in the input record */
	const struct weir_record *args_record; /* NULL with args */
	const struct weir_record *made;        /* results, then key fields, then bounds, as used */
	const struct weir_program *emit;       /* made -> output */
	const uint16_t *key_offsets; /* key field i -> offset in made, or WEIR_AGG_NO_OFFSET when not used */
	const struct weir_samples *samples; /* NULL: no quantiles */
	uint16_t n_list;
	uint16_t start_offset,
		end_offset; /* window_start(), window_end() in made (time), or WEIR_AGG_NO_OFFSET */
};

#ifdef __cplusplus
}
#endif
#endif
