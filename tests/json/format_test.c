/* SPDX-License-Identifier: MIT */
/*
 * format_test.c -- a definition laid out anew is the same definition, comments and all; shown, it is so too.
 *
 * In the texts below ' stands for ".
 */
#ifndef _POSIX_C_SOURCE
#define _POSIX_C_SOURCE 200809L
#endif

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <weir/error.h>
#include <weir/load.h>
#include <weir/print.h>

#include "mcu/draw.h"

#define TEXT_MAX (1u << 20)
#define ROUNDS   4
#define SEEDS    15 /* of a round */

struct text {
	size_t len;
	char at[TEXT_MAX];
};

static struct text before, scattered, after, again, plan, other_plan;
static size_t faults;

static int keep(void *arg, const char *bytes, size_t n)
{
	struct text *t = arg;

	ck_assert_uint_lt(t->len + n, TEXT_MAX);
	memcpy(t->at + t->len, bytes, n);
	t->len += n;
	t->at[t->len] = '\0';
	return WEIR_OK;
}

static void count_fault(void *arg, const char *line)
{
	(void)arg;
	(void)line;
	faults++;
}

static int format(const struct text *from, struct text *to)
{
	to->len = 0;
	to->at[0] = '\0';
	faults = 0;
	return weir_definition_format("x.json", from->at, from->len, keep, to, count_fault, NULL);
}

static void set(struct text *t, const char *text)
{
	t->len = 0;
	for (; *text != '\0'; text++)
		t->at[t->len++] = *text == '\'' ? '"' : *text;
	t->at[t->len] = '\0';
}

/* ---- by hand ---- */

static const struct {
	const char *claim, *from, *to;
} rows[] = {
	{ "what_fits_stays_on_a_line", "{'a':[1,2 ,{'b' : null}],'c':{},'d':[ ]}",
		"{\n  'a': [1, 2, { 'b': null }],\n  'c': {},\n  'd': []\n}\n" },
	{ "what_is_no_object_too", "[1,[2]]", "[\n  1,\n  [2]\n]\n" },
	{ "a_scalar_is_a_line", "  3 \n", "3\n" },
	{ "a_stage_is_a_line", "{'streams':{'s':[{'range':3},{'null':{}}]}}",
		"{\n  'streams': {\n    's': [\n      { 'range': 3 },\n      { 'null': {} }\n    ]\n  "
		"}\n}\n" },
	{ "a_record_is_too", "{'records':{'r':{'x':'u8'}}}",
		"{\n  'records': {\n    'r': { 'x': 'u8' }\n  }\n}\n" },
	{ "spelling_stays", "{'\\u0061': 1.50e+1, 'b': '\\/ \\'}'}",
		"{\n  '\\u0061': 1.50e+1,\n  'b': '\\/ \\'}'\n}\n" },
	{ "comments_stay_behind_or_before",
		"// one\n{ // two\n  // three\n\n\n  'a': 1, // four\n  /* five */\n  'b': 2 // six\n  // "
		"seven\n} // eight\n"
		"// nine",
		"// one\n{ // two\n  // three\n\n  'a': 1, // four\n  /* five */\n  'b': 2 // six\n  // "
		"seven\n} // eight\n"
		"// nine\n" },
	{ "a_comma_goes_before_a_comment", "{'a': 1 // x\n, 'b': 2\n// y\n, // z\n'c': 3}",
		"{\n  'a': 1, // x\n  'b': 2,\n  // y\n  // z\n  'c': 3\n}\n" },
	{ "one_within_a_member_goes_before_it", "{'a' /* x */ : // y\n 1}",
		"{\n  /* x */\n  // y\n  'a': 1\n}\n" },
	{ "lines_of_a_comment_stay", "{\n  /* a  \n b\r\n\tc */ 'a': 1}",
		"{\n  /* a\n b\n\tc */\n  'a': 1\n}\n" },
	{ "a_comment_takes_lines", "{'a': [1, // x\n2]}", "{\n  'a': [\n    1, // x\n    2\n  ]\n}\n" },
	{ "one_blank_line_sets_apart", "{\n\n'a': 1,\n\n\n\n'b': 2,\n'c': 3\n\n}",
		"{\n  'a': 1,\n\n  'b': 2,\n  'c': 3\n}\n" },
	{ "the_last_object_is_hugged",
		"{'streams': {'s': [{'window': {'tumbling': '60s', 'emit': "
		"{'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa': "
		"'count()', 'bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb': 'sum(x)'}}}]}}",
		"{\n  'streams': {\n    's': [\n      { 'window': { 'tumbling': '60s', 'emit': {\n"
		"        'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa': 'count()',\n"
		"        'bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb': 'sum(x)'\n      } } }\n "
		"   ]\n  }\n}\n" },
};

START_TEST(is_laid_out)
{
	struct text *want = &plan;

	set(&before, rows[_i].from);
	set(want, rows[_i].to);
	ck_assert_int_eq(format(&before, &after), 0);
	ck_assert_msg(strcmp(after.at, want->at) == 0, "%s:\n%s", rows[_i].claim, after.at);
	ck_assert_int_eq(format(&after, &again), 0);
	ck_assert_str_eq(after.at, again.at);
}
END_TEST

static const char *const refused[] = { "", "{'a': 1,}", "{'a': 1, 'a': 2}", "{'a': 01}", "{'a': 1} x",
	"{'a': '${1'}", "{'a': 1 /* x", "{a: 1}" };

