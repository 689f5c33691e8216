/* SPDX-License-Identifier: MIT */
/*
 * function_exp.c -- e^x, off by less than 0.51 units of the last place.
 *
 * x = n ln 2 + r with 0 <= r < ln 2, and e^x = 2^n e^r; e^r is a sum of 19 terms, of which the next would be below
 * 2^-66. r is right to 2^-63, for n ln 2 is subtracted with 64 bits behind the point and ln 2 known to 128.
 */
#include "real.h"

/* 1 / k! for k = 0 ... 18, in Q63. */
static const uint64_t terms[] = {
	0x8000000000000000,
	0x8000000000000000,
	0x4000000000000000,
	0x1555555555555555,
	0x0555555555555555,
	0x0111111111111111,
	0x002d82d82d82d82d,
	0x0006806806806806,
	0x0000d00d00d00d00,
	0x0000171de3a556c7,
	0x0000024fc9f6ef13,
	0x00000035cc8acfea,
	0x000000047bb63bfe,
	0x000000005849184e,
	0x00000000064e5d2a,
	0x00000000006b9fcf,
	0x000000000006b9fc,
	0x000000000000654b,
	0x00000000000005a0,
};
#define TERMS (sizeof terms / sizeof *terms)

static const struct weir_wide ln2 = { 0xb17217f7d1cf79ab, 0xc9e3b39803f2f6af }; /* in Q128 */
#define LOG2_E UINT64_C(0xb8aa3b295c17f0bb)                                     /* 1 / ln 2, in Q63 */

/* From here on e^x is infinite, and e^-x zero. */
#define WHOLE_MOST 746u

double weir_real_exp(struct weir_wide x, bool negative)
{
	uint64_t n, rest;
	struct weir_wide product;

	if (x.high >= WHOLE_MOST)
		return negative ? 0.0 : weir_real_infinity(false);
	/* x in Q53 times 1 / ln 2 in Q63: its whole part, or one too few. */
	n = weir_mul_high(x.high << 53 | x.low >> 11, LOG2_E) >> 52;
	product = weir_wide_scale(ln2, n << 53); /* in Q117 */
	rest = x.low - (product.high << 11 | product.low >> 53);
	if (rest > ln2.high) {
		rest -= ln2.high;
		n++;
	}
	if (negative) { /* -x = -(n + 1) ln 2 + (ln 2 - r) */
		rest = ln2.high - rest;
		n++;
	}
	return weir_real_round(
		false, weir_real_series(terms, TERMS, rest, false), negative ? -(int)n : (int)n);
}

double weir_exp(double x)
{
	struct weir_real r;
	struct weir_wide fixed;

	if (x != x)
		return weir_real_nan();
	if (x == 0)
		return 1.0;
	r = weir_real_of(x);
	if (r.exponent >= 10)
		return x < 0 ? 0.0 : weir_real_infinity(false);
	fixed = (struct weir_wide){ r.mantissa, 0 };
	return weir_real_exp(weir_wide_right(fixed, (unsigned)(63 - r.exponent)), x < 0);
}
