/* SPDX-License-Identifier: MIT */
/*
 * main.c -- the `weir` program: the list of commands, and which one to run.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "cli.h"
#include "config.h"

const struct cli_command *const cli_commands[] = { &cli_run, &cli_check, &cli_test, &cli_compile, &cli_new,
	&cli_show, &cli_fmt, &cli_graph, &cli_ops, &cli_schema, &cli_completion, &cli_sim, &cli_help_command,
	NULL };

/* What was printed must have got out: a full disk is no success. */
static int flushed(int status)
{
	if (fflush(stdout) == 0 && !ferror(stdout))
		return status;
	cli_error("stdout: %s", strerror(errno));
	return status != CLI_OK ? status : CLI_FAILED;
}

/*
 * What of the three standard streams is closed is kept: else the next file that is opened has its number, and what is
 * printed goes there. What stands in its place goes the wrong way, so that its use fails.
 */
static void keep_closed(void)
{
	for (int fd = 0; fd <= 2; fd++)
		if (fcntl(fd, F_GETFD) < 0)
			(void)open("/dev/null", fd == 0 ? O_WRONLY : O_RDONLY);
}

int main(int argc, char **argv)
{
	const struct cli_command *command;

	keep_closed();
	if (argc < 2) {
		cli_help_all(stderr);
		return CLI_USAGE;
	}
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0) {
		cli_help_all(stdout);
		return flushed(CLI_OK);
	}
	if (strcmp(argv[1], "--version") == 0) {
		(void)puts("weir " PACKAGE_VERSION);
		return flushed(CLI_OK);
	}
	command = cli_find_command(argv[1]);
	return command != NULL ? flushed(command->run(argc - 1, argv + 1)) : CLI_USAGE;
}
