/* SPDX-License-Identifier: MIT */
/*
 * document_test.c -- claims about documents: members in order, keys with case, exact numbers, and the place
 * of everything, down to a byte of a string.
 */
#ifndef _POSIX_C_SOURCE
#define _POSIX_C_SOURCE 200809L
#endif

#include "lib/json/document_private.h"
#include "tests/json/counting_alloc.h"

#include <weir/error.h>

#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct weir_diagnostics faults;
static struct weir_json_doc *doc;

static void setup(void)
{
	weir_diagnostics_init(&faults, NULL);
	doc = NULL;
}

static void teardown(void)
{
	weir_json_close(doc);
	weir_diagnostics_fini(&faults);
}

static const struct weir_json_node *open_text(const char *text)
{
	weir_json_close(doc);
	ck_assert_int_eq(weir_json_open(&doc, "test.json", text, strlen(text), NULL, &faults), 0);
	return weir_json_root(doc);
}

static void assert_position(struct weir_json_position got, uint32_t line, uint32_t column)
{
	ck_assert_msg(got.line == line && got.column == column, "got %u:%u, want %u:%u", got.line, got.column,
		line, column);
}

START_TEST(kinds_are_told_apart)
{
	static const char *const names[] = { "null", "true or false", "a number", "a string", "an array",
		"an object" };
	const struct weir_json_node *node = weir_json_first(open_text("[null,true,1,\"x\",[],{}]"));
	for (int kind = WEIR_JSON_NULL; kind <= WEIR_JSON_OBJECT; kind++) {
		ck_assert_ptr_nonnull(node);
		ck_assert_int_eq(weir_json_kind(node), kind);
		ck_assert_str_eq(weir_json_kind_name(weir_json_kind(node)), names[kind]);
		node = weir_json_next(node);
	}
	ck_assert_ptr_null(node);
	ck_assert_str_eq(weir_json_name(doc), "test.json");
}
END_TEST

START_TEST(members_come_in_the_order_of_the_file)
{
	const struct weir_json_node *root =
		open_text("{\"z\":{\"y\":[1,[2],{\"x\":3}]},\"a\":[],\n\"m\":{},\"\":4}");
	static const char *const keys[] = { "z", "a", "m", "" };
	const struct weir_json_node *member = weir_json_first(root);
	for (size_t i = 0; i < 4; i++) {
		ck_assert_str_eq(weir_json_key(member), keys[i]);
		ck_assert_ptr_eq(weir_json_get(root, keys[i]), member);
		member = weir_json_next(member);
	}
	ck_assert_ptr_null(member);
	ck_assert_uint_eq(weir_json_count(root), 4);
	const struct weir_json_node *y = weir_json_get(weir_json_get(root, "z"), "y");
	ck_assert_uint_eq(weir_json_count(y), 3);
	ck_assert_ptr_null(weir_json_key(weir_json_first(y)));
	const struct weir_json_node *x =
		weir_json_get(weir_json_next(weir_json_next(weir_json_first(y))), "x");
	struct weir_json_number number;
	ck_assert(weir_json_as_number(x, &number));
	ck_assert_int_eq(number.i64, 3);
	ck_assert_ptr_null(weir_json_next(x));
	ck_assert_ptr_null(weir_json_next(root));
}
END_TEST

START_TEST(empty_and_scalar_values_hold_nothing)
{
	const struct weir_json_node *root = open_text("[[],{},1,\"a\",null]");
	for (const struct weir_json_node *node = weir_json_first(root); node; node = weir_json_next(node)) {
		ck_assert_uint_eq(weir_json_count(node), 0);
		ck_assert_ptr_null(weir_json_first(node));
		ck_assert_ptr_null(weir_json_get(node, "a"));
	}
	ck_assert_ptr_null(weir_json_get(root, ""));
}
END_TEST

START_TEST(keys_differ_by_case)
{
	const struct weir_json_node *root = open_text("{\"TLS_Verify\":false,\"tls_verify\":true}");
	bool value = false;
	ck_assert(weir_json_as_bool(weir_json_get(root, "tls_verify"), &value));
	ck_assert(value);
	ck_assert(weir_json_as_bool(weir_json_get(root, "TLS_Verify"), &value));
	ck_assert(!value);
	ck_assert_ptr_null(weir_json_get(root, "TLS_VERIFY"));
	ck_assert_ptr_null(weir_json_get(root, "tls"));
	ck_assert_uint_eq(weir_diagnostics_count(&faults), 0);
}
END_TEST

