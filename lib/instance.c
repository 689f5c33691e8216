/* SPDX-License-Identifier: MIT */
/*
 * instance.c -- from plan to running instance and back: init, two-phase start, fini, what it tells.
 */
#include <string.h>

#include "layout.h"

struct filling {
	struct weir_instance *in;
	unsigned char *base;
	uint16_t next_timer;
};

static void fill_stage(struct filling *f, uint16_t i, uint32_t state)
{
	struct weir_instance *in = f->in;
	const struct weir_stage_def *d = &in->plan->stages[i], *last = d;
	struct weir_stage *s = &in->stages[i];

	s->type = d->type;
	s->ctx = (struct weir_ctx){ .state = state > 0 ? f->base + state : NULL,
		.params = d->params,
		.instance = in,
		.def = d,
		.index = i,
		.event_clock = in->plan->clock == WEIR_CLOCK_EVENT };
	s->in0 = d->n_in > 0 ? &in->edges[in->plan->inputs[d->first_in]] : NULL;
	if (d->group > 1)
		last += d->group - 1;
	s->out0 = last->n_out > 0 ? &in->edges[in->plan->outputs[last->first_out]] : NULL;
	s->ctx.input_has_time = d->n_in > 0 && in->plan->edges[in->plan->inputs[d->first_in]].has_time;
	s->passes = d->type->credit == WEIR_CREDIT_PASS && d->type->run == NULL && s->in0 != NULL;
	s->refills = d->type->credit == WEIR_CREDIT_OWN && s->in0 != NULL;
	s->direct = s->passes && s->out0->def->buffer_items == 0;
	in->live = (uint16_t)(in->live + (weir_way_out(d) == WEIR_NO_EDGE));
	s->slot = d->group > 0 || i == 0 ? i : in->stages[i - 1].slot;
	if ((d->type->flags & WEIR_OP_SOURCE) != 0)
		s->slot = (uint16_t)(i + in->words * 32u);
	s->first_timer = f->next_timer;
	f->next_timer = (uint16_t)(f->next_timer + d->type->n_timers);
}

static void fill_edge(struct weir_instance *in, uint16_t i)
{
	struct weir_edge *e = &in->edges[i];
	const struct weir_stage_def *from = &in->plan->stages[in->plan->edges[i].from];

	e->def = &in->plan->edges[i];
	e->closed = (weir_way_out(from) != WEIR_NO_EDGE && from->error_edge != i) ||
		    weir_edge_enters(in->plan, i);
	e->awaited =
		from->type->run != NULL || from->type->credit != WEIR_CREDIT_PASS || from->error_edge == i;
	e->pending.owned = e->def->owned;
}

static void fill_memory(struct filling *f, uint16_t memory, const struct weir_placed *m)
{
	f->in->memories[memory] = (struct weir_memory){ .buffer = f->base + m->buffer,
		.instants = m->column > 0 ? (int64_t *)(void *)(f->base + m->column) : NULL };
}

/* What is computed is told here, what was printed lies in tables. */
static void fill_computed(void *arg, uint16_t i, uint32_t state, const struct weir_placed *memory)
{
	struct filling *f = arg;

	if (memory == NULL)
		fill_stage(f, i, state);
	else
		fill_memory(f, f->in->plan->edges[i].memory, memory);
}

static void fill_printed(struct filling *f, const struct weir_layout *l)
{
	for (uint16_t i = 0; i < f->in->plan->n_stages; i++)
		fill_stage(f, i, l->states[i]);
	for (uint16_t i = 0; i < f->in->plan->n_memories; i++)
		fill_memory(f, i, &l->placed[i]);
}

/* Where the tables are. */
static void place_tables(struct weir_instance *in, unsigned char *base, const struct weir_layout *l)
{
	in->stages = (struct weir_stage *)(void *)(base + l->stages);
	in->edges = (struct weir_edge *)(void *)(base + l->edges);
	in->drops = (weir_count_t *)(void *)(base + l->drops);
	in->memories = (struct weir_memory *)(void *)(base + l->memories);
	in->watermarks = (int64_t *)(void *)(base + l->watermarks);
	in->lagged = (weir_count_t *)(void *)(base + l->lagged);
	in->barrier_notes = (struct weir_barrier_note *)(void *)(base + l->barrier_notes);
	in->errors = (struct weir_error *)(void *)(base + l->errors);
	in->stalls = (weir_count_t *)(void *)(base + l->stalls);
	in->items = (const void **)(void *)(base + l->items);
	in->timers = (struct weir_timer *)(void *)(base + l->timers);
	in->heap = (uint16_t *)(void *)(base + l->heap);
	in->ready = (uint32_t *)(void *)(base + l->ready);
	in->ready_sources = in->ready + in->words;
	in->fed = in->ready_sources + in->words;
	in->tally = (uint32_t *)(void *)(base + l->tally);
	in->barriers = (struct weir_open_barrier *)(void *)(base + l->barriers);
	in->scratch = base + l->scratch;
}

