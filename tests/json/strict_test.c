/* SPDX-License-Identifier: MIT */
/*
 * strict_test.c -- claims about the strict pass (strict*.c): what RFC 8259 allows is let through, everything
 * else is refused at its line and column, and faults that leave no doubt do not hide the ones behind them.
 */
#include <weir/document.h>
#include "tests/json/counting_alloc.h"

#include <weir/error.h>

#include <check.h>
#include <stdlib.h>
#include <string.h>

/* A text that may hold NUL bytes, and its length. */
#define TEXT(literal) literal, sizeof(literal) - 1

struct expected {
	uint32_t line;
	uint32_t column;
	const char *start; /* of the message */
};

struct bad_file {
	const char *text;
	size_t len;
	int result; /* 0: the fault was mended and there is a tree */
	struct expected faults[4];
};

#define STOPS  WEIR_EPARSE
#define MENDED 0

static const struct bad_file bad_files[] = {
	/* nothing there */
	{ TEXT(""), STOPS, { { 1, 1, "no value in the file; write" } } },
	{ TEXT(" \n\t"), STOPS, { { 2, 2, "no value in the file" } } },
	{ TEXT("// only a comment\n"), STOPS, { { 2, 1, "no value in the file" } } },
	/* after the end */
	{ TEXT("{} x"), STOPS, { { 1, 4, "text after the end of the document; remove it" } } },
	{ TEXT("{}\n{}"), STOPS, { { 2, 1, "text after the end" } } },
	{ TEXT("{}}"), STOPS, { { 1, 3, "text after the end" } } },
	{ TEXT("{}\0"), STOPS, { { 1, 3, "text after the end" } } },
	{ TEXT("1 2"), STOPS, { { 1, 3, "text after the end" } } },
	{ TEXT("{} /"), STOPS, { { 1, 4, "text after the end" } } },
	/* structure */
	{ TEXT("{"), STOPS, { { 1, 2, "unexpected end of file; expected a key in double quotes or '}'" } } },
	{ TEXT("["), STOPS, { { 1, 2, "unexpected end of file; expected a value" } } },
	{ TEXT("{\"a\":1"), STOPS,
		{ { 1, 7,
			"unexpected end of file; expected ',' or '}' to close the '{' of line 1, column "
			"1" } } },
	{ TEXT("\n [1,\n2"), STOPS,
		{ { 3, 2,
			"unexpected end of file; expected ',' or ']' to close the '[' of line 2, column "
			"2" } } },
	{ TEXT("[1}"), STOPS, { { 1, 3, "unexpected '}'; expected ',' or ']'" } } },
	{ TEXT("{\"a\":1]"), STOPS, { { 1, 7, "unexpected ']'; expected ',' or '}'" } } },
	{ TEXT("[1 2]"), STOPS, { { 1, 4, "unexpected '2'; expected ',' or ']'" } } },
	{ TEXT("{\"a\":1\n\"b\":2}"), STOPS, { { 2, 1, "unexpected '\"'; expected ',' or '}'" } } },
	{ TEXT("{\"a\" 1}"), STOPS, { { 1, 6, "unexpected '1'; expected ':' after the key" } } },
	{ TEXT("{\"a\"}"), STOPS, { { 1, 5, "unexpected '}'; expected ':' after the key" } } },
	{ TEXT("{\"a\":}"), STOPS, { { 1, 6, "unexpected '}'; expected a value" } } },
	{ TEXT("{\"a\":,}"), STOPS, { { 1, 6, "unexpected ','; expected a value" } } },
	{ TEXT("[,1]"), STOPS, { { 1, 2, "unexpected ','; expected a value" } } },
	{ TEXT("[1,,2]"), STOPS, { { 1, 4, "unexpected ','; expected a value" } } },
	{ TEXT("{,}"), STOPS, { { 1, 2, "unexpected ','; expected a key in double quotes or '}'" } } },
	{ TEXT("{\"a\":1,,}"), STOPS, { { 1, 8, "unexpected ','; expected a key in double quotes" } } },
	{ TEXT("{a:1}"), STOPS, { { 1, 2, "key a is not in quotes; write \"a\"" } } },
	{ TEXT("{1:1}"), STOPS, { { 1, 2, "key 1 is not in quotes" } } },
	{ TEXT("{null:1}"), STOPS, { { 1, 2, "key null is not in quotes" } } },
	{ TEXT("{'a':1}"), STOPS, { { 1, 2, "single quote; strings are written in double quotes" } } },
	{ TEXT("['a']"), STOPS, { { 1, 2, "single quote" } } },
	{ TEXT("[1,]"), MENDED, { { 1, 3, "trailing comma; remove it" } } },
	{ TEXT("{\"a\":[1 , ] ,\n}"), MENDED, { { 1, 9, "trailing comma" }, { 1, 13, "trailing comma" } } },
	{ TEXT("[(1)]"), STOPS, { { 1, 2, "unexpected '('; expected a value" } } },
	{ TEXT("[\x01]"), STOPS, { { 1, 2, "unexpected byte 0x01; expected a value" } } },
	{ TEXT("[\0]"), STOPS, { { 1, 2, "unexpected byte 0x00; expected a value" } } },
	{ TEXT("[\f1]"), STOPS, { { 1, 2, "unexpected byte 0x0c" } } },
	{ TEXT("\xff\xfe{\0}\0"), STOPS, { { 1, 1, "unexpected byte 0xff; expected a value" } } },
	{ TEXT("[\xe2\x80\x9cx\xe2\x80\x9d]"), STOPS,
		{ { 1, 2, "unexpected character U+201C; expected a value" } } },
	{ TEXT("[\xc2\xa0"
	       "1]"),
		STOPS, { { 1, 2, "unexpected character U+00A0" } } },
	{ TEXT("\xef\xbb\xbf{}"), MENDED,
		{ { 1, 1, "byte order mark; save the file as UTF-8 without one" } } },
	{ TEXT("\xef\xbb\xbf[1,]"), MENDED, { { 1, 1, "byte order mark" }, { 1, 6, "trailing comma" } } },
	/* comments */
	{ TEXT("{} /* never ends"), STOPS, { { 1, 4, "comment is not closed; end it with */" } } },
	{ TEXT("/*/"), STOPS, { { 1, 1, "comment is not closed" } } },
	{ TEXT("[/* 1]"), STOPS, { { 1, 2, "comment is not closed" } } },
	{ TEXT("[1 /* ]"), STOPS, { { 1, 4, "comment is not closed" } } },
	{ TEXT("{\"a\"/* :1}"), STOPS, { { 1, 5, "comment is not closed" } } },
	{ TEXT("{\"a\":/* 1}"), STOPS, { { 1, 6, "comment is not closed" } } },
	{ TEXT("/*"), STOPS, { { 1, 1, "comment is not closed" } } },
	{ TEXT("/* a /* b */ = */ {}"), STOPS, { { 1, 14, "unexpected '='; expected a value" } } },
	{ TEXT("{} # no"), STOPS, { { 1, 4, "text after the end" } } },
	{ TEXT("/**// **/1"), STOPS, { { 1, 5, "unexpected '/'; expected a value" } } },
	{ TEXT("[1 / 2]"), STOPS, { { 1, 4, "unexpected '/'; expected ',' or ']'" } } },
	{ TEXT("// \xff\xff\n[1,]"), MENDED,
		{ { 1, 4, "invalid UTF-8 (byte 0xff) in a comment; save" }, { 2, 3, "trailing comma" } } },
	/* numbers and words */
	{ TEXT("[01]"), MENDED, { { 1, 2, "number 01 starts with a zero; write 1" } } },
	{ TEXT("[-012.5]"), MENDED, { { 1, 2, "number -012.5 starts with a zero; write -12.5" } } },
	{ TEXT("[00]"), MENDED, { { 1, 2, "number 00 starts with a zero; write 0" } } },
	{ TEXT("[1.]"), MENDED, { { 1, 2, "1. is not a number; write one like" } } },
	{ TEXT("[.5]"), MENDED, { { 1, 2, ".5 is not a number" } } },
	{ TEXT("[+1]"), MENDED, { { 1, 2, "+1 is not a number" } } },
	{ TEXT("[-]"), MENDED, { { 1, 2, "- is not a number" } } },
	{ TEXT("[1e]"), MENDED, { { 1, 2, "1e is not a number" } } },
	{ TEXT("[1e+]"), MENDED, { { 1, 2, "1e+ is not a number" } } },
	{ TEXT("[1.e1]"), MENDED, { { 1, 2, "1.e1 is not a number" } } },
	{ TEXT("[1e1.5]"), MENDED, { { 1, 2, "1e1.5 is not a number" } } },
	{ TEXT("[0x10]"), MENDED, { { 1, 2, "0x10 is not a number" } } },
	{ TEXT("[--1]"), MENDED, { { 1, 2, "--1 is not a number" } } },
	{ TEXT("[1_000]"), MENDED, { { 1, 2, "1_000 is not a number" } } },
	{ TEXT("[-Infinity]"), MENDED, { { 1, 2, "-Infinity is not a number" } } },
	{ TEXT("[30s]"), MENDED,
		{ { 1, 2, "30s is not a number; write one like 12, -0.5 or 1e-3, or \"30s\"" } } },
	{ TEXT("[1e999]"), MENDED, { { 1, 2, "number 1e999 is out of range; at most 1.79" } } },
	{ TEXT("[-1e999]"), MENDED, { { 1, 2, "number -1e999 is out of range" } } },
	{ TEXT("[1e99999999999999999999]"), MENDED, { { 1, 2, "number 1e99999999999999999999 is out" } } },
	{ TEXT("[1.7976931348623159e308]"), MENDED, { { 1, 2, "number 1.7976931348623159e308 is out" } } },
	{ TEXT("[1234567890123456789012345678901234567890123456789012345678901234]"), MENDED,
		{ { 1, 2, "number is 64 characters long; write it with at most 63" } } },
	{ TEXT("[True]"), MENDED, { { 1, 2, "unknown word True; did you mean true?" } } },
	{ TEXT("[nul]"), MENDED, { { 1, 2, "unknown word nul; did you mean null?" } } },
	{ TEXT("[NaN]"), MENDED,
		{ { 1, 2, "unknown word NaN; a text is written in double quotes: \"NaN\"" } } },
	{ TEXT("[truefalse_and_more]"), MENDED, { { 1, 2, "unknown word truefalse_and_more; a text" } } },
	{ TEXT("monotonic"), MENDED, { { 1, 1, "unknown word monotonic" } } },
	/* strings */
	{ TEXT("[\"a]"), STOPS, { { 1, 2, "string is not closed; end it with a double quote" } } },
	{ TEXT("[\"a\nb\"]"), STOPS, { { 1, 2, "string is not closed" } } },
	{ TEXT("[\"a\r\nb\"]"), STOPS, { { 1, 2, "string is not closed" } } },
	{ TEXT("[\"a\\\n\"]"), STOPS, { { 1, 2, "string is not closed" } } },
	{ TEXT("[\"a\\"), STOPS, { { 1, 2, "string is not closed" } } },
	{ TEXT("[\"a\\\""), STOPS, { { 1, 2, "string is not closed" } } },
	{ TEXT("[\"\\u12"), STOPS, { { 1, 2, "string is not closed" }, { 1, 3, "malformed escape" } } },
	{ TEXT("{\"a"), STOPS, { { 1, 2, "string is not closed" } } },
	{ TEXT("[\"a\tb\tc\"]"), MENDED, { { 1, 4, "control character U+0009 in a string; write \\t" } } },
	{ TEXT("[\"a\x1f\"]"), MENDED, { { 1, 4, "control character U+001F in a string; write \\u001f" } } },
	{ TEXT("[\"a\0b\"]"), MENDED, { { 1, 4, "control character U+0000 in a string; remove it" } } },
	{ TEXT("[\"\\\tb\"]"), MENDED, { { 1, 4, "control character U+0009 in a string" } } },
	{ TEXT("[\"\\x41\"]"), MENDED, { { 1, 3, "unknown escape \\x; for a backslash write \\\\" } } },
	{ TEXT("[\"\\'\"]"), MENDED, { { 1, 3, "unknown escape \\'" } } },
	{ TEXT("[\"\\U0041\"]"), MENDED, { { 1, 3, "unknown escape \\U" } } },
	{ TEXT("[\"\\\xc3\xa9\"]"), MENDED, { { 1, 3, "unknown escape \\\xc3\xa9" } } },
	{ TEXT("[\"\\\xff\"]"), MENDED, { { 1, 4, "invalid UTF-8 (byte 0xff)" } } },
	{ TEXT("[\"\\u12G4\"]"), MENDED,
		{ { 1, 3, "malformed escape; \\u takes four hexadecimal digits" } } },
	{ TEXT("[\"\\u123\"]"), MENDED, { { 1, 3, "malformed escape" } } },
	{ TEXT("[\"\\u0000\"]"), MENDED, { { 1, 3, "\\u0000 in a string; a text holds no NUL character" } } },
	{ TEXT("[\"ab\\ud800\"]"), MENDED, { { 1, 5, "lone surrogate \\ud800; write both halves" } } },
	{ TEXT("[\"\\uDC00\"]"), MENDED, { { 1, 3, "lone surrogate \\uDC00" } } },
	{ TEXT("[\"\\ud800\\u0041\"]"), MENDED, { { 1, 3, "lone surrogate \\ud800" } } },
	{ TEXT("[\"\\ud800\\ud800\"]"), MENDED,
		{ { 1, 3, "lone surrogate \\ud800" }, { 1, 9, "lone surrogate \\ud800" } } },
	{ TEXT("[\"\\ud800\\n234\"]"), MENDED, { { 1, 3, "lone surrogate \\ud800" } } },
	{ TEXT("[\"\\udbff\\udfgf\"]"), MENDED,
		{ { 1, 3, "lone surrogate \\udbff" }, { 1, 9, "malformed escape" } } },
	{ TEXT("[\"a\xff\xfe\"]"), MENDED,
		{ { 1, 4, "invalid UTF-8 (byte 0xff) in a string; save the file" } } },
	{ TEXT("[\"\x80\"]"), MENDED, { { 1, 3, "invalid UTF-8 (byte 0x80)" } } },
	{ TEXT("[\"\xc0\xaf\"]"), MENDED, { { 1, 3, "invalid UTF-8 (byte 0xc0)" } } },
	{ TEXT("[\"\xc1\xbf\"]"), MENDED, { { 1, 3, "invalid UTF-8 (byte 0xc1)" } } },
	{ TEXT("[\"\xe0\x9f\xbf\"]"), MENDED, { { 1, 3, "invalid UTF-8 (byte 0xe0)" } } },
	{ TEXT("[\"\xed\xa0\x80\"]"), MENDED, { { 1, 3, "invalid UTF-8 (byte 0xed)" } } },
	{ TEXT("[\"\xf0\x8f\xbf\xbf\"]"), MENDED, { { 1, 3, "invalid UTF-8 (byte 0xf0)" } } },
	{ TEXT("[\"\xf4\x90\x80\x80\"]"), MENDED, { { 1, 3, "invalid UTF-8 (byte 0xf4)" } } },
	{ TEXT("[\"\xf5\x80\x80\x80\"]"), MENDED, { { 1, 3, "invalid UTF-8 (byte 0xf5)" } } },
	{ TEXT("[\"\xe2\x82\"]"), MENDED, { { 1, 3, "invalid UTF-8 (byte 0xe2)" } } },
	{ TEXT("[\"\xc3"), STOPS,
		{ { 1, 2, "string is not closed" }, { 1, 3, "invalid UTF-8 (byte 0xc3)" } } },
	{ TEXT("{\"\xff\":1}"), MENDED, { { 1, 3, "invalid UTF-8 (byte 0xff)" } } },
	/* duplicate keys */
	{ TEXT("{\"a\":1,\n \"a\":2}"), MENDED,
		{ { 2, 2, "duplicate key \"a\"; keep one, the first is at line 1, column 2" } } },
	{ TEXT("{\"a\":1,\"b\":2,\"a\":3,\"a\":4}"), MENDED,
		{ { 1, 14, "duplicate key \"a\"; keep one, the first is at line 1, column 2" },
			{ 1, 20, "duplicate key \"a\"; keep one, the first is at line 1, column 2" } } },
	{ TEXT("{\"a\":1,\"\\u0061\":2}"), MENDED, { { 1, 8, "duplicate key \"\\u0061\"" } } },
	{ TEXT("{\"\xc3\xa9\":1,\"\\u00E9\":2}"), MENDED, { { 1, 9, "duplicate key" } } },
	{ TEXT("{\"\xf0\x9f\x98\x80\":1,\"\\ud83d\\uDE00\":2}"), MENDED, { { 1, 11, "duplicate key" } } },
	{ TEXT("{\"\\n\":1,\"\\u000a\":2}"), MENDED, { { 1, 9, "duplicate key" } } },
	{ TEXT("{\"\":1,\"\":2}"), MENDED, { { 1, 7, "duplicate key \"\"" } } },
	{ TEXT("[{\"x\":{\"a\":[1,2],\"a\":{}}}]"), MENDED, { { 1, 18, "duplicate key \"a\"" } } },
	/* several faults in one run, also before one that ends the pass */
	{ TEXT("{\"a\":01,\"a\":tru,\n\"b\":\"\\q\"}"), MENDED,
		{ { 1, 6, "number 01" }, { 1, 9, "duplicate key" },
			{ 1, 13, "unknown word tru; did you mean true" }, { 2, 6, "unknown escape" } } },
	{ TEXT("{\"a\":1,\"a\":[1e999,\n}"), STOPS,
		{ { 1, 8, "duplicate key" }, { 1, 13, "number 1e999" },
			{ 2, 1, "unexpected '}'; expected a value" } } },
};

