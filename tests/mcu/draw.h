/* SPDX-License-Identifier: MIT */
/*
 * draw.h -- random definitions for microcontrollers: sensor readings come in by a port, go through stages of all kinds that
 * can be told apart by their output alone, and leave by ports, in every format. What comes out hangs on what goes in, not
 * on who is faster.
 */
#ifndef WEIR_TEST_MCU_DRAW_H
#define WEIR_TEST_MCU_DRAW_H

#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#define DRAW_TEXT_MAX   16384u
#define DRAW_FIELDS_MAX 12u

/* What a field or an expression is: whole numbers of any size are `i` where they are computed with. */
struct draw_field {
	char name[16];
	char type; /* i n (a narrow one) f d b t */
};

struct draw_record {
	struct draw_field fields[DRAW_FIELDS_MAX];
	unsigned n;
	bool keyed; /* there is a field `node` */
	bool timed; /* and a time field `at` */
};

struct drawing {
	char *text;
	uint64_t state;
	bool event;
	bool inbox; /* some stage sends its errors to "bad" */
};

static inline unsigned draw_below(struct drawing *d, unsigned n)
{
	d->state ^= d->state << 13;
	d->state ^= d->state >> 7;
	d->state ^= d->state << 17;
	return (unsigned)((d->state * UINT64_C(0x2545f4914f6cdd1d)) >> 33) % n;
}

#ifdef __GNUC__
__attribute__((__format__(__printf__, 2, 3)))
#endif
static inline void
draw_add(struct drawing *d, const char *format, ...)
{
	size_t at = strlen(d->text);
	va_list args;

	va_start(args, format);
	(void)vsnprintf(d->text + at, DRAW_TEXT_MAX - at, format, args);
	va_end(args);
}

/* ---- expressions ---- */

static inline void draw_expression(struct drawing *d, const struct draw_record *r, char type, unsigned depth);

/* A field of one of the types, or NULL. */
static inline const char *draw_some_field(struct drawing *d, const struct draw_record *r, const char *types)
{
	unsigned from = draw_below(d, r->n);

	for (unsigned k = 0; k < r->n; k++) {
		const struct draw_field *f = &r->fields[(from + k) % r->n];

		if (strchr(types, f->type) != NULL)
			return f->name;
	}
	return NULL;
}

static inline void draw_leaf(struct drawing *d, const struct draw_record *r, char type)
{
	const char *types = type == 'i' ? "in" : type == 'f' ? "fd" : type == 'b' ? "b" : "t";
	const char *field = draw_below(d, 4) > 0 ? draw_some_field(d, r, types) : NULL;

	if (field != NULL)
		draw_add(d, "%s", field);
	else if (type == 'i')
		draw_add(d, "%d", (int)draw_below(d, 60));
	else if (type == 'f')
		draw_add(d, "%u.%u", draw_below(d, 40), draw_below(d, 100));
	else if (type == 'b')
		draw_add(d, draw_below(d, 2) == 0 ? "true" : "false");
	else
		draw_add(d, "'%c%c'", 'a' + (char)draw_below(d, 26), 'a' + (char)draw_below(d, 26));
}

/* "(left OP right)" */
static inline void draw_pair(
	struct drawing *d, const struct draw_record *r, char type, const char *op, unsigned depth)
{
	draw_add(d, "(");
	draw_expression(d, r, type, depth);
	draw_add(d, " %s ", op);
	draw_expression(d, r, type, depth);
	draw_add(d, ")");
}

static inline void draw_call(struct drawing *d, const struct draw_record *r, char type, const char *function,
	unsigned arguments, unsigned depth)
{
	draw_add(d, "%s(", function);
	for (unsigned i = 0; i < arguments; i++) {
		draw_add(d, i > 0 ? ", " : "");
		draw_expression(d, r, type, depth);
	}
	draw_add(d, ")");
}

static inline void draw_choice(struct drawing *d, const struct draw_record *r, char type, unsigned depth)
{
	draw_add(d, "(");
	draw_expression(d, r, 'b', depth);
	draw_add(d, " ? ");
	draw_expression(d, r, type, depth);
	draw_add(d, " : ");
	draw_expression(d, r, type, depth);
	draw_add(d, ")");
}

