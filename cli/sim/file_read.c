/* SPDX-License-Identifier: MIT */
/* file_read.c -- see file.h. */
#include <stdlib.h>
#include <string.h>

#include "file.h"
#include "world.h"

struct file {
	struct sim_case *c;
	struct sim_pool *pool;
	struct sim_types *types;
	const char *at; /* in the line */
	const char *why;
	struct sim_stream *stream;
};

static bool refuse(struct file *f, const char *why)
{
	if (f->why == NULL)
		f->why = why;
	return false;
}

static void blanks(struct file *f)
{
	while (*f->at == ' ' || *f->at == '\t')
		f->at++;
}

static bool at_end(struct file *f)
{
	blanks(f);
	return *f->at == '\0' || *f->at == '\n' || *f->at == '#' || *f->at == '\r';
}

/* The next word; NULL at the line's end. */
static const char *word(struct file *f)
{
	size_t len;

	if (at_end(f))
		return NULL;
	len = strcspn(f->at, " \t\r\n");
	f->at += len;
	return sim_pool_copy(f->pool, f->at - len, len);
}

static bool number(struct file *f, uint64_t *to)
{
	const char *w = word(f);
	char *end;

	if (w == NULL)
		return refuse(f, "a number is missing");
	if (strcmp(w, "max") == 0) {
		*to = UINT32_MAX;
		return true;
	}
	*to = strtoull(w, &end, 10);
	return *end == '\0' && *w >= '0' && *w <= '9' ? true : refuse(f, "this is no number");
}

static bool number_below(struct file *f, uint64_t least, uint64_t most, uint64_t *to)
{
	if (!number(f, to))
		return false;
	return *to >= least && *to <= most ? true : refuse(f, "the number is out of range");
}

/* ---- records ---- */

static bool read_kind(struct file *f, const char *text, size_t len, struct weir_field *to)
{
	for (unsigned k = 0; k < WEIR_KINDS; k++) {
		const char *name = weir_kind_name((enum weir_kind)k);
		size_t n = strlen(name);

		if (len < n || memcmp(text, name, n) != 0 || (len > n && text[n] != '('))
			continue;
		to->kind = (uint8_t)k;
		if (k == WEIR_TEXT)
			to->text_max = (uint16_t)strtoul(text + n + 1, NULL, 10);
		return true;
	}
	return refuse(f, "unknown type of field");
}

static bool read_field(struct file *f, const char *text, struct weir_field *to)
{
	static const struct {
		const char *name;
		uint32_t ns;
	} units[] = { { "ns", 1 }, { "us", 1000 }, { "ms", 1000000 }, { "s", 1000000000 } };
	const char *kind = strchr(text, ':'), *unit;

	if (kind == NULL)
		return refuse(f, "a field is written name:type");
	*to = (struct weir_field){ .name = sim_pool_copy(f->pool, text, (size_t)(kind - text)) };
	unit = strchr(++kind, ':');
	if (!read_kind(f, kind, unit != NULL ? (size_t)(unit - kind) : strlen(kind), to))
		return false;
	for (size_t i = 0; unit != NULL && i < sizeof units / sizeof *units; i++)
		if (strcmp(unit + 1, units[i].name) == 0)
			to->unit_ns = units[i].ns;
	return true;
}

static bool read_record(struct file *f)
{
	struct sim_record *r = &f->c->records[f->c->n_records];
	const char *w;

	if (f->c->n_records == SIM_RECORDS)
		return refuse(f, "too many records");
	*r = (struct sim_record){ .name = word(f) };
	if (r->name == NULL)
		return refuse(f, "the record has no name");
	while ((w = word(f)) != NULL) {
		if (r->n_fields == SIM_RECORD_FIELDS)
			return refuse(f, "too many fields");
		if (!read_field(f, w, &r->fields[r->n_fields++]))
			return false;
	}
	f->c->n_records++;
	return true;
}

/* ---- streams ---- */

static bool read_stream(struct file *f)
{
	const char *name = word(f), *from = word(f);

	if (from != NULL && strcmp(from, "from") != 0)
		return refuse(f, "a stream is written: stream NAME [from NAME]");
	if (from != NULL)
		from = word(f);
	f->stream = name != NULL ? sim_stream_add(f->c, name, from) : NULL;
	return f->stream != NULL ? true
				 : refuse(f, name == NULL ? "the stream has no name" : "too many streams");
}

