/* SPDX-License-Identifier: MIT */
/*
 * json.c -- a case as a definition: with comments, variables, short forms and blanks where chance puts them.
 */
#include <string.h>

#include "make.h"
#include "random.h"

struct writing {
	struct sim_text *t;
	struct sim_pool *texts;
	struct sim_random random;
	const char **settings;
	size_t n_settings;
};

/* Blanks and comments may stand between any two words. */
static void gap(struct writing *w)
{
	uint32_t what = sim_below(&w->random, 24);

	if (what == 0)
		sim_text_add(w->t, " /* gap */ ");
	else if (what == 1)
		sim_text_add(w->t, " // gap\n\t");
	else if (what == 2)
		sim_text_add(w->t, "\r\n  ");
	else if (what < 8)
		sim_text_add(w->t, " ");
}

static void mark(struct writing *w, const char *text)
{
	gap(w);
	sim_text_add(w->t, "%s", text);
	gap(w);
}

/* in_value: a $ is written as $$, for variables stand in values. */
static void string(struct writing *w, const char *s, bool in_value)
{
	sim_text_add(w->t, "\"");
	for (; *s != '\0'; s++) {
		if (*s == '"' || *s == '\\')
			sim_text_add(w->t, "\\%c", *s);
		else if (*s == '$' && in_value)
			sim_text_add(w->t, "$$");
		else if ((unsigned char)*s < ' ')
			sim_text_add(w->t, "\\u%04x", (unsigned)(unsigned char)*s);
		else
			sim_text_add(w->t, "%c", *s);
	}
	sim_text_add(w->t, "\"");
}

static void key(struct writing *w, const char *name)
{
	string(w, name, false);
	mark(w, ":");
}

/* ---- values ---- */

/* The value as a variable: given, or left to its default. */
static void variable(struct writing *w, const char *value)
{
	bool given = sim_percent(&w->random, 50) && w->n_settings < SIM_SETTINGS;
	size_t n = w->n_settings;

	if (strpbrk(value, "}$\"\\") != NULL) {
		string(w, value, true);
	} else if (given) {
		w->settings[w->n_settings++] = sim_pool_text(w->texts, "V%zu=%s", n, value);
		sim_text_add(w->t, sim_percent(&w->random, 50) ? "\"${V%zu}\"" : "\"${V%zu:-1}\"", n);
	} else {
		sim_text_add(w->t, "\"${UNSET_BY_SIM:-%s}\"", value);
	}
}

static bool is_bare(uint8_t kind)
{
	return kind == WEIR_PARAM_BOOL || kind == WEIR_PARAM_U32 || kind == WEIR_PARAM_SLOTS ||
	       kind == WEIR_PARAM_I64 || kind == WEIR_PARAM_NUMBER;
}

static void late(struct writing *w, const char *value)
{
	if (strncmp(value, "to:", 3) != 0) {
		string(w, value, true);
		return;
	}
	mark(w, "{");
	key(w, "to");
	string(w, value + 3, true);
	mark(w, "}");
}

/* "a,b" as a list, or one field as a string. */
static void fields(struct writing *w, const char *value)
{
	if (strchr(value, ',') == NULL && sim_percent(&w->random, 80)) {
		string(w, value, true);
		return;
	}
	mark(w, "[");
	while (*value != '\0') {
		size_t len = strcspn(value, ",");

		string(w, sim_pool_copy(w->texts, value, len), true);
		value += len + (value[len] == ',');
		if (*value != '\0')
			mark(w, ",");
	}
	mark(w, "]");
}

static void scalar(struct writing *w, uint8_t kind, const char *value)
{
	if (kind == WEIR_PARAM_KEY)
		fields(w, value);
	else if (kind == WEIR_PARAM_LATE)
		late(w, value);
	else if (sim_percent(&w->random, 10))
		variable(w, value);
	else if (is_bare(kind))
		sim_text_add(w->t, "%s", value);
	else
		string(w, value, true);
}

/* ---- stages ---- */

static bool is_first_of_name(const struct sim_stage *s, uint8_t at)
{
	for (uint8_t i = 0; i < at; i++)
		if (strcmp(s->params[i].name, s->params[at].name) == 0)
			return false;
	return true;
}

static void object(struct writing *w, const struct sim_stage *s, const char *param)
{
	bool first = true;

	mark(w, "{");
	for (uint8_t i = 0; i < s->n_params; i++) {
		if (strcmp(s->params[i].name, param) != 0)
			continue;
		if (!first)
			mark(w, ",");
		first = false;
		key(w, s->params[i].entry);
		string(w, s->params[i].value, true);
	}
	mark(w, "}");
}

static void list(struct writing *w, const struct sim_stage *s, const char *param)
{
	bool first = true;

	mark(w, "[");
	for (uint8_t i = 0; i < s->n_params; i++) {
		if (strcmp(s->params[i].name, param) != 0)
			continue;
		if (!first)
			mark(w, ",");
		first = false;
		string(w, s->params[i].value, true);
	}
	mark(w, "]");
}

