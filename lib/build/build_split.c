/* SPDX-License-Identifier: MIT */
/*
 * build_split.c -- the finished plan, cut into one a thread (parts.h).
 *
 * Stages and edges keep their order. In each part the hops it reads come first and those it writes last, so groups stay
 * together and producers before consumers.
 */
#include "build_private.h"

#include <weir/hop.h>

#define SPANS_IN_HOP 4u  /* room for so many: one in work on each side, and some between */
#define ITEMS_IN_HOP 16u /* at least */

struct split {
	struct weir_build *b;
	const struct weir_plan *whole;
	uint16_t *part;        /* per stage of the whole */
	uint16_t *stage;       /* its index in its part */
	uint16_t *edge;        /* per edge of the whole, its index in the part that is being made */
	struct weir_cut **cut; /* per edge of the whole, or NULL */
	struct weir_part *parts;
	struct weir_cut *cuts;
	uint16_t n_parts, n_cuts;
};

/* A part being made. */
struct making {
	struct split *s;
	struct weir_plan *plan;
	struct weir_stage_def *stages;
	struct weir_edge_def *edges;
	uint16_t *inputs, *outputs;
	uint16_t index, n_inputs, n_outputs;
	uint16_t first_own, end_own; /* stages of the whole */
};

/* Whether the edge begins in the part, and ends in it. */
static bool writes(const struct making *m, uint16_t edge)
{
	return m->s->part[m->s->whole->edges[edge].from] == m->index;
}

static bool reads(const struct making *m, uint16_t edge)
{
	return m->s->part[m->s->whole->edges[edge].to] == m->index;
}

/* ---- which parts there are ---- */

static void number_parts(struct split *s)
{
	uint16_t *part = weir_pool_get(&s->b->pool, s->b->n_threads * sizeof *part);
	bool *used = weir_pool_get(&s->b->pool, s->b->n_threads * sizeof *used);

	if (part == NULL || used == NULL)
		return;
	for (size_t i = 0; i < s->b->n_order; i++)
		used[s->b->order[i]->thread] = true;
	for (size_t t = 0; t < s->b->n_threads; t++) {
		part[t] = s->n_parts;
		if (used[t])
			s->parts[s->n_parts++].thread = s->b->threads[t];
	}
	for (size_t i = 0; i < s->b->n_order; i++)
		s->part[i] = part[s->b->order[i]->thread];
}

static uint32_t capacity_of(const struct weir_edge_def *e)
{
	uint64_t want = (uint64_t)e->cap_items * SPANS_IN_HOP;
	uint32_t n = ITEMS_IN_HOP;

	while (n < want && n < WEIR_HOP_MOST)
		n *= 2;
	return n;
}

static void find_cuts(struct split *s)
{
	const struct weir_plan *p = s->whole;

	for (uint16_t i = 0; i < p->n_edges; i++) {
		const struct weir_edge_def *e = &p->edges[i];

		if (s->part[e->from] == s->part[e->to])
			continue;
		s->cut[i] = &s->cuts[s->n_cuts];
		s->cuts[s->n_cuts++] = (struct weir_cut){ .from = p->stages[e->from].id,
			.to = p->stages[e->to].id,
			.from_part = s->part[e->from],
			.to_part = s->part[e->to],
			.item_bytes = e->item_bytes,
			.capacity = capacity_of(e),
			.instants = e->instants || e->has_time };
	}
}

/* ---- stages ---- */

static const char *hop_id(const struct making *m, const struct weir_edge_def *e, const char *what)
{
	const struct weir_stage_def *to = &m->s->whole->stages[e->to];

	if (to->n_in > 1)
		return weir_pool_format(&m->s->b->pool, "%s.%u.%s", to->id, e->to_port, what);
	return weir_pool_format(&m->s->b->pool, "%s.%s", to->id, what);
}

static struct weir_stage_def *add_hop(
	struct making *m, const struct weir_edge_def *e, const struct weir_op_type *type)
{
	struct weir_stage_def *d = &m->stages[m->plan->n_stages++];

	*d = (struct weir_stage_def){ .id = hop_id(m, e, type == &weir_to_hop_type ? "to_hop" : "from_hop"),
		.type = type,
		.group = 1,
		.error_edge = WEIR_NO_EDGE,
		.instant_offset = WEIR_NO_INSTANT };
	return d;
}

static void add_reader(struct making *m, struct weir_cut *cut, const struct weir_edge_def *e)
{
	const struct weir_record *r = m->s->whole->records[e->record];
	struct weir_from_hop_params *params = weir_pool_get(&m->s->b->pool, sizeof *params);
	struct weir_stage_def *d;

	cut->reader = m->plan->n_stages;
	d = add_hop(m, e, r == &weir_bytes_record ? &weir_from_byte_hop_type : &weir_from_hop_type);
	if (params != NULL)
		params->record = r;
	d->params = params;
}

/* All of the part's stages: the hops it reads, its own, the hops it writes. Ports come with the edges. */
static void add_stages(struct making *m)
{
	struct split *s = m->s;
	const struct weir_plan *p = s->whole;

	for (uint16_t i = 0; i < p->n_edges; i++)
		if (reads(m, i) && s->cut[i] != NULL)
			add_reader(m, s->cut[i], &p->edges[i]);
	m->first_own = m->plan->n_stages;
	for (uint16_t i = 0; i < p->n_stages; i++) {
		if (s->part[i] != m->index)
			continue;
		s->stage[i] = m->plan->n_stages;
		m->stages[m->plan->n_stages++] = p->stages[i];
	}
	m->end_own = m->plan->n_stages;
	for (uint16_t i = 0; i < p->n_edges; i++) {
		if (!writes(m, i) || s->cut[i] == NULL)
			continue;
		s->cut[i]->writer = m->plan->n_stages;
		(void)add_hop(m, &p->edges[i], &weir_to_hop_type);
	}
}

