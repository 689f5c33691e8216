/* SPDX-License-Identifier: MIT */
/*
 * guess.c -- columns and their types: the narrowest that reads every value there is, with room to grow; or all but a few
 * of them, which a sensor or a person got wrong.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include <weir/codec.h>
#include <weir/num.h>
#include <weir/timetext.h>

#include "guess.h"

static bool is_utf8(const char *text, size_t len)
{
	return weir_utf8_valid(text, len) == len;
}

void guess_rewind(FILE *f)
{
	rewind(f);
	if (getc(f) != 0xef || getc(f) != 0xbb || getc(f) != 0xbf)
		rewind(f);
}

struct guess_column *guess_column(struct guess *g, const char *source)
{
	struct guess_column *c;

	for (size_t i = 0; source != NULL && i < g->n; i++)
		if (g->columns[i].source != NULL && strcmp(g->columns[i].source, source) == 0)
			return &g->columns[i];
	if (g->n == GUESS_COLUMNS_MAX) {
		g->too_many = true;
		return NULL;
	}
	c = &g->columns[g->n];
	memset(c, 0, sizeof *c);
	c->least = INT64_MAX;
	c->most = INT64_MIN;
	if (source != NULL) {
		c->source = malloc(strlen(source) + 1);
		if (c->source == NULL) {
			g->failed = true;
			return NULL;
		}
		strcpy(c->source, source);
	}
	g->n++;
	return c;
}

/* "007" is a name rather than a number. */
static bool is_padded(const char *text, size_t len)
{
	size_t sign = len > 0 && text[0] == '-';

	return len > sign + 1 && text[sign] == '0' && isdigit((unsigned char)text[sign + 1]);
}

unsigned guess_text(const char *text, size_t len)
{
	unsigned kinds = GUESS_TEXT;
	int64_t i;
	uint64_t u;
	double d;

	if ((len == 4 && memcmp(text, "true", 4) == 0) || (len == 5 && memcmp(text, "false", 5) == 0))
		return kinds | GUESS_BOOL;
	if (is_padded(text, len))
		return kinds;
	if (weir_parse_i64(text, len, &i) == 0)
		kinds |= GUESS_I64;
	if (weir_parse_u64(text, len, &u) == 0)
		kinds |= GUESS_U64;
	if (weir_parse_f64(text, len, &d) == 0 || weir_parse_nonfinite(text, len, &d) == 0)
		kinds |= GUESS_FLOAT;
	if (weir_parse_time(text, len, &i) == 0)
		kinds |= GUESS_TIME;
	return kinds;
}

void guess_value(struct guess_column *c, const char *text, size_t len, unsigned kinds)
{
	int64_t i;

	c->values++;
	c->no_utf8 = c->no_utf8 || !is_utf8(text, len);
	for (unsigned k = 0; k < GUESS_KINDS; k++)
		c->fits[k] += kinds >> k & 1u;
	if (len > c->longest)
		c->longest = len;
	if ((kinds & GUESS_I64) == 0 || weir_parse_i64(text, len, &i) != 0)
		return;
	if (i < c->least)
		c->least = i;
	if (i > c->most)
		c->most = i;
}

uint64_t guess_unreadable(const struct guess_column *c)
{
	unsigned k = 0;

	while (k < GUESS_KINDS && c->kind != 1u << k)
		k++;
	return k < GUESS_KINDS ? c->values - c->fits[k] : 0;
}

bool guess_is_utf8(const struct guess_column *c)
{
	return (c->source == NULL || is_utf8(c->source, strlen(c->source))) &&
	       !(c->kind == GUESS_TEXT && c->no_utf8);
}

/* ---- names ---- */

