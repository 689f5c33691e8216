/* SPDX-License-Identifier: MIT */
/* types.c -- see types.h. */
#include <string.h>

#include <weir/operators.h>

#include "draw.h"
#include "make.h"
#include "world.h"

#define TRIES 6u

/* ---- roles ---- */

static bool is_bytes(const struct weir_record *r)
{
	return r == &weir_bytes_record;
}

static uint8_t role_of(const struct weir_op_type *type)
{
	if ((type->flags & WEIR_OP_PORT) != 0)
		return (type->flags & WEIR_OP_SOURCE) != 0 ? SIM_ROLE_INPUT : SIM_ROLE_OUTPUT;
	if ((type->flags & WEIR_OP_SCOPE_ITEM) != 0)
		return SIM_ROLE_ITEM;
	if ((type->flags & WEIR_OP_COMBINER) != 0)
		return SIM_ROLE_COMBINER;
	if (sim_param_of_kind(type, WEIR_PARAM_INNER) != NULL)
		return SIM_ROLE_LINEAR;
	if (sim_is_inbox(type))
		return SIM_ROLE_INBOX;
	if ((type->flags & WEIR_OP_INTERNAL) == 0)
		return SIM_ROLE_LINEAR;
	if (is_bytes(type->out))
		return SIM_ROLE_ENCODER;
	return sim_param_of_kind(type, WEIR_PARAM_RECORD) != NULL ? SIM_ROLE_DECODER : SIM_ROLE_TEE;
}

struct sim_type *sim_type_of(struct sim_types *t, const struct weir_op_type *type)
{
	for (uint32_t i = 0; i < t->n; i++)
		if (t->list[i].type == type)
			return &t->list[i];
	return NULL;
}

struct sim_type *sim_type_named(struct sim_types *t, const char *name)
{
	for (uint32_t i = 0; i < t->n; i++)
		if (strcmp(t->list[i].type->name, name) == 0)
			return &t->list[i];
	return NULL;
}

/* The other half: X_decode for X_encode. */
static void find_pairs(struct sim_types *t)
{
	for (uint32_t i = 0; i < t->n; i++)
		for (uint32_t k = 0; k < t->n; k++) {
			const char *a = t->list[i].type->name, *b = t->list[k].type->name;
			size_t stem = strcspn(a, "_");

			if (t->list[i].role == SIM_ROLE_ENCODER && t->list[k].role == SIM_ROLE_DECODER &&
				strncmp(a, b, stem) == 0 && b[stem] == '_')
				t->list[i].pair = (uint8_t)k;
		}
}

/* ---- what a type takes ---- */

struct probing {
	struct sim_types *types;
	struct sim_pool pool;
	struct sim_random random;
	struct sim_made made;
	struct sim_case c;
};

static struct sim_stream *source(struct probing *p, const char *name, uint8_t actor)
{
	struct sim_stream *s = sim_stream_add(&p->c, name, NULL);

	(void)sim_actor_add(s, &sim_source_type, actor, p->c.records[0].name);
	return s;
}

static void sink(struct sim_stream *s, uint8_t actor)
{
	(void)sim_actor_add(s, &sim_sink_type, actor, NULL);
}

/* The stage where it can stand, between those it needs. */
static void place_inbox(struct probing *p, const struct sim_stage *st)
{
	struct sim_stream *a = source(p, "a", 0), *b;

	a->stages[0].on_error = WEIR_ON_ERROR_TO;
	a->stages[0].error_to = "b";
	sink(a, 0);
	b = sim_stream_add(&p->c, "b", NULL);
	*sim_stage_add(b, st->type) = *st;
	sink(b, 1);
}

static void place_combiner(struct probing *p, const struct sim_stage *st)
{
	const struct weir_param *row = sim_param_of_kind(st->type, WEIR_PARAM_STREAMS);
	struct sim_stream *m;
	struct sim_stage *at;

	(void)source(p, "a", 0);
	(void)source(p, "b", 1);
	m = sim_stream_add(&p->c, "m", NULL);
	at = sim_stage_add(m, st->type);
	*at = *st;
	(void)sim_param_add(at, row != NULL ? row->name : "streams", NULL, "a");
	(void)sim_param_add(at, row != NULL ? row->name : "streams", NULL, "b");
	sink(m, 0);
}

static void place_decoder(struct probing *p, const struct sim_stage *st)
{
	struct sim_stream *a = source(p, "a", 0);
	size_t stem = strcspn(st->type->name, "_");
	const struct sim_type *encoder = NULL;

	for (uint32_t i = 0; i < p->types->n; i++)
		if (p->types->list[i].role == SIM_ROLE_ENCODER &&
			strncmp(p->types->list[i].type->name, st->type->name, stem) == 0)
			encoder = &p->types->list[i];
	if (encoder == NULL)
		return;
	(void)sim_stage_add(a, encoder->type);
	*sim_stage_add(a, st->type) = *st;
	(void)sim_param_add(&a->stages[2], "record", NULL, p->c.records[0].name);
	sink(a, 0);
}