#define N_BAD (sizeof bad_files / sizeof bad_files[0])

static size_t expected_n(const struct bad_file *file)
{
	size_t n = 0;
	while (n < 4 && file->faults[n].start) {
		n++;
	}
	return n;
}

START_TEST(bad_file_is_refused_at_its_place)
{
	const struct bad_file *file = &bad_files[_i];
	struct weir_diagnostics faults;
	weir_diagnostics_init(&faults, NULL);
	/* an exact copy, so that reading past the end is a fault that the sanitizers see */
	char *copy = malloc(file->len + (file->len == 0));
	ck_assert_ptr_nonnull(copy);
	memcpy(copy, file->text, file->len);
	struct weir_json_doc *doc;
	int result = weir_json_open(&doc, "bad.json", copy, file->len, NULL, &faults);
	free(copy);
	weir_diagnostics_sort(&faults);
	ck_assert_msg(result == file->result, "%d: %s: result %d", _i, file->text, result);
	ck_assert_int_eq(doc != NULL, result == 0);
	for (size_t i = 0; i < weir_diagnostics_count(&faults) && i < expected_n(file); i++) {
		const struct expected *want = &file->faults[i];
		const struct weir_diagnostic *got = weir_diagnostics_at(&faults, i);
		ck_assert_str_eq(got->file, "bad.json");
		ck_assert_msg(got->line == want->line && got->column == want->column &&
				      strncmp(got->text, want->start, strlen(want->start)) == 0,
			"%d: %s: got %u:%u: %s; want %u:%u: %s", _i, file->text, got->line, got->column,
			got->text, want->line, want->column, want->start);
		ck_assert_ptr_nonnull(strstr(got->text, "; "));
	}
	ck_assert_msg(weir_diagnostics_count(&faults) == expected_n(file), "%d: %s: %zu faults", _i,
		file->text, weir_diagnostics_count(&faults));
	weir_json_close(doc);
	weir_diagnostics_fini(&faults);
}
END_TEST

