/* SPDX-License-Identifier: MIT */
/*
 * format.c -- JSON text laid out as definitions are: two blanks a level, lines of at most 120 bytes where that can be.
 *
 * The layout follows from the tokens alone, so that it does not matter how the text was laid out before, and laying it
 * out again changes nothing. Of the text before stay: the order and spelling of all keys and values, comments, and that
 * lines of their own were set apart by blank ones.
 *
 *	one line	an array or object that fits and has no comment in it
 *	a line each	all others, the top level, `records`, `streams`, and each stream
 *	hugged		the last value of an object within a stream: { "window": { "tumbling": "60s", "emit": {
 *
 * A comment behind something stays behind it; one on lines of its own stays before what follows; one between a key and
 * its value, where nobody looks for it, goes before the key.
 */
#include "format.h"

#include <stdlib.h>
#include <string.h>

#include <weir/document.h>
#include <weir/error.h>

#define WIDTH       120u
#define HUG_DEPTH   3u /* of a stage */
#define INDENT_SIZE 2u

enum token_kind { END, OPEN, CLOSE, COLON, COMMA, SCALAR, LINE_COMMENT, BLOCK_COMMENT };

struct token {
	const char *at;
	size_t len;
	size_t comments; /* how many stand before it */
	size_t match;    /* OPEN: its CLOSE */
	uint32_t lines;  /* line ends between the token before and it */
	uint8_t kind;    /* enum token_kind */
};

struct layout {
	struct token *tokens; /* the last is an END */
	size_t n, cap;
	size_t at;       /* the next to print */
	unsigned depth;  /* of arrays and objects */
	unsigned indent; /* levels */
	size_t column;
	bool line_is_over; /* a comment to the line's end was put */
	weir_put_fn *put;
	void *arg;
	int rc;
};

/* ---- tokens ---- */

static size_t string_len(const char *text)
{
	size_t n = 1;

	while (text[n] != '"')
		n += text[n] == '\\' ? 2 : 1;
	return n + 1;
}

/* A comment ends before the line's end, or with its own; blanks at its end are not its. */
static size_t comment_len(const char *text, const char *end)
{
	size_t n = 2;

	if (text[1] == '*') {
		while (text[n] != '*' || text[n + 1] != '/')
			n++;
		return n + 2;
	}
	while (text + n < end && text[n] != '\n' && text[n] != '\r')
		n++;
	while (text[n - 1] == ' ' || text[n - 1] == '\t')
		n--;
	return n;
}

static struct token next_token(const char *at, const char *end)
{
	struct token t = { .at = at, .len = 1 };

	switch (*at) {
	case '{':
	case '[':
		t.kind = OPEN;
		break;
	case '}':
	case ']':
		t.kind = CLOSE;
		break;
	case ':':
		t.kind = COLON;
		break;
	case ',':
		t.kind = COMMA;
		break;
	case '/':
		t.kind = at[1] == '*' ? BLOCK_COMMENT : LINE_COMMENT;
		t.len = comment_len(at, end);
		break;
	case '"':
		t.kind = SCALAR;
		t.len = string_len(at);
		break;
	default:
		t.kind = SCALAR;
		while (at + t.len < end && strchr(" \t\r\n{}[]:,/\"", at[t.len]) == NULL)
			t.len++;
		break;
	}
	return t;
}

static bool is_comment(const struct token *t)
{
	return t->kind == LINE_COMMENT || t->kind == BLOCK_COMMENT;
}

static bool add(struct layout *l, struct token t)
{
	if (l->n == l->cap) {
		size_t cap = l->cap > 0 ? 2 * l->cap : 256;
		struct token *more = realloc(l->tokens, cap * sizeof *more);

		if (more == NULL)
			return false;
		l->tokens = more;
		l->cap = cap;
	}
	l->tokens[l->n++] = t;
	return true;
}

static bool read_tokens(struct layout *l, const char *text, const char *end)
{
	size_t open[WEIR_JSON_MAX_DEPTH], depth = 0, comments = 0;
	uint32_t lines = 0;

	for (; text < end; text++) {
		struct token t;

		if (strchr(" \t\r\n", *text) != NULL) {
			lines += *text == '\n';
			continue;
		}
		t = next_token(text, end);
		t.lines = lines;
		t.comments = comments;
		comments += is_comment(&t);
		if (t.kind == OPEN)
			open[depth++] = l->n;
		else if (t.kind == CLOSE)
			l->tokens[open[--depth]].match = l->n;
		if (!add(l, t))
			return false;
		text += t.len - 1;
		lines = 0;
	}
	return add(l, (struct token){ .kind = END, .lines = lines, .comments = comments });
}

