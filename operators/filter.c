/* SPDX-License-Identifier: MIT */
/*
 * filter -- pass the items for which a condition holds, drop the rest.
 *
 *	in    --1-2-3-4---|
 *	out   --1---3-----|	x % 2 == 1
 *
 * Credit  pass: at most one out per item in; the credit of dropped items is re-granted (C-5).
 * Memory  none: survivors move together in the span they came in.
 * Time    items keep their instants.
 *
 * Drops are counted as `filtered`. The stage is its program: the engine runs it, fused with its neighbours.
 */
#include <weir/operators.h>

static const struct weir_param params[] = {
	WEIR_PARAM(struct weir_filter_params, when, "when", WHEN, .example = "\"temp > 20.5 && rh > 45\"",
		.help = "Items pass when this bool expression is true.",
		.flags = WEIR_PARAM_PRIMARY | WEIR_PARAM_REQUIRED),
	{ .name = NULL },
};

static const struct weir_program *as_program(const void *p)
{
	return ((const struct weir_filter_params *)p)->when;
}

const struct weir_op_type weir_filter_type = {
	.abi = WEIR_OP_ABI,
	.flags = WEIR_OP_WRITES | WEIR_OP_IN_PLACE,
	.credit = WEIR_CREDIT_PASS,
	.drops = WEIR_DROPS_BIT(FILTERED),
	.name = "filter",
	.summary = WEIR_TEXT("Pass the items for which a condition holds, drop the rest."),
	.page = WEIR_PAGE(.emits = "those for which `when` is true", .state = "0: it is a program"),
	.params_struct = WEIR_TEXT("struct weir_filter_params"),
	.header = WEIR_TEXT("weir/operators.h"),
	.params = WEIR_TEXT(params),
	.params_size = sizeof(struct weir_filter_params),
	.as_program = as_program,
};
