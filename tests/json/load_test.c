/* SPDX-License-Identifier: MIT */
/*
 * load_test.c -- claims about broken definitions: each fault is told, at its place, with what would be right;
 * all of a file in one run, in the order of the file, and nothing that only follows from another fault
 * (definition.md, Messages).
 *
 * In the texts below ' stands for ", ` for ', and @ marks the place of a fault: it is taken out before
 * loading. The faults of a row begin with `starts`, in order; the n-th stands at the n-th mark.
 */
#ifndef _POSIX_C_SOURCE
#define _POSIX_C_SOURCE 200809L
#endif

#include <weir/connectors.h>
#include <weir/engine.h>
#include <weir/error.h>
#include <weir/load.h>

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FAULTS_MAX 12

struct row {
	const char *claim;
	const char *text;
	const char *starts[FAULTS_MAX];
};

#define RECORDS                                                                     \
	"'r': {'at': {'type': 'time', 'unit': 'ms'}, 'node': 'u8', 'temp': 'f32', " \
	"'n': 'i64', 'big': 'u64', 'ok': 'bool', 'name': 'text(8)'}"
/* A definition of these streams; of these records; of these stages between a source of r and a sink. */
#define DEF(streams)    "{'weir': 1, 'records': {" RECORDS "},\n'streams': {\n" streams "\n}}\n"
#define REC(records)    "{'weir': 1, 'records': {\n" records "\n},\n'streams': {'s': [" RANGE ", " END "]}}\n"
#define SRC             "{'file': {'path': 'in.csv', 'format': 'csv', 'record': 'r'}}"
#define RANGE           "{'range': {'to': 5}}"
#define END             "{'null': {}}"
#define STAGE(stage)    DEF("'s': [" SRC ",\n\t" stage ",\n\t" END "]")
#define FILTER(when)    STAGE("{'filter': '" when "'}")
#define MAP(expression) STAGE("{'map': {'x': '" expression "'}}")
#define WINDOW(params)  STAGE("{'window': {" params "}}")
#define SOURCE(stage)   DEF("'s': [" stage ",\n\t" END "]")
#define SINK(stage)     DEF("'s': [" SRC ",\n\t" stage "]")
#define FIELD(type)     REC("'r': {'f': " type "}")

static const struct row top_level[] = {
	{ "unknown_key_at_the_top", "{'weir': 1, @'nmae': 'x', 'streams': {'s': [" RANGE "," END "]}}",
		{ "unknown key \"nmae\"; did you mean \"name\"?" } },
	{ "definition_is_an_object", "@[]", { "a definition is an object" } },
	{ "version_is_required", "@{'streams': {'s': [" RANGE "," END "]}}", { "no \"weir\"" } },
	{ "bad_version_stands_alone", "{'weir': @2, 'nmae': 1, 'streams': {'s': [{'fliter': 3}]}}",
		{ "unknown format version" } },
	{ "version_is_a_number", "{'weir': @'one', 'streams': {}}", { "unknown format version" } },
	{ "clock_is_one_of_two", "{'weir': 1, 'clock': @'evnet', 'streams': {'s': [" RANGE "," END "]}}",
		{ "unknown clock \"evnet\"" } },
	{ "clock_is_a_string", "{'weir': 1, 'clock': @7, 'streams': {'s': [" RANGE "," END "]}}",
		{ "\"clock\" is a number" } },
	{ "streams_are_required", "@{'weir': 1}", { "no \"streams\"" } },
	{ "streams_are_an_object", "{'weir': 1, 'streams': @[]}", { "\"streams\" is an object" } },
	{ "there_is_a_stream", "{'weir': 1, 'streams': @{}}",
		{ "\"streams\" is an object of at least one" } },
	{ "trailing_text_is_refused", "{'weir': 1, 'streams': {'s': [" RANGE "," END "]}} @x",
		{ "text after the end of the document" } },
	{ "duplicate_key_at_the_top",
		"{'weir': 1, 'name': 'a',\n @'name': 'b', 'streams': {'s': [" RANGE "," END "]}}",
		{ "duplicate key \"name\"" } },
	{ "duplicate_stream", DEF("'s': [" RANGE "," END "],\n@'s': [" RANGE "," END "]"),
		{ "duplicate key \"s\"" } },
	{ "duplicate_stream_is_judged_once", DEF("'s': [" RANGE "," END "],\n@'s': [{'fliter': 3}]"),
		{ "duplicate key \"s\"" } },
	{ "unset_variable", SOURCE("{'file': {'path': @'${WEIR_NOT_SET}', 'format': 'csv', 'record': 'r'}}"),
		{ "variable WEIR_NOT_SET is not set" } },
	{ "unset_variable_says_its_message",
		SOURCE("{'file': {'path': @'${WEIR_NOT_SET:?where the readings are}', 'format': 'csv', "
		       "'record': 'r'}}"),
		{ "variable WEIR_NOT_SET is not set" } },
};

