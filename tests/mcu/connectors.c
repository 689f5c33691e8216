/* SPDX-License-Identifier: MIT */
/* connectors.c -- a board's list of connectors: those that need no host. */
#include <weir/connectors.h>

const struct weir_op_type *const weir_connector_types[] = { &weir_null_sink_type, &weir_range_source_type,
	&weir_interval_source_type, NULL };
