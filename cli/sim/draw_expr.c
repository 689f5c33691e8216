/* SPDX-License-Identifier: MIT */
/* draw_expr.c -- see draw_expr.h. */
#include <string.h>

#include "draw_expr.h"

#define DEPTH 3u

static const char *truth(struct sim_scribe *s, uint32_t depth);
static const char *whole(struct sim_scribe *s, uint32_t depth);
static const char *real(struct sim_scribe *s, uint32_t depth, bool *wide);

const struct weir_field *sim_draw_field(struct sim_random *r, const struct sim_record *record, uint32_t kinds)
{
	const struct weir_field *fit[SIM_RECORD_FIELDS];
	uint32_t n = 0;

	for (uint8_t i = 0; i < record->n_fields; i++)
		if ((kinds >> record->fields[i].kind & 1u) != 0)
			fit[n++] = &record->fields[i];
	return n > 0 ? fit[sim_below(r, n)] : NULL;
}

static const struct weir_field *field(struct sim_scribe *s, uint32_t kinds)
{
	return sim_draw_field(s->random, s->record, kinds);
}

static const char *one_of(struct sim_scribe *s, const char *const *words)
{
	uint32_t n = 0;

	while (words[n] != NULL)
		n++;
	return words[sim_below(s->random, n)];
}
#define ONE_OF(s, ...) one_of((s), (const char *const[]){ __VA_ARGS__, NULL })

/* ---- forms ---- */

static const char *literal(struct sim_scribe *s)
{
	if (sim_percent(s->random, 8))
		return ONE_OF(s, "1000000007", "4294967296", "4611686018427387904", "9223372036854775807");
	return sim_pool_text(s->pool, "%d", (int)sim_between(s->random, 0, 14) - 4);
}

static const char *text_literal(struct sim_scribe *s)
{
	return ONE_OF(s, "''", "'a'", "'b '", "'\"'", "'a,b'");
}

static const char *whole_leaf(struct sim_scribe *s)
{
	const struct weir_field *f = field(s, SIM_SIGNED_KINDS);

	return f != NULL && sim_percent(s->random, 75) ? f->name : literal(s);
}

static const char *real_part(struct sim_scribe *s, uint32_t depth, bool *wide)
{
	bool here = false;
	const char *text = real(s, depth, &here);

	if (wide != NULL)
		*wide = *wide || here;
	return text;
}

/* What a letter of a form stands for. */
static const char *part(struct sim_scribe *s, char letter, uint32_t depth, bool *wide)
{
	switch (letter) {
	case 'w':
		return whole(s, depth);
	case 'v':
		return whole_leaf(s);
	case 'l':
		return literal(s);
	case 'r':
		return real_part(s, depth, wide);
	case 'b':
		return truth(s, depth);
	case 't':
		return field(s, 1u << WEIR_TIME)->name;
	case 's':
		return text_literal(s);
	case 'd':
		return ONE_OF(s, "0.5", "1.8", "0.1", "-2.25", "1e3");
	case '+':
		return ONE_OF(s, "+", "-", "*", "+", "-", "*", "+", "-", "/", "%");
	case '*':
		return ONE_OF(s, "+", "-", "*", "/");
	case '<':
		return ONE_OF(s, "<", "<=", ">", ">=", "==", "!=");
	case '&':
		return ONE_OF(s, "&", "|", "^");
	case '>':
		return ONE_OF(s, "<<", ">>");
	case 'a':
		return ONE_OF(s, "&&", "||");
	case 'm':
		return ONE_OF(s, "min", "max");
	case 'c':
		return ONE_OF(s, "u8", "i16", "i32", "u32");
	case 'f':
		return ONE_OF(s, "sqrt", "floor", "ceil", "round", "exp", "log", "sin", "cos");
	case 'h':
		return ONE_OF(s, "hour", "minute", "weekday");
	default:
		return "$";
	}
}

/* Fill in a form from left to right: $w a whole number, $r a float, $+ an operator ... */
static const char *grow(struct sim_scribe *s, const char *form, uint32_t depth, bool *wide)
{
	char text[1024];
	size_t len = 0;

	for (; *form != '\0'; form++) {
		char one[2] = { *form, '\0' };
		const char *piece = one;
		size_t n;

		if (*form == '$')
			piece = part(s, *++form, depth, wide);
		n = strlen(piece);
		if (len + n >= sizeof text)
			return "1";
		memcpy(text + len, piece, n);
		len += n;
	}
	return sim_pool_copy(s->pool, text, len);
}

/* ---- whole numbers ---- */

