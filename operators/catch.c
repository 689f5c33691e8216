/* SPDX-License-Identifier: MIT */
/*
 * catch -- pass on one stream; when it fails, the next one instead.
 *
 *	in 0  --1-2-X
 *	in 1          --a-b-|
 *	out   --1-2-----a-b-|
 *
 * Credit  manual: only the stream in use is asked, for what is asked of this stage: demand that was not met moves
 *         over to the next stream. A stream that is not in use has not been started and costs nothing but its bytes.
 * Memory  32 bytes. No copy: spans are passed on where they lie. Each stream is a scope.
 * Time    items keep their instants; watermarks pass while they rise. No timer.
 *
 * Errors that have a stream after them are handled: reported, and not the pipeline's. The last stream's error is
 * passed on. Completes when the stream in use does.
 */
#include <weir/operators.h>
#include <weir/relay.h>

struct weir_catch {
	struct weir_relay relay;
	uint16_t current, n_inputs;
	bool started, stopping;
};

static const struct weir_param params[] = {
	WEIR_PARAM_BARE("streams", STREAMS,
		.help = "The streams, in the order in which they are tried; all of one record.",
		.example = "[\"a\", \"b\"]", .flags = WEIR_PARAM_PRIMARY | WEIR_PARAM_REQUIRED),
	{ .name = NULL },
};

static int64_t state_size(const struct weir_place *place)
{
	(void)place;
	return (int64_t)sizeof(struct weir_catch);
}

static int init(struct weir_ctx *c, const struct weir_place *place)
{
	struct weir_catch *s = c->state;

	s->n_inputs = place->n_in;
	return WEIR_OK;
}

static void ended(struct weir_ctx *c, struct weir_catch *s, const struct weir_mark *end)
{
	if (end->kind == WEIR_MARK_COMPLETE || s->stopping || s->current + 1u >= s->n_inputs) {
		weir_end_with(c, end);
		return;
	}
	weir_handle_error(c, end);
	s->current++;
	s->started = false;
}

static void run(struct weir_ctx *c)
{
	struct weir_catch *s = c->state;
	struct weir_mark end;

	if (s->started && weir_relay_marks(c, &s->relay, s->current, &end))
		ended(c, s, &end);
	if (s->started) {
		(void)weir_relay_items(c, s->current);
		weir_relay_ask(c, s->current, weir_demand(c, 0));
	} else if (s->stopping) {
		weir_complete(c);
	} else { /* each scope once: it is free */
		s->started = true;
		weir_scope_start(c, s->current, NULL);
	}
}

static void stop(struct weir_ctx *c)
{
	struct weir_catch *s = c->state;

	s->stopping = true;
}

const struct weir_op_type weir_catch_type = {
	.abi = WEIR_OP_ABI,
	.flags = WEIR_OP_LENDS | WEIR_OP_COMBINER | WEIR_OP_SCOPES,
	.credit = WEIR_CREDIT_MANUAL,
	.max_in = 255,
	.name = "catch",
	.summary = WEIR_TEXT("Pass on one stream; when it fails, the next one instead."),
	.page = WEIR_PAGE(.emits = "the items of the stream in use",
		.credit = "what is asked of it, of the stream in use alone",
		.completes = "when the stream in use does; fails with the last", .state = "24"),
	.header = WEIR_TEXT("weir/operators.h"),
	.params = WEIR_TEXT(params),
	.state_size = WEIR_SIZE(state_size),
	.init = init,
	.run = run,
	.stop = stop,
};
