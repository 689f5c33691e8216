/* SPDX-License-Identifier: MIT */
/*
 * load_streams.c -- `streams`: each stage's object to one builder stage (definition.md, Streams and stages).
 */
#include "loader.h"

#include <stdlib.h>
#include <string.h>

#include <weir/connectors.h>
#include <weir/operators.h>

#define NAMES_MAX 256u

static const char *const reserved[] = { "id", "on", "on_error", "note", NULL };

static bool is_reserved(const char *key)
{
	const char *const *name = reserved;

	while (*name != NULL && strcmp(*name, key) != 0)
		name++;
	return *name != NULL;
}

static size_t add_names(const char **names, size_t n, const struct weir_op_type *const *types)
{
	for (; types != NULL && *types != NULL && n < NAMES_MAX; types++) {
		size_t i = 0;

		while (i < n && strcmp(names[i], (*types)->name) != 0)
			i++;
		if (i == n && ((*types)->flags & WEIR_OP_INTERNAL) == 0)
			names[n++] = (*types)->name; /* "file" is a source and a sink */
	}
	return n;
}

/* All names, for who gave one that is like none of them. */
static void tell_names(
	struct weir_loader *l, const struct weir_json_node *n, const char **names, size_t count)
{
	char list[768] = "";

	for (size_t i = 0; i < count; i++) {
		if (strlen(list) + strlen(names[i]) + 2 > sizeof list)
			break;
		if (i > 0)
			strcat(list, " ");
		strcat(list, names[i]);
	}
	weir_load_fault_key(l, n, "unknown operator \"%s\"; one of %s", weir_json_key(n), list);
}

static void unknown_operator(struct weir_loader *l, const struct weir_json_node *n)
{
	const char *names[NAMES_MAX + 1], *close;
	size_t count = 1;

	names[0] = "from";
	count = add_names(names, count, l->options->types);
	count = add_names(names, count, weir_operator_types);
	count = add_names(names, count, weir_connector_types);
	close = weir_closest(weir_json_key(n), names, count);
	if (close != NULL)
		weir_load_fault_key(
			l, n, "unknown operator \"%s\"; did you mean \"%s\"?", weir_json_key(n), close);
	else
		tell_names(l, n, names, count);
}

static bool is_operator(const struct weir_loader *l, const struct weir_json_node *n)
{
	const char *key = weir_json_key(n);

	return strcmp(key, "from") == 0 || weir_build_type(l->build, key, false) != NULL;
}

/* The one member that names the operator, or NULL after a fault: one that is known, else the first. */
static const struct weir_json_node *operator_of(struct weir_loader *l, const struct weir_json_node *stage)
{
	const struct weir_json_node *found = NULL;

	if (weir_json_kind(stage) != WEIR_JSON_OBJECT) {
		weir_load_fault(l, stage,
			"a stage is an object such as {\"filter\": \"temp > 20\"}; this is %s",
			weir_json_kind_name(weir_json_kind(stage)));
		return NULL;
	}
	for (const struct weir_json_node *n = weir_json_first(stage); n != NULL; n = weir_json_next(n))
		if (!is_reserved(weir_json_key(n)) && !weir_json_key_is_bad(n) &&
			(found == NULL || (is_operator(l, n) && !is_operator(l, found))))
			found = n;
	if (found == NULL)
		weir_load_fault(l, stage, "no operator; a stage has exactly one operator or connector key");
	for (const struct weir_json_node *n = weir_json_first(stage); n != NULL; n = weir_json_next(n))
		if (n != found && !weir_json_key_is_bad(n) && is_operator(l, n))
			weir_load_fault_key(l, n, "\"%s\" beside \"%s\"; a stage has exactly one operator",
				weir_json_key(n), weir_json_key(found));
		else if (n != found && !weir_json_key_is_bad(n))
			(void)weir_json_known(&l->faults, n, reserved);
	return found;
}

/* Remember where builder stage `stage` stands. False: out of memory. */
static bool remember(struct weir_loader *l, int stage, const struct weir_json_node *node,
	const struct weir_json_node *value, const struct weir_op_type *type)
{
	size_t need = (size_t)stage + 1;

	if (need > l->n_stages) {
		struct weir_load_stage *more = realloc(l->stages, need * sizeof *more);

		if (more == NULL) {
			l->out_of_memory = true;
			return false;
		}
		memset(more + l->n_stages, 0, (need - l->n_stages) * sizeof *more);
		l->stages = more;
		l->n_stages = need;
	}
	l->stages[stage].node = node;
	l->stages[stage].value = value;
	l->stages[stage].type = type;
	for (const struct weir_param *p = type != NULL ? type->params : NULL; p != NULL && p->name != NULL;
		p++)
		if ((p->flags & WEIR_PARAM_PRIMARY) != 0 && weir_json_kind(value) != WEIR_JSON_OBJECT)
			l->stages[stage].primary = p->name;
	for (const struct weir_param *p = type != NULL ? type->params : NULL; p != NULL && p->name != NULL;
		p++)
		if (p->kind == WEIR_PARAM_FIELDS || p->kind == WEIR_PARAM_SET)
			if ((p->flags & WEIR_PARAM_PRIMARY) != 0)
				l->stages[stage].primary = p->name;
	return true;
}

