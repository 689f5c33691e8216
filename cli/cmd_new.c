/* SPDX-License-Identifier: MIT */
/*
 * cmd_new.c -- `weir new`: a definition to begin with, from a file of data.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"
#include "guess.h"

#define LINE_MAX_BYTES 4096u  /* what a decoder takes unless told */
#define TEXT_MOST      32768u /* longest text of a field */
#define NAME_MAX_BYTES 64u

struct text {
	char *at;
	size_t len, cap;
	bool failed;
};

static void add(struct text *t, const char *format, ...) __attribute__((__format__(__printf__, 2, 3)));

static void add(struct text *t, const char *format, ...)
{
	va_list args, again;
	int n;

	va_start(args, format);
	va_copy(again, args);
	n = vsnprintf(NULL, 0, format, args);
	if (t->len + (size_t)n + 1 > t->cap) {
		size_t cap = 2 * t->cap + (size_t)n + 1024;
		char *more = realloc(t->at, cap);

		t->failed = t->failed || more == NULL;
		t->at = more != NULL ? more : t->at;
		t->cap = more != NULL ? cap : t->cap;
	}
	if (!t->failed)
		t->len += (size_t)vsnprintf(t->at + t->len, t->cap - t->len, format, again);
	va_end(again);
	va_end(args);
}

/* As a JSON string, without its quotes; $ stands for itself. */
static void add_escaped(struct text *t, const char *s)
{
	for (; *s != '\0'; s++) {
		if (*s == '"' || *s == '\\')
			add(t, "\\%c", *s);
		else if (*s == '$')
			add(t, "$$");
		else if ((unsigned char)*s < ' ')
			add(t, "\\u%04x", (unsigned)*s);
		else
			add(t, "%c", *s);
	}
}

/* ---- records ---- */

/* No type reads both an array and a number, or a text longer than fields are. */
static bool is_field(const struct guess_column *c)
{
	return c->kind != 0 && (c->type != NULL || c->longest <= TEXT_MOST);
}

static void add_type(struct text *t, const struct guess_column *c)
{
	size_t room = 8;

	while (room < c->longest)
		room *= 2;
	if (c->type != NULL)
		add(t, "\"%s\"", c->type);
	else
		add(t, "\"text(%zu)\"", room);
}

static const char *dflt_of(const struct guess_column *c)
{
	if (c->type == NULL)
		return "\"\"";
	if (strcmp(c->type, "bool") == 0)
		return "false";
	return strcmp(c->type, "time") == 0 && c->unit == NULL ? "\"1970-01-01T00:00:00Z\"" : "0";
}

static void add_field(struct text *t, const struct guess *g, const struct guess_column *c)
{
	uint64_t missing = g->rows - g->bad_rows - c->values;
	bool renamed = c->source != NULL && strcmp(c->source, c->name) != 0;

	add(t, "\"%s\": ", c->name);
	if (!renamed && missing == 0 && c->unit == NULL) {
		add_type(t, c);
		return;
	}
	add(t, "{ \"type\": ");
	add_type(t, c);
	if (c->unit != NULL)
		add(t, ", \"unit\": \"%s\"", c->unit);
	if (renamed) {
		add(t, ", \"from\": \"");
		add_escaped(t, c->source);
		add(t, "\"");
	}
	if (missing > 0)
		add(t, ", \"default\": %s", dflt_of(c));
	add(t, " }");
}

/* Commas go before comments when the text is laid out. */
static void add_record(struct text *t, const struct guess *g)
{
	bool is_first = true;

	add(t, "\"records\": { \"reading\": {\n");
	for (size_t i = 0; i < g->n; i++) {
		const struct guess_column *c = &g->columns[i];
		uint64_t sound = g->rows - g->bad_rows;

		if (!is_field(c))
			continue;
		add(t, "%s", is_first ? "" : ",\n");
		is_first = false;
		add_field(t, g, c);
		if (guess_unreadable(c) > 0)
			add(t, " // something else in %llu of %llu\n",
				(unsigned long long)guess_unreadable(c), (unsigned long long)sound);
		else if (c->values < sound)
			add(t, " // missing in %llu of %llu\n", (unsigned long long)(sound - c->values),
				(unsigned long long)sound);
	}
	for (size_t i = 0; i < g->n; i++)
		if (!is_field(&g->columns[i])) {
			add(t, "\n// left out, for no type fits all of it: ");
			add_escaped(
				t, g->columns[i].source != NULL ? g->columns[i].source : g->columns[i].name);
		}
	add(t, "\n} },\n");
}

