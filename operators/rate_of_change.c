/* SPDX-License-Identifier: MIT */
/*
 * rate_of_change -- say how fast a value changes, in units a second.
 *
 *	in    --1---5-3---|
 *	out   --1---5-3---|	nan, 1, -1
 *
 * Credit  pass: at most one out per item in.
 * Memory  one slot per key, max_keys of them; one in all without a key. A slot holds a value and its time.
 * Time    the items' times by the pipeline's clock.
 *
 * The first has none: NaN. Two values at one time are infinitely fast, or NaN where they are equal.
 */
#include <weir/operators.h>
#include <weir/scalar.h>
#include <weir/tumbling.h>

/* Of the item before. */
struct last {
	double x;
	int64_t time_ns;
};

static const struct weir_param params[] = {
	WEIR_PARAM(struct weir_rate_of_change_params, field, "field", FIELD, .example = "\"temp\"",
		.help = "The value.", .kinds = WEIR_NUMBER_KINDS, .flags = WEIR_PARAM_REQUIRED),
	WEIR_PARAM(struct weir_rate_of_change_params, as, "as", APPEND, .dflt = "\"rate\"",
		.help = "Name of the field, f64, that has the rate.", .kinds = 1u << WEIR_F64),
	WEIR_PARAMS_KEYED(struct weir_rate_of_change_params),
	{ .name = NULL },
};

static int64_t state_size(const struct weir_place *place)
{
	const struct weir_rate_of_change_params *p = place->params;

	return weir_each_size(place, &p->keyed, sizeof(struct last), 0);
}

static int init(struct weir_ctx *c, const struct weir_place *place)
{
	const struct weir_rate_of_change_params *p = place->params;

	return weir_each_init(c->state, place, &p->keyed, sizeof(struct last), 0);
}

static int look(struct weir_ctx *c, const struct weir_each_item *item)
{
	const struct weir_rate_of_change_params *p = c->params;
	double x = weir_field_number(p->field, item->record), rate = weir_from_bits_d(WEIR_NAN_BITS_D);
	int64_t now = weir_item_time(c, item->in, item->index);
	struct last *last = item->state;

	if (!item->is_new)
		rate = (x - last->x) / weir_seconds_between(last->time_ns, now);
	weir_field_put_f64(p->as, item->out, rate);
	*last = (struct last){ .x = x, .time_ns = now };
	return WEIR_EACH_PASS;
}

static struct weir_moved process(
	struct weir_ctx *c, const struct weir_span *in, struct weir_span *out, bool last)
{
	(void)last;
	return weir_each_run(c, in, out, look);
}

const struct weir_op_type weir_rate_of_change_type = {
	.abi = WEIR_OP_ABI,
	.credit = WEIR_CREDIT_PASS,
	.name = "rate_of_change",
	.summary = WEIR_TEXT("Say how fast a value changes, in units a second."),
	.page = WEIR_PAGE(.emits = "one for each item", .state = "96 (64), keys: 16"),
	.params_struct = WEIR_TEXT("struct weir_rate_of_change_params"),
	.header = WEIR_TEXT("weir/operators.h"),
	.params = WEIR_TEXT(params),
	.params_size = sizeof(struct weir_rate_of_change_params),
	.state_size = WEIR_SIZE(state_size),
	.init = init,
	.process = process,
};
