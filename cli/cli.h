/* SPDX-License-Identifier: MIT */
/* cli.h -- what the commands of `weir` share. */
#ifndef WEIR_CLI_H
#define WEIR_CLI_H

#include <stdbool.h>
#include <stdio.h>

#include <weir/build.h>
#include <weir/engine.h>
#include <weir/load.h>
#include <weir/workers.h>

/* Exit statuses (sysexits.h values, so that scripts can tell them apart). */
enum cli_exit {
	CLI_OK = 0,
	CLI_FAILED = 1, /* a stream failed at run time */
	CLI_USAGE = 64,
	CLI_NO_INPUT = 66,
	CLI_DEFINITION = 78,   /* the definition has faults */
	CLI_INTERRUPTED = 130, /* aborted by a second signal */
};

/* An option of a command. Parsing, --help, completion and the tests of the manual page read the same table. */
struct cli_option {
	char letter;       /* tells options apart; of CLI_SHORT it is one too */
	const char *name;  /* --name; NULL ends the table */
	const char *value; /* what its value is called; NULL: it has none */
	const char *help;  /* lines after the first are indented when printed */
};
#define CLI_SHORT "oh"

/* The same for every command that has it. */
#define CLI_SET                                                                                     \
	{                                                                                           \
		's', "set", "NAME=VALUE", "set a variable of the definition; beats the environment" \
	}
#define CLI_BIND(help)                         \
	{                                      \
		'b', "bind", "PORT=FILE", help \
	}
#define CLI_BATCH(help)                 \
	{                               \
		'n', "batch", "N", help \
	}
#define CLI_TARGET(help)                      \
	{                                     \
		'T', "target", "TARGET", help \
	}
#define CLI_HELP                                         \
	{                                                \
		'h', "help", NULL, "print this and exit" \
	}

/* A command: what `weir --help` and its own --help say, and what the shell completes. */
struct cli_command {
	const char *name;
	int (*run)(int argc, char **argv);
	const char *summary;      /* a few words, for the list */
	const char *operands;     /* behind the options, as the usage line shows it */
	const char *what;         /* one operand, for messages; NULL: it takes none */
	unsigned least, most;     /* operands */
	const char *about, *exit; /* lines */
	const struct cli_option *options;
};

extern const struct cli_command *const cli_commands[]; /* NULL-terminated */
extern const struct cli_command cli_run, cli_check, cli_test, cli_compile, cli_graph, cli_show, cli_fmt,
	cli_ops, cli_schema, cli_new, cli_completion, cli_sim, cli_help_command;

void cli_help(FILE *out, const struct cli_command *command);
void cli_help_all(FILE *out);

/* The command of this name; NULL after saying that there is none, and which is most like it. */
const struct cli_command *cli_find_command(const char *name);

/* The next option of the command by its table: its letter, -1 behind the last, '?' after saying what is wrong. */
int cli_next_option(const struct cli_command *command, int argc, char **argv);

/* What the command line gave. */
struct cli_options {
	const char *path; /* the first operand, or NULL */
	char **operands;
	size_t n_operands;
	const char *output; /* -o */
	const char *stats_file;
	const char *only; /* --only */
	char form;        /* how to print: the letter of an option that the command has for it; 0: as usual */
	const char **settings, **binds;
	size_t n_settings, n_binds;
	const struct weir_target *target; /* --target; NULL: this machine */
	uint32_t batch;                   /* --batch; 0: as many as fit */
	uint64_t stall_ns;                /* --stall; 0: not given */
	bool stats;
	bool strict;     /* --strict */
	bool warnings;   /* tell them: set by the command */
	bool one_thread; /* "on" is a fault: likewise */
};

/*
 * Parse a command line by the command's table, and print its help where that was asked for. Returns 0; CLI_DONE when
 * nothing is left to do, CLI_USAGE after saying why, CLI_FAILED. Free with cli_options_fini whatever it returned.
 */
int cli_options_parse(struct cli_options *o, const struct cli_command *command, int argc, char **argv);
#define CLI_DONE (-1)
/* What main is to return after that. */
int cli_status(int rc);
void cli_options_fini(struct cli_options *o);

/* Load the definition, telling its faults on stderr. Returns 0 or the exit status. */
int cli_load(struct weir_definition **d, const struct cli_options *o, bool ports_must_be_bound);

/* The same without a definition made of it: it is printed as what it comes to. */
int cli_show_definition(const struct cli_options *o, weir_put_fn *put, void *arg);

/* A line of what is wrong with a definition, on stderr. Fits weir_load_fault_fn. */
void cli_tell_fault(void *arg, const char *line);

/* tap.c: an item of a stage's as a line. */
void cli_print_item(FILE *out, const char *stage, const struct weir_record *r, const void *item);

/* "weir: error: ..." on stderr, the word in red on a terminal. */
void cli_error(const char *format, ...) __attribute__((__format__(__printf__, 1, 2)));
void cli_warning(const char *format, ...) __attribute__((__format__(__printf__, 1, 2)));

/* Whether to colour what goes to this stream: a terminal, and NO_COLOR not set. */
bool cli_colour(FILE *stream);

/* One error of a stage, as a person reads it: "stage: origin:line:column: reason". */
void cli_describe(char *text, size_t size, const struct weir_plan *plan, const struct weir_error *e);

/* stats.c: what went through a stage; the table of all, and the line that shows progress. */
struct cli_flow {
	uint64_t in, out, queued, dropped[WEIR_DROP_REASONS];
	bool has_in, has_out;
};
void cli_flow_of(const struct weir_instance *in, uint16_t stage, struct cli_flow *f);
void cli_stats_table(
	FILE *out, const struct weir_workers *workers, const struct weir_parts *parts, double seconds);
/* What went in, out and away, of one part or all. */
struct cli_progress {
	uint64_t read, written, dropped;
};
void cli_stats_progress(const struct weir_instance *in, struct cli_progress *p);
void cli_stats_line(FILE *out, const struct cli_progress *p, double seconds);
void cli_stats_clear(FILE *out);

#endif
