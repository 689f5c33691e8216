/* SPDX-License-Identifier: MIT */
/* oracle_read.c -- expressions as text become trees with types (oracle_expr.h). */
#include <stdlib.h>
#include <string.h>

#include "oracle_tree.h"

struct reading {
	struct sim_pool *pool;
	const char *at;
	const struct sim_names *names;
	struct sim_aggregates *aggregates;
	bool failed, inside; /* inside: of an aggregate */
};

static struct sim_expr *read_choice(struct reading *r);

static struct sim_expr *fail(struct reading *r)
{
	r->failed = true;
	return sim_pool_get(r->pool, sizeof(struct sim_expr));
}

static void blanks(struct reading *r)
{
	while (*r->at == ' ')
		r->at++;
}

static bool next_is(struct reading *r, const char *sign)
{
	size_t n = strlen(sign);

	blanks(r);
	if (strncmp(r->at, sign, n) != 0)
		return false;
	r->at += n;
	return true;
}

/* ---- types ---- */

static bool is_number(uint8_t cls)
{
	return cls == SIM_CLASS_I || cls == SIM_CLASS_U || cls == SIM_CLASS_F || cls == SIM_CLASS_D ||
	       cls == SIM_CLASS_DECIMAL;
}

/* A decimal literal takes the float it meets. */
static void settle(struct sim_expr *e, uint8_t cls)
{
	if (e->cls != SIM_CLASS_DECIMAL)
		return;
	e->cls = cls;
	e->kind = cls == SIM_CLASS_F ? WEIR_F32 : WEIR_F64;
	e->value.kind = e->kind;
	if (cls == SIM_CLASS_F)
		e->value.f = strtof(e->text, NULL);
	else
		e->value.d = strtod(e->text, NULL);
}

static bool is_whole_literal(const struct sim_expr *e)
{
	return e->form == SIM_FORM_LITERAL && e->cls == SIM_CLASS_I && e->value.i >= 0;
}

/*
 * The class that operands are brought to. Whole numbers and decimal literals alone would stay undecided until they meet
 * a float: a form that is not known here, unless the result is a bool and nothing more can come (last).
 */
static uint8_t unify(struct reading *r, struct sim_expr **args, unsigned n, bool last)
{
	bool d = false, f = false, decimal = false, u = false, i = false;
	uint8_t cls;

	for (unsigned k = 0; k < n; k++) {
		d = d || args[k]->cls == SIM_CLASS_D;
		f = f || args[k]->cls == SIM_CLASS_F;
		decimal = decimal || args[k]->cls == SIM_CLASS_DECIMAL;
		u = u || args[k]->cls == SIM_CLASS_U;
		i = i || (args[k]->cls == SIM_CLASS_I && !is_whole_literal(args[k]));
		if (!is_number(args[k]->cls))
			r->failed = true;
	}
	if ((u && i && !d && !f) || (decimal && !d && !f && !last))
		r->failed = true;
	cls = d || (decimal && !f) ? SIM_CLASS_D : f ? SIM_CLASS_F : u ? SIM_CLASS_U : SIM_CLASS_I;
	for (unsigned k = 0; k < n; k++)
		settle(args[k], cls);
	return cls;
}

static uint8_t widest(uint8_t cls)
{
	static const uint8_t kinds[] = { [SIM_CLASS_B] = WEIR_BOOL,
		[SIM_CLASS_I] = WEIR_I64,
		[SIM_CLASS_U] = WEIR_U64,
		[SIM_CLASS_F] = WEIR_F32,
		[SIM_CLASS_D] = WEIR_F64,
		[SIM_CLASS_T] = WEIR_TEXT,
		[SIM_CLASS_TIME] = WEIR_TIME,
		[SIM_CLASS_DECIMAL] = WEIR_F64 };

	return kinds[cls];
}

static struct sim_expr *node(struct reading *r, uint8_t form, uint8_t op, uint8_t cls)
{
	struct sim_expr *e = sim_pool_get(r->pool, sizeof *e);

	e->form = form;
	e->op = op;
	e->cls = cls;
	e->kind = widest(cls);
	return e;
}

/* ---- leaves ---- */

static struct sim_expr *read_number(struct reading *r)
{
	struct sim_expr *e = node(r, SIM_FORM_LITERAL, 0, SIM_CLASS_I);
	char *end;

	e->value.kind = WEIR_I64;
	e->value.i = strtoll(r->at, &end, 10);
	if (*end == '.' || *end == 'e') {
		e->cls = SIM_CLASS_DECIMAL;
		(void)strtod(r->at, &end);
		e->text = sim_pool_copy(r->pool, r->at, (size_t)(end - r->at));
	}
	r->at = end;
	return e;
}