/* Whether a word of the name says that it is a time. */
static bool sounds_like_time(const char *name)
{
	static const char *const words[] = { "at", "ts", "time", "date", "datetime", "timestamp", "epoch",
		"when", "unixtime" };
	char word[GUESS_NAME_MAX];
	size_t n = 0;

	for (;; name++) {
		if (isalpha((unsigned char)*name)) {
			word[n++] = (char)tolower((unsigned char)*name);
			continue;
		}
		word[n] = '\0';
		for (size_t k = 0; k < sizeof words / sizeof *words; k++)
			if (strcmp(word, words[k]) == 0)
				return true;
		n = 0;
		if (*name == '\0')
			return false;
	}
}

static bool is_taken(const struct guess *g, const struct guess_column *c)
{
	for (const struct guess_column *other = g->columns; other < c; other++)
		if (strcmp(other->name, c->name) == 0)
			return true;
	return strcmp(c->name, "true") == 0 || strcmp(c->name, "false") == 0;
}

/* The source's letters, digits and _, the rest as one _; a number behind where that is taken. */
static void set_name(const struct guess *g, struct guess_column *c)
{
	size_t n = 0;
	char base[GUESS_NAME_MAX - 8];

	for (const char *s = c->source; s != NULL && *s != '\0' && n + 2 < sizeof base; s++) {
		if (isalnum((unsigned char)*s)) {
			if (n == 0 && isdigit((unsigned char)*s))
				base[n++] = '_';
			base[n++] = *s;
		} else if (n > 0 && base[n - 1] != '_') {
			base[n++] = '_';
		}
	}
	while (n > 1 && base[n - 1] == '_')
		n--;
	base[n] = '\0';
	if (n > 0)
		(void)snprintf(c->name, sizeof c->name, "%s", base);
	else
		(void)snprintf(c->name, sizeof c->name, "c%u", (unsigned)(c - g->columns) + 1);
	for (unsigned k = 2; is_taken(g, c); k++)
		(void)snprintf(c->name, sizeof c->name, "%s_%u", n > 0 ? base : "c", k);
}

/* ---- types ---- */

/* Counted since 1970 in this unit, all values lie between the years 2001 and 2096. */
static bool are_times(const struct guess_column *c, int64_t second)
{
	return c->values > 0 && c->least >= INT64_C(1000000000) * second &&
	       c->most < INT64_C(4000000000) * second;
}

static const char *unit_of(const struct guess_column *c)
{
	if (are_times(c, 1) && sounds_like_time(c->name))
		return "s";
	return are_times(c, 1000)         ? "ms"
	       : are_times(c, 1000000)    ? "us"
	       : are_times(c, 1000000000) ? "ns"
					  : NULL;
}

/* The first kind that fits all values; else the first, but text, that fits nine of ten, if there are ten. */
static unsigned choose(const struct guess_column *c)
{
	for (unsigned k = 0; c->values > 0 && k < GUESS_KINDS; k++)
		if (c->fits[k] == c->values && 1u << k != GUESS_TEXT)
			return 1u << k;
	for (unsigned k = 0; c->values >= 10 && 1u << k != GUESS_TEXT; k++)
		if (c->fits[k] >= c->values - c->values / 10)
			return 1u << k;
	return c->fits[GUESS_KINDS - 1] == c->values ? GUESS_TEXT : 0;
}

static void set_type(struct guess_column *c)
{
	c->kind = choose(c);
	switch (c->kind) {
	case GUESS_BOOL:
		c->type = "bool";
		break;
	case GUESS_I64:
		c->unit = unit_of(c);
		c->type = c->unit != NULL ? "time" : "i64";
		if (c->unit == NULL && c->least >= INT32_MIN / 2 && c->most <= INT32_MAX / 2)
			c->type = "i32";
		break;
	case GUESS_U64:
		c->type = "u64";
		break;
	case GUESS_FLOAT:
		c->type = "f64";
		break;
	case GUESS_TIME:
		c->type = "time";
		break;
	default: /* a text */
		break;
	}
}

void guess_finish(struct guess *g)
{
	for (size_t i = 0; i < g->n; i++) {
		set_name(g, &g->columns[i]);
		set_type(&g->columns[i]);
	}
}
