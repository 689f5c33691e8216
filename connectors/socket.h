/* SPDX-License-Identifier: MIT */
/*
 * socket.h -- stream sockets: what `tcp` and `unix` share, which differ by what an address is. Private to connectors.
 */
#ifndef WEIR_CONNECTORS_SOCKET_H
#define WEIR_CONNECTORS_SOCKET_H

#include <sys/socket.h>

#include "fd.h"

struct weir_socket_address {
	struct sockaddr_storage at;
	socklen_t len;
};

struct weir_socket_family {
	/*
	 * The i-th address (from 0) that a text stands for: NULL, or why there is none. `listen`: to listen at. May look a
	 * name up, and wait for that.
	 */
	const char *(*find)(const char *text, bool listen, unsigned i, struct weir_socket_address *a);
	/* A connection is there: set it up. May be NULL. */
	void (*tune)(int fd);
};

/* Give "host:port" its parts: the host in `host` (bytes: room), the port behind it. False: it is none. */
bool weir_socket_split(const char *text, char *host, size_t room, const char **port);
/* The i-th address of that for a kind of socket, as struct weir_socket_family has it. */
const char *weir_socket_find(
	const char *text, bool listen, int kind, unsigned i, struct weir_socket_address *a);

/* Fail the stage: "name: what: why". Returns the code. */
int weir_socket_fail(struct weir_ctx *c, struct weir_fd *f, const char *what, const char *why);

/* One connection, of the stage whose descriptor `f` becomes it. Zeroed before. */
struct weir_socket {
	const struct weir_socket_family *family;
	const struct weir_socket_params *params;
	unsigned tried; /* addresses that did not do */
	bool listening; /* f's descriptor is still the one that listens */
	bool connected;
};

/* ---- callbacks of the types ---- */

int64_t weir_socket_source_size(const struct weir_place *place);
void weir_socket_source_flow(const struct weir_place *place, uint16_t port, struct weir_flow *flow);
int weir_socket_source_open(struct weir_ctx *c, const struct weir_socket_family *family);
void weir_socket_source_run(struct weir_ctx *c);
void weir_socket_source_close(struct weir_ctx *c, bool normal);

int64_t weir_socket_sink_size(const struct weir_place *place);
int weir_socket_sink_open(struct weir_ctx *c, const struct weir_socket_family *family);
void weir_socket_sink_run(struct weir_ctx *c);
void weir_socket_sink_close(struct weir_ctx *c, bool normal);

/* ---- what the types have in common ---- */

#define WEIR_SOCKET_LISTEN(verb)                                                       \
	WEIR_PARAM(struct weir_socket_params, listen, "listen", BOOL, .dflt = "false", \
		.help = "Wait for somebody to connect, and " verb " the first who does.")

/* Rows behind the one of the address, to the end of the table. */
#define WEIR_SOCKET_SOURCE_PARAMS                                                                        \
	WEIR_SOCKET_LISTEN("read"),                                                                      \
		WEIR_PARAM_BARE("format", FORMAT,                                                        \
			.help = "How records stand in it: csv, ndjson, binary or frames."),              \
		WEIR_PARAM_BARE("time", TIME_FIELD, .help = "Field of the record that gives its time."), \
	{                                                                                                \
		.name = NULL                                                                             \
	}
#define WEIR_SOCKET_SINK_PARAMS                                                             \
	WEIR_SOCKET_LISTEN("write to"),                                                     \
		WEIR_PARAM_BARE("format", FORMAT,                                           \
			.help = "How records are written: csv, ndjson, binary or frames."), \
	{                                                                                   \
		.name = NULL                                                                \
	}

/* All of a type but its name, summary, params, check and open. */
#define WEIR_SOCKET_SOURCE                                                                           \
	.abi = WEIR_OP_ABI, .flags = WEIR_OP_SOURCE, .credit = WEIR_CREDIT_OWN,                      \
	.page = WEIR_PAGE(.emits = "the bytes that come", .completes = "when the peer has sent all", \
		.state = "a few words, and room for a message"),                                     \
	.params_struct = "struct weir_socket_params", .header = "weir/connectors.h",                 \
	.params_size = sizeof(struct weir_socket_params), .out = &weir_bytes_record,                 \
	.state_size = weir_socket_source_size, .flow = weir_socket_source_flow,                      \
	.close = weir_socket_source_close, .run = weir_socket_source_run
#define WEIR_SOCKET_SINK                                                             \
	.abi = WEIR_OP_ABI, .flags = WEIR_OP_SINK, .credit = WEIR_CREDIT_OWN,        \
	.page = WEIR_PAGE(.emits = "bytes to the peer, at once",                     \
		.state = "a few words, and room for a message"),                     \
	.params_struct = "struct weir_socket_params", .header = "weir/connectors.h", \
	.params_size = sizeof(struct weir_socket_params), .in = &weir_bytes_record,  \
	.prefetch = WEIR_FD_SLICE_BYTES, .state_size = weir_socket_sink_size,        \
	.close = weir_socket_sink_close, .run = weir_socket_sink_run

#endif
