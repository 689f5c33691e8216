/* SPDX-License-Identifier: MIT */
/*
 * number.c -- numbers of a definition, exact from the text.
 *
 * The JSON library keeps a double and so loses digits from 2^53 on; ids, sizes and times in nanoseconds need
 * all 64 bits. The grammar is that of RFC 8259, section 6.
 */
#include "document_private.h"

#include <float.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define EXPONENT_MAX 100000 /* past any double, whatever the digits */

/* A number taken apart: sign, all digits as one integer, and the power of ten to scale it by. */
struct parts {
	char digits[WEIR_JSON_NUMBER_MAX_BYTES + 1];
	size_t n;
	long exponent;
	bool negative;
};

static size_t count_digits(const char *text, size_t len)
{
	size_t n = 0;
	while (n < len && text[n] >= '0' && text[n] <= '9') {
		n++;
	}
	return n;
}

static void append(struct parts *parts, const char *digits, size_t n)
{
	memcpy(parts->digits + parts->n, digits, n);
	parts->n += n;
}

static bool split_exponent(struct parts *parts, const char *text, size_t len)
{
	size_t at = 1;
	bool negative = at < len && text[at] == '-';
	if (at < len && (text[at] == '-' || text[at] == '+')) {
		at++;
	}
	if (at == len || count_digits(text + at, len - at) != len - at) {
		return false;
	}
	long exponent = 0;
	for (; at < len; at++) {
		exponent = exponent * 10 + (text[at] - '0');
		exponent = exponent > EXPONENT_MAX ? EXPONENT_MAX : exponent;
	}
	parts->exponent += negative ? -exponent : exponent;
	return true;
}

static enum weir_json_number_fault split(struct parts *parts, const char *text, size_t len)
{
	size_t at = 0;
	if (at < len && text[at] == '-') {
		parts->negative = true;
		at++;
	}
	size_t whole = count_digits(text + at, len - at);
	if (whole == 0) {
		return WEIR_JSON_NUMBER_MALFORMED;
	}
	bool zeros = whole > 1 && text[at] == '0';
	append(parts, text + at, whole);
	at += whole;
	if (at < len && text[at] == '.') {
		size_t fraction = count_digits(text + at + 1, len - at - 1);
		if (fraction == 0) {
			return WEIR_JSON_NUMBER_MALFORMED;
		}
		append(parts, text + at + 1, fraction);
		parts->exponent = -(long)fraction;
		at += 1 + fraction;
	}
	if (at < len && (text[at] == 'e' || text[at] == 'E')) {
		if (!split_exponent(parts, text + at, len - at)) {
			return WEIR_JSON_NUMBER_MALFORMED;
		}
		at = len;
	}
	if (at < len) {
		return WEIR_JSON_NUMBER_MALFORMED;
	}
	return zeros ? WEIR_JSON_NUMBER_ZEROS : WEIR_JSON_NUMBER_GOOD;
}

/* No decimal point is left for strtod to read, so the locale has no say. */
static double to_double(const struct parts *parts)
{
	char text[WEIR_JSON_NUMBER_MAX_BYTES + 16];
	snprintf(text, sizeof text, "%s%.*se%ld", parts->negative ? "-" : "", (int)parts->n, parts->digits,
		parts->exponent);
	return strtod(text, NULL);
}

static bool scale(uint64_t *magnitude, uint64_t by, uint64_t add)
{
	if (*magnitude > (UINT64_MAX - add) / by) {
		return false;
	}
	*magnitude = *magnitude * by + add;
	return true;
}

static bool to_magnitude(const struct parts *parts, size_t n, long exponent, uint64_t *magnitude)
{
	*magnitude = 0;
	for (size_t i = 0; i < n; i++) {
		if (!scale(magnitude, 10, (uint64_t)(parts->digits[i] - '0'))) {
			return false;
		}
	}
	for (long i = 0; i < exponent; i++) {
		if (!scale(magnitude, 10, 0)) {
			return false;
		}
	}
	return true;
}

static void to_integer(const struct parts *parts, struct weir_json_number *number)
{
	size_t n = parts->n;
	long exponent = parts->exponent;
	while (n > 0 && parts->digits[n - 1] == '0') {
		n--;
		exponent++;
	}
	number->is_integer = n == 0 || exponent >= 0;
	uint64_t magnitude;
	if (!number->is_integer || !to_magnitude(parts, n, n == 0 ? 0 : exponent, &magnitude)) {
		return;
	}
	const uint64_t i64_max = INT64_MAX;
	number->fits_u64 = !parts->negative || magnitude == 0;
	number->fits_i64 = magnitude <= i64_max + (parts->negative ? 1 : 0);
	number->u64 = number->fits_u64 ? magnitude : 0;
	if (number->fits_i64 && parts->negative && magnitude > 0) {
		number->i64 = -(int64_t)(magnitude - 1) - 1;
	} else if (number->fits_i64) {
		number->i64 = (int64_t)magnitude;
	}
}

enum weir_json_number_fault weir_json_read_number(
	const char *text, size_t len_bytes, struct weir_json_number *number)
{
	if (len_bytes > WEIR_JSON_NUMBER_MAX_BYTES) {
		return WEIR_JSON_NUMBER_LONG;
	}
	struct parts parts = { .n = 0 };
	enum weir_json_number_fault fault = split(&parts, text, len_bytes);
	if (fault != WEIR_JSON_NUMBER_GOOD) {
		return fault;
	}
	double value = to_double(&parts);
	if (value > DBL_MAX || value < -DBL_MAX) {
		return WEIR_JSON_NUMBER_RANGE;
	}
	*number = (struct weir_json_number){ .value = value };
	to_integer(&parts, number);
	return WEIR_JSON_NUMBER_GOOD;
}
