/* SPDX-License-Identifier: MIT */
/*
 * number_test.c -- claims about numbers: exact from the text however spelled, and no other grammar than
 * JSON's.
 */
#include "lib/json/document_private.h"

#include <check.h>
#include <float.h>
#include <locale.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* What an integer fits: both types, one of them, or none. */
enum fits { NONE, I64, U64, BOTH };

static const struct {
	const char *text;
	enum fits fits;
	int64_t i64;
	uint64_t u64;
} integers[] = {
	{ "0", BOTH, 0, 0 },
	{ "-0", BOTH, 0, 0 },
	{ "0.000e99999999", BOTH, 0, 0 },
	{ "0.0e-5", BOTH, 0, 0 },
	{ "7", BOTH, 7, 7 },
	{ "-7", I64, -7, 0 },
	{ "3.0", BOTH, 3, 3 },
	{ "3e2", BOTH, 300, 300 },
	{ "3E+2", BOTH, 300, 300 },
	{ "1.25e2", BOTH, 125, 125 },
	{ "1200e-2", BOTH, 12, 12 },
	{ "0.001e3", BOTH, 1, 1 },
	{ "9007199254740992", BOTH, INT64_C(9007199254740992), UINT64_C(9007199254740992) },
	{ "9007199254740993", BOTH, INT64_C(9007199254740993), UINT64_C(9007199254740993) },
	{ "-9007199254740993", I64, INT64_C(-9007199254740993), 0 },
	{ "9223372036854775807", BOTH, INT64_MAX, UINT64_C(9223372036854775807) },
	{ "9223372036854775808", U64, 0, UINT64_C(9223372036854775808) },
	{ "-9223372036854775808", I64, INT64_MIN, 0 },
	{ "-9223372036854775809", NONE, 0, 0 },
	{ "18446744073709551615", U64, 0, UINT64_MAX },
	{ "18446744073709551616", NONE, 0, 0 },
	{ "1844674407370955161.5e1", U64, 0, UINT64_MAX },
	{ "99999999999999999999", NONE, 0, 0 },
	{ "1e19", U64, 0, UINT64_C(10000000000000000000) },
	{ "1e20", NONE, 0, 0 },
	{ "1e308", NONE, 0, 0 },
};

START_TEST(integer_is_exact)
{
	struct weir_json_number number;
	const char *text = integers[_i].text;
	enum fits fits = integers[_i].fits;
	ck_assert_int_eq(weir_json_read_number(text, strlen(text), &number), WEIR_JSON_NUMBER_GOOD);
	ck_assert(number.is_integer);
	ck_assert_msg(number.fits_i64 == (fits == I64 || fits == BOTH), "%s", text);
	ck_assert_msg(number.fits_u64 == (fits == U64 || fits == BOTH), "%s", text);
	ck_assert_int_eq(number.i64, integers[_i].i64);
	ck_assert_uint_eq(number.u64, integers[_i].u64);
}
END_TEST

static const struct {
	const char *text;
	double value;
	bool is_integer;
} doubles[] = {
	{ "0.1", 0.1, false },
	{ "-12.5", -12.5, false },
	{ "1e-3", 1e-3, false },
	{ "1.5E+10", 1.5e10, true },
	{ "9007199254740993", 9007199254740992.0, true },
	{ "1.7976931348623157e308", DBL_MAX, true },
	{ "1.7976931348623158e308", DBL_MAX, true },
	{ "2.2250738585072014e-308", DBL_MIN, false },
	{ "5e-324", 5e-324, false },
	{ "1e-999", 0.0, false },
	{ "0.30000000000000004", 0.30000000000000004, false },
	{ "123456789012345678901234567890123456789012345678901234567890.25", 1.2345678901234568e59, false },
};

