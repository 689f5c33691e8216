/* SPDX-License-Identifier: MIT */
/*
 * timetext_test.c -- claims about times: written times read back, the calendar is libc's, and no text is read
 * that names no time.
 */
#include <check.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <weir/error.h>
#include <weir/timetext.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define NS_PER_S INT64_C(1000000000)
#define UNREAD   77

static uint64_t random_u64(void)
{
	static uint64_t state = 0x9e3779b97f4a7c15u;

	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state * 0x2545f4914f6cdd1du;
}

static const char *text_of(int64_t ns)
{
	static char text[WEIR_TIME_TEXT_MAX + 1];

	text[weir_format_time(text, ns)] = '\0';
	return text;
}

static int read_time(const char *s, int64_t *ns)
{
	*ns = UNREAD;
	return weir_parse_time(s, strlen(s), ns);
}

static const struct {
	const char *text;
	int64_t ns;
} same[] = {
	{ "1970-01-01T00:00:00Z", 0 },
	{ "1970-01-01T00:00:00.000000001Z", 1 },
	{ "1969-12-31T23:59:59.999999999Z", -1 },
	{ "1969-12-31T23:59:59Z", -NS_PER_S },
	{ "1969-12-31T23:59:59.999Z", -1000000 },
	{ "2000-02-29T12:34:56Z", 951827696 * NS_PER_S },
	{ "2015-02-11T17:48:00Z", 1423676880 * NS_PER_S },
	{ "2024-02-29T23:59:59.5Z", 1709251199 * NS_PER_S + 500000000 },
	{ "2026-01-31T12:00:00.000001Z", 1769860800 * NS_PER_S + 1000 },
	{ "1900-03-01T00:00:00Z", -2203891200 * NS_PER_S },
	{ "2100-02-28T00:00:00Z", 4107456000 * NS_PER_S },
	{ "1677-09-21T00:12:43.145224192Z", INT64_MIN },
	{ "2262-04-11T23:47:16.854775807Z", INT64_MAX },
	{ "2015-02-11T17:48:00z", 1423676880 * NS_PER_S },
	{ "2015-02-11t17:48:00Z", 1423676880 * NS_PER_S },
	{ "2015-02-11 17:48:00Z", 1423676880 * NS_PER_S },
	{ "2015-02-11 17:48:00", 1423676880 * NS_PER_S },
	{ "2015-02-11 17:48:00.25", 1423676880 * NS_PER_S + 250000000 },
	{ "2015-02-11T19:48:00+02:00", 1423676880 * NS_PER_S },
	{ "2015-02-11T12:18:00.0-05:30", 1423676880 * NS_PER_S },
	{ "2015-02-11T17:48:00-00:00", 1423676880 * NS_PER_S },
	{ "2015-02-12T17:47:00+23:59", 1423676880 * NS_PER_S },
	{ "1969-12-31T23:00:00-01:00", 0 },
	{ "1677-09-20T23:12:43.145224192-01:00", INT64_MIN },
	{ "2262-04-12T00:47:16.854775807+01:00", INT64_MAX },
};

START_TEST(known_times_are_read)
{
	for (size_t i = 0; i < COUNT(same); i++) {
		int64_t ns;

		ck_assert_msg(read_time(same[i].text, &ns) == WEIR_OK, "%s", same[i].text);
		ck_assert_msg(ns == same[i].ns, "%s: %lld", same[i].text, (long long)ns);
	}
}
END_TEST

START_TEST(decimals_are_the_fewest_of_0_3_6_9)
{
	ck_assert_str_eq(text_of(0), "1970-01-01T00:00:00Z");
	ck_assert_str_eq(text_of(1), "1970-01-01T00:00:00.000000001Z");
	ck_assert_str_eq(text_of(1000), "1970-01-01T00:00:00.000001Z");
	ck_assert_str_eq(text_of(1000000), "1970-01-01T00:00:00.001Z");
	ck_assert_str_eq(text_of(500000000), "1970-01-01T00:00:00.500Z");
	ck_assert_str_eq(text_of(123456780), "1970-01-01T00:00:00.123456780Z");
	ck_assert_str_eq(text_of(NS_PER_S), "1970-01-01T00:00:01Z");
	ck_assert_str_eq(text_of(951827696 * NS_PER_S), "2000-02-29T12:34:56Z");
}
END_TEST

START_TEST(times_before_1970_round_down)
{
	ck_assert_str_eq(text_of(-1), "1969-12-31T23:59:59.999999999Z");
	ck_assert_str_eq(text_of(-1000000), "1969-12-31T23:59:59.999Z");
	ck_assert_str_eq(text_of(-NS_PER_S), "1969-12-31T23:59:59Z");
	ck_assert_str_eq(text_of(INT64_MIN), "1677-09-21T00:12:43.145224192Z");
	ck_assert_str_eq(text_of(INT64_MAX), "2262-04-11T23:47:16.854775807Z");
}
END_TEST

