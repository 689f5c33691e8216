/* SPDX-License-Identifier: MIT */
/*
 * step.c -- the executor: which stage has the next turn, and when to come back.
 *
 * Of the stages that can run, the one nearest the sinks goes first, so that data leaves before more comes
 * in; sources take turns among themselves, and with whoever asked to be run again. One turn moves at most
 * one span: that is the budget of a stage.
 */
#include "core.h"

/* Highest set bit of a word that is not 0. */
static uint32_t highest(uint32_t v)
{
#ifdef __GNUC__
	return (uint32_t)(sizeof(unsigned long) * 8 - 1) - (uint32_t)__builtin_clzl(v);
#else
	uint32_t n = 0;

	for (uint32_t step = 16; step > 0; step /= 2)
		if (v >> step != 0) {
			v >>= step;
			n += step;
		}
	return n;
#endif
}

static uint16_t last_ready(const struct weir_instance *in)
{
	for (uint32_t w = weir_stage_words(in->plan); w-- > 0;)
		if (in->ready[w] != 0)
			return (uint16_t)(w * 32 + highest(in->ready[w]));
	return WEIR_NO_STAGE;
}

/* The first ready source from stage `from` on. */
static uint16_t source_from(const struct weir_instance *in, uint32_t from)
{
	uint32_t wanted = UINT32_MAX << (from % 32);

	for (uint32_t w = from / 32; w < weir_stage_words(in->plan); w++, wanted = UINT32_MAX) {
		uint32_t v = in->ready_sources[w] & wanted;

		if (v != 0)
			return (uint16_t)(w * 32 + highest(v & (0 - v)));
	}
	return WEIR_NO_STAGE;
}

/* The next ready source after the one that ran last. */
static uint16_t next_source(const struct weir_instance *in)
{
	uint16_t i = source_from(in, in->last_source + 1u);

	return i != WEIR_NO_STAGE ? i : source_from(in, 0);
}

static uint16_t pick(struct weir_instance *in)
{
	uint16_t i = last_ready(in);

	if (i != WEIR_NO_STAGE) {
		in->ready[i / 32] &= ~(1u << (i % 32));
		return i;
	}
	i = next_source(in);
	if (i != WEIR_NO_STAGE) {
		in->ready_sources[i / 32] &= ~(1u << (i % 32));
		in->last_source = i;
	}
	return i;
}

static void turn(struct weir_instance *in, struct weir_stage *s)
{
	if (s->type->run == NULL) {
		weir_passive_advance(in, s);
		return;
	}
	if (s->ending == 0) {
		uint16_t was = weir_enter(in, s);

		s->type->run(&s->ctx);
		weir_leave(in, was);
	}
	weir_stage_apply_ending(in, s);
	weir_stage_top_up(in, s);
}

static void timed_turn(struct weir_instance *in, struct weir_stage *s)
{
	uint64_t began_ns = in->platform->type->now_ns(in->platform);

	turn(in, s);
	weir_stall_judge(in, s, began_ns);
}

uint32_t weir_run_ready(struct weir_instance *in, uint32_t max_turns)
{
	uint32_t turns = 0;

	in->stepping = true;
	while (turns < max_turns && weir_load(&in->abort_asked) == 0) {
		uint16_t i;

		if (WEIR_WITH_DRAIN && in->stop_asked)
			weir_stop_all(in);
		i = pick(in);
		if (i == WEIR_NO_STAGE)
			break;
		if (!WEIR_WITH_STALLS || in->stall_limit_ns == 0)
			turn(in, &in->stages[i]);
		else
			timed_turn(in, &in->stages[i]);
		WEIR_WATCH(settled(in));
		turns++;
	}
	in->stepping = false;
	return turns;
}

/* Whether a callback or a step is under way: the instance must not be entered again. */
bool weir_step_inside(const struct weir_instance *in)
{
	return in->stepping || in->running != WEIR_NO_STAGE;
}

/* Ask the platform for a step as soon as its loop comes round, unless one is under way. */
void weir_step_soon(struct weir_instance *in)
{
	if (weir_step_inside(in))
		return;
	in->platform->type->wake_at(in->platform, in, 0);
}

/* Let the platform go, once. */
void weir_step_tell_end(struct weir_instance *in)
{
	if (weir_is_told(in))
		return;
	WEIR_WATCH(ended(in));
	weir_store_release(&in->told, 1);
	in->platform->type->wake_at(in->platform, in, WEIR_NEVER);
	if (in->platform->type->ended != NULL)
		in->platform->type->ended(in->platform, in);
}

/* Ask the platform for the next step: at once when turns are left, else when a timer is due. */
static void settle(struct weir_instance *in, bool more)
{
	uint64_t next = WEIR_WITH_TIMERS ? weir_timers_next(in) : WEIR_NEVER;

	if (in->live == 0) {
		weir_step_tell_end(in);
		return;
	}
	if (WEIR_WITH_DRAIN && in->deadline_ns < next)
		next = in->deadline_ns;
	if (more)
		next = in->now_ns;
	in->platform->type->wake_at(in->platform, in, next);
}

uint32_t weir_step(struct weir_instance *in, uint32_t max_turns)
{
	uint32_t turns;

	if (!weir_is_owned(in) || weir_step_inside(in) || !in->started)
		return 0;
	in->now_ns = in->platform->type->now_ns(in->platform);
	if (weir_load(&in->abort_asked) != 0 || (WEIR_WITH_DRAIN && in->now_ns >= in->deadline_ns))
		weir_abort(in);
	if (WEIR_WITH_TIMERS)
		weir_timers_fire(in);
	turns = weir_run_ready(in, max_turns);
	if (weir_load(&in->abort_asked) != 0)
		weir_abort(in);
	if (turns == max_turns && turns > 0 && in->live > 0)
		in->forced_yields++;
	settle(in, turns == max_turns && in->live > 0);
	return turns;
}

void weir_wake_stage(struct weir_instance *in, uint16_t stage)
{
	if (!weir_is_owned(in) || stage >= in->plan->n_stages || weir_stage_ended(&in->stages[stage]) ||
		weir_stage_dormant(&in->stages[stage]))
		return;
	weir_stage_ready(in, stage);
	weir_step_soon(in);
}
