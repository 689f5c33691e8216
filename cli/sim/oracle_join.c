/* SPDX-License-Identifier: MIT */
/* oracle_join.c -- operators that make one list of several (oracle.h). */
#include <string.h>

#include <weir/error.h>

#include "oracle.h"

/* ---- what they share ---- */

/* Some of it is not known, or not in which order: nor is what follows. */
void sim_list_worse(struct sim_list *to, const struct sim_list *from)
{
	if (from->known > to->known)
		to->known = from->known;
	if (from->bytes != NULL)
		to->known = SIM_UNKNOWN;
	to->cut = to->cut || from->cut;
	if (from->lagged == SIM_LAGGED_UNKNOWN || to->lagged == SIM_LAGGED_UNKNOWN)
		to->lagged = SIM_LAGGED_UNKNOWN;
	else
		to->lagged += from->lagged;
}

/* The end of what passes everything on: that of all, or nobody knows which came first. */
static void end_with_all(const struct sim_list *const *in, uint32_t n, struct sim_list *out)
{
	out->end = in[0]->end;
	for (uint32_t i = 0; i < n; i++) {
		if (in[i]->end != out->end)
			out->end = SIM_END_NOT;
		if (in[i]->end != out->end || in[i]->end == SIM_END_ERROR)
			out->cut = true;
	}
}

static void begin(const struct sim_list *const *in, uint32_t n, struct sim_list *out)
{
	out->names = in[0]->names;
	out->timed = true;
	for (uint32_t i = 0; i < n; i++) {
		sim_list_worse(out, in[i]);
		out->timed = out->timed && in[i]->timed;
	}
}

/* ---- merge: in any order ---- */

static void join_merge(
	struct sim_oracle *o, const struct sim_list *const *in, uint32_t n, struct sim_list *out)
{
	begin(in, n, out);
	end_with_all(in, n, out);
	for (uint32_t i = 0; i < n && out->known != SIM_UNKNOWN; i++)
		for (uint32_t k = 0; k < in[i]->n; k++)
			sim_list_add(o, out, in[i]->rows[k]);
	if (n > 1 && out->known == SIM_KNOWN)
		out->known = SIM_KNOWN_UNORDERED;
	out->marked = o->m->world.c->clock == WEIR_CLOCK_EVENT;
}

/* ---- concat, or_else: one after the other ---- */

/* Whether the next has its turn behind this one. */
static bool is_over(const struct sim_list *in, struct sim_list *out)
{
	out->cut = in->cut;
	out->end = in->end;
	out->code = in->code;
	return in->cut || in->end != SIM_END_COMPLETE;
}

static void join_in_turn(struct sim_oracle *o, const struct sim_list *const *in, uint32_t n,
	struct sim_list *out, bool until_any)
{
	bool over = false;

	begin(in, n, out);
	out->lagged = SIM_LAGGED_UNKNOWN; /* of those whose turn does not come */
	out->marked = o->m->world.c->clock == WEIR_CLOCK_EVENT;
	for (uint32_t i = 0; i < n && !over && out->known == SIM_KNOWN; i++) {
		for (uint32_t k = 0; k < in[i]->n; k++)
			sim_list_add(o, out, in[i]->rows[k]);
		over = is_over(in[i], out) || (until_any && in[i]->n > 0);
	}
	if (out->known != SIM_KNOWN)
		out->known = SIM_UNKNOWN;
}

static void join_concat(
	struct sim_oracle *o, const struct sim_list *const *in, uint32_t n, struct sim_list *out)
{
	join_in_turn(o, in, n, out, false);
}

static void join_or_else(
	struct sim_oracle *o, const struct sim_list *const *in, uint32_t n, struct sim_list *out)
{
	join_in_turn(o, in, n, out, true);
}

/* ---- merge_sorted: by a field, of equal ones the first stream's ---- */

static int order_of_numbers(double a, double b)
{
	if (a != a || b != b) /* NaN comes last */
		return (int)(a != a) - (int)(b != b);
	return (int)(a > b) - (int)(a < b);
}

static int order_of(const struct sim_value *a, const struct sim_value *b)
{
	int r;

	switch (a->kind) {
	case WEIR_TEXT:
		r = memcmp(a->text, b->text, a->len < b->len ? a->len : b->len);
		return r != 0 ? r : (int)a->len - (int)b->len;
	case WEIR_F32:
		return order_of_numbers((double)a->f, (double)b->f);
	case WEIR_F64:
		return order_of_numbers(a->d, b->d);
	case WEIR_U64:
		return (int)(a->u > b->u) - (int)(a->u < b->u);
	default:
		return (int)(a->i > b->i) - (int)(a->i < b->i);
	}
}

/* The items of one stream that do not come before the one before them; the others are item errors. */
static void keep_sorted(struct sim_oracle *o, const struct sim_list *in, uint32_t by, struct sim_list *kept)
{
	const struct sim_value *last = NULL;

	for (uint32_t i = 0; i < in->n && !o->gave_up; i++) {
		const struct sim_value *v = &in->rows[i]->values[by];

		o->gave_up = v->any;
		if (last == NULL || order_of(v, last) >= 0) {
			sim_list_add(o, kept, in->rows[i]);
			last = v;
			continue;
		}
		o->unordered_errors = true; /* of which stream comes first is a matter of time */
		o->gave_up = o->gave_up || o->stage->on_error == WEIR_ON_ERROR_FAIL;
		(void)sim_list_fault(o, in, i, WEIR_EORDER, kept);
	}
}

#define SORTED_MOST 8u

static void merge_kept(
	struct sim_oracle *o, const struct sim_list *kept, uint32_t n, uint32_t by, struct sim_list *out)
{
	uint32_t at[SORTED_MOST] = { 0 };

