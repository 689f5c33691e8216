/* SPDX-License-Identifier: MIT */
/*
 * cmd_schema.c -- `weir schema`: the language as a JSON Schema (2020-12), for editors and stock validators.
 *
 * It says what can be said without knowing the streams and records of a file: keys, kinds of values, words, bounds.
 * One wrong word is to be one error, at its place. So nothing is "one of" many schemas, of which each tells why it does
 * not fit: a stage's operator picks the schema of its value (dependentSchemas), and where a value has two forms its kind
 * picks one (if, then, else). Where a string may hold a variable, what it comes to is not judged.
 */
#include <string.h>

#include "cli.h"
#include "schema.h"

#define NAME "^[A-Za-z_][A-Za-z0-9_]*$"

/* ---- stages ---- */

/* What a type's definition is called: "file_source" beside "file_sink". */
static void def_name(char *text, size_t size, const struct weir_op_type *type, const char *before)
{
	(void)snprintf(text, size, "%s%s_%s", before, type->name, cli_group_name(cli_group_of(type)));
}

/* A stage with this operator: this, and what every stage may have. */
static void print_stage_of(struct json_out *o, const struct weir_op_type *type)
{
	char name[2 * CLI_NAME_MAX];

	def_name(name, sizeof name, type, "");
	json_open(o, name, '{');
	json_text(o, "description", type->summary);
	json_open(o, "properties", '{');
	schema_value(o, type);
	json_raw(o, "id", "true");
	json_raw(o, "on", "true");
	json_raw(o, "on_error", "true");
	json_raw(o, "note", "true");
	schema_close_members(o);
	json_close(o, '}');
}

static bool stands(const struct weir_op_type *type, bool is_first)
{
	enum cli_group group = cli_group_of(type);

	return is_first ? group == CLI_SOURCES || group == CLI_COMBINERS
			: group == CLI_OPERATORS || group == CLI_SINKS;
}

static void print_names(struct json_out *o, const struct cli_types *types, bool is_first, bool with_reserved)
{
	json_open_flat(o, "enum", '[');
	if (is_first)
		json_text(o, NULL, "from");
	for (size_t i = 0; i < types->n; i++)
		if (stands(types->list[i], is_first))
			json_text(o, NULL, types->list[i]->name);
	if (with_reserved) {
		json_text(o, NULL, "id");
		json_text(o, NULL, "on");
		json_text(o, NULL, "on_error");
		json_text(o, NULL, "note");
	}
	json_close(o, ']');
}

/* A stage without an operator that is known: the wrong word is told, or that there is none. */
static void print_unknown(struct json_out *o, const struct cli_types *types, bool is_first)
{
	json_open(o, "if", '{');
	json_open(o, "propertyNames", '{');
	json_open(o, "not", '{');
	print_names(o, types, is_first, false);
	json_close(o, '}');
	json_close(o, '}');
	json_close(o, '}');
	json_open(o, "then", '{');
	json_raw(o, "if", "{ \"propertyNames\": { \"enum\": [\"id\", \"on\", \"on_error\", \"note\"] } }");
	json_raw(o, "then", "{ \"required\": [\"an operator or connector\"] }");
	json_open(o, "else", '{');
	json_open(o, "propertyNames", '{');
	print_names(o, types, is_first, true);
	json_close(o, '}');
	json_close(o, '}');
	json_close(o, '}');
}

static void print_stage(struct json_out *o, const struct cli_types *types, bool is_first)
{
	char name[2 * CLI_NAME_MAX];

	json_open(o, is_first ? "first_stage" : "later_stage", '{');
	json_text(o, "type", "object");
	json_open(o, "properties", '{');
	json_raw(o, "id", "{ \"type\": \"string\" }");
	json_raw(o, "on",
		"{ \"description\": \"The thread that it runs on, and what is behind it.\", \"type\": "
		"\"string\", "
		"\"pattern\": \"" NAME "|\\\\$\\\\{\" }");
	json_raw(o, "on_error", "{ \"$ref\": \"#/$defs/on_error\" }");
	json_raw(o, "note", "true");
	if (is_first)
		json_raw(o, "from",
			"{ \"description\": \"Draw from another stream.\", \"type\": \"string\" }");
	json_close(o, '}');
	json_open(o, "dependentSchemas", '{');
	if (is_first)
		json_raw(o, "from",
			"{ \"propertyNames\": { \"enum\": [\"from\", \"id\", \"on\", \"note\"] } }");
	for (size_t i = 0; i < types->n; i++) {
		if (!stands(types->list[i], is_first))
			continue;
		def_name(name, sizeof name, types->list[i], "#/$defs/");
		json_open_flat(o, types->list[i]->name, '{');
		json_text(o, "$ref", name);
		json_close(o, '}');
	}
	json_close(o, '}');
	print_unknown(o, types, is_first);
	json_close(o, '}');
}

/* ---- the rest of the language ---- */

