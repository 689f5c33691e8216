/* SPDX-License-Identifier: MIT */
/*
 * live_other.c -- inputs that may be silent while others wait for them, and keys without bound.
 */
#include "liveness.h"

#include <string.h>

#include <weir/keys.h>

/* ---- silence ---- */

/* A stage that may make nothing for any time: such a source, or an inbox to which only errors or late items come. */
static bool is_silent(const struct weir_live *v, const struct weir_build_node *n)
{
	struct weir_flow flow;

	if (n->n_ins == 0) {
		weir_live_flow(v->b, n, 0, &flow);
		return flow.silent;
	}
	for (size_t i = 0; i < n->n_ins; i++)
		if (weir_live_takes_all(v, n->ins[i]))
			return v->flows[n->ins[i]->index].silent;
	return true;
}

/* A silent stage that the link is fed by, or NULL. One of several is enough: the others may have ended. */
static const struct weir_build_node *silent_above(struct weir_live *v, const struct weir_link *in)
{
	const struct weir_build_node **by =
		weir_pool_get(&v->b->pool, v->b->n_order * sizeof(const struct weir_build_node *));

	for (size_t i = 0; by != NULL && i <= in->from->index; i++) {
		const struct weir_build_node *n = v->b->order[i];

		if (is_silent(v, n))
			by[i] = n;
		for (size_t k = 0; by[i] == NULL && k < n->n_ins; k++)
			by[i] = by[n->ins[k]->from->index];
	}
	return by != NULL ? by[in->from->index] : NULL;
}

/* The first stage below the node that keeps its results until time has passed, or NULL. */
static const struct weir_build_node *waits_for_time(struct weir_live *v, const struct weir_build_node *n)
{
	bool *below = weir_pool_get(&v->b->pool, v->b->n_order * sizeof *below);

	if (below == NULL)
		return NULL;
	below[n->index] = true;
	for (size_t i = 0; i < v->n; i++) {
		if (!below[v->links[i]->from->index])
			continue;
		below[v->links[i]->to->index] = true;
		if (v->flows[i].needs_time)
			return v->links[i]->to;
	}
	return NULL;
}

static void judge(struct weir_live *v, const struct weir_link *in)
{
	const struct weir_flow *f = &v->flows[in->index];
	struct weir_build_place place = weir_live_place(v->b, in);
	const struct weir_build_node *silent, *late;

	if (v->told[in->index] || (f->in_step && f->waits) || (!f->waits && !f->holds_time))
		return;
	silent = silent_above(v, in);
	late = silent != NULL && !f->waits ? waits_for_time(v, in->to) : NULL;
	if (silent != NULL && f->waits)
		weir_build_warn(v->b, &place,
			"\"%s\" may be silent (%s), and this %s waits for it; give \"idle\", such as \"5s\"",
			weir_live_stream(in), silent->id, in->to->type->name);
	else if (late != NULL)
		weir_build_warn(v->b, &place,
			"\"%s\" may be silent (%s), and time waits for it: %s keeps its results; give "
			"\"idle\", "
			"such as \"5s\"",
			weir_live_stream(in), silent->id, late->id);
}

void weir_live_silent(struct weir_live *v)
{
	for (size_t i = 0; i < v->n && !v->b->pool.failed; i++)
		if (v->links[i]->to->n_ins > 1 && weir_live_takes_all(v, v->links[i]))
			judge(v, v->links[i]);
}

/* ---- keys ---- */

/* How many values a key can have; UINT64_MAX: more than any table has places for. */
static uint64_t values_of(const struct weir_key *key)
{
	uint64_t n = 1;

	for (uint16_t i = 0; i < key->n_fields; i++) {
		const struct weir_field *f = key->fields[i];
		size_t bytes = weir_kind_size((enum weir_kind)f->kind, f->text_max);

		if (f->kind == WEIR_TEXT || bytes > 2 || n > UINT32_MAX)
			return UINT64_MAX;
		n *= f->kind == WEIR_BOOL ? 2u : UINT64_C(1) << 8 * bytes;
	}
	return n;
}

/* The parameter as it is in force, UINT32_MAX where there is none; *given: the definition says so. */
static uint32_t number_of(struct weir_build_node *n, const char *param, bool *given)
{
	const struct weir_param *row = weir_param_find(n->type, param);
	uint32_t u32 = 0;

	*given = weir_raw_text(n->stage, param) != NULL;
	if (row == NULL || row->member == NULL)
		return UINT32_MAX;
	if (row->kind == WEIR_PARAM_ENUM)
		return *((const uint8_t *)n->params + row->offset);
	memcpy(&u32, (const unsigned char *)n->params + row->offset, sizeof u32);
	return u32;
}

static void judge_key(struct weir_build *b, struct weir_build_node *n, const struct weir_param *row)
{
	const struct weir_key *key =
		(const struct weir_key *)(const void *)((const unsigned char *)n->params + row->offset);
	struct weir_build_place place = { .stage = n->stage->index, .param = row->name };
	bool given, full_given;
	uint32_t most = number_of(n, "max_keys", &given), full = number_of(n, "keys_full", &full_given);

	if (key->n_fields == 0 || most == UINT32_MAX || given || full != WEIR_KEYS_FULL_ERROR ||
		n->on_error != WEIR_ON_ERROR_FAIL || values_of(key) <= most)
		return;
	weir_build_warn(b, &place,
		"the key can have more values than there are places (%u), and the next would end the stream; "
		"set "
		"\"max_keys\", or \"keys_full\" to \"evict_oldest\"",
		most);
}

void weir_live_keys(struct weir_build *b)
{
	for (size_t i = 0; i < b->n_order; i++) {
		struct weir_build_node *n = b->order[i];
		const struct weir_param *row = weir_param_of_kind(n->type, WEIR_PARAM_KEY);

		if (row != NULL && row->member != NULL && n->stage != NULL && n->params != NULL)
			judge_key(b, n, row);
	}
}
