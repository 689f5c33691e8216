/* SPDX-License-Identifier: MIT */
/*
 * num_format.c -- floats to text: the shortest digits that read back, the closest of them.
 *
 * The digits come from Schubfach (Giulietti 2020, "The Schubfach way to render doubles"): scale the value and
 * the two ends of its rounding interval by one power of ten so that the interval holds at most one multiple
 * of ten and at least one whole number; take the multiple of ten if there is one, else the closest whole
 * number. Products are kept in quarters of a unit with a sticky last bit, told from a power rounded down plus
 * one unit; tools/gen-pow10 proves that this is enough.
 */
#include <string.h>

#include <weir/num.h>

#include "num_impl.h"

#define F64_FRACTION_BITS 52
#define F64_BIAS          1023
#define F64_EXPONENTS     0x7ff
#define F32_FRACTION_BITS 23
#define F32_BIAS          127
#define F32_EXPONENTS     0xff

/* A finite float taken apart: its size is mantissa * 2^exp2. */
struct parts {
	uint64_t mantissa;
	int32_t exp2;
	bool power_of_two; /* the gap to the next lower float is half of that to the next higher */
};

/* digits * 10^exp10 */
struct shortest {
	uint64_t digits;
	int32_t exp10;
};

/*
 * Seventeen digits as text, '0' after the last of `count` that matter: value = 0.digits * 10^point. They are
 * kept in registers, one a byte, first lowest, because bytes stored and loaded again as words are slow.
 */
struct digit_text {
	char first;
	uint64_t high, low;
	int32_t count;
	int32_t point;
};

/* cp * g / 2^128 with a sticky last bit. */
static inline uint64_t scale_f64(struct weir_u128 g, uint64_t cp)
{
	struct weir_u128 x = weir_mul64(g.lo, cp), y = weir_mul64(g.hi, cp);

	y.lo += x.hi;
	y.hi += y.lo < x.hi;
	return y.hi | (y.lo > 1);
}

/* cp * g / 2^64 with a sticky last bit. */
static inline uint64_t scale_f32(uint64_t g, uint32_t cp)
{
	uint64_t y = (g >> 32) * cp + ((uint64_t)(uint32_t)g * cp >> 32);

	return y >> 32 | ((uint32_t)y > 1);
}

/* Choose between the whole numbers around a value given in quarters, with the ends of its interval. */
static inline struct shortest choose(uint64_t lower, uint64_t value, uint64_t upper, int32_t k)
{
	uint64_t s = value / 4, tens = s / 10;
	bool down_fits = lower <= 40 * tens, up_fits = 40 * tens + 40 <= upper;
	uint64_t middle;

	if (down_fits != up_fits)
		return (struct shortest){ tens + up_fits, k + 1 };
	down_fits = lower <= 4 * s;
	up_fits = 4 * s + 4 <= upper;
	if (down_fits != up_fits)
		return (struct shortest){ s + up_fits, k };
	middle = 4 * s + 2;
	return (struct shortest){ s + (value > middle || (value == middle && (s & 1) != 0)), k };
}

/* floor(log10(2^exp2)), or of 3/4 of it when the lower gap is half. */
static inline int32_t interval_exp10(struct parts v)
{
	return weir_floor_shift(v.exp2 * 1262611 - (v.power_of_two ? 524031 : 0), 22);
}

static struct shortest shortest_f64(struct parts v)
{
	int32_t k = interval_exp10(v);
	int h = v.exp2 + weir_log2_pow10(-k) + 1;
	struct weir_u128 g = weir_pow10[-k - WEIR_POW10_FIRST];
	uint64_t c = 4 * v.mantissa, odd = v.mantissa & 1;

	g.lo++;
	g.hi += g.lo == 0;
	return choose(scale_f64(g, (c - 2 + v.power_of_two) << h) + odd, scale_f64(g, c << h),
		scale_f64(g, (c + 2) << h) - odd, k);
}

static struct shortest shortest_f32(struct parts v)
{
	int32_t k = interval_exp10(v);
	int h = v.exp2 + weir_log2_pow10(-k) + 1;
	uint64_t g = weir_pow10[-k - WEIR_POW10_FIRST].hi + 1;
	uint32_t c = 4 * (uint32_t)v.mantissa, odd = (uint32_t)v.mantissa & 1;

	return choose(scale_f32(g, (c - 2 + v.power_of_two) << h) + odd, scale_f32(g, c << h),
		scale_f32(g, (c + 2) << h) - odd, k);
}

/* Digits up to the last that is not zero, among eight one-a-byte ones. */
static int32_t significant(uint64_t eight)
{
	return eight == 0 ? 0 : 8 - weir_clz64(eight) / 8;
}

static inline struct digit_text text_of_f64(struct shortest s)
{
	const uint64_t ten_16 = UINT64_C(10000000000000000);
	uint64_t high, low;

	for (; s.digits < ten_16; s.digits *= 10)
		s.exp10--;
	high = weir_8_digits_of((uint32_t)(s.digits / 100000000 % 100000000));
	low = weir_8_digits_of((uint32_t)(s.digits % 100000000));
	return (struct digit_text){ (char)('0' + s.digits / ten_16), high + WEIR_ASCII_ZEROS,
		low + WEIR_ASCII_ZEROS, 1 + (low != 0 ? 8 + significant(low) : significant(high)),
		s.exp10 + 17 };
}

static inline struct digit_text text_of_f32(struct shortest s)
{
	uint32_t digits = (uint32_t)s.digits;
	uint64_t high;

	for (; digits < 100000000; digits *= 10)
		s.exp10--;
	high = weir_8_digits_of(digits % 100000000);
	return (struct digit_text){ (char)('0' + digits / 100000000), high + WEIR_ASCII_ZEROS,
		WEIR_ASCII_ZEROS, 1 + significant(high), s.exp10 + 9 };
}

