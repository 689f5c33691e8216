/* SPDX-License-Identifier: MIT */
/*
 * loader.c -- a definition file to a plan: the top level, and faults taken back to line and column.
 *
 * The loader knows JSON and where things stand; the builder knows what they mean. Both report every fault
 * they see, so one run shows them all.
 */
#include "loader.h"
#include "format.h"

#include <stdlib.h>
#include <string.h>

static void add_text(struct weir_loader *l, struct weir_json_position at, const char *text)
{
	(void)weir_diagnostics_add(&l->faults, weir_json_name(l->doc), at.line, at.column, "%s", text);
}

void weir_load_told(struct weir_loader *l, const struct weir_json_node *node)
{
	const struct weir_json_node **more = realloc(l->told, (l->n_told + 1) * sizeof *more);

	if (more == NULL) {
		l->out_of_memory = true;
		return;
	}
	l->told = more;
	l->told[l->n_told++] = node;
}

/* Whether a fault of this node was told, so that others only follow on. */
static bool is_known_bad(const struct weir_loader *l, const struct weir_json_node *node)
{
	if (weir_json_value_is_bad(node))
		return true;
	for (size_t i = 0; i < l->n_told; i++)
		if (l->told[i] == node)
			return true;
	return false;
}

void weir_load_fault(struct weir_loader *l, const struct weir_json_node *node, const char *format, ...)
{
	va_list args;

	if (weir_json_value_is_bad(node))
		return;
	weir_load_told(l, node);
	va_start(args, format);
	(void)weir_json_vtell(&l->faults, node, format, args);
	va_end(args);
}

void weir_load_fault_key(struct weir_loader *l, const struct weir_json_node *node, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	(void)weir_json_vtell_key(&l->faults, node, format, args);
	va_end(args);
}

