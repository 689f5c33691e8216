/* SPDX-License-Identifier: MIT */
/*
 * schema_params.c -- a parameter table as a schema of the value that a stage's operator has.
 */
#include <inttypes.h>
#include <string.h>

#include <weir/operators.h>

#include "schema.h"

void schema_open_members(struct json_out *o, const char *name)
{
	json_open(o, name, '{');
	json_text(o, "type", "object");
	json_open(o, "properties", '{');
}

void schema_close_members(struct json_out *o)
{
	json_close(o, '}');
	json_raw(o, "additionalProperties", "false");
}

/* Kinds that are the same for every parameter of them. */
static const char *ref_of(const struct weir_param *p)
{
	switch ((enum weir_param_kind)p->kind) {
	case WEIR_PARAM_BOOL:
		return "#/$defs/bool";
	case WEIR_PARAM_DURATION:
		return p->min > 0 ? "#/$defs/duration_above_0" : "#/$defs/duration";
	case WEIR_PARAM_EVERY:
		return "#/$defs/every";
	case WEIR_PARAM_SIZE:
		return "#/$defs/size";
	case WEIR_PARAM_FIELDS:
	case WEIR_PARAM_SET:
	case WEIR_PARAM_INIT:
	case WEIR_PARAM_STEP:
	case WEIR_PARAM_CONSTANT:
	case WEIR_PARAM_AGGREGATES:
		return "#/$defs/expressions";
	case WEIR_PARAM_KEY:
	case WEIR_PARAM_EXPRESSIONS:
		return "#/$defs/one_or_list";
	case WEIR_PARAM_LATE:
		return "#/$defs/late";
	case WEIR_PARAM_STREAMS:
		return "#/$defs/list";
	case WEIR_PARAM_VALUES:
		return "#/$defs/values";
	default:
		return NULL;
	}
}

void schema_kinds(struct json_out *o)
{
	json_raw(o, "variable", "{ \"type\": \"string\", \"pattern\": \"^\\\\$\\\\{[^}]*\\\\}$\" }");
	json_raw(o, "bool", SCHEMA_OR_VARIABLE("{ \"type\": \"boolean\" }"));
	json_raw(o, "number", SCHEMA_OR_VARIABLE("{ \"type\": \"number\" }"));
	json_raw(o, "duration",
		"{ \"type\": \"string\", \"pattern\": "
		"\"^[0-9]+(\\\\.[0-9]+)?(ns|us|ms|s|m|h|d)$|\\\\$\\\\{\" }");
	json_raw(o, "duration_above_0",
		"{ \"type\": \"string\", \"pattern\": "
		"\"^(?=[0-9.]*[1-9])[0-9]+(\\\\.[0-9]+)?(ns|us|ms|s|m|h|d)$|\\\\$\\\\{\" }");
	json_raw(o, "every",
		"{ \"anyOf\": [{ \"$ref\": \"#/$defs/duration_above_0\" }, { \"type\": \"integer\", "
		"\"minimum\": 1 }] }");
	json_raw(o, "size",
		"{ \"type\": \"string\", \"pattern\": "
		"\"^[0-9]+(\\\\.[0-9]+)?(B|KiB|MiB|GiB)$|\\\\$\\\\{\" }");
	json_raw(o, "expressions",
		"{ \"type\": \"object\", \"propertyNames\": { \"pattern\": \"^[A-Za-z_][A-Za-z0-9_]*$\" }, "
		"\"additionalProperties\": { \"type\": \"string\" } }");
	json_raw(o, "one_or_list",
		"{ \"type\": [\"string\", \"array\"], \"items\": { \"type\": \"string\" } }");
	json_raw(o, "list", "{ \"type\": \"array\", \"minItems\": 1, \"items\": { \"type\": \"string\" } }");
	json_raw(o, "late",
		"{ \"type\": [\"string\", \"object\"], \"pattern\": \"^drop$|\\\\$\\\\{\", \"properties\": { "
		"\"to\": { \"type\": \"string\" } }, \"required\": [\"to\"], \"additionalProperties\": false "
		"}");
	json_raw(o, "values",
		"{ \"type\": \"object\", \"additionalProperties\": { \"type\": \"object\", \"properties\": { "
		"\"path\": { \"type\": \"string\" }, \"pattern\": { \"type\": \"string\" }, \"column\": { "
		"\"$ref\": \"#/$defs/number\" }, \"scale\": { \"$ref\": \"#/$defs/number\" }, \"offset\": { "
		"\"$ref\": \"#/$defs/number\" }, \"note\": true }, \"required\": [\"path\"], "
		"\"additionalProperties\": false } }");
}