static void fill_engine(struct weir_instance *in, unsigned char *base, const struct weir_layout *l)
{
	in->size_bytes = l->bytes;
	in->words = weir_stage_words(in->plan);
	place_tables(in, base, l);
	in->n_timers = l->n_timers;
	in->running = WEIR_NO_STAGE;
	in->first_error = WEIR_NO_STAGE;
	in->deadline_ns = WEIR_NEVER;
	for (uint16_t i = 0; i < in->plan->n_edges; i++)
		fill_edge(in, i);
}

/* ---- from an image ---- */

/* Of an image, what pointed into it. */
static struct weir_edge *moved(const struct filling *f, const struct weir_edge *e, const unsigned char *image)
{
	return e != NULL ? (struct weir_edge *)(void *)(f->base + ((const unsigned char *)e - image)) : NULL;
}

static void copy_image(struct filling *f, const struct weir_plan *plan, const unsigned char *image)
{
	struct weir_instance *in = f->in;
	const struct weir_layout *l = plan->layout;

	memcpy(in, image, l->scratch);
	in->plan = plan;
	place_tables(in, f->base, l);
	for (uint16_t i = 0; i < in->plan->n_stages; i++) {
		struct weir_stage *s = &in->stages[i];

		s->ctx.instance = in;
		s->ctx.state = l->states[i] > 0 ? f->base + l->states[i] : NULL;
		s->in0 = moved(f, s->in0, image);
		s->out0 = moved(f, s->out0, image);
	}
	for (uint16_t i = 0; i < in->plan->n_memories; i++)
		fill_memory(f, i, &l->placed[i]);
	memset(f->base + l->scratch, 0, l->bytes - l->scratch);
}

static int init_stages(struct weir_instance *in)
{
	for (uint16_t i = 0; i < in->plan->n_stages; i++) {
		struct weir_stage *s = &in->stages[i];
		struct weir_place place;
		int rc;

		if (s->type->init == NULL)
			continue;
		weir_layout_place(in->plan, i, &place);
		rc = s->type->init(&s->ctx, &place);
		if (rc < 0)
			return rc;
	}
	return WEIR_OK;
}

/* A firmware's plans come with their layouts, and nothing is there to compute one. */
static int compute(const struct weir_plan *plan, struct weir_layout *l, weir_layout_fn *each, void *arg)
{
	if (!WEIR_WITH_LAYOUT)
		return WEIR_EUNSUPPORTED;
	return weir_layout_compute(plan, &weir_abi_here, l, each, arg, NULL, NULL);
}

static int check_plan(const struct weir_plan *plan)
{
	if (plan->abi != WEIR_PLAN_ABI)
		return WEIR_EABI;
	for (uint16_t i = 0; i < plan->n_stages; i++)
		if (plan->stages[i].type->abi != WEIR_OP_ABI)
			return WEIR_EABI;
	return plan->n_stages > 0 ? WEIR_OK : WEIR_EINVAL;
}

int weir_instance_image(const struct weir_plan *plan, void *image)
{
	struct filling f = { .in = image, .base = image };
	int rc;

	if (!WEIR_WITH_LAYOUT)
		return WEIR_EUNSUPPORTED;
	if (plan == NULL || plan->layout == NULL || (uintptr_t)image % weir_abi_here.part != 0)
		return WEIR_EINVAL;
	rc = check_plan(plan);
	if (rc < 0)
		return rc;
	memset(image, 0, plan->layout->scratch);
	f.in->plan = plan;
	fill_engine(f.in, f.base, plan->layout);
	for (uint16_t i = 0; i < plan->n_stages; i++)
		fill_stage(&f, i, 0);
	return WEIR_OK;
}

