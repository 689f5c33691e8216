/* SPDX-License-Identifier: MIT */
/*
 * expr_code.c -- typed nodes to instructions of program.h.
 *
 *	a && b     a -> r; JZ r, L; b -> s; AND_B r, r, s; L:
 *	c ? x : y  c; JZ c, L1; x; JMP L2; L1: y; L2: SEL
 *
 * The item path follows the jumps, the column path works out both sides: both are left out where the part
 * that might be skipped cannot fault, for then nobody can tell. Operands are worked out from left to right.
 */
#include "expr_code.h"

#include <string.h>

/* ---- instructions, constants, registers ---- */

size_t weir_code_add(
	struct weir_code *c, enum weir_opcode op, uint8_t dst, uint8_t a, uint8_t b, uint32_t imm)
{
	struct weir_insn *grown =
		weir_pool_grow(c->pool, c->code, sizeof *c->code, &c->cap_code, c->n_code + 1);

	if (grown == NULL)
		return 0;
	c->code = grown;
	c->code[c->n_code] = (struct weir_insn){ .op = (uint8_t)op, .dst = dst, .a = a, .b = b, .imm = imm };
	if (c->n_code >= UINT16_MAX - 1u)
		c->too_big = "instructions";
	return c->too_big == NULL ? c->n_code++ : 0;
}

static uint32_t constant(struct weir_code *c, union weir_value v)
{
	union weir_value *grown;

	for (size_t i = 0; i < c->n_consts; i++)
		if (memcmp(&c->consts[i], &v, sizeof v) == 0)
			return (uint32_t)i;
	grown = weir_pool_grow(c->pool, c->consts, sizeof *c->consts, &c->cap_consts, c->n_consts + 1);
	if (grown == NULL)
		return 0;
	c->consts = grown;
	if (c->n_consts >= UINT16_MAX - 1u) {
		c->too_big = "constants";
		return 0;
	}
	c->consts[c->n_consts] = v;
	return (uint32_t)c->n_consts++;
}

static struct weir_reg take(struct weir_code *c)
{
	for (unsigned r = 0; r < WEIR_REGS_MAX; r++) {
		if (c->used[r])
			continue;
		c->used[r] = true;
		if (r + 1 > c->n_regs)
			c->n_regs = (uint16_t)(r + 1);
		return (struct weir_reg){ .n = (uint8_t)r, .temp = true };
	}
	c->too_big = "values at one time";
	return (struct weir_reg){ 0, false };
}

void weir_code_drop(struct weir_code *c, struct weir_reg r)
{
	if (r.temp)
		c->used[r.n] = false;
}

/* dst = op(a): in a's register when that is free for it. */
static struct weir_reg apply(struct weir_code *c, enum weir_opcode op, struct weir_reg a, uint32_t imm)
{
	struct weir_reg dst;

	weir_code_drop(c, a);
	dst = take(c);
	weir_code_add(c, op, dst.n, a.n, 0, imm);
	return dst;
}

static struct weir_reg apply2(struct weir_code *c, enum weir_opcode op, struct weir_reg a, struct weir_reg b)
{
	struct weir_reg dst;

	weir_code_drop(c, a);
	weir_code_drop(c, b);
	dst = take(c);
	weir_code_add(c, op, dst.n, a.n, b.n, 0);
	return dst;
}

static struct weir_reg load_const(struct weir_code *c, union weir_value v)
{
	struct weir_reg dst = take(c);

	weir_code_add(c, WEIR_OP_CONST, dst.n, 0, 0, constant(c, v));
	return dst;
}

/* ---- conversions ---- */

static struct weir_reg convert(
	struct weir_code *c, struct weir_reg r, enum weir_class from, enum weir_class to)
{
	static const uint8_t ops[WEIR_CLASS_TEXT + 1][WEIR_CLASS_TEXT + 1] = {
		[WEIR_CLASS_BOOL] = { [WEIR_CLASS_I] = WEIR_OP_B_TO_I },
		[WEIR_CLASS_I] = { [WEIR_CLASS_U] = WEIR_OP_I_TO_U,
			[WEIR_CLASS_F] = WEIR_OP_I_TO_F,
			[WEIR_CLASS_D] = WEIR_OP_I_TO_D },
		[WEIR_CLASS_U] = { [WEIR_CLASS_I] = WEIR_OP_U_TO_I,
			[WEIR_CLASS_F] = WEIR_OP_U_TO_F,
			[WEIR_CLASS_D] = WEIR_OP_U_TO_D },
		[WEIR_CLASS_F] = { [WEIR_CLASS_I] = WEIR_OP_F_TO_I,
			[WEIR_CLASS_U] = WEIR_OP_F_TO_U,
			[WEIR_CLASS_D] = WEIR_OP_F_TO_D },
		[WEIR_CLASS_D] = { [WEIR_CLASS_I] = WEIR_OP_D_TO_I,
			[WEIR_CLASS_U] = WEIR_OP_D_TO_U,
			[WEIR_CLASS_F] = WEIR_OP_D_TO_F },
	};

