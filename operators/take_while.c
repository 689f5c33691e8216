/* SPDX-License-Identifier: MIT */
/*
 * take_while -- pass items while a condition holds, then complete and cancel the input.
 *
 *	in    --1--2--3--1--|
 *	out   --1--2--|		x < 3
 *	out   --1--2--3|	the same, inclusive
 *
 * Credit  pass: at most one out per item in.
 * Memory  none. No copy: the output points into the input's span.
 * Time    items keep their instants. Completes at the first item for which the condition is false.
 *
 * That item, unless it passes, is dropped and counted as `filtered`; what comes behind it was sent in vain and counts as
 * `cancelled`. An item error in the condition says neither yes nor no: under on_error drop and to the item is left out.
 */
#include <weir/operators.h>
#include <weir/program.h>

static const struct weir_param params[] = {
	WEIR_PARAM(struct weir_take_while_params, when, "when", WHEN, .example = "\"temp < 60\"",
		.help = "Items pass as long as this bool expression is true.",
		.flags = WEIR_PARAM_PRIMARY | WEIR_PARAM_REQUIRED),
	WEIR_PARAM(struct weir_take_while_params, inclusive, "inclusive", BOOL,
		.help = "Whether the first item for which it is false passes too.", .dflt = "false"),
	{ .name = NULL },
};

/* It drops only what comes after its end. */
static void flow(const struct weir_place *place, uint16_t port, struct weir_flow *f)
{
	(void)place;
	(void)port;
	f->lag_most = 0;
	f->ends_early = true;
}

/* What passes is in one piece: a bad item is dealt with when it is the first, and left for the next call before that. */
static struct weir_moved process(
	struct weir_ctx *c, const struct weir_span *in, struct weir_span *out, bool last)
{
	const struct weir_take_while_params *p = c->params;
	const unsigned char *record = in->items;
	size_t item_bytes = p->when->in_size;
	uint32_t n = 0;
	int holds = 1;

	(void)last;
	while (n < in->count && (holds = weir_program_holds(p->when, record)) == 1) {
		record += item_bytes;
		n++;
	}
	out->items = in->items;
	out->instants = in->instants;
	if (holds < 0 && n == 0) {
		struct weir_fault fault = { .code = holds };

		return (struct weir_moved){ .taken = weir_fault(c, in, &fault) == WEIR_SKIP };
	}
	if (holds != 0)
		return (struct weir_moved){ .taken = n, .made = n };
	if (!p->inclusive)
		weir_drop(c, WEIR_DROP_FILTERED, 1);
	weir_complete(c);
	return (struct weir_moved){ .taken = n + 1, .made = n + p->inclusive };
}

const struct weir_op_type weir_take_while_type = {
	.abi = WEIR_OP_ABI,
	.flags = WEIR_OP_NARROWS,
	.credit = WEIR_CREDIT_PASS,
	.drops = WEIR_DROPS_BIT(FILTERED),
	.name = "take_while",
	.summary = WEIR_TEXT("Pass items while a condition holds, then complete and cancel the input."),
	.page = WEIR_PAGE(
			.emits =
				"those before the first for which `when` is false; `inclusive`: and that one",
		.completes = "at the first that is false", .cancels = "then", .state = "0"),
	.params_struct = WEIR_TEXT("struct weir_take_while_params"),
	.header = WEIR_TEXT("weir/operators.h"),
	.params = WEIR_TEXT(params),
	.params_size = sizeof(struct weir_take_while_params),
	.flow = WEIR_TEXT(flow),
	.process = process,
};
