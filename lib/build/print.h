/* SPDX-License-Identifier: MIT */
/* print.h -- the two halves of weir_plan_print: print.c (tables), print_program.c (expressions). Private. */
#ifndef WEIR_BUILD_PRINT_H
#define WEIR_BUILD_PRINT_H

#include <weir/build.h>

/* Where text goes; the first failure stays in rc and nothing is written after it. */
struct weir_print {
	weir_put_fn *put;
	void *arg;
	const char *name; /* prefix of every C name */
	int rc;
};

void weir_print(struct weir_print *p, const char *format, ...)
#if defined(__GNUC__)
	__attribute__((__format__(__printf__, 2, 3)))
#endif
	;

/* One program as a C function `NAME_program_INDEX_run` and its struct `NAME_program_INDEX`. */
void weir_print_program(struct weir_print *p, const struct weir_program *program, unsigned index);

/* Where everything lies in the arena, as `NAME_layout`. */
void weir_print_layout(struct weir_print *p, const struct weir_plan *plan);

#endif