static const struct row records[] = {
	{ "unknown_type_has_a_near_one", FIELD("@'f23'"), { "unknown type \"f23\"; did you mean \"f32\"?" } },
	{ "unknown_type_without_a_near_one", FIELD("@'complex'"), { "unknown type \"complex\"; one of" } },
	{ "type_is_a_string", FIELD("@32"), { "a field's type is a string" } },
	{ "field_object_has_a_type", FIELD("@{'unit': 'ms'}"), { "field \"f\" has no \"type\"" } },
	{ "field_keys_are_known", FIELD("{'type': 'time', @'unti': 'ms'}"),
		{ "unknown key \"unti\"; did you mean \"unit\"?" } },
	{ "text_has_room", FIELD("@'text(0)'"), { "bad text size \"text(0)\"" } },
	{ "text_size_is_a_number", FIELD("@'text(x)'"), { "bad text size" } },
	{ "unit_of_time_is_known", FIELD("{'type': 'time', 'unit': @'min'}"), { "unknown unit \"min\"" } },
	{ "default_fits_an_integer", FIELD("{'type': 'u8', 'default': @256}"),
		{ "this default does not fit type u8" } },
	{ "default_fits_a_float", FIELD("{'type': 'f32', 'default': @1e39}"),
		{ "this default does not fit type f32" } },
	{ "default_of_a_bool_is_a_bool", FIELD("{'type': 'bool', 'default': @2}"), { "this default" } },
	{ "default_fits_a_text", FIELD("{'type': 'text(2)', 'default': @'abc'}"), { "this default" } },
	{ "only_text_is_cut", FIELD("{'type': 'f32', 'truncate': @true}"), { "\"truncate\" is for text" } },
	{ "field_name_is_a_name", REC("'r': {@'1st': 'f32'}"), { "bad field name \"1st\"" } },
	{ "duplicate_field", REC("'r': {'f': 'f32', @'f': 'f64'}"), { "duplicate key \"f\"" } },
	{ "record_has_fields", REC("'r': @{}"), { "a record is an object of fields" } },
	{ "record_fits", REC("'r': @{'a': 'text(32768)', 'b': 'text(32768)'}"),
		{ "record \"r\": is larger than 65535 bytes" } },
	{ "unknown_record_has_a_near_one",
		SOURCE("{'file': {'path': 'x', 'format': 'csv', 'record': @'rr'}}"),
		{ "unknown record \"rr\"" } },
	{ "what_is_not_that_fields_is_told_all_the_same",
		"{'weir': 1, 'records': {'r': {'temp': @'f23', 'node': 'u8'}}, 'streams': {'s': [" SRC
		", {'filter': 'temp && node > @nod'}, {'map': {'temp': 'temp', 'ok': '@node && true'}}, "
		"{'throttle': {'period': '1s', 'key': ['temp', 'ok']}}, {'stdout': {'format': 'csv'}}]}}",
		{ "unknown type \"f23\"", "unknown field \"nod\"", "'&&' needs bools" } },
	{ "broken_record_brings_no_follow_on",
		"{'weir': 1, 'records': {'r': {'temp': @'f23'}}, 'streams': {'s': [" SRC
		", {'filter': 'temp > 3'}, " END "]}}",
		{ "unknown type \"f23\"" } },
};

