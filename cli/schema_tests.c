/* SPDX-License-Identifier: MIT */
/*
 * schema_tests.c -- the files of `weir test` as a schema: keys, kinds of values, marbles, words.
 *
 * Which streams, stages, items and fields there are is the definition's matter, and said by `weir test` alone.
 */
#include "cli.h"
#include "schema.h"

#define DURATION "^(?=[0-9.]*[1-9])[0-9]+(\\\\.[0-9]+)?(ns|us|ms|s|m|h|d)$"
#define TIME                                                                             \
	"^[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}:[0-9]{2}(\\\\.[0-9]+)?([Zz]|" \
	"[+-][0-9]{2}:[0-9]{2})?$"

static void print_errors(struct json_out *o)
{
#define X(name, code, token, text) token,
	static const char *const tokens[] = { WEIR_ERRORS(X) };
#undef X

	json_open(o, "error", '{');
	json_open_flat(o, "enum", '[');
	for (size_t i = 0; i < sizeof tokens / sizeof *tokens; i++)
		json_text(o, NULL, tokens[i]);
	json_close(o, ']');
	json_close(o, '}');
}

/* What `weir run --stats` counts of a stage. */
static void print_counts(struct json_out *o)
{
	json_raw(o, "count", "{ \"type\": \"integer\", \"minimum\": 0 }");
	schema_open_members(o, "counts");
	json_raw(o, "in", "{ \"$ref\": \"#/$defs/count\" }");
	json_raw(o, "out", "{ \"$ref\": \"#/$defs/count\" }");
	schema_open_members(o, "dropped");
	for (unsigned r = 0; r < WEIR_DROP_REASONS; r++)
		json_raw(o, weir_drop_name((enum weir_drop)r), "{ \"$ref\": \"#/$defs/count\" }");
	schema_close_members(o);
	json_close(o, '}');
	json_raw(o, "note", "true");
	schema_close_members(o);
	json_close(o, '}');
}

/*
 * Who plays a source or a sink: marbles, or an object that says in one of four forms what comes. Of two the later one is
 * the fault; of a source none is one, unless a key that nobody knows stands for it.
 */
static void print_part(struct json_out *o, const char *name, bool is_sink)
{
	json_open(o, name, '{');
	json_raw(o, "if", "{ \"type\": \"object\" }");
	json_open(o, "then", '{');
	json_open(o, "properties", '{');
	json_raw(o, "marbles",
		is_sink ? "{ \"$ref\": \"#/$defs/marbles\" }" : "{ \"$ref\": \"#/$defs/starts\" }");
	json_raw(o, "records",
		"{ \"type\": \"array\", \"items\": { \"type\": [\"object\", \"string\"], \"pattern\": "
		"\"^[A-Za-z0-9]$\" } }");
	json_raw(o, "text", "{ \"type\": [\"string\", \"array\"], \"items\": { \"type\": \"string\" } }");
	json_raw(o, "file", "{ \"type\": \"string\" }");
	json_raw(o, "error", "{ \"$ref\": \"#/$defs/error\" }");
	if (is_sink)
		json_raw(o, "credit", "{ \"$ref\": \"#/$defs/credit\" }");
	json_raw(o, "note", "true");
	schema_close_members(o);
	json_open(o, "dependentSchemas", '{');
	json_raw(
		o, "marbles", "{ \"properties\": { \"records\": false, \"text\": false, \"file\": false } }");
	json_raw(o, "records", "{ \"properties\": { \"text\": false, \"file\": false } }");
	json_raw(o, "text",
		is_sink ? "{ \"properties\": { \"file\": false, \"credit\": false } }"
			: "{ \"properties\": { \"file\": false } }");
	if (is_sink)
		json_raw(o, "file", "{ \"properties\": { \"credit\": false } }");
	json_close(o, '}');
	if (!is_sink) {
		json_raw(o, "if", "{ \"propertyNames\": { \"enum\": [\"error\", \"note\"] } }");
		json_raw(o, "then", "{ \"required\": [\"marbles\"] }");
	}
	json_close(o, '}');
	json_raw(o, "else",
		is_sink ? "{ \"$ref\": \"#/$defs/marbles\" }" : "{ \"$ref\": \"#/$defs/starts\" }");
	json_close(o, '}');
}

