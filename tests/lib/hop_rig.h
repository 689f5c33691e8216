/* SPDX-License-Identifier: MIT */
/*
 * hop_rig.h -- two pipelines with a hop between them: a source that counts and sends marks where it is told to, and a sink
 * that checks what comes and notes the marks. For the tests of hops, on one thread and on two.
 */
#ifndef WEIR_TEST_LIB_HOP_RIG_H
#define WEIR_TEST_LIB_HOP_RIG_H

#include <check.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include <weir/hop.h>

#define MARKS_MOST  64u
#define OPEN_BEFORE 12u /* barriers that may be open: before the hop more than it holds, behind it fewer */
#define OPEN_BEHIND 4u

/* A mark and how many items are before it. */
struct rig_mark {
	uint64_t at;
	struct weir_mark mark;
};

/* ---- the source: 1, 2, 3 ... ---- */

struct counter {
	/* set by the test */
	uint64_t n;                   /* items; then it completes */
	const struct rig_mark *marks; /* ended by one at UINT64_MAX */
	const char *fails;            /* instead of completing */
	uint32_t span;                /* items at most; 0: what there is room for */
	uint64_t held_at;             /* makes no more than so many for now; 0: it is not held */
	/* read-only */
	uint64_t sent, answered; /* items; the newest barrier */
};

static void counter_run(struct weir_ctx *c)
{
	struct counter *k = (struct counter *)(uintptr_t)c->params;
	struct weir_span *span;
	uint64_t most;

	while (k->marks != NULL && k->marks->at == k->sent) {
		if (k->marks->mark.kind != WEIR_MARK_BARRIER)
			weir_send_mark(c, 0, &k->marks->mark);
		else if (weir_barrier_waits(c, 0) || weir_barrier(c, k->marks->mark.value) < 0)
			return; /* each is answered for itself */
		k->marks++;
	}
	if (k->sent == k->n && k->fails != NULL)
		weir_fail(c, WEIR_ERANGE, k->fails);
	else if (k->sent == k->n)
		weir_complete(c);
	if (k->held_at > 0 && k->sent >= k->held_at)
		return;
	span = k->sent < k->n ? weir_reserve(c, 0) : NULL;
	if (span == NULL)
		return;
	most = k->marks != NULL && k->marks->at < k->n ? k->marks->at - k->sent : k->n - k->sent;
	most = k->span > 0 && k->span < most ? k->span : most;
	most = k->held_at > 0 && k->held_at - k->sent < most ? k->held_at - k->sent : most;
	if (span->count > most)
		span->count = (uint32_t)most;
	for (uint32_t i = 0; i < span->count; i++) {
		((uint64_t *)span->items)[i] = ++k->sent;
		if (span->instants != NULL)
			span->instants[i] = (int64_t)k->sent * 10;
	}
	weir_emit(c, 0, span->count);
	weir_again(c);
}

static void counter_barrier_done(struct weir_ctx *c, uint64_t number)
{
	struct counter *k = (struct counter *)(uintptr_t)c->params;

	ck_assert_uint_ge(number, k->answered);
	k->answered = number;
	weir_again(c);
}

static const struct weir_op_type counter_type = { .abi = WEIR_OP_ABI,
	.flags = WEIR_OP_SOURCE,
	.credit = WEIR_CREDIT_OWN,
	.name = "counter",
	.run = counter_run,
	.barrier_done = counter_barrier_done };

/* ---- the sink ---- */

struct checker {
	/* set by the test */
	uint32_t allow;  /* items to be asked for at its next turn */
	bool keeps;      /* barriers are answered when it does no more */
	uint64_t enough; /* cancels then; 0: never */
	uint32_t takes;  /* items at most in a turn; 0: all */
	/* read-only */
	uint64_t got;
	uint32_t n_marks;
	struct rig_mark marks[MARKS_MOST];
	bool completed, failed;
	bool out_of_order;
	struct weir_mark kept[OPEN_BEHIND]; /* barriers */
	uint32_t n_kept;
};

static void answer_kept(struct weir_ctx *c, struct checker *k)
{
	if (k->keeps)
		return;
	for (uint32_t i = 0; i < k->n_kept; i++)
		weir_barrier_done(c, &k->kept[i]);
	k->n_kept = 0;
}

static void checker_run(struct weir_ctx *c)
{
	struct checker *k = (struct checker *)(uintptr_t)c->params;
	const struct weir_span *in = weir_input(c, 0);
	uint32_t n = in == NULL ? 0 : k->takes > 0 && k->takes < in->count ? k->takes : in->count;
	struct weir_mark m;

	for (uint32_t i = 0; i < n; i++) {
		k->out_of_order |= ((const uint64_t *)in->items)[i] != ++k->got;
		if (c->input_has_time)
			k->out_of_order |= in->instants == NULL || in->instants[i] != (int64_t)k->got * 10;
	}
	if (n > 0)
		weir_take(c, 0, n);
	if (k->enough > 0 && k->got >= k->enough) {
		weir_cancel(c, 0);
		weir_complete(c);
		return;
	}
	if (k->allow > 0)
		(void)weir_request(c, 0, k->allow);
	k->allow = 0;
	answer_kept(c, k);
	while (weir_next_mark(c, 0, &m)) {
		k->completed |= m.kind == WEIR_MARK_COMPLETE;
		k->failed |= m.kind == WEIR_MARK_ERROR;
		if (k->n_marks < MARKS_MOST)
			k->marks[k->n_marks++] = (struct rig_mark){ k->got, m };
		if (m.kind == WEIR_MARK_BARRIER)
			k->kept[k->n_kept++] = m;
		answer_kept(c, k);
		if (k->completed || k->failed) {
			weir_end_with(c, &m);
			return;
		}
	}
}

