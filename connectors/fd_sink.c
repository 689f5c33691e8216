/* SPDX-License-Identifier: MIT */
/*
 * fd_sink.c -- bytes to a descriptor, written straight from the input span.
 *
 * Credit  own: WEIR_FD_SLICE_BYTES ahead; what the descriptor does not take stays in the span, and asks for
 *         no more.
 * Memory  none of its own.
 * Marks   served once everything before them is written.
 */
#include <errno.h>
#include <string.h>

#include "fd.h"

/* Bytes of the span that belong to a line to be left out. */
static uint32_t skip(struct weir_fd_sink *s, const struct weir_span *span)
{
	const char *end;

	if (!s->skip_line)
		return 0;
	end = memchr(span->items, '\n', span->count);
	if (end == NULL)
		return span->count;
	s->skip_line = false;
	return (uint32_t)(end - (const char *)span->items) + 1;
}

/* Write from the waiting span once; false when nothing more can be done now. */
static bool write_some(struct weir_ctx *c, struct weir_fd_sink *s)
{
	const struct weir_span *span = weir_input(c, 0);
	const unsigned char *bytes = span->items;
	uint32_t len = span->count < WEIR_FD_SLICE_BYTES ? span->count : WEIR_FD_SLICE_BYTES;
	unsigned char last;
	ssize_t n;

	do
		n = s->f.is_socket ? weir_fd_ops->send(s->f.fd, bytes, len)
				   : weir_fd_ops->write(s->f.fd, bytes, len);
	while (n < 0 && errno == EINTR);
	if (n > 0) {
		last = bytes[n - 1];
		weir_take(c, 0, (uint32_t)n);
		if (s->kind->wrote != NULL)
			s->kind->wrote(c, last);
		return true;
	}
	if (n == 0 || errno == EAGAIN || errno == EWOULDBLOCK)
		weir_fd_wait(c, &s->f, WEIR_WRITABLE);
	else
		weir_fd_fail(c, &s->f, "cannot write", errno);
	return false;
}

bool weir_fd_sink_write(struct weir_ctx *c, struct weir_fd_sink *s)
{
	const struct weir_span *span = weir_input(c, 0);
	uint32_t n;

	if (span != NULL) {
		n = skip(s, span);
		if (n > 0)
			weir_take(c, 0, n);
	}
	if (weir_input(c, 0) == NULL)
		return true;
	if (s->kind->may_write != NULL && !s->kind->may_write(c))
		return false;
	while (weir_input(c, 0) != NULL)
		if (!write_some(c, s))
			return false;
	return true;
}

void weir_fd_sink_run(struct weir_ctx *c, struct weir_fd_sink *s)
{
	struct weir_mark m;

	if (!weir_fd_sink_write(c, s))
		return;
	while (weir_next_mark(c, 0, &m)) {
		bool stop = m.kind == WEIR_MARK_ERROR;

		if (m.kind == WEIR_MARK_BARRIER && s->kind->sync != NULL && s->kind->sync(c) < 0)
			return;
		if (m.kind == WEIR_MARK_BARRIER)
			weir_barrier_done(c, &m);
		if (m.kind == WEIR_MARK_COMPLETE) {
			if (s->kind->finish != NULL && s->kind->finish(c) < 0)
				return;
			stop = true;
		}
		if (stop) {
			weir_end_with(c, &m);
			return;
		}
	}
}