/* ---- putting ---- */

static void put(struct layout *l, const char *text, size_t len)
{
	if (l->rc == WEIR_OK)
		l->rc = l->put(l->arg, text, len);
	l->column += len;
}

static void new_line(struct layout *l, bool blank)
{
	put(l, "\n\n", blank ? 2 : 1);
	for (unsigned i = 0; i < l->indent * INDENT_SIZE; i++)
		put(l, " ", 1);
	l->column = (size_t)l->indent * INDENT_SIZE;
	l->line_is_over = false;
}

/* Whether a blank line sets the next token apart from one before it. */
static bool is_apart(const struct layout *l)
{
	return l->tokens[l->at].lines > 1 && l->at > 0 && l->tokens[l->at - 1].kind != OPEN;
}

static void put_token(struct layout *l)
{
	const struct token *t = &l->tokens[l->at++];

	put(l, t->at, t->len);
}

/* The lines of a long comment as they are, but for blanks and CR at their ends. */
static void put_comment(struct layout *l)
{
	const struct token *t = &l->tokens[l->at++];
	const char *line = t->at, *end = t->at + t->len;

	l->line_is_over = t->kind == LINE_COMMENT;
	for (;;) {
		const char *nl = memchr(line, '\n', (size_t)(end - line)), *last = nl != NULL ? nl : end;

		while (nl != NULL && last > line && strchr(" \t\r", last[-1]) != NULL)
			last--;
		put(l, line, (size_t)(last - line));
		if (nl == NULL)
			return;
		put(l, "\n", 1);
		line = nl + 1;
	}
}

/* ---- one line ---- */

/* What a value takes on one line; `from` and `to` are its first token and its last. */
static size_t flat_width(const struct layout *l, size_t from, size_t to)
{
	size_t width = 0;

	for (size_t i = from; i <= to; i++) {
		const struct token *t = &l->tokens[i];
		bool padded = *t->at == '{' || *t->at == '}';

		width += t->len;
		if (t->kind == COLON || t->kind == COMMA)
			width++;
		else if (padded && (t->kind == OPEN ? t->match != i + 1 : l->tokens[i - 1].kind != OPEN))
			width++;
	}
	return width;
}

static void put_flat(struct layout *l, size_t to)
{
	while (l->at <= to) {
		const struct token *t = &l->tokens[l->at];
		bool brace = *t->at == '{' || *t->at == '}';

		if (brace && t->kind == CLOSE && t[-1].kind != OPEN)
			put(l, " ", 1);
		put_token(l);
		if (t->kind == COLON || t->kind == COMMA || (brace && t->kind == OPEN && t[1].kind != CLOSE))
			put(l, " ", 1);
	}
}

/* ---- values ---- */

static size_t last_of(const struct layout *l, size_t i)
{
	return l->tokens[i].kind == OPEN ? l->tokens[i].match : i;
}

static bool has_comment(const struct layout *l, size_t from, size_t to)
{
	return l->tokens[to].comments > l->tokens[from].comments;
}

/* How a value is laid out whatever its size: PLAIN as it fits, OPEN_UP a line each, OPEN_ALL and so is what it holds. */
enum manner { PLAIN, OPEN_UP, OPEN_ALL };

static bool is_key(const struct token *t, const char *key)
{
	return t->len == strlen(key) && memcmp(t->at, key, t->len) == 0;
}

static enum manner manner_of(const struct layout *l, const struct token *key, enum manner outer)
{
	if (outer == OPEN_ALL)
		return OPEN_UP;
	if (l->depth != 1 || key == NULL)
		return PLAIN;
	return is_key(key, "\"streams\"") ? OPEN_ALL : is_key(key, "\"records\"") ? OPEN_UP : PLAIN;
}

static void put_value(struct layout *l, enum manner manner);

