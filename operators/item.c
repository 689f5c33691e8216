/* SPDX-License-Identifier: MIT */
/*
 * item -- the item that started the stream: the first stage of a stream that flat_map or switch names.
 *
 *	out   A|
 *
 * Credit  a source of one item.
 * Memory  none. No copy: the item is lent from where the stage that started the stream keeps it.
 * Time    event clock: the record's time field, as at every source.
 */
#include <weir/operators.h>

static const struct weir_param params[] = {
	WEIR_PARAM(struct weir_item_params, record, "record", RECORD,
		.help = "The record of the items that start the stream.", .example = "\"reading\"",
		.flags = WEIR_PARAM_PRIMARY | WEIR_PARAM_REQUIRED),
	{ .name = NULL },
};

static void run(struct weir_ctx *c)
{
	struct weir_span span = { .items = (void *)(uintptr_t)weir_scope_item(c), .count = 1 };

	if (weir_room(c, 0) == 0)
		return;
	weir_lend(c, 0, &span);
	weir_complete(c);
}

static void stop(struct weir_ctx *c)
{
	(void)c; /* what it holds is its one item: that still goes out */
}

const struct weir_op_type weir_item_type = {
	.abi = WEIR_OP_ABI,
	.flags = WEIR_OP_SOURCE | WEIR_OP_LENDS | WEIR_OP_SCOPE_ITEM,
	.credit = WEIR_CREDIT_OWN,
	.name = "item",
	.summary = WEIR_TEXT("The item that started the stream."),
	.page = WEIR_PAGE(.emits = "the item that started the stream", .completes = "behind it",
		.state = "0"),
	.params_struct = WEIR_TEXT("struct weir_item_params"),
	.header = WEIR_TEXT("weir/operators.h"),
	.params = WEIR_TEXT(params),
	.params_size = sizeof(struct weir_item_params),
	.run = run,
	.stop = stop,
};