START_TEST(escaped_keys_are_found_unescaped)
{
	const struct weir_json_node *root = open_text("{\"a\\u00e9\\n\":1,\"\\ud83d\\ude00\":2}");
	ck_assert_ptr_eq(weir_json_get(root, "a\xc3\xa9\n"), weir_json_first(root));
	ck_assert_ptr_nonnull(weir_json_get(root, "\xf0\x9f\x98\x80"));
}
END_TEST

START_TEST(only_numbers_and_bools_read_as_such)
{
	struct weir_json_number number = { .i64 = 7 };
	bool value = true;
	const struct weir_json_node *root = open_text("[null,true,\"1\",\"true\",[],{},12.5]");
	const struct weir_json_node *node = weir_json_first(root);
	for (int i = 0; i < 6; i++, node = weir_json_next(node)) {
		ck_assert(!weir_json_as_number(node, &number));
		ck_assert_int_eq(weir_json_as_bool(node, &value), i == 1);
		ck_assert(!weir_json_was_variable(node));
	}
	ck_assert_int_eq(number.i64, 7);
	ck_assert(weir_json_as_number(node, &number));
	ck_assert_double_eq(number.value, 12.5);
	ck_assert(!weir_json_as_bool(node, &value));
}
END_TEST

START_TEST(big_integers_are_exact)
{
	const struct weir_json_node *node = weir_json_first(open_text(
		"[9007199254740993,18446744073709551615,-9223372036854775808,1700000000123456789]"));
	struct weir_json_number number;
	ck_assert(weir_json_as_number(node, &number));
	ck_assert_int_eq(number.i64, INT64_C(9007199254740993));
	node = weir_json_next(node);
	ck_assert(weir_json_as_number(node, &number));
	ck_assert_uint_eq(number.u64, UINT64_MAX);
	ck_assert(number.fits_u64 && !number.fits_i64);
	node = weir_json_next(node);
	ck_assert(weir_json_as_number(node, &number));
	ck_assert_int_eq(number.i64, INT64_MIN);
	ck_assert(number.fits_i64 && !number.fits_u64);
	ck_assert(weir_json_as_number(weir_json_next(node), &number));
	ck_assert_int_eq(number.i64, INT64_C(1700000000123456789));
}
END_TEST

START_TEST(every_key_and_value_has_its_place)
{
	const struct weir_json_node *root = open_text("/* c */ {\n"
						      "\t\"key\" : \"value\", // comment\n"
						      "  \"\xc3\xa9\": /* \xe2\x82\xac */ [10,\r\n"
						      "    true, { \"x\":null } ]\n}");
	assert_position(weir_json_position(root), 1, 9);
	assert_position(weir_json_key_position(root), 1, 9);
	const struct weir_json_node *node = weir_json_first(root);
	assert_position(weir_json_key_position(node), 2, 2);
	assert_position(weir_json_position(node), 2, 10);
	node = weir_json_next(node);
	assert_position(weir_json_key_position(node), 3, 3);
	assert_position(weir_json_position(node), 3, 19);
	node = weir_json_first(node);
	assert_position(weir_json_position(node), 3, 20);
	assert_position(weir_json_key_position(node), 3, 20);
	assert_position(weir_json_position_in(node, 1), 3, 20);
	node = weir_json_next(node);
	assert_position(weir_json_position(node), 4, 5);
	node = weir_json_next(node);
	assert_position(weir_json_position(node), 4, 11);
	assert_position(weir_json_key_position(weir_json_first(node)), 4, 13);
	assert_position(weir_json_position(weir_json_first(node)), 4, 17);
}
END_TEST

START_TEST(byte_of_a_string_has_its_column)
{
	/* value bytes:               a(0) "(1) b(2) e-acute(3,4) LF(5) smile(6..9) euro(10..12) c(13) end(14)
	 */
	const struct weir_json_node *node =
		weir_json_first(open_text("[\n \"a\\\"b\xc3\xa9\\u000A\\ud83d\\ude00\\u20acc\"]"));
	static const uint32_t columns[] = { 3, 4, 6, 7, 7, 9, 15, 15, 15, 15, 27, 27, 27, 33, 34 };
	static const char value[] = { "a\"b\xc3\xa9\n\xf0\x9f\x98\x80\xe2\x82\xac\x63" };
	ck_assert_str_eq(weir_json_string(node), value);
	ck_assert_uint_eq(strlen(weir_json_string(node)), 14);
	for (size_t i = 0; i < sizeof columns / sizeof columns[0]; i++) {
		assert_position(weir_json_position_in(node, i), 2, columns[i]);
	}
	assert_position(weir_json_position_in(node, 15), 2, 34);
	assert_position(weir_json_position_in(node, SIZE_MAX), 2, 34);
	assert_position(weir_json_position(node), 2, 2);
}
END_TEST

