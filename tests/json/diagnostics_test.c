/* SPDX-License-Identifier: MIT */
/*
 * diagnostics_test.c -- claims about the list of faults and about "did you mean".
 */
#include <weir/diagnostics.h>
#include "tests/json/counting_alloc.h"

#include <weir/error.h>

#include <check.h>
#include <stdlib.h>
#include <string.h>

static struct weir_diagnostics list;

static void setup(void)
{
	weir_diagnostics_init(&list, NULL);
}

static void teardown(void)
{
	weir_diagnostics_fini(&list);
}

static void assert_printed(const char *expected)
{
	char text[1024];
	FILE *file = tmpfile();
	ck_assert_ptr_nonnull(file);
	ck_assert_int_eq(weir_diagnostics_print(&list, file), 0);
	rewind(file);
	size_t n = fread(text, 1, sizeof text - 1, file);
	fclose(file);
	text[n] = '\0';
	ck_assert_str_eq(text, expected);
}

START_TEST(faults_are_printed_as_file_line_column)
{
	ck_assert_int_eq(weir_diagnostics_add(
				 &list, "a.json", 3, 14, "unknown key \"%s\"; did you mean %s?", "x", "y"),
		0);
	weir_diagnostics_add(&list, "b.json", 0, 0, "cannot read");
	assert_printed(
		"a.json:3:14: error: unknown key \"x\"; did you mean y?\nb.json: error: cannot read\n");
}
END_TEST

START_TEST(no_fault_prints_nothing)
{
	weir_diagnostics_sort(&list);
	assert_printed("");
	ck_assert_uint_eq(weir_diagnostics_count(&list), 0);
	ck_assert_ptr_null(weir_diagnostics_at(&list, 0));
}
END_TEST

START_TEST(sorting_orders_by_place_then_as_added)
{
	weir_diagnostics_add(&list, "b", 1, 1, "six");
	weir_diagnostics_add(&list, "a", 10, 2, "five");
	weir_diagnostics_add(&list, "a", 9, 30, "z four");
	weir_diagnostics_add(&list, "a", 9, 4, "two");
	weir_diagnostics_add(&list, "a", 9, 30, "a four");
	weir_diagnostics_add(&list, "a", 2, 99, "one");
	weir_diagnostics_sort(&list);
	assert_printed("a:2:99: error: one\na:9:4: error: two\na:9:30: error: z four\na:9:30: error: a four\n"
		       "a:10:2: error: five\nb:1:1: error: six\n");
}
END_TEST

START_TEST(exact_repeats_are_dropped)
{
	for (int i = 0; i < 3; i++) {
		weir_diagnostics_add(&list, "a", 1, 1, "z");
		weir_diagnostics_add(&list, "a", 1, 1, "same");
		weir_diagnostics_add(&list, "a", 1, 2, "same");
		weir_diagnostics_add(&list, "b", 1, 1, "same");
	}
	weir_diagnostics_sort(&list);
	ck_assert_uint_eq(weir_diagnostics_count(&list), 4);
	assert_printed("a:1:1: error: z\na:1:1: error: same\na:1:2: error: same\nb:1:1: error: same\n");
	weir_diagnostics_add(&list, "a", 1, 1, "a");
	weir_diagnostics_add(&list, "a", 1, 1, "z");
	weir_diagnostics_sort(&list);
	ck_assert_uint_eq(weir_diagnostics_count(&list), 5);
	ck_assert_str_eq(weir_diagnostics_at(&list, 0)->text, "z");
	ck_assert_str_eq(weir_diagnostics_at(&list, 2)->text, "a");
}
END_TEST

START_TEST(warnings_are_told_and_are_no_errors)
{
	weir_diagnostics_add(&list, "a", 2, 1, "fault");
	for (int i = 0; i < 2; i++)
		ck_assert_int_eq(weir_diagnostics_warn(&list, "a", 1, 7, "may %s", "stall"), 0);
	weir_diagnostics_warn(&list, "a", 0, 0, "may fail");
	ck_assert_uint_eq(weir_diagnostics_errors(&list), 1);
	weir_diagnostics_sort(&list);
	ck_assert_uint_eq(weir_diagnostics_count(&list), 3);
	ck_assert_uint_eq(weir_diagnostics_errors(&list), 1);
	assert_printed("a: warning: may fail\na:1:7: warning: may stall\na:2:1: error: fault\n");
}
END_TEST

START_TEST(fault_is_always_one_line)
{
	weir_diagnostics_add(&list, "a\nb", 1, 1, "key \"%s\"; rename it", "x\n\033[31m\x7f\xc3\xa9");
	assert_printed("a?b:1:1: error: key \"x??[31m?\xc3\xa9\"; rename it\n");
}
END_TEST

START_TEST(list_grows_and_is_read_by_index)
{
	for (uint32_t i = 0; i < 1000; i++) {
		ck_assert_int_eq(weir_diagnostics_add(&list, "a", 1000 - i, 1, "fault %u", (unsigned)i), 0);
	}
	ck_assert_uint_eq(weir_diagnostics_count(&list), 1000);
	ck_assert_str_eq(weir_diagnostics_at(&list, 999)->text, "fault 999");
	weir_diagnostics_sort(&list);
	ck_assert_str_eq(weir_diagnostics_at(&list, 0)->text, "fault 999");
	ck_assert_uint_eq(weir_diagnostics_at(&list, 999)->line, 1000);
	ck_assert_ptr_null(weir_diagnostics_at(&list, 1000));
	weir_diagnostics_fini(&list);
	ck_assert_uint_eq(weir_diagnostics_count(&list), 0);
	ck_assert_int_eq(weir_diagnostics_add(&list, "a", 1, 1, "again"), 0);
}
END_TEST

