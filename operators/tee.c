/* SPDX-License-Identifier: MIT */
/*
 * tee -- give every item to every branch, at the pace of the slowest.
 *
 *	in    --1--2--3--|
 *	out 0 --1--2--3--|
 *	out 1 --1--2--3--|
 *
 * Credit  manual: asks the input for the least that its living branches ask for. A branch that cancels no
 *         longer counts; a branch is set free by a buffer behind it.
 * Memory  none: all branches get the input's span where it lies; it is free when the last is done with it.
 * Time    items keep their instants. Marks go to every branch.
 *
 * Put in by the builder where two streams draw from one.
 */
#include <weir/operators.h>
#include <weir/plan.h>
#include <weir/relay.h>

static void flow(const struct weir_place *place, uint16_t port, struct weir_flow *f)
{
	(void)place;
	(void)port;
	*f = (struct weir_flow){ .copies = true };
}

/* The least that a living branch has, of what `count` tells; there is one. */
static uint32_t least(struct weir_ctx *c, uint32_t (*count)(struct weir_ctx *, uint16_t))
{
	uint32_t n = UINT32_MAX;

	for (uint16_t port = 0; port < c->def->n_out; port++) {
		uint32_t here;

		if (!weir_output_open(c, port))
			continue;
		here = count(c, port);
		n = here < n ? here : n;
	}
	return n;
}

static uint32_t demand_of(struct weir_ctx *c, uint16_t port)
{
	return weir_demand(c, port);
}

static void run(struct weir_ctx *c)
{
	const struct weir_span *in = weir_input(c, 0);
	uint32_t n = in == NULL ? 0 : least(c, weir_room);

	if (n > 0)
		weir_pass_all(c, 0, n < in->count ? n : in->count);
	weir_relay_marks_to_all(c);
	weir_relay_ask(c, 0, least(c, demand_of));
}

const struct weir_op_type weir_tee_type = {
	.abi = WEIR_OP_ABI,
	.flags = WEIR_OP_LENDS | WEIR_OP_INTERNAL,
	.credit = WEIR_CREDIT_MANUAL,
	.name = "tee",
	.summary = WEIR_TEXT("Give every item to every branch, at the pace of the slowest."),
	.page = WEIR_PAGE(.emits = "each item to every branch",
		.credit = "the least that its living branches ask for", .cancels = "when no branch is left",
		.state = "0"),
	.flow = WEIR_TEXT(flow),
	.run = run,
};
