/* SPDX-License-Identifier: MIT */
/* oracle_ops.c -- operators as functions from list to list (oracle.h). */
#include <stdlib.h>
#include <string.h>

#include <weir/error.h>

#include "oracle.h"

/* ---- what the functions share ---- */

void sim_list_add(struct sim_oracle *o, struct sim_list *l, const struct sim_row *row)
{
	if (l->n == l->room) {
		const struct sim_row **grown;

		l->room = l->room == 0 ? 32 : l->room * 2;
		grown = sim_pool_get(o->pool, l->room * sizeof *grown);
		if (l->n > 0)
			memcpy(grown, l->rows, l->n * sizeof *grown);
		l->rows = grown;
	}
	l->rows[l->n++] = row;
}

static struct sim_value text_value(struct sim_oracle *o, const char *text, size_t most)
{
	size_t len = strlen(text) < most ? strlen(text) : most;

	return (struct sim_value){
		.kind = WEIR_TEXT, .len = (uint16_t)len, .text = sim_pool_copy(o->pool, text, len)
	};
}

void sim_list_add_error(
	struct sim_oracle *o, const struct sim_row *when, uint64_t item, bool any_item, int code)
{
	struct sim_row *row = sim_pool_get(o->pool, sizeof *row);
	struct sim_value *v = sim_pool_get(o->pool, 5 * sizeof *v);

	*row = (struct sim_row){ .values = v, .time_ns = when->time_ns, .any_time = when->any_time };
	v[0] = (struct sim_value){ .kind = WEIR_TIME, .any = row->any_time, .i = row->time_ns };
	v[1] = text_value(o, o->id, 32);
	v[2] = text_value(o, weir_errname(code), 16);
	v[3] = (struct sim_value){ .kind = WEIR_U64, .any = any_item, .u = item };
	v[4] = text_value(o, weir_strerror(code), 96);
	sim_list_add(o, &o->errors, row);
}

bool sim_list_fault(
	struct sim_oracle *o, const struct sim_list *in, uint32_t i, int code, struct sim_list *out)
{
	if (code == WEIR_EUNSUPPORTED) { /* nobody's fault: it reads what cannot be told */
		o->gave_up = true;
		return false;
	}
	o->faults++;
	if (o->stage->on_error == WEIR_ON_ERROR_FAIL) {
		o->gave_up = o->gave_up || in->known != SIM_KNOWN;
		out->end = SIM_END_ERROR;
		out->code = code;
		return false;
	}
	if (o->stage->on_error == WEIR_ON_ERROR_TO) {
		struct sim_row when = { .time_ns = in->rows[i]->time_ns,
			.any_time = !in->timed || in->rows[i]->any_time };

		sim_list_add_error(o, &when, i + 1u, in->known != SIM_KNOWN || in->gaps, code);
	}
	return true;
}

uint64_t sim_number_of(const struct sim_stage *s, const char *param, uint64_t dflt)
{
	static const struct {
		const char *name;
		uint64_t ns;
	} units[] = { { "ns", 1 }, { "us", 1000 }, { "ms", 1000000 }, { "s", 1000000000 },
		{ "m", 60000000000 }, { "h", 3600000000000 }, { "d", 86400000000000 } };
	const char *text = sim_param_text(s, param);
	char *end;
	uint64_t n;

	if (text == NULL)
		return dflt;
	n = strtoull(text, &end, 10);
	for (size_t i = 0; i < sizeof units / sizeof *units; i++)
		if (strcmp(end, units[i].name) == 0)
			n *= units[i].ns;
	return n;
}

uint32_t sim_key_of(const struct sim_stage *s, const struct sim_names *names, uint32_t *fields, uint32_t most)
{
	const char *key = sim_param_text(s, "key");
	uint32_t n = 0;

	while (key != NULL && *key != '\0' && n < most) {
		size_t len = strcspn(key, ",");

		for (uint32_t i = 0; i < names->n_fields; i++)
			if (strlen(names->fields[i].name) == len &&
				memcmp(names->fields[i].name, key, len) == 0)
				fields[n++] = i;
		key += len + (key[len] == ',');
	}
	return n;
}

bool sim_same_key(const struct sim_row *a, const struct sim_row *b, const uint32_t *fields, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++)
		if (!sim_value_same(&a->values[fields[i]], &b->values[fields[i]]))
			return false;
	return true;
}

/* ---- records made of records ---- */

