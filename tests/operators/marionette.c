/* SPDX-License-Identifier: MIT */
/* marionette.c -- see marionette.h. */
#include <check.h>
#include <string.h>

#include "marionette.h"

static struct marionette *strings(const struct weir_ctx *c)
{
	return (struct marionette *)(uintptr_t)c->params;
}

static int pull_open(struct weir_ctx *c)
{
	return strings(c)->open != NULL ? strings(c)->open(c) : WEIR_OK;
}

static void pull_run(struct weir_ctx *c)
{
	strings(c)->runs++;
	if (strings(c)->run != NULL)
		strings(c)->run(c);
}

static void pull_timer(struct weir_ctx *c, uint8_t timer, int64_t deadline_ns)
{
	if (strings(c)->timer != NULL)
		strings(c)->timer(c, timer, deadline_ns);
}

static void pull_stop(struct weir_ctx *c)
{
	if (strings(c)->stop != NULL)
		strings(c)->stop(c);
}

static void pull_close(struct weir_ctx *c, bool normal)
{
	if (strings(c)->close != NULL)
		strings(c)->close(c, normal);
}

static void pull_barrier_done(struct weir_ctx *c, uint64_t number)
{
	if (strings(c)->barrier_done != NULL)
		strings(c)->barrier_done(c, number);
}

#define MARIONETTE(name_, flags_, credit_)                                                  \
	.abi = WEIR_OP_ABI, .flags = (flags_), .credit = (credit_), .max_in = 255,          \
	.n_timers = MARIONETTE_TIMERS, .name = (name_), .open = pull_open, .run = pull_run, \
	.timer = pull_timer, .close = pull_close

const struct weir_op_type marionette_source_type = {
	MARIONETTE("marionette_source", WEIR_OP_SOURCE, WEIR_CREDIT_OWN),
	.stop = pull_stop,
	.barrier_done = pull_barrier_done,
};
const struct weir_op_type marionette_deaf_type = { MARIONETTE(
	"marionette_deaf", WEIR_OP_SOURCE, WEIR_CREDIT_OWN) };
const struct weir_op_type marionette_type = {
	MARIONETTE("marionette", 0, WEIR_CREDIT_MANUAL),
	.barrier_done = pull_barrier_done,
};
const struct weir_op_type marionette_sink_type = { MARIONETTE(
	"marionette_sink", WEIR_OP_SINK, WEIR_CREDIT_MANUAL) };

void marionette_run(uint16_t stage)
{
	weir_wake_stage(bed.in, stage);
	bed_settle();
}

void marionette_swallow(struct weir_ctx *c)
{
	const struct weir_span *in = weir_input(c, 0);
	struct weir_mark mark;

	if (in != NULL)
		weir_take(c, 0, in->count);
	while (weir_next_mark(c, 0, &mark)) {
		if (mark.kind == WEIR_MARK_BARRIER)
			weir_barrier_done(c, &mark);
		if (mark.kind >= WEIR_MARK_COMPLETE)
			weir_end_with(c, &mark);
	}
	if (weir_input_open(c, 0) && weir_outstanding(c, 0) != UINT32_MAX)
		(void)weir_request(c, 0, UINT32_MAX);
}

void marionette_emit(struct weir_ctx *c, int64_t v)
{
	struct weir_span *span = weir_reserve(c, 0);
	struct bed_item item = { .at = v, .v = v };

	ck_assert_ptr_nonnull(span);
	memcpy(span->items, &item, sizeof item);
	if (span->instants != NULL)
		span->instants[0] = v;
	weir_emit(c, 0, 1);
}
