/* SPDX-License-Identifier: MIT */
/*
 * function_sin.c -- sin and cos, off by less than 0.51 units of the last place for every x, however large.
 *
 * x is taken into quarter turns by a product with those bits of 2 / pi that matter, as Payne and Hanek do (Radian
 * reduction for trigonometric functions, SIGNUM Newsletter 18, 1983): whole turns are never worked out. No double comes nearer to
 * a multiple of pi / 2 than 2^-62 quarter turns; of 126 bits behind the point at least 64 are left. What remains is at most
 * pi / 4, and the series are cut off where the next term would be below 2^-68.
 */
#include "real.h"

/* 1 / k! for k = 3, 5 ... 19 and for k = 2, 4 ... 18, in Q64. */
static const uint64_t odd_terms[] = {
	0x2aaaaaaaaaaaaaaa,
	0x0222222222222222,
	0x000d00d00d00d00d,
	0x00002e3bc74aad8e,
	0x0000006b99159fd5,
	0x00000000b092309d,
	0x0000000000d73f9f,
	0x000000000000ca96,
	0x0000000000000097,
};
static const uint64_t even_terms[] = {
	0x8000000000000000,
	0x0aaaaaaaaaaaaaaa,
	0x005b05b05b05b05b,
	0x0001a01a01a01a01,
	0x0000049f93edde27,
	0x00000008f76c77fc,
	0x000000000c9cba54,
	0x00000000000d73f9,
	0x0000000000000b41,
};
#define TERMS (sizeof odd_terms / sizeof *odd_terms)

/* 2 / pi, behind 64 zeros, and pi / 2 in Q63. */
static const uint64_t two_over_pi[] = {
	0x0000000000000000,
	0xa2f9836e4e441529,
	0xfc2757d1f534ddc0,
	0xdb6295993c439041,
	0xfe5163abdebbc561,
	0xb7246e3a424dd2e0,
	0x06492eea09d1921c,
	0xfe1deb1cb129a73e,
	0xe88235f52ebb4484,
	0xe99c7026b45f7e41,
	0x3991d639835339f4,
	0x9c845f8bbdf9283b,
	0x1ff897ffde05980f,
	0xef2f118b5a0a6d1f,
	0x6d367ecf27cb09b7,
	0x4f463f669e5fea2d,
	0x7527bac7ebe5f17b,
	0x3d0739f78a5292ea,
	0x6bfb5fb11f8d5d08,
	0x56033046fc7b6bab,
};
#define HALF_PI UINT64_C(0xc90fdaa22168c234)

/* A little less than pi / 4: what is smaller is an angle as it is. */
#define SMALL 0.785

/* An angle of 0 ... pi / 4 as a mantissa and what it is counted in, and the quarter it is measured from. */
struct angle {
	uint64_t mantissa;
	unsigned q; /* mantissa in Qq, at least 64 */
	unsigned quarter;
	bool back; /* down from the next quarter, not up from this one */
};

/* 64 bits of 2 / pi from a bit on. */
static uint64_t bits_from(unsigned bit)
{
	const uint64_t *w = &two_over_pi[bit / 64];
	unsigned n = bit % 64;

	return n == 0 ? w[0] : w[0] << n | w[1] >> (64 - n);
}

/*
 * x in quarter turns, modulo 4, in Q126. x is a whole number of 2^(exponent - 52), and what of 2 / pi makes multiples of
 * 4 of it is left out.
 */
static struct weir_wide quarters(struct weir_real x)
{
	unsigned first = (unsigned)(x.exponent + 10);
	uint64_t m = x.mantissa >> 11;
	struct weir_wide low = weir_wide_product(m, bits_from(first + 128));
	struct weir_wide middle = weir_wide_product(m, bits_from(first + 64));

	middle = weir_wide_add(middle, (struct weir_wide){ 0, low.high });
	return (struct weir_wide){ m * bits_from(first) + middle.high, middle.low };
}

static struct angle reduce(double x)
{
	struct weir_real r = weir_real_of(x);
	struct angle a = { .mantissa = r.mantissa, .q = (unsigned)(63 - r.exponent) };
	struct weir_wide part;
	unsigned zeros;

	if (weir_abs_d(x) < SMALL)
		return a;
	part = quarters(r);
	a.quarter = (unsigned)(part.high >> 62);
	part = weir_wide_left(part, 2); /* Q128 */
	a.back = part.high >> 63 != 0;
	if (a.back) {
		part = weir_wide_negative(part);
		a.quarter++;
	}
	zeros = weir_wide_zeros(part);
	part = weir_wide_left(part, zeros);
	part = weir_wide_scale(part, HALF_PI); /* Q(127 + zeros), of which the upper half is taken */
	a.q = 63 + zeros;
	if (part.high >> 63 == 0) {
		part = weir_wide_left(part, 1);
		a.q++;
	}
	a.mantissa = part.high;
	return a;
}

/* The square of an angle, in Q64. */
static uint64_t square(const struct angle *a)
{
	unsigned shift = 2 * a->q - 128;

	return shift > 63 ? 0 : weir_mul_high(a->mantissa, a->mantissa) >> shift;
}

static double sin_of(const struct angle *a, bool negative)
{
	uint64_t y = square(a), less = weir_mul_high(y, weir_real_series(odd_terms, TERMS, y, true));
	uint64_t m = a->mantissa - weir_mul_high(a->mantissa, less);
	unsigned zeros = weir_real_zeros(m);

	return weir_real_round(negative, m << zeros, 63 - (int)a->q - (int)zeros);
}

static double cos_of(const struct angle *a, bool negative)
{
	uint64_t y = square(a), less = weir_mul_high(y, weir_real_series(even_terms, TERMS, y, true));

	if (less == 0)
		return negative ? -1.0 : 1.0;
	return weir_real_round(negative, 0 - less, -1);
}

static bool is_finite(double x)
{
	return weir_bits_d(weir_abs_d(x)) < WEIR_INFINITY_BITS;
}

/* So small that sin x is x, and cos x is 1. */
static bool is_tiny(double x)
{
	return weir_abs_d(x) < 0x1p-27;
}

double weir_sin(double x)
{
	struct angle a;
	bool negative;

	if (!is_finite(x))
		return weir_real_nan();
	if (is_tiny(x))
		return x;
	a = reduce(x);
	negative = (x < 0) != ((a.quarter & 2) != 0);
	if ((a.quarter & 1) != 0)
		return cos_of(&a, negative);
	return sin_of(&a, negative != a.back);
}

double weir_cos(double x)
{
	struct angle a;

	if (!is_finite(x))
		return weir_real_nan();
	if (is_tiny(x))
		return 1.0;
	a = reduce(x);
	if ((a.quarter & 1) != 0)
		return sin_of(&a, ((a.quarter & 2) != 0) == a.back);
	return cos_of(&a, (a.quarter & 2) != 0);
}
