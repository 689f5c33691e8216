/* SPDX-License-Identifier: MIT */
/*
 * skip_while -- drop items while a condition holds, pass the rest.
 *
 *	in    --1--2--3--1--|
 *	out   --------3--1--|	x < 3
 *
 * Credit  pass: the credit of dropped items is re-granted (C-5).
 * Memory  one word. No copy: the output points into the input's span.
 * Time    items keep their instants.
 *
 * Drops are counted as `filtered`. From the first item for which the condition is false on it is not asked any more. An
 * item error in it says neither yes nor no: under on_error drop and to the item is left out.
 */
#include <weir/operators.h>
#include <weir/program.h>

struct weir_skip_while {
	uint64_t passes; /* the condition was false once */
};

static const struct weir_param params[] = {
	WEIR_PARAM(struct weir_skip_while_params, when, "when", WHEN, .example = "\"temp < 20\"",
		.help = "Items are dropped as long as this bool expression is true.",
		.flags = WEIR_PARAM_PRIMARY | WEIR_PARAM_REQUIRED),
	{ .name = NULL },
};

static int64_t state_size(const struct weir_place *place)
{
	(void)place;
	return (int64_t)sizeof(struct weir_skip_while);
}

/* Drop what is at the front of a span; how many items are done with. */
static uint32_t skip(struct weir_ctx *c, struct weir_skip_while *s, const struct weir_span *in)
{
	const struct weir_skip_while_params *p = c->params;
	const unsigned char *record = in->items;
	uint32_t n = 0, dropped = 0;

	for (; n < in->count; n++, record += p->when->in_size) {
		int holds = weir_program_holds(p->when, record);
		struct weir_fault fault = { .code = holds, .index = n };

		if (holds < 0 && weir_fault(c, in, &fault) != WEIR_SKIP)
			break;
		if (holds == 0) {
			s->passes = 1;
			break;
		}
		dropped += holds == 1;
	}
	if (dropped > 0)
		weir_drop(c, WEIR_DROP_FILTERED, dropped);
	return n;
}

static struct weir_moved process(
	struct weir_ctx *c, const struct weir_span *in, struct weir_span *out, bool last)
{
	const struct weir_skip_while_params *p = c->params;
	struct weir_skip_while *s = c->state;
	uint32_t n = s->passes != 0 ? 0 : skip(c, s, in);

	(void)last;
	if (s->passes == 0)
		return (struct weir_moved){ .taken = n };
	out->items = (unsigned char *)in->items + (size_t)n * p->when->in_size;
	out->instants = in->instants == NULL ? NULL : in->instants + n;
	return (struct weir_moved){ .taken = in->count, .made = in->count - n };
}

const struct weir_op_type weir_skip_while_type = {
	.abi = WEIR_OP_ABI,
	.flags = WEIR_OP_NARROWS,
	.credit = WEIR_CREDIT_PASS,
	.drops = WEIR_DROPS_BIT(FILTERED),
	.name = "skip_while",
	.summary = WEIR_TEXT("Drop items while a condition holds, pass the rest."),
	.page = WEIR_PAGE(.emits = "the first for which `when` is false, and all behind it", .state = "8"),
	.params_struct = WEIR_TEXT("struct weir_skip_while_params"),
	.header = WEIR_TEXT("weir/operators.h"),
	.params = WEIR_TEXT(params),
	.params_size = sizeof(struct weir_skip_while_params),
	.state_size = WEIR_SIZE(state_size),
	.process = process,
};
