/* SPDX-License-Identifier: MIT */
/*
 * types.c -- the operators and connectors of this build, sorted and named.
 *
 * No type is known by its name here: what it is follows from its flags and its parameters.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <weir/connectors.h>
#include <weir/operators.h>

#include "types.h"

static bool ends_with(const char *text, const char *end)
{
	size_t n = strlen(text), m = strlen(end);

	return n > m && strcmp(text + n - m, end) == 0;
}

enum cli_group cli_group_of(const struct weir_op_type *type)
{
	if ((type->flags & WEIR_OP_INTERNAL) != 0)
		return ends_with(type->name, "_decode") || ends_with(type->name, "_encode") ? CLI_FORMATS
											    : CLI_INTERNAL;
	if ((type->flags & WEIR_OP_SINK) != 0)
		return CLI_SINKS;
	if ((type->flags & WEIR_OP_COMBINER) != 0)
		return CLI_COMBINERS;
	if ((type->flags & WEIR_OP_SOURCE) != 0 ||
		(type->max_in > 1 && (type->flags & WEIR_OP_SCOPES) == 0)) /* an inbox */
		return CLI_SOURCES;
	return CLI_OPERATORS;
}

const char *cli_group_title(enum cli_group group)
{
	static const char *const titles[] = { "Sources", "Combiners", "Operators", "Sinks", "Formats",
		"Put in by the builder" };

	return titles[group];
}

const char *cli_group_name(enum cli_group group)
{
	static const char *const names[] = { "source", "combiner", "operator", "sink", "format", "internal" };

	return names[group];
}

static int by_group_and_name(const void *a, const void *b)
{
	const struct weir_op_type *l = *(const struct weir_op_type *const *)a,
				  *r = *(const struct weir_op_type *const *)b;
	enum cli_group lg = cli_group_of(l), rg = cli_group_of(r);

	return lg != rg ? (lg < rg ? -1 : 1) : strcmp(l->name, r->name);
}

static void add(struct cli_types *types, const struct weir_op_type *const *list)
{
	for (; *list != NULL && types->n < CLI_TYPES_MAX; list++)
		types->list[types->n++] = *list;
}

void cli_types(struct cli_types *types)
{
	types->n = 0;
	add(types, weir_operator_types);
	add(types, weir_connector_types);
	qsort(types->list, types->n, sizeof *types->list, by_group_and_name);
}

const char *cli_name_of(const struct weir_op_type *type, char text[CLI_NAME_MAX])
{
	if (cli_group_of(type) != CLI_FORMATS)
		return type->name;
	(void)snprintf(text, CLI_NAME_MAX, "%.*s", (int)(strrchr(type->name, '_') - type->name), type->name);
	return text;
}

const char *cli_param_what(const struct weir_param *p)
{
	static const char *const what[] = {
		[WEIR_PARAM_BOOL] = "true or false",
		[WEIR_PARAM_U32] = "integer",
		[WEIR_PARAM_I64] = "integer",
		[WEIR_PARAM_NUMBER] = "number",
		[WEIR_PARAM_DURATION] = "duration",
		[WEIR_PARAM_EVERY] = "duration or integer",
		[WEIR_PARAM_SIZE] = "size",
		[WEIR_PARAM_TEXT] = "text",
		[WEIR_PARAM_ENUM] = "one of",
		[WEIR_PARAM_WHEN] = "condition",
		[WEIR_PARAM_FIELDS] = "{field: expression}",
		[WEIR_PARAM_SET] = "{field: expression}",
		[WEIR_PARAM_INIT] = "{state: expression}",
		[WEIR_PARAM_STEP] = "{state: expression}",
		[WEIR_PARAM_CONSTANT] = "{field: constant}",
		[WEIR_PARAM_KEY] = "field or list of fields",
		[WEIR_PARAM_FIELD] = "field",
		[WEIR_PARAM_EXPRESSIONS] = "expression or list of them",
		[WEIR_PARAM_APPEND] = "name of a new field",
		[WEIR_PARAM_PREFIX] = "beginning of names",
		[WEIR_PARAM_AGGREGATES] = "{field: aggregate}",
		[WEIR_PARAM_LATE] = "\"drop\" or {\"to\": stream}",
		[WEIR_PARAM_STREAMS] = "list of streams",
		[WEIR_PARAM_INNER] = "stream",
		[WEIR_PARAM_SLOTS] = "integer",
		[WEIR_PARAM_RECORD] = "record",
		[WEIR_PARAM_FORMAT] = "format",
		[WEIR_PARAM_VALUES] = "{field: where it stands}",
		[WEIR_PARAM_TIME_FIELD] = "field",
	};
	const char *text = p->kind < sizeof what / sizeof *what ? what[p->kind] : NULL;

	return text != NULL ? text : "?";
}

const struct weir_param *cli_primary(const struct weir_op_type *type)
{
	for (const struct weir_param *p = type->params; p != NULL && p->name != NULL; p++)
		if ((p->flags & WEIR_PARAM_PRIMARY) != 0)
			return p;
	return NULL;
}

const struct weir_param *cli_param_of_kind(const struct weir_op_type *type, enum weir_param_kind kind)
{
	for (const struct weir_param *p = type->params; p != NULL && p->name != NULL; p++)
		if (p->kind == kind)
			return p;
	return NULL;
}

/* Whether the value itself is the object of fields, as of map. */
static bool is_whole(const struct weir_param *primary)
{
	return primary != NULL && (primary->kind == WEIR_PARAM_FIELDS || primary->kind == WEIR_PARAM_SET);
}

void cli_print_example(FILE *out, const struct weir_op_type *type)
{
	const struct weir_param *primary = cli_primary(type);
	unsigned n = 0;

	for (const struct weir_param *p = type->params; p != NULL && p->name != NULL; p++)
		n += p->example != NULL;
	(void)fprintf(out, "{ \"%s\": ", type->name);
	if (primary != NULL && primary->example != NULL && (n == 1 || is_whole(primary))) {
		(void)fprintf(out, "%s }", primary->example);
		return;
	}
	(void)fputs(n > 0 ? "{ " : "{}", out);
	for (const struct weir_param *p = type->params; n > 0 && p->name != NULL; p++)
		if (p->example != NULL)
			(void)fprintf(out, "\"%s\": %s%s", p->name, p->example, --n > 0 ? ", " : " }");
	(void)fputs(" }", out);
}
