/* SPDX-License-Identifier: MIT */
/* bench_line.c -- see bench_line.h. */
#include <check.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <weir/engine.h>

#include "bench_line.h"

/* ---- the process ---- */

static pid_t process;

static void serve(int fd, const char *bytes, size_t n)
{
	char heard[4096];
	ssize_t k;

	for (; n > 0; bytes += k, n -= (size_t)k) {
		k = write(fd, bytes, n);
		if (k <= 0)
			break;
	}
	(void)shutdown(fd, SHUT_WR);
	while ((k = read(fd, heard, sizeof heard)) > 0)
		;
	(void)close(fd);
}

static int listen_at(const char *path)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	ck_assert_int_ge(fd, 0);
	ck_assert_uint_lt(strlen(path), sizeof at.sun_path);
	strcpy(at.sun_path, path);
	ck_assert_int_eq(bind(fd, (const struct sockaddr *)&at, sizeof at), 0);
	return fd;
}

static int listen_anywhere(char *address, size_t room)
{
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof at;
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(bind(fd, (const struct sockaddr *)&at, sizeof at), 0);
	ck_assert_int_eq(getsockname(fd, (struct sockaddr *)&at, &len), 0);
	(void)snprintf(address, room, "127.0.0.1:%u", ntohs(at.sin_port));
	return fd;
}

void line_open(char *address, size_t room, const char *path, const void *bytes, size_t n)
{
	int listener = path != NULL ? listen_at(path) : listen_anywhere(address, room);

	ck_assert_int_eq(listen(listener, 4), 0);
	process = fork();
	ck_assert_int_ge(process, 0);
	if (process == 0) {
		(void)signal(SIGPIPE, SIG_IGN); /* nobody has to listen to the end */
		for (int fd; (fd = accept(listener, NULL, NULL)) >= 0;)
			serve(fd, bytes, n);
		_exit(1);
	}
	(void)close(listener);
}

void line_close(void)
{
	ck_assert_int_eq(kill(process, SIGKILL), 0);
	ck_assert_int_eq(waitpid(process, NULL, 0), process);
}

/* ---- waiting for it ---- */

static int wait_now(struct weir_platform *p, struct weir_watch *w, struct weir_instance *instance,
	uint16_t stage, int fd, unsigned events)
{
	struct pollfd ready = { .fd = fd,
		.events = (short)((events & WEIR_READABLE ? POLLIN : 0) |
				  (events & WEIR_WRITABLE ? POLLOUT : 0)) };

	(void)p;
	w->ready = 0;
	if (events == 0)
		return WEIR_OK;
	ck_assert_int_eq(poll(&ready, 1, 60000), 1);
	w->ready = (uint16_t)events;
	weir_wake_stage(instance, stage);
	return WEIR_OK;
}

const struct weir_platform_type *line_platform(const struct weir_platform_type *of)
{
	static struct weir_platform_type own;

	own = *of;
	own.watch = wait_now;
	return &own;
}
