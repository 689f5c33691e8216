/* SPDX-License-Identifier: MIT */
/* act.c -- one action: who is told, what is done, and the engine's turns after it (run.h). */
#include <string.h>

#include "run.h"

#define TURNS_MOST  200000u
#define WAIT_TURNS  2000u
#define WAIT_ROUNDS 3u

/* ---- the engine's turns ---- */

static void settle(struct sim_machine *m)
{
	struct sim_world *w = &m->world;
	int rc;

	w->sim.turns_step = w->c->turns_step;
	w->sim.turns_limit = w->sim.turns + TURNS_MOST;
	rc = weir_sim_run_until(&w->sim, w->sim.now_ns);
	if (rc == WEIR_ETIMEOUT)
		sim_broken(w, "turns", "it runs in circles");
	else if (rc < 0)
		sim_broken(w, "turns", "the platform says %s", weir_strerror(rc));
}

static void some_turns(struct sim_machine *m, uint16_t turns)
{
	struct sim_world *w = &m->world;

	if (turns == SIM_SETTLE) {
		settle(m);
		return;
	}
	if (turns == 0)
		return;
	w->sim.turns_step = turns;
	w->sim.turns_limit = w->sim.turns + turns;
	(void)weir_sim_run_until(&w->sim, w->sim.now_ns);
}

/*
 * Let time pass. Who asks to be woken every nanosecond may have that for a while; the rest is a jump.
 */
static void wait(struct sim_machine *m, uint64_t ns)
{
	struct sim_world *w = &m->world;
	uint64_t until_ns = w->sim.now_ns + ns;
	int rc = WEIR_ETIMEOUT;

	for (uint32_t i = 0; i < WAIT_ROUNDS && rc == WEIR_ETIMEOUT; i++) {
		uint64_t before_ns = w->sim.now_ns;

		w->sim.turns_step = w->c->turns_step;
		w->sim.turns_limit = w->sim.turns + WAIT_TURNS;
		rc = weir_sim_run_until(&w->sim, until_ns);
		if (rc == WEIR_ETIMEOUT && w->sim.now_ns == before_ns)
			break;
	}
	if (rc == WEIR_ETIMEOUT && w->sim.now_ns < until_ns)
		weir_sim_jump(&w->sim, until_ns - w->sim.now_ns);
}

void sim_must_have_ended(struct sim_machine *m, const char *after)
{
	if (!weir_ended(m->world.in))
		sim_broken(&m->world, "end", "not ended after %s", after);
}

/* ---- what is done to it ---- */

static void tell_source(struct sim_machine *m, const struct sim_action *a)
{
	struct sim_world *w = &m->world;
	struct sim_source *s = &w->sources[a->actor];

	if (!s->present)
		return;
	if (s->port && a->kind == SIM_EMIT) {
		(void)sim_push(m, a->actor, a->n);
	} else if (s->port && a->kind == SIM_COMPLETE) {
		sim_push_end(w, a->actor);
	} else if (!s->port && a->kind == SIM_FLOW) {
		s->flow = true;
	} else if (!s->port && a->kind == SIM_CUT) {
		s->cut = (uint32_t)a->n;
	} else if (!s->port) {
		sim_source_order(s, (enum sim_action_kind)a->kind, a->n);
	}
	if (!s->port)
		weir_wake_stage(w->in, s->stage);
}

static void tell_port_sink(struct sim_machine *m, const struct sim_action *a)
{
	struct sim_world *w = &m->world;
	struct sim_sink *k = &w->sinks[a->actor];

	if (a->kind == SIM_REQUEST)
		(void)sim_pull(m, a->actor, a->n);
	if (a->kind == SIM_CANCEL && weir_port_cancel(w->in, k->stage) != WEIR_OK)
		sim_broken(w, "ports", "%s cannot be cancelled", w->plan->stages[k->stage].id);
	if (a->kind == SIM_CANCEL)
		k->ended = true;
}

