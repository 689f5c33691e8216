/* SPDX-License-Identifier: MIT */
/* stdlib.h -- for tests: memory from what RAM is left, and the end of the program. */
#ifndef WEIR_MCU_STDLIB_H
#define WEIR_MCU_STDLIB_H

#include <stddef.h>

#define EXIT_SUCCESS 0
#define EXIT_FAILURE 1

void *malloc(size_t size);
void *calloc(size_t n, size_t size);
void *realloc(void *p, size_t size);
void *aligned_alloc(size_t alignment, size_t size);
void free(void *p);

_Noreturn void exit(int status);
_Noreturn void abort(void);
char *getenv(const char *name); /* NULL: a board has no environment */

void qsort(void *base, size_t n, size_t size, int (*compare)(const void *, const void *));
int abs(int value);
unsigned long strtoul(const char *restrict text, char **restrict end, int base); /* digits; 10 only */
double strtod(const char *restrict text, char **restrict end);

#endif
