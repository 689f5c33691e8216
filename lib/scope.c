/* SPDX-License-Identifier: MIT */
/*
 * scope.c -- stages that feed one input alone: started, ended and started again by the stage that has the input.
 *
 * The plan says of each such stage by which edge its scope is left; the consumer of that edge rules it. A scope costs
 * its bytes in the arena and, until it is started, nothing else. The ruler only leaves a wish, since the stages'
 * callbacks must not run inside its own. A start is a new generation: states and edges are as new, the ledgers
 * go on. Scopes nest; an inner one waits until its own ruler starts it.
 */
#include <string.h>

#include "layout.h"

const void *weir_scope_item(const struct weir_ctx *c)
{
	const struct weir_instance *in = c->instance;
	uint16_t scope = weir_way_out(c->def);

	while (scope != WEIR_NO_EDGE && in->items[scope] == NULL)
		scope = weir_way_out(&in->plan->stages[in->plan->edges[scope].to]);
	return scope == WEIR_NO_EDGE ? NULL : in->items[scope];
}

/* Whether a stage stands in the scope left by edge `way_out`, or in one within it. */
static bool is_within(const struct weir_instance *in, uint16_t stage, uint16_t way_out)
{
	const struct weir_plan *p = in->plan;
	uint16_t scope = weir_way_out(&p->stages[stage]);

	while (scope != WEIR_NO_EDGE && scope != way_out)
		scope = weir_way_out(&p->stages[p->edges[scope].to]);
	return scope == way_out;
}

/* ---- what the ruler asks ---- */

static bool in_use(const struct weir_instance *in, uint16_t way_out)
{
	for (uint16_t k = 0; k < in->plan->n_edges; k++)
		if (in->edges[k].users > 0 && is_within(in, in->plan->edges[k].from, way_out))
			return true;
	return false;
}

bool weir_scope_free(const struct weir_ctx *c, uint16_t port)
{
	const struct weir_instance *in = c->instance;
	uint16_t way_out = in->plan->inputs[c->def->first_in + port];

	for (uint16_t i = 0; i < in->plan->n_stages; i++)
		if (in->stages[i].phase == WEIR_STAGE_RUNNING && is_within(in, i, way_out))
			return false;
	return !in_use(in, way_out);
}

void weir_scope_start(struct weir_ctx *c, uint16_t port, const void *item)
{
	struct weir_edge *e = weir_edge_in(weir_stage_of(c), port);

	if (!weir_scope_free(c, port)) {
		weir_fail(c, WEIR_EINTERNAL, "a scope was started that still lives");
		return;
	}
	e->start = true;
	c->instance->items[weir_edge_index(c->instance, e)] = item;
	c->instance->starting = true;
}

/* Something in a scope ended or gave its memory back: its rulers may be waiting for that. */
void weir_scope_tell(struct weir_instance *in, const struct weir_stage *member)
{
	const struct weir_plan *p = in->plan;

	for (uint16_t k = weir_way_out(member->ctx.def); k != WEIR_NO_EDGE;
		k = weir_way_out(&p->stages[p->edges[k].to]))
		weir_stage_ready(in, p->edges[k].to);
}

/* ---- as new ---- */

/* What was asked for and never sent is void; what was counted stays counted. */
static void renew_edge(const struct weir_instance *in, struct weir_edge *e, bool open)
{
	struct weir_memory *m = weir_edge_memory(in, e);

	e->ended = e->staged = false;
	e->closed = !open;
	e->awaited = true;
	e->credit = 0;
	WEIR_WATCH(renewed(e));
	e->marks = 0;
	if (m != NULL)
		m->reserved.count = 0;
}

/* What leads into it: who feeds it hears of that. One of a scope further inside waits for its own start. */
static void renew_entry(struct weir_instance *in, struct weir_edge *e, uint16_t way_out)
{
	bool open = weir_way_out(&in->plan->stages[e->def->to]) == way_out;

	renew_edge(in, e, open);
	e->fresh = open;
	weir_stage_ready(in, e->def->from);
}

