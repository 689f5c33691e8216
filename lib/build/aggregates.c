/* SPDX-License-Identifier: MIT */
/*
 * aggregates.c -- a window's emit: which aggregates it needs, of what, and what is made of their results.
 *
 * Typing an emit expression meets aggregate calls and key fields. Each different one gets a field of the
 * `made` record, which the emit program then reads like any other. Arguments that are more than a plain
 * field are worked out first, by a program of their own into the argument record; a window that needs none
 * folds straight from its input. Quantiles of one field share the values that are kept for them.
 */
#include "expr.h"

#include <stdio.h>
#include <string.h>

#include <weir/error.h>
#include <weir/num.h>

#define AGGREGATES_MAX 128u

struct slot {
	uint8_t fn;               /* enum weir_aggregate_fn */
	struct weir_node *arg;    /* NULL: count */
	double q;                 /* QUANTILE */
	struct weir_field *field; /* in made; settled at the end, nodes point here from the start */
};

struct weir_emit {
	struct weir_pool *pool;
	const char *name; /* of the window, for its records */
	const struct weir_record *in;
	const struct weir_key *key; /* NULL: not known */
	struct slot slots[AGGREGATES_MAX];
	size_t n_slots;
	struct weir_field **keys; /* key field i -> its field in made, or NULL */
	struct weir_field *start, *end;
	uint32_t samples; /* 0: not given */
};

/* ---- what typing finds ---- */

static bool is_number_kind(unsigned kind)
{
	return kind >= WEIR_I8 && kind <= WEIR_F64;
}

static bool fn_of(int call, uint8_t *fn)
{
	static const struct {
		int call;
		uint8_t fn;
	} fns[] = {
		{ WEIR_FN_COUNT, WEIR_AGG_COUNT },
		{ WEIR_FN_SUM, WEIR_AGG_SUM },
		{ WEIR_FN_AVG, WEIR_AGG_AVG },
		{ WEIR_FN_MIN, WEIR_AGG_MIN },
		{ WEIR_FN_MAX, WEIR_AGG_MAX },
		{ WEIR_FN_FIRST, WEIR_AGG_FIRST },
		{ WEIR_FN_LAST, WEIR_AGG_LAST },
		{ WEIR_FN_VAR, WEIR_AGG_VAR },
		{ WEIR_FN_STDDEV, WEIR_AGG_STDDEV },
		{ WEIR_FN_MEDIAN, WEIR_AGG_QUANTILE },
		{ WEIR_FN_QUANTILE, WEIR_AGG_QUANTILE },
	};

	for (size_t i = 0; i < sizeof fns / sizeof fns[0]; i++)
		if (fns[i].call == call) {
			*fn = fns[i].fn;
			return true;
		}
	return false;
}

static enum weir_kind result_kind(uint8_t fn, const struct weir_node *arg)
{
	switch (fn) {
	case WEIR_AGG_COUNT:
		return WEIR_I64;
	case WEIR_AGG_SUM:
		return arg->exact == WEIR_F32 || arg->exact == WEIR_F64 ? WEIR_F64 : WEIR_I64;
	case WEIR_AGG_MIN:
	case WEIR_AGG_MAX:
	case WEIR_AGG_FIRST:
	case WEIR_AGG_LAST:
		return (enum weir_kind)arg->exact;
	default:
		return WEIR_F64;
	}
}

/* Whether the function takes what the argument is; tells when not. */
static bool check_argument(const struct weir_node *call, uint8_t fn, const struct weir_node *arg,
	const char *text, struct weir_expr_faults *faults)
{
	unsigned kind = arg->exact;
	bool keeps = fn == WEIR_AGG_FIRST || fn == WEIR_AGG_LAST;
	bool orders = fn == WEIR_AGG_MIN || fn == WEIR_AGG_MAX;

	if (is_number_kind(kind) || (kind == WEIR_TIME && (keeps || orders)) || (kind == WEIR_BOOL && keeps))
		return true;
	if (kind == WEIR_TEXT && keeps)
		weir_expr_tell(faults, call->at, "%.*s of text is not available in this version",
			(int)call->len, text + call->at);
	else
		weir_expr_tell(faults, weir_expr_start(arg), "%.*s needs %s, this is %s", (int)call->len,
			text + call->at, orders ? "numbers or times" : "numbers", weir_expr_type_name(arg));
	return false;
}

static struct weir_field *new_field(
	struct weir_emit *emit, const char *name, enum weir_kind kind, uint16_t text_max)
{
	struct weir_field *f = weir_pool_get(emit->pool, sizeof *f);

	if (f == NULL)
		return NULL;
	f->name = name;
	f->kind = (uint8_t)kind;
	f->text_max = text_max;
	return f;
}

