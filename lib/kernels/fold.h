/* SPDX-License-Identifier: MIT */
/*
 * fold.h -- sums over a field of a span.
 *
 * Whole numbers: a sum that would overflow at any record is refused, whatever comes after it, so that where
 * spans are cut never shows (S-1). When n times the largest magnitude leaves room, no record can have
 * overflown and the lanes are added in any order. Floating point is added in record order, which is part of
 * its meaning.
 */
#ifndef WEIR_KERNELS_FOLD_H
#define WEIR_KERNELS_FOLD_H

#include "integer.h"
#include "tile_steps.h"

static int64_t value_at_i64(const unsigned char *p)
{
	int64_t v;
	memcpy(&v, p, sizeof v);
	return v;
}

static bool sum_one_by_one(int64_t *acc, const unsigned char *p, uint32_t stride_bytes, uint32_t n)
{
	int64_t sum = *acc;

	for (uint32_t i = 0; i < n; i++) {
		int64_t v = value_at_i64(p + (size_t)i * stride_bytes);

		if (weir_add_carry(sum, v) < 0)
			return false;
		sum = weir_add_i(sum, v);
	}
	*acc = sum;
	return true;
}

/*
 * Lanes in -2^k .. 2^k - 1, moved up by 2^k, are below 2^(k + 1); their sum less n * 2^k is the sum, modulo 2^64.
 * With n * 2^k below 2^61 and the sum so far below 2^62, none on the way was too large. Two halves at a time, that
 * neither waits for itself.
 */
static inline bool sum_at_once(int64_t *acc, const unsigned char *first, size_t stride, uint32_t n)
{
	const unsigned char *other = first + n / 2 * stride;
	const unsigned k = 61 - weir_bits_u(n);
	const uint64_t up = UINT64_C(1) << k;
	uint64_t sum = 0, sum_other = 0, all = 0, all_other = 0;

	if (n % 2)
		sum = all = (uint64_t)value_at_i64(first + (size_t)(n - 1) * stride) + up;
	WEIR_EACH_LANE(n / 2)
	{
		uint64_t x = (uint64_t)value_at_i64(first + i * stride) + up;
		uint64_t y = (uint64_t)value_at_i64(other + i * stride) + up;

		sum += x;
		all |= x;
		sum_other += y;
		all_other |= y;
	}
	if ((all | all_other) >> (k + 1))
		return false;
	*acc = weir_add_i(*acc, (int64_t)(sum + sum_other - n * up));
	return true;
}

#ifdef WEIR_TILES
/* The same of numbers side by side, four vectors at a time. */
static bool sum_in_vectors(int64_t *acc, const unsigned char *p, uint32_t n)
{
	const unsigned k = 61 - weir_bits_u(n);
	const tile_v up = tile_all(INT64_C(1) << k);
	tile_v s0 = { 0 }, s1 = s0, s2 = s0, s3 = s0, a = s0, b = s0;
	uint64_t sum = 0, all = 0;
	uint32_t i = 0;

	for (; i + 4 * TILE_VECTOR_LANES <= n; i += 4 * TILE_VECTOR_LANES, p += 4 * TILE_VECTOR_BYTES) {
		const tile_anywhere *from = (const void *)p;
		const tile_v x0 = from[0] + up, x1 = from[1] + up, x2 = from[2] + up, x3 = from[3] + up;

		s0 += x0;
		s1 += x1;
		s2 += x2;
		s3 += x3;
		a |= x0 | x1;
		b |= x2 | x3;
	}
	s0 += s1 + (s2 + s3);
	a |= b;
	for (int lane = 0; lane < TILE_VECTOR_LANES; lane++) {
		sum += s0[lane];
		all |= a[lane];
	}
	for (; i < n; i++, p += sizeof *acc) {
		const uint64_t x = (uint64_t)value_at_i64(p) + (UINT64_C(1) << k);

		sum += x;
		all |= x;
	}
	if (all >> (k + 1))
		return false;
	*acc = weir_add_i(*acc, (int64_t)(sum - ((uint64_t)n << k)));
	return true;
}
#else
#define sum_in_vectors(acc, first, n) sum_at_once(acc, first, sizeof *(acc), n)
#endif

/* Strides that the compiler knows become vectors: a record of one field, or of two. */
static bool sum_i64(int64_t *acc, const void *first, uint32_t stride_bytes, uint32_t n)
{
	bool sure = weir_magnitude(*acc) < UINT64_C(1) << 62;

	if (sure && stride_bytes == sizeof *acc)
		sure = sum_in_vectors(acc, first, n);
	else if (sure && stride_bytes == 2 * sizeof *acc)
		sure = sum_at_once(acc, first, 2 * sizeof *acc, n);
	else if (sure)
		sure = sum_at_once(acc, first, stride_bytes, n);
	return sure || sum_one_by_one(acc, first, stride_bytes, n);
}

static void sum_f64(double *acc, const void *first, uint32_t stride_bytes, uint32_t n)
{
	const unsigned char *p = first;
	double sum = *acc;

	for (uint32_t i = 0; i < n; i++) {
		double v;
		memcpy(&v, p + (size_t)i * stride_bytes, sizeof v);
		sum += v;
	}
	*acc = sum;
}

static void sum_f32(double *acc, const void *first, uint32_t stride_bytes, uint32_t n)
{
	const unsigned char *p = first;
	double sum = *acc;

	for (uint32_t i = 0; i < n; i++) {
		float v;
		memcpy(&v, p + (size_t)i * stride_bytes, sizeof v);
		sum += (double)v;
	}
	*acc = sum;
}

#endif
