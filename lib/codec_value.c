/* SPDX-License-Identifier: MIT */
/*
 * codec_value.c -- one field's value from text and to text, as the CSV cell and the JSON scalar share it.
 *
 * Floats are read in the field's own type: rounding through f64 first would round twice.
 */
#include <string.h>

#include <weir/codec.h>
#include <weir/num.h>
#include <weir/timetext.h>

#include "codec_number.h"

const char *const weir_time_form_choices[] = { "rfc3339", "s", "ms", "us", "ns", NULL };

/* Steps of each integer form of time, ns. */
static const uint32_t form_units_ns[] = {
	[WEIR_TIME_S] = 1000000000,
	[WEIR_TIME_MS] = 1000000,
	[WEIR_TIME_US] = 1000,
	[WEIR_TIME_NS] = 1,
};

static void *at(const struct weir_field *f, void *record)
{
	return (char *)record + f->offset;
}

/* ---- integers ---- */

#define PUT(type, low, high)                                   \
	do {                                                   \
		type narrow = (type)v;                         \
		if (v < (low) || v > (high))                   \
			return WEIR_ERANGE;                    \
		memcpy(at(f, record), &narrow, sizeof narrow); \
		return WEIR_OK;                                \
	} while (0)

int weir_field_put_i64(const struct weir_field *f, void *record, int64_t v)
{
	switch (f->kind) {
	case WEIR_BOOL:
		PUT(uint8_t, 0, 1);
	case WEIR_I8:
		PUT(int8_t, INT8_MIN, INT8_MAX);
	case WEIR_I16:
		PUT(int16_t, INT16_MIN, INT16_MAX);
	case WEIR_I32:
		PUT(int32_t, INT32_MIN, INT32_MAX);
	case WEIR_U8:
		PUT(uint8_t, 0, UINT8_MAX);
	case WEIR_U16:
		PUT(uint16_t, 0, UINT16_MAX);
	case WEIR_U32:
		PUT(uint32_t, 0, (int64_t)UINT32_MAX);
	case WEIR_U64:
		PUT(uint64_t, 0, INT64_MAX);
	case WEIR_TIME:
		if (f->unit_ns != 0 && weir_time_from_unit(v, f->unit_ns, &v) < 0)
			return WEIR_ERANGE;
		break;
	default:
		break;
	}
	memcpy(at(f, record), &v, sizeof v);
	return WEIR_OK;
}

#undef PUT

int weir_field_put_u64(const struct weir_field *f, void *record, uint64_t v)
{
	if (v <= INT64_MAX)
		return weir_field_put_i64(f, record, (int64_t)v);
	if (f->kind != WEIR_U64)
		return WEIR_ERANGE;
	memcpy(at(f, record), &v, sizeof v);
	return WEIR_OK;
}

/* ---- defaults ---- */

static void put_f64(const struct weir_field *f, void *record, double d)
{
	float narrow = (float)d;

	if (f->kind == WEIR_F32)
		memcpy(at(f, record), &narrow, sizeof narrow);
	else
		memcpy(at(f, record), &d, sizeof d);
}

/* Of all NaNs the same one on every machine. */
static double quiet_nan(void)
{
	double nan = 0;

	(void)weir_parse_nonfinite("nan", 3, &nan);
	return nan;
}

void weir_field_put_nan(const struct weir_field *f, void *record)
{
	put_f64(f, record, quiet_nan());
}

static void put_text_default(const struct weir_field *f, void *record)
{
	const char *s = f->dflt.text;
	struct weir_text_writer w;

	weir_text_start(&w, f, record);
	while (s != NULL && w.len < w.max && s[w.len] != '\0')
		(void)weir_text_append(&w, s + w.len, 1);
	weir_text_end(&w);
}

