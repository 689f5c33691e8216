/* SPDX-License-Identifier: MIT */
/*
 * file.h -- a case as a file that reads well, and back.
 *
 *	# what is wrong with it
 *	clock event
 *	span 512 3			bytes and items of a span at most
 *	turns 64			of the engine at a time
 *	kernels best			or: base
 *	data 1234
 *	route json 99			or: build
 *	record item at:time v:i64 s:text(5)
 *	stream a
 *	  sim_source actor=0 record=item
 *	  map fields.x="v * 2" on_error=to:bad
 *	stream b from a
 *	  sim_sink actor=0
 *	supply 0 12			items that source 0 has
 *	memory short
 *	open 2 fails
 *	emit 0 3			actions, in order: whom, how many
 *	request 0 7 turns 2		and so many turns of the engine, not all it wants
 *	release
 */
#ifndef WEIR_SIM_FILE_H
#define WEIR_SIM_FILE_H

#include "case.h"
#include "text.h"
#include "types.h"

void sim_file_write(struct sim_text *t, const struct sim_case *c);

/* Returns 0, or WEIR_EPARSE with the line's number and what is wrong with it. */
int sim_file_read(struct sim_case *c, struct sim_pool *pool, struct sim_types *types, const char *text,
	uint32_t *line, const char **why);

#endif
