/* SPDX-License-Identifier: MIT */
/*
 * core.h -- the engine's own book-keeping: instance, stages, edges, timers. Private to lib.
 *
 * An edge counts what was sent (`in`), what may still be sent (`credit`) and what its consumer took but holds; all
 * else in a ledger follows from these, what waits and the drops. At most one span waits on an edge, then its marks; a
 * new span is sent only onto an empty edge. `home` is the edge in whose memory the waiting span lies; `users` counts
 * the spans that lie in an edge's memory, wherever they wait. Edges inside a fused group count nothing but drops:
 * nothing ever waits there, so their ledgers follow from the edges around the group.
 */
#ifndef WEIR_CORE_H
#define WEIR_CORE_H

#include <weir/engine.h>
#include <weir/kernels.h>

#include "atomic.h"
#include "monitor.h"

#ifdef __GNUC__
#pragma GCC visibility push(hidden) /* calls stay in the library */
#endif

#define WEIR_NO_STAGE UINT16_MAX

struct weir_edge {
	const struct weir_edge_def *def;
	struct weir_span pending; /* waits for the consumer */
	weir_count_t in;          /* sent: out + dropped + held + pending */
	uint32_t credit;          /* asked for and not sent; UINT32_MAX: unbounded, for good (C-2) */
	uint32_t held;            /* taken, and still queued in the consumer */
	uint16_t users;           /* spans that lie in its memory */
	uint16_t home;            /* the edge in whose memory `pending` lies */
	uint16_t error_source;
	uint8_t marks;       /* that wait behind it: bit per enum weir_mark_kind */
	bool ended : 1;      /* producer's: a terminal mark was sent */
	bool checkpoint : 1; /* its value, of a complete one */
	bool staged : 1;     /* bytes were made that are not sent yet: memory's `reserved` */
	bool closed : 1;     /* consumer's: nothing is wanted any more */
	bool start : 1;      /* the scope it leads out of is to be started */
	bool awaited : 1; /* its producer is to be run when there is room again: one with nothing to put here is not */
	bool fresh : 1; /* what it leads to was started, and its producer has not heard of that */
#ifdef WEIR_MONITOR
	struct weir_shadow shadow;
#endif
};

/* Of an edge whose producer fills it; the others pass on what lies elsewhere. */
struct weir_memory {
	unsigned char *buffer;
	int64_t *instants;         /* a column for the spans sent, or NULL */
	struct weir_span reserved; /* room given to an active stage; or what is staged */
};

/* The barrier that waits on an edge. */
struct weir_barrier_note {
	weir_count_t number;
	uint16_t source;
};

struct weir_stage {
	struct weir_ctx ctx; /* first: callbacks get this */
	const struct weir_op_type *type;
	struct weir_edge *in0,
		*out0; /* port 0, or NULL; out0 of the first of a group: the edge behind the group */
	uint16_t
		slot; /* its bit among the ready: the index of the first stage of its group; sources' come behind */
	uint16_t first_timer;
	uint8_t phase;       /* enum weir_stage_phase */
	uint8_t ending;      /* phase asked for by the callback under way, applied when it returns; 0: none */
	uint8_t ending_kind; /* mark that tells it: WEIR_MARK_COMPLETE or _ERROR */
	uint8_t ending_value;
	uint16_t ending_source;
	bool open : 1, check_outputs : 1, event_timers : 1;
	bool has_error : 1; /* a place among the instance's errors */
	bool stopped : 1;   /* a source that a drain ended, before its end */
	bool passes : 1; /* passive, and demand flows through it untouched: PASS, with or without a program */
	bool direct : 1; /* and what it makes lies where its input does */
	bool refills : 1;       /* its inputs are refilled to its prefetch: OWN */
	bool wants_barrier : 1; /* it found no place for one */
};

struct weir_timer {
	int64_t deadline_ns;
	uint16_t stage;
	uint16_t place; /* in the heap + 1; event clock: 1 when armed; 0: not armed */
	uint8_t clock;
};

struct weir_open_barrier {
	uint64_t number;
	uint16_t source;
	uint16_t paths; /* that have not answered */
	bool durable;   /* all have; its source is not told yet */
};