/* Fields are given one after the other; all see the incoming record. */
struct making {
	const struct sim_expr *e[SIM_STAGE_PARAMS];
	uint32_t to[SIM_STAGE_PARAMS]; /* field of the output */
	uint32_t n;
};

static uint32_t field_named(const struct weir_field *fields, uint32_t n, const char *name)
{
	uint32_t i = 0;

	while (i < n && strcmp(fields[i].name, name) != 0)
		i++;
	return i;
}

/* The entries of a parameter, all when it is NULL, as expressions over names; what they name anew is appended to out. */
static bool read_entries_of(struct sim_oracle *o, const struct sim_names *in, const char *param,
	struct sim_names *out, struct making *m)
{
	struct weir_field *fields = sim_pool_get(o->pool, 2 * SIM_RECORD_FIELDS * sizeof *fields);
	uint32_t n = out->n_fields;

	if (n > 0)
		memcpy(fields, out->fields, n * sizeof *fields);
	m->n = 0;
	for (uint8_t i = 0; i < o->stage->n_params; i++) {
		const struct sim_param *p = &o->stage->params[i];
		const struct sim_expr *e;
		uint32_t at;

		if (p->entry == NULL ||
			(param != NULL && strcmp(p->name, param) != 0)) /* the streams of a combiner */
			continue;
		e = sim_expr_read(o->pool, p->value, in, NULL);
		at = field_named(fields, n, p->entry);
		if (e == NULL || n == 2 * SIM_RECORD_FIELDS)
			return false;
		m->e[m->n] = e;
		m->to[m->n++] = at;
		if (at < n)
			continue;
		fields[n++] = (struct weir_field){ .name = p->entry,
			.kind = sim_expr_kind(e),
			.text_max = sim_expr_text_max(e) > 0 || sim_expr_kind(e) != WEIR_TEXT
					    ? sim_expr_text_max(e)
					    : 1 };
	}
	*out = (struct sim_names){ fields, n };
	return true;
}

static bool read_entries(
	struct sim_oracle *o, const struct sim_list *in, struct sim_list *out, bool keeps, struct making *m)
{
	out->names = in->names;
	if (!keeps)
		out->names.n_fields = 0;
	return read_entries_of(o, &in->names, NULL, &out->names, m);
}

/* One record; the WEIR_E... of the first entry that has an item error. */
static int make_row(struct sim_oracle *o, const struct sim_list *in, const struct sim_list *out,
	const struct making *m, const struct sim_row *from, struct sim_row *to)
{
	struct sim_value *v = sim_pool_get(o->pool, out->names.n_fields * sizeof *v);
	uint32_t kept = in->names.n_fields < out->names.n_fields ? in->names.n_fields : out->names.n_fields;

	memcpy(v, from->values, kept * sizeof *v);
	for (uint32_t i = 0; i < m->n; i++) {
		struct sim_value *at = &v[m->to[i]];
		int rc;

		if (sim_expr_is_field(m->e[i]) && from->values[sim_expr_place(m->e[i])].any) {
			*at = from->values[sim_expr_place(m->e[i])]; /* it can be carried on, unseen */
			continue;
		}
		rc = sim_expr_value(m->e[i], from->values, NULL, at);
		if (rc == 0)
			rc = sim_value_to_kind(at, out->names.fields[m->to[i]].kind);
		if (rc < 0)
			return rc;
	}
	*to = (struct sim_row){ .values = v, .time_ns = from->time_ns, .any_time = from->any_time };
	return 0;
}

static void make(struct sim_oracle *o, const struct sim_list *in, struct sim_list *out, bool keeps)
{
	struct making m;

	if (!read_entries(o, in, out, keeps, &m)) {
		o->gave_up = true;
		return;
	}
	for (uint32_t i = 0; i < in->n; i++) {
		struct sim_row *row = sim_pool_get(o->pool, sizeof *row);
		int rc = make_row(o, in, out, &m, in->rows[i], row);

		if (rc == 0)
			sim_list_add(o, out, row);
		else if (!sim_list_fault(o, in, i, rc, out))
			return;
	}
}

static void list_map(struct sim_oracle *o, const struct sim_list *in, struct sim_list *out)
{
	make(o, in, out, false);
}

static void list_set(struct sim_oracle *o, const struct sim_list *in, struct sim_list *out)
{
	make(o, in, out, true);
}