#include "load_stages.h"
#include "load_windows.h"

static const struct row expressions[] = {
	{ "unknown_field", FILTER("ok && @tmp > 20"), { "unknown field \"tmp\"; did you mean \"temp\"?" } },
	{ "unknown_field_at_the_start", FILTER("@tmp > 20"), { "unknown field" } },
	{ "condition_is_a_bool", FILTER("@n"), { "filter needs a bool, this is i64" } },
	{ "no_bool_in_arithmetic", MAP("n + @ok"), { "'+' needs numbers, this is bool" } },
	{ "no_number_in_logic", FILTER("ok && @n"), { "'&&' needs bools, this is i64" } },
	{ "no_remainder_of_floats", MAP("@temp % 2"), { "'%' needs integers, this is f32" } },
	{ "no_u64_with_signed", MAP("big @+ n"), { "'+' mixes u64 with a signed value" } },
	{ "text_is_no_number", FILTER("name @> 3"), { "cannot compare text with i64" } },
	{ "unbalanced_to_the_end", FILTER("(temp > 20@"), { "the expression ends here" } },
	{ "unbalanced_in_the_middle", FILTER("temp > 20@) || ok"), { "expected an operator, found ')'" } },
	{ "empty", FILTER("@"), { "the expression ends here" } },
	{ "assignment_is_no_comparison", FILTER("n @= 3"), { "'=' is no operator here" } },
	{ "stray_character", FILTER("n > @$$3"), { "this character has no meaning in an expression" } },
	{ "text_without_its_end", FILTER("name == @`abc"), { "this text has no closing '" } },
	{ "unknown_function", MAP("n + @sqr(temp)"), { "unknown function \"sqr\"; did you mean \"sqrt\"?" } },
	{ "number_of_arguments", MAP("@clamp(n, 1)"), { "clamp takes 3 arguments, not 2" } },
	{ "aggregate_outside_of_a_window", MAP("@avg(temp)"), { "avg is an aggregate" } },
	{ "integer_too_large", FILTER("n > @99999999999999999999"), { "this integer does not fit 64 bits" } },
	{ "set_keeps_the_type", STAGE("{'set': {'ok': '@3'}}"),
		{ "field \"ok\" is bool, the expression is i64" } },
	{ "every_expression_is_judged", STAGE("{'map': {'a': '@tmp', 'b': 'n + @ok', 'c': 'n'}}"),
		{ "unknown field", "'+' needs numbers, this is bool" } },
	{ "bad_field_is_known_to_the_next",
		DEF("'s': [" SRC ", {'map': {'x': '@tmp', 'y': 'n'}}, {'filter': 'x > y'}, " END "]"),
		{ "unknown field" } },
	{ "nothing_but_a_bad_name_is_no_record",
		DEF("'s': [" SRC ", {'map': {@'1st': 'n'}}, {'stdout': {'format': 'csv'}}]"),
		{ "\"1st\" is no field name" } },
	{ "field_that_is_gone", DEF("'s': [" SRC ", {'map': {'x': 'temp'}}, {'filter': '@n > 3'}, " END "]"),
		{ "unknown field \"n\"" } },
	{ "columns_count_bytes", FILTER("name == `\xc3\xa9` && @tmp > 1"), { "unknown field" } },
	{ "columns_count_escapes_as_written", FILTER("name == `\\u00e9` && @tmp > 1"), { "unknown field" } },
	{ "lines_go_on_in_an_expression", FILTER("ok &&\\n @tmp > 1"), { "unknown field" } },
};