static const char *whole(struct sim_scribe *s, uint32_t depth)
{
	bool has_time = field(s, 1u << WEIR_TIME) != NULL;
	const char *form;

	if (depth == 0 || sim_percent(s->random, 35))
		return whole_leaf(s);
	/* neighbours of the same kind may do without parentheses: precedence is then a question too */
	form = ONE_OF(s, "($w $+ $w)", "($w $+ $w)", "$w $+ $w", "$w $+ $w", "($b ? $w : $w)",
		"(($w) $& ($w))", "(($w) $> 1)", "(($w) $> 0)", "(($w) $> 63)", "(($w) $> $v)", "abs($w)",
		"$c(0 + $w)", "$m($w, $w)", "clamp($w, $l, $l)", "-($w)", "~($w)", "i64($r)", "$h($t)",
		"($t - $t)");
	if (strchr(form, 't') != NULL && !has_time)
		form = "$w $+ $w";
	return grow(s, form, depth - 1, NULL);
}

/* ---- floats; wide: f64, else f32 ---- */

static const char *real_leaf(struct sim_scribe *s, bool *wide)
{
	const struct weir_field *f = field(s, SIM_FLOAT_KINDS);

	*wide = f == NULL || f->kind == WEIR_F64;
	return f != NULL ? f->name : grow(s, "f64($v)", 0, NULL);
}

static const char *real(struct sim_scribe *s, uint32_t depth, bool *wide)
{
	const char *form, *text;

	*wide = false;
	if (depth == 0 || sim_percent(s->random, 30))
		return real_leaf(s, wide);
	form = ONE_OF(s, "($r $* $d)", "($r $* $d)", "($r $* ($w))", "$m($r, $r)", "abs($r)", "-($r)",
		"f64($r)", "f32($r)", "($b ? $r : $r)", "($r $* $r)", "$f($r)", "pow($r, $r)");
	text = grow(s, form, depth - 1, wide);
	if (form[0] == 'f')
		*wide = form[1] == '6';
	return text;
}

/* ---- conditions ---- */

static const char *comparison(struct sim_scribe *s, uint32_t depth)
{
	const struct weir_field *f = field(s, SIM_ALL_KINDS);
	const char *form;

	if (f == NULL)
		return "true";
	switch (f->kind) {
	case WEIR_BOOL:
		return f->name;
	case WEIR_TEXT:
		return sim_pool_text(s->pool, "%s %s", f->name, grow(s, "$< $s", 0, NULL));
	case WEIR_TIME:
		return grow(s, "$t $< $t", 0, NULL);
	case WEIR_F32:
	case WEIR_F64:
		form = ONE_OF(s, "isnan($r)", "($r) $< 0.5", "($r) $< 2", "($r) $< 20.25", "($r) $< ($r)");
		return grow(s, form, depth, NULL);
	case WEIR_U64:
		return sim_pool_text(s->pool, "%s %s", f->name, grow(s, "$< 2", 0, NULL));
	default:
		return grow(s, "($w) $< ($w)", depth, NULL);
	}
}

static const char *truth(struct sim_scribe *s, uint32_t depth)
{
	if (depth == 0 || sim_percent(s->random, 60))
		return sim_pool_text(s->pool, "(%s)", comparison(s, depth));
	return grow(s, ONE_OF(s, "!$b", "($b $a $b)", "($b $a $b)"), depth - 1, NULL);
}

const char *sim_draw_when(struct sim_scribe *s)
{
	const struct weir_field *f = field(s, SIM_SIGNED_KINDS);

	if (f != NULL && sim_percent(s->random, 35)) /* what most filters are like */
		return sim_pool_text(s->pool, "%s %s", f->name, grow(s, "$< $l", 0, NULL));
	return truth(s, 2);
}

/* ---- values of any kind ---- */

static const char *time_value(struct sim_scribe *s)
{
	return grow(s, ONE_OF(s, "$t", "$t", "$t + 7000000", "$t - 40000000", "min($t, $t)"), 0, NULL);
}

static const char *text_value(struct sim_scribe *s, const struct weir_field *f, uint16_t *text_max)
{
	const char *lit = text_literal(s);
	uint16_t len = (uint16_t)(strlen(lit) - 2);

	*text_max = f->text_max;
	if (sim_percent(s->random, 60))
		return f->name;
	*text_max = f->text_max > len ? f->text_max : len;
	return sim_pool_text(s->pool, "%s ? %s : %s", truth(s, 1), f->name, lit);
}