static const struct weir_op_type checker_type = { .abi = WEIR_OP_ABI,
	.flags = WEIR_OP_SINK,
	.credit = WEIR_CREDIT_MANUAL,
	.name = "checker",
	.run = checker_run };

/* ---- an instance of two stages ---- */

static const struct weir_field number_field = { .name = "n", .kind = WEIR_U64 };
static const struct weir_record number_record = {
	.name = "number", .fields = &number_field, .n_fields = 1, .size = 8
};
static const struct weir_record *const number_records[] = { &number_record };
static const uint16_t pair_ports[] = { 0 };

struct pair {
	struct weir_stage_def stages[2];
	struct weir_edge_def edge;
	struct weir_plan plan;
	struct weir_instance *in;
	void *memory;
};

/* The plan alone. */
static inline void pair_plan(struct pair *p, const struct weir_op_type *source, const void *source_params,
	const struct weir_op_type *sink, const void *sink_params, uint32_t span, bool timed)
{
	const struct weir_stage_def stage = {
		.group = 1, .error_edge = WEIR_NO_EDGE, .instant_offset = WEIR_NO_INSTANT
	};

	p->stages[0] = p->stages[1] = stage;
	p->stages[0].id = "source";
	p->stages[0].type = source;
	p->stages[0].params = source_params;
	p->stages[0].n_out = 1;
	p->stages[1].id = "sink";
	p->stages[1].type = sink;
	p->stages[1].params = sink_params;
	p->stages[1].n_in = 1;
	p->edge = (struct weir_edge_def){ .from = 0,
		.to = 1,
		.drops = WEIR_DROPS_BIT(ERROR) | WEIR_DROPS_BIT(CANCELLED),
		.wastes = WEIR_DROPS_BIT(CANCELLED),
		.cap_items = span,
		.buffer_items = (source->flags & WEIR_OP_LENDS) != 0 ? 0 : span,
		.owned = true,
		.has_time = timed,
		.instants = timed };
	p->plan = (struct weir_plan){ .abi = WEIR_PLAN_ABI,
		.name = "pair",
		.clock = timed ? WEIR_CLOCK_EVENT : WEIR_CLOCK_MONOTONIC,
		.records = number_records,
		.stages = p->stages,
		.edges = &p->edge,
		.inputs = pair_ports,
		.outputs = pair_ports,
		.max_barriers = sink == &weir_to_hop_type ? OPEN_BEFORE : OPEN_BEHIND,
		.n_records = 1,
		.n_stages = 2,
		.n_edges = 1 };
	weir_plan_number(&p->plan, &p->edge);
}

static inline void pair_init(struct pair *p, struct weir_platform *platform,
	const struct weir_op_type *source, const void *source_params, const struct weir_op_type *sink,
	const void *sink_params, uint32_t span, bool timed)
{
	size_t size;

	pair_plan(p, source, source_params, sink, sink_params, span, timed);
	size = weir_instance_size(&p->plan, NULL, NULL);
	p->memory = aligned_alloc(16, (size + 15) / 16 * 16);
	ck_assert_ptr_nonnull(p->memory);
	ck_assert_int_eq(weir_instance_init(&p->in, p->memory, size, &p->plan, platform, NULL), WEIR_OK);
}

static inline struct weir_ledger pair_ledger(const struct pair *p)
{
	struct weir_ledger l;
	uint64_t dropped = 0;

	ck_assert_int_eq(weir_edge_ledger(p->in, 0, &l), WEIR_OK);
	for (uint32_t k = 0; k < WEIR_DROP_REASONS; k++)
		dropped += l.dropped[k];
	ck_assert_uint_eq(l.in, l.out + dropped + l.queued);
	return l;
}

/* Both have ended. What went into the hop came out, or is on the books; on_the_way: or was put in at the very moment. */
static inline void pairs_fini(struct pair *a, struct pair *b, const struct weir_hop *hop, bool on_the_way)
{
	struct weir_ledger la, lb;

	weir_fini(a->in);
	weir_fini(b->in);
	la = pair_ledger(a);
	lb = pair_ledger(b);
	ck_assert_uint_eq(la.queued + lb.queued, 0);
	ck_assert_uint_ge(la.out, lb.in);
	ck_assert_uint_le(la.out - lb.in, on_the_way ? weir_hop_count(hop) : 0);
	free(a->memory);
	free(b->memory);
}

#endif
