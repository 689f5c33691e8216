/* SPDX-License-Identifier: MIT */
/*
 * threshold -- say whether a value is above a threshold, with hysteresis.
 *
 *	in    --1--6--5--4--3--|
 *	out   --1--6--5--4--3--|	above 5, hysteresis 1: false, true, true, false, false
 *
 * Credit  pass: at most one out per item in.
 * Memory  one slot per key, max_keys of them; one in all without a key. A slot holds a bool.
 * Time    items keep their instants.
 *
 * Between the two it is what it was; before the first it is not above. Values are compared as f64.
 */
#include <weir/operators.h>

static const struct weir_param params[] = {
	WEIR_PARAM(struct weir_threshold_params, field, "field", FIELD, .example = "\"temp\"",
		.help = "The value.", .kinds = WEIR_NUMBER_KINDS, .flags = WEIR_PARAM_REQUIRED),
	WEIR_PARAM(struct weir_threshold_params, above, "above", NUMBER, .example = "20.5",
		.help = "It is above from when it is greater than this.", .flags = WEIR_PARAM_REQUIRED),
	WEIR_PARAM(struct weir_threshold_params, hysteresis, "hysteresis", NUMBER, .dflt = "0",
		.help = "By how much it must fall below that to be above no more.", .min = 0,
		.max = INT64_MAX),
	WEIR_PARAM(struct weir_threshold_params, as, "as", APPEND, .dflt = "\"above\"",
		.help = "Name of the field, bool, that says so.", .kinds = 1u << WEIR_BOOL),
	WEIR_PARAMS_KEYED(struct weir_threshold_params),
	{ .name = NULL },
};

static int64_t state_size(const struct weir_place *place)
{
	const struct weir_threshold_params *p = place->params;

	return weir_each_size(place, &p->keyed, sizeof(uint8_t), 0);
}

static int init(struct weir_ctx *c, const struct weir_place *place)
{
	const struct weir_threshold_params *p = place->params;

	return weir_each_init(c->state, place, &p->keyed, sizeof(uint8_t), 0);
}

/* NaN is neither above nor below: it changes nothing. */
static int look(struct weir_ctx *c, const struct weir_each_item *item)
{
	const struct weir_threshold_params *p = c->params;
	double x = weir_field_number(p->field, item->record);
	uint8_t *above = item->state;

	if (x > p->above)
		*above = 1;
	else if (x <= p->above - p->hysteresis)
		*above = 0;
	((unsigned char *)item->out)[p->as->offset] = *above;
	return WEIR_EACH_PASS;
}

static struct weir_moved process(
	struct weir_ctx *c, const struct weir_span *in, struct weir_span *out, bool last)
{
	(void)last;
	return weir_each_run(c, in, out, look);
}

const struct weir_op_type weir_threshold_type = {
	.abi = WEIR_OP_ABI,
	.credit = WEIR_CREDIT_PASS,
	.name = "threshold",
	.summary = WEIR_TEXT("Say whether a value is above a threshold, with hysteresis."),
	.page = WEIR_PAGE(.emits = "one for each item", .state = "96 (64), keys: 1"),
	.params_struct = WEIR_TEXT("struct weir_threshold_params"),
	.header = WEIR_TEXT("weir/operators.h"),
	.params = WEIR_TEXT(params),
	.params_size = sizeof(struct weir_threshold_params),
	.state_size = WEIR_SIZE(state_size),
	.init = init,
	.process = process,
};