START_TEST(what_the_strict_pass_refuses_is_refused)
{
	set(&before, refused[_i]);
	ck_assert_int_eq(format(&before, &after), WEIR_EINVAL);
	ck_assert_uint_gt(faults, 0);
	ck_assert_uint_eq(after.len, 0);
}
END_TEST

static int refuse(void *arg, const char *bytes, size_t n)
{
	(void)arg;
	(void)bytes;
	(void)n;
	return WEIR_EIO;
}

START_TEST(variables_need_no_values_and_a_full_disk_is_told)
{
	set(&before, "{'a': '${UNSET}', 'b': '${UNSET:?say it}'}");
	ck_assert_int_eq(format(&before, &after), 0);
	ck_assert_int_eq(
		weir_definition_format("x", before.at, before.len, refuse, NULL, NULL, NULL), WEIR_EIO);
}
END_TEST

/* ---- at random ---- */

static void same(const struct text *a, const struct text *b, uint64_t seed)
{
	ck_assert_msg(a->len == b->len && memcmp(a->at, b->at, a->len) == 0, "seed %u", (unsigned)seed);
}

static uint64_t state;

static unsigned pick(unsigned n)
{
	state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (unsigned)(state >> 33) % n;
}

static void copy(struct text *to, const char *bytes)
{
	(void)keep(to, bytes, strlen(bytes));
}

/* Blanks, line ends and comments between all that can be told apart. Returns how many comments. */
static unsigned scatter(const char *from, struct text *to)
{
	static const char *const blanks[] = { "", "", " ", "\n", "\n\n\n", "\t", "\r\n", " /*c*/ ", " //c\n",
		"\n//c\n\n", "\n/* c\n  c */\n" };
	bool quoted = false;
	unsigned n = 0;

	to->len = 0;
	for (; *from != '\0'; from++) {
		bool apart = !quoted && strchr("{}[],:", *from) != NULL;

		for (int side = 0; side < 2; side++) {
			unsigned k = apart ? pick(11) : 0;

			n += k >= 7;
			copy(to, blanks[k]);
			if (side == 0)
				(void)keep(to, from, 1);
		}
		if (*from == '"' && from[-1] != '\\')
			quoted = !quoted;
	}
	return n;
}

static unsigned comments_in(const struct text *t)
{
	unsigned n = 0;

	for (const char *at = t->at; (at = strchr(at, '/')) != NULL; at++)
		n += at[1] == '*' || at[1] == '/';
	return n;
}

/* What a definition comes to, as C. */
static void print_plan(const struct text *from, struct text *to)
{
	struct weir_print_options options = { .name = "x" };
	struct weir_definition *d = NULL;

	to->len = 0;
	ck_assert_int_eq(weir_definition_open_text(&d, "x.json", from->at, from->len, NULL), 0);
	ck_assert_int_eq(weir_print_source(weir_definition_plan(d), &options, keep, to), 0);
	weir_definition_close(d);
}

static void try_layout(uint64_t seed)
{
	static char text[DRAW_TEXT_MAX];
	unsigned comments;

	state = seed;
	draw_definition(text, seed + 1);
	before.len = 0;
	copy(&before, text);
	comments = comments_in(&before) + scatter(text, &scattered);
	print_plan(&before, &plan);
	ck_assert_int_eq(format(&scattered, &after), 0);
	print_plan(&after, &other_plan);
	same(&plan, &other_plan, seed);
	ck_assert_uint_eq(comments_in(&after), comments);
	ck_assert_int_eq(format(&after, &again), 0);
	same(&after, &again, seed);
}

START_TEST(the_plan_stays_and_so_do_comments)
{
	for (unsigned k = 0; k < SEEDS; k++)
		try_layout((uint64_t)_i * SEEDS + k);
}
END_TEST

static void show(const struct text *from, struct text *to)
{
	char path[] = "/tmp/weir-show-XXXXXX";
	int fd = mkstemp(path);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, from->at, from->len), (ssize_t)from->len);
	(void)close(fd);
	to->len = 0;
	ck_assert_int_eq(weir_definition_show(path, NULL, keep, to), 0);
	(void)unlink(path);
}

static void try_show(uint64_t seed)
{
	static char text[DRAW_TEXT_MAX];

	draw_definition(text, seed + 1);
	before.len = 0;
	copy(&before, text);
	print_plan(&before, &plan);
	show(&before, &after);
	print_plan(&after, &other_plan);
	same(&plan, &other_plan, seed);
	show(&after, &again);
	same(&after, &again, seed);
	ck_assert_int_eq(format(&after, &again), 0);
	same(&after, &again, seed);
}

START_TEST(what_is_shown_is_the_same_plan)
{
	for (unsigned k = 0; k < SEEDS; k++)
		try_show((uint64_t)_i * SEEDS + k);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("format");
	TCase *tc = tcase_create("format");
	SRunner *sr = srunner_create(suite);
	int failed;

	suite_add_tcase(suite, tc);
	tcase_add_loop_test(tc, is_laid_out, 0, sizeof rows / sizeof *rows);
	tcase_add_loop_test(tc, what_the_strict_pass_refuses_is_refused, 0, sizeof refused / sizeof *refused);
	tcase_add_test(tc, variables_need_no_values_and_a_full_disk_is_told);
	tcase_add_loop_test(tc, the_plan_stays_and_so_do_comments, 0, ROUNDS);
	tcase_add_loop_test(tc, what_is_shown_is_the_same_plan, 0, ROUNDS);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
