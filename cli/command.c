/* SPDX-License-Identifier: MIT */
/*
 * command.c -- a command's table as its --help, and as what getopt reads.
 */
#include <getopt.h>
#include <string.h>

#include <weir/diagnostics.h>

#include "cli.h"

#define OPTIONS_MAX 16u

static bool is_short(const struct cli_option *o)
{
	return strchr(CLI_SHORT, o->letter) != NULL && o->letter != 'h';
}

/* "-o, --output DIR" */
static void head(const struct cli_option *o, char *text, size_t size)
{
	int n = is_short(o) ? snprintf(text, size, "-%c, ", o->letter) : 0;

	(void)snprintf(text + n, size - (size_t)n, "--%s%s%s", o->name, o->value != NULL ? " " : "",
		o->value != NULL ? o->value : "");
}

static void print_option(FILE *out, const struct cli_option *o, int width)
{
	const char *line = o->help;
	char text[64];

	head(o, text, sizeof text);
	(void)fprintf(out, "  %-*s   ", width, text);
	for (size_t n; (n = strcspn(line, "\n")), line[n] != '\0'; line += n + 1)
		(void)fprintf(out, "%.*s\n%*s", (int)n, line, width + 5, "");
	(void)fprintf(out, "%s\n", line);
}

void cli_help(FILE *out, const struct cli_command *command)
{
	int width = 0;

	for (const struct cli_option *o = command->options; o->name != NULL; o++) {
		char text[64];

		head(o, text, sizeof text);
		if ((int)strlen(text) > width)
			width = (int)strlen(text);
	}
	(void)fprintf(out, "Usage: weir %s [OPTION]...%s%s\n%s\n\n", command->name,
		command->operands[0] != '\0' ? " " : "", command->operands, command->about);
	for (const struct cli_option *o = command->options; o->name != NULL; o++)
		print_option(out, o, width);
	(void)fprintf(out, "\nExit status: %s\n", command->exit);
}

/* What is wrong with an option that getopt does not take. */
static void tell_option(const struct cli_command *command, const char *given, bool lacks_value)
{
	const char *names[OPTIONS_MAX], *meant;
	size_t n = 0;

	for (const struct cli_option *o = command->options; o->name != NULL && n < OPTIONS_MAX; o++) {
		if (o->letter == optopt && lacks_value) {
			cli_error("--%s wants a value: --%s %s", o->name, o->name, o->value);
			return;
		}
		if (o->letter == optopt && strncmp(given, "--", 2) == 0) {
			cli_error("--%s takes no value", o->name);
			return;
		}
		names[n++] = o->name;
	}
	meant = strncmp(given, "--", 2) == 0 ? weir_closest(given + 2, names, n) : NULL;
	if (meant != NULL)
		cli_error("unknown option \"%s\"; did you mean \"--%s\"?", given, meant);
	else
		cli_error("unknown option \"%s\"", given);
}

int cli_next_option(const struct cli_command *command, int argc, char **argv)
{
	struct option all[OPTIONS_MAX + 1];
	size_t n = 0;
	int c;

	memset(all, 0, sizeof all);
	for (const struct cli_option *o = command->options; o->name != NULL && n < OPTIONS_MAX; o++)
		all[n++] = (struct option){ o->name, o->value != NULL ? required_argument : no_argument, NULL,
			o->letter };
	opterr = 0;
	c = getopt_long(argc, argv, ":o:h", all, NULL);
	for (size_t i = 0; i < n; i++)
		if (c == all[i].val || c == -1)
			return c;
	if (c == '?' || c == ':')
		tell_option(command, argv[optind - 1], c == ':');
	else
		cli_error("`weir %s` has no option -%c", command->name, c);
	return '?';
}
