/* SPDX-License-Identifier: MIT */
/*
 * draw_actions.c -- what is done to a pipeline, step by step (draw.h).
 *
 * Swarm: each case leaves out half of the kinds of actions, so that what is left comes together in ways that an even
 * mixture never shows.
 */
#include "draw.h"

#define MS_NS 1000000u

_Static_assert(SIM_ACTION_KINDS_N <= 32, "a bit for each kind");

struct acting {
	struct sim_case *c;
	struct sim_random *r;
	const struct sim_wish *wish;
	uint8_t n_sources, n_sinks;
	uint32_t allowed; /* bits of kinds */
};

/* How often a kind comes, before half of them are left out. */
static const uint8_t weights[SIM_ACTION_KINDS_N] = {
	[SIM_EMIT] = 30,
	[SIM_CUT] = 4,
	[SIM_FLOW] = 4,
	[SIM_LAGGED] = 3,
	[SIM_WATERMARK] = 4,
	[SIM_BARRIER] = 4,
	[SIM_FAULT] = 2,
	[SIM_COMPLETE] = 2,
	[SIM_FAIL] = 1,
	[SIM_DRAIN_BY_SOURCE] = 1,
	[SIM_ABORT_BY_SOURCE] = 1,
	[SIM_REQUEST] = 24,
	[SIM_PUMP] = 6,
	[SIM_TAKE] = 6,
	[SIM_CANCEL] = 1,
	[SIM_BREAK] = 1,
	[SIM_REFUSE] = 2,
	[SIM_HOLD] = 2,
	[SIM_ANSWER] = 2,
	[SIM_DRAIN_BY_SINK] = 1,
	[SIM_CHECKPOINT_BY_SINK] = 1,
	[SIM_ABORT_BY_SINK] = 1,
	[SIM_WAIT] = 12,
	[SIM_JUMP] = 3,
	[SIM_WALL] = 2,
	[SIM_DRAIN] = 1,
	[SIM_DRAIN_WITHIN] = 1,
	[SIM_CHECKPOINT] = 1,
	[SIM_CHECKPOINT_WITHIN] = 1,
	[SIM_ABORT] = 1,
	[SIM_ABORT_FLAG] = 1,
};

static bool ends_all(uint32_t kind)
{
	return kind == SIM_DRAIN_BY_SOURCE || kind == SIM_ABORT_BY_SOURCE ||
	       (kind >= SIM_DRAIN_BY_SINK && kind <= SIM_ABORT_BY_SINK) ||
	       (kind >= SIM_DRAIN && kind <= SIM_ABORT_FLAG);
}

static uint8_t draw_kind(struct acting *a)
{
	uint32_t sum = 0, at;

	for (uint32_t k = 0; k < SIM_ACTION_KINDS_N; k++)
		sum += (a->allowed >> k & 1u) != 0 ? weights[k] : 0;
	at = sim_below(a->r, sum);
	for (uint32_t k = 0;; k++) {
		uint32_t weight = (a->allowed >> k & 1u) != 0 ? weights[k] : 0;

		if (at < weight)
			return (uint8_t)k;
		at -= weight;
	}
}

/* Half of the kinds, and never so that nothing is left. */
static uint32_t draw_allowed(struct acting *a)
{
	uint32_t allowed = 0;

	for (uint32_t k = 0; k < SIM_ACTION_KINDS_N; k++)
		if (weights[k] > 0 && sim_percent(a->r, 50) && !(a->wish->liveness && ends_all(k)))
			allowed |= 1u << k;
	return allowed != 0 ? allowed : 1u << SIM_EMIT | 1u << SIM_REQUEST;
}

static uint64_t draw_request(struct acting *a)
{
	static const uint64_t usual[] = { 1, 2, 7, 1, 2, 7, UINT32_MAX };

	if (sim_percent(a->r, 3))
		return 0; /* against the law */
	return usual[sim_below(a->r, 7)];
}

/* Mostly short; also past 2^32 ms, when time need not be short. */
static uint64_t draw_wait(struct acting *a)
{
	if (sim_percent(a->r, 75))
		return (uint64_t)sim_between(a->r, 0, 60) * MS_NS;
	if (sim_percent(a->r, 60) || a->wish->liveness)
		return (uint64_t)sim_between(a->r, 1, 5000) * MS_NS;
	return ((uint64_t)1 << 32) * MS_NS + sim_below(a->r, 3);
}