struct weir_instance {
	void *place; /* first: weir_platform_place */
	const struct weir_plan *plan;
	struct weir_platform *platform;
	const struct weir_kernels *kernels;
	struct weir_stage *stages;
	struct weir_edge *edges;
	weir_count_t *drops;
	struct weir_memory *memories;
	int64_t *watermarks; /* by an edge's number of its notes, like the next two */
	weir_count_t *lagged;
	struct weir_barrier_note *barrier_notes;
	struct weir_error *errors; /* of stages that failed: a place each, or one for the first */
	weir_count_t *stalls;      /* per stage */
	const void **
		items; /* per edge: what the scope it leads out of was started for; no bytes without scopes */
	union {
		struct weir_span seen; /* input as cut by an event-clock timer, for the callback under way */
		void *pushed_home; /* behind `push`: where it has room for what it lent of the caller's memory; else NULL */
	};
	struct weir_timer *timers;
	uint16_t *heap;
	uint32_t *ready, *ready_sources,
		*fed;    /* bitmaps over stages, one behind the other; fed: a channel feeds them */
	uint32_t *tally; /* what each stage of the widest group refused in this run; all 0 between runs */
	struct weir_open_barrier *barriers;
	void *scratch;
	uint64_t now_ns, deadline_ns, forced_yields;
	uint64_t failures, failures_handled;
	uint16_t n_timers, n_heap, live, last_source, first_error, words;
	uint16_t running; /* stage in a callback, or WEIR_NO_STAGE */
	bool started, stepping, stop_asked;
	uint8_t draining; /* 0: no; else how, enum weir_drain + 1 */
	union {           /* what waits for the callback under way to return */
		struct {
			bool closing, cancelling, starting, answering;
		};
		uint32_t wishes; /* any of them */
	};
	size_t size_bytes;
	uint32_t told; /* the platform was told of the end: nobody else is at work here any more; atomic.h */
	uint32_t abort_asked; /* set by any context: atomic.h */
	weir_report_fn *report;
	void *report_arg;
	uint64_t stall_limit_ns; /* 0: nobody looks */
	weir_stall_fn *stall;
	void *stall_arg;
};

WEIR_ILP32(weir_edge, 40);
WEIR_ILP32(weir_memory, 24);
WEIR_ILP32(weir_barrier_note, 8);
WEIR_ILP32(weir_stage, 44);
WEIR_ILP32(weir_error, 40);
WEIR_ILP32(weir_timer, 16);
WEIR_ILP32(weir_open_barrier, 16);
WEIR_ILP32(weir_instance, 208);

/* ---- what every turn asks, many times over ---- */

static inline struct weir_stage *weir_stage_of(const struct weir_ctx *c)
{
	return (struct weir_stage *)(uintptr_t)c;
}

static inline bool weir_is_told(const struct weir_instance *in)
{
	return weir_load_acquire(&in->told) != 0;
}

static inline bool weir_platform_owned(struct weir_platform *p)
{
	return p->type->owned == NULL || p->type->owned(p);
}

/* Whether the calling thread may touch the instance. The platform may be gone once it was told of the end. */
static inline bool weir_is_owned(const struct weir_instance *in)
{
	return weir_is_told(in) || weir_platform_owned(in->platform);
}

static inline bool weir_stage_ended(const struct weir_stage *s)
{
	return s->phase > WEIR_STAGE_RUNNING;
}

/* Stages that move as one. */
static inline uint16_t weir_group_size(const struct weir_stage *head)
{
	return WEIR_WITH_PROGRAMS ? head->ctx.def->group : 1;
}

/* The first stage of the group a stage that is no source stands in. */
static inline struct weir_stage *weir_group_head(const struct weir_instance *in, const struct weir_stage *s)
{
	return &in->stages[s->slot];
}

/* Words of a bitmap over a plan's stages: an instance keeps them as `words`. */
static inline uint16_t weir_stage_words(const struct weir_plan *plan)
{
	return (uint16_t)((plan->n_stages + 31u) / 32u);
}

static inline struct weir_edge *weir_edge_in(const struct weir_stage *s, uint16_t port)
{
	const struct weir_instance *in = s->ctx.instance;

	return port == 0 ? s->in0 : &in->edges[in->plan->inputs[s->ctx.def->first_in + port]];
}