static const struct weir_op_type *type_named(struct file *f, const char *name)
{
	const struct sim_type *t = sim_type_named(f->types, name);

	if (t != NULL)
		return t->type;
	for (size_t i = 0; sim_actor_types[i] != NULL; i++)
		if (strcmp(sim_actor_types[i]->name, name) == 0)
			return sim_actor_types[i];
	return NULL;
}

/* A value up to the next blank, or within quotes. */
static const char *read_value(struct file *f)
{
	char *text, *to;

	if (*f->at != '"') {
		const char *w = *f->at == ' ' ? "" : word(f);

		return w != NULL ? w : "";
	}
	text = to = sim_pool_get(f->pool, strcspn(f->at, "\n") + 1);
	for (f->at++; *f->at != '"'; f->at++) {
		if (*f->at == '\\' && (f->at[1] == '"' || f->at[1] == '\\'))
			f->at++;
		if (*f->at == '\0' || *f->at == '\n')
			return NULL;
		*to++ = *f->at;
	}
	f->at++;
	return text;
}

static bool set_on_error(struct file *f, struct sim_stage *st, const char *v)
{
	if (strcmp(v, "drop") == 0) {
		st->on_error = WEIR_ON_ERROR_DROP;
	} else if (strncmp(v, "to:", 3) == 0) {
		st->on_error = WEIR_ON_ERROR_TO;
		st->error_to = v + 3;
	} else if (strcmp(v, "fail") != 0) {
		return refuse(f, "on_error is fail, drop or to:STREAM");
	}
	return true;
}

static bool is_actor_param(const struct sim_stage *st, const char *name)
{
	return strcmp(name, (st->type->flags & WEIR_OP_PORT) != 0 ? "name" : "actor") == 0 &&
	       ((st->type->flags & WEIR_OP_PORT) != 0 || strncmp(st->type->name, "sim_", 4) == 0);
}

/* Which actor "2" or "p2" is. */
static bool set_actor(struct file *f, struct sim_stage *st, const char *v)
{
	char digit = v[*v == 'p'];

	if (digit < '0' || digit >= (char)('0' + SIM_ACTORS) || v[(*v == 'p') + 1] != '\0')
		return refuse(f, "an actor is a number below 8; a port is called p and such a number");
	st->actor = (uint8_t)(digit - '0');
	return true;
}

static bool read_param(struct file *f, struct sim_stage *st)
{
	size_t len = strcspn(f->at, "=. \n");
	const char *name = sim_pool_copy(f->pool, f->at, len), *entry = NULL, *v;

	f->at += len;
	if (*f->at == '.') {
		len = strcspn(++f->at, "= \n");
		entry = sim_pool_copy(f->pool, f->at, len);
		f->at += len;
	}
	if (*f->at++ != '=')
		return refuse(f, "a parameter is written name=value or name.entry=value");
	v = read_value(f);
	if (v == NULL)
		return refuse(f, "the quotes are not closed");
	if (entry == NULL && strcmp(name, "on_error") == 0)
		return set_on_error(f, st, v);
	if (entry == NULL && is_actor_param(st, name) && !set_actor(f, st, v))
		return false;
	return sim_param_add(st, name, entry, v) ? true : refuse(f, "too many parameters");
}

static bool read_stage(struct file *f)
{
	const char *name = word(f);
	const struct weir_op_type *type = type_named(f, name);
	struct sim_stage *st;

	if (type == NULL)
		return refuse(f, "unknown operator");
	st = sim_stage_add(f->stream, type);
	if (st == NULL)
		return refuse(f, f->stream == NULL ? "a stage before the first stream" : "too many stages");
	while (!at_end(f))
		if (!read_param(f, st))
			return false;
	return true;
}

/* ---- the rest ---- */

static bool read_clock(struct file *f)
{
	const char *w = word(f);
	bool event = w != NULL && strcmp(w, "event") == 0;

	if (!event && (w == NULL || strcmp(w, "monotonic") != 0))
		return refuse(f, "the clock is event or monotonic");
	f->c->clock = (uint8_t)(event ? WEIR_CLOCK_EVENT : WEIR_CLOCK_MONOTONIC);
	return true;
}

static bool read_span(struct file *f)
{
	uint64_t bytes, items;

	if (!number_below(f, 1, 65536, &bytes) || !number_below(f, 1, 1024, &items))
		return false;
	f->c->span_bytes = (uint32_t)bytes;
	f->c->span_items = (uint16_t)items;
	return true;
}

