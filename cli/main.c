/* SPDX-License-Identifier: MIT */
/*
 * main.c -- the `weir` program: commands, help, version.
 */
#include <errno.h>
#include <string.h>

#include "cli.h"
#include "config.h"

const struct cli_command *const cli_commands[] = { &cli_run, &cli_check, &cli_compile, &cli_new, &cli_show,
	&cli_fmt, &cli_graph, &cli_ops, &cli_schema, &cli_sim, NULL };

static void usage(FILE *out)
{
	(void)fputs("Usage: weir COMMAND [OPTION]... [FILE]...\n"
		    "Reactive stream processing from a definition in JSON.\n\nCommands:\n",
		out);
	for (const struct cli_command *const *c = cli_commands; *c != NULL; c++)
		(void)fprintf(out, "  %-12s%s\n", (*c)->name, (*c)->summary);
	(void)fputs("\n  weir COMMAND --help tells more of a command.\n"
		    "  --help      print this and exit\n"
		    "  --version   print the version and exit\n\n"
		    "Exit status: 0 success, 1 a stream failed, 64 bad usage, 66 no such file,\n"
		    "78 faults in the definition, 130 aborted by a second signal.\n",
		out);
}

/* What was printed must have got out: a full disk is no success. */
static int flushed(int status)
{
	if (fflush(stdout) == 0 && !ferror(stdout))
		return status;
	cli_error("stdout: %s", strerror(errno));
	return status != CLI_OK ? status : CLI_FAILED;
}

int main(int argc, char **argv)
{
	if (argc < 2) {
		usage(stderr);
		return CLI_USAGE;
	}
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 || strcmp(argv[1], "help") == 0) {
		usage(stdout);
		return flushed(CLI_OK);
	}
	if (strcmp(argv[1], "--version") == 0) {
		(void)puts("weir " PACKAGE_VERSION);
		return flushed(CLI_OK);
	}
	for (const struct cli_command *const *c = cli_commands; *c != NULL; c++)
		if (strcmp(argv[1], (*c)->name) == 0)
			return flushed((*c)->run(argc - 1, argv + 1));
	cli_error("unknown command \"%s\"; `weir --help` lists them", argv[1]);
	return CLI_USAGE;
}
