/* SPDX-License-Identifier: MIT */
/*
 * pairwise -- join each item with the one before it.
 *
 *	in    --1--2--3--|
 *	out   -----21-32-|
 *
 * Credit  pass: at most one out per item in; the first of a key makes none, and its credit is re-granted (C-5).
 * Memory  one slot per key, max_keys of them; one in all without a key. A slot holds an item.
 * Time    that of the later item.
 *
 * The first of a key, which has none before it, is counted as `filtered`; its values come out with the second.
 */
#include <string.h>

#include <weir/operators.h>

static const struct weir_param params[] = {
	WEIR_PARAM_BARE("prefix", PREFIX, .dflt = "\"prev_\"",
		.help = "What the names of the fields of the item before begin with.",
		.flags = WEIR_PARAM_PRIMARY),
	WEIR_PARAMS_KEYED(struct weir_pairwise_params),
	{ .name = NULL },
};

static int64_t state_size(const struct weir_place *place)
{
	const struct weir_pairwise_params *p = place->params;

	return weir_each_size(place, &p->keyed, place->in->size, 0);
}

static int init(struct weir_ctx *c, const struct weir_place *place)
{
	const struct weir_pairwise_params *p = place->params;

	return weir_each_init(c->state, place, &p->keyed, place->in->size, 0);
}

/* The fields behind the item's own, one for one. */
static void put_previous(const struct weir_each *e, unsigned char *out, const unsigned char *previous)
{
	for (uint16_t i = 0; i < e->in->n_fields; i++) {
		const struct weir_field *f = &e->in->fields[i];

		memcpy(out + e->out->fields[e->in->n_fields + i].offset, previous + f->offset,
			weir_kind_size((enum weir_kind)f->kind, f->text_max));
	}
}

static int look(struct weir_ctx *c, const struct weir_each_item *item)
{
	const struct weir_each *e = c->state;

	if (!item->is_new)
		put_previous(e, item->out, item->state);
	memcpy(item->state, item->record, e->in->size);
	return item->is_new ? WEIR_EACH_DROP : WEIR_EACH_PASS;
}

/* The first of each key comes out with the second. */
static void flow(const struct weir_place *place, uint16_t port, struct weir_flow *f)
{
	const struct weir_pairwise_params *p = place->params;

	(void)port;
	f->lag_least = 1;
	f->lag_most = p->keyed.key.n_fields == 0                          ? 1
		      : p->keyed.keys_full == WEIR_KEYS_FULL_EVICT_OLDEST ? WEIR_FLOW_ANY
									  : p->keyed.max_keys;
}

static struct weir_moved process(
	struct weir_ctx *c, const struct weir_span *in, struct weir_span *out, bool last)
{
	(void)last;
	return weir_each_run(c, in, out, look);
}

const struct weir_op_type weir_pairwise_type = {
	.abi = WEIR_OP_ABI,
	.credit = WEIR_CREDIT_PASS,
	.drops = WEIR_DROPS_BIT(FILTERED),
	.name = "pairwise",
	.summary = WEIR_TEXT("Join each item with the one before it."),
	.page = WEIR_PAGE(.emits = "one for each but the first of a key", .state = "96 (64), keys: a record"),
	.params_struct = WEIR_TEXT("struct weir_pairwise_params"),
	.header = WEIR_TEXT("weir/operators.h"),
	.params = WEIR_TEXT(params),
	.params_size = sizeof(struct weir_pairwise_params),
	.state_size = WEIR_SIZE(state_size),
	.flow = WEIR_TEXT(flow),
	.init = init,
	.process = process,
};