static void print_defs(struct json_out *o, const struct cli_types *types)
{
	json_open(o, "$defs", '{');
	json_raw(o, "on_error",
		"{ \"description\": \"What becomes of an item that cannot be processed.\", \"type\": "
		"[\"string\", "
		"\"object\"], \"pattern\": \"^(fail|drop)$|\\\\$\\\\{\", \"properties\": { \"to\": { "
		"\"type\": "
		"\"string\" } }, \"required\": [\"to\"], \"additionalProperties\": false }");
	json_raw(o, "record",
		"{ \"type\": \"object\", \"minProperties\": 1, \"propertyNames\": { \"pattern\": \"" NAME
		"\" }, \"additionalProperties\": { \"$ref\": \"#/$defs/field\" } }");
	json_raw(o, "field_type",
		"{ \"type\": \"string\", \"pattern\": "
		"\"^(bool|[iu](8|16|32|64)|f32|f64|time|text\\\\([1-9][0-9]{0,4}\\\\))$|\\\\$\\\\{\" }");
	json_raw(o, "field",
		"{ \"if\": { \"type\": \"object\" }, \"then\": { \"properties\": { \"type\": { \"$ref\": "
		"\"#/$defs/field_type\" }, \"unit\": { \"type\": \"string\" }, \"from\": { \"type\": "
		"\"string\" }, "
		"\"default\": { \"type\": [\"string\", \"number\", \"boolean\"] }, \"truncate\": { \"$ref\": "
		"\"#/$defs/bool\" }, \"note\": true }, \"required\": [\"type\"], \"additionalProperties\": "
		"false }, "
		"\"else\": { \"$ref\": \"#/$defs/field_type\" } }");
	json_raw(o, "stream",
		"{ \"type\": \"array\", \"minItems\": 1, \"prefixItems\": [{ \"$ref\": "
		"\"#/$defs/first_stage\" "
		"}], \"items\": { \"$ref\": \"#/$defs/later_stage\" } }");
	schema_kinds(o);
	print_stage(o, types, true);
	print_stage(o, types, false);
	for (size_t i = 0; i < types->n; i++)
		if (cli_group_of(types->list[i]) < CLI_FORMATS)
			print_stage_of(o, types->list[i]);
	json_close(o, '}');
}

static void print_schema(const struct cli_types *types)
{
	struct json_out out = { 0 }, *o = &out;

	json_open(o, NULL, '{');
	json_text(o, "$schema", "https://json-schema.org/draft/2020-12/schema");
	json_text(o, "title", "weir definition");
	json_text(o, "description", "A pipeline of weir, without comments. Printed by `weir schema`.");
	json_text(o, "type", "object");
	json_raw(o, "required", "[\"weir\", \"streams\"]");
	json_open(o, "properties", '{');
	json_raw(o, "$schema", "{ \"type\": \"string\" }");
	json_raw(o, "weir",
		SCHEMA_OR_VARIABLE("{ \"description\": \"Version of the format.\", \"const\": 1 }"));
	json_raw(o, "name", "{ \"type\": \"string\" }");
	json_raw(o, "clock",
		"{ \"description\": \"By what time stages go: the machine's, or that of the records.\", "
		"\"type\": \"string\", \"pattern\": \"^(monotonic|event)$|\\\\$\\\\{\" }");
	json_raw(o, "note", "true");
	json_raw(o, "records",
		"{ \"type\": \"object\", \"additionalProperties\": { \"$ref\": \"#/$defs/record\" } }");
	json_raw(o, "streams",
		"{ \"type\": \"object\", \"minProperties\": 1, \"propertyNames\": { \"pattern\": \"" NAME
		"\" }, \"additionalProperties\": { \"$ref\": \"#/$defs/stream\" } }");
	schema_close_members(o);
	print_defs(o, types);
	json_close(o, '}');
}

static int run(int argc, char **argv)
{
	struct cli_options o;
	struct cli_types types;
	int rc = cli_options_parse(&o, &cli_schema, argc, argv);

	cli_types(&types);
	if (rc == 0 && o.form == 'e')
		schema_tests();
	else if (rc == 0)
		print_schema(&types);
	cli_options_fini(&o);
	return cli_status(rc);
}

static const struct cli_option options[] = {
	{ 'e', "tests", NULL, "of files of tests, as `weir test` runs them" },
	CLI_HELP,
	{ .name = NULL },
};

const struct cli_command cli_schema = {
	.name = "schema",
	.run = run,
	.summary = "print a JSON Schema of definitions or tests, for editors",
	.operands = "",
	.about = "Print a JSON Schema (2020-12) of the language, with the operators and connectors of this "
		 "build.\n"
		 "Editors complete and check by it when a definition names it: \"$schema\": "
		 "\"./weir.schema.json\".\n"
		 "`weir check` says more: which streams and fields there are, and which types.",
	.exit = "0 printed, 64 bad usage.",
	.options = options,
};
