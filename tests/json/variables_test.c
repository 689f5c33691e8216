/* SPDX-License-Identifier: MIT */
/*
 * variables_test.c -- claims about variables in strings: every form, every fault, and positions that refer to
 * the text before substitution.
 */
#ifndef _POSIX_C_SOURCE
#define _POSIX_C_SOURCE 200809L
#endif

#include <weir/document.h>
#include "tests/json/counting_alloc.h"

#include <weir/error.h>

#include <check.h>
#include <stdlib.h>
#include <string.h>

static const char *get_test_variable(void *arg, const char *name)
{
	static const char *const values[][2] = {
		{ "A", "alpha" },
		{ "EMPTY", "" },
		{ "DOLLAR", "${A} $$ $" },
		{ "N", "42" },
		{ "BIG", "9007199254740993" },
		{ "NEGATIVE", "-1.5e3" },
		{ "T", "true" },
		{ "F", "false" },
		{ "NULL_WORD", "null" },
		{ "QUOTED", "a\"b\\c\n" },
		{ "UMLAUT", "\xc3\xbc" },
		{ "LATIN1", "\xfc" },
		{ "OVER", "1e999" },
		{ "ZEROS", "007" },
		{ "PADDED", " 1 " },
		{ "_x9", "under" },
		{ "LONG", "a value that is longer than the text it is put into, so that this must grow" },
	};
	*(int *)arg += 1;
	for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
		if (strcmp(values[i][0], name) == 0) {
			return values[i][1];
		}
	}
	return NULL;
}

static int lookups;
static const struct weir_json_variables variables = { get_test_variable, &lookups };
static const struct weir_json_options options = { .variables = &variables };
static struct weir_diagnostics faults;
static struct weir_json_doc *doc;

static void setup(void)
{
	weir_diagnostics_init(&faults, NULL);
	doc = NULL;
	lookups = 0;
}

static void teardown(void)
{
	weir_json_close(doc);
	weir_diagnostics_fini(&faults);
}

static const struct weir_json_node *open_text(const char *text)
{
	weir_json_close(doc);
	ck_assert_int_eq(weir_json_open(&doc, "test.json", text, strlen(text), &options, &faults), 0);
	return weir_json_root(doc);
}

static const struct {
	const char *json;
	const char *value;
	bool was_variable;
} good[] = {
	{ "\"plain\"", "plain", false },
	{ "\"${A}\"", "alpha", true },
	{ "\"${_x9}\"", "under", true },
	{ "\"<${A}>\"", "<alpha>", false },
	{ "\"${A}${N}\"", "alpha42", false },
	{ "\"${A}.csv\"", "alpha.csv", false },
	{ "\"/${A}\"", "/alpha", false },
	{ "\"${EMPTY}\"", "", true },
	{ "\"a${EMPTY}b\"", "ab", false },
	{ "\"${UNSET:-default}\"", "default", true },
	{ "\"${UNSET:-}\"", "", true },
	{ "\"${EMPTY:-default}\"", "default", true },
	{ "\"${A:-default}\"", "alpha", true },
	{ "\"${UNSET:-a:b-c?d e/f{g}\"", "a:b-c?d e/f{g", true },
	{ "\"${UNSET:-x}}\"", "x}", false },
	{ "\"${UNSET:-\\\"q\\\"}\"", "\"q\"", true },
	{ "\"${UNSET:-a$$b$$}\"", "a$b$", true },
	{ "\"${A:?must be set}\"", "alpha", true },
	{ "\"${A:?}\"", "alpha", true },
	{ "\"$$\"", "$", false },
	{ "\"$$$$\"", "$$", false },
	{ "\"$${A}\"", "${A}", false },
	{ "\"$$${A}\"", "$alpha", false },
	{ "\"5$$ and ${N}$$\"", "5$ and 42$", false },
	{ "\"${DOLLAR}\"", "${A} $$ $", true },
	{ "\"${QUOTED}\"", "a\"b\\c\n", true },
	{ "\"${UMLAUT}\\u00fc\"", "\xc3\xbc\xc3\xbc", false },
	{ "\"\\u0024{A}\"", "alpha", true },
	{ "\"a } b\"", "a } b", false },
	{ "\"{A}\"", "{A}", false },
};

START_TEST(variable_is_put_in)
{
	const struct weir_json_node *node = open_text(good[_i].json);
	ck_assert_msg(weir_diagnostics_count(&faults) == 0, "%s", good[_i].json);
	ck_assert_str_eq(weir_json_string(node), good[_i].value);
	ck_assert_msg(weir_json_was_variable(node) == good[_i].was_variable, "%s", good[_i].json);
	ck_assert_int_eq(weir_json_kind(node), WEIR_JSON_STRING);
	ck_assert(!weir_json_value_is_bad(node));
}
END_TEST