static const struct row graphs[] = {
	{ "from_an_unknown_stream",
		DEF("'readings': [" SRC ", " END "], 's': [{'from': @'reedings'}, " END "]"),
		{ "unknown stream \"reedings\"" } },
	{ "from_is_a_string", DEF("'s': [{'from': @3}, " END "]"), { "\"from\" is a number" } },
	{ "from_stands_first", DEF("'a': [" SRC "], 's': [{'from': 'a'}, {'from': @'a'}, " END "]"),
		{ "\"from\" after the first stage" } },
	{ "from_a_stream_with_a_sink", DEF("'a': [" SRC ", " END "],\n's': [{'from': @'a'}, " END "]"),
		{ "stream \"a\" ends in a sink" } },
	{ "from_raises_no_errors", DEF("'a': [" SRC "],\n's': [{'from': 'a', @'on_error': 'drop'}, " END "]"),
		{ "\"from\" raises no errors" } },
	{ "cycle_of_two", DEF("'a': [{'from': @'b'}, {'take': 1}],\n'b': [{'from': 'a'}, {'take': 1}]"),
		{ "stream \"a\" draws from itself" } },
	{ "cycle_of_itself", DEF("'a': [{'from': @'a'}, {'take': 1}]"),
		{ "stream \"a\" draws from itself" } },
	{ "stream_that_starts_itself",
		DEF("'i': [{'item': @'r'}, {'flat_map': {'stream': 'i', 'max_inner': 200}}],\n's': [" SRC
		    ", {'flat_map': {'stream': 'i', 'max_inner': 200}}, " END "]"),
		{ "stream \"i\" draws from itself" } },
	{ "unknown_stream_of_a_merge", DEF("'a': [" SRC "],\n's': [{'merge': ['a', @'c']}, " END "]"),
		{ "unknown stream \"c\"" } },
	{ "merge_of_different_records",
		DEF("'a': [" SRC "], 'b': [" RANGE "],\n's': [{'merge': ['a', @'b']}, " END "]"),
		{ "the streams must have the same fields" } },
	{ "merge_lists_strings", DEF("'a': [" SRC "],\n's': [{'merge': ['a', @3]}, " END "]"),
		{ "\"streams\" lists a number" } },
	{ "source_in_the_middle", STAGE("{'range': @{'to': 3}}"),
		{ "\"range\" can only be the first stage of a stream" } },
	{ "sink_in_the_middle", STAGE("{'stdout': @{'format': 'csv'}}"), { "\"stdout\" is a sink" } },
	{ "operator_without_input", DEF("'s': [{'filter': @'true'}, " END "]"),
		{ "\"filter\" cannot be the first stage" } },
	{ "two_sinks_on_one_path",
		DEF("'a': [" RANGE ", {'file': {'path': 'o.csv', 'format': 'csv'}}],\n"
		    "'b': [" RANGE ", {'file': {'path': @'o.csv', 'format': 'csv'}}]"),
		{ "two sinks write \"o.csv\"" } },
	{ "two_stages_of_one_id",
		DEF("'s': [" SRC ", {'take': 1, 'id': 'x'}, {'take': 2, 'id': @'x'}, " END "]"),
		{ "there are two stages with id \"x\"" } },
	{ "on_error_to_an_unknown_stream", STAGE("{'map': {'x': 'n + 1'}, 'on_error': {'to': @'bda'}}"),
		{ "unknown stream \"bda\"" } },
	{ "on_error_to_a_stream_without_inbox",
		DEF("'a': [" SRC ", {'map': {'x': 'n + 1'}, 'on_error': {'to': @'b'}}, " END
		    "],\n'b': [" RANGE ", " END "]"),
		{ "stream \"b\" does not start with an inbox" } },
	{ "thread_is_a_string", STAGE("{'take': 3, 'on': @4}"), { "\"on\" is a number; it wants a string" } },
	{ "thread_is_a_name", STAGE("{'take': 3, 'on': @'2nd'}"), { "bad thread name \"2nd\"" } },
	{ "thread_of_no_stage",
		DEF("'a': [" SRC "],\n'b': [{'from': 'a', 'on': @'w'}],\n's': [{'from': 'b'}, " END "]"),
		{ "no stage here to run on \"w\"" } },
	{ "what_starts_again_runs_with_what_starts_it",
		DEF("'s': [" SRC ", {'filter': 'ok', 'on': @'w'}, {'retry': {'attempts': 2}, 'on': 'v'}, " END
		    "]"),
		{ "\"s.2.retry\" starts what comes before it, and so runs on the same thread" } },
	{ "a_parameter_called_on_is_another_thing",
		STAGE("{'distinct_until_changed': {'on': ['@tmp']}, 'on': 'w'}"),
		{ "unknown field \"tmp\"" } },
	{ "hot_source_beside_others",
		DEF("'a': [{'interval': @{'period': '1s'}}, " END "],\n'b': [" RANGE ", " END "]"),
		{ "\"interval\" cannot be held back" } },
};