int weir_field_put_default(const struct weir_field *f, void *record)
{
	uint8_t b = f->dflt.u != 0;

	if ((f->flags & WEIR_FIELD_DEFAULT) == 0)
		return WEIR_EMISSING;
	switch (f->kind) {
	case WEIR_BOOL:
		memcpy(at(f, record), &b, sizeof b);
		break;
	case WEIR_F32:
		memcpy(at(f, record), &f->dflt.f, sizeof f->dflt.f);
		break;
	case WEIR_F64:
		memcpy(at(f, record), &f->dflt.d, sizeof f->dflt.d);
		break;
	case WEIR_TEXT:
		put_text_default(f, record);
		break;
	case WEIR_TIME: /* in ns already */
		memcpy(at(f, record), &f->dflt.i, sizeof f->dflt.i);
		break;
	case WEIR_U8:
	case WEIR_U16:
	case WEIR_U32:
	case WEIR_U64:
		return weir_field_put_u64(f, record, f->dflt.u);
	default:
		return weir_field_put_i64(f, record, f->dflt.i);
	}
	return WEIR_OK;
}

/* ---- from text ---- */

static int refuse(struct weir_text_fault *fault, int code, size_t where, const char *text)
{
	*fault = (struct weir_text_fault){ .code = code, .at = where, .text = text };
	return code;
}

static bool is_word(const char *s, size_t len, const char *word, size_t word_len)
{
	return len == word_len && memcmp(s, word, word_len) == 0;
}

static int read_bool(
	const struct weir_field *f, void *record, const char *s, size_t len, struct weir_text_fault *fault)
{
	bool yes = is_word(s, len, "true", 4) || is_word(s, len, "1", 1);
	uint8_t b = yes;

	if (!yes && !is_word(s, len, "false", 5) && !is_word(s, len, "0", 1))
		return refuse(fault, WEIR_EPARSE, 0, "not a bool (true, false, 1 or 0)");
	memcpy(at(f, record), &b, sizeof b);
	return WEIR_OK;
}

static int read_integer(
	const struct weir_field *f, void *record, const char *s, size_t len, struct weir_text_fault *fault)
{
	int64_t i;
	uint64_t u;
	double d;
	int rc;

	rc = weir_parse_i64(s, len, &i);
	if (rc == WEIR_OK) {
		rc = weir_field_put_i64(f, record, i);
	} else if (rc == WEIR_ERANGE && f->kind == WEIR_U64) {
		rc = weir_parse_u64(s, len, &u);
		if (rc == WEIR_OK)
			rc = weir_field_put_u64(f, record, u);
	}
	if (rc == WEIR_OK)
		return rc;
	if (rc == WEIR_ERANGE)
		return refuse(fault, rc, 0, "integer out of range");
	if (weir_parse_f64(s, len, &d) != WEIR_EPARSE)
		return refuse(fault, WEIR_ECAST, 0, "not an integer");
	return refuse(fault, WEIR_EPARSE, 0, "not a number");
}

static int read_float(
	const struct weir_field *f, void *record, const char *s, size_t len, struct weir_text_fault *fault)
{
	double d = 0;
	float narrow = 0;
	int rc = f->kind == WEIR_F32 ? weir_parse_f32(s, len, &narrow) : weir_parse_f64(s, len, &d);

	if (rc == WEIR_ERANGE)
		return refuse(fault, rc, 0, "number out of range");
	if (rc == WEIR_OK) {
		if (f->kind == WEIR_F32)
			memcpy(at(f, record), &narrow, sizeof narrow);
		else
			memcpy(at(f, record), &d, sizeof d);
		return rc;
	}
	if (is_word(s, len, "null", 4))
		d = quiet_nan();
	else if (weir_parse_nonfinite(s, len, &d) < 0)
		return refuse(fault, WEIR_EPARSE, 0, "not a number");
	put_f64(f, record, d);
	return WEIR_OK;
}

static int read_time(
	const struct weir_field *f, void *record, const char *s, size_t len, struct weir_text_fault *fault)
{
	int64_t ns;
	int rc;

	if (f->unit_ns != 0)
		return read_integer(f, record, s, len, fault);
	rc = weir_parse_time(s, len, &ns);
	if (rc == WEIR_ERANGE)
		return refuse(fault, rc, 0, "time out of range");
	if (rc < 0)
		return refuse(fault, rc, 0, "not a time");
	memcpy(at(f, record), &ns, sizeof ns);
	return WEIR_OK;
}