/* All stand at line 1, column 2: the value's place. */
static const struct {
	const char *json;
	const char *message;
} bad[] = {
	{ "[\"${UNSET}\"]",
		"variable UNSET is not set; set it with --set UNSET=value or in the environment, or "
		"write ${UNSET:-default}" },
	{ "[\"a ${UNSET} b\"]", "variable UNSET is not set; set it" },
	{ "[\"${UNSET:?}\"]", "variable UNSET is not set; set it with --set UNSET=value" },
	{ "[\"${EMPTY:?}\"]", "variable EMPTY is empty; set it with --set EMPTY=value" },
	{ "[\"${UNSET:?where the data is}\"]", "variable UNSET is not set: where the data is; set it with" },
	{ "[\"${EMPTY:?say $$}\"]", "variable EMPTY is empty: say $; set it with" },
	{ "[\"$\"]", "lone '$' in a string; write $$ for a '$', or ${NAME} for a variable" },
	{ "[\"a$b\"]", "lone '$'" },
	{ "[\"$A\"]", "lone '$'" },
	{ "[\"$$$\"]", "lone '$'" },
	{ "[\"$ {A}\"]", "lone '$'" },
	{ "[\"${\"]", "variable ${ is not closed; end it with '}'" },
	{ "[\"${A\"]", "variable ${A is not closed; end it with '}'" },
	{ "[\"x${A:-b\"]", "variable ${A:-b is not closed" },
	{ "[\"${}\"]", "malformed variable ${}; write ${NAME}, ${NAME:-default} or ${NAME:?message}" },
	{ "[\"${1A}\"]", "malformed variable ${1A}" },
	{ "[\"${A B}\"]", "malformed variable ${A B}" },
	{ "[\"${ A}\"]", "malformed variable ${ A}" },
	{ "[\"${A-b}\"]", "malformed variable ${A-b}" },
	{ "[\"${A:b}\"]", "malformed variable ${A:b}" },
	{ "[\"${A:}\"]", "malformed variable ${A:}" },
	{ "[\"${A:+b}\"]", "malformed variable ${A:+b}" },
	{ "[\"${:-b}\"]", "malformed variable ${:-b}" },
	{ "[\"${\xc3\xa4}\"]", "malformed variable ${\xc3\xa4}" },
	{ "[\"${A:-${N}}\"]", "'$' in the default of variable A; write $$" },
	{ "[\"${A:-$}\"]", "'$' in the default of variable A" },
	{ "[\"${A:-$$$}\"]", "'$' in the default of variable A" },
	{ "[\"${UNSET:?$x}\"]", "'$' in the message of variable UNSET" },
	{ "[\"${LATIN1}\"]", "the value of variable LATIN1 is not valid UTF-8; set it to a text" },
};

START_TEST(fault_is_reported_at_the_value)
{
	const struct weir_json_node *node = weir_json_first(open_text(bad[_i].json));
	ck_assert_msg(weir_diagnostics_count(&faults) == 1, "%s: %zu faults", bad[_i].json,
		weir_diagnostics_count(&faults));
	const struct weir_diagnostic *fault = weir_diagnostics_at(&faults, 0);
	ck_assert_msg(strncmp(fault->text, bad[_i].message, strlen(bad[_i].message)) == 0, "got %s; want %s",
		fault->text, bad[_i].message);
	ck_assert_uint_eq(fault->line, 1);
	ck_assert_uint_eq(fault->column, 2);
	ck_assert(weir_json_value_is_bad(node));
	ck_assert_ptr_nonnull(weir_json_string(node));
}
END_TEST

START_TEST(every_fault_of_a_file_is_reported)
{
	open_text("{\"a\":\"${X} $ ${Y:?why}\",\n\"b\":\"${X}\",\"c\":\"${X} ${X}\"}");
	weir_diagnostics_sort(&faults);
	ck_assert_uint_eq(weir_diagnostics_count(&faults), 5);
	ck_assert_ptr_nonnull(strstr(weir_diagnostics_at(&faults, 2)->text, "why"));
	ck_assert_uint_eq(weir_diagnostics_at(&faults, 3)->line, 2);
}
END_TEST

START_TEST(names_end_at_127_bytes)
{
	char text[160] = "[\"${";
	memset(text + 4, 'x', 128);
	strcpy(text + 4 + 127, ":-d}\"]");
	ck_assert_str_eq(weir_json_string(weir_json_first(open_text(text))), "d");
	strcpy(text + 4 + 127, "x:-d}\"]");
	open_text(text);
	ck_assert_uint_eq(weir_diagnostics_count(&faults), 1);
	ck_assert_ptr_nonnull(
		strstr(weir_diagnostics_at(&faults, 0)->text, "is too long; it has at most 127"));
}
END_TEST

