/* SPDX-License-Identifier: MIT */
/*
 * build_values.c -- what poll reads: {field: {path, pattern or column, scale, offset}}.
 *
 * One entry a value, named field.key: "load.path", "load.column".
 */
#include "build_private.h"

#include <string.h>

#include <weir/connectors.h>
#include <weir/num.h>

struct gathering {
	struct weir_build *b;
	struct weir_build_node *node;
	const struct weir_param *row;
	struct weir_poll_value *list;
	struct weir_field *fields; /* 0: at */
	size_t n;
};

static void tell(struct gathering *g, const char *entry, int at_key, const char *message)
{
	struct weir_build_place place = {
		.stage = g->node->stage->index, .param = g->row->name, .entry = entry, .at_key = at_key
	};

	g->node->bad = true;
	weir_build_tell(g->b, &place, "%s", message != NULL ? message : "out of memory");
}

/* The value of a field, a new one at its first mention; NULL: out of memory. */
static struct weir_poll_value *value_of(struct gathering *g, const char *field, size_t len)
{
	const char *name;

	for (size_t i = 0; i < g->n; i++)
		if (strlen(g->fields[i + 1].name) == len && memcmp(g->fields[i + 1].name, field, len) == 0)
			return &g->list[i];
	name = weir_pool_copy(&g->b->pool, field, len);
	if (name == NULL)
		return NULL;
	g->fields[g->n + 1] = (struct weir_field){ .name = name, .kind = WEIR_F64 };
	g->list[g->n] = (struct weir_poll_value){ .column = 1, .scale = 1 };
	return &g->list[g->n++];
}

static void set_number(struct gathering *g, const struct weir_raw *raw, double *to)
{
	if (weir_parse_f64(raw->text, strlen(raw->text), to) < 0)
		tell(g, raw->entry, 0, "this is no number");
}

static void set_column(struct gathering *g, const struct weir_raw *raw, struct weir_poll_value *v)
{
	double column = 0;

	set_number(g, raw, &column);
	if (!(column >= 1 && column <= 1000) || column != (double)(uint32_t)column)
		tell(g, raw->entry, 0, "a column is a whole number from 1 to 1000");
	else
		v->column = (uint32_t)column;
}

static void set_one(struct gathering *g, const struct weir_raw *raw)
{
	const char *dot = strrchr(raw->entry, '.'), *key = dot != NULL ? dot + 1 : "";
	struct weir_poll_value *v =
		value_of(g, raw->entry, dot != NULL ? (size_t)(dot - raw->entry) : strlen(raw->entry));

	if (v == NULL)
		return;
	if (raw->text == NULL)
		v->path = v->path != NULL ? v->path : ""; /* told */
	else if (strcmp(key, "path") == 0)
		v->path = raw->text;
	else if (strcmp(key, "pattern") == 0)
		v->pattern = raw->text;
	else if (strcmp(key, "column") == 0)
		set_column(g, raw, v);
	else if (strcmp(key, "scale") == 0)
		set_number(g, raw, &v->scale);
	else if (strcmp(key, "offset") == 0)
		set_number(g, raw, &v->offset);
	else
		tell(g, raw->entry, 1, "a value has path, pattern, column, scale and offset");
}

const struct weir_poll_values *weir_build_values(
	struct weir_build *b, struct weir_build_node *node, const struct weir_param *row)
{
	struct weir_raw_stage *stage = node->stage;
	struct weir_poll_values *values = weir_pool_get(&b->pool, sizeof *values);
	struct weir_record *r = weir_pool_get(&b->pool, sizeof *r);
	struct gathering g = { .b = b,
		.node = node,
		.row = row,
		.list = weir_pool_get(&b->pool, stage->n_raw * sizeof *g.list),
		.fields = weir_pool_get(&b->pool, (stage->n_raw + 1) * sizeof *g.fields) };
	int size;

	if (b->pool.failed)
		return NULL;
	g.fields[0] = (struct weir_field){ .name = "at", .kind = WEIR_TIME };
	for (size_t i = 0; i < stage->n_raw; i++)
		if (strcmp(stage->raw[i].param, row->name) == 0 && stage->raw[i].entry != NULL) {
			stage->raw[i].used = true;
			set_one(&g, &stage->raw[i]);
		}
	for (size_t i = 0; i < g.n; i++) {
		const char *name = g.fields[i + 1].name;

		if (g.list[i].path == NULL)
			tell(&g, name, 0, weir_pool_format(&b->pool, "value \"%s\" has no path", name));
		if (!weir_is_field_name(name))
			tell(&g, name, 1, weir_pool_format(&b->pool, WEIR_NO_FIELD_NAME, name));
		if (strcmp(name, "at") == 0)
			tell(&g, name, 1, "\"at\" is the reading's time; give the value another name");
	}
	size = weir_record_layout(g.fields, g.n + 1);
	if (size < 0 || b->pool.failed)
		return NULL;
	*r = (struct weir_record){
		.name = node->id, .fields = g.fields, .n_fields = (uint16_t)(g.n + 1), .size = (uint16_t)size
	};
	*values = (struct weir_poll_values){ .list = g.list, .record = r, .n = (uint16_t)g.n };
	node->out = r;
	return values;
}
