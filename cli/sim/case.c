/* SPDX-License-Identifier: MIT */
/* case.c -- see case.h. */
#include <string.h>

#include "case.h"

#define TAKES_COUNT   true
#define TAKES_NOTHING false

const struct sim_action_info sim_action_infos[] = {
#define X(name, word, whom, takes) { word, SIM_WHOM_##whom, TAKES_##takes },
	SIM_ACTION_KINDS(X)
#undef X
};

struct sim_stream *sim_stream_add(struct sim_case *c, const char *name, const char *from)
{
	struct sim_stream *s;

	if (c->n_streams == SIM_STREAMS)
		return NULL;
	s = &c->streams[c->n_streams++];
	s->name = name;
	s->from = from;
	s->n_stages = 0;
	return s;
}

struct sim_stage *sim_stage_add(struct sim_stream *s, const struct weir_op_type *type)
{
	struct sim_stage *st;

	if (s == NULL || s->n_stages == SIM_STREAM_STAGES)
		return NULL;
	st = &s->stages[s->n_stages++];
	st->type = type;
	st->n_params = 0;
	st->on_error = WEIR_ON_ERROR_FAIL;
	st->error_to = NULL;
	st->actor = SIM_NOBODY;
	return st;
}

struct sim_stage *sim_actor_add(
	struct sim_stream *s, const struct weir_op_type *type, uint8_t actor, const char *record)
{
	static const char *const numbers[SIM_ACTORS] = { "0", "1", "2", "3", "4", "5", "6", "7" };
	static const char *const names[SIM_ACTORS] = { "p0", "p1", "p2", "p3", "p4", "p5", "p6", "p7" };
	bool port = (type->flags & WEIR_OP_PORT) != 0;
	struct sim_stage *st = sim_stage_add(s, type);

	if (st == NULL)
		return NULL;
	st->actor = actor;
	(void)sim_param_add(st, port ? "name" : "actor", NULL, port ? names[actor] : numbers[actor]);
	if (record != NULL)
		(void)sim_param_add(st, "record", NULL, record);
	return st;
}

struct sim_stream *sim_stream_named(struct sim_case *c, const char *name)
{
	for (uint8_t i = 0; i < c->n_streams; i++)
		if (strcmp(c->streams[i].name, name) == 0)
			return &c->streams[i];
	return NULL;
}

const struct sim_record *sim_record_named(const struct sim_case *c, const char *name)
{
	for (uint8_t i = 0; i < c->n_records; i++)
		if (strcmp(c->records[i].name, name) == 0)
			return &c->records[i];
	return NULL;
}

const char *sim_param_text(const struct sim_stage *s, const char *name)
{
	for (uint8_t i = 0; i < s->n_params; i++)
		if (s->params[i].entry == NULL && strcmp(s->params[i].name, name) == 0)
			return s->params[i].value;
	return NULL;
}

const struct weir_param *sim_param_row(const struct weir_op_type *type, const char *name)
{
	for (const struct weir_param *p = type->params; p != NULL && p->name != NULL; p++)
		if (strcmp(p->name, name) == 0)
			return p;
	return NULL;
}

const struct weir_param *sim_param_of_kind(const struct weir_op_type *type, enum weir_param_kind kind)
{
	for (const struct weir_param *p = type->params; p != NULL && p->name != NULL; p++)
		if (p->kind == kind)
			return p;
	return NULL;
}

bool sim_param_add(struct sim_stage *s, const char *name, const char *entry, const char *value)
{
	if (s->n_params == SIM_STAGE_PARAMS)
		return false;
	s->params[s->n_params++] = (struct sim_param){ .name = name, .entry = entry, .value = value };
	return true;
}

bool sim_is_inbox(const struct weir_op_type *type)
{
	return type->max_in > 1 && (type->flags & WEIR_OP_COMBINER) == 0;
}

bool sim_is_open(const struct sim_stream *s)
{
	return s->n_stages == 0 || (s->stages[s->n_stages - 1].type->flags & WEIR_OP_SINK) == 0;
}

/* ---- tidying ---- */

