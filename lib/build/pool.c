/* SPDX-License-Identifier: MIT */
/*
 * pool.c -- the builder's memory: a list of blocks, freed together; and the guess at a misspelt name.
 */
#include "pool.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <weir/diagnostics.h>

struct weir_pool_chunk {
	struct weir_pool_chunk *next;
	size_t pad;
};

#define HEAD_BYTES 16u
_Static_assert(sizeof(struct weir_pool_chunk) <= HEAD_BYTES, "head");

void *weir_pool_get(struct weir_pool *pool, size_t bytes)
{
	struct weir_pool_chunk *chunk = NULL;

	if (!pool->failed && bytes < SIZE_MAX - HEAD_BYTES)
		chunk = calloc(1, HEAD_BYTES + (bytes > 0 ? bytes : 1));
	if (chunk == NULL) {
		pool->failed = true;
		return NULL;
	}
	chunk->next = pool->chunks;
	pool->chunks = chunk;
	return (unsigned char *)chunk + HEAD_BYTES;
}

void *weir_pool_copy(struct weir_pool *pool, const void *bytes, size_t len)
{
	char *copy = weir_pool_get(pool, len + 1);

	if (copy != NULL && len > 0)
		memcpy(copy, bytes, len);
	return copy;
}

char *weir_pool_text(struct weir_pool *pool, const char *text)
{
	return weir_pool_copy(pool, text, strlen(text));
}

char *weir_pool_format(struct weir_pool *pool, const char *format, ...)
{
	va_list args;
	char *text;
	int len;

	va_start(args, format);
	len = vsnprintf(NULL, 0, format, args);
	va_end(args);
	text = len < 0 ? NULL : weir_pool_get(pool, (size_t)len + 1);
	if (text == NULL)
		return NULL;
	va_start(args, format);
	(void)vsnprintf(text, (size_t)len + 1, format, args);
	va_end(args);
	return text;
}

void weir_pool_free(struct weir_pool *pool)
{
	while (pool->chunks != NULL) {
		struct weir_pool_chunk *next = pool->chunks->next;

		free(pool->chunks);
		pool->chunks = next;
	}
}

void *weir_pool_grow(struct weir_pool *pool, void *items, size_t item_bytes, size_t *cap, size_t need)
{
	size_t wanted = *cap > 0 ? *cap : 8;
	void *grown;

	if (pool->failed)
		return NULL;
	if (need <= *cap)
		return items;
	while (wanted < need)
		wanted *= 2;
	grown = weir_pool_get(pool, wanted * item_bytes);
	if (grown == NULL)
		return NULL;
	if (*cap > 0)
		memcpy(grown, items, *cap * item_bytes);
	*cap = wanted;
	return grown;
}

#define NAME_MAX_COMPARED 32u

const char *weir_did_you_mean(const char *name, size_t len, const char *const *names, size_t n)
{
	size_t allowed = len <= 2 ? 1 : len <= 5 ? 2 : 3;
	const char *best = NULL;

	if (len == 0 || len > NAME_MAX_COMPARED)
		return NULL;
	for (size_t i = 0; i < n; i++) {
		size_t other = names[i] != NULL ? strlen(names[i]) : 0;
		size_t d;

		if (other > len && names[i][other - len - 1] == '.' &&
			memcmp(names[i] + other - len, name, len) == 0)
			return names[i]; /* only its stream is missing */
		if (other == 0 || other > NAME_MAX_COMPARED)
			continue;
		d = weir_edits(name, len, names[i], other);
		if (d <= allowed && d < len && d < other) {
			best = names[i];
			allowed = d == 0 ? 0 : d - 1;
		}
		if (d == 0)
			break;
	}
	return best;
}
