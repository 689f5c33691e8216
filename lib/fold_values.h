/* SPDX-License-Identifier: MIT */
/*
 * fold_values.h -- one value of an aggregate: what it widens to, where it lies, how one more is added. Private to fold*.c and
 * statistics.c.
 */
#ifndef WEIR_FOLD_VALUES_H
#define WEIR_FOLD_VALUES_H

#include <string.h>

#include <weir/config.h>
#include <weir/fold.h>

#ifdef __GNUC__
#pragma GCC visibility push(hidden) /* calls stay in the library */
#endif

/* What a kind widens to. */
enum lane { SIGNED, UNSIGNED, FLOAT };

static const uint8_t lanes[WEIR_KINDS] = {
	[WEIR_BOOL] = UNSIGNED,
	[WEIR_U8] = UNSIGNED,
	[WEIR_U16] = UNSIGNED,
	[WEIR_U32] = UNSIGNED,
	[WEIR_U64] = UNSIGNED,
	[WEIR_F32] = FLOAT,
	[WEIR_F64] = FLOAT,
};

static inline enum lane lane_of(uint8_t kind)
{
	return (enum lane)lanes[kind];
}

/* Without floats none is asked for, and none of the code for them is there. */
static inline bool is_float(enum lane lane)
{
	return WEIR_WITH_FLOATS && lane == FLOAT;
}

/* Kinds that are as wide as what they widen to. */
#define WIDE_KINDS (1u << WEIR_I64 | 1u << WEIR_U64 | 1u << WEIR_F64 | 1u << WEIR_TIME)

#define LOAD(type, member)                  \
	do {                                \
		type x;                     \
		memcpy(&x, from, sizeof x); \
		v.member = x;               \
	} while (0)

static inline union weir_value load_narrow(uint8_t kind, const void *from)
{
	union weir_value v = { 0 };

	switch (kind) {
	case WEIR_I8:
		LOAD(int8_t, i);
		break;
	case WEIR_I16:
		LOAD(int16_t, i);
		break;
	case WEIR_I32:
		LOAD(int32_t, i);
		break;
	case WEIR_BOOL:
	case WEIR_U8:
		LOAD(uint8_t, u);
		break;
	case WEIR_U16:
		LOAD(uint16_t, u);
		break;
	case WEIR_U32:
		LOAD(uint32_t, u);
		break;
	default:
		if (WEIR_WITH_FLOATS)
			LOAD(float, d);
		break;
	}
	return v;
}

static inline union weir_value load(uint8_t kind, const void *from)
{
	union weir_value v;

	if ((WIDE_KINDS >> kind & 1u) == 0)
		return load_narrow(kind, from);
	memcpy(&v, from, sizeof v);
	return v;
}

/* An exact sum of 64-bit integers: two's complement, low word first. */
struct wide {
	uint64_t low;
	int64_t high;
};

static inline bool is_wide(const struct weir_aggregate *g)
{
	return WEIR_WITH_FLOATS && g->fn == WEIR_AGG_AVG && lane_of(g->kind) != FLOAT;
}

static inline bool is_statistic(const struct weir_aggregate *g)
{
	return WEIR_WITH_STATISTICS && g->fn >= WEIR_AGG_VAR;
}

/* statistics.c: var, stddev and quantiles. */
size_t weir_statistic_bytes(const struct weir_aggregates *a, const struct weir_aggregate *g);
void weir_statistic_add(const struct weir_aggregate *g, void *acc, union weir_value x, bool first);
void weir_statistic_join(const struct weir_aggregate *g, void *into, const void *from);
/* Quantiles: acc is of the QUANTILE, and the one of that itself is asked for first: it puts the values in order. */
double weir_statistic_result(const struct weir_aggregates *a, const struct weir_aggregate *g, void *acc);

/* Of what is no statistic. */
static inline size_t plain_bytes(const struct weir_aggregate *g)
{
	return g->fn == WEIR_AGG_COUNT ? 0 : is_wide(g) ? sizeof(struct wide) : sizeof(union weir_value);
}

static inline size_t bytes_of(const struct weir_aggregates *a, const struct weir_aggregate *g)
{
	return is_statistic(g) ? weir_statistic_bytes(a, g) : plain_bytes(g);
}

static inline bool is_exact_sum(const struct weir_aggregate *g)
{
	return g->fn == WEIR_AGG_SUM && !is_float(lane_of(g->kind));
}

/* How many values more an accumulator takes. */
static inline uint64_t room_for(const struct weir_aggregates *a, uint64_t count)
{
	return !WEIR_WITH_STATISTICS || a->samples == NULL ? UINT64_MAX - count : a->samples->most - count;
}

/* Add a value to what an aggregate has; the first one that comes to it, or not. */
void weir_fold_value(const struct weir_aggregate *g, void *acc, union weir_value x, bool first);

#ifdef __GNUC__
#pragma GCC visibility pop
#endif

#endif
