/* SPDX-License-Identifier: MIT */
/*
 * oracle_window.c -- tumbling windows as a function from list to list (oracle.h).
 *
 * A pane is one key in one window. Panes are kept in the order in which they were opened, and looked through.
 */
#include <string.h>

#include <weir/error.h>

#include "oracle.h"

#define PANES      512u
#define KEY_FIELDS 4u

struct fold {
	struct sim_value value; /* so far; sums: i or d */
};

struct pane {
	int64_t window;
	uint64_t count;
	const struct sim_row *first; /* its key */
	struct fold *folds;          /* one an aggregate */
};

struct windows {
	struct sim_aggregates aggregates;
	const struct sim_expr *emit[SIM_STAGE_PARAMS];
	uint32_t n_emit;
	uint32_t key[KEY_FIELDS], n_key;
	int64_t size_ns, lateness_ns, time_ns;
	int32_t time_field; /* -1: the record's own time */
	uint64_t most_keys;
	bool evicts, late_to;
	struct pane panes[PANES];
	uint32_t n;
};

/* ---- what is asked for ---- */

static bool read_emit(
	struct sim_oracle *o, const struct sim_list *in, struct sim_list *out, struct windows *w)
{
	struct weir_field *fields = sim_pool_get(o->pool, SIM_STAGE_PARAMS * sizeof *fields);

	for (uint8_t i = 0; i < o->stage->n_params; i++) {
		const struct sim_param *p = &o->stage->params[i];
		const struct sim_expr *e;

		if (p->entry == NULL)
			continue;
		e = sim_expr_read(o->pool, p->value, &in->names, &w->aggregates);
		if (e == NULL)
			return false;
		fields[w->n_emit] = (struct weir_field){
			.name = p->entry, .kind = sim_expr_kind(e), .text_max = sim_expr_text_max(e)
		};
		w->emit[w->n_emit++] = e;
	}
	out->names = (struct sim_names){ fields, w->n_emit };
	return true;
}

static int32_t time_field_of(const struct sim_oracle *o, const struct sim_list *in)
{
	const char *name = sim_param_text(o->stage, "time");

	for (uint32_t i = 0; name != NULL && i < in->names.n_fields; i++)
		if (strcmp(in->names.fields[i].name, name) == 0)
			return (int32_t)i;
	return -1;
}

/* What has no answer here: other windows than tumbling ones, and time that others say. */
static bool is_plain(const struct sim_oracle *o, const struct sim_list *in, const struct windows *w)
{
	for (uint8_t i = 0; i < o->stage->n_params; i++) {
		static const char *const known[] = { "tumbling", "key", "max_keys", "keys_full", "time",
			"lateness", "late", "emit" };
		bool found = false;

		for (size_t k = 0; k < sizeof known / sizeof *known; k++)
			found = found || strcmp(o->stage->params[i].name, known[k]) == 0;
		if (!found)
			return false;
	}
	return w->size_ns > 0 && in->known == SIM_KNOWN && !in->marked && (w->time_field >= 0 || in->timed);
}

static bool set_up(struct sim_oracle *o, const struct sim_list *in, struct sim_list *out, struct windows *w)
{
	const char *late = sim_param_text(o->stage, "late"), *full = sim_param_text(o->stage, "keys_full");

	w->size_ns = (int64_t)sim_number_of(o->stage, "tumbling", 0);
	w->lateness_ns = (int64_t)sim_number_of(o->stage, "lateness", 0);
	w->time_ns = INT64_MIN;
	w->time_field = time_field_of(o, in);
	w->n_key = sim_key_of(o->stage, &in->names, w->key, KEY_FIELDS);
	w->most_keys = w->n_key == 0 ? 1 : sim_number_of(o->stage, "max_keys", 256);
	w->late_to = late != NULL && strncmp(late, "to:", 3) == 0;
	w->evicts = full != NULL && strcmp(full, "evict_oldest") == 0;
	return is_plain(o, in, w) && read_emit(o, in, out, w);
}

/* ---- folding ---- */

static bool is_float(const struct sim_value *v)
{
	return v->kind == WEIR_F32 || v->kind == WEIR_F64;
}

static double real_of(const struct sim_value *v)
{
	return v->kind == WEIR_F32 ? (double)v->f : v->d;
}

static int64_t whole_of(const struct sim_value *v)
{
	return v->kind == WEIR_BOOL || v->kind == WEIR_U64 ? (int64_t)v->u : v->i;
}