static const struct row open_ends[] = {
	{ "open_stream_nobody_draws_from", DEF("'a': [" RANGE ", {'take': @3}],\n'b': [" RANGE ", " END "]"),
		{ "stream \"a\" is left open and no stream draws" } },
	{ "inbox_fed_by_nobody", DEF("'a': [{'inbox': @{'capacity': 4, 'record': 'r'}}, " END "]"),
		{ "nothing is sent to this inbox" } },
};

/* The fault lines that a load told. */
/* For a machine without an operating system. */
#define NEEDS(name)  "\"" name "\" needs an operating system; write "
#define IN(format)   "{\"input\": {\"name\": \"s\", \"record\": \"r\", \"format\": \"" format "\"}}, into which"
#define IN_ITEMS     "{\"input\": {\"name\": \"s\", \"record\": \"a record\"}}, into which"
#define OUT(format)  "{\"output\": {\"name\": \"s\", \"format\": \"" format "\"}}, from which"
#define OUT_ITEMS    "{\"output\": {\"name\": \"s\"}}, from which"
#define PORT_IN      "{'input': {'name': 'a', 'record': 'r'}}"
#define PORT_OUT     "{'output': {'name': 'b'}}"
#define FIRST(stage) DEF("'s': [" stage ",\n" PORT_OUT "]")
#define LAST(stage)  DEF("'s': [" PORT_IN ",\n" stage "]")
static const struct row boards[] = {
	{ "ports_are_a_boards", LAST(PORT_OUT), { NULL } },
	{ "file_is_no_source_of_a_board", FIRST("{'file': @{'path': 'x', 'format': 'csv', 'record': 'r'}}"),
		{ NEEDS("file") IN("csv") } },
	{ "stdin_is_none", FIRST("{'stdin': @{'format': 'ndjson', 'record': 'r'}}"),
		{ NEEDS("stdin") IN("ndjson") } },
	{ "bytes_without_a_format_are_none", FIRST("{'file': @'x'}"), { NEEDS("file") IN_ITEMS } },
	{ "range_is_none", FIRST("{'range': @{'to': 5}}"), { NEEDS("range") IN_ITEMS } },
	{ "interval_is_none", FIRST("{'interval': @{'period': '1s', 'overflow': 'latest'}}"),
		{ NEEDS("interval") IN_ITEMS } },
	{ "poll_is_none",
		FIRST("{'poll': @{'period': '1s', 'overflow': 'latest', 'values': {'v': {'path': '/x'}}}}"),
		{ NEEDS("poll") IN_ITEMS } },
	{ "file_is_no_sink_of_a_board", LAST("{'file': @{'path': 'x', 'format': 'frames'}}"),
		{ NEEDS("file") OUT("frames") } },
	{ "stdout_is_none", LAST("{'stdout': @{'format': 'csv'}}"), { NEEDS("stdout") OUT("csv") } },
	{ "null_is_none", LAST("{'null': @{}}"), { NEEDS("null") OUT_ITEMS } },
	{ "a_board_has_one_thread", DEF("'s': [" PORT_IN ",\n{'filter': 'ok', 'on': @'w'}, " PORT_OUT "]"),
		{ "\"on\" needs threads, and this is for one" } },
	{ "all_are_told", DEF("'s': [{'range': @{'to': 5}},\n{'filter': '@m > 1'},\n{'null': @{}}]"),
		{ NEEDS("range"), "unknown field \"m\"", NEEDS("null") } },
};

