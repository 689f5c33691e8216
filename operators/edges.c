/* SPDX-License-Identifier: MIT */
/*
 * edges -- pass the items at which a condition becomes true or false.
 *
 *	in    --1--6--7--3--|
 *	out   -----6--------|	x > 5, rising
 *	out   -----6-----3--|	both
 *
 * Credit  pass: at most one out per item in; the credit of dropped items is re-granted (C-5).
 * Memory  one slot per key, max_keys of them; one in all without a key. A slot holds a bool.
 * Time    items keep their instants.
 *
 * Before the first item it is false. Drops are counted as `filtered`.
 */
#include <weir/operators.h>
#include <weir/program.h>

static const char *const edge_choices[] = { "rising", "falling", "both", NULL };

static const struct weir_param params[] = {
	WEIR_PARAM(struct weir_edges_params, when, "when", WHEN, .example = "\"temp > 20.5\"",
		.help = "A bool expression.", .flags = WEIR_PARAM_PRIMARY | WEIR_PARAM_REQUIRED),
	WEIR_PARAM(struct weir_edges_params, edge, "edge", ENUM, .dflt = "\"rising\"",
		.help = "Whether items pass when it becomes true, false, or either.",
		.choices = edge_choices),
	WEIR_PARAMS_KEYED(struct weir_edges_params),
	{ .name = NULL },
};

static int64_t state_size(const struct weir_place *place)
{
	const struct weir_edges_params *p = place->params;

	return weir_each_size(place, &p->keyed, sizeof(uint8_t), 0);
}

static int init(struct weir_ctx *c, const struct weir_place *place)
{
	const struct weir_edges_params *p = place->params;

	return weir_each_init(c->state, place, &p->keyed, sizeof(uint8_t), 0);
}

static int look(struct weir_ctx *c, const struct weir_each_item *item)
{
	const struct weir_edges_params *p = c->params;
	int holds = weir_program_holds(p->when, item->record);
	uint8_t *held = item->state, was = *held;

	if (holds < 0)
		return holds;
	*held = (uint8_t)holds;
	if (holds == was || (p->edge == WEIR_EDGES_RISING && !holds) ||
		(p->edge == WEIR_EDGES_FALLING && holds))
		return WEIR_EACH_DROP;
	return WEIR_EACH_PASS;
}

static struct weir_moved process(
	struct weir_ctx *c, const struct weir_span *in, struct weir_span *out, bool last)
{
	(void)last;
	return weir_each_run(c, in, out, look);
}

const struct weir_op_type weir_edges_type = {
	.abi = WEIR_OP_ABI,
	.flags = WEIR_OP_WRITES | WEIR_OP_IN_PLACE,
	.credit = WEIR_CREDIT_PASS,
	.drops = WEIR_DROPS_BIT(FILTERED),
	.name = "edges",
	.summary = WEIR_TEXT("Pass the items at which a condition becomes true or false."),
	.page = WEIR_PAGE(.emits = "those at which `when` changes", .state = "96 (64), keys: 1"),
	.params_struct = WEIR_TEXT("struct weir_edges_params"),
	.header = WEIR_TEXT("weir/operators.h"),
	.params = WEIR_TEXT(params),
	.params_size = sizeof(struct weir_edges_params),
	.state_size = WEIR_SIZE(state_size),
	.init = init,
	.process = process,
};
