/* SPDX-License-Identifier: MIT */
/*
 * scene_outputs.c -- what a scene's run handed over and what came out of it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <weir/bounded.h>
#include <weir/connectors.h>
#include <weir/operators.h>

#include "probe.h"
#include "scene_private.h"

static bool is(const struct weir_stage_def *d, const char *type)
{
	return strcmp(d->type->name, type) == 0;
}

/* ---- the plan ---- */

uint64_t scene_handed_over(const struct scene_run *r)
{
	uint64_t bytes = 0;

	for (uint16_t i = 0; i < r->plan->n_edges; i++) {
		const struct weir_edge_def *e = &r->plan->edges[i];
		struct weir_ledger l;

		if ((r->plan->stages[e->from].type->flags & WEIR_OP_SOURCE) == 0)
			continue;
		PROBE_MUST(weir_edge_ledger(r->in, i, &l) == WEIR_OK);
		bytes += l.in * r->plan->records[e->record]->size;
	}
	return bytes;
}

bool scene_is_ordered(const struct weir_plan *p)
{
	unsigned sources = 0, writers = 0;

	for (uint16_t i = 0; i < p->n_stages; i++) {
		const struct weir_stage_def *d = &p->stages[i];
		bool source = (d->type->flags & WEIR_OP_SOURCE) != 0;

		sources += source;
		writers += is(d, "stdout");
		if ((source && !is(d, "file")) || is(d, "merge") ||
			(d->type->flags & (WEIR_OP_PORT | WEIR_OP_SCOPES)) != 0)
			return false;
		if (is(d, "buffer") &&
			((const struct weir_buffer_params *)d->params)->overflow != WEIR_OVERFLOW_SUSPEND)
			return false;
	}
	return sources == 1 && writers <= 1;
}

static const struct weir_file_sink_params *file_of(const struct weir_stage_def *d)
{
	bool sink = is(d, "file") && (d->type->flags & WEIR_OP_SINK) != 0;

	return sink ? d->params : NULL;
}

void scene_with_old(struct scene *to, const struct scene *from, const struct weir_plan *plan)
{
	size_t n = 0;

	*to = *from;
	while (n < SCENE_FILES && to->files[n].name != NULL)
		n++;
	for (uint16_t i = 0; i < plan->n_stages; i++) {
		const struct weir_file_sink_params *file = file_of(&plan->stages[i]);

		if (file == NULL || file->mode == WEIR_FILE_APPEND)
			continue;
		PROBE_MUST(n < SCENE_FILES);
		to->files[n].name = file->path;
		to->files[n++].text = SCENE_OLD;
	}
}

/* ---- files ---- */

struct scene_text scene_read(const char *name)
{
	struct scene_text t = { 0 };
	FILE *f = fopen(name, "rb");
	long len;

	if (f == NULL)
		return t;
	PROBE_MUST(fseek(f, 0, SEEK_END) == 0 && (len = ftell(f)) >= 0 && fseek(f, 0, SEEK_SET) == 0);
	t.len = (size_t)len;
	t.bytes = malloc(t.len + 1);
	PROBE_MUST(t.bytes != NULL && fread(t.bytes, 1, t.len, f) == t.len);
	t.bytes[t.len] = '\0';
	(void)fclose(f);
	return t;
}

static bool is_listed(const struct scene *scene, const char *name)
{
	for (size_t i = 0; i < SCENE_FILES && scene->files[i].name != NULL; i++)
		if (strcmp(name, scene->files[i].name) == 0)
			return true;
	return false;
}

struct collecting {
	struct scene_outputs *to;
	const struct scene *scene;
};

static void add_output(struct scene_outputs *o, const char *name)
{
	size_t at = o->n++;

	PROBE_CLAIM(o->n <= SCENE_OUTPUTS, "more outputs than %u", SCENE_OUTPUTS);
	while (at > 1 && strcmp(name, o->names[at - 1]) < 0) { /* by name, stdout first */
		memcpy(o->names[at], o->names[at - 1], sizeof o->names[at]);
		at--;
	}
	(void)snprintf(o->names[at], sizeof o->names[at], "%s", name);
}

static void collect_one(const char *path, void *arg)
{
	struct collecting *c = arg;
	struct scene_text t;

	if (strcmp(path, SCENE_STDOUT) == 0 || is_listed(c->scene, path))
		return;
	t = scene_read(path);
	if (strcmp(t.bytes, SCENE_OLD) != 0) /* that is nobody's output */
		add_output(c->to, path);
	free(t.bytes);
}

void scene_collect(struct scene_outputs *o, const struct scene *scene)
{
	struct collecting c = { o, scene };

	o->n = 0;
	add_output(o, SCENE_STDOUT);
	(void)scene_each_file(".", collect_one, &c);
	for (size_t i = 0; i < o->n; i++)
		o->texts[i] = scene_read(o->names[i]);
}

void scene_drop(struct scene_outputs *o)
{
	for (size_t i = 0; i < o->n; i++)
		free(o->texts[i].bytes);
	o->n = 0;
}

bool scene_is_prefix(const struct scene_text *part, const struct scene_text *whole)
{
	return part->len <= whole->len && memcmp(part->bytes, whole->bytes, part->len) == 0;
}

/* ---- checking ---- */

struct checking {
	const struct scene_run *r;
	const struct scene_outputs *whole;
	const char *what;
};

static void check_known(const char *path, void *arg)
{
	const struct checking *c = arg;
	bool known = is_listed(c->r->scene, path);

	for (size_t i = 0; i < c->whole->n; i++)
		known = known || strcmp(path, c->whole->names[i]) == 0;
	PROBE_CLAIM(known, "%s, %s: %s was left", c->r->scene->name, c->what, path);
}

/* The stage that replaces the file, or NULL; its phase. */
static const struct weir_stage_def *replacer_of(
	const struct scene_run *r, const char *name, enum weir_stage_phase *phase)
{
	for (uint16_t i = 0; i < r->plan->n_stages; i++) {
		const struct weir_file_sink_params *file = file_of(&r->plan->stages[i]);

		*phase = weir_stage_phase(r->in, i);
		if (file != NULL && file->mode != WEIR_FILE_APPEND && strcmp(file->path, name) == 0)
			return &r->plan->stages[i];
	}
	return NULL;
}

void scene_check_outputs(const struct scene_run *r, const struct scene_outputs *whole, const char *what)
{
	struct checking checking = { r, whole, what };
	bool ordered = scene_is_ordered(r->plan);

	(void)scene_each_file(".", check_known, &checking);
	for (size_t i = 0; i < whole->n; i++) {
		struct scene_text t = scene_read(whole->names[i]);
		bool old = t.bytes != NULL && strcmp(t.bytes, SCENE_OLD) == 0;
		enum weir_stage_phase phase;

		if (replacer_of(r, whole->names[i], &phase) != NULL)
			PROBE_CLAIM(t.bytes != NULL && old == (phase != WEIR_STAGE_COMPLETED),
				"%s, %s: %s is %s", r->scene->name, what, whole->names[i],
				t.bytes == NULL ? "gone"
				: old           ? "old"
						: "new");
		if (ordered && t.bytes != NULL && !old)
			PROBE_CLAIM(scene_is_prefix(&t, &whole->texts[i]), "%s, %s: %s is\n%s",
				r->scene->name, what, whole->names[i], t.bytes);
		free(t.bytes);
	}
}
