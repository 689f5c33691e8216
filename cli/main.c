/* SPDX-License-Identifier: MIT */
/*
 * main.c -- the `weir` program: commands, help, version.
 */
#include <errno.h>
#include <string.h>

#include "cli.h"
#include "config.h"

static const struct command {
	const char *name;
	int (*run)(int argc, char **argv);
	const char *summary;
} commands[] = {
	{ "run", cmd_run, "run a definition on this machine" },
	{ "check", cmd_check, "find every fault of a definition, and print its memory bill" },
	{ "compile", cmd_compile, "print a definition as C" },
	{ "sim", cmd_sim, "try to break weir's laws with random pipelines" },
};

static void usage(FILE *out)
{
	(void)fputs("Usage: weir COMMAND [OPTION]... DEFINITION\n"
		    "Reactive stream processing from a definition in JSON.\n\nCommands:\n",
		out);
	for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
		(void)fprintf(out, "  %-10s%s\n", commands[i].name, commands[i].summary);
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
	for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
		if (strcmp(argv[1], commands[i].name) == 0)
			return flushed(commands[i].run(argc - 1, argv + 1));
	cli_error("unknown command \"%s\"; `weir --help` lists them", argv[1]);
	return CLI_USAGE;
}
