/* SPDX-License-Identifier: MIT */
/*
 * interval.c -- a numbered tick at every multiple of the period since the start.
 *
 *	out   ----0---1---2---	period 4
 *
 * Hot. Credit  without it one tick waits, the next meets `overflow`.
 * Memory  one waiting tick. One timer, on the monotonic clock whatever the pipeline's.
 */
#include "hot.h"

struct interval {
	struct weir_ticker ticker;
	struct weir_hot hot;
	struct weir_interval_item slot;
};

static const char *const missed[] = { "skip", "burst", "delay", NULL };

static const struct weir_param interval_params[] = {
	WEIR_PARAM(struct weir_interval_params, period_ns, "period", DURATION, .example = "\"1s\"",
		.help = "Time from tick to tick.", .min = 1, .max = WEIR_HOT_PERIOD_MAX_NS,
		.flags = WEIR_PARAM_REQUIRED | WEIR_PARAM_PRIMARY),
	WEIR_PARAM(struct weir_interval_params, missed, "missed", ENUM, .dflt = "\"skip\"", .choices = missed,
		.help = "What becomes of ticks the program was too busy for."),
	WEIR_PARAM(struct weir_interval_params, overflow, "overflow", ENUM, .example = "\"drop_oldest\"",
		.choices = weir_hot_overflows, .help = "What becomes of a tick nobody asked for.",
		.flags = WEIR_PARAM_REQUIRED),
	{ .name = NULL },
};

static const struct weir_field interval_fields[] = {
	{ .name = "n", .kind = WEIR_U64, .offset = 0 },
	{ .name = "at", .kind = WEIR_TIME, .offset = 8 },
};

static const struct weir_record interval_record = { .name = "interval",
	.fields = interval_fields,
	.n_fields = 2,
	.size = sizeof(struct weir_interval_item) };

static int64_t interval_size(const struct weir_place *place)
{
	(void)place;
	return sizeof(struct interval);
}

static int interval_init(struct weir_ctx *c, const struct weir_place *place)
{
	const struct weir_interval_params *p = place->params;
	struct interval *s = c->state;

	if (p->period_ns == 0 || p->period_ns > WEIR_HOT_PERIOD_MAX_NS)
		return WEIR_EINVAL;
	s->hot.slot = (unsigned char *)&s->slot;
	s->hot.record_bytes = sizeof s->slot;
	s->hot.overflow = p->overflow;
	return WEIR_OK;
}

static int interval_open(struct weir_ctx *c)
{
	const struct weir_interval_params *p = c->params;
	struct interval *s = c->state;

	weir_ticker_start(c, &s->ticker, p->period_ns, (enum weir_missed)p->missed);
	return WEIR_OK;
}

static void interval_timer(struct weir_ctx *c, uint8_t timer, int64_t deadline_ns)
{
	struct interval *s = c->state;
	struct weir_ticks due = weir_ticker_due(c, &s->ticker);
	struct weir_interval_item item = { .n = due.number, .at = weir_hot_wall(c, due.time_ns) };

	(void)timer;
	(void)deadline_ns;
	weir_hot_begin(c, &s->hot);
	while (due.count-- > 0) {
		weir_hot_put(c, &s->hot, &item);
		item.n++;
		item.at += (int64_t)s->ticker.period_ns;
	}
	weir_hot_end(c, &s->hot);
}

static void interval_run(struct weir_ctx *c)
{
	weir_hot_run(c, &((struct interval *)c->state)->hot);
}

static void interval_stop(struct weir_ctx *c)
{
	weir_hot_stop(c, &((struct interval *)c->state)->hot);
}

static void interval_close(struct weir_ctx *c, bool normal)
{
	(void)normal;
	weir_hot_close(c, &((struct interval *)c->state)->hot);
}

const struct weir_op_type weir_interval_source_type = {
	.abi = WEIR_OP_ABI,
	.flags = WEIR_OP_SOURCE | WEIR_OP_HOT,
	.credit = WEIR_CREDIT_OWN,
	.n_timers = 1,
	.drops = WEIR_DROPS_BIT(OVERFLOW),
	.name = "interval",
	.summary = "A numbered tick every period.",
	.page = WEIR_PAGE(.emits = "a numbered tick at every multiple of `period`",
		.credit = "without it one tick waits, and the next meets `overflow`",
		.completes = "never by itself", .state = "a waiting tick"),
	.params_struct = "struct weir_interval_params",
	.header = "weir/connectors.h",
	.params = interval_params,
	.params_size = sizeof(struct weir_interval_params),
	.out = &interval_record,
	.state_size = interval_size,
	.init = interval_init,
	.open = interval_open,
	.close = interval_close,
	.run = interval_run,
	.timer = interval_timer,
	.stop = interval_stop,
};