void sim_list_emit(struct sim_oracle *o, const struct sim_list *in, struct sim_list *out)
{
	bool emits = false;

	for (uint8_t i = 0; i < o->stage->n_params; i++)
		emits = emits || o->stage->params[i].entry != NULL;
	if (emits) {
		make(o, in, out, false);
		return;
	}
	for (uint32_t i = 0; i < in->n; i++)
		sim_list_add(o, out, in->rows[i]);
}

/* Whether a stage's `when` holds for row i: 1, 0, negative: it has an item error. */
static int holds(const struct sim_expr *when, const struct sim_list *in, uint32_t i)
{
	struct sim_value v;
	int rc = sim_expr_value(when, in->rows[i]->values, NULL, &v);

	return rc < 0 ? rc : v.u != 0;
}

static const struct sim_expr *read_when(struct sim_oracle *o, const struct sim_list *in)
{
	const char *text = sim_param_text(o->stage, "when");
	const struct sim_expr *when = text != NULL ? sim_expr_read(o->pool, text, &in->names, NULL) : NULL;

	o->gave_up = when == NULL || in->known != SIM_KNOWN;
	return when;
}

/* Those that another way is for go there, if there is one. */
static void list_route(struct sim_oracle *o, const struct sim_list *in, struct sim_list *out)
{
	const struct sim_expr *when = read_when(o, in);

	o->gave_up = when == NULL;
	for (uint32_t i = 0; i < in->n && !o->gave_up; i++) {
		int rc = holds(when, in, i);

		if (rc < 0 && !sim_list_fault(o, in, i, rc, out))
			return;
		if (rc >= 0)
			sim_list_add(o, rc == 0 ? out : &o->late, in->rows[i]);
	}
}

static bool is_true(const struct sim_stage *s, const char *param)
{
	const char *text = sim_param_text(s, param);

	return text != NULL && strcmp(text, "true") == 0;
}

static void list_filter(struct sim_oracle *o, const struct sim_list *in, struct sim_list *out)
{
	const struct sim_expr *when = read_when(o, in);

	o->gave_up = when == NULL;
	for (uint32_t i = 0; i < in->n && !o->gave_up; i++) {
		int rc = holds(when, in, i);

		if (rc < 0 && !sim_list_fault(o, in, i, rc, out))
			return;
		if (rc == 1)
			sim_list_add(o, out, in->rows[i]);
	}
}

static void list_take_while(struct sim_oracle *o, const struct sim_list *in, struct sim_list *out)
{
	const struct sim_expr *when = read_when(o, in);

	for (uint32_t i = 0; i < in->n && !o->gave_up; i++) {
		int rc = holds(when, in, i);

		if (rc < 0 && !sim_list_fault(o, in, i, rc, out))
			return;
		if (rc == 1 || (rc == 0 && is_true(o->stage, "inclusive")))
			sim_list_add(o, out, in->rows[i]);
		if (rc == 0) {
			out->end = SIM_END_COMPLETE;
			return;
		}
	}
}

static void list_skip_while(struct sim_oracle *o, const struct sim_list *in, struct sim_list *out)
{
	const struct sim_expr *when = read_when(o, in);
	bool passes = false;

	for (uint32_t i = 0; i < in->n && !o->gave_up; i++) {
		int rc = passes ? 0 : holds(when, in, i);

		if (rc < 0 && !sim_list_fault(o, in, i, rc, out))
			return;
		passes = passes || rc == 0;
		if (passes)
			sim_list_add(o, out, in->rows[i]);
	}
}

/* ---- by place ---- */

static void list_take(struct sim_oracle *o, const struct sim_list *in, struct sim_list *out)
{
	uint64_t count = sim_number_of(o->stage, "count", 0);

	o->gave_up = in->known != SIM_KNOWN;
	for (uint32_t i = 0; i < in->n && i < count; i++)
		sim_list_add(o, out, in->rows[i]);
	if (in->n >= count)
		out->end = SIM_END_COMPLETE;
}

static void list_skip(struct sim_oracle *o, const struct sim_list *in, struct sim_list *out)
{
	uint64_t count = sim_number_of(o->stage, "count", 0);

	o->gave_up = in->known != SIM_KNOWN;
	for (uint32_t i = 0; i < in->n; i++)
		if (i >= count)
			sim_list_add(o, out, in->rows[i]);
}

static void list_element_at(struct sim_oracle *o, const struct sim_list *in, struct sim_list *out)
{
	uint64_t index = sim_number_of(o->stage, "index", 0);

	o->gave_up = in->known != SIM_KNOWN;
	if (index >= in->n)
		return;
	sim_list_add(o, out, in->rows[index]);
	out->end = SIM_END_COMPLETE;
}

