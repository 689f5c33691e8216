/* SPDX-License-Identifier: MIT */
/*
 * with_index -- number the items.
 *
 *	in    --a---b---c---|
 *	out   --a0--b1--c2--|
 *
 * Credit  pass: at most one out per item in.
 * Memory  one slot per key, max_keys of them; one in all without a key. A slot holds a count.
 * Time    items keep their instants.
 */
#include <string.h>

#include <weir/operators.h>

static const struct weir_param params[] = {
	WEIR_PARAM(struct weir_with_index_params, as, "as", APPEND, .dflt = "\"index\"",
		.help = "Name of the field, u64, that has the number: 0, 1, ...", .kinds = 1u << WEIR_U64,
		.flags = WEIR_PARAM_PRIMARY),
	WEIR_PARAMS_KEYED(struct weir_with_index_params),
	{ .name = NULL },
};

static int64_t state_size(const struct weir_place *place)
{
	const struct weir_with_index_params *p = place->params;

	return weir_each_size(place, &p->keyed, sizeof(uint64_t), 0);
}

static int init(struct weir_ctx *c, const struct weir_place *place)
{
	const struct weir_with_index_params *p = place->params;

	return weir_each_init(c->state, place, &p->keyed, sizeof(uint64_t), 0);
}

static int look(struct weir_ctx *c, const struct weir_each_item *item)
{
	const struct weir_with_index_params *p = c->params;
	uint64_t *next = item->state;

	memcpy((unsigned char *)item->out + p->as->offset, next, sizeof *next);
	++*next;
	return WEIR_EACH_PASS;
}

static struct weir_moved process(
	struct weir_ctx *c, const struct weir_span *in, struct weir_span *out, bool last)
{
	(void)last;
	return weir_each_run(c, in, out, look);
}

const struct weir_op_type weir_with_index_type = {
	.abi = WEIR_OP_ABI,
	.credit = WEIR_CREDIT_PASS,
	.name = "with_index",
	.summary = WEIR_TEXT("Number the items."),
	.page = WEIR_PAGE(.emits = "one for each item", .state = "96 (64), keys: 8"),
	.params_struct = WEIR_TEXT("struct weir_with_index_params"),
	.header = WEIR_TEXT("weir/operators.h"),
	.params = WEIR_TEXT(params),
	.params_size = sizeof(struct weir_with_index_params),
	.state_size = WEIR_SIZE(state_size),
	.init = init,
	.process = process,
};
