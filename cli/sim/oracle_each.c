/* SPDX-License-Identifier: MIT */
/*
 * oracle_each.c -- operators that look at one record after the other, per key, as functions from list to list (oracle.h).
 */
#include <string.h>

#include <weir/error.h>

#include "oracle.h"

#define KEYS      256u
#define MOST_LAST 64u /* values of a moving average */

/* What a key remembers. */
struct state {
	const struct sim_row *first; /* one that has the key */
	uint64_t used;
	const struct sim_row *last;
	double x;
	uint64_t n;
	bool holds;
	int64_t time_ns, until_ns; /* batch */
	uint64_t batch;
	double values[MOST_LAST]; /* the last n of them, oldest first */
};

/* A stage at work. */
struct each {
	struct sim_oracle *o;
	const struct sim_list *in;
	struct sim_list *out;
	struct state *states[KEYS];
	uint32_t n_states, most;
	uint32_t key[4], n_key;
	bool evicts;
	uint32_t field;               /* that it looks at */
	const struct sim_expr *on[2]; /* or expressions */
	uint32_t n_on;
};

/* What becomes of a row: 1 it goes on, with v as what is appended; 0 it does not; negative: an item error. */
typedef int look_fn(
	struct each *e, struct state *s, const struct sim_row *row, bool is_new, struct sim_value *v);

/* ---- parameters ---- */

static uint32_t field_named(const struct sim_list *in, const char *name)
{
	uint32_t i = 0;

	while (name != NULL && i < in->names.n_fields && strcmp(in->names.fields[i].name, name) != 0)
		i++;
	return i;
}

static double number_param(const struct each *e, const char *name, double dflt)
{
	const char *text = sim_param_text(e->o->stage, name);
	double whole = 0, scale = 0;
	bool negative = text != NULL && *text == '-';

	if (text == NULL)
		return dflt;
	for (text += negative; *text != '\0'; text++) { /* as the drawer writes them: 12.5 */
		if (*text == '.') {
			scale = 1;
			continue;
		}
		whole = whole * 10 + (*text - '0');
		scale *= 10;
	}
	whole = scale > 0 ? whole / scale : whole;
	return negative ? -whole : whole;
}

static bool open_each(struct each *e, struct sim_oracle *o, const struct sim_list *in, struct sim_list *out)
{
	const char *full = sim_param_text(o->stage, "keys_full"), *field = sim_param_text(o->stage, "field");

	*e = (struct each){ .o = o, .in = in, .out = out };
	e->n_key = sim_key_of(o->stage, &in->names, e->key, 4);
	e->most = e->n_key == 0 ? 1 : (uint32_t)sim_number_of(o->stage, "max_keys", 256);
	e->evicts = full != NULL && strcmp(full, "evict_oldest") == 0;
	e->field = field_named(in, field);
	for (uint8_t i = 0; i < o->stage->n_params; i++) {
		const struct sim_param *p = &o->stage->params[i];

		if (p->entry == NULL || e->n_on == 2)
			continue;
		e->on[e->n_on] = sim_expr_read(o->pool, p->value, &in->names, NULL);
		o->gave_up = o->gave_up || e->on[e->n_on++] == NULL;
	}
	o->gave_up = o->gave_up || in->known != SIM_KNOWN || e->most > KEYS ||
		     (field != NULL && e->field == in->names.n_fields);
	return !o->gave_up;
}

/* ---- keys ---- */

static struct state *state_for(struct each *e, const struct sim_row *row, bool *is_new)
{
	uint32_t at = 0, oldest = 0;

	*is_new = false;
	for (; at < e->n_states; at++) {
		if (sim_same_key(e->states[at]->first, row, e->key, e->n_key))
			return e->states[at];
		oldest = e->states[at]->used < e->states[oldest]->used ? at : oldest;
	}
	if (e->n_states == e->most && !e->evicts)
		return NULL;
	at = e->n_states == e->most ? oldest : e->n_states++;
	*is_new = true;
	if (e->states[at] == NULL)
		e->states[at] = sim_pool_get(e->o->pool, sizeof(struct state));
	*e->states[at] = (struct state){ .first = row };
	return e->states[at];
}