/* A plain field can be folded where it lies, and told to be the same as another. */
static bool is_plain(const struct weir_node *arg)
{
	return arg->kind == WEIR_NODE_FIELD;
}

static bool same_argument(const struct weir_node *a, const struct weir_node *b)
{
	return a == NULL || (is_plain(a) && is_plain(b) && a->field == b->field);
}

static struct slot *find_slot(struct weir_emit *emit, uint8_t fn, const struct weir_node *arg, double q)
{
	for (size_t i = 0; i < emit->n_slots; i++) {
		struct slot *s = &emit->slots[i];

		if (s->fn == fn && s->q == q && same_argument(arg, s->arg))
			return s;
	}
	return NULL;
}

static struct slot *add_slot(struct weir_emit *emit, uint8_t fn, struct weir_node *arg, double q,
	const struct weir_node *call, struct weir_expr_faults *faults)
{
	struct slot *s = find_slot(emit, fn, arg, q);

	if (s != NULL)
		return s;
	if (emit->n_slots == AGGREGATES_MAX) {
		weir_expr_tell(faults, call->at, "a window has at most %u aggregates", AGGREGATES_MAX);
		return NULL;
	}
	s = &emit->slots[emit->n_slots];
	s->fn = fn;
	s->arg = arg;
	s->q = q;
	s->field = new_field(emit, weir_pool_format(emit->pool, "result_%u", (unsigned)emit->n_slots),
		result_kind(fn, arg), 0);
	if (s->field == NULL)
		return NULL;
	emit->n_slots++;
	return s;
}

static const struct weir_field *bound(struct weir_emit *emit, int call)
{
	struct weir_field **f = call == WEIR_FN_WINDOW_START ? &emit->start : &emit->end;

	if (*f == NULL)
		*f = new_field(
			emit, call == WEIR_FN_WINDOW_START ? "window_start" : "window_end", WEIR_TIME, 0);
	return *f;
}

/* The call stands for a field of made from now on. */
static void stand_for(struct weir_node *call, const struct weir_field *field)
{
	call->field = field;
	if (field == NULL)
		return;
	call->cls = (uint8_t)weir_class_of((enum weir_kind)field->kind);
	call->exact = field->kind;
}

/* Which quantile a call asks for. False: told. */
static bool find_q(const struct weir_emit *emit, const struct weir_node *call, const char *text,
	struct weir_expr_faults *faults, double *q)
{
	const struct weir_node *n = call->n_args > 1 ? call->args[1] : NULL;
	bool decimal = n != NULL && n->kind == WEIR_NODE_DECIMAL,
	     integer = n != NULL && n->kind == WEIR_NODE_INTEGER;

	if (emit->samples == 0) {
		weir_expr_tell(faults, call->at,
			"%.*s keeps values; give the window \"samples\", how many of a key at most",
			(int)call->len, text + call->at);
		return false;
	}
	*q = integer ? (double)n->integer : 0.5;
	if (decimal)
		(void)weir_parse_f64(n->text, n->len, q);
	if (n == NULL || ((decimal || integer) && *q <= 1))
		return true;
	weir_expr_tell(faults, weir_expr_start(n),
		"which quantile is a number from 0 to 1, such as 0.9, and no expression");
	return false;
}

void weir_emit_call(struct weir_emit *emit, struct weir_node *call, const struct weir_scope *scope,
	struct weir_expr_faults *faults)
{
	struct weir_scope inner = {
		.pool = emit->pool, .record = emit->in, .in_aggregate = true, .text = scope->text
	};
	struct weir_node *arg = call->n_args > 0 ? call->args[0] : NULL;
	struct slot *s;
	double q = 0;
	uint8_t fn = 0;

	if (call->op == WEIR_FN_WINDOW_START || call->op == WEIR_FN_WINDOW_END) {
		stand_for(call, bound(emit, call->op));
		return;
	}
	if (!fn_of(call->op, &fn))
		return;
	if (arg != NULL) {
		weir_expr_type(arg, &inner, faults);
		weir_expr_settle(arg, WEIR_CLASS_D);
		if (arg->cls == WEIR_CLASS_ANY || !check_argument(call, fn, arg, scope->text, faults))
			return;
	}
	if (fn == WEIR_AGG_QUANTILE && !find_q(emit, call, scope->text, faults, &q))
		return;
	s = add_slot(emit, fn, arg, q, call, faults);
	stand_for(call, s != NULL ? s->field : NULL);
}

static bool names_field(const struct weir_field *f, const struct weir_node *node, const char *text)
{
	return strlen(f->name) == node->len && memcmp(f->name, text + node->at, node->len) == 0;
}