static const struct weir_op_type *type_with(const struct probing *p, enum weir_param_kind kind)
{
	for (uint32_t i = 0; i < p->types->n; i++)
		if (sim_param_of_kind(p->types->list[i].type, kind) != NULL)
			return p->types->list[i].type;
	return NULL;
}

static const struct weir_op_type *type_of_role(const struct probing *p, enum sim_role role)
{
	for (uint32_t i = 0; i < p->types->n; i++)
		if (p->types->list[i].role == role)
			return p->types->list[i].type;
	return NULL;
}

/* A stage that starts a stream for every item, or the first one of such a stream. */
static void place_inner(struct probing *p, const struct sim_stage *st, uint8_t role)
{
	const struct weir_op_type *outer = role == SIM_ROLE_ITEM ? type_with(p, WEIR_PARAM_INNER) : st->type;
	const struct weir_op_type *item = role == SIM_ROLE_ITEM ? st->type : type_of_role(p, SIM_ROLE_ITEM);
	const struct weir_param *row = outer != NULL ? sim_param_of_kind(outer, WEIR_PARAM_INNER) : NULL;
	const struct weir_param *slots = outer != NULL ? sim_param_of_kind(outer, WEIR_PARAM_SLOTS) : NULL;
	struct sim_stream *a, *i;

	if (row == NULL || item == NULL)
		return;
	a = source(p, "a", 0);
	i = sim_stream_add(&p->c, "i", NULL);
	*sim_stage_add(a, outer) =
		role == SIM_ROLE_ITEM ? (struct sim_stage){ .type = outer, .actor = SIM_NOBODY } : *st;
	(void)sim_param_add(&a->stages[1], row->name, NULL, "i");
	if (role == SIM_ROLE_ITEM && slots != NULL)
		(void)sim_param_add(&a->stages[1], slots->name, NULL, "2");
	sink(a, 0);
	(void)sim_stage_add(i, item);
	(void)sim_param_add(&i->stages[0], "record", NULL, p->c.records[0].name);
}

static void place(struct probing *p, const struct sim_stage *st, uint8_t role)
{
	struct sim_stream *a;

	p->c.n_streams = 0;
	if (role == SIM_ROLE_ITEM || sim_param_of_kind(st->type, WEIR_PARAM_INNER) != NULL) {
		place_inner(p, st, role);
		return;
	}
	switch ((enum sim_role)role) {
	case SIM_ROLE_INBOX:
		place_inbox(p, st);
		return;
	case SIM_ROLE_COMBINER:
		place_combiner(p, st);
		return;
	case SIM_ROLE_DECODER:
		place_decoder(p, st);
		return;
	case SIM_ROLE_INPUT:
		a = sim_stream_add(&p->c, "a", NULL);
		*sim_stage_add(a, st->type) = *st;
		(void)sim_param_add(&a->stages[0], "name", NULL, "p");
		(void)sim_param_add(&a->stages[0], "record", NULL, p->c.records[0].name);
		sink(a, 0);
		return;
	default:
		a = source(p, "a", 0);
		*sim_stage_add(a, st->type) = *st;
		if (role == SIM_ROLE_OUTPUT)
			(void)sim_param_add(&a->stages[1], "name", NULL, "p");
		else
			sink(a, 0);
		return;
	}
}

/* Whether the builder takes the type with these optional parameters, in one of several draws. */
static bool is_taken(struct probing *p, const struct sim_type *t, uint32_t rows)
{
	struct sim_scribe scribe = { .random = &p->random, .pool = &p->pool };
	struct sim_record joint;
	bool taken = false, joins = (t->type->flags & WEIR_OP_JOINS) != 0;

	for (uint32_t i = 0; i < TRIES && !taken; i++) {
		struct sim_record out;
		struct sim_stage st;

		sim_pool_reset(&p->pool);
		p->c.clock = (uint8_t)(i % 2 == 0 ? WEIR_CLOCK_EVENT : WEIR_CLOCK_MONOTONIC);
		p->c.records[0] = sim_source_records[i % SIM_SOURCE_RECORDS];
		p->c.n_records = 1;
		joint = (struct sim_record){ .name = "joint" };
		sim_draw_joint(&p->pool, &joint, &p->c.records[0], "a");
		sim_draw_joint(&p->pool, &joint, &p->c.records[0], "b");
		scribe.record = joins ? &joint : &p->c.records[0];
		if (!sim_draw_stage(&scribe, t->type, rows, true, &st, &out))
			continue;
		place(p, &st, t->role);
		taken = p->c.n_streams > 0 && sim_make(&p->made, &p->c, p->types->own) == WEIR_OK;
		sim_unmake(&p->made);
	}
	return taken;
}

