/* SPDX-License-Identifier: MIT */
/*
 * emit -- make the record that a zip or its kin was asked to emit: a map behind it.
 *
 *	in    --1---2---3---|	a.x b.x
 *	out   --a---b---c---|	{d: a.x - b.x}
 *
 * Credit  pass: one out per item in.
 * Memory  none of its own; the output buffer of its edge.
 * Time    items keep their instants.
 *
 * Put in by the builder behind a combiner that has `emit`; the stage is its program.
 */
#include <weir/operators.h>

static const struct weir_param params[] = {
	WEIR_PARAM(struct weir_map_params, fields, "emit", FIELDS,
		.help = "The output's fields, each an expression over stream.field.",
		.flags = WEIR_PARAM_PRIMARY | WEIR_PARAM_REQUIRED, .example = "{\"d\": \"a.temp - b.temp\"}"),
	{ .name = NULL },
};

static const struct weir_program *as_program(const void *p)
{
	return ((const struct weir_map_params *)p)->fields;
}

const struct weir_op_type weir_emit_type = {
	.abi = WEIR_OP_ABI,
	.flags = WEIR_OP_WRITES | WEIR_OP_IN_PLACE | WEIR_OP_INTERNAL,
	.credit = WEIR_CREDIT_PASS,
	.name = "emit",
	.summary = WEIR_TEXT("Make the record that a combiner was asked to emit."),
	.page = WEIR_PAGE(.emits = "one for each item", .state = "0: it is a program"),
	.params_struct = WEIR_TEXT("struct weir_map_params"),
	.header = WEIR_TEXT("weir/operators.h"),
	.params = WEIR_TEXT(params),
	.params_size = sizeof(struct weir_map_params),
	.as_program = as_program,
};
