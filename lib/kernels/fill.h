/* SPDX-License-Identifier: MIT */
/* fill.h -- columns that are made of little: numbers in a row, records of two columns. */
#ifndef WEIR_KERNELS_FILL_H
#define WEIR_KERNELS_FILL_H

#include "lanes.h"
#include "tile_steps.h"

#ifdef WEIR_TILES
/* Whole groups of four vectors, so that none waits for the one before it. Returns how many numbers that were. */
static uint32_t count_vectors(int64_t *out, int64_t first, int64_t step, uint32_t n)
{
	const tile_v far = tile_all(weir_mul_i(step, 4 * TILE_VECTOR_LANES));
	const tile_v one = tile_all(weir_mul_i(step, TILE_VECTOR_LANES));
	tile_v v0 = { 0 }, v1, v2, v3;
	uint32_t i = 0;

	for (int k = 0; k < TILE_VECTOR_LANES; k++)
		v0[k] = weir_add_i(first, weir_mul_i(step, k));
	v1 = v0 + one;
	v2 = v1 + one;
	v3 = v2 + one;
	for (; i + 4 * TILE_VECTOR_LANES <= n; i += 4 * TILE_VECTOR_LANES) {
		tile_anywhere *to = (void *)(out + i);

		to[0] = v0;
		to[1] = v1;
		to[2] = v2;
		to[3] = v3;
		v0 += far;
		v1 += far;
		v2 += far;
		v3 += far;
	}
	return i;
}

/* Lanes of two vectors in turns: the first half of them, or the second. */
static inline tile_v tile_in_turns(tile_v a, tile_v b, int second)
{
#ifdef __AVX512DQ__
	const tile_v turns = { 0, 8, 1, 9, 2, 10, 3, 11 };

	return (tile_v)_mm512_permutex2var_epi64((__m512i)a, (__m512i)(turns + 4 * second), (__m512i)b);
#else
	const __m256i low = _mm256_unpacklo_epi64((__m256i)a, (__m256i)b),
		      high = _mm256_unpackhi_epi64((__m256i)a, (__m256i)b);

	return (tile_v)(second ? _mm256_permute2x128_si256(low, high, 0x31)
			       : _mm256_permute2x128_si256(low, high, 0x20));
#endif
}

static uint32_t pair_vectors(int64_t *out, const int64_t *a, const int64_t *b, uint32_t n)
{
	uint32_t i = 0;

	for (; i + TILE_VECTOR_LANES <= n; i += TILE_VECTOR_LANES) {
		const tile_v x = *(const tile_anywhere *)(const void *)(a + i);
		const tile_v y = *(const tile_anywhere *)(const void *)(b + i);
		tile_anywhere *to = (void *)(out + 2 * (size_t)i);

		to[0] = tile_in_turns(x, y, 0);
		to[1] = tile_in_turns(x, y, 1);
	}
	return i;
}
#else
#define count_vectors(out, first, step, n) 0
#define pair_vectors(out, a, b, n)         0
#endif

static void count_i64(int64_t *out, int64_t first, int64_t step, uint32_t n)
{
	const uint32_t done = count_vectors(out, first, step, n);
	int64_t next = weir_add_i(first, weir_mul_i(step, done));

	for (uint32_t i = done; i < n; i++) {
		out[i] = next;
		next = weir_add_i(next, step);
	}
}

static void pair_i64(int64_t *out, const int64_t *a, const int64_t *b, uint32_t n)
{
	for (size_t i = pair_vectors(out, a, b, n); i < n; i++) {
		out[2 * i] = a[i];
		out[2 * i + 1] = b[i];
	}
}

#endif
