/* SPDX-License-Identifier: MIT */
/* bench_line.c -- see bench_line.h. */
#include <check.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
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

/* A socket at a free port. */
static int bind_anywhere(int kind, char *address, size_t room)
{
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof at;
	int fd = socket(AF_INET, kind, 0);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(bind(fd, (const struct sockaddr *)&at, sizeof at), 0);
	ck_assert_int_eq(getsockname(fd, (struct sockaddr *)&at, &len), 0);
	(void)snprintf(address, room, "127.0.0.1:%u", ntohs(at.sin_port));
	return fd;
}

void line_open(char *address, size_t room, const char *path, const void *bytes, size_t n)
{
	int listener = path != NULL ? listen_at(path) : bind_anywhere(SOCK_STREAM, address, room);

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

void line_free_address(char *address, size_t room)
{
	(void)close(bind_anywhere(SOCK_DGRAM, address, room));
}

void line_close(void)
{
	ck_assert_int_eq(kill(process, SIGKILL), 0);
	ck_assert_int_eq(waitpid(process, NULL, 0), process);
}

/* ---- waiting for it ---- */

static struct waiter {
	struct weir_watch *watch;
	struct weir_instance *instance;
	uint16_t stage;
	int fd;
	unsigned events;
} waiter;

/* Wake it if it is ready, after a while at most. */
static bool wake(struct waiter w, int timeout_ms)
{
	struct pollfd ready = { .fd = w.fd,
		.events = (short)((w.events & WEIR_READABLE ? POLLIN : 0) |
				  (w.events & WEIR_WRITABLE ? POLLOUT : 0)) };

	if (poll(&ready, 1, timeout_ms) != 1)
		return false;
	waiter.watch = NULL;
	w.watch->ready = (uint16_t)w.events;
	weir_wake_stage(w.instance, w.stage);
	return true;
}

static int wait_now(struct weir_platform *p, struct weir_watch *w, struct weir_instance *instance,
	uint16_t stage, int fd, unsigned events)
{
	(void)p;
	w->ready = 0;
	if (events != 0)
		ck_assert(wake((struct waiter){ w, instance, stage, fd, events }, 60000));
	return WEIR_OK;
}

static int wait_on(struct weir_platform *p, struct weir_watch *w, struct weir_instance *instance,
	uint16_t stage, int fd, unsigned events)
{
	(void)p;
	w->ready = 0;
	waiter = (struct waiter){ events != 0 ? w : NULL, instance, stage, fd, events };
	if (events != 0)
		(void)wake(waiter, 0);
	return WEIR_OK;
}

void line_say(const char *address, const void *bytes, size_t n)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	to.sin_port = htons((uint16_t)atoi(strchr(address, ':') + 1));
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(sendto(fd, bytes, n, 0, (const struct sockaddr *)&to, sizeof to), (int)n);
	(void)close(fd);
	if (waiter.watch != NULL)
		(void)wake(waiter, 0);
}

const struct weir_platform_type *line_platform(const struct weir_platform_type *of, bool patient)
{
	static struct weir_platform_type own;

	own = *of;
	own.watch = patient ? wait_now : wait_on;
	return &own;
}