static struct sim_expr *read_text(struct reading *r)
{
	struct sim_expr *e = node(r, SIM_FORM_LITERAL, 0, SIM_CLASS_T);
	const char *end = strchr(++r->at, '\'');

	if (end == NULL)
		return fail(r);
	e->value = (struct sim_value){ .kind = WEIR_TEXT, .len = (uint16_t)(end - r->at) };
	e->value.text = sim_pool_copy(r->pool, r->at, e->value.len);
	e->text_max = e->value.len;
	r->at = end + 1;
	return e;
}

static struct sim_expr *read_field(struct reading *r, const char *name, size_t len)
{
	for (uint32_t i = 0; i < r->names->n_fields; i++) {
		const struct weir_field *f = &r->names->fields[i];
		struct sim_expr *e;

		if (strlen(f->name) != len || memcmp(f->name, name, len) != 0)
			continue;
		e = node(r, SIM_FORM_FIELD, 0, sim_class_of(f->kind));
		e->kind = f->kind;
		e->text_max = f->text_max;
		e->place = i;
		return e;
	}
	return fail(r);
}

/* ---- calls ---- */

static uint32_t read_args(struct reading *r, struct sim_expr **args, uint32_t most)
{
	uint32_t n = 0;

	if (next_is(r, ")"))
		return 0;
	do {
		if (n == most) {
			r->failed = true;
			return n;
		}
		args[n++] = read_choice(r);
	} while (!r->failed && next_is(r, ","));
	if (!next_is(r, ")"))
		r->failed = true;
	return n;
}

static uint8_t aggregate_kind(uint8_t fn, const struct sim_expr *arg)
{
	if (fn == SIM_FN_START || fn == SIM_FN_END)
		return WEIR_TIME;
	if (fn == SIM_FN_COUNT)
		return WEIR_I64;
	if (fn == SIM_FN_AVG || (fn >= SIM_FN_VAR && fn <= SIM_FN_QUANTILE))
		return WEIR_F64;
	if (fn == SIM_FN_SUM)
		return arg->cls == SIM_CLASS_F || arg->cls == SIM_CLASS_D ? WEIR_F64 : WEIR_I64;
	return arg->kind;
}

static struct sim_expr *aggregate(struct reading *r, uint8_t fn, struct sim_expr **args, uint32_t n)
{
	struct sim_aggregate *a = &r->aggregates->list[r->aggregates->n];
	bool alone = fn == SIM_FN_COUNT || fn == SIM_FN_START || fn == SIM_FN_END;
	struct sim_expr *e;

	if (r->aggregates->n == SIM_AGGREGATES || n != (alone ? 0u : fn == SIM_FN_QUANTILE ? 2u : 1u))
		return fail(r);
	a->fn = fn;
	a->q = fn == SIM_FN_QUANTILE && args[1]->text != NULL ? strtod(args[1]->text, NULL) : 0.5;
	a->arg = alone ? NULL : args[0];
	if (!alone)
		settle(a->arg, SIM_CLASS_D);
	a->kind = aggregate_kind(fn, a->arg);
	e = node(r, SIM_FORM_AGGREGATE, 0, sim_class_of(a->kind));
	e->kind = a->kind;
	e->place = r->aggregates->n++;
	return e;
}

static struct sim_expr *cast(struct reading *r, uint8_t kind, struct sim_expr **args, uint32_t n)
{
	struct sim_expr *e = node(r, SIM_FORM_CAST, 0, sim_class_of(kind));

	if (n != 1 || args[0]->cls == SIM_CLASS_T)
		return fail(r);
	settle(args[0], kind == WEIR_F32 ? SIM_CLASS_F : SIM_CLASS_D);
	e->kind = kind;
	e->args[0] = args[0];
	return e;
}

/* abs, min, max, clamp. */
static struct sim_expr *pick(struct reading *r, uint8_t op, struct sim_expr **args, uint32_t n)
{
	bool times = op != SIM_OP_ABS;
	struct sim_expr *e;

	for (uint32_t i = 0; i < n; i++)
		times = times && args[i]->cls == SIM_CLASS_TIME;
	e = node(r, SIM_FORM_CALL, op, times ? SIM_CLASS_TIME : unify(r, args, n, false));
	e->n_args = (uint8_t)n;
	memcpy(e->args, args, n * sizeof *args);
	return e;
}

static struct sim_expr *of_time(struct reading *r, uint8_t op, struct sim_expr **args, uint32_t n)
{
	struct sim_expr *e = node(r, SIM_FORM_CALL, op, SIM_CLASS_I);

