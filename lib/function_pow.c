/* SPDX-License-Identifier: MIT */
/*
 * function_pow.c -- x^y, off by less than 0.51 units of the last place.
 *
 * |x|^y = e^(y log |x|): the product has 64 bits behind the point, for the logarithm is right to 2^-70 of its size and
 * no product matters that is larger than 746. What is special is as in C (ISO C11, F.10.4.4), without its exceptions.
 */
#include "real.h"

/* Whether y is whole, and odd. */
static bool is_whole(double y)
{
	return weir_floor_d(y) == y; /* what is 2^53 or more is whole, and even */
}

static bool is_odd(double y)
{
	return is_whole(y) && !is_whole(y / 2);
}

/* Of a base that is 0 or infinite, or of an infinite y; the base is not negative. */
static double at_an_end(double base, double y)
{
	if (base == 1)
		return 1.0;
	return (base > 1) == (y > 0) ? weir_real_infinity(false) : 0.0;
}

static double finite(double base, double y)
{
	struct weir_real_log log = weir_real_log(base);
	struct weir_real r = weir_real_of(y);
	int shift = -(log.exponent + r.exponent + 1) - 64; /* down to Q64 */

	if (log.m.high == 0)
		return 1.0;
	log.m = weir_wide_scale(log.m, r.mantissa);
	if (shift < 52) /* 2^11 or more */
		return at_an_end(base, y);
	return weir_real_exp(weir_wide_right(log.m, (unsigned)shift), log.negative != (y < 0));
}

double weir_pow(double x, double y)
{
	double base = weir_abs_d(x), r;
	bool ends = base == 0 || weir_bits_d(base) == WEIR_INFINITY_BITS ||
		    weir_bits_d(weir_abs_d(y)) == WEIR_INFINITY_BITS;

	if (y == 0 || x == 1)
		return 1.0;
	if (x != x || y != y || (x < 0 && !ends && !is_whole(y)))
		return weir_real_nan();
	r = ends ? at_an_end(base, y) : finite(base, y);
	return weir_bits_d(x) >> 63 != 0 && is_odd(y) ? weir_neg_d(r) : r;
}
