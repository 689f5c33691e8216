/* SPDX-License-Identifier: MIT */
/* shrink.c -- see shrink.h. */
#include <stdlib.h>
#include <string.h>

#include "shrink.h"
#include "world.h"

#define ROUNDS_MOST 8u
#define PLENTY      100u /* items */
#define FEW         2u   /* items asked for at a time */

struct shrinking {
	struct sim_case *best, *next; /* next: what is tried */
	sim_fails_fn *fails;
	void *arg;
	uint32_t tried;
};

/* Keep the next case if it fails too. */
static bool try(struct shrinking *s)
{
	s->tried++;
	if (!s->fails(s->arg, s->next))
		return false;
	*s->best = *s->next;
	return true;
}

static struct sim_case *begin(struct shrinking *s)
{
	*s->next = *s->best;
	return s->next;
}

/* Every source has plenty of items. */
static void give_plenty(struct sim_case *c)
{
	for (uint8_t i = 0; i < c->n_streams; i++) {
		const struct sim_stage *first = &c->streams[i].stages[0];

		if (c->streams[i].n_stages > 0 && first->actor != SIM_NOBODY &&
			(first->type->flags & WEIR_OP_SOURCE) != 0 && c->supply[first->actor] < PLENTY)
			c->supply[first->actor] = PLENTY;
	}
}

/* What was left out may have been what made many items of few. */
static bool try_with_more(struct shrinking *s)
{
	if (try(s))
		return true;
	give_plenty(s->next);
	return try(s);
}

/* ---- actions ---- */

static void cut_actions(struct sim_case *c, uint32_t from, uint32_t n)
{
	memmove(&c->actions[from], &c->actions[from + n], (c->n_actions - from - n) * sizeof c->actions[0]);
	c->n_actions = (uint8_t)(c->n_actions - n);
}

/* Delta debugging: leave out runs of actions, first long ones, then short ones. */
static bool fewer_actions(struct shrinking *s)
{
	bool any = false;

	for (uint32_t len = s->best->n_actions; len > 0; len /= 2)
		for (uint32_t from = 0; from < s->best->n_actions;) {
			uint32_t n = s->best->n_actions - from < len ? s->best->n_actions - from : len;

			cut_actions(begin(s), from, n);
			if (try(s))
				any = true;
			else
				from += n;
		}
	return any;
}

/* Most that goes wrong goes wrong too when nobody is told anything but to go on to the end. */
static bool only_release(struct shrinking *s)
{
	struct sim_case *c = begin(s);

	c->n_actions = 1;
	c->actions[0] = (struct sim_action){ .kind = SIM_RELEASE, .turns = SIM_SETTLE };
	return s->best->n_actions > 1 && try_with_more(s);
}

static bool plainer_number(struct shrinking *s, uint32_t i, uint64_t n)
{
	if (s->best->actions[i].n <= n || !sim_action_infos[s->best->actions[i].kind].counts)
		return false;
	begin(s)->actions[i].n = n;
	return try(s);
}

static bool plainer_actions(struct shrinking *s)
{
	bool any = false;

	for (uint32_t i = 0; i < s->best->n_actions; i++) {
		if (s->best->actions[i].turns != SIM_SETTLE) {
			begin(s)->actions[i].turns = SIM_SETTLE;
			any = try(s) || any;
		}
		for (uint64_t n = 0; n < 4; n++)
			if (plainer_number(s, i, n)) {
				any = true;
				break;
			}
		while (s->best->actions[i].n > 8 && plainer_number(s, i, s->best->actions[i].n / 2))
			any = true;
	}
	return any;
}

/* ---- the graph ---- */

static bool put_first(struct sim_case *c, const struct sim_action *a)
{
	if (c->n_actions == SIM_ACTIONS)
		return false;
	memmove(&c->actions[1], &c->actions[0], c->n_actions * sizeof c->actions[0]);
	c->actions[0] = *a;
	c->n_actions++;
	return true;
}

