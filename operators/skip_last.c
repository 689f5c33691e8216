/* SPDX-License-Identifier: MIT */
/*
 * skip_last -- drop the last items, pass the others.
 *
 *	in    --1--2--3--4--|
 *	out   --------1--2--|	count 2
 *
 * Credit  own: asks for a span ahead. An item comes out when count others have followed it.
 * Memory  count items and a span, and at most 16 places for marks.
 * Time    items keep their instants; marks keep their places between the items, watermarks too.
 *
 * The last are dropped and counted as `filtered`. At an error they count as `cancelled`. A
 * barrier waits until the items before it are out.
 */
#include <weir/operators.h>
#include <weir/tail.h>

static const struct weir_param params[] = {
	WEIR_PARAM(struct weir_skip_last_params, count, "count", U32, .example = "10",
		.help = "Items to drop, and how many must follow one that passes.", .min = 1,
		.max = WEIR_QUEUE_MOST / 2, .flags = WEIR_PARAM_PRIMARY | WEIR_PARAM_REQUIRED),
	{ .name = NULL },
};

static int64_t state_size(const struct weir_place *place)
{
	const struct weir_skip_last_params *p = place->params;

	return weir_tail_size(place, p->count + place->in_cap, p->count);
}

static void flow(const struct weir_place *place, uint16_t port, struct weir_flow *f)
{
	const struct weir_skip_last_params *p = place->params;

	(void)port;
	*f = (struct weir_flow){
		.lag_least = p->count, .lag_most = p->count, .room_most = WEIR_FLOW_ANY, .leaves = true
	};
}

static int init(struct weir_ctx *c, const struct weir_place *place)
{
	const struct weir_skip_last_params *p = place->params;

	weir_tail_init(c, place, p->count + place->in_cap, p->count);
	return WEIR_OK;
}

/* Take what has a place. True: all that waited. */
static bool take_items(struct weir_ctx *c, struct weir_tail *t)
{
	const struct weir_span *in = weir_input(c, 0);
	uint32_t free = t->queue.shape.slots - t->queue.count;

	if (in != NULL)
		weir_tail_take(c, t, 0, in->count < free ? in->count : free);
	return weir_input(c, 0) == NULL;
}

static void run(struct weir_ctx *c)
{
	const struct weir_skip_last_params *p = c->params;
	struct weir_tail *t = c->state;
	bool out = weir_tail_send(c, t, p->count);

	if (!t->ending && take_items(c, t))
		weir_tail_take_marks(c, t);
	out = weir_tail_send(c, t, p->count) && out;
	if (!t->ending || !out)
		return;
	if (t->finishing) {
		weir_tail_drop(c, t, weir_tail_waiting(t));
		(void)weir_tail_send(c, t, 0); /* marks behind them */
	}
	weir_end_with(c, &t->end);
}

const struct weir_op_type weir_skip_last_type = {
	.abi = WEIR_OP_ABI,
	.flags = WEIR_OP_LENDS,
	.credit = WEIR_CREDIT_OWN,
	.drops = WEIR_DROPS_BIT(FILTERED),
	.name = "skip_last",
	.summary = WEIR_TEXT("Drop the last items, pass the others."),
	.page = WEIR_PAGE(.emits = "all but the last `count`",
		.state =
			"88 (72), a record (under the event clock 8 more) for each of `count` and of a span, "
			"32 for each of up to 16 marks"),
	.params_struct = WEIR_TEXT("struct weir_skip_last_params"),
	.header = WEIR_TEXT("weir/operators.h"),
	.params = WEIR_TEXT(params),
	.params_size = sizeof(struct weir_skip_last_params),
	.state_size = WEIR_SIZE(state_size),
	.flow = WEIR_TEXT(flow),
	.init = init,
	.run = run,
};