	if (n != 1 || args[0]->cls != SIM_CLASS_TIME)
		return fail(r);
	e->args[0] = args[0];
	return e;
}

static struct sim_expr *is_nan(struct reading *r, struct sim_expr **args, uint32_t n)
{
	struct sim_expr *e = node(r, SIM_FORM_CALL, SIM_OP_ISNAN, SIM_CLASS_B);

	if (n != 1 || (args[0]->cls != SIM_CLASS_F && args[0]->cls != SIM_CLASS_D))
		return fail(r);
	e->args[0] = args[0];
	return e;
}

/* Whole numbers become f64. */
static struct sim_expr *of_floats(struct reading *r, uint8_t op, struct sim_expr **args, uint32_t n)
{
	uint8_t cls = unify(r, args, n, false);
	struct sim_expr *e = node(r, SIM_FORM_CALL, op, cls == SIM_CLASS_F ? SIM_CLASS_F : SIM_CLASS_D);

	e->n_args = (uint8_t)n;
	memcpy(e->args, args, n * sizeof *args);
	return e;
}

static const struct function {
	const char *name;
	uint8_t what; /* enum sim_op, kind, or enum sim_fn */
	char group;   /* p: pick, f: of floats, t: of a time, n: isnan, c: cast, a: aggregate */
	uint8_t args;
} functions[] = {
	{ "abs", SIM_OP_ABS, 'p', 1 },
	{ "min", SIM_OP_MIN, 'p', 2 },
	{ "max", SIM_OP_MAX, 'p', 2 },
	{ "clamp", SIM_OP_CLAMP, 'p', 3 },
	{ "sqrt", SIM_OP_SQRT, 'f', 1 },
	{ "floor", SIM_OP_FLOOR, 'f', 1 },
	{ "ceil", SIM_OP_CEIL, 'f', 1 },
	{ "round", SIM_OP_ROUND, 'f', 1 },
	{ "exp", SIM_OP_EXP, 'f', 1 },
	{ "log", SIM_OP_LOG, 'f', 1 },
	{ "pow", SIM_OP_POW, 'f', 2 },
	{ "sin", SIM_OP_SIN, 'f', 1 },
	{ "cos", SIM_OP_COS, 'f', 1 },
	{ "hour", SIM_OP_HOUR, 't', 1 },
	{ "minute", SIM_OP_MINUTE, 't', 1 },
	{ "weekday", SIM_OP_WEEKDAY, 't', 1 },
	{ "isnan", SIM_OP_ISNAN, 'n', 1 },
	{ "i8", WEIR_I8, 'c', 1 },
	{ "i16", WEIR_I16, 'c', 1 },
	{ "i32", WEIR_I32, 'c', 1 },
	{ "i64", WEIR_I64, 'c', 1 },
	{ "u8", WEIR_U8, 'c', 1 },
	{ "u16", WEIR_U16, 'c', 1 },
	{ "u32", WEIR_U32, 'c', 1 },
	{ "f32", WEIR_F32, 'c', 1 },
	{ "f64", WEIR_F64, 'c', 1 },
	{ "count", SIM_FN_COUNT, 'a', 0 },
	{ "sum", SIM_FN_SUM, 'a', 1 },
	{ "avg", SIM_FN_AVG, 'a', 1 },
	{ "min", SIM_FN_MIN, 'a', 1 },
	{ "max", SIM_FN_MAX, 'a', 1 },
	{ "first", SIM_FN_FIRST, 'a', 1 },
	{ "last", SIM_FN_LAST, 'a', 1 },
	{ "var", SIM_FN_VAR, 'a', 1 },
	{ "stddev", SIM_FN_STDDEV, 'a', 1 },
	{ "median", SIM_FN_MEDIAN, 'a', 1 },
	{ "quantile", SIM_FN_QUANTILE, 'a', 2 },
	{ "window_start", SIM_FN_START, 'a', 0 },
	{ "window_end", SIM_FN_END, 'a', 0 },
};

static struct sim_expr *call(struct reading *r, const struct function *f, struct sim_expr **args, uint32_t n)
{
	switch (f->group) {
	case 'p':
		return pick(r, f->what, args, n);
	case 'f':
		return of_floats(r, f->what, args, n);
	case 't':
		return of_time(r, f->what, args, n);
	case 'n':
		return is_nan(r, args, n);
	case 'c':
		return cast(r, f->what, args, n);
	default:
		return r->aggregates != NULL && !r->inside ? aggregate(r, f->what, args, n) : fail(r);
	}
}

