/* SPDX-License-Identifier: MIT */
/*
 * oracle_window.c -- windows as a function from list to list (oracle.h).
 *
 * A pane is one key in one window. Panes are kept in the order in which they were opened, and looked through.
 */
#include <string.h>

#include <weir/error.h>

#include "oracle_fold.h"

#define PANES      512u
#define KEY_FIELDS 4u

struct pane {
	int64_t start, end; /* sessions and counts: the least and the greatest time, and gap behind that */
	uint64_t count;
	uint64_t from;               /* counts: how many of the key came before */
	const struct sim_row *first; /* its key */
	struct sim_fold *folds;      /* one an aggregate */
};

struct windows {
	struct sim_aggregates aggregates;
	const struct sim_expr *emit[SIM_STAGE_PARAMS];
	uint32_t n_emit;
	uint32_t key[KEY_FIELDS], n_key;
	int64_t size_ns, every_ns; /* tumbling and sliding */
	int64_t gap_ns;            /* session */
	uint64_t items, every;     /* count */
	int64_t lateness_ns, time_ns;
	int32_t time_field; /* -1: the record's own time */
	uint64_t most_keys, samples;
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

/* What has no answer here: time that others say. */
static bool is_plain(const struct sim_oracle *o, const struct sim_list *in, const struct windows *w)
{
	for (uint8_t i = 0; i < o->stage->n_params; i++) {
		static const char *const known[] = { "tumbling", "sliding", "session", "count", "every",
			"key", "max_keys", "keys_full", "time", "lateness", "late", "samples", "emit" };
		bool found = false;

		for (size_t k = 0; k < sizeof known / sizeof *known; k++)
			found = found || strcmp(o->stage->params[i].name, known[k]) == 0;
		if (!found)
			return false;
	}
	return in->known == SIM_KNOWN && !in->marked && (w->time_field >= 0 || in->timed);
}

static bool set_up(struct sim_oracle *o, const struct sim_list *in, struct sim_list *out, struct windows *w)
{
	const char *late = sim_param_text(o->stage, "late"), *full = sim_param_text(o->stage, "keys_full");

	w->size_ns = (int64_t)sim_number_of(o->stage, "tumbling", sim_number_of(o->stage, "sliding", 0));
	w->gap_ns = (int64_t)sim_number_of(o->stage, "session", 0);
	w->items = sim_number_of(o->stage, "count", 0);
	w->every = sim_number_of(o->stage, "every", w->items);
	w->every_ns = (int64_t)sim_number_of(o->stage, "every", (uint64_t)w->size_ns);
	w->lateness_ns = (int64_t)sim_number_of(o->stage, "lateness", 0);
	w->samples = sim_number_of(o->stage, "samples", 0);
	w->time_ns = INT64_MIN;
	w->time_field = time_field_of(o, in);
	w->n_key = sim_key_of(o->stage, &in->names, w->key, KEY_FIELDS);
	w->most_keys = w->n_key == 0 ? 1 : sim_number_of(o->stage, "max_keys", 256);
	w->late_to = late != NULL && strncmp(late, "to:", 3) == 0;
	w->evicts = full != NULL && strcmp(full, "evict_oldest") == 0;
	return is_plain(o, in, w) && read_emit(o, in, out, w);
}

/* ---- folding ---- */

static bool keeps_values(const struct windows *w)
{
	for (uint32_t i = 0; i < w->aggregates.n; i++)
		if (sim_fold_is_quantile(&w->aggregates.list[i]))
			return true;
	return false;
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

		if (!has_value(a) || sim_fold_is_float(&args[i]) ||
			(a->fn != SIM_FN_SUM && a->fn != SIM_FN_AVG))
			continue;
		if (sim_fold_overflows(so_far, &args[i])) {
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
			.i = a->fn == SIM_FN_START ? p->start : p->end };
	if (a->fn >= SIM_FN_VAR)
		return (struct sim_value){ .kind = WEIR_F64,
			.d = sim_fold_statistic(a, &p->folds[i], p->count) };
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
	*row = (struct sim_row){ .values = v, .time_ns = p->end - 1 };
	if (w->items > 0)
		row->time_ns = w->time_ns > p->end ? w->time_ns : p->end;
	sim_list_add(o, out, row);
}

static void forget(struct windows *w, struct pane *p)
{
	memmove(p, p + 1, (size_t)(&w->panes[w->n] - (p + 1)) * sizeof *p);
	w->n--;
}

/* Of a key whose items are counted: whether all that the pane holds came out before. */
static bool came_out(const struct windows *w, const struct pane *p)
{
	uint64_t before =
		p->from < w->every ? 0 : p->from - w->every + w->items; /* out with the window before */

	for (uint32_t i = 0; i < w->n; i++) /* or will, with one that is open */
		if (w->panes[i].from < p->from && sim_same_key(w->panes[i].first, p->first, w->key, w->n_key))
			return true;
	return w->items > 0 && p->from + p->count <= before;
}

static bool is_before(const struct pane *a, const struct pane *b)
{
	return a->end < b->end || (a->end == b->end && a->start < b->start);
}

/* Close the windows that are due, or all: by end, then by start, then by first appearance. */
static void close_due(struct sim_oracle *o, struct sim_list *out, struct windows *w, bool all)
{
	if (all &&
		w->items >
			0) /* which of several of one key comes out has been settled before the first does */
		for (uint32_t i = w->n; i > 0; i--)
			if (came_out(w, &w->panes[i - 1]))
				forget(w, &w->panes[i - 1]);
	for (;;) {
		struct pane *best = NULL;

		for (uint32_t i = 0; i < w->n; i++)
			if (best == NULL || is_before(&w->panes[i], best))
				best = &w->panes[i];
		if (best == NULL || (!all && (w->items > 0 || w->time_ns < best->end + w->lateness_ns)))
			return;
		send(o, out, w, best);
		forget(w, best);
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

static struct pane *find_pane(struct windows *w, const struct sim_row *row, int64_t start)
{
	for (uint32_t i = 0; i < w->n; i++)
		if (w->panes[i].start == start && sim_same_key(w->panes[i].first, row, w->key, w->n_key))
			return &w->panes[i];
	return NULL;
}

/* An empty one; NULL: no key more, or no room to work it out. */
static struct pane *add_pane(
	struct sim_oracle *o, struct windows *w, const struct sim_row *row, int64_t start, int64_t end)
{
	bool known_key = false;

	for (uint32_t i = 0; i < w->n; i++)
		known_key = known_key || sim_same_key(w->panes[i].first, row, w->key, w->n_key);
	if (!known_key && keys_open(w) >= w->most_keys) {
		o->gave_up = o->gave_up || w->evicts; /* who goes early is not worked out here */
		return NULL;
	}
	if (w->n == PANES) {
		o->gave_up = true;
		return NULL;
	}
	w->panes[w->n] = (struct pane){ .start = start,
		.end = end,
		.first = row,
		.folds = sim_pool_get(o->pool, (w->aggregates.n + 1) * sizeof(struct sim_fold)) };
	return &w->panes[w->n++];
}

/* What keeps a pane from taking an item: 0, or the WEIR_E... of an item error. */
static int refusal(
	struct sim_oracle *o, const struct windows *w, const struct pane *p, const struct sim_value *args)
{
	if (p->count > 0 && p->count >= w->samples && keeps_values(w))
		return WEIR_ESAMPLES;
	return would_overflow(o, w, p, args) ? WEIR_EOVERFLOW : 0;
}

static void put(struct sim_oracle *o, const struct windows *w, struct pane *p, const struct sim_value *args)
{
	for (uint32_t i = 0; i < w->aggregates.n; i++)
		if (has_value(&w->aggregates.list[i])) {
			sim_fold_add(&w->aggregates.list[i], &p->folds[i].value, &args[i], p->count == 0);
			sim_fold_note(
				o, &w->aggregates.list[i], &p->folds[i], &args[i], p->count, w->samples);
		}
	p->count++;
}

/* ---- tumbling and sliding ---- */

static int64_t floor_of(int64_t time_ns, int64_t period_ns)
{
	return (time_ns / period_ns - (time_ns % period_ns < 0)) * period_ns;
}

static bool is_closed(const struct windows *w, int64_t end_ns)
{
	return w->time_ns >= end_ns + w->lateness_ns;
}

/* Put an item in all windows it lies in that are open, or in none. */
static int place_aligned(struct sim_oracle *o, struct windows *w, const struct sim_row *row, int64_t time_ns)
{
	int64_t last = floor_of(time_ns, w->every_ns), first = last - w->size_ns + w->every_ns;
	struct sim_value args[SIM_AGGREGATES];
	uint32_t before = w->n;
	int rc = arguments(w, row, args);

	while (is_closed(w, first + w->size_ns))
		first += w->every_ns;
	for (int64_t start = first; rc == 0 && start <= last; start += w->every_ns) {
		struct pane *p = find_pane(w, row, start);

		p = p != NULL ? p : add_pane(o, w, row, start, start + w->size_ns);
		rc = p == NULL ? WEIR_EKEYS : refusal(o, w, p, args);
	}
	if (rc < 0)
		w->n = before;
	for (int64_t start = first; rc == 0 && start <= last; start += w->every_ns)
		put(o, w, find_pane(w, row, start), args);
	return rc;
}

/* ---- sessions ---- */

/* The next session from *at on that an item is less than a gap away from; NULL: none. */
static struct pane *next_near(struct windows *w, const struct sim_row *row, int64_t time_ns, uint32_t *at)
{
	while (*at < w->n) {
		struct pane *p = &w->panes[(*at)++];

		if (time_ns < p->end && p->start < time_ns + w->gap_ns &&
			sim_same_key(p->first, row, w->key, w->n_key))
			return p;
	}
	return NULL;
}

/* Whole sums, counts, the least, the greatest and values kept come to the same in whatever order; others do not. */
static bool joins_exactly(const struct windows *w, const struct pane *p)
{
	for (uint32_t i = 0; i < w->aggregates.n; i++) {
		const struct sim_aggregate *a = &w->aggregates.list[i];
		bool sums = a->fn == SIM_FN_SUM || a->fn == SIM_FN_AVG;

		if (a->fn == SIM_FN_VAR || a->fn == SIM_FN_STDDEV ||
			(sums && sim_fold_is_float(&p->folds[i].value)))
			return false;
	}
	return true;
}

/* The later session's items go to the one that began before it. */
static void join(struct sim_oracle *o, const struct windows *w, struct pane *into, const struct pane *from)
{
	o->gave_up = o->gave_up || !joins_exactly(w, into);
	for (uint32_t i = 0; i < w->aggregates.n && !o->gave_up; i++) {
		const struct sim_aggregate *a = &w->aggregates.list[i];
		struct sim_fold *f = &into->folds[i];

		if (has_value(a))
			sim_fold_add(a, &f->value, &from->folds[i].value, false);
		for (uint64_t k = 0; sim_fold_is_quantile(a) && k < from->count; k++)
			f->values[into->count + k] = from->folds[i].values[k];
	}
	into->count += from->count;
	into->start = from->start < into->start ? from->start : into->start;
	into->end = from->end > into->end ? from->end : into->end;
}

/* What keeps two sessions and an item from becoming one. */
static int no_join(struct sim_oracle *o, const struct windows *w, const struct pane *a, const struct pane *b,
	const struct sim_value *args)
{
	struct pane both = *a;
	int rc = 0;

	if (keeps_values(w) && a->count + b->count >= w->samples)
		return WEIR_ESAMPLES;
	both.folds = sim_pool_get(o->pool, (w->aggregates.n + 1) * sizeof *both.folds);
	for (uint32_t i = 0; i < w->aggregates.n && rc == 0; i++) {
		const struct sim_aggregate *g = &w->aggregates.list[i];
		const struct sim_value *v = &b->folds[i].value;
		bool sums =
			has_value(g) && (g->fn == SIM_FN_SUM || g->fn == SIM_FN_AVG) && !sim_fold_is_float(v);

		both.folds[i] = a->folds[i];
		if (sums && sim_fold_overflows(both.folds[i].value.i, v)) {
			o->gave_up = o->gave_up || g->fn == SIM_FN_AVG;
			rc = WEIR_EOVERFLOW;
		} else if (sums) {
			both.folds[i].value.i += v->i;
		}
	}
	return rc == 0 && would_overflow(o, w, &both, args) ? WEIR_EOVERFLOW : rc;
}

static int place_in_session(
	struct sim_oracle *o, struct windows *w, const struct sim_row *row, int64_t time_ns)
{
	struct sim_value args[SIM_AGGREGATES];
	uint32_t at = 0, before = w->n;
	struct pane *p = next_near(w, row, time_ns, &at), *other = next_near(w, row, time_ns, &at);
	int rc = arguments(w, row, args);

	if (rc < 0)
		return rc;
	p = p != NULL ? p : add_pane(o, w, row, time_ns, time_ns + w->gap_ns);
	if (p == NULL)
		return WEIR_EKEYS;
	rc = other != NULL ? no_join(o, w, p, other, args) : refusal(o, w, p, args);
	if (rc < 0) {
		w->n = before;
		return rc;
	}
	if (other != NULL) {
		join(o, w, p, other);
		forget(w, other);
	}
	put(o, w, p, args);
	p->start = time_ns < p->start ? time_ns : p->start;
	p->end = time_ns + w->gap_ns > p->end ? time_ns + w->gap_ns : p->end;
	return 0;
}

/* ---- numbers of items ---- */

static struct pane *last_of(struct windows *w, const struct sim_row *row)
{
	for (uint32_t i = w->n; i > 0; i--)
		if (sim_same_key(w->panes[i - 1].first, row, w->key, w->n_key))
			return &w->panes[i - 1];
	return NULL;
}

static int count_in(struct sim_oracle *o, struct windows *w, struct sim_list *out, const struct sim_row *row,
	int64_t time_ns)
{
	struct sim_value args[SIM_AGGREGATES];
	struct pane *last = last_of(w, row);
	uint32_t before = w->n;
	int rc = arguments(w, row, args);

	if (rc == 0 && (last == NULL || last->count == w->every)) {
		uint64_t from = last != NULL ? last->from + last->count : 0;
		struct pane *fresh = add_pane(o, w, row, time_ns, time_ns);

		if (fresh == NULL)
			return WEIR_EKEYS;
		fresh->from = from;
	}
	for (uint32_t i = 0; rc == 0 && i < w->n; i++)
		if (sim_same_key(w->panes[i].first, row, w->key, w->n_key))
			rc = refusal(o, w, &w->panes[i], args);
	if (rc < 0) {
		w->n = before;
		return rc;
	}
	for (uint32_t i = 0; i < w->n; i++) {
		struct pane *p = &w->panes[i];

		if (!sim_same_key(p->first, row, w->key, w->n_key))
			continue;
		put(o, w, p, args);
		p->start = time_ns < p->start ? time_ns : p->start;
		p->end = time_ns > p->end ? time_ns : p->end;
		if (p->count == w->items) {
			send(o, out, w, p);
			forget(w, p);
			i--;
		}
	}
	return 0;
}

/* ---- all forms ---- */

static bool is_late(struct windows *w, const struct sim_row *row, int64_t time_ns)
{
	uint32_t at = 0;

	if (w->size_ns > 0)
		return is_closed(w, floor_of(time_ns, w->every_ns) + w->size_ns);
	return w->gap_ns > 0 && is_closed(w, time_ns + w->gap_ns) && next_near(w, row, time_ns, &at) == NULL;
}

/* Put an item in its panes: 0, or the WEIR_E... of an item error. */
static int place(struct sim_oracle *o, struct windows *w, struct sim_list *out, const struct sim_row *row,
	int64_t time_ns)
{
	if (w->size_ns > 0)
		return place_aligned(o, w, row, time_ns);
	return w->gap_ns > 0 ? place_in_session(o, w, row, time_ns) : count_in(o, w, out, row, time_ns);
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
		int64_t time_ns = field != NULL ? field->i : row->time_ns;
		int rc;

		o->gave_up = field != NULL ? field->any : row->any_time;
		w->time_ns = time_ns > w->time_ns ? time_ns : w->time_ns;
		close_due(o, out, w, false);
		if (is_late(w, row, time_ns)) {
			if (w->late_to)
				sim_list_add(o, &o->late, row);
			continue;
		}
		rc = place(o, w, out, row, time_ns);
		if (rc < 0 && !sim_list_fault(o, in, i, rc, out))
			return;
	}
	if (in->cut && (in->end == SIM_END_COMPLETE || in->end == SIM_END_NOT))
		o->gave_up = true; /* what is in the windows when the end comes, or whether it closes them */
	else if (in->end == SIM_END_COMPLETE)
		close_due(o, out, w, true);
}
