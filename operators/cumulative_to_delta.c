/* SPDX-License-Identifier: MIT */
/*
 * cumulative_to_delta -- say by how much a counter has grown since the item before.
 *
 *	in    --3--5--5--2--|
 *	out   --3--5--5--2--|	0, 2, 0, 2
 *
 * Credit  pass: at most one out per item in.
 * Memory  one slot per key, max_keys of them; one in all without a key. A slot holds a value.
 * Time    items keep their instants.
 *
 * The first has grown by 0, so that the growths add up to all that was seen. A counter that is smaller than before was
 * reset: it has grown by what it has.
 */
#include <string.h>

#include <weir/operators.h>

#define COUNTER_KINDS (1u << WEIR_U8 | 1u << WEIR_U16 | 1u << WEIR_U32 | 1u << WEIR_U64)

static const struct weir_param params[] = {
	WEIR_PARAM(struct weir_cumulative_to_delta_params, field, "field", FIELD, .example = "\"rel\"",
		.help = "The counter, a whole number without a sign.", .kinds = COUNTER_KINDS,
		.flags = WEIR_PARAM_PRIMARY | WEIR_PARAM_REQUIRED),
	WEIR_PARAM(struct weir_cumulative_to_delta_params, as, "as", APPEND, .dflt = "\"delta\"",
		.help = "Name of the field, of the same kind, that has the growth."),
	WEIR_PARAMS_KEYED(struct weir_cumulative_to_delta_params),
	{ .name = NULL },
};

static int64_t state_size(const struct weir_place *place)
{
	const struct weir_cumulative_to_delta_params *p = place->params;

	return weir_each_size(place, &p->keyed, sizeof(uint64_t), 0);
}

static int init(struct weir_ctx *c, const struct weir_place *place)
{
	const struct weir_cumulative_to_delta_params *p = place->params;

	return weir_each_init(c->state, place, &p->keyed, sizeof(uint64_t), 0);
}

static uint64_t load(const struct weir_field *f, const unsigned char *record)
{
	uint64_t v = 0;

	memcpy(&v, record + f->offset, weir_kind_size((enum weir_kind)f->kind, 0));
	return v;
}

/* One that was reset has begun at 0 again. */
static int look(struct weir_ctx *c, const struct weir_each_item *item)
{
	const struct weir_cumulative_to_delta_params *p = c->params;
	uint64_t now = load(p->field, item->record), *last = item->state, delta = 0;

	if (!item->is_new)
		delta = now < *last ? now : now - *last;
	*last = now;
	memcpy((unsigned char *)item->out + p->as->offset, &delta,
		weir_kind_size((enum weir_kind)p->as->kind, 0));
	return WEIR_EACH_PASS;
}

static struct weir_moved process(
	struct weir_ctx *c, const struct weir_span *in, struct weir_span *out, bool last)
{
	(void)last;
	return weir_each_run(c, in, out, look);
}

const struct weir_op_type weir_cumulative_to_delta_type = {
	.abi = WEIR_OP_ABI,
	.credit = WEIR_CREDIT_PASS,
	.name = "cumulative_to_delta",
	.summary = WEIR_TEXT("Say by how much a counter has grown since the item before."),
	.page = WEIR_PAGE(.emits = "one for each item", .state = "96 (64), keys: 8"),
	.params_struct = WEIR_TEXT("struct weir_cumulative_to_delta_params"),
	.header = WEIR_TEXT("weir/operators.h"),
	.params = WEIR_TEXT(params),
	.params_size = sizeof(struct weir_cumulative_to_delta_params),
	.state_size = WEIR_SIZE(state_size),
	.init = init,
	.process = process,
};
