/* SPDX-License-Identifier: MIT */
/*
 * expr_parse.c -- tokens to nodes, by precedence climbing.
 *
 * From loose to tight, as in C:  ?:   ||   &&   |   ^   &   == !=   < <= > >=   << >>   + -   * / %   - ! ~
 * Nesting is bounded (WEIR_EXPR_DEPTH_MAX), so recursion is too; a long chain of one level is a loop.
 */
#include "expr.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <weir/num.h>

struct parser {
	struct weir_pool *pool;
	const char *text;
	size_t len, next;
	struct weir_token token; /* the one looked at */
	unsigned depth;
	bool failed; /* told: nothing more is */
	struct weir_expr_faults *faults;
};

void weir_expr_tell(struct weir_expr_faults *faults, size_t at, const char *format, ...)
{
	char message[400];
	va_list args;

	va_start(args, format);
	(void)vsnprintf(message, sizeof message, format, args);
	va_end(args);
	faults->n++;
	if (faults->tell != NULL)
		faults->tell(faults->arg, at, message);
}

static void *fail(struct parser *p, size_t at, const char *why)
{
	if (!p->failed)
		weir_expr_tell(p->faults, at, "%s", why);
	p->failed = true;
	return NULL;
}

static void advance(struct parser *p)
{
	const char *why = NULL;

	p->token = weir_expr_lex(p->text, p->len, &p->next, &why);
	if (p->token.kind == WEIR_TOKEN_BAD)
		fail(p, p->token.at, why);
}

static bool is_sign(const struct parser *p, int sign)
{
	return p->token.kind == WEIR_TOKEN_SIGN && p->token.sign == sign;
}

/* "expected X, found 'Y'" at the token. */
static void *expected(struct parser *p, const char *what)
{
	char why[96];
	int len = (int)(p->token.len < 24 ? p->token.len : 24);

	if (p->token.kind == WEIR_TOKEN_END)
		(void)snprintf(why, sizeof why, "the expression ends here; expected %s", what);
	else
		(void)snprintf(
			why, sizeof why, "expected %s, found '%.*s'", what, len, p->text + p->token.at);
	return fail(p, p->token.at, why);
}

static struct weir_node *node(struct parser *p, enum weir_node_kind kind, int op, size_t at, size_t len)
{
	struct weir_node *n = weir_pool_get(p->pool, sizeof *n);

	if (n == NULL) {
		p->failed = true;
		return NULL;
	}
	n->kind = (uint8_t)kind;
	n->op = op;
	n->at = at;
	n->len = len;
	return n;
}

static struct weir_node *parse_select(struct parser *p);

/* ---- names ---- */

struct function {
	const char *name;
	uint8_t fn, min_args, max_args;
};

/* min, max with one argument are aggregates. */
static const struct function functions[] = {
	{ "abs", WEIR_FN_ABS, 1, 1 },
	{ "min", WEIR_FN_MIN, 1, WEIR_EXPR_FOLD_MAX },
	{ "max", WEIR_FN_MAX, 1, WEIR_EXPR_FOLD_MAX },
	{ "clamp", WEIR_FN_CLAMP, 3, 3 },
	{ "sqrt", WEIR_FN_SQRT, 1, 1 },
	{ "floor", WEIR_FN_FLOOR, 1, 1 },
	{ "ceil", WEIR_FN_CEIL, 1, 1 },
	{ "round", WEIR_FN_ROUND, 1, 1 },
	{ "isnan", WEIR_FN_ISNAN, 1, 1 },
	{ "hour", WEIR_FN_HOUR, 1, 1 },
	{ "minute", WEIR_FN_MINUTE, 1, 1 },
	{ "weekday", WEIR_FN_WEEKDAY, 1, 1 },
	{ "exp", WEIR_FN_EXP, 1, 1 },
	{ "log", WEIR_FN_LOG, 1, 1 },
	{ "pow", WEIR_FN_POW, 2, 2 },
	{ "sin", WEIR_FN_SIN, 1, 1 },
	{ "cos", WEIR_FN_COS, 1, 1 },
	{ "count", WEIR_FN_COUNT, 0, 0 },
	{ "sum", WEIR_FN_SUM, 1, 1 },
	{ "avg", WEIR_FN_AVG, 1, 1 },
	{ "first", WEIR_FN_FIRST, 1, 1 },
	{ "last", WEIR_FN_LAST, 1, 1 },
	{ "window_start", WEIR_FN_WINDOW_START, 0, 0 },
	{ "window_end", WEIR_FN_WINDOW_END, 0, 0 },
	{ "var", WEIR_FN_VAR, 1, 1 },
	{ "stddev", WEIR_FN_STDDEV, 1, 1 },
	{ "median", WEIR_FN_MEDIAN, 1, 1 },
	{ "quantile", WEIR_FN_QUANTILE, 2, 2 },
};
#define N_FUNCTIONS (sizeof functions / sizeof functions[0])