static void renew_edges(struct weir_instance *in, uint16_t way_out)
{
	for (uint16_t k = 0; k < in->plan->n_edges; k++) {
		uint16_t from = in->plan->edges[k].from;

		if (is_within(in, from, way_out) && in->plan->stages[from].error_edge != k)
			renew_edge(in, &in->edges[k], weir_way_out(&in->plan->stages[from]) == way_out);
		else if (weir_edge_enters(in->plan, k) && is_within(in, in->plan->edges[k].to, way_out))
			renew_entry(in, &in->edges[k], way_out);
	}
}

static void forget_barriers(struct weir_instance *in, uint16_t source)
{
	for (uint16_t i = 0; i < in->plan->max_barriers; i++)
		if (in->barriers[i].source == source) {
			in->barriers[i] = (struct weir_open_barrier){ .source = source };
			in->answering = true; /* somebody may wait for its place */
		}
}

static int renew_stage(struct weir_instance *in, uint16_t i)
{
	struct weir_stage *s = &in->stages[i];
	struct weir_place place;

	weir_layout_place(in->plan, i, &place);
	s->phase = WEIR_STAGE_NEW;
	s->ending = 0;
	s->check_outputs = s->event_timers = false;
	forget_barriers(in, i);
	if (s->type->state_size != NULL && s->ctx.state != NULL)
		memset(s->ctx.state, 0, (size_t)s->type->state_size(&place));
	return s->type->init != NULL ? s->type->init(&s->ctx, &place) : WEIR_OK;
}

/* ---- starting ---- */

static int open_stage(struct weir_instance *in, struct weir_stage *s)
{
	uint16_t was = weir_enter(in, s);
	int rc = s->type->open != NULL ? s->type->open(&s->ctx) : WEIR_OK;

	weir_leave(in, was);
	s->open = rc >= 0;
	return rc;
}

/* Renew and open every stage. Returns the one that failed, with *rc, or NULL. */
static struct weir_stage *open_stages(struct weir_instance *in, uint16_t way_out, int *rc)
{
	for (uint16_t i = 0; i < in->plan->n_stages; i++) {
		if (!is_within(in, i, way_out))
			continue;
		*rc = renew_stage(in, i);
		if (*rc < 0)
			return &in->stages[i];
	}
	for (uint16_t i = 0; i < in->plan->n_stages; i++) {
		if (weir_way_out(&in->plan->stages[i]) != way_out)
			continue;
		in->stages[i].phase = WEIR_STAGE_RUNNING;
		in->live++;
		*rc = open_stage(in, &in->stages[i]);
		if (*rc < 0)
			return &in->stages[i];
	}
	return NULL;
}

/* A start that did not succeed is a failure like every other: the ruler gets it as an error mark. */
static void fail_start(struct weir_instance *in, uint16_t way_out, struct weir_stage *failed, int rc)
{
	struct weir_error error = { .code = rc, .stage = failed->ctx.index, .text = weir_strerror(rc) };

	weir_stage_failed(failed, &error);
	failed->ending_kind = WEIR_MARK_ERROR;
	failed->ending_source = failed->ctx.index;
	weir_edge_terminal(in, &in->edges[way_out], failed);
	for (uint16_t i = 0; i < in->plan->n_stages; i++)
		if (weir_way_out(&in->plan->stages[i]) == way_out &&
			in->stages[i].phase == WEIR_STAGE_RUNNING)
			weir_stage_finish(in, &in->stages[i],
				&in->stages[i] == failed ? WEIR_STAGE_FAILED : WEIR_STAGE_CANCELLED);
	for (uint16_t k = 0; k < in->plan->n_edges; k++) /* of stages that were not reached, too */
		if (weir_edge_enters(in->plan, k) &&
			weir_way_out(&in->plan->stages[in->plan->edges[k].to]) == way_out)
			weir_edge_close(in, &in->edges[k]);
	weir_stage_cancel_up(in);
	weir_stage_close_ended(in);
}

/* Demand first, consumers before producers, as at the start of all. */
static void let_run(struct weir_instance *in, uint16_t way_out)
{
	for (uint32_t i = in->plan->n_stages; i-- > 0;) {
		struct weir_stage *s = &in->stages[i];

		if (weir_way_out(&in->plan->stages[i]) != way_out)
			continue;
		weir_stage_top_up(in, s);
		weir_stage_ready(in, (uint16_t)i);
		if (in->draining != 0)
			weir_stage_stop(in, s);
	}
}