	from = from == WEIR_CLASS_TIME ? WEIR_CLASS_I : from;
	to = to == WEIR_CLASS_TIME ? WEIR_CLASS_I : to;
	if (from == to)
		return r;
	if (to == WEIR_CLASS_BOOL)
		return apply2(c, WEIR_OP_NE_I, r, load_const(c, (union weir_value){ .u = 0 }));
	if (from == WEIR_CLASS_BOOL && to != WEIR_CLASS_I) {
		r = apply(c, WEIR_OP_B_TO_I, r, 0);
		from = WEIR_CLASS_I;
	}
	return apply(c, (enum weir_opcode)ops[from][to], r, 0);
}

/* Whether every value of integer kind `from` is one of `to`. */
static bool kind_fits(enum weir_kind from, enum weir_kind to)
{
	uint64_t least_from, most_from, least_to, most_to;

	weir_kind_range(from, &least_from, &most_from);
	weir_kind_range(to, &least_to, &most_to);
	return most_from <= most_to && least_from <= least_to;
}

static bool is_integer_kind(enum weir_kind kind)
{
	return kind >= WEIR_I8 && kind <= WEIR_U64;
}

struct weir_reg weir_code_fit(
	struct weir_code *c, const struct weir_node *n, enum weir_kind kind, uint16_t text_max)
{
	enum weir_class cls = weir_class_of(kind), from = (enum weir_class)n->cls;
	enum weir_kind exact = (enum weir_kind)n->exact;
	struct weir_reg r;

	if (kind == WEIR_TEXT) {
		r = weir_code_value(c, n, WEIR_CLASS_TEXT);
		if (n->text_max > text_max)
			weir_code_add(c, WEIR_OP_TEXT_FITS, 0, r.n, 0, text_max);
		return r;
	}
	if (!is_integer_kind(kind) || weir_literal_fits(n, kind))
		return weir_code_value(c, n, cls);
	if (from == WEIR_CLASS_U && cls == WEIR_CLASS_I && kind != WEIR_I64)
		return apply(c, WEIR_OP_NARROW_U, weir_code_value(c, n, from), kind);
	r = weir_code_value(c, n, cls);
	if (kind == WEIR_I64 || kind == WEIR_U64 || from == WEIR_CLASS_BOOL ||
		(is_integer_kind(exact) && kind_fits(exact, kind)))
		return r;
	return apply(c, WEIR_OP_NARROW_I, r, kind);
}

/* ---- nodes ---- */

static enum weir_opcode by_class(
	enum weir_class cls, enum weir_opcode i, enum weir_opcode u, enum weir_opcode f, enum weir_opcode d)
{
	switch (cls) {
	case WEIR_CLASS_U:
		return u;
	case WEIR_CLASS_F:
		return f;
	case WEIR_CLASS_D:
		return d;
	default:
		return i;
	}
}

