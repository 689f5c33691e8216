/* SPDX-License-Identifier: MIT */
/*
 * error_test.c -- claims about the list of error codes: every code has a token that fits a record and a text,
 * no two codes share either, and numbers that are no code are answered too.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <weir/error.h>

static const struct {
	const char *name;
	int code;
	const char *token;
	const char *text;
} errors[] = {
#define ROW(name, code, token, text) { #name, code, token, text },
	WEIR_ERRORS(ROW)
#undef ROW
};

#define N_ERRORS (sizeof(errors) / sizeof(errors[0]))

START_TEST(codes_are_minus_one_downwards)
{
	for (size_t i = 0; i < N_ERRORS; i++)
		ck_assert_int_eq(errors[i].code, -(int)i - 1);
	ck_assert_int_eq(WEIR_ENOMEM, -1);
	ck_assert_int_eq(WEIR_EINTERNAL, -27);
}
END_TEST

START_TEST(tokens_fit_a_record)
{
	for (size_t i = 0; i < N_ERRORS; i++) {
		const char *token = weir_errname(errors[i].code);

		ck_assert_str_eq(token, errors[i].token);
		ck_assert_uint_ge(strlen(token), 1);
		ck_assert_uint_le(strlen(token), WEIR_ERRNAME_MAX);
		ck_assert_uint_eq(strspn(token, "abcdefghijklmnopqrstuvwxyz0123456789_"), strlen(token));
	}
}
END_TEST

START_TEST(every_code_has_a_text)
{
	for (size_t i = 0; i < N_ERRORS; i++) {
		ck_assert_str_eq(weir_strerror(errors[i].code), errors[i].text);
		ck_assert_uint_ge(strlen(errors[i].text), 1);
		ck_assert_uint_le(strlen(errors[i].text), 96);
	}
}
END_TEST

START_TEST(no_two_codes_look_alike)
{
	for (size_t i = 0; i < N_ERRORS; i++) {
		for (size_t j = 0; j < i; j++) {
			ck_assert_str_ne(errors[i].token, errors[j].token);
			ck_assert_str_ne(errors[i].text, errors[j].text);
		}
		ck_assert_str_ne(errors[i].token, "unknown");
	}
}
END_TEST

START_TEST(numbers_that_are_no_code_are_answered)
{
	ck_assert_str_eq(weir_strerror(WEIR_OK), "success");
	ck_assert_str_eq(weir_strerror(17), "success");
	ck_assert_str_eq(weir_errname(WEIR_OK), "ok");
	ck_assert_str_eq(weir_errname(17), "ok");
	ck_assert_str_eq(weir_strerror(-(int)N_ERRORS - 1), "unknown error");
	ck_assert_str_eq(weir_errname(-(int)N_ERRORS - 1), "unknown");
	ck_assert_str_eq(weir_errname(-2147483647 - 1), "unknown");
}
END_TEST

int main(void)
{
	TCase *tc = tcase_create("error");
	Suite *suite = suite_create("error");
	SRunner *sr = srunner_create(suite);
	int failed;

	tcase_add_test(tc, codes_are_minus_one_downwards);
	tcase_add_test(tc, tokens_fit_a_record);
	tcase_add_test(tc, every_code_has_a_text);
	tcase_add_test(tc, no_two_codes_look_alike);
	tcase_add_test(tc, numbers_that_are_no_code_are_answered);
	suite_add_tcase(suite, tc);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
