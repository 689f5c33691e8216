/* SPDX-License-Identifier: MIT */
/*
 * load_params.c -- a stage's parameters: JSON values to the builder's texts.
 *
 * Only what JSON itself can get wrong is judged here (a number where a string is wanted); what the text
 * means is the builder's.
 */
#include "loader.h"

#include <inttypes.h>
#include <string.h>

#define TEXT_MAX 64u

static const struct weir_param *param_of(const struct weir_op_type *type, const char *name)
{
	for (const struct weir_param *p = type->params; p != NULL && p->name != NULL; p++)
		if (strcmp(p->name, name) == 0)
			return p;
	return NULL;
}

static const struct weir_param *primary(const struct weir_op_type *type)
{
	for (const struct weir_param *p = type->params; p != NULL && p->name != NULL; p++)
		if ((p->flags & WEIR_PARAM_PRIMARY) != 0)
			return p;
	return NULL;
}

/* What kind of JSON value a parameter takes, for messages. */
static const char *wanted(enum weir_param_kind kind)
{
	switch (kind) {
	case WEIR_PARAM_BOOL:
		return "true or false";
	case WEIR_PARAM_U32:
	case WEIR_PARAM_I64:
	case WEIR_PARAM_SLOTS:
		return "an integer";
	case WEIR_PARAM_NUMBER:
		return "a number";
	case WEIR_PARAM_EXPRESSIONS:
		return "an expression or a list of them";
	case WEIR_PARAM_DURATION:
		return "a string with a unit, such as \"30s\"";
	case WEIR_PARAM_EVERY:
		return "a string with a unit, such as \"30s\", or a number of items";
	case WEIR_PARAM_SIZE:
		return "a string with a unit, such as \"64KiB\"";
	case WEIR_PARAM_FIELDS:
	case WEIR_PARAM_SET:
	case WEIR_PARAM_INIT:
	case WEIR_PARAM_STEP:
	case WEIR_PARAM_CONSTANT:
	case WEIR_PARAM_AGGREGATES:
	case WEIR_PARAM_VALUES:
		return "an object";
	case WEIR_PARAM_STREAMS:
		return "a list of streams";
	case WEIR_PARAM_LATE:
		return "\"drop\" or {\"to\": \"stream\"}";
	default:
		return "a string";
	}
}

/* A scalar as the builder's text; false when the JSON kind is not the parameter's. */
static bool scalar_text(
	const struct weir_json_node *n, enum weir_param_kind kind, char *text, const char **value)
{
	struct weir_json_number v;
	bool b;

	*value = text;
	if (kind == WEIR_PARAM_BOOL) {
		if (!weir_json_as_bool(n, &b))
			return false;
		*value = b ? "true" : "false";
		return true;
	}
	if (kind == WEIR_PARAM_NUMBER) {
		if (!weir_json_as_number(n, &v))
			return false;
		(void)snprintf(text, TEXT_MAX, "%.17g", v.value);
		return true;
	}
	if (kind == WEIR_PARAM_EVERY && weir_json_string(n) != NULL) {
		*value = weir_json_string(n);
		return true;
	}
	if (kind == WEIR_PARAM_EVERY || kind == WEIR_PARAM_U32 || kind == WEIR_PARAM_I64 ||
		kind == WEIR_PARAM_SLOTS) {
		if (!weir_json_as_number(n, &v) || !v.is_integer)
			return false;
		if (v.fits_i64)
			(void)snprintf(text, TEXT_MAX, "%" PRId64, v.i64);
		else if (v.fits_u64)
			(void)snprintf(text, TEXT_MAX, "%" PRIu64, v.u64);
		else
			(void)snprintf(text, TEXT_MAX, "%.17g", v.value); /* no integer: out of range */
		return true;
	}
	*value = weir_json_string(n);
	return *value != NULL;
}

static void not_wanted(
	struct weir_loader *l, const struct weir_json_node *n, const char *name, enum weir_param_kind kind)
{
	weir_load_fault(l, n, "\"%s\" is %s; it wants %s", name, weir_json_kind_name(weir_json_kind(n)),
		wanted(kind));
}

/* {field: expression, ...}. What is no expression is given as one that cannot be read: its field is known then. */
static void load_entries(
	struct weir_loader *l, int stage, const struct weir_param *p, const struct weir_json_node *object)
{
	if (weir_json_kind(object) != WEIR_JSON_OBJECT) {
		not_wanted(l, object, p->name, (enum weir_param_kind)p->kind);
		return;
	}
	for (const struct weir_json_node *n = weir_json_first(object); n != NULL; n = weir_json_next(n)) {
		const char *text = weir_json_string(n);

		if (weir_json_key_is_bad(n))
			continue;
		if (text == NULL)
			weir_load_fault(l, n, "\"%s\" is %s; an expression is a string", weir_json_key(n),
				weir_json_kind_name(weir_json_kind(n)));
		(void)weir_build_entry(l->build, stage, p->name, weir_json_key(n), text != NULL ? text : "?");
	}
}

