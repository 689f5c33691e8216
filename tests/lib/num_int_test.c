/* SPDX-License-Identifier: MIT */
/*
 * num_int_test.c -- claims about integers: all are written and read back, none past its limit, none
 * malformed.
 */
#include <check.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "num_support.h"

static void check_integers(uint64_t u)
{
	char expected[32], text[32];
	int64_t i = (int64_t)(u >> 1) * ((u & 1) != 0 ? -1 : 1), i_back = 0;
	uint64_t u_back = 0;

	text[weir_format_u64(text, u)] = '\0';
	sprintf(expected, "%llu", (unsigned long long)u);
	if (strcmp(text, expected) != 0 || weir_parse_u64(text, strlen(text), &u_back) != 0 || u_back != u)
		ck_abort_msg("u64 %s: %s, %llu", expected, text, (unsigned long long)u_back);
	text[weir_format_i64(text, i)] = '\0';
	sprintf(expected, "%lld", (long long)i);
	if (strcmp(text, expected) != 0 || weir_parse_i64(text, strlen(text), &i_back) != 0 || i_back != i)
		ck_abort_msg("i64 %s: %s, %lld", expected, text, (long long)i_back);
}

START_TEST(integers_are_written_and_read_back)
{
	uint64_t power = 1;

	for (uint64_t u = 0; u < 20000; u++)
		check_integers(u);
	for (int i = 0; i < 20; i++, power *= 10)
		for (uint64_t u = power - 2; u != power + 3; u++)
			check_integers(u);
	for (int i = 0; i < N_RANDOM / 4; i++)
		check_integers(random_u64() >> (random_u64() % 64));
}
END_TEST

START_TEST(writing_stays_within_the_stated_room)
{
	char room[WEIR_I64_TEXT_MAX + 1];

	for (int i = 0; i < N_RANDOM / 10; i++) {
		uint64_t u = random_u64() >> (i % 64);

		room[WEIR_U64_TEXT_MAX] = '#';
		if (weir_format_u64(room, u) > WEIR_U64_TEXT_MAX || room[WEIR_U64_TEXT_MAX] != '#')
			ck_abort_msg("u64 %llu", (unsigned long long)u);
		if (weir_format_i64(room, -(int64_t)(u >> 1)) > WEIR_I64_TEXT_MAX ||
			room[WEIR_I64_TEXT_MAX] != '#')
			ck_abort_msg("i64 -%llu", (unsigned long long)(u >> 1));
	}
}
END_TEST

START_TEST(limits_are_read_and_written)
{
	char text[WEIR_I64_TEXT_MAX + 1];
	int64_t i = 7;
	uint64_t u = 7;

	ck_assert_int_eq(weir_parse_i64("9223372036854775807", 19, &i), WEIR_OK);
	ck_assert(i == INT64_MAX);
	ck_assert_int_eq(weir_parse_i64("-9223372036854775808", 20, &i), WEIR_OK);
	ck_assert(i == INT64_MIN);
	ck_assert_int_eq(weir_parse_i64("-000000000000000000000009223372036854775808", 43, &i), WEIR_OK);
	ck_assert(i == INT64_MIN);
	ck_assert_int_eq(weir_parse_u64("18446744073709551615", 20, &u), WEIR_OK);
	ck_assert(u == UINT64_MAX);
	ck_assert_int_eq(weir_parse_u64("-0", 2, &u), WEIR_OK);
	ck_assert_uint_eq(u, 0);
	text[weir_format_i64(text, INT64_MIN)] = '\0';
	ck_assert_str_eq(text, "-9223372036854775808");
	text[weir_format_u64(text, UINT64_MAX)] = '\0';
	ck_assert_str_eq(text, "18446744073709551615");
}
END_TEST

