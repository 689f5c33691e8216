/* SPDX-License-Identifier: MIT */
/*
 * cmd_help.c -- `weir help`: the commands, one of them, or all as a manual page.
 */
#include <string.h>

#include <weir/diagnostics.h>

#include "cli.h"

static const char exit_statuses[] = "0 success, 1 a stream failed, 64 bad usage, 66 no such file,\n"
				    "78 faults in the definition, 130 aborted by a second signal.";

void cli_help_all(FILE *out)
{
	(void)fputs("Usage: weir COMMAND [OPTION]... [FILE]...\n"
		    "Reactive stream processing from a definition in JSON.\n\nCommands:\n",
		out);
	for (const struct cli_command *const *c = cli_commands; *c != NULL; c++)
		(void)fprintf(out, "  %-12s%s\n", (*c)->name, (*c)->summary);
	(void)fprintf(out,
		"\n  --help      print this and exit; behind a command, what it does and its options\n"
		"  --version   print the version and exit\n\n"
		"A DEFINITION is a file; \"-\" is standard input.\n"
		"Exit status: %s\n",
		exit_statuses);
}

const struct cli_command *cli_find_command(const char *name)
{
	const char *names[32], *meant;
	size_t n = 0;

	for (const struct cli_command *const *c = cli_commands; *c != NULL; c++) {
		if (strcmp((*c)->name, name) == 0)
			return *c;
		names[n++] = (*c)->name;
	}
	meant = weir_closest(name, names, n);
	if (name[0] == '-')
		cli_error("unknown option \"%s\"; there are --help and --version, and those of each command "
			  "behind "
			  "its name",
			name);
	else if (meant != NULL)
		cli_error("unknown command \"%s\"; did you mean \"%s\"?", name, meant);
	else
		cli_error("unknown command \"%s\"; `weir --help` lists them", name);
	return NULL;
}

/* ---- the manual page ---- */

#define MANUAL_DATE "2026-11-30"

static const char manual_head[] =
	".\\\" Printed by `weir help --man` from the tables of commands; do not edit.\n"
	".TH WEIR 1 " MANUAL_DATE " weir \"User Commands\"\n"
	".SH NAME\n"
	"weir \\- reactive stream processing from a definition in JSON\n"
	".SH SYNOPSIS\n"
	".B weir\n"
	".I COMMAND\n"
	"[\\fIOPTION\\fR]... [\\fIFILE\\fR]...\n"
	".SH DESCRIPTION\n"
	"A definition names streams: sources, operators and sinks, one behind the other. weir runs it with "
	"credit from\n"
	"end to end, so that a slow sink slows its source down, in memory that is known before it starts. "
	"Nothing is\n"
	"dropped unless the definition says so, and what is dropped is counted.\n"
	".PP\n"
	"\\fBweir ops\\fR lists the operators and connectors, \\fBweir new\\fR begins a definition from a "
	"file of data.\n"
	".PP\n"
	"A definition is a file; \"\\-\" is standard input.\n"
	".SH COMMANDS\n";

static const char manual_tail[] =
	".SH ENVIRONMENT\n"
	".TP\n"
	".B NO_COLOR\n"
	"When set, and not empty, nothing is coloured. Colours and lines of progress are for terminals "
	"only.\n"
	".TP\n"
	".I NAME\n"
	"A variable of the definition, as \\fB${\\fINAME\\fB}\\fR in one of its strings, unless "
	"\\fB\\-\\-set\\fR gives it.\n"
	".SH EXAMPLES\n"
	"Begin a definition, check it, run it, and draw what it did:\n"
	".PP\n"
	".nf\n"
	"weir new readings.csv > readings.json\n"
	"weir check readings.json\n"
	"weir run \\-\\-stats readings.json 2> counts\n"
	"weir graph \\-\\-svg \\-\\-stats counts readings.json > readings.svg\n"
	".fi\n"
	".SH SEE ALSO\n"
	"The language is described in PIPELINE.md, every operator in OPERATORS.md of the documentation.\n";

/* Text in which nothing is a request or an escape; an option's dashes are dashes. */
static void put_roff(const char *text)
{
	bool line_starts = true;

	for (; *text != '\0'; text++) {
		if (line_starts && (*text == '.' || *text == '\''))
			(void)fputs("\\&", stdout);
		if (text[0] == '\n' && text[1] == '\n') {
			(void)fputs("\n.PP", stdout);
			continue;
		}
		line_starts = *text == '\n';
		if (*text == '\\')
			(void)fputs("\\e", stdout);
		else if (*text == '-')
			(void)fputs("\\-", stdout);
		else
			(void)putchar(*text);
	}
	(void)putchar('\n');
}

static void put_option(const struct cli_option *o)
{
	(void)fputs(".TP\n\\fB", stdout);
	if (o->letter != 'h' && strchr(CLI_SHORT, o->letter) != NULL)
		(void)printf("\\-%c\\fR, \\fB", o->letter);
	(void)fputs("\\-\\-", stdout);
	for (const char *c = o->name; *c != '\0'; c++)
		(void)fputs(*c == '-' ? "\\-" : (char[]){ *c, '\0' }, stdout);
	if (o->value != NULL)
		(void)printf("\\fR \\fI%s", o->value);
	(void)fputs("\\fR\n", stdout);
	put_roff(o->help);
}

static void put_manual(void)
{
	(void)fputs(manual_head, stdout);
	for (const struct cli_command *const *c = cli_commands; *c != NULL; c++) {
		(void)printf(".SS weir %s%s%s\n", (*c)->name, (*c)->operands[0] != '\0' ? " " : "",
			(*c)->operands);
		put_roff((*c)->about);
		for (const struct cli_option *o = (*c)->options; o->name != NULL; o++)
			put_option(o);
		(void)fputs(".PP\nExit status: ", stdout);
		put_roff((*c)->exit);
	}
	(void)fputs(".SH EXIT STATUS\n", stdout);
	put_roff(exit_statuses);
	(void)fputs(manual_tail, stdout);
}

/* ---- the command ---- */

static int run(int argc, char **argv)
{
	struct cli_options o;
	const struct cli_command *command;
	int rc = cli_options_parse(&o, &cli_help_command, argc, argv);

	if (rc == 0 && o.form == 'm') {
		put_manual();
	} else if (rc == 0 && o.path == NULL) {
		cli_help_all(stdout);
	} else if (rc == 0) {
		command = cli_find_command(o.path);
		if (command != NULL)
			cli_help(stdout, command);
		else
			rc = CLI_USAGE;
	}
	cli_options_fini(&o);
	return cli_status(rc);
}

static const struct cli_option options[] = {
	{ 'm', "man", NULL, "print the manual page instead" },
	CLI_HELP,
	{ .name = NULL },
};

const struct cli_command cli_help_command = {
	.name = "help",
	.run = run,
	.summary = "list the commands, or tell all of one",
	.operands = "[COMMAND]",
	.what = "command",
	.most = 1,
	.about = "List the commands, or tell what one does and which options it has.",
	.exit = "0 told, 64 bad usage or no such command.",
	.options = options,
};