/* One that had an item error is not remembered. */
static void forget_newest(struct each *e, struct state *s)
{
	for (uint32_t i = 0; i < e->n_states; i++)
		if (e->states[i] == s) {
			e->states[i] = e->states[--e->n_states];
			e->states[e->n_states] = s;
			return;
		}
}

/* ---- rows that grow ---- */

static void append_name(struct each *e, const char *dflt, uint8_t kind)
{
	const char *as = sim_param_text(e->o->stage, "as");
	uint32_t n = e->in->names.n_fields;
	struct weir_field *fields = sim_pool_get(e->o->pool, (n + 1) * sizeof *fields);

	memcpy(fields, e->in->names.fields, n * sizeof *fields);
	fields[n] = (struct weir_field){ .name = as != NULL ? as : dflt, .kind = kind };
	e->out->names = (struct sim_names){ fields, n + 1 };
}

static const struct sim_row *longer(
	struct each *e, const struct sim_row *row, const struct sim_value *more, uint32_t n_more)
{
	uint32_t n = e->in->names.n_fields;
	struct sim_value *v = sim_pool_get(e->o->pool, (n + n_more) * sizeof *v);
	struct sim_row *to = sim_pool_get(e->o->pool, sizeof *to);

	memcpy(v, row->values, n * sizeof *v);
	memcpy(v + n, more, n_more * sizeof *v);
	*to = *row;
	to->values = v;
	return to;
}

/* dflt NULL: rows go on as they are. */
static void run_each(struct each *e, look_fn *look, const char *dflt, uint8_t kind)
{
	if (dflt != NULL)
		append_name(e, dflt, kind);
	for (uint32_t i = 0; i < e->in->n && !e->o->gave_up; i++) {
		const struct sim_row *row = e->in->rows[i];
		struct sim_value made = { .kind = kind };
		bool is_new;
		struct state *s = state_for(e, row, &is_new);
		int rc = s != NULL ? look(e, s, row, is_new, &made) : WEIR_EKEYS;

		if (s != NULL)
			s->used = i + 1u;
		if (s != NULL && rc < 0 && is_new)
			forget_newest(e, s);
		if (rc < 0 && !sim_list_fault(e->o, e->in, i, rc, e->out))
			return;
		if (rc == 1)
			sim_list_add(e->o, e->out, dflt != NULL ? longer(e, row, &made, 1) : row);
	}
}

/* ---- what they look at ---- */

static double number(struct each *e, const struct sim_row *row)
{
	const struct sim_value *v = &row->values[e->field];

	e->o->gave_up = e->o->gave_up || v->any;
	if (v->kind == WEIR_F32)
		return (double)v->f;
	if (v->kind == WEIR_F64)
		return v->d;
	return v->kind == WEIR_U64 ? (double)v->u : (double)v->i;
}

static int64_t time_of(struct each *e, const struct sim_row *row)
{
	e->o->gave_up = e->o->gave_up || !e->in->timed || row->any_time;
	return row->time_ns;
}

static bool is_nan(double x)
{
	return x != x;
}

/* Equal as values: NaN is NaN, 0 is -0. */
static bool is_same(struct each *e, const struct sim_value *a, const struct sim_value *b)
{
	e->o->gave_up = e->o->gave_up || a->any || b->any;
	if (a->kind == WEIR_F64)
		return a->d == b->d || (is_nan(a->d) && is_nan(b->d));
	if (a->kind == WEIR_F32)
		return a->f == b->f || (a->f != a->f && b->f != b->f);
	return sim_value_same(a, b);
}

static int look_distinct(
	struct each *e, struct state *s, const struct sim_row *row, bool is_new, struct sim_value *v)
{
	uint32_t n = e->n_on > 0 ? e->n_on : e->in->names.n_fields;
	struct sim_value *now = sim_pool_get(e->o->pool, n * sizeof *now);
	struct sim_row *worth = sim_pool_get(e->o->pool, sizeof *worth);
	bool same = !is_new;

