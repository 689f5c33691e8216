/* SPDX-License-Identifier: MIT */
/*
 * output -- a port through which the application pulls records out of a pipeline.
 *
 *	in         --1--2--3--|
 *	weir_pull  1 2 3 ended
 *
 * With a format an encoder stands before the port, and what is pulled is bytes.
 *
 * Credit  manual: asks for what a pull misses, and for `capacity` items ahead of any.
 * Memory  none: items wait on the edge until they are pulled.
 * Time    instants are copied out beside the records. A barrier is answered once all before it were pulled.
 */
#include <string.h>

#include <weir/operators.h>

struct weir_output_port {
	size_t item_bytes;
};
WEIR_ILP32(weir_output_port, 4);

static const struct weir_param params[] = {
	WEIR_PARAM(struct weir_output_params, name, "name", TEXT, .example = "\"results\"",
		.help = "What the application calls it.", .flags = WEIR_PARAM_REQUIRED),
	WEIR_PARAM_BARE(
		"format", FORMAT, .help = "Give bytes instead of records: csv, ndjson, binary or frames."),
	WEIR_PARAM(struct weir_output_params, capacity, "capacity", U32,
		.help = "Items (or bytes) asked for ahead of a pull.", .dflt = "0", .min = 0,
		.max = 1u << 24),
	{ .name = NULL },
};

static int64_t state_size(const struct weir_place *place)
{
	return (int64_t)WEIR_SIZEOF(place, weir_output_port);
}

static int init(struct weir_ctx *c, const struct weir_place *place)
{
	struct weir_output_port *s = c->state;

	s->item_bytes = place->in->size;
	return WEIR_OK;
}

/* Have at least n items on their way or waiting. */
static void want(struct weir_ctx *c, uint32_t n)
{
	const struct weir_span *in = weir_input(c, 0);
	uint64_t coming = weir_outstanding(c, 0);

	coming += in == NULL ? 0 : in->count;
	if (coming < n)
		(void)weir_request(c, 0, n - (uint32_t)coming);
}

/* Returns whether the stream has ended. */
static bool take_marks(struct weir_ctx *c)
{
	struct weir_mark mark;

	while (weir_next_mark(c, 0, &mark)) {
		if (WEIR_WITH_BARRIERS && mark.kind == WEIR_MARK_BARRIER)
			weir_barrier_done(c, &mark);
		if (mark.kind < WEIR_MARK_COMPLETE)
			continue;
		weir_end_with(c, &mark);
		return true;
	}
	return false;
}

static void run(struct weir_ctx *c)
{
	const struct weir_output_params *p = c->params;

	if (!take_marks(c))
		want(c, p->capacity);
}

int64_t weir_output_take(struct weir_ctx *c, void *records, int64_t *instants, uint32_t n)
{
	const struct weir_output_params *p = c->params;
	const struct weir_output_port *s = c->state;
	const struct weir_span *in = weir_input(c, 0);
	uint32_t got = 0;

	if (in != NULL) {
		got = in->count < n ? in->count : n;
		memcpy(records, in->items, got * s->item_bytes);
		if (instants != NULL && in->instants != NULL)
			memcpy(instants, in->instants, got * sizeof *instants);
		weir_take(c, 0, got);
	}
	if (take_marks(c))
		return got > 0 ? (int64_t)got : WEIR_ENDED;
	want(c, n - got > p->capacity ? n - got : p->capacity);
	return got;
}

const struct weir_op_type weir_output_type = {
	.abi = WEIR_OP_ABI,
	.flags = WEIR_OP_SINK | WEIR_OP_PORT,
	.credit = WEIR_CREDIT_MANUAL,
	.name = "output",
	.summary = WEIR_TEXT("A port through which the application pulls records out."),
	.page = WEIR_PAGE(.emits = "what weir_pull takes",
		.credit = "what a pull misses, and `capacity` items ahead of any", .state = "8 (4)"),
	.params_struct = WEIR_TEXT("struct weir_output_params"),
	.header = WEIR_TEXT("weir/operators.h"),
	.params = WEIR_TEXT(params),
	.params_size = sizeof(struct weir_output_params),
	.state_size = WEIR_SIZE(state_size),
	.init = init,
	.run = run,
	.pull = weir_output_take,
};
