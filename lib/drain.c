/* SPDX-License-Identifier: MIT */
/*
 * drain.c -- the two ways to end from outside: drain lets what is inside flow out, abort cancels it.
 */
#include "core.h"

/* Have a source make no more, and a ruler start no scope again. */
void weir_stage_stop(struct weir_instance *in, struct weir_stage *s)
{
	bool source = (s->type->flags & WEIR_OP_SOURCE) != 0;

	if (!source && (s->type->flags & WEIR_OP_SCOPES) == 0)
		return;
	s->stopped = source && s->ending == 0;
	if (s->type->stop != NULL && (!source || in->draining == WEIR_DRAIN_FINISH + 1)) {
		uint16_t was = weir_enter(in, s);

		s->type->stop(&s->ctx);
		weir_leave(in, was);
	} else if (source) {
		weir_stage_end(s, WEIR_STAGE_COMPLETED, WEIR_MARK_COMPLETE, s->ctx.index,
			in->draining == WEIR_DRAIN_CHECKPOINT + 1);
	}
	weir_stage_ready(in, s->ctx.index);
}

void weir_stop_all(struct weir_instance *in)
{
	in->stop_asked = false;
	for (uint16_t i = 0; i < in->plan->n_stages; i++)
		if (!weir_stage_ended(&in->stages[i]) && !weir_stage_dormant(&in->stages[i]))
			weir_stage_stop(in, &in->stages[i]);
}

int weir_drain(struct weir_instance *in, enum weir_drain how, uint64_t deadline_ns)
{
	if (!weir_is_owned(in))
		return WEIR_EBUSY;
	if (!in->started)
		return WEIR_EINVAL;
	if (in->draining != 0 || in->live == 0)
		return WEIR_OK;
	in->draining = (uint8_t)(how + 1);
	in->deadline_ns = deadline_ns;
	if (weir_step_inside(in)) /* when the callback under way has returned */
		in->stop_asked = true;
	else
		weir_stop_all(in);
	weir_step_soon(in);
	return WEIR_OK;
}

void weir_abort(struct weir_instance *in)
{
	if (!weir_is_owned(in))
		return;
	if (weir_step_inside(in)) { /* T-3: at the end of the turn under way */
		weir_store(&in->abort_asked, 1);
		return;
	}
	weir_store(&in->abort_asked, 0);
	for (uint16_t i = 0; i < in->plan->n_stages; i++)
		weir_stage_finish(in, &in->stages[i], WEIR_STAGE_CANCELLED);
	weir_stage_close_ended(in);
	weir_step_tell_end(in);
}

void weir_abort_from_outside(struct weir_instance *in)
{
	weir_store(&in->abort_asked, 1);
}