static bool named(const struct parser *p, const struct weir_token *t, const char *name)
{
	return strlen(name) == t->len && memcmp(p->text + t->at, name, t->len) == 0;
}

static int cast_kind(const struct parser *p, const struct weir_token *t)
{
	for (int k = 0; k < WEIR_KINDS; k++)
		if (k != WEIR_TEXT && named(p, t, weir_kind_name((enum weir_kind)k)))
			return k;
	return -1;
}

static struct weir_node *unknown_function(struct parser *p, const struct weir_token *t)
{
	const char *names[N_FUNCTIONS];
	const char *meant;
	char why[160];

	for (size_t i = 0; i < N_FUNCTIONS; i++)
		names[i] = functions[i].name;
	meant = weir_did_you_mean(p->text + t->at, t->len, names, N_FUNCTIONS);
	(void)snprintf(why, sizeof why, "unknown function \"%.*s\"%s%s%s", (int)(t->len < 64 ? t->len : 64),
		p->text + t->at, meant != NULL ? "; did you mean \"" : "", meant != NULL ? meant : "",
		meant != NULL ? "\"?" : "");
	return fail(p, t->at, why);
}

/* The arguments of a call whose '(' is the token; more than a node holds are folded by `fold` from the left.
 */
static unsigned parse_args(struct parser *p, struct weir_node *call, bool fold)
{
	unsigned n = 0;

	advance(p);
	while (!p->failed && !is_sign(p, ')')) {
		struct weir_node *arg;

		if (n > 0) {
			if (!is_sign(p, ',')) {
				expected(p, "',' or ')'");
				break;
			}
			advance(p);
		}
		arg = parse_select(p);
		n++;
		if (fold && n > 2) {
			struct weir_node *inner = node(p, WEIR_NODE_CALL, call->op, call->at, call->len);

			if (inner == NULL)
				break;
			memcpy(inner->args, call->args, sizeof inner->args);
			inner->n_args = 2;
			call->args[0] = inner;
			call->args[1] = arg;
		} else if (n <= WEIR_EXPR_ARGS_MAX) {
			call->args[n - 1] = arg;
			call->n_args = (uint16_t)n;
		}
	}
	advance(p);
	return n;
}

static struct weir_node *check_args(
	struct parser *p, struct weir_node *call, const char *name, unsigned n, unsigned least, unsigned most)
{
	char why[96];

	if (p->failed)
		return NULL;
	if (n >= least && n <= most)
		return call;
	(void)snprintf(
		why, sizeof why, "%s takes %u argument%s, not %u", name, least, least == 1 ? "" : "s", n);
	return fail(p, call->at, why);
}

static struct weir_node *parse_call(struct parser *p, struct weir_token name)
{
	int kind = cast_kind(p, &name);
	struct weir_node *call;
	unsigned n;