static uint64_t draw_number(struct acting *a, uint8_t kind)
{
	static const uint64_t walls[] = { 0, 946684800000000000u, 4102444800000000000u, 1 };

	switch ((enum sim_action_kind)kind) {
	case SIM_EMIT:
		return sim_percent(a->r, 80) ? sim_between(a->r, 1, 8) : sim_between(a->r, 9, 60);
	case SIM_REQUEST:
	case SIM_PUMP:
		return draw_request(a);
	case SIM_CUT:
	case SIM_TAKE:
		return sim_percent(a->r, 70) ? sim_between(a->r, 0, 5) : UINT32_MAX;
	case SIM_LAGGED:
		return sim_between(a->r, 1, 9);
	case SIM_WATERMARK:
		return (uint64_t)sim_between(a->r, 0, 30) * MS_NS;
	case SIM_WAIT:
	case SIM_JUMP:
	case SIM_DRAIN_WITHIN:
	case SIM_CHECKPOINT_WITHIN:
		return draw_wait(a);
	case SIM_WALL:
		return walls[sim_below(a->r, 4)];
	default:
		return 0;
	}
}

static void add(struct acting *a, uint8_t kind, uint8_t actor, uint64_t n, uint16_t turns)
{
	if (a->c->n_actions < SIM_ACTIONS)
		a->c->actions[a->c->n_actions++] =
			(struct sim_action){ .kind = kind, .actor = actor, .turns = turns, .n = n };
}

static uint8_t draw_actor(struct acting *a, uint8_t kind)
{
	if (sim_action_infos[kind].whom == SIM_WHOM_SOURCE)
		return (uint8_t)sim_below(a->r, a->n_sources);
	if (sim_action_infos[kind].whom == SIM_WHOM_SINK)
		return (uint8_t)sim_below(a->r, a->n_sinks);
	return 0;
}

static void add_random(struct acting *a)
{
	uint8_t kind = draw_kind(a), actor = draw_actor(a, kind);
	uint64_t n = draw_number(a, kind);
	uint16_t turns = SIM_SETTLE;

	if (sim_percent(a->r, 30))
		turns = (uint16_t)sim_below(a->r, 5);
	add(a, kind, actor, n, turns);
}

/* How sources and sinks begin: left to themselves, or waiting to be told. */
static void add_manners(struct acting *a)
{
	static const uint64_t pumps[] = { 1, 2, 7, UINT32_MAX };

	for (uint8_t i = 0; i < a->n_sources; i++)
		if (sim_percent(a->r, 50))
			add(a, SIM_FLOW, i, 0, 0);
	for (uint8_t i = 0; i < a->n_sinks; i++) {
		if (sim_percent(a->r, 60))
			add(a, SIM_PUMP, i, pumps[sim_below(a->r, 4)], 0);
		if (sim_percent(a->r, 25))
			add(a, SIM_TAKE, i, sim_below(a->r, 4), 0);
	}
}

/* How it is brought to an end. */
static void add_end(struct acting *a)
{
	uint32_t how = sim_below(a->r, 100);

	if (!a->wish->liveness) {
		if (how < 10)
			add(a, SIM_ABORT, 0, 0, SIM_SETTLE);
		else if (how < 22)
			add(a, SIM_DRAIN, 0, 0, SIM_SETTLE);
		else if (how < 30)
			add(a, SIM_CHECKPOINT, 0, 0, SIM_SETTLE);
		else if (how < 40)
			add(a, SIM_DRAIN_WITHIN, 0, 50 * MS_NS, 2);
		if (how >= 30 && how < 40)
			add(a, SIM_WAIT, 0, 60 * MS_NS, SIM_SETTLE);
	}
	add(a, SIM_RELEASE, 0, 0, SIM_SETTLE);
}

void sim_draw_actions(struct sim_case *c, struct sim_random *r, const struct sim_wish *wish,
	uint8_t n_sources, uint8_t n_sinks)
{
	struct acting a = { .c = c, .r = r, .wish = wish, .n_sources = n_sources, .n_sinks = n_sinks };
	uint32_t n = sim_percent(r, 60) ? sim_between(r, 1, 12) : sim_between(r, 12, 50);

	c->short_memory = sim_percent(r, 5);
	c->open_fails = (uint8_t)(!wish->liveness && sim_percent(r, 3) ? sim_between(r, 1, 4) : 0);
	a.allowed = draw_allowed(&a);
	add_manners(&a);
	for (uint32_t i = 0; i < n; i++)
		add_random(&a);
	add_end(&a);
}
