/* SPDX-License-Identifier: MIT */
/*
 * codec_json.c -- strings of JSON text, and values that nobody asked for (RFC 8259).
 *
 * What is skipped is checked as strictly as what is read: whether a line is malformed must not depend on the
 * record it is read into.
 */
#include <string.h>

#include <weir/codec.h>

int weir_ndjson_refuse(struct weir_json *j, int code, const char *where, const char *text)
{
	*j->fault = (struct weir_text_fault){ code, (size_t)(where - j->begin), text };
	return code;
}

/* ---- strings ---- */

/* Value of four hexadecimal digits, or -1. */
static int32_t hex4(const char *p, const char *end)
{
	int32_t v = 0;

	if (end - p < 4)
		return -1;
	for (int i = 0; i < 4; i++) {
		char c = p[i], lower = (char)(c | 0x20);

		if (c >= '0' && c <= '9')
			v = v * 16 + (c - '0');
		else if (lower >= 'a' && lower <= 'f')
			v = v * 16 + (lower - 'a' + 10);
		else
			return -1;
	}
	return v;
}

static size_t put_utf8(char out[4], uint32_t c)
{
	static const uint8_t first[] = { 0, 0, 0xc0, 0xe0, 0xf0 };
	size_t n = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;

	if (n == 1) {
		out[0] = (char)c;
		return n;
	}
	for (size_t i = n - 1; i > 0; i--, c >>= 6)
		out[i] = (char)(0x80 | (c & 0x3f));
	out[0] = (char)(first[n] | c);
	return n;
}

/* Decode \uXXXX, or two of them; *p is behind the u. Returns the bytes in out, or an error. */
static int unicode_escape(const char **p, const char *end, char out[4])
{
	int32_t c = hex4(*p, end), low;

	if (c < 0)
		return WEIR_EPARSE;
	*p += 4;
	if (c >= 0xdc00 && c < 0xe000)
		return WEIR_EUTF8;
	if (c >= 0xd800 && c < 0xdc00) {
		if (end - *p < 2 || (*p)[0] != '\\' || (*p)[1] != 'u')
			return WEIR_EUTF8;
		low = hex4(*p + 2, end);
		if (low < 0)
			return WEIR_EPARSE;
		if (low < 0xdc00 || low >= 0xe000)
			return WEIR_EUTF8;
		*p += 6;
		c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
	}
	return (int)put_utf8(out, (uint32_t)c);
}

/* Decode the escape at *p, the byte behind the backslash. Returns the bytes in out, or an error. */
static int escape(const char **p, const char *end, char out[4])
{
	static const char names[] = "\"\\/bfnrt", bytes[] = "\"\\/\b\f\n\r\t";
	char c = *(*p)++;

	if (c == 'u')
		return unicode_escape(p, end, out);
	for (size_t i = 0; i < sizeof names - 1; i++)
		if (names[i] == c) {
			out[0] = bytes[i];
			return 1;
		}
	return WEIR_EPARSE;
}

/* Pass bytes that stand for themselves; the newline at the end is none. */
static const char *plain_run(const char *p)
{
	while ((unsigned char)(*p - 0x20) < 0x60 && *p != '"' && *p != '\\')
		p++;
	return p;
}

/* Pass bytes that stand for themselves, characters past ASCII included; NULL after a fault. */
static const char *text_run(struct weir_json *j, const char *p)
{
	for (p = plain_run(p); ((unsigned char)*p & 0x80u) != 0; p = plain_run(p)) {
		size_t n = weir_utf8_char(p, j->end);

		if (n == 0) {
			weir_ndjson_refuse(j, WEIR_EUTF8, p, "invalid UTF-8");
			return NULL;
		}
		p += n;
	}
	return p;
}

static int put_run(struct weir_json *j, struct weir_text_writer *w, const char *s, size_t len)
{
	if (w != NULL && weir_text_append(w, s, len) < 0)
		return weir_ndjson_refuse(j, WEIR_ETOOLONG, j->p, "text too long");
	return WEIR_OK;
}

static int refuse_escape(struct weir_json *j, int code, const char *where)
{
	return weir_ndjson_refuse(
		j, code, where, code == WEIR_EUTF8 ? "half of a surrogate pair" : "unknown escape");
}

int weir_ndjson_string(struct weir_json *j, struct weir_text_writer *w)
{
	const char *p = j->p + 1;

	for (;;) {
		const char *run = p;
		char bytes[4];
		int n;

		p = text_run(j, p);
		if (p == NULL)
			return j->fault->code;
		if (put_run(j, w, run, (size_t)(p - run)) < 0)
			return WEIR_ETOOLONG;
		if (*p == '"')
			break;
		if (*p != '\\')
			return p == j->end ? weir_ndjson_refuse(j, WEIR_EPARSE, j->p, "string without an end")
					   : weir_ndjson_refuse(
						     j, WEIR_EPARSE, p, "control character in a string");
		run = p++;
		n = escape(&p, j->end, bytes);
		if (n < 0)
			return refuse_escape(j, n, run);
		if (put_run(j, w, bytes, (size_t)n) < 0)
			return WEIR_ETOOLONG;
	}
	if (w != NULL)
		weir_text_end(w);
	j->p = p + 1;
	return WEIR_OK;
}

