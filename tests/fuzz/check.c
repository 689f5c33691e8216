/* SPDX-License-Identifier: MIT */
/*
 * check.c -- Check's assertions without its runner, so that what tests share can be used in a fuzz target: what does
 * not hold is told and ends the program.
 */
#include <check.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

void _ck_assert_failed(const char *file, int line, const char *expr, const char *msg, ...)
{
	va_list args;

	(void)fprintf(stderr, "%s:%d: %s", file, line, expr);
	if (msg != NULL) {
		(void)fputs(": ", stderr);
		va_start(args, msg);
		(void)vfprintf(stderr, msg, args);
		va_end(args);
	}
	(void)fputc('\n', stderr);
	abort();
}

void _mark_point(const char *file, int line)
{
	(void)file;
	(void)line;
}