	if (kind >= 0) {
		call = node(p, WEIR_NODE_CAST, kind, name.at, name.len);
		n = call != NULL ? parse_args(p, call, false) : 0;
		return check_args(p, call, weir_kind_name((enum weir_kind)kind), n, 1, 1);
	}
	for (size_t i = 0; i < N_FUNCTIONS; i++) {
		const struct function *f = &functions[i];

		if (!named(p, &name, f->name))
			continue;
		call = node(p, WEIR_NODE_CALL, f->fn, name.at, name.len);
		n = call != NULL ? parse_args(p, call, f->max_args == WEIR_EXPR_FOLD_MAX) : 0;
		return check_args(p, call, f->name, n, f->min_args, f->max_args);
	}
	return unknown_function(p, &name);
}

static struct weir_node *parse_name(struct parser *p)
{
	struct weir_token t = p->token;
	struct weir_node *n;

	advance(p);
	if (is_sign(p, '('))
		return parse_call(p, t);
	if (named(p, &t, "true") || named(p, &t, "false")) {
		n = node(p, WEIR_NODE_BOOL, 0, t.at, t.len);
		if (n != NULL)
			n->integer = p->text[t.at] == 't';
		return n;
	}
	return node(p, WEIR_NODE_FIELD, 0, t.at, t.len);
}

/* ---- literals ---- */

static struct weir_node *parse_number(struct parser *p)
{
	struct weir_token t = p->token;
	struct weir_node *n =
		node(p, t.kind == WEIR_TOKEN_INTEGER ? WEIR_NODE_INTEGER : WEIR_NODE_DECIMAL, 0, t.at, t.len);
	double unused;

	if (n == NULL)
		return NULL;
	n->text = p->text + t.at;
	if (t.kind == WEIR_TOKEN_INTEGER && weir_parse_u64(n->text, t.len, &n->integer) < 0)
		return fail(p, t.at, "this integer does not fit 64 bits");
	if (t.kind == WEIR_TOKEN_DECIMAL && weir_parse_f64(n->text, t.len, &unused) < 0)
		return fail(p, t.at, "this number does not fit f64");
	advance(p);
	return n;
}

static int escaped(char c)
{
	switch (c) {
	case 'n':
		return '\n';
	case 'r':
		return '\r';
	case 't':
		return '\t';
	case '\'':
	case '\\':
		return c;
	default:
		return -1;
	}
}

static struct weir_node *parse_text(struct parser *p)
{
	struct weir_token t = p->token;
	struct weir_node *n = node(p, WEIR_NODE_TEXT, 0, t.at, t.len);
	char *bytes = weir_pool_get(p->pool, t.len);
	size_t len = 0;

	if (n == NULL || bytes == NULL)
		return NULL;
	for (size_t i = t.at + 1; i + 1 < t.at + t.len; i++) {
		int c = (unsigned char)p->text[i];

		if (c == '\\') {
			c = escaped(p->text[++i]);
			if (c < 0)
				return fail(p, i - 1, "unknown escape; \\' \\\\ \\n \\r \\t are known");
		}
		bytes[len++] = (char)c;
	}
	n->text = bytes;
	n->text_len = (uint16_t)len;
	advance(p);
	return n;
}

/* ---- operators ---- */

static bool enter(struct parser *p)
{
	if (p->failed)
		return false;
	if (++p->depth > WEIR_EXPR_DEPTH_MAX + 1) { /* the whole expression is level 0 */
		fail(p, p->token.at, "the expression is nested deeper than 64 levels");
		return false;
	}
	return true;
}

static struct weir_node *parse_primary(struct parser *p)
{
	struct weir_node *n;

	switch (p->token.kind) {
	case WEIR_TOKEN_NAME:
		return parse_name(p);
	case WEIR_TOKEN_INTEGER:
	case WEIR_TOKEN_DECIMAL:
		return parse_number(p);
	case WEIR_TOKEN_TEXT:
		return parse_text(p);
	default:
		break;
	}
	if (!is_sign(p, '('))
		return expected(p, "a value");
	advance(p);
	n = parse_select(p);
	if (!p->failed && !is_sign(p, ')'))
		return expected(p, "')'");
	advance(p);
	return n;
}

