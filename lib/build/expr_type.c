/* SPDX-License-Identifier: MIT */
/*
 * expr_type.c -- what type every part of an expression has (definition.md, Expressions).
 *
 * Values are worked on in six classes: bool, i64, u64, f32, f64, text, and time, which is i64 with rules of
 * its own. A decimal literal starts without a class and takes that of the floats it meets; an expression made
 * of such literals and integers alone stays without one until something decides, at last f64. What follows
 * from a fault has the class ANY, which fits everything.
 */
#include "expr_code.h"

#include <string.h>

struct typing {
	const struct weir_scope *scope;
	struct weir_expr_faults *faults;
};

enum weir_class weir_class_of(enum weir_kind kind)
{
	switch ((int)kind) {
	case WEIR_BOOL:
		return WEIR_CLASS_BOOL;
	case WEIR_U64:
		return WEIR_CLASS_U;
	case WEIR_F32:
		return WEIR_CLASS_F;
	case WEIR_F64:
		return WEIR_CLASS_D;
	case WEIR_TIME:
		return WEIR_CLASS_TIME;
	case WEIR_TEXT:
		return WEIR_CLASS_TEXT;
	case WEIR_KIND_ANY:
		return WEIR_CLASS_ANY;
	default:
		return WEIR_CLASS_I;
	}
}

static enum weir_kind widest(enum weir_class cls)
{
	static const uint8_t kinds[] = {
		[WEIR_CLASS_ANY] = WEIR_KIND_ANY,
		[WEIR_CLASS_BOOL] = WEIR_BOOL,
		[WEIR_CLASS_I] = WEIR_I64,
		[WEIR_CLASS_U] = WEIR_U64,
		[WEIR_CLASS_F] = WEIR_F32,
		[WEIR_CLASS_D] = WEIR_F64,
		[WEIR_CLASS_DECIMAL] = WEIR_F64,
		[WEIR_CLASS_TIME] = WEIR_TIME,
		[WEIR_CLASS_TEXT] = WEIR_TEXT,
	};

	return (enum weir_kind)kinds[cls];
}

static void set(struct weir_node *n, enum weir_class cls)
{
	n->cls = (uint8_t)cls;
	n->exact = (uint8_t)widest(cls);
}

size_t weir_expr_start(const struct weir_node *node)
{
	while (node->kind == WEIR_NODE_BINARY || node->kind == WEIR_NODE_SELECT)
		node = node->args[0];
	return node->at;
}

const char *weir_expr_type_name(const struct weir_node *node)
{
	if (node->cls == WEIR_CLASS_DECIMAL)
		return "f64";
	return weir_kind_name((enum weir_kind)node->exact);
}

void weir_expr_settle(struct weir_node *node, enum weir_class cls)
{
	if (node->cls != WEIR_CLASS_DECIMAL)
		return;
	set(node, cls);
	for (unsigned i = 0; i < node->n_args; i++)
		weir_expr_settle(node->args[i], cls);
}

static bool is_any(const struct weir_node *n)
{
	return n->cls == WEIR_CLASS_ANY;
}

static bool is_integer(const struct weir_node *n)
{
	return n->cls == WEIR_CLASS_I || n->cls == WEIR_CLASS_U;
}

static bool is_float(const struct weir_node *n)
{
	return n->cls == WEIR_CLASS_F || n->cls == WEIR_CLASS_D || n->cls == WEIR_CLASS_DECIMAL;
}

static bool is_number(const struct weir_node *n)
{
	return is_integer(n) || is_float(n);
}

/* "'&&' needs a bool, this is f32", at the operand. */
static void refuse(
	struct typing *t, const struct weir_node *operand, const char *who, size_t who_len, const char *needs)
{
	if (!is_any(operand))
		weir_expr_tell(t->faults, weir_expr_start(operand), "'%.*s' needs %s, this is %s",
			(int)who_len, who, needs, weir_expr_type_name(operand));
}

static bool need(struct typing *t, const struct weir_node *n, const struct weir_node *operand,
	bool (*fits)(const struct weir_node *), const char *needs)
{
	if (is_any(operand))
		return false;
	if (fits(operand))
		return true;
	refuse(t, operand, t->scope->text + n->at, n->len, needs);
	return false;
}

