/* SPDX-License-Identifier: MIT */
/*
 * print_program.c -- a register program as a C function.
 *
 * What each instruction computes is printed from the same list the interpreter and the kernels are expanded
 * from (lib/kernels/ops.h), so that the compiled function agrees with them to the last bit. Short-circuit is
 * real control flow: a jump is a goto.
 */
#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>

#include "lib/kernels/ops.h"
#include "print.h"

/* A register class: its C type, its member of union weir_value, how it is read from there. */
struct class_text {
	const char *type, *read;
};

static const struct class_text class_I = { "int64_t", "r%u.i" };
static const struct class_text class_U = { "uint64_t", "r%u.u" };
static const struct class_text class_F = { "float", "r%u.f" };
static const struct class_text class_D = { "double", "r%u.d" };
static const struct class_text class_B = { "bool", "r%u.u != 0" };
static const struct class_text class_T = { "const char *", "r%u.text" };

struct op_text {
	uint8_t op;
	const struct class_text *result, *x, *y; /* y NULL: one operand */
	const char *value, *fault;               /* fault NULL: never */
};

static const struct op_text ops[] = {
#define X(op, r, a, value) { WEIR_OP_##op, &class_##r, &class_##a, NULL, #value, NULL },
	WEIR_UNARY_OPS(X)
#undef X
#define X(op, r, a, value, fault) { WEIR_OP_##op, &class_##r, &class_##a, NULL, #value, #fault },
		WEIR_UNARY_CHECKED_OPS(X)
#undef X
#define X(op, r, a, b, value) { WEIR_OP_##op, &class_##r, &class_##a, &class_##b, #value, NULL },
			WEIR_BINARY_OPS(X)
#undef X
#define X(op, r, a, b, value, fault) { WEIR_OP_##op, &class_##r, &class_##a, &class_##b, #value, #fault },
				WEIR_BINARY_CHECKED_OPS(X) WEIR_BINARY_TUNED_OPS(X)
#undef X
};

struct field_text {
	uint8_t load, store;
	const char *type;
	const struct class_text *class;
	const char *stored, *loaded;
};