static char *spell_exponent(char *p, int32_t exponent)
{
	uint32_t size = (uint32_t)(exponent < 0 ? -exponent : exponent);

	*p++ = 'e';
	*p++ = exponent < 0 ? '-' : '+';
	if (size >= 100)
		*p++ = (char)('0' + size / 100);
	if (size >= 10)
		*p++ = (char)('0' + size / 10 % 10);
	*p++ = (char)('0' + size % 10);
	return p;
}

static void put_digits(char *p, const struct digit_text *t)
{
	p[0] = t->first;
	weir_store_le64(p + 1, t->high);
	weir_store_le64(p + 9, t->low);
}

/* Put a point before byte `at` of eight; the last byte falls out. */
static uint64_t insert_point(uint64_t eight, int32_t at)
{
	uint64_t below = (UINT64_C(1) << (8 * at)) - 1;

	return (eight & below) | ((eight & ~below) << 8) | (uint64_t)'.' << (8 * at);
}

/* Put the digits with the point after the first 1 to 16 of them. */
static void put_digits_with_point(char *p, const struct digit_text *t)
{
	int32_t at = t->point - 1;

	p[0] = t->first;
	p[17] = (char)(t->low >> 56);
	if (at < 8) {
		weir_store_le64(p + 1, insert_point(t->high, at));
		weir_store_le64(p + 9, t->low << 8 | t->high >> 56);
	} else {
		weir_store_le64(p + 1, t->high);
		weir_store_le64(p + 9, insert_point(t->low, at - 8));
	}
}

/* Spell as ECMAScript's Number::toString does; all of WEIR_F64_TEXT_MAX may be written. */
static size_t spell(char *out, bool negative, const struct digit_text *t)
{
	char *p = out;

	*p = '-';
	p += negative;
	if (t->point > 21 || t->point <= -6) {
		put_digits(p + 1, t);
		p[0] = t->first;
		p[1] = '.';
		p = spell_exponent(p + (t->count > 1 ? t->count + 1 : 1), t->point - 1);
	} else if (t->point <= 0) {
		memcpy(p, "0.00000", 7);
		put_digits(p + 2 - t->point, t);
		p += 2 - t->point + t->count;
	} else if (t->count > t->point) {
		put_digits_with_point(p, t);
		p += t->count + 1;
	} else {
		put_digits(p, t);
		memcpy(p + 17, "0000", 4);
		p += t->point;
	}
	return (size_t)(p - out);
}

static size_t spell_word(char *out, bool negative, const char *word, size_t len)
{
	*out = '-';
	memcpy(out + negative, word, len);
	return len + negative;
}

/* Whole numbers whose neighbours are no further than 1 need no search: all their digits count. */
static bool is_plain_integer(struct parts v, int fraction_bits)
{
	return v.exp2 <= 0 && v.exp2 >= -fraction_bits && (v.mantissa & ((UINT64_C(1) << -v.exp2) - 1)) == 0;
}

static size_t spell_integer(char *out, bool negative, uint64_t v)
{
	*out = '-';
	return negative + weir_format_u64(out + negative, v);
}

static struct parts take_apart(uint64_t fraction, uint32_t exponent, int fraction_bits, int bias)
{
	if (exponent == 0)
		return (struct parts){ fraction, 1 - bias - fraction_bits, false };
	return (struct parts){ fraction | UINT64_C(1) << fraction_bits,
		(int32_t)exponent - bias - fraction_bits, fraction == 0 && exponent > 1 };
}

size_t weir_format_f64(char *out, double v)
{
	uint64_t bits, fraction;
	uint32_t exponent;
	bool negative;
	struct parts parts;
	struct digit_text text;

	memcpy(&bits, &v, sizeof(bits));
	negative = bits >> 63 != 0;
	exponent = bits >> F64_FRACTION_BITS & F64_EXPONENTS;
	fraction = bits & ((UINT64_C(1) << F64_FRACTION_BITS) - 1);
	if (exponent == F64_EXPONENTS)
		return fraction != 0 ? spell_word(out, false, "nan", 3) : spell_word(out, negative, "inf", 3);
	parts = take_apart(fraction, exponent, F64_FRACTION_BITS, F64_BIAS);
	if (parts.mantissa == 0)
		return spell_integer(out, negative, 0);
	if (is_plain_integer(parts, F64_FRACTION_BITS))
		return spell_integer(out, negative, parts.mantissa >> -parts.exp2);
	text = text_of_f64(shortest_f64(parts));
	return spell(out, negative, &text);
}

size_t weir_format_f32(char *out, float v)
{
	uint32_t bits, exponent, fraction;
	bool negative;
	struct parts parts;
	struct digit_text text;

	memcpy(&bits, &v, sizeof(bits));
	negative = bits >> 31 != 0;
	exponent = bits >> F32_FRACTION_BITS & F32_EXPONENTS;
	fraction = bits & ((UINT32_C(1) << F32_FRACTION_BITS) - 1);
	if (exponent == F32_EXPONENTS)
		return fraction != 0 ? spell_word(out, false, "nan", 3) : spell_word(out, negative, "inf", 3);
	parts = take_apart(fraction, exponent, F32_FRACTION_BITS, F32_BIAS);
	if (parts.mantissa == 0)
		return spell_integer(out, negative, 0);
	if (is_plain_integer(parts, F32_FRACTION_BITS))
		return spell_integer(out, negative, parts.mantissa >> -parts.exp2);
	text = text_of_f32(shortest_f32(parts));
	return spell(out, negative, &text);
}
