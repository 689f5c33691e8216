/* SPDX-License-Identifier: MIT */
/*
 * registry.c -- the connectors of this build, from the one list.
 */
#include <weir/connectors.h>

const struct weir_op_type *const weir_connector_types[] = {
#define X(symbol) &weir_##symbol##_type,
#include "connectors.def"
#undef X
	NULL,
};
