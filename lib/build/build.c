/* SPDX-License-Identifier: MIT */
/*
 * build.c -- the builder's calls: they write down what is asked for; weir_build_finish makes sense of it.
 */
#include "build_private.h"
#include "fuse.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <weir/connectors.h>
#include <weir/operators.h>

#define SPAN_BYTES_DEFAULT 16384u
#define SPAN_ITEMS_DEFAULT 2048u

static void tell(struct weir_build *b, weir_build_fault_fn *to, const struct weir_build_place *place,
	const char *format, va_list args)
{
	char message[512];

	(void)vsnprintf(message, sizeof message, format, args);
	if (to != NULL)
		to(b->options.fault_arg, place, message);
}

void weir_build_tell(struct weir_build *b, const struct weir_build_place *place, const char *format, ...)
{
	va_list args;

	if (place->stage == WEIR_STAGE_COPY)
		return;
	b->n_faults++;
	va_start(args, format);
	tell(b, b->options.fault, place, format, args);
	va_end(args);
}

void weir_build_warn(struct weir_build *b, const struct weir_build_place *place, const char *format, ...)
{
	va_list args;

	if (place->stage == WEIR_STAGE_COPY)
		return;
	b->n_faults += b->options.strict;
	va_start(args, format);
	tell(b, b->options.strict ? b->options.fault : b->options.warning, place, format, args);
	va_end(args);
}

struct weir_build *weir_build_open(
	const char *name, enum weir_clock clock, const struct weir_build_options *options)
{
	struct weir_build *b = calloc(1, sizeof *b);

	if (b == NULL)
		return NULL;
	if (options != NULL)
		b->options = *options;
	if (b->options.span_bytes == 0)
		b->options.span_bytes = SPAN_BYTES_DEFAULT;
	if (b->options.span_items_max == 0)
		b->options.span_items_max = SPAN_ITEMS_DEFAULT;
	b->clock = clock;
	b->name = weir_pool_text(&b->pool, name != NULL ? name : "pipeline");
	if (b->name == NULL) {
		weir_build_close(b);
		return NULL;
	}
	return b;
}

void weir_build_close(struct weir_build *b)
{
	if (b == NULL)
		return;
	for (size_t i = 0; i < b->n_nodes; i++)
		weir_fuse_free(b->nodes[i]->fused);
	weir_pool_free(&b->pool);
	free(b);
}

/* ---- types ---- */

void weir_build_each_type(
	const struct weir_build *b, bool (*visit)(void *arg, const struct weir_op_type *type), void *arg)
{
	const struct weir_op_type *const *lists[] = { b->options.types, weir_operator_types,
		weir_operator_forms, weir_connector_types };

	for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++)
		for (const struct weir_op_type *const *t = lists[i]; t != NULL && *t != NULL; t++)
			if (!visit(arg, *t))
				return;
}

struct search {
	const char *name;
	bool first, internal;
	const struct weir_op_type *fits, *other;
};

static bool look(void *arg, const struct weir_op_type *type)
{
	struct search *s = arg;
	bool internal = (type->flags & WEIR_OP_INTERNAL) != 0, starts = (type->flags & WEIR_OP_SOURCE) != 0;

	if (internal != s->internal || strcmp(type->name, s->name) != 0)
		return true;
	if (starts == s->first || internal) {
		s->fits = type;
		return false;
	}
	if (s->other == NULL)
		s->other = type;
	return true;
}

const struct weir_op_type *weir_build_type(const struct weir_build *b, const char *name, bool first)
{
	struct search s = { .name = name, .first = first };

	weir_build_each_type(b, look, &s);
	return s.fits != NULL ? s.fits : s.other;
}

const struct weir_op_type *weir_build_internal_type(const struct weir_build *b, const char *name)
{
	struct search s = { .name = name, .internal = true };

	weir_build_each_type(b, look, &s);
	return s.fits;
}

/* ---- records ---- */

static int bad_record(struct weir_build *b, const char *name, const char *field, int code, const char *why)
{
	struct weir_build_place place = {
		.stage = -1, .param = name, .entry = field, .at_key = field != NULL
	};

	weir_build_tell(b, &place, "record \"%s\": %s%s%s%s", name, field != NULL ? "field \"" : "",
		field != NULL ? field : "", field != NULL ? "\" " : "", why);
	return code;
}

static int copy_fields(struct weir_build *b, const char *name, struct weir_field *to,
	const struct weir_field *from, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		for (size_t k = 0; k < i; k++)
			if (strcmp(from[k].name, from[i].name) == 0)
				return bad_record(b, name, from[i].name, WEIR_EINVAL, "is declared twice");
		to[i] = from[i];
		to[i].name = weir_pool_text(&b->pool, from[i].name);
		if (from[i].from != NULL)
			to[i].from = weir_pool_text(&b->pool, from[i].from);
		if (from[i].kind == WEIR_TEXT && from[i].dflt.text != NULL)
			to[i].dflt.text = weir_pool_text(&b->pool, from[i].dflt.text);
		b->incomplete = b->incomplete || from[i].kind >= WEIR_KINDS;
	}
	return WEIR_OK;
}

