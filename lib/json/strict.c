/* SPDX-License-Identifier: MIT */
/*
 * strict.c -- the strict pass: RFC 8259 to the letter, with comments.
 *
 * The JSON library lets through what a definition must not hold (trailing text, duplicate keys, `01`, raw
 * control characters, invalid UTF-8, `1e999`), and keeps no positions. So this pass reads the text first: it
 * notes where each key and value stands, blanks comments and reports faults. A fault that leaves no doubt
 * about the rest is mended in place, so that the pass and the loader can go on to the next one; any other
 * ends the pass.
 */
#include "strict.h"

#include <weir/error.h>

#include <string.h>

static void vtell(struct weir_json_scan *s, size_t at, const char *format, va_list args)
	WEIR_JSON_PRINTF(3, 0);

static void vtell(struct weir_json_scan *s, size_t at, const char *format, va_list args)
{
	struct weir_json_position p = weir_json_locate(s->doc, at);
	if (weir_diagnostics_vadd(s->faults, s->doc->name, p.line, p.column, format, args) < 0) {
		s->no_memory = true;
	}
}

void weir_json_scan_tell(struct weir_json_scan *s, size_t at, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	vtell(s, at, format, args);
	va_end(args);
}

bool weir_json_scan_stop(struct weir_json_scan *s, size_t at, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	vtell(s, at, format, args);
	va_end(args);
	return false;
}

bool weir_json_scan_sees(const struct weir_json_scan *s, char c)
{
	return s->at < s->len && s->text[s->at] == c;
}

struct weir_json_node *weir_json_scan_add(
	struct weir_json_scan *s, enum weir_json_kind kind, size_t at, size_t len)
{
	struct weir_json_doc *doc = s->doc;
	void *nodes =
		weir_json_grow(doc->alloc, doc->nodes, doc->nodes_n, &doc->nodes_cap, sizeof *doc->nodes);
	if (!nodes) {
		s->no_memory = true;
		return NULL;
	}
	doc->nodes = nodes;
	struct weir_json_node *node = &doc->nodes[doc->nodes_n++];
	*node = s->key;
	s->key = (struct weir_json_node){ .doc = doc };
	node->doc = doc;
	node->kind = (uint8_t)kind;
	node->value_at = (uint32_t)at;
	node->value_len = (uint32_t)len;
	node->span = 1;
	return node;
}

/* A comment becomes blanks of equal length; its line ends stay. */
static void blank_comment(struct weir_json_scan *s, size_t end)
{
	bool told = false;
	while (s->at < end) {
		size_t n = weir_json_utf8_len(s->text + s->at, end - s->at);
		if (n == 0 && !told) {
			weir_json_scan_tell(s, s->at,
				"invalid UTF-8 (byte 0x%02x) in a comment; save the file as UTF-8",
				(unsigned char)s->text[s->at]);
			told = true;
		}
		if (s->text[s->at] != '\n') {
			memset(s->text + s->at, ' ', n ? n : 1);
		}
		s->at += n ? n : 1;
	}
}

static bool skip_comment(struct weir_json_scan *s)
{
	size_t end = s->at + 2;
	if (s->text[s->at + 1] == '/') {
		while (end < s->len && s->text[end] != '\n' && s->text[end] != '\r') {
			end++;
		}
		blank_comment(s, end);
		return true;
	}
	for (; end + 1 < s->len; end++) {
		if (s->text[end] == '*' && s->text[end + 1] == '/') {
			blank_comment(s, end + 2);
			return true;
		}
	}
	return weir_json_scan_stop(s, s->at, "comment is not closed; end it with */");
}

/* Skip white space and comments; false if a comment does not end. */
static bool skip_blanks(struct weir_json_scan *s)
{
	while (s->at < s->len) {
		char c = s->text[s->at];
		char next = s->text[s->at + 1];
		if (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
			s->at++;
		} else if (c != '/' || (next != '/' && next != '*')) {
			return true;
		} else if (!skip_comment(s)) {
			return false;
		}
	}
	return true;
}