static void load_on_error(struct weir_loader *l, int stage, const struct weir_json_node *n)
{
	static const char *const known[] = { "to", NULL };
	const char *word = weir_json_string(n), *to;

	if (word != NULL && strcmp(word, "fail") == 0) {
		(void)weir_build_on_error(l->build, stage, WEIR_ON_ERROR_FAIL, NULL);
	} else if (word != NULL && strcmp(word, "drop") == 0) {
		(void)weir_build_on_error(l->build, stage, WEIR_ON_ERROR_DROP, NULL);
	} else if (weir_json_kind(n) == WEIR_JSON_OBJECT) {
		weir_load_only(l, n, known);
		to = weir_load_string(l, n, "to");
		if (to != NULL)
			(void)weir_build_on_error(l->build, stage, WEIR_ON_ERROR_TO, to);
		else if (weir_json_get(n, "to") == NULL)
			weir_load_fault(l, n, "\"on_error\" names no stream; {\"to\": \"stream\"}");
	} else {
		weir_load_fault(l, n, "unknown \"on_error\"; \"fail\", \"drop\" or {\"to\": \"stream\"}");
	}
}

static void load_on(struct weir_loader *l, int stage, const struct weir_json_node *node)
{
	const char *thread = weir_load_string(l, node, "on");

	if (thread != NULL && weir_load_is_name(thread))
		(void)weir_build_on(l->build, stage, thread);
	else if (thread != NULL)
		weir_load_fault(l, weir_json_get(node, "on"),
			"bad thread name \"%s\"; letters, digits and _, not starting with a digit", thread);
}

static void load_reserved(struct weir_loader *l, int stage, const struct weir_json_node *node)
{
	const struct weir_json_node *on_error = weir_json_get(node, "on_error");
	const char *id = weir_load_string(l, node, "id");

	if (id != NULL)
		(void)weir_build_id(l->build, stage, id);
	load_on(l, stage, node);
	if (on_error != NULL && !weir_json_value_is_bad(on_error))
		load_on_error(l, stage, on_error);
}

/* ---- ports ---- */

/* "adc=x.csv" for port adc, or NULL. */
static const char *bound_path(const struct weir_load_options *o, const char *port)
{
	size_t len = strlen(port);

	for (size_t i = 0; i < o->n_binds; i++)
		if (strncmp(o->binds[i], port, len) == 0 && o->binds[i][len] == '=')
			return o->binds[i] + len + 1;
	return NULL;
}

static const char *format_of(const char *path)
{
	const char *dot = strrchr(path, '.');

	if (dot != NULL &&
		(strcmp(dot, ".ndjson") == 0 || strcmp(dot, ".jsonl") == 0 || strcmp(dot, ".json") == 0))
		return "ndjson";
	return dot != NULL && strcmp(dot, ".bin") == 0 ? "binary" : "csv";
}

static const char *text_param(const struct weir_json_node *value, const char *name)
{
	const struct weir_json_node *n = value;

	if (weir_json_kind(value) == WEIR_JSON_OBJECT)
		n = weir_json_get(value, name);
	return n != NULL ? weir_json_string(n) : NULL;
}

/* The file that is to stand in for a port, or NULL. */
static const char *path_for(struct weir_loader *l, const struct weir_json_node *op)
{
	const char *name = text_param(op, "name"), *path;

	path = name != NULL ? bound_path(l->options, name) : NULL;
	if (path == NULL && name != NULL && l->options->ports_must_be_bound)
		weir_load_fault(l, op, "port \"%s\" is not bound; give a file for it with --bind %s=FILE",
			name, name);
	return path;
}

/* Name the file, and its format where the port says none. */
static void bind_file(struct weir_loader *l, int stage, const struct weir_json_node *op, const char *path)
{
	(void)weir_build_set(l->build, stage, "path", path);
	if (weir_json_kind(op) != WEIR_JSON_OBJECT || weir_json_get(op, "format") == NULL)
		(void)weir_build_set(l->build, stage, "format", format_of(path));
}

/* ---- stages ---- */

