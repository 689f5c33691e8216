/* SPDX-License-Identifier: MIT */
/*
 * marbles.h -- what happens when, a character a step: docs/TESTING-PIPELINES.md, Marbles.
 *
 *	a-b-(cd) 10m |	a at step 0, b at 2, c and d at 4, and the end 10 minutes behind that
 */
#ifndef WEIR_CLI_MARBLES_H
#define WEIR_CLI_MARBLES_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "sim/pool.h"

enum marble_kind {
	MARBLE_ITEM,
	MARBLE_COMPLETE,
	MARBLE_ERROR,
	MARBLE_REQUEST, /* of a sink */
	MARBLE_CANCEL,
};

struct marble {
	uint64_t step;
	size_t at_byte; /* where it stands in the text */
	uint32_t n;     /* REQUEST: items; UINT32_MAX: any number */
	uint8_t kind;   /* enum marble_kind */
	char name;      /* ITEM */
};

struct marbles {
	struct marble *list; /* by step */
	size_t n;
};

/* What is wrong with a text, and at which byte; static. */
struct marbles_fault {
	const char *text;
	size_t at_byte;
};

/* Read marbles of items, or of a sink's credit. False after filling *fault. */
bool marbles_read(struct marbles *m, struct sim_pool *pool, const char *text, uint64_t step_ns, bool credit,
	struct marbles_fault *fault);

/* One of several lines that are printed below each other. */
struct marbles_line {
	const char *title;
	struct marbles marbles;
};

/*
 * Print lines over one axis of time, each behind `margin`, and below them a caret at a step. Only what is near the
 * `centre`-th marble of each is printed, and ... for what is not.
 */
void marbles_print(FILE *out, const char *margin, const struct marbles_line *lines, size_t n_lines,
	uint64_t step_ns, uint64_t caret, size_t centre);

/* "90s" */
#define MARBLES_TIME_MAX 32u
const char *marbles_time(char text[MARBLES_TIME_MAX], uint64_t ns);

#endif
