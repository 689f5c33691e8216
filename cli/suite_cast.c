/* SPDX-License-Identifier: MIT */
/* suite_cast.c -- the definition loaded with a part for each source and sink, and what a test says of its stages. */
#include "suite.h"

#include <string.h>

#define NAMES_MAX 512u

/* Who is asked about while the definition is loaded. */
struct casting {
	struct suite_test *t;
	const char *sources[NAMES_MAX], *sinks[NAMES_MAX]; /* ids and streams, for "did you mean" */
	size_t n_sources, n_sinks;
};

static void know(struct casting *g, bool is_sink, const char *stream, const char *id)
{
	const char **names = is_sink ? g->sinks : g->sources;
	size_t *n = is_sink ? &g->n_sinks : &g->n_sources;

	if (*n + 2 > NAMES_MAX)
		return;
	names[(*n)++] = suite_join(g->t->suite, stream, strlen(stream), "");
	names[(*n)++] = suite_join(g->t->suite, id, strlen(id), "");
}

/* A type whose parameters name nothing outside the program needs no part: range, interval, null. */
static bool is_of_this_world(const struct weir_op_type *type)
{
	for (const struct weir_param *p = type->params; p != NULL && p->name != NULL; p++)
		if (p->kind == WEIR_PARAM_TEXT || p->kind == WEIR_PARAM_FORMAT ||
			p->kind == WEIR_PARAM_VALUES)
			return false;
	return true;
}

static void tell_missing(struct suite_test *t, bool is_sink, const char *stream, const char *id)
{
	const char *list = is_sink ? "sinks" : "sources";
	const struct weir_json_node *n = weir_json_get(t->node, list);

	suite_fault(t->suite, n != NULL ? n : t->node,
		"%s \"%s\" is outside the program; give it a part in \"%s\": \"%s\"",
		is_sink ? "sink" : "source", id, list, stream);
}

static const struct weir_op_type *cast(
	void *arg, const char *stream, const char *id, const struct weir_op_type *type)
{
	struct casting *g = arg;
	bool is_sink = (type->flags & WEIR_OP_SINK) != 0;
	struct suite_part *found = NULL;

	know(g, is_sink, stream, id);
	for (size_t i = 0; i < g->t->n_parts; i++) {
		struct suite_part *p = &g->t->parts[i];

		if (p->is_sink != is_sink || (strcmp(p->name, id) != 0 && strcmp(p->name, stream) != 0))
			continue;
		if (found != NULL)
			suite_fault_key(g->t->suite, p->node, "\"%s\" has a part already", id);
		found = found != NULL ? found : p;
		p->is_known = true;
	}
	if (found == NULL && !is_of_this_world(type))
		tell_missing(g->t, is_sink, stream, id);
	if (found == NULL)
		return NULL;
	if (found->type.abi != 0) {
		suite_fault_key(g->t->suite, found->node,
			"\"%s\" is a stage of one stream and the name of another; name their stages",
			found->name);
		return NULL;
	}
	suite_be(found, &g->t->suite->pool, type);
	return &found->type;
}

/* ---- loading ---- */

static size_t add_settings(struct suite *s, const char **list, const struct weir_json_node *set)
{
	size_t n = 0;

	for (const struct weir_json_node *v = set != NULL ? weir_json_first(set) : NULL; v != NULL;
		v = weir_json_next(v))
		list[n++] = suite_join(s, suite_join(s, weir_json_key(v), strlen(weir_json_key(v)), "="),
			strlen(weir_json_key(v)) + 1, weir_json_string(v));
	return n;
}

/* What the file sets, then the test, then the command line: the last one counts. */
static void gather_settings(
	struct suite_test *t, struct weir_load_options *o, const char *const *more, size_t n_more)
{
	struct suite *s = t->suite;
	size_t n = n_more;
	const char **list;

	n += s->set != NULL ? weir_json_count(s->set) : 0;
	n += t->set != NULL ? weir_json_count(t->set) : 0;
	list = sim_pool_get(&s->pool, (n + 1) * sizeof *list);
	o->settings = list;
	o->n_settings = n;
	list += add_settings(s, list, s->set);
	list += add_settings(s, list, t->set);
	for (size_t i = 0; i < n_more; i++)
		*list++ = more[i];
}

/*
 * As `weir check` does first: so that every fault is told, also of a format that no part of the test goes through.
 */