/* ---- edges ---- */

/* The side of the one who writes, and of the one who reads, where items lie in the hop. */
static void end_in_hop(struct making *m, const struct weir_cut *cut, uint16_t edge)
{
	struct weir_stage_def *d = &m->stages[cut->writer];

	m->edges[edge].to = cut->writer;
	m->edges[edge].to_port = 0;
	m->edges[edge].drops = WEIR_DROPS_BIT(CANCELLED);
	d->first_in = m->n_inputs;
	d->n_in = 1;
	m->inputs[m->n_inputs++] = edge;
}

static void begin_in_hop(struct making *m, const struct weir_cut *cut, uint16_t edge)
{
	struct weir_stage_def *d = &m->stages[cut->reader];

	m->edges[edge].from = cut->reader;
	m->edges[edge].from_port = 0;
	m->edges[edge].wastes = WEIR_DROPS_BIT(CANCELLED);
	m->edges[edge].buffer_items = 0;
	d->first_out = m->n_outputs;
	d->n_out = 1;
	m->outputs[m->n_outputs++] = edge;
}

static void add_edges(struct making *m)
{
	struct split *s = m->s;

	for (uint16_t i = 0; i < s->whole->n_edges; i++) {
		const struct weir_edge_def *e = &s->whole->edges[i];
		uint16_t to = m->plan->n_edges;

		if (!writes(m, i) && !reads(m, i))
			continue;
		s->edge[i] = m->plan->n_edges++;
		m->edges[to] = *e;
		if (writes(m, i))
			m->edges[to].from = s->stage[e->from];
		else
			begin_in_hop(m, s->cut[i], to);
		if (reads(m, i))
			m->edges[to].to = s->stage[e->to];
		else
			end_in_hop(m, s->cut[i], to);
	}
}

static void add_ports(struct making *m)
{
	const struct split *s = m->s;

	for (uint16_t i = m->first_own; i < m->end_own; i++) {
		struct weir_stage_def *d = &m->stages[i];
		const uint16_t *in = &s->whole->inputs[d->first_in], *out = &s->whole->outputs[d->first_out];

		d->first_in = m->n_inputs;
		d->first_out = m->n_outputs;
		for (uint16_t k = 0; k < d->n_in; k++)
			m->inputs[m->n_inputs++] = s->edge[in[k]];
		for (uint16_t k = 0; k < d->n_out; k++)
			m->outputs[m->n_outputs++] = s->edge[out[k]];
		if (d->error_edge != WEIR_NO_EDGE)
			d->error_edge = s->edge[d->error_edge];
		if (weir_way_out(d) != WEIR_NO_EDGE)
			d->scope = (uint16_t)(s->edge[weir_way_out(d)] + 1u);
	}
}

static void make_part(struct split *s, uint16_t index)
{
	struct weir_pool *pool = &s->b->pool;
	size_t n_stages = (size_t)s->whole->n_stages + s->n_cuts, n_edges = s->whole->n_edges;
	struct making m = { .s = s,
		.index = index,
		.plan = weir_pool_copy(pool, s->whole, sizeof *s->whole),
		.stages = weir_pool_get(pool, n_stages * sizeof *m.stages),
		.edges = weir_pool_get(pool, n_edges * sizeof *m.edges),
		.inputs = weir_pool_get(pool, n_edges * sizeof *m.inputs),
		.outputs = weir_pool_get(pool, n_edges * sizeof *m.outputs) };

	if (pool->failed)
		return;
	m.plan->n_stages = m.plan->n_edges = 0;
	add_stages(&m);
	add_edges(&m);
	add_ports(&m);
	m.plan->stages = m.stages;
	m.plan->edges = m.edges;
	m.plan->inputs = m.inputs;
	m.plan->outputs = m.outputs;
	weir_plan_number(m.plan, m.edges);
	s->parts[index].plan = m.plan;
}

void weir_build_split(struct weir_build *b)
{
	const struct weir_plan *p = &b->plan;
	struct split s = { .b = b,
		.whole = p,
		.part = weir_pool_get(&b->pool, p->n_stages * sizeof *s.part),
		.stage = weir_pool_get(&b->pool, p->n_stages * sizeof *s.stage),
		.edge = weir_pool_get(&b->pool, p->n_edges * sizeof *s.edge),
		.cut = weir_pool_get(&b->pool, p->n_edges * sizeof(struct weir_cut *)),
		.parts = weir_pool_get(&b->pool, b->n_threads * sizeof *s.parts),
		.cuts = weir_pool_get(&b->pool, p->n_edges * sizeof *s.cuts) };

	if (!b->pool.failed)
		number_parts(&s);
	if (b->pool.failed)
		return;
	find_cuts(&s);
	if (p->n_stages + s.n_cuts >= UINT16_MAX) {
		weir_build_tell(b, &(struct weir_build_place){ .stage = -1 },
			"more than 65534 stages with those that go from thread to thread");
		return;
	}
	if (s.n_parts == 1)
		s.parts[0].plan = p;
	for (uint16_t i = 0; i < s.n_parts && s.n_parts > 1 && !b->pool.failed; i++)
		make_part(&s, i);
	b->parts = (struct weir_parts){
		.parts = s.parts, .cuts = s.cuts, .n_parts = s.n_parts, .n_cuts = s.n_cuts
	};
}