static void tell_sink(struct sim_machine *m, const struct sim_action *a)
{
	struct sim_world *w = &m->world;
	struct sim_sink *k = &w->sinks[a->actor];

	if (!k->present)
		return;
	if (k->port) {
		tell_port_sink(m, a);
		return;
	}
	switch ((enum sim_action_kind)a->kind) {
	case SIM_REQUEST:
		if (k->n_requests < SIM_REQUESTS)
			k->requests[k->n_requests++] = a->n;
		break;
	case SIM_PUMP:
		k->pump = a->n > UINT32_MAX ? UINT32_MAX : (uint32_t)a->n;
		break;
	case SIM_TAKE:
		k->take = a->n > UINT32_MAX ? UINT32_MAX : (uint32_t)a->n;
		break;
	case SIM_CANCEL:
		k->cancel = true;
		break;
	case SIM_BREAK:
		k->fail = true;
		break;
	case SIM_REFUSE:
		k->refuse = true;
		break;
	case SIM_DRAIN_BY_SINK:
	case SIM_CHECKPOINT_BY_SINK:
		k->drain = true;
		k->checkpoint = a->kind == SIM_CHECKPOINT_BY_SINK;
		break;
	case SIM_ABORT_BY_SINK:
		k->abort = true;
		break;
	default:
		k->hold = a->kind == SIM_HOLD;
		break;
	}
	k->told = true;
	weir_wake_stage(w->in, k->stage);
}

static void drain(struct sim_world *w, const struct sim_action *a)
{
	bool checkpoint = a->kind == SIM_CHECKPOINT || a->kind == SIM_CHECKPOINT_WITHIN;
	bool within = a->kind == SIM_DRAIN_WITHIN || a->kind == SIM_CHECKPOINT_WITHIN;

	sim_drain(w, checkpoint, within ? w->sim.now_ns + a->n : WEIR_NEVER);
}

static void apply(struct sim_machine *m, const struct sim_action *a)
{
	struct sim_world *w = &m->world;

	switch ((enum sim_action_kind)a->kind) {
	case SIM_WAIT:
		wait(m, a->n);
		break;
	case SIM_JUMP:
		weir_sim_jump(&w->sim, a->n);
		break;
	case SIM_WALL:
		weir_sim_set_wall(&w->sim, (int64_t)a->n);
		break;
	case SIM_DRAIN:
	case SIM_DRAIN_WITHIN:
	case SIM_CHECKPOINT:
	case SIM_CHECKPOINT_WITHIN:
		drain(w, a);
		break;
	case SIM_ABORT:
		sim_abort(w);
		sim_must_have_ended(m, "abort");
		break;
	case SIM_ABORT_FLAG:
		w->aborted = true;
		weir_abort_from_outside(w->in);
		weir_sim_wake(&w->sim);
		break;
	case SIM_RELEASE:
		sim_release(m);
		break;
	default:
		if (sim_action_infos[a->kind].whom == SIM_WHOM_SOURCE)
			tell_source(m, a);
		else
			tell_sink(m, a);
		break;
	}
}

/* Who is woken gets a turn. */
static void must_have_heard(struct sim_machine *m)
{
	struct sim_world *w = &m->world;

	for (uint32_t i = 0; i < SIM_ACTORS; i++)
		if (w->sinks[i].told && !w->sinks[i].ended && !weir_ended(w->in))
			sim_broken(w, "turns", "%s was woken and has not run",
				w->plan->stages[w->sinks[i].stage].id);
}

void sim_step(struct sim_machine *m, const struct sim_action *a)
{
	struct sim_world *w = &m->world;

	sim_trace_event(w, "action", a->kind, a->n);
	sim_trace_line(
		w, "-- %s %u %llu", sim_action_infos[a->kind].word, a->actor, (unsigned long long)a->n);
	apply(m, a);
	some_turns(m, a->turns);
	sim_check_books(m);
	if (a->turns != SIM_SETTLE)
		return;
	must_have_heard(m);
	if (w->aborted)
		sim_must_have_ended(m, "abort");
	if (w->draining && w->sim.now_ns >= w->deadline_ns) {
		w->aborted = true;
		sim_must_have_ended(m, "the drain's deadline");
	}
}
