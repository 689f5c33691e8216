/* SPDX-License-Identifier: MIT */
/*
 * num_format_test.c -- claims about writing floats: shortest, closest, reads back, spelled as ECMAScript
 * does.
 */
#include <check.h>
#include <float.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "num_support.h"

static const char *text_f64(double v)
{
	static char text[WEIR_F64_TEXT_MAX + 1];

	text[weir_format_f64(text, v)] = '\0';
	return text;
}

static const char *text_f32(float v)
{
	static char text[WEIR_F32_TEXT_MAX + 1];

	text[weir_format_f32(text, v)] = '\0';
	return text;
}

START_TEST(every_double_reads_back)
{
	for (int i = 0; i < N_RANDOM; i++) {
		double v = f64_of(random_u64());
		const char *s = text_f64(v);

		if (!isfinite(v))
			continue;
		check_f64(s, bits_of_f64(v));
		if (i % 4 == 0 && bits_of_f64(strtod(s, NULL)) != bits_of_f64(v))
			ck_abort_msg("%a is %s, which libc reads as %a", v, s, strtod(s, NULL));
	}
}
END_TEST

START_TEST(every_float_reads_back)
{
	for (int i = 0; i < N_RANDOM; i++) {
		float v = f32_of((uint32_t)(random_u64() >> 32));
		const char *s = text_f32(v);

		if (!isfinite(v))
			continue;
		check_f32(s, bits_of_f32(v));
		if (i % 4 == 0 && bits_of_f32(strtof(s, NULL)) != bits_of_f32(v))
			ck_abort_msg(
				"%a is %s, which libc reads as %a", (double)v, s, (double)strtof(s, NULL));
	}
}
END_TEST

/* Copy the digits of a number without sign, point, exponent and zeros at either end. */
static int significant_digits(const char *s, char *digits)
{
	int n = 0, last = 0;

	for (; *s != '\0' && *s != 'e'; s++) {
		if (*s < '0' || *s > '9' || (n == 0 && *s == '0'))
			continue;
		digits[n++] = *s;
		if (*s != '0')
			last = n;
	}
	digits[last] = '\0';
	return last;
}

/* The fewest digits that printf finds to read back; above a power of two ours may be fewer. */
static void check_shortest(double v, bool single)
{
	const char *s = single ? text_f32((float)v) : text_f64(v);
	char ours[32], theirs[32], printed[64];
	int n = significant_digits(s, ours);

	for (int digits = 1; digits <= 17; digits++) {
		snprintf(printed, sizeof(printed), "%.*e", digits - 1, v);
		if (single ? strtof(printed, NULL) != (float)v : strtod(printed, NULL) != v)
			continue;
		significant_digits(printed, theirs);
		if (n > digits || (n == digits && strcmp(ours, theirs) != 0))
			ck_abort_msg("%a is written as %s, shorter or closer is %s", v, s, printed);
		return;
	}
}

START_TEST(no_shorter_or_closer_double_is_found)
{
	for (int i = 0; i < N_RANDOM / 100; i++) {
		double v = f64_of(random_u64());

		if (isfinite(v))
			check_shortest(v, false);
		check_shortest((double)(random_u64() % 1000000) / 1000, false);
		check_shortest(f64_of(random_u64() >> (12 + random_u64() % 52)), false);
	}
}
END_TEST

START_TEST(no_shorter_or_closer_float_is_found)
{
	for (int i = 0; i < N_RANDOM / 50; i++) {
		float v = f32_of((uint32_t)(random_u64() >> 32));

		if (isfinite(v))
			check_shortest((double)v, true);
		check_shortest((double)((float)(random_u64() % 1000000) / 1000), true);
	}
}
END_TEST

START_TEST(powers_of_two_and_their_neighbours_are_shortest)
{
	for (uint64_t exponent = 0; exponent < 0x7ff; exponent++)
		for (uint64_t bits = (exponent << 52) - (exponent > 0); bits != (exponent << 52) + 2;
			bits++) {
			check_shortest(f64_of(bits), false);
			check_f64(text_f64(f64_of(bits)), bits);
		}
	for (uint32_t exponent = 0; exponent < 0xff; exponent++)
		for (uint32_t bits = (exponent << 23) - (exponent > 0); bits != (exponent << 23) + 2;
			bits++) {
			check_shortest((double)f32_of(bits), true);
			check_f32(text_f32(f32_of(bits)), bits);
		}
}
END_TEST

START_TEST(powers_of_ten_are_written_with_one_digit)
{
	char s[16], digits[32];

	for (int e = -323; e <= 308; e++) {
		sprintf(s, "1e%d", e);
		ck_assert_int_eq(significant_digits(text_f64(strtod(s, NULL)), digits), 1);
		ck_assert_str_eq(digits, "1");
	}
	for (int e = -44; e <= 38; e++) {
		sprintf(s, "1e%d", e);
		ck_assert_int_eq(significant_digits(text_f32(strtof(s, NULL)), digits), 1);
		ck_assert_str_eq(digits, "1");
	}
}
END_TEST

