/* SPDX-License-Identifier: MIT */
/*
 * num_test.c -- claims about reading floats: every text reads as libc reads it, rounded once, and only
 * numbers are read. Rounding in the hard cases is num_round_test.c's.
 */
#include <check.h>
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "num_support.h"

/* Compare one reading of both types with libc's; report the first difference. */
static void check_text(const char *s)
{
	check_f64(s, bits_of_f64(strtod(s, NULL)) & ~(isinf(strtod(s, NULL)) ? 1ull << 63 : 0));
	check_f32(s, bits_of_f32(strtof(s, NULL)) & ~(isinf(strtof(s, NULL)) ? 1u << 31 : 0));
}

START_TEST(any_digits_read_as_libc_reads_them)
{
	char s[64];

	for (int i = 0; i < N_RANDOM / 4; i++) {
		double v = f64_of(random_u64());

		if (!isfinite(v))
			continue;
		snprintf(s, sizeof(s), "%.*g", (int)(random_u64() % 24) + 1, v);
		check_text(s);
	}
}
END_TEST

START_TEST(short_decimals_read_as_libc_reads_them)
{
	char s[64];

	for (int i = 0; i < N_RANDOM / 4; i++) {
		uint64_t digits = random_u64() >> (random_u64() % 64);
		int exponent = (int)(random_u64() % 80) - 40;

		snprintf(s, sizeof(s), "%llue%d", (unsigned long long)digits, exponent);
		check_text(s);
		snprintf(s, sizeof(s), "%llu.%0*u", (unsigned long long)(digits % 100000),
			(int)(random_u64() % 9) + 1, (unsigned)(random_u64() % 1000));
		check_text(s);
	}
}
END_TEST

START_TEST(digits_past_nineteen_count)
{
	char s[200];

	for (int i = 0; i < N_RANDOM / 50; i++) {
		size_t len = (size_t)(random_u64() % 100) + 20, point = (size_t)(random_u64() % len);

		for (size_t j = 0; j < len; j++)
			s[j] = (char)('0' + random_u64() % 10);
		if (random_u64() % 2 == 0)
			memset(s, '0', point);
		s[point] = '.';
		snprintf(s + len, sizeof(s) - len, "e%d", (int)(random_u64() % 700) - 350);
		check_text(s);
	}
}
END_TEST

START_TEST(floats_round_once)
{
	/* Just above the middle of 1 and the next float; as a double it is that middle, which goes to 1. */
	check_f32("1.00000005960464477540", 0x3f800001);
	check_f32("1.00000005960464477539062500000000000000000000000001", 0x3f800001);
	check_f32("1.000000059604644775390625", 0x3f800000);
	check_f32("16777217", 0x4b800000);
	check_f32("1.4e-45", 1);
	check_f32("7e-46", 0);
	check_f32("-1e-60", 0x80000000);
}
END_TEST

START_TEST(too_large_is_out_of_range)
{
	static const char *const both[] = { "1e309", "-1e309", "1.7976931348623159e308", "1e999",
		"1e99999999999999999999999999", "123456789012345678901234567890e300" };
	double d;
	float f;

	for (size_t i = 0; i < COUNT(both); i++) {
		const char *end = both[i] + strlen(both[i]);

		ck_assert_int_eq(read_f64(both[i], &d), WEIR_ERANGE);
		ck_assert_int_eq(read_f32(both[i], &f), WEIR_ERANGE);
		ck_assert_int_eq(weir_scan_f64(both[i], end, &d), WEIR_ERANGE);
		ck_assert_int_eq(weir_scan_f32(both[i], end, &f), WEIR_ERANGE);
		ck_assert(d == UNTOUCHED && f == UNTOUCHED);
	}
	ck_assert_int_eq(read_f32("3.4028236e38", &f), WEIR_ERANGE);
	check_f32("3.40282346638528859811704183484516925440e+38", bits_of_f32(FLT_MAX));
}
END_TEST

START_TEST(leniencies_of_csv_are_read)
{
	check_f64("+1", bits_of_f64(1));
	check_f64("007", bits_of_f64(7));
	check_f64("-007.50", bits_of_f64(-7.5));
	check_f64(".5", bits_of_f64(0.5));
	check_f64("-.5", bits_of_f64(-0.5));
	check_f64("5.", bits_of_f64(5));
	check_f64("5.E-1", bits_of_f64(0.5));
	check_f64("000000000000000000000000001", bits_of_f64(1));
}
END_TEST

