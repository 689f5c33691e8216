/* SPDX-License-Identifier: MIT */
/* bench_text.c -- see bench_text.h. */
#include <check.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <weir/connectors.h>
#include <weir/operators.h>

#include "bench_text.h"

char bench_in_path[64], bench_out_path[64], bench_address[64];

static const char records[] =
	"\"records\": {\"reading\": {\"id\": \"u32\", \"at\": \"time\", \"rel\": \"u32\", \"node\": \"u8\", "
	"\"temp\": \"f32\", \"rh\": \"f32\", \"light1\": \"f32\", \"light2\": \"f32\", \"occupants\": "
	"\"u8\", "
	"\"activity\": \"u8\", \"door\": \"bool\", \"window\": \"bool\"}}";

/* ---- what kind of component it is ---- */

static bool flag(const struct weir_op_type *t, unsigned bit)
{
	return (t->flags & bit) != 0;
}

bool is_source(const struct weir_op_type *t)
{
	return flag(t, WEIR_OP_SOURCE);
}

bool is_sink(const struct weir_op_type *t)
{
	return flag(t, WEIR_OP_SINK);
}

bool is_hot(const struct weir_op_type *t)
{
	return flag(t, WEIR_OP_HOT);
}

bool is_input(const struct weir_op_type *t)
{
	return flag(t, WEIR_OP_PORT) && is_source(t);
}

bool is_output(const struct weir_op_type *t)
{
	return flag(t, WEIR_OP_PORT) && is_sink(t);
}

bool is_combiner(const struct weir_op_type *t)
{
	return flag(t, WEIR_OP_COMBINER);
}

bool is_inbox(const struct weir_op_type *t)
{
	return t->max_in > 1 && !is_combiner(t) && !flag(t, WEIR_OP_SCOPES);
}

bool is_codec(const struct weir_op_type *t)
{
	return flag(t, WEIR_OP_INTERNAL) && (t->in == &weir_bytes_record || t->out == &weir_bytes_record);
}

bool is_tee(const struct weir_op_type *t)
{
	return flag(t, WEIR_OP_INTERNAL) && flag(t, WEIR_OP_LENDS) && !is_codec(t);
}

/* Of the kind PARAM_INNER, or NULL. */
static const struct weir_param *inner_param(const struct weir_op_type *t)
{
	const struct weir_param *p = t->params;

	while (p != NULL && p->name != NULL && p->kind != WEIR_PARAM_INNER)
		p++;
	return p != NULL && p->name != NULL ? p : NULL;
}

static bool starts_streams(const struct weir_op_type *t)
{
	return inner_param(t) != NULL || flag(t, WEIR_OP_SCOPE_ITEM);
}

bool has_path(const struct weir_op_type *t)
{
	for (const struct weir_param *p = t->params; p != NULL && p->name != NULL; p++)
		if (strcmp(p->name, "path") == 0)
			return true;
	return false;
}

bool is_line(const struct weir_op_type *t)
{
	return t == &weir_serial_source_type || t == &weir_serial_sink_type || t == &weir_tcp_source_type ||
	       t == &weir_tcp_sink_type || t == &weir_unix_source_type || t == &weir_unix_sink_type;
}

bool is_datagrams(const struct weir_op_type *t)
{
	return t == &weir_udp_source_type;
}

bool is_exact(const struct bench *b)
{
	return !is_hot(b->type) && !is_combiner(b->type) && !starts_streams(b->type) &&
	       (b->clock == WEIR_CLOCK_EVENT || b->type->n_timers == 0);
}

/* ---- parameters ---- */

static void put(char *text, const char *format, ...)
{
	size_t n = strlen(text);
	va_list args;
	int len;

	va_start(args, format);
	len = vsnprintf(text + n, BENCH_TEXT_MAX - n, format, args);
	va_end(args);
	ck_assert_msg(len >= 0 && n + (size_t)len < BENCH_TEXT_MAX, "the definition is too long");
}

static bool is_required(const struct weir_param *p)
{
	return (p->flags & WEIR_PARAM_REQUIRED) != 0;
}

unsigned bench_optional(const struct weir_op_type *t)
{
	unsigned n = 0;

	for (const struct weir_param *p = t->params; p != NULL && p->name != NULL; p++)
		n += !is_required(p) && p->example != NULL;
	return n;
}

