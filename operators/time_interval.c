/* SPDX-License-Identifier: MIT */
/*
 * time_interval -- say how long the item before was ago.
 *
 *	in    --a---b-c---|
 *	out   --a---b-c---|	nan, 4, 2
 *
 * Credit  pass: at most one out per item in.
 * Memory  one slot per key, max_keys of them; one in all without a key. A slot holds a time.
 * Time    the items' times by the pipeline's clock. An item that is older than the one before has a negative interval.
 *
 * The first has none: NaN.
 */
#include <weir/operators.h>
#include <weir/scalar.h>
#include <weir/tumbling.h>

static const struct weir_param params[] = {
	WEIR_PARAM(struct weir_time_interval_params, as, "as", APPEND, .dflt = "\"interval\"",
		.help = "Name of the field, f64, that has the seconds.", .kinds = 1u << WEIR_F64,
		.flags = WEIR_PARAM_PRIMARY),
	WEIR_PARAMS_KEYED(struct weir_time_interval_params),
	{ .name = NULL },
};

static int64_t state_size(const struct weir_place *place)
{
	const struct weir_time_interval_params *p = place->params;

	return weir_each_size(place, &p->keyed, sizeof(int64_t), 0);
}

static int init(struct weir_ctx *c, const struct weir_place *place)
{
	const struct weir_time_interval_params *p = place->params;

	return weir_each_init(c->state, place, &p->keyed, sizeof(int64_t), 0);
}

static int look(struct weir_ctx *c, const struct weir_each_item *item)
{
	const struct weir_time_interval_params *p = c->params;
	int64_t now = weir_item_time(c, item->in, item->index), *last = item->state;
	double interval = item->is_new ? weir_from_bits_d(WEIR_NAN_BITS_D) : weir_seconds_between(*last, now);

	weir_field_put_f64(p->as, item->out, interval);
	*last = now;
	return WEIR_EACH_PASS;
}

static struct weir_moved process(
	struct weir_ctx *c, const struct weir_span *in, struct weir_span *out, bool last)
{
	(void)last;
	return weir_each_run(c, in, out, look);
}

const struct weir_op_type weir_time_interval_type = {
	.abi = WEIR_OP_ABI,
	.credit = WEIR_CREDIT_PASS,
	.name = "time_interval",
	.summary = WEIR_TEXT("Say how long the item before was ago."),
	.page = WEIR_PAGE(.emits = "one for each item", .state = "96 (64), keys: 8"),
	.params_struct = WEIR_TEXT("struct weir_time_interval_params"),
	.header = WEIR_TEXT("weir/operators.h"),
	.params = WEIR_TEXT(params),
	.params_size = sizeof(struct weir_time_interval_params),
	.state_size = WEIR_SIZE(state_size),
	.init = init,
	.process = process,
};
