/* SPDX-License-Identifier: MIT */
/* oracle_expr.c -- trees are worked out for a record (oracle_expr.h). */
#include <string.h>

#include <weir/error.h>
#include <weir/scalar.h>

#include "oracle_tree.h"

#define SECOND_NS 1000000000

/* ---- between kinds ---- */

static bool whole_range(uint8_t kind, int64_t *least, int64_t *most)
{
	static const struct {
		int64_t least, most;
	} ranges[] = { [WEIR_I8] = { INT8_MIN, INT8_MAX },
		[WEIR_I16] = { INT16_MIN, INT16_MAX },
		[WEIR_I32] = { INT32_MIN, INT32_MAX },
		[WEIR_I64] = { INT64_MIN, INT64_MAX },
		[WEIR_U8] = { 0, UINT8_MAX },
		[WEIR_U16] = { 0, UINT16_MAX },
		[WEIR_U32] = { 0, UINT32_MAX } };

	if (kind < WEIR_I8 || kind > WEIR_U32)
		return false;
	*least = ranges[kind].least;
	*most = ranges[kind].most;
	return true;
}

uint8_t sim_class_of(uint8_t kind)
{
	switch (kind) {
	case WEIR_BOOL:
		return SIM_CLASS_B;
	case WEIR_U64:
		return SIM_CLASS_U;
	case WEIR_F32:
		return SIM_CLASS_F;
	case WEIR_F64:
		return SIM_CLASS_D;
	case WEIR_TIME:
		return SIM_CLASS_TIME;
	case WEIR_TEXT:
		return SIM_CLASS_T;
	default:
		return SIM_CLASS_I;
	}
}

/* A value as a float of either width: rounded once. */
static double as_double(const struct sim_value *v)
{
	switch (sim_class_of(v->kind)) {
	case SIM_CLASS_D:
		return v->d;
	case SIM_CLASS_F:
		return (double)v->f;
	case SIM_CLASS_U:
	case SIM_CLASS_B:
		return (double)v->u;
	default:
		return (double)v->i;
	}
}

static float as_float(const struct sim_value *v)
{
	switch (sim_class_of(v->kind)) {
	case SIM_CLASS_D:
		return (float)v->d;
	case SIM_CLASS_F:
		return v->f;
	case SIM_CLASS_U:
	case SIM_CLASS_B:
		return (float)v->u;
	default:
		return (float)v->i;
	}
}

/* A float is cut off; 2^63 and what is beyond does not fit, nor does NaN. */
static int to_whole(struct sim_value *v)
{
	double d;

	switch (sim_class_of(v->kind)) {
	case SIM_CLASS_D:
	case SIM_CLASS_F:
		d = as_double(v);
		if (!(d >= -9223372036854775808.0 && d < 9223372036854775808.0))
			return WEIR_ECAST;
		v->i = (int64_t)d;
		break;
	case SIM_CLASS_U:
	case SIM_CLASS_B:
		if (v->u > INT64_MAX)
			return WEIR_ECAST;
		v->i = (int64_t)v->u;
		break;
	default:
		break;
	}
	v->kind = WEIR_I64;
	return 0;
}

int sim_value_to_kind(struct sim_value *v, uint8_t kind)
{
	int64_t least, most;
	int rc;

	if (v->kind == kind || kind == WEIR_TEXT || kind == WEIR_TIME || kind == WEIR_BOOL) {
		v->kind = kind;
		return 0;
	}
	if (kind == WEIR_F64) {
		v->d = as_double(v);
	} else if (kind == WEIR_F32) {
		v->f = as_float(v);
	} else if (kind == WEIR_U64) {
		rc = to_whole(v);
		if (rc < 0 || v->i < 0)
			return WEIR_ECAST;
		v->u = (uint64_t)v->i;
	} else if (whole_range(kind, &least, &most)) {
		rc = to_whole(v);
		if (rc < 0 || v->i < least || v->i > most)
			return WEIR_ECAST;
	}
	v->kind = kind;
	return 0;
}

