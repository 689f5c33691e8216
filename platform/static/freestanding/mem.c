/* SPDX-License-Identifier: MIT */
/*
 * mem.c -- the functions of string.h that a compiler may call even where there is no C library.
 *
 * Compile it with -fno-builtin -fno-tree-loop-distribute-patterns: else each loop is recognised as what it is and
 * becomes a call of the very function it stands in. Words are moved, four a turn, where both sides are aligned: most of what
 * moves are records.
 */
#include <stdint.h>
#include <string.h>

typedef uint32_t __attribute__((may_alias)) word;

static int aligned(const void *a, const void *b)
{
	return (((uintptr_t)a | (uintptr_t)b) & (sizeof(word) - 1)) == 0;
}

void *memcpy(void *restrict to, const void *restrict from, size_t n)
{
	unsigned char *d = to;
	const unsigned char *s = from;

	if (aligned(d, s)) {
		for (; n >= 4 * sizeof(word);
			n -= 4 * sizeof(word), d += 4 * sizeof(word), s += 4 * sizeof(word)) {
			word *to_words = (word *)(void *)d;
			const word *from_words = (const word *)(const void *)s;

			to_words[0] = from_words[0];
			to_words[1] = from_words[1];
			to_words[2] = from_words[2];
			to_words[3] = from_words[3];
		}
		for (; n >= sizeof(word); n -= sizeof(word), d += sizeof(word), s += sizeof(word))
			*(word *)(void *)d = *(const word *)(const void *)s;
	}
	while (n-- > 0)
		*d++ = *s++;
	return to;
}

void *memmove(void *to, const void *from, size_t n)
{
	unsigned char *d = to;
	const unsigned char *s = from;

	if (d <= s) { /* the same way as memcpy, which may not be told so */
		while (n-- > 0)
			*d++ = *s++;
	} else {
		while (n-- > 0)
			d[n] = s[n];
	}
	return to;
}

void *memset(void *to, int value, size_t n)
{
	unsigned char *d = to;

	if (aligned(d, d)) {
		word four = (unsigned char)value * UINT32_C(0x01010101);

		for (; n >= 4 * sizeof(word); n -= 4 * sizeof(word), d += 4 * sizeof(word)) {
			word *words = (word *)(void *)d;

			words[0] = words[1] = words[2] = words[3] = four;
		}
		for (; n >= sizeof(word); n -= sizeof(word), d += sizeof(word))
			*(word *)(void *)d = four;
	}
	while (n-- > 0)
		*d++ = (unsigned char)value;
	return to;
}

int memcmp(const void *a, const void *b, size_t n)
{
	const unsigned char *x = a, *y = b;

	for (; n > 0; n--, x++, y++) {
		if (*x != *y)
			return *x - *y;
	}
	return 0;
}

void *memchr(const void *at, int value, size_t n)
{
	const unsigned char *p = at;

	for (; n > 0; n--, p++) {
		if (*p == (unsigned char)value)
			return (void *)(uintptr_t)p;
	}
	return NULL;
}

/* Compilers make calls to it of loops that look for a text's end. */
size_t strlen(const char *text)
{
	size_t n = 0;

	while (text[n] != '\0')
		n++;
	return n;
}