static bool read_turns(struct file *f)
{
	uint64_t n;

	if (!number_below(f, 1, 4096, &n))
		return false;
	f->c->turns_step = (uint16_t)n;
	return true;
}

static bool read_kernels(struct file *f)
{
	const char *w = word(f);

	f->c->best_kernels = w != NULL && strcmp(w, "best") == 0;
	return f->c->best_kernels || (w != NULL && strcmp(w, "base") == 0)
		       ? true
		       : refuse(f, "the kernels are base or best");
}

static bool read_route(struct file *f)
{
	const char *w = word(f);
	bool json = w != NULL && strcmp(w, "json") == 0;

	if (!json && (w == NULL || strcmp(w, "build") != 0))
		return refuse(f, "the route is build or json");
	f->c->route = (uint8_t)(json ? SIM_ROUTE_JSON : SIM_ROUTE_BUILD);
	return json ? number(f, &f->c->style) : true;
}

static bool read_supply(struct file *f)
{
	uint64_t actor, n;

	if (!number_below(f, 0, SIM_ACTORS - 1, &actor) || !number_below(f, 0, 1u << 20, &n))
		return false;
	f->c->supply[actor] = (uint32_t)n;
	return true;
}

static bool read_memory(struct file *f)
{
	const char *w = word(f);

	f->c->short_memory = w != NULL && strcmp(w, "short") == 0;
	return f->c->short_memory ? true : refuse(f, "memory is short, or nothing is said of it");
}

static bool read_open(struct file *f)
{
	uint64_t n;

	if (!number_below(f, 1, 255, &n) || word(f) == NULL)
		return refuse(f, "it is written: open NUMBER fails");
	f->c->open_fails = (uint8_t)n;
	return true;
}

static bool read_data(struct file *f)
{
	return number(f, &f->c->data);
}

static bool read_action(struct file *f, const char *w)
{
	struct sim_action a = { .kind = SIM_ACTION_KINDS_N, .turns = SIM_SETTLE };
	uint64_t actor = 0, turns;
	const char *more;

	for (uint8_t k = 0; k < SIM_ACTION_KINDS_N; k++)
		if (strcmp(sim_action_infos[k].word, w) == 0)
			a.kind = k;
	if (a.kind == SIM_ACTION_KINDS_N)
		return refuse(f, "unknown word");
	if (f->c->n_actions == SIM_ACTIONS)
		return refuse(f, "too many actions");
	if (sim_action_infos[a.kind].whom != SIM_WHOM_NOBODY && !number_below(f, 0, SIM_ACTORS - 1, &actor))
		return false;
	if (sim_action_infos[a.kind].counts && !number(f, &a.n))
		return false;
	a.actor = (uint8_t)actor;
	more = word(f);
	if (more != NULL) {
		if (strcmp(more, "turns") != 0 || !number_below(f, 0, 4096, &turns))
			return refuse(f, "after an action may stand: turns NUMBER");
		a.turns = (uint16_t)turns;
	}
	f->c->actions[f->c->n_actions++] = a;
	return true;
}

static bool read_line(struct file *f)
{
	static const struct {
		const char *word;
		bool (*read)(struct file *f);
	} words[] = { { "clock", read_clock }, { "span", read_span }, { "turns", read_turns },
		{ "kernels", read_kernels }, { "data", read_data }, { "route", read_route },
		{ "record", read_record }, { "stream", read_stream }, { "supply", read_supply },
		{ "memory", read_memory }, { "open", read_open } };
	bool indented = *f->at == ' ' || *f->at == '\t';
	const char *w;

	if (at_end(f))
		return true;
	if (indented)
		return read_stage(f);
	w = word(f);
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (strcmp(words[i].word, w) == 0)
			return words[i].read(f) &&
			       (at_end(f) || refuse(f, "there is more than there should be"));
	return read_action(f, w) && (at_end(f) || refuse(f, "there is more than there should be"));
}

int sim_file_read(struct sim_case *c, struct sim_pool *pool, struct sim_types *types, const char *text,
	uint32_t *line, const char **why)
{
	struct file f = { .c = c, .pool = pool, .types = types };

	memset(c, 0, sizeof *c);
	c->span_bytes = 512;
	c->span_items = 16;
	c->turns_step = 64;
	for (*line = 1; *text != '\0'; (*line)++) {
		f.at = text;
		if (!read_line(&f)) {
			*why = f.why;
			return WEIR_EPARSE;
		}
		text += strcspn(text, "\n");
		text += *text == '\n';
	}
	return WEIR_OK;
}