/* Whether a + b leaves i64; a u64 beyond it always does. */
static bool overflows(int64_t a, const struct sim_value *v)
{
	int64_t b = whole_of(v);

	if (v->kind == WEIR_U64 && v->u > INT64_MAX)
		return true;
	return b > 0 ? a > INT64_MAX - b : a < INT64_MIN - b;
}

/* NaN never takes another's place, and always gives way. */
static bool is_better(const struct sim_value *v, const struct sim_value *best, bool greatest)
{
	if (is_float(v)) {
		double x = real_of(v), y = real_of(best);

		return (greatest ? x > y : x < y) || (y != y && x == x);
	}
	if (v->kind == WEIR_U64)
		return greatest ? v->u > best->u : v->u < best->u;
	return greatest ? whole_of(v) > whole_of(best) : whole_of(v) < whole_of(best);
}

static void add(
	const struct sim_aggregate *a, struct sim_value *so_far, const struct sim_value *v, bool first)
{
	bool sums = a->fn == SIM_FN_SUM || a->fn == SIM_FN_AVG;

	if (sums && is_float(v)) {
		so_far->d = (first ? 0.0 : so_far->d) + real_of(v);
		so_far->kind = WEIR_F64;
	} else if (sums) {
		so_far->i = (first ? 0 : so_far->i) + whole_of(v);
		so_far->kind = WEIR_I64;
	} else if (first || a->fn == SIM_FN_LAST ||
		   (a->fn != SIM_FN_FIRST && is_better(v, so_far, a->fn == SIM_FN_MAX))) {
		*so_far = *v;
	}
}

static bool has_value(const struct sim_aggregate *a)
{
	return a->arg != NULL;
}

/* What the aggregates are of, for one item: 0, or the WEIR_E... of an item error. */
static int arguments(const struct windows *w, const struct sim_row *row, struct sim_value *args)
{
	for (uint32_t i = 0; i < w->aggregates.n; i++) {
		const struct sim_aggregate *a = &w->aggregates.list[i];
		int rc = has_value(a) ? sim_expr_value(a->arg, row->values, NULL, &args[i]) : 0;

		if (rc < 0)
			return rc;
	}
	return 0;
}

static bool would_overflow(
	struct sim_oracle *o, const struct windows *w, const struct pane *p, const struct sim_value *args)
{
	bool any = false;

	for (uint32_t i = 0; i < w->aggregates.n; i++) {
		const struct sim_aggregate *a = &w->aggregates.list[i];
		int64_t so_far = p->count > 0 ? p->folds[i].value.i : 0;

		if (!has_value(a) || is_float(&args[i]) || (a->fn != SIM_FN_SUM && a->fn != SIM_FN_AVG))
			continue;
		if (overflows(so_far, &args[i])) {
			any = any || a->fn == SIM_FN_SUM;
			o->gave_up = o->gave_up || a->fn == SIM_FN_AVG; /* exact there, and not here */
		}
	}
	return any;
}

/* ---- results ---- */

static struct sim_value result(const struct windows *w, const struct pane *p, uint32_t i)
{
	const struct sim_aggregate *a = &w->aggregates.list[i];
	struct sim_value v = p->folds[i].value;

	if (a->fn == SIM_FN_COUNT)
		return (struct sim_value){ .kind = WEIR_I64, .i = (int64_t)p->count };
	if (a->fn == SIM_FN_START || a->fn == SIM_FN_END)
		return (struct sim_value){ .kind = WEIR_TIME,
			.i = (p->window + (a->fn == SIM_FN_END)) * w->size_ns };
	if (a->fn == SIM_FN_AVG)
		v = (struct sim_value){ .kind = WEIR_F64,
			.d = (v.kind == WEIR_F64 ? v.d : (double)v.i) / (double)p->count };
	v.kind = a->kind;
	return v;
}

static void send(struct sim_oracle *o, struct sim_list *out, const struct windows *w, const struct pane *p)
{
	struct sim_value values[SIM_AGGREGATES];
	struct sim_value *v = sim_pool_get(o->pool, w->n_emit * sizeof *v);
	struct sim_row *row = sim_pool_get(o->pool, sizeof *row);

	for (uint32_t i = 0; i < w->aggregates.n; i++)
		values[i] = result(w, p, i);
	for (uint32_t i = 0; i < w->n_emit; i++)
		if (sim_expr_value(w->emit[i], p->first->values, values, &v[i]) < 0)
			o->gave_up = true;
	*row = (struct sim_row){ .values = v, .time_ns = (p->window + 1) * w->size_ns - 1 };
	sim_list_add(o, out, row);
}

