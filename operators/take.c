/* SPDX-License-Identifier: MIT */
/*
 * take -- pass the first items, then complete and cancel the input.
 *
 *	in    --1--2--3--4--|
 *	out   --1--2|		count 2
 *
 * Credit  pass: never asks the input for more than is left to take.
 * Memory  two counters. No copy: the output points into the input's span.
 * Time    items keep their instants. Completes with the last item; count 0 completes at the start.
 *
 * What a span holds beyond the count is dropped and counted as `filtered`.
 */
#include <weir/operators.h>

struct weir_take {
	uint64_t left;   /* to pass */
	uint64_t to_ask; /* to ask the input for */
};

static const struct weir_param params[] = {
	WEIR_PARAM(struct weir_take_params, count, "count", I64, .example = "10", .help = "Items to pass.",
		.min = 0, .max = INT64_MAX, .flags = WEIR_PARAM_PRIMARY | WEIR_PARAM_REQUIRED),
	{ .name = NULL },
};

static int64_t state_size(const struct weir_place *place)
{
	(void)place;
	return (int64_t)sizeof(struct weir_take);
}

/* It drops only what comes after its end. */
static void flow(const struct weir_place *place, uint16_t port, struct weir_flow *f)
{
	(void)place;
	(void)port;
	f->lag_most = 0;
	f->ends_early = true;
}

static int init(struct weir_ctx *c, const struct weir_place *place)
{
	const struct weir_take_params *p = place->params;
	struct weir_take *s = c->state;

	s->left = (uint64_t)p->count;
	s->to_ask = s->left;
	return WEIR_OK;
}

static int open_take(struct weir_ctx *c)
{
	const struct weir_take *s = c->state;

	if (s->left == 0)
		weir_complete(c);
	return WEIR_OK;
}

static uint32_t grant(struct weir_ctx *c, uint32_t n)
{
	struct weir_take *s = c->state;
	uint32_t asked = s->to_ask < n ? (uint32_t)s->to_ask : n;

	s->to_ask -= asked;
	return asked;
}

static struct weir_moved process(
	struct weir_ctx *c, const struct weir_span *in, struct weir_span *out, bool last)
{
	struct weir_take *s = c->state;
	uint32_t pass = s->left < in->count ? (uint32_t)s->left : in->count;
	struct weir_moved m = { .taken = in->count, .made = pass };

	(void)last;
	out->items = in->items;
	out->instants = in->instants;
	s->left -= pass;
	if (in->count > pass)
		weir_drop(c, WEIR_DROP_FILTERED, in->count - pass);
	if (s->left == 0)
		weir_complete(c);
	return m;
}

const struct weir_op_type weir_take_type = {
	.abi = WEIR_OP_ABI,
	.flags = WEIR_OP_NARROWS,
	.credit = WEIR_CREDIT_PASS,
	.drops = WEIR_DROPS_BIT(FILTERED),
	.name = "take",
	.summary = WEIR_TEXT("Pass the first items, then complete and cancel the input."),
	.page = WEIR_PAGE(.emits = "the first `count`", .credit = "never more than is left to take",
		.completes = "with the last of them", .cancels = "then", .state = "16"),
	.params_struct = WEIR_TEXT("struct weir_take_params"),
	.header = WEIR_TEXT("weir/operators.h"),
	.params = WEIR_TEXT(params),
	.params_size = sizeof(struct weir_take_params),
	.state_size = WEIR_SIZE(state_size),
	.flow = WEIR_TEXT(flow),
	.init = init,
	.open = open_take,
	.process = process,
	.grant = grant,
};