START_TEST(empty_string_has_a_place_inside)
{
	const struct weir_json_node *node = open_text("  \"\"");
	assert_position(weir_json_position(node), 1, 3);
	assert_position(weir_json_position_in(node, 0), 1, 4);
	assert_position(weir_json_position_in(node, 5), 1, 4);
	ck_assert_str_eq(weir_json_string(node), "");
}
END_TEST

START_TEST(values_are_told_as_written)
{
	static const char *const raw[] = { "-1.50e2", "a\\n$$", "true", "null" };
	const struct weir_json_node *node = weir_json_first(open_text("[ -1.50e2 , \"a\\n$$\",true,null]"));
	for (size_t i = 0; i < 4; i++, node = weir_json_next(node)) {
		size_t len;
		const char *text = weir_json_raw(node, &len);
		ck_assert_uint_eq(len, strlen(raw[i]));
		ck_assert_int_eq(memcmp(text, raw[i], len), 0);
	}
}
END_TEST

START_TEST(readers_tell_faults_in_their_place)
{
	static const char *const known[] = { "weir", "sources", NULL };
	static const char *const lines[] = {
		"test.json:1:1: error: no \"weir\"; the format's version is required: \"weir\": 1",
		"test.json:1:2: error: unknown key \"surces\"; did you mean \"sources\"?",
		"test.json:1:12: error: 1 is too few", "test.json:2:1: error: unknown key \"x\"; remove it"
	};
	const struct weir_json_node *root = open_text("{\"surces\": 1,\n\"x\": 2}");
	char line[128];
	weir_json_only(&faults, root, known);
	ck_assert(weir_json_version(&faults, root));
	ck_assert_int_eq(weir_json_tell(&faults, weir_json_first(root), "%d is too few", 1), 0);
	weir_diagnostics_sort(&faults);
	ck_assert_uint_eq(weir_diagnostics_count(&faults), 4);
	for (size_t i = 0; i < 4; i++)
		ck_assert_str_eq(
			weir_diagnostic_line(weir_diagnostics_at(&faults, i), line, sizeof line), lines[i]);
}
END_TEST

START_TEST(other_versions_are_told_apart)
{
	ck_assert(weir_json_version(&faults, open_text("{\"weir\": 1}")));
	ck_assert_uint_eq(weir_diagnostics_count(&faults), 0);
	ck_assert(!weir_json_version(&faults, open_text("{\"weir\": 2}")));
	ck_assert(!weir_json_version(&faults, open_text("{\"weir\": \"1\"}")));
	ck_assert_uint_eq(weir_diagnostics_count(&faults), 2);
}
END_TEST

START_TEST(strings_are_unescaped)
{
	const struct weir_json_node *node = open_text("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u0041\\uffff\x7f\"");
	ck_assert_str_eq(weir_json_string(node), "\"\\/\b\f\n\r\tA\xef\xbf\xbf\x7f");
	ck_assert_ptr_null(weir_json_string(open_text("1")));
}
END_TEST

START_TEST(reported_nodes_say_so)
{
	const struct weir_json_node *root = open_text(
		"{\"a\":01,\"b\":1,\"b\":\"\\q\",\"c\":nil,\"\\u0000\":1,\"d\":[1,],\"e\":\"\\u0000\"}");
	static const bool bad_values[] = { true, false, true, true, false, false, true };
	static const bool bad_keys[] = { false, false, true, false, true, false, false };
	const struct weir_json_node *node = weir_json_first(root);
	for (size_t i = 0; i < 7; i++, node = weir_json_next(node)) {
		ck_assert_msg(weir_json_value_is_bad(node) == bad_values[i], "value %zu", i);
		ck_assert_msg(weir_json_key_is_bad(node) == bad_keys[i], "key %zu", i);
	}
	ck_assert_ptr_null(node);
	struct weir_json_number number;
	ck_assert(weir_json_as_number(weir_json_get(root, "b"), &number));
	ck_assert_uint_eq(weir_json_count(weir_json_get(root, "d")), 1);
	ck_assert_uint_eq(weir_diagnostics_count(&faults), 7);
	weir_diagnostics_fini(&faults);
}
END_TEST

