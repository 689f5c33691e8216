/* SPDX-License-Identifier: MIT */
/*
 * num_round.c -- from decimal digits to the nearest float, ties to even.
 *
 * First a 64 x 128 bit product with the power of ten gives an interval that holds the value (after Lemire
 * 2021, "Number parsing at a gigabyte per second"). Both its ends nearly always round to the same float. When
 * a halfway point lies in it, the digits are compared with that point in whole numbers on the stack.
 */
#include <string.h>

#include "num_impl.h"

/* Numbers of the first power of ten are zero when lower, infinite when higher, for 1 to 19 digits before it.
 */
#define LEAST_POWER    (-342)
#define GREATEST_POWER 308

/* A halfway point between doubles has at most 767 significant digits; past these only zero or not counts. */
#define DIGITS_MAX 770

/*
 * The bits of 10^DIGITS_MAX (2558) and those of 54-bit halfway * 5^(324 + DIGITS_MAX) (2595) fit; the other
 * side of a comparison is at most one bit longer, because it is made only between near neighbours.
 */
#define BIG_WORDS 84

struct float_shape {
	int mantissa_bits; /* with the hidden one */
	int least_exp;     /* of the leading bit of normal numbers */
};

static const struct float_shape f64_shape = { 53, -1022 };
static const struct float_shape f32_shape = { 24, -126 };

/* An unsigned whole number, lowest word first. */
struct big {
	uint32_t n;
	uint32_t words[BIG_WORDS];
};

static void big_mul_add(struct big *b, uint32_t factor, uint32_t carry)
{
	for (uint32_t i = 0; i < b->n; i++) {
		uint64_t x = (uint64_t)b->words[i] * factor + carry;

		b->words[i] = (uint32_t)x;
		carry = (uint32_t)(x >> 32);
	}
	if (carry != 0)
		b->words[b->n++] = carry;
}

static void big_set(struct big *b, uint64_t x)
{
	b->words[0] = (uint32_t)x;
	b->words[1] = (uint32_t)(x >> 32);
	b->n = x >> 32 != 0 ? 2 : 1;
}

static void big_mul_power_of_5(struct big *b, int64_t exponent)
{
	const uint32_t five_13 = 1220703125;

	for (; exponent >= 13; exponent -= 13)
		big_mul_add(b, five_13, 0);
	for (; exponent > 0; exponent--)
		big_mul_add(b, 5, 0);
}

static void big_shift_left(struct big *b, int64_t bits)
{
	uint32_t words = (uint32_t)(bits / 32);

	big_mul_add(b, UINT32_C(1) << bits % 32, 0);
	memmove(b->words + words, b->words, b->n * sizeof(b->words[0]));
	memset(b->words, 0, words * sizeof(b->words[0]));
	b->n += words;
}

static int big_compare(const struct big *a, const struct big *b)
{
	if (a->n != b->n)
		return a->n < b->n ? -1 : 1;
	for (uint32_t i = a->n; i-- > 0;)
		if (a->words[i] != b->words[i])
			return a->words[i] < b->words[i] ? -1 : 1;
	return 0;
}

/* Read the first digits of the text; return how many there are past DIGITS_MAX, and whether they count. */
static int64_t big_read_digits(struct big *b, const struct weir_decimal *d, bool *more)
{
	int64_t n = 0, left = 0;

	big_set(b, 0);
	*more = false;
	for (const char *p = d->first; p < d->last; p++) {
		if (*p == '.')
			continue;
		if (n < DIGITS_MAX) {
			big_mul_add(b, 10, (uint32_t)(*p - '0'));
			n += b->words[0] != 0 || b->n > 1;
		} else {
			left++;
			*more |= *p != '0';
		}
	}
	return left;
}

/* Compare the number in the text with half * 2^exp2: below 0, 0, above 0. */
static int compare_exactly(const struct weir_decimal *d, uint64_t half, int exp2)
{
	struct big number, point;
	bool more;
	int64_t exp10 = d->last_exp10 + big_read_digits(&number, d, &more);
	int64_t shift = exp2 - exp10;
	int order;

	big_set(&point, half);
	if (exp10 >= 0)
		big_mul_power_of_5(&number, exp10);
	else
		big_mul_power_of_5(&point, -exp10);
	if (shift >= 0)
		big_shift_left(&point, shift);
	else
		big_shift_left(&number, -shift);
	order = big_compare(&number, &point);
	return order == 0 && more ? 1 : order;
}