/* An example as it stands, but for paths: "path": "..." names a file of the bench. */
static void put_example(char *text, const struct bench *b, const struct weir_param *p)
{
	static const char key[] = "\"path\": \"";
	const char *path = is_sink(b->type) ? bench_out_path : bench_in_path, *at = p->example, *found;

	if (strcmp(p->name, "path") == 0) {
		put(text, "\"%s\"", path);
		return;
	}
	if (strcmp(p->name, "address") == 0) {
		put(text, "\"%s\"", bench_address);
		return;
	}
	while ((found = strstr(at, key)) != NULL) {
		put(text, "%.*s%s%s", (int)(found - at), at, key, path);
		at = strchr(found + sizeof key - 1, '"');
	}
	put(text, "%s", at);
}

/* "name": value, ... of all of a type that get one; whether there was any. */
static bool put_params(
	char *text, const struct bench *b, const struct weir_op_type *type, unsigned optional, bool any)
{
	for (const struct weir_param *p = type->params; p != NULL && p->name != NULL; p++) {
		if (is_required(p))
			ck_assert_msg(p->example != NULL,
				"\"%s\" of %s is required and has no .example in its table", p->name,
				type->name);
		if (p->example == NULL || (!is_required(p) && optional == 0))
			continue;
		optional -= !is_required(p);
		put(text, "%s\"%s\": ", any ? ", " : "", p->name);
		put_example(text, b, p);
		any = true;
	}
	return any;
}

/* A primary parameter that is an object of expressions is the whole value. */
static const struct weir_param *whole(const struct weir_op_type *t)
{
	for (const struct weir_param *p = t->params; p != NULL && p->name != NULL; p++)
		if ((p->flags & WEIR_PARAM_PRIMARY) != 0 &&
			(p->kind == WEIR_PARAM_FIELDS || p->kind == WEIR_PARAM_SET))
			return p;
	return NULL;
}

static void put_component(char *text, const struct bench *b, unsigned optional)
{
	const struct weir_param *only = whole(b->type);

	put(text, "{\"%s\": ", b->type->name);
	if (only != NULL) {
		ck_assert_msg(
			only->example != NULL, "\"%s\" of %s has no .example", only->name, b->type->name);
		put_example(text, b, only);
	} else {
		put(text, "{");
		(void)put_params(text, b, b->type, optional, false);
		put(text, "}");
	}
	put(text, ", \"id\": \"op\"}");
}

/* ---- what stands around it ---- */

const char *bench_format(const struct weir_op_type *codec)
{
	static char format[32];

	(void)snprintf(
		format, sizeof format, "%.*s", (int)(strrchr(codec->name, '_') - codec->name), codec->name);
	return format;
}

static void put_from(char *text, const struct weir_record *in, unsigned k)
{
	if (in == &weir_bytes_record)
		put(text, "{\"from_byte_publisher\": {}, \"id\": \"from%u\"}", k);
	else
		put(text, "{\"from_publisher\": {\"record\": \"reading\"}, \"id\": \"from%u\"}", k);
}

static void put_to(char *text, unsigned k)
{
	put(text, "{\"to_subscriber\": {}, \"id\": \"to%u\"}", k);
}

static void put_codec(char *text, const struct bench *b, unsigned optional)
{
	bool decoder = b->type->in == &weir_bytes_record;

	put(text, "\"s\": [");
	if (!decoder)
		put_from(text, NULL, 0);
	put(text, "%s{\"%s\": {\"format\": \"%s\"", decoder ? "" : ", ",
		decoder ? "from_byte_publisher" : "to_subscriber", bench_format(b->type));
	if (b->type->params != NULL && b->type->params->name != NULL) {
		char params[BENCH_TEXT_MAX] = "";

		if (put_params(params, b, b->type, optional, false))
			put(text, ", %s", params);
	}
	put(text, "}, \"id\": \"%s\"}", decoder ? "from0" : "to0");
	if (decoder) {
		put(text, ", ");
		put_to(text, 0);
	}
	put(text, "]");
}

/* The names that the example of the STREAMS parameter gives its streams, one after the other. */
static bool next_name(const char **at, char *name, size_t room)
{
	const char *from = strchr(*at, '"'), *to = from != NULL ? strchr(from + 1, '"') : NULL;

	if (to == NULL)
		return false;
	(void)snprintf(name, room, "%.*s", (int)(to - from - 1), from + 1);
	*at = to + 1;
	return true;
}

