/* SPDX-License-Identifier: MIT */
/*
 * cmd_show.c -- `weir show`: what a definition comes to.
 */
#include "cli.h"

static int put(void *arg, const char *text, size_t len)
{
	(void)arg;
	(void)fwrite(text, 1, len, stdout); /* main looks whether it got out */
	return WEIR_OK;
}

static int run(int argc, char **argv)
{
	struct cli_options o;
	int rc = cli_options_parse(&o, &cli_show, argc, argv);

	if (rc == 0)
		rc = cli_show_definition(&o, put, NULL);
	cli_options_fini(&o);
	return cli_status(rc);
}

static const struct cli_option options[] = {
	CLI_SET,
	CLI_HELP,
	{ .name = NULL },
};

const struct cli_command cli_show = {
	.name = "show",
	.run = run,
	.summary = "print what a definition comes to: variables put in, defaults filled in",
	.operands = "DEFINITION",
	.what = "definition",
	.least = 1,
	.most = 1,
	.about = "Print a definition with its variables replaced by what they are worth now, its short forms "
		 "written\n"
		 "out and every default filled in. The result is a definition that runs the same.",
	.exit = "0 printed, 64 bad usage, 66 no such file, 78 faults.",
	.options = options,
};