const struct weir_field *weir_emit_name(struct weir_emit *emit, const struct weir_node *node,
	const struct weir_scope *scope, struct weir_expr_faults *faults)
{
	const char *name = scope->text + node->at;

	for (uint16_t i = 0; emit->key != NULL && i < emit->key->n_fields; i++) {
		const struct weir_field *f = emit->key->fields[i];

		if (!names_field(f, node, scope->text))
			continue;
		if (emit->keys[i] == NULL)
			emit->keys[i] = new_field(emit, f->name, (enum weir_kind)f->kind, f->text_max);
		return emit->keys[i];
	}
	if (emit->in == NULL || emit->key == NULL)
		return NULL;
	for (uint16_t i = 0; i < emit->in->n_fields; i++)
		if (names_field(&emit->in->fields[i], node, scope->text)) {
			weir_expr_tell(faults, node->at,
				"field \"%.*s\" is no key; emit sees key fields and aggregates, such as "
				"last(%.*s)",
				(int)node->len, name, (int)node->len, name);
			return NULL;
		}
	weir_expr_unknown_field(node, scope, faults);
	return NULL;
}

/* ---- what becomes of it ---- */

/* The made record: results, keys, bounds, as used; one field at least. The nodes' fields learn their offsets.
 */
static const struct weir_record *make_record(struct weir_emit *emit)
{
	uint16_t n_keys = emit->key->n_fields;
	size_t room = emit->n_slots + n_keys + 2u, n = 0;
	struct weir_field **order = weir_pool_get(emit->pool, room * sizeof *order);
	struct weir_field *fields = weir_pool_get(emit->pool, room * sizeof *fields);
	struct weir_record *r = weir_pool_get(emit->pool, sizeof *r);
	int size;

	if (order == NULL || fields == NULL || r == NULL)
		return NULL;
	for (size_t i = 0; i < emit->n_slots; i++)
		order[n++] = emit->slots[i].field;
	for (uint16_t i = 0; i < n_keys; i++)
		if (emit->keys[i] != NULL)
			order[n++] = emit->keys[i];
	if (n == 0 && emit->end == NULL)
		(void)bound(emit, WEIR_FN_WINDOW_START);
	if (emit->start != NULL)
		order[n++] = emit->start;
	if (emit->end != NULL)
		order[n++] = emit->end;
	for (size_t i = 0; i < n && order[i] != NULL; i++)
		fields[i] = *order[i];
	size = weir_record_layout(fields, n);
	if (size < 0 || emit->pool->failed)
		return NULL;
	for (size_t i = 0; i < n; i++)
		order[i]->offset = fields[i].offset;
	*r = (struct weir_record){ .name = weir_pool_format(emit->pool, "%s.results", emit->name),
		.fields = fields,
		.n_fields = (uint16_t)n,
		.size = (uint16_t)size };
	return r;
}

/* What keeps values comes last, and what shares them right behind it. */
static void order_slots(struct weir_emit *emit)
{
	struct slot ordered[AGGREGATES_MAX];
	size_t n = 0;

	for (size_t i = 0; i < emit->n_slots; i++)
		if (emit->slots[i].fn != WEIR_AGG_QUANTILE)
			ordered[n++] = emit->slots[i];
	for (size_t i = 0; i < emit->n_slots; i++) {
		if (emit->slots[i].fn != WEIR_AGG_QUANTILE)
			continue;
		ordered[n++] = emit->slots[i];
		for (size_t k = i + 1; k < emit->n_slots; k++) {
			struct slot *s = &emit->slots[k];

			if (s->fn != WEIR_AGG_QUANTILE || !same_argument(s->arg, emit->slots[i].arg))
				continue;
			s->fn = WEIR_AGG_QUANTILE_TOO;
			ordered[n++] = *s;
		}
	}
	memcpy(emit->slots, ordered, n * sizeof *ordered);
}

/* Number the quantiles. False: out of memory. */
static bool make_samples(struct weir_emit *emit, struct weir_aggregates *a, struct weir_aggregate *list)
{
	struct weir_samples *samples = weir_pool_get(emit->pool, sizeof *samples);
	double *q = weir_pool_get(emit->pool, emit->n_slots * sizeof *q);
	uint8_t n = 0;

	if (samples == NULL || q == NULL)
		return false;
	for (size_t i = 0; i < emit->n_slots; i++)
		if (list[i].fn >= WEIR_AGG_QUANTILE) {
			q[n] = emit->slots[i].q;
			list[i].q = n++;
		}
	*samples = (struct weir_samples){ .q = q, .most = emit->samples };
	a->samples = n > 0 ? samples : NULL;
	return true;
}

