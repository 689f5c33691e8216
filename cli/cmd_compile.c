/* SPDX-License-Identifier: MIT */
/*
 * cmd_compile.c -- `weir compile`: a definition as C, to be built without a parser and without JSON.
 *
 * NAME.c, the plan as const tables with its expressions as functions; NAME.h; and for hosts main.c, a program that runs
 * it in one static arena, for microcontrollers NAME_config.h.
 */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <weir/print.h>

#include "cli.h"

/* Here @n is the name, @N the name in capitals. */
static const char main_c[] =
	"/* Runs @n until its sources end; SIGINT is the system's default. Made by weir compile. */\n"
	"#include <signal.h>\n"
	"#include <stdio.h>\n\n"
	"#include <weir/engine.h>\n"
	"#include <weir/kernels.h>\n"
	"#include <weir/libevent.h>\n\n"
	"#include \"@n.h\"\n\n"
	"static _Alignas(64) unsigned char arena[@N_ARENA_BYTES];\n\n"
	"static int report(const struct weir_instance *in, int rc)\n"
	"{\n"
	"\tconst struct weir_error *e = weir_first_error(in);\n"
	"\tconst struct weir_stage_def *d = e != NULL ? &weir_plan_of(in)->stages[e->stage] : NULL;\n\n"
	"\tif (e == NULL)\n"
	"\t\treturn rc < 0;\n"
	"\tfprintf(stderr, \"%s: \", d->id);\n"
	"\tif (e->line != 0)\n"
	"\t\tfprintf(stderr, \"%s:%llu:%u: \", d->origin != NULL ? d->origin : \"input\",\n"
	"\t\t\t(unsigned long long)e->line, (unsigned)e->column);\n"
	"\telse if (e->item != 0)\n"
	"\t\tfprintf(stderr, \"item %llu: \", (unsigned long long)e->item);\n"
	"\tfprintf(stderr, \"%s\\n\", e->text);\n"
	"\treturn 1;\n"
	"}\n\n"
	"int main(void)\n"
	"{\n"
	"\tstruct weir_libevent *loop = NULL;\n"
	"\tstruct weir_instance *in = NULL;\n"
	"\tint rc, status = 1;\n\n"
	"\t(void)signal(SIGPIPE, SIG_IGN);\n"
	"\tif (weir_libevent_open(&loop, NULL) < 0)\n"
	"\t\treturn 1;\n"
	"\trc = weir_instance_init(&in, arena, sizeof arena, @n_plan(), weir_libevent_platform(loop),\n"
	"\t\tweir_kernels_pick());\n"
	"\tif (rc < 0) {\n"
	"\t\tfprintf(stderr, \"@n: %s\\n\", weir_strerror(rc));\n"
	"\t} else {\n"
	"\t\trc = weir_start(in);\n"
	"\t\tif (rc == WEIR_OK)\n"
	"\t\t\trc = weir_libevent_run(loop);\n"
	"\t\tweir_fini(in);\n"
	"\t\tstatus = report(in, rc);\n"
	"\t}\n"
	"\tweir_libevent_close(loop);\n"
	"\treturn status;\n"
	"}\n";

/* The definition's name as a C name, and in capitals. */
static void c_names(const char *name, char *lower, char *upper, size_t size)
{
	size_t n = 0;

	if (isdigit((unsigned char)name[0]))
		lower[n++] = '_';
	for (; *name != '\0' && n + 1 < size; name++)
		lower[n++] = isalnum((unsigned char)*name) ? *name : '_';
	lower[n] = '\0';
	if (n == 0 || strcmp(lower, "main") == 0) /* main.c is another file */
		strcpy(lower, n == 0 ? "pipeline" : "main_pipeline");
	n = strlen(lower);
	for (size_t i = 0; i <= n; i++)
		upper[i] = (char)toupper((unsigned char)lower[i]);
}

static bool print_main(FILE *f, const char *lower, const char *upper)
{
	const char *text = main_c;

	for (const char *at; (at = strchr(text, '@')) != NULL; text = at + 2) {
		(void)fwrite(text, 1, (size_t)(at - text), f);
		(void)fputs(at[1] == 'n' ? lower : upper, f);
	}
	return fputs(text, f) >= 0 && !ferror(f);
}

static int put(void *arg, const char *text, size_t len)
{
	return fwrite(text, 1, len, arg) == len ? WEIR_OK : WEIR_EIO;
}

static FILE *create(const char *directory, const char *name, const char *suffix)
{
	size_t size = strlen(directory) + strlen(name) + strlen(suffix) + 2;
	char *path = malloc(size);
	FILE *f = NULL;

	if (path == NULL) {
		cli_error("%s", weir_strerror(WEIR_ENOMEM));
		return NULL;
	}
	(void)snprintf(path, size, "%s/%s%s", directory, name, suffix);
	f = fopen(path, "w");
	if (f == NULL)
		cli_error("%s: %s", path, strerror(errno));
	free(path);
	return f;
}

