/* SPDX-License-Identifier: MIT */
/*
 * stage.c -- a stage's life: ending, cancelled, closed.
 *
 * A callback that ends its stage only leaves a wish; it is applied when the callback has returned, so that
 * callbacks never overlap and the items it returned go out before the terminal mark (T-1). Cancelling
 * walks up by one pass over the stages from last to first: producers come before consumers in a plan.
 */
#include "core.h"

void weir_stage_end(
	struct weir_stage *s, enum weir_stage_phase phase, uint8_t kind, uint16_t source, uint8_t value)
{
	if (s->ending != 0 || weir_stage_ended(s))
		return;
	s->ending = (uint8_t)phase;
	s->ending_kind = kind;
	s->ending_source = source;
	s->ending_value = value;
	weir_stage_ready(s->ctx.instance, s->ctx.index);
}

void weir_stage_finish(struct weir_instance *in, struct weir_stage *s, enum weir_stage_phase phase)
{
	uint16_t i = s->ctx.index;

	if (weir_stage_ended(s) || weir_stage_dormant(s))
		return;
	s->phase = (uint8_t)phase;
	in->live--;
	in->ready[i / 32] &= ~(1u << (i % 32));
	in->ready_sources[i / 32] &= ~(1u << (i % 32));
	in->fed[i / 32] &= ~(1u << (i % 32));
	if ((WEIR_WITH_TIMERS || WEIR_WITH_EVENT_CLOCK) && s->type->n_timers > 0)
		weir_timers_stop_stage(in, s);
	for (uint16_t p = 0; p < s->ctx.def->n_in; p++)
		weir_edge_close(in, weir_edge_in(s, p));
	if (WEIR_WITH_SCOPES) {
		weir_scopes_end_sides(in, s);
		weir_scope_tell(in, s);
	}
	in->closing = true;
}

static bool nobody_listens(const struct weir_stage *s)
{
	for (uint16_t p = 0; p < s->ctx.def->n_out; p++) {
		const struct weir_edge *e = weir_edge_out(s, p);

		if (!e->closed || (WEIR_WITH_SCOPES && weir_scope_may_draw(s->ctx.instance, e)))
			return false;
	}
	return s->ctx.def->n_out > 0;
}

/* The stream beside it (on_error to) completes whatever becomes of the stage. */
static void end_side(struct weir_instance *in, struct weir_stage *s)
{
	struct weir_edge *e;

	if (!WEIR_WITH_ON_ERROR || s->ctx.def->error_edge == WEIR_NO_EDGE ||
		weir_way_out(s->ctx.def) != WEIR_NO_EDGE)
		return;
	e = &in->edges[s->ctx.def->error_edge];
	s->ending_kind = WEIR_MARK_COMPLETE;
	weir_edge_terminal(in, e, s);
}

void weir_stage_cancel_up(struct weir_instance *in)
{
	if (!in->cancelling)
		return;
	for (uint32_t i = in->plan->n_stages; i-- > 0;) {
		struct weir_stage *s = &in->stages[i];

		if (!s->check_outputs)
			continue;
		s->check_outputs = false;
		if (weir_stage_ended(s) || weir_stage_dormant(s))
			continue;
		if (nobody_listens(s)) {
			weir_stage_finish(in, s, WEIR_STAGE_CANCELLED);
			end_side(in, s);
		} else {
			weir_stage_ready(in, s->ctx.index);
		}
	}
	in->cancelling = false; /* what closed on the way lay further up, where the walk still came by */
}

void weir_stage_apply(struct weir_instance *in, struct weir_stage *s)
{
	enum weir_stage_phase phase = (enum weir_stage_phase)s->ending;

	if (s->ending != 0 && !weir_stage_ended(s)) {
		for (uint16_t p = 0; p < s->ctx.def->n_out; p++)
			weir_edge_terminal(in, weir_edge_out(s, p), s);
		end_side(in, s);
		weir_stage_finish(in, s, phase);
	}
	s->ending = 0;
	weir_stage_cancel_up(in);
	weir_stage_close_ended(in);
	if (WEIR_WITH_SCOPES)
		weir_scopes_start(in);
	if (WEIR_WITH_BARRIERS)
		weir_barriers_tell(in);
}

void weir_stage_close_ended(struct weir_instance *in)
{
	if (!in->closing)
		return;
	in->closing = false;
	for (uint16_t i = 0; i < in->plan->n_stages; i++) {
		struct weir_stage *s = &in->stages[i];
		uint16_t was;

		if (!weir_stage_ended(s) || !s->open)
			continue;
		s->open = false;
		was = weir_enter(in, s);
		if (s->type->close != NULL)
			s->type->close(&s->ctx, s->phase == WEIR_STAGE_COMPLETED);
		weir_leave(in, was);
	}
}

static bool outputs_clear(const struct weir_stage *s)
{
	for (uint16_t p = 0; p < s->ctx.def->n_out; p++) {
		const struct weir_edge *e = weir_edge_out(s, p);

		if (!e->closed && (weir_edge_staged(e) || !weir_edge_empty(e)))
			return false;
	}
	return true;
}

/*
 * How many streams share what an edge is asked for. Where several meet, each has a share of the credit: one span for all
 * of them would be cut into as many. They wait where they were made, so to ask for more takes no memory.
 */
static uint32_t streams_behind(const struct weir_instance *in, const struct weir_edge *e)
{
	const struct weir_stage *from = &in->stages[e->def->from];

	while (from->passes) {
		from = weir_group_head(in, from);
		from = &in->stages[from->in0->def->from];
	}
	return from->ctx.def->n_in > 1 ? from->ctx.def->n_in : 1;
}

/* OWN credit: what an input is to be asked for to have its prefetch again, once half of it is used. */
static uint32_t missing(const struct weir_instance *in, const struct weir_stage *s, const struct weir_edge *e)
{
	uint32_t want = s->type->prefetch;

	if (e->closed || e->pending.count > 0)
		return 0;
	if (want == 0)
		want = e->def->cap_items * (WEIR_IS_ILP32 ? 1 : streams_behind(in, e));
	if (e->credit > want / 2) /* unbounded credit: more than any half */
		return 0;
	return want - e->credit;
}

/* Refill each input, while no output waits. False: that is still to be done. */
bool weir_stage_top_up(struct weir_instance *in, struct weir_stage *s)
{
	if (!s->refills || weir_stage_ended(s))
		return true;
	for (uint16_t p = 0; p < s->ctx.def->n_in; p++) {
		struct weir_edge *e = weir_edge_in(s, p);
		uint32_t n = missing(in, s, e);

		if (n == 0)
			continue;
		if (!outputs_clear(s) || (s->type->run == NULL && s->out0->credit == 0))
			return false;
		weir_edge_request(in, e, n);
	}
	return true;
}