static const struct {
	const char *text;
	size_t len;
} good_files[] = {
	{ TEXT("{}") },
	{ TEXT("[]") },
	{ TEXT(" \t\r\n{ }\r\n") },
	{ TEXT("null") },
	{ TEXT("true") },
	{ TEXT("false") },
	{ TEXT("\"\"") },
	{ TEXT("0") },
	{ TEXT("-0") },
	{ TEXT("-0.0e-0") },
	{ TEXT("[0.1,1.5E+10,1e5,-1e-5,0e0,1E0,0e+1,10,-10.25]") },
	{ TEXT("[1e308,-1.7976931348623157e308,1.7976931348623158e308]") },
	{ TEXT("[5e-324,1e-999,0e999,0.000e99999999999]") },
	{ TEXT("[123456789012345678901234567890123456789012345678901234567890123]") },
	{ TEXT("[[],{},[[]],{\"a\":{}}]") },
	{ TEXT("{\"\":1}") },
	{ TEXT("{\"a\":1,\"A\":2}") },
	{ TEXT("{\"a\":{\"a\":{\"a\":1}},\"b\":{\"a\":1}}") },
	{ TEXT("[{\"a\":1},{\"a\":1}]") },
	{ TEXT("{\"a\":1,\"aa\":2,\"ab\":3,\"\\u00e9\":4,\"e\":5}") },
	{ TEXT("[\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u0041\\u00e9\\u20AC\\uD834\\udd1e\"]") },
	{ TEXT("[\"\\u0001\\u001f\\ufffe\\uffff\\ud800\\udc00\\udbff\\udfff\"]") },
	{ TEXT("[\"\x7f\"]") },
	{ TEXT("[\"\xc2\x80\xdf\xbf\xe0\xa0\x80\xed\x9f\xbf\xee\x80\x80\xef\xbf\xbf\"]") },
	{ TEXT("[\"\xf0\x90\x80\x80\xf4\x8f\xbf\xbf\"]") },
	{ TEXT("[\"\xe2\x80\xa8\xe2\x80\xa9\"]") },
	{ TEXT("[\"// no comment /* nor this */\"]") },
	{ TEXT("{\"//\":\"/*\"} // a comment at the end, without a line end") },
	{ TEXT("// one\n/* two */{/**/\"a\"/*:*/:/*,*/1/*}*/,//\n\"b\":2}/***/") },
	{ TEXT("/* \xe2\x82\xac \" \\ ' { [ */ [1]") },
	{ TEXT("[1,// ends at a carriage return\r2]") },
	{ TEXT("[1,//\r\n2]") },
	{ TEXT("//\n1//") },
	{ TEXT("[\"\\\\\"]") },
	{ TEXT("[\"\\\\u0000 \\\\ud800\"]") },
	{ TEXT("[1\n,2\t,\r3 ]") },
};

