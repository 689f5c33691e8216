/* SPDX-License-Identifier: MIT */
/*
 * pool.h -- memory for texts that live as long as a case: taken piece by piece, given back all at once.
 *
 * Without memory the program ends with a message: nothing a simulator finds out then would mean anything.
 */
#ifndef WEIR_SIM_POOL_H
#define WEIR_SIM_POOL_H

#include <stddef.h>

struct sim_pool_block;

/* Zero is an empty one. Fields are private. */
struct sim_pool {
	struct sim_pool_block *blocks; /* the one in use first */
	size_t used;
};

/* Zeroed, 16-aligned. */
void *sim_pool_get(struct sim_pool *p, size_t bytes);
const char *sim_pool_text(struct sim_pool *p, const char *format, ...)
	__attribute__((__format__(__printf__, 2, 3)));
const char *sim_pool_copy(struct sim_pool *p, const char *text, size_t len);
/* Forget everything, but keep the first block for what comes next. */
void sim_pool_reset(struct sim_pool *p);
void sim_pool_free(struct sim_pool *p);

/* End the program with a message. */
_Noreturn void sim_no_memory(void);
/* malloc and realloc that do not fail. */
void *sim_memory(void *old, size_t bytes);

#endif
