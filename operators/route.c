/* SPDX-License-Identifier: MIT */
/*
 * route -- send the items for which a condition holds to another stream, pass the rest.
 *
 *	in    --1--7--2--8--|
 *	out   -----7-----8--|	x < 5
 *	out 1 --1-----2-----|
 *
 * Credit  own: asks for a span ahead. An item that finds no room on its way holds back all behind it; the inbox of the
 *         other stream says what becomes of more than it can hold.
 * Memory  one word; a buffer for each output.
 * Time    items keep their instants. Watermarks and lagged counts stay on the main way, barriers go both ways.
 *
 * Several in a row are a table of routes: an item goes the first way whose condition holds. Without a stream the items
 * for which it holds are dropped and counted as `filtered`.
 */
#include <string.h>

#include <weir/operators.h>
#include <weir/plan.h>
#include <weir/program.h>
#include <weir/relay.h>

struct weir_route {
	uint32_t item_bytes;
};

static const struct weir_param params[] = {
	WEIR_PARAM(struct weir_route_params, when, "when", WHEN, .example = "\"temp > 20.5\"",
		.help = "Items for which this bool expression is true go another way.",
		.flags = WEIR_PARAM_REQUIRED),
	WEIR_PARAM(struct weir_route_params, matching, "matching", LATE,
		.help = "What becomes of them: dropped, or sent to a stream.", .dflt = "\"drop\""),
	{ .name = NULL },
};

static int64_t state_size(const struct weir_place *place)
{
	(void)place;
	return (int64_t)sizeof(struct weir_route);
}

static void flow(const struct weir_place *place, uint16_t port, struct weir_flow *f)
{
	(void)place;
	(void)port;
	*f = (struct weir_flow){ .lag_most = WEIR_FLOW_ANY, .room_most = WEIR_FLOW_ANY, .leaves = true };
}

static int init(struct weir_ctx *c, const struct weir_place *place)
{
	struct weir_route *s = c->state;

	s->item_bytes = place->in->size;
	return WEIR_OK;
}

/* What is made of a span on one output. */
struct way {
	struct weir_span *out; /* NULL: not looked at yet, or there is no room */
	uint32_t n;
};

/* Put item i on the way out. False: there is no room. */
static bool put(struct weir_ctx *c, struct way *way, uint16_t port, const struct weir_span *in, uint32_t i)
{
	const struct weir_route *s = c->state;

	if (way->out == NULL)
		way->out = weir_reserve(c, port);
	if (way->out == NULL || way->n == way->out->count)
		return false;
	memcpy((unsigned char *)way->out->items + (size_t)way->n * s->item_bytes,
		(const unsigned char *)in->items + (size_t)i * s->item_bytes, s->item_bytes);
	if (way->out->instants != NULL && in->instants != NULL)
		way->out->instants[way->n] = in->instants[i];
	way->n++;
	return true;
}

/* Whether item i is done with. */
static bool take_item(struct weir_ctx *c, const struct weir_span *in, uint32_t i, struct way *ways)
{
	const struct weir_route_params *p = c->params;
	const struct weir_route *s = c->state;
	int holds = weir_program_holds(p->when, (const unsigned char *)in->items + (size_t)i * s->item_bytes);
	struct weir_fault fault = { .code = holds, .index = i };

	if (holds < 0)
		return weir_fault(c, in, &fault) == WEIR_SKIP;
	if (holds == 0)
		return put(c, &ways[0], 0, in, i);
	if (c->def->n_out > 1 && weir_output_open(c, 1))
		return put(c, &ways[1], 1, in, i);
	weir_drop(c, WEIR_DROP_FILTERED, 1);
	return true;
}

static void take_items(struct weir_ctx *c)
{
	const struct weir_span *in = weir_input(c, 0);
	struct way ways[2] = { { .out = NULL }, { .out = NULL } };
	uint32_t n = 0;

	if (in == NULL)
		return;
	while (n < in->count && take_item(c, in, n, ways))
		n++;
	for (uint16_t port = 0; port < 2; port++)
		if (ways[port].n > 0)
			weir_emit(c, port, ways[port].n);
	if (n > 0)
		weir_take(c, 0, n);
}

static void run(struct weir_ctx *c)
{
	struct weir_mark mark;

	take_items(c);
	while (weir_relay_next_mark(c, 0, &mark)) {
		if (mark.kind >= WEIR_MARK_COMPLETE) {
			weir_end_with(c, &mark);
			return;
		}
		weir_send_mark(c, 0, &mark);
		if (mark.kind == WEIR_MARK_BARRIER && c->def->n_out > 1)
			weir_send_mark(c, 1, &mark);
	}
}

const struct weir_op_type weir_route_type = {
	.abi = WEIR_OP_ABI,
	.credit = WEIR_CREDIT_OWN,
	.drops = WEIR_DROPS_BIT(FILTERED),
	.name = "route",
	.summary = WEIR_TEXT("Send the items for which a condition holds to another stream, pass the rest."),
	.page = WEIR_PAGE(.emits = "those for which `when` is false; the others to the stream named",
		.credit = "nothing while an item finds no room on its way", .state = "4"),
	.params_struct = WEIR_TEXT("struct weir_route_params"),
	.header = WEIR_TEXT("weir/operators.h"),
	.params = WEIR_TEXT(params),
	.params_size = sizeof(struct weir_route_params),
	.state_size = WEIR_SIZE(state_size),
	.flow = WEIR_TEXT(flow),
	.init = init,
	.run = run,
};
