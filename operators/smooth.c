/* SPDX-License-Identifier: MIT */
/*
 * smooth -- smooth a value exponentially.
 *
 *	in    --4--8--8--|
 *	out   --4--8--8--|	alpha 0.5: 4, 6, 7
 *
 * Credit  pass: at most one out per item in.
 * Memory  one slot per key, max_keys of them; one in all without a key. A slot holds a value.
 * Time    items keep their instants.
 *
 * Each item: s = s + alpha * (x - s), beginning with the first x.
 */
#include <weir/operators.h>

static const struct weir_param params[] = {
	WEIR_PARAM(struct weir_smooth_params, field, "field", FIELD, .example = "\"temp\"",
		.help = "The value.", .kinds = WEIR_NUMBER_KINDS, .flags = WEIR_PARAM_REQUIRED),
	WEIR_PARAM(struct weir_smooth_params, alpha, "alpha", NUMBER, .example = "0.25",
		.help = "Weight of each new value, above 0; 1 smooths nothing.", .min = 0, .max = 1,
		.flags = WEIR_PARAM_REQUIRED),
	WEIR_PARAM(struct weir_smooth_params, as, "as", APPEND, .dflt = "\"smooth\"",
		.help = "Name of the field, f64, that has the smoothed value.", .kinds = 1u << WEIR_F64),
	WEIR_PARAMS_KEYED(struct weir_smooth_params),
	{ .name = NULL },
};

static int check(const struct weir_place *place, const char **why)
{
	const struct weir_smooth_params *p = place->params;

	if (p->alpha > 0)
		return WEIR_OK;
	*why = "alpha is the weight of a new value; it must be above 0";
	return WEIR_ERANGE;
}

static int64_t state_size(const struct weir_place *place)
{
	const struct weir_smooth_params *p = place->params;

	return weir_each_size(place, &p->keyed, sizeof(double), 0);
}

static int init(struct weir_ctx *c, const struct weir_place *place)
{
	const struct weir_smooth_params *p = place->params;

	return weir_each_init(c->state, place, &p->keyed, sizeof(double), 0);
}

/* What is NaN leaves the rest as it was. */
static int look(struct weir_ctx *c, const struct weir_each_item *item)
{
	const struct weir_smooth_params *p = c->params;
	double x = weir_field_number(p->field, item->record), *s = item->state;

	if (item->is_new || *s != *s)
		*s = x;
	else if (x == x)
		*s += p->alpha * (x - *s);
	weir_field_put_f64(p->as, item->out, *s);
	return WEIR_EACH_PASS;
}

static struct weir_moved process(
	struct weir_ctx *c, const struct weir_span *in, struct weir_span *out, bool last)
{
	(void)last;
	return weir_each_run(c, in, out, look);
}

const struct weir_op_type weir_smooth_type = {
	.abi = WEIR_OP_ABI,
	.credit = WEIR_CREDIT_PASS,
	.name = "smooth",
	.summary = WEIR_TEXT("Smooth a value exponentially."),
	.page = WEIR_PAGE(.emits = "one for each item", .state = "96 (64), keys: 8"),
	.params_struct = WEIR_TEXT("struct weir_smooth_params"),
	.header = WEIR_TEXT("weir/operators.h"),
	.params = WEIR_TEXT(params),
	.params_size = sizeof(struct weir_smooth_params),
	.state_size = WEIR_SIZE(state_size),
	.check = WEIR_TEXT(check),
	.init = init,
	.process = process,
};
