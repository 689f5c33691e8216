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

#define PARAMS(verb)                                                                                 \
	WEIR_PARAM(struct weir_socket_params, address, "path", TEXT, .example = "\"readings.sock\"", \
		.help = "Path of the socket.", .flags = WEIR_PARAM_REQUIRED | WEIR_PARAM_PRIMARY),   \
		WEIR_PARAM(struct weir_socket_params, listen, "listen", BOOL, .dflt = "false",       \
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
	.abi = WEIR_OP_ABI,
	.flags = WEIR_OP_SOURCE,
	.credit = WEIR_CREDIT_OWN,
	.name = "unix",
	.summary = "Read a stream socket of this machine; when nobody asks for more, the peer has to wait.",
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

const struct weir_op_type weir_unix_sink_type = {
	.abi = WEIR_OP_ABI,
	.flags = WEIR_OP_SINK,
	.credit = WEIR_CREDIT_OWN,
	.name = "unix",
	.summary = "Write to a stream socket of this machine, as fast as its peer reads.",
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