#define N_GOOD (sizeof good_files / sizeof good_files[0])

START_TEST(good_file_has_no_fault)
{
	struct weir_diagnostics faults;
	weir_diagnostics_init(&faults, NULL);
	char *copy = malloc(good_files[_i].len);
	ck_assert_ptr_nonnull(copy);
	memcpy(copy, good_files[_i].text, good_files[_i].len);
	struct weir_json_doc *doc;
	int result = weir_json_open(&doc, "good.json", copy, good_files[_i].len, NULL, &faults);
	free(copy);
	ck_assert_msg(result == 0 && weir_diagnostics_count(&faults) == 0, "%d: %s: %d %s", _i,
		good_files[_i].text, result,
		weir_diagnostics_count(&faults) ? weir_diagnostics_at(&faults, 0)->text : "");
	weir_json_close(doc);
	weir_diagnostics_fini(&faults);
}
END_TEST

static int open_brackets(int n, size_t *count, struct weir_json_position *at)
{
	char text[256];
	memset(text, '[', (size_t)n);
	memset(text + n, ']', (size_t)n);
	struct weir_diagnostics faults;
	weir_diagnostics_init(&faults, NULL);
	struct weir_json_doc *doc;
	int result = weir_json_open(&doc, "deep.json", text, 2 * (size_t)n, NULL, &faults);
	*count = weir_diagnostics_count(&faults);
	if (*count > 0) {
		const struct weir_diagnostic *fault = weir_diagnostics_at(&faults, 0);
		*at = (struct weir_json_position){ fault->line, fault->column };
		ck_assert_ptr_nonnull(strstr(fault->text, "nested too deep; at most 32"));
	}
	weir_json_close(doc);
	weir_diagnostics_fini(&faults);
	return result;
}

