/* SPDX-License-Identifier: MIT */
/* oracle_compare.c -- what a sink got, beside what it should have (oracle.h). */
#include <stdio.h>
#include <string.h>

#include <weir/engine.h>

#include "oracle.h"

static struct sim_value load(const struct weir_field *f, const unsigned char *item)
{
	struct sim_value v = { .kind = f->kind };
	const unsigned char *at = item + f->offset;
	uint64_t u = 0;
	size_t size = weir_kind_size((enum weir_kind)f->kind, f->text_max);

	if (f->kind == WEIR_TEXT) {
		memcpy(&v.len, at, sizeof v.len);
		v.text = (const char *)at + 2;
		return v;
	}
	if (f->kind == WEIR_F32) {
		memcpy(&v.f, at, sizeof v.f);
		return v;
	}
	memcpy(&u, at, size);
	if (f->kind >= WEIR_I8 && f->kind <= WEIR_I32 && (u >> (size * 8 - 1) & 1u) != 0)
		u |= ~(uint64_t)0 << (size * 8);
	v.u = u;
	return v;
}

/* The first field in which they differ, or n_fields. */
static uint16_t difference(const struct weir_record *r, const unsigned char *item, const struct sim_row *row)
{
	for (uint16_t i = 0; i < r->n_fields; i++) {
		struct sim_value v = load(&r->fields[i], item);

		if (!sim_value_same(&v, &row->values[i]))
			return i;
	}
	return r->n_fields;
}

static void describe(char *text, size_t size, const struct sim_value *v)
{
	if (v->any)
		(void)snprintf(text, size, "anything");
	else if (v->kind == WEIR_TEXT)
		(void)snprintf(text, size, "'%.*s'", (int)v->len, v->text);
	else if (v->kind == WEIR_F32)
		(void)snprintf(text, size, "%.9g", (double)v->f);
	else if (v->kind == WEIR_F64)
		(void)snprintf(text, size, "%.17g", v->d);
	else
		(void)snprintf(text, size, "%lld", (long long)v->i);
}

static bool same_fields(const struct weir_record *r, const struct sim_names *names)
{
	if (r->n_fields != names->n_fields)
		return false;
	for (uint16_t i = 0; i < r->n_fields; i++)
		if (strcmp(r->fields[i].name, names->fields[i].name) != 0 ||
			r->fields[i].kind != names->fields[i].kind ||
			r->fields[i].text_max != names->fields[i].text_max)
			return false;
	return true;
}

static const unsigned char *item_of(const struct sim_sink *k, uint32_t i)
{
	return k->log.items + (size_t)i * k->size;
}

static void compare_ordered(
	struct sim_world *w, uint8_t sink, const struct weir_record *r, const struct sim_list *l)
{
	const struct sim_sink *k = &w->sinks[sink];

	for (uint32_t i = 0; i < k->n_items && i < l->n; i++) {
		uint16_t at = difference(r, item_of(k, i), l->rows[i]);
		struct sim_value got;
		char is[96], should[96];

		if (at == r->n_fields)
			continue;
		got = load(&r->fields[at], item_of(k, i));
		describe(is, sizeof is, &got);
		describe(should, sizeof should, &l->rows[i]->values[at]);
		sim_broken(w, "oracle", "sink %u, item %u: %s is %s, should be %s", sink, i + 1,
			r->fields[at].name, is, should);
		return;
	}
}

/* Each of what came must be among what should. */
static void compare_unordered(
	struct sim_machine *m, uint8_t sink, const struct weir_record *r, const struct sim_list *l)
{
	const struct sim_sink *k = &m->world.sinks[sink];
	bool *used = sim_pool_get(&m->made.texts, l->n + 1);

	for (uint32_t i = 0; i < k->n_items; i++) {
		uint32_t j = 0;

		while (j < l->n && (used[j] || difference(r, item_of(k, i), l->rows[j]) != r->n_fields))
			j++;
		if (j == l->n) {
			sim_broken(
				&m->world, "oracle", "sink %u: nothing should be like item %u", sink, i + 1);
			return;
		}
		used[j] = true;
	}
}

static const char *end_name(uint8_t end)
{
	return end == SIM_END_COMPLETE     ? "complete"
	       : end == SIM_END_CHECKPOINT ? "complete for a checkpoint"
	       : end == SIM_END_ERROR      ? "an error"
					   : "no end";
}

static uint8_t end_of(const struct sim_sink *k)
{
	if (k->terminal == WEIR_MARK_ERROR)
		return SIM_END_ERROR;
	return k->terminal_value == 0 ? SIM_END_COMPLETE : SIM_END_CHECKPOINT;
}

static void compare_end(struct sim_world *w, uint8_t sink, const struct sim_list *l)
{
	const struct sim_sink *k = &w->sinks[sink];
	const struct weir_error *e;

	if (k->n_items < l->n) {
		sim_broken(
			w, "oracle", "sink %u heard of the end after %u items of %u", sink, k->n_items, l->n);
		return;
	}
	if (k->port && end_of(k) == SIM_END_COMPLETE && l->end == SIM_END_CHECKPOINT)
		return; /* one end is like another for who pulls */
	if (end_of(k) != l->end) {
		sim_broken(w, "oracle", "sink %u: the end is %s, should be %s", sink, end_name(end_of(k)),
			end_name(l->end));
		return;
	}
	if (l->end == SIM_END_COMPLETE && !k->port && l->lagged != SIM_LAGGED_UNKNOWN &&
		k->lagged != l->lagged)
		sim_broken(w, "marks", "sink %u was told of %llu lost items, should be %llu", sink,
			(unsigned long long)k->lagged, (unsigned long long)l->lagged);
	if (l->end != SIM_END_ERROR)
		return;
	e = weir_error_of(w->in, k->error_stage);
	if (e == NULL || e->code != l->code)
		sim_broken(w, "oracle", "sink %u: the error is %s, should be %s", sink,
			e != NULL ? weir_errname(e->code) : "none", weir_errname(l->code));
}

void sim_oracle_compare(struct sim_machine *m, uint8_t sink, const struct sim_list *l)
{
	struct sim_world *w = &m->world;
	struct sim_sink *k = &w->sinks[sink];
	const struct weir_record *r = w->plan->records[w->plan->edges[k->edge].record];

	if (!same_fields(r, &l->names)) {
		sim_broken(w, "oracle", "sink %u gets another record than it should", sink);
		return;
	}
	if (k->n_items > l->n) {
		sim_broken(w, "oracle", "sink %u got %u items, there should be %u", sink, k->n_items, l->n);
		return;
	}
	if (l->known == SIM_KNOWN)
		compare_ordered(w, sink, r, l);
	else
		compare_unordered(m, sink, r, l);
	if (k->terminal != WEIR_MARKS && !l->cut)
		compare_end(w, sink, l);
}
