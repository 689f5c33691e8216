/* SPDX-License-Identifier: MIT */
/*
 * socket.c -- one connection of stream sockets, made or waited for, that bytes come from or go to.
 *
 * Connecting and accepting never wait: the stage is run again when it may go on, and asks nothing of its neighbours
 * before. Who listens takes the first that comes and then listens no more.
 *
 * Credit  reading is switched by it (fd_source.c): what nobody asks for stays in the kernel, whose buffer fills up, and
 *         then the peer has to wait. The sink waits for a slow peer the same way.
 * Ends    when the peer has sent all, the source completes; a reset is an error. At its normal end the sink says so to
 *         the peer; at any other one it resets the connection where the family knows that, so that nobody takes a part
 *         for the whole.
 * Memory  the state, with room for a message that names the address.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "socket.h"

struct socket_source {
	struct weir_fd f;
	struct weir_socket socket;
	char text[]; /* messages */
};

struct socket_sink {
	struct weir_fd_sink sink;
	struct weir_socket socket;
	char text[];
};

/* ---- addresses of the internet ---- */

bool weir_socket_split(const char *text, char *host, size_t room, const char **port)
{
	const char *colon = strrchr(text, ':'), *from = text, *end = colon;
	unsigned long number = 0;

	if (colon == NULL || colon[1] == '\0')
		return false;
	if (text[0] == '[') {
		from++;
		end = strchr(text, ']');
		if (end == NULL || end + 1 != colon)
			return false;
	} else if (memchr(text, ':', (size_t)(colon - text)) != NULL) {
		return false;
	}
	for (const char *d = colon + 1; *d != '\0'; d++) {
		number = number * 10 + (unsigned long)(*d - '0');
		if (*d < '0' || *d > '9' || number > 65535)
			return false;
	}
	if (number == 0 || (size_t)(end - from) >= room)
		return false;
	memcpy(host, from, (size_t)(end - from));
	host[end - from] = '\0';
	*port = colon + 1;
	return true;
}

const char *weir_socket_find(
	const char *text, bool listen, int kind, unsigned i, struct weir_socket_address *a)
{
	struct addrinfo hints = { .ai_socktype = kind,
		.ai_flags = AI_NUMERICSERV | (listen ? AI_PASSIVE : 0) };
	struct addrinfo *all = NULL;
	const struct addrinfo *one;
	char host[256];
	const char *port, *why = "there is no such address";
	int rc;

	if (!weir_socket_split(text, host, sizeof host, &port))
		return "it is not host:port";
	rc = getaddrinfo(host[0] != '\0' ? host : NULL, port, &hints, &all);
	if (rc != 0)
		return gai_strerror(rc);
	for (one = all; one != NULL && i > 0; i--)
		one = one->ai_next;
	if (one != NULL && one->ai_addrlen <= sizeof a->at) {
		memcpy(&a->at, one->ai_addr, one->ai_addrlen);
		a->len = one->ai_addrlen;
		why = NULL;
	}
	freeaddrinfo(all);
	return why;
}

/* ---- getting connected ---- */

int weir_socket_fail(struct weir_ctx *c, struct weir_fd *f, const char *what, const char *why)
{
	snprintf(f->text, f->text_bytes, "%s: %s: %s", f->name, what, why);
	weir_fail(c, WEIR_EIO, f->text);
	return WEIR_EIO;
}

static const struct sockaddr *address(const struct weir_socket_address *a)
{
	return (const struct sockaddr *)(const void *)&a->at;
}

