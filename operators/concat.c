/* SPDX-License-Identifier: MIT */
/*
 * concat -- pass on several streams, one after the other.
 *
 *	in 0  --1-2-|
 *	in 1           a-b-|
 *	out   --1-2----a-b-|
 *
 * Credit  manual: only the input whose turn it is is asked, for what is asked of this stage.
 * Memory  a few words. No copy: spans are passed on where they lie.
 * Time    items keep their instants. Under the event clock it makes watermarks: the least time of its living inputs, so
 *         none before the last stream's turn. No timer.
 *
 * Completes when the last has. An error arrives in its turn, ends it, and the streams behind are cancelled. What a stream
 * says before its turn waits; all are opened at the start.
 */
#include <weir/operators.h>
#include <weir/sequence.h>

static const struct weir_param params[] = {
	WEIR_PARAM_BARE("streams", STREAMS, .example = "[\"a\", \"b\"]",
		.help = "The streams, in their order; all of one record.",
		.flags = WEIR_PARAM_PRIMARY | WEIR_PARAM_REQUIRED),
	{ .name = NULL },
};

static void run(struct weir_ctx *c)
{
	if (weir_sequence_run(c))
		weir_sequence_next(c);
}

const struct weir_op_type weir_concat_type = {
	.abi = WEIR_OP_ABI,
	.flags = WEIR_OP_LENDS | WEIR_OP_COMBINER | WEIR_OP_MAKES_TIME,
	.credit = WEIR_CREDIT_MANUAL,
	.max_in = 255,
	.name = "concat",
	.summary = WEIR_TEXT("Pass on several streams, one after the other."),
	.page = WEIR_PAGE(.emits = "the items of its streams, one after the other",
		.credit = "the current stream for what is asked of it", .completes = "with the last",
		.cancels = "at an error, the streams behind; when nobody listens", .state = "48"),
	.header = WEIR_TEXT("weir/operators.h"),
	.params = WEIR_TEXT(params),
	.state_size = WEIR_SIZE(weir_sequence_size),
	.flow = WEIR_TEXT(weir_sequence_flow),
	.init = weir_sequence_init,
	.run = run,
};