/* To the class in which something is worked out. */
static void to_class(struct sim_value *v, uint8_t cls)
{
	if (cls == SIM_CLASS_D && v->kind != WEIR_F64) {
		v->d = as_double(v);
		v->kind = WEIR_F64;
	} else if (cls == SIM_CLASS_F && v->kind != WEIR_F32) {
		v->f = as_float(v);
		v->kind = WEIR_F32;
	} else if (cls == SIM_CLASS_U && sim_class_of(v->kind) == SIM_CLASS_I) {
		v->u = (uint64_t)v->i; /* a literal of 0 or more */
		v->kind = WEIR_U64;
	}
}

bool sim_value_same(const struct sim_value *a, const struct sim_value *b)
{
	if (a->any || b->any)
		return true;
	if (a->kind != b->kind)
		return false;
	switch (sim_class_of(a->kind)) {
	case SIM_CLASS_T:
		return a->len == b->len && memcmp(a->text, b->text, a->len) == 0;
	case SIM_CLASS_F:
		return memcmp(&a->f, &b->f, sizeof a->f) == 0 || (a->f != a->f && b->f != b->f);
	case SIM_CLASS_D:
		return memcmp(&a->d, &b->d, sizeof a->d) == 0 || (a->d != a->d && b->d != b->d);
	default:
		return a->u == b->u;
	}
}

/* ---- whole numbers ---- */

/* The product, or overflow, by long multiplication of the magnitudes' halves. */
static int multiply(int64_t a, int64_t b, int64_t *to)
{
	uint64_t x = a < 0 ? 0 - (uint64_t)a : (uint64_t)a, y = b < 0 ? 0 - (uint64_t)b : (uint64_t)b;
	uint64_t most = (a < 0) != (b < 0) ? (uint64_t)INT64_MAX + 1 : (uint64_t)INT64_MAX;

	if (x != 0 && y > most / x)
		return WEIR_EOVERFLOW;
	x *= y;
	*to = (a < 0) != (b < 0) ? (int64_t)(0 - x) : (int64_t)x;
	return 0;
}

static int64_t floor_div(int64_t a, int64_t b)
{
	return a / b - (a % b < 0 ? 1 : 0);
}

static int64_t floor_rem(int64_t a, int64_t b)
{
	return a % b < 0 ? a % b + b : a % b;
}

static int divide(uint8_t op, int64_t a, int64_t b, int64_t *to)
{
	if (b == 0)
		return WEIR_EDIVZERO;
	if (b == -1) {
		if (op == SIM_OP_DIV && a == INT64_MIN)
			return WEIR_EOVERFLOW;
		*to = op == SIM_OP_DIV ? -a : 0;
		return 0;
	}
	*to = op == SIM_OP_DIV ? a / b : a % b;
	return 0;
}

static int shift(uint8_t op, int64_t a, int64_t b, int64_t *to)
{
	if (b < 0 || b > 63)
		return WEIR_ESHIFT;
	if (op == SIM_OP_SHL)
		*to = (int64_t)((uint64_t)a << b);
	else
		*to = a >= 0 ? a >> b : ~(~a >> b);
	return 0;
}

static int whole(uint8_t op, int64_t a, int64_t b, int64_t *to)
{
	switch (op) {
	case SIM_OP_ADD:
		if (b > 0 ? a > INT64_MAX - b : a < INT64_MIN - b)
			return WEIR_EOVERFLOW;
		*to = a + b;
		return 0;
	case SIM_OP_SUB:
		if (b > 0 ? a < INT64_MIN + b : a > INT64_MAX + b)
			return WEIR_EOVERFLOW;
		*to = a - b;
		return 0;
	case SIM_OP_MUL:
		return multiply(a, b, to);
	case SIM_OP_DIV:
	case SIM_OP_REM:
		return divide(op, a, b, to);
	case SIM_OP_BIT_OR:
		*to = a | b;
		return 0;
	case SIM_OP_BIT_XOR:
		*to = a ^ b;
		return 0;
	case SIM_OP_BIT_AND:
		*to = a & b;
		return 0;
	default:
		return shift(op, a, b, to);
	}
}

