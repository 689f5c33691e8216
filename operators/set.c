/* SPDX-License-Identifier: MIT */
/*
 * set -- replace fields of each record, or append new ones.
 *
 *	in    --1---2---3---|
 *	out   --1'--2'--3'--|	{x: expression}
 *
 * Credit  pass: one out per item in.
 * Memory  none of its own; the output buffer of its edge where fields are appended.
 * Time    items keep their instants.
 *
 * A replaced field keeps its type: a value that does not fit is an item error. All expressions see the
 * incoming record. The stage is its program: the engine runs it, fused with its neighbours.
 */
#include <weir/operators.h>

static const struct weir_param params[] = {
	WEIR_PARAM(struct weir_set_params, fields, "fields", SET,
		.example = "{\"temp\": \"temp + 0.5\", \"warm\": \"temp > 20.5\"}",
		.help = "Fields to replace, type kept, or to append, each an expression over the incoming "
			"record.",
		.flags = WEIR_PARAM_PRIMARY | WEIR_PARAM_REQUIRED),
	{ .name = NULL },
};

static const struct weir_program *as_program(const void *p)
{
	return ((const struct weir_set_params *)p)->fields;
}

const struct weir_op_type weir_set_type = {
	.abi = WEIR_OP_ABI,
	.flags = WEIR_OP_WRITES | WEIR_OP_IN_PLACE,
	.credit = WEIR_CREDIT_PASS,
	.name = "set",
	.summary = WEIR_TEXT("Replace fields of each record, or append new ones."),
	.page = WEIR_PAGE(.emits = "one for each item", .state = "0: it is a program"),
	.params_struct = WEIR_TEXT("struct weir_set_params"),
	.header = WEIR_TEXT("weir/operators.h"),
	.params = WEIR_TEXT(params),
	.params_size = sizeof(struct weir_set_params),
	.as_program = as_program,
};