static int new_socket(const struct weir_socket_address *a)
{
	return socket(address(a)->sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
}

static void shut(struct weir_ctx *c, struct weir_fd *f)
{
	if (f->fd < 0)
		return;
	weir_fd_release(c, f);
	close(f->fd);
	f->fd = -1;
}

static void connected(struct weir_socket *s, struct weir_fd *f)
{
	s->connected = true;
	s->listening = false;
	if (s->family->tune != NULL)
		s->family->tune(f->fd);
}

/* Begin with the next address that does not fail at once. 0: connected or on the way, else the stage has failed. */
static int try_next(struct weir_ctx *c, struct weir_socket *s, struct weir_fd *f, int err)
{
	struct weir_socket_address a;

	for (;; s->tried++) {
		const char *why = s->family->find(s->params->address, false, s->tried, &a);

		if (why != NULL)
			return err != 0 ? weir_fd_fail(c, f, "cannot connect", err)
					: weir_socket_fail(c, f, "cannot connect", why);
		shut(c, f);
		f->fd = new_socket(&a);
		if (f->fd >= 0 && connect(f->fd, address(&a), a.len) == 0) {
			connected(s, f);
			return WEIR_OK;
		}
		if (f->fd >= 0 && errno == EINPROGRESS)
			return WEIR_OK;
		err = errno;
	}
}

static const char *path_of(const struct weir_socket_address *a)
{
	return ((const struct sockaddr_un *)(const void *)&a->at)->sun_path;
}

/* A socket that nobody listens at any more is in the way of whoever wants to. */
static bool is_left_over(const struct weir_socket_address *a)
{
	struct stat st;
	int fd;
	bool left_over;

	if (address(a)->sa_family != AF_UNIX || stat(path_of(a), &st) != 0 || !S_ISSOCK(st.st_mode))
		return false;
	fd = new_socket(a);
	left_over = fd >= 0 && connect(fd, address(a), a->len) != 0 && errno == ECONNREFUSED;
	if (fd >= 0)
		close(fd);
	return left_over;
}

static int listen_at(struct weir_ctx *c, struct weir_socket *s, struct weir_fd *f)
{
	struct weir_socket_address a;
	const char *why = s->family->find(s->params->address, true, 0, &a);
	int one = 1, rc;

	if (why != NULL)
		return weir_socket_fail(c, f, "cannot listen", why);
	f->fd = new_socket(&a);
	if (f->fd < 0)
		return weir_fd_fail(c, f, "cannot listen", errno);
	(void)setsockopt(f->fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
	rc = bind(f->fd, address(&a), a.len);
	if (rc != 0 && errno == EADDRINUSE) {
		rc = is_left_over(&a) && unlink(path_of(&a)) == 0 ? bind(f->fd, address(&a), a.len) : -1;
		errno = rc != 0 ? EADDRINUSE : 0;
	}
	if (rc != 0 || listen(f->fd, 1) != 0)
		return weir_fd_fail(c, f, "cannot listen", errno);
	s->listening = true;
	return WEIR_OK;
}

/* Nobody else can come any more. */
static void stop_listening(struct weir_ctx *c, struct weir_socket *s, struct weir_fd *f)
{
	struct weir_socket_address a;

	if (s->listening && s->family->find(s->params->address, true, 0, &a) == NULL &&
		address(&a)->sa_family == AF_UNIX)
		(void)unlink(path_of(&a));
	s->listening = false;
	shut(c, f);
}

static void take_peer(struct weir_ctx *c, struct weir_socket *s, struct weir_fd *f)
{
	int fd;

	do
		fd = accept4(f->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
	while (fd < 0 && (errno == EINTR || errno == ECONNABORTED));
	if (fd >= 0) {
		stop_listening(c, s, f);
		f->fd = fd;
		connected(s, f);
	} else if (errno == EAGAIN || errno == EWOULDBLOCK) {
		weir_fd_wait(c, f, WEIR_READABLE);
	} else {
		weir_fd_fail(c, f, "cannot accept", errno);
	}
}

/* Look how connecting went, once it has gone one way or the other. */
static void look(struct weir_ctx *c, struct weir_socket *s, struct weir_fd *f)
{
	struct pollfd p = { .fd = f->fd, .events = POLLOUT };
	int err = 0;
	socklen_t len = sizeof err;

	if (poll(&p, 1, 0) > 0) {
		if (getsockopt(f->fd, SOL_SOCKET, SO_ERROR, &err, &len) != 0)
			err = errno;
		if (err == 0) {
			connected(s, f);
			return;
		}
		s->tried++;
		if (try_next(c, s, f, err) < 0 || s->connected)
			return;
	}
	weir_fd_wait(c, f, WEIR_WRITABLE);
}

/* Whether it is connected. If not, the stage has failed or is run again when it may be. */
static bool is_ready(struct weir_ctx *c, struct weir_socket *s, struct weir_fd *f)
{
	if (s->connected)
		return true;
	if (s->listening)
		take_peer(c, s, f);
	else
		look(c, s, f);
	return s->connected;
}

static size_t text_bytes(const void *params)
{
	return strlen(((const struct weir_socket_params *)params)->address) + WEIR_FD_REASON_MAX;
}

static int open_socket(struct weir_ctx *c, struct weir_socket *s, struct weir_fd *f,
	const struct weir_socket_family *family, char *text)
{
	int rc;

	s->family = family;
	s->params = c->params;
	f->name = s->params->address;
	f->text = text;
	f->text_bytes = text_bytes(c->params);
	f->fd = -1;
	f->is_socket = f->drains = true;
	rc = s->params->listen ? listen_at(c, s, f) : try_next(c, s, f, 0);
	if (rc < 0) /* the engine closes only what was opened */
		stop_listening(c, s, f);
	return rc;
}

/* ---- the source ---- */

int64_t weir_socket_source_size(const struct weir_place *place)
{
	return (int64_t)(sizeof(struct socket_source) + text_bytes(place->params));
}

/* The peer may say nothing for any time. */
void weir_socket_source_flow(const struct weir_place *place, uint16_t port, struct weir_flow *flow)
{
	(void)place;
	(void)port;
	flow->silent = true;
}

int weir_socket_source_open(struct weir_ctx *c, const struct weir_socket_family *family)
{
	struct socket_source *s = c->state;

	return open_socket(c, &s->socket, &s->f, family, s->text);
}

void weir_socket_source_run(struct weir_ctx *c)
{
	struct socket_source *s = c->state;

	if (is_ready(c, &s->socket, &s->f))
		weir_fd_source_run(c, &s->f);
}

void weir_socket_source_close(struct weir_ctx *c, bool normal)
{
	struct socket_source *s = c->state;

	(void)normal;
	stop_listening(c, &s->socket, &s->f);
}

/* ---- the sink ---- */

int64_t weir_socket_sink_size(const struct weir_place *place)
{
	return (int64_t)(sizeof(struct socket_sink) + text_bytes(place->params));
}

int weir_socket_sink_open(struct weir_ctx *c, const struct weir_socket_family *family)
{
	static const struct weir_fd_sink_kind kind = { 0 };
	struct socket_sink *s = c->state;

	s->sink.kind = &kind;
	return open_socket(c, &s->socket, &s->sink.f, family, s->text);
}

void weir_socket_sink_run(struct weir_ctx *c)
{
	struct socket_sink *s = c->state;

	if (is_ready(c, &s->socket, &s->sink.f))
		weir_fd_sink_run(c, &s->sink);
}

/* Whatever the peer said: unread, it would make of the end a reset that overtakes our last bytes. */
static void hear_out(int fd)
{
	char heard[4096];

	while (recv(fd, heard, sizeof heard, 0) > 0)
		;
}

void weir_socket_sink_close(struct weir_ctx *c, bool normal)
{
	struct socket_sink *s = c->state;
	const struct linger reset = { .l_onoff = 1, .l_linger = 0 };

	if (s->socket.connected && normal) {
		(void)shutdown(s->sink.f.fd, SHUT_WR);
		hear_out(s->sink.f.fd);
	} else if (s->socket.connected) {
		(void)setsockopt(s->sink.f.fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
	}
	stop_listening(c, &s->socket, &s->sink.f);
}
