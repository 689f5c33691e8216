/* SPDX-License-Identifier: MIT */
/* text.c -- see text.h. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "pool.h"
#include "text.h"

void sim_text_add(struct sim_text *t, const char *format, ...)
{
	va_list args;
	int n;

	for (;;) {
		size_t room = t->room - t->len;

		va_start(args, format);
		n = vsnprintf(t->room > 0 ? t->at + t->len : NULL, room, format, args);
		va_end(args);
		if (n < 0)
			return;
		if ((size_t)n < room)
			break;
		t->room = (t->room + (size_t)n + 1) * 2;
		t->at = sim_memory(t->at, t->room);
	}
	t->len += (size_t)n;
}

void sim_text_clear(struct sim_text *t)
{
	t->len = 0;
	if (t->room > 0)
		t->at[0] = '\0';
}

void sim_text_fini(struct sim_text *t)
{
	free(t->at);
	*t = (struct sim_text){ 0 };
}

FILE *sim_stream_open(char **at, size_t *len)
{
	FILE *stream = open_memstream(at, len);

	if (stream == NULL)
		sim_no_memory();
	return stream;
}

void sim_stream_close(FILE *stream)
{
	if (fclose(stream) != 0)
		sim_no_memory();
}
