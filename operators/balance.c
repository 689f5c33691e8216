/* SPDX-License-Identifier: MIT */
/*
 * balance -- give each item to the first taker that asks for it.
 *
 *	in    --1--2--3--4--|
 *	out 0 --1--------4--|
 *	out 1 -----2--3-----|
 *
 * Credit  manual: asks the input for the sum of what its takers ask for. A taker that cancels no longer counts.
 * Memory  a few words. No copy: a taker gets its part of a span where it lies; it is free when the last is done with it.
 * Time    items keep their instants. Marks go to every taker.
 *
 * The last stage of a stream that several draw from: each gets a part of the items, where otherwise each gets all. Which
 * part depends on who asks when; takers take turns. Each keeps the order.
 */
#include <weir/operators.h>
#include <weir/plan.h>
#include <weir/relay.h>

struct weir_balance {
	uint64_t last; /* the taker that had the last turn */
};

static int64_t state_size(const struct weir_place *place)
{
	(void)place;
	return (int64_t)sizeof(struct weir_balance);
}

/* What one gets the others miss. */
static void flow(const struct weir_place *place, uint16_t port, struct weir_flow *f)
{
	(void)port;
	*f = (struct weir_flow){ .lag_most = place->n_out > 1 ? WEIR_FLOW_ANY : 0 };
}

/* Give what waits to whoever has room, beginning behind the one that had the last turn. */
static void give(struct weir_ctx *c, struct weir_balance *s)
{
	for (uint16_t k = 1; k <= c->def->n_out; k++) {
		uint16_t port = (uint16_t)((s->last + k) % c->def->n_out);
		const struct weir_span *in = weir_input(c, 0);
		uint32_t room = weir_output_open(c, port) ? weir_room(c, port) : 0;

		if (in == NULL)
			return;
		if (room == 0)
			continue;
		weir_pass(c, 0, port, in->count < room ? in->count : room);
		s->last = port;
		k = 0;
	}
}

/* All that is asked for. */
static uint32_t demand(struct weir_ctx *c)
{
	uint64_t wanted = 0;

	for (uint16_t port = 0; port < c->def->n_out; port++)
		wanted += weir_demand(c, port);
	return wanted < UINT32_MAX ? (uint32_t)wanted : UINT32_MAX;
}

static void run(struct weir_ctx *c)
{
	give(c, c->state);
	weir_relay_marks_to_all(c);
	weir_relay_ask(c, 0, demand(c));
}

const struct weir_op_type weir_balance_type = {
	.abi = WEIR_OP_ABI,
	.flags = WEIR_OP_LENDS,
	.credit = WEIR_CREDIT_MANUAL,
	.max_out = 255,
	.name = "balance",
	.summary = WEIR_TEXT("Give each item to the first taker that asks for it."),
	.page = WEIR_PAGE(.emits = "each item to one of those that draw from its stream",
		.credit = "the sum of what its takers ask for", .cancels = "when no taker is left",
		.state = "8"),
	.state_size = WEIR_SIZE(state_size),
	.flow = WEIR_TEXT(flow),
	.run = run,
};