/* Close the windows that are due, or all: by end, then by first appearance. */
static void close_due(struct sim_oracle *o, struct sim_list *out, struct windows *w, bool all)
{
	for (;;) {
		uint32_t best = PANES;

		for (uint32_t i = 0; i < w->n; i++)
			if (best == PANES || w->panes[i].window < w->panes[best].window)
				best = i;
		if (best == PANES ||
			(!all && w->time_ns < (w->panes[best].window + 1) * w->size_ns + w->lateness_ns))
			return;
		send(o, out, w, &w->panes[best]);
		memmove(&w->panes[best], &w->panes[best + 1], (w->n - best - 1) * sizeof w->panes[0]);
		w->n--;
	}
}

/* ---- items ---- */

static uint32_t keys_open(const struct windows *w)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < w->n; i++) {
		uint32_t k = 0;

		while (!sim_same_key(w->panes[k].first, w->panes[i].first, w->key, w->n_key))
			k++;
		n += k == i;
	}
	return n;
}

static struct pane *pane_for(
	struct sim_oracle *o, struct windows *w, const struct sim_row *row, int64_t window)
{
	bool known_key = false;

	for (uint32_t i = 0; i < w->n; i++) {
		bool same = sim_same_key(w->panes[i].first, row, w->key, w->n_key);

		if (same && w->panes[i].window == window)
			return &w->panes[i];
		known_key = known_key || same;
	}
	if (!known_key && keys_open(w) >= w->most_keys) {
		o->gave_up = o->gave_up || w->evicts; /* who goes early is not worked out here */
		return NULL;
	}
	if (w->n == PANES) {
		o->gave_up = true;
		return NULL;
	}
	w->panes[w->n] = (struct pane){ .window = window,
		.first = row,
		.folds = sim_pool_get(o->pool, (w->aggregates.n + 1) * sizeof(struct fold)) };
	return &w->panes[w->n++];
}

static int64_t window_of(const struct windows *w, int64_t time_ns)
{
	return time_ns / w->size_ns - (time_ns % w->size_ns < 0 ? 1 : 0);
}

/* Put an item in its pane: 0, or the WEIR_E... of an item error. */
static int place(struct sim_oracle *o, struct windows *w, const struct sim_row *row, int64_t window)
{
	struct sim_value args[SIM_AGGREGATES];
	int rc = arguments(w, row, args);
	struct pane *p;

	if (rc < 0)
		return rc;
	p = pane_for(o, w, row, window);
	if (p == NULL)
		return WEIR_EKEYS;
	if (would_overflow(o, w, p, args)) {
		w->n -= p->count == 0; /* it was opened for this one */
		return WEIR_EOVERFLOW;
	}
	for (uint32_t i = 0; i < w->aggregates.n; i++)
		if (has_value(&w->aggregates.list[i]))
			add(&w->aggregates.list[i], &p->folds[i].value, &args[i], p->count == 0);
	p->count++;
	return 0;
}

void sim_list_window(struct sim_oracle *o, const struct sim_list *in, struct sim_list *out)
{
	struct windows *w = sim_pool_get(o->pool, sizeof *w);

	if (!set_up(o, in, out, w)) {
		o->gave_up = true;
		return;
	}
	out->timed = out->marked =
		o->m->world.c->clock == WEIR_CLOCK_EVENT; /* results have a time, and say how far it is */
	for (uint32_t i = 0; i < in->n && !o->gave_up; i++) {
		const struct sim_row *row = in->rows[i];
		const struct sim_value *field = w->time_field >= 0 ? &row->values[w->time_field] : NULL;
		int64_t time_ns = field != NULL ? field->i : row->time_ns, window = window_of(w, time_ns);
		int rc;

		o->gave_up = field != NULL ? field->any : row->any_time;
		w->time_ns = time_ns > w->time_ns ? time_ns : w->time_ns;
		close_due(o, out, w, false);
		if (w->time_ns >= (window + 1) * w->size_ns + w->lateness_ns) {
			if (w->late_to)
				sim_list_add(o, &o->late, row);
			continue;
		}
		rc = place(o, w, row, window);
		if (rc < 0 && !sim_list_fault(o, in, i, rc, out))
			return;
	}
	if (in->cut && (in->end == SIM_END_COMPLETE || in->end == SIM_END_NOT))
		o->gave_up = true; /* what is in the windows when the end comes, or whether it closes them */
	else if (in->end == SIM_END_COMPLETE)
		close_due(o, out, w, true);
}
