/* SPDX-License-Identifier: MIT */
/*
 * kernels.h -- loops over whole columns, compiled for the core and again per instruction set for hosts.
 *
 * The same source gives each table; weir_kernels_pick() (hosted) chooses once per process of its caller.
 * Column blocks are WEIR_BLOCK_ITEMS lanes; all results are bit-identical on every table.
 */
#ifndef WEIR_KERNELS_H
#define WEIR_KERNELS_H

#include <weir/program.h>

#ifdef __cplusplus
extern "C" {
#endif

/* One instruction over n lanes (n <= WEIR_BLOCK_ITEMS). Returns nonzero when any lane might fault. */
struct weir_column_args; /* private to lib/program.c and lib/kernels */

/* Programs over lanes in registers; private to the same. */
struct weir_tile_step;
struct weir_tiles;
typedef void weir_tile_fn(void); /* whatever it takes */

struct weir_kernels {
	const char *isa; /* "base", "avx2", "avx512" */
	/* Per opcode; NULL: the item path must be taken. Faulting kernels only look at lanes where active is
	 * set. */
	uint32_t (*const *op)(const struct weir_column_args *args);
	/*
	 * Steps of programs in tiles of so many lanes, and what runs them: over n lanes of each field, in whole tiles
	 * but for the last. Returns how many it did before a tile failed its check. NULL: there are none.
	 */
	weir_tile_fn *const *tile_steps;
	uint32_t (*run_tiles)(const struct weir_tile_step *first, struct weir_tiles *tiles, uint32_t n);
	uint32_t tile_lanes;
	/* The least k for which all lanes lie in -2^k .. 2^k - 1. */
	uint32_t (*bits_i64)(const int64_t *column, uint32_t n);
	/* Compact: move the records (size bytes) whose keep byte is set to the front of out (may be in).
	 * Returns how many. */
	uint32_t (*compact)(void *out, const void *in, uint32_t size, const uint8_t *keep, uint32_t n);
	/* out[i] = first + i * step, modulo 2^64. */
	void (*count_i64)(int64_t *out, int64_t first, int64_t step, uint32_t n);
	/* out[2 * i] = a[i], out[2 * i + 1] = b[i]; they do not overlap. */
	void (*pair_i64)(int64_t *out, const int64_t *a, const int64_t *b, uint32_t n);
	/* out[2 * i + half] = a[i], half 0 or 1; they do not overlap. */
	void (*spread_i64)(int64_t *out, uint32_t half, const int64_t *a, uint32_t n);
	/* Fold n values at a stride. Exact integer sum: returns false on overflow (acc untouched). */
	bool (*sum_i64)(int64_t *acc, const void *first, uint32_t stride_bytes, uint32_t n);
	/* In record order. */
	void (*sum_f64)(double *acc, const void *first, uint32_t stride_bytes, uint32_t n);
	void (*sum_f32)(double *acc, const void *first, uint32_t stride_bytes, uint32_t n);
};

/* Built for the core's own target. */
extern const struct weir_kernels weir_kernels_base;

/* The best table for this machine. Hosted library only. Any thread. */
const struct weir_kernels *weir_kernels_pick(void);

#ifdef __cplusplus
}
#endif
#endif