static void load_from(struct weir_loader *l, const char *stream, size_t index,
	const struct weir_json_node *node, const struct weir_json_node *op)
{
	int stage;

	if (index > 0) {
		weir_load_fault(l, op,
			"\"from\" after the first stage; a stream draws from another one at its start");
		return;
	}
	if (weir_json_kind(op) != WEIR_JSON_STRING) {
		weir_load_fault(l, op, "\"from\" is %s; it wants the name of a stream",
			weir_json_kind_name(weir_json_kind(op)));
		(void)weir_build_stage(l->build, stream, NULL);
		return;
	}
	stage = weir_build_from(l->build, stream, weir_json_string(op));
	if (stage >= 0 && remember(l, stage, node, op, NULL)) {
		l->stages[stage].primary = "from";
		load_on(l, stage, node);
		if (weir_json_get(node, "on_error") != NULL)
			weir_load_fault_key(l, weir_json_get(node, "on_error"),
				"\"from\" raises no errors; remove \"on_error\"");
	}
}

/* Add a stage of type `in`, which is the definition's, or stands in its place under the same id. Negative: none. */
static int add_stage(struct weir_loader *l, const char *stream, const char *id,
	const struct weir_json_node *node, const struct weir_json_node *op, const struct weir_op_type *type,
	const struct weir_op_type *in)
{
	int stage = weir_build_stage(l->build, stream, in);

	if (stage < 0 || !remember(l, stage, node, op, type))
		return WEIR_ENOMEM;
	if (in != type)
		(void)weir_build_id(l->build, stage, id);
	load_reserved(l, stage, node);
	if (type != NULL)
		weir_load_params(l, stage, type, in, op);
	return stage;
}

/* A source or sink, or what stands in for it: whatever the caller says, or the file that a port is bound to. */
static void load_end(struct weir_loader *l, const char *stream, const char *id,
	const struct weir_json_node *node, const struct weir_json_node *op, const struct weir_op_type *type)
{
	const struct weir_load_options *o = l->options;
	const struct weir_op_type *in =
		o->stand_in != NULL ? o->stand_in(o->stand_in_arg, stream, id, type) : NULL;
	const char *path = NULL;
	int stage;

	if (in == NULL && (type->flags & WEIR_OP_PORT) != 0)
		path = path_for(l, op);
	if (path != NULL)
		in = weir_build_type(l->build, "file", (type->flags & WEIR_OP_SOURCE) != 0);
	stage = add_stage(l, stream, id, node, op, type, in != NULL ? in : type);
	if (path != NULL && stage >= 0)
		bind_file(l, stage, op, path);
}

static void load_stage(
	struct weir_loader *l, const char *stream, size_t index, const struct weir_json_node *node)
{
	const struct weir_json_node *op = operator_of(l, node), *own = weir_json_get(node, "id");
	const struct weir_op_type *type;
	char id[256];

	if (op == NULL) {
		(void)weir_build_stage(l->build, stream, NULL);
		return;
	}
	if (strcmp(weir_json_key(op), "from") == 0) {
		load_from(l, stream, index, node, op);
		return;
	}
	type = weir_build_type(l->build, weir_json_key(op), index == 0);
	if (type != NULL && (type->flags & WEIR_OP_INTERNAL) != 0)
		type = NULL;
	if (type == NULL)
		unknown_operator(l, op);
	if (type == NULL || (type->flags & (WEIR_OP_SOURCE | WEIR_OP_SINK)) == 0) {
		(void)add_stage(l, stream, NULL, node, op, type, type);
		return;
	}
	(void)snprintf(id, sizeof id, "%.200s.%zu.%.40s", stream, index, type->name);
	load_end(l, stream, own != NULL && weir_json_string(own) != NULL ? weir_json_string(own) : id, node,
		op, type);
}

static void load_stream(struct weir_loader *l, const struct weir_json_node *stream)
{
	const char *name = weir_json_key(stream);
	size_t index = 0;

	if (!weir_load_is_name(name))
		weir_load_fault_key(l, stream,
			"bad stream name \"%s\"; letters, digits and _, not starting with a digit", name);
	if (weir_json_kind(stream) != WEIR_JSON_ARRAY || weir_json_count(stream) == 0) {
		weir_load_fault(l, stream, "a stream is an array of at least one stage");
		(void)weir_build_stage(l->build, name, NULL); /* so that others may draw from it */
		return;
	}
	for (const struct weir_json_node *n = weir_json_first(stream); n != NULL; n = weir_json_next(n))
		load_stage(l, name, index++, n);
}

bool weir_load_streams(struct weir_loader *l, const struct weir_json_node *streams)
{
	if (weir_json_kind(streams) != WEIR_JSON_OBJECT || weir_json_count(streams) == 0) {
		weir_load_fault(l, streams, "\"streams\" is an object of at least one stream");
		return false;
	}
	for (const struct weir_json_node *n = weir_json_first(streams); n != NULL; n = weir_json_next(n))
		if (!weir_json_key_is_bad(n))
			load_stream(l, n);
	return true;
}