static inline struct weir_edge *weir_edge_out(const struct weir_stage *s, uint16_t port)
{
	const struct weir_instance *in = s->ctx.instance;

	return port == 0 ? s->out0 : &in->edges[in->plan->outputs[s->ctx.def->first_out + port]];
}

static inline uint16_t weir_edge_index(const struct weir_instance *in, const struct weir_edge *e)
{
	return (uint16_t)(e - in->edges);
}

/* Reasons in a set of them: slots of drops lie in the order of their bits. */
static inline uint32_t weir_count_bits(uint32_t v)
{
	uint32_t n = 0;

	for (; v != 0; v &= v - 1)
		n++;
	return n;
}

/* Bytes were made that wait for credit. */
static inline bool weir_edge_staged(const struct weir_edge *e)
{
	return WEIR_WITH_BYTES && e->staged;
}

/* The consumer's: items it has taken, what it still holds among them. */
static inline weir_count_t weir_edge_taken(const struct weir_edge *e)
{
	return e->in - e->pending.count;
}

/* Where a microcontroller has a place for one error only, that is the first. */
static inline bool weir_keeps_all_errors(const struct weir_instance *in)
{
	return in->plan->n_errors == in->plan->n_stages;
}

static inline struct weir_error *weir_error_place(const struct weir_instance *in, uint16_t stage)
{
	return &in->errors[weir_keeps_all_errors(in) ? stage : 0];
}

/* Its own memory, NULL without. */
static inline struct weir_memory *weir_edge_memory(const struct weir_instance *in, const struct weir_edge *e)
{
	return e->def->memory != WEIR_NO_PART ? &in->memories[e->def->memory] : NULL;
}

static inline bool weir_edge_empty(const struct weir_edge *e)
{
	return e->pending.count == 0 && e->marks == 0;
}

/* Whether it waits in a scope that has not been started. */
static inline bool weir_stage_dormant(const struct weir_stage *s)
{
	return WEIR_WITH_SCOPES && weir_way_out(s->ctx.def) != WEIR_NO_EDGE && s->phase == WEIR_STAGE_NEW;
}

/* Whether a callback or a step is under way: the instance must not be entered again. */
static inline bool weir_step_inside(const struct weir_instance *in)
{
	return in->stepping || in->running != WEIR_NO_STAGE;
}

/* Whether an edge leads into a scope from outside: its consumer comes and goes, its producer stays. */
static inline bool weir_edge_enters(const struct weir_plan *plan, uint16_t edge)
{
	const struct weir_edge_def *d = &plan->edges[edge];

	return WEIR_WITH_SCOPES && weir_way_out(&plan->stages[d->to]) != WEIR_NO_EDGE &&
	       plan->stages[d->from].type->feeds_scopes;
}

/* A callback of a stage begins. Returns what weir_leave needs. */
static inline uint16_t weir_enter(struct weir_instance *in, const struct weir_stage *s)
{
	uint16_t was = in->running;

	WEIR_WATCH(entered(in, s, was));
	in->running = s->ctx.index;
	return was;
}

static inline void weir_leave(struct weir_instance *in, uint16_t was)
{
	in->running = was;
}

/*
 * Give a stage a turn; a fused group moves as its first stage. One that has not been started gets none: that of a scope
 * whose start failed stays as it is.
 */
static inline void weir_stage_ready(struct weir_instance *in, uint16_t stage)
{
	const struct weir_stage *s = &in->stages[stage];

	if (s->phase == WEIR_STAGE_RUNNING)
		in->ready[s->slot / 32] |= 1u << (s->slot % 32);
}

/* A span waits on an edge now. */
static inline void weir_edge_lay(struct weir_edge *e, const struct weir_span *span, uint16_t home)
{
	e->pending.items = span->items;
	if (WEIR_WITH_EVENT_CLOCK)
		e->pending.instants = e->def->instants ? span->instants : NULL;
	e->pending.count = span->count;
	e->home = home;
	e->in += span->count;
	if (e->credit != UINT32_MAX)
		e->credit -= span->count;
}

/* There is room again, or credit: whoever fills the edge may go on. */
static inline void weir_edge_refill(struct weir_instance *in, const struct weir_edge *e)
{
	if (e->awaited)
		weir_stage_ready(in, e->def->from);
}