START_TEST(failed_write_is_told)
{
	FILE *full = fopen("/dev/full", "w");
	ck_assert_ptr_nonnull(full);
	weir_diagnostics_add(&list, "a", 1, 1, "fault");
	ck_assert_int_eq(weir_diagnostics_print(&list, full), WEIR_EIO);
	fclose(full);
}
END_TEST

START_TEST(lost_faults_are_counted)
{
	for (size_t k = 1; k < 5; k++) {
		struct counting_alloc memory;
		counting_alloc_init(&memory, k, true);
		weir_diagnostics_init(&list, &memory.alloc);
		size_t lost = 0;
		for (int i = 0; i < 3; i++) {
			int result = weir_diagnostics_add(&list, "a", 1, 1, "fault");
			ck_assert(result == 0 || result == WEIR_ENOMEM);
			lost += result == WEIR_ENOMEM;
		}
		ck_assert_uint_eq(lost, k < 3 ? 3 : 5 - k);
		ck_assert_uint_eq(weir_diagnostics_lost(&list), lost);
		ck_assert_uint_eq(weir_diagnostics_count(&list), 3 - lost);
		if (k == 4) {
			assert_printed("a:1:1: error: fault\na:1:1: error: fault\n"
				       "weir: error: no memory to report 1 more faults\n");
		}
		weir_diagnostics_fini(&list);
		ck_assert_uint_eq(weir_diagnostics_lost(&list), 0);
		ck_assert_int_eq(memory.live, 0);
		weir_diagnostics_init(&list, NULL);
	}
}
END_TEST

static const char *const operators[] = { "map", "filter", "take", "take_while", "throttle", "window", "merge",
	"merge_sorted", "rate_limit", "distinct_until_changed" };

static const struct {
	const char *word;
	const char *closest;
} words[] = {
	{ "filter", "filter" },
	{ "fliter", "filter" },
	{ "filtr", "filter" },
	{ "filterr", "filter" },
	{ "filber", "filter" },
	{ "Filter", "filter" },
	{ "FILTER", "filter" },
	{ "throtle", "throttle" },
	{ "trottel", "throttle" },
	{ "windows", "window" },
	{ "mpa", "map" },
	{ "mop", "map" },
	{ "ma", "map" },
	{ "takewhile", "take_while" },
	{ "rate-limit", "rate_limit" },
	{ "distinct_untl_chnged", "distinct_until_changed" },
	{ "mergesorted", "merge_sorted" },
	{ "aggregate", NULL },
	{ "flttr", NULL },
	{ "xyz", NULL },
	{ "x", NULL },
	{ "", NULL },
};

START_TEST(closest_word_is_found_or_none)
{
	const char *got = weir_closest(words[_i].word, operators, sizeof operators / sizeof operators[0]);
	if (words[_i].closest) {
		ck_assert_msg(got && strcmp(got, words[_i].closest) == 0, "%s: %s", words[_i].word, got);
	} else {
		ck_assert_msg(!got, "%s: %s", words[_i].word, got);
	}
}
END_TEST

START_TEST(closer_word_wins_and_of_equals_the_first)
{
	static const char *const near[] = { "abcdefgXX", "abcdefgX", "abcdefgY" };
	ck_assert_str_eq(weir_closest("abcdefgh", near, 3), "abcdefgX");
	ck_assert_ptr_null(weir_closest("abc", NULL, 0));
}
END_TEST

START_TEST(short_words_have_something_in_common)
{
	static const char *const letters[] = { "b", "c" };
	static const char *const longer[] = { "ab" };
	ck_assert_ptr_null(weir_closest("a", letters, 2));
	ck_assert_str_eq(weir_closest("a", longer, 1), "ab");
}
END_TEST

START_TEST(very_long_words_have_no_match)
{
	char word[128];
	memset(word, 'a', sizeof word);
	const char *const same[] = { word };
	word[64] = '\0';
	ck_assert_ptr_eq(weir_closest(word, same, 1), word);
	word[64] = 'a';
	word[65] = '\0';
	ck_assert_ptr_null(weir_closest(word, same, 1));
	ck_assert_ptr_null(weir_closest("aaaa", same, 1));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("json/diagnostics");
	TCase *tc = tcase_create("diagnostics");
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, faults_are_printed_as_file_line_column);
	tcase_add_test(tc, no_fault_prints_nothing);
	tcase_add_test(tc, sorting_orders_by_place_then_as_added);
	tcase_add_test(tc, exact_repeats_are_dropped);
	tcase_add_test(tc, warnings_are_told_and_are_no_errors);
	tcase_add_test(tc, fault_is_always_one_line);
	tcase_add_test(tc, list_grows_and_is_read_by_index);
	tcase_add_test(tc, failed_write_is_told);
	tcase_add_test(tc, lost_faults_are_counted);
	tcase_add_loop_test(tc, closest_word_is_found_or_none, 0, (int)(sizeof words / sizeof words[0]));
	tcase_add_test(tc, closer_word_wins_and_of_equals_the_first);
	tcase_add_test(tc, short_words_have_something_in_common);
	tcase_add_test(tc, very_long_words_have_no_match);
	suite_add_tcase(suite, tc);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