START_TEST(malformed_floats_are_refused)
{
	double d;
	float f;

	for (size_t i = 0; i < COUNT(malformed); i++) {
		ck_assert_msg(
			read_f64(malformed[i], &d) == WEIR_EPARSE && d == UNTOUCHED, "'%s'", malformed[i]);
		ck_assert_msg(
			read_f32(malformed[i], &f) == WEIR_EPARSE && f == UNTOUCHED, "'%s'", malformed[i]);
	}
	ck_assert_int_eq(weir_parse_f64("1\0", 2, &d), WEIR_EPARSE);
	ck_assert_int_eq(weir_parse_f64("1e400x", 6, &d), WEIR_EPARSE);
}
END_TEST

START_TEST(text_ends_where_its_length_says)
{
	double d;
	float f;

	ck_assert_int_eq(weir_parse_f64("1.2345678901234567", 3, &d), WEIR_OK);
	ck_assert(d == 1.2);
	ck_assert_int_eq(weir_parse_f32("1e55", 3, &f), WEIR_OK);
	ck_assert(f == 1e5f);
}
END_TEST

static const struct {
	const char *text;
	int length; /* what the scan returns */
	double value;
} scans[] = {
	{ "", 0, 0 },
	{ "x", 0, 0 },
	{ "+1", 0, 0 },
	{ ".5", 0, 0 },
	{ "null", 0, 0 },
	{ " 1", 0, 0 },
	{ "0,", 1, 0 },
	{ "1}", 1, 1 },
	{ "-2.5e3]", 6, -2500 },
	{ "22.38,5", 5, 22.38 },
	{ "0.1e-2 ", 6, 0.001 },
	{ "12E+2\n", 5, 1200 },
	{ "1.25.5", 4, 1.25 },
	{ "1-2", 1, 1 },
	{ "-", WEIR_EPARSE, 0 },
	{ "-x", WEIR_EPARSE, 0 },
	{ "-.5", WEIR_EPARSE, 0 },
	{ "01", WEIR_EPARSE, 0 },
	{ "-00", WEIR_EPARSE, 0 },
	{ "1.", WEIR_EPARSE, 0 },
	{ "1.e5", WEIR_EPARSE, 0 },
	{ "1.,", WEIR_EPARSE, 0 },
	{ "1e,", WEIR_EPARSE, 0 },
	{ "1e+", WEIR_EPARSE, 0 },
};

START_TEST(scan_takes_one_json_number)
{
	for (size_t i = 0; i < COUNT(scans); i++) {
		const char *s = scans[i].text;
		double d = UNTOUCHED;
		float f = UNTOUCHED;

		ck_assert_msg(weir_scan_f64(s, s + strlen(s), &d) == scans[i].length, "'%s'", s);
		ck_assert_msg(weir_scan_f32(s, s + strlen(s), &f) == scans[i].length, "'%s'", s);
		ck_assert(d == (scans[i].length > 0 ? scans[i].value : UNTOUCHED));
		ck_assert(f == (scans[i].length > 0 ? (float)scans[i].value : UNTOUCHED));
	}
}
END_TEST

START_TEST(nan_and_inf_are_read_in_any_case)
{
	static const char *const refused[] = { "", "-", "+", "na", "nann", "in", "infi", "infinit",
		"infinityy", "1", " nan", "n n", "--inf", "\xe9nf", "N\x01N" };
	double v;

	ck_assert_int_eq(weir_parse_nonfinite("nan", 3, &v), WEIR_OK);
	ck_assert(isnan(v));
	ck_assert_int_eq(weir_parse_nonfinite("-NaN", 4, &v), WEIR_OK);
	ck_assert(isnan(v));
	ck_assert_int_eq(weir_parse_nonfinite("Inf", 3, &v), WEIR_OK);
	ck_assert(v == (double)INFINITY);
	ck_assert_int_eq(weir_parse_nonfinite("+INFINITY", 9, &v), WEIR_OK);
	ck_assert(v == (double)INFINITY);
	ck_assert_int_eq(weir_parse_nonfinite("-inf", 4, &v), WEIR_OK);
	ck_assert(v == -(double)INFINITY);
	v = UNTOUCHED;
	for (size_t i = 0; i < COUNT(refused); i++)
		ck_assert_int_eq(weir_parse_nonfinite(refused[i], strlen(refused[i]), &v), WEIR_EPARSE);
	ck_assert(v == UNTOUCHED);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = { any_digits_read_as_libc_reads_them,
		short_decimals_read_as_libc_reads_them, digits_past_nineteen_count, floats_round_once,
		too_large_is_out_of_range, leniencies_of_csv_are_read, malformed_floats_are_refused,
		text_ends_where_its_length_says, scan_takes_one_json_number,
		nan_and_inf_are_read_in_any_case };

	return run_tests("num", tests, COUNT(tests));
}
