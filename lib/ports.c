/* SPDX-License-Identifier: MIT */
/*
 * ports.c -- the application's ends of a pipeline: push into an input or have a channel feed it, pull out of an
 * output.
 *
 * Both run the ready list, never the host's loop.
 */
#include <string.h>

#include "core.h"

#define TURNS_PER_CALL 4096u
/* Pushed records may go on from the caller's memory: a microcontroller does without the code for it. */
#define CALLERS_WILL_DO (!WEIR_IS_ILP32)

/* The port of that index, at the time it is now. NULL: *rc says why not. */
static inline struct weir_stage *port(struct weir_instance *in, uint16_t stage, int *rc)
{
	*rc = WEIR_EINVAL;
	if (in == NULL || stage >= in->plan->n_stages || (in->stages[stage].type->flags & WEIR_OP_PORT) == 0)
		return NULL;
	*rc = !weir_is_owned(in) || weir_step_inside(in) || !in->started ? WEIR_EBUSY : WEIR_OK;
	if (*rc < 0)
		return NULL;
	if (!weir_is_told(in))
		in->now_ns = in->platform->type->now_ns(in->platform);
	return &in->stages[stage];
}

/* Run what can run now; true when anything did. */
static bool run_now(struct weir_instance *in)
{
	return weir_run_ready(in, TURNS_PER_CALL) > 0;
}

/* The caller's records are about to go: who has not done with them goes on where the port has room for them. */
static void bring_home(struct weir_instance *in, const struct weir_edge *of, const unsigned char *records,
	unsigned char *home, uint32_t n)
{
	memcpy(home, records, (size_t)n * of->def->item_bytes);
	for (uint16_t i = 0; i < in->plan->n_edges; i++) {
		struct weir_span *waits = &in->edges[i].pending;

		if (waits->count > 0 && in->edges[i].home == weir_edge_index(in, of))
			waits->items = home + ((unsigned char *)waits->items - records);
	}
}

int64_t weir_push(
	struct weir_instance *in, uint16_t stage, const void *records, const int64_t *instants, uint32_t n)
{
	int rc;
	struct weir_stage *s = port(in, stage, &rc);
	uint32_t done = 0;

	if (s == NULL || s->type->push == NULL)
		return rc < 0 ? rc : WEIR_EINVAL;
	while (done < n && !weir_stage_ended(s)) {
		const unsigned char *next =
			(const unsigned char *)records + (size_t)done * s->out0->def->item_bytes;
		uint16_t was = weir_enter(in, s);
		void *home;
		int64_t k;
		bool more;

		if (CALLERS_WILL_DO)
			in->pushed_home = NULL;
		k = s->type->push(&s->ctx, next, instants == NULL ? NULL : instants + done, n - done);
		home = in->pushed_home;
		weir_leave(in, was);
		if (k < 0 && done == 0)
			return k;
		weir_edge_refill(in, s->out0);
		done += k > 0 ? (uint32_t)k : 0;
		more = run_now(in) && k > 0;
		if (CALLERS_WILL_DO && home != NULL && s->out0->users > 0)
			bring_home(in, s->out0, next, home, (uint32_t)k);
		if (!more)
			break;
	}
	weir_step_leave(in);
	return done == 0 && n > 0 && weir_stage_ended(s) ? WEIR_ENDED : (int64_t)done;
}

int weir_push_end(struct weir_instance *in, uint16_t stage)
{
	int rc;
	struct weir_stage *s = port(in, stage, &rc);
	uint16_t was;

	if (s == NULL || s->type->push_end == NULL)
		return rc < 0 ? rc : WEIR_EINVAL;
	was = weir_enter(in, s);
	rc = s->type->push_end(&s->ctx);
	weir_leave(in, was);
	weir_stage_ready(in, stage);
	(void)run_now(in);
	weir_step_leave(in);
	return rc;
}

int weir_input_feed(struct weir_instance *in, uint16_t stage, struct weir_feed *feed)
{
	int rc;
	uint16_t was;
	struct weir_stage *s = port(in, stage, &rc);

	if (s == NULL || s->type->feed == NULL || feed == NULL)
		return rc < 0 ? rc : WEIR_EINVAL;
	if (weir_stage_ended(s))
		return WEIR_ENDED;
	was = weir_enter(in, s);
	rc = s->type->feed(&s->ctx, feed);
	weir_leave(in, was);
	if (rc < 0)
		return rc;
	in->fed[stage / 32] |= 1u << (stage % 32);
	weir_wake_stage(in, stage);
	return WEIR_OK;
}

void weir_wake_feeds(struct weir_instance *in)
{
	if (!weir_is_owned(in))
		return;
	for (uint32_t w = 0; w < in->words; w++)
		in->ready_sources[w] |= in->fed[w];
}

int64_t weir_pull(struct weir_instance *in, uint16_t stage, void *records, int64_t *instants, uint32_t n)
{
	int rc;
	struct weir_stage *s = port(in, stage, &rc);
	uint32_t done = 0;
	int64_t k = 0;

	if (s == NULL || s->type->pull == NULL)
		return rc < 0 ? rc : WEIR_EINVAL;
	while (done < n && !weir_stage_ended(s)) {
		uint16_t was = weir_enter(in, s);

		k = s->type->pull(&s->ctx, (unsigned char *)records + (size_t)done * s->in0->def->item_bytes,
			instants == NULL ? NULL : instants + done, n - done);
		weir_leave(in, was);
		weir_stage_apply_ending(in, s);
		if (k < 0)
			break;
		done += (uint32_t)k;
		if (done < n && !run_now(in) && k == 0)
			break;
	}
	weir_step_leave(in);
	return done == 0 && n > 0 && weir_stage_ended(s) ? WEIR_ENDED : (int64_t)done;
}

int weir_port_cancel(struct weir_instance *in, uint16_t stage)
{
	if (in == NULL || stage >= in->plan->n_stages || (in->stages[stage].type->flags & WEIR_OP_PORT) == 0)
		return WEIR_EINVAL;
	if (!weir_is_owned(in))
		return WEIR_EBUSY;
	weir_stage_end(&in->stages[stage], WEIR_STAGE_CANCELLED, WEIR_MARK_COMPLETE, stage, 0);
	weir_wake_stage(in, stage);
	return WEIR_OK;
}