static struct weir_node *parse_unary(struct parser *p)
{
	struct weir_token t = p->token;
	struct weir_node *n;

	if (is_sign(p, '+'))
		return fail(p, t.at, "there is no '+' sign; leave it out");
	if (!is_sign(p, '-') && !is_sign(p, '!') && !is_sign(p, '~'))
		return parse_primary(p);
	if (!enter(p))
		return NULL;
	advance(p);
	n = node(p, WEIR_NODE_UNARY, t.sign, t.at, t.len);
	if (n != NULL) {
		n->args[0] = parse_unary(p);
		n->n_args = 1;
	}
	p->depth--;
	return p->failed ? NULL : n;
}

static int precedence(int sign)
{
	static const struct {
		int sign, level;
	} levels[] = {
		{ WEIR_SIGN2('|', '|'), 1 },
		{ WEIR_SIGN2('&', '&'), 2 },
		{ '|', 3 },
		{ '^', 4 },
		{ '&', 5 },
		{ WEIR_SIGN2('=', '='), 6 },
		{ WEIR_SIGN2('!', '='), 6 },
		{ '<', 7 },
		{ '>', 7 },
		{ WEIR_SIGN2('<', '='), 7 },
		{ WEIR_SIGN2('>', '='), 7 },
		{ WEIR_SIGN2('<', '<'), 8 },
		{ WEIR_SIGN2('>', '>'), 8 },
		{ '+', 9 },
		{ '-', 9 },
		{ '*', 10 },
		{ '/', 10 },
		{ '%', 10 },
	};

	for (size_t i = 0; i < sizeof levels / sizeof levels[0]; i++)
		if (levels[i].sign == sign)
			return levels[i].level;
	return 0;
}

/* Operators of at least `level`, left to right. */
static struct weir_node *parse_binary(struct parser *p, int level)
{
	struct weir_node *left = parse_unary(p);

	while (!p->failed && p->token.kind == WEIR_TOKEN_SIGN && precedence(p->token.sign) >= level) {
		struct weir_token t = p->token;
		struct weir_node *n = node(p, WEIR_NODE_BINARY, t.sign, t.at, t.len);

		advance(p);
		if (n == NULL)
			return NULL;
		n->args[0] = left;
		n->args[1] = parse_binary(p, precedence(t.sign) + 1);
		n->n_args = 2;
		left = n;
	}
	return left;
}

static struct weir_node *parse_select(struct parser *p)
{
	struct weir_node *when, *n;

	if (!enter(p))
		return NULL;
	when = parse_binary(p, 1);
	if (!p->failed && is_sign(p, '?')) {
		n = node(p, WEIR_NODE_SELECT, 0, p->token.at, 1);
		if (n == NULL)
			return NULL;
		advance(p);
		n->args[0] = when;
		n->args[1] = parse_select(p);
		if (!p->failed && !is_sign(p, ':'))
			return expected(p, "':'");
		advance(p);
		n->args[2] = parse_select(p);
		n->n_args = 3;
		when = n;
	}
	p->depth--;
	return p->failed ? NULL : when;
}

struct weir_node *weir_expr_parse(struct weir_pool *pool, const char *text, struct weir_expr_faults *faults)
{
	struct parser p = { .pool = pool, .text = text, .len = strlen(text), .faults = faults };
	struct weir_node *root;

	if (p.len > WEIR_EXPR_TEXT_MAX)
		return fail(&p, WEIR_EXPR_TEXT_MAX, "the expression is longer than 4096 bytes");
	advance(&p);
	root = parse_select(&p);
	if (!p.failed && p.token.kind != WEIR_TOKEN_END)
		expected(&p, "an operator");
	return p.failed ? NULL : root;
}
