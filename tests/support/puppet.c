/* SPDX-License-Identifier: MIT */
/* puppet.c -- see puppet.h. */
#include "puppet.h"

static const struct puppet *puppet_of(const struct weir_ctx *c)
{
	return c->params;
}

static void run(struct weir_ctx *c)
{
	if (puppet_of(c)->run != NULL)
		puppet_of(c)->run(c);
}

static void timer(struct weir_ctx *c, uint8_t which, int64_t deadline_ns)
{
	if (puppet_of(c)->timer != NULL)
		puppet_of(c)->timer(c, which, deadline_ns);
}

static void close_puppet(struct weir_ctx *c, bool normal)
{
	if (puppet_of(c)->close != NULL)
		puppet_of(c)->close(c, normal);
}

static void stop(struct weir_ctx *c)
{
	if (puppet_of(c)->stop != NULL)
		puppet_of(c)->stop(c);
	else
		weir_complete(c);
}

static void barrier_done(struct weir_ctx *c, uint64_t number)
{
	if (puppet_of(c)->barrier_done != NULL)
		puppet_of(c)->barrier_done(c, number);
}

#define PUPPET(ident, name_, credit_, ...)                      \
	const struct weir_op_type ident = { .abi = WEIR_OP_ABI, \
		.credit = credit_,                              \
		.n_timers = PUPPET_TIMERS,                      \
		.name = name_,                                  \
		.run = run,                                     \
		.timer = timer,                                 \
		.close = close_puppet,                          \
		__VA_ARGS__ }

PUPPET(puppet_source_type, "puppet_source", WEIR_CREDIT_MANUAL, .flags = WEIR_OP_SOURCE, .stop = stop,
	.barrier_done = barrier_done);
PUPPET(puppet_sink_type, "puppet_sink", WEIR_CREDIT_MANUAL, .flags = WEIR_OP_SINK);
PUPPET(puppet_stage_type, "puppet_stage", WEIR_CREDIT_OWN, .prefetch = PUPPET_PREFETCH);
PUPPET(puppet_pass_type, "puppet_pass", WEIR_CREDIT_MANUAL, .flags = WEIR_OP_LENDS);

void puppet_take_all(struct weir_ctx *c)
{
	const struct weir_span *in = weir_input(c, 0);
	struct weir_mark mark;

	if (in != NULL)
		weir_take(c, 0, in->count);
	while (weir_next_mark(c, 0, &mark))
		if (mark.kind >= WEIR_MARK_COMPLETE)
			weir_end_with(c, &mark);
}
