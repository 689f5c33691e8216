/* SPDX-License-Identifier: MIT */
/*
 * stall.c -- turns that take too long: counted for their stage, and reported.
 *
 * A stage that does not return holds up every other one of its loop; the loop itself cannot say whose turn it was.
 */
#include "core.h"

void weir_stall_judge(struct weir_instance *in, struct weir_stage *s, uint64_t began_ns)
{
	uint64_t took_ns = in->platform->type->now_ns(in->platform) - began_ns;
	struct weir_stall stall = { .stage = s->ctx.index, .duration_ns = took_ns };

	if (in->stall_limit_ns == 0 || took_ns <= in->stall_limit_ns)
		return;
	if (in->plan->n_stalls > 0)
		stall.count = ++in->stalls[s->ctx.index];
	if (in->stall != NULL)
		in->stall(in->stall_arg, &stall);
}

void weir_on_stall(struct weir_instance *in, uint64_t limit_ns, weir_stall_fn *fn, void *arg)
{
	if (!weir_is_owned(in))
		return;
	in->stall_limit_ns = limit_ns;
	in->stall = fn;
	in->stall_arg = arg;
}

uint64_t weir_stalls(const struct weir_instance *in, uint16_t stage)
{
	return weir_is_owned(in) && stage < in->plan->n_stalls ? in->stalls[stage] : 0;
}