/* ---- floats ---- */

/* What REAL names is done in the width of T. */
#define REAL(T, name)                       \
	static T name(uint8_t op, T a, T b) \
	{                                   \
		switch (op) {               \
		case SIM_OP_ADD:            \
			return a + b;       \
		case SIM_OP_SUB:            \
			return a - b;       \
		case SIM_OP_MUL:            \
			return a * b;       \
		default:                    \
			return a / b;       \
		}                           \
	}
REAL(double, real_d)
REAL(float, real_f)

static bool is_negative(double d)
{
	uint64_t bits;

	memcpy(&bits, &d, sizeof bits);
	return bits >> 63 != 0;
}

/* NaN when either is; -0 is less than 0. */
static double least_of(double a, double b, bool greatest)
{
	bool less;

	if (a != a || b != b)
		return a != a ? a : b;
	less = a < b || (a == b && is_negative(a));
	return less != greatest ? a : b;
}

/* ---- forms ---- */

static int order(const struct sim_value *a, const struct sim_value *b, uint8_t cls)
{
	int r;

	switch (cls) {
	case SIM_CLASS_T:
		r = memcmp(a->text, b->text, a->len < b->len ? a->len : b->len);
		return r != 0 ? r : (int)a->len - (int)b->len;
	case SIM_CLASS_U:
	case SIM_CLASS_B:
		return a->u < b->u ? -1 : a->u > b->u;
	case SIM_CLASS_F:
	case SIM_CLASS_D:
		return as_double(a) < as_double(b) ? -1 : as_double(a) > as_double(b);
	default:
		return a->i < b->i ? -1 : a->i > b->i;
	}
}

static bool compare(uint8_t op, struct sim_value *a, struct sim_value *b, uint8_t cls)
{
	bool real = cls == SIM_CLASS_F || cls == SIM_CLASS_D;
	int r;

	to_class(a, cls);
	to_class(b, cls);
	if (real && (as_double(a) != as_double(a) || as_double(b) != as_double(b)))
		return op == SIM_OP_NE;
	r = order(a, b, cls);
	switch (op) {
	case SIM_OP_EQ:
		return r == 0;
	case SIM_OP_NE:
		return r != 0;
	case SIM_OP_LT:
		return r < 0;
	case SIM_OP_LE:
		return r <= 0;
	case SIM_OP_GT:
		return r > 0;
	default:
		return r >= 0;
	}
}

struct walk {
	const struct sim_value *record, *aggregates;
};

static int value(const struct walk *w, const struct sim_expr *e, struct sim_value *to);

static int logic(const struct walk *w, const struct sim_expr *e, struct sim_value *to)
{
	int rc = value(w, e->args[0], to);

	if (rc < 0 || (to->u != 0) == (e->op == SIM_OP_OR))
		return rc;
	return value(w, e->args[1], to);
}

static int binary(const struct walk *w, const struct sim_expr *e, struct sim_value *to)
{
	struct sim_value b;
	int rc;

	if (e->op == SIM_OP_AND || e->op == SIM_OP_OR)
		return logic(w, e, to);
	rc = value(w, e->args[0], to);
	if (rc == 0)
		rc = value(w, e->args[1], &b);
	if (rc < 0)
		return rc;
	if (e->op >= SIM_OP_EQ && e->op <= SIM_OP_GE) {
		*to = (struct sim_value){ .kind = WEIR_BOOL, .u = compare(e->op, to, &b, e->operand) };
		return 0;
	}
	to_class(to, e->cls);
	to_class(&b, e->cls);
	if (e->cls == SIM_CLASS_D)
		to->d = real_d(e->op, to->d, b.d);
	else if (e->cls == SIM_CLASS_F)
		to->f = real_f(e->op, to->f, b.f);
	else
		rc = whole(e->op, to->i, b.i, &to->i);
	to->kind = e->kind;
	return rc;
}