bool weir_ndjson_same(const char *raw, const char *raw_end, const char *s, size_t len)
{
	while (raw < raw_end) {
		char bytes[4] = { *raw++ };
		int n = 1;

		if (bytes[0] == '\\')
			n = escape(&raw, raw_end, bytes);
		if (n < 0 || len < (size_t)n || memcmp(s, bytes, (size_t)n) != 0)
			return false;
		s += n;
		len -= (size_t)n;
	}
	return len == 0;
}

/* ---- values to skip ---- */

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static const char *skip_digits(const char *p)
{
	while (is_digit(*p))
		p++;
	return p;
}

static int skip_number(struct weir_json *j)
{
	const char *p = j->p + (*j->p == '-'), *start = p;
	bool good = is_digit(*p);

	p = skip_digits(p);
	good = good && (*start != '0' || p == start + 1);
	if (*p == '.') {
		start = ++p;
		p = skip_digits(p);
		good = good && p > start;
	}
	if (*p == 'e' || *p == 'E') {
		p++;
		p += *p == '+' || *p == '-';
		start = p;
		p = skip_digits(p);
		good = good && p > start;
	}
	if (!good)
		return weir_ndjson_refuse(j, WEIR_EPARSE, j->p, "malformed number");
	j->p = p;
	return WEIR_OK;
}

static int skip_word(struct weir_json *j)
{
	static const char *const words[] = { "true", "false", "null" };

	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
		size_t n = 0;

		while (words[i][n] != '\0' && j->p[n] == words[i][n])
			n++;
		if (words[i][n] == '\0') {
			j->p += n;
			return WEIR_OK;
		}
	}
	return weir_ndjson_refuse(j, WEIR_EPARSE, j->p, "not a JSON value");
}

static int skip_scalar(struct weir_json *j)
{
	if (*j->p == '"')
		return weir_ndjson_string(j, NULL);
	if (*j->p == '-' || is_digit(*j->p))
		return skip_number(j);
	return skip_word(j);
}

/* A key and its colon. */
static int skip_key(struct weir_json *j)
{
	int rc;

	weir_ndjson_blanks(j);
	if (*j->p != '"')
		return weir_ndjson_refuse(j, WEIR_EPARSE, j->p, "expected a key");
	rc = weir_ndjson_string(j, NULL);
	if (rc < 0)
		return rc;
	weir_ndjson_blanks(j);
	if (*j->p != ':')
		return weir_ndjson_refuse(j, WEIR_EPARSE, j->p, "expected ':'");
	j->p++;
	return WEIR_OK;
}

/* The objects and arrays that are open: bit 0 of `objects` is the innermost. */
struct open {
	uint32_t levels, objects;
};

static bool in_object(const struct open *o)
{
	return (o->objects & 1u) != 0;
}

static int opened(struct weir_json *j, struct open *o)
{
	if (j->depth + o->levels >= WEIR_JSON_NESTING_MAX)
		return weir_ndjson_refuse(j, WEIR_EPARSE, j->p, "nested too deep");
	o->levels++;
	o->objects = o->objects << 1 | (*j->p == '{');
	j->p++;
	return WEIR_OK;
}

/* Close what closes here. Returns 1 when another value follows, 0 at the end of the outermost. */
static int go_on(struct weir_json *j, struct open *o)
{
	while (o->levels > 0) {
		weir_ndjson_blanks(j);
		if (*j->p == ',') {
			j->p++;
			return 1;
		}
		if (*j->p != (in_object(o) ? '}' : ']'))
			return weir_ndjson_refuse(j, WEIR_EPARSE, j->p,
				in_object(o) ? "expected ',' or '}'" : "expected ',' or ']'");
		j->p++;
		o->levels--;
		o->objects >>= 1;
	}
	return 0;
}

int weir_ndjson_skip(struct weir_json *j)
{
	struct open o = { 0, 0 };
	int rc = 1;

	if (is_digit(*j->p) || *j->p == '"') /* the usual ones */
		return skip_scalar(j);
	while (rc > 0) {
		bool empty = false;

		weir_ndjson_blanks(j);
		if (*j->p == '{' || *j->p == '[') {
			rc = opened(j, &o);
			if (rc < 0)
				break;
			weir_ndjson_blanks(j);
			empty = *j->p == (in_object(&o) ? '}' : ']');
		} else {
			rc = skip_scalar(j);
			empty = true;
		}
		if (rc >= 0 && empty)
			rc = go_on(j, &o);
		else if (rc >= 0)
			rc = 1;
		if (rc > 0 && in_object(&o))
			rc = skip_key(j) < 0 ? j->fault->code : 1;
	}
	return rc;
}
