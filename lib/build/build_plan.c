/* SPDX-License-Identifier: MIT */
/*
 * build_plan.c -- sizes and owners of every edge, then the tables of plan.h.
 *
 * A span may be written where its memory belongs to the producer's own buffer and nobody else reads it; a
 * stage that cannot work in the memory it is given gets a buffer of its own. That is all the copying there is,
 * and all of it stands in the bill.
 */
#include "build_private.h"

#include <string.h>

#include <weir/codecs.h>
#include <weir/operators.h>

#define HOST_SPAN_BYTES 4096u /* spans of at least this much: a host */
#define HOST_BYTES_CAP  65536u
#define MCU_BYTES_CAP   64u
#define MAX_BARRIERS    4u

/* ---- spans ---- */

/* Bytes an encoder must have room for at one time. 0: it is none. */
static size_t encoder_bytes(const struct weir_build_node *n)
{
	if (n->type == &weir_csv_encode_type)
		return weir_csv_encode_max(n->in, n->params);
	if (n->type == &weir_ndjson_encode_type)
		return weir_ndjson_encode_max(n->in, n->params);
	if (n->type == &weir_binary_encode_type)
		return weir_binary_encode_max(n->in);
	if (n->type == &weir_frames_encode_type)
		return weir_frames_encode_max(n->in);
	return 0;
}

static uint32_t span_cap(
	const struct weir_build *b, const struct weir_build_node *from, const struct weir_record *r)
{
	uint32_t cap, least = 1;

	if (r == &weir_bytes_record) {
		size_t worst = encoder_bytes(from);

		cap = b->options.span_bytes >= HOST_SPAN_BYTES ? HOST_BYTES_CAP : MCU_BYTES_CAP;
		return worst > cap ? (uint32_t)worst : cap;
	}
	cap = r->size > 0 ? b->options.span_bytes / r->size : b->options.span_items_max;
	if (cap > b->options.span_items_max)
		cap = b->options.span_items_max;
	return cap > least ? cap : least;
}

/* ---- who owns what ---- */

static struct weir_build_node *group_head(const struct weir_build *b, const struct weir_build_node *n)
{
	unsigned i = n->index;

	while (b->order[i]->group == 0)
		i--;
	return b->order[i];
}

static bool is_passive(const struct weir_build_node *n)
{
	return n->type->process != NULL || n->type->as_program != NULL;
}

/* Whether a passive stage, or group, can put its output where its input lies. */
static bool in_place(
	const struct weir_build_node *head, const struct weir_link *in, const struct weir_link *out)
{
	if (!in->owned)
		return false;
	if (head->program != NULL)
		return head->program->in_place;
	return (head->type->flags & WEIR_OP_IN_PLACE) != 0 && weir_record_same(in->record, out->record);
}

/* Buffer and owner of the link that a node's main output is. */
static void own_output(const struct weir_build *b, const struct weir_build_node *n, struct weir_link *out)
{
	const struct weir_build_node *head = group_head(b, n);
	const struct weir_link *in = head->n_ins > 0 ? head->ins[0] : NULL;

	out->buffer_items = out->cap_items;
	out->owned = true;
	if (out->inner) {
		out->buffer_items = 0;
		out->owned = in->owned;
	} else if (!is_passive(n)) {
		if ((n->type->flags & WEIR_OP_LENDS) != 0) {
			out->buffer_items = 0;
			out->owned = false;
		}
	} else if (head->program == NULL && (n->type->flags & WEIR_OP_NARROWS) != 0) {
		out->buffer_items = 0;
		out->owned = in->owned;
	} else if (in_place(head, in, out)) {
		out->buffer_items = 0;
		out->cap_items = in->cap_items;
	}
}

/* ---- time ---- */

static bool all_inputs(const struct weir_build_node *n, bool times)
{
	for (size_t i = 0; i < n->n_ins; i++)
		if (times ? !n->ins[i]->has_time : !n->ins[i]->instants)
			return false;
	return n->n_ins > 0;
}

static void time_output(const struct weir_build *b, const struct weir_build_node *n, struct weir_link *out)
{
	bool event = b->clock == WEIR_CLOCK_EVENT;
	bool makes = event && (n->type->flags & WEIR_OP_MAKES_TIME) != 0;
	bool lends = (n->type->flags & WEIR_OP_LENDS) != 0;

	out->has_time =
		(makes || (event && all_inputs(n, true))) && (n->type->flags & WEIR_OP_DROPS_TIME) == 0;
	out->instants = event && out->record != &weir_bytes_record &&
			(n->instant_offset != WEIR_NO_INSTANT || all_inputs(n, false) || (makes && !lends));
}