/* The class that n numbers are brought to; settles decimals. ANY: told. */
static enum weir_class unify(
	struct typing *t, const struct weir_node *at, struct weir_node **args, unsigned n)
{
	bool d = false, f = false, decimal = false, u = false, i = false;
	enum weir_class cls;

	for (unsigned k = 0; k < n; k++) {
		d = d || args[k]->cls == WEIR_CLASS_D;
		f = f || args[k]->cls == WEIR_CLASS_F;
		decimal = decimal || args[k]->cls == WEIR_CLASS_DECIMAL;
		u = u || args[k]->cls == WEIR_CLASS_U;
		i = i || (args[k]->cls == WEIR_CLASS_I && !args[k]->integral);
	}
	if (!d && !f && !decimal && u && i) {
		weir_expr_tell(t->faults, at->at,
			"'%.*s' mixes u64 with a signed value; cast one of them, as in i64(x) or u64(x)",
			(int)at->len, t->scope->text + at->at);
		return WEIR_CLASS_ANY;
	}
	cls = d         ? WEIR_CLASS_D
	      : f       ? WEIR_CLASS_F
	      : decimal ? WEIR_CLASS_DECIMAL
	      : u       ? WEIR_CLASS_U
			: WEIR_CLASS_I;
	if (cls == WEIR_CLASS_D || cls == WEIR_CLASS_F)
		for (unsigned k = 0; k < n; k++)
			weir_expr_settle(args[k], cls);
	return cls;
}

/* All args are numbers; tells each that is not. */
static bool need_numbers(
	struct typing *t, const struct weir_node *at, struct weir_node *const *args, unsigned n)
{
	bool all = true;

	for (unsigned k = 0; k < n; k++)
		all = need(t, at, args[k], is_number, "numbers") && all;
	return all;
}

/* ---- binary operators ---- */

static bool any_arg(const struct weir_node *n)
{
	for (unsigned k = 0; k < n->n_args; k++)
		if (is_any(n->args[k]))
			return true;
	return false;
}

/* time - time, time + i64, i64 + time, time - i64. */
static void type_time(struct typing *t, struct weir_node *n)
{
	bool left = n->args[0]->cls == WEIR_CLASS_TIME, right = n->args[1]->cls == WEIR_CLASS_TIME;
	const struct weir_node *other = left ? n->args[1] : n->args[0];

	if (n->op == '-' && left && right) {
		set(n, WEIR_CLASS_I);
	} else if ((n->op == '+' || (n->op == '-' && left)) && !(left && right) &&
		   other->cls == WEIR_CLASS_I) {
		set(n, WEIR_CLASS_TIME);
	} else {
		weir_expr_tell(t->faults, n->at,
			"'%c' does not take %s and %s; time - time and time + or - an integer of ns are "
			"known",
			n->op, weir_expr_type_name(n->args[0]), weir_expr_type_name(n->args[1]));
		set(n, WEIR_CLASS_ANY);
	}
}

static void type_arithmetic(struct typing *t, struct weir_node *n)
{
	bool times = n->args[0]->cls == WEIR_CLASS_TIME || n->args[1]->cls == WEIR_CLASS_TIME;

	set(n, WEIR_CLASS_ANY);
	if (any_arg(n))
		return;
	if (times) {
		type_time(t, n);
		return;
	}
	if (n->op == '%') {
		bool left = need(t, n, n->args[0], is_integer, "integers");

		if (!need(t, n, n->args[1], is_integer, "integers") || !left)
			return;
	} else if (!need_numbers(t, n, n->args, 2)) {
		return;
	}
	set(n, unify(t, n, n->args, 2));
}