START_TEST(nesting_ends_at_32)
{
	size_t count;
	struct weir_json_position at = { 0, 0 };
	ck_assert_int_eq(open_brackets(32, &count, &at), 0);
	ck_assert_uint_eq(count, 0);
	ck_assert_int_eq(open_brackets(33, &count, &at), WEIR_EPARSE);
	ck_assert_uint_eq(count, 1);
	ck_assert_uint_eq(at.line, 1);
	ck_assert_uint_eq(at.column, 33);
}
END_TEST

START_TEST(size_ends_at_one_mebibyte)
{
	char *text = malloc(WEIR_JSON_MAX_BYTES + 1);
	ck_assert_ptr_nonnull(text);
	memset(text, ' ', WEIR_JSON_MAX_BYTES + 1);
	memcpy(text, "{}", 2);
	struct weir_diagnostics faults;
	weir_diagnostics_init(&faults, NULL);
	struct weir_json_doc *doc;
	ck_assert_int_eq(weir_json_open(&doc, "big.json", text, WEIR_JSON_MAX_BYTES, NULL, &faults), 0);
	weir_json_close(doc);
	ck_assert_int_eq(
		weir_json_open(&doc, "big.json", text, WEIR_JSON_MAX_BYTES + 1, NULL, &faults), WEIR_EPARSE);
	ck_assert_ptr_null(doc);
	ck_assert_uint_eq(weir_diagnostics_count(&faults), 1);
	const struct weir_diagnostic *fault = weir_diagnostics_at(&faults, 0);
	ck_assert_uint_eq(fault->line, 1);
	ck_assert_uint_eq(fault->column, 1);
	ck_assert_ptr_nonnull(
		strstr(fault->text, "larger than 1 MiB; a definition has at most 1048576 bytes"));
	weir_diagnostics_fini(&faults);
	free(text);
}
END_TEST

