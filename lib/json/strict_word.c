/* SPDX-License-Identifier: MIT */
/*
 * strict_word.c -- values without quotes in the strict pass: numbers, true, false and null.
 *
 * Whatever the word is, it ends where no letter, digit, sign or point follows, so that a faulty one is
 * reported and mended, and the pass goes on behind it.
 */
#include "strict.h"

#include <stdio.h>
#include <string.h>

static bool is_word_byte(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
	       c == '+' || c == '-' || c == '.';
}

size_t weir_json_scan_word_len(const struct weir_json_scan *s)
{
	size_t n = 0;
	while (s->at + n < s->len && is_word_byte(s->text[s->at + n])) {
		n++;
	}
	return n;
}

static void tell_number(struct weir_json_scan *s, enum weir_json_number_fault fault, const char *word, int n)
{
	int skip = word[0] == '-' ? 1 : 0;
	int zeros = skip;
	while (zeros < n - 1 && word[zeros] == '0' && word[zeros + 1] >= '0' && word[zeros + 1] <= '9') {
		zeros++;
	}
	if (fault == WEIR_JSON_NUMBER_ZEROS) {
		weir_json_scan_tell(s, s->at, "number %.*s starts with a zero; write %.*s%.*s", n, word, skip,
			word, n - zeros, word + zeros);
	} else if (fault == WEIR_JSON_NUMBER_LONG) {
		weir_json_scan_tell(s, s->at, "number is %d characters long; write it with at most %d", n,
			WEIR_JSON_NUMBER_MAX_BYTES);
	} else if (fault == WEIR_JSON_NUMBER_RANGE) {
		weir_json_scan_tell(
			s, s->at, "number %.*s is out of range; at most 1.7976931348623157e308", n, word);
	} else {
		weir_json_scan_tell(s, s->at,
			"%.*s is not a number; write one like 12, -0.5 or 1e-3, or \"%.*s\" for a text", n,
			word, n, word);
	}
}

static void tell_word(struct weir_json_scan *s, const char *word, int n)
{
	static const char *const words[] = { "true", "false", "null" };
	char copy[16]; /* a word cut off here is close to none of them */
	snprintf(copy, sizeof copy, "%.*s", n, word);
	const char *meant = weir_closest(copy, words, 3);
	if (meant) {
		weir_json_scan_tell(s, s->at, "unknown word %.*s; did you mean %s?", n, word, meant);
	} else {
		weir_json_scan_tell(s, s->at,
			"unknown word %.*s; a text is written in double quotes: \"%.*s\"", n, word, n, word);
	}
}

static bool is_word(const char *word, size_t n, const char *other)
{
	return n == strlen(other) && memcmp(word, other, n) == 0;
}

/* A faulty word is mended to 0 and blanks. */
bool weir_json_scan_word(struct weir_json_scan *s)
{
	const char *word = s->text + s->at;
	size_t n = weir_json_scan_word_len(s);
	bool is_number = (word[0] >= '0' && word[0] <= '9') || memchr("+-.", word[0], 3);
	enum weir_json_kind kind = is_number ? WEIR_JSON_NUMBER : WEIR_JSON_NULL;
	bool bad = false;
	if (is_number) {
		struct weir_json_number number;
		enum weir_json_number_fault fault = weir_json_read_number(word, n, &number);
		bad = fault != WEIR_JSON_NUMBER_GOOD;
		if (bad) {
			tell_number(s, fault, word, (int)n);
		}
	} else if (is_word(word, n, "true") || is_word(word, n, "false")) {
		kind = WEIR_JSON_BOOL;
	} else if (!is_word(word, n, "null")) {
		bad = true;
		tell_word(s, word, (int)n);
	}
	struct weir_json_node *node = weir_json_scan_add(s, kind, s->at, bad ? 1 : n);
	if (!node) {
		return false;
	}
	node->value_is_bad = bad;
	if (bad) {
		memset(s->text + s->at, ' ', n);
		s->text[s->at] = '0';
	}
	s->at += n;
	return true;
}