/* poll: {field: {path, pattern, column, scale, offset}}; entries are named field.key. */
static void load_value(
	struct weir_loader *l, int stage, const struct weir_param *p, const struct weir_json_node *value)
{
	static const char *const known[] = { "path", "pattern", "column", "scale", "offset", "note", NULL };
	enum { TEXTS = 2, MEANT = 5 }; /* the first ones: texts, and behind them numbers */

	if (weir_json_kind(value) != WEIR_JSON_OBJECT) {
		weir_load_fault(l, value, "a polled value is an object: {\"path\": \"/proc/loadavg\"}");
		return;
	}
	weir_load_only(l, value, known);
	for (const struct weir_json_node *n = weir_json_first(value); n != NULL; n = weir_json_next(n)) {
		char name[256], text[TEXT_MAX];
		struct weir_json_number v;
		size_t k = 0;
		bool is_text;

		while (k < MEANT && strcmp(weir_json_key(n), known[k]) != 0)
			k++;
		if (k == MEANT)
			continue;
		is_text = k < TEXTS;
		(void)snprintf(name, sizeof name, "%s.%s", weir_json_key(value), weir_json_key(n));
		if (is_text && weir_json_string(n) != NULL) {
			(void)weir_build_entry(l->build, stage, p->name, name, weir_json_string(n));
		} else if (!is_text && weir_json_as_number(n, &v)) {
			(void)snprintf(text, sizeof text, "%.17g", v.value);
			(void)weir_build_entry(l->build, stage, p->name, name, text);
		} else {
			weir_load_fault(l, n, "\"%s\" is %s; it wants %s", weir_json_key(n),
				weir_json_kind_name(weir_json_kind(n)), is_text ? "a string" : "a number");
		}
	}
}

static void load_values(
	struct weir_loader *l, int stage, const struct weir_param *p, const struct weir_json_node *object)
{
	if (weir_json_kind(object) != WEIR_JSON_OBJECT) {
		not_wanted(l, object, p->name, (enum weir_param_kind)p->kind);
		return;
	}
	for (const struct weir_json_node *n = weir_json_first(object); n != NULL; n = weir_json_next(n))
		if (!weir_json_key_is_bad(n))
			load_value(l, stage, p, n);
}

/* ["a", "b"]: streams one call each; key fields as one comma list. */
static void load_list(
	struct weir_loader *l, int stage, const struct weir_param *p, const struct weir_json_node *list)
{
	char joined[1024] = "";

	for (const struct weir_json_node *n = weir_json_first(list); n != NULL; n = weir_json_next(n)) {
		const char *s = weir_json_string(n);

		if (s == NULL) {
			weir_load_fault(l, n, "\"%s\" lists %s; it wants strings", p->name,
				weir_json_kind_name(weir_json_kind(n)));
			weir_load_told(l, list);
			return;
		}
		if (p->kind == WEIR_PARAM_STREAMS) {
			(void)weir_build_set(l->build, stage, p->name, s);
			continue;
		}
		if (strlen(joined) + strlen(s) + 2 > sizeof joined) {
			weir_load_fault(l, list, "\"%s\" is too long a list", p->name);
			return;
		}
		if (joined[0] != '\0')
			strcat(joined, ",");
		strcat(joined, s);
	}
	if (p->kind == WEIR_PARAM_KEY && joined[0] != '\0')
		(void)weir_build_set(l->build, stage, p->name, joined);
}

/* "temp" or ["node", "temp > 3"]: entries by number. */
static void load_expressions(
	struct weir_loader *l, int stage, const struct weir_param *p, const struct weir_json_node *value)
{
	bool is_list = weir_json_kind(value) == WEIR_JSON_ARRAY;
	unsigned i = 0;

	for (const struct weir_json_node *n = is_list ? weir_json_first(value) : value; n != NULL;
		n = is_list ? weir_json_next(n) : NULL) {
		const char *text = weir_json_string(n);
		char name[16];

		if (text == NULL) {
			not_wanted(l, n, p->name, WEIR_PARAM_EXPRESSIONS);
			weir_load_told(l, value);
			return;
		}
		(void)snprintf(name, sizeof name, "%u", i++);
		(void)weir_build_entry(l->build, stage, p->name, name, text);
	}
	if (i == 0)
		weir_load_fault(l, value, "\"%s\" is an empty list", p->name);
}

/* "drop" or {"to": "stream"} */
static void load_late(
	struct weir_loader *l, int stage, const struct weir_param *p, const struct weir_json_node *n)
{
	static const char *const known[] = { "to", NULL };
	char text[256];
	const char *to;

	if (weir_json_kind(n) == WEIR_JSON_STRING && strcmp(weir_json_string(n), "drop") == 0) {
		(void)weir_build_set(l->build, stage, p->name, "drop");
		return;
	}
	if (weir_json_kind(n) != WEIR_JSON_OBJECT || weir_json_get(n, "to") == NULL) {
		not_wanted(l, n, p->name, WEIR_PARAM_LATE);
		return;
	}
	weir_load_only(l, n, known);
	to = weir_load_string(l, n, "to");
	if (to == NULL)
		return;
	(void)snprintf(text, sizeof text, "to:%s", to);
	(void)weir_build_set(l->build, stage, p->name, text);
}