/* edge.c: the ledger and what waits */
void weir_edge_request(struct weir_instance *in, struct weir_edge *e, uint32_t n);
void weir_edge_publish(
	struct weir_instance *in, struct weir_edge *e, const struct weir_span *span, uint16_t home);
void weir_edge_publish_staged(struct weir_instance *in, struct weir_edge *e);
void weir_edge_consume(struct weir_instance *in, struct weir_edge *e, uint32_t n);
void weir_edge_drop(
	const struct weir_instance *in, struct weir_edge *e, enum weir_drop reason, weir_count_t n);
void weir_edge_waste(const struct weir_instance *in, struct weir_edge *e, enum weir_drop reason, uint32_t n);
void weir_edge_close(struct weir_instance *in, struct weir_edge *e);
void weir_edge_terminal(struct weir_instance *in, struct weir_edge *e, const struct weir_stage *from);
void weir_edge_read_instants(
	const struct weir_stage *s, const struct weir_edge *e, const struct weir_span *span);

/* What a decoder or source made has its instants in a field of the records. */
static inline void weir_edge_fill_instants(
	const struct weir_stage *s, const struct weir_edge *e, const struct weir_span *span)
{
	if (WEIR_WITH_EVENT_CLOCK && e->def->instants)
		weir_edge_read_instants(s, e, span);
}

/* stage.c: ending, cancelling */
void weir_stage_end(
	struct weir_stage *s, enum weir_stage_phase phase, uint8_t kind, uint16_t source, uint8_t value);
void weir_stage_apply(struct weir_instance *in, struct weir_stage *s);
void weir_stage_finish(struct weir_instance *in, struct weir_stage *s, enum weir_stage_phase phase);
void weir_stage_cancel_up(struct weir_instance *in);
void weir_stage_close_ended(struct weir_instance *in);
bool weir_stage_top_up(struct weir_instance *in, struct weir_stage *s);

/* What the callback under way asked for, and what follows from it: most ask for nothing. */
static inline void weir_stage_apply_ending(struct weir_instance *in, struct weir_stage *s)
{
	if (s->ending != 0 || in->wishes != 0)
		weir_stage_apply(in, s);
}

/* scope.c */
void weir_scope_tell(struct weir_instance *in, const struct weir_stage *member);
void weir_scopes_start(struct weir_instance *in);
bool weir_scope_may_draw(const struct weir_instance *in, const struct weir_edge *e);
void weir_scopes_end_sides(struct weir_instance *in, const struct weir_stage *ruler);

/* fault.c */
void weir_stage_failed(struct weir_stage *s, const struct weir_error *error);
enum weir_verdict weir_stage_fault(
	struct weir_stage *s, const struct weir_span *span, const struct weir_fault *f);

/* passive.c, group.c, step.c */
struct weir_stage *weir_passive_advance(struct weir_instance *in, struct weir_stage *s);
weir_count_t weir_group_entered(const struct weir_instance *in, const struct weir_edge *e);
struct weir_moved weir_group_run(struct weir_instance *in, struct weir_stage *head,
	const struct weir_span *span, struct weir_span *out);
void weir_step_soon(struct weir_instance *in);
void weir_step_leave(struct weir_instance *in);
void weir_step_tell_end(struct weir_instance *in);
uint32_t weir_run_ready(struct weir_instance *in, uint32_t max_turns);

/* drain.c */
void weir_stage_stop(struct weir_instance *in, struct weir_stage *s);
void weir_stop_all(struct weir_instance *in);

/* timers.c */
void weir_timers_stop_stage(struct weir_instance *in, struct weir_stage *s);
void weir_timers_fire(struct weir_instance *in);
uint64_t weir_timers_next(const struct weir_instance *in);
uint32_t weir_timers_event_before(struct weir_stage *s, const struct weir_span *span);
void weir_timers_event_until(struct weir_stage *s, int64_t time_ns, bool all);

/* stall.c */
void weir_stall_judge(struct weir_instance *in, struct weir_stage *s, uint64_t began_ns);

/* marks.c */
void weir_marks_forward(struct weir_instance *in, struct weir_edge *from, struct weir_edge *to);
void weir_barrier_answer(struct weir_instance *in, uint16_t source, uint64_t number);
void weir_barriers_tell(struct weir_instance *in);

#ifdef __GNUC__
#pragma GCC visibility pop
#endif

#endif
