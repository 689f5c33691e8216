/* SPDX-License-Identifier: MIT */
/* pool.c -- see pool.h. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pool.h"

#define BLOCK_BYTES 65536u

struct sim_pool_block {
	struct sim_pool_block *next;
	size_t size;
};

/* Where a block's memory begins: a multiple of 16. */
#define HEAD_BYTES ((sizeof(struct sim_pool_block) + 15u) & ~(size_t)15u)

void sim_no_memory(void)
{
	(void)fputs("weir: error: not enough memory\n", stderr);
	exit(1);
}

void *sim_memory(void *old, size_t bytes)
{
	void *p = realloc(old, bytes > 0 ? bytes : 1);

	if (p == NULL)
		sim_no_memory();
	return p;
}

static void add_block(struct sim_pool *p, size_t bytes)
{
	size_t size = bytes > BLOCK_BYTES ? bytes : BLOCK_BYTES;
	struct sim_pool_block *b = sim_memory(NULL, HEAD_BYTES + size);

	*b = (struct sim_pool_block){ .next = p->blocks, .size = size };
	p->blocks = b;
	p->used = 0;
}

void *sim_pool_get(struct sim_pool *p, size_t bytes)
{
	unsigned char *at;

	bytes = (bytes + 15u) & ~(size_t)15u;
	if (p->blocks == NULL || p->blocks->size - p->used < bytes)
		add_block(p, bytes);
	at = (unsigned char *)p->blocks + HEAD_BYTES + p->used;
	p->used += bytes;
	return memset(at, 0, bytes);
}

const char *sim_pool_copy(struct sim_pool *p, const char *text, size_t len)
{
	char *copy = sim_pool_get(p, len + 1);

	memcpy(copy, text, len);
	return copy;
}

const char *sim_pool_text(struct sim_pool *p, const char *format, ...)
{
	char text[1024];
	va_list args;
	int len;

	va_start(args, format);
	len = vsnprintf(text, sizeof text, format, args);
	va_end(args);
	if (len < 0 || (size_t)len >= sizeof text)
		len = (int)sizeof text - 1;
	return sim_pool_copy(p, text, (size_t)len);
}

void sim_pool_reset(struct sim_pool *p)
{
	while (p->blocks != NULL && p->blocks->next != NULL) {
		struct sim_pool_block *b = p->blocks;

		p->blocks = b->next;
		free(b);
	}
	p->used = 0;
}

void sim_pool_free(struct sim_pool *p)
{
	sim_pool_reset(p);
	free(p->blocks);
	p->blocks = NULL;
}