const char *sim_draw_value(struct sim_scribe *s, uint8_t *kind, uint16_t *text_max)
{
	const struct weir_field *f = field(s, SIM_ALL_KINDS);
	const char *text;
	bool wide;

	*text_max = 0;
	if (f != NULL && sim_percent(s->random, 45)) {
		*kind = f->kind;
		*text_max = f->text_max;
		return f->name;
	}
	if (f != NULL && f->kind == WEIR_TIME) {
		*kind = WEIR_TIME;
		return time_value(s);
	}
	if (f != NULL && f->kind == WEIR_TEXT) {
		*kind = WEIR_TEXT;
		return text_value(s, f, text_max);
	}
	if (sim_percent(s->random, 12)) {
		*kind = WEIR_BOOL;
		return truth(s, 2);
	}
	if (sim_percent(s->random, 25)) {
		text = real(s, 2, &wide);
		*kind = wide ? WEIR_F64 : WEIR_F32;
		return text;
	}
	*kind = WEIR_I64;
	return grow(s, "0 + $w", DEPTH, NULL); /* a field or a cast alone would keep its kind */
}

const char *sim_draw_value_for(struct sim_scribe *s, const struct weir_field *f)
{
	bool wide;

	switch (f->kind) {
	case WEIR_BOOL:
		return truth(s, 2);
	case WEIR_TIME:
		return time_value(s);
	case WEIR_F32:
	case WEIR_F64:
		return sim_percent(s->random, 70) ? real(s, 2, &wide) : whole(s, 1);
	case WEIR_TEXT:
		return NULL;
	case WEIR_U64:
		return f->name;
	default: /* a literal alone would have to fit */
		return grow(s, "0 + $w", f->kind == WEIR_I64 ? DEPTH : 1, NULL);
	}
}

/* ---- aggregates ---- */

static const char *nth_name(struct sim_scribe *s, const char *list, uint32_t n)
{
	while (n-- > 0)
		list += strcspn(list, ",") + 1;
	return sim_pool_copy(s->pool, list, strcspn(list, ","));
}

static const char *key_field(struct sim_scribe *s, const char *key, uint8_t *kind, uint16_t *text_max)
{
	uint32_t n = 1;
	const char *name;

	for (const char *p = key; *p != '\0'; p++)
		n += *p == ',';
	name = nth_name(s, key, sim_below(s->random, n));
	for (uint8_t i = 0; i < s->record->n_fields; i++)
		if (strcmp(s->record->fields[i].name, name) == 0) {
			*kind = s->record->fields[i].kind;
			*text_max = s->record->fields[i].text_max;
		}
	return name;
}

/* What is aggregated: mostly a field as it is. */
static const char *argument(struct sim_scribe *s, const struct weir_field *f, uint8_t *kind)
{
	*kind = f->kind;
	if (f->kind == WEIR_TIME || f->kind == WEIR_U64 || (SIM_FLOAT_KINDS >> f->kind & 1u) != 0 ||
		sim_percent(s->random, 75))
		return f->name;
	*kind = WEIR_I64;
	return grow(s, "0 + $w", 1, NULL);
}

static const char *call(struct sim_scribe *s, const struct weir_field *f, bool samples, uint8_t *kind)
{
	const char *fn = f->kind == WEIR_TIME ? ONE_OF(s, "min", "max", "first", "last")
			 : samples ? ONE_OF(s, "median", "median", "quantile", "quantile", "var", "sum")
				   : ONE_OF(s, "min", "max", "first", "last", "sum", "avg", "var", "stddev");
	const char *arg = argument(s, f, kind);

	if (strcmp(fn, "quantile") == 0) {
		*kind = WEIR_F64;
		return sim_pool_text(
			s->pool, "quantile(%s, %s)", arg, ONE_OF(s, "0.0", "0.25", "0.9", "1.0"));
	}
	if (strcmp(fn, "var") == 0 || strcmp(fn, "stddev") == 0 || strcmp(fn, "median") == 0)
		*kind = WEIR_F64;
	else if (strcmp(fn, "sum") == 0)
		*kind = (SIM_FLOAT_KINDS >> *kind & 1u) != 0 ? WEIR_F64 : WEIR_I64;
	else if (strcmp(fn, "avg") == 0)
		*kind = WEIR_F64;
	return sim_pool_text(s->pool, "%s(%s)", fn, arg);
}

const char *sim_draw_aggregate(
	struct sim_scribe *s, const char *key, bool samples, uint8_t *kind, uint16_t *text_max)
{
	const struct weir_field *f =
		field(s, SIM_SIGNED_KINDS | SIM_FLOAT_KINDS | 1u << WEIR_TIME | 1u << WEIR_U64);
	uint32_t what = sim_below(s->random, 10);

	*text_max = 0;
	if (key != NULL && what < 3)
		return key_field(s, key, kind, text_max);
	if (what == 3) {
		*kind = WEIR_TIME;
		return ONE_OF(s, "window_start()", "window_end()");
	}
	if (what < 6 || f == NULL) {
		*kind = WEIR_I64;
		return ONE_OF(s, "count()", "count() * 2 - 1");
	}
	return call(s, f, samples, kind);
}