START_TEST(repaired_keys_are_no_duplicates)
{
	open_text("{\"\\ud800\":1,\"\\ud800\":2}");
	ck_assert_uint_eq(weir_diagnostics_count(&faults), 2);
	ck_assert_ptr_nonnull(strstr(weir_diagnostics_at(&faults, 1)->text, "lone surrogate"));
}
END_TEST

static int write_file(char *path, const char *text)
{
	strcpy(path, "weir-document-XXXXXX");
	int fd = mkstemp(path);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq((int)write(fd, text, strlen(text)), (int)strlen(text));
	return close(fd);
}

START_TEST(file_opens_as_its_text)
{
	char path[64];
	write_file(path, "{\"a\":\n\"b\"}\n");
	int result = weir_json_open_file(&doc, path, NULL, &faults);
	unlink(path);
	ck_assert_int_eq(result, 0);
	ck_assert_str_eq(weir_json_name(doc), path);
	const struct weir_json_node *node = weir_json_get(weir_json_root(doc), "a");
	ck_assert_str_eq(weir_json_string(node), "b");
	assert_position(weir_json_position(node), 2, 1);
}
END_TEST

START_TEST(bad_file_is_reported_with_its_path)
{
	char path[64];
	write_file(path, "{");
	int result = weir_json_open_file(&doc, path, NULL, &faults);
	unlink(path);
	ck_assert_int_eq(result, WEIR_EPARSE);
	ck_assert_ptr_null(doc);
	ck_assert_str_eq(weir_diagnostics_at(&faults, 0)->file, path);
}
END_TEST

START_TEST(oversized_file_is_refused)
{
	char path[64];
	write_file(path, "{}");
	FILE *file = fopen(path, "ab");
	ck_assert_ptr_nonnull(file);
	for (int i = 0; i < WEIR_JSON_MAX_BYTES - 2; i++) {
		fputc(' ', file);
	}
	fclose(file);
	ck_assert_int_eq(weir_json_open_file(&doc, path, NULL, &faults), 0);
	weir_json_close(doc);
	file = fopen(path, "ab");
	ck_assert_ptr_nonnull(file);
	fputc(' ', file);
	fclose(file);
	int result = weir_json_open_file(&doc, path, NULL, &faults);
	unlink(path);
	ck_assert_int_eq(result, WEIR_EPARSE);
	ck_assert_ptr_nonnull(strstr(weir_diagnostics_at(&faults, 0)->text, "larger than 1 MiB"));
}
END_TEST

START_TEST(unreadable_file_is_reported)
{
	ck_assert_int_eq(weir_json_open_file(&doc, "no/such/file.json", NULL, &faults), WEIR_ENOENT);
	ck_assert_int_eq(weir_json_open_file(&doc, ".", NULL, &faults), WEIR_EIO);
	ck_assert_int_eq(weir_json_open_file(&doc, "/dev/null/x", NULL, &faults), WEIR_EIO);
	ck_assert_ptr_null(doc);
	ck_assert_uint_eq(weir_diagnostics_count(&faults), 3);
	for (size_t i = 0; i < 3; i++) {
		const struct weir_diagnostic *fault = weir_diagnostics_at(&faults, i);
		ck_assert_uint_eq(fault->line, 0);
		ck_assert_ptr_eq(strstr(fault->text, "cannot read the file: "), fault->text);
	}
	ck_assert_str_eq(weir_diagnostics_at(&faults, 0)->file, "no/such/file.json");
}
END_TEST

START_TEST(refused_request_ends_as_no_memory)
{
	char path[64];
	write_file(path, "{\"a\":[1,2,3],\"b\":\"$$\"}");
	bool failed = true;
	for (size_t k = 1; failed; k++) {
		struct counting_alloc memory;
		counting_alloc_init(&memory, k, false);
		struct weir_json_options options = { .alloc = &memory.alloc };
		int result = weir_json_open_file(&doc, path, &options, &faults);
		failed = memory.has_failed;
		ck_assert_int_eq(result, failed ? WEIR_ENOMEM : 0);
		ck_assert_int_eq(doc == NULL, failed);
		weir_json_close(doc);
		doc = NULL;
		ck_assert_int_eq(memory.live, 0);
		ck_assert_uint_lt(k, 100);
	}
	unlink(path);
}
END_TEST

