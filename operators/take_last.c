/* SPDX-License-Identifier: MIT */
/*
 * take_last -- pass the last items, at the end.
 *
 *	in    --1--2--3--4--|
 *	out   ---------------3--4|	count 2
 *
 * Credit  own: asks for everything; none is held back before the end.
 * Memory  count items, and at most 16 places for marks.
 * Time    items keep their instants; marks keep their places between the items, watermarks too.
 *
 * Those before are dropped and counted as `filtered`. At an error none come out: they count as
 * `cancelled`. A barrier waits until the items before it are dropped or out.
 */
#include <weir/operators.h>
#include <weir/tail.h>

static const struct weir_param params[] = {
	WEIR_PARAM(struct weir_take_last_params, count, "count", U32, .example = "10",
		.help = "Items to pass.", .min = 1, .max = WEIR_QUEUE_MOST / 2,
		.flags = WEIR_PARAM_PRIMARY | WEIR_PARAM_REQUIRED),
	{ .name = NULL },
};

static int64_t state_size(const struct weir_place *place)
{
	const struct weir_take_last_params *p = place->params;

	return weir_tail_size(place, p->count, p->count);
}

static void flow(const struct weir_place *place, uint16_t port, struct weir_flow *f)
{
	(void)place;
	(void)port;
	*f = (struct weir_flow){
		.lag_most = WEIR_FLOW_ANY, .room = WEIR_FLOW_ANY, .room_most = WEIR_FLOW_ANY, .silent = true
	};
}

static int init(struct weir_ctx *c, const struct weir_place *place)
{
	const struct weir_take_last_params *p = place->params;

	weir_tail_init(c, place, p->count, p->count);
	return WEIR_OK;
}

/* Take all that waits on the input; of it and what is held the last stay. */
static void take_items(struct weir_ctx *c, struct weir_tail *t)
{
	const struct weir_span *in = weir_input(c, 0);
	uint32_t slots = t->queue.shape.slots, n, held;

	if (in == NULL)
		return;
	n = in->count < slots ? in->count : slots;
	held = t->queue.count;
	if (held + n > slots)
		weir_tail_drop(c, t, held + n - slots);
	weir_tail_take(c, t, in->count - n, n);
}

static void run(struct weir_ctx *c)
{
	struct weir_tail *t = c->state;

	if (!t->ending) {
		take_items(c, t);
		weir_tail_take_marks(c, t);
	}
	if (weir_tail_send(c, t, t->finishing ? 0 : UINT32_MAX) && t->ending)
		weir_end_with(c, &t->end);
}

const struct weir_op_type weir_take_last_type = {
	.abi = WEIR_OP_ABI,
	.flags = WEIR_OP_LENDS,
	.credit = WEIR_CREDIT_OWN,
	.drops = WEIR_DROPS_BIT(FILTERED),
	.name = "take_last",
	.summary = WEIR_TEXT("Pass the last items, at the end."),
	.page = WEIR_PAGE(.emits = "the last `count`, at the end", .credit = "without bound",
		.completes = "with its input, behind them",
		.state = "88 (72), a record (under the event clock 8 more) for each of `count`, 32 for each "
			 "of up to 16 marks"),
	.params_struct = WEIR_TEXT("struct weir_take_last_params"),
	.header = WEIR_TEXT("weir/operators.h"),
	.params = WEIR_TEXT(params),
	.params_size = sizeof(struct weir_take_last_params),
	.prefetch = UINT32_MAX,
	.state_size = WEIR_SIZE(state_size),
	.flow = WEIR_TEXT(flow),
	.init = init,
	.run = run,
};
