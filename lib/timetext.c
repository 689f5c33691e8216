/* SPDX-License-Identifier: MIT */
/*
 * timetext.c -- times from and to text, in 32-bit arithmetic as far as it goes.
 *
 * Years are counted from March, so that the leap day is the last of its year and months follow a pattern of
 * 153 days in five. Division of negative times rounds down.
 */
#include <stdbool.h>
#include <string.h>

#include <weir/error.h>
#include <weir/timetext.h>

#include "num_impl.h"

#define NS_PER_S   1000000000
#define S_PER_DAY  86400
#define S_PER_HOUR 3600
#define MAX_DIGITS 9

/* Days from 0000-03-01 to 1970-01-01. */
#define DAYS_TO_EPOCH 719468

/* Bytes of YYYY-MM-DDThh:mm:ss and of +hh:mm */
#define DATE_TIME_LEN 19
#define OFFSET_LEN    6

struct civil {
	int32_t year, month, day, hour, minute, second;
};

static int64_t floor_divide(int64_t a, int64_t b)
{
	int64_t q = a / b;

	return q - (a % b < 0);
}

/* The value of two digits, or a negative one when they are none. */
static int32_t two_digits(const char *s)
{
	if (!weir_is_digit(s[0]) || !weir_is_digit(s[1]))
		return -10000;
	return (s[0] - '0') * 10 + (s[1] - '0');
}