/* Every sink begins by asking for few items at a time. */
static bool ask_for_few(struct sim_case *c)
{
	struct sim_action a = { .kind = SIM_PUMP, .turns = SIM_SETTLE, .n = FEW };
	bool any = false;

	for (uint8_t i = 0; i < c->n_streams; i++) {
		const struct sim_stream *st = &c->streams[i];

		if (st->n_stages == 0 || st->stages[st->n_stages - 1u].type != &sim_sink_type)
			continue;
		a.actor = st->stages[st->n_stages - 1u].actor;
		any = put_first(c, &a) || any;
	}
	return any;
}

/*
 * Keep the next graph if it fails too. What was left out may have asked for few items at a time when nobody else did any
 * more, so the sinks do instead. That costs actions, but the graph gets smaller every time, so it comes to an end.
 */
static bool try_graph(struct shrinking *s)
{
	if (try_with_more(s))
		return true;
	return ask_for_few(s->next) && try(s);
}

static void remove_stage(struct sim_stream *s, uint8_t k)
{
	memmove(&s->stages[k], &s->stages[k + 1], (s->n_stages - k - 1u) * sizeof s->stages[0]);
	s->n_stages--;
}

static bool fewer_streams(struct shrinking *s)
{
	bool any = false;

	for (uint8_t i = 0; i < s->best->n_streams;) {
		struct sim_case *c = begin(s);

		c->streams[i].n_stages = 0; /* left open, drawn by nobody or from nothing: it goes */
		c->streams[i].from = NULL;
		sim_case_tidy(c);
		if (c->n_streams > 0 && try_graph(s))
			any = true;
		else
			i++;
	}
	return any;
}

/* A stream that joins several, or draws from one alone, goes on where one of them ends. */
static bool shorter_joint(struct shrinking *s, uint8_t i, const char *from)
{
	struct sim_case *c = begin(s);

	if (c->streams[i].from == NULL)
		remove_stage(&c->streams[i], 0);
	c->streams[i].from = from;
	sim_case_tidy(c);
	return try_graph(s);
}

static bool fewer_joints(struct shrinking *s)
{
	bool any = false;

	for (uint8_t i = 0; i < s->best->n_streams; i++) {
		const struct sim_stream *st = &s->best->streams[i];
		const struct weir_param *row =
			st->n_stages > 0 ? sim_param_of_kind(st->stages[0].type, WEIR_PARAM_STREAMS) : NULL;

		for (uint8_t k = 0; row != NULL && k < st->stages[0].n_params; k++)
			if (strcmp(st->stages[0].params[k].name, row->name) == 0 &&
				shorter_joint(s, i, st->stages[0].params[k].value)) {
				any = true;
				break;
			}
	}
	return any;
}

/* A stream that alone draws from another becomes part of it. */
static bool straighten(struct shrinking *s, uint8_t i)
{
	struct sim_case *c = begin(s);
	struct sim_stream *to = c->streams[i].from != NULL ? sim_stream_named(c, c->streams[i].from) : NULL;
	struct sim_stream *from = &c->streams[i];

	if (to == NULL || to->n_stages + from->n_stages > SIM_STREAM_STAGES)
		return false;
	memcpy(&to->stages[to->n_stages], from->stages, from->n_stages * sizeof from->stages[0]);
	to->n_stages = (uint8_t)(to->n_stages + from->n_stages);
	from->n_stages = 0;
	from->from = NULL;
	sim_case_tidy(c);
	return try_graph(s);
}

static bool fewer_stages(struct shrinking *s)
{
	bool any = false;

	for (uint8_t i = 0; i < s->best->n_streams; i++) {
		while (i < s->best->n_streams && straighten(s, i))
			any = true;
		for (uint8_t k = 0; i < s->best->n_streams && k < s->best->streams[i].n_stages;) {
			if (s->best->streams[i].stages[k].actor == SIM_NOBODY) {
				struct sim_case *c = begin(s);

				remove_stage(&c->streams[i], k);
				sim_case_tidy(c);
				if (try_graph(s)) {
					any = true;
					continue;
				}
			}
			k++;
		}
	}
	return any;
}

static void remove_param(struct sim_stage *st, uint8_t p)
{
	memmove(&st->params[p], &st->params[p + 1], (st->n_params - p - 1u) * sizeof st->params[0]);
	st->n_params--;
}

