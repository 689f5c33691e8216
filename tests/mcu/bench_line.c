/* SPDX-License-Identifier: MIT */
/*
 * bench_line.c -- what the rules take for granted and a board has not got: a line to a process, and with it the
 * connectors, for which the rules lay files out. So they hold the operators alone to account here.
 */
#include "rules/bench_line.h"

#include <weir/connectors.h>

#include "board.h"

const struct weir_op_type *const weir_connector_types[] = { NULL };

/* The rules know them by their addresses. */
#define NAMED(symbol, name_) \
	const struct weir_op_type weir_##symbol##_type = { .abi = WEIR_OP_ABI, .name = (name_) }
NAMED(serial_source, "serial");
NAMED(serial_sink, "serial");
NAMED(tcp_source, "tcp");
NAMED(tcp_sink, "tcp");
NAMED(udp_source, "udp");
NAMED(unix_source, "unix");
NAMED(unix_sink, "unix");

void line_open(char *address, size_t room, const char *path, const void *bytes, size_t n)
{
	(void)address;
	(void)room;
	(void)path;
	(void)bytes;
	(void)n;
	board_panic("a board has no line to a process");
}

void line_close(void)
{
}

void line_free_address(char *address, size_t room)
{
	(void)address;
	(void)room;
}

void line_say(const char *address, const void *bytes, size_t n)
{
	(void)address;
	(void)bytes;
	(void)n;
}

const struct weir_platform_type *line_platform(const struct weir_platform_type *of, bool patient)
{
	(void)patient;
	return of;
}
