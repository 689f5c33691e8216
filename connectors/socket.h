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

#endif