	(void)v;
	for (uint32_t i = 0; i < n; i++) {
		int rc = 0;

		if (e->n_on == 0)
			now[i] = row->values[i];
		else if ((rc = sim_expr_value(e->on[i], row->values, NULL, &now[i])) == 0)
			rc = sim_value_to_kind(&now[i], sim_expr_kind(e->on[i]));
		if (rc < 0)
			return rc;
		e->o->gave_up = e->o->gave_up || now[i].any;
	}
	for (uint32_t i = 0; i < n && same; i++)
		same = is_same(e, &now[i], &s->last->values[i]);
	worth->values = now;
	s->last = worth;
	return !same;
}

static void list_distinct(struct sim_oracle *o, const struct sim_list *in, struct sim_list *out)
{
	struct each e;

	if (open_each(&e, o, in, out))
		run_each(&e, look_distinct, NULL, 0);
}

static int look_deadband(
	struct each *e, struct state *s, const struct sim_row *row, bool is_new, struct sim_value *v)
{
	double x = number(e, row), delta = number_param(e, "delta", -1), off = x - s->x;
	double width = delta >= 0 ? delta : (s->x < 0 ? -s->x : s->x) * number_param(e, "percent", -1) / 100;
	bool passes = is_new || is_nan(x) != is_nan(s->x) || off > width || -off > width;

	(void)v;
	if (passes)
		s->x = x;
	return passes;
}

static void list_deadband(struct sim_oracle *o, const struct sim_list *in, struct sim_list *out)
{
	struct each e;

	if (open_each(&e, o, in, out))
		run_each(&e, look_deadband, NULL, 0);
}

static int look_edges(
	struct each *e, struct state *s, const struct sim_row *row, bool is_new, struct sim_value *v)
{
	const char *edge = sim_param_text(e->o->stage, "edge");
	bool was = s->holds;
	int rc = sim_expr_value(e->on[0], row->values, NULL, v);

	(void)is_new;
	if (rc < 0)
		return rc;
	s->holds = v->u != 0;
	if (was == s->holds)
		return 0;
	if (edge != NULL && strcmp(edge, "both") == 0)
		return 1;
	return s->holds == (edge == NULL || strcmp(edge, "rising") == 0);
}

static void list_edges(struct sim_oracle *o, const struct sim_list *in, struct sim_list *out)
{
	const char *when = sim_param_text(o->stage, "when");
	struct each e;

	if (!open_each(&e, o, in, out))
		return;
	e.on[0] = when != NULL ? sim_expr_read(o->pool, when, &in->names, NULL) : NULL;
	o->gave_up = e.on[0] == NULL;
	if (!o->gave_up)
		run_each(&e, look_edges, NULL, 0);
}

static int look_index(
	struct each *e, struct state *s, const struct sim_row *row, bool is_new, struct sim_value *v)
{
	(void)e;
	(void)row;
	(void)is_new;
	v->u = s->n++;
	return 1;
}

static void list_index(struct sim_oracle *o, const struct sim_list *in, struct sim_list *out)
{
	struct each e;

	if (open_each(&e, o, in, out))
		run_each(&e, look_index, "index", WEIR_U64);
}

/* From the row before to this one, in seconds. */
static double seconds(struct each *e, const struct state *s, const struct sim_row *row)
{
	int64_t a = time_of(e, s->last), b = time_of(e, row);

	return a <= b ? (double)((uint64_t)b - (uint64_t)a) / 1e9
		      : -((double)((uint64_t)a - (uint64_t)b) / 1e9);
}

static int look_interval(
	struct each *e, struct state *s, const struct sim_row *row, bool is_new, struct sim_value *v)
{
	v->d = is_new ? __builtin_nan("") : seconds(e, s, row);
	s->last = row;
	return 1;
}

static void list_interval(struct sim_oracle *o, const struct sim_list *in, struct sim_list *out)
{
	struct each e;

	if (open_each(&e, o, in, out))
		run_each(&e, look_interval, "interval", WEIR_F64);
}

static int look_rate(
	struct each *e, struct state *s, const struct sim_row *row, bool is_new, struct sim_value *v)
{
	double x = number(e, row);