static int unary(const struct walk *w, const struct sim_expr *e, struct sim_value *to)
{
	int rc = value(w, e->args[0], to);

	if (rc < 0)
		return rc;
	if (e->op == SIM_OP_NOT)
		to->u = to->u == 0;
	else if (e->op == SIM_OP_INVERT)
		to->i = ~to->i;
	else if (e->cls == SIM_CLASS_D)
		to->d = -to->d;
	else if (e->cls == SIM_CLASS_F)
		to->f = -to->f;
	else if (to->i == INT64_MIN)
		return WEIR_EOVERFLOW;
	else
		to->i = -to->i;
	to->kind = e->kind;
	return 0;
}

/* Of two values of one class: the lesser, or the greater. */
static void keep(struct sim_value *a, const struct sim_value *b, uint8_t cls, bool greatest)
{
	if (cls == SIM_CLASS_D)
		a->d = least_of(a->d, b->d, greatest);
	else if (cls == SIM_CLASS_F)
		a->f = (float)least_of((double)a->f, (double)b->f, greatest);
	else if ((order(a, b, cls) > 0) != greatest)
		*a = *b;
}

static int absolute(struct sim_value *v, uint8_t cls)
{
	if (cls == SIM_CLASS_D)
		v->d = is_negative(v->d) ? -v->d : v->d;
	else if (cls == SIM_CLASS_F)
		v->f = is_negative((double)v->f) ? -v->f : v->f;
	else if (cls == SIM_CLASS_I && v->i == INT64_MIN)
		return WEIR_EOVERFLOW;
	else if (cls == SIM_CLASS_I)
		v->i = v->i < 0 ? -v->i : v->i;
	return 0;
}

static int pick(const struct walk *w, const struct sim_expr *e, struct sim_value *to)
{
	struct sim_value b;
	int rc = value(w, e->args[0], to);

	to_class(to, e->cls);
	for (unsigned i = 1; rc == 0 && i < e->n_args; i++) {
		rc = value(w, e->args[i], &b);
		if (rc < 0)
			break;
		to_class(&b, e->cls);
		keep(to, &b, e->cls, e->op == SIM_OP_MAX || (e->op == SIM_OP_CLAMP && i == 1));
	}
	if (rc == 0 && e->op == SIM_OP_ABS)
		rc = absolute(to, e->cls);
	to->kind = e->kind;
	return rc;
}

/* The whole number next to d on the side of 0, d less than 2^52 away from it; then one further where that is asked for. */
static double towards_zero(double d, bool further)
{
	double whole = (double)(int64_t)d;

	if (further)
		whole += is_negative(d) ? -1 : 1;
	return whole == 0 && is_negative(d) ? -0.0 : whole;
}

static double rounded(uint8_t op, double d)
{
	const double most = 4503599627370496.0;
	double rest;

	if (!(d > -most && d < most))
		return d;
	rest = d - (double)(int64_t)d;
	if (op == SIM_OP_FLOOR)
		return towards_zero(d, rest < 0);
	if (op == SIM_OP_CEIL)
		return towards_zero(d, rest > 0);
	return towards_zero(d, rest >= 0.5 || rest <= -0.5);
}

/*
 * What cannot be written down in a few lines is weir's own: tests/lib/function_error_test.c holds it against a C
 * library.
 */
