/* SPDX-License-Identifier: MIT */
/* cli.h -- what the commands of `weir` share. */
#ifndef WEIR_CLI_H
#define WEIR_CLI_H

#include <stdbool.h>
#include <stdio.h>

#include <weir/build.h>
#include <weir/engine.h>
#include <weir/load.h>

/* Exit statuses (sysexits.h values, so that scripts can tell them apart). */
enum cli_exit {
	CLI_OK = 0,
	CLI_FAILED = 1, /* a stream failed at run time */
	CLI_USAGE = 64,
	CLI_NO_INPUT = 66,
	CLI_DEFINITION = 78,   /* the definition has faults */
	CLI_INTERRUPTED = 130, /* aborted by a second signal */
};

/* What the command line gave to a command that loads a definition. */
struct cli_options {
	const char *path;
	const char *output; /* -o */
	const char **settings, **binds;
	size_t n_settings, n_binds;
	const struct weir_target *target; /* --target; NULL: this machine */
	uint32_t batch;                   /* --batch; 0: as many as fit */
	uint64_t stall_ns;                /* --stall; 0: not given */
	bool stats;
	bool strict;   /* --strict */
	bool warnings; /* tell them: set by the command */
	bool help;
};

/*
 * Parse options and the one definition path; `accepts` holds the letters of the options the command takes:
 * s --set, b --bind, t --stats, l --stall, o --output, x --strict, T --target, n --batch. Returns 0, or CLI_USAGE after saying why. Free
 * with cli_options_fini.
 */
int cli_options_parse(struct cli_options *o, const char *command, const char *accepts, int argc, char **argv);
void cli_options_fini(struct cli_options *o);

/* Load the definition, telling its faults on stderr. Returns 0 or the exit status. */
int cli_load(struct weir_definition **d, const struct cli_options *o, bool ports_must_be_bound);

/* "weir: error: ..." on stderr, the word in red on a terminal. */
void cli_error(const char *format, ...) __attribute__((__format__(__printf__, 1, 2)));
void cli_warning(const char *format, ...) __attribute__((__format__(__printf__, 1, 2)));

/* Whether to colour what goes to this stream: a terminal, and NO_COLOR not set. */
bool cli_colour(FILE *stream);

/* One error of a stage, as a person reads it: "stage: origin:line:column: reason". */
void cli_describe(char *text, size_t size, const struct weir_plan *plan, const struct weir_error *e);

/* stats.c: the table of stages, and the line that shows progress. */
void cli_stats_table(FILE *out, const struct weir_instance *in, double seconds);
void cli_stats_line(FILE *out, const struct weir_instance *in, double seconds);
void cli_stats_clear(FILE *out);

int cmd_run(int argc, char **argv);
int cmd_check(int argc, char **argv);
int cmd_compile(int argc, char **argv);
int cmd_sim(int argc, char **argv);

#endif
