/* SPDX-License-Identifier: MIT */
/*
 * options.c -- command lines, loading, and messages: what every command does the same way.
 */
#include <getopt.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <weir/build.h>

#include "cli.h"

#define BATCH_MAX 1024u
/* On a microcontroller: streams of bytes go in small pieces (lib/build), and no batch of records is larger. */
#define TARGET_SPAN_BYTES 4095u

bool cli_colour(FILE *stream)
{
	const char *no = getenv("NO_COLOR");

	return (no == NULL || *no == '\0') && isatty(fileno(stream));
}

static void say(const char *word, const char *colour, const char *format, va_list args)
{
	if (cli_colour(stderr))
		(void)fprintf(stderr, "weir: \033[%sm%s:\033[0m ", colour, word);
	else
		(void)fprintf(stderr, "weir: %s: ", word);
	(void)vfprintf(stderr, format, args);
	(void)fputc('\n', stderr);
}

void cli_error(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say("error", "31", format, args);
	va_end(args);
}

void cli_warning(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say("warning", "33", format, args);
	va_end(args);
}

static int take_stall(struct cli_options *o)
{
	const char *why = "";

	if (weir_text_duration(optarg, &o->stall_ns, &why) == WEIR_OK && o->stall_ns > 0)
		return 0;
	cli_error("--stall %s: %s", optarg, *why != '\0' ? why : "nothing is that short; try 100ms");
	return CLI_USAGE;
}

static int take_target(struct cli_options *o)
{
	if (strcmp(optarg, "host") == 0)
		return 0;
	o->target = weir_target_find(optarg);
	if (o->target != NULL)
		return 0;
	(void)fprintf(stderr, "weir: error: unknown target \"%s\"; one of host", optarg);
	for (const struct weir_target *t = weir_targets(); t->name != NULL; t++)
		(void)fprintf(stderr, " %s", t->name);
	(void)fputc('\n', stderr);
	return CLI_USAGE;
}

static int take_batch(struct cli_options *o)
{
	char *end;
	unsigned long n = strtoul(optarg, &end, 10);

	if (*end == '\0' && optarg[0] >= '1' && optarg[0] <= '9' && n <= BATCH_MAX) {
		o->batch = (uint32_t)n;
		return 0;
	}
	cli_error("--batch %s: wants a number of records from 1 to %u", optarg, BATCH_MAX);
	return CLI_USAGE;
}

static int take_option(struct cli_options *o, int c)
{
	switch (c) {
	case 's':
	case 'b':
		if (strchr(optarg, '=') == NULL) {
			cli_error("\"%s\" has no \"=\"; write NAME=VALUE", optarg);
			return CLI_USAGE;
		}
		if (c == 's')
			o->settings[o->n_settings++] = optarg;
		else
			o->binds[o->n_binds++] = optarg;
		return 0;
	case 't':
		o->stats = true;
		return 0;
	case 'l':
		return take_stall(o);
	case 'x':
		o->strict = true;
		return 0;
	case 'o':
		o->output = optarg;
		return 0;
	case 'T':
		return take_target(o);
	case 'n':
		return take_batch(o);
	case 'O':
		o->only = optarg;
		return 0;
	case 'S':
		o->stats_file = optarg;
		return 0;
	case 'c':
	case 'e':
	case 'g':
	case 'j':
	case 'L':
	case 'm':
	case 'M':
	case 'w':
		o->form = (char)c;
		return 0;
	default:
		return CLI_USAGE;
	}
}

static int count_operands(const struct cli_options *o, const struct cli_command *command)
{
	if (o->n_operands < command->least)
		cli_error("no %s given", command->what);
	else if (o->n_operands > command->most && command->what == NULL)
		cli_error("\"%s\" is no option; `weir %s` takes nothing else", o->operands[0], command->name);
	else if (o->n_operands > command->most)
		cli_error("more than one %s given", command->what);
	else
		return 0;
	return CLI_USAGE;
}

