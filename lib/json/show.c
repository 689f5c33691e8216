/* SPDX-License-Identifier: MIT */
/*
 * show.c -- what a definition comes to: variables put in, short forms written out, defaults filled in.
 *
 * Parameters that were given come in the order of the file, behind them the defaults of the type's table and of its
 * format's. The text is laid out by format.c.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <weir/connectors.h>
#include <weir/operators.h>

#include "format.h"
#include "loader.h"

struct text {
	char *at;
	size_t len, cap;
	bool failed, is_first; /* nothing was put into the object or array yet */
};

static void add(struct text *t, const char *bytes, size_t n)
{
	if (t->failed)
		return;
	if (t->len + n > t->cap) {
		size_t cap = 2 * t->cap + n + 256;
		char *more = realloc(t->at, cap);

		if (more == NULL) {
			t->failed = true;
			return;
		}
		t->at = more;
		t->cap = cap;
	}
	memcpy(t->at + t->len, bytes, n);
	t->len += n;
}

static void add_text(struct text *t, const char *text)
{
	add(t, text, strlen(text));
}

/* As a JSON string that no variable is looked for in. */
static void add_string(struct text *t, const char *text)
{
	add_text(t, "\"");
	for (; *text != '\0'; text++) {
		char escape[8];

		if (*text == '"' || *text == '\\')
			add_text(t, "\\");
		if (*text == '$')
			add_text(t, "$");
		if ((unsigned char)*text < ' ') {
			(void)snprintf(escape, sizeof escape, "\\u%04x", (unsigned)*text);
			add_text(t, escape);
		} else {
			add(t, text, 1);
		}
	}
	add_text(t, "\"");
}

static void next(struct text *t)
{
	if (!t->is_first)
		add_text(t, ",");
	t->is_first = false;
}

/* Keys know no variables. */
static void add_key(struct text *t, const char *key)
{
	struct text spelled = { 0 };

	next(t);
	add_string(&spelled, key);
	for (size_t i = 0; i < spelled.len; i++) {
		if (spelled.at[i] == '$')
			i++; /* it was doubled */
		add(t, &spelled.at[i], 1);
	}
	t->failed = t->failed || spelled.failed;
	free(spelled.at);
	add_text(t, ":");
}

static void enter(struct text *t, const char *bracket)
{
	add_text(t, bracket);
	t->is_first = true;
}

static void leave(struct text *t, const char *bracket)
{
	add_text(t, bracket);
	t->is_first = false;
}

static void add_number(struct text *t, const struct weir_json_number *v)
{
	char text[40];

	if (v->is_integer && v->fits_i64)
		(void)snprintf(text, sizeof text, "%" PRId64, v->i64);
	else if (v->is_integer && v->fits_u64)
		(void)snprintf(text, sizeof text, "%" PRIu64, v->u64);
	else
		for (int digits = 15; digits <= 17; digits++) {
			(void)snprintf(text, sizeof text, "%.*g", digits, v->value);
			if (strtod(text, NULL) == v->value)
				break;
		}
	add_text(t, text);
}

/* ---- values ---- */

/* How a string that was a variable is meant. */
enum meant { AS_TEXT, AS_NUMBER, AS_BOOL, AS_EITHER };

static void add_value(struct text *t, const struct weir_json_node *n, enum meant meant)
{
	struct weir_json_number v;
	bool b;

	if (weir_json_kind(n) == WEIR_JSON_OBJECT || weir_json_kind(n) == WEIR_JSON_ARRAY) {
		bool is_object = weir_json_kind(n) == WEIR_JSON_OBJECT;

		enter(t, is_object ? "{" : "[");
		for (const struct weir_json_node *m = weir_json_first(n); m != NULL; m = weir_json_next(m)) {
			if (is_object)
				add_key(t, weir_json_key(m));
			else
				next(t);
			add_value(t, m, meant);
		}
		leave(t, is_object ? "}" : "]");
	} else if (weir_json_string(n) != NULL && (meant == AS_TEXT || !weir_json_was_variable(n))) {
		add_string(t, weir_json_string(n));
	} else if (meant != AS_NUMBER && weir_json_as_bool(n, &b)) {
		add_text(t, b ? "true" : "false");
	} else if (meant != AS_BOOL && weir_json_as_number(n, &v)) {
		add_number(t, &v);
	} else if (weir_json_string(n) != NULL) {
		add_string(t, weir_json_string(n));
	} else {
		add_text(t, "null");
	}
}

