/* SPDX-License-Identifier: MIT */
/*
 * stdlib.c -- a heap for the tests' own lists and for the builder, which the core never sees: the first free piece
 * that is large enough, and pieces that meet become one again.
 */
#include <limits.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <weir/num.h>

#include "board.h"

#define GRAIN 64u /* every piece is as aligned as any test asks for */

extern unsigned char __bss_end[], __ram_end[];

/* In front of each piece, in order of addresses. */
struct piece {
	size_t size; /* with this */
	struct piece *next;
	size_t used; /* 0: free */
	unsigned char pad[GRAIN - 3 * sizeof(size_t)];
};

static struct piece *first; /* nothing in front of it is free */

static size_t round_up(size_t n)
{
	return (n + GRAIN - 1) / GRAIN * GRAIN;
}

static void open_heap(void)
{
	uintptr_t from = round_up((uintptr_t)__bss_end), to = (uintptr_t)__ram_end / GRAIN * GRAIN;

	first = (struct piece *)from;
	*first = (struct piece){ .size = to - from };
}

static void split(struct piece *p, size_t need)
{
	struct piece *rest;

	if (p->size - need < 2 * GRAIN)
		return;
	rest = (struct piece *)(void *)((unsigned char *)p + need);
	*rest = (struct piece){ .size = p->size - need, .next = p->next };
	p->size = need;
	p->next = rest;
}

void *malloc(size_t size)
{
	size_t need = round_up(size) + GRAIN;

	if (first == NULL)
		open_heap();
	if (need < size)
		return NULL;
	while (first->used > 0 && first->next != NULL)
		first = first->next;
	for (struct piece *p = first; p != NULL; p = p->next) {
		while (p->used == 0 && p->next != NULL && p->next->used == 0) {
			p->size += p->next->size;
			p->next = p->next->next;
		}
		if (p->used > 0 || p->size < need)
			continue;
		split(p, need);
		p->used = size > 0 ? size : 1;
		return p + 1;
	}
	return NULL;
}

void free(void *at)
{
	struct piece *p = at;

	if (at == NULL)
		return;
	if (p[-1].used == 0)
		board_panic("freed twice");
	p[-1].used = 0;
	if (p - 1 < first)
		first = p - 1;
}

void *calloc(size_t n, size_t size)
{
	void *p = size == 0 || n <= SIZE_MAX / size ? malloc(n * size) : NULL;

	return p != NULL ? memset(p, 0, n * size) : NULL;
}

void *realloc(void *at, size_t size)
{
	size_t had = at != NULL ? ((struct piece *)at)[-1].used : 0;
	void *p = malloc(size);

	if (p == NULL)
		return NULL;
	if (at != NULL)
		memcpy(p, at, had < size ? had : size);
	free(at);
	return p;
}

void *aligned_alloc(size_t alignment, size_t size)
{
	return alignment <= GRAIN ? malloc(size) : NULL;
}

/* ---- the end ---- */

void exit(int status)
{
	board_exit(status);
}

void abort(void)
{
	board_panic("abort");
}

char *getenv(const char *name)
{
	(void)name;
	return NULL;
}

/* ---- the rest ---- */

int abs(int value)
{
	return value < 0 ? -value : value;
}

static void swap(unsigned char *a, unsigned char *b, size_t n)
{
	for (; n > 0; n--, a++, b++) {
		unsigned char c = *a;

		*a = *b;
		*b = c;
	}
}

/* By insertion: lists of tests are short. */
void qsort(void *base, size_t n, size_t size, int (*compare)(const void *, const void *))
{
	unsigned char *at = base;

	for (size_t i = 1; i < n; i++) {
		for (size_t k = i; k > 0 && compare(at + (k - 1) * size, at + k * size) > 0; k--)
			swap(at + (k - 1) * size, at + k * size, size);
	}
}

unsigned long strtoul(const char *restrict text, char **restrict end, int base)
{
	unsigned long v = 0;

	for (; base == 10 && *text >= '0' && *text <= '9'; text++)
		v = v > (ULONG_MAX - 9) / 10 ? ULONG_MAX : v * 10 + (unsigned long)(*text - '0');
	if (end != NULL)
		*end = (char *)(uintptr_t)text;
	return v;
}

/* By the core's own reader: tests that hold it against a C library's do not run here. */
double strtod(const char *restrict text, char **restrict end)
{
	double v = 0;
	size_t n = strspn(text, "+-0123456789.eEinfa");

	if (weir_parse_f64(text, n, &v) < 0 && weir_parse_nonfinite(text, n, &v) < 0)
		n = 0;
	if (end != NULL)
		*end = (char *)(uintptr_t)(text + n);
	return v;
}