static inline void draw_whole(struct drawing *d, const struct draw_record *r, unsigned depth)
{
	static const char *const ops[] = { "+", "-", "*", "/", "%", "&", "|", "^", "<<", ">>" };
	static const char *const casts[] = { "i64", "i32", "u8", "i16" };
	static const char *const times[] = { "hour", "minute", "weekday" };
	unsigned which = draw_below(d, 18);

	if (which < 10)
		draw_pair(d, r, 'i', ops[which], depth);
	else if (which == 10)
		draw_call(d, r, 'i', draw_below(d, 2) == 0 ? "abs" : "-", 1, depth);
	else if (which == 11)
		draw_call(d, r, 'i', draw_below(d, 2) == 0 ? "min" : "max", 2, depth);
	else if (which == 12)
		draw_call(d, r, 'i', "clamp", 3, depth);
	else if (which < 15)
		draw_call(d, r, "fi"[which - 13], casts[draw_below(d, 4)], 1, depth);
	else if (which == 15 && r->timed)
		draw_add(d, "%s(at)", times[draw_below(d, 3)]);
	else
		draw_choice(d, r, 'i', depth);
}

static inline void draw_real(struct drawing *d, const struct draw_record *r, unsigned depth)
{
	static const char *const ops[] = { "+", "-", "*", "/" };
	static const char *const functions[] = { "sqrt", "floor", "ceil", "round", "abs", "f32", "f64", "-",
		"exp", "log", "sin", "cos" };
	unsigned which = draw_below(d, 20);

	if (which < 4)
		draw_pair(d, r, 'f', ops[which], depth);
	else if (which < 16)
		draw_call(d, r, 'f', functions[which - 4], 1, depth);
	else if (which == 16)
		draw_call(d, r, 'f', draw_below(d, 2) == 0 ? "min" : "pow", 2, depth);
	else if (which == 17)
		draw_call(d, r, 'f', draw_below(d, 2) == 0 ? "max" : "clamp", 3, depth);
	else if (which == 18)
		draw_call(d, r, 'i', draw_below(d, 2) == 0 ? "f32" : "exp", 1, depth);
	else
		draw_choice(d, r, 'f', depth);
}

static inline void draw_condition(struct drawing *d, const struct draw_record *r, unsigned depth)
{
	static const char *const compares[] = { "<", "<=", ">", ">=", "==", "!=" };
	unsigned which = draw_below(d, 8);

	if (which < 3)
		draw_pair(d, r, "iff"[which], compares[draw_below(d, 6)], depth);
	else if (which == 3)
		draw_pair(d, r, 't', compares[draw_below(d, 6)], 0);
	else if (which < 6)
		draw_pair(d, r, 'b', which == 4 ? "&&" : "||", depth);
	else if (which == 6)
		draw_call(d, r, 'b', "!", 1, depth);
	else
		draw_call(d, r, 'f', "isnan", 1, depth);
}

static inline void draw_expression(struct drawing *d, const struct draw_record *r, char type, unsigned depth)
{
	if (depth == 0 || type == 't' || draw_below(d, 5) == 0)
		draw_leaf(d, r, type);
	else if (type == 'i')
		draw_whole(d, r, depth - 1);
	else if (type == 'f')
		draw_real(d, r, depth - 1);
	else
		draw_condition(d, r, depth - 1);
}

/* ---- stages ---- */

/* One stage alone may send its errors on: of two it would hang on spans whose come first. Their time is the event clock's. */
static inline void draw_on_error(struct drawing *d)
{
	unsigned how = draw_below(d, 8);
	bool to = how >= 5 && how < 7 && d->event && !d->inbox;

	d->inbox = d->inbox || to;
	if (to)
		draw_add(d, ", \"on_error\": { \"to\": \"bad\" }");
	else if (how < 7)
		draw_add(d, ", \"on_error\": \"drop\"");
}

static inline void draw_field(struct draw_record *r, const char *name, char type)
{
	(void)snprintf(r->fields[r->n].name, sizeof r->fields[r->n].name, "%s", name);
	r->fields[r->n++].type = type;
}