/* ---- one parameter ---- */

static void print_bounds(struct json_out *o, const struct weir_param *p)
{
	char text[24];

	if (p->min == 0 && p->max == 0)
		return;
	if (p->kind == WEIR_PARAM_I64 || p->kind == WEIR_PARAM_NUMBER) {
		json_integer(o, "minimum", (int64_t)p->min);
		json_integer(o, "maximum", (int64_t)p->max);
		return;
	}
	(void)snprintf(text, sizeof text, "%" PRIu64, p->min);
	json_raw(o, "minimum", text);
	(void)snprintf(text, sizeof text, "%" PRIu64, p->max);
	json_raw(o, "maximum", text);
}

static void print_number(struct json_out *o, const struct weir_param *p)
{
	json_raw(o, "if", "{ \"$ref\": \"#/$defs/variable\" }");
	json_raw(o, "then", "true");
	json_open(o, "else", '{');
	json_text(o, "type", p->kind == WEIR_PARAM_NUMBER ? "number" : "integer");
	print_bounds(o, p);
	json_close(o, '}');
}

static void begin_words(struct json_out *o)
{
	json_text(o, "type", "string");
	json_raw(o, "if", "{ \"pattern\": \"\\\\$\\\\{\" }");
	json_raw(o, "then", "true");
	json_open(o, "else", '{');
	json_open(o, "enum", '[');
}

static void end_words(struct json_out *o)
{
	json_close(o, ']');
	json_close(o, '}');
}

/* Whether the type is one that a format puts beside a source (it decodes), or beside a sink. */
static bool is_codec(const struct weir_op_type *type, bool of_sink)
{
	const char *suffix = strrchr(type->name, '_');

	return cli_group_of(type) == CLI_FORMATS && strcmp(suffix, of_sink ? "_encode" : "_decode") == 0;
}

static void print_formats(struct json_out *o, bool of_sink)
{
	char name[CLI_NAME_MAX];

	begin_words(o);
	for (const struct weir_op_type *const *t = weir_operator_types; *t != NULL; t++)
		if (is_codec(*t, of_sink))
			json_text(o, NULL, cli_name_of(*t, name));
	end_words(o);
}

static void print_param(struct json_out *o, const char *key, const struct weir_param *p, bool of_sink)
{
	json_open_flat(o, key, '{');
	if (p->help != NULL)
		json_text(o, "description", p->help);
	if (p->dflt != NULL)
		json_raw(o, "default", p->dflt);
	if (ref_of(p) != NULL) {
		json_text(o, "$ref", ref_of(p));
	} else if (p->kind == WEIR_PARAM_ENUM) {
		begin_words(o);
		for (const char *const *c = p->choices; *c != NULL; c++)
			json_text(o, NULL, *c);
		end_words(o);
	} else if (p->kind == WEIR_PARAM_FORMAT) {
		print_formats(o, of_sink);
	} else if (p->kind == WEIR_PARAM_U32 || p->kind == WEIR_PARAM_I64 || p->kind == WEIR_PARAM_NUMBER ||
		   p->kind == WEIR_PARAM_SLOTS) {
		print_number(o, p);
	} else {
		json_text(o, "type", "string");
	}
	json_close(o, '}');
}

/* ---- a table ---- */

static bool is_required(const struct weir_op_type *type, const struct weir_param *p)
{
	return (p->flags & WEIR_PARAM_REQUIRED) != 0 ||
	       ((type->flags & WEIR_OP_HOT) != 0 && p->dflt == NULL && strcmp(p->name, "overflow") == 0);
}