START_TEST(past_the_limits_is_out_of_range)
{
	static const char *const past_i64[] = { "9223372036854775808", "-9223372036854775809",
		"18446744073709551616", "100000000000000000000000000000000", "-99999999999999999999" };
	static const char *const past_u64[] = { "18446744073709551616", "99999999999999999999",
		"100000000000000000000000000000000", "-1", "-99999999999999999999" };
	int64_t i = 7;
	uint64_t u = 7;

	for (size_t k = 0; k < COUNT(past_i64); k++)
		ck_assert_msg(weir_parse_i64(past_i64[k], strlen(past_i64[k]), &i) == WEIR_ERANGE, "%s",
			past_i64[k]);
	for (size_t k = 0; k < COUNT(past_u64); k++)
		ck_assert_msg(weir_parse_u64(past_u64[k], strlen(past_u64[k]), &u) == WEIR_ERANGE, "%s",
			past_u64[k]);
	ck_assert(i == 7 && u == 7);
}
END_TEST

static void check_refused(const char *s)
{
	int64_t i = 7;
	uint64_t u = 7;

	ck_assert_msg(weir_parse_i64(s, strlen(s), &i) == WEIR_EPARSE, "'%s'", s);
	ck_assert_msg(weir_parse_u64(s, strlen(s), &u) == WEIR_EPARSE, "'%s'", s);
	ck_assert(i == 7 && u == 7);
}

START_TEST(malformed_integers_are_refused)
{
	static const char *const also[] = { "1.0", "1e3", "+1", "0x1", "99999999999999999999x",
		"-99999999999999999999 ", "12345678 ", "1234567a", "-1-" };

	for (size_t k = 0; k < COUNT(malformed); k++)
		check_refused(malformed[k]);
	for (size_t k = 0; k < COUNT(also); k++)
		check_refused(also[k]);
}
END_TEST

START_TEST(text_ends_where_its_length_says)
{
	int64_t i;
	uint64_t u;

	ck_assert_int_eq(weir_parse_i64("123456789012", 9, &i), WEIR_OK);
	ck_assert_int_eq(i, 123456789);
	ck_assert_int_eq(weir_parse_u64("123456789012", 2, &u), WEIR_OK);
	ck_assert_uint_eq(u, 12);
}
END_TEST

static const struct {
	const char *text;
	int length_i64, length_u64; /* what the scans return */
	int64_t value;
} scans[] = {
	{ "", 0, 0, 0 },
	{ "x", 0, 0, 0 },
	{ "+1", 0, 0, 0 },
	{ "0,", 1, 1, 0 },
	{ "15}", 2, 2, 15 },
	{ "1700000000123,2", 13, 13, 1700000000123 },
	{ "-15]", 3, WEIR_ERANGE, -15 },
	{ "1.5", 1, 1, 1 },
	{ "1e5", 1, 1, 1 },
	{ "-", WEIR_EPARSE, WEIR_EPARSE, 0 },
	{ "-a", WEIR_EPARSE, WEIR_EPARSE, 0 },
	{ "01", WEIR_EPARSE, WEIR_EPARSE, 0 },
	{ "-01", WEIR_EPARSE, WEIR_EPARSE, 0 },
	{ "18446744073709551616,", WEIR_ERANGE, WEIR_ERANGE, 0 },
};

START_TEST(scan_takes_one_integer)
{
	for (size_t k = 0; k < COUNT(scans); k++) {
		const char *s = scans[k].text;
		int64_t i = 7;
		uint64_t u = 7;

		ck_assert_msg(weir_scan_i64(s, s + strlen(s), &i) == scans[k].length_i64, "'%s'", s);
		ck_assert_msg(weir_scan_u64(s, s + strlen(s), &u) == scans[k].length_u64, "'%s'", s);
		ck_assert(i == (scans[k].length_i64 > 0 ? scans[k].value : 7));
		ck_assert(u == (scans[k].length_u64 > 0 ? (uint64_t)scans[k].value : 7));
	}
}
END_TEST

int main(void)
{
	const TTest *const tests[] = { integers_are_written_and_read_back,
		writing_stays_within_the_stated_room, limits_are_read_and_written,
		past_the_limits_is_out_of_range, malformed_integers_are_refused,
		text_ends_where_its_length_says, scan_takes_one_integer };

	return run_tests("num_int", tests, COUNT(tests));
}