#define BY_CLASS(cls, name) \
	by_class((cls), WEIR_OP_##name##_I, WEIR_OP_##name##_U, WEIR_OP_##name##_F, WEIR_OP_##name##_D)
#define BY_FLOAT(cls, name) ((cls) == WEIR_CLASS_F ? WEIR_OP_##name##_F : WEIR_OP_##name##_D)
#define BY_INT(cls, name)   ((cls) == WEIR_CLASS_U ? WEIR_OP_##name##_U : WEIR_OP_##name##_I)

static struct weir_reg code_field(struct weir_code *c, const struct weir_field *f)
{
	struct weir_reg dst;

	for (size_t i = 0; i < c->n_pins; i++)
		if (c->pins[i].field == f)
			return (struct weir_reg){ .n = c->pins[i].reg, .temp = false };
	dst = take(c);
	weir_code_add(c, (enum weir_opcode)(WEIR_OP_LOAD_BOOL + f->kind), dst.n, 0, 0, f->offset);
	c->loads_text = c->loads_text || f->kind == WEIR_TEXT;
	return dst;
}

static struct weir_reg code_logic(struct weir_code *c, const struct weir_node *n)
{
	bool is_and = n->op == WEIR_SIGN2('&', '&');
	enum weir_opcode op = is_and ? WEIR_OP_AND_B : WEIR_OP_OR_B;
	struct weir_reg a = weir_code_value(c, n->args[0], WEIR_CLASS_BOOL), b;
	size_t jump;

	if (!weir_node_can_fault(n->args[1]))
		return apply2(c, op, a, weir_code_value(c, n->args[1], WEIR_CLASS_BOOL));
	if (!a.temp) { /* a loaded field is needed again: the result gets its own register */
		struct weir_reg copy = take(c);

		weir_code_add(c, WEIR_OP_MOV, copy.n, a.n, 0, 0);
		a = copy;
	}
	jump = weir_code_add(c, is_and ? WEIR_OP_JZ : WEIR_OP_JNZ, 0, a.n, 0, 0);
	b = weir_code_value(c, n->args[1], WEIR_CLASS_BOOL);
	weir_code_add(c, op, a.n, a.n, b.n, 0);
	weir_code_drop(c, b);
	if (c->n_code > jump)
		c->code[jump].imm = (uint32_t)c->n_code;
	return a;
}

static struct weir_reg code_select(struct weir_code *c, const struct weir_node *n)
{
	enum weir_class cls = (enum weir_class)n->cls;
	bool jumps = weir_node_can_fault(n->args[1]) || weir_node_can_fault(n->args[2]);
	struct weir_reg when = weir_code_value(c, n->args[0], WEIR_CLASS_BOOL), x, y, dst;
	size_t jump = 0, over = 0;

	if (jumps)
		jump = weir_code_add(c, WEIR_OP_JZ, 0, when.n, 0, 0);
	x = weir_code_value(c, n->args[1], cls);
	if (jumps) {
		over = weir_code_add(c, WEIR_OP_JMP, 0, 0, 0, 0);
		c->code[jump].imm = (uint32_t)c->n_code;
	}
	y = weir_code_value(c, n->args[2], cls);
	if (jumps && c->n_code > over)
		c->code[over].imm = (uint32_t)c->n_code;
	weir_code_drop(c, when);
	weir_code_drop(c, x);
	weir_code_drop(c, y);
	dst = take(c);
	weir_code_add(c, WEIR_OP_SEL, dst.n, when.n, x.n, y.n);
	return dst;
}

static struct weir_reg code_comparison(struct weir_code *c, const struct weir_node *n)
{
	enum weir_class cls = (enum weir_class)n->operand;
	struct weir_reg a = weir_code_value(c, n->args[0], cls), b = weir_code_value(c, n->args[1], cls);
	bool text = cls == WEIR_CLASS_TEXT, boolean = cls == WEIR_CLASS_BOOL;

	switch (n->op) {
	case WEIR_SIGN2('=', '='):
		return apply2(c,
			text      ? WEIR_OP_EQ_T
			: boolean ? WEIR_OP_EQ_B
				  : by_class(cls, WEIR_OP_EQ_I, WEIR_OP_EQ_I, WEIR_OP_EQ_F, WEIR_OP_EQ_D),
			a, b);
	case WEIR_SIGN2('!', '='):
		return apply2(c,
			text      ? WEIR_OP_NE_T
			: boolean ? WEIR_OP_NE_B
				  : by_class(cls, WEIR_OP_NE_I, WEIR_OP_NE_I, WEIR_OP_NE_F, WEIR_OP_NE_D),
			a, b);
	case '<':
		return apply2(c, text ? WEIR_OP_LT_T : BY_CLASS(cls, LT), a, b);
	case '>':
		return apply2(c, text ? WEIR_OP_LT_T : BY_CLASS(cls, LT), b, a);
	case WEIR_SIGN2('<', '='):
		return apply2(c, text ? WEIR_OP_LE_T : BY_CLASS(cls, LE), a, b);
	default:
		return apply2(c, text ? WEIR_OP_LE_T : BY_CLASS(cls, LE), b, a);
	}
}

static enum weir_opcode arithmetic_op(int sign, enum weir_class cls)
{
	switch (sign) {
	case '+':
		return BY_CLASS(cls, ADD);
	case '-':
		return BY_CLASS(cls, SUB);
	case '*':
		return BY_CLASS(cls, MUL);
	case '/':
		return BY_CLASS(cls, DIV);
	case '%':
		return BY_INT(cls, REM);
	case '&':
		return BY_INT(cls, AND);
	case '|':
		return BY_INT(cls, OR);
	case '^':
		return BY_INT(cls, XOR);
	case WEIR_SIGN2('<', '<'):
		return BY_INT(cls, SHL);
	default:
		return BY_INT(cls, SHR);
	}
}

static struct weir_reg code_binary(struct weir_code *c, const struct weir_node *n)
{
	enum weir_class cls = (enum weir_class)n->cls, right = cls;
	struct weir_reg a;

	if (n->op == WEIR_SIGN2('&', '&') || n->op == WEIR_SIGN2('|', '|'))
		return code_logic(c, n);
	if (cls == WEIR_CLASS_BOOL)
		return code_comparison(c, n);
	if (n->op == WEIR_SIGN2('<', '<') || n->op == WEIR_SIGN2('>', '>'))
		right = (enum weir_class)n->args[1]
				->cls; /* a count outside 0..63 is refused in either class */
	a = weir_code_value(c, n->args[0], cls);
	return apply2(c, arithmetic_op(n->op, cls), a, weir_code_value(c, n->args[1], right));
}

static struct weir_reg code_unary(struct weir_code *c, const struct weir_node *n)
{
	enum weir_class cls = (enum weir_class)n->cls;
	struct weir_reg a = weir_code_value(c, n->args[0], cls);

	if (n->op == '!')
		return apply(c, WEIR_OP_NOT_B, a, 0);
	if (n->op == '~')
		return apply(c, BY_INT(cls, NOT), a, 0);
	return apply(c, cls == WEIR_CLASS_I ? WEIR_OP_NEG_I : BY_FLOAT(cls, NEG), a, 0);
}

static struct weir_reg code_pick(struct weir_code *c, const struct weir_node *n)
{
	enum weir_class cls = (enum weir_class)n->cls;
	struct weir_reg a = weir_code_value(c, n->args[0], cls), b;

	if (n->op == WEIR_FN_ABS) {
		if (cls == WEIR_CLASS_U)
			return a;
		return apply(c, cls == WEIR_CLASS_I ? WEIR_OP_ABS_I : BY_FLOAT(cls, ABS), a, 0);
	}
	b = weir_code_value(c, n->args[1], cls);
	if (n->op == WEIR_FN_MIN)
		return apply2(c, BY_CLASS(cls, MIN), a, b);
	a = apply2(c, BY_CLASS(cls, MAX), a, b);
	if (n->op == WEIR_FN_CLAMP)
		a = apply2(c, BY_CLASS(cls, MIN), a, weir_code_value(c, n->args[2], cls));
	return a;
}

/* Worked out in double; an f32 is rounded once, at the end. */
static struct weir_reg code_in_double(struct weir_code *c, const struct weir_node *n, enum weir_opcode op)
{
	enum weir_class cls = (enum weir_class)n->cls;
	struct weir_reg a = convert(c, weir_code_value(c, n->args[0], cls), cls, WEIR_CLASS_D), b;

	if (op != WEIR_OP_POW_D)
		return convert(c, apply(c, op, a, 0), WEIR_CLASS_D, cls);
	b = convert(c, weir_code_value(c, n->args[1], cls), cls, WEIR_CLASS_D);
	return convert(c, apply2(c, op, a, b), WEIR_CLASS_D, cls);
}

static struct weir_reg code_call(struct weir_code *c, const struct weir_node *n)
{
	enum weir_class cls = (enum weir_class)n->cls;
	const struct weir_node *a = n->args[0];

	if (n->field != NULL) /* an aggregate: made already */
		return code_field(c, n->field);
	switch (n->op) {
	case WEIR_FN_SQRT:
		return apply(c, BY_FLOAT(cls, SQRT), weir_code_value(c, a, cls), 0);
	case WEIR_FN_FLOOR:
		return apply(c, BY_FLOAT(cls, FLOOR), weir_code_value(c, a, cls), 0);
	case WEIR_FN_CEIL:
		return apply(c, BY_FLOAT(cls, CEIL), weir_code_value(c, a, cls), 0);
	case WEIR_FN_ROUND:
		return apply(c, BY_FLOAT(cls, ROUND), weir_code_value(c, a, cls), 0);
	case WEIR_FN_EXP:
		return code_in_double(c, n, WEIR_OP_EXP_D);
	case WEIR_FN_LOG:
		return code_in_double(c, n, WEIR_OP_LOG_D);
	case WEIR_FN_POW:
		return code_in_double(c, n, WEIR_OP_POW_D);
	case WEIR_FN_SIN:
		return code_in_double(c, n, WEIR_OP_SIN_D);
	case WEIR_FN_COS:
		return code_in_double(c, n, WEIR_OP_COS_D);
	case WEIR_FN_ISNAN:
		return apply(c, BY_FLOAT(a->cls, ISNAN), weir_code_value(c, a, (enum weir_class)a->cls), 0);
	case WEIR_FN_HOUR:
		return apply(c, WEIR_OP_HOUR, weir_code_value(c, a, WEIR_CLASS_I), 0);
	case WEIR_FN_MINUTE:
		return apply(c, WEIR_OP_MINUTE, weir_code_value(c, a, WEIR_CLASS_I), 0);
	case WEIR_FN_WEEKDAY:
		return apply(c, WEIR_OP_WEEKDAY, weir_code_value(c, a, WEIR_CLASS_I), 0);
	default:
		return code_pick(c, n);
	}
}

static struct weir_reg code_node(struct weir_code *c, const struct weir_node *n)
{
	switch (n->kind) {
	case WEIR_NODE_FIELD:
		return code_field(c, n->field);
	case WEIR_NODE_UNARY:
		return code_unary(c, n);
	case WEIR_NODE_BINARY:
		return code_binary(c, n);
	case WEIR_NODE_SELECT:
		return code_select(c, n);
	case WEIR_NODE_CALL:
		return code_call(c, n);
	case WEIR_NODE_CAST:
		return weir_code_fit(c, n->args[0], (enum weir_kind)n->op, 0);
	default:
		return load_const(c, (union weir_value){ .u = n->integer });
	}
}

struct weir_reg weir_code_value(struct weir_code *c, const struct weir_node *n, enum weir_class cls)
{
	union weir_value literal;

	if (weir_literal_value(c->pool, n, cls, &literal))
		return load_const(c, literal);
	if (n->kind == WEIR_NODE_DECIMAL && weir_literal_value(c->pool, n, (enum weir_class)n->cls, &literal))
		return convert(c, load_const(c, literal), (enum weir_class)n->cls, cls);
	return convert(c, code_node(c, n), (enum weir_class)n->cls, cls);
}

/* ---- whole programs ---- */

static void count_fields(
	const struct weir_node *n, const struct weir_field **seen, unsigned *uses, size_t *n_seen, size_t max)
{
	for (unsigned i = 0; i < n->n_args; i++)
		if (n->field == NULL)
			count_fields(n->args[i], seen, uses, n_seen, max);
	if (n->field == NULL)
		return;
	for (size_t i = 0; i < *n_seen; i++)
		if (seen[i] == n->field) {
			uses[i]++;
			return;
		}
	if (*n_seen < max) {
		seen[*n_seen] = n->field;
		uses[(*n_seen)++] = 1;
	}
}

#define FIELDS_COUNTED 256u

void weir_code_pin(struct weir_code *c, struct weir_node *const *roots, size_t n)
{
	const struct weir_field *seen[FIELDS_COUNTED];
	unsigned uses[FIELDS_COUNTED];
	size_t n_seen = 0;

	for (size_t i = 0; i < n; i++)
		count_fields(roots[i], seen, uses, &n_seen, FIELDS_COUNTED);
	for (size_t i = 0; i < n_seen && c->n_pins < WEIR_PINS_MAX; i++) {
		struct weir_reg r;

		if (uses[i] < 2)
			continue;
		r = code_field(c, seen[i]);
		c->pins[c->n_pins].field = seen[i];
		c->pins[c->n_pins++].reg = r.n;
	}
}

void weir_code_store(struct weir_code *c, const struct weir_field *f, struct weir_reg r)
{
	uint32_t b = 0;

	if (f->kind == WEIR_TEXT) {
		b = constant(c, (union weir_value){ .u = f->text_max });
		c->stores_text = true;
		if (b > UINT8_MAX)
			c->too_big = "constants";
	}
	weir_code_add(c, (enum weir_opcode)(WEIR_OP_STORE_BOOL + f->kind), 0, r.n, (uint8_t)b, f->offset);
}

bool weir_code_finish(struct weir_code *c, struct weir_program *p)
{
	static const struct weir_insn none = { .op = WEIR_OP_NOP };

	if (c->pool->failed || c->too_big != NULL)
		return false;
	p->code = c->n_code > 0 ? c->code : &none; /* NULL + 0 is undefined */
	p->consts = c->consts;
	p->n_code = (uint16_t)c->n_code;
	p->n_consts = (uint16_t)c->n_consts;
	p->n_regs = (uint8_t)c->n_regs;
	return true;
}
