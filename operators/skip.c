/* SPDX-License-Identifier: MIT */
/*
 * skip -- drop the first items, pass the rest.
 *
 *	in    --1--2--3--4--|
 *	out   --------3--4--|	count 2
 *
 * Credit  pass: the credit of dropped items is re-granted (C-5).
 * Memory  one counter. No copy: the output points into the input's span.
 * Time    items keep their instants.
 *
 * Drops are counted as `filtered`.
 */
#include <weir/operators.h>

struct weir_skip {
	uint64_t left; /* to drop */
	size_t item_bytes;
};

static const struct weir_param params[] = {
	WEIR_PARAM(struct weir_skip_params, count, "count", I64, .example = "10", .help = "Items to drop.",
		.min = 0, .max = INT64_MAX, .flags = WEIR_PARAM_PRIMARY | WEIR_PARAM_REQUIRED),
	{ .name = NULL },
};

static int64_t state_size(const struct weir_place *place)
{
	(void)place;
	return (int64_t)sizeof(struct weir_skip);
}

static void flow(const struct weir_place *place, uint16_t port, struct weir_flow *f)
{
	const struct weir_skip_params *p = place->params;

	(void)port;
	f->lag_least = f->lag_most = (uint64_t)p->count;
}

static int init(struct weir_ctx *c, const struct weir_place *place)
{
	const struct weir_skip_params *p = place->params;
	struct weir_skip *s = c->state;

	s->left = (uint64_t)p->count;
	s->item_bytes = place->in->size;
	return WEIR_OK;
}

static struct weir_moved process(
	struct weir_ctx *c, const struct weir_span *in, struct weir_span *out, bool last)
{
	struct weir_skip *s = c->state;
	struct weir_moved m = { .taken = in->count, .made = in->count };
	uint32_t drop = in->count;

	(void)last;
	out->items = in->items;
	out->instants = in->instants;
	if (s->left == 0)
		return m;
	if (s->left < drop)
		drop = (uint32_t)s->left;
	s->left -= drop;
	m.made -= drop;
	weir_drop(c, WEIR_DROP_FILTERED, drop);
	out->items = (unsigned char *)in->items + drop * s->item_bytes;
	if (in->instants != NULL)
		out->instants = in->instants + drop;
	return m;
}

const struct weir_op_type weir_skip_type = {
	.abi = WEIR_OP_ABI,
	.flags = WEIR_OP_NARROWS,
	.credit = WEIR_CREDIT_PASS,
	.drops = WEIR_DROPS_BIT(FILTERED),
	.name = "skip",
	.summary = WEIR_TEXT("Drop the first items, pass the rest."),
	.page = WEIR_PAGE(.emits = "all but the first `count`", .state = "16"),
	.params_struct = WEIR_TEXT("struct weir_skip_params"),
	.header = WEIR_TEXT("weir/operators.h"),
	.params = WEIR_TEXT(params),
	.params_size = sizeof(struct weir_skip_params),
	.state_size = WEIR_SIZE(state_size),
	.flow = WEIR_TEXT(flow),
	.init = init,
	.process = process,
};
