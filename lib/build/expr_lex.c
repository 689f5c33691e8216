/* SPDX-License-Identifier: MIT */
/*
 * expr_lex.c -- expression text to tokens.
 *
 * Names may hold dots (`a.temp`), numbers are decimal, texts stand in single quotes with \' and \\ as the
 * only escapes beside \n, \r and \t. Character classes are ASCII's, whatever the locale.
 */
#include "expr.h"

#include <string.h>

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

/* s as a text that ends with NUL: reading one byte past a token is safe. */
static size_t name_end(const char *s, size_t i)
{
	for (;;) {
		while (is_letter(s[i]) || is_digit(s[i]))
			i++;
		if (s[i] != '.' || !is_letter(s[i + 1]))
			return i;
		i++;
	}
}

static size_t digits_end(const char *s, size_t i)
{
	while (is_digit(s[i]))
		i++;
	return i;
}

static struct weir_token number(const char *s, size_t start, size_t *at, const char **why)
{
	struct weir_token t = { .kind = WEIR_TOKEN_INTEGER, .at = start };
	size_t i = digits_end(s, start);

	if (s[i] == '.') {
		t.kind = WEIR_TOKEN_DECIMAL;
		i = digits_end(s, i + 1);
	}
	if (s[i] == 'e' || s[i] == 'E') {
		size_t j = i + 1 + (s[i + 1] == '+' || s[i + 1] == '-');

		if (is_digit(s[j])) {
			t.kind = WEIR_TOKEN_DECIMAL;
			i = digits_end(s, j);
		}
	}
	if (is_letter(s[i])) {
		t.kind = WEIR_TOKEN_BAD;
		*why = "a number is followed by a letter";
		i = name_end(s, i);
	}
	t.len = i - start;
	*at = i;
	return t;
}

static struct weir_token quoted(const char *s, size_t len, size_t start, size_t *at, const char **why)
{
	struct weir_token t = { .kind = WEIR_TOKEN_TEXT, .at = start };
	size_t i = start + 1;

	while (i < len && s[i] != '\'')
		i += s[i] == '\\' && i + 1 < len ? 2 : 1;
	if (i >= len) {
		t.kind = WEIR_TOKEN_BAD;
		*why = "this text has no closing '";
		i = len;
	} else {
		i++;
	}
	t.len = i - start;
	*at = i;
	return t;
}

static struct weir_token sign(const char *s, size_t start, size_t *at, const char **why)
{
	static const char pairs[][3] = { "&&", "||", "==", "!=", "<=", ">=", "<<", ">>" };
	struct weir_token t = {
		.kind = WEIR_TOKEN_SIGN, .sign = (unsigned char)s[start], .at = start, .len = 1
	};

	for (size_t k = 0; k < sizeof pairs / sizeof pairs[0]; k++)
		if (s[start] == pairs[k][0] && s[start + 1] == pairs[k][1]) {
			t.sign = WEIR_SIGN2(pairs[k][0], pairs[k][1]);
			t.len = 2;
		}
	if (t.len == 1 && strchr("+-*/%<>!~&|^?:(),", s[start]) == NULL) {
		t.kind = WEIR_TOKEN_BAD;
		*why = s[start] == '='   ? "'=' is no operator here; equality is '=='"
		       : s[start] == '"' ? "texts stand in single quotes: 'text'"
					 : "this character has no meaning in an expression";
	}
	*at = start + t.len;
	return t;
}

struct weir_token weir_expr_lex(const char *text, size_t len, size_t *at, const char **why)
{
	size_t i = *at;

	while (i < len && (text[i] == ' ' || text[i] == '\t' || text[i] == '\n' || text[i] == '\r'))
		i++;
	*at = i;
	if (i >= len)
		return (struct weir_token){ .kind = WEIR_TOKEN_END, .at = len };
	if (is_letter(text[i])) {
		*at = name_end(text, i);
		return (struct weir_token){ .kind = WEIR_TOKEN_NAME, .at = i, .len = *at - i };
	}
	if (is_digit(text[i]) || (text[i] == '.' && is_digit(text[i + 1])))
		return number(text, i, at, why);
	if (text[i] == '\'')
		return quoted(text, len, i, at, why);
	return sign(text, i, at, why);
}