int weir_instance_init(struct weir_instance **instance, void *memory, size_t size,
	const struct weir_plan *plan, struct weir_platform *platform, const struct weir_kernels *kernels)
{
	struct weir_layout computed;
	const struct weir_layout *l = plan != NULL ? plan->layout : NULL;
	struct filling f = { .in = memory, .base = memory };
	const void *image;
	int rc;

	if (instance == NULL || memory == NULL || plan == NULL || platform == NULL)
		return WEIR_EINVAL;
	if (!weir_platform_owned(platform))
		return WEIR_EBUSY;
	rc = check_plan(plan);
	if (rc < 0 || platform->type->abi != WEIR_PLATFORM_ABI)
		return rc < 0 ? rc : WEIR_EABI;
	if (l == NULL) {
		l = &computed;
		rc = compute(plan, &computed, NULL, NULL);
	}
	if (rc < 0 || (uintptr_t)memory % weir_abi_here.part != 0)
		return WEIR_EINVAL;
	if (size < l->bytes)
		return WEIR_ENOMEM;
	image = weir_layout_image(l);
	if (image != NULL) {
		copy_image(&f, plan, image);
	} else {
		memset(memory, 0, l->bytes);
		f.in->plan = plan;
		fill_engine(f.in, f.base, l);
		if (l == &computed)
			(void)compute(plan, &computed, fill_computed, &f);
		else
			fill_printed(&f, l);
	}
	f.in->platform = platform;
	f.in->kernels = kernels != NULL || !WEIR_WITH_INTERPRETER ? kernels : &weir_kernels_base;
	*instance = f.in;
	return init_stages(f.in);
}

static int open_stages(struct weir_instance *in)
{
	for (uint16_t i = 0; i < in->plan->n_stages; i++) {
		struct weir_stage *s = &in->stages[i];
		uint16_t was;
		int rc;

		if (weir_stage_dormant(s))
			continue;
		was = weir_enter(in, s);
		rc = s->type->open != NULL ? s->type->open(&s->ctx) : WEIR_OK;
		weir_leave(in, was);
		if (rc < 0) {
			struct weir_error error = { .code = rc, .stage = i, .text = weir_strerror(rc) };

			if (in->first_error == WEIR_NO_STAGE)
				weir_stage_failed(s, &error);
			return rc;
		}
		s->open = true;
	}
	return WEIR_OK;
}

int weir_start(struct weir_instance *in)
{
	int rc;

	if (!weir_is_owned(in) || in->started)
		return WEIR_EBUSY;
	in->started = true;
	in->now_ns = in->platform->type->now_ns(in->platform);
	rc = open_stages(in);
	if (rc < 0) {
		weir_abort(in);
		return rc;
	}
	for (uint32_t i = in->plan->n_stages; i-- > 0;) { /* demand first, sinks before sources */
		struct weir_stage *s = &in->stages[i];

		if (weir_stage_dormant(s))
			continue;
		s->phase = WEIR_STAGE_RUNNING;
		(void)weir_stage_top_up(in, s);
		if (WEIR_IS_ILP32 || !s->passes || s->ending != 0 ||
			!weir_edge_empty(s->in0)) /* what passes waits for items */
			weir_stage_ready(in, (uint16_t)i);
	}
	weir_step_soon(in);
	return WEIR_OK;
}

void weir_fini(struct weir_instance *in)
{
	weir_abort(in);
}

bool weir_ended(const struct weir_instance *in)
{
	return weir_is_owned(in) && in->live == 0;
}

bool weir_failed(const struct weir_instance *in)
{
	return weir_is_owned(in) && in->first_error != WEIR_NO_STAGE;
}

enum weir_stage_phase weir_stage_phase(const struct weir_instance *in, uint16_t stage)
{
	if (!weir_is_owned(in) || stage >= in->plan->n_stages)
		return WEIR_STAGE_NEW;
	return (enum weir_stage_phase)in->stages[stage].phase;
}

void weir_on_item_error(struct weir_instance *in, weir_report_fn *fn, void *arg)
{
	if (!weir_is_owned(in))
		return;
	in->report = fn;
	in->report_arg = arg;
}

const struct weir_plan *weir_plan_of(const struct weir_instance *in)
{
	return in->plan;
}

struct weir_platform *weir_platform_at(const struct weir_instance *in)
{
	return in->platform;
}

size_t weir_arena_used(const struct weir_instance *in)
{
	return in->size_bytes;
}

uint64_t weir_forced_yields(const struct weir_instance *in)
{
	return weir_is_owned(in) ? in->forced_yields : 0;
}

static bool same_text(const char *a, const char *b)
{
	while (*a != '\0' && *a == *b) {
		a++;
		b++;
	}
	return *a == *b;
}

int weir_stage_index(const struct weir_plan *plan, const char *id)
{
	for (uint16_t i = 0; i < plan->n_stages; i++)
		if (same_text(plan->stages[i].id, id))
			return i;
	return WEIR_ENOENT;
}

const char *weir_drop_name(enum weir_drop reason)
{
	static const char *const names[] = {
#define X(name, text) text,
		WEIR_DROPS(X)
#undef X
	};

	return (unsigned)reason < WEIR_DROP_REASONS ? names[reason] : "unknown";
}
