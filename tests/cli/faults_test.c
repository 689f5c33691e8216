/* SPDX-License-Identifier: MIT */
/*
 * faults_test.c -- the commands of `weir` with the k-th allocation or the k-th call of libevent failing, for every k
 * until a clean run: the status is 0 and all of the output is there, or it is another, stderr says why, and the old
 * files are. Nothing leaks, no temporary file is left.
 *
 * The commands are called in this program, as main calls them.
 */
#include <check.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/cli.h"
#include "support/faults.h"
#include "support/probe.h"
#include "support/scene.h"

#define FILE_NAME "definition"
#define ERRORS    "errors"

typedef int command_fn(int argc, char **argv);

/* ---- scenes that a loop can run ---- */

/* It takes time, or what comes out depends on when. */
static bool lasts(const struct weir_plan *p)
{
	static const char *const types[] = { "interval", "poll", "retry", "circuit_breaker", "timeout",
		"expect_every" };

	for (uint16_t i = 0; i < p->n_stages; i++) {
		bool by_clock =
			strcmp(p->stages[i].type->name, "window") == 0 && p->clock == WEIR_CLOCK_MONOTONIC;

		if (by_clock || (p->stages[i].type->flags & WEIR_OP_PORT) != 0)
			return true;
		for (size_t k = 0; k < sizeof types / sizeof types[0]; k++)
			if (strcmp(p->stages[i].type->name, types[k]) == 0)
				return true;
	}
	return false;
}

/* ---- a command ---- */

struct call {
	command_fn *command;
	char *argv[16];
	int argc;
};

static void add_word(struct call *c, const char *word)
{
	PROBE_MUST(c->argc + 1 < (int)(sizeof c->argv / sizeof c->argv[0]));
	c->argv[c->argc++] = (char *)(uintptr_t)word;
}

static struct call make_call(
	command_fn *command, const char *name, const struct scene *scene, const char *more)
{
	struct call c = { .command = command };

	add_word(&c, name);
	for (size_t i = 0; i < SCENE_BINDS && scene->binds[i] != NULL; i++) {
		add_word(&c, "--bind");
		add_word(&c, scene->binds[i]);
	}
	for (const char *word = more; word != NULL && *word != '\0'; word += strlen(word) + 1)
		add_word(&c, word);
	add_word(&c, FILE_NAME);
	return c;
}

static int run(struct call *c)
{
	int rc;

	optind = 0; /* from the start again */
	rc = c->command(c->argc, c->argv);
	(void)fflush(stdout);
	return rc;
}

/* Everything it says goes to a file, unbuffered; what it prints to the scene's stdout, from a buffer that stays. */
static void redirect(void)
{
	static char buffer[4096];
	int fd = open(ERRORS, O_RDWR | O_CREAT | O_APPEND, 0666);

	PROBE_MUST(fd >= 0 && dup2(fd, 2) == 2 && close(fd) == 0);
	PROBE_MUST(setvbuf(stdout, buffer, _IOFBF, sizeof buffer) == 0);
}

static void write_definition(const struct scene *scene)
{
	char *text = scene_definition(scene);
	FILE *f = fopen(FILE_NAME, "w");

	PROBE_MUST(f != NULL && fputs(text, f) >= 0 && fclose(f) == 0);
	free(text);
}

/* ---- with faults ---- */

struct case_of {
	const struct scene *scene;
	struct scene_run run; /* its plan has the names of old files */
	struct scene old;
	struct scene_outputs whole;
	bool ordered;
};

static void prepare(const struct case_of *c)
{
	scene_stage(&c->old);
	write_definition(c->scene);
	PROBE_MUST(truncate(ERRORS, 0) == 0 || access(ERRORS, F_OK) != 0);
	redirect();
}

static bool is_output(const struct case_of *c, const char *name)
{
	for (size_t i = 0; i < c->whole.n; i++)
		if (strcmp(c->whole.names[i], name) == 0)
			return true;
	return false;
}

/* After a failure each file is the old one or the new one. After success it is the new one. */
static void check_files(const struct case_of *c, bool good, const char *what)
{
	struct scene_outputs got;

	scene_collect(&got, c->scene);
	for (size_t i = 0; i < got.n; i++) {
		if (strcmp(got.names[i], FILE_NAME) == 0 || strcmp(got.names[i], ERRORS) == 0 || i == 0)
			continue;
		PROBE_CLAIM(is_output(c, got.names[i]), "%s, %s: %s was left", c->scene->name, what,
			got.names[i]);
	}
	for (size_t i = 0; i < c->whole.n && c->ordered; i++) {
		struct scene_text t = scene_read(c->whole.names[i]);
		bool same = t.len == c->whole.texts[i].len && scene_is_prefix(&t, &c->whole.texts[i]);

		PROBE_CLAIM(same || (!good && (i == 0 || strcmp(t.bytes, SCENE_OLD) == 0)),
			"%s, %s: %s is\n%s", c->scene->name, what, c->whole.names[i], t.bytes);
		free(t.bytes);
	}
	scene_drop(&got);
}