static bool plainer_stage(struct shrinking *s, uint8_t i, uint8_t k)
{
	bool any = false;

	for (uint8_t p = 0; i < s->best->n_streams && k < s->best->streams[i].n_stages &&
			    p < s->best->streams[i].stages[k].n_params;) {
		remove_param(&begin(s)->streams[i].stages[k], p);
		sim_case_tidy(s->next);
		if (try(s))
			any = true;
		else
			p++;
	}
	if (i >= s->best->n_streams || k >= s->best->streams[i].n_stages)
		return any;
	if (s->best->streams[i].stages[k].on_error != WEIR_ON_ERROR_FAIL) {
		begin(s)->streams[i].stages[k].on_error = WEIR_ON_ERROR_FAIL;
		sim_case_tidy(s->next);
		any = try(s) || any;
	}
	return any;
}

/* Every source by the plainest type. */
static bool plainer_source(struct shrinking *s, uint8_t i)
{
	const struct sim_stage *st = &s->best->streams[i].stages[0];
	struct sim_case *c;

	if (s->best->streams[i].n_stages == 0 ||
		(st->type != &sim_lender_type && st->type != &sim_timed_type))
		return false;
	c = begin(s);
	c->streams[i].stages[0].type = &sim_source_type;
	return try(s);
}

static bool plainer_stages(struct shrinking *s)
{
	bool any = false;

	for (uint8_t i = 0; i < s->best->n_streams; i++) {
		any = plainer_source(s, i) || any;
		for (uint8_t k = 0; i < s->best->n_streams && k < s->best->streams[i].n_stages; k++)
			any = plainer_stage(s, i, k) || any;
	}
	return any;
}

/* ---- the rest ---- */

static bool fewer_items(struct shrinking *s)
{
	bool any = false;

	for (uint32_t i = 0; i < SIM_ACTORS; i++) {
		while (s->best->supply[i] > 0) {
			begin(s)->supply[i] /= 2;
			if (!try(s))
				break;
			any = true;
		}
		while (s->best->supply[i] > 0) {
			begin(s)->supply[i]--;
			if (!try(s))
				break;
			any = true;
		}
	}
	return any;
}

static bool plainer_case(struct shrinking *s)
{
	bool any = false;

#define SET(member, value)                  \
	if (s->best->member != (value)) {   \
		begin(s)->member = (value); \
		any = try(s) || any;        \
	}
	SET(route, SIM_ROUTE_BUILD)
	SET(best_kernels, false)
	SET(short_memory, false)
	SET(open_fails, 0)
	SET(turns_step, 64)
	SET(span_bytes, 512)
	SET(span_items, 16)
	SET(clock, WEIR_CLOCK_MONOTONIC)
#undef SET
	for (uint64_t data = 0; data < 4 && s->best->data >= 4; data++) {
		begin(s)->data = data;
		any = try(s) || any;
	}
	return any;
}

static void forget_records(struct shrinking *s)
{
	for (uint8_t i = 0; i < s->best->n_records;) {
		struct sim_case *c = begin(s);

		memmove(&c->records[i], &c->records[i + 1], (c->n_records - i - 1u) * sizeof c->records[0]);
		c->n_records--;
		if (!try(s))
			i++;
	}
}

uint32_t sim_shrink(struct sim_case *c, sim_fails_fn *fails, void *arg)
{
	struct shrinking s = { .best = c, .next = sim_memory(NULL, sizeof *c), .fails = fails, .arg = arg };
	bool any = true;

	for (uint32_t round = 0; any && round < ROUNDS_MOST; round++) {
		any = only_release(&s);
		any = fewer_actions(&s) || any;
		any = fewer_streams(&s) || any;
		any = fewer_joints(&s) || any;
		any = fewer_stages(&s) || any;
		any = plainer_stages(&s) || any;
		any = fewer_items(&s) || any;
		any = plainer_case(&s) || any;
		any = plainer_actions(&s) || any;
	}
	forget_records(&s);
	free(s.next);
	return s.tried;
}