int cli_options_parse(struct cli_options *o, const struct cli_command *command, int argc, char **argv)
{
	int c, rc = 0;

	memset(o, 0, sizeof *o);
	o->settings = calloc((size_t)argc + 1, sizeof *o->settings);
	o->binds = calloc((size_t)argc + 1, sizeof *o->binds);
	if (o->settings == NULL || o->binds == NULL) {
		cli_error("%s", weir_strerror(WEIR_ENOMEM));
		return CLI_FAILED;
	}
	while (rc == 0 && (c = cli_next_option(command, argc, argv)) != -1) {
		if (c == 'h') {
			cli_help(stdout, command);
			return CLI_DONE;
		}
		rc = c == '?' ? CLI_USAGE : take_option(o, c);
	}
	if (rc == 0) {
		o->operands = argv + optind;
		o->n_operands = (size_t)(argc - optind);
		o->path = o->operands[0];
		rc = count_operands(o, command);
	}
	if (rc == CLI_USAGE)
		(void)fprintf(stderr, "Try `weir %s --help`.\n", command->name);
	return rc;
}

int cli_status(int rc)
{
	return rc == CLI_DONE ? CLI_OK : rc;
}

void cli_options_fini(struct cli_options *o)
{
	free(o->settings);
	free(o->binds);
}

/* A line with its severity in colour, on a terminal. */
static void tell_line(const char *line, const char *word, const char *colour)
{
	const char *at = strstr(line, word);

	if (at != NULL && cli_colour(stderr))
		(void)fprintf(stderr, "%.*s\033[%sm%s\033[0m%s\n", (int)(at - line), line, colour, word,
			at + strlen(word));
	else
		(void)fprintf(stderr, "%s\n", line);
}

void cli_tell_fault(void *arg, const char *line)
{
	(void)arg;
	tell_line(line, " error:", "31");
}

static void tell_warning(void *arg, const char *line)
{
	(void)arg;
	tell_line(line, " warning:", "33");
}

static struct weir_load_options load_options(const struct cli_options *o)
{
	struct weir_load_options options = { .settings = o->settings,
		.n_settings = o->n_settings,
		.binds = o->binds,
		.n_binds = o->n_binds,
		.fault = cli_tell_fault,
		.warning = o->warnings ? tell_warning : NULL,
		.strict = o->strict,
		.one_thread = o->one_thread };

	options.span_items_max = o->batch;
	if (o->target != NULL) {
		options.freestanding = true;
		options.span_bytes = TARGET_SPAN_BYTES;
		options.span_items_max = o->batch > 0 ? o->batch : 1; /* what a sensor sends at a time */
	}
	return options;
}

/* The exit status of what a load returned; what is no fault of the definition is told. */
static int loaded(const struct cli_options *o, int rc)
{
	if (rc == 0)
		return 0;
	if (rc == WEIR_EINVAL)
		return CLI_DEFINITION;
	if (rc == WEIR_ENOENT || rc == WEIR_EIO)
		return CLI_NO_INPUT;
	cli_error("%s: %s", o->path, weir_strerror(rc));
	return CLI_FAILED;
}

static const char *file_of(const struct cli_options *o)
{
	return strcmp(o->path, "-") == 0 ? "/dev/stdin" : o->path;
}

int cli_load(struct weir_definition **d, const struct cli_options *o, bool ports_must_be_bound)
{
	struct weir_load_options options = load_options(o);

	options.ports_must_be_bound = ports_must_be_bound;
	return loaded(o, weir_definition_open(d, file_of(o), &options));
}

int cli_show_definition(const struct cli_options *o, weir_put_fn *put, void *arg)
{
	struct weir_load_options options = load_options(o);

	return loaded(o, weir_definition_show(file_of(o), &options, put, arg));
}

void cli_describe(char *text, size_t size, const struct weir_plan *plan, const struct weir_error *e)
{
	const struct weir_stage_def *d = &plan->stages[e->stage];

	if (e->line != 0)
		(void)snprintf(text, size, "%s: %s:%llu:%u: %s", d->id,
			d->origin != NULL ? d->origin : "input", (unsigned long long)e->line, e->column,
			e->text);
	else if (e->item != 0)
		(void)snprintf(text, size, "%s: item %llu: %s", d->id, (unsigned long long)e->item, e->text);
	else if (d->origin != NULL && strncmp(e->text, d->origin, strlen(d->origin)) != 0)
		(void)snprintf(text, size, "%s: %s: %s", d->id, d->origin, e->text);
	else
		(void)snprintf(text, size, "%s: %s", d->id, e->text);
}
