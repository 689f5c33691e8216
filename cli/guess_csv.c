/* SPDX-License-Identifier: MIT */
/*
 * guess_csv.c -- the columns of a CSV file: RFC 4180, and blanks around cells that are not quoted.
 */
#include <stdlib.h>
#include <string.h>

#include "guess.h"

/* A row; its cells lie in one block of bytes. */
struct row {
	char *bytes;
	size_t len, cap;
	struct {
		size_t at, len;
		bool quoted;
	} cells[GUESS_COLUMNS_MAX + 1];
	size_t n;
	size_t line_bytes;
	bool failed;
};

static void put(struct row *r, int c)
{
	if (r->len == r->cap) {
		size_t cap = 2 * r->cap + 4096;
		char *more = realloc(r->bytes, cap);

		if (more == NULL) {
			r->failed = true;
			return;
		}
		r->bytes = more;
		r->cap = cap;
	}
	r->bytes[r->len++] = (char)c;
}

/* The inside of a quoted cell, "" for a quote. Returns what follows its end. */
static int read_quoted(struct row *r, FILE *f)
{
	for (;;) {
		int c = getc(f);

		r->line_bytes++;
		if (c == '"') {
			c = getc(f);
			if (c != '"')
				return c;
			r->line_bytes++;
		}
		if (c == EOF || r->failed)
			return EOF;
		put(r, c);
	}
}

static bool is_blank(int c)
{
	return c == ' ' || c == '\t';
}

/* One cell, ended with NUL. Returns the delimiter, '\n' or EOF behind it. */
static int read_cell(struct row *r, FILE *f, char delimiter)
{
	size_t at = r->len;
	bool quoted = false;
	int c;

	do
		c = getc(f), r->line_bytes++;
	while (is_blank(c) && c != delimiter);
	if (c == '"') {
		quoted = true;
		c = read_quoted(r, f);
		while (is_blank(c) && c != delimiter)
			c = getc(f);
	}
	for (; c != delimiter && c != '\n' && c != EOF && !r->failed; c = getc(f)) {
		put(r, c);
		r->line_bytes++;
	}
	while (!quoted && r->len > at && (is_blank(r->bytes[r->len - 1]) || r->bytes[r->len - 1] == '\r'))
		r->len--;
	if (quoted && r->len > at && r->bytes[r->len - 1] == '\r')
		r->len--;
	if (r->n <= GUESS_COLUMNS_MAX) {
		r->cells[r->n].at = at;
		r->cells[r->n].len = r->len - at;
		r->cells[r->n].quoted = quoted;
		r->n++;
	}
	put(r, '\0');
	return c;
}

/* False: there is no other. Lines without a byte are none. */
static bool read_row(struct row *r, FILE *f, char delimiter)
{
	int end;

	do {
		r->len = r->n = r->line_bytes = 0;
		do
			end = read_cell(r, f, delimiter);
		while (end == delimiter && !r->failed);
	} while (end == '\n' && r->n == 1 && r->cells[0].len == 0 && !r->cells[0].quoted && !r->failed);
	return !r->failed && (end != EOF || r->n > 1 || r->cells[0].len > 0);
}

/* The one of these that stands most often in the first line. */
static char find_delimiter(FILE *f)
{
	static const char candidates[] = ",;\t|";
	size_t count[sizeof candidates - 1] = { 0 }, best = 0;
	bool quoted = false;
	int c;

	while ((c = getc(f)) != EOF && (c != '\n' || quoted)) {
		const char *at = c != '\0' ? strchr(candidates, c) : NULL;

		quoted = quoted != (c == '"');
		if (at != NULL && !quoted)
			count[at - candidates]++;
	}
	for (size_t i = 1; i < sizeof count / sizeof *count; i++)
		if (count[i] > count[best])
			best = i;
	guess_rewind(f);
	return candidates[best];
}

/* Names: all there, all texts, no two alike. */
static bool is_header(const struct row *r)
{
	for (size_t i = 0; i < r->n; i++) {
		const char *text = r->bytes + r->cells[i].at;

		if (r->cells[i].len == 0 || guess_text(text, r->cells[i].len) != GUESS_TEXT)
			return false;
		for (size_t k = 0; k < i; k++)
			if (strcmp(text, r->bytes + r->cells[k].at) == 0)
				return false;
	}
	return true;
}

static void take_row(struct guess *g, const struct row *r)
{
	g->rows++;
	if (r->line_bytes > g->longest_line)
		g->longest_line = r->line_bytes;
	if (r->n != g->n) {
		g->bad_rows++;
		return;
	}
	for (size_t i = 0; i < r->n; i++) {
		const char *text = r->bytes + r->cells[i].at;

		if (r->cells[i].len > 0)
			guess_value(&g->columns[i], text, r->cells[i].len, guess_text(text, r->cells[i].len));
		else if (r->cells[i].quoted)
			guess_value(&g->columns[i], text, 0, GUESS_TEXT);
	}
}

void guess_csv(struct guess *g, FILE *f)
{
	struct row *r = calloc(1, sizeof *r);

	g->failed = r == NULL;
	g->delimiter = find_delimiter(f);
	if (!g->failed && read_row(r, f, g->delimiter)) {
		g->header = is_header(r);
		for (size_t i = 0; i < r->n && !g->failed && !g->too_many; i++)
			(void)guess_column(g, g->header ? r->bytes + r->cells[i].at : NULL);
		if (!g->header)
			take_row(g, r);
		while (!g->too_many && read_row(r, f, g->delimiter))
			take_row(g, r);
	}
	if (r != NULL) {
		g->failed = g->failed || r->failed;
		free(r->bytes);
	}
	free(r);
}