static uint32_t optional_rows(const struct weir_op_type *type)
{
	uint32_t rows = 0;

	for (uint32_t i = 0; type->params != NULL && type->params[i].name != NULL && i < 32; i++) {
		const struct weir_param *row = &type->params[i];

		if ((row->flags & WEIR_PARAM_REQUIRED) == 0 && row->kind != WEIR_PARAM_LATE &&
			row->kind != WEIR_PARAM_RECORD && row->kind != WEIR_PARAM_STREAMS &&
			row->kind != WEIR_PARAM_INNER && row->kind != WEIR_PARAM_FORMAT &&
			row->kind != WEIR_PARAM_TIME_FIELD)
			rows |= 1u << i;
	}
	return rows;
}

/* Which other rows may be given beside those of `needed`, each by itself. */
static void add_set(struct probing *p, struct sim_type *t, uint32_t needed, uint32_t rows)
{
	struct sim_set set = { .needed = needed };

	if (t->n_sets == SIM_TYPE_SETS)
		return;
	for (uint32_t i = 0; i < 32; i++)
		if ((rows & ~needed & 1u << i) != 0 && is_taken(p, t, needed | 1u << i))
			set.more |= 1u << i;
	t->sets[t->n_sets++] = set;
}

/* The row that may be needed beside another one; 0: there is none. */
static uint32_t every_row(const struct weir_op_type *type)
{
	for (uint32_t i = 0; type->params != NULL && type->params[i].name != NULL && i < 32; i++)
		if (type->params[i].kind == WEIR_PARAM_EVERY)
			return 1u << i;
	return 0;
}

static void find_sets(struct probing *p, struct sim_type *t)
{
	uint32_t rows = optional_rows(t->type);

	if (t->role == SIM_ROLE_TEE) {
		t->n_sets = strcmp(t->type->name, "tee") == 0;
		return;
	}
	if (is_taken(p, t, 0)) {
		add_set(p, t, 0, rows);
		return;
	}
	for (uint32_t i = 0; i < 32; i++) { /* one of them is needed after all */
		uint32_t with = 1u << i | every_row(t->type);

		if ((rows & 1u << i) != 0 && is_taken(p, t, 1u << i))
			add_set(p, t, 1u << i, rows);
		else if ((rows & 1u << i) != 0 && with != 1u << i && is_taken(p, t, with))
			add_set(p, t, with, rows);
	}
}

/* ---- the list ---- */

static bool names(const char *list, const char *name)
{
	size_t len = strlen(name);

	for (; list != NULL && *list != '\0'; list += strcspn(list, ",") + (list[strcspn(list, ",")] == ','))
		if (strncmp(list, name, len) == 0 && (list[len] == ',' || list[len] == '\0'))
			return true;
	return false;
}

static void add(struct sim_types *t, const struct weir_op_type *type, const char *only)
{
	if (t->n == SIM_TYPES || sim_type_named(t, type->name) != NULL ||
		(only != NULL && !names(only, type->name)))
		return;
	t->list[t->n++] = (struct sim_type){ .type = type, .role = role_of(type) };
}

static const char *first_unknown(struct sim_types *t, const char *only)
{
	char name[64];

	while (only != NULL && *only != '\0') {
		size_t len = strcspn(only, ",");

		if (len == 0 || len >= sizeof name)
			return only;
		memcpy(name, only, len);
		name[len] = '\0';
		if (sim_type_named(t, name) == NULL)
			return only;
		only += len + (only[len] == ',');
	}
	return NULL;
}

int sim_types_init(
	struct sim_types *t, const struct weir_op_type *const *own, const char *only, const char **bad)
{
	struct probing p = { .types = t };
	size_t n = 0;

	memset(t, 0, sizeof *t);
	for (; own != NULL && own[n] != NULL && n < SIM_TYPES; n++) {
		t->names[n] = own[n];
		add(t, own[n], only);
	}
	for (size_t i = 0; sim_actor_types[i] != NULL; i++)
		t->names[n + i] = sim_actor_types[i];
	t->own = t->names;
	for (size_t i = 0; weir_operator_types[i] != NULL; i++)
		add(t, weir_operator_types[i], only);
	*bad = first_unknown(t, only);
	if (*bad != NULL)
		return WEIR_ENOENT;
	find_pairs(t);
	p.c.span_bytes = 512;
	p.c.span_items = 16;
	sim_random_init(&p.random, 1);
	for (uint32_t i = 0; i < t->n; i++)
		find_sets(&p, &t->list[i]);
	sim_pool_free(&p.pool);
	sim_made_fini(&p.made);
	return WEIR_OK;
}