static bool finish(FILE *f, bool good, const char *name)
{
	good = fflush(f) == 0 && good && !ferror(f);
	if (fclose(f) != 0)
		good = false;
	if (!good)
		cli_error("%s: not written: %s", name, strerror(errno != 0 ? errno : EIO));
	return good;
}

typedef int print_fn(
	const struct weir_plan *plan, const struct weir_print_options *options, weir_put_fn *put, void *arg);

static bool write_file(const struct weir_plan *plan, const struct weir_print_options *options,
	const char *directory, const char *suffix, print_fn *print)
{
	FILE *f = create(directory, options->name, suffix);

	return f != NULL && finish(f, print(plan, options, put, f) >= 0, options->name);
}

static bool write_main(const char *directory, const char *lower, const char *upper)
{
	FILE *f = create(directory, "main", ".c");

	return f != NULL && finish(f, print_main(f, lower, upper), "main.c");
}

static int write_all(const struct weir_plan *plan, const struct cli_options *o, const char *const *notes)
{
	const char *slash = strrchr(o->path, '/');
	char lower[128], upper[128];
	struct weir_print_options options = { .name = lower,
		.from = slash != NULL ? slash + 1 : o->path,
		.notes = notes,
		.arena = o->target != NULL };
	bool good;

	if (mkdir(o->output, 0777) < 0 && errno != EEXIST) {
		cli_error("%s: %s", o->output, strerror(errno));
		return CLI_FAILED;
	}
	c_names(plan->name, lower, upper, sizeof lower);
	good = write_file(plan, &options, o->output, ".c", weir_print_source) &&
	       write_file(plan, &options, o->output, ".h", weir_print_header);
	if (o->target != NULL)
		good = good && write_file(plan, &options, o->output, "_config.h", weir_print_config);
	else
		good = good && write_main(o->output, lower, upper);
	return good ? CLI_OK : CLI_FAILED;
}

/* The plan as it is on the machine that it is for. */
static int compile(struct weir_definition *d, const struct cli_options *o)
{
	const char *const *notes = weir_definition_notes(d);
	const struct weir_plan *plan = weir_definition_plan(d), *lean = NULL;
	int rc = notes == NULL ? WEIR_ENOMEM : WEIR_OK, status = CLI_FAILED;

	if (rc == WEIR_OK && o->target != NULL)
		rc = weir_target_plan(&lean, plan, o->target);
	if (rc == WEIR_OK)
		status = write_all(lean != NULL ? lean : plan, o, notes);
	else
		cli_error("%s", weir_strerror(rc));
	weir_target_plan_close(lean);
	return status;
}

static int run(int argc, char **argv)
{
	struct cli_options o;
	struct weir_definition *d = NULL;
	int rc = cli_options_parse(&o, &cli_compile, argc, argv);

	if (rc == 0 && o.output == NULL) {
		cli_error("no directory given; -o DIRECTORY");
		rc = CLI_USAGE;
	}
	o.one_thread = true;
	if (rc == 0)
		rc = cli_load(&d, &o, false);
	if (rc == 0)
		rc = compile(d, &o);
	weir_definition_close(d);
	cli_options_fini(&o);
	return cli_status(rc);
}

static const struct cli_option options[] = {
	{ 'o', "output", "DIR", "where to write; made when missing" },
	CLI_TARGET("a microcontroller, or host (the default); a wrong name lists them"),
	CLI_BATCH("most records that go through a stage at a time; 1 on a microcontroller, which takes\n"
		  "the least RAM; more take fewer instructions a record where records come in bursts"),
	CLI_SET,
	CLI_BIND("let a file stand in for an input or output port; on hosts"),
	CLI_HELP,
	{ .name = NULL },
};

const struct cli_command cli_compile = {
	.name = "compile",
	.run = run,
	.summary = "print a definition as C",
	.operands = "DEFINITION",
	.what = "definition",
	.least = 1,
	.most = 1,
	.about = "Print a definition as C into a directory. For this kind of machine: NAME.c and NAME.h, its "
		 "plan\n"
		 "and expressions, and main.c, a program that runs it. For a microcontroller: NAME.c with a "
		 "static\n"
		 "arena of exactly the bytes that `weir check --target` bills, NAME.h with a struct for each "
		 "record\n"
		 "and calls for each port, and NAME_config.h, for a core of what the plan needs. Variables "
		 "are\n"
		 "settled now; paths stay as they are written.\n\n"
		 "Build it with: cc -O2 -ffp-contract=off DIR/*.c $(pkg-config --cflags --libs weir)\n"
		 "A firmware: docs/COMPILE.md",
	.exit = "0 written, 1 a file could not be written, 64 bad usage, 66 no such file, 78 faults.",
	.options = options,
};