static void describe(const struct weir_json_scan *s, char *out, size_t out_bytes)
{
	const char *text = s->text + s->at;
	unsigned char c = (unsigned char)text[0];
	size_t n;
	if (s->at == s->len) {
		snprintf(out, out_bytes, "end of file");
	} else if (c > 0x20 && c < 0x7f) {
		snprintf(out, out_bytes, "'%c'", c);
	} else if (c >= 0x80 && weir_json_utf8_len(text, s->len - s->at) > 0) {
		snprintf(out, out_bytes, "character U+%04lX", (unsigned long)weir_json_decode(text, &n));
	} else {
		snprintf(out, out_bytes, "byte 0x%02x", c);
	}
}

static bool stop_unexpected(struct weir_json_scan *s, const char *expected)
{
	char found[32];
	describe(s, found, sizeof found);
	if (weir_json_scan_sees(s, '\'')) {
		return weir_json_scan_stop(s, s->at, "single quote; strings are written in double quotes");
	}
	return weir_json_scan_stop(s, s->at, "unexpected %s; expected %s", found, expected);
}

static bool read_string(struct weir_json_scan *s)
{
	size_t from, len;
	bool bad = false;
	if (!weir_json_scan_text(s, &from, &len, &bad)) {
		return false;
	}
	struct weir_json_node *node = weir_json_scan_add(s, WEIR_JSON_STRING, from, len);
	if (node) {
		node->value_is_bad = bad;
	}
	return node;
}

static bool read_key(struct weir_json_scan *s, const char *expected)
{
	int n = (int)weir_json_scan_word_len(s);
	const char *word = s->text + s->at;
	if (n > 0) {
		return weir_json_scan_stop(
			s, s->at, "key %.*s is not in quotes; write \"%.*s\"", n, word, n, word);
	}
	if (!weir_json_scan_sees(s, '"')) {
		return stop_unexpected(s, expected);
	}
	size_t from, len;
	bool bad = false;
	if (!weir_json_scan_text(s, &from, &len, &bad) || !skip_blanks(s)) {
		return false;
	}
	if (!weir_json_scan_sees(s, ':')) {
		return stop_unexpected(s, "':' after the key");
	}
	s->at++;
	s->key.has_key = true;
	s->key.key_is_bad = bad;
	s->key.key_at = (uint32_t)from;
	s->key.key_len = (uint32_t)len;
	return skip_blanks(s);
}

static bool read_value(struct weir_json_scan *s);

static bool stop_in_container(struct weir_json_scan *s, size_t container)
{
	const struct weir_json_node *node = &s->doc->nodes[container];
	struct weir_json_position p = weir_json_locate(s->doc, node->value_at);
	bool is_object = node->kind == WEIR_JSON_OBJECT;
	char expected[96];
	snprintf(expected, sizeof expected, "',' or '%c' to close the '%c' of line %lu, column %lu",
		is_object ? '}' : ']', is_object ? '{' : '[', (unsigned long)p.line, (unsigned long)p.column);
	return stop_unexpected(s, expected);
}

static bool read_item(struct weir_json_scan *s, size_t container, bool is_object, bool is_first)
{
	if (is_object &&
		!read_key(s, is_first ? "a key in double quotes or '}'" : "a key in double quotes")) {
		return false;
	}
	size_t item = s->doc->nodes_n;
	bool ok = read_value(s);
	s->doc->nodes[container].count += s->doc->nodes_n > item ? 1 : 0;
	return ok;
}