static void type_comparison(struct typing *t, struct weir_node *n)
{
	bool equality = n->op == WEIR_SIGN2('=', '=') || n->op == WEIR_SIGN2('!', '=');
	struct weir_node *a = n->args[0], *b = n->args[1];

	set(n, WEIR_CLASS_BOOL);
	n->operand = WEIR_CLASS_ANY;
	if (any_arg(n))
		return;
	if (is_number(a) && is_number(b)) {
		n->operand = (uint8_t)unify(t, n, n->args, 2);
		if (n->operand == WEIR_CLASS_DECIMAL) {
			n->operand = WEIR_CLASS_D;
			weir_expr_settle(a, WEIR_CLASS_D);
			weir_expr_settle(b, WEIR_CLASS_D);
		}
	} else if (a->cls != b->cls) {
		weir_expr_tell(t->faults, n->at, "cannot compare %s with %s", weir_expr_type_name(a),
			weir_expr_type_name(b));
	} else if (a->cls == WEIR_CLASS_BOOL && !equality) {
		weir_expr_tell(t->faults, n->at, "bools have no order; only == and != compare them");
	} else {
		n->operand = a->cls;
	}
}

static bool is_bool(const struct weir_node *n)
{
	return n->cls == WEIR_CLASS_BOOL;
}

static void type_logic(struct typing *t, struct weir_node *n)
{
	for (unsigned k = 0; k < 2; k++)
		need(t, n, n->args[k], is_bool, "bools");
	set(n, WEIR_CLASS_BOOL);
}

static void type_bits(struct typing *t, struct weir_node *n)
{
	bool left = need(t, n, n->args[0], is_integer, "integers");
	bool right = need(t, n, n->args[1], is_integer, "integers");

	set(n, WEIR_CLASS_ANY);
	if (!left || !right)
		return;
	if (n->op == WEIR_SIGN2('<', '<') || n->op == WEIR_SIGN2('>', '>'))
		set(n, (enum weir_class)n->args[0]->cls);
	else
		set(n, unify(t, n, n->args, 2));
}

static void type_binary(struct typing *t, struct weir_node *n)
{
	switch (n->op) {
	case '+':
	case '-':
	case '*':
	case '/':
	case '%':
		type_arithmetic(t, n);
		break;
	case '|':
	case '&':
	case '^':
	case WEIR_SIGN2('<', '<'):
	case WEIR_SIGN2('>', '>'):
		type_bits(t, n);
		break;
	case WEIR_SIGN2('&', '&'):
	case WEIR_SIGN2('|', '|'):
		type_logic(t, n);
		break;
	default:
		type_comparison(t, n);
		break;
	}
}

/* ---- the rest ---- */

static bool is_signed_number(const struct weir_node *n)
{
	return n->cls == WEIR_CLASS_I || is_float(n);
}

/* -9223372036854775808 is an i64, though its digits alone are not. */
static bool is_least(const struct weir_node *n)
{
	return n->kind == WEIR_NODE_INTEGER && n->integer == (uint64_t)1 << 63;
}

static void type_unary(struct typing *t, struct weir_node *n)
{
	struct weir_node *a = n->args[0];

	set(n, WEIR_CLASS_ANY);
	if (n->op == '!') {
		need(t, n, a, is_bool, "a bool");
		set(n, WEIR_CLASS_BOOL);
	} else if (n->op == '~') {
		if (need(t, n, a, is_integer, "an integer"))
			set(n, (enum weir_class)a->cls);
	} else if (is_least(a)) {
		set(n, WEIR_CLASS_I);
	} else if (need(t, n, a, is_signed_number, "a signed number")) {
		set(n, (enum weir_class)a->cls);
	}
}

static void type_select(struct typing *t, struct weir_node *n)
{
	struct weir_node *a = n->args[1], *b = n->args[2];

	need(t, n, n->args[0], is_bool, "a bool before it");
	set(n, WEIR_CLASS_ANY);
	if (is_any(a) || is_any(b))
		return;
	if (is_number(a) && is_number(b)) {
		set(n, unify(t, n, n->args + 1, 2));
	} else if (a->cls == b->cls) {
		set(n, (enum weir_class)a->cls);
		n->text_max = a->text_max > b->text_max ? a->text_max : b->text_max;
	} else {
		weir_expr_tell(t->faults, n->at, "the two sides of '?:' are %s and %s",
			weir_expr_type_name(a), weir_expr_type_name(b));
	}
}

static bool is_floating(const struct weir_node *n)
{
	return is_float(n);
}

