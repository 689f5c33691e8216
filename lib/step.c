/* SPDX-License-Identifier: MIT */
/*
 * step.c -- the executor: which stage has the next turn, and when to come back.
 *
 * Of the stages that can run, the one nearest the sinks goes first, so that data leaves before more comes
 * in; sources take turns among themselves, and with whoever asked to be run again. One turn moves at most
 * one span: that is the budget of a stage. Whoever is sent something by a passive stage has the next turn: it is
 * the one nearest the sinks, so that a span goes down a line without anybody being looked for.
 */
#include "core.h"

#define TURNS_PER_CALL 4096u
/* Where flash is short nobody looks whether there is anything to do before it is done. */
#define LOOKS_FIRST (!WEIR_IS_ILP32)

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
	for (uint32_t w = in->words; w-- > 0;)
		if (in->ready[w] != 0)
			return (uint16_t)(w * 32 + highest(in->ready[w]));
	return WEIR_NO_STAGE;
}

/* The next ready source after the one that ran last; the words are looked at in a ring, the first one twice. */
static uint16_t next_source(const struct weir_instance *in)
{
	uint32_t after = in->last_source + 1u, w = after / 32, wanted = UINT32_MAX << (after % 32);

	if (LOOKS_FIRST && in->words == 1 && in->ready_sources[0] == 0) /* as it mostly is */
		return WEIR_NO_STAGE;
	for (uint32_t left = in->words + 1u; left > 0; left--, w++, wanted = UINT32_MAX) {
		uint32_t v;

		if (w >= in->words)
			w = 0;
		v = in->ready_sources[w] & wanted;
		if (v != 0)
			return (uint16_t)(w * 32 + highest(v & (0 - v)));
	}
	return WEIR_NO_STAGE;
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

/* Returns the stage that has the next turn without being looked for, or NULL. */
static struct weir_stage *turn(struct weir_instance *in, struct weir_stage *s)
{
	if (s->type->run == NULL)
		return weir_passive_advance(in, s);
	if (s->ending == 0) {
		uint16_t was = weir_enter(in, s);

		s->type->run(&s->ctx);
		weir_leave(in, was);
	}
	weir_stage_apply_ending(in, s);
	if (s->refills && (!LOOKS_FIRST || s->in0->credit != UINT32_MAX || s->ctx.def->n_in > 1)) /* C-2 */
		(void)weir_stage_top_up(in, s);
	return NULL;
}

static struct weir_stage *timed_turn(struct weir_instance *in, struct weir_stage *s)
{
	uint64_t began_ns = in->platform->type->now_ns(in->platform);
	struct weir_stage *next = turn(in, s);

	weir_stall_judge(in, s, began_ns);
	return next;
}

uint32_t weir_run_ready(struct weir_instance *in, uint32_t max_turns)
{
	uint32_t turns = 0;
	struct weir_stage *next = NULL;

	in->stepping = true;
	while (turns < max_turns && weir_load(&in->abort_asked) == 0) {
		if (WEIR_WITH_DRAIN && in->stop_asked)
			weir_stop_all(in);
		if (next == NULL) {
			uint16_t i = pick(in);

			if (i == WEIR_NO_STAGE)
				break;
			next = &in->stages[i];
		}
		next = !WEIR_WITH_STALLS || in->stall_limit_ns == 0 ? turn(in, next) : timed_turn(in, next);
		WEIR_WATCH(settled(in));
		turns++;
	}
	if (next != NULL)
		weir_stage_ready(in, next->ctx.index);
	in->stepping = false;
	return turns;
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

/* When there is something to do though nothing is ready. */
static uint64_t next_deadline(const struct weir_instance *in)
{
	uint64_t next = WEIR_WITH_TIMERS ? weir_timers_next(in) : WEIR_NEVER;

	return WEIR_WITH_DRAIN && in->deadline_ns < next ? in->deadline_ns : next;
}

/* Ask the platform for the next step. */
static void settle(struct weir_instance *in, uint64_t next)
{
	if (in->live == 0)
		weir_step_tell_end(in);
	else
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
	settle(in, turns == max_turns && in->live > 0 ? in->now_ns : next_deadline(in));
	return turns;
}

static bool has_ready(const struct weir_instance *in)
{
	for (uint32_t w = 0; w < in->words; w++)
		if ((in->ready[w] | in->ready_sources[w]) != 0)
			return true;
	return false;
}

/* After a call from outside that ran what could run: most often nothing is left but to tell the platform when to come. */
void weir_step_leave(struct weir_instance *in)
{
	uint64_t next;

	if (weir_is_told(in))
		return;
	next = next_deadline(in);
	if (next <= in->now_ns || has_ready(in) || weir_load(&in->abort_asked) != 0)
		(void)weir_step(in, TURNS_PER_CALL);
	else
		settle(in, next);
}

void weir_wake_stage(struct weir_instance *in, uint16_t stage)
{
	if (!weir_is_owned(in) || stage >= in->plan->n_stages || weir_stage_ended(&in->stages[stage]) ||
		weir_stage_dormant(&in->stages[stage]))
		return;
	weir_stage_ready(in, stage);
	weir_step_soon(in);
}
