/* SPDX-License-Identifier: MIT */
/*
 * codec_cell.c -- the cells of one CSV line (RFC 4180), and values out of them.
 *
 * A quote is one only at the start of a cell; anywhere else in an unquoted cell it is a byte like others, so
 * that a stray one (5" pipe) does not swallow the lines behind it.
 */
#include <string.h>

#include <weir/codec.h>
#include <weir/num.h>

#include "codec_number.h"

static int refuse(
	const struct weir_cells *r, int code, const char *at, const char *text, struct weir_text_fault *fault)
{
	*fault = (struct weir_text_fault){ code, (size_t)(at - r->line), text };
	return code;
}

static int refuse_value(const struct weir_cells *r, const struct weir_field *f, int code, const char *at,
	const char *text, struct weir_text_fault *fault)
{
	return refuse(r, code, at, weir_codec_message(r->message, f->name, text), fault);
}

/* ---- cells ---- */

int weir_csv_delimiter(const char *text)
{
	static const char refused[] = "\"\n\r.+-";
	char c = ',', lower;

	if (text != NULL) {
		c = text[0];
		if (c == '\0' || text[1] != '\0')
			return WEIR_EINVAL;
	}
	lower = (char)(c | 0x20);
	if (((unsigned char)c & 0x80u) != 0 || (c >= '0' && c <= '9') || (lower >= 'a' && lower <= 'z') ||
		memchr(refused, c, sizeof refused - 1) != NULL)
		return WEIR_EINVAL;
	return c;
}

static const char *skip_blanks(const struct weir_cells *r, const char *p)
{
	while (p < r->end && (*p == ' ' || *p == '\t') && *p != r->delimiter)
		p++;
	return p;
}

static int quoted_cell(struct weir_cells *r, struct weir_cell *cell, struct weir_text_fault *fault)
{
	const char *p = cell->start + 1, *quote;

	cell->s = p;
	cell->quoted = true;
	for (;; p = quote + 2) {
		quote = memchr(p, '"', (size_t)(r->end - p));
		if (quote == NULL)
			return refuse(r, WEIR_EPARSE, cell->start, "quote without an end", fault);
		if (quote + 1 == r->end || quote[1] != '"')
			break;
		cell->escapes = true;
	}
	cell->len = (size_t)(quote - cell->s);
	p = skip_blanks(r, quote + 1);
	if (p < r->end && *p != r->delimiter)
		return refuse(r, WEIR_EPARSE, p, "text behind a closing quote", fault);
	r->p = p;
	return WEIR_OK;
}

int weir_cell_next(struct weir_cells *r, struct weir_cell *cell, struct weir_text_fault *fault)
{
	const char *p = skip_blanks(r, r->p), *stop = p;

	*cell = (struct weir_cell){ .s = p, .start = p };
	if (p < r->end && *p == '"')
		return quoted_cell(r, cell, fault);
	while (stop < r->end && *stop != r->delimiter)
		stop++;
	r->p = stop;
	while (stop > p && (stop[-1] == ' ' || stop[-1] == '\t'))
		stop--;
	cell->len = (size_t)(stop - p);
	return WEIR_OK;
}

bool weir_cell_is(const struct weir_cell *cell, const char *text)
{
	for (size_t i = 0; i < cell->len; i++, text++) {
		if (*text == '\0' || cell->s[i] != *text)
			return false;
		i += cell->escapes && *text == '"';
	}
	return *text == '\0';
}

/* ---- values ---- */

/* Text in which "" stands for a quote: each run between them is taken with its first quote. */
static int read_escaped(struct weir_cells *r, const struct weir_field *f, void *record,
	const struct weir_cell *cell, struct weir_text_fault *fault)
{
	const char *p = cell->s, *end = p + cell->len;
	size_t valid = weir_utf8_valid(p, cell->len);
	struct weir_text_writer w;

	if (f->kind != WEIR_TEXT)
		return refuse_value(
			r, f, WEIR_EPARSE, cell->start, "quotes in a value that is no text", fault);
	if (valid < cell->len)
		return refuse_value(r, f, WEIR_EUTF8, p + valid, "invalid UTF-8", fault);
	weir_text_start(&w, f, record);
	while (p < end) {
		const char *quote = memchr(p, '"', (size_t)(end - p));
		const char *stop = quote != NULL ? quote + 1 : end;

		if (weir_text_append(&w, p, (size_t)(stop - p)) < 0)
			return refuse_value(r, f, WEIR_ETOOLONG, cell->start, "text too long", fault);
		p = stop + (quote != NULL);
	}
	weir_text_end(&w);
	return WEIR_OK;
}

static int read_any(
	struct weir_cells *r, const struct weir_field *f, void *record, struct weir_text_fault *fault)
{
	struct weir_cell cell;
	int rc = weir_cell_next(r, &cell, fault);

	if (rc < 0)
		return rc;
	if (cell.escapes)
		return read_escaped(r, f, record, &cell, fault);
	if (cell.len == 0 && !cell.quoted) {
		if (weir_field_put_default(f, record) == WEIR_OK)
			return WEIR_OK;
		return refuse_value(r, f, WEIR_EMISSING, cell.start, "empty, and has no default", fault);
	}
	rc = weir_field_from_text(f, record, cell.s, cell.len, fault);
	if (rc < 0)
		return refuse_value(
			r, f, rc, fault->at > 0 ? cell.s + fault->at : cell.start, fault->text, fault);
	return WEIR_OK;
}

/* Store the JSON number at p; its bytes, or 0 when it is not one that fits as it is. */
static ptrdiff_t scan_number(const char *p, const char *end, const struct weir_field *f, void *record)
{
	char *value = (char *)record + f->offset;
	ptrdiff_t n = 0;
	int64_t i = 0;
	double f64;
	float f32;

	switch (f->kind) {
	case WEIR_BOOL:
	case WEIR_TEXT:
		break;
	case WEIR_F32:
		n = weir_short_f32(p, end, &f32);
		if (n == 0)
			n = weir_scan_f32(p, end, &f32);
		if (n > 0)
			memcpy(value, &f32, sizeof f32);
		break;
	case WEIR_F64:
		n = weir_short_f64(p, end, &f64);
		if (n == 0)
			n = weir_scan_f64(p, end, &f64);
		if (n > 0)
			memcpy(value, &f64, sizeof f64);
		break;
	case WEIR_TIME:
		if (f->unit_ns == 0)
			break; /* else an integer */
			       /* fall through */
	default:
		n = weir_short_i64(p, end, &i);
		if (n == 0)
			n = weir_scan_i64(p, end, &i);
		if (n > 0 && weir_field_put_i64(f, record, i) < 0)
			n = 0;
	}
	return n;
}

/*
 * The usual cell is a plain number, read on the way to its end. All other forms, and all faults, are
 * read_any's: it reads the cell again.
 */
int weir_cell_read(
	struct weir_cells *r, const struct weir_field *f, void *record, struct weir_text_fault *fault)
{
	const char *p = skip_blanks(r, r->p);
	ptrdiff_t n = scan_number(p, r->end, f, record);

	if (n > 0) {
		p = skip_blanks(r, p + n);
		if (p == r->end || *p == r->delimiter) {
			r->p = p;
			return WEIR_OK;
		}
	}
	return read_any(r, f, record, fault);
}
