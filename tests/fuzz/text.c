/* SPDX-License-Identifier: MIT */
/*
 * text.c -- numbers, times, durations and sizes: what is read is written so that it reads back as the same, numbers
 * agree with the C library's reading, and a scanner takes what the parser would.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <weir/error.h>
#include <weir/num.h>
#include <weir/timetext.h>

#include "fuzz.h"
#include "lib/build/build_private.h"

const char fuzz_name[] = "text";

#define TEXT_MAX 400
#define HOUR_NS  INT64_C(3600000000000)

/* `s` has just its len bytes; `nul` is the same for the C library, which wants a NUL. */
static void whole_numbers(const char *s, size_t len, const char *nul)
{
	char text[WEIR_I64_TEXT_MAX];
	int64_t i, i2 = 0;
	uint64_t u, u2 = 0;

	if (weir_parse_i64(s, len, &i) == WEIR_OK) {
		ck_assert_int_eq(weir_parse_i64(text, weir_format_i64(text, i), &i2), WEIR_OK);
		ck_assert_int_eq(i, i2);
		ck_assert_int_eq(i, strtoll(nul, NULL, 10));
	}
	if (weir_parse_u64(s, len, &u) == WEIR_OK) {
		ck_assert_int_eq(weir_parse_u64(text, weir_format_u64(text, u), &u2), WEIR_OK);
		ck_assert_uint_eq(u, u2);
		ck_assert_uint_eq(u, strtoull(nul, NULL, 10));
	}
}

static void floats(const char *s, size_t len, const char *nul)
{
	char text[WEIR_F64_TEXT_MAX];
	double d, d2 = 0;
	float f, f2 = 0;

	if (weir_parse_f64(s, len, &d) == WEIR_OK) {
		ck_assert_int_eq(weir_parse_f64(text, weir_format_f64(text, d), &d2), WEIR_OK);
		ck_assert_mem_eq(&d, &d2, sizeof d);
		d2 = strtod(nul, NULL);
		ck_assert_mem_eq(&d, &d2, sizeof d);
	}
	if (weir_parse_f32(s, len, &f) == WEIR_OK) {
		ck_assert_int_eq(weir_parse_f32(text, weir_format_f32(text, f), &f2), WEIR_OK);
		ck_assert_mem_eq(&f, &f2, sizeof f);
		f2 = strtof(nul, NULL);
		ck_assert_mem_eq(&f, &f2, sizeof f);
	}
	if (weir_parse_nonfinite(s, len, &d) == WEIR_OK) {
		size_t n = weir_format_f64(text, d);

		ck_assert_int_eq(weir_parse_nonfinite(text, n, &d2), WEIR_OK);
		ck_assert(d == d2 || (d != d && d2 != d2));
	}
}

/* What a scanner took is what the parser makes of that piece. */
static void scanners(const char *s, size_t len)
{
	double d = 0, d2 = 0;
	int64_t i = 0, i2 = 0;
	uint64_t u = 0, u2 = 0;
	ptrdiff_t n = weir_scan_f64(s, s + len, &d);

	if (n > 0) {
		ck_assert_uint_le((size_t)n, len);
		ck_assert_int_eq(weir_parse_f64(s, (size_t)n, &d2), WEIR_OK);
		ck_assert_mem_eq(&d, &d2, sizeof d);
	}
	n = weir_scan_i64(s, s + len, &i);
	if (n > 0) {
		ck_assert_int_eq(weir_parse_i64(s, (size_t)n, &i2), WEIR_OK);
		ck_assert_int_eq(i, i2);
	}
	n = weir_scan_u64(s, s + len, &u);
	if (n > 0) {
		ck_assert_int_eq(weir_parse_u64(s, (size_t)n, &u2), WEIR_OK);
		ck_assert_uint_eq(u, u2);
	}
}

static void times(const char *s, size_t len)
{
	char text[WEIR_TIME_TEXT_MAX];
	int64_t ns, ns2 = 0, steps;

	if (weir_parse_time(s, len, &ns) != WEIR_OK)
		return;
	ck_assert_int_eq(weir_parse_time(text, weir_format_time(text, ns), &ns2), WEIR_OK);
	ck_assert_int_eq(ns, ns2);
	steps = weir_time_to_unit(ns, 1000000);
	if (weir_time_from_unit(steps, 1000000, &ns2) == WEIR_OK)
		ck_assert(ns2 <= ns && (uint64_t)ns - (uint64_t)ns2 < 1000000);
	ck_assert_int_eq(weir_time_hour(ns), ((ns / HOUR_NS - (ns % HOUR_NS < 0)) % 24 + 24) % 24);
}

static void units(const char *s)
{
	const char *why = NULL;
	uint64_t v, v2 = 0;
	char text[32];

	if (weir_text_duration(s, &v, &why) == WEIR_OK) {
		(void)snprintf(text, sizeof text, "%lluns", (unsigned long long)v);
		ck_assert_int_eq(weir_text_duration(text, &v2, &why), WEIR_OK);
		ck_assert_uint_eq(v, v2);
	} else {
		ck_assert_ptr_nonnull(why);
	}
	if (weir_text_size(s, &v, &why) == WEIR_OK) {
		(void)snprintf(text, sizeof text, "%lluB", (unsigned long long)v);
		ck_assert_int_eq(weir_text_size(text, &v2, &why), WEIR_OK);
		ck_assert_uint_eq(v, v2);
	} else {
		ck_assert_ptr_nonnull(why);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *s = (const char *)data;
	char nul[TEXT_MAX + 1];

	if (size == 0 || size > TEXT_MAX || memchr(data, '\0', size) != NULL)
		return 0;
	memcpy(nul, data, size);
	nul[size] = '\0';
	whole_numbers(s, size, nul);
	floats(s, size, nul);
	scanners(s, size);
	times(s, size);
	units(nul);
	return 0;
}
