/* SPDX-License-Identifier: MIT */
/*
 * debounce -- pass an item once no other has followed it for a period.
 *
 *	in    --1-2-3--------4----|
 *	out   ---------3----------4|	period 3
 *
 * Credit  own: asks for a span ahead; while items whose time has come wait for room it takes nothing.
 * Memory  an item, its times and number for each key, max_keys of them; one in all without a key. One timer.
 * Time    by the pipeline's clock, per key. An item comes out as soon as the time is its own plus the period. Items keep
 *         their instants; watermarks stay behind what waits. At the normal end all that waits comes out.
 *
 * Items that give way to a later one are dropped and counted as `throttled`. With all keys taken, another key is an item
 * error, or the item that has waited longest comes out early. A barrier is held until the items before it are out.
 */
#include <weir/operators.h>
#include <weir/pending.h>
#include <weir/tumbling.h>

static const struct weir_param params[] = {
	WEIR_PARAM(struct weir_debounce_params, period_ns, "period", DURATION, .example = "\"30s\"",
		.help = "Silence behind an item that lets it pass.", .min = 1, .max = INT64_MAX,
		.flags = WEIR_PARAM_PRIMARY | WEIR_PARAM_REQUIRED),
	WEIR_PARAMS_KEYED(struct weir_debounce_params),
	{ .name = NULL },
};

static int64_t state_size(const struct weir_place *place)
{
	const struct weir_debounce_params *p = place->params;

	return weir_pending_size(place, &p->keyed);
}

static int init(struct weir_ctx *c, const struct weir_place *place)
{
	const struct weir_debounce_params *p = place->params;

	return weir_pending_init(c, place, &p->keyed, p->period_ns);
}

static int64_t due(const struct weir_pending *p, int64_t time_ns)
{
	return weir_time_add(time_ns, p->period_ns);
}

static void run(struct weir_ctx *c)
{
	weir_pending_run(c, due);
}

const struct weir_op_type weir_debounce_type = {
	.abi = WEIR_OP_ABI,
	.credit = WEIR_CREDIT_OWN,
	.n_timers = 1,
	.drops = WEIR_DROPS_BIT(THROTTLED),
	.name = "debounce",
	.summary = WEIR_TEXT("Pass an item once no other has followed it for a period."),
	.page = WEIR_PAGE(.emits = "those that none of their key has followed for a period",
		.credit = "nothing while what is due waits",
		.completes = "with its input, behind all that waits",
		.state = "216 (200), keys: 24 and a record"),
	.params_struct = WEIR_TEXT("struct weir_debounce_params"),
	.header = WEIR_TEXT("weir/operators.h"),
	.params = WEIR_TEXT(params),
	.params_size = sizeof(struct weir_debounce_params),
	.state_size = WEIR_SIZE(state_size),
	.flow = WEIR_TEXT(weir_pending_flow),
	.init = init,
	.open = weir_pending_open,
	.run = run,
	.timer = weir_pending_timer,
};
