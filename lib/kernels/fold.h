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

static int64_t value_at_i64(const unsigned char *p)
{
	int64_t v;
	memcpy(&v, p, sizeof v);
	return v;
}

/* Up to n = 2^31 records: |acc| and n * 2^bits below 2^62 each. */
static bool sum_is_safe(int64_t acc, unsigned bits, uint32_t n)
{
	return bits + bit_length(n) <= 62 && weir_magnitude(acc) < UINT64_C(1) << 62;
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

static bool sum_i64(int64_t *acc, const void *first, uint32_t stride_bytes, uint32_t n)
{
	const weir_lane_I *column = first;
	uint64_t sum = 0;
	int64_t all = 0;

	if (stride_bytes != sizeof *column)
		return sum_one_by_one(acc, first, stride_bytes, n);
	WEIR_EACH_LANE(n)
	{
		sum += (uint64_t)column[i];
		all |= column[i] ^ -(int64_t)(column[i] < 0);
	}
	if (!sum_is_safe(*acc, bit_length((uint64_t)all), n))
		return sum_one_by_one(acc, first, stride_bytes, n);
	*acc = weir_add_i(*acc, (int64_t)sum);
	return true;
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