bool weir_load_is_name(const char *s)
{
	size_t n = strspn(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_0123456789");

	return n > 0 && s[n] == '\0' && !(s[0] >= '0' && s[0] <= '9');
}

const char *weir_load_string(struct weir_loader *l, const struct weir_json_node *object, const char *key)
{
	const struct weir_json_node *n = weir_json_get(object, key);

	if (n == NULL)
		return NULL;
	if (weir_json_kind(n) != WEIR_JSON_STRING) {
		weir_load_fault(
			l, n, "\"%s\" is %s; it wants a string", key, weir_json_kind_name(weir_json_kind(n)));
		return NULL;
	}
	return weir_json_string(n);
}

void weir_load_only(struct weir_loader *l, const struct weir_json_node *object, const char *const *known)
{
	weir_json_only(&l->faults, object, known);
}

/* The name of the stream in {"to": name}, else the node itself. */
static const struct weir_json_node *target(const struct weir_json_node *n)
{
	const struct weir_json_node *to = NULL;

	if (n != NULL && weir_json_kind(n) == WEIR_JSON_OBJECT)
		to = weir_json_get(n, "to");
	return to != NULL ? to : n;
}

/* "field", or "field.key" for an object in an object. */
static const struct weir_json_node *find_entry(const struct weir_json_node *n, const char *entry)
{
	const struct weir_json_node *found = weir_json_get(n, entry);
	const char *dot = strrchr(entry, '.');
	char field[256];

	if (found != NULL || dot == NULL || (size_t)(dot - entry) >= sizeof field)
		return found;
	memcpy(field, entry, (size_t)(dot - entry));
	field[dot - entry] = '\0';
	found = weir_json_get(n, field);
	return found != NULL && weir_json_kind(found) == WEIR_JSON_OBJECT ? weir_json_get(found, dot + 1)
									  : found;
}

/* The node of a parameter (and entry), as near as the file has it. */
static const struct weir_json_node *find_param(
	const struct weir_load_stage *s, const struct weir_build_place *place)
{
	const struct weir_json_node *n = s->value, *entry = NULL;

	if (place->param == NULL)
		return NULL;
	if (strcmp(place->param, "on_error") == 0 || strcmp(place->param, "id") == 0)
		return target(weir_json_get(s->node, place->param));
	if (strcmp(place->param, "thread") == 0) /* types have parameters called "on" */
		return weir_json_get(s->node, "on");
	if (strcmp(place->param, "late") == 0 && weir_json_kind(n) == WEIR_JSON_OBJECT)
		return target(weir_json_get(n, place->param));
	if (s->primary == NULL || strcmp(s->primary, place->param) != 0)
		n = weir_json_kind(n) == WEIR_JSON_OBJECT ? weir_json_get(n, place->param) : NULL;
	if (n == NULL || place->entry == NULL)
		return n;
	if (weir_json_kind(n) == WEIR_JSON_OBJECT)
		entry = find_entry(n, place->entry);
	if (weir_json_kind(n) == WEIR_JSON_ARRAY) {
		size_t i = (size_t)strtoul(place->entry, NULL, 10);

		for (entry = weir_json_first(n); entry != NULL && i > 0; i--)
			entry = weir_json_next(entry);
	}
	return entry != NULL ? entry : n;
}

/* Whether a parameter's text is an expression, so that faults stand at its tokens. */
static bool is_expression(const struct weir_load_stage *s, const char *param)
{
	const struct weir_param *p = s->type != NULL ? s->type->params : NULL;

	while (p != NULL && p->name != NULL && strcmp(p->name, param) != 0)
		p++;
	return p != NULL && p->name != NULL &&
	       (p->kind == WEIR_PARAM_WHEN || p->kind == WEIR_PARAM_EXPRESSIONS ||
		       p->kind == WEIR_PARAM_FIELDS || p->kind == WEIR_PARAM_SET ||
		       p->kind == WEIR_PARAM_INIT || p->kind == WEIR_PARAM_STEP ||
		       p->kind == WEIR_PARAM_CONSTANT || p->kind == WEIR_PARAM_AGGREGATES);
}

/* Where a builder's fault stands; line 0: the file as a whole. False: what it follows from was told. */
static bool find_place(
	struct weir_loader *l, const struct weir_build_place *place, struct weir_json_position *at)
{
	const struct weir_load_stage *s;
	const struct weir_json_node *n;

	*at = (struct weir_json_position){ 0, 0 };
	if (place->stage < 0 || (size_t)place->stage >= l->n_stages || l->stages[place->stage].node == NULL)
		return true;
	s = &l->stages[place->stage];
	n = find_param(s, place);
	if (place->param != NULL && is_known_bad(l, n != NULL ? n : s->value))
		return false;
	if (n == NULL)
		*at = weir_json_position(s->value);
	else if (place->at_key)
		*at = weir_json_key_position(n);
	else if (weir_json_kind(n) == WEIR_JSON_STRING && is_expression(s, place->param))
		*at = weir_json_position_in(n, place->at_byte);
	else
		*at = weir_json_position(n);
	return true;
}

void weir_load_build_fault(void *loader, const struct weir_build_place *place, const char *message)
{
	struct weir_loader *l = loader;
	struct weir_json_position at;

	if (place->stage < 0 && l->record != NULL)
		weir_load_fault(l, l->record, "%s", message);
	else if (find_place(l, place, &at))
		add_text(l, at, message);
}

void weir_load_build_warning(void *loader, const struct weir_build_place *place, const char *message)
{
	struct weir_loader *l = loader;
	struct weir_json_position at;

	if (find_place(l, place, &at))
		(void)weir_diagnostics_warn(
			&l->faults, weir_json_name(l->doc), at.line, at.column, "%s", message);
}

/* ---- top level ---- */

static enum weir_clock read_clock(struct weir_loader *l, const struct weir_json_node *root)
{
	const char *clock = weir_load_string(l, root, "clock");

	if (clock == NULL || strcmp(clock, "monotonic") == 0)
		return WEIR_CLOCK_MONOTONIC;
	if (strcmp(clock, "event") != 0)
		weir_load_fault(l, weir_json_get(root, "clock"),
			"unknown clock \"%s\"; \"monotonic\" or \"event\"", clock);
	return WEIR_CLOCK_EVENT;
}

/* False: there are no streams to look at. */
static bool load_top(struct weir_loader *l, const struct weir_json_node *root)
{
	static const char *const known[] = { "weir", "name", "clock", "records", "streams", "note", "$schema",
		NULL };
	const struct weir_json_node *streams = weir_json_get(root, "streams"),
				    *records = weir_json_get(root, "records");

	weir_load_only(l, root, known);
	if (records != NULL)
		weir_load_records(l, records);
	if (streams == NULL)
		weir_load_fault(l, root, "no \"streams\"; a definition has at least one");
	return streams != NULL && weir_load_streams(l, streams);
}

/* Something could not be noted, a fault among others. */
static bool is_short_of_memory(const struct weir_loader *l)
{
	return l->out_of_memory || weir_diagnostics_lost(&l->faults) > 0;
}

static int finish(struct weir_loader *l, struct weir_definition **d)
{
	const struct weir_plan *plan = NULL;
	int rc = weir_build_finish(l->build, &plan);

	if (rc == WEIR_ENOMEM || is_short_of_memory(l))
		return WEIR_ENOMEM;
	if (weir_diagnostics_errors(&l->faults) > 0)
		return WEIR_EINVAL;
	if (rc < 0)
		return rc;
	*d = calloc(1, sizeof **d);
	if (*d == NULL)
		return WEIR_ENOMEM;
	(*d)->build = l->build;
	(*d)->plan = plan;
	l->build = NULL;
	return WEIR_OK;
}

static int load(struct weir_loader *l, struct weir_definition **d)
{
	const struct weir_json_node *root = weir_json_root(l->doc);
	const char *name;
	struct weir_build_options options = { .types = l->options->types,
		.fault = weir_load_build_fault,
		.warning = weir_load_build_warning,
		.fault_arg = l,
		.strict = l->options->strict,
		.may_stall = l->options->may_stall,
		.freestanding = l->options->freestanding,
		.one_thread = l->options->one_thread,
		.span_bytes = l->options->span_bytes,
		.span_items_max = l->options->span_items_max };

	if (weir_json_kind(root) != WEIR_JSON_OBJECT) {
		weir_load_fault(l, root, "a definition is an object; this is %s",
			weir_json_kind_name(weir_json_kind(root)));
		return WEIR_EINVAL;
	}
	if (!weir_json_version(&l->faults, root))
		return WEIR_EINVAL;
	name = weir_load_string(l, root, "name");
	l->build = weir_build_open(name != NULL ? name : "pipeline", read_clock(l, root), &options);
	if (l->build == NULL)
		return WEIR_ENOMEM;
	return load_top(l, root) ? finish(l, d) : WEIR_EINVAL;
}

static void tell(struct weir_diagnostics *faults, const struct weir_load_options *o)
{
	weir_diagnostics_sort(faults);
	for (size_t i = 0; i < weir_diagnostics_count(faults); i++) {
		const struct weir_diagnostic *f = weir_diagnostics_at(faults, i);
		bool warning = f->severity == WEIR_SEVERITY_WARNING;
		weir_load_fault_fn *to = warning ? o->warning : o->fault;
		char line[1024];

		if (to != NULL)
			to(o->fault_arg, weir_diagnostic_line(f, line, sizeof line));
	}
}

/* Where a document comes from: a file, or text. And where to show it, if anywhere. */
struct from {
	const char *name, *text; /* text NULL: the file called name */
	size_t len_bytes;
	weir_put_fn *put;
	void *put_arg;
};

static int open_with(
	struct weir_definition **d, const struct from *from, const struct weir_load_options *options)
{
	static const struct weir_load_options none;
	struct weir_loader l = { .options = options != NULL ? options : &none };
	struct weir_json_settings settings = { l.options->settings, l.options->n_settings };
	struct weir_json_variables variables = { weir_json_setting_or_env, &settings };
	struct weir_json_options json = { .variables = &variables };
	int rc;

	*d = NULL;
	weir_diagnostics_init(&l.faults, NULL);
	if (from->text != NULL)
		rc = weir_json_open(&l.doc, from->name, from->text, from->len_bytes, &json, &l.faults);
	else
		rc = weir_json_open_file(&l.doc, from->name, &json, &l.faults);
	if (rc == WEIR_OK)
		rc = load(&l, d);
	if (rc == WEIR_EINVAL && is_short_of_memory(&l))
		rc = WEIR_ENOMEM; /* not every fault could be told */
	else if (rc == WEIR_EPARSE)
		rc = WEIR_EINVAL;
	tell(&l.faults, l.options);
	if (rc == WEIR_OK && from->put != NULL)
		rc = weir_load_show(&l, (*d)->build, from->put, from->put_arg);
	weir_build_close(l.build);
	weir_json_close(l.doc);
	weir_diagnostics_fini(&l.faults);
	free(l.stages);
	free(l.told);
	return rc;
}

int weir_definition_open(
	struct weir_definition **d, const char *path, const struct weir_load_options *options)
{
	struct from from = { .name = path };

	return open_with(d, &from, options);
}

int weir_definition_open_text(struct weir_definition **d, const char *name, const char *text,
	size_t len_bytes, const struct weir_load_options *options)
{
	struct from from = { .name = name, .text = text, .len_bytes = len_bytes };

	return open_with(d, &from, options);
}

int weir_definition_show(
	const char *path, const struct weir_load_options *options, weir_put_fn *put, void *put_arg)
{
	struct from from = { .name = path, .put = put, .put_arg = put_arg };
	struct weir_definition *d;
	int rc = open_with(&d, &from, options);

	weir_definition_close(d);
	return rc;
}

/* Variables are looked at only for how they are written. */
static const char *any_value(void *arg, const char *name)
{
	(void)arg;
	return name;
}

int weir_definition_format(const char *name, const char *text, size_t len_bytes, weir_put_fn *put,
	void *put_arg, weir_load_fault_fn *fault, void *fault_arg)
{
	struct weir_json_variables variables = { any_value, NULL };
	struct weir_json_options json = { .variables = &variables };
	struct weir_load_options options = { .fault = fault, .fault_arg = fault_arg };
	struct weir_diagnostics faults;
	struct weir_json_doc *doc;
	int rc;

	weir_diagnostics_init(&faults, NULL);
	rc = weir_json_open(&doc, name, text, len_bytes, &json, &faults);
	if (rc == WEIR_EPARSE || (rc == WEIR_OK && weir_diagnostics_count(&faults) > 0))
		rc = WEIR_EINVAL;
	tell(&faults, &options);
	if (rc == WEIR_OK)
		rc = weir_json_format(text, len_bytes, put, put_arg);
	weir_json_close(doc);
	weir_diagnostics_fini(&faults);
	return rc;
}

void weir_definition_close(struct weir_definition *d)
{
	if (d == NULL)
		return;
	weir_build_close(d->build);
	free(d);
}

const struct weir_plan *weir_definition_plan(const struct weir_definition *d)
{
	return d->plan;
}

const struct weir_parts *weir_definition_parts(const struct weir_definition *d)
{
	return weir_build_parts(d->build);
}

const char *const *weir_definition_notes(struct weir_definition *d)
{
	return weir_build_notes(d->build);
}