static void print_parts(struct json_out *o, const char *name, const char *ref)
{
	json_open_flat(o, name, '{');
	json_text(o, "type", "object");
	json_open(o, "additionalProperties", '{');
	json_text(o, "$ref", ref);
	json_close(o, '}');
	json_close(o, '}');
}

static void print_test(struct json_out *o)
{
	json_open(o, "a_test", '{');
	json_text(o, "type", "object");
	json_raw(o, "required", "[\"name\"]");
	json_open(o, "properties", '{');
	json_raw(o, "name", "{ \"description\": \"What it claims.\", \"type\": \"string\" }");
	json_raw(o, "step",
		"{ \"description\": \"What a character of marbles lasts: 1s.\", \"$ref\": "
		"\"#/$defs/duration\" }");
	json_raw(o, "for", "{ \"$ref\": \"#/$defs/duration\" }");
	json_raw(o, "start",
		"{ \"description\": \"What the clock on the wall shows at first.\", \"type\": \"string\", "
		"\"pattern\": \"" TIME "\" }");
	json_raw(o, "set", "{ \"$ref\": \"#/$defs/set\" }");
	json_raw(o, "items", "{ \"$ref\": \"#/$defs/items\" }");
	print_parts(o, "sources", "#/$defs/source");
	print_parts(o, "sinks", "#/$defs/sink");
	schema_open_members(o, "expect");
	print_parts(o, "stages", "#/$defs/counts");
	print_parts(o, "fails", "#/$defs/error");
	json_raw(o, "note", "true");
	schema_close_members(o);
	json_close(o, '}');
	json_raw(o, "note", "true");
	schema_close_members(o);
	json_close(o, '}');
}

static void print_defs(struct json_out *o)
{
	json_open(o, "$defs", '{');
	json_raw(o, "set", "{ \"type\": \"object\", \"additionalProperties\": { \"type\": \"string\" } }");
	json_raw(o, "items",
		"{ \"description\": \"What marbles stand for: records, or text.\", \"type\": \"object\", "
		"\"propertyNames\": { \"pattern\": \"^[A-Za-z0-9]$\" }, \"additionalProperties\": { "
		"\"type\": "
		"[\"object\", \"string\"] } }");
	json_raw(o, "duration", "{ \"type\": \"string\", \"pattern\": \"" DURATION "\" }");
	json_raw(o, "marbles", "{ \"type\": \"string\", \"pattern\": \"^[-A-Za-z0-9|#().\\\\s]*$\" }");
	json_raw(o, "starts",
		"{ \"type\": [\"string\", \"array\"], \"pattern\": \"^[-A-Za-z0-9|#().\\\\s]*$\", "
		"\"minItems\": 1, "
		"\"items\": { \"$ref\": \"#/$defs/marbles\" } }");
	json_raw(o, "credit", "{ \"type\": \"string\", \"pattern\": \"^[-a-z0-9*!#().\\\\s]*$\" }");
	print_errors(o);
	print_counts(o);
	print_part(o, "source", false);
	print_part(o, "sink", true);
	print_test(o);
	json_close(o, '}');
}

void schema_tests(void)
{
	struct json_out out = { 0 }, *o = &out;

	json_open(o, NULL, '{');
	json_text(o, "$schema", "https://json-schema.org/draft/2020-12/schema");
	json_text(o, "title", "tests of a weir definition");
	json_text(o, "description",
		"What `weir test` runs, without comments. Printed by `weir schema --tests`.");
	json_text(o, "type", "object");
	json_raw(o, "required", "[\"weir\", \"test\", \"tests\"]");
	json_open(o, "properties", '{');
	json_raw(o, "$schema", "{ \"type\": \"string\" }");
	json_raw(o, "weir", "{ \"description\": \"Version of the format.\", \"const\": 1 }");
	json_raw(o, "test",
		"{ \"description\": \"The definition's path, from where this file lies.\", \"type\": "
		"\"string\" }");
	json_raw(o, "name", "true");
	json_raw(o, "set", "{ \"$ref\": \"#/$defs/set\" }");
	json_raw(o, "items", "{ \"$ref\": \"#/$defs/items\" }");
	json_raw(o, "tests",
		"{ \"type\": \"array\", \"minItems\": 1, \"items\": { \"$ref\": \"#/$defs/a_test\" } }");
	json_raw(o, "note", "true");
	schema_close_members(o);
	print_defs(o);
	json_close(o, '}');
}