/* The first token of the last value in an object whose other tokens need one line only, or 0. */
static size_t hugged(const struct layout *l, size_t open)
{
	size_t last = open, close = l->tokens[open].match;

	if (l->depth < HUG_DEPTH || *l->tokens[open].at != '{')
		return 0;
	for (size_t i = open + 1; i < close; i = last_of(l, i) + 1)
		if (l->tokens[i].kind == OPEN)
			last = i;
	if (last == open || last_of(l, last) + 1 != close || l->tokens[last].match == last + 1)
		return 0;
	if (has_comment(l, open, last) || has_comment(l, l->tokens[last].match, close))
		return 0;
	return l->column + flat_width(l, open, last) <= WIDTH ? last : 0;
}

static void put_comments(struct layout *l)
{
	while (is_comment(&l->tokens[l->at])) {
		if (l->tokens[l->at].lines == 0 && !l->line_is_over)
			put(l, " ", 1);
		else
			new_line(l, is_apart(l));
		put_comment(l);
	}
}

/* Comments between a key and its value, before the key. */
static void put_inner_comments(struct layout *l, size_t value)
{
	size_t key = l->at;

	for (l->at = key + 1; l->at < value;)
		if (is_comment(&l->tokens[l->at])) {
			put_comment(l);
			new_line(l, false);
		} else {
			l->at++;
		}
	l->at = key;
}

/* An element or member, up to its comma. */
static void put_item(struct layout *l, bool is_member, enum manner outer)
{
	const struct token *key = is_member ? &l->tokens[l->at] : NULL;
	size_t value = l->at;

	if (is_member) {
		do
			value++;
		while (l->tokens[value].kind == COLON || is_comment(&l->tokens[value]));
		put_inner_comments(l, value);
		put_token(l);
		put(l, ": ", 2);
		l->at = value;
	}
	put_value(l, manner_of(l, key, outer));
}

/* The comma goes before comments that stood before it. */
static void put_comma(struct layout *l)
{
	size_t i = l->at;

	while (is_comment(&l->tokens[i]))
		i++;
	if (l->tokens[i].kind == COMMA)
		put(l, ",", 1);
	put_comments(l);
	if (l->tokens[l->at].kind == COMMA)
		l->at++;
	put_comments(l);
}

static void put_lines(struct layout *l, size_t close, enum manner manner)
{
	bool is_object = *l->tokens[l->at].at == '{';

	put_token(l);
	l->depth++;
	l->indent++;
	put_comments(l);
	while (l->at < close) {
		new_line(l, is_apart(l));
		put_item(l, is_object, manner);
		put_comma(l);
	}
	l->indent--;
	l->depth--;
	new_line(l, false);
	put_token(l);
}

/* Up to the last value on this line, and the rest behind that value's end. */
static void put_hugged(struct layout *l, size_t last, size_t close)
{
	put_flat(l, last - 1);
	l->depth++;
	put_value(l, PLAIN);
	l->depth--;
	put_flat(l, close);
}

static void put_value(struct layout *l, enum manner manner)
{
	size_t from = l->at, to = last_of(l, from), last;
	bool is_plain = manner == PLAIN;

	if (l->tokens[from].kind != OPEN || to == from + 1)
		put_flat(l, to);
	else if (is_plain && !has_comment(l, from, to) && l->column + flat_width(l, from, to) < WIDTH)
		put_flat(l, to);
	else if (is_plain && (last = hugged(l, from)) != 0)
		put_hugged(l, last, to);
	else
		put_lines(l, to, manner);
}

static void put_document(struct layout *l)
{
	while (l->tokens[l->at].kind != END) {
		if (l->at > 0 && is_comment(&l->tokens[l->at])) {
			put_comments(l);
			continue;
		}
		if (l->at > 0)
			new_line(l, is_apart(l));
		if (is_comment(&l->tokens[l->at]))
			put_comment(l);
		else
			put_value(l, OPEN_UP);
	}
	put(l, "\n", 1);
}

int weir_json_format(const char *text, size_t len_bytes, weir_put_fn *put_fn, void *arg)
{
	struct layout l = { .put = put_fn, .arg = arg };

	if (read_tokens(&l, text, text + len_bytes))
		put_document(&l);
	else
		l.rc = WEIR_ENOMEM;
	free(l.tokens);
	return l.rc;
}
