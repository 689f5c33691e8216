/* SPDX-License-Identifier: MIT */
/*
 * sample -- pass the latest item of each period.
 *
 *	in    --1-2-----3---|
 *	out   -----2-----3--|	ticks at every 5th
 *
 * Credit  own: asks for a span ahead; while items whose time has come wait for room it takes nothing.
 * Memory  an item, its times and number for each key, max_keys of them; one in all without a key. One timer.
 * Time    by the pipeline's clock, per key. Ticks lie at multiples of the period, counted from 1970 or from the start. Items keep
 *         their instants; watermarks stay behind what waits. At the normal end all that waits comes out.
 *
 * Items that give way to a later one are dropped and counted as `throttled`. With all keys taken, another key is an item
 * error, or the item that has waited longest comes out early. A barrier is held until the items before it are out.
 */
#include <weir/operators.h>
#include <weir/pending.h>
#include <weir/tumbling.h>

static const struct weir_param params[] = {
	WEIR_PARAM(struct weir_sample_params, period_ns, "period", DURATION, .example = "\"30s\"",
		.help = "Time from one tick to the next.", .min = 1, .max = INT64_MAX,
		.flags = WEIR_PARAM_PRIMARY | WEIR_PARAM_REQUIRED),
	WEIR_PARAMS_KEYED(struct weir_sample_params),
	{ .name = NULL },
};

static int64_t state_size(const struct weir_place *place)
{
	const struct weir_sample_params *p = place->params;

	return weir_pending_size(place, &p->keyed);
}

static int init(struct weir_ctx *c, const struct weir_place *place)
{
	const struct weir_sample_params *p = place->params;

	return weir_pending_init(c, place, &p->keyed, p->period_ns);
}

/* The tick behind it; an item at a tick belongs to the next period. */
static int64_t due(const struct weir_pending *p, int64_t time_ns)
{
	return weir_period_end(p->period_ns, weir_period_at(p->period_ns, time_ns));
}

static void run(struct weir_ctx *c)
{
	weir_pending_run(c, due);
}

const struct weir_op_type weir_sample_type = {
	.abi = WEIR_OP_ABI,
	.credit = WEIR_CREDIT_OWN,
	.n_timers = 1,
	.drops = WEIR_DROPS_BIT(THROTTLED),
	.name = "sample",
	.summary = WEIR_TEXT("Pass the latest item of each period."),
	.page = WEIR_PAGE(.emits = "the latest of each period", .credit = "nothing while what is due waits",
		.completes = "with its input, behind all that waits",
		.state = "216 (200), keys: 24 and a record"),
	.params_struct = WEIR_TEXT("struct weir_sample_params"),
	.header = WEIR_TEXT("weir/operators.h"),
	.params = WEIR_TEXT(params),
	.params_size = sizeof(struct weir_sample_params),
	.state_size = WEIR_SIZE(state_size),
	.flow = WEIR_TEXT(weir_pending_flow),
	.init = init,
	.open = weir_pending_open,
	.run = run,
	.timer = weir_pending_timer,
};