static int lay_record(struct weir_build *b, const char *name, const struct weir_field *fields,
	size_t n_fields, const struct weir_record **out)
{
	struct weir_record *r = weir_pool_get(&b->pool, sizeof *r);
	struct weir_field *copy = weir_pool_get(&b->pool, n_fields * sizeof *copy);
	int size;

	if (r == NULL || copy == NULL)
		return WEIR_ENOMEM;
	if (n_fields > UINT16_MAX)
		return bad_record(b, name, NULL, WEIR_ERANGE, "has more than 65535 fields");
	size = copy_fields(b, name, copy, fields, n_fields);
	if (size < 0)
		return size;
	size = weir_record_layout(copy, n_fields);
	if (size < 0)
		return bad_record(b, name, NULL, size, "is larger than 65535 bytes");
	*r = (struct weir_record){
		.name = name, .fields = copy, .n_fields = (uint16_t)n_fields, .size = (uint16_t)size
	};
	*out = r;
	return WEIR_OK;
}

/* Without fields: a name whose declaration has faults that were told. */
int weir_build_record(
	struct weir_build *b, const char *name, const struct weir_field *fields, size_t n_fields)
{
	struct weir_known_record *grown;
	struct weir_known_record known = { .name = weir_pool_text(&b->pool, name) };
	int rc = WEIR_OK;

	for (size_t i = 0; i < b->n_records; i++)
		if (strcmp(b->records[i].name, name) == 0)
			return bad_record(b, name, NULL, WEIR_EINVAL, "is declared twice");
	grown = weir_pool_grow(&b->pool, b->records, sizeof *b->records, &b->cap_records, b->n_records + 1);
	if (grown == NULL || known.name == NULL)
		return WEIR_ENOMEM;
	b->records = grown;
	if (n_fields > 0)
		rc = lay_record(b, known.name, fields, n_fields, &known.record);
	else
		b->incomplete = true;
	b->records[b->n_records++] = known;
	return rc < 0 ? rc : (int)b->n_records - 1;
}

/* ---- stages ---- */

struct weir_stream *weir_build_find_stream(const struct weir_build *b, const char *name)
{
	for (size_t i = 0; i < b->n_streams; i++)
		if (strcmp(b->streams[i]->name, name) == 0)
			return b->streams[i];
	return NULL;
}

static struct weir_stream *stream_of(struct weir_build *b, const char *name)
{
	struct weir_stream *s = weir_build_find_stream(b, name);
	struct weir_stream **grown;

	if (s != NULL)
		return s;
	s = weir_pool_get(&b->pool, sizeof *s);
	grown = weir_pool_grow(
		&b->pool, b->streams, sizeof(struct weir_stream *), &b->cap_streams, b->n_streams + 1);
	if (s == NULL || grown == NULL)
		return NULL;
	b->streams = grown;
	s->name = weir_pool_text(&b->pool, name);
	if (s->name == NULL)
		return NULL;
	b->streams[b->n_streams++] = s;
	return s;
}

static struct weir_raw_stage *add_stage(struct weir_build *b, const char *stream)
{
	struct weir_stream *s = b->finished ? NULL : stream_of(b, stream);
	struct weir_raw_stage *stage = weir_pool_get(&b->pool, sizeof *stage);
	struct weir_raw_stage **all, **own;

	if (s == NULL || stage == NULL)
		return NULL;
	all = weir_pool_grow(
		&b->pool, b->stages, sizeof(struct weir_raw_stage *), &b->cap_stages, b->n_stages + 1);
	own = weir_pool_grow(
		&b->pool, s->stages, sizeof(struct weir_raw_stage *), &s->cap_stages, s->n_stages + 1);
	if (all == NULL || own == NULL)
		return NULL;
	b->stages = all;
	s->stages = own;
	stage->index = (int)b->n_stages;
	stage->stream = s;
	b->stages[b->n_stages++] = stage;
	s->stages[s->n_stages++] = stage;
	return stage;
}

int weir_build_stage(struct weir_build *b, const char *stream, const struct weir_op_type *type)
{
	struct weir_raw_stage *s = add_stage(b, stream);

	if (s == NULL)
		return b->finished ? WEIR_EBUSY : WEIR_ENOMEM;
	s->type = type;
	b->incomplete = b->incomplete || type == NULL;
	return s->index;
}

