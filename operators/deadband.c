/* SPDX-License-Identifier: MIT */
/*
 * deadband -- drop items whose value lies close to that of the last one passed.
 *
 *	in    --1-2-5-6-9-|
 *	out   --1---5---9-|	delta 3: abs(x - last passed) > 3
 *
 * Credit  pass: at most one out per item in; the credit of dropped items is re-granted (C-5).
 * Memory  one slot per key, max_keys of them; one in all without a key. A slot holds the last value passed.
 * Time    items keep their instants.
 *
 * The first passes. Values are compared as f64. Drops are counted as `filtered`.
 */
#include <weir/operators.h>

static const struct weir_param params[] = {
	WEIR_PARAM(struct weir_deadband_params, field, "field", FIELD, .example = "\"temp\"",
		.help = "The value.", .kinds = WEIR_NUMBER_KINDS, .flags = WEIR_PARAM_REQUIRED),
	WEIR_PARAM(struct weir_deadband_params, delta, "delta", NUMBER, .dflt = "-1", .example = "0.5",
		.help = "Half the width of the band: what lies further off passes. Negative: not given."),
	WEIR_PARAM(struct weir_deadband_params, percent, "percent", NUMBER, .dflt = "-1",
		.help = "The same, in percent of the last value passed. Negative: not given."),
	WEIR_PARAMS_KEYED(struct weir_deadband_params),
	{ .name = NULL },
};

static int check(const struct weir_place *place, const char **why)
{
	const struct weir_deadband_params *p = place->params;

	if ((p->delta >= 0) != (p->percent >= 0))
		return WEIR_OK;
	*why = p->delta >= 0 ? "the band has two widths; give one of delta and percent"
			     : "the band has no width; give delta or percent, 0 or more";
	return WEIR_EINVAL;
}

static int64_t state_size(const struct weir_place *place)
{
	const struct weir_deadband_params *p = place->params;

	return weir_each_size(place, &p->keyed, sizeof(double), 0);
}

static int init(struct weir_ctx *c, const struct weir_place *place)
{
	const struct weir_deadband_params *p = place->params;

	return weir_each_init(c->state, place, &p->keyed, sizeof(double), 0);
}

static double distance(double a, double b)
{
	return a < b ? b - a : a - b;
}

/* Whether x is outside the band around the value passed last. From or to NaN is a change, too. */
static bool is_outside(const struct weir_deadband_params *p, double x, double last)
{
	double size = last < 0 ? -last : last;

	if (x != x || last != last)
		return (x == x) != (last == last);
	return distance(x, last) > (p->delta >= 0 ? p->delta : size * p->percent / 100);
}

static int look(struct weir_ctx *c, const struct weir_each_item *item)
{
	const struct weir_deadband_params *p = c->params;
	double x = weir_field_number(p->field, item->record), *last = item->state;

	if (!item->is_new && !is_outside(p, x, *last))
		return WEIR_EACH_DROP;
	*last = x;
	return WEIR_EACH_PASS;
}

static struct weir_moved process(
	struct weir_ctx *c, const struct weir_span *in, struct weir_span *out, bool last)
{
	(void)last;
	return weir_each_run(c, in, out, look);
}

const struct weir_op_type weir_deadband_type = {
	.abi = WEIR_OP_ABI,
	.flags = WEIR_OP_WRITES | WEIR_OP_IN_PLACE,
	.credit = WEIR_CREDIT_PASS,
	.drops = WEIR_DROPS_BIT(FILTERED),
	.name = "deadband",
	.summary = WEIR_TEXT("Drop items whose value lies close to that of the last one passed."),
	.page = WEIR_PAGE(.emits = "the first, and those outside the band around the last it emitted",
		.state = "96 (64), keys: 8"),
	.params_struct = WEIR_TEXT("struct weir_deadband_params"),
	.header = WEIR_TEXT("weir/operators.h"),
	.params = WEIR_TEXT(params),
	.params_size = sizeof(struct weir_deadband_params),
	.state_size = WEIR_SIZE(state_size),
	.check = WEIR_TEXT(check),
	.init = init,
	.process = process,
};
