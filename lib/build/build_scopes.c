/* SPDX-License-Identifier: MIT */
/*
 * build_scopes.c -- scopes: the stages that feed one input alone, which the stage behind it starts and ends.
 *
 * A stream that items start (INNER) is made once per slot: the first slot is the stream as it was given, the others are
 * copies of it, and of the streams that are started inside it. What the stages of a copy have to complain about was
 * told of the first. Then, once the graph is ordered, every input that is a scope claims what leads to it.
 */
#include "build_private.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#define STREAMS_MOST 4096u /* copies included */

/* ---- streams in several slots ---- */

static struct weir_raw_stage *copy_stage(
	struct weir_build *b, struct weir_stream *to, const struct weir_raw_stage *from, unsigned slot)
{
	struct weir_raw_stage *s = weir_pool_get(&b->pool, sizeof *s);

	if (s == NULL)
		return NULL;
	*s = *from;
	s->index = WEIR_STAGE_COPY;
	s->stream = to;
	s->inner = NULL;
	s->n_inner = 0;
	if (from->id != NULL)
		s->id = weir_pool_format(&b->pool, "%s#%u", from->id, slot);
	return s;
}

static struct weir_stream *copy_stream(struct weir_build *b, const struct weir_stream *from, unsigned slot)
{
	struct weir_stream *s = weir_pool_get(&b->pool, sizeof *s);
	struct weir_stream **grown = weir_pool_grow(
		&b->pool, b->streams, sizeof(struct weir_stream *), &b->cap_streams, b->n_streams + 1);

	if (s == NULL || grown == NULL)
		return NULL;
	s->stages = weir_pool_get(&b->pool, from->n_stages * sizeof(struct weir_raw_stage *));
	s->name = weir_pool_format(&b->pool, "%s#%u", from->name, slot);
	if (s->stages == NULL || s->name == NULL)
		return NULL;
	s->is_copy = true;
	s->n_stages = s->cap_stages = from->n_stages;
	for (size_t k = 0; k < s->n_stages; k++)
		s->stages[k] = copy_stage(b, s, from->stages[k], slot);
	b->streams = grown;
	b->streams[b->n_streams++] = s;
	return b->pool.failed ? NULL : s;
}

/* Slots as the parameter says, 1 where that is no number: its fault is told with the other parameters'. */
static unsigned slots_of(struct weir_raw_stage *stage)
{
	const struct weir_param *row = weir_param_of_kind(stage->type, WEIR_PARAM_SLOTS);
	const char *text = row != NULL ? weir_raw_text(stage, row->name) : NULL;
	unsigned long n = text != NULL ? strtoul(text, NULL, 10) : 1;

	return row != NULL && n >= row->min && n <= row->max ? (unsigned)n : 1;
}

/* The parameter of a stage that names the stream its items start, or NULL. */
static const struct weir_param *inner_row(const struct weir_raw_stage *stage)
{
	return stage->type != NULL ? weir_param_of_kind(stage->type, WEIR_PARAM_INNER) : NULL;
}

/* The stream that a stage's items start, as it was given; NULL: none, or none of that name. */
static struct weir_stream *original_of(const struct weir_build *b, struct weir_raw_stage *stage)
{
	const struct weir_param *row = inner_row(stage);
	const char *name = row != NULL ? weir_raw_text(stage, row->name) : NULL;

	return name != NULL ? weir_build_find_stream(b, name) : NULL;
}

/* Whether all streams that are started inside it are known to come to an end. */
static bool ends_inside(const struct weir_build *b, const struct weir_stream *s)
{
	for (size_t k = 0; k < s->n_stages; k++) {
		const struct weir_stream *inner = original_of(b, s->stages[k]);

		if (inner != NULL && !inner->settled)
			return false;
	}
	return true;
}

/* Whether a stream starts itself, however far inside. */
static bool is_endless(struct weir_build *b)
{
	size_t settled = 0, before;

	do {
		before = settled;
		for (size_t i = 0; i < b->n_streams; i++)
			if (!b->streams[i]->settled && ends_inside(b, b->streams[i])) {
				b->streams[i]->settled = true;
				settled++;
			}
	} while (settled > before);
	return settled < b->n_streams;
}

/* Give a stage the streams its items start, at most so many. False: too many, or no memory. */
static bool expand(struct weir_build *b, struct weir_raw_stage *stage, unsigned most)
{
	const struct weir_param *row = inner_row(stage);
	const struct weir_stream *original = original_of(b, stage);
	unsigned slots, made = 0;

	if (original == NULL)
		return true; /* told when it is drawn from */
	slots = slots_of(stage);
	slots = slots < most ? slots : most;
	if (b->n_streams + slots > STREAMS_MOST) {
		int place = stage->index == WEIR_STAGE_COPY ? -1 : stage->index;

		weir_build_tell(b, &(struct weir_build_place){ .stage = place, .param = row->name },
			"streams inside streams come to more than %u; give them fewer slots", STREAMS_MOST);
		return false;
	}
	stage->inner = weir_pool_get(&b->pool, slots * sizeof *stage->inner);
	if (stage->inner == NULL)
		return false;
	if (stage->index != WEIR_STAGE_COPY)
		stage->inner[made++] = original->name;
	for (; made < slots; made++) {
		const struct weir_stream *copy = copy_stream(b, original, ++b->copies);

		if (copy == NULL)
			return false;
		stage->inner[made] = copy->name;
	}
	stage->n_inner = made;
	return true;
}