START_TEST(many_keys_cost_no_square)
{
	/* 80,000 members, the last a duplicate: squares would be billions of comparisons */
	char *text = malloc(WEIR_JSON_MAX_BYTES);
	ck_assert_ptr_nonnull(text);
	size_t len = 1;
	text[0] = '{';
	for (int i = 0; i < 80000; i++) {
		len += (size_t)snprintf(text + len, 32, "\"k%05d\":%d,", i, i % 10);
	}
	len += (size_t)snprintf(text + len, 32, "\"k00000\":1}");
	struct weir_diagnostics faults;
	weir_diagnostics_init(&faults, NULL);
	struct weir_json_doc *doc;
	ck_assert_int_eq(weir_json_open(&doc, "wide.json", text, len, NULL, &faults), 0);
	ck_assert_uint_eq(weir_diagnostics_count(&faults), 1);
	ck_assert_uint_eq(weir_json_count(weir_json_root(doc)), 80001);
	weir_json_close(doc);
	weir_diagnostics_fini(&faults);
	free(text);
}
END_TEST

START_TEST(refused_request_ends_as_no_memory)
{
	/* as many values as to make the table grow, duplicate keys, mended and final faults */
	static const char text[] = "{\"a\":[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20],\"a\":01,"
				   "\"b\":{\"c\":1,\"d\":2,\"c\":\"\\q\"}} x";
	bool failed = true;
	for (size_t k = 1; failed; k++) {
		for (int stays = 0; stays < 2; stays++) {
			struct counting_alloc memory;
			counting_alloc_init(&memory, k, stays);
			struct weir_json_options options = { .alloc = &memory.alloc };
			struct weir_diagnostics faults;
			weir_diagnostics_init(&faults, &memory.alloc);
			struct weir_json_doc *doc;
			int result = weir_json_open(&doc, "x", text, sizeof text - 1, &options, &faults);
			failed = memory.has_failed;
			ck_assert_int_eq(result, failed ? WEIR_ENOMEM : WEIR_EPARSE);
			ck_assert_ptr_null(doc);
			weir_diagnostics_fini(&faults);
			ck_assert_int_eq(memory.live, 0);
		}
		ck_assert_uint_lt(k, 100);
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("json/strict");
	TCase *tc = tcase_create("strict");
	tcase_add_loop_test(tc, bad_file_is_refused_at_its_place, 0, (int)N_BAD);
	tcase_add_loop_test(tc, good_file_has_no_fault, 0, (int)N_GOOD);
	tcase_add_test(tc, nesting_ends_at_32);
	tcase_add_test(tc, size_ends_at_one_mebibyte);
	tcase_add_test(tc, many_keys_cost_no_square);
	tcase_add_test(tc, refused_request_ends_as_no_memory);
	suite_add_tcase(suite, tc);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