START_TEST(keys_and_bad_strings_hold_no_variables)
{
	const struct weir_json_node *root = open_text("{\"${A}\":\"$$\",\"$\":1,\"x\":\"\\q$\"}");
	ck_assert_ptr_nonnull(weir_json_get(root, "${A}"));
	ck_assert_ptr_nonnull(weir_json_get(root, "$"));
	ck_assert_int_eq(lookups, 0);
	ck_assert_uint_eq(weir_diagnostics_count(&faults), 1);
}
END_TEST

START_TEST(no_lookup_means_unset)
{
	static const char text[] = "[\"${A:-d}\",\"${A}\"]";
	static const struct weir_json_variables nothing = { NULL, NULL };
	const struct weir_json_options with_nothing = { .variables = &nothing };
	const struct weir_json_options *each[] = { NULL, &with_nothing };
	for (size_t i = 0; i < 2; i++) {
		ck_assert_int_eq(weir_json_open(&doc, "x", text, sizeof text - 1, each[i], &faults), 0);
		ck_assert_str_eq(weir_json_string(weir_json_first(weir_json_root(doc))), "d");
		ck_assert_uint_eq(weir_diagnostics_count(&faults), i + 1);
		weir_json_close(doc);
		doc = NULL;
	}
}
END_TEST

static const struct {
	const char *json;
	bool is_number;
	double value;
	bool is_bool;
	bool bool_value;
} read_as[] = {
	{ "\"${N}\"", true, 42, false, false },
	{ "\"${NEGATIVE}\"", true, -1500, false, false },
	{ "\"${UNSET:-0.5}\"", true, 0.5, false, false },
	{ "\"${T}\"", false, 0, true, true },
	{ "\"${F}\"", false, 0, true, false },
	{ "\"${UNSET:-true}\"", false, 0, true, true },
	{ "\"${NULL_WORD}\"", false, 0, false, false },
	{ "\"${A}\"", false, 0, false, false },
	{ "\"${EMPTY}\"", false, 0, false, false },
	{ "\"${OVER}\"", false, 0, false, false },
	{ "\"${ZEROS}\"", false, 0, false, false },
	{ "\"${PADDED}\"", false, 0, false, false },
	{ "\"${N}0\"", false, 0, false, false },
	{ "\"4${EMPTY}2\"", false, 0, false, false },
	{ "\"42\"", false, 0, false, false },
	{ "\"true\"", false, 0, false, false },
	{ "\"${UNSET:-True}\"", false, 0, false, false },
	{ "\"${UNSET:-30s}\"", false, 0, false, false },
};

START_TEST(whole_variable_stands_for_number_or_bool)
{
	const struct weir_json_node *node = open_text(read_as[_i].json);
	struct weir_json_number number = { .value = 0 };
	bool value = false;
	ck_assert_msg(weir_json_as_number(node, &number) == read_as[_i].is_number, "%s", read_as[_i].json);
	ck_assert_double_eq(number.value, read_as[_i].value);
	ck_assert_msg(weir_json_as_bool(node, &value) == read_as[_i].is_bool, "%s", read_as[_i].json);
	ck_assert_int_eq(value, read_as[_i].bool_value);
}
END_TEST

START_TEST(number_of_a_variable_is_exact)
{
	struct weir_json_number number;
	ck_assert(weir_json_as_number(open_text("\"${BIG}\""), &number));
	ck_assert_int_eq(number.i64, INT64_C(9007199254740993));
}
END_TEST

static void assert_columns(const struct weir_json_node *node, const uint32_t *columns, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct weir_json_position p = weir_json_position_in(node, i);
		ck_assert_msg(p.line == 1 && p.column == columns[i], "byte %zu: got %u:%u, want column %u", i,
			p.line, p.column, columns[i]);
	}
}

START_TEST(positions_are_those_before_substitution)
{
	/* "a\tb${N}c$$d${EMPTY}e" becomes a TAB b 4 2 c $ d e */
	const struct weir_json_node *node = open_text("\"a\\tb${N}c$$d${EMPTY}e\"");
	static const uint32_t columns[] = { 2, 3, 5, 6, 6, 10, 11, 13, 22, 23, 23 };
	ck_assert_str_eq(weir_json_string(node), "a\tb42c$de");
	assert_columns(node, columns, sizeof columns / sizeof columns[0]);
	ck_assert_uint_eq(weir_json_position(node).column, 1);
}
END_TEST

