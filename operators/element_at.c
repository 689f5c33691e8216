/* SPDX-License-Identifier: MIT */
/*
 * element_at -- pass the one item at a place, then complete and cancel the input.
 *
 *	in    --1--2--3--4--|
 *	out   --------3|	index 2
 *
 * Credit  pass: asks the input for one item; the credit of those before it is re-granted (C-5).
 * Memory  a counter. No copy: the output points into the input's span.
 * Time    the item keeps its instant. Completes with it; without it where the input ends before.
 *
 * Items before it are dropped and counted as `filtered`.
 */
#include <weir/operators.h>

struct weir_element_at {
	uint64_t left; /* items before it */
	size_t item_bytes;
	bool asked;
};

static const struct weir_param params[] = {
	WEIR_PARAM(struct weir_element_at_params, index, "index", I64, .example = "10",
		.help = "The item's number, from 0.", .min = 0, .max = INT64_MAX,
		.flags = WEIR_PARAM_PRIMARY | WEIR_PARAM_REQUIRED),
	{ .name = NULL },
};

static int64_t state_size(const struct weir_place *place)
{
	(void)place;
	return (int64_t)sizeof(struct weir_element_at);
}

static void flow(const struct weir_place *place, uint16_t port, struct weir_flow *f)
{
	const struct weir_element_at_params *p = place->params;

	(void)port;
	f->lag_least = f->lag_most = (uint64_t)p->index;
	f->ends_early = true;
}

static int init(struct weir_ctx *c, const struct weir_place *place)
{
	const struct weir_element_at_params *p = place->params;
	struct weir_element_at *s = c->state;

	s->left = (uint64_t)p->index;
	s->item_bytes = place->in->size;
	return WEIR_OK;
}

static uint32_t grant(struct weir_ctx *c, uint32_t n)
{
	struct weir_element_at *s = c->state;
	uint32_t ask = n > 0 && !s->asked;

	s->asked = s->asked || ask;
	return ask;
}

static struct weir_moved process(
	struct weir_ctx *c, const struct weir_span *in, struct weir_span *out, bool last)
{
	struct weir_element_at *s = c->state;
	uint32_t drop = s->left < in->count ? (uint32_t)s->left : in->count;

	(void)last;
	s->left -= drop;
	if (drop > 0)
		weir_drop(c, WEIR_DROP_FILTERED, drop);
	if (drop == in->count)
		return (struct weir_moved){ .taken = drop };
	out->items = (unsigned char *)in->items + drop * s->item_bytes;
	out->instants = in->instants == NULL ? NULL : in->instants + drop;
	weir_complete(c);
	return (struct weir_moved){ .taken = drop + 1, .made = 1 };
}

const struct weir_op_type weir_element_at_type = {
	.abi = WEIR_OP_ABI,
	.flags = WEIR_OP_NARROWS,
	.credit = WEIR_CREDIT_PASS,
	.drops = WEIR_DROPS_BIT(FILTERED),
	.name = "element_at",
	.summary = WEIR_TEXT("Pass the one item at a place, then complete and cancel the input."),
	.page = WEIR_PAGE(.emits = "the item at `index`", .credit = "for one item",
		.completes = "with that item, or with its input", .cancels = "then", .state = "24"),
	.params_struct = WEIR_TEXT("struct weir_element_at_params"),
	.header = WEIR_TEXT("weir/operators.h"),
	.params = WEIR_TEXT(params),
	.params_size = sizeof(struct weir_element_at_params),
	.state_size = WEIR_SIZE(state_size),
	.flow = WEIR_TEXT(flow),
	.init = init,
	.process = process,
	.grant = grant,
};
