/* SPDX-License-Identifier: MIT */
/*
 * load_records.c -- `records`: names to field lists (definition.md, Types).
 */
#include "loader.h"

#include <stdlib.h>
#include <string.h>

#include <weir/timetext.h>

#define FIELDS_MAX 1024u

/* "u32", "text(16)". False after a fault. */
static bool read_type(struct weir_loader *l, const struct weir_json_node *n, struct weir_field *f)
{
	static const char *const names[] = { "bool", "i8", "i16", "i32", "i64", "u8", "u16", "u32", "u64",
		"f32", "f64", "time", "text(16)" };
	const char *type = weir_json_string(n), *close;
	char *end;

	for (unsigned k = WEIR_BOOL; k < WEIR_TEXT; k++) {
		if (strcmp(type, names[k]) == 0) {
			f->kind = (uint8_t)k;
			return true;
		}
	}
	if (strncmp(type, "text(", 5) == 0) {
		unsigned long max = strtoul(type + 5, &end, 10);

		if (end != type + 5 && strcmp(end, ")") == 0 && max >= 1 && max <= 32768) {
			f->kind = WEIR_TEXT;
			f->text_max = (uint16_t)max;
			return true;
		}
		weir_load_fault(l, n, "bad text size \"%s\"; text(N) with N from 1 to 32768", type);
		return false;
	}
	close = weir_closest(type, names, sizeof names / sizeof *names);
	if (close != NULL)
		weir_load_fault(l, n, "unknown type \"%s\"; did you mean \"%s\"?", type, close);
	else
		weir_load_fault(l, n,
			"unknown type \"%s\"; one of bool i8 i16 i32 i64 u8 u16 u32 u64 f32 f64 time text(N)",
			type);
	return false;
}

static void read_unit(struct weir_loader *l, const struct weir_json_node *object, struct weir_field *f)
{
	const char *unit = weir_load_string(l, object, "unit");

	if (unit == NULL || f->kind != WEIR_TIME)
		return;
	if (strcmp(unit, "s") == 0)
		f->unit_ns = 1000000000u;
	else if (strcmp(unit, "ms") == 0)
		f->unit_ns = 1000000u;
	else if (strcmp(unit, "us") == 0)
		f->unit_ns = 1000u;
	else if (strcmp(unit, "ns") == 0)
		f->unit_ns = 1u;
	else
		weir_load_fault(l, weir_json_get(object, "unit"),
			"unknown unit \"%s\" of a time; s, ms, us or ns", unit);
}

/* Whether an integer fits the field's kind. */
static bool integer_fits(const struct weir_json_number *v, enum weir_kind kind)
{
	static const int64_t lo[] = { 0, INT8_MIN, INT16_MIN, INT32_MIN, INT64_MIN, 0, 0, 0, 0 };
	static const uint64_t hi[] = { 1, INT8_MAX, INT16_MAX, INT32_MAX, INT64_MAX, UINT8_MAX, UINT16_MAX,
		UINT32_MAX, UINT64_MAX };

	if (!v->is_integer)
		return false;
	if (v->fits_i64 && v->i64 < 0)
		return v->i64 >= lo[kind];
	return v->fits_u64 && v->u64 <= hi[kind];
}

static bool default_number(const struct weir_json_node *n, struct weir_field *f)
{
	struct weir_json_number v;

	if (!weir_json_as_number(n, &v))
		return false;
	if (f->kind == WEIR_F64)
		f->dflt.d = v.value;
	else if (f->kind == WEIR_F32) {
		f->dflt.f = (float)v.value;
		return f->dflt.f - f->dflt.f == 0; /* not beyond the largest */
	} else if (f->kind == WEIR_TIME)
		return f->unit_ns != 0 && v.is_integer && v.fits_i64 &&
		       weir_time_from_unit(v.i64, f->unit_ns, &f->dflt.i) == 0;
	else if (!integer_fits(&v, (enum weir_kind)f->kind))
		return false;
	else if (v.fits_i64)
		f->dflt.i = v.i64;
	else
		f->dflt.u = v.u64;
	return true;
}

static bool default_value(const struct weir_json_node *n, struct weir_field *f)
{
	bool b;

	if (f->kind == WEIR_BOOL) {
		if (!weir_json_as_bool(n, &b))
			return false;
		f->dflt.u = b;
		return true;
	}
	if (weir_json_kind(n) == WEIR_JSON_STRING && f->kind == WEIR_TEXT) {
		f->dflt.text = weir_json_string(n);
		return strlen(f->dflt.text) <= f->text_max;
	}
	if (weir_json_kind(n) == WEIR_JSON_STRING && f->kind == WEIR_TIME && f->unit_ns == 0)
		return weir_parse_time(weir_json_string(n), strlen(weir_json_string(n)), &f->dflt.i) == 0;
	return f->kind != WEIR_TEXT && default_number(n, f);
}