static void check_against_libc(int64_t ns)
{
	int64_t seconds = ns / NS_PER_S - (ns % NS_PER_S < 0);
	time_t t = (time_t)seconds;
	struct tm tm = *gmtime(&t);
	char expected[80];
	int64_t back;

	strftime(expected, sizeof(expected), "%Y-%m-%dT%H:%M:%S", &tm);
	if (strncmp(text_of(ns), expected, 19) != 0)
		ck_abort_msg("%lld is %s, not %s", (long long)ns, text_of(ns), expected);
	if (weir_time_hour(ns) != tm.tm_hour || weir_time_minute(ns) != tm.tm_min ||
		weir_time_weekday(ns) != tm.tm_wday)
		ck_abort_msg("%s: hour %d, minute %d, weekday %d", expected, weir_time_hour(ns),
			weir_time_minute(ns), weir_time_weekday(ns));
	if (read_time(text_of(ns), &back) != WEIR_OK || back != ns)
		ck_abort_msg("%s reads as %lld, not %lld", text_of(ns), (long long)back, (long long)ns);
}

START_TEST(random_times_are_those_of_libc_and_read_back)
{
	for (int i = 0; i < 300000; i++) {
		int64_t ns = (int64_t)random_u64();

		check_against_libc(i % 3 == 0   ? ns
				   : i % 3 == 1 ? ns / 1000000 * 1000000
						: ns / NS_PER_S * NS_PER_S);
	}
}
END_TEST

START_TEST(every_day_is_that_of_libc)
{
	for (int64_t day = -106751; day <= 106750; day++) {
		check_against_libc(day * 86400 * NS_PER_S);
		check_against_libc(day * 86400 * NS_PER_S + 86399999999999);
	}
}
END_TEST

START_TEST(weekday_0_is_sunday)
{
	ck_assert_int_eq(weir_time_weekday(0), 4); /* Thursday */
	ck_assert_int_eq(weir_time_weekday(-1), 3);
	ck_assert_int_eq(weir_time_weekday(3 * 86400 * NS_PER_S), 0);
	ck_assert_int_eq(weir_time_weekday(INT64_MIN), 2);
	ck_assert_int_eq(weir_time_hour(-1), 23);
	ck_assert_int_eq(weir_time_minute(-1), 59);
}
END_TEST

static const char *const malformed[] = { "", "2015", "2015-02-11", "2015-02-11T17:48Z", "2015-02-11T17:48:0Z",
	"2015-02-11T17:48:00", "2015-02-11T17:48:00.5", "2015-02-11_17:48:00Z", "2015/02/11T17:48:00Z",
	"2015-02/11T17:48:00Z", "2015-02-11T17-48:00Z", "2015-02-11T17:48-00Z", "20150211T174800Z    ",
	"2015-02-11T17:48:00 Z", "2015-02-11T17:48:00ZZ", "2015-02-11T17:48:00Z ", " 2015-02-11T17:48:00Z",
	"2015-02-11T17:48:00.Z", "2015-02-11 17:48:00.", "2015-02-11T17:48:00,5Z",
	"2015-02-11T17:48:00.1234567890Z", "2015-02-11T17:48:00.5.5Z", "2015-02-11T17:48:00+",
	"2015-02-11T17:48:00+01", "2015-02-11T17:48:00+0100", "2015-02-11T17:48:00+01:0",
	"2015-02-11T17:48:00+01:000", "2015-02-11T17:48:00+24:00", "2015-02-11T17:48:00+00:60",
	"2015-02-11T17:48:00+a0:00", "2015-02-11T17:48:00*01:00", "2015-02-11T17:48:00+01-00",
	"2015-02-11T17:48:00+01:a0", "2015-00-11T17:48:00Z", "2015-13-11T17:48:00Z", "2015-02-00T17:48:00Z",
	"2015-02-29T17:48:00Z", "2016-02-30T17:48:00Z", "1900-02-29T00:00:00Z", "2100-02-29T00:00:00Z",
	"2015-04-31T17:48:00Z", "2015-06-31T17:48:00Z", "2015-09-31T17:48:00Z", "2015-11-31T17:48:00Z",
	"2015-01-32T17:48:00Z", "2015-02-11T24:00:00Z", "2015-02-11T17:60:00Z", "2016-12-31T23:59:60Z",
	"2015-02-11T-1:48:00Z", "201x-02-11T17:48:00Z", "x015-02-11T17:48:00Z", "2015-0x-11T17:48:00Z",
	"2015-02-1xT17:48:00Z", "2015-02-11Tx7:48:00Z", "2015-02-11T17:4x:00Z", "2015-02-11T17:48:x0Z",
	"+2015-02-11T17:48:00Z", "-215-02-11T17:48:00Z", "12015-02-11T17:48:00Z", "1423676880" };

START_TEST(text_that_names_no_time_is_refused)
{
	for (size_t i = 0; i < COUNT(malformed); i++) {
		int64_t ns;

		ck_assert_msg(
			read_time(malformed[i], &ns) == WEIR_EPARSE && ns == UNREAD, "'%s'", malformed[i]);
	}
}
END_TEST

