/* SPDX-License-Identifier: MIT */
/* stdio.h -- for tests: formatted text, the console, and files of the host. */
#ifndef WEIR_MCU_STDIO_H
#define WEIR_MCU_STDIO_H

#include <stdarg.h>
#include <stddef.h>

typedef struct FILE FILE;

extern FILE *const mcu_console;
#define stdout mcu_console
#define stderr mcu_console

/*
 * Flags 0 and -, width, precision, * for both; d u x o c s p f g with hh h l ll z j t; a and e are as g. Of f, a
 * precision up to 9.
 */
int vsnprintf(char *to, size_t size, const char *format, va_list ap);
int snprintf(char *to, size_t size, const char *format, ...) __attribute__((format(printf, 3, 4)));
int sprintf(char *to, const char *format, ...) __attribute__((format(printf, 2, 3)));
int printf(const char *format, ...) __attribute__((format(printf, 1, 2)));
int fprintf(FILE *f, const char *format, ...) __attribute__((format(printf, 2, 3)));
int vfprintf(FILE *f, const char *format, va_list ap);
int fputs(const char *text, FILE *f);
int puts(const char *text);

FILE *fopen(const char *path, const char *mode); /* one at a time */
size_t fread(void *to, size_t size, size_t n, FILE *f);
size_t fwrite(const void *from, size_t size, size_t n, FILE *f);
int fflush(FILE *f);
int ferror(FILE *f);
int fclose(FILE *f);

#endif
