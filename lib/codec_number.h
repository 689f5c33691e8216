/* SPDX-License-Identifier: MIT */
/*
 * codec_number.h -- the short way for the numbers that data is made of: a few digits, a few of them decimals.
 *
 * What these functions take they read and write exactly as num.h does; everything else they leave to it. Read:
 * whole number and power of ten are exact in the type, so one division rounds once (Clinger 1990). Write: at
 * most 6 digits for f32 and 15 for f64 are told apart by the type, so that digits that read back are the
 * only ones so short, and none shorter can be found.
 *
 * Private to lib/codec_*.c.
 */
#ifndef WEIR_CODEC_NUMBER_H
#define WEIR_CODEC_NUMBER_H

#include <float.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Both ways need arithmetic in the type itself. */
#if defined(FLT_EVAL_METHOD) && FLT_EVAL_METHOD == 0
#define WEIR_SHORT_WAY 1
#else
#define WEIR_SHORT_WAY 0
#endif

/* value / 10^decimals, at most 18 digits. */
struct weir_short {
	uint64_t value;
	uint32_t decimals;
	uint32_t digits;
	const char *stop; /* behind it; NULL: no such number */
};

#define WEIR_SHORT_DIGITS    18
#define WEIR_SHORT_DECIMALS  10
#define WEIR_SHORT_EXACT_F32 (UINT64_C(1) << 24)
#define WEIR_SHORT_EXACT_F64 (UINT64_C(1) << 53)

/* Eight digits at a time need words of 64 bits, the first byte lowest. */
#if UINTPTR_MAX > UINT32_MAX && defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define WEIR_SHORT_EIGHTS 1
#else
#define WEIR_SHORT_EIGHTS 0
#endif

/* Whether all bytes of a word are digits: none has another high half, none is beyond '9'. */
static inline bool weir_short_are_digits(uint64_t word)
{
	const uint64_t high = UINT64_C(0xf0f0f0f0f0f0f0f0), threes = UINT64_C(0x3030303030303030);

	return (word & high) == threes && ((word + UINT64_C(0x0606060606060606)) & high) == threes;
}

/* The number that they spell: neighbours become one of two digits, those one of four, those one of eight. */
static inline uint64_t weir_short_eight(uint64_t word)
{
	word = (word & UINT64_C(0x0f0f0f0f0f0f0f0f)) * (10 * 256 + 1) >> 8;
	word = (word & UINT64_C(0x00ff00ff00ff00ff)) * (100 * 65536 + 1) >> 16;
	return (word & UINT64_C(0x0000ffff0000ffff)) * (UINT64_C(10000) * 4294967296 + 1) >> 32;
}

/*
 * Read the JSON number without exponent at p, behind its sign, in a text that goes to `end`. The byte there can be read
 * and is no digit. A plain loop: its branches are foreseen where the lengths of numbers are much the same.
 */
static inline struct weir_short weir_short_scan(const char *p, const char *end)
{
	struct weir_short n = { 0, 0, 0, NULL };
	const char *start = p;
	uint64_t word;

	while (WEIR_SHORT_EIGHTS && end - p >= (ptrdiff_t)sizeof word) {
		memcpy(&word, p, sizeof word);
		if (!weir_short_are_digits(word))
			break;
		n.value = n.value * 100000000 + weir_short_eight(word);
		p += sizeof word;
	}
	for (; (unsigned char)(*p - '0') < 10; p++)
		n.value = n.value * 10 + (unsigned char)(*p - '0');
	n.digits = (uint32_t)(p - start);
	if (n.digits == 0 || (*start == '0' && n.digits > 1))
		return n;
	if (*p == '.') {
		start = ++p;
		for (; (unsigned char)(*p - '0') < 10; p++)
			n.value = n.value * 10 + (unsigned char)(*p - '0');
		n.decimals = (uint32_t)(p - start);
		n.digits += n.decimals;
		if (n.decimals == 0)
			return n;
	}
	if (n.digits <= WEIR_SHORT_DIGITS && *p != 'e' && *p != 'E')
		n.stop = p;
	return n;
}

