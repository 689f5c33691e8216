/* SPDX-License-Identifier: MIT */
/*
 * map -- make a record of exactly the given fields from each record.
 *
 *	in    --1---2---3---|
 *	out   --a---b---c---|	{x: expression}
 *
 * Credit  pass: one out per item in.
 * Memory  none of its own; the output buffer of its edge where records change.
 * Time    items keep their instants, also when the time field is left out.
 *
 * The stage is its program: the engine runs it, fused with its neighbours.
 */
#include <weir/operators.h>

static const struct weir_param params[] = {
	WEIR_PARAM(struct weir_map_params, fields, "fields", FIELDS,
		.example = "{\"at\": \"at\", \"node\": \"node\", \"temp_f\": \"temp * 1.8 + 32\"}",
		.help = "The output's fields, each an expression over the incoming record.",
		.flags = WEIR_PARAM_PRIMARY | WEIR_PARAM_REQUIRED),
	{ .name = NULL },
};

static const struct weir_program *as_program(const void *p)
{
	return ((const struct weir_map_params *)p)->fields;
}

const struct weir_op_type weir_map_type = {
	.abi = WEIR_OP_ABI,
	.flags = WEIR_OP_WRITES | WEIR_OP_IN_PLACE,
	.credit = WEIR_CREDIT_PASS,
	.name = "map",
	.summary = WEIR_TEXT("Make a record of exactly the given fields from each record."),
	.page = WEIR_PAGE(.emits = "one for each item", .state = "0: it is a program"),
	.params_struct = WEIR_TEXT("struct weir_map_params"),
	.header = WEIR_TEXT("weir/operators.h"),
	.params = WEIR_TEXT(params),
	.params_size = sizeof(struct weir_map_params),
	.as_program = as_program,
};
