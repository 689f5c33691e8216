/* SPDX-License-Identifier: MIT */
/*
 * print_shape.c -- what each instruction reads and writes, and what it computes as C text.
 *
 * The texts are expanded from the list that the interpreter and the kernels are expanded from (lib/kernels/ops.h), so
 * that a compiled program agrees with them to the last bit.
 */
#include "print_flow.h"

#include "lib/kernels/ops.h"

#define I WEIR_CLASS_I
#define U WEIR_CLASS_U
#define F WEIR_CLASS_F
#define D WEIR_CLASS_D
#define B WEIR_CLASS_B
#define T WEIR_CLASS_T

static const struct op_text {
	const char *value, *fault; /* fault NULL: never */
	uint8_t op, result, x, y;  /* y ANY: one operand */
} ops[] = {
#define X(op, r, a, value) { #value, NULL, WEIR_OP_##op, r, a, WEIR_CLASS_ANY },
	WEIR_UNARY_OPS(X)
#undef X
#define X(op, r, a, value, fault) { #value, #fault, WEIR_OP_##op, r, a, WEIR_CLASS_ANY },
		WEIR_UNARY_CHECKED_OPS(X)
#undef X
#define X(op, r, a, b, value) { #value, NULL, WEIR_OP_##op, r, a, b },
			WEIR_BINARY_OPS(X)
#undef X
#define X(op, r, a, b, value, fault) { #value, #fault, WEIR_OP_##op, r, a, b },
				WEIR_BINARY_CHECKED_OPS(X) WEIR_BINARY_TUNED_OPS(X)
#undef X
};

static const struct field_op {
	uint8_t load, store, class;
} field_ops[] = {
#define X(kind, type, class, stored, loaded) { WEIR_OP_LOAD_##kind, WEIR_OP_STORE_##kind, class },
	WEIR_FIELD_OPS(X)
#undef X
		{ WEIR_OP_LOAD_TEXT, WEIR_OP_STORE_TEXT, T },
};

static void use(struct weir_shape *s, uint32_t reg, enum weir_class class)
{
	s->uses[s->n_uses] = (uint8_t) class;
	s->regs[s->n_uses++] = reg;
}

static void define(struct weir_shape *s, enum weir_class class)
{
	s->defines = true;
	s->result = (uint8_t) class;
}

static bool computes(const struct weir_insn *i, struct weir_shape *s)
{
	for (size_t k = 0; k < sizeof ops / sizeof *ops; k++) {
		const struct op_text *o = &ops[k];

		if (o->op != i->op)
			continue;
		s->value = o->value;
		s->fault = o->fault;
		define(s, (enum weir_class)o->result);
		use(s, i->a, (enum weir_class)o->x);
		if (o->y != WEIR_CLASS_ANY)
			use(s, i->b, (enum weir_class)o->y);
		return true;
	}
	return false;
}

static bool moves_field(const struct weir_insn *i, struct weir_shape *s)
{
	for (size_t k = 0; k < sizeof field_ops / sizeof *field_ops; k++) {
		const struct field_op *f = &field_ops[k];

		if (i->op == f->load)
			define(s, (enum weir_class)f->class);
		else if (i->op == f->store)
			use(s, i->a, (enum weir_class)f->class);
		else
			continue;
		return true;
	}
	return false;
}

static bool does_other(const struct weir_insn *i, struct weir_shape *s)
{
	switch (i->op) {
	case WEIR_OP_CONST:
		define(s, WEIR_CLASS_ANY);
		return true;
	case WEIR_OP_MOV:
		use(s, i->a, WEIR_CLASS_ANY);
		define(s, WEIR_CLASS_ANY);
		return true;
	case WEIR_OP_SEL:
		use(s, i->a, B);
		use(s, i->b, WEIR_CLASS_ANY);
		use(s, i->imm, WEIR_CLASS_ANY);
		define(s, WEIR_CLASS_ANY);
		return true;
	case WEIR_OP_NARROW_I:
	case WEIR_OP_NARROW_U:
		use(s, i->a, i->op == WEIR_OP_NARROW_I ? I : U);
		if (i->dst != i->a) /* else the value is as it was */
			define(s, i->op == WEIR_OP_NARROW_I ? I : U);
		return true;
	case WEIR_OP_TEXT_FITS:
		use(s, i->a, T);
		return true;
	case WEIR_OP_FILTER:
	case WEIR_OP_JZ:
	case WEIR_OP_JNZ:
		use(s, i->a, B);
		return true;
	default:
		return i->op == WEIR_OP_JMP || i->op == WEIR_OP_SEGMENT || i->op == WEIR_OP_NOP;
	}
}

bool weir_shape_of(const struct weir_insn *i, struct weir_shape *s)
{
	*s = (struct weir_shape){ .n_uses = 0 };
	return computes(i, s) || moves_field(i, s) || does_other(i, s);
}

static bool is_word(char c)
{
	return c == '_' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool weir_shape_mentions(const char *formula, unsigned operand)
{
	char before = ' ';

	for (const char *c = formula; *c != '\0'; before = *c++)
		if (*c == (operand == 0 ? 'x' : 'y') && !is_word(before) && !is_word(c[1]))
			return true;
	return false;
}

const char *weir_shape_sure(uint8_t op, const union weir_value *y)
{
	switch (op) {
	case WEIR_OP_DIV_I:
		return y->i != 0 && y->i != -1 ? "x / y" : NULL;
	case WEIR_OP_REM_I:
		return y->i != 0 && y->i != -1 ? "x % y" : NULL;
	case WEIR_OP_DIV_U:
		return y->u != 0 ? "x / y" : NULL;
	case WEIR_OP_REM_U:
		return y->u != 0 ? "x % y" : NULL;
	case WEIR_OP_SHL_I:
		return y->u <= 63 ? "weir_shl_i(x, y)" : NULL;
	case WEIR_OP_SHR_I:
		return y->u <= 63 ? "weir_shr_i(x, y)" : NULL;
	case WEIR_OP_SHL_U:
		return y->u <= 63 ? "x << y" : NULL;
	case WEIR_OP_SHR_U:
		return y->u <= 63 ? "x >> y" : NULL;
	default:
		return NULL;
	}
}

bool weir_shape_narrows(const struct weir_insn *i, const union weir_value *v)
{
	uint64_t most = weir_kind_most(i->imm);

	if (i->op == WEIR_OP_NARROW_U)
		return v != NULL ? v->u > most : most < UINT64_MAX;
	if (v != NULL)
		return v->i < weir_kind_least(i->imm) || v->i > weir_kind_most_i(i->imm);
	return weir_kind_least(i->imm) > INT64_MIN || most < INT64_MAX;
}
