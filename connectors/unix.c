/* SPDX-License-Identifier: MIT */
/*
 * unix.c -- bytes from and to a stream socket that a path names (socket.c), within one machine.
 *
 * Who listens makes the path and removes it when somebody has come. One that was left behind by a program that is gone
 * is replaced. There is no reset: a peer cannot tell whether what it got is all.
 */
#include <string.h>
#include <sys/un.h>

#include "socket.h"

/* The row of the address. */
#define ADDRESS                                                                                      \
	WEIR_PARAM(struct weir_socket_params, address, "path", TEXT, .example = "\"readings.sock\"", \
		.help = "Path of the socket.", .flags = WEIR_PARAM_REQUIRED | WEIR_PARAM_PRIMARY)

static const struct weir_param source_params[] = { ADDRESS, WEIR_SOCKET_SOURCE_PARAMS };
static const struct weir_param sink_params[] = { ADDRESS, WEIR_SOCKET_SINK_PARAMS };

static int check(const struct weir_place *place, const char **why)
{
	const struct weir_socket_params *p = place->params;

	*why = "the path of a socket has at most 107 bytes";
	return p->address[0] != '\0' && strlen(p->address) < sizeof((struct sockaddr_un *)NULL)->sun_path
		       ? WEIR_OK
		       : WEIR_EINVAL;
}

static const char *find(const char *text, bool listen, unsigned i, struct weir_socket_address *a)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };

	(void)listen;
	if (i > 0 || strlen(text) >= sizeof at.sun_path)
		return "there is no such path";
	strcpy(at.sun_path, text);
	memcpy(&a->at, &at, sizeof at);
	a->len = sizeof at;
	return NULL;
}

static const struct weir_socket_family family = { .find = find };

static int source_open(struct weir_ctx *c)
{
	return weir_socket_source_open(c, &family);
}

static int sink_open(struct weir_ctx *c)
{
	return weir_socket_sink_open(c, &family);
}

const struct weir_op_type weir_unix_source_type = {
	WEIR_SOCKET_SOURCE,
	.name = "unix",
	.summary = "Read a stream socket of this machine; when nobody asks for more, the peer has to wait.",
	.params = source_params,
	.check = check,
	.open = source_open,
};

const struct weir_op_type weir_unix_sink_type = {
	WEIR_SOCKET_SINK,
	.name = "unix",
	.summary = "Write to a stream socket of this machine, as fast as its peer reads.",
	.params = sink_params,
	.check = check,
	.open = sink_open,
};