static void list_aggregates(const struct weir_emit *emit, struct weir_aggregate *list)
{
	for (size_t i = 0; i < emit->n_slots; i++) {
		const struct slot *s = &emit->slots[i];

		list[i] = (struct weir_aggregate){ .fn = s->fn,
			.kind = s->arg != NULL ? s->arg->exact : 0,
			.result_kind = s->field->kind,
			.arg = s->arg != NULL && is_plain(s->arg) ? s->arg->field->offset : 0,
			.result = s->field->offset };
	}
}

/* When an argument is more than a field: the program that works all of them out, and its record. */
static bool make_arguments(struct weir_emit *emit, struct weir_aggregates *a, struct weir_aggregate *list)
{
	struct weir_entry *args = weir_pool_get(emit->pool, emit->n_slots * sizeof *args);
	bool plain = true;
	size_t n = 0;

	if (args == NULL)
		return false;
	for (size_t i = 0; i < emit->n_slots; i++) {
		const struct slot *s = &emit->slots[i];

		if (s->arg == NULL)
			continue;
		plain = plain && is_plain(s->arg);
		args[n].name = weir_pool_format(emit->pool, "arg_%u", (unsigned)i);
		args[n++].root = s->arg;
	}
	if (plain || emit->pool->failed)
		return plain;
	a->args_record = weir_entries_record(emit->pool, emit->in, WEIR_SHAPE_FIELDS, args, n,
		weir_pool_format(emit->pool, "%s.arguments", emit->name));
	a->args = weir_entries_code(emit->pool, emit->in, a->args_record, WEIR_SHAPE_FIELDS, args, n);
	if (a->args == NULL)
		return false;
	n = 0;
	for (size_t i = 0; i < emit->n_slots; i++)
		if (emit->slots[i].arg != NULL)
			list[i].arg = a->args_record->fields[n++].offset;
	return true;
}

static const struct weir_aggregates *finish(
	struct weir_emit *emit, const struct weir_record *out, struct weir_entry *entries, size_t n)
{
	struct weir_aggregates *a = weir_pool_get(emit->pool, sizeof *a);
	struct weir_aggregate *list = weir_pool_get(emit->pool, emit->n_slots * sizeof *list);
	uint16_t *key_offsets = weir_pool_get(emit->pool, emit->key->n_fields * sizeof *key_offsets);

	if (a == NULL || list == NULL || key_offsets == NULL)
		return NULL;
	order_slots(emit);
	a->made = make_record(emit);
	if (a->made == NULL)
		return NULL;
	list_aggregates(emit, list);
	if (!make_samples(emit, a, list))
		return NULL;
	for (uint16_t i = 0; i < emit->key->n_fields; i++)
		key_offsets[i] = emit->keys[i] != NULL ? emit->keys[i]->offset : WEIR_AGG_NO_OFFSET;
	a->list = list;
	a->n_list = (uint16_t)emit->n_slots;
	a->key_offsets = key_offsets;
	a->start_offset = emit->start != NULL ? emit->start->offset : WEIR_AGG_NO_OFFSET;
	a->end_offset = emit->end != NULL ? emit->end->offset : WEIR_AGG_NO_OFFSET;
	a->emit = weir_entries_code(emit->pool, a->made, out, WEIR_SHAPE_FIELDS, entries, n);
	return a->emit != NULL && make_arguments(emit, a, list) ? a : NULL;
}

const struct weir_aggregates *weir_aggregates_compile(struct weir_pool *pool, const struct weir_record *in,
	const struct weir_key *key, uint32_t samples, struct weir_entry *entries, size_t n, const char *name,
	const struct weir_record **out)
{
	struct weir_emit *emit = weir_pool_get(pool, sizeof *emit);

	*out = NULL;
	if (emit == NULL)
		return NULL;
	*emit = (struct weir_emit){ .pool = pool, .in = in, .key = key, .name = name, .samples = samples };
	emit->keys = weir_pool_get(pool, (key != NULL ? key->n_fields : 0u) * sizeof *emit->keys);
	if (emit->keys == NULL)
		return NULL;
	weir_entries_type(pool, in, emit, WEIR_SHAPE_FIELDS, entries, n);
	*out = weir_entries_record(pool, in, WEIR_SHAPE_FIELDS, entries, n, name);
	if (*out == NULL || in == NULL || key == NULL || !weir_record_known(in))
		return NULL;
	for (size_t i = 0; i < n; i++)
		if (entries[i].root == NULL || entries[i].faults.n + entries[i].name_faults.n > 0)
			return NULL;
	return finish(emit, *out, entries, n);
}
