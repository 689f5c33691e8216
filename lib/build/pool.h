/* SPDX-License-Identifier: MIT */
/*
 * pool.h -- memory that a builder gives back all at once. Private to lib/build.
 *
 * Everything a plan is made of lives until weir_build_close, so nothing is freed by itself. After the first
 * failed allocation every other one fails too: callers may go on to the end of a step and ask once.
 */
#ifndef WEIR_BUILD_POOL_H
#define WEIR_BUILD_POOL_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

struct weir_pool_chunk;

struct weir_pool {
	struct weir_pool_chunk *chunks;
	bool failed; /* some allocation did not succeed */
};

/* Zeroed, 16-aligned; NULL: out of memory. */
void *weir_pool_get(struct weir_pool *pool, size_t bytes);
/* A copy of bytes, with a NUL behind it. */
void *weir_pool_copy(struct weir_pool *pool, const void *bytes, size_t len);
char *weir_pool_text(struct weir_pool *pool, const char *text);
/* As printf; NULL: out of memory. */
char *weir_pool_format(struct weir_pool *pool, const char *format, ...);
void weir_pool_free(struct weir_pool *pool);

/*
 * Grow an array of *cap items so that `need` fit, doubling; the old memory stays in the pool. Returns the
 * array, or NULL and the old one is untouched.
 */
void *weir_pool_grow(struct weir_pool *pool, void *items, size_t item_bytes, size_t *cap, size_t need);

/* The name in names[0 .. n) that was most likely meant, or NULL; NULL entries are passed over. */
const char *weir_did_you_mean(const char *name, size_t len, const char *const *names, size_t n);

#endif
