/* SPDX-License-Identifier: MIT */
/*
 * each_rig.h -- one operator that looks at item after item, on the bed: what it makes of each.
 *
 *	each_open(_i, &weir_smooth_type, &params, &each_with_f64);
 *	each_item(100, 1.5, 7);			at, x, node
 *	bed_play();
 *	EACH_EXPECT(1.5, NAN, 2);		the field behind the item's own; or EACH_PASS: x itself
 *
 * Items are {at: time, x: f64, node: u32}, or {at, c: u64, node} by each_count. Rounds differ in spans and in the credit of the sink;
 * in each the outcome must be the same.
 */
#ifndef WEIR_TEST_EACH_RIG_H
#define WEIR_TEST_EACH_RIG_H

#include <check.h>
#include <stdlib.h>

#include "operators/bed.h"

#define EACH_ROUNDS 8
#define EACH_NAN    (__builtin_nan(""))

/* What comes in, and that with a field `made` behind. */
extern const struct weir_record each_record, each_counts;
extern const struct weir_record each_with_f64, each_with_u64, each_with_bool;
/* Their fields: of what comes in, and `made`. */
extern const struct weir_field each_fields[3], each_count_fields[3];
extern const struct weir_field each_f64_fields[4], each_u64_fields[4], each_bool_fields[4];
#define each_x    (&each_fields[1])
#define each_c    (&each_count_fields[1])
#define each_f64  (&each_f64_fields[3])
#define each_u64  (&each_u64_fields[3])
#define each_bool (&each_bool_fields[3])

/* No key, and by node with up to 4 of them. */
#define EACH_UNKEYED          \
	{                     \
		.max_keys = 1 \
	}
#define EACH_BY_NODE                                                         \
	{                                                                    \
		.key = { .fields = each_node, .n_fields = 1 }, .max_keys = 4 \
	}
extern const struct weir_field *const each_node[];

extern uint16_t each_stage, each_input;

/* out NULL: items go on as they are. */
void each_open(int round, const struct weir_op_type *type, const void *params, const struct weir_record *out);
void each_item(int64_t at, double x, uint32_t node);
void each_count(int64_t at, uint64_t c, uint32_t node);

/* Fail unless the sink got exactly these. A NaN must be the one that records have. */
void each_expect_made(uint32_t n, const double *made);
void each_expect_counts(uint32_t n, const uint64_t *made);
void each_expect_bools(uint32_t n, const int *made);
void each_expect_x(uint32_t n, const double *x);
#define EACH_LIST(type, ...)                                       \
	(sizeof((type[]){ __VA_ARGS__ }) / sizeof(type)), (type[]) \
	{                                                          \
		__VA_ARGS__                                        \
	}
#define EACH_EXPECT(...)        each_expect_made(EACH_LIST(double, __VA_ARGS__))
#define EACH_EXPECT_COUNTS(...) each_expect_counts(EACH_LIST(uint64_t, __VA_ARGS__))
#define EACH_EXPECT_BOOLS(...)  each_expect_bools(EACH_LIST(int, __VA_ARGS__))
#define EACH_PASS(...)          each_expect_x(EACH_LIST(double, __VA_ARGS__))

#endif