static inline void draw_map(struct drawing *d, struct draw_record *r)
{
	struct draw_record out = { .keyed = r->keyed, .timed = r->timed };
	unsigned n = 1 + draw_below(d, 4);

	draw_add(d, "{ \"map\": { ");
	if (r->timed)
		draw_add(d, "\"at\": \"at\", ");
	if (r->keyed) {
		draw_add(d, "\"node\": \"node\", ");
		draw_field(&out, "node", 'n');
	}
	for (unsigned i = 0; i < n; i++) {
		char name[16], type = "iiffbt"[draw_below(d, 6)];

		(void)snprintf(name, sizeof name, "x%u", i);
		draw_add(d, "%s\"%s\": \"", i > 0 ? ", " : "", name);
		draw_expression(d, r, type, 3);
		draw_add(d, "\"");
		draw_field(&out, name, type);
	}
	draw_add(d, " }");
	draw_on_error(d);
	draw_add(d, " }");
	*r = out;
}

static inline void draw_filter(struct drawing *d, const struct draw_record *r)
{
	draw_add(d, "{ \"filter\": \"");
	draw_expression(d, r, 'b', 3);
	draw_add(d, "\"");
	draw_on_error(d);
	draw_add(d, " }");
}

static inline void draw_set(struct drawing *d, struct draw_record *r)
{
	const char *name = draw_some_field(d, r, "n");
	bool appends = name == NULL || strcmp(name, "node") == 0 || r->n == DRAW_FIELDS_MAX;

	draw_add(d, "{ \"set\": { \"%s\": \"", appends ? "extra" : name);
	draw_expression(d, r, 'i', 2);
	draw_add(d, "\" }");
	draw_on_error(d);
	draw_add(d, " }");
	if (appends && r->n < DRAW_FIELDS_MAX && strcmp(r->fields[r->n - 1].name, "extra") != 0)
		draw_field(r, "extra", 'i');
}

static inline void draw_form(struct drawing *d)
{
	unsigned form = draw_below(d, 6), every = 1 + draw_below(d, 9);

	if (form == 0)
		draw_add(d, "\"count\": %u, \"every\": %u, ", every + draw_below(d, 9), every);
	else if (form == 1)
		draw_add(d, "\"sliding\": \"%us\", \"every\": \"%us\", ", every * (1 + draw_below(d, 4)),
			every);
	else
		draw_add(d, "\"%s\": \"%us\", ", form == 2 ? "session" : "tumbling",
			form == 2 ? every : 5 + draw_below(d, 60));
	if (form != 0)
		draw_add(d, "\"lateness\": \"2s\", ");
}

static inline void draw_window(struct drawing *d, struct draw_record *r)
{
	static const char *const folds[] = { "sum", "min", "max", "first", "last", "avg", "var", "stddev",
		"median" };
	struct draw_record out = { .keyed = r->keyed };

	draw_add(d, "{ \"window\": { ");
	draw_form(d);
	draw_add(d, "\"time\": \"at\", \"samples\": 12, ");
	if (r->keyed)
		draw_add(d, "\"key\": \"node\", \"max_keys\": 8, ");
	draw_add(d, "\"emit\": { \"start\": \"window_start()\", \"n\": \"count()\"");
	draw_field(&out, "n", 'i');
	if (r->keyed) {
		draw_add(d, ", \"node\": \"node\"");
		draw_field(&out, "node", 'n');
	}
	for (unsigned i = 0; i < 2; i++) {
		char type = "if"[draw_below(d, 2)];
		unsigned fold = draw_below(d, 9);
		char name[16];

		(void)snprintf(name, sizeof name, "w%u", i);
		draw_add(d, ", \"%s\": \"%s(", name, folds[fold]);
		draw_expression(d, r, type, 1);
		draw_add(d, ")\"");
		draw_field(&out, name, fold >= 5 ? 'f' : type);
	}
	draw_add(d, " } }, \"on_error\": \"drop\" }");
	*r = out;
}

/* A running sum or extreme, of all or for each node. */
static inline void draw_scan(struct drawing *d, struct draw_record *r)
{
	char type = "if"[draw_below(d, 2)], name[16];

	if (r->n == DRAW_FIELDS_MAX) {
		draw_add(d, "{ \"skip\": 1 }");
		return;
	}
	(void)snprintf(name, sizeof name, "s%u", r->n);
	draw_add(d, "{ \"scan\": { \"init\": { \"%s\": \"%s\" }, \"step\": { \"%s\": \"", name,
		type == 'i' ? "0" : "0.0", name);
	if (draw_below(d, 2) == 0)
		draw_add(d, "%s + ", name);
	draw_field(r, name, type);
	draw_expression(d, r, type, 2);
	draw_add(d, "\" }%s }, \"on_error\": \"drop\" }",
		r->keyed && draw_below(d, 2) == 0 ? ", \"key\": \"node\", \"max_keys\": 8" : "");
}