static void start(struct weir_instance *in, uint16_t way_out)
{
	struct weir_stage *failed;
	int rc = WEIR_OK;

	renew_edges(in, way_out);
	failed = open_stages(in, way_out, &rc);
	if (failed != NULL)
		fail_start(in, way_out, failed, rc);
	else
		let_run(in, way_out);
	weir_stage_ready(in, in->plan->edges[way_out].to);
}

void weir_scopes_start(struct weir_instance *in)
{
	if (!in->starting)
		return;
	in->starting = false;
	for (uint16_t k = 0; k < in->plan->n_edges; k++) {
		bool wanted = in->edges[k].start;

		in->edges[k].start = false;
		if (wanted && in->stages[in->plan->edges[k].to].phase == WEIR_STAGE_RUNNING)
			start(in, k);
	}
}

/* ---- what is fed from outside ---- */

/* The ruler that none rules, of a stage in a scope. */
static uint16_t outermost(const struct weir_instance *in, uint16_t stage)
{
	const struct weir_plan *p = in->plan;

	while (weir_way_out(&p->stages[stage]) != WEIR_NO_EDGE)
		stage = p->edges[weir_way_out(&p->stages[stage])].to;
	return stage;
}

bool weir_scope_may_draw(const struct weir_instance *in, const struct weir_edge *e)
{
	return weir_edge_enters(in->plan, weir_edge_index(in, e)) &&
	       !weir_stage_ended(&in->stages[outermost(in, e->def->to)]);
}

/* Nothing in its scopes draws any more. */
static void leave_feeders(struct weir_instance *in, const struct weir_stage *ruler)
{
	for (uint16_t k = 0; k < in->plan->n_edges; k++)
		if (weir_edge_enters(in->plan, k) &&
			outermost(in, in->plan->edges[k].to) == ruler->ctx.index) {
			in->stages[in->plan->edges[k].from].check_outputs = true;
			in->cancelling = true;
		}
}

/* ---- the streams beside it ---- */

/* What its stages send item errors to goes on from one generation to the next; it completes with the ruler. */
void weir_scopes_end_sides(struct weir_instance *in, const struct weir_stage *ruler)
{
	const struct weir_plan *p = in->plan;

	if ((ruler->type->flags & WEIR_OP_SCOPES) == 0 || weir_way_out(ruler->ctx.def) != WEIR_NO_EDGE)
		return;
	leave_feeders(in, ruler);
	for (uint16_t i = 0; i < p->n_stages; i++) {
		struct weir_stage *s = &in->stages[i];
		uint16_t outer = outermost(in, i);

		if (p->stages[i].error_edge == WEIR_NO_EDGE || outer != ruler->ctx.index || outer == i)
			continue;
		s->ending_kind = WEIR_MARK_COMPLETE;
		s->ending_value = 0;
		weir_edge_terminal(in, &in->edges[p->stages[i].error_edge], s);
	}
}

/* ---- errors that were dealt with ---- */

static uint16_t first_failed(const struct weir_instance *in)
{
	for (uint16_t i = 0; i < in->plan->n_stages; i++)
		if (in->stages[i].has_error)
			return i;
	return WEIR_NO_STAGE;
}

void weir_handle_error(struct weir_ctx *c, const struct weir_mark *error)
{
	struct weir_instance *in = c->instance;
	struct weir_stage *s = &in->stages[error->source];
	struct weir_error told = *weir_error_place(in, error->source);

	if (!s->has_error)
		return;
	s->has_error = false;
	in->failures_handled++;
	if (in->first_error == error->source)
		in->first_error = first_failed(in);
	told.fate = WEIR_FATE_HANDLED;
	told.by = c->index;
	if (in->report != NULL)
		in->report(in->report_arg, &told);
}

uint64_t weir_failures(const struct weir_instance *in)
{
	return weir_is_owned(in) ? in->failures : 0;
}

uint64_t weir_failures_handled(const struct weir_instance *in)
{
	return weir_is_owned(in) ? in->failures_handled : 0;
}