START_TEST(fault_that_cannot_be_told_ends_as_no_memory)
{
	struct counting_alloc memory;
	counting_alloc_init(&memory, 1, true);
	struct weir_diagnostics small;
	weir_diagnostics_init(&small, &memory.alloc);
	char *big = malloc(WEIR_JSON_MAX_BYTES + 1);
	ck_assert_ptr_nonnull(big);
	memset(big, ' ', WEIR_JSON_MAX_BYTES + 1);
	ck_assert_int_eq(weir_json_open(&doc, "x", "[01]", 4, NULL, &small), WEIR_ENOMEM);
	ck_assert_int_eq(weir_json_open(&doc, "x", "[\"${A}\"]", 8, NULL, &small), WEIR_ENOMEM);
	ck_assert_int_eq(weir_json_open(&doc, "x", big, WEIR_JSON_MAX_BYTES + 1, NULL, &small), WEIR_ENOMEM);
	ck_assert_int_eq(weir_json_open_file(&doc, "no/such/file", NULL, &small), WEIR_ENOMEM);
	ck_assert_ptr_null(doc);
	ck_assert_uint_eq(weir_diagnostics_lost(&small), 4);
	weir_diagnostics_fini(&small);
	free(big);
}
END_TEST

/* Build the tree of a document whose text changed, at no change of length, behind the strict pass. */
static int rebuild(const char *text, const char *changed)
{
	open_text(text);
	ck_assert_uint_eq(strlen(text), strlen(changed));
	memcpy(doc->text, changed, strlen(changed));
	return weir_json_build_tree(doc, &faults);
}

START_TEST(tree_unlike_the_nodes_is_refused)
{
	ck_assert_int_eq(rebuild("[1,2]", "[3,4]"), 0);
	ck_assert_int_eq(rebuild("{\"a\":1}", "{\"a\":x}"), WEIR_ENOMEM);
	ck_assert_int_eq(rebuild("[1,2]", "[1,2 "), WEIR_ENOMEM);
	ck_assert_int_eq(rebuild("[1,2]", "[1]] "), WEIR_ENOMEM);
	ck_assert_int_eq(rebuild("[1,2]", "[132]"), WEIR_EINTERNAL);
	ck_assert_int_eq(rebuild("[132]", "[1,2]"), WEIR_EINTERNAL);
	ck_assert_int_eq(rebuild("[12]", "[{}]"), WEIR_EINTERNAL);
	ck_assert_int_eq(rebuild("[12]", "[[]]"), WEIR_EINTERNAL);
	ck_assert_int_eq(rebuild("[12]", "[\"\"]"), WEIR_EINTERNAL);
	ck_assert_int_eq(rebuild("[\"\"]", "[12]"), WEIR_EINTERNAL);
	ck_assert_int_eq(rebuild("{\"a\":1}", "[\"a\",1]"), WEIR_EINTERNAL);
	ck_assert_uint_eq(weir_diagnostics_count(&faults), 10);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("json/document");
	TCase *tc = tcase_create("document");
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, kinds_are_told_apart);
	tcase_add_test(tc, members_come_in_the_order_of_the_file);
	tcase_add_test(tc, empty_and_scalar_values_hold_nothing);
	tcase_add_test(tc, keys_differ_by_case);
	tcase_add_test(tc, escaped_keys_are_found_unescaped);
	tcase_add_test(tc, only_numbers_and_bools_read_as_such);
	tcase_add_test(tc, big_integers_are_exact);
	tcase_add_test(tc, every_key_and_value_has_its_place);
	tcase_add_test(tc, byte_of_a_string_has_its_column);
	tcase_add_test(tc, empty_string_has_a_place_inside);
	tcase_add_test(tc, values_are_told_as_written);
	tcase_add_test(tc, readers_tell_faults_in_their_place);
	tcase_add_test(tc, other_versions_are_told_apart);
	tcase_add_test(tc, strings_are_unescaped);
	tcase_add_test(tc, reported_nodes_say_so);
	tcase_add_test(tc, repaired_keys_are_no_duplicates);
	tcase_add_test(tc, file_opens_as_its_text);
	tcase_add_test(tc, bad_file_is_reported_with_its_path);
	tcase_add_test(tc, oversized_file_is_refused);
	tcase_add_test(tc, unreadable_file_is_reported);
	tcase_add_test(tc, refused_request_ends_as_no_memory);
	tcase_add_test(tc, fault_that_cannot_be_told_ends_as_no_memory);
	tcase_add_test(tc, tree_unlike_the_nodes_is_refused);
	suite_add_tcase(suite, tc);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
