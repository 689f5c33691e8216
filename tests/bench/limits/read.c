/* SPDX-License-Identifier: MIT */
/* read.c -- epoll_wait and read into memory, and nothing else: the limit of a source of bytes. */
#include <sys/epoll.h>
#include <unistd.h>

#include "frames.h"

const char *bench_version(void)
{
	return "gcc " __VERSION__;
}

static int pipe_fd, poll_fd;

static void begin(int fd)
{
	struct epoll_event e = { .events = EPOLLIN };

	if (poll_fd > 0)
		(void)close(poll_fd);
	pipe_fd = fd;
	poll_fd = epoll_create1(0);
	if (poll_fd < 0 || epoll_ctl(poll_fd, EPOLL_CTL_ADD, fd, &e) != 0)
		bench_die("no epoll");
}

static int64_t serve(void)
{
	static struct frame frames[FRAMES];
	struct epoll_event e;
	int64_t sum = 0;
	ssize_t got;

	if (epoll_wait(poll_fd, &e, 1, -1) != 1)
		bench_die("nothing to read");
	got = read(pipe_fd, frames, sizeof frames);
	for (ssize_t i = 0; i < got / (ssize_t)sizeof *frames; i++)
		sum += frames[i].n;
	return sum;
}

static int64_t bytes(int64_t n)
{
	return frames_through_pipe(n, begin, serve);
}

static const struct bench_work works[] = { { "bytes", bytes }, { NULL, NULL } };
const struct bench_work *const bench_lists[] = { works, NULL };