static struct sim_expr *read_call(struct reading *r, const char *name, size_t len)
{
	struct sim_expr *args[3] = { NULL, NULL, NULL };
	uint32_t n = read_args(r, args, 3);

	for (size_t i = 0; i < sizeof functions / sizeof *functions && !r->failed; i++) {
		const struct function *f = &functions[i];

		if (strlen(f->name) == len && memcmp(f->name, name, len) == 0 && f->args == n)
			return call(r, f, args, n);
	}
	return fail(r);
}

static struct sim_expr *read_name(struct reading *r)
{
	const char *name = r->at;
	size_t len = strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789.");
	bool is_true = len == 4 && memcmp(name, "true", 4) == 0;
	struct sim_expr *e;

	r->at += len;
	if (is_true || (len == 5 && memcmp(name, "false", 5) == 0)) {
		e = node(r, SIM_FORM_LITERAL, 0, SIM_CLASS_B);
		e->value = (struct sim_value){ .kind = WEIR_BOOL, .u = is_true };
		return e;
	}
	return next_is(r, "(") ? read_call(r, name, len) : read_field(r, name, len);
}

static struct sim_expr *read_leaf(struct reading *r)
{
	struct sim_expr *e;

	if (next_is(r, "(")) {
		e = read_choice(r);
		if (!next_is(r, ")"))
			return fail(r);
		return e;
	}
	if (*r->at >= '0' && *r->at <= '9')
		return read_number(r);
	if (*r->at == '\'')
		return read_text(r);
	if ((*r->at >= 'a' && *r->at <= 'z') || (*r->at >= 'A' && *r->at <= 'Z') || *r->at == '_')
		return read_name(r);
	return fail(r);
}

/* ---- operators ---- */

static struct sim_expr *negative(struct reading *r, struct sim_expr *a)
{
	struct sim_expr *e;

	if (a->cls == SIM_CLASS_DECIMAL) {
		a->text = sim_pool_text(r->pool, "-%s", a->text);
		return a;
	}
	e = node(r, SIM_FORM_UNARY, SIM_OP_NEG, a->cls);
	if (a->cls != SIM_CLASS_I && a->cls != SIM_CLASS_F && a->cls != SIM_CLASS_D)
		return fail(r);
	e->args[0] = a;
	return e;
}

static struct sim_expr *read_unary(struct reading *r)
{
	struct sim_expr *e, *a;
	uint8_t op;

	blanks(r);
	if (r->failed || strchr("-!~", *r->at) == NULL || *r->at == '\0')
		return read_leaf(r);
	op = *r->at == '!' ? SIM_OP_NOT : SIM_OP_INVERT;
	if (*r->at++ == '-')
		return negative(r, read_unary(r));
	a = read_unary(r);
	e = node(r, SIM_FORM_UNARY, op, a->cls);
	if (a->cls != (op == SIM_OP_NOT ? SIM_CLASS_B : SIM_CLASS_I))
		return fail(r);
	e->args[0] = a;
	return e;
}

/* From the loosest to the tightest; longer signs before those that they begin with. */
static const struct operator
{
	const char *sign;
	uint8_t op, level;
}
operators[] = {
	{ "||", SIM_OP_OR, 0 },
	{ "&&", SIM_OP_AND, 1 },
	{ "|", SIM_OP_BIT_OR, 2 },
	{ "^", SIM_OP_BIT_XOR, 3 },
	{ "&", SIM_OP_BIT_AND, 4 },
	{ "==", SIM_OP_EQ, 5 },
	{ "!=", SIM_OP_NE, 5 },
	{ "<<", SIM_OP_SHL, 7 },
	{ ">>", SIM_OP_SHR, 7 },
	{ "<=", SIM_OP_LE, 6 },
	{ ">=", SIM_OP_GE, 6 },
	{ "<", SIM_OP_LT, 6 },
	{ ">", SIM_OP_GT, 6 },
	{ "+", SIM_OP_ADD, 8 },
	{ "-", SIM_OP_SUB, 8 },
	{ "*", SIM_OP_MUL, 9 },
	{ "/", SIM_OP_DIV, 9 },
	{ "%", SIM_OP_REM, 9 },
};
#define LEVELS 10u

static const struct operator* operator_here(struct reading *r)
{
	size_t best = 0;
	const struct operator* found = NULL;

	blanks(r);
	for (size_t i = 0; i < sizeof operators / sizeof *operators; i++) {
		size_t n = strlen(operators[i].sign);

		if (n > best && strncmp(r->at, operators[i].sign, n) == 0) {
			found = &operators[i];
			best = n;
		}
	}
	return found;
}

