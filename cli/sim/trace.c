/* SPDX-License-Identifier: MIT */
/*
 * trace.c -- what happened, as a hash and as text (world.h).
 *
 * The hash is FNV-1a, eight bytes at a time, with a last stir: it is the same wherever the run is.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "random.h"
#include "world.h"

#define FNV_PRIME 0x100000001b3u

void sim_broken(struct sim_world *w, const char *law, const char *format, ...)
{
	va_list args;

	if (w->broken[0] != '\0')
		return;
	(void)snprintf(w->broken, sizeof w->broken, "%s", law);
	va_start(args, format);
	(void)vsnprintf(w->message, sizeof w->message, format, args);
	va_end(args);
	sim_trace_line(w, "%s broken: %s", w->broken, w->message);
}

static void add(struct sim_trace *t, uint64_t x)
{
	t->hash = (t->hash ^ x) * FNV_PRIME;
	t->hash ^= t->hash >> 32;
}

void sim_trace_bytes(struct sim_world *w, const void *bytes, size_t len)
{
	const unsigned char *at = bytes;

	while (len > 0) {
		size_t n = len < 8 ? len : 8;
		uint64_t x = n; /* little endian, whatever the machine is */

		for (size_t i = 0; i < n; i++)
			x = x << 8 | at[n - 1 - i];
		add(&w->trace, x);
		at += n;
		len -= n;
	}
}

void sim_trace_line(struct sim_world *w, const char *format, ...)
{
	va_list args;

	if (w->trace.story == NULL)
		return;
	(void)fprintf(w->trace.story, "%12.6f  ", (double)w->sim.now_ns / 1e9);
	va_start(args, format);
	(void)vfprintf(w->trace.story, format, args);
	va_end(args);
	(void)fputc('\n', w->trace.story);
}

void sim_trace_event(struct sim_world *w, const char *word, uint64_t who, uint64_t n)
{
	uint64_t x = 0;

	memcpy(&x, word, strlen(word) < 7 ? strlen(word) : 7);
	w->trace.events++;
	add(&w->trace, x << 8 | who);
	add(&w->trace, n);
}