static int load(struct suite_test *t, struct casting *g, struct weir_load_options *o)
{
	struct weir_definition *as_it_is;
	int rc = weir_definition_open(&as_it_is, t->suite->definition, o);

	if (rc < 0)
		return rc;
	weir_definition_close(as_it_is);
	o->stand_in = cast;
	o->stand_in_arg = g;
	rc = weir_definition_open(&t->definition, t->suite->definition, o);
	if (rc == WEIR_OK)
		t->plan = weir_definition_plan(t->definition);
	return rc;
}

/* ---- parts ---- */

static void add_event(
	struct suite_script *s, uint64_t time_ns, enum marble_kind kind, const struct suite_value *value)
{
	s->list[s->n++] = (struct suite_event){ .time_ns = time_ns, .kind = (uint8_t)kind, .value = value };
}

/* What a source gives, as events. */
static void write_scripts(struct suite_part *p, struct sim_pool *pool)
{
	p->n_scripts = p->form == SUITE_MARBLES ? p->n_marbles : 1;
	p->scripts = sim_pool_get(pool, p->n_scripts * sizeof *p->scripts);
	for (size_t k = 0; k < p->n_marbles; k++) {
		const struct marbles *m = &p->marbles[k];

		p->scripts[k].list = sim_pool_get(pool, (m->n + 1) * sizeof *p->scripts[k].list);
		for (size_t i = 0; i < m->n; i++)
			add_event(&p->scripts[k], m->list[i].step * p->step_ns,
				(enum marble_kind)m->list[i].kind, p->named[(unsigned char)m->list[i].name]);
	}
	if (p->form == SUITE_MARBLES)
		return;
	p->scripts->list = sim_pool_get(pool, (p->n_values + 1) * sizeof *p->scripts->list);
	for (size_t i = 0; i < p->n_values; i++)
		add_event(p->scripts, 0, MARBLE_ITEM, &p->values[i]);
	add_event(p->scripts, 0, MARBLE_COMPLETE, NULL);
}

static void read_records(struct suite *s, struct suite_part *p)
{
	for (size_t i = 0; p->form == SUITE_RECORDS && i < p->n_values; i++)
		(void)suite_record(s, p->values[i].node, p->record, !p->is_sink, &p->values[i]);
	for (size_t i = 0; i < SUITE_NAMES; i++)
		if (p->named[i] != NULL && p->named[i]->text == NULL)
			(void)suite_record(s, p->named[i]->node, p->record, !p->is_sink, p->named[i]);
}

/* Where the part stands in the plan, and what flows there. */
static void find_place(struct suite_test *t, struct suite_part *p)
{
	const struct weir_plan *plan = t->plan;
	uint16_t i = 0, edge;

	while (i < plan->n_stages && plan->stages[i].type != &p->type)
		i++;
	if (i == plan->n_stages) {
		suite_fault_key(t->suite, p->node, "\"%s\" is in no stream that is started", p->name);
		return;
	}
	edge = p->is_sink ? plan->inputs[plan->stages[i].first_in] : plan->outputs[plan->stages[i].first_out];
	p->stage = i;
	p->record = plan->records[plan->edges[edge].record];
	if (p->is_text && p->record != &weir_bytes_record) {
		suite_fault(t->suite, p->node,
			"\"%s\" has no format, and so no text; give \"records\" or marbles", p->name);
		return;
	}
	read_records(t->suite, p);
	if (!p->is_sink)
		write_scripts(p, &t->suite->pool);
}

/* ---- what is expected of stages ---- */

static bool read_number(struct suite *s, const struct weir_json_node *n, uint64_t *to)
{
	struct weir_json_number v;

	if (weir_json_as_number(n, &v) && v.is_integer && v.fits_u64) {
		*to = v.u64;
		return true;
	}
	suite_fault(s, n, "\"%s\" is a count", weir_json_key(n));
	return false;
}

static void read_dropped(struct suite *s, const struct weir_json_node *object, struct suite_count *c)
{
	const char *names[WEIR_DROP_REASONS];

	if (!suite_is(s, object, WEIR_JSON_OBJECT, "{\"filtered\": 2}"))
		return;
	c->has_dropped = true;
	for (unsigned r = 0; r < WEIR_DROP_REASONS; r++)
		names[r] = weir_drop_name((enum weir_drop)r);
	for (const struct weir_json_node *n = weir_json_first(object); n != NULL; n = weir_json_next(n)) {
		unsigned r = 0;

		while (r < WEIR_DROP_REASONS && strcmp(names[r], weir_json_key(n)) != 0)
			r++;
		if (r == WEIR_DROP_REASONS)
			suite_unknown(s, n, true, "reason", weir_json_key(n), names, WEIR_DROP_REASONS);
		else
			(void)read_number(s, n, &c->dropped[r]);
	}
}