/*
 * An interval that holds the number: from (hi + mid / 2^64) * 2^exp2, up. The highest bit of hi is set.
 * When it is closed only its start is left, plus low / 2^128.
 */
struct estimate {
	uint64_t hi, mid, low;
	int exp2;
	bool closed;
};

static inline struct estimate estimate(const struct weir_decimal *d)
{
	int32_t q = (int32_t)d->exp10;
	int zeros = weir_clz64(d->w);
	struct weir_u128 power = weir_pow10[q - WEIR_POW10_FIRST];
	struct weir_u128 high = weir_mul64(d->w << zeros, power.hi);
	struct weir_u128 low = weir_mul64(d->w << zeros, power.lo);
	struct estimate e = { high.hi, high.lo + low.hi, low.lo, weir_log2_pow10(q) + 1 - zeros,
		q >= 0 && q <= WEIR_POW10_EXACT_LAST && !d->cut };

	e.hi += e.mid < low.hi;
	if (e.hi >> 63 == 0) {
		e.hi = e.hi << 1 | e.mid >> 63;
		e.mid = e.mid << 1 | e.low >> 63;
		e.low <<= 1;
		e.exp2--;
	}
	return e;
}

/*
 * Whether an interval that starts below the point (half, 0) may reach it. What the power lost and `low` are
 * less than 4 units of mid; the digits cut from a w of 60 bits or more are less than 33 of hi.
 */
static inline bool reaches(const struct estimate *e, bool cut, uint64_t rest, uint64_t half)
{
	uint64_t gap_hi = half - rest - (e->mid != 0);
	uint64_t gap_mid = 0 - e->mid;

	if (e->closed)
		return false;
	return cut ? gap_hi < 33 : gap_hi == 0 && gap_mid < 4;
}

/* Return 1 when the number rounds up to bits + 1, of which hi has the first `kept` bits, else 0. */
static inline uint64_t round_up(
	const struct weir_decimal *d, const struct estimate *e, int kept, uint64_t bits)
{
	uint64_t rest = e->hi << kept >> kept, half = UINT64_C(1) << (63 - kept);
	int order;

	if (rest >= half) {
		bool tie = rest == half && e->mid == 0 && e->low == 0 && e->closed;

		return tie ? bits & 1 : 1;
	}
	if (!reaches(e, d->cut, rest, half))
		return 0;
	order = compare_exactly(d, 2 * bits + 1, e->exp2 + 63 - kept);
	return order == 0 ? bits & 1 : order > 0;
}

/* Below half of the least float, seen from the start of the interval, only its end can lie above it. */
static inline bool exceeds_half_of_least(
	const struct weir_decimal *d, const struct estimate *e, int kept, struct float_shape shape)
{
	if (kept < -1 || e->hi < UINT64_MAX - 33)
		return false;
	return compare_exactly(d, 1, shape.least_exp - shape.mantissa_bits) > 0;
}

/* Exponent and mantissa stand side by side, so that rounding up carries from one into the other. */
static inline uint64_t round_number(const struct weir_decimal *d, struct float_shape shape)
{
	const uint64_t infinity = (uint64_t)(3 - 2 * shape.least_exp) << (shape.mantissa_bits - 1);
	struct estimate e;
	uint64_t bits;
	int above_least, kept;

	if (d->w == 0 || d->exp10 < LEAST_POWER)
		return 0;
	if (d->exp10 > GREATEST_POWER)
		return infinity;
	e = estimate(d);
	above_least = e.exp2 + 63 - shape.least_exp;
	if (above_least > 1 - 2 * shape.least_exp)
		return infinity;
	kept = above_least >= 0 ? shape.mantissa_bits : shape.mantissa_bits + above_least;
	if (kept < 0)
		return exceeds_half_of_least(d, &e, kept, shape);
	bits = e.hi >> 1 >> (63 - kept);
	bits += round_up(d, &e, kept, bits);
	return above_least >= 0 ? bits + ((uint64_t)above_least << (shape.mantissa_bits - 1)) : bits;
}

uint64_t weir_round_f64(const struct weir_decimal *d)
{
	return round_number(d, f64_shape);
}

uint32_t weir_round_f32(const struct weir_decimal *d)
{
	return (uint32_t)round_number(d, f32_shape);
}