/* ---- the definition ---- */

static const struct guess_column *find(const struct guess *g, bool a_time)
{
	for (size_t i = 0; i < g->n; i++) {
		const char *type = g->columns[i].type;

		if (type == NULL || !is_field(&g->columns[i]) || (strcmp(type, "time") == 0) != a_time)
			continue;
		if (a_time || strcmp(type, "f64") == 0)
			return &g->columns[i];
	}
	return NULL;
}

/* Whether some rows cannot be read. */
static bool has_faults(const struct guess *g)
{
	uint64_t n = g->bad_rows;

	for (size_t i = 0; i < g->n; i++)
		n += is_field(&g->columns[i]) ? guess_unreadable(&g->columns[i]) : 0;
	return n > 0;
}

static size_t count_times(const struct guess *g)
{
	size_t n = 0;

	for (size_t i = 0; i < g->n; i++)
		n += g->columns[i].type != NULL && strcmp(g->columns[i].type, "time") == 0;
	return n;
}

static void add_source(
	struct text *t, const struct guess *g, const char *path, const struct guess_column *time)
{
	size_t room = LINE_MAX_BYTES;

	add(t, "{ \"file\": { \"path\": \"%s", strchr(path, '}') == NULL ? "${DATA:-" : "");
	add_escaped(t, path);
	add(t, "%s\", \"format\": \"%s\", \"record\": \"reading\"", strchr(path, '}') == NULL ? "}" : "",
		g->ndjson ? "ndjson" : "csv");
	if (!g->ndjson && !g->header)
		add(t, ", \"header\": false");
	if (!g->ndjson && g->delimiter != ',')
		add(t, ", \"delimiter\": \"%s\"",
			g->delimiter == '\t' ? "\\t" : (char[]){ g->delimiter, '\0' });
	while (room < g->longest_line + 2)
		room *= 2;
	if (room > LINE_MAX_BYTES)
		add(t, ", \"max_line\": \"%zuKiB\"", room / 1024);
	if (time != NULL && count_times(g) > 1)
		add(t, ", \"time\": \"%s\"", time->name);
	add(t, " }%s },\n", has_faults(g) ? ", \"on_error\": \"drop\"" : "");
	if (has_faults(g))
		add(t, "// rows that cannot be read are dropped, and counted: weir run --stats\n");
}

static void add_definition(struct text *t, const struct guess *g, const char *path)
{
	const struct guess_column *time = find(g, true), *number = find(g, false);
	const char *slash = strrchr(path, '/'), *file = slash != NULL ? slash + 1 : path;
	int stem = (int)strcspn(file, ".");
	char name[NAME_MAX_BYTES];

	(void)snprintf(name, sizeof name, "%.*s", stem, file);
	add(t, "// Made by weir new from %llu rows of ", (unsigned long long)g->rows);
	add_escaped(t, file);
	add(t, "; rename, narrow and add what you know.\n{ \"weir\": 1, \"name\": \"");
	add_escaped(t, stem > 0 ? name : "pipeline");
	add(t, "\",\n");
	if (time != NULL)
		add(t, "\"clock\": \"event\", // time moves with %s\n", time->name);
	add_record(t, g);
	add(t, "\"streams\": { \"readings\": [\n");
	add_source(t, g, path, time);
	if (number != NULL)
		add(t, "// { \"filter\": \"%s > 0\" },\n", number->name);
	if (number != NULL && time != NULL)
		add(t,
			"// { \"window\": { \"tumbling\": \"1h\", \"time\": \"%s\", \"emit\": { \"start\": "
			"\"window_start()\", \"n\": \"count()\", \"mean\": \"avg(%s)\" } } },\n",
			time->name, number->name);
	add(t, "{ \"stdout\": { \"format\": \"ndjson\" } }\n] } }\n");
}

