/* SPDX-License-Identifier: MIT */
/*
 * print.h -- what prints a plan as C. Private to lib/build.
 *
 *	print.c          text, stages, edges, the plan itself
 *	print_names.c    a C name for each record and stage
 *	print_params.c   records and parameters, and what those point to
 *	print_layout.c   where everything lies in the arena
 *	print_program.c  programs as functions; print_flow.c, print_shape.c: what they are made of
 *	print_header.c   NAME.h: structs, ports
 *	print_config.c   NAME_config.h: what the core can do without
 */
#ifndef WEIR_BUILD_PRINT_H
#define WEIR_BUILD_PRINT_H

#include <weir/print.h>

#ifdef __GNUC__
#define WEIR_PRINT_FORMAT(format, args) __attribute__((__format__(__printf__, format, args)))
#else
#define WEIR_PRINT_FORMAT(format, args)
#endif

/* Where text goes; the first failure stays in rc and nothing is written after it. */
struct weir_print {
	weir_put_fn *put;
	void *arg;
	int rc;
};

void weir_print(struct weir_print *p, const char *format, ...) WEIR_PRINT_FORMAT(2, 3);
/* A string constant, or NULL. */
void weir_print_string(struct weir_print *p, const char *s);
void weir_print_bytes(struct weir_print *p, const char *s, size_t len);
/* indent, and text as a comment, whatever is in it; as many lines as it takes. */
void weir_print_comment(struct weir_print *p, const char *indent, const char *text);

/* A comment of a line of its own. */
void weir_print_remark(struct weir_print *p, const char *indent, const char *format, ...)
	WEIR_PRINT_FORMAT(3, 4);

struct weir_printer;
/* The comment at the head of a file. */
void weir_print_made(struct weir_printer *p, const char *what);

/* Names that differ, of letters, digits and _. */
struct weir_print_names {
	char **list;
	size_t n, cap;
};

/*
 * The C name for a text: itself if it is one, and nobody else's yet. Returns it, alive until weir_print_names_free;
 * NULL: out of memory.
 */
const char *weir_print_name(struct weir_print_names *names, const char *text);
/* A name in capitals. It may be another one's too. */
const char *weir_print_capitals(struct weir_print_names *names, const char *name);
void weir_print_names_free(struct weir_print_names *names);

struct weir_print_record {
	const struct weir_record *record;
	const char *name;
};

/* A plan being printed. Every record of the plan, of its programs and parameters is in the list. */
struct weir_printer {
	struct weir_print out;
	const struct weir_plan *plan;
	const struct weir_print_options *options;
	const char *name;  /* options->name */
	const char *upper; /* in capitals */
	struct weir_print_names record_names, stage_names;
	struct weir_print_record *records;
	size_t n_records, cap_records;
	const char **stages; /* their names */
};

int weir_printer_init(struct weir_printer *p, const struct weir_plan *plan,
	const struct weir_print_options *options, weir_put_fn *put, void *arg);
/* Returns 0, or the first failure. */
int weir_printer_fini(struct weir_printer *p);

/* Its name; NULL for one of weir's own. */
const char *weir_print_record_name(const struct weir_printer *p, const struct weir_record *r);

/* ---- print_params.c ---- */

/* A parameter where it lies in a parameters struct, and what a pointer there points to. */
const void *weir_print_param(const void *params, const struct weir_param *row);
const void *weir_print_pointer(const void *params, const struct weir_param *row);
/* The aggregates of a stage, or NULL. */
const struct weir_aggregates *weir_print_aggregates(const struct weir_stage_def *d);
/* Fields of its key; 0: it has none. */
uint16_t weir_print_key_fields(const struct weir_stage_def *d);

void weir_print_records(struct weir_printer *p);
void weir_print_params(struct weir_printer *p, uint16_t stage);
/* Whether the stage needs its parameters when it runs: not where they are a program, which is its group's. */
bool weir_print_has_params(const struct weir_stage_def *d);
/* Whether functions are printed for the stage, of its own or of its group. */
bool weir_print_has_programs(const struct weir_stage_def *d);

/* ---- print_layout.c ---- */

/* Where everything lies in the arena, as `NAME_layout`. */
void weir_print_layout(struct weir_printer *p);

/* ---- print_program.c ---- */

/* What is said of a program beside itself. */
struct weir_print_program {
	const char *name;                   /* of NAME_run and NAME_program */
	const struct weir_record *in, *out; /* for the fields' names; NULL: not known */
	const char *const *ids;             /* of its segments */
	unsigned n_ids;
};

void weir_print_program(
	struct weir_print *p, const struct weir_program *program, const struct weir_print_program *what);

#endif
