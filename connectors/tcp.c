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

#define PARAMS(verb)                                                                                      \
	WEIR_PARAM(struct weir_socket_params, address, "address", TEXT, .example = "\"localhost:4000\"",  \
		.help = "Host and port to connect to, or with `listen` to be found at: \":4000\" is any " \
			"address of this machine.",                                                       \
		.flags = WEIR_PARAM_REQUIRED | WEIR_PARAM_PRIMARY),                                       \
		WEIR_PARAM(struct weir_socket_params, listen, "listen", BOOL, .dflt = "false",            \
			.help = "Wait for somebody to connect, and " verb " the first who does.")

static const struct weir_param source_params[] = {
	PARAMS("read"),
	WEIR_PARAM_BARE("format", FORMAT, .help = "How records stand in it: csv, ndjson, binary or frames."),
	WEIR_PARAM_BARE("time", TIME_FIELD, .help = "Field of the record that gives its time."),
	{ .name = NULL },
};

static const struct weir_param sink_params[] = {
	PARAMS("write to"),
	WEIR_PARAM_BARE("format", FORMAT, .help = "How records are written: csv, ndjson, binary or frames."),
	{ .name = NULL },
};

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
	.abi = WEIR_OP_ABI,
	.flags = WEIR_OP_SOURCE,
	.credit = WEIR_CREDIT_OWN,
	.name = "tcp",
	.summary = "Read a TCP connection; when nobody asks for more, the peer has to wait.",
	.page = WEIR_PAGE(.emits = "the bytes that come", .completes = "when the peer has sent all",
		.state = "a few words, and room for a message"),
	.params_struct = "struct weir_socket_params",
	.header = "weir/connectors.h",
	.params = source_params,
	.params_size = sizeof(struct weir_socket_params),
	.out = &weir_bytes_record,
	.state_size = weir_socket_source_size,
	.check = check,
	.flow = weir_socket_source_flow,
	.open = source_open,
	.close = weir_socket_source_close,
	.run = weir_socket_source_run,
};

const struct weir_op_type weir_tcp_sink_type = {
	.abi = WEIR_OP_ABI,
	.flags = WEIR_OP_SINK,
	.credit = WEIR_CREDIT_OWN,
	.name = "tcp",
	.summary = "Write to a TCP connection, as fast as its peer reads.",
	.page = WEIR_PAGE(.emits = "bytes to the peer, at once",
		.state = "a few words, and room for a message"),
	.params_struct = "struct weir_socket_params",
	.header = "weir/connectors.h",
	.params = sink_params,
	.params_size = sizeof(struct weir_socket_params),
	.in = &weir_bytes_record,
	.prefetch = WEIR_FD_SLICE_BYTES,
	.state_size = weir_socket_sink_size,
	.check = check,
	.open = sink_open,
	.close = weir_socket_sink_close,
	.run = weir_socket_sink_run,
};