static const struct {
	double value;
	const char *text;
} spellings[] = {
	{ 0, "0" },
	{ -0.0, "-0" },
	{ 22, "22" },
	{ -22.5, "-22.5" },
	{ 22.38, "22.38" },
	{ 0.1, "0.1" },
	{ 0.30000000000000004, "0.30000000000000004" },
	{ 123456.789, "123456.789" },
	{ 1e20, "100000000000000000000" },
	{ 123456789012345680000.0, "123456789012345680000" },
	{ 1e21, "1e+21" },
	{ -1.5e21, "-1.5e+21" },
	{ 1e23, "1e+23" },
	{ 1e100, "1e+100" },
	{ 1e-5, "0.00001" },
	{ 1e-6, "0.000001" },
	{ 1.5e-6, "0.0000015" },
	{ 1e-7, "1e-7" },
	{ 1.5e-7, "1.5e-7" },
	{ 1e-10, "1e-10" },
	{ 5e-324, "5e-324" },
	{ 1e-323, "1e-323" },
	{ DBL_MAX, "1.7976931348623157e+308" },
	{ DBL_MIN, "2.2250738585072014e-308" },
	{ 9007199254740991.0, "9007199254740991" },
	{ 9007199254740992.0, "9007199254740992" },
	{ 9007199254740994.0, "9007199254740994" },
	{ 2251799813685248.5, "2251799813685248.5" },
	{ 9.5367431640625e-7, "9.5367431640625e-7" },
	{ 9223372036854775808.0, "9223372036854776000" },
	{ -0.0000012345678901234567, "-0.0000012345678901234567" },
};

START_TEST(doubles_are_spelled_as_ecmascript_does)
{
	for (size_t i = 0; i < COUNT(spellings); i++)
		ck_assert_str_eq(text_f64(spellings[i].value), spellings[i].text);
	ck_assert_str_eq(text_f64((double)INFINITY), "inf");
	ck_assert_str_eq(text_f64(-(double)INFINITY), "-inf");
	ck_assert_str_eq(text_f64((double)NAN), "nan");
	ck_assert_str_eq(text_f64(f64_of(0xfff8000000000001u)), "nan");
}
END_TEST

START_TEST(floats_are_as_short_as_their_type_allows)
{
	ck_assert_str_eq(text_f32(0.1f), "0.1");
	ck_assert_str_eq(text_f32(-22.38f), "-22.38");
	ck_assert_str_eq(text_f32(16777216.0f), "16777216");
	ck_assert_str_eq(text_f32(33554432.0f), "33554432");
	ck_assert_str_eq(text_f32(FLT_MAX), "3.4028235e+38");
	ck_assert_str_eq(text_f32(FLT_MIN), "1.1754944e-38");
	ck_assert_str_eq(text_f32(1e-45f), "1e-45");
	ck_assert_str_eq(text_f32(-1e20f), "-100000000000000000000");
	ck_assert_str_eq(text_f32(1e21f), "1e+21");
	ck_assert_str_eq(text_f32(1e-7f), "1e-7");
	ck_assert_str_eq(text_f32(-0.0f), "-0");
	ck_assert_str_eq(text_f32(INFINITY), "inf");
	ck_assert_str_eq(text_f32(-INFINITY), "-inf");
	ck_assert_str_eq(text_f32(NAN), "nan");
}
END_TEST

START_TEST(writing_stays_within_the_stated_room)
{
	char room[WEIR_F64_TEXT_MAX + 8];

	for (int i = 0; i < N_RANDOM / 10; i++) {
		uint64_t bits = random_u64();
		/* Every other exponent around 1, so that points and zeros of all lengths come up. */
		double v =
			f64_of(i % 2 == 0 ? bits : (bits & 0x800fffffffffffffu) | (940 + bits % 160) << 52);

		memset(room, '#', sizeof(room));
		if (weir_format_f64(room, v) > WEIR_F64_TEXT_MAX || room[WEIR_F64_TEXT_MAX] != '#')
			ck_abort_msg("f64 %a", v);
		memset(room, '#', sizeof(room));
		if (weir_format_f32(room, (float)v) > 22 || room[WEIR_F32_TEXT_MAX] != '#')
			ck_abort_msg("f32 %a", v);
	}
}
END_TEST

int main(void)
{
	const TTest *const tests[] = { every_double_reads_back, every_float_reads_back,
		no_shorter_or_closer_double_is_found, no_shorter_or_closer_float_is_found,
		powers_of_two_and_their_neighbours_are_shortest, powers_of_ten_are_written_with_one_digit,
		doubles_are_spelled_as_ecmascript_does, floats_are_as_short_as_their_type_allows,
		writing_stays_within_the_stated_room };

	return run_tests("num_format", tests, COUNT(tests));
}