static void load_known(
	struct weir_loader *l, int stage, const struct weir_param *p, const struct weir_json_node *n)
{
	char text[TEXT_MAX];
	const char *value;

	if (weir_json_value_is_bad(n))
		return;
	switch ((enum weir_param_kind)p->kind) {
	case WEIR_PARAM_FIELDS:
	case WEIR_PARAM_SET:
	case WEIR_PARAM_INIT:
	case WEIR_PARAM_STEP:
	case WEIR_PARAM_CONSTANT:
	case WEIR_PARAM_AGGREGATES:
		load_entries(l, stage, p, n);
		return;
	case WEIR_PARAM_VALUES:
		load_values(l, stage, p, n);
		return;
	case WEIR_PARAM_EXPRESSIONS:
		load_expressions(l, stage, p, n);
		return;
	case WEIR_PARAM_LATE:
		load_late(l, stage, p, n);
		return;
	case WEIR_PARAM_STREAMS:
	case WEIR_PARAM_KEY:
		if (weir_json_kind(n) == WEIR_JSON_ARRAY) {
			load_list(l, stage, p, n);
			return;
		}
		break;
	default:
		break;
	}
	if (p->kind == WEIR_PARAM_STREAMS || !scalar_text(n, (enum weir_param_kind)p->kind, text, &value))
		not_wanted(l, n, p->name, (enum weir_param_kind)p->kind);
	else
		(void)weir_build_set(l->build, stage, p->name, value);
}

/* A parameter that is not in the type's table: the codec's, or unknown; the builder knows. */
static void load_other(struct weir_loader *l, int stage, const struct weir_json_node *n)
{
	static const enum weir_param_kind kinds[] = { WEIR_PARAM_TEXT, WEIR_PARAM_BOOL, WEIR_PARAM_I64 };
	char text[TEXT_MAX];
	const char *value;

	for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
		if (!scalar_text(n, kinds[k], text, &value))
			continue;
		(void)weir_build_set(l->build, stage, weir_json_key(n), value);
		return;
	}
	(void)weir_build_set(l->build, stage, weir_json_key(n), "");
}

/* ---- all of a stage's ---- */

static bool has_format(const struct weir_op_type *type)
{
	for (const struct weir_param *p = type->params; p != NULL && p->name != NULL; p++)
		if (p->kind == WEIR_PARAM_FORMAT)
			return true;
	return false;
}

/*
 * Whether what was written for `type` is for `in`, too, which stands in its place: what both have, and a format's own;
 * a record may be either's. What only `in` has was not for `type` to be given.
 */
static bool goes_along(struct weir_loader *l, const struct weir_json_node *n, const struct weir_op_type *type,
	const struct weir_op_type *in)
{
	const struct weir_param *p = param_of(type, weir_json_key(n)), *row = param_of(in, weir_json_key(n));

	if (in == type)
		return true;
	if (row == NULL)
		return has_format(in) && (p == NULL || p->kind == WEIR_PARAM_RECORD);
	if (p != NULL || row->kind == WEIR_PARAM_RECORD)
		return true;
	weir_load_fault_key(l, n, "\"%s\" has no parameter \"%s\"", type->name, weir_json_key(n));
	return false;
}

static void load_param(struct weir_loader *l, int stage, const struct weir_op_type *type,
	const struct weir_op_type *in, const struct weir_json_node *n)
{
	const struct weir_param *p = param_of(in, weir_json_key(n));

	if (weir_json_key_is_bad(n) || strcmp(weir_json_key(n), "note") == 0 || !goes_along(l, n, type, in))
		return;
	if (p != NULL)
		load_known(l, stage, p, n);
	else
		load_other(l, stage, n);
}

void weir_load_params(struct weir_loader *l, int stage, const struct weir_op_type *type,
	const struct weir_op_type *in, const struct weir_json_node *value)
{
	const struct weir_param *first = primary(type);
	bool whole = first != NULL && (first->kind == WEIR_PARAM_FIELDS || first->kind == WEIR_PARAM_SET);

	if (weir_json_value_is_bad(value))
		return;
	if (whole || (weir_json_kind(value) != WEIR_JSON_OBJECT && first != NULL)) {
		if (param_of(in, first->name) != NULL)
			load_known(l, stage, first, value);
		return;
	}
	if (weir_json_kind(value) != WEIR_JSON_OBJECT) {
		weir_load_fault(l, value, "\"%s\" is %s; it wants an object of parameters", type->name,
			weir_json_kind_name(weir_json_kind(value)));
		return;
	}
	for (const struct weir_json_node *n = weir_json_first(value); n != NULL; n = weir_json_next(n))
		load_param(l, stage, type, in, n);
}