bool weir_build_inner(struct weir_build *b)
{
	unsigned most = is_endless(b) ? 1 : UINT_MAX; /* that one is told of when the graph is ordered */

	for (size_t i = 0; i < b->n_streams; i++) /* grows by copies, which are looked at in their turn */
		for (size_t k = 0; k < b->streams[i]->n_stages; k++)
			if (!expand(b, b->streams[i]->stages[k], most))
				return false;
	return true;
}

/* ---- who stands in which ---- */

static const char *name_of(const struct weir_build_node *n)
{
	return n->stage != NULL && n->stage->stream != NULL ? n->stage->stream->name : n->id;
}

/* What is in the scope must lead nowhere else, and must be able to start again. */
static void check_member(struct weir_build *b, const struct weir_build_node *ruler,
	const struct weir_link *way_out, const struct weir_build_node *n, const bool *in_scope)
{
	struct weir_build_place place = { .stage = ruler->stage->index };

	if ((n->type->flags & WEIR_OP_PORT) != 0)
		weir_build_tell(b, &place,
			"\"%s\" starts what comes before it; port \"%s\" cannot be started again",
			ruler->type->name, n->id);
	for (size_t k = 0; k < n->n_outs; k++) {
		const struct weir_link *l = n->outs[k];

		if (l == way_out || in_scope[l->to->index])
			continue;
		weir_build_tell(b, &place,
			"\"%s\" starts what comes before it, so that must feed it alone; \"%s\" feeds \"%s\" "
			"too",
			ruler->type->name, name_of(n), name_of(l->to));
		return;
	}
}

/* Whether a link leads into a scope from a stage that stays outside. */
static bool is_fed_from_outside(const struct weir_link *in)
{
	return in->from->type->feeds_scopes;
}

/* Claim all that leads to an input, up to what stays outside. `in_scope`: one flag a node, in order. */
static void claim(
	struct weir_build *b, const struct weir_build_node *ruler, struct weir_link *way_out, bool *in_scope)
{
	if (is_fed_from_outside(way_out)) {
		weir_build_tell(b, &(struct weir_build_place){ .stage = ruler->stage->index },
			"\"%s\" starts what comes before it, and \"%s\" stays; put a stage between them",
			ruler->type->name, way_out->from->type->name);
		return;
	}
	memset(in_scope, 0, b->n_order * sizeof *in_scope);
	in_scope[way_out->from->index] = true;
	for (size_t i = way_out->from->index + 1u; i-- > 0;)
		for (size_t k = 0; in_scope[i] && k < b->order[i]->n_ins; k++)
			if (!is_fed_from_outside(b->order[i]->ins[k]))
				in_scope[b->order[i]->ins[k]->from->index] = true;
	for (size_t i = 0; i <= way_out->from->index; i++) {
		if (!in_scope[i])
			continue;
		b->order[i]->scope = way_out; /* an inner ruler claims its own after this */
		check_member(b, ruler, way_out, b->order[i], in_scope);
	}
}

/* What stays outside feeds streams that items start, and no others: one that is tried again would fail at what is kept again. */
static void check_feeders(struct weir_build *b, const struct weir_build_node *n)
{
	for (size_t k = 0; k < n->n_ins; k++) {
		const struct weir_build_node *from = n->ins[k]->from, *ruler = n;

		if (!is_fed_from_outside(n->ins[k]))
			continue;
		while (ruler->scope != NULL) {
			ruler = ruler->scope->to;
			if (weir_param_of_kind(ruler->type, WEIR_PARAM_INNER) != NULL)
				continue;
			weir_build_tell(b, &(struct weir_build_place){ .stage = ruler->stage->index },
				"\"%s\" starts \"%s\", which draws from \"%s\"; only what items start may",
				ruler->type->name, name_of(n), from->id);
			return;
		}
	}
}

/* The stage whose items a SCOPE_ITEM source gives; NULL: there is none. */
static const struct weir_build_node *giver(const struct weir_build_node *n)
{
	while (n->scope != NULL && weir_param_of_kind(n->scope->to->type, WEIR_PARAM_INNER) == NULL)
		n = n->scope->to;
	return n->scope != NULL ? n->scope->to : NULL;
}

static void check_giver(struct weir_build *b, const struct weir_build_node *n)
{
	const struct weir_build_node *from = giver(n);
	struct weir_build_place place = { .stage = n->stage->index };

	if (from == NULL)
		weir_build_tell(b, &place,
			"\"%s\" starts only a stream that items start; name its stream in a \"flat_map\" or "
			"\"switch\"",
			n->type->name);
	else if (from->in != NULL && n->out != NULL && !weir_record_same(from->in, n->out))
		weir_build_tell(b, &place, "\"%s\" is of another record than the items that \"%s\" gets",
			n->type->name, from->id);
}

void weir_build_scopes(struct weir_build *b)
{
	bool *in_scope = weir_pool_get(&b->pool, b->n_order * sizeof *in_scope);

	if (in_scope == NULL || b->n_order < b->n_nodes)
		return;
	for (size_t i = b->n_order; i-- > 0;) {
		struct weir_build_node *n = b->order[i];

		if ((n->type->flags & WEIR_OP_SCOPES) == 0)
			continue;
		for (size_t p = n->type->first_scope; p < n->n_ins; p++)
			claim(b, n, n->ins[p], in_scope);
	}
	for (size_t i = 0; i < b->n_order; i++) {
		if ((b->order[i]->type->flags & WEIR_OP_SCOPE_ITEM) != 0)
			check_giver(b, b->order[i]);
		check_feeders(b, b->order[i]);
	}
}