static void list_take_last(struct sim_oracle *o, const struct sim_list *in, struct sim_list *out)
{
	uint64_t count = sim_number_of(o->stage, "count", 0);

	o->gave_up = in->known != SIM_KNOWN || in->cut; /* the last of a part are others */
	for (uint32_t i = 0; i < in->n && in->end == SIM_END_COMPLETE; i++)
		if (i + count >= in->n)
			sim_list_add(o, out, in->rows[i]);
}

static void list_skip_last(struct sim_oracle *o, const struct sim_list *in, struct sim_list *out)
{
	uint64_t count = sim_number_of(o->stage, "count", 0);

	o->gave_up = in->known != SIM_KNOWN;
	for (uint32_t i = 0; i + count < in->n; i++)
		sim_list_add(o, out, in->rows[i]);
}

/* ---- by time ---- */

#define KEYS 256u

struct key {
	const struct sim_row *row;    /* one that has the key */
	int64_t next_ns;              /* throttle */
	const struct sim_row *states; /* scan: a record that has them; NULL: they start */
	uint64_t used;
};

struct keys {
	struct key keys[KEYS];
	uint32_t n, most;
	uint32_t fields[4], n_fields;
	bool evicts;
};

static struct keys *open_keys(struct sim_oracle *o, const struct sim_list *in)
{
	const char *full = sim_param_text(o->stage, "keys_full");
	struct keys *t = sim_pool_get(o->pool, sizeof *t);

	t->n_fields = sim_key_of(o->stage, &in->names, t->fields, 4);
	t->most = t->n_fields == 0 ? 1 : (uint32_t)sim_number_of(o->stage, "max_keys", 256);
	t->evicts = full != NULL && strcmp(full, "evict_oldest") == 0;
	o->gave_up = in->known != SIM_KNOWN || t->most > KEYS;
	return t;
}

static struct key *key_for(struct keys *t, const struct sim_row *row)
{
	struct key *oldest = &t->keys[0];

	for (uint32_t i = 0; i < t->n; i++) {
		if (sim_same_key(t->keys[i].row, row, t->fields, t->n_fields))
			return &t->keys[i];
		if (t->keys[i].used < oldest->used)
			oldest = &t->keys[i];
	}
	if (t->n == t->most && !t->evicts)
		return NULL;
	if (t->n < t->most)
		oldest = &t->keys[t->n++];
	*oldest = (struct key){ .row = row, .next_ns = INT64_MIN };
	return oldest;
}

static void list_throttle(struct sim_oracle *o, const struct sim_list *in, struct sim_list *out)
{
	int64_t period_ns = (int64_t)sim_number_of(o->stage, "period", 1);
	struct keys *t = open_keys(o, in);

	o->gave_up = o->gave_up || !in->timed;
	for (uint32_t i = 0; i < in->n && !o->gave_up; i++) {
		const struct sim_row *row = in->rows[i];
		struct key *k = key_for(t, row);

		o->gave_up = row->any_time;
		if (k == NULL) {
			if (!sim_list_fault(o, in, i, WEIR_EKEYS, out))
				return;
			continue;
		}
		k->used = i + 1u;
		if (row->time_ns < k->next_ns)
			continue;
		k->next_ns = row->time_ns > INT64_MAX - period_ns ? INT64_MAX : row->time_ns + period_ns;
		sim_list_add(o, out, row);
	}
}

/* ---- states ---- */

/* The row with these states, wherever they stand in `from`: behind the row's own fields. */
static void join_states(struct sim_oracle *o, const struct sim_list *in, uint32_t n,
	const struct sim_row *row, const struct sim_row *from, struct sim_row *to)
{
	struct sim_value *v = sim_pool_get(o->pool, n * sizeof *v);

	memcpy(v, row->values, in->names.n_fields * sizeof *v);
	memcpy(v + in->names.n_fields, from->values + in->names.n_fields,
		(n - in->names.n_fields) * sizeof *v);
	*to = (struct sim_row){ .values = v, .time_ns = row->time_ns, .any_time = row->any_time };
}

