/* SPDX-License-Identifier: MIT */
/*
 * distinct_until_changed -- drop items that are worth the same as the one before.
 *
 *	in    --1-1-2-2-1-|
 *	out   --1---2---1-|
 *
 * Credit  pass: at most one out per item in; the credit of dropped items is re-granted (C-5).
 * Memory  one slot per key, max_keys of them; one in all without a key. A slot holds what its last item was worth.
 * Time    items keep their instants.
 *
 * NaN equals NaN, and 0 equals -0. Drops are counted as `filtered`.
 */
#include <string.h>

#include <weir/operators.h>
#include <weir/program.h>

static const struct weir_param params[] = {
	WEIR_PARAM(struct weir_distinct_until_changed_params, on, "on", EXPRESSIONS,
		.example = "\"occupants\"",
		.help = "What an item is worth: an expression or a list of them; without it, the whole "
			"record.",
		.flags = WEIR_PARAM_PRIMARY),
	WEIR_PARAMS_KEYED(struct weir_distinct_until_changed_params),
	{ .name = NULL },
};

/* The record that is compared. */
static const struct weir_record *worth(
	const struct weir_distinct_until_changed_params *p, const struct weir_record *in)
{
	return p->on != NULL ? p->on->record : in;
}

static int64_t state_size(const struct weir_place *place)
{
	const struct weir_distinct_until_changed_params *p = place->params;

	return weir_each_size(
		place, &p->keyed, worth(p, place->in)->size, p->on != NULL ? p->on->record->size : 0);
}

static int init(struct weir_ctx *c, const struct weir_place *place)
{
	const struct weir_distinct_until_changed_params *p = place->params;

	return weir_each_init(c->state, place, &p->keyed, worth(p, place->in)->size,
		p->on != NULL ? p->on->record->size : 0);
}

/* What an item is worth lies in the spare bytes until it is known that it differs. */
static int look(struct weir_ctx *c, const struct weir_each_item *item)
{
	const struct weir_distinct_until_changed_params *p = c->params;
	struct weir_each *e = c->state;
	const struct weir_record *r = worth(p, e->in);
	const void *now = item->record;

	if (p->on != NULL) {
		void *made = weir_each_spare(e);
		int code = weir_program_make(p->on->program, item->record, made);

		if (code != 0)
			return code;
		now = made;
	}
	if (!item->is_new && weir_record_equal(r, item->state, now))
		return WEIR_EACH_DROP;
	memcpy(item->state, now, r->size);
	return WEIR_EACH_PASS;
}

static struct weir_moved process(
	struct weir_ctx *c, const struct weir_span *in, struct weir_span *out, bool last)
{
	(void)last;
	return weir_each_run(c, in, out, look);
}

const struct weir_op_type weir_distinct_until_changed_type = {
	.abi = WEIR_OP_ABI,
	.flags = WEIR_OP_WRITES | WEIR_OP_IN_PLACE,
	.credit = WEIR_CREDIT_PASS,
	.drops = WEIR_DROPS_BIT(FILTERED),
	.name = "distinct_until_changed",
	.summary = WEIR_TEXT("Drop items that are worth the same as the one before."),
	.page = WEIR_PAGE(.emits = "those that are worth something else than the one before",
		.state = "96 (64), what `on` is worth, keys: the same"),
	.params_struct = WEIR_TEXT("struct weir_distinct_until_changed_params"),
	.header = WEIR_TEXT("weir/operators.h"),
	.params = WEIR_TEXT(params),
	.params_size = sizeof(struct weir_distinct_until_changed_params),
	.state_size = WEIR_SIZE(state_size),
	.init = init,
	.process = process,
};