static uint8_t class_of_times(
	struct reading *r, uint8_t op, const struct sim_expr *a, const struct sim_expr *b)
{
	bool left = a->cls == SIM_CLASS_TIME, right = b->cls == SIM_CLASS_TIME;

	if (op == SIM_OP_SUB && left && right)
		return SIM_CLASS_I;
	if ((op == SIM_OP_ADD && !(left && right)) || (op == SIM_OP_SUB && left))
		if ((left ? b : a)->cls == SIM_CLASS_I)
			return SIM_CLASS_TIME;
	r->failed = true;
	return SIM_CLASS_I;
}

static uint8_t class_of_comparison(struct reading *r, struct sim_expr **args)
{
	if (is_number(args[0]->cls) && is_number(args[1]->cls))
		return unify(r, args, 2, true);
	if (args[0]->cls != args[1]->cls)
		r->failed = true;
	return args[0]->cls;
}

static struct sim_expr *binary(struct reading *r, uint8_t op, struct sim_expr *a, struct sim_expr *b)
{
	struct sim_expr *e = node(r, SIM_FORM_BINARY, op, SIM_CLASS_I);

	e->args[0] = a;
	e->args[1] = b;
	if (op == SIM_OP_OR || op == SIM_OP_AND) {
		e->cls = SIM_CLASS_B;
		if (a->cls != SIM_CLASS_B || b->cls != SIM_CLASS_B)
			r->failed = true;
	} else if (op >= SIM_OP_EQ && op <= SIM_OP_GE) {
		e->operand = class_of_comparison(r, e->args);
		e->cls = SIM_CLASS_B;
	} else if (a->cls == SIM_CLASS_TIME || b->cls == SIM_CLASS_TIME) {
		e->cls = class_of_times(r, op, a, b);
	} else if (op == SIM_OP_SHL || op == SIM_OP_SHR) {
		e->cls = a->cls;
		if (a->cls != SIM_CLASS_I || b->cls != SIM_CLASS_I)
			r->failed = true;
	} else {
		e->cls = unify(r, e->args, 2, false);
		if (op >= SIM_OP_REM && e->cls != SIM_CLASS_I) /* % and bits: of whole numbers */
			r->failed = true;
	}
	e->kind = widest(e->cls);
	return e;
}

static struct sim_expr *read_level(struct reading *r, unsigned level)
{
	struct sim_expr *e;
	const struct operator* o;

	if (level == LEVELS)
		return read_unary(r);
	e = read_level(r, level + 1);
	while (!r->failed && (o = operator_here(r)) != NULL && o->level == level) {
		r->at += strlen(o->sign);
		e = binary(r, o->op, e, read_level(r, level + 1));
	}
	return e;
}

static struct sim_expr *read_choice(struct reading *r)
{
	struct sim_expr *when = read_level(r, 0), *e;

	if (r->failed || !next_is(r, "?"))
		return when;
	e = node(r, SIM_FORM_CHOICE, 0, SIM_CLASS_I);
	e->args[0] = when;
	e->args[1] = read_choice(r);
	if (r->failed || !next_is(r, ":"))
		return fail(r);
	e->args[2] = read_choice(r);
	if (r->failed || when->cls != SIM_CLASS_B)
		return fail(r);
	if (is_number(e->args[1]->cls) && is_number(e->args[2]->cls))
		e->cls = unify(r, e->args + 1, 2, false);
	else if (e->args[1]->cls == e->args[2]->cls)
		e->cls = e->args[1]->cls;
	else
		return fail(r);
	e->kind = widest(e->cls);
	e->text_max =
		e->args[1]->text_max > e->args[2]->text_max ? e->args[1]->text_max : e->args[2]->text_max;
	return e;
}

struct sim_expr *sim_expr_read(struct sim_pool *pool, const char *text, const struct sim_names *names,
	struct sim_aggregates *aggregates)
{
	struct reading r = { .pool = pool, .at = text, .names = names, .aggregates = aggregates };
	struct sim_expr *e = read_choice(&r);

	blanks(&r);
	if (r.failed || *r.at != '\0')
		return NULL;
	settle(e, SIM_CLASS_D);
	return e;
}

uint8_t sim_expr_kind(const struct sim_expr *e)
{
	return e->kind;
}

uint16_t sim_expr_text_max(const struct sim_expr *e)
{
	return e->text_max;
}

bool sim_expr_is_field(const struct sim_expr *e)
{
	return e->form == SIM_FORM_FIELD;
}

uint32_t sim_expr_place(const struct sim_expr *e)
{
	return e->place;
}
