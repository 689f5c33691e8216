/* SPDX-License-Identifier: MIT */
/*
 * guess_ndjson.c -- the columns of JSON lines: a path for each value that is no object, "a.b" within one.
 *
 * Arrays, and values that are of one kind here and of another there, are no fields: their column can be nothing.
 */
#include <stdlib.h>
#include <string.h>

#include "guess.h"

#define PATH_BYTES 512u
#define DEPTH_MOST 32u

struct reading {
	struct guess *g;
	const char *at, *end;
	char *text; /* of the last string, as long as the line at most */
	size_t len;
	char path[PATH_BYTES];
	unsigned depth;
	bool is_named; /* the path names one value: no key in it has a point */
};

static void skip_blanks(struct reading *r)
{
	while (r->at < r->end && strchr(" \t\r\n", *r->at) != NULL)
		r->at++;
}

static bool next_is(struct reading *r, char c)
{
	skip_blanks(r);
	if (r->at == r->end || *r->at != c)
		return false;
	r->at++;
	return true;
}

static void put_character(struct reading *r, unsigned code)
{
	char *to = r->text + r->len;

	if (code < 0x80) {
		to[0] = (char)code;
		r->len += 1;
	} else if (code < 0x800) {
		to[0] = (char)(0xC0u | code >> 6);
		to[1] = (char)(0x80u | (code & 0x3Fu));
		r->len += 2;
	} else {
		to[0] = (char)(0xE0u | code >> 12);
		to[1] = (char)(0x80u | (code >> 6 & 0x3Fu));
		to[2] = (char)(0x80u | (code & 0x3Fu));
		r->len += 3;
	}
}

/* \u: the halves of a pair are counted as two characters, which is no shorter. */
static bool read_code(struct reading *r)
{
	char digits[5] = "", *end;
	unsigned long code;

	if (r->end - r->at < 4)
		return false;
	memcpy(digits, r->at, 4);
	code = strtoul(digits, &end, 16);
	if (end != digits + 4)
		return false;
	put_character(r, (unsigned)code);
	r->at += 4;
	return true;
}

/* Behind its quote. */
static bool read_string(struct reading *r)
{
	static const char letters[] = "\"\\/bfnrt", meant[] = "\"\\/\b\f\n\r\t";

	r->len = 0;
	while (r->at < r->end && *r->at != '"') {
		const char *letter;

		if (*r->at != '\\') {
			r->text[r->len++] = *r->at++;
			continue;
		}
		if (++r->at == r->end)
			return false;
		letter = strchr(letters, *r->at);
		if (*r->at++ == 'u') {
			if (!read_code(r))
				return false;
		} else if (letter == NULL) {
			return false;
		} else {
			r->text[r->len++] = meant[letter - letters];
		}
	}
	r->text[r->len] = '\0';
	return r->at++ < r->end;
}

static void take(struct reading *r, const char *text, size_t len, unsigned kinds)
{
	struct guess_column *c = r->is_named ? guess_column(r->g, r->path) : NULL;

	if (c != NULL)
		guess_value(c, text, len, kinds);
}

static bool read_value(struct reading *r);

static bool read_members(struct reading *r, bool is_array)
{
	char close = is_array ? ']' : '}';
	size_t path = strlen(r->path);

	if (next_is(r, close))
		return true;
	do {
		bool was_named = r->is_named;

		if (!is_array) {
			if (!next_is(r, '"') || !read_string(r) || !next_is(r, ':'))
				return false;
			r->is_named = was_named && strchr(r->text, '.') == NULL &&
				      strlen(r->text) == r->len && r->len > 0 &&
				      path + r->len + 2 < sizeof r->path;
			if (r->is_named)
				(void)snprintf(r->path + path, sizeof r->path - path, "%s%s",
					path > 0 ? "." : "", r->text);
		}
		if (!read_value(r))
			return false;
		r->path[path] = '\0';
		r->is_named = was_named;
	} while (next_is(r, ','));
	return next_is(r, close);
}

static bool read_container(struct reading *r, bool is_array)
{
	bool was_named = r->is_named, good;

	if (r->depth == DEPTH_MOST)
		return false;
	if (is_array)
		take(r, "", 0, 0);
	r->depth++;
	r->is_named = was_named && !is_array;
	good = read_members(r, is_array);
	r->depth--;
	r->is_named = was_named;
	return good;
}

/* A number, true, false or null. */
static bool read_word(struct reading *r)
{
	const char *from = r->at;
	unsigned kinds;
	size_t len;

	while (r->at < r->end && strchr(" \t\r\n,]}", *r->at) == NULL)
		r->at++;
	len = (size_t)(r->at - from);
	if (len == 4 && memcmp(from, "null", 4) == 0) {
		if (r->is_named)
			(void)guess_column(r->g, r->path); /* known, but not there */
		return true;
	}
	kinds = guess_text(from, len) & ~GUESS_TEXT;
	if (kinds == 0 || (kinds & GUESS_TIME) != 0)
		return false; /* no JSON */
	take(r, from, len, kinds);
	return true;
}

static bool read_value(struct reading *r)
{
	if (next_is(r, '{'))
		return read_container(r, false);
	if (next_is(r, '['))
		return read_container(r, true);
	if (!next_is(r, '"'))
		return read_word(r);
	if (!read_string(r))
		return false;
	take(r, r->text, r->len, guess_text(r->text, r->len) & (GUESS_TEXT | GUESS_TIME));
	return true;
}

static void take_line(struct guess *g, const char *line, size_t len, char *text)
{
	struct reading r = { .g = g, .at = line, .end = line + len, .text = text, .is_named = true };

	g->rows++;
	if (len > g->longest_line)
		g->longest_line = len;
	if (!next_is(&r, '{') || !read_container(&r, false) || (skip_blanks(&r), r.at != r.end))
		g->bad_rows++;
}

void guess_ndjson(struct guess *g, FILE *f)
{
	char *line = NULL, *text = NULL;
	size_t size = 0;
	ssize_t n;

	g->ndjson = true;
	while (!g->failed && !g->too_many && (n = getline(&line, &size, f)) >= 0) {
		char *more = realloc(text, size + 1);

		if (more == NULL) {
			g->failed = true;
			break;
		}
		text = more;
		if (line[strspn(line, " \t\r\n")] != '\0')
			take_line(g, line, (size_t)n, text);
	}
	free(line);
	free(text);
}
