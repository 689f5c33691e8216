/* SPDX-License-Identifier: MIT */
/*
 * fd_source.c -- bytes from a descriptor, read straight into the output span.
 *
 * Credit  reading is switched by it: no room, no read; never more bytes than asked for (C-1).
 * Memory  none of its own.
 * A turn reads one slice, so a large file leaves the loop to others in between.
 */
#include <errno.h>
#include <poll.h>
#include <sys/stat.h>

#include "fd.h"

/* A named pipe that no writer has opened yet also reads as empty, but has not hung up. */
static bool at_end(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	struct stat st;

	if (fstat(fd, &st) != 0 || !S_ISFIFO(st.st_mode))
		return true;
	return poll(&p, 1, 0) > 0 && (p.revents & POLLHUP) != 0;
}

/* A terminal whose other end is gone, and a socket whose other end went with bytes unread. */
static bool is_hang_up(const struct weir_fd *f, int err)
{
	return f->hangs_up && (err == EIO || err == ECONNRESET);
}

/* The platform says when it is over; who is run meanwhile for another reason reads nothing. */
static void wait(struct weir_ctx *c, struct weir_fd *f)
{
	f->waits = true;
	weir_await_room(c, 0, false);
	weir_fd_wait(c, f, WEIR_READABLE);
}

void weir_fd_source_run(struct weir_ctx *c, struct weir_fd *f)
{
	struct weir_span *span;
	uint32_t room;
	ssize_t n;

	if (f->waits && f->watch.ready == 0)
		return;
	f->waits = false;
	weir_await_room(c, 0, true);
	span = weir_reserve(c, 0);
	if (span == NULL)
		return;
	room = span->count < WEIR_FD_SLICE_BYTES ? span->count : WEIR_FD_SLICE_BYTES;
	do
		n = weir_fd_ops->read(f->fd, span->items, room);
	while (n < 0 && errno == EINTR);
	if (n > 0) {
		weir_emit(c, 0, (uint32_t)n);
		if (f->drains && (uint32_t)n < room && weir_demand(c, 0) > 0)
			wait(c, f);
	} else if (n == 0 ? at_end(f->fd) : is_hang_up(f, errno)) {
		weir_complete(c);
	} else if (n == 0 || errno == EAGAIN || errno == EWOULDBLOCK) {
		wait(c, f);
	} else {
		weir_fd_fail(c, f, "cannot read", errno);
	}
}