static bool is_time(const struct weir_node *n)
{
	return n->cls == WEIR_CLASS_TIME;
}

/* What is written as one call; its first argument is the rest of it. */
static bool is_fold(const struct weir_node *n)
{
	return n->kind == WEIR_NODE_CALL && n->args[0]->kind == WEIR_NODE_CALL && n->args[0]->at == n->at;
}

/* The arguments as written: one meets all the others, however they are folded. */
static unsigned arguments(struct weir_node *n, struct weir_node **args)
{
	unsigned count = is_fold(n) ? arguments(n->args[0], args) : 0;

	for (unsigned k = is_fold(n); k < n->n_args; k++)
		args[count++] = n->args[k];
	return count;
}

/* min, max, clamp, abs: of numbers, or (not abs) of times. */
static void type_pick(struct typing *t, struct weir_node *n)
{
	struct weir_node *args[WEIR_EXPR_FOLD_MAX];
	unsigned count = arguments(n, args);
	enum weir_class cls = WEIR_CLASS_TIME;
	bool times = n->op != WEIR_FN_ABS;

	for (unsigned k = 0; k < count; k++)
		times = times && is_time(args[k]);
	if (!times)
		cls = need_numbers(t, n, args, count) ? unify(t, n, args, count) : WEIR_CLASS_ANY;
	for (; is_fold(n); n = n->args[0])
		set(n, cls);
	set(n, cls);
}

/* Of one number, and a float: integers become f64. */
static void type_float_call(struct typing *t, struct weir_node *n)
{
	if (need(t, n, n->args[0], is_number, "a number"))
		set(n, is_integer(n->args[0]) ? WEIR_CLASS_D : (enum weir_class)n->args[0]->cls);
}

static void type_pow(struct typing *t, struct weir_node *n)
{
	if (!need_numbers(t, n, n->args, 2))
		return;
	if (is_integer(n->args[0]) && is_integer(n->args[1]))
		set(n, WEIR_CLASS_D);
	else
		set(n, unify(t, n, n->args, 2));
}

static void type_scalar_call(struct typing *t, struct weir_node *n)
{
	switch (n->op) {
	case WEIR_FN_SQRT:
	case WEIR_FN_FLOOR:
	case WEIR_FN_CEIL:
	case WEIR_FN_ROUND:
	case WEIR_FN_EXP:
	case WEIR_FN_LOG:
	case WEIR_FN_SIN:
	case WEIR_FN_COS:
		type_float_call(t, n);
		break;
	case WEIR_FN_POW:
		type_pow(t, n);
		break;
	case WEIR_FN_ISNAN:
		if (need(t, n, n->args[0], is_floating, "a float"))
			weir_expr_settle(n->args[0], WEIR_CLASS_D);
		set(n, WEIR_CLASS_BOOL);
		break;
	case WEIR_FN_HOUR:
	case WEIR_FN_MINUTE:
	case WEIR_FN_WEEKDAY:
		need(t, n, n->args[0], is_time, "a time");
		set(n, WEIR_CLASS_I);
		break;
	default:
		type_pick(t, n);
		break;
	}
}

static bool is_aggregate(const struct weir_node *n)
{
	return n->op >= WEIR_FN_AGGREGATES ||
	       ((n->op == WEIR_FN_MIN || n->op == WEIR_FN_MAX) && n->n_args == 1);
}

static void refuse_call(struct typing *t, const struct weir_node *n)
{
	const char *name = t->scope->text + n->at;
	int len = (int)n->len;

	if (t->scope->in_aggregate)
		weir_expr_tell(t->faults, n->at, "an aggregate cannot stand inside another one");
	else if (n->op == WEIR_FN_MIN || n->op == WEIR_FN_MAX)
		weir_expr_tell(t->faults, n->at,
			"%.*s takes at least 2 arguments here; with one it is an aggregate, for a window's "
			"emit only",
			len, name);
	else
		weir_expr_tell(t->faults, n->at, "%.*s is an aggregate; it works in a window's emit only",
			len, name);
}

