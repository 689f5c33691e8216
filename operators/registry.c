/* SPDX-License-Identifier: MIT */
/*
 * registry.c -- every built-in operator, from the one list.
 */
#include <weir/operators.h>

const struct weir_op_type *const weir_operator_types[] = {
#define WEIR_OPERATOR(name) &weir_##name##_type,
#include "operators.def"
#undef WEIR_OPERATOR
	NULL
};