static enum meant meant_by(const struct weir_param *p)
{
	if (p == NULL)
		return AS_TEXT;
	switch ((enum weir_param_kind)p->kind) {
	case WEIR_PARAM_BOOL:
		return AS_BOOL;
	case WEIR_PARAM_U32:
	case WEIR_PARAM_I64:
	case WEIR_PARAM_NUMBER:
	case WEIR_PARAM_SLOTS:
		return AS_NUMBER;
	default:
		return AS_TEXT;
	}
}

/* poll: numbers but for where they stand. */
static void add_values(struct text *t, const struct weir_json_node *values)
{
	enter(t, "{");
	for (const struct weir_json_node *f = weir_json_first(values); f != NULL; f = weir_json_next(f)) {
		add_key(t, weir_json_key(f));
		enter(t, "{");
		for (const struct weir_json_node *n = weir_json_first(f); n != NULL; n = weir_json_next(n)) {
			bool is_text = strcmp(weir_json_key(n), "path") == 0 ||
				       strcmp(weir_json_key(n), "pattern") == 0 ||
				       strcmp(weir_json_key(n), "note") == 0;

			add_key(t, weir_json_key(n));
			add_value(t, n, is_text ? AS_TEXT : AS_NUMBER);
		}
		leave(t, "}");
	}
	leave(t, "}");
}

/* ---- stages ---- */

struct show {
	const struct weir_load_options *options;
	const struct weir_build *build; /* knows the types */
	struct text *text;
};

static const struct weir_op_type *find_type(const struct weir_op_type *const *types, const char *name)
{
	for (; types != NULL && *types != NULL; types++)
		if (strcmp((*types)->name, name) == 0)
			return *types;
	return NULL;
}

/* The codec that a stage's format asks for, or NULL. */
static const struct weir_op_type *codec_of(
	const struct show *s, const struct weir_op_type *type, const struct weir_json_node *value)
{
	const struct weir_op_type *codec = NULL;
	const char *format = NULL;
	char name[64];

	for (const struct weir_param *p = type->params; p != NULL && p->name != NULL; p++)
		if (p->kind == WEIR_PARAM_FORMAT && weir_json_get(value, p->name) != NULL)
			format = weir_json_string(weir_json_get(value, p->name));
	if (format == NULL)
		return NULL;
	(void)snprintf(name, sizeof name, "%.48s_%s", format,
		(type->flags & WEIR_OP_SINK) != 0 ? "encode" : "decode");
	codec = find_type(s->options->types, name);
	return codec != NULL ? codec : find_type(weir_operator_types, name);
}

static const struct weir_param *param_of(const struct weir_op_type *type, const char *name)
{
	for (const struct weir_param *p = type->params; p != NULL && p->name != NULL; p++)
		if (strcmp(p->name, name) == 0)
			return p;
	return NULL;
}

static void add_defaults(struct text *t, const struct weir_op_type *type, const struct weir_json_node *value,
	const char *given)
{
	for (const struct weir_param *p = type->params; p != NULL && p->name != NULL; p++) {
		if (p->dflt == NULL || weir_json_get(value, p->name) != NULL)
			continue;
		if (given != NULL && strcmp(given, p->name) == 0)
			continue;
		add_key(t, p->name);
		add_text(t, p->dflt);
	}
}

static void add_param(struct text *t, const struct weir_param *p, const struct weir_json_node *n)
{
	if (p != NULL && p->kind == WEIR_PARAM_VALUES)
		add_values(t, n);
	else
		add_value(t, n, meant_by(p));
}

static void add_params(
	const struct show *s, const struct weir_op_type *type, const struct weir_json_node *value)
{
	struct text *t = s->text;
	const struct weir_op_type *codec = codec_of(s, type, value);
	const struct weir_param *first = NULL;

	for (const struct weir_param *p = type->params; first == NULL && p != NULL && p->name != NULL; p++)
		if ((p->flags & WEIR_PARAM_PRIMARY) != 0)
			first = p;
	if (first != NULL && (first->kind == WEIR_PARAM_FIELDS || first->kind == WEIR_PARAM_SET)) {
		add_value(t, value, AS_TEXT);
		return;
	}
	enter(t, "{");
	if (weir_json_kind(value) != WEIR_JSON_OBJECT) {
		add_key(t, first->name);
		add_param(t, first, value);
		add_defaults(t, type, value, first->name);
		leave(t, "}");
		return;
	}
	for (const struct weir_json_node *n = weir_json_first(value); n != NULL; n = weir_json_next(n)) {
		const struct weir_param *p = param_of(type, weir_json_key(n));

		if (p == NULL && codec != NULL)
			p = param_of(codec, weir_json_key(n));
		add_key(t, weir_json_key(n));
		add_param(t, p, n);
	}
	add_defaults(t, type, value, NULL);
	if (codec != NULL)
		add_defaults(t, codec, value, NULL);
	leave(t, "}");
}