static const struct field_text fields[] = {
#define X(kind, type, class, stored, loaded) \
	{ WEIR_OP_LOAD_##kind, WEIR_OP_STORE_##kind, #type, &class_##class, #stored, #loaded },
	WEIR_FIELD_OPS(X)
#undef X
};

static const char *member(const struct class_text *c)
{
	return c == &class_I ? "i" : c == &class_F ? "f" : c == &class_D ? "d" : c == &class_T ? "text" : "u";
}

static void print_read(struct weir_print *p, const struct class_text *c, const char *name, unsigned reg)
{
	if (c == &class_T)
		weir_print(p, "\t\t%sconst %s = ", c->type, name);
	else
		weir_print(p, "\t\tconst %s %s = ", c->type, name);
	if (c == &class_B)
		weir_print(p, "r%u.u != 0;\n", reg);
	else
		weir_print(p, "r%u.%s;\n", reg, member(c));
}

static void print_fault(struct weir_print *p, const char *condition, unsigned segment)
{
	weir_print(p, "\t\tconst int fault = %s;\n\n\t\tif (fault != 0)\n\t\t\treturn fault - %u;\n",
		condition, segment * 256u);
}

static bool print_compute(struct weir_print *p, const struct weir_insn *i, unsigned segment)
{
	const struct op_text *o = NULL;

	for (size_t k = 0; k < sizeof ops / sizeof *ops; k++)
		if (ops[k].op == i->op)
			o = &ops[k];
	if (o == NULL)
		return false;
	weir_print(p, "\t{\n");
	print_read(p, o->x, "x", i->a);
	if (o->y != NULL)
		print_read(p, o->y, "y", i->b);
	if (o->fault != NULL)
		print_fault(p, o->fault, segment);
	if (o->result == &class_B)
		weir_print(p, "\t\tr%u.u = (%s) ? 1 : 0;\n\t}\n", i->dst, o->value);
	else
		weir_print(p, "\t\tr%u.%s = %s;\n\t}\n", i->dst, member(o->result), o->value);
	return true;
}

static bool print_field(struct weir_print *p, const struct weir_insn *i)
{
	for (size_t k = 0; k < sizeof fields / sizeof *fields; k++) {
		const struct field_text *f = &fields[k];

		if (i->op == f->load) {
			weir_print(p, "\t{\n\t\t%s v;\n\n\t\tmemcpy(&v, from + %u, sizeof v);\n", f->type,
				i->imm);
			weir_print(p,
				f->class == &class_B ? "\t\tr%u.u = (%s) ? 1 : 0;\n\t}\n"
						     : "\t\tr%u.%s = %s;\n\t}\n",
				i->dst, f->class == &class_B ? f->loaded : member(f->class), f->loaded);
			return true;
		}
		if (i->op == f->store) {
			weir_print(p, "\t{\n");
			print_read(p, f->class, "r", i->a);
			weir_print(p,
				"\t\tconst %s v = (%s)(%s);\n\n\t\tmemcpy(to + %u, &v, sizeof v);\n\t}\n",
				f->type, f->type, f->stored, i->imm);
			return true;
		}
	}
	return false;
}

static void print_narrow(struct weir_print *p, const struct weir_insn *i, unsigned segment)
{
	if (i->op == WEIR_OP_NARROW_I)
		weir_print(p,
			"\tif (r%u.i < weir_kind_least(%u) || r%u.i > weir_kind_most_i(%u))\n\t\treturn "
			"WEIR_ECAST - %u;\n",
			i->a, i->imm, i->a, i->imm, segment * 256u);
	else
		weir_print(p, "\tif (r%u.u > weir_kind_most(%u))\n\t\treturn WEIR_ECAST - %u;\n", i->a,
			i->imm, segment * 256u);
	if (i->dst != i->a)
		weir_print(p, "\tr%u = r%u;\n", i->dst, i->a);
}

/* Everything that is not in the lists. */
static void print_other(struct weir_print *p, const struct weir_program *program, const struct weir_insn *i,
	unsigned *segment)
{
	switch (i->op) {
	case WEIR_OP_LOAD_TEXT:
		weir_print(p, "\tr%u.text = (const char *)(from + %u);\n", i->dst, i->imm);
		return;
	case WEIR_OP_STORE_TEXT:
		weir_print(p, "\tweir_text_store(to + %u, r%u.text, %u);\n", i->imm, i->a,
			(unsigned)program->consts[i->b].u);
		return;
	case WEIR_OP_TEXT_FITS:
		weir_print(p, "\tif (weir_text_length(r%u.text) > %u)\n\t\treturn WEIR_ETOOLONG - %u;\n",
			i->a, i->imm, *segment * 256u);
		return;
	case WEIR_OP_MOV:
		weir_print(p, "\tr%u = r%u;\n", i->dst, i->a);
		return;
	case WEIR_OP_SEL:
		weir_print(p, "\tr%u = r%u.u != 0 ? r%u : r%u;\n", i->dst, i->a, i->b, i->imm);
		return;
	case WEIR_OP_NARROW_I:
	case WEIR_OP_NARROW_U:
		print_narrow(p, i, *segment);
		return;
	case WEIR_OP_JMP:
		weir_print(p, "\tgoto L%u;\n", i->imm);
		return;
	case WEIR_OP_JZ:
	case WEIR_OP_JNZ:
		weir_print(p, "\tif (r%u.u %s 0)\n\t\tgoto L%u;\n", i->a,
			i->op == WEIR_OP_JZ ? "==" : "!=", i->imm);
		return;
	case WEIR_OP_SEGMENT:
		*segment = i->imm;
		weir_print(p, "\t/* stage %u of the group */\n", i->imm);
		return;
	case WEIR_OP_FILTER:
		weir_print(p, "\tif (r%u.u == 0)\n\t\treturn %u;\n", i->a, *segment + 1);
		return;
	case WEIR_OP_NOP:
		return;
	default:
		p->rc = p->rc < 0 ? p->rc : WEIR_EUNSUPPORTED;
	}
}

/* A text constant is a u16 length and its bytes, behind the pointer. */
static void print_const(
	struct weir_print *p, const struct weir_program *program, const struct weir_insn *i, bool text)
{
	const union weir_value *v = &program->consts[i->imm];

	if (!text) {
		weir_print(p, "\tr%u.u = UINT64_C(0x%" PRIx64 ");\n", i->dst, v->u);
		return;
	}
	weir_print(p, "\tr%u.text = \"", i->dst);
	for (uint32_t k = 0; k < 2u + weir_text_length(v->text); k++)
		weir_print(p, "\\%03o", (unsigned)(unsigned char)v->text[k]);
	weir_print(p, "\";\n");
}

static bool reads_text(const struct weir_insn *i, unsigned reg)
{
	if (i->op == WEIR_OP_STORE_TEXT || i->op == WEIR_OP_TEXT_FITS)
		return i->a == reg;
	return i->op >= WEIR_OP_EQ_T && i->op <= WEIR_OP_LE_T && (i->a == reg || i->b == reg);
}

/* Whether the constant that instruction `at` puts into a register is used as text, also by way of copies. */
static bool is_text(const struct weir_program *program, uint16_t at)
{
	bool holds[256] = { false };

	holds[program->code[at].dst] = true;
	for (uint32_t k = at + 1u; k < program->n_code; k++) {
		const struct weir_insn *i = &program->code[k];

		for (unsigned r = 0; r < 256; r++)
			if (holds[r] && reads_text(i, r))
				return true;
		if (i->op == WEIR_OP_MOV)
			holds[i->dst] = holds[i->a];
		else if (i->op == WEIR_OP_SEL)
			holds[i->dst] = holds[i->b] || holds[i->imm];
		else if (i->op < WEIR_OP_STORE_BOOL || (i->op >= WEIR_OP_CONST && i->op < WEIR_OP_JMP))
			holds[i->dst] = false;
	}
	return false;
}

static bool is_target(const struct weir_program *program, uint32_t at)
{
	for (uint16_t k = 0; k < program->n_code; k++) {
		const struct weir_insn *i = &program->code[k];

		if ((i->op == WEIR_OP_JMP || i->op == WEIR_OP_JZ || i->op == WEIR_OP_JNZ) && i->imm == at)
			return true;
	}
	return false;
}

static void print_body(struct weir_print *p, const struct weir_program *program)
{
	unsigned segment = 0;

	for (uint16_t k = 0; k < program->n_code; k++) {
		const struct weir_insn *i = &program->code[k];

		if (is_target(program, k))
			weir_print(p, "L%u:;\n", k);
		if (i->op == WEIR_OP_CONST)
			print_const(p, program, i, is_text(program, k));
		else if (!print_compute(p, i, segment) && !print_field(p, i))
			print_other(p, program, i, &segment);
	}
	if (is_target(program, program->n_code))
		weir_print(p, "L%u:;\n", program->n_code);
}

/* The output begins as the first bytes of the input, and zeros where no field will be written. */
static void print_begin(struct weir_print *p, const struct weir_program *program)
{
	if (program->copy_size > 0)
		weir_print(p, "\tif (in != out)\n\t\tmemcpy(to, from, %u);\n", program->copy_size);
	if (!program->covers && program->out_size > program->copy_size)
		weir_print(p, "\tif (in != out)\n\t\tmemset(to + %u, 0, %u);\n", program->copy_size,
			(unsigned)program->out_size - program->copy_size);
}

void weir_print_program(struct weir_print *p, const struct weir_program *program, unsigned index)
{
	weir_print(p, "static int %s_program_%u_run(const void *in, void *out)\n{\n", p->name, index);
	weir_print(p, "\tconst unsigned char *from = in;\n\tunsigned char *to = out;\n");
	for (unsigned r = 0; r < program->n_regs; r++)
		weir_print(p, "\tunion weir_value r%u = { 0 };\n", r);
	weir_print(p, "\n\t(void)from;\n\t(void)to;\n");
	print_begin(p, program);
	print_body(p, program);
	for (unsigned r = 0; r < program->n_regs; r++)
		weir_print(p, "\t(void)r%u;\n", r);
	weir_print(p, "\treturn 0;\n}\n\n");
	weir_print(p, "static const struct weir_program %s_program_%u = {\n\t.native = %s_program_%u_run,\n",
		p->name, index, p->name, index);
	weir_print(p, "\t.in_size = %u, .out_size = %u, .copy_size = %u, .n_segments = %u,\n",
		program->in_size, program->out_size, program->copy_size, program->n_segments);
	weir_print(p, "\t.in_place = %s, .filters = %s, .covers = %s,\n};\n\n",
		program->in_place ? "true" : "false", program->filters ? "true" : "false",
		program->covers ? "true" : "false");
}