static void read_counts(struct suite *s, const struct weir_json_node *object, struct suite_count *c)
{
	static const char *const known[] = { "in", "out", "dropped", "note", NULL };
	const struct weir_json_node *in, *out, *dropped;

	if (!suite_is(s, object, WEIR_JSON_OBJECT, "{\"in\": 3, \"out\": 1}"))
		return;
	weir_json_only(&s->faults, object, known);
	in = weir_json_get(object, "in");
	out = weir_json_get(object, "out");
	dropped = weir_json_get(object, "dropped");
	c->has_in = in != NULL && read_number(s, in, &c->in);
	c->has_out = out != NULL && read_number(s, out, &c->out);
	if (dropped != NULL)
		read_dropped(s, dropped, c);
}

/* The stage that a key names; false after a fault. */
static bool find_stage(struct suite_test *t, const struct weir_json_node *n, uint16_t *stage)
{
	const char **names = sim_pool_get(&t->suite->pool, t->plan->n_stages * sizeof(const char *));
	int found = weir_stage_index(t->plan, weir_json_key(n));

	*stage = (uint16_t)found;
	if (found >= 0)
		return true;
	for (uint16_t i = 0; i < t->plan->n_stages; i++)
		names[i] = t->plan->stages[i].id;
	suite_unknown(t->suite, n, true, "stage", weir_json_key(n), names, t->plan->n_stages);
	return false;
}

static void read_stages(struct suite_test *t, const struct weir_json_node *stages, bool fails)
{
	if (stages == NULL || !suite_is(t->suite, stages, WEIR_JSON_OBJECT,
				      fails ? "{\"s.0.file\": \"io\"}" : "{\"s.1.filter\": {\"in\": 3}}"))
		return;
	for (const struct weir_json_node *n = weir_json_first(stages); n != NULL; n = weir_json_next(n)) {
		struct suite_count *c = &t->counts[t->n_counts];

		if (!find_stage(t, n, &c->stage))
			continue;
		t->n_counts++;
		if (!fails) {
			read_counts(t->suite, n, c);
			continue;
		}
		c->code = suite_code(t->suite, n);
		c->has_code = true;
	}
}

static void read_expected(struct suite_test *t)
{
	static const char *const known[] = { "stages", "fails", "note", NULL };
	const struct weir_json_node *stages, *fails;
	size_t n;

	if (t->expect == NULL || !suite_is(t->suite, t->expect, WEIR_JSON_OBJECT, "{\"stages\": {}}"))
		return;
	weir_json_only(&t->suite->faults, t->expect, known);
	stages = weir_json_get(t->expect, "stages");
	fails = weir_json_get(t->expect, "fails");
	n = (stages != NULL ? weir_json_count(stages) : 0) + (fails != NULL ? weir_json_count(fails) : 0);
	t->counts = sim_pool_get(&t->suite->pool, (n + 1) * sizeof *t->counts);
	read_stages(t, stages, false);
	read_stages(t, fails, true);
}

int suite_cast(struct suite_test *t, const char *const *settings, size_t n_settings, weir_load_fault_fn *tell)
{
	struct casting *g = sim_pool_get(&t->suite->pool, sizeof *g);
	struct weir_load_options o = { .fault = tell };
	int rc;

	g->t = t;
	gather_settings(t, &o, settings, n_settings);
	rc = load(t, g, &o);
	if (rc < 0)
		return rc;
	for (size_t i = 0; i < t->n_parts; i++) {
		struct suite_part *p = &t->parts[i];

		if (p->type.abi != 0)
			find_place(t, p);
		else if (!p->is_known)
			suite_unknown(t->suite, p->node, true, p->is_sink ? "sink" : "source", p->name,
				p->is_sink ? g->sinks : g->sources, p->is_sink ? g->n_sinks : g->n_sources);
	}
	read_expected(t);
	return weir_diagnostics_count(&t->suite->faults) > 0 ? WEIR_EINVAL : WEIR_OK;
}