static void add_stage(const struct show *s, const struct weir_json_node *stage, bool is_first_stage)
{
	struct text *t = s->text;

	enter(t, "{");
	for (const struct weir_json_node *n = weir_json_first(stage); n != NULL; n = weir_json_next(n)) {
		const struct weir_op_type *type = weir_build_type(s->build, weir_json_key(n), is_first_stage);

		add_key(t, weir_json_key(n));
		if (type != NULL)
			add_params(s, type, n);
		else
			add_value(t, n, AS_TEXT);
	}
	leave(t, "}");
}

static void add_streams(const struct show *s, const struct weir_json_node *streams)
{
	struct text *t = s->text;

	enter(t, "{");
	for (const struct weir_json_node *m = weir_json_first(streams); m != NULL; m = weir_json_next(m)) {
		bool is_first_stage = true;

		add_key(t, weir_json_key(m));
		enter(t, "[");
		for (const struct weir_json_node *n = weir_json_first(m); n != NULL; n = weir_json_next(n)) {
			next(t);
			add_stage(s, n, is_first_stage);
			is_first_stage = false;
		}
		leave(t, "]");
	}
	leave(t, "}");
}

/* ---- records ---- */

/* A field's default is a number, a word or a text, as its type says. */
static void add_field(struct text *t, const struct weir_json_node *field)
{
	const struct weir_json_node *type = weir_json_get(field, "type");
	bool is_text = type == NULL || strncmp(weir_json_string(type), "text", 4) == 0;

	if (type == NULL) {
		add_value(t, field, AS_TEXT);
		return;
	}
	enter(t, "{");
	for (const struct weir_json_node *n = weir_json_first(field); n != NULL; n = weir_json_next(n)) {
		enum meant meant = AS_TEXT;

		if (strcmp(weir_json_key(n), "truncate") == 0)
			meant = AS_BOOL;
		else if (strcmp(weir_json_key(n), "default") == 0 && !is_text)
			meant = AS_EITHER;
		add_key(t, weir_json_key(n));
		add_value(t, n, meant);
	}
	leave(t, "}");
}

static void add_records(struct text *t, const struct weir_json_node *records)
{
	enter(t, "{");
	for (const struct weir_json_node *r = weir_json_first(records); r != NULL; r = weir_json_next(r)) {
		add_key(t, weir_json_key(r));
		enter(t, "{");
		for (const struct weir_json_node *n = weir_json_first(r); n != NULL; n = weir_json_next(n)) {
			add_key(t, weir_json_key(n));
			add_field(t, n);
		}
		leave(t, "}");
	}
	leave(t, "}");
}

/* ---- the whole ---- */

static void add_top(const struct show *s, const struct weir_json_node *root)
{
	struct text *t = s->text;
	static const struct {
		const char *key, *dflt;
	} top[] = { { "$schema", NULL }, { "weir", NULL }, { "name", "\"pipeline\"" },
		{ "clock", "\"monotonic\"" }, { "note", NULL }, { "records", NULL }, { "streams", NULL } };

	enter(t, "{");
	for (size_t i = 0; i < sizeof top / sizeof *top; i++) {
		const struct weir_json_node *n = weir_json_get(root, top[i].key);

		if (n == NULL && top[i].dflt == NULL)
			continue;
		add_key(t, top[i].key);
		if (n == NULL)
			add_text(t, top[i].dflt);
		else if (strcmp(top[i].key, "records") == 0)
			add_records(t, n);
		else if (strcmp(top[i].key, "streams") == 0)
			add_streams(s, n);
		else
			add_value(t, n, strcmp(top[i].key, "weir") == 0 ? AS_NUMBER : AS_TEXT);
	}
	leave(t, "}");
}

int weir_load_show(struct weir_loader *l, const struct weir_build *b, weir_put_fn *put, void *arg)
{
	struct text t = { .is_first = true };
	struct show s = { .options = l->options, .build = b, .text = &t };
	int rc = WEIR_ENOMEM;

	add_top(&s, weir_json_root(l->doc));
	if (!t.failed)
		rc = weir_json_format(t.at, t.len, put, arg);
	free(t.at);
	return rc;
}