/* Numbers that integers fit, as ns: time to and from. */
static bool castable(const struct weir_node *n, enum weir_kind to)
{
	if (n->cls == WEIR_CLASS_TEXT)
		return false;
	if (to == WEIR_TIME)
		return is_integer(n) || is_time(n);
	if (to == WEIR_BOOL)
		return is_integer(n) || is_bool(n);
	return true;
}

static void type_cast(struct typing *t, struct weir_node *n)
{
	enum weir_kind to = (enum weir_kind)n->op;
	struct weir_node *a = n->args[0];

	if (!is_any(a) && !castable(a, to))
		weir_expr_tell(t->faults, n->at, "%s cannot be cast to %s", weir_expr_type_name(a),
			weir_kind_name(to));
	else if (to >= WEIR_I8 && to <= WEIR_U64 && weir_is_integer_literal(a) && !weir_literal_fits(a, to))
		weir_expr_tell(
			t->faults, weir_expr_start(a), "this number does not fit %s", weir_kind_name(to));
	weir_expr_settle(a, to == WEIR_F32 && weir_expr_is_decimal(a) ? WEIR_CLASS_F : WEIR_CLASS_D);
	set(n, weir_class_of(to));
	n->exact = (uint8_t)to;
}

static void type_field(struct typing *t, struct weir_node *n)
{
	const struct weir_scope *scope = t->scope;

	set(n, WEIR_CLASS_ANY);
	if (scope->emit != NULL) {
		n->field = weir_emit_name(scope->emit, n, scope, t->faults);
	} else if (scope->record != NULL) {
		n->field = weir_expr_field(scope->record, scope->text + n->at, n->len);
		if (n->field == NULL)
			weir_expr_unknown_field(n, scope, t->faults);
	}
	if (n->field == NULL)
		return;
	n->cls = (uint8_t)weir_class_of((enum weir_kind)n->field->kind);
	n->exact = n->field->kind;
	n->text_max = n->field->text_max;
}

static void type_node(struct typing *t, struct weir_node *n);

static void type_arguments(struct typing *t, struct weir_node *n)
{
	if (is_fold(n))
		type_arguments(t, n->args[0]);
	for (unsigned k = is_fold(n); k < n->n_args; k++)
		type_node(t, n->args[k]);
}

static void type_call(struct typing *t, struct weir_node *n)
{
	bool aggregate = is_aggregate(n);

	set(n, WEIR_CLASS_ANY);
	if (aggregate && t->scope->emit != NULL) {
		weir_emit_call(t->scope->emit, n, t->scope, t->faults);
		return;
	}
	if (aggregate) {
		refuse_call(t, n);
		return;
	}
	type_arguments(t, n);
	type_scalar_call(t, n);
}

static void type_literal(struct weir_node *n)
{
	switch (n->kind) {
	case WEIR_NODE_INTEGER:
		n->integral = true;
		set(n, n->integer <= INT64_MAX ? WEIR_CLASS_I : WEIR_CLASS_U);
		break;
	case WEIR_NODE_DECIMAL:
		set(n, WEIR_CLASS_DECIMAL);
		break;
	case WEIR_NODE_TEXT:
		set(n, WEIR_CLASS_TEXT);
		n->text_max = n->text_len;
		break;
	default:
		set(n, WEIR_CLASS_BOOL);
		break;
	}
}

static void type_node(struct typing *t, struct weir_node *n)
{
	if (n->kind == WEIR_NODE_CALL) { /* aggregates type their arguments themselves */
		type_call(t, n);
		return;
	}
	for (unsigned k = 0; k < n->n_args; k++)
		type_node(t, n->args[k]);
	switch (n->kind) {
	case WEIR_NODE_FIELD:
		type_field(t, n);
		break;
	case WEIR_NODE_UNARY:
		type_unary(t, n);
		break;
	case WEIR_NODE_BINARY:
		type_binary(t, n);
		break;
	case WEIR_NODE_SELECT:
		type_select(t, n);
		break;
	case WEIR_NODE_CAST:
		type_cast(t, n);
		break;
	default:
		type_literal(n);
		break;
	}
}

void weir_expr_type(struct weir_node *root, const struct weir_scope *scope, struct weir_expr_faults *faults)
{
	struct typing t = { .scope = scope, .faults = faults };

	type_node(&t, root);
}