void weir_build_sizes(struct weir_build *b)
{
	for (size_t i = 0; i < b->n_order; i++) {
		struct weir_build_node *n = b->order[i];

		for (size_t k = 0; k < n->n_outs; k++) {
			struct weir_link *out = n->outs[k];

			out->cap_items = span_cap(b, n, out->record);
			own_output(b, n, out);
			time_output(b, n, out);
			out->owned = out->owned && !weir_link_is_cut(out);      /* it lies in a hop then */
			if (n->stage != NULL && k > 0 && n->type->max_out <= 1) /* late items, as they came */
				out->has_time = false;
		}
		if (n->error != NULL) {
			n->error->cap_items = n->error->buffer_items = 1;
			n->error->owned = !weir_link_is_cut(n->error);
			n->error->instants = b->clock == WEIR_CLOCK_EVENT;
		}
	}
}

/* ---- tables ---- */

struct tables {
	struct weir_build *b;
	const struct weir_record **records;
	struct weir_stage_def *stages;
	struct weir_edge_def *edges;
	uint16_t *inputs, *outputs;
	uint16_t n_records, n_edges, n_inputs, n_outputs;
};

static uint16_t record_index(struct tables *t, const struct weir_record *r)
{
	uint16_t i = 0;

	while (i < t->n_records && t->records[i] != r)
		i++;
	if (i == t->n_records)
		t->records[t->n_records++] = r;
	return i;
}

/* Whether items fail that came in by no edge of items: a source's, a decoder's, those a stage makes itself. */
static bool faults_on_output(const struct weir_build_node *n)
{
	return n->n_ins == 0 || n->in == &weir_bytes_record || (n->type->flags & WEIR_OP_OWN_FAULTS) != 0;
}

/* Drops are counted by the consumer, on the edge the items came in by. */
static uint16_t drops_of(const struct weir_link *l)
{
	unsigned drops = l->to->type->drops | WEIR_DROPS_BIT(CANCELLED);

	if (l->to->on_error != WEIR_ON_ERROR_FAIL)
		drops |= WEIR_DROPS_BIT(ERROR);
	return (uint16_t)drops;
}

/* Those of items that came in by no edge, on the one they would have left by. */
static uint16_t wastes_of(const struct weir_link *l)
{
	const struct weir_build_node *from = l->from;
	unsigned wastes = from->n_ins == 0 ? from->type->drops : 0;

	if (l->error || l->from_port != 0)
		return 0;
	if (faults_on_output(from) && from->on_error != WEIR_ON_ERROR_FAIL)
		wastes |= WEIR_DROPS_BIT(ERROR);
	return (uint16_t)wastes;
}

static void fill_edge(struct tables *t, struct weir_link *l)
{
	struct weir_edge_def *e = &t->edges[t->n_edges];

	l->index = t->n_edges++;
	*e = (struct weir_edge_def){ .from = (uint16_t)l->from->index,
		.to = (uint16_t)l->to->index,
		.from_port = l->from_port,
		.to_port = l->to_port,
		.record = record_index(t, l->record),
		.drops = drops_of(l),
		.wastes = wastes_of(l),
		.cap_items = l->cap_items,
		.buffer_items = l->buffer_items,
		.owned = l->owned,
		.has_time = l->has_time,
		.inner = l->inner,
		.instants = l->instants };
}

static void fill_edges(struct tables *t)
{
	for (size_t i = 0; i < t->b->n_order; i++) {
		const struct weir_build_node *n = t->b->order[i];

		for (size_t k = 0; k < n->n_outs; k++)
			fill_edge(t, n->outs[k]);
		if (n->error != NULL)
			fill_edge(t, n->error);
	}
}

static void fill_stage(struct tables *t, const struct weir_build_node *n)
{
	struct weir_stage_def *d = &t->stages[n->index];

	*d = (struct weir_stage_def){ .id = n->id,
		.stage = n->connector != NULL ? n->connector->id : NULL,
		.origin = n->origin,
		.type = n->type,
		.params = n->params,
		.program = n->program,
		.group = n->group,
		.first_in = t->n_inputs,
		.n_in = (uint16_t)n->n_ins,
		.first_out = t->n_outputs,
		.n_out = (uint16_t)n->n_outs,
		.error_edge = n->error != NULL ? n->error->index : WEIR_NO_EDGE,
		.instant_offset = n->instant_offset,
		.on_error = (uint8_t)n->on_error,
		.scope = (uint16_t)(n->scope != NULL ? n->scope->index + 1u : 0u) };
	for (size_t k = 0; k < n->n_ins; k++)
		t->inputs[t->n_inputs++] = n->ins[k]->index;
	for (size_t k = 0; k < n->n_outs; k++)
		t->outputs[t->n_outputs++] = n->outs[k]->index;
}