/* The row that names the streams a stage takes or starts, or NULL. */
static const char *streams_param(const struct sim_stage *s)
{
	const struct weir_param *row = sim_param_of_kind(s->type, WEIR_PARAM_STREAMS);

	if (row == NULL)
		row = sim_param_of_kind(s->type, WEIR_PARAM_INNER);
	return row != NULL ? row->name : NULL;
}

static bool names(const struct sim_param *p, const char *param, const char *value)
{
	return strcmp(p->name, param) == 0 && strcmp(p->value, value) == 0;
}

static bool takes(const struct sim_stage *st, const char *name)
{
	const char *param = streams_param(st);

	for (uint8_t k = 0; param != NULL && k < st->n_params; k++)
		if (names(&st->params[k], param, name))
			return true;
	return false;
}

static bool is_drawn(const struct sim_case *c, const char *name)
{
	for (uint8_t i = 0; i < c->n_streams; i++) {
		const struct sim_stream *s = &c->streams[i];

		if (s->from != NULL && strcmp(s->from, name) == 0)
			return true;
		for (uint8_t k = 0; k < s->n_stages; k++)
			if (takes(&s->stages[k], name))
				return true;
	}
	return false;
}

static bool is_late_to(const struct sim_stage *s, const struct sim_param *p, const char *name)
{
	const struct weir_param *row = sim_param_of_kind(s->type, WEIR_PARAM_LATE);

	return row != NULL && strcmp(p->name, row->name) == 0 && strncmp(p->value, "to:", 3) == 0 &&
	       strcmp(p->value + 3, name) == 0;
}

static bool sends_to(const struct sim_stage *s, const char *name)
{
	if (s->on_error == WEIR_ON_ERROR_TO && strcmp(s->error_to, name) == 0)
		return true;
	for (uint8_t k = 0; k < s->n_params; k++)
		if (is_late_to(s, &s->params[k], name))
			return true;
	return false;
}

static bool is_sent_to(const struct sim_case *c, const char *name)
{
	for (uint8_t i = 0; i < c->n_streams; i++)
		for (uint8_t k = 0; k < c->streams[i].n_stages; k++)
			if (sends_to(&c->streams[i].stages[k], name))
				return true;
	return false;
}

static void forget_in_stage(struct sim_stage *s, const char *name)
{
	const char *param = streams_param(s);

	if (s->on_error == WEIR_ON_ERROR_TO && strcmp(s->error_to, name) == 0)
		s->on_error = WEIR_ON_ERROR_DROP;
	for (uint8_t k = 0; k < s->n_params;) {
		if ((param != NULL && names(&s->params[k], param, name)) ||
			is_late_to(s, &s->params[k], name)) {
			memmove(&s->params[k], &s->params[k + 1],
				(s->n_params - k - 1u) * sizeof s->params[0]);
			s->n_params--;
		} else {
			k++;
		}
	}
}

static void remove_stream(struct sim_case *c, uint8_t at)
{
	const char *name = c->streams[at].name;

	memmove(&c->streams[at], &c->streams[at + 1], (c->n_streams - at - 1u) * sizeof c->streams[0]);
	c->n_streams--;
	for (uint8_t i = 0; i < c->n_streams; i++)
		for (uint8_t k = 0; k < c->streams[i].n_stages; k++)
			forget_in_stage(&c->streams[i].stages[k], name);
}

static bool hangs(struct sim_case *c, const struct sim_stream *s)
{
	const struct sim_stage *first = s->n_stages > 0 ? &s->stages[0] : NULL;
	bool joins = first != NULL && sim_param_of_kind(first->type, WEIR_PARAM_STREAMS) != NULL;

	if (sim_is_open(s) && !is_drawn(c, s->name))
		return true;
	if (s->from != NULL)
		return sim_stream_named(c, s->from) == NULL;
	if (first == NULL)
		return true;
	if (sim_is_inbox(first->type))
		return !is_sent_to(c, s->name);
	if (joins)
		return sim_param_text(first, streams_param(first)) == NULL;
	return (first->type->flags & WEIR_OP_SOURCE) == 0;
}

void sim_case_tidy(struct sim_case *c)
{
	for (uint8_t i = 0; i < c->n_streams;) {
		if (hangs(c, &c->streams[i])) {
			remove_stream(c, i);
			i = 0;
		} else {
			i++;
		}
	}
}
