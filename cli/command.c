/* SPDX-License-Identifier: MIT */
/*
 * command.c -- a command's table as its --help, and as what getopt reads.
 */
#include <getopt.h>
#include <string.h>

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

int cli_next_option(const struct cli_command *command, int argc, char **argv)
{
	struct option all[OPTIONS_MAX + 1];
	size_t n = 0;
	int c;

	memset(all, 0, sizeof all);
	for (const struct cli_option *o = command->options; o->name != NULL && n < OPTIONS_MAX; o++)
		all[n++] = (struct option){ o->name, o->value != NULL ? required_argument : no_argument, NULL,
			o->letter };
	c = getopt_long(argc, argv, "o:h", all, NULL);
	for (size_t i = 0; i < n; i++)
		if (c == all[i].val || c == -1 || c == '?')
			return c;
	cli_error("`weir %s` has no option -%c", command->name, c);
	return '?';
}
