/* SPDX-License-Identifier: MIT */
/*
 * program_paths.h -- the two ways to run a program, and what they share. Private to lib.
 */
#ifndef WEIR_PROGRAM_PATHS_H
#define WEIR_PROGRAM_PATHS_H

#include <weir/kernels.h>
#include <weir/program.h>

#ifdef __GNUC__
#pragma GCC visibility push(hidden) /* calls stay in the library */
#endif

/* One call of weir_program_run on its way. */
struct weir_program_call {
	const struct weir_program *program;
	const unsigned char *in;
	const int64_t *in_instants;
	unsigned char *out;
	int64_t *out_instants;
	uint32_t *dropped;
	bool in_place; /* the output lies on the input, at most as far along as it */
	struct weir_ran ran;
};

/* Item by item until ran.taken is `until` or a fault stops it. */
void weir_program_items(struct weir_program_call *call, uint32_t until);

/* Shorter runs are faster by items. */
#define WEIR_COLUMNS_FEWEST 8u

/* What the column path keeps in scratch memory for the length of a call. */
struct weir_columns;

/* Lay the columns out in scratch. */
struct weir_columns *weir_columns_init(
	void *scratch, const struct weir_program *program, const struct weir_kernels *kernels);

/*
 * The next n records (<= WEIR_BLOCK_ITEMS) as columns. False: some item might fault, or a kernel is missing;
 * nothing has changed then, and the item path must tell.
 */
bool weir_columns_block(struct weir_columns *columns, struct weir_program_call *call, uint32_t n);

/*
 * Items over lanes in registers, until ran.taken is `until` or numbers come that are too large for that. The program
 * has tiles, and kernels steps for them.
 */
void weir_tiles_run(
	struct weir_program_call *call, const struct weir_kernels *kernels, void *scratch, uint32_t until);

/* Bytes of scratch, as weir_program_scratch. */
size_t weir_columns_size(const struct weir_program *program);

#ifdef __GNUC__
#pragma GCC visibility pop
#endif

#endif
