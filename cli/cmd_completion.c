/* SPDX-License-Identifier: MIT */
/*
 * cmd_completion.c -- `weir completion bash`: what the shell completes, from the tables of commands and types.
 *
 * Operands and values are files unless the tables know them: commands, operators, targets. Printed when a shell first
 * asks (completion/weir), so it is always that of the program at hand.
 */
#include <string.h>

#include "cli.h"
#include "types.h"

static void put_commands(void)
{
	for (const struct cli_command *const *c = cli_commands; *c != NULL; c++)
		(void)printf("%s%s", c == cli_commands ? "" : " ", (*c)->name);
}

static void put_options(const struct cli_command *command)
{
	for (const struct cli_option *o = command->options; o->name != NULL; o++)
		(void)printf("%s--%s", o == command->options ? "" : " ", o->name);
}

static void put_types(void)
{
	struct cli_types types;
	char name[CLI_NAME_MAX], last[CLI_NAME_MAX] = "";

	cli_types(&types);
	for (size_t i = 0; i < types.n; i++) {
		const char *word = cli_name_of(types.list[i], name);

		if (strcmp(word, last) != 0 && cli_group_of(types.list[i]) != CLI_INTERNAL)
			(void)printf("%s%s", i == 0 ? "" : " ", word);
		(void)snprintf(last, sizeof last, "%s", word);
	}
}

static void put_targets(void)
{
	(void)fputs("host", stdout);
	for (const struct weir_target *t = weir_targets(); t->name != NULL; t++)
		(void)printf(" %s", t->name);
}

/* What stands behind an option that wants a value: a list where there is one, else a file or nothing. */
static void put_values(const struct cli_command *command)
{
	for (const struct cli_option *o = command->options; o->name != NULL; o++) {
		if (o->value == NULL)
			continue;
		(void)printf("\t\t--%s", o->name);
		if (strchr(CLI_SHORT, o->letter) != NULL)
			(void)printf("|-%c", o->letter);
		(void)fputs(") ", stdout);
		if (strcmp(o->value, "TARGET") == 0) {
			(void)fputs("words='", stdout);
			put_targets();
			(void)fputs("' ;;\n", stdout);
		} else if (strcmp(o->value, "FILE") == 0) {
			(void)fputs("return ;;\n", stdout);
		} else if (strcmp(o->value, "DIR") == 0) {
			(void)fputs("compopt +o default -o dirnames; return ;;\n", stdout);
		} else {
			(void)fputs("compopt +o default; return ;;\n", stdout);
		}
	}
}

static void put_command(const struct cli_command *command)
{
	(void)printf("\t%s)\n\t\tcase $cur in -*) words='", command->name);
	put_options(command);
	(void)fputs("' ;; esac\n", stdout);
	if (strcmp(command->operands, "[COMMAND]") == 0) {
		(void)fputs("\t\tcase $cur in -*) ;; *) words='", stdout);
		put_commands();
		(void)fputs("' ;; esac\n", stdout);
	} else if (strcmp(command->operands, "[NAME]") == 0) {
		(void)fputs("\t\tcase $cur in -*) ;; *) words='", stdout);
		put_types();
		(void)fputs("' ;; esac\n", stdout);
	} else if (strcmp(command->operands, "SHELL") == 0) {
		(void)fputs("\t\tcase $cur in -*) ;; *) words=bash ;; esac\n", stdout);
	}
	(void)fputs("\t\tcase $prev in\n", stdout);
	put_values(command);
	(void)fputs("\t\tesac\n\t\t;;\n", stdout);
}

static void put_script(void)
{
	(void)fputs("# What bash completes of weir; printed by `weir completion bash`.\n"
		    "_weir() {\n"
		    "\tlocal cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} words=\n"
		    "\tCOMPREPLY=()\n"
		    "\t[ \"$cur\" != = ] || cur=\n" /* --name=value is three words to bash */
		    "\t[ \"$prev\" != = ] || prev=${COMP_WORDS[COMP_CWORD-2]}\n"
		    "\tif [ \"$COMP_CWORD\" -eq 1 ]; then\n"
		    "\t\twords='",
		stdout);
	put_commands();
	(void)fputs(" --help --version'\n\telse case ${COMP_WORDS[1]} in\n", stdout);
	for (const struct cli_command *const *c = cli_commands; *c != NULL; c++)
		put_command(*c);
	(void)fputs("\tesac; fi\n"
		    "\t[ -z \"$words\" ] || COMPREPLY=($(compgen -W \"$words\" -- \"$cur\"))\n"
		    "}\n"
		    "complete -o default -F _weir weir\n",
		stdout);
}

static int run(int argc, char **argv)
{
	struct cli_options o;
	int rc = cli_options_parse(&o, &cli_completion, argc, argv);

	if (rc == 0 && strcmp(o.path, "bash") != 0) {
		cli_error("unknown shell \"%s\"; there is bash", o.path);
		rc = CLI_USAGE;
	}
	if (rc == 0)
		put_script();
	cli_options_fini(&o);
	return cli_status(rc);
}

static const struct cli_option options[] = {
	CLI_HELP,
	{ .name = NULL },
};

const struct cli_command cli_completion = {
	.name = "completion",
	.run = run,
	.summary = "print what a shell completes: commands, options, operators",
	.operands = "SHELL",
	.what = "shell",
	.least = 1,
	.most = 1,
	.about = "Print a script by which bash completes commands, options, operators and targets. An "
		 "install puts\n"
		 "it where bash finds it; without one: source <(weir completion bash)",
	.exit = "0 printed, 64 bad usage or another shell.",
	.options = options,
};