static int read_text(
	const struct weir_field *f, void *record, const char *s, size_t len, struct weir_text_fault *fault)
{
	size_t valid = weir_utf8_valid(s, len);
	struct weir_text_writer w;

	if (valid < len)
		return refuse(fault, WEIR_EUTF8, valid, "invalid UTF-8");
	weir_text_start(&w, f, record);
	if (weir_text_append(&w, s, len) < 0)
		return refuse(fault, WEIR_ETOOLONG, 0, "text too long");
	weir_text_end(&w);
	return WEIR_OK;
}

int weir_field_from_text(
	const struct weir_field *f, void *record, const char *s, size_t len, struct weir_text_fault *fault)
{
	switch (f->kind) {
	case WEIR_BOOL:
		return read_bool(f, record, s, len, fault);
	case WEIR_F32:
	case WEIR_F64:
		return read_float(f, record, s, len, fault);
	case WEIR_TIME:
		return read_time(f, record, s, len, fault);
	case WEIR_TEXT:
		return read_text(f, record, s, len, fault);
	default:
		return read_integer(f, record, s, len, fault);
	}
}

/* ---- to text ---- */

size_t weir_field_text_max(const struct weir_field *f, enum weir_time_form time)
{
	switch (f->kind) {
	case WEIR_BOOL:
		return 5;
	case WEIR_F32:
		return WEIR_F32_TEXT_MAX;
	case WEIR_F64:
		return WEIR_F64_TEXT_MAX;
	case WEIR_U64:
		return WEIR_U64_TEXT_MAX;
	case WEIR_TIME:
		return time == WEIR_TIME_RFC3339 ? WEIR_TIME_TEXT_MAX : WEIR_I64_TEXT_MAX;
	case WEIR_I64:
		return WEIR_I64_TEXT_MAX;
	default:
		return 11; /* -2147483648 */
	}
}

static size_t write_time(int64_t ns, enum weir_time_form time, char *out)
{
	if (time == WEIR_TIME_RFC3339)
		return weir_format_time(out, ns);
	return weir_format_i64(out, weir_time_to_unit(ns, form_units_ns[time]));
}

#define GET(type, name) \
	type name;      \
	memcpy(&name, value, sizeof name)

static size_t write_signed(const struct weir_field *f, const char *value, char *out)
{
	switch (f->kind) {
	case WEIR_I8: {
		GET(int8_t, v);
		return weir_format_i64(out, v);
	}
	case WEIR_I16: {
		GET(int16_t, v);
		return weir_format_i64(out, v);
	}
	case WEIR_I32: {
		GET(int32_t, v);
		return weir_format_i64(out, v);
	}
	default: {
		GET(int64_t, v);
		return weir_format_i64(out, v);
	}
	}
}

static size_t write_unsigned(const struct weir_field *f, const char *value, char *out)
{
	switch (f->kind) {
	case WEIR_U8:
		return weir_format_u64(out, (uint8_t)*value);
	case WEIR_U16: {
		GET(uint16_t, v);
		return weir_format_u64(out, v);
	}
	case WEIR_U32: {
		GET(uint32_t, v);
		return weir_format_u64(out, v);
	}
	default: {
		GET(uint64_t, v);
		return weir_format_u64(out, v);
	}
	}
}

static size_t write_bool(const char *value, char *out)
{
	if (*value != 0) {
		memcpy(out, "true", 4);
		return 4;
	}
	memcpy(out, "false", 5);
	return 5;
}

size_t weir_field_to_text(const struct weir_field *f, const void *record, enum weir_time_form time, char *out)
{
	const char *value = (const char *)record + f->offset;
	size_t n;

	switch (f->kind) {
	case WEIR_BOOL:
		return write_bool(value, out);
	case WEIR_F32: {
		GET(float, v);
		n = weir_short_put_f32(out, v);
		return n > 0 ? n : weir_format_f32(out, v);
	}
	case WEIR_F64: {
		GET(double, v);
		n = weir_short_put_f64(out, v);
		return n > 0 ? n : weir_format_f64(out, v);
	}
	case WEIR_TIME: {
		GET(int64_t, v);
		return write_time(v, time, out);
	}
	case WEIR_I8:
	case WEIR_I16:
	case WEIR_I32:
	case WEIR_I64:
		return write_signed(f, value, out);
	default:
		return write_unsigned(f, value, out);
	}
}