static void read_details(struct weir_loader *l, const struct weir_json_node *object, struct weir_field *f)
{
	static const char *const known[] = { "type", "unit", "from", "default", "truncate", "note", NULL };
	const struct weir_json_node *dflt = weir_json_get(object, "default"),
				    *cut = weir_json_get(object, "truncate");
	bool truncate = false;

	weir_load_only(l, object, known);
	read_unit(l, object, f);
	f->from = weir_load_string(l, object, "from");
	if (dflt != NULL && !default_value(dflt, f))
		weir_load_fault(l, dflt, "this default does not fit type %s",
			weir_kind_name((enum weir_kind)f->kind));
	else if (dflt != NULL)
		f->flags |= WEIR_FIELD_DEFAULT;
	if (cut != NULL && !weir_json_as_bool(cut, &truncate))
		weir_load_fault(l, cut, "\"truncate\" is true or false");
	else if (truncate && f->kind != WEIR_TEXT)
		weir_load_fault(l, cut, "\"truncate\" is for text fields only");
	else if (truncate)
		f->flags |= WEIR_FIELD_TRUNCATE;
}

/* One whose type is not understood has none, and fits everything. */
static void read_field(struct weir_loader *l, const struct weir_json_node *n, struct weir_field *f)
{
	const struct weir_json_node *type = n;

	*f = (struct weir_field){ .kind = WEIR_KINDS };
	f->name = weir_json_key(n);
	if (!weir_load_is_name(f->name))
		weir_load_fault_key(l, n,
			"bad field name \"%s\"; letters, digits and _, not starting with a digit", f->name);
	if (weir_json_kind(n) == WEIR_JSON_OBJECT) {
		type = weir_json_get(n, "type");
		if (type == NULL) {
			weir_load_fault(l, n, "field \"%s\" has no \"type\"", f->name);
			return;
		}
	}
	if (weir_json_kind(type) != WEIR_JSON_STRING)
		weir_load_fault(l, type, "a field's type is a string such as \"f32\"; this is %s",
			weir_json_kind_name(weir_json_kind(type)));
	else if (read_type(l, type, f) && type != n)
		read_details(l, n, f);
}

/* Fields from object n; 0: it has none, told. */
static size_t read_fields(struct weir_loader *l, const struct weir_json_node *n, struct weir_field *fields)
{
	size_t n_fields = 0;

	if (weir_json_kind(n) != WEIR_JSON_OBJECT || weir_json_count(n) == 0) {
		weir_load_fault(l, n, "a record is an object of fields: {\"temp\": \"f32\"}");
		return 0;
	}
	if (weir_json_count(n) > FIELDS_MAX) {
		weir_load_fault(l, n, "a record has at most %u fields", FIELDS_MAX);
		return 0;
	}
	for (const struct weir_json_node *f = weir_json_first(n); f != NULL; f = weir_json_next(f))
		if (!weir_json_key_is_bad(f)) /* a duplicate, told already */
			read_field(l, f, &fields[n_fields++]);
	return n_fields;
}

static void read_record(struct weir_loader *l, const struct weir_json_node *n, struct weir_field *fields)
{
	size_t n_fields = read_fields(l, n, fields);

	/* Without fields the name is known all the same, so that its users have no fault of their own. */
	l->record = n;
	if (weir_build_record(l->build, weir_json_key(n), fields, n_fields) == WEIR_ENOMEM)
		l->out_of_memory = true;
	l->record = NULL;
}

void weir_load_records(struct weir_loader *l, const struct weir_json_node *records)
{
	struct weir_field *fields;

	if (weir_json_kind(records) != WEIR_JSON_OBJECT) {
		weir_load_fault(l, records, "\"records\" is an object of record types");
		return;
	}
	fields = calloc(FIELDS_MAX, sizeof *fields);
	if (fields == NULL) {
		l->out_of_memory = true;
		return;
	}
	for (const struct weir_json_node *n = weir_json_first(records); n != NULL; n = weir_json_next(n))
		if (!weir_json_key_is_bad(n))
			read_record(l, n, fields);
	free(fields);
}
