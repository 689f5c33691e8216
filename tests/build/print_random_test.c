/* SPDX-License-Identifier: MIT */
/*
 * print_random_test.c -- what is printed of samples and of random definitions: no compiler has anything to say of it, for
 * hosts, Cortex-M0 and RV32. Compilers that are not there are passed over.
 */
#include <glob.h>
#include <string.h>

#include <weir/load.h>
#include <weir/print.h>

#include "compiler.h"

#include "tests/mcu/draw.h"

#define DEFINITIONS 200u
#define AT_ONCE     50u

typedef int print_fn(
	const struct weir_plan *plan, const struct weir_print_options *options, weir_put_fn *put, void *arg);

static void tell(void *arg, const char *line)
{
	(void)arg;
	puts(line);
}

static void write_one(const struct compiler *c, const struct weir_plan *plan,
	const struct weir_print_options *options, const char *suffix, print_fn *print)
{
	struct printed text = { .bytes = NULL }, again = { .bytes = NULL };
	char name[64];

	ck_assert_int_eq(print(plan, options, printed_put, &text), 0);
	ck_assert_int_eq(print(plan, options, printed_put, &again), 0);
	ck_assert_str_eq(text.bytes, again.bytes);
	snprintf(name, sizeof name, "%s%s", options->name, suffix);
	compiler_write(c, name, text.bytes, text.len);
	printed_free(&text);
	printed_free(&again);
}

static void write_all(const struct compiler *c, struct weir_definition *d, const char *name,
	const struct weir_target *target)
{
	const struct weir_print_options options = {
		.name = name, .from = "*/ ?\?/ \\", .notes = weir_definition_notes(d), .arena = target != NULL
	};
	const struct weir_plan *plan = weir_definition_plan(d), *lean = NULL;

	ck_assert_ptr_nonnull(options.notes);
	if (target != NULL)
		ck_assert_int_eq(weir_target_plan(&lean, plan, target), 0);
	plan = lean != NULL ? lean : plan;
	write_one(c, plan, &options, ".c", weir_print_source);
	write_one(c, plan, &options, ".h", weir_print_header);
	write_one(c, plan, &options, "_config.h", weir_print_config);
	weir_target_plan_close(lean);
}

START_TEST(random_definitions_compile_without_a_warning)
{
	struct weir_load_options options = {
		.fault = tell, .freestanding = true, .span_bytes = 64, .span_items_max = 1
	};
	static char text[DRAW_TEXT_MAX];
	struct compiler c;

	compiler_open(&c);
	for (unsigned i = 0; i < AT_ONCE; i++) {
		struct weir_definition *d;
		char name[16];

		draw_definition(text, (unsigned)_i * AT_ONCE + i + 1);
		ck_assert_msg(weir_definition_open_text(&d, "drawn", text, strlen(text), &options) == 0, "%s",
			text);
		snprintf(name, sizeof name, "d%u", i);
		write_all(&c, d, name, weir_target_find("cortex-m0"));
		weir_definition_close(d);
	}
	compiler_check(&c, true);
	compiler_close(&c);
}
END_TEST

START_TEST(samples_compile_without_a_warning)
{
	struct weir_load_options options = { .fault = tell };
	struct compiler c;
	char pattern[256];
	glob_t found;

	compiler_open(&c);
	snprintf(pattern, sizeof pattern, "%s/samples/*/*.json", compiler_setting("srcdir", "."));
	ck_assert_int_eq(glob(pattern, 0, NULL, &found), 0);
	for (size_t i = 0; i < found.gl_pathc; i++) {
		struct weir_definition *d;
		char name[16];

		if (strstr(found.gl_pathv[i], ".test.json") != NULL)
			continue;
		ck_assert_int_eq(weir_definition_open(&d, found.gl_pathv[i], &options), 0);
		snprintf(name, sizeof name, "s%u", (unsigned)i);
		write_all(&c, d, name, NULL);
		weir_definition_close(d);
	}
	globfree(&found);
	compiler_check(&c, false);
	compiler_close(&c);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("build/print_random");
	TCase *tc = tcase_create("definitions");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_loop_test(
		tc, random_definitions_compile_without_a_warning, 0, (int)(DEFINITIONS / AT_ONCE));
	tcase_add_test(tc, samples_compile_without_a_warning);
	tcase_set_timeout(tc, 300);
	suite_add_tcase(suite, tc);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
