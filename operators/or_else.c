/* SPDX-License-Identifier: MIT */
/*
 * or_else -- pass on a stream, or the next one when it ends without an item.
 *
 *	in 0  --|
 *	in 1       a-b-|
 *	out   -----a-b-|
 *
 * Credit  manual: only the input whose turn it is is asked, for what is asked of this stage.
 * Memory  a few words. No copy: spans are passed on where they lie.
 * Time    items keep their instants. Under the event clock it makes watermarks: the least time of its living inputs, so
 *         none before the first item. No timer.
 *
 * The first that gives an item is the one; those behind it are cancelled then. An error arrives in its turn and ends it.
 * What a stream says before its turn waits; all are opened at the start.
 */
#include <weir/operators.h>
#include <weir/sequence.h>

static const struct weir_param params[] = {
	WEIR_PARAM_BARE("streams", STREAMS, .example = "[\"a\", \"b\"]",
		.help = "The streams, in the order in which they are tried; all of one record.",
		.flags = WEIR_PARAM_PRIMARY | WEIR_PARAM_REQUIRED),
	{ .name = NULL },
};

/* Those behind the one are cancelled. */
static void flow(const struct weir_place *place, uint16_t port, struct weir_flow *f)
{
	weir_sequence_flow(place, port, f);
	f->ends_early = true;
}

static void run(struct weir_ctx *c)
{
	const struct weir_sequence *s = c->state;

	if (weir_sequence_run(c))
		weir_sequence_next(c);
	else if (s->any && s->others)
		weir_sequence_settle(c);
}

const struct weir_op_type weir_or_else_type = {
	.abi = WEIR_OP_ABI,
	.flags = WEIR_OP_LENDS | WEIR_OP_COMBINER | WEIR_OP_MAKES_TIME,
	.credit = WEIR_CREDIT_MANUAL,
	.max_in = 255,
	.name = "or_else",
	.summary = WEIR_TEXT("Pass on a stream, or the next one when it ends without an item."),
	.page = WEIR_PAGE(.emits = "the items of the first stream that has any",
		.credit = "the current stream for what is asked of it", .completes = "with that one",
		.cancels = "those behind the first that gives an item; when nobody listens", .state = "48"),
	.header = WEIR_TEXT("weir/operators.h"),
	.params = WEIR_TEXT(params),
	.state_size = WEIR_SIZE(weir_sequence_size),
	.flow = WEIR_TEXT(flow),
	.init = weir_sequence_init,
	.run = run,
};