/* The members of a schema for this table: its parameters, and which must be there. */
static void print_table(struct json_out *o, const struct weir_op_type *type, bool of_sink)
{
	json_open(o, "properties", '{');
	for (const struct weir_param *p = type->params; p != NULL && p->name != NULL; p++)
		print_param(o, p->name, p, of_sink);
	json_close(o, '}');
	json_open_flat(o, "required", '[');
	for (const struct weir_param *p = type->params; p != NULL && p->name != NULL; p++)
		if (is_required(type, p))
			json_text(o, NULL, p->name);
	json_close(o, ']');
}

/* Only these keys; codec NULL: the type's alone. */
static void print_keys(struct json_out *o, const struct weir_op_type *type, const struct weir_op_type *codec)
{
	json_open_flat(o, "propertyNames", '{');
	json_open(o, "enum", '[');
	for (const struct weir_param *p = type->params; p != NULL && p->name != NULL; p++)
		json_text(o, NULL, p->name);
	for (const struct weir_param *p = codec != NULL ? codec->params : NULL; p != NULL && p->name != NULL;
		p++)
		json_text(o, NULL, p->name);
	json_text(o, NULL, "note");
	json_close(o, ']');
	json_close(o, '}');
}

/* With a format its parameters are there too: each format is a condition of its own. */
static void print_codecs(
	struct json_out *o, const struct weir_op_type *type, const char *format, bool of_sink)
{
	char name[CLI_NAME_MAX];

	json_open(o, "allOf", '[');
	json_open(o, NULL, '{');
	json_open_flat(o, "if", '{');
	json_open(o, "required", '[');
	json_text(o, NULL, format);
	json_close(o, ']');
	json_close(o, '}');
	json_raw(o, "then", "true");
	json_open(o, "else", '{');
	print_keys(o, type, NULL);
	json_close(o, '}');
	json_close(o, '}');
	for (const struct weir_op_type *const *t = weir_operator_types; *t != NULL; t++) {
		if (!is_codec(*t, of_sink))
			continue;
		json_open(o, NULL, '{');
		json_open_flat(o, "if", '{');
		json_open(o, "properties", '{');
		json_open(o, format, '{');
		json_text(o, "const", cli_name_of(*t, name));
		json_close(o, '}');
		json_close(o, '}');
		json_open(o, "required", '[');
		json_text(o, NULL, format);
		json_close(o, ']');
		json_close(o, '}');
		json_open(o, "then", '{');
		print_table(o, *t, of_sink);
		print_keys(o, type, *t);
		json_close(o, '}');
		json_close(o, '}');
	}
	json_close(o, ']');
}

static void print_object(struct json_out *o, const struct weir_op_type *type)
{
	const struct weir_param *format = cli_param_of_kind(type, WEIR_PARAM_FORMAT);
	bool of_sink = (type->flags & WEIR_OP_SINK) != 0;

	json_text(o, "type", "object");
	print_table(o, type, of_sink);
	if (format != NULL)
		print_codecs(o, type, format->name, of_sink);
	else
		print_keys(o, type, NULL);
}

/* Whether the primary parameter alone is enough. */
static bool has_short_form(const struct weir_op_type *type, const struct weir_param *primary)
{
	for (const struct weir_param *p = type->params; primary != NULL && p->name != NULL; p++)
		if (p != primary && is_required(type, p))
			return false;
	return primary != NULL;
}

void schema_value(struct json_out *o, const struct weir_op_type *type)
{
	const struct weir_param *primary = cli_primary(type);
	bool of_sink = (type->flags & WEIR_OP_SINK) != 0;

	if (primary != NULL && (primary->kind == WEIR_PARAM_FIELDS || primary->kind == WEIR_PARAM_SET)) {
		print_param(o, type->name, primary, of_sink);
		return;
	}
	json_open(o, type->name, '{');
	if (has_short_form(type, primary)) {
		json_raw(o, "if", "{ \"type\": \"object\" }");
		json_open(o, "then", '{');
		print_object(o, type);
		json_close(o, '}');
		print_param(o, "else", primary, of_sink);
	} else {
		print_object(o, type);
	}
	json_close(o, '}');
}
