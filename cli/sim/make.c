/* SPDX-License-Identifier: MIT */
/* make.c -- see make.h. */
#include <stdio.h>
#include <string.h>

#include "make.h"

/* ---- the builder ---- */

static void told(void *arg, const struct weir_build_place *place, const char *message)
{
	struct sim_made *m = arg;

	if (m->why[0] == '\0')
		(void)snprintf(m->why, sizeof m->why, "stage %d%s%s: %s", place->stage,
			place->param != NULL ? ", " : "", place->param != NULL ? place->param : "", message);
}

static void warned(void *arg, const struct weir_build_place *place, const char *message)
{
	struct sim_made *m = arg;

	(void)place;
	if (strstr(message, " stall") != NULL)
		m->may_stall = true;
}

static void build_stage(struct weir_build *b, const char *stream, const struct sim_stage *s)
{
	int stage = weir_build_stage(b, stream, s->type);

	if (stage < 0)
		return;
	for (uint8_t i = 0; i < s->n_params; i++) {
		const struct sim_param *p = &s->params[i];

		if (p->entry != NULL)
			(void)weir_build_entry(b, stage, p->name, p->entry, p->value);
		else
			(void)weir_build_set(b, stage, p->name, p->value);
	}
	if (s->on_error != WEIR_ON_ERROR_FAIL)
		(void)weir_build_on_error(b, stage, (enum weir_on_error)s->on_error, s->error_to);
}

static int build(struct sim_made *m, const struct sim_case *c, const struct weir_op_type *const *types)
{
	struct weir_build_options options = { .types = types,
		.fault = told,
		.fault_arg = m,
		.warning = warned,
		.may_stall = true,
		.span_bytes = c->span_bytes,
		.span_items_max = c->span_items };

	m->build = weir_build_open("sim", (enum weir_clock)c->clock, &options);
	if (m->build == NULL)
		return WEIR_ENOMEM;
	for (uint8_t i = 0; i < c->n_records; i++)
		(void)weir_build_record(
			m->build, c->records[i].name, c->records[i].fields, c->records[i].n_fields);
	for (uint8_t i = 0; i < c->n_streams; i++) {
		const struct sim_stream *s = &c->streams[i];

		if (s->from != NULL)
			(void)weir_build_from(m->build, s->name, s->from);
		for (uint8_t k = 0; k < s->n_stages; k++)
			build_stage(m->build, s->name, &s->stages[k]);
	}
	return weir_build_finish(m->build, &m->plan);
}

/* ---- the loader ---- */

static void load_fault(void *arg, const char *line)
{
	struct sim_made *m = arg;

	if (m->why[0] == '\0')
		(void)snprintf(m->why, sizeof m->why, "%s", line);
}

static int load(struct sim_made *m, const struct sim_case *c, const struct weir_op_type *const *types)
{
	const char *settings[SIM_SETTINGS];
	struct weir_load_options options = { .types = types,
		.fault = load_fault,
		.fault_arg = m,
		.settings = settings,
		.may_stall = true,
		.span_bytes = c->span_bytes,
		.span_items_max = c->span_items };

	sim_text_clear(&m->json);
	sim_pool_reset(&m->texts);
	options.n_settings = sim_write_json(&m->json, &m->texts, c, settings);
	return weir_definition_open_text(&m->definition, "sim.json", m->json.at, m->json.len, &options);
}

/* ---- both ---- */

static bool same_edge(const struct weir_plan *a, const struct weir_plan *b, uint16_t i)
{
	const struct weir_edge_def *x = &a->edges[i], *y = &b->edges[i];

	return x->from == y->from && x->to == y->to && x->from_port == y->from_port &&
	       x->to_port == y->to_port && x->drops == y->drops && x->cap_items == y->cap_items &&
	       x->buffer_items == y->buffer_items && x->owned == y->owned && x->has_time == y->has_time &&
	       x->inner == y->inner && x->instants == y->instants &&
	       weir_record_same(a->records[x->record], b->records[y->record]);
}

static bool same_stage(const struct weir_plan *a, const struct weir_plan *b, uint16_t i)
{
	const struct weir_stage_def *x = &a->stages[i], *y = &b->stages[i];

	return x->type == y->type && strcmp(x->id, y->id) == 0 && x->group == y->group &&
	       x->n_in == y->n_in && x->n_out == y->n_out && x->error_edge == y->error_edge &&
	       x->instant_offset == y->instant_offset && x->on_error == y->on_error &&
	       (x->program == NULL) == (y->program == NULL);
}

static bool same_plan(const struct weir_plan *a, const struct weir_plan *b)
{
	if (a->clock != b->clock || a->n_stages != b->n_stages || a->n_edges != b->n_edges)
		return false;
	for (uint16_t i = 0; i < a->n_stages; i++)
		if (!same_stage(a, b, i))
			return false;
	for (uint16_t i = 0; i < a->n_edges; i++)
		if (!same_edge(a, b, i))
			return false;
	return true;
}

int sim_make(struct sim_made *m, const struct sim_case *c, const struct weir_op_type *const *types)
{
	int rc, loaded;

	m->why[0] = '\0';
	m->may_stall = false;
	rc = build(m, c, types);
	if (c->route != SIM_ROUTE_JSON)
		return rc;
	loaded = load(m, c, types);
	if (rc < 0 && loaded < 0)
		return rc;
	if (rc < 0 || loaded < 0 || !same_plan(m->plan, weir_definition_plan(m->definition))) {
		(void)snprintf(m->why + strlen(m->why), sizeof m->why - strlen(m->why), "%s",
			rc < 0       ? "; the builder refuses what the loader takes"
			: loaded < 0 ? "; the loader refuses what the builder takes"
				     : "builder and loader make different plans");
		return WEIR_EINTERNAL;
	}
	m->plan = weir_definition_plan(m->definition);
	return WEIR_OK;
}

void sim_unmake(struct sim_made *m)
{
	weir_build_close(m->build);
	if (m->definition != NULL)
		weir_definition_close(m->definition);
	m->build = NULL;
	m->definition = NULL;
	m->plan = NULL;
}

void sim_made_fini(struct sim_made *m)
{
	sim_unmake(m);
	sim_text_fini(&m->json);
	sim_pool_free(&m->texts);
}
