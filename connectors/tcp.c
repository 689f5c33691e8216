/* SPDX-License-Identifier: MIT */
/*
 * tcp.c -- bytes from and to a TCP connection (socket.c): one that is made, or the first that comes.
 *
 * A host's name is looked up when the stage opens, and the loop waits for that; of its addresses the first that answers
 * is taken. What is sent goes out at once: records are not held back to fill a packet.
 */
#include <netinet/in.h>
#include <netinet/tcp.h>

#include "socket.h"

/* The row of the address. */
#define ADDRESS                                                                                           \
	WEIR_PARAM(struct weir_socket_params, address, "address", TEXT, .example = "\"localhost:4000\"",  \
		.help = "Host and port to connect to, or with `listen` to be found at: \":4000\" is any " \
			"address of this machine.",                                                       \
		.flags = WEIR_PARAM_REQUIRED | WEIR_PARAM_PRIMARY)

static const struct weir_param source_params[] = { ADDRESS, WEIR_SOCKET_SOURCE_PARAMS };
static const struct weir_param sink_params[] = { ADDRESS, WEIR_SOCKET_SINK_PARAMS };

static int check(const struct weir_place *place, const char **why)
{
	const struct weir_socket_params *p = place->params;
	const char *port;
	char host[256];

	*why = "an address is host:port, such as \"localhost:4000\", \"[::1]:4000\" or, to listen, \":4000\"";
	if (!weir_socket_split(p->address, host, sizeof host, &port))
		return WEIR_EINVAL;
	return host[0] != '\0' || p->listen ? WEIR_OK : WEIR_EINVAL;
}

static const char *find(const char *text, bool listen, unsigned i, struct weir_socket_address *a)
{
	return weir_socket_find(text, listen, SOCK_STREAM, i, a);
}

static void tune(int fd)
{
	int one = 1;

	(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
}

static const struct weir_socket_family family = { .find = find, .tune = tune };

static int source_open(struct weir_ctx *c)
{
	return weir_socket_source_open(c, &family);
}

static int sink_open(struct weir_ctx *c)
{
	return weir_socket_sink_open(c, &family);
}

const struct weir_op_type weir_tcp_source_type = {
	WEIR_SOCKET_SOURCE,
	.name = "tcp",
	.summary = "Read a TCP connection; when nobody asks for more, the peer has to wait.",
	.params = source_params,
	.check = check,
	.open = source_open,
};

const struct weir_op_type weir_tcp_sink_type = {
	WEIR_SOCKET_SINK,
	.name = "tcp",
	.summary = "Write to a TCP connection, as fast as its peer reads.",
	.params = sink_params,
	.check = check,
	.open = sink_open,
};