	v->d = is_new ? __builtin_nan("") : (x - s->x) / seconds(e, s, row);
	s->x = x;
	s->last = row;
	return 1;
}

static void list_rate(struct sim_oracle *o, const struct sim_list *in, struct sim_list *out)
{
	struct each e;

	if (open_each(&e, o, in, out))
		run_each(&e, look_rate, "rate", WEIR_F64);
}

static int look_delta(
	struct each *e, struct state *s, const struct sim_row *row, bool is_new, struct sim_value *v)
{
	const struct sim_value *now = &row->values[e->field];

	e->o->gave_up = e->o->gave_up || now->any;
	v->u = is_new ? 0 : now->u < s->n ? now->u : now->u - s->n;
	s->n = now->u;
	return 1;
}

static void list_delta(struct sim_oracle *o, const struct sim_list *in, struct sim_list *out)
{
	struct each e;

	if (open_each(&e, o, in, out))
		run_each(&e, look_delta, "delta", in->names.fields[e.field].kind);
}

/* How many are together shows in their number alone. */
static int look_batch(
	struct each *e, struct state *s, const struct sim_row *row, bool is_new, struct sim_value *v)
{
	int64_t every_ns = (int64_t)sim_number_of(e->o->stage, "every", 0);

	if (every_ns > 0 && sim_param_text(e->o->stage, "as") != NULL)
		s->time_ns = is_new || time_of(e, row) > s->time_ns ? time_of(e, row) : s->time_ns;
	if (s->n == sim_number_of(e->o->stage, "count", UINT32_MAX) ||
		(s->n > 0 && every_ns > 0 && s->time_ns >= s->until_ns)) {
		s->batch++;
		s->n = 0;
	}
	if (s->n++ == 0)
		s->until_ns = s->time_ns > INT64_MAX - every_ns ? INT64_MAX : s->time_ns + every_ns;
	v->u = s->batch;
	return 1;
}

static void list_batch(struct sim_oracle *o, const struct sim_list *in, struct sim_list *out)
{
	const char *as = sim_param_text(o->stage, "as");
	struct each e;

	o->gave_up = in->cut || in->end == SIM_END_CHECKPOINT || (as != NULL && in->marked) ||
		     (as != NULL && sim_param_text(o->stage, "bytes") != NULL);
	if (open_each(&e, o, in, out))
		run_each(&e, look_batch, as, WEIR_U64);
}

static int look_threshold(
	struct each *e, struct state *s, const struct sim_row *row, bool is_new, struct sim_value *v)
{
	double x = number(e, row), above = number_param(e, "above", 0);

	(void)is_new;
	if (x > above || x <= above - number_param(e, "hysteresis", 0))
		s->holds = x > above;
	v->u = s->holds;
	return 1;
}

static void list_threshold(struct sim_oracle *o, const struct sim_list *in, struct sim_list *out)
{
	struct each e;

	if (open_each(&e, o, in, out))
		run_each(&e, look_threshold, "above", WEIR_BOOL);
}

static int look_smooth(
	struct each *e, struct state *s, const struct sim_row *row, bool is_new, struct sim_value *v)
{
	double x = number(e, row);

	if (is_new || is_nan(s->x))
		s->x = x;
	else if (!is_nan(x))
		s->x = s->x + number_param(e, "alpha", 1) * (x - s->x);
	v->d = s->x;
	return 1;
}

static void list_smooth(struct sim_oracle *o, const struct sim_list *in, struct sim_list *out)
{
	struct each e;

	if (open_each(&e, o, in, out))
		run_each(&e, look_smooth, "smooth", WEIR_F64);
}

/* Remember the last `count` values, oldest first; how many there are. */
static uint32_t remember(struct each *e, struct state *s, double x)
{
	uint64_t count = sim_number_of(e->o->stage, "count", 1);

	e->o->gave_up = e->o->gave_up || count > MOST_LAST;
	if (e->o->gave_up)
		return 0;
	if (s->n == count)
		memmove(s->values, s->values + 1, --s->n * sizeof *s->values);
	s->values[s->n++] = x;
	return (uint32_t)s->n;
}

