/* SPDX-License-Identifier: MIT */
/*
 * cmd_test.c -- `weir test`: pipelines held to what files of tests say of them; told as TAP, which people read too.
 */
#include <fnmatch.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cli.h"
#include "sim/text.h"
#include "suite.h"

struct testing {
	const struct cli_options *o;
	const char *pattern; /* of names; NULL: any */
	unsigned n, failed;
	int status; /* the worst */
};

/* Faults weigh more than failures: what was not run says nothing. */
static void note_status(struct testing *g, int status)
{
	if (status > g->status)
		g->status = status;
}

static double seconds_now(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* ---- which ---- */

static bool is_selected(const struct testing *g, const struct suite_test *t)
{
	return g->pattern == NULL || fnmatch(g->pattern, t->name, 0) == 0;
}

/* ---- telling ---- */

/* A test point's line; # begins what is no name, and a line's end ends it. */
static void tell_point(struct testing *g, const char *name, bool good, double ms)
{
	const char *colour = !cli_colour(stdout) ? NULL : good ? "32" : "31", *word = good ? "ok" : "not ok";

	if (colour != NULL)
		(void)printf("\033[%sm%s\033[0m", colour, word);
	else
		(void)fputs(word, stdout);
	(void)printf(" %u - ", g->n);
	for (; *name != '\0'; name++)
		(void)printf(*name == '#' ? "\\%c" : "%c", *name == '\n' ? ' ' : *name);
	(void)printf(" # %.2f ms\n", ms);
}

static void tell_why(const char *why)
{
	for (size_t n; *why != '\0'; why += n + (why[n] == '\n')) {
		n = strcspn(why, "\n");
		(void)printf("#   %.*s\n", (int)n, why);
	}
}

static void play(struct testing *g, struct suite_test *t)
{
	double begun = seconds_now();
	char *text = NULL;
	size_t len;
	FILE *why = sim_stream_open(&text, &len);
	bool good = suite_play(t, why);

	sim_stream_close(why);
	g->n++;
	g->failed += !good;
	tell_point(g, t->name, good, 1e3 * (seconds_now() - begun));
	tell_why(text);
	free(text);
	if (!good)
		note_status(g, CLI_FAILED);
}

/* ---- a file ---- */

static void tell_faults(struct suite *s)
{
	char line[1024];

	weir_diagnostics_sort(&s->faults);
	for (size_t i = 0; i < weir_diagnostics_count(&s->faults); i++)
		cli_tell_fault(
			NULL, weir_diagnostic_line(weir_diagnostics_at(&s->faults, i), line, sizeof line));
}

/* All are cast before the first is played, so that all faults are told; those of a definition once. */
static int cast_all(const struct testing *g, struct suite *s)
{
	int rc = WEIR_OK;

	for (size_t i = 0; i < s->n_tests; i++) {
		struct suite_test *t = &s->tests[i];
		int cast;

		if (!is_selected(g, t))
			continue;
		cast = suite_cast(t, g->o->settings, g->o->n_settings, cli_tell_fault);
		rc = cast < 0 ? cast : rc;
		if (t->plan == NULL)
			break;
	}
	return rc;
}

static void play_all(struct testing *g, struct suite *s)
{
	(void)printf("# %s\n", s->path);
	for (size_t i = 0; i < s->n_tests; i++)
		if (is_selected(g, &s->tests[i]))
			play(g, &s->tests[i]);
}

static void list(struct testing *g, const struct suite *s)
{
	for (size_t i = 0; i < s->n_tests; i++)
		if (is_selected(g, &s->tests[i])) {
			(void)printf("%s: %s\n", s->path, s->tests[i].name);
			g->n++;
		}
}

static void test_file(struct testing *g, const char *path)
{
	struct suite s;
	int rc = suite_open(&s, path);

	if (rc == WEIR_OK && g->o->form == 'L')
		list(g, &s);
	else if (rc == WEIR_OK && (rc = cast_all(g, &s)) == WEIR_OK)
		play_all(g, &s);
	tell_faults(&s);
	if (rc == WEIR_ENOENT || rc == WEIR_EIO)
		note_status(g, CLI_NO_INPUT);
	else if (rc == WEIR_EINVAL)
		note_status(g, CLI_DEFINITION);
	else if (rc < 0) {
		cli_error("%s: %s", path, weir_strerror(rc));
		note_status(g, CLI_FAILED);
	}
	suite_close(&s);
}

static int test_files(const struct cli_options *o)
{
	struct testing g = { .o = o };
	struct sim_text pattern = { 0 };

	if (o->only != NULL) {
		sim_text_add(&pattern, "*%s*", o->only);
		g.pattern = pattern.at;
	}
	if (o->form != 'L')
		(void)puts("TAP version 13");
	for (size_t i = 0; i < o->n_operands; i++)
		test_file(&g, o->operands[i]);
	if (o->form != 'L')
		(void)printf("1..%u\n", g.n);
	if (g.failed > 0)
		(void)printf("# %u of %u failed\n", g.failed, g.n);
	if (g.n == 0 && g.status == CLI_OK) { /* every file has tests: none was selected */
		cli_error("no test is called like \"%s\"; --list names them", o->only);
		g.status = CLI_USAGE;
	}
	sim_text_fini(&pattern);
	return g.status;
}

static int run(int argc, char **argv)
{
	struct cli_options o;
	int rc = cli_options_parse(&o, &cli_test, argc, argv);

	if (rc == 0)
		rc = test_files(&o);
	cli_options_fini(&o);
	return cli_status(rc);
}

static const struct cli_option options[] = {
	{ 'O', "only", "TEXT", "those whose name holds TEXT, which may be a pattern: 'hot*told'" },
	{ 'L', "list", NULL, "name the tests and run none" },
	CLI_SET,
	CLI_HELP,
	{ .name = NULL },
};

const struct cli_command cli_test = {
	.name = "test",
	.run = run,
	.summary = "hold a definition to what a file of tests says of it",
	.operands = "TESTS...",
	.what = "file of tests",
	.least = 1,
	.most = UINT_MAX,
	.about = "Run the tests in each file: a definition whose sources and sinks are played, on a clock of "
		 "its\n"
		 "own. Prints TAP: a line a test, and below one that failed what was expected and what came.",
	.exit = "0 when all hold, 1 when one does not, 64 bad usage, 66 no such file, 78 faults in a file\n"
		"of tests or its definition.",
	.options = options,
};
