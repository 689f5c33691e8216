/* SPDX-License-Identifier: MIT */
/*
 * moving_average -- say the average of a value over the last items.
 *
 *	in    --1--3--8--|
 *	out   --1--3--8--|	count 2: 1, 2, 5.5
 *
 * Credit  pass: at most one out per item in.
 * Memory  one slot per key, max_keys of them; one in all without a key. A slot holds count values.
 * Time    items keep their instants.
 *
 * Before count items have come it is taken over those that have. Each item costs count additions.
 */
#include <weir/operators.h>

#define MOST 4096u

/* Of a key: the values as they came. */
struct ring {
	uint32_t n, at; /* values; where the next one goes */
	double values[];
};

static const struct weir_param params[] = {
	WEIR_PARAM(struct weir_moving_average_params, field, "field", FIELD, .example = "\"temp\"",
		.help = "The value.", .kinds = WEIR_NUMBER_KINDS, .flags = WEIR_PARAM_REQUIRED),
	WEIR_PARAM(struct weir_moving_average_params, count, "count", U32, .example = "5",
		.help = "Items that it is taken over, the newest included.", .min = 1, .max = MOST,
		.flags = WEIR_PARAM_REQUIRED),
	WEIR_PARAM(struct weir_moving_average_params, as, "as", APPEND, .dflt = "\"mean\"",
		.help = "Name of the field, f64, that has the average.", .kinds = 1u << WEIR_F64),
	WEIR_PARAMS_KEYED(struct weir_moving_average_params),
	{ .name = NULL },
};

static size_t ring_bytes(uint32_t count)
{
	return sizeof(struct ring) + count * sizeof(double);
}

static int64_t state_size(const struct weir_place *place)
{
	const struct weir_moving_average_params *p = place->params;

	return weir_each_size(place, &p->keyed, ring_bytes(p->count), 0);
}

static int init(struct weir_ctx *c, const struct weir_place *place)
{
	const struct weir_moving_average_params *p = place->params;

	return weir_each_init(c->state, place, &p->keyed, ring_bytes(p->count), 0);
}

/* Added from the oldest on each time: nothing of a value that has gone is left in the sum. */
static double average(const struct ring *r, uint32_t count)
{
	uint32_t from = r->n < count ? 0 : r->at;
	double sum = 0;

	for (uint32_t i = 0; i < r->n; i++)
		sum += r->values[from + i < count ? from + i : from + i - count];
	return sum / r->n;
}

static int look(struct weir_ctx *c, const struct weir_each_item *item)
{
	const struct weir_moving_average_params *p = c->params;
	struct ring *r = item->state;
	double mean;

	r->values[r->at] = weir_field_number(p->field, item->record);
	r->at = r->at + 1 < p->count ? r->at + 1 : 0;
	r->n += r->n < p->count;
	mean = average(r, p->count);
	weir_field_put_f64(p->as, item->out, mean);
	return WEIR_EACH_PASS;
}

static struct weir_moved process(
	struct weir_ctx *c, const struct weir_span *in, struct weir_span *out, bool last)
{
	(void)last;
	return weir_each_run(c, in, out, look);
}

const struct weir_op_type weir_moving_average_type = {
	.abi = WEIR_OP_ABI,
	.credit = WEIR_CREDIT_PASS,
	.name = "moving_average",
	.summary = WEIR_TEXT("Say the average of a value over the last items."),
	.page = WEIR_PAGE(.emits = "one for each item", .state = "96 (64), keys: 8, 8 for each of `count`"),
	.params_struct = WEIR_TEXT("struct weir_moving_average_params"),
	.header = WEIR_TEXT("weir/operators.h"),
	.params = WEIR_TEXT(params),
	.params_size = sizeof(struct weir_moving_average_params),
	.state_size = WEIR_SIZE(state_size),
	.init = init,
	.process = process,
};
