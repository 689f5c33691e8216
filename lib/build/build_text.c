/* SPDX-License-Identifier: MIT */
/*
 * build_text.c -- durations and sizes: a number with a unit. A bare number is refused, never guessed.
 */
#include "build_private.h"

#include <string.h>

struct unit {
	const char *name;
	uint64_t size;
};

static const struct unit durations[] = {
	{ "ns", 1 },
	{ "us", 1000 },
	{ "ms", 1000000 },
	{ "s", 1000000000 },
	{ "m", UINT64_C(60000000000) },
	{ "h", UINT64_C(3600000000000) },
	{ "d", UINT64_C(86400000000000) },
	{ NULL, 0 },
};

static const struct unit sizes[] = {
	{ "B", 1 },
	{ "KiB", 1024 },
	{ "MiB", 1048576 },
	{ "GiB", 1073741824 },
	{ NULL, 0 },
};

#define MORE_DIGITS_MAX 18u /* behind the point: what a u64 can hold of them */

/* value * 10^decimals, exactly; the digits behind the point in *scale as a power of ten. */
static size_t number(const char *text, uint64_t *value, uint64_t *scale, bool *overflow)
{
	size_t i = 0, behind = 0;
	bool point = false;

	*value = 0;
	*scale = 1;
	for (;; i++) {
		unsigned digit = (unsigned)(unsigned char)text[i] - '0';

		if (text[i] == '.' && !point && i > 0) {
			point = true;
			continue;
		}
		if (digit > 9)
			break;
		behind += point;
		if (behind > MORE_DIGITS_MAX || *value > (UINT64_MAX - digit) / 10) {
			*overflow = true;
			continue;
		}
		*value = *value * 10 + digit;
		*scale *= point ? 10u : 1u;
	}
	return i > 0 && text[i - 1] == '.' ? 0 : i;
}

/* value / scale * unit; false when that is no whole number or too large. */
static bool scaled(uint64_t value, uint64_t scale, uint64_t unit, uint64_t *out)
{
	while (scale > 1 && unit % 10 == 0) {
		scale /= 10;
		unit /= 10;
	}
	while (scale > 1 && value % 10 == 0) {
		scale /= 10;
		value /= 10;
	}
	while (scale > 1 && unit % 2 == 0 && scale % 2 == 0) {
		scale /= 2;
		unit /= 2;
	}
	if (value % scale != 0 || (unit != 0 && value / scale > UINT64_MAX / unit))
		return false;
	*out = value / scale * unit;
	return true;
}

struct wording {
	const char *no_unit, *no_number, *bad_unit, *too_large;
};

static int read_unit(const char *text, const struct unit *units, const struct wording *words, uint64_t *out,
	const char **why)
{
	uint64_t value, scale;
	bool overflow = false;
	size_t i = number(text, &value, &scale, &overflow);

	*why = i == 0 ? words->no_number : text[i] == '\0' ? words->no_unit : words->bad_unit;
	if (i == 0 || text[i] == '\0')
		return WEIR_EPARSE;
	for (; units->name != NULL; units++) {
		if (strcmp(text + i, units->name) != 0)
			continue;
		*why = words->too_large;
		return !overflow && scaled(value, scale, units->size, out) ? WEIR_OK : WEIR_ERANGE;
	}
	return WEIR_EPARSE;
}

int weir_text_duration(const char *text, uint64_t *ns, const char **why)
{
	static const struct wording words = { "a duration needs a unit, such as \"30s\"",
		"a duration is a number with a unit, such as \"30s\"",
		"unknown unit; a duration has one of ns us ms s m h d, such as \"30s\"",
		"the duration is too large, or no whole number of nanoseconds" };

	return read_unit(text, durations, &words, ns, why);
}

int weir_text_size(const char *text, uint64_t *bytes, const char **why)
{
	static const struct wording words = { "a size needs a unit, such as \"64KiB\"",
		"a size is a number with a unit, such as \"64KiB\"",
		"unknown unit; a size has one of B KiB MiB GiB, such as \"64KiB\"",
		"the size is too large, or no whole number of bytes" };

	return read_unit(text, sizes, &words, bytes, why);
}