static bool read_items(struct weir_json_scan *s, size_t container, bool is_object)
{
	char close = is_object ? '}' : ']';
	size_t last = 0, comma = 0;
	while (skip_blanks(s)) {
		if (weir_json_scan_sees(s, close) && comma > 0) {
			weir_json_scan_tell(s, comma, "trailing comma; remove it");
			s->text[comma] = ' ';
		} else if (!weir_json_scan_sees(s, close)) {
			last = s->doc->nodes_n;
			if (!read_item(s, container, is_object, comma == 0) || !skip_blanks(s)) {
				return false;
			}
		}
		if (weir_json_scan_sees(s, close)) {
			s->at++;
			s->doc->nodes[last].is_last |= last > 0;
			return true;
		}
		if (!weir_json_scan_sees(s, ',')) {
			return stop_in_container(s, container);
		}
		comma = s->at++;
	}
	return false;
}

static bool read_container(struct weir_json_scan *s)
{
	bool is_object = weir_json_scan_sees(s, '{');
	if (s->depth == WEIR_JSON_MAX_DEPTH) {
		return weir_json_scan_stop(s, s->at,
			"nested too deep; at most %d arrays and objects may lie in each other",
			WEIR_JSON_MAX_DEPTH);
	}
	size_t container = s->doc->nodes_n;
	if (!weir_json_scan_add(s, is_object ? WEIR_JSON_OBJECT : WEIR_JSON_ARRAY, s->at, 1)) {
		return false;
	}
	s->at++;
	s->depth++;
	bool ok = read_items(s, container, is_object);
	s->depth--;
	s->doc->nodes[container].span = (uint32_t)(s->doc->nodes_n - container);
	return (!is_object || weir_json_scan_duplicates(s, container)) && ok;
}

/* Recursion is bounded by WEIR_JSON_MAX_DEPTH. */
static bool read_value(struct weir_json_scan *s)
{
	if (weir_json_scan_sees(s, '{') || weir_json_scan_sees(s, '[')) {
		return read_container(s);
	}
	if (weir_json_scan_sees(s, '"')) {
		return read_string(s);
	}
	return weir_json_scan_word_len(s) > 0 ? weir_json_scan_word(s) : stop_unexpected(s, "a value");
}

static void skip_byte_order_mark(struct weir_json_scan *s)
{
	if (s->len >= 3 && memcmp(s->text, "\xef\xbb\xbf", 3) == 0) {
		weir_json_scan_tell(s, 0, "byte order mark; save the file as UTF-8 without one");
		memset(s->text, ' ', 3);
	}
}

static bool read_document(struct weir_json_scan *s)
{
	skip_byte_order_mark(s);
	if (!skip_blanks(s)) {
		return false;
	}
	if (s->at == s->len) {
		return weir_json_scan_stop(s, s->at, "no value in the file; write a JSON object");
	}
	if (!read_value(s) || !skip_blanks(s)) {
		return false;
	}
	s->doc->nodes[0].is_last = true;
	return s->at == s->len ||
	       weir_json_scan_stop(s, s->at, "text after the end of the document; remove it");
}

static bool note_lines(struct weir_json_doc *doc)
{
	size_t n = 1;
	for (size_t i = 0; i < doc->len; i++) {
		n += doc->text[i] == '\n';
	}
	doc->lines = weir_json_resize(doc->alloc, NULL, n * sizeof *doc->lines);
	if (!doc->lines) {
		return false;
	}
	doc->lines[doc->lines_n++] = 0;
	for (size_t i = 0; i < doc->len; i++) {
		if (doc->text[i] == '\n') {
			doc->lines[doc->lines_n++] = (uint32_t)i + 1;
		}
	}
	return true;
}

int weir_json_scan(struct weir_json_doc *doc, struct weir_diagnostics *faults)
{
	struct weir_json_scan s = { .doc = doc, .faults = faults, .text = doc->text, .len = doc->len };
	if (!note_lines(doc)) {
		return WEIR_ENOMEM;
	}
	bool ok = read_document(&s);
	if (s.no_memory) {
		return WEIR_ENOMEM;
	}
	return ok ? 0 : WEIR_EPARSE;
}