static void list_scan(struct sim_oracle *o, const struct sim_list *in, struct sim_list *out)
{
	const struct sim_names nothing = { NULL, 0 };
	struct keys *t = open_keys(o, in);
	struct sim_row start = { 0 };
	struct sim_list joined = { 0 };
	struct making init, step;

	out->names = in->names;
	if (!read_entries_of(o, &nothing, "init", &out->names, &init) ||
		!read_entries_of(o, &out->names, "step", &out->names, &step)) {
		o->gave_up = true;
		return;
	}
	joined.names = out->names;
	start.values = sim_pool_get(o->pool, out->names.n_fields * sizeof *start.values);
	o->gave_up = o->gave_up || make_row(o, &joined, out, &init, &start, &start) < 0;
	for (uint32_t i = 0; i < in->n && !o->gave_up; i++) {
		struct key *k = key_for(t, in->rows[i]);
		struct sim_row *row = sim_pool_get(o->pool, sizeof *row), old;
		int rc = WEIR_EKEYS;

		if (k != NULL) {
			k->used = i + 1u;
			join_states(o, in, out->names.n_fields, in->rows[i],
				k->states != NULL ? k->states : &start, &old);
			rc = make_row(o, &joined, out, &step, &old, row);
		}
		if (rc < 0 && !sim_list_fault(o, in, i, rc, out))
			return;
		if (rc < 0)
			continue;
		k->states = row;
		sim_list_add(o, out, row);
	}
}

/* ---- queues ---- */

static void list_queue(struct sim_oracle *o, const struct sim_list *in, struct sim_list *out)
{
	const char *overflow = sim_param_text(o->stage, "overflow");

	o->gave_up = overflow != NULL && strcmp(overflow, "suspend") != 0; /* a matter of who was faster */
	for (uint32_t i = 0; i < in->n; i++)
		sim_list_add(o, out, in->rows[i]);
}

static void list_same(struct sim_oracle *o, const struct sim_list *in, struct sim_list *out)
{
	for (uint32_t i = 0; i < in->n; i++)
		sim_list_add(o, out, in->rows[i]);
}

/* A row of constants, then the others. An error with nothing before it does not wait until the row is asked for. */
static void list_start_with(struct sim_oracle *o, const struct sim_list *in, struct sim_list *out)
{
	struct sim_value *v = sim_pool_get(o->pool, in->names.n_fields * sizeof *v);
	struct sim_row *row = sim_pool_get(o->pool, sizeof *row);
	static const struct sim_names none = { NULL, 0 };

	*row = (struct sim_row){ .values = v, .time_ns = INT64_MIN };
	for (uint8_t i = 0; i < o->stage->n_params; i++) {
		const struct sim_param *p = &o->stage->params[i];
		uint32_t at = field_named(in->names.fields, in->names.n_fields, p->entry);
		const struct sim_expr *e = sim_expr_read(o->pool, p->value, &none, NULL);

		o->gave_up = o->gave_up || e == NULL || at == in->names.n_fields ||
			     sim_expr_value(e, NULL, NULL, &v[at]) < 0 ||
			     sim_value_to_kind(&v[at], in->names.fields[at].kind) < 0;
	}
	for (uint32_t i = in->names.n_fields; i-- > 0;)
		if (in->names.fields[i].kind == WEIR_TIME)
			row->time_ns = v[i].i;
	sim_list_add(o, out, row);
	list_same(o, in, out);
	out->cut = out->cut || (in->n == 0 && in->end == SIM_END_ERROR);
}

sim_list_fn *sim_list_function(const char *operator)
{
	static const struct {
		const char *name;
		sim_list_fn *fn;
	} functions[] = {
		{ "map", list_map },
		{ "set", list_set },
		{ "filter", list_filter },
		{ "take", list_take },
		{ "skip", list_skip },
		{ "element_at", list_element_at },
		{ "take_last", list_take_last },
		{ "skip_last", list_skip_last },
		{ "rate_limit", list_same },
		{ "tap", list_same },
		{ "share", list_same },
		{ "start_with", list_start_with },
		{ "route", list_route },
		{ "take_while", list_take_while },
		{ "skip_while", list_skip_while },
		{ "scan", list_scan },
		{ "throttle", list_throttle },
		{ "window", sim_list_window },
		{ "buffer", list_queue },
		{ "inbox", list_queue },
		{ "sim_sink", list_same },
		{ "output", list_same },
	};

	for (size_t i = 0; i < sizeof functions / sizeof *functions; i++)
		if (strcmp(functions[i].name, operator) == 0)
			return functions[i].fn;
	return sim_each_function(operator);
}