/* Its streams, each with a publisher. */
static void put_streams(char *text, const struct weir_op_type *combiner)
{
	const struct weir_param *streams = combiner->params;
	const char *at;
	char name[32];
	unsigned k = 0;

	while (streams->name != NULL && streams->kind != WEIR_PARAM_STREAMS)
		streams++;
	ck_assert_msg(streams->name != NULL && streams->example != NULL,
		"combiner %s has no example of its streams", combiner->name);
	for (at = streams->example; next_name(&at, name, sizeof name); k++) {
		put(text, "\"%s\": [", name);
		put_from(text, combiner->in, k);
		put(text, "], ");
	}
}

static void put_combiner(char *text, const struct bench *b, unsigned optional)
{
	put_streams(text, b->type);
	put(text, "\"out\": [");
	put_component(text, b, optional);
	put(text, ", ");
	put_to(text, 0);
	put(text, "]");
}

/* What the builder puts behind a combiner that joins records: its parameters stand among the combiner's. */
static void put_behind_joiner(char *text, const struct bench *b, unsigned optional)
{
	const struct weir_op_type *const *t = weir_operator_types;

	while (*t != NULL && !flag(*t, WEIR_OP_JOINS))
		t++;
	ck_assert_msg(*t != NULL, "the bench does not know where %s stands", b->type->name);
	put_streams(text, *t);
	put(text, "\"out\": [{\"%s\": {", (*t)->name);
	(void)put_params(text, b, b->type, optional, put_params(text, b, *t, 0, false));
	put(text, "}, \"id\": \"op\"}, ");
	put_to(text, 0);
	put(text, "]");
}

/* Two streams draw from one: the builder puts the tee between. */
static void put_tee(char *text)
{
	put(text, "\"s\": [");
	put_from(text, NULL, 0);
	put(text, "], \"x\": [{\"from\": \"s\"}, ");
	put_to(text, 0);
	put(text, "], \"y\": [{\"from\": \"s\"}, ");
	put_to(text, 1);
	put(text, "]");
}

/* Every item is an error and goes beside. */
static void put_inbox(char *text, const struct bench *b, unsigned optional)
{
	put(text, "\"s\": [");
	put_from(text, NULL, 0);
	put(text, ", {\"map\": {\"x\": \"1 / (id - id)\"}, \"on_error\": {\"to\": \"side\"}}, ");
	put_to(text, 1);
	put(text, "], \"side\": [");
	put_component(text, b, optional);
	put(text, ", ");
	put_to(text, 0);
	put(text, "]");
}

/* A stream for each item, of which it gives just that item. */
static void put_inner(char *text, const struct bench *b, unsigned optional)
{
	bool item = flag(b->type, WEIR_OP_SCOPE_ITEM);
	const char *at = item ? "\"inner\"" : inner_param(b->type)->example;
	char name[32];

	ck_assert(next_name(&at, name, sizeof name));
	put(text, "\"%s\": [", name);
	if (item)
		put_component(text, b, optional);
	else
		put(text, "{\"item\": {\"record\": \"reading\"}}");
	put(text, "], \"s\": [");
	put_from(text, NULL, 0);
	put(text, ", ");
	if (item)
		put(text, "{\"flat_map\": {\"stream\": \"inner\", \"max_inner\": 1}}");
	else
		put_component(text, b, optional);
	put(text, ", ");
	put_to(text, 0);
	put(text, "]");
}

static void put_line(char *text, const struct bench *b, unsigned optional)
{
	put(text, "\"s\": [");
	if (!is_source(b->type)) {
		put_from(text, b->type->in, 0);
		put(text, ", ");
	}
	put_component(text, b, optional);
	if (!is_sink(b->type)) {
		put(text, ", ");
		put_to(text, 0);
	}
	put(text, "]");
}

void bench_text(char *text, const struct bench *b, unsigned optional)
{
	text[0] = '\0';
	put(text, "{\"weir\": 1, \"name\": \"bench\", \"clock\": \"%s\", %s, \"streams\": {",
		b->clock == WEIR_CLOCK_EVENT ? "event" : "monotonic", records);
	if (is_codec(b->type))
		put_codec(text, b, optional);
	else if (is_tee(b->type))
		put_tee(text);
	else if (flag(b->type, WEIR_OP_INTERNAL))
		put_behind_joiner(text, b, optional);
	else if (is_combiner(b->type))
		put_combiner(text, b, optional);
	else if (starts_streams(b->type))
		put_inner(text, b, optional);
	else if (is_inbox(b->type))
		put_inbox(text, b, optional);
	else
		put_line(text, b, optional);
	put(text, "}}");
}
