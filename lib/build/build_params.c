/* SPDX-License-Identifier: MIT */
/*
 * build_params.c -- texts to a parameters struct, by the type's parameter table.
 *
 * A connector and its codec share the texts of one stage: what the connector's table does not have is the
 * codec's. What neither has is unknown. Each text is judged once, where it is used.
 */
#include "build_setting.h"

#include <string.h>

#include <weir/keys.h>

#include "fuse.h"

const struct weir_param *weir_param_find(const struct weir_op_type *type, const char *name)
{
	for (const struct weir_param *p = type->params; p != NULL && p->name != NULL; p++)
		if (strcmp(p->name, name) == 0)
			return p;
	return NULL;
}

const struct weir_param *weir_param_of_kind(const struct weir_op_type *type, enum weir_param_kind kind)
{
	for (const struct weir_param *p = type->params; p != NULL && p->name != NULL; p++)
		if (p->kind == kind)
			return p;
	return NULL;
}

const char *weir_raw_text(struct weir_raw_stage *stage, const char *param)
{
	const char *text = NULL;

	for (size_t i = 0; i < stage->n_raw; i++)
		if (strcmp(stage->raw[i].param, param) == 0 && stage->raw[i].entry == NULL) {
			stage->raw[i].used = true;
			text = stage->raw[i].text;
		}
	return text;
}

/* ---- faults ---- */

void weir_setting_tell(struct weir_setting *s, const char *entry, int at_key, size_t at, const char *message)
{
	struct weir_build_place place = { .stage = s->node->stage != NULL ? s->node->stage->index : -1,
		.param = s->row->name,
		.entry = entry,
		.at_key = at_key,
		.at_byte = at };

	s->node->bad = true;
	weir_build_tell(s->b, &place, "%s", message);
}

void weir_setting_refuse(struct weir_setting *s, const char *message)
{
	weir_setting_tell(s, NULL, 0, 0, message != NULL ? message : "out of memory");
}

/* An expression's faults come back to the entry they are in. */
struct teller {
	struct weir_setting *s;
	const char *entry;
	int at_key;
};

static void tell_expression(void *arg, size_t at, const char *message)
{
	struct teller *t = arg;

	weir_setting_tell(t->s, t->entry, t->at_key, at, message);
}

/* ---- records and fields ---- */

static const struct weir_field *find_field(
	struct weir_setting *s, const char *name, size_t len, const char *entry)
{
	const struct weir_record *in = s->row->kind == WEIR_PARAM_TIME_FIELD ? s->node->out : s->node->in;
	const char *meant = NULL;

	if (in == NULL)
		return NULL;
	for (uint16_t i = 0; i < in->n_fields; i++) {
		const char *pair[2] = { meant, in->fields[i].name };

		if (strlen(pair[1]) == len && memcmp(pair[1], name, len) == 0)
			return &in->fields[i];
		pair[0] = weir_did_you_mean(name, len, pair, 2);
		meant = pair[0] != NULL ? pair[0] : meant;
	}
	if (meant != NULL)
		weir_setting_tell(s, entry, 0, 0,
			weir_pool_format(&s->b->pool, "unknown field \"%.*s\"; did you mean \"%s\"?",
				(int)len, name, meant));
	else
		weir_setting_tell(s, entry, 0, 0,
			weir_pool_format(&s->b->pool, "unknown field \"%.*s\"", (int)len, name));
	return NULL;
}

static bool kind_allowed(struct weir_setting *s, const struct weir_field *f, const char *entry)
{
	if (f->kind == WEIR_KIND_ANY || s->row->kinds == 0 || (s->row->kinds & (1u << f->kind)) != 0)
		return true;
	weir_setting_tell(s, entry, 0, 0,
		weir_pool_format(&s->b->pool, "field \"%s\" is %s; \"%s\" cannot be of that type", f->name,
			weir_kind_name((enum weir_kind)f->kind), s->row->name));
	return false;
}