static void value_of(struct writing *w, const struct sim_stage *s, const struct sim_param *p)
{
	const struct weir_param *row = sim_param_row(s->type, p->name);

	if (row != NULL && row->kind == WEIR_PARAM_EXPRESSIONS)
		list(w, s, p->name);
	else if (p->entry != NULL)
		object(w, s, p->name);
	else if (row != NULL && row->kind == WEIR_PARAM_STREAMS)
		list(w, s, p->name);
	else
		scalar(w, row != NULL ? row->kind : WEIR_PARAM_TEXT, p->value);
}

/* All that is given is the primary parameter: it may stand alone. */
static bool is_short(const struct sim_stage *s)
{
	const struct weir_param *row = s->n_params > 0 ? sim_param_row(s->type, s->params[0].name) : NULL;

	if (row == NULL || (row->flags & WEIR_PARAM_PRIMARY) == 0)
		return false;
	for (uint8_t i = 1; i < s->n_params; i++)
		if (strcmp(s->params[i].name, row->name) != 0)
			return false;
	return true;
}

/* An object's fields stand for the primary parameter by themselves; its long form has it by name. */
static void params(struct writing *w, const struct sim_stage *s)
{
	bool first = true;

	if (is_short(s) && (s->params[0].entry != NULL || sim_percent(&w->random, 70))) {
		value_of(w, s, &s->params[0]);
		return;
	}
	mark(w, "{");
	for (uint8_t i = 0; i < s->n_params; i++) {
		if (!is_first_of_name(s, i))
			continue;
		if (!first)
			mark(w, ",");
		first = false;
		key(w, s->params[i].name);
		value_of(w, s, &s->params[i]);
	}
	mark(w, "}");
}

static void on_error(struct writing *w, const struct sim_stage *s)
{
	if (s->on_error == WEIR_ON_ERROR_FAIL && sim_percent(&w->random, 80))
		return;
	mark(w, ",");
	key(w, "on_error");
	if (s->on_error == WEIR_ON_ERROR_TO)
		late(w, sim_pool_text(w->texts, "to:%s", s->error_to));
	else
		string(w, s->on_error == WEIR_ON_ERROR_DROP ? "drop" : "fail", true);
}

static void stage(struct writing *w, const struct sim_stage *s)
{
	mark(w, "{");
	if (sim_percent(&w->random, 10)) {
		key(w, "note");
		string(w, "by \"chance\", $1", true);
		mark(w, ",");
	}
	key(w, s->type->name);
	params(w, s);
	on_error(w, s);
	mark(w, "}");
}

static void stream(struct writing *w, const struct sim_stream *s)
{
	key(w, s->name);
	mark(w, "[");
	if (s->from != NULL) {
		mark(w, "{");
		key(w, "from");
		string(w, s->from, true);
		mark(w, "}");
	}
	for (uint8_t k = 0; k < s->n_stages; k++) {
		if (k > 0 || s->from != NULL)
			mark(w, ",");
		stage(w, &s->stages[k]);
	}
	mark(w, "]");
}

/* ---- the file ---- */

static const char *unit_name(uint32_t unit_ns)
{
	return unit_ns == 1 ? "ns" : unit_ns == 1000 ? "us" : unit_ns == 1000000 ? "ms" : "s";
}

static void field(struct writing *w, const struct weir_field *f)
{
	const char *kind = weir_kind_name((enum weir_kind)f->kind);

	if (f->kind == WEIR_TEXT)
		kind = sim_pool_text(w->texts, "text(%u)", f->text_max);
	key(w, f->name);
	if (f->unit_ns == 0) {
		string(w, kind, true);
		return;
	}
	mark(w, "{");
	key(w, "type");
	string(w, kind, true);
	mark(w, ",");
	key(w, "unit");
	string(w, unit_name(f->unit_ns), true);
	mark(w, "}");
}

static void record(struct writing *w, const struct sim_record *r)
{
	key(w, r->name);
	mark(w, "{");
	for (uint8_t i = 0; i < r->n_fields; i++) {
		if (i > 0)
			mark(w, ",");
		field(w, &r->fields[i]);
	}
	mark(w, "}");
}

size_t sim_write_json(
	struct sim_text *t, struct sim_pool *texts, const struct sim_case *c, const char **settings)
{
	struct writing w = { .t = t, .texts = texts, .settings = settings };

	sim_random_init(&w.random, c->style);
	mark(&w, "{");
	key(&w, "weir");
	mark(&w, "1");
	mark(&w, ",");
	key(&w, "clock");
	string(&w, c->clock == WEIR_CLOCK_EVENT ? "event" : "monotonic", true);
	mark(&w, ",");
	key(&w, "records");
	mark(&w, "{");
	for (uint8_t i = 0; i < c->n_records; i++) {
		if (i > 0)
			mark(&w, ",");
		record(&w, &c->records[i]);
	}
	mark(&w, "}");
	mark(&w, ",");
	key(&w, "streams");
	mark(&w, "{");
	for (uint8_t i = 0; i < c->n_streams; i++) {
		if (i > 0)
			mark(&w, ",");
		stream(&w, &c->streams[i]);
	}
	mark(&w, "}");
	mark(&w, "}");
	return w.n_settings;
}