static const char *const out_of_range[] = { "0000-01-01T00:00:00Z", "0000-02-29T00:00:00Z",
	"0001-01-01T00:00:00Z", "1677-09-21T00:12:43.145224191Z", "1677-09-21T00:12:43Z",
	"1677-09-21T00:12:42.999999999Z", "1677-09-21T00:12:43.145224192+00:01",
	"2262-04-11T23:47:16.854775808Z", "2262-04-11T23:47:17Z", "2262-04-11T23:47:16.854775807-00:01",
	"9999-12-31T23:59:59Z" };

START_TEST(times_outside_64_bits_are_out_of_range)
{
	for (size_t i = 0; i < COUNT(out_of_range); i++) {
		int64_t ns;

		ck_assert_msg(read_time(out_of_range[i], &ns) == WEIR_ERANGE && ns == UNREAD, "%s",
			out_of_range[i]);
	}
}
END_TEST

START_TEST(text_ends_where_its_length_says)
{
	int64_t ns;

	ck_assert_int_eq(weir_parse_time("1970-01-01 00:00:01.25", 19, &ns), WEIR_OK);
	ck_assert_int_eq(ns, NS_PER_S);
	ck_assert_int_eq(weir_parse_time("1970-01-01 00:00:01.25", 21, &ns), WEIR_OK);
	ck_assert_int_eq(ns, NS_PER_S + 200000000);
	ck_assert_int_eq(weir_parse_time("1970-01-01T00:00:01+01:00", 24, &ns), WEIR_EPARSE);
}
END_TEST

START_TEST(units_multiply_up_to_64_bits)
{
	int64_t ns = UNREAD;

	ck_assert_int_eq(weir_time_from_unit(-5, 1000, &ns), WEIR_OK);
	ck_assert_int_eq(ns, -5000);
	ck_assert_int_eq(weir_time_from_unit(INT64_MIN, 1, &ns), WEIR_OK);
	ck_assert(ns == INT64_MIN);
	ck_assert_int_eq(weir_time_from_unit(9223372036, 1000000000, &ns), WEIR_OK);
	ck_assert(ns == 9223372036 * NS_PER_S);
	ck_assert_int_eq(weir_time_from_unit(-9223372036, 1000000000, &ns), WEIR_OK);
	ck_assert(ns == -9223372036 * NS_PER_S);
	ns = UNREAD;
	ck_assert_int_eq(weir_time_from_unit(9223372037, 1000000000, &ns), WEIR_ERANGE);
	ck_assert_int_eq(weir_time_from_unit(-9223372037, 1000000000, &ns), WEIR_ERANGE);
	ck_assert_int_eq(weir_time_from_unit(INT64_MIN, 1000, &ns), WEIR_ERANGE);
	ck_assert_int_eq(weir_time_from_unit(1, 0, &ns), WEIR_EINVAL);
	ck_assert_int_eq(ns, UNREAD);
}
END_TEST

START_TEST(units_divide_down)
{
	ck_assert_int_eq(weir_time_to_unit(1999, 1000), 1);
	ck_assert_int_eq(weir_time_to_unit(-1, 1000), -1);
	ck_assert_int_eq(weir_time_to_unit(-1000, 1000), -1);
	ck_assert_int_eq(weir_time_to_unit(-1001, 1000), -2);
	ck_assert(weir_time_to_unit(INT64_MIN, 1) == INT64_MIN);
	ck_assert(weir_time_to_unit(INT64_MIN, 1000000000) == -9223372037);
}
END_TEST

START_TEST(writing_stays_within_the_stated_room)
{
	char room[WEIR_TIME_TEXT_MAX + 1];

	for (int i = 0; i < 10000; i++) {
		room[WEIR_TIME_TEXT_MAX] = '#';
		if (weir_format_time(room, (int64_t)random_u64()) > WEIR_TIME_TEXT_MAX ||
			room[WEIR_TIME_TEXT_MAX] != '#')
			ck_abort_msg("%.*s", WEIR_TIME_TEXT_MAX, room);
	}
}
END_TEST

int main(void)
{
	const TTest *const tests[] = { known_times_are_read, decimals_are_the_fewest_of_0_3_6_9,
		times_before_1970_round_down, random_times_are_those_of_libc_and_read_back,
		every_day_is_that_of_libc, weekday_0_is_sunday, text_that_names_no_time_is_refused,
		times_outside_64_bits_are_out_of_range, text_ends_where_its_length_says,
		units_multiply_up_to_64_bits, units_divide_down, writing_stays_within_the_stated_room };
	TCase *tc = tcase_create("timetext");
	Suite *suite = suite_create("timetext");
	SRunner *sr = srunner_create(suite);
	int failed;

	tcase_set_timeout(tc, 120);
	for (size_t i = 0; i < COUNT(tests); i++)
		tcase_add_test(tc, tests[i]);
	suite_add_tcase(suite, tc);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