static inline void draw_stage(struct drawing *d, struct draw_record *r)
{
	unsigned which = draw_below(d, 11);

	if (which < 3)
		draw_map(d, r);
	else if (which < 5)
		draw_filter(d, r);
	else if (which == 5)
		draw_set(d, r);
	else if (which == 6 && r->timed && d->event)
		draw_window(d, r);
	else if (which == 7 && r->keyed && r->timed && d->event)
		draw_add(d, "{ \"throttle\": { \"period\": \"%us\", \"key\": \"node\", \"max_keys\": 8 } }",
			1 + draw_below(d, 20));
	else if (which == 10)
		draw_scan(d, r);
	else if (which == 8)
		draw_add(d, "{ \"%s\": %u }", draw_below(d, 2) == 0 ? "take" : "skip", draw_below(d, 200));
	else
		draw_add(d, "{ \"buffer\": { \"capacity\": %u } }", 1 + draw_below(d, 5));
}

static inline const char *draw_format(struct drawing *d)
{
	static const char *const formats[] = { "csv", "ndjson", "ndjson", "binary", "frames" };

	return formats[draw_below(d, 5)];
}

/* Draw the definition of a seed into text, DRAW_TEXT_MAX bytes. Its input is `in`, its outputs are `out0` and on. */
static inline void draw_definition(char *text, uint64_t seed)
{
	static const struct draw_record reading = {
		.fields = { { "id", 'n' }, { "rel", 'n' }, { "node", 'n' }, { "temp", 'f' }, { "rh", 'f' },
			{ "light1", 'f' }, { "light2", 'd' }, { "occupants", 'n' }, { "door", 'b' } },
		.n = 9,
		.keyed = true,
		.timed = true
	};
	struct drawing d = { .text = text, .state = seed * UINT64_C(0x9e3779b97f4a7c15) + 1 };
	unsigned branches;

	*text = '\0';
	(void)draw_below(&d, 2);
	branches = 1 + draw_below(&d, 3);
	d.event = draw_below(&d, 3) > 0;
	draw_add(&d, "{ \"weir\": 1, \"name\": \"drawn\", \"clock\": \"%s\",\n",
		d.event ? "event" : "monotonic");
	draw_add(&d, "  \"records\": { \"reading\": { \"id\": \"u32\", \"at\": { \"type\": \"time\", "
		     "\"unit\": \"ms\" }, \"rel\": \"u32\",\n"
		     "    \"node\": \"u8\", \"temp\": \"f32\", \"rh\": \"f32\", \"light1\": \"f32\", "
		     "\"light2\": \"f64\",\n"
		     "    \"occupants\": \"u8\", \"activity\": \"u8\", \"door\": \"bool\", \"window\": "
		     "\"bool\" } },\n"
		     "  \"streams\": {\n    \"all\": [ { \"input\": { \"name\": \"in\", \"record\": "
		     "\"reading\", \"format\": \"csv\","
		     " \"header\": false }, \"on_error\": \"drop\" } ]");
	for (unsigned i = 0; i < branches; i++) {
		struct draw_record r = reading;
		unsigned stages = 1 + draw_below(&d, 4);

		draw_add(&d, ",\n    \"branch%u\": [ { \"from\": \"all\" }", i);
		for (unsigned k = 0; k < stages; k++) {
			draw_add(&d, ",\n      ");
			draw_stage(&d, &r);
		}
		draw_add(&d, ",\n      { \"output\": { \"name\": \"out%u\", \"format\": \"%s\" } } ]", i,
			draw_format(&d));
	}
	if (d.inbox)
		draw_add(&d,
			",\n    \"bad\": [ { \"inbox\": { \"capacity\": 8, \"overflow\": \"suspend\" } },\n"
			"      { \"output\": { \"name\": \"bad\", \"format\": \"ndjson\" } } ]");
	draw_add(&d, "\n  }\n}\n");
}

#endif