static int put(void *arg, const char *bytes, size_t n)
{
	(void)arg;
	(void)fwrite(bytes, 1, n, stdout); /* main looks whether it got out */
	return WEIR_OK;
}

/* ---- the command ---- */

static bool looks_like_json(FILE *f, const char *path)
{
	const char *dot = strrchr(path, '.');
	int c;

	if (dot != NULL && (strcmp(dot, ".csv") == 0 || strcmp(dot, ".tsv") == 0))
		return false;
	if (dot != NULL && (strcmp(dot, ".ndjson") == 0 || strcmp(dot, ".jsonl") == 0))
		return true;
	do
		c = getc(f);
	while (c == ' ' || c == '\t' || c == '\r' || c == '\n');
	guess_rewind(f);
	return c == '{';
}

static int read_data(struct guess *g, const char *path)
{
	FILE *f = fopen(path, "r");

	if (f != NULL)
		guess_rewind(f);
	if (f != NULL && looks_like_json(f, path))
		guess_ndjson(g, f);
	else if (f != NULL)
		guess_csv(g, f);
	if (f == NULL || ferror(f)) {
		cli_error("%s: %s", path, strerror(errno));
		if (f != NULL)
			(void)fclose(f);
		return CLI_NO_INPUT;
	}
	(void)fclose(f);
	if (g->failed)
		cli_error("%s", weir_strerror(WEIR_ENOMEM));
	else if (g->too_many)
		cli_error("%s: more than %u columns", path, GUESS_COLUMNS_MAX);
	else if (g->n == 0 || g->rows == g->bad_rows)
		cli_error("%s: no rows to guess from", path);
	else
		return CLI_OK;
	return CLI_FAILED;
}

static bool has_fields(const struct guess *g, const char *path)
{
	for (size_t i = 0; i < g->n; i++)
		if (is_field(&g->columns[i]))
			return true;
	cli_error("%s: no column has values of one type", path);
	return false;
}

static bool is_utf8(const struct guess *g, const char *path)
{
	for (size_t i = 0; i < g->n; i++)
		if (!guess_is_utf8(&g->columns[i])) {
			cli_error("%s: column %zu is no UTF-8; convert the file: iconv -f latin1 -t utf-8 %s",
				path, i + 1, path);
			return false;
		}
	return true;
}

static int print(const struct guess *g, const char *path)
{
	struct text t = { 0 };
	int rc = WEIR_ENOMEM;

	add_definition(&t, g, path);
	if (!t.failed)
		rc = weir_definition_format("made", t.at, t.len, put, NULL, cli_tell_fault, NULL);
	if (rc < 0)
		cli_error("%s: %s", path, weir_strerror(rc));
	free(t.at);
	return rc < 0 ? CLI_FAILED : CLI_OK;
}

static int run(int argc, char **argv)
{
	struct cli_options o;
	struct guess *g = calloc(1, sizeof *g);
	int rc = cli_options_parse(&o, &cli_new, argc, argv);

	if (rc == 0 && g == NULL) {
		cli_error("%s", weir_strerror(WEIR_ENOMEM));
		rc = CLI_FAILED;
	}
	if (rc == 0)
		rc = read_data(g, o.path);
	if (rc == 0) {
		guess_finish(g);
		rc = is_utf8(g, o.path) && has_fields(g, o.path) ? print(g, o.path) : CLI_FAILED;
	}
	for (size_t i = 0; g != NULL && i < g->n; i++)
		free(g->columns[i].source);
	free(g);
	cli_options_fini(&o);
	return cli_status(rc);
}

static const struct cli_option options[] = {
	CLI_HELP,
	{ .name = NULL },
};

const struct cli_command cli_new = {
	.name = "new",
	.run = run,
	.summary = "begin a definition from a CSV or NDJSON file",
	.operands = "DATA",
	.what = "file of data",
	.least = 1,
	.most = 1,
	.about =
		"Read all of a CSV or NDJSON file, guess what its columns are (bool, integers, floats, "
		"times, texts)\n"
		"and print a definition that reads it and prints it as NDJSON: weir new data.csv >data.json\n"
		"Of CSV it finds the delimiter, and whether the first line names the columns.",
	.exit = "0 printed, 1 nothing can be guessed, 64 bad usage, 66 no such file.",
	.options = options,
};
