/* SPDX-License-Identifier: MIT */
/*
 * real.h -- what exp, log, pow, sin and cos are made of: fractions in whole numbers. Private to lib.
 *
 * The functions work in fixed point, 64 bits or 128, and round to a double once, at the end. Whole numbers give the
 * same bits on every machine, whatever its compiler does with floating point, and cost a core without an FPU no more
 * than floating point in software would. 64 bits are 11 more than a double has: what the steps lose stays below a hundredth of
 * its last place.
 *
 * A number "in Qn" is a whole number of 2^-n. All series are those of Taylor, their coefficients cut off below the
 * last bit.
 */
#ifndef WEIR_REAL_H
#define WEIR_REAL_H

#include <weir/scalar.h>

/* 128 bits. */
struct weir_wide {
	uint64_t high, low;
};

/* A positive double: mantissa * 2^(exponent - 63), the mantissa's top bit set. */
struct weir_real {
	uint64_t mantissa;
	int exponent;
};

/* |log x|, or 0: m * 2^exponent, the top bit of m set. */
struct weir_real_log {
	struct weir_wide m;
	int exponent;
	bool negative;
};

#define WEIR_INFINITY_BITS (UINT64_C(0x7ff) << 52)

static inline double weir_real_nan(void)
{
	return weir_from_bits_d(WEIR_NAN_BITS_D);
}

static inline double weir_real_infinity(bool negative)
{
	return weir_from_bits_d((uint64_t)negative << 63 | WEIR_INFINITY_BITS);
}

/* Zeros before the first bit of u, which has one. */
static inline unsigned weir_real_zeros(uint64_t u)
{
	return 64 - weir_bits_u(u);
}

static inline struct weir_wide weir_wide_product(uint64_t x, uint64_t y)
{
	return (struct weir_wide){ weir_mul_high(x, y), x * y };
}

/* The upper 128 bits of a product of 192. */
static inline struct weir_wide weir_wide_scale(struct weir_wide x, uint64_t y)
{
	struct weir_wide r = weir_wide_product(x.high, y);
	uint64_t carried = weir_mul_high(x.low, y);

	r.low += carried;
	r.high += r.low < carried;
	return r;
}

static inline struct weir_wide weir_wide_add(struct weir_wide x, struct weir_wide y)
{
	struct weir_wide r = { x.high + y.high, x.low + y.low };

	r.high += r.low < y.low;
	return r;
}

static inline struct weir_wide weir_wide_negative(struct weir_wide x)
{
	return (struct weir_wide){ ~x.high + (x.low == 0), 0 - x.low };
}

/* n > 0 */
static inline struct weir_wide weir_wide_right(struct weir_wide x, unsigned n)
{
	if (n >= 128)
		return (struct weir_wide){ 0, 0 };
	if (n >= 64)
		return (struct weir_wide){ 0, x.high >> (n - 64) };
	return (struct weir_wide){ x.high >> n, x.low >> n | x.high << (64 - n) };
}

/* n < 64 */
static inline struct weir_wide weir_wide_left(struct weir_wide x, unsigned n)
{
	if (n == 0)
		return x;
	return (struct weir_wide){ x.high << n | x.low >> (64 - n), x.low << n };
}

/* Zeros before the first bit of x, which has one in its upper half. */
static inline unsigned weir_wide_zeros(struct weir_wide x)
{
	return weir_real_zeros(x.high);
}

/* The parts of |x|, which is neither 0 nor infinite nor NaN. */
static inline struct weir_real weir_real_of(double x)
{
	uint64_t bits = weir_bits_d(x) << 1 >> 1, m = bits << 12 >> 1;
	int exponent = (int)(bits >> 52);
	unsigned zeros;

	if (exponent > 0)
		return (struct weir_real){ m | UINT64_C(1) << 63, exponent - 1023 };
	zeros = weir_real_zeros(m);
	return (struct weir_real){ m << zeros, -1022 - (int)zeros };
}

/* The double next to a real; too large is infinity, too small a subnormal or 0. */
static inline double weir_real_round(bool negative, uint64_t mantissa, int exponent)
{
	const uint64_t sign = (uint64_t)negative << 63, half = UINT64_C(1) << 63;
	int field = exponent + 1023, shift = field > 0 ? 11 : 12 - field;
	uint64_t whole, rest;

	if (field >= 2047)
		return weir_real_infinity(negative);
	if (shift > 64)
		return weir_from_bits_d(sign);
	whole = shift == 64 ? 0 : mantissa >> shift;
	rest = mantissa << (64 - shift);
	whole += rest > half || (rest == half && (whole & 1) != 0);
	/* The mantissa's top bit is one more in the exponent's field. */
	return weir_from_bits_d(sign | (whole + ((uint64_t)(field > 0 ? field - 1 : 0) << 52)));
}

/* c0 - x * (c1 - x * (c2 - ...)), or with + when x counts as negative: all in Q64, or x in Q64 and the others in another. */
static inline uint64_t weir_real_series(const uint64_t *c, unsigned n, uint64_t x, bool alternating)
{
	uint64_t sum = c[n - 1];

	for (unsigned k = n - 1; k-- > 0;) {
		uint64_t term = weir_mul_high(sum, x);

		sum = alternating ? c[k] - term : c[k] + term;
	}
	return sum;
}

#ifdef __GNUC__
#pragma GCC visibility push(hidden) /* calls stay in the library */
#endif

/* e^x or e^-x for an x of 64 bits before the point and 64 behind it. */
double weir_real_exp(struct weir_wide x, bool negative);
/* For x > 0, not infinite. Right to 2^-70 of its size. */
struct weir_real_log weir_real_log(double x);

#ifdef __GNUC__
#pragma GCC visibility pop
#endif

#endif