struct told {
	char lines[FAULTS_MAX][512];
	size_t n;
};

static void tell(void *arg, const char *line)
{
	struct told *t = arg;

	ck_assert_msg(t->n < FAULTS_MAX, "too many faults: %s", line);
	(void)snprintf(t->lines[t->n++], sizeof t->lines[0], "%s", line);
}

/* The row's text as JSON, and "line:column" of each mark. */
static char *prepare(const char *text, char places[FAULTS_MAX][32], size_t *n_places)
{
	char *json = malloc(strlen(text) + 1), *to = json;
	unsigned line = 1, column = 1;

	*n_places = 0;
	for (; *text != '\0'; text++) {
		if (*text == '@') {
			(void)snprintf(places[(*n_places)++], 32, "%u:%u", line, column);
			continue;
		}
		*to++ = (char)(*text == '\'' ? '"' : *text == '`' ? '\'' : *text);
		column++;
		if (*text == '\n') {
			line++;
			column = 1;
		}
	}
	*to = '\0';
	return json;
}

static void load(const char *json, const struct weir_load_options *more, struct told *told)
{
	struct weir_load_options options = { 0 };
	struct weir_definition *d = NULL;
	int rc;

	if (more != NULL)
		options = *more;
	options.fault = tell;
	options.fault_arg = told;
	told->n = 0;
	rc = weir_definition_open_text(&d, "def.json", json, strlen(json), &options);
	ck_assert_msg(rc == (told->n > 0 ? WEIR_EINVAL : WEIR_OK), "returned %d, %zu faults", rc, told->n);
	ck_assert_int_eq(d == NULL, told->n > 0);
	weir_definition_close(d);
}

static void expect(const struct row *row, const struct told *told, char places[FAULTS_MAX][32], size_t n)
{
	char all[FAULTS_MAX * 520] = "";

	for (size_t i = 0; i < told->n; i++) {
		strcat(all, "\n");
		strcat(all, told->lines[i]);
	}
	ck_assert_msg(told->n == n, "%s: %zu faults wanted, told were:%s", row->claim, n, all);
	for (size_t i = 0; i < n; i++) {
		char want[256];

		(void)snprintf(want, sizeof want, "def.json:%s: error: %s", places[i], row->starts[i]);
		ck_assert_msg(strncmp(told->lines[i], want, strlen(want)) == 0,
			"%s: wanted:\n%s...\ntold were:%s", row->claim, want, all);
	}
}

static void judge_with(const struct row *row, const struct weir_load_options *options)
{
	char places[FAULTS_MAX][32];
	struct told told;
	size_t n;
	char *json = prepare(row->text, places, &n);

	load(json, options, &told);
	expect(row, &told, places, n);
	free(json);
}

static void judge(const struct row *row)
{
	judge_with(row, NULL);
}

