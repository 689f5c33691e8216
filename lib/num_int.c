/* SPDX-License-Identifier: MIT */
/*
 * num_int.c -- integers from and to text.
 *
 * Reading takes eight digits at a time without looking for overflow; only numbers of 19 digits and more are
 * read again with care. Writing makes eight digits at a time with multiplications only.
 */
#include <string.h>

#include <weir/error.h>
#include <weir/num.h>

#include "num_impl.h"

/* As many digits as no u64 overflows with. */
#define SAFE_DIGITS 19

static const char *skip_digits(const char *p, const char *end, uint64_t *value)
{
	uint64_t v = 0;

	while (end - p >= 8) {
		uint64_t x = weir_load_le64(p);

		if (!weir_is_8_digits(x))
			break;
		v = v * 100000000 + weir_value_of_8_digits(x);
		p += 8;
	}
	for (; p < end && weir_is_digit(*p); p++)
		v = v * 10 + (uint64_t)(*p - '0');
	*value = v;
	return p;
}

/* Read the digits at p, up to a limit on the value; NULL when it is passed. */
static const char *read_limited(const char *p, const char *end, uint64_t limit, uint64_t *value)
{
	uint64_t v = 0;

	for (; p < end && weir_is_digit(*p); p++) {
		uint64_t digit = (uint64_t)(*p - '0');

		if (v > (limit - digit) / 10)
			return NULL;
		v = v * 10 + digit;
	}
	*value = v;
	return p;
}

/* Read [0-9]+ at s of at most the limit; return the bytes read or an error. */
static ptrdiff_t read_digits(const char *s, const char *end, uint64_t limit, uint64_t *value)
{
	const char *p = skip_digits(s, end, value);

	if (p == s)
		return WEIR_EPARSE;
	if (p - s > SAFE_DIGITS)
		p = read_limited(s, end, limit, value);
	if (p == NULL || *value > limit)
		return WEIR_ERANGE;
	return p - s;
}

/* A sign is read, so that -5 is out of range and not malformed. */
static ptrdiff_t read_u64(const char *s, const char *end, uint64_t *out)
{
	bool negative = s < end && *s == '-';
	ptrdiff_t n = read_digits(s + negative, end, negative ? 0 : UINT64_MAX, out);

	return n < 0 ? n : n + negative;
}

static ptrdiff_t read_i64(const char *s, const char *end, int64_t *out)
{
	bool negative = s < end && *s == '-';
	uint64_t v = 0;
	ptrdiff_t n = read_digits(s + negative, end, (uint64_t)INT64_MAX + negative, &v);

	if (n < 0)
		return n;
	*out = negative ? -(int64_t)(v >> 1) - (int64_t)(v - (v >> 1)) : (int64_t)v;
	return n + negative;
}

/* A number too large followed by other text is malformed, not out of range. */
static int whole(ptrdiff_t n, const char *s, size_t len)
{
	if (n == WEIR_ERANGE) {
		for (size_t i = 1; i < len; i++)
			if (!weir_is_digit(s[i]))
				return WEIR_EPARSE;
	}
	if (n < 0)
		return (int)n;
	return (size_t)n == len ? WEIR_OK : WEIR_EPARSE;
}

int weir_parse_u64(const char *s, size_t len, uint64_t *out)
{
	uint64_t v = 0;
	int rc = whole(read_u64(s, s + len, &v), s, len);

	if (rc == WEIR_OK)
		*out = v;
	return rc;
}

int weir_parse_i64(const char *s, size_t len, int64_t *out)
{
	int64_t v = 0;
	int rc = whole(read_i64(s, s + len, &v), s, len);

	if (rc == WEIR_OK)
		*out = v;
	return rc;
}

/* Whether a JSON number may start here: 1 yes, 0 no number at all, or WEIR_EPARSE for 01. */
static int starts_number(const char *s, const char *end)
{
	if (s == end || (*s != '-' && !weir_is_digit(*s)))
		return 0;
	s += *s == '-';
	return end - s >= 2 && s[0] == '0' && weir_is_digit(s[1]) ? WEIR_EPARSE : 1;
}

ptrdiff_t weir_scan_u64(const char *s, const char *end, uint64_t *out)
{
	uint64_t v = 0;
	ptrdiff_t n = starts_number(s, end);

	if (n > 0)
		n = read_u64(s, end, &v);
	if (n > 0)
		*out = v;
	return n;
}

ptrdiff_t weir_scan_i64(const char *s, const char *end, int64_t *out)
{
	ptrdiff_t n = starts_number(s, end);

	return n > 0 ? read_i64(s, end, out) : n;
}

/* Write x < 10^8 without leading zeros; eight bytes are stored whatever its length. */
static size_t write_up_to_8(char *out, uint32_t x)
{
	uint64_t digits = weir_8_digits_of(x);
	int zeros = digits == 0 ? 7 : weir_ctz64(digits) / 8;

	weir_store_le64(out, (digits + WEIR_ASCII_ZEROS) >> (8 * zeros));
	return (size_t)(8 - zeros);
}

static void write_8(char *out, uint32_t x)
{
	weir_store_le64(out, weir_8_digits_of(x) + WEIR_ASCII_ZEROS);
}

size_t weir_format_u64(char *out, uint64_t v)
{
	uint64_t high = v / 100000000;
	size_t n;

	if (high == 0)
		return write_up_to_8(out, (uint32_t)v);
	if (high < 100000000) {
		n = write_up_to_8(out, (uint32_t)high);
	} else {
		n = write_up_to_8(out, (uint32_t)(high / 100000000));
		write_8(out + n, (uint32_t)(high % 100000000));
		n += 8;
	}
	write_8(out + n, (uint32_t)(v % 100000000));
	return n + 8;
}

size_t weir_format_i64(char *out, int64_t v)
{
	if (v >= 0)
		return weir_format_u64(out, (uint64_t)v);
	*out = '-';
	return 1 + weir_format_u64(out + 1, 0 - (uint64_t)v);
}
