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
const struct weir_op_type weir_serial_source_type = { .abi = WEIR_OP_ABI, .name = "serial" };
const struct weir_op_type weir_serial_sink_type = { .abi = WEIR_OP_ABI, .name = "serial" };

void line_open(const char *path, const void *bytes, size_t n)
{
	(void)path;
	(void)bytes;
	(void)n;
	board_panic("a board has no line to a process");
}

void line_close(void)
{
}

const struct weir_platform_type *line_platform(const struct weir_platform_type *of)
{
	return of;
}