static double function(uint8_t op, double a, double b)
{
	switch (op) {
	case SIM_OP_SQRT:
		return weir_sqrt_d(a);
	case SIM_OP_EXP:
		return weir_exp(a);
	case SIM_OP_LOG:
		return weir_log(a);
	case SIM_OP_POW:
		return weir_pow(a, b);
	case SIM_OP_SIN:
		return weir_sin(a);
	case SIM_OP_COS:
		return weir_cos(a);
	default:
		return rounded(op, a);
	}
}

static int of_floats(const struct walk *w, const struct sim_expr *e, struct sim_value *to)
{
	struct sim_value b = { .kind = WEIR_F64 };
	int rc = value(w, e->args[0], to);
	double d;

	if (rc == 0 && e->n_args > 1)
		rc = value(w, e->args[1], &b);
	if (rc < 0)
		return rc;
	to_class(to, e->cls);
	if (e->n_args > 1)
		to_class(&b, e->cls);
	d = function(e->op, as_double(to), as_double(&b));
	if (e->cls == SIM_CLASS_F)
		to->f = (float)d;
	else
		to->d = d;
	to->kind = e->kind;
	return 0;
}

static int of_time(const struct walk *w, const struct sim_expr *e, struct sim_value *to)
{
	const int64_t minute = 60 * (int64_t)SECOND_NS, hour = 60 * minute, day = 24 * hour;
	int rc = value(w, e->args[0], to);

	if (rc < 0)
		return rc;
	if (e->op == SIM_OP_HOUR)
		to->i = floor_rem(to->i, day) / hour;
	else if (e->op == SIM_OP_MINUTE)
		to->i = floor_rem(to->i, hour) / minute;
	else
		to->i = floor_rem(floor_div(to->i, day) + 4, 7);
	to->kind = WEIR_I64;
	return 0;
}

static int call(const struct walk *w, const struct sim_expr *e, struct sim_value *to)
{
	int rc;

	if (e->op == SIM_OP_HOUR || e->op == SIM_OP_MINUTE || e->op == SIM_OP_WEEKDAY)
		return of_time(w, e, to);
	if (e->op >= SIM_OP_SQRT)
		return of_floats(w, e, to);
	if (e->op != SIM_OP_ISNAN)
		return pick(w, e, to);
	rc = value(w, e->args[0], to);
	if (rc == 0)
		*to = (struct sim_value){ .kind = WEIR_BOOL, .u = as_double(to) != as_double(to) };
	return rc;
}

static int value(const struct walk *w, const struct sim_expr *e, struct sim_value *to)
{
	int rc;

	switch (e->form) {
	case SIM_FORM_LITERAL:
		*to = e->value;
		return 0;
	case SIM_FORM_FIELD:
		*to = w->record[e->place];
		return to->any ? WEIR_EUNSUPPORTED : 0;
	case SIM_FORM_AGGREGATE:
		*to = w->aggregates[e->place];
		return to->any ? WEIR_EUNSUPPORTED : 0;
	case SIM_FORM_UNARY:
		return unary(w, e, to);
	case SIM_FORM_BINARY:
		return binary(w, e, to);
	case SIM_FORM_CHOICE:
		rc = value(w, e->args[0], to);
		if (rc == 0)
			rc = value(w, e->args[to->u != 0 ? 1 : 2], to);
		to_class(to, e->cls);
		if (rc == 0 && e->cls == SIM_CLASS_I)
			to->kind = WEIR_I64;
		return rc;
	case SIM_FORM_CALL:
		return call(w, e, to);
	default:
		rc = value(w, e->args[0], to);
		return rc < 0 ? rc : sim_value_to_kind(to, e->kind);
	}
}

int sim_expr_value(const struct sim_expr *e, const struct sim_value *record,
	const struct sim_value *aggregates, struct sim_value *to)
{
	struct walk w = { record, aggregates };
	int rc = value(&w, e, to);

	if (rc == 0 && e->form != SIM_FORM_FIELD && e->form != SIM_FORM_CAST &&
		sim_class_of(e->kind) == SIM_CLASS_I)
		to->kind = e->kind;
	return rc;
}