int weir_build_from(struct weir_build *b, const char *stream, const char *from_stream)
{
	struct weir_raw_stage *s = add_stage(b, stream);

	if (s == NULL)
		return b->finished ? WEIR_EBUSY : WEIR_ENOMEM;
	s->from = weir_pool_text(&b->pool, from_stream);
	return s->from != NULL ? s->index : WEIR_ENOMEM;
}

static struct weir_raw_stage *stage_at(struct weir_build *b, int stage)
{
	return stage >= 0 && (size_t)stage < b->n_stages && !b->finished ? b->stages[stage] : NULL;
}

int weir_build_id(struct weir_build *b, int stage, const char *id)
{
	struct weir_raw_stage *s = stage_at(b, stage);

	if (s == NULL)
		return WEIR_EINVAL;
	s->id = weir_pool_text(&b->pool, id);
	return s->id != NULL ? WEIR_OK : WEIR_ENOMEM;
}

int weir_build_on(struct weir_build *b, int stage, const char *thread)
{
	struct weir_raw_stage *s = stage_at(b, stage);

	if (s == NULL)
		return WEIR_EINVAL;
	s->on = weir_pool_text(&b->pool, thread);
	return s->on != NULL ? WEIR_OK : WEIR_ENOMEM;
}

int weir_build_on_error(struct weir_build *b, int stage, enum weir_on_error how, const char *to)
{
	struct weir_raw_stage *s = stage_at(b, stage);

	if (s == NULL || (how == WEIR_ON_ERROR_TO && to == NULL))
		return WEIR_EINVAL;
	s->on_error = how;
	s->error_to = how == WEIR_ON_ERROR_TO ? weir_pool_text(&b->pool, to) : NULL;
	return b->pool.failed ? WEIR_ENOMEM : WEIR_OK;
}

/* value NULL: one was given, but its faults have been told. */
int weir_build_entry(struct weir_build *b, int stage, const char *param, const char *name, const char *value)
{
	struct weir_raw_stage *s = stage_at(b, stage);
	struct weir_raw *grown;

	if (s == NULL || param == NULL)
		return WEIR_EINVAL;
	grown = weir_pool_grow(&b->pool, s->raw, sizeof *s->raw, &s->cap_raw, s->n_raw + 1);
	if (grown == NULL)
		return WEIR_ENOMEM;
	s->raw = grown;
	s->raw[s->n_raw] = (struct weir_raw){ .param = weir_pool_text(&b->pool, param),
		.entry = name != NULL ? weir_pool_text(&b->pool, name) : NULL,
		.text = value != NULL ? weir_pool_text(&b->pool, value) : NULL };
	b->incomplete = b->incomplete || value == NULL;
	if (b->pool.failed)
		return WEIR_ENOMEM;
	s->n_raw++;
	return WEIR_OK;
}

int weir_build_set(struct weir_build *b, int stage, const char *param, const char *value)
{
	return weir_build_entry(b, stage, param, NULL, value);
}

/* ---- the end ---- */

int weir_build_finish(struct weir_build *b, const struct weir_plan **plan)
{
	*plan = NULL;
	if (b->finished)
		return WEIR_EBUSY;
	b->finished = true;
	if (b->pool.failed)
		return WEIR_ENOMEM;
	if (b->n_streams == 0)
		weir_build_tell(b, &(struct weir_build_place){ .stage = -1 }, "there are no streams");
	if (!weir_build_inner(b)) /* nothing can be said of streams that are not all there */
		return b->pool.failed ? WEIR_ENOMEM : WEIR_EINVAL;
	if (b->options.freestanding)
		weir_build_freestanding(b);
	if (b->options.freestanding || b->options.one_thread)
		weir_build_one_thread(b);
	if (!b->pool.failed)
		weir_build_graph(b);
	if (!b->pool.failed)
		weir_build_order(b);
	if (!b->pool.failed)
		weir_build_records(b);
	if (!b->pool.failed)
		weir_build_scopes(b);
	if (!b->pool.failed)
		weir_build_threads(b);
	if (!b->pool.failed)
		weir_build_check(b);
	if (b->n_faults == 0 && !b->incomplete && !b->pool.failed) {
		weir_build_groups(b);
		weir_build_sizes(b);
		weir_build_plan(b);
		weir_build_liveness(b);
		weir_build_split(b);
	}
	if (b->pool.failed)
		return WEIR_ENOMEM;
	if (b->n_faults > 0 || b->incomplete)
		return WEIR_EINVAL;
	*plan = &b->plan;
	return WEIR_OK;
}

const struct weir_parts *weir_build_parts(const struct weir_build *b)
{
	return &b->parts;
}

const struct weir_record *weir_build_output(const struct weir_build *b, int stage)
{
	if (stage < 0 || (size_t)stage >= b->n_stages || b->stages[stage]->node == NULL)
		return NULL;
	return b->stages[stage]->node->out;
}