	for (;;) {
		uint32_t next = n;

		for (uint32_t i = 0; i < n; i++)
			if (at[i] < kept[i].n &&
				(next == n || order_of(&kept[i].rows[at[i]]->values[by],
						      &kept[next].rows[at[next]]->values[by]) < 0))
				next = i;
		if (next == n)
			return;
		sim_list_add(o, out, kept[next].rows[at[next]++]);
	}
}

static void join_merge_sorted(
	struct sim_oracle *o, const struct sim_list *const *in, uint32_t n, struct sim_list *out)
{
	const char *name = sim_param_text(o->stage, "by");
	struct sim_list kept[SORTED_MOST];
	uint32_t by = 0;
	bool early;

	memset(kept, 0, sizeof kept);
	begin(in, n, out);
	early = out->cut;
	end_with_all(in, n, out);
	while (name != NULL && by < out->names.n_fields && strcmp(out->names.fields[by].name, name) != 0)
		by++;
	o->gave_up = name == NULL || by == out->names.n_fields || n > SORTED_MOST ||
		     out->known != SIM_KNOWN || sim_param_text(o->stage, "idle") != NULL;
	for (uint32_t i = 0; i < n && !o->gave_up; i++) {
		if (in[i]->marked && out->names.fields[by].kind == WEIR_TIME)
			o->gave_up = true; /* whoever says how far time is may be wrong */
		else
			keep_sorted(o, in[i], by, &kept[i]);
	}
	if (!o->gave_up)
		merge_kept(o, kept, n, by, out);
	if (early && out->known == SIM_KNOWN) /* the others do not wait for what no longer comes */
		out->known = SIM_KNOWN_UNORDERED;
	out->marked = o->m->world.c->clock == WEIR_CLOCK_EVENT;
}

/* ---- zip: the first of each, the second of each ---- */

static struct sim_names joint_names(
	struct sim_oracle *o, const struct sim_list *const *in, const char *const *streams, uint32_t n)
{
	struct weir_field *fields;
	uint32_t count = 0;

	for (uint32_t i = 0; i < n; i++)
		count += in[i]->names.n_fields;
	fields = sim_pool_get(o->pool, count * sizeof *fields);
	count = 0;
	for (uint32_t i = 0; i < n; i++)
		for (uint32_t k = 0; k < in[i]->names.n_fields; k++) {
			fields[count] = in[i]->names.fields[k];
			fields[count++].name =
				sim_pool_text(o->pool, "%s.%s", streams[i], in[i]->names.fields[k].name);
		}
	return (struct sim_names){ fields, count };
}

static const struct sim_row *joint_row(
	struct sim_oracle *o, const struct sim_list *const *in, uint32_t n, uint32_t at, uint32_t n_fields)
{
	struct sim_row *row = sim_pool_get(o->pool, sizeof *row);
	struct sim_value *v = sim_pool_get(o->pool, n_fields * sizeof *v);

	row->values = v;
	row->time_ns = INT64_MIN;
	for (uint32_t i = 0; i < n; i++) {
		const struct sim_row *from = in[i]->rows[at];

		memcpy(v, from->values, in[i]->names.n_fields * sizeof *v);
		v += in[i]->names.n_fields;
		row->any_time = row->any_time || from->any_time;
		row->time_ns = from->time_ns > row->time_ns ? from->time_ns : row->time_ns;
	}
	return row;
}

/* It ends as the stream does that is used up first. */
static void end_with_shortest(
	const struct sim_list *const *in, uint32_t n, uint32_t pairs, struct sim_list *out)
{
	uint32_t ends = 0;

	out->end = SIM_END_NOT;
	for (uint32_t i = 0; i < n; i++) {
		if (in[i]->n != pairs || in[i]->end == SIM_END_NOT)
			continue;
		if (ends++ == 0) {
			out->end = in[i]->end;
			out->code = in[i]->code;
		} else if (in[i]->end != out->end || in[i]->code != out->code) {
			out->cut = true; /* which of them is a matter of time */
			out->end = in[i]->end == out->end ? out->end : SIM_END_NOT;
		}
	}
}

static void join_zip(struct sim_oracle *o, const struct sim_list *const *in, uint32_t n, struct sim_list *out)
{
	struct sim_list joint = { 0 };
	uint32_t pairs = UINT32_MAX;

	begin(in, n, &joint);
	joint.names = joint_names(o, in, o->streams, n);
	joint.marked = true;
	joint.lagged = SIM_LAGGED_UNKNOWN; /* what comes behind the last pair is not told */
	for (uint32_t i = 0; i < n; i++) {
		pairs = in[i]->n < pairs ? in[i]->n : pairs;
		joint.marked = joint.marked && in[i]->marked;
	}
	o->gave_up = joint.known != SIM_KNOWN || joint.cut;
	end_with_shortest(in, n, pairs, &joint);
	for (uint32_t i = 0; i < pairs && !o->gave_up; i++)
		sim_list_add(o, &joint, joint_row(o, in, n, i, joint.names.n_fields));
	*out = joint;
	out->rows = NULL;
	out->n = out->room = 0;
	if (!o->gave_up)
		sim_list_emit(o, &joint, out);
}

sim_join_fn *sim_join_function(const char *operator)
{
	static const struct {
		const char *name;
		sim_join_fn *fn;
	} functions[] = { { "merge", join_merge }, { "concat", join_concat }, { "or_else", join_or_else },
		{ "merge_sorted", join_merge_sorted }, { "zip", join_zip } };

	for (size_t i = 0; i < sizeof functions / sizeof *functions; i++)
		if (strcmp(functions[i].name, operator) == 0)
			return functions[i].fn;
	return NULL;
}
