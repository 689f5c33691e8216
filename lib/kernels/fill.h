/* SPDX-License-Identifier: MIT */
/* fill.h -- numbers in a row, and columns that become records of two. */
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
		v0[k] = (uint64_t)weir_add_i(first, weir_mul_i(step, k));
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

	return (tile_v)_mm512_permutex2var_epi64(
		(__m512i)a, (__m512i)(turns + tile_all(4 * second)), (__m512i)b);
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

/* A vector's lanes to every other number from there on; those between stay. */
static inline void tile_spread(int64_t *to, tile_v x, uint32_t half)
{
#ifdef __AVX512DQ__
	const tile_v twice = { 0, 0, 1, 1, 2, 2, 3, 3 };
	const __mmask8 which = half ? 0xaa : 0x55;

	_mm512_mask_storeu_epi64(to, which, _mm512_permutexvar_epi64((__m512i)twice, (__m512i)x));
	_mm512_mask_storeu_epi64(
		to + 8, which, _mm512_permutexvar_epi64((__m512i)(twice + tile_all(4)), (__m512i)x));
#else
	__m256i *at = (void *)to;
	const __m256i low = _mm256_permute4x64_epi64((__m256i)x, 0x50), old = _mm256_loadu_si256(at),
		      high = _mm256_permute4x64_epi64((__m256i)x, 0xfa), older = _mm256_loadu_si256(at + 1);

	_mm256_storeu_si256(
		at, half ? _mm256_blend_epi32(old, low, 0xcc) : _mm256_blend_epi32(old, low, 0x33));
	_mm256_storeu_si256(
		at + 1, half ? _mm256_blend_epi32(older, high, 0xcc) : _mm256_blend_epi32(older, high, 0x33));
#endif
}

static uint32_t spread_vectors(int64_t *out, uint32_t half, const int64_t *a, uint32_t n)
{
	const int64_t *from = a, *end = a + n / TILE_VECTOR_LANES * TILE_VECTOR_LANES;

	if (half)
		for (; from < end; from += TILE_VECTOR_LANES, out += 2 * TILE_VECTOR_LANES)
			tile_spread(out, *(const tile_anywhere *)(const void *)from, 1);
	else
		for (; from < end; from += TILE_VECTOR_LANES, out += 2 * TILE_VECTOR_LANES)
			tile_spread(out, *(const tile_anywhere *)(const void *)from, 0);
	return (uint32_t)(end - a);
}
#else
#define count_vectors(out, first, step, n) 0
#define pair_vectors(out, a, b, n)         0
#define spread_vectors(out, half, a, n)    0
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

static void spread_i64(int64_t *out, uint32_t half, const int64_t *a, uint32_t n)
{
	for (size_t i = spread_vectors(out, half, a, n); i < n; i++)
		out[2 * i + half] = a[i];
}

#endif