static int look_average(
	struct each *e, struct state *s, const struct sim_row *row, bool is_new, struct sim_value *v)
{
	uint32_t n = remember(e, s, number(e, row));
	double sum = 0;

	(void)is_new;
	for (uint32_t i = 0; i < n; i++)
		sum += s->values[i];
	v->d = sum / n;
	return 1;
}

static void list_average(struct sim_oracle *o, const struct sim_list *in, struct sim_list *out)
{
	struct each e;

	if (open_each(&e, o, in, out))
		run_each(&e, look_average, "mean", WEIR_F64);
}

/* How many of n values must come before x, NaN last. */
static uint32_t rank(const double *values, uint32_t n, uint32_t at)
{
	uint32_t before = 0;

	for (uint32_t i = 0; i < n; i++) {
		double a = values[i], x = values[at];
		bool less = a < x || (!is_nan(a) && is_nan(x)), more = x < a || (!is_nan(x) && is_nan(a));

		before += less || (!more && i < at);
	}
	return before;
}

static double ranked(const double *values, uint32_t n, uint32_t wanted)
{
	uint32_t i = 0;

	while (i < n && rank(values, n, i) != wanted)
		i++;
	return i < n ? values[i] : 0;
}

static int look_median(
	struct each *e, struct state *s, const struct sim_row *row, bool is_new, struct sim_value *v)
{
	uint32_t n = remember(e, s, number(e, row));
	double low = n > 0 ? ranked(s->values, n, (n - 1) / 2) : 0;

	(void)is_new;
	v->d = n % 2 != 0 ? low : low + (ranked(s->values, n, n / 2) - low) / 2;
	return 1;
}

static void list_median(struct sim_oracle *o, const struct sim_list *in, struct sim_list *out)
{
	struct each e;

	if (open_each(&e, o, in, out))
		run_each(&e, look_median, "median", WEIR_F64);
}

/* Both rows of the pair, side by side. */
static void list_pairwise(struct sim_oracle *o, const struct sim_list *in, struct sim_list *out)
{
	const char *prefix = sim_param_text(o->stage, "prefix");
	uint32_t n = in->names.n_fields;
	struct weir_field *fields = sim_pool_get(o->pool, 2 * n * sizeof *fields);
	struct each e;

	if (!open_each(&e, o, in, out))
		return;
	for (uint32_t i = 0; i < 2 * n; i++)
		fields[i] = in->names.fields[i % n];
	for (uint32_t i = n; i < 2 * n; i++)
		fields[i].name =
			sim_pool_text(o->pool, "%s%s", prefix != NULL ? prefix : "prev_", fields[i].name);
	out->names = (struct sim_names){ fields, 2 * n };
	for (uint32_t i = 0; i < in->n; i++) {
		bool is_new;
		struct state *s = state_for(&e, in->rows[i], &is_new);

		if (s == NULL) {
			if (!sim_list_fault(o, in, i, WEIR_EKEYS, out))
				return;
			continue;
		}
		s->used = i + 1u;
		if (!is_new)
			sim_list_add(o, out, longer(&e, in->rows[i], s->last->values, n));
		s->last = in->rows[i];
	}
}

sim_list_fn *sim_each_function(const char *operator)
{
	static const struct {
		const char *name;
		sim_list_fn *fn;
	} functions[] = {
		{ "distinct_until_changed", list_distinct },
		{ "deadband", list_deadband },
		{ "edges", list_edges },
		{ "pairwise", list_pairwise },
		{ "batch", list_batch },
		{ "with_index", list_index },
		{ "time_interval", list_interval },
		{ "rate_of_change", list_rate },
		{ "cumulative_to_delta", list_delta },
		{ "threshold", list_threshold },
		{ "smooth", list_smooth },
		{ "moving_average", list_average },
		{ "moving_median", list_median },
	};

	for (size_t i = 0; i < sizeof functions / sizeof *functions; i++)
		if (strcmp(functions[i].name, operator) == 0)
			return functions[i].fn;
	return sim_wait_function(operator);
}
