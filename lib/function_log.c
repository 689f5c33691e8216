/* SPDX-License-Identifier: MIT */
/*
 * function_log.c -- the natural logarithm, off by less than 0.51 units of the last place.
 *
 * x = 2^k m with m in 1 ... 2. A table has for the first five bits of m a c next to 1 / m of eight bits, so that
 * z = c m - 1 is exact and at most 1 / 32, and log x = k ln 2 - log c + log(1 + z). In
 *
 *	log(1 + z) = z (1 - z / 2 + z^2 (1 / 3 - z / 4 + ... + z^12 / 15))
 *
 * the terms up to z^2 have 128 bits: pow needs more than a double has, also of the logarithm of what is next to 1. For
 * that the table has c = 1 at both ends, where k is as it must be for x next to 1 on either side.
 */
#include "real.h"

/* 1 / k for k = 3 ... 15, in Q64. */
static const uint64_t terms[] = {
	0x5555555555555555,
	0x4000000000000000,
	0x3333333333333333,
	0x2aaaaaaaaaaaaaaa,
	0x2492492492492492,
	0x2000000000000000,
	0x1c71c71c71c71c71,
	0x1999999999999999,
	0x1745d1745d1745d1,
	0x1555555555555555,
	0x13b13b13b13b13b1,
	0x1249249249249249,
	0x1111111111111111,
};
#define TERMS (sizeof terms / sizeof *terms)

/* By the first five bits of m - 1: (1 - c) * 256. From the 13th on m counts as half as large, and k as one more. */
static const uint8_t less[32] = { 0, 11, 19, 25, 32, 38, 43, 49, 54, 59, 63, 68, 72, 76, 80, 84, 87, 91, 94,
	97, 100, 103, 106, 108, 111, 114, 116, 118, 121, 123, 125, 128 };
#define HALVED 13u

/* -log c, from the 13th on less ln 2: in Q117, and ln 2. */
static const struct weir_wide logs[32] = {
	{ 0x0000000000000000, 0x0000000000000000 },
	{ 0x000167c94f2d4bb5, 0x84104f99417980d8 },
	{ 0x000277beb4fa3dcc, 0x85ea5db4ed6d17db },
	{ 0x000349cec8163786, 0xf5251aefe0ded34d },
	{ 0x000445e3a089f91e, 0xf78ce2d07f1cb7a0 },
	{ 0x0005244f60cced58, 0x37954fdb678765a1 },
	{ 0x0005e2636151131c, 0xcf7c7b75e7d900b5 },
	{ 0x0006cc7615d6f38f, 0x29cac54c7956b2df },
	{ 0x000794c3bff9c404, 0x8489d8107d0c1065 },
	{ 0x00086216b3b0b171, 0x88b163ceae88f721 },
	{ 0x00090a22b6875c6a, 0x1f7ae91aeba609c9 },
	{ 0x0009e1293b9998c1, 0xdaa5b035eae273a8 },
	{ 0x000a9157039c51eb, 0xe708164c759686a2 },
	{ 0xfff517212053fb1a, 0xd7b938f847003dd5 },
	{ 0xfff5cf3a1ef1d09e, 0xc17a42642661c65e },
	{ 0xfff68b8ea28f7167, 0xb1e99b72bd7bf262 },
	{ 0xfff71bb39f4b3302, 0x821cb8c55fe38888 },
	{ 0xfff7dfed35a597df, 0x928ec217a5022d43 },
	{ 0xfff8763e24754346, 0x85855e000780587b },
	{ 0xfff90f5e62f49cca, 0x75818c5dbc785588 },
	{ 0xfff9ab6958c2ea52, 0xe26fb3e2b1d1da62 },
	{ 0xfffa4a7c06398b78, 0xdcaae268ecd1790e },
	{ 0xfffaecb524cd20b8, 0x660b09abc1e0787d },
	{ 0xfffb5aab41f802b7, 0x2cfe88e3bf824166 },
	{ 0xfffc026dd9c482a8, 0xaaba35ccc0d9b639 },
	{ 0xfffcadb258b6a553, 0x935e85baac78ab67 },
	{ 0xfffd21e5aea35296, 0x8c836cc8c25cc938 },
	{ 0xfffd97c50d3c85c5, 0xedaccf913df65d91 },
	{ 0xfffe4bd228ee68e4, 0x13d72eb382609323 },
	{ 0xfffec6178460142a, 0x056fea4dfd546eb2 },
	{ 0xffff423727c15277, 0x2ab6c0559c74a1ff },
	{ 0x0000000000000000, 0x0000000000000000 },
};
static const struct weir_wide ln2 = { 0x00162e42fefa39ef, 0x35793c7673007e5e };

/* log(1 + z) / z in Q127, for z or -z = size in Q64. */
static struct weir_wide slope(uint64_t size, bool negative)
{
	struct weir_wide square = weir_wide_product(size, size);
	struct weir_wide sum = { UINT64_C(1) << 63, 0 }, half = { size >> 2, size << 62 };
	struct weir_wide others = weir_wide_scale(square, weir_real_series(terms, TERMS, size, !negative));

	sum = weir_wide_add(sum, negative ? half : weir_wide_negative(half));
	return weir_wide_add(sum, weir_wide_right(others, 1));
}

static struct weir_real_log normal(struct weir_wide m, int exponent, bool negative)
{
	unsigned zeros = weir_wide_zeros(m);

	return (struct weir_real_log){ weir_wide_left(m, zeros), exponent - (int)zeros, negative };
}

struct weir_real_log weir_real_log(double x)
{
	const uint64_t one = UINT64_C(1) << 60;
	struct weir_real r = weir_real_of(x);
	unsigned entry = r.mantissa >> 58 & 31, zeros;
	int64_t k = r.exponent + (entry >= HALVED);
	uint64_t scaled = (r.mantissa >> 11) * (256u - less[entry]); /* in Q60 */
	bool negative = scaled < one;
	uint64_t size = negative ? one - scaled : scaled - one;
	struct weir_wide sum = logs[entry], part = { 0, 0 };

	zeros = 0;
	if (size != 0) {
		zeros = weir_real_zeros(size);
		part = weir_wide_scale(slope(size << 4, negative), size << zeros); /* in Q(123 + zeros) */
	}
	if (k == 0 && (sum.high | sum.low) == 0) {
		if (size == 0)
			return (struct weir_real_log){ .exponent = 0 };
		return normal(part, -123 - (int)zeros, negative);
	}
	part = weir_wide_right(part, 6 + zeros); /* Q117 */
	sum = weir_wide_add(sum, negative ? weir_wide_negative(part) : part);
	part = weir_wide_product(ln2.low, weir_magnitude(k));
	part.high += ln2.high * weir_magnitude(k);
	sum = weir_wide_add(sum, k < 0 ? weir_wide_negative(part) : part);
	negative = sum.high >> 63 != 0;
	return normal(negative ? weir_wide_negative(sum) : sum, -117, negative);
}

double weir_log(double x)
{
	struct weir_real_log r;

	if (x != x || x < 0)
		return weir_real_nan();
	if (x == 0 || weir_bits_d(x) == WEIR_INFINITY_BITS)
		return weir_real_infinity(x == 0);
	r = weir_real_log(x);
	if (r.m.high == 0)
		return 0.0;
	return weir_real_round(r.negative, r.m.high | (r.m.low != 0), r.exponent + 127);
}