static void set_field(struct weir_setting *s)
{
	const struct weir_field *f = find_field(s, s->text, strlen(s->text), NULL);

	if (f != NULL && kind_allowed(s, f, NULL))
		weir_setting_store(s, &f, sizeof f);
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* The next of "a, b" from *at on, without blanks; false: there is none. */
static bool next_name(const char *text, size_t *at, const char **name, size_t *len)
{
	size_t end;

	if (text[*at] == '\0')
		return false;
	while (is_blank(text[*at]))
		(*at)++;
	*name = text + *at;
	end = *at + strcspn(*name, ",");
	*at = text[end] == ',' ? end + 1 : end;
	while (text + end > *name && is_blank(text[end - 1]))
		end--;
	*len = (size_t)(text + end - *name);
	return true;
}

static void set_key(struct weir_setting *s)
{
	size_t at = 0, len, n = 0, room = 1;
	const struct weir_field **fields;
	struct weir_key key = { NULL, 0 };
	const char *name;

	for (const char *c = s->text; *c != '\0'; c++)
		room += *c == ',';
	fields = weir_pool_get(&s->b->pool, room * sizeof(const struct weir_field *));
	for (size_t i = 0; fields != NULL && next_name(s->text, &at, &name, &len); i++) {
		const char *entry = weir_pool_format(&s->b->pool, "%u", (unsigned)i);
		const struct weir_field *f = find_field(s, name, len, entry);

		for (size_t k = 0; f != NULL && k < n; k++)
			if (fields[k] == f) {
				weir_setting_tell(s, entry, 0, 0,
					weir_pool_format(
						&s->b->pool, "field \"%s\" is in the key twice", f->name));
				f = NULL;
			}
		if (f != NULL && kind_allowed(s, f, entry))
			fields[n++] = f;
	}
	key.fields = fields;
	key.n_fields = (uint16_t)n;
	weir_setting_store(s, &key, sizeof key);
}

static void set_record(struct weir_setting *s)
{
	struct weir_build *b = s->b;
	const char *meant = NULL;

	for (size_t i = 0; i < b->n_records; i++) {
		const char *pair[2] = { meant, b->records[i].name };
		const char *better;

		if (strcmp(pair[1], s->text) == 0) {
			s->node->out = b->records[i].record;
			weir_setting_store(s, &s->node->out, sizeof s->node->out);
			return;
		}
		better = weir_did_you_mean(s->text, strlen(s->text), pair, 2);
		meant = better != NULL ? better : meant;
	}
	weir_setting_refuse(
		s, meant != NULL ? weir_pool_format(&b->pool, "unknown record \"%s\"; did you mean \"%s\"?",
					   s->text, meant)
				 : weir_pool_format(&b->pool, "unknown record \"%s\"", s->text));
}

/* ---- expressions ---- */

static void set_when(struct weir_setting *s)
{
	struct teller t = { s, NULL, 0 };
	struct weir_expr_faults faults = { tell_expression, &t, 0 };
	const struct weir_program *p =
		weir_expr_when(&s->b->pool, s->node->in, s->text, s->node->type->name, &faults);

	weir_setting_store(s, &p, sizeof p);
}

/* The texts of an object parameter as entries. */
struct weir_entry *weir_setting_entries(struct weir_setting *s, size_t *n)
{
	struct weir_raw_stage *stage = s->node->stage;
	struct weir_entry *entries = weir_pool_get(&s->b->pool, stage->n_raw * sizeof *entries);
	struct teller *tellers = weir_pool_get(&s->b->pool, 2 * stage->n_raw * sizeof *tellers);

	*n = 0;
	if (entries == NULL || tellers == NULL)
		return NULL;
	for (size_t i = 0; i < stage->n_raw; i++) {
		struct weir_raw *raw = &stage->raw[i];
		struct weir_entry *e = &entries[*n];

		if (raw->entry == NULL || strcmp(raw->param, s->row->name) != 0)
			continue;
		raw->used = true;
		tellers[2 * *n] = (struct teller){ s, raw->entry, 0 };
		tellers[2 * *n + 1] = (struct teller){ s, raw->entry, 1 };
		e->name = raw->entry;
		e->value = raw->text;
		e->faults = (struct weir_expr_faults){ tell_expression, &tellers[2 * *n], 0 };
		e->name_faults = (struct weir_expr_faults){ tell_expression, &tellers[2 * *n + 1], 0 };
		(*n)++;
	}
	return entries;
}

static void set_fields(struct weir_setting *s)
{
	enum weir_shape shape = s->row->kind == WEIR_PARAM_SET ? WEIR_SHAPE_SET : WEIR_SHAPE_FIELDS;
	const struct weir_record *in = s->node->in;
	struct weir_pool *pool = &s->b->pool;
	const struct weir_program *p;
	size_t n;
	struct weir_entry *entries = weir_setting_entries(s, &n);

	if (entries == NULL)
		return;
	weir_entries_type(pool, in, NULL, shape, entries, n);
	s->node->out = weir_entries_record(pool, in, shape, entries, n, s->node->id);
	p = weir_entries_code(pool, in, s->node->out, shape, entries, n);
	weir_setting_store(s, &p, sizeof p);
}

/* ---- states ---- */

/* Whether a parameter has the entry; entry NULL: any. */
static bool has_entry(const struct weir_raw_stage *stage, const char *param, const char *entry)
{
	for (size_t i = 0; i < stage->n_raw; i++)
		if (stage->raw[i].entry != NULL && strcmp(stage->raw[i].param, param) == 0 &&
			(entry == NULL || strcmp(stage->raw[i].entry, entry) == 0))
			return true;
	return false;
}

/* Work a state's start out once: what fails here would fail in every run. */
static void try_init(struct weir_setting *s, struct weir_entry *e, const struct weir_record *made)
{
	static const struct weir_record nothing;
	const struct weir_program *p = weir_entries_code(&s->b->pool, &nothing, made, WEIR_SHAPE_SET, e, 1);
	unsigned char *record = made != NULL ? weir_pool_get(&s->b->pool, made->size) : NULL;
	uint32_t none = 0;
	struct weir_ran ran;

	if (p == NULL || record == NULL)
		return;
	ran = weir_program_run(p, NULL, NULL, &none, NULL, 1, record, NULL, &none);
	if (ran.fault != 0)
		weir_setting_tell(s, e->name, 0, 0,
			weir_pool_format(&s->b->pool, "state \"%s\" has no start: %s", e->name,
				weir_strerror(ran.fault)));
}

/* The states: fields that the output has behind those of the input. */
static void set_init(struct weir_setting *s)
{
	static const struct weir_record nothing = { .name = "nothing" };
	struct weir_build_node *node = s->node;
	struct weir_pool *pool = &s->b->pool;
	const struct weir_program *p;
	size_t n;
	struct weir_entry *entries = weir_setting_entries(s, &n);

	if (entries == NULL)
		return;
	weir_entries_type(pool, &nothing, NULL, WEIR_SHAPE_FIELDS, entries, n);
	for (size_t i = 0; node->in != NULL && i < n; i++)
		if (weir_record_field(node->in, entries[i].name) != NULL)
			weir_expr_tell(&entries[i].name_faults, 0,
				"the record has a field \"%s\"; a state needs a name of its own",
				entries[i].name);
	node->out = weir_entries_record(pool, node->in, WEIR_SHAPE_SET, entries, n, node->id);
	p = weir_entries_code(pool, &nothing, node->out, WEIR_SHAPE_SET, entries, n);
	for (size_t i = 0; p != NULL && i < n; i++)
		try_init(s, &entries[i], node->out);
	weir_setting_store(s, &p, sizeof p);
}

/* What each state becomes: a set on the record that has them. */
static void set_step(struct weir_setting *s)
{
	const struct weir_param *init = weir_param_of_kind(s->node->type, WEIR_PARAM_INIT);
	const struct weir_record *with_states = s->node->out;
	struct weir_raw_stage *stage = s->node->stage;
	struct weir_setting states = { .b = s->b, .node = s->node, .row = init };
	struct weir_pool *pool = &s->b->pool;
	const struct weir_program *p;
	size_t n;
	struct weir_entry *entries = weir_setting_entries(s, &n);

	if (entries == NULL)
		return;
	weir_entries_type(pool, with_states, NULL, WEIR_SHAPE_SET, entries, n);
	for (size_t i = 0; has_entry(stage, init->name, NULL) && i < n; i++) /* else it was told */
		if (!has_entry(stage, init->name, entries[i].name))
			weir_expr_tell(&entries[i].name_faults, 0,
				"there is no state \"%s\"; give it a start in \"%s\"", entries[i].name,
				init->name);
	for (size_t i = 0; i < stage->n_raw; i++)
		if (stage->raw[i].entry != NULL && strcmp(stage->raw[i].param, init->name) == 0 &&
			!has_entry(stage, s->row->name, stage->raw[i].entry))
			weir_setting_tell(&states, stage->raw[i].entry, 1, 0,
				weir_pool_format(pool, "state \"%s\" never changes; give it a \"%s\"",
					stage->raw[i].entry, s->row->name));
	p = weir_entries_code(pool, with_states, with_states, WEIR_SHAPE_SET, entries, n);
	if (p != NULL && weir_fuse(&p, 1, &s->node->fused) == 0) /* tidied up */
		p = s->node->fused;
	weir_setting_store(s, &p, sizeof p);
}

/* Expressions without names: what they are worth is a record of their own. */
static void set_expressions(struct weir_setting *s)
{
	struct weir_pool *pool = &s->b->pool;
	struct weir_values *v = weir_pool_get(pool, sizeof *v);
	size_t n;
	struct weir_entry *entries = weir_setting_entries(s, &n);

	if (entries == NULL || v == NULL)
		return;
	for (size_t i = 0; i < n; i++)
		entries[i].name = weir_pool_format(pool, "%s_%u", s->row->name, (unsigned)i);
	if (pool->failed)
		return;
	weir_entries_type(pool, s->node->in, NULL, WEIR_SHAPE_FIELDS, entries, n);
	v->record = weir_entries_record(pool, s->node->in, WEIR_SHAPE_FIELDS, entries, n, s->node->id);
	v->program = weir_entries_code(pool, s->node->in, v->record, WEIR_SHAPE_FIELDS, entries, n);
	if (v->program != NULL)
		weir_setting_store(s, &v, sizeof v);
}

static void set_values(struct weir_setting *s)
{
	const struct weir_poll_values *v = weir_build_values(s->b, s->node, s->row);

	weir_setting_store(s, &v, sizeof v);
}

/* ---- one parameter ---- */

static bool is_object(uint8_t kind)
{
	return kind == WEIR_PARAM_FIELDS || kind == WEIR_PARAM_SET || kind == WEIR_PARAM_INIT ||
	       kind == WEIR_PARAM_STEP || kind == WEIR_PARAM_AGGREGATES || kind == WEIR_PARAM_VALUES ||
	       kind == WEIR_PARAM_EXPRESSIONS || kind == WEIR_PARAM_CONSTANT;
}

static bool was_given(const struct weir_setting *s)
{
	const struct weir_raw_stage *stage = s->node->stage;

	for (size_t i = 0; i < stage->n_raw; i++)
		if (strcmp(stage->raw[i].param, s->row->name) == 0)
			return true;
	return false;
}

/* Given, but nothing that can be judged: whoever gave it told why. */
static bool was_told(const struct weir_setting *s)
{
	const struct weir_raw_stage *stage = s->node->stage;

	for (size_t i = 0; i < stage->n_raw; i++)
		if (stage->raw[i].entry == NULL && stage->raw[i].text == NULL &&
			strcmp(stage->raw[i].param, s->row->name) == 0)
			return true;
	return false;
}

static void missing(struct weir_setting *s)
{
	bool hot = (s->node->type->flags & WEIR_OP_HOT) != 0 && strcmp(s->row->name, "overflow") == 0;

	if (hot && s->row->choices != NULL)
		weir_setting_refuse(s,
			weir_pool_format(&s->b->pool, "\"%s\" cannot be held back; name its \"overflow\": %s",
				s->node->type->name, weir_list_choices(&s->b->pool, s->row->choices)));
	else if (s->node->connector != NULL)
		weir_setting_refuse(s,
			weir_pool_format(&s->b->pool, "format \"%.*s\" needs \"%s\"",
				(int)strcspn(s->node->type->name, "_"), s->node->type->name, s->row->name));
	else
		weir_setting_refuse(s, weir_pool_format(&s->b->pool, "\"%s\" needs \"%s\"",
					       s->node->type->name, s->row->name));
}

/* A default as JSON writes it, without the quotes. */
static const char *default_text(struct weir_setting *s)
{
	const char *text = s->row->dflt;
	size_t len = text != NULL ? strlen(text) : 0;

	if (len >= 2 && text[0] == '"')
		return weir_pool_copy(&s->b->pool, text + 1, len - 2);
	return text;
}

static void set_text(struct weir_setting *s)
{
	switch ((enum weir_param_kind)s->row->kind) {
	case WEIR_PARAM_WHEN:
		set_when(s);
		break;
	case WEIR_PARAM_KEY:
		set_key(s);
		break;
	case WEIR_PARAM_FIELD:
		set_field(s);
		break;
	case WEIR_PARAM_RECORD:
		set_record(s);
		break;
	case WEIR_PARAM_APPEND:
		weir_setting_append(s);
		break;
	case WEIR_PARAM_PREFIX:
		weir_setting_prefix(s);
		break;
	default:
		weir_setting_scalar(s);
		break;
	}
}

static void set_object(struct weir_setting *s)
{
	if (s->row->kind == WEIR_PARAM_AGGREGATES)
		weir_setting_aggregates(s);
	else if (s->row->kind == WEIR_PARAM_VALUES)
		set_values(s);
	else if (s->row->kind == WEIR_PARAM_INIT)
		set_init(s);
	else if (s->row->kind == WEIR_PARAM_STEP)
		set_step(s);
	else if (s->row->kind == WEIR_PARAM_EXPRESSIONS)
		set_expressions(s);
	else if (s->row->kind == WEIR_PARAM_CONSTANT)
		weir_setting_constant(s);
	else
		set_fields(s);
}

/* The record named beside a format is what its decoder makes; what comes in here is bytes. */
static void set_bytes(struct weir_setting *s)
{
	s->node->out = &weir_bytes_record;
	weir_setting_store(s, &s->node->out, sizeof s->node->out);
}

static void set_param(struct weir_build *b, struct weir_build_node *node, const struct weir_param *row)
{
	struct weir_setting s = { .b = b, .node = node, .row = row };
	bool given = was_given(&s), required = (row->flags & WEIR_PARAM_REQUIRED) != 0;

	if (is_object(row->kind) && row->member == NULL) /* the emit's behind this one */
		return;
	if (row->kind == WEIR_PARAM_RECORD && node->codec != NULL) {
		set_bytes(&s);
		return;
	}
	if (!given && (required || (row->dflt == NULL && (node->type->flags & WEIR_OP_HOT) != 0 &&
					   strcmp(row->name, "overflow") == 0))) {
		missing(&s);
		return;
	}
	s.text = weir_raw_text(node->stage, row->name);
	if (was_told(&s)) {
		node->bad = true;
		return;
	}
	if (given && is_object(row->kind) != (s.text == NULL))
		weir_setting_refuse(&s, weir_pool_format(&b->pool,
						row->kind == WEIR_PARAM_EXPRESSIONS
							? "\"%s\" is an expression or a list of them"
						: is_object(row->kind) ? "\"%s\" is an object of fields"
								       : "\"%s\" is one value, no object",
						row->name));
	else if (given && is_object(row->kind))
		set_object(&s);
	else if (s.text != NULL || (s.text = default_text(&s)) != NULL)
		set_text(&s);
}

void weir_build_params(struct weir_build *b, struct weir_build_node *node)
{
	const struct weir_param *rows = node->type->params;

	if (node->type->params_size > 0)
		node->params = weir_pool_get(&b->pool, node->type->params_size);
	if (b->pool.failed || node->stage == NULL)
		return;
	for (const struct weir_param *p = rows; p != NULL && p->name != NULL; p++)
		if (!is_object(p->kind))
			set_param(b, node, p);
	for (const struct weir_param *p = rows; p != NULL && p->name != NULL; p++)
		if (is_object(p->kind)) /* may look at the key */
			set_param(b, node, p);
	weir_build_form(b, node);
}

/* ---- what is left ---- */

static size_t add_names(const char **names, size_t n, size_t max, const struct weir_op_type *type)
{
	for (const struct weir_param *p = type->params; p != NULL && p->name != NULL && n < max; p++)
		names[n++] = p->name;
	return n;
}

#define NAMES_MAX 128u

void weir_build_unused_params(struct weir_build *b, struct weir_raw_stage *stage)
{
	bool formats = weir_param_of_kind(stage->type, WEIR_PARAM_FORMAT) != NULL;
	const struct weir_build_node *codec = NULL;
	const char *names[NAMES_MAX];
	size_t n = add_names(names, 0, NAMES_MAX, stage->type);

	for (size_t i = 0; i < b->n_nodes; i++)
		if (b->nodes[i]->stage == stage && b->nodes[i]->connector != NULL)
			codec = b->nodes[i];
	if (codec != NULL)
		n = add_names(names, n, NAMES_MAX, codec->type);
	for (size_t i = 0; i < stage->n_raw; i++) {
		const struct weir_raw *raw = &stage->raw[i];
		struct weir_build_place place = { .stage = stage->index, .param = raw->param, .at_key = 1 };
		const char *meant = weir_did_you_mean(raw->param, strlen(raw->param), names, n);

		if (raw->used || weir_param_find(stage->type, raw->param) != NULL)
			continue;
		if (meant != NULL)
			weir_build_tell(b, &place, "unknown parameter \"%s\"; did you mean \"%s\"?",
				raw->param, meant);
		else if (formats && codec == NULL)
			weir_build_tell(b, &place,
				"\"%s\" has no parameter \"%s\"; if it belongs to a format, name the "
				"\"format\"",
				stage->type->name, raw->param);
		else
			weir_build_tell(
				b, &place, "\"%s\" has no parameter \"%s\"", stage->type->name, raw->param);
	}
}