/* ---- what types have to say ---- */

void weir_build_place_of(
	const struct weir_build *b, const struct weir_build_node *n, struct weir_place *place)
{
	*place = (struct weir_place){ .params = n->params,
		.in = n->n_ins > 0 ? n->ins[0]->record : NULL,
		.out = n->n_outs > 0 ? n->outs[0]->record : NULL,
		.in_cap = n->n_ins > 0 ? n->ins[0]->cap_items : 0,
		.out_cap = n->n_outs > 0 ? n->outs[0]->cap_items : 0,
		.n_in = (uint16_t)n->n_ins,
		.n_out = (uint16_t)n->n_outs,
		.event_clock = b->clock == WEIR_CLOCK_EVENT };
}

/* Everything that a type may look at is there. */
static bool is_complete(const struct weir_build_node *n)
{
	bool source = (n->type->flags & WEIR_OP_SOURCE) != 0, sink = (n->type->flags & WEIR_OP_SINK) != 0;

	if (n->bad || (!source && (n->n_ins == 0 || n->in == NULL)) ||
		(!sink && (n->n_outs == 0 || n->out == NULL)))
		return false;
	return (n->in == NULL || weir_record_known(n->in)) && (n->out == NULL || weir_record_known(n->out));
}

/* A text that begins with the name of a parameter that was given is told of that one. */
static const char *param_of(struct weir_build *b, const struct weir_build_node *n, const char *why)
{
	size_t len = why != NULL && why[0] == '"' ? strcspn(why + 1, "\"") : 0;
	const char *name = len > 0 ? weir_pool_copy(&b->pool, why + 1, len) : NULL;

	return name != NULL && n->stage != NULL && weir_raw_text(n->stage, name) != NULL ? name : NULL;
}

void weir_build_check(struct weir_build *b)
{
	for (size_t i = 0; i < b->n_order; i++) {
		struct weir_build_node *n = b->order[i];
		struct weir_build_place where = { .stage = n->stage != NULL ? n->stage->index : -1 };
		const char *why = NULL;
		struct weir_place place;
		int64_t rc = 0;

		if (!is_complete(n))
			continue;
		for (size_t k = 0; k < n->n_outs; k++)
			n->outs[k]->cap_items =
				n->outs[k]->record != NULL ? span_cap(b, n, n->outs[k]->record) : 1;
		weir_build_place_of(b, n, &place);
		if (n->type->check != NULL)
			rc = n->type->check(&place, &why);
		if (rc >= 0 && n->type->state_size != NULL)
			rc = n->type->state_size(&place);
		if (rc < 0) {
			where.param = param_of(b, n, why);
			weir_build_tell(b, &where, "%s", why != NULL ? why : weir_strerror((int)rc));
		}
	}
}

void weir_build_plan(struct weir_build *b)
{
	struct tables t = { .b = b };

	if (b->n_links > UINT16_MAX - 1u) {
		weir_build_tell(b, &(struct weir_build_place){ .stage = -1 }, "more than 65534 edges");
		return;
	}
	t.records = weir_pool_get(&b->pool, (b->n_links + 1) * sizeof(const struct weir_record *));
	t.stages = weir_pool_get(&b->pool, b->n_order * sizeof *t.stages);
	t.edges = weir_pool_get(&b->pool, b->n_links * sizeof *t.edges);
	t.inputs = weir_pool_get(&b->pool, b->n_links * sizeof *t.inputs);
	t.outputs = weir_pool_get(&b->pool, b->n_links * sizeof *t.outputs);
	if (b->pool.failed)
		return;
	fill_edges(&t);
	for (size_t i = 0; i < b->n_order; i++)
		fill_stage(&t, b->order[i]);
	b->plan = (struct weir_plan){ .abi = WEIR_PLAN_ABI,
		.clock = (uint8_t)b->clock,
		.name = b->name,
		.records = t.records,
		.stages = t.stages,
		.edges = t.edges,
		.inputs = t.inputs,
		.outputs = t.outputs,
		.n_records = t.n_records,
		.n_stages = (uint16_t)b->n_order,
		.n_edges = t.n_edges,
		.max_barriers = MAX_BARRIERS };
	weir_plan_number(&b->plan, t.edges);
}