/* Read a number of a text that goes to `end` into *out; its bytes, or 0 when it is another one or none. */
static inline ptrdiff_t weir_short_f32(const char *s, const char *end, float *out)
{
	static const float powers[WEIR_SHORT_DECIMALS + 1] = { 1e0f, 1e1f, 1e2f, 1e3f, 1e4f, 1e5f, 1e6f, 1e7f,
		1e8f, 1e9f, 1e10f };
	struct weir_short n = weir_short_scan(s + (*s == '-'), end);
	float v;

	if (!WEIR_SHORT_WAY || n.stop == NULL || n.value > WEIR_SHORT_EXACT_F32 ||
		n.decimals > WEIR_SHORT_DECIMALS)
		return 0;
	v = (float)(int64_t)n.value / powers[n.decimals];
	*out = *s == '-' ? -v : v;
	return n.stop - s;
}

static inline ptrdiff_t weir_short_f64(const char *s, const char *end, double *out)
{
	static const double powers[WEIR_SHORT_DECIMALS + 1] = { 1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8,
		1e9, 1e10 };
	struct weir_short n = weir_short_scan(s + (*s == '-'), end);
	double v;

	if (!WEIR_SHORT_WAY || n.stop == NULL || n.value > WEIR_SHORT_EXACT_F64 ||
		n.decimals > WEIR_SHORT_DECIMALS)
		return 0;
	v = (double)(int64_t)n.value / powers[n.decimals];
	*out = *s == '-' ? -v : v;
	return n.stop - s;
}

static inline ptrdiff_t weir_short_i64(const char *s, const char *end, int64_t *out)
{
	struct weir_short n = weir_short_scan(s + (*s == '-'), end);

	if (n.stop == NULL || n.decimals > 0)
		return 0;
	*out = *s == '-' ? -(int64_t)n.value : (int64_t)n.value;
	return n.stop - s;
}

/* Write value / 10^decimals, decimals 1 to 4, value < 2^32; the bytes, at most 12. */
static inline size_t weir_short_spell(char *out, bool negative, uint32_t value, uint32_t decimals)
{
	char text[16];
	uint32_t n = sizeof text;

	while (decimals > 0 && value % 10 == 0) {
		value /= 10;
		decimals--;
	}
	for (; decimals > 0; decimals--, value /= 10) {
		text[--n] = (char)('0' + value % 10);
		if (decimals == 1)
			text[--n] = '.';
	}
	do
		text[--n] = (char)('0' + value % 10);
	while ((value /= 10) != 0);
	if (negative)
		text[--n] = '-';
	memcpy(out, text + n, sizeof text - n);
	return sizeof text - n;
}

/* Write v when at most 6 digits, 3 decimals among them, are it; the bytes, or 0. */
static inline size_t weir_short_put_f32(char *out, float v)
{
	uint32_t bits, value;
	float size;

	memcpy(&bits, &v, sizeof bits);
	size = v < 0 ? -v : v;
	if (!WEIR_SHORT_WAY || !(size < 999))
		return 0;
	value = (uint32_t)((double)size * 1e3 + 0.5);
	if ((float)value / 1e3f < size || (float)value / 1e3f > size)
		return 0;
	return weir_short_spell(out, bits >> 31 != 0, value, 3);
}

/* Write v when at most 9 digits, 4 decimals among them, are it; the bytes, or 0. */
static inline size_t weir_short_put_f64(char *out, double v)
{
	uint64_t bits;
	uint32_t value;
	double size;

	memcpy(&bits, &v, sizeof bits);
	size = v < 0 ? -v : v;
	if (!WEIR_SHORT_WAY || !(size < 99999))
		return 0;
	value = (uint32_t)(size * 1e4 + 0.5);
	if ((double)value / 1e4 < size || (double)value / 1e4 > size)
		return 0;
	return weir_short_spell(out, bits >> 63 != 0, value, 4);
}

#endif
