/* SPDX-License-Identifier: MIT */
/*
 * registry.c -- every built-in operator, from the one list.
 */
#include <weir/operators.h>

const struct weir_op_type *const weir_operator_types[] = {
#define WEIR_OPERATOR(name) &weir_##name##_type,
#define WEIR_FORM(name)
#include "operators.def"
#undef WEIR_FORM
#undef WEIR_OPERATOR
	NULL
};

const struct weir_op_type *const weir_operator_forms[] = {
#define WEIR_OPERATOR(name)
#define WEIR_FORM(name) &weir_##name##_type,
#include "operators.def"
#undef WEIR_FORM
#undef WEIR_OPERATOR
	NULL
};