START_TEST(end_of_a_variable_is_the_closing_quote)
{
	const struct weir_json_node *node = open_text("\"${N}\"");
	static const uint32_t columns[] = { 2, 2, 6, 6 };
	assert_columns(node, columns, 4);
	node = open_text("\"${EMPTY}\"");
	static const uint32_t end[] = { 10, 10 };
	assert_columns(node, end, 2);
}
END_TEST

START_TEST(escaped_dollar_keeps_its_column)
{
	/* \u00fc is one character of two bytes, \u0024 a dollar */
	const struct weir_json_node *node = open_text("\"\\u00fc\\u0024{N}x\"");
	static const uint32_t columns[] = { 2, 2, 8, 8, 17, 18 };
	assert_columns(node, columns, sizeof columns / sizeof columns[0]);
}
END_TEST

START_TEST(setting_beats_the_environment)
{
	static const char *const pairs[] = { "WEIR_TEST_F=only", "WEIR_TEST_A=first", "WEIR_TEST_AB=longer",
		"WEIR_TEST_A=x=y", "WEIR_TEST_E=" };
	struct weir_json_settings settings = { pairs, 5 };
	ck_assert_int_eq(setenv("WEIR_TEST_A", "environment", 1), 0);
	ck_assert_int_eq(setenv("WEIR_TEST_E", "environment", 1), 0);
	ck_assert_int_eq(setenv("WEIR_TEST_C", "environment", 1), 0);
	ck_assert_int_eq(unsetenv("WEIR_TEST_D"), 0);
	ck_assert_str_eq(weir_json_setting_or_env(&settings, "WEIR_TEST_A"), "x=y");
	ck_assert_str_eq(weir_json_setting_or_env(&settings, "WEIR_TEST_F"), "only");
	ck_assert_str_eq(weir_json_setting_or_env(&settings, "WEIR_TEST_AB"), "longer");
	ck_assert_str_eq(weir_json_setting_or_env(&settings, "WEIR_TEST_E"), "");
	ck_assert_str_eq(weir_json_setting_or_env(&settings, "WEIR_TEST_C"), "environment");
	ck_assert_ptr_null(weir_json_setting_or_env(&settings, "WEIR_TEST_D"));
	ck_assert_ptr_null(weir_json_setting_or_env(&settings, "WEIR_TEST"));
	ck_assert_str_eq(weir_json_setting_or_env(NULL, "WEIR_TEST_A"), "environment");
}
END_TEST

START_TEST(refused_request_ends_as_no_memory)
{
	/* grows the value and the list of parts, and adds a fault */
	static const char text[] =
		"[\"${A}${A}${A}${A}${A}${A}${A}${A}${A}${A}${A}${A}$$$$$$$$$$${UNSET:-x$$}\","
		"\"${UNSET}\",\"${DOLLAR}\",\"${LONG}${LONG}\"]";
	bool failed = true;
	for (size_t k = 1; failed; k++) {
		for (int stays = 0; stays < 2; stays++) {
			struct counting_alloc memory;
			counting_alloc_init(&memory, k, stays);
			struct weir_json_options failing = { .variables = &variables,
				.alloc = &memory.alloc };
			struct weir_diagnostics list;
			weir_diagnostics_init(&list, &memory.alloc);
			int result = weir_json_open(&doc, "x", text, sizeof text - 1, &failing, &list);
			failed = memory.has_failed;
			ck_assert_int_eq(result, failed ? WEIR_ENOMEM : 0);
			ck_assert_int_eq(doc == NULL, failed);
			weir_json_close(doc);
			doc = NULL;
			weir_diagnostics_fini(&list);
			ck_assert_int_eq(memory.live, 0);
		}
		ck_assert_uint_lt(k, 100);
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("json/variables");
	TCase *tc = tcase_create("variables");
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_loop_test(tc, variable_is_put_in, 0, (int)(sizeof good / sizeof good[0]));
	tcase_add_loop_test(tc, fault_is_reported_at_the_value, 0, (int)(sizeof bad / sizeof bad[0]));
	tcase_add_test(tc, every_fault_of_a_file_is_reported);
	tcase_add_test(tc, names_end_at_127_bytes);
	tcase_add_test(tc, keys_and_bad_strings_hold_no_variables);
	tcase_add_test(tc, no_lookup_means_unset);
	tcase_add_loop_test(
		tc, whole_variable_stands_for_number_or_bool, 0, (int)(sizeof read_as / sizeof read_as[0]));
	tcase_add_test(tc, number_of_a_variable_is_exact);
	tcase_add_test(tc, positions_are_those_before_substitution);
	tcase_add_test(tc, end_of_a_variable_is_the_closing_quote);
	tcase_add_test(tc, escaped_dollar_keeps_its_column);
	tcase_add_test(tc, setting_beats_the_environment);
	tcase_add_test(tc, refused_request_ends_as_no_memory);
	suite_add_tcase(suite, tc);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
