/* SPDX-License-Identifier: MIT */
/* file_write.c -- see file.h. */
#include <string.h>

#include "file.h"

typedef unsigned long long ull;

/* Quoted where it holds more than a word. */
static void value(struct sim_text *t, const char *s)
{
	if (*s != '\0' && strpbrk(s, " \"\\#") == NULL) {
		sim_text_add(t, "%s", s);
		return;
	}
	sim_text_add(t, "\"");
	for (; *s != '\0'; s++)
		sim_text_add(t, *s == '"' || *s == '\\' ? "\\%c" : "%c", *s);
	sim_text_add(t, "\"");
}

static void record(struct sim_text *t, const struct sim_record *r)
{
	static const char *const units[] = { "ns", "us", "ms", "s" };

	sim_text_add(t, "record %s", r->name);
	for (uint8_t i = 0; i < r->n_fields; i++) {
		const struct weir_field *f = &r->fields[i];
		unsigned unit = 0;

		sim_text_add(t, " %s:%s", f->name, weir_kind_name((enum weir_kind)f->kind));
		if (f->kind == WEIR_TEXT)
			sim_text_add(t, "(%u)", f->text_max);
		for (uint32_t ns = f->unit_ns; ns > 1; ns /= 1000)
			unit++;
		if (f->unit_ns != 0)
			sim_text_add(t, ":%s", units[unit]);
	}
	sim_text_add(t, "\n");
}

static void stage(struct sim_text *t, const struct sim_stage *s)
{
	sim_text_add(t, "  %s", s->type->name);
	for (uint8_t i = 0; i < s->n_params; i++) {
		const struct sim_param *p = &s->params[i];

		sim_text_add(t, p->entry != NULL ? " %s.%s=" : " %s=", p->name, p->entry);
		value(t, p->value);
	}
	if (s->on_error == WEIR_ON_ERROR_DROP)
		sim_text_add(t, " on_error=drop");
	else if (s->on_error == WEIR_ON_ERROR_TO)
		sim_text_add(t, " on_error=to:%s", s->error_to);
	sim_text_add(t, "\n");
}

static void stream(struct sim_text *t, const struct sim_stream *s)
{
	sim_text_add(t, s->from != NULL ? "stream %s from %s\n" : "stream %s\n", s->name, s->from);
	for (uint8_t k = 0; k < s->n_stages; k++)
		stage(t, &s->stages[k]);
}

static void action(struct sim_text *t, const struct sim_action *a)
{
	const struct sim_action_info *info = &sim_action_infos[a->kind];

	sim_text_add(t, "%s", info->word);
	if (info->whom != SIM_WHOM_NOBODY)
		sim_text_add(t, " %u", a->actor);
	if (info->counts && a->n == UINT32_MAX)
		sim_text_add(t, " max");
	else if (info->counts)
		sim_text_add(t, " %llu", (ull)a->n);
	if (a->turns != SIM_SETTLE)
		sim_text_add(t, " turns %u", a->turns);
	sim_text_add(t, "\n");
}

void sim_file_write(struct sim_text *t, const struct sim_case *c)
{
	sim_text_add(t, "clock %s\n", c->clock == WEIR_CLOCK_EVENT ? "event" : "monotonic");
	sim_text_add(t, "span %u %u\n", c->span_bytes, c->span_items);
	sim_text_add(t, "turns %u\n", c->turns_step);
	sim_text_add(t, "kernels %s\n", c->best_kernels ? "best" : "base");
	sim_text_add(t, "data %llu\n", (ull)c->data);
	if (c->route == SIM_ROUTE_JSON)
		sim_text_add(t, "route json %llu\n", (ull)c->style);
	for (uint8_t i = 0; i < c->n_records; i++)
		record(t, &c->records[i]);
	for (uint8_t i = 0; i < c->n_streams; i++)
		stream(t, &c->streams[i]);
	for (uint32_t i = 0; i < SIM_ACTORS; i++)
		if (c->supply[i] != 0)
			sim_text_add(t, "supply %u %u\n", i, c->supply[i]);
	if (c->short_memory)
		sim_text_add(t, "memory short\n");
	if (c->open_fails != 0)
		sim_text_add(t, "open %u fails\n", c->open_fails);
	for (uint8_t i = 0; i < c->n_actions; i++)
		action(t, &c->actions[i]);
}
