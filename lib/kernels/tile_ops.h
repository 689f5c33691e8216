/* SPDX-License-Identifier: MIT */
/*
 * tile_ops.h -- the one list of the steps of programs in tiles (tile.h), and their limits: what the builder writes and the
 * kernels run.
 */
#ifndef WEIR_KERNELS_TILE_OPS_H
#define WEIR_KERNELS_TILE_OPS_H

#include <stdbool.h>
#include <stdint.h>

/* clang-format off */

/* Two operands: what comes of a lane x and of y, which is a constant or a slot's lane. */
#define WEIR_TILE_BINARY(X)                   \
	X(ADD, x + y)                         \
	X(SUB, x - y)                         \
	X(SUB_FROM, y - x)                    \
	X(AND, x & y)                         \
	X(OR, x | y)                          \
	X(XOR, x ^ y)                         \
	X(MIN, tile_least(x, y))              \
	X(MAX, tile_greatest(x, y))

/* A truth of each lane. */
#define WEIR_TILE_TRUTHS(X)                   \
	X(EQ, tile_equal(x, y))               \
	X(LT, tile_below(x, y))               \
	X(GT, tile_below(y, x))

/*
 * LOAD: the tile is the next lanes of field imm. EVEN, ODD: a field of two in a record.
 * CHECK: stop unless each lane, plus the first of two constants at imm, has no bit of the second.
 * PUT, GET: to slot a, from it. SELECT: a lane whose truth is not set is replaced. MUL: modulo 2^64.
 * SHL, SHR, SHR_U: by constant imm; SHR keeps the sign. Ending in _C: constant imm; in _S: slot a.
 * TEST: the truth of (x & first) == second, two constants at imm. The others of truths are of the word, slot a.
 * KEEP: lanes without the truth are dropped, for segment imm. OUT, OUT_KEPT: to the output, all or those left.
 */
#define WEIR_TILE_OPS(X)                                                                        \
	X(LOAD) X(LOAD_EVEN) X(LOAD_ODD) X(CHECK) X(PUT) X(GET) X(MUL_C) X(MUL_S) X(SHL) X(SHR) \
	X(SHR_U) X(SELECT_C) X(SELECT_S) X(TEST) X(TRUTH_PUT) X(TRUTH_GET) X(TRUTH_AND)         \
	X(TRUTH_OR) X(TRUTH_NOT) X(KEEP) X(OUT) X(OUT_KEPT)

/* clang-format on */

enum weir_tile_op {
#define WEIR_NAME(name, ...) WEIR_TILE_##name##_C, WEIR_TILE_##name##_S,
	WEIR_TILE_BINARY(WEIR_NAME) WEIR_TILE_TRUTHS(WEIR_NAME)
#undef WEIR_NAME
#define WEIR_NAME(name) WEIR_TILE_##name,
		WEIR_TILE_OPS(WEIR_NAME)
#undef WEIR_NAME
			WEIR_TILE_STEPS
};

/* Whether an instruction names a slot. */
static inline bool weir_tile_has_slot(uint8_t op)
{
	switch ((enum weir_tile_op)op) {
#define WEIR_NAME(name, ...) case WEIR_TILE_##name##_S:
		WEIR_TILE_BINARY(WEIR_NAME)
		WEIR_TILE_TRUTHS(WEIR_NAME)
#undef WEIR_NAME
	case WEIR_TILE_PUT:
	case WEIR_TILE_GET:
	case WEIR_TILE_MUL_S:
	case WEIR_TILE_SELECT_S:
	case WEIR_TILE_TRUTH_PUT:
	case WEIR_TILE_TRUTH_GET:
	case WEIR_TILE_TRUTH_AND:
	case WEIR_TILE_TRUTH_OR:
		return true;
	default:
		return false;
	}
}

/* Limits of a program in tiles; its fields' columns and its slots lie in what is scratch for its columns. */
#define WEIR_TILE_SLOTS  8u
#define WEIR_TILE_FIELDS 8u
#define WEIR_TILE_INSNS  96u
#define WEIR_TILE_CONSTS 64u

#endif
