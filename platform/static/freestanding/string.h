/* SPDX-License-Identifier: MIT */
/*
 * string.h -- what the core calls of a C library, for toolchains that come without one. mem.c has the functions.
 */
#ifndef WEIR_FREESTANDING_STRING_H
#define WEIR_FREESTANDING_STRING_H

#include <stddef.h>

void *memcpy(void *restrict to, const void *restrict from, size_t n);
void *memmove(void *to, const void *from, size_t n);
void *memset(void *to, int value, size_t n);
int memcmp(const void *a, const void *b, size_t n);
void *memchr(const void *at, int value, size_t n);
size_t strlen(const char *text);

#endif
