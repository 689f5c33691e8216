/* SPDX-License-Identifier: MIT */
/*
 * columns.h -- what the column path hands to a kernel, and what lanes look like. Private to lib/program*.c
 * and lib/kernels.
 *
 * A column is up to WEIR_BLOCK_ITEMS lanes of one class, contiguous. It lies in scratch, or is the span
 * itself where a record is one field of the lane's size.
 */
#ifndef WEIR_KERNELS_COLUMNS_H
#define WEIR_KERNELS_COLUMNS_H

#include <weir/kernels.h>

/* Columns are memory of the caller that holds one class now and another next. */
#ifdef __GNUC__
#define WEIR_MAY_ALIAS __attribute__((may_alias))
#else
#define WEIR_MAY_ALIAS
#endif

/* Per class: the lane, and the member of union weir_value that is one value of it. */
typedef int64_t WEIR_MAY_ALIAS weir_lane_I;
typedef uint64_t WEIR_MAY_ALIAS weir_lane_U;
typedef float WEIR_MAY_ALIAS weir_lane_F;
typedef double WEIR_MAY_ALIAS weir_lane_D;
typedef uint8_t weir_lane_B;
typedef const char *WEIR_MAY_ALIAS weir_lane_T;

#define WEIR_MEMBER_I i
#define WEIR_MEMBER_U u
#define WEIR_MEMBER_F f
#define WEIR_MEMBER_D d
#define WEIR_MEMBER_B u
#define WEIR_MEMBER_T text

#define WEIR_LANE_BYTES 8u /* room for one lane of any class */

/* Two instructions in one pass: entries of the kernel table behind those of the opcodes. */
enum {
	/* a * b + c, b and c constants, modulo 2^64; unless `safe` returns the bits of a, as bits_i64 */
	WEIR_COLUMN_LINEAR_I = WEIR_OPCODES,
	WEIR_COLUMN_LINEAR_F,
	WEIR_COLUMN_LINEAR_D,
	/* (a & b) == c, b and c constants; returns in how many lanes it is true */
	WEIR_COLUMN_AND_EQ_I,
	/* The lanes of a for which that is true, closed up; how many. dst may be a. NULL: no faster than the two. */
	WEIR_COLUMN_SELECT_AND_EQ_I,
	WEIR_COLUMN_OPS
};

#define WEIR_CONSTANT_A 1u
#define WEIR_CONSTANT_B 2u

struct weir_column_args {
	/*
	 * Overlaps no operand; but what never faults, or is `safe`, may be an operand with lanes of the same size.
	 * STORE: the field in the first record.
	 */
	void *dst;
	const void *a, *b, *c; /* columns; LOAD: a is the field in the first record */
	const uint8_t *active; /* one byte 0 or 1 per lane; NULL: all are */
	uint32_t n;            /* 1 .. WEIR_BLOCK_ITEMS */
	uint32_t stride;       /* LOAD, STORE: bytes from record to record */
	uint32_t imm;          /* of the instruction; STORE_TEXT: the target's N */
	uint8_t constant;      /* binary operations: WEIR_CONSTANT_..., at most one: a union weir_value, not a
				  column */
	uint8_t width;         /* SEL: bytes of a lane */
	bool safe;   /* ADD_I SUB_I MUL_I LINEAR_I SHL_ SHR_: the operands are such that nothing faults */
	bool narrow; /* MUL_I LINEAR_I: the factors have 32 bits */
	bool negate; /* LINEAR: - c; AND_EQ: != c */
};

typedef uint32_t weir_column_fn(const struct weir_column_args *args);

#endif