#define JUDGE(table)                 \
	START_TEST(table##_faults)   \
	{                            \
		judge(&(table)[_i]); \
	}                            \
	END_TEST
JUDGE(top_level)
JUDGE(records)
JUDGE(stages)
JUDGE(expressions)
JUDGE(graphs)
JUDGE(windows)
JUDGE(open_ends)

START_TEST(boards_faults)
{
	judge_with(&boards[_i], &(struct weir_load_options){ .freestanding = true });
}
END_TEST

START_TEST(sound_definition_tells_nothing)
{
	char places[FAULTS_MAX][32];
	struct told told;
	size_t n;
	char *json = prepare(DEF("'s': [" SRC ",\n{'filter': 'temp > 20.5 && ok'},\n" END "]"), places, &n);

	load(json, NULL, &told);
	ck_assert_uint_eq(told.n, 0);
	free(json);
}
END_TEST

START_TEST(faults_are_told_in_the_order_of_the_file)
{
	static const struct row row = { "many",
		"{'weir': 1, @'nmae': 'x',\n"
		" 'records': {'r': {'temp': 'f32', 'node': @'u7'}, 'q': {'x': 'i64'}},\n"
		" 'streams': {\n"
		"  'first': [\n"
		"   {'range': {'to': 3, @'setp': 2}},\n"
		"   {'filter': '@m > 1 && n < 3'},\n"
		"   {'throttle': {'period': @5}},\n"
		"   {@'stduot': {'format': 'csv'}}],\n"
		"  'second': [\n"
		"   {'from': @'frist'},\n"
		"   {'take': @'x'},\n"
		"   {'null': {}}]}}\n",
		{ "unknown key \"nmae\"", "unknown type \"u7\"", "unknown parameter \"setp\"",
			"unknown field \"m\"", "\"period\" is a number", "unknown operator \"stduot\"",
			"unknown stream \"frist\"", "\"count\" is a string" } };

	judge(&row);
}
END_TEST

START_TEST(settings_are_put_in)
{
	static const char *const settings[] = { "COUNT=3" };
	struct weir_load_options options = { .settings = settings, .n_settings = 1 };
	char places[FAULTS_MAX][32];
	struct told told;
	size_t n;
	char *json = prepare(STAGE("{'take': '${COUNT}'}"), places, &n);

	load(json, &options, &told);
	ck_assert_uint_eq(told.n, 0);
	load(json, NULL, &told);
	ck_assert_uint_eq(told.n, 1);
	free(json);
}
END_TEST

START_TEST(port_wants_a_bind_only_where_it_is_asked_for)
{
	static const char *const binds[] = { "adc=x.csv", "adcs=y.csv" };
	struct weir_load_options options = { .ports_must_be_bound = true };
	struct row row = { "port", SOURCE("{'input': @{'name': 'adc', 'record': 'r'}}"),
		{ "port \"adc\" is not bound" } };
	char places[FAULTS_MAX][32];
	struct told told;
	size_t n;
	char *json = prepare(row.text, places, &n);

	load(json, NULL, &told);
	ck_assert_uint_eq(told.n, 0);
	load(json, &options, &told);
	expect(&row, &told, places, 1);
	options.binds = binds + 1;
	options.n_binds = 1;
	load(json, &options, &told);
	expect(&row, &told, places, 1);
	options.binds = binds;
	load(json, &options, &told);
	ck_assert_uint_eq(told.n, 0);
	free(json);
}
END_TEST

/* What stands in for what, and who was asked about. */
struct cast {
	const struct weir_op_type *source, *sink;
	char asked[256];
};

static const struct weir_op_type *cast(
	void *arg, const char *stream, const char *id, const struct weir_op_type *type)
{
	struct cast *c = arg;
	size_t n = strlen(c->asked);

	snprintf(c->asked + n, sizeof c->asked - n, "%s:%s:%s ", stream, id, type->name);
	return (type->flags & WEIR_OP_SOURCE) != 0 ? c->source : c->sink;
}

static const struct weir_plan *load_cast(struct weir_definition **d, struct cast *c)
{
	static const char text[] =
		"{\"weir\": 1, \"records\": {\"r\": {\"x\": \"i32\"}}, \"streams\": {\"s\": [{\"file\": "
		"{\"path\": "
		"\"x\", \"format\": \"csv\", \"delimiter\": \";\", \"record\": \"r\"}}, {\"filter\": \"x > "
		"2\"}], "
		"\"t\": [{\"from\": \"s\"}, {\"stdout\": {\"format\": \"ndjson\"}, \"id\": \"out\"}]}}";
	struct told told = { .n = 0 };
	struct weir_load_options options = {
		.stand_in = cast, .stand_in_arg = c, .fault = tell, .fault_arg = &told
	};

	ck_assert_msg(weir_definition_open_text(d, "t", text, strlen(text), &options) == WEIR_OK, "%s",
		told.n > 0 ? told.lines[0] : "");
	ck_assert_str_eq(c->asked, "s:s.0.file:file t:out:stdout ");
	return weir_definition_plan(*d);
}

static const struct weir_param lone_params[] = {
	WEIR_PARAM_BARE("record", RECORD, .flags = WEIR_PARAM_REQUIRED),
	{ .name = NULL },
};

static const struct weir_op_type lone_type = {
	.abi = WEIR_OP_ABI,
	.flags = WEIR_OP_SOURCE,
	.credit = WEIR_CREDIT_MANUAL,
	.name = "lone",
	.params = lone_params,
};

START_TEST(stand_in_has_the_id_and_what_it_can_use_of_the_parameters)
{
	struct cast lone = { .source = &lone_type, .sink = &weir_null_sink_type }, none = { 0 };
	struct cast bytes = { .source = &weir_stdin_source_type, .sink = NULL };
	struct weir_definition *d;
	const struct weir_plan *p = load_cast(&d, &lone);

	ck_assert_uint_eq(p->n_stages, 3);
	ck_assert_ptr_eq(p->stages[weir_stage_index(p, "s.0.file")].type, &lone_type);
	ck_assert_ptr_eq(p->stages[weir_stage_index(p, "out")].type, &weir_null_sink_type);
	weir_definition_close(d);
	p = load_cast(&d, &bytes);
	ck_assert_uint_eq(p->n_stages, 5);
	ck_assert_ptr_eq(p->stages[weir_stage_index(p, "s.0.file")].type, &weir_stdin_source_type);
	ck_assert_int_ge(weir_stage_index(p, "s.0.csv"), 0);
	weir_definition_close(d);
	p = load_cast(&d, &none);
	ck_assert_ptr_eq(p->stages[weir_stage_index(p, "s.0.file")].type, &weir_file_source_type);
	weir_definition_close(d);
}
END_TEST

START_TEST(file_that_is_not_there_is_told)
{
	struct weir_load_options options = { .fault = tell };
	struct weir_definition *d = NULL;
	struct told told = { .n = 0 };

	options.fault_arg = &told;
	ck_assert_int_eq(weir_definition_open(&d, "no/such/definition.json", &options), WEIR_ENOENT);
	ck_assert_ptr_null(d);
	ck_assert_uint_eq(told.n, 1);
	ck_assert_msg(
		strncmp(told.lines[0], "no/such/definition.json: error: ", 32) == 0, "%s", told.lines[0]);
}
END_TEST

#define ADD(table) tcase_add_loop_test(tc, table##_faults, 0, (int)(sizeof(table) / sizeof *(table)))

int main(void)
{
	Suite *suite = suite_create("json/load");
	TCase *tc = tcase_create("load");
	SRunner *runner = srunner_create(suite);
	int failed;

	ADD(top_level);
	ADD(records);
	ADD(stages);
	ADD(expressions);
	ADD(graphs);
	ADD(windows);
	ADD(open_ends);
	ADD(boards);
	tcase_add_test(tc, sound_definition_tells_nothing);
	tcase_add_test(tc, faults_are_told_in_the_order_of_the_file);
	tcase_add_test(tc, settings_are_put_in);
	tcase_add_test(tc, port_wants_a_bind_only_where_it_is_asked_for);
	tcase_add_test(tc, stand_in_has_the_id_and_what_it_can_use_of_the_parameters);
	tcase_add_test(tc, file_that_is_not_there_is_told);
	suite_add_tcase(suite, tc);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