static int32_t days_in_month(int32_t year, int32_t month)
{
	bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

	if (month == 2)
		return leap ? 29 : 28;
	return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

static bool is_valid(const struct civil *c)
{
	return c->year >= 0 && c->month >= 1 && c->month <= 12 && c->day >= 1 &&
	       c->day <= days_in_month(c->year, c->month) && c->hour >= 0 && c->hour < 24 && c->minute >= 0 &&
	       c->minute < 60 && c->second >= 0 && c->second < 60;
}

static int64_t seconds_of(const struct civil *c)
{
	int32_t year = c->year - (c->month < 3);
	int32_t month = (c->month + 9) % 12;
	int32_t days = 365 * year + year / 4 - year / 100 + year / 400 + (153 * month + 2) / 5 + c->day - 1;

	return (int64_t)(days - DAYS_TO_EPOCH) * S_PER_DAY + c->hour * S_PER_HOUR + c->minute * 60 +
	       c->second;
}

static bool read_civil(const char *s, struct civil *c)
{
	if (s[4] != '-' || s[7] != '-' || (s[10] != 'T' && s[10] != 't' && s[10] != ' ') || s[13] != ':' ||
		s[16] != ':')
		return false;
	c->year = two_digits(s) * 100 + two_digits(s + 2);
	c->month = two_digits(s + 5);
	c->day = two_digits(s + 8);
	c->hour = two_digits(s + 11);
	c->minute = two_digits(s + 14);
	c->second = two_digits(s + 17);
	return is_valid(c);
}

/* Read an optional point and 1 to 9 decimals; NULL when malformed. */
static const char *read_decimals(const char *p, const char *end, int32_t *ns)
{
	int32_t n = 0;

	*ns = 0;
	if (p == end || *p != '.')
		return p;
	for (p++; p < end && weir_is_digit(*p) && n < MAX_DIGITS; p++, n++)
		*ns = *ns * 10 + (*p - '0');
	if (n == 0)
		return NULL;
	for (; n < MAX_DIGITS; n++)
		*ns *= 10;
	return p;
}

/* Read Z or an offset as all of the text; only the form with a space may have neither. */
static bool read_zone(const char *p, const char *end, bool optional, int32_t *offset_s)
{
	int32_t hours, minutes;

	*offset_s = 0;
	if (p == end)
		return optional;
	if (*p == 'Z' || *p == 'z')
		return end - p == 1;
	if (end - p != OFFSET_LEN || (*p != '+' && *p != '-') || p[3] != ':')
		return false;
	hours = two_digits(p + 1);
	minutes = two_digits(p + 4);
	if (hours < 0 || hours > 23 || minutes < 0 || minutes > 59)
		return false;
	*offset_s = (hours * S_PER_HOUR + minutes * 60) * (*p == '-' ? -1 : 1);
	return true;
}

/* Store seconds and 0 to 999999999 ns; the sum may fit even when the seconds alone, rounded down, do not. */
static int join(int64_t seconds, int32_t part_ns, int64_t *ns)
{
	int64_t limit_s = INT64_MAX / NS_PER_S, whole_ns;

	if (seconds < -limit_s - 1 || seconds > limit_s)
		return WEIR_ERANGE;
	if (seconds < 0) {
		seconds++;
		part_ns -= NS_PER_S;
	}
	whole_ns = seconds * NS_PER_S;
	if (part_ns < 0 ? whole_ns < INT64_MIN - part_ns : whole_ns > INT64_MAX - part_ns)
		return WEIR_ERANGE;
	*ns = whole_ns + part_ns;
	return WEIR_OK;
}

int weir_parse_time(const char *s, size_t len, int64_t *ns)
{
	const char *end = s + len, *p;
	struct civil c;
	int32_t part_ns, offset_s;

	if (len < DATE_TIME_LEN || !read_civil(s, &c))
		return WEIR_EPARSE;
	p = read_decimals(s + DATE_TIME_LEN, end, &part_ns);
	if (p == NULL || !read_zone(p, end, s[10] == ' ', &offset_s))
		return WEIR_EPARSE;
	return join(seconds_of(&c) - offset_s, part_ns, ns);
}

static void civil_date(uint32_t days, struct civil *c)
{
	uint32_t century = (4 * days + 3) / 146097;
	uint32_t of_century = days - 146097 * century / 4;
	uint32_t year = (4 * of_century + 3) / 1461;
	uint32_t of_year = of_century - 1461 * year / 4;
	uint32_t month = (5 * of_year + 2) / 153;

	c->day = (int32_t)(of_year - (153 * month + 2) / 5 + 1);
	c->month = (int32_t)(month < 10 ? month + 3 : month - 9);
	c->year = (int32_t)(100 * century + year) + (c->month < 3);
}

static char *put_two(char *p, int32_t x)
{
	p[0] = (char)('0' + x / 10);
	p[1] = (char)('0' + x % 10);
	return p + 2;
}

/* Write `count` decimals of the ns, first first. */
static char *put_decimals(char *p, uint32_t ns, int count)
{
	uint64_t digits = weir_8_digits_of(ns / 10) + WEIR_ASCII_ZEROS;

	*p++ = '.';
	for (int i = 0; i < count && i < 8; i++)
		*p++ = (char)(digits >> (8 * i));
	if (count == MAX_DIGITS)
		*p++ = (char)('0' + ns % 10);
	return p;
}

size_t weir_format_time(char *out, int64_t ns)
{
	int64_t seconds = floor_divide(ns, NS_PER_S);
	int64_t days = floor_divide(seconds, S_PER_DAY);
	int32_t of_day = (int32_t)(seconds - days * S_PER_DAY);
	uint32_t part_ns = (uint32_t)((uint64_t)ns - (uint64_t)seconds * NS_PER_S);
	struct civil c;
	char *p = out;

	civil_date((uint32_t)(days + DAYS_TO_EPOCH), &c);
	p = put_two(p, c.year / 100);
	p = put_two(p, c.year % 100);
	*p++ = '-';
	p = put_two(p, c.month);
	*p++ = '-';
	p = put_two(p, c.day);
	*p++ = 'T';
	p = put_two(p, of_day / S_PER_HOUR);
	*p++ = ':';
	p = put_two(p, of_day / 60 % 60);
	*p++ = ':';
	p = put_two(p, of_day % 60);
	if (part_ns != 0)
		p = put_decimals(p, part_ns, part_ns % 1000 != 0 ? 9 : part_ns % 1000000 != 0 ? 6 : 3);
	*p++ = 'Z';
	return (size_t)(p - out);
}

int weir_time_from_unit(int64_t v, uint32_t unit_ns, int64_t *ns)
{
	int64_t unit = unit_ns;

	if (unit == 0)
		return WEIR_EINVAL;
	if (v > INT64_MAX / unit || v < INT64_MIN / unit)
		return WEIR_ERANGE;
	*ns = v * unit;
	return WEIR_OK;
}

int64_t weir_time_to_unit(int64_t ns, uint32_t unit_ns)
{
	return floor_divide(ns, unit_ns);
}

/* The second of the day, 0 to 86399. */
static int32_t second_of_day(int64_t ns)
{
	int64_t seconds = floor_divide(ns, NS_PER_S);

	return (int32_t)(seconds - floor_divide(seconds, S_PER_DAY) * S_PER_DAY);
}

int weir_time_hour(int64_t ns)
{
	return second_of_day(ns) / S_PER_HOUR;
}

int weir_time_minute(int64_t ns)
{
	return second_of_day(ns) / 60 % 60;
}

/* 1970-01-01 was a Thursday, day 4. */
int weir_time_weekday(int64_t ns)
{
	int64_t days = floor_divide(ns, (int64_t)S_PER_DAY * NS_PER_S) + 4;

	return (int)(days - floor_divide(days, 7) * 7);
}
