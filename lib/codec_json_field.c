/* SPDX-License-Identifier: MIT */
/*
 * codec_json_field.c -- one field's value out of JSON text.
 *
 * A number is read in the field's own type straight from the text. A value of a wrong type is skipped first,
 * so that malformed text is told as such.
 */
#include <string.h>

#include <weir/codec.h>
#include <weir/num.h>
#include <weir/timetext.h>

#include "codec_number.h"

int weir_ndjson_refuse_field(
	struct weir_json *j, const struct weir_field *f, int code, const char *where, const char *text)
{
	return weir_ndjson_refuse(j, code, where, weir_codec_message(j->message, f->name, text));
}

static bool take_word(struct weir_json *j, const char *word, size_t len)
{
	if ((size_t)(j->end - j->p) < len || memcmp(j->p, word, len) != 0)
		return false;
	j->p += len;
	return true;
}

/* A value of another type than wanted, unless it is none at all. */
static int wrong_type(struct weir_json *j, const struct weir_field *f, const char *text)
{
	const char *where = j->p;

	if (weir_ndjson_skip(j) < 0)
		return j->fault->code;
	return weir_ndjson_refuse_field(j, f, WEIR_ETYPE, where, text);
}

static int refuse_number(struct weir_json *j, const struct weir_field *f, ptrdiff_t n)
{
	if (n == 0)
		return wrong_type(j, f, "wrong JSON type, expected a number");
	return weir_ndjson_refuse_field(
		j, f, (int)n, j->p, n == WEIR_ERANGE ? "number out of range" : "malformed number");
}

/* Integers, times with a unit, and bools given as 0 or 1. */
static int read_integer(struct weir_json *j, const struct weir_field *f, void *record)
{
	int64_t i;
	uint64_t u;
	ptrdiff_t n = weir_short_i64(j->p, j->end, &i);
	int rc;

	if (n == 0)
		n = weir_scan_i64(j->p, j->end, &i);
	if (n > 0) {
		rc = weir_field_put_i64(f, record, i);
	} else {
		if (n == WEIR_ERANGE && f->kind == WEIR_U64)
			n = weir_scan_u64(j->p, j->end, &u);
		if (n <= 0)
			return refuse_number(j, f, n);
		rc = weir_field_put_u64(f, record, u);
	}
	if (j->p[n] == '.' || j->p[n] == 'e' || j->p[n] == 'E')
		return weir_ndjson_refuse_field(j, f, WEIR_ECAST, j->p, "not an integer");
	if (rc < 0)
		return refuse_number(j, f, rc);
	j->p += n;
	return WEIR_OK;
}

static int read_f32(struct weir_json *j, const struct weir_field *f, void *record)
{
	float v;
	ptrdiff_t n = weir_short_f32(j->p, j->end, &v);

	if (n == 0)
		n = weir_scan_f32(j->p, j->end, &v);
	if (n <= 0)
		return refuse_number(j, f, n);
	memcpy((char *)record + f->offset, &v, sizeof v);
	j->p += n;
	return WEIR_OK;
}

static int read_f64(struct weir_json *j, const struct weir_field *f, void *record)
{
	double v;
	ptrdiff_t n = weir_short_f64(j->p, j->end, &v);

	if (n == 0)
		n = weir_scan_f64(j->p, j->end, &v);
	if (n <= 0)
		return refuse_number(j, f, n);
	memcpy((char *)record + f->offset, &v, sizeof v);
	j->p += n;
	return WEIR_OK;
}

static int read_bool(struct weir_json *j, const struct weir_field *f, void *record)
{
	uint8_t *b = (uint8_t *)record + f->offset;

	if (take_word(j, "true", 4)) {
		*b = 1;
		return WEIR_OK;
	}
	if (take_word(j, "false", 5))
		return WEIR_OK;
	if (*j->p == '0' || *j->p == '1')
		return read_integer(j, f, record);
	return wrong_type(j, f, "wrong JSON type, expected true or false");
}

static int read_time(struct weir_json *j, const struct weir_field *f, void *record)
{
	const char *s = j->p + 1;
	int64_t ns;
	int rc;

	if (f->unit_ns != 0)
		return read_integer(j, f, record);
	if (*j->p != '"')
		return wrong_type(j, f, "wrong JSON type, expected a string");
	rc = weir_ndjson_string(j, NULL);
	if (rc < 0)
		return rc;
	rc = weir_parse_time(s, (size_t)(j->p - 1 - s), &ns);
	if (rc < 0)
		return weir_ndjson_refuse_field(
			j, f, rc, s - 1, rc == WEIR_ERANGE ? "time out of range" : "not a time");
	memcpy((char *)record + f->offset, &ns, sizeof ns);
	return WEIR_OK;
}

static int read_text(struct weir_json *j, const struct weir_field *f, void *record)
{
	struct weir_text_writer w;
	int rc;

	if (*j->p != '"')
		return wrong_type(j, f, "wrong JSON type, expected a string");
	weir_text_start(&w, f, record);
	rc = weir_ndjson_string(j, &w);
	if (rc < 0)
		j->fault->text = weir_codec_message(j->message, f->name, j->fault->text);
	return rc;
}

static int read_null(struct weir_json *j, const struct weir_field *f, void *record)
{
	if (weir_field_put_default(f, record) == WEIR_OK)
		return WEIR_OK;
	if (f->kind == WEIR_F32 || f->kind == WEIR_F64) {
		weir_field_put_nan(f, record);
		return WEIR_OK;
	}
	return weir_ndjson_refuse_field(j, f, WEIR_EMISSING, j->p - 4, "null, and has no default");
}

int weir_ndjson_field(struct weir_json *j, const struct weir_field *f, void *record)
{
	if (*j->p == 'n' && take_word(j, "null", 4))
		return read_null(j, f, record);
	switch (f->kind) {
	case WEIR_BOOL:
		return read_bool(j, f, record);
	case WEIR_F32:
		return read_f32(j, f, record);
	case WEIR_F64:
		return read_f64(j, f, record);
	case WEIR_TIME:
		return read_time(j, f, record);
	case WEIR_TEXT:
		return read_text(j, f, record);
	default:
		return read_integer(j, f, record);
	}
}