START_TEST(double_is_the_nearest)
{
	struct weir_json_number number;
	const char *text = doubles[_i].text;
	ck_assert_int_eq(weir_json_read_number(text, strlen(text), &number), WEIR_JSON_NUMBER_GOOD);
	ck_assert_msg(!(number.value < doubles[_i].value) && !(number.value > doubles[_i].value), "%s", text);
	ck_assert_msg(number.is_integer == doubles[_i].is_integer, "%s", text);
	ck_assert(number.is_integer || (!number.fits_i64 && !number.fits_u64));
}
END_TEST

static const struct {
	const char *text;
	enum weir_json_number_fault fault;
} refused[] = {
	{ "", WEIR_JSON_NUMBER_MALFORMED },
	{ "-", WEIR_JSON_NUMBER_MALFORMED },
	{ "+1", WEIR_JSON_NUMBER_MALFORMED },
	{ " 1", WEIR_JSON_NUMBER_MALFORMED },
	{ "1 ", WEIR_JSON_NUMBER_MALFORMED },
	{ ".5", WEIR_JSON_NUMBER_MALFORMED },
	{ "5.", WEIR_JSON_NUMBER_MALFORMED },
	{ "1e", WEIR_JSON_NUMBER_MALFORMED },
	{ "1e-", WEIR_JSON_NUMBER_MALFORMED },
	{ "1e5x", WEIR_JSON_NUMBER_MALFORMED },
	{ "1,5", WEIR_JSON_NUMBER_MALFORMED },
	{ "0x1", WEIR_JSON_NUMBER_MALFORMED },
	{ "nan", WEIR_JSON_NUMBER_MALFORMED },
	{ "inf", WEIR_JSON_NUMBER_MALFORMED },
	{ "01", WEIR_JSON_NUMBER_ZEROS },
	{ "-00", WEIR_JSON_NUMBER_ZEROS },
	{ "01x", WEIR_JSON_NUMBER_MALFORMED },
	{ "1e999", WEIR_JSON_NUMBER_RANGE },
	{ "-1e309", WEIR_JSON_NUMBER_RANGE },
	{ "1e99999999999999999999999999", WEIR_JSON_NUMBER_RANGE },
	{ "1.7976931348623159e308", WEIR_JSON_NUMBER_RANGE },
	{ "1234567890123456789012345678901234567890123456789012345678901234", WEIR_JSON_NUMBER_LONG },
};

START_TEST(anything_else_is_no_number)
{
	struct weir_json_number number = { .u64 = 7 };
	const char *text = refused[_i].text;
	ck_assert_msg(weir_json_read_number(text, strlen(text), &number) == refused[_i].fault, "%s", text);
	ck_assert_uint_eq(number.u64, 7);
}
END_TEST

START_TEST(minus_zero_keeps_its_sign)
{
	struct weir_json_number number;
	ck_assert_int_eq(weir_json_read_number("-0.0", 4, &number), WEIR_JSON_NUMBER_GOOD);
	ck_assert(signbit(number.value));
}
END_TEST

START_TEST(locale_has_no_say)
{
	/* where the locale is missing the claim holds all the same */
	setlocale(LC_ALL, "de_DE.UTF-8");
	struct weir_json_number number;
	ck_assert_int_eq(weir_json_read_number("2.5", 3, &number), WEIR_JSON_NUMBER_GOOD);
	ck_assert_double_eq(number.value, 2.5);
	setlocale(LC_ALL, "C");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("json/number");
	TCase *tc = tcase_create("number");
	tcase_add_loop_test(tc, integer_is_exact, 0, (int)(sizeof integers / sizeof integers[0]));
	tcase_add_loop_test(tc, double_is_the_nearest, 0, (int)(sizeof doubles / sizeof doubles[0]));
	tcase_add_loop_test(tc, anything_else_is_no_number, 0, (int)(sizeof refused / sizeof refused[0]));
	tcase_add_test(tc, minus_zero_keeps_its_sign);
	tcase_add_test(tc, locale_has_no_say);
	suite_add_tcase(suite, tc);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