/* Run it with one fault; whether anything went wrong. */
static bool run_with(
	const struct case_of *c, struct call *call, const struct faults *f, int expected, bool files)
{
	char what[64];
	int descriptors, rc;
	struct scene_text said;
	long live;
	bool any;

	(void)snprintf(what, sizeof what, "%s, %s %u%s", call->argv[0],
		f->call == FAULTS_EVENT ? "event" : "malloc", f->k, f->from_there ? " and later" : "");
	prepare(c);
	descriptors = scene_descriptors();
	live = faults_live();
	faults_arm(f);
	rc = run(call);
	any = faults_disarm();
	PROBE_CLAIM(faults_live() == live, "%s, %s: %ld blocks leaked", c->scene->name, what,
		faults_live() - live);
	PROBE_CLAIM(scene_descriptors() == descriptors, "%s, %s: a descriptor was left open", c->scene->name,
		what);
	said = scene_read(ERRORS);
	PROBE_CLAIM(rc == expected || any, "%s, %s: status %d: %s", c->scene->name, what, rc, said.bytes);
	PROBE_CLAIM(rc == 0 || said.len > 0, "%s, %s: status %d, and not a word", c->scene->name, what, rc);
	if (files)
		check_files(c, rc == expected, what);
	free(said.bytes);
	return any;
}

static void run_with_each(
	const struct case_of *c, struct call *call, enum faults_call fault, int expected, bool files)
{
	for (int from_there = 0; from_there < 2; from_there++) {
		uint32_t k = 1;

		while (run_with(c, call,
			&(struct faults){ .call = fault, .k = k, .from_there = from_there != 0 }, expected,
			files))
			PROBE_MUST(k++ < 100000);
	}
}

/* False: not one that a loop can run, or as good as another. */
static bool open_case(struct case_of *c, int i)
{
	bool good;

	if (scene_is_example(i))
		return false;

	memset(c, 0, sizeof *c);
	c->scene = scene_at(i);
	scene_begin();
	scene_load(&c->run, c->scene);
	good = c->scene->horizon_ns == 0 && !lasts(c->run.plan);
	if (good) {
		(void)scene_run_whole(&c->run);
		scene_end(&c->run);
		scene_collect(&c->whole, c->scene);
		c->ordered = scene_is_ordered(c->run.plan) && !weir_failed(c->run.in);
		scene_with_old(&c->old, c->scene, c->run.plan);
	}
	return good;
}

static void close_case(struct case_of *c)
{
	scene_drop(&c->whole);
	scene_close(&c->run);
	scene_over();
}

static int status_of(const struct case_of *c, struct call *call)
{
	prepare(c);
	return run(call);
}

START_TEST(run_says_what_it_could_not_have)
{
	static struct case_of c;
	struct call call;
	int status;

	if (!open_case(&c, _i))
		return;
	call = make_call(cli_run.run, "run", c.scene, "--stats\0");
	status = status_of(&c, &call);
	run_with_each(&c, &call, FAULTS_MALLOC, status, true);
	run_with_each(&c, &call, FAULTS_EVENT, status, true);
	close_case(&c);
}
END_TEST

START_TEST(check_and_compile_say_what_they_could_not_have)
{
	static struct case_of c;
	struct call call;

	if (!open_case(&c, _i))
		return;
	call = make_call(cli_check.run, "check", c.scene, NULL);
	run_with_each(&c, &call, FAULTS_MALLOC, status_of(&c, &call), false);
	call = make_call(cli_compile.run, "compile", c.scene, "-o\0.\0");
	run_with_each(&c, &call, FAULTS_MALLOC, status_of(&c, &call), false);
	close_case(&c);
}
END_TEST

START_TEST(what_prints_a_definition_says_what_it_could_not_have)
{
	static const struct cli_command *const commands[] = { &cli_show, &cli_fmt, &cli_graph };
	static struct case_of c;

	if (!open_case(&c, _i))
		return;
	for (size_t k = 0; k < sizeof commands / sizeof commands[0]; k++) {
		struct call call = make_call(commands[k]->run, commands[k]->name, c.scene, NULL);

		run_with_each(&c, &call, FAULTS_MALLOC, status_of(&c, &call), false);
	}
	close_case(&c);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("cli faults");
	TCase *tc = tcase_create("cli faults");
	SRunner *sr = srunner_create(s);
	int n = (int)scene_make_all(), failed;

	tcase_set_timeout(tc, 300);
	tcase_add_unchecked_fixture(tc, scene_enter, scene_leave);
	tcase_add_loop_test(tc, run_says_what_it_could_not_have, 0, n);
	tcase_add_loop_test(tc, check_and_compile_say_what_they_could_not_have, 0, n);
	tcase_add_loop_test(tc, what_prints_a_definition_says_what_it_could_not_have, 0, n);
	suite_add_tcase(s, tc);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	scene_free_all();
	return failed != 0;
}
