/* SPDX-License-Identifier: MIT */
/* print_value.c -- what statements are made of: constants, variables and their names, formulas. */
#include "print_body.h"

#include <ctype.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include <weir/num.h>
#include <weir/scalar.h>

const char *const weir_body_types[] = { "uint64_t", "int64_t", "uint64_t", "float", "double", "bool",
	"char" };

void weir_body_indent(struct weir_body *b)
{
	for (unsigned i = 0; i < b->depth; i++)
		weir_print(b->o, "\t");
}

/* ---- constants ---- */

/* Shortest digits, and what makes a floating constant of them. */
static void float_text(char *text, bool single, double d, float f)
{
	size_t n = single ? weir_format_f32(text, f) : weir_format_f64(text, d);

	text[n] = '\0';
	if (strpbrk(text, ".en") == NULL)
		strcat(text, ".0");
	if (single)
		strcat(text, "f");
}

void weir_body_literal(char text[WEIR_OPERAND_MAX], const union weir_value *v, uint8_t class, bool wide)
{
	switch (class) {
	case WEIR_CLASS_I:
		if (v->i == INT64_MIN)
			strcpy(text, "INT64_MIN");
		else
			snprintf(text, WEIR_OPERAND_MAX,
				v->i > INT32_MAX || v->i < -INT32_MAX ? "INT64_C(%" PRId64 ")" : "%" PRId64,
				v->i);
		return;
	case WEIR_CLASS_F:
		if (isfinite(v->f))
			float_text(text, true, 0, v->f);
		else
			snprintf(text, WEIR_OPERAND_MAX, "weir_from_bits_f(UINT32_C(0x%" PRIx32 "))",
				weir_bits_f(v->f));
		return;
	case WEIR_CLASS_D:
		if (isfinite(v->d))
			float_text(text, false, v->d, 0);
		else
			snprintf(text, WEIR_OPERAND_MAX, "weir_from_bits_d(UINT64_C(0x%" PRIx64 "))",
				weir_bits_d(v->d));
		return;
	case WEIR_CLASS_B:
		strcpy(text, v->u != 0 ? "true" : "false");
		return;
	default:
		snprintf(text, WEIR_OPERAND_MAX,
			wide || v->u > UINT32_MAX ? "UINT64_C(%" PRIu64 ")" : "%" PRIu64 "u", v->u);
	}
}

/* A text constant is a u16 length and its bytes. */
void weir_body_text(struct weir_body *b, const char *text)
{
	uint16_t len = weir_text_length(text);

	weir_print(
		b->o, "\"\\%03o\\%03o\"", (unsigned)(unsigned char)text[0], (unsigned)(unsigned char)text[1]);
	if (len > 0)
		weir_print(b->o, " ");
	weir_print_bytes(b->o, text + 2, len);
}

/* ---- weir_body_operands ---- */

const union weir_value *weir_body_const(const struct weir_body *b, uint32_t web)
{
	return weir_flow_const(&b->flow, web);
}

/* A variable, as it is or as the other kind of whole number of the same bits. */
void weir_body_variable(const struct weir_body *b, char text[WEIR_OPERAND_MAX], uint32_t web, uint8_t class)
{
	uint8_t has = b->flow.webs[web].class;

	if (has == class || class == WEIR_CLASS_ANY)
		snprintf(text, WEIR_OPERAND_MAX, "%s", b->variables[web].name);
	else
		snprintf(text, WEIR_OPERAND_MAX, "(%s)%s", weir_body_types[class], b->variables[web].name);
	if (has != class && class != WEIR_CLASS_ANY && (has > WEIR_CLASS_U || class > WEIR_CLASS_U))
		b->o->rc = WEIR_EINTERNAL; /* other bits, or none */
}

/* Print an operand that is read as it is. */
void weir_body_operand(struct weir_body *b, uint32_t web, uint8_t class)
{
	const union weir_value *v = weir_body_const(b, web);
	char text[WEIR_OPERAND_MAX];

	if (v != NULL && class == WEIR_CLASS_T) {
		weir_body_text(b, v->text);
		return;
	}
	if (v != NULL)
		weir_body_literal(text, v, class, false);
	else
		weir_body_variable(b, text, web, class);
	weir_print(b->o, "%s", text);
}

/* Put another variable's name down for a web, or a constant's beside it. */
void weir_body_name(struct weir_body *b, char name[WEIR_NAME_MAX])
{
	snprintf(name, WEIR_NAME_MAX, "v%u", ++b->n_values);
}

void weir_body_constant(struct weir_body *b, char name[WEIR_OPERAND_MAX], uint32_t web, uint8_t class)
{
	const union weir_value *v = weir_body_const(b, web);
	char value[WEIR_OPERAND_MAX], fresh[WEIR_NAME_MAX];

	weir_body_name(b, fresh);
	weir_body_indent(b);
	if (class == WEIR_CLASS_T) {
		weir_print(b->o, "const char *const %s = ", fresh);
		weir_body_text(b, v->text);
		weir_print(b->o, ";\n");
	} else {
		weir_body_literal(value, v, class, true);
		weir_print(b->o, "const %s %s = %s;\n", weir_body_types[class], fresh, value);
	}
	strcpy(name, fresh);
}

/* The same variable by another name: of x == x a compiler would say that it is always true. */
static void print_twin(struct weir_body *b, char name[WEIR_OPERAND_MAX], uint32_t web, uint8_t class)
{
	char value[WEIR_OPERAND_MAX], fresh[WEIR_NAME_MAX];

	weir_body_variable(b, value, web, class);
	weir_body_name(b, fresh);
	weir_body_indent(b);
	weir_print(b->o, class == WEIR_CLASS_T ? "const %s *const %s = %s;\n" : "const %s %s = %s;\n",
		weir_body_types[class], fresh, value);
	strcpy(name, fresh);
}

static bool is_shift(uint8_t op)
{
	return op == WEIR_OP_SHL_I || op == WEIR_OP_SHR_I || op == WEIR_OP_SHL_U || op == WEIR_OP_SHR_U;
}

/*
 * Whether a compiler has nothing to say of a constant there: not of one alone, nor of what is never below zero, nor of
 * a shift that is too far.
 */
static bool takes_literal(
	const struct weir_flow_insn *n, uint8_t op, unsigned operand, const union weir_value *v)
{
	if (n->shape.n_uses < 2 || (operand == 1 && is_shift(op) && n->sure == NULL))
		return false;
	return n->shape.uses[operand] != WEIR_CLASS_U || v->u != 0;
}

/*
 * The texts that x and y stand for; what must be a variable is made one before. What is shifted is as wide as what comes
 * of it.
 */
void weir_body_operands(struct weir_body *b, uint32_t k, char text[2][WEIR_OPERAND_MAX])
{
	const struct weir_flow_insn *n = &b->flow.insns[k];
	const struct weir_shape *s = &n->shape;
	uint8_t op = b->flow.program->code[k].op;
	bool both = s->n_uses == 2 && weir_body_const(b, n->uses[0]) != NULL &&
		    weir_body_const(b, n->uses[1]) != NULL;

	for (unsigned u = 0; u < s->n_uses; u++) {
		const union weir_value *v = weir_body_const(b, n->uses[u]);

		if (!weir_flow_reads(&b->flow, n, u))
			continue;
		if (v == NULL && u == 1 && n->uses[0] == n->uses[1])
			print_twin(b, text[u], n->uses[u], s->uses[u]);
		else if (v == NULL)
			weir_body_variable(b, text[u], n->uses[u], s->uses[u]);
		else if (s->uses[u] == WEIR_CLASS_T || !takes_literal(n, op, u, v) || (both && u == 0))
			weir_body_constant(b, text[u], n->uses[u], s->uses[u]);
		else
			weir_body_literal(text[u], v, s->uses[u], is_shift(op) && u == 0);
	}
}

/* Print `text`, in which x and y stand for weir_body_operands. len: as much of it. */
void weir_body_formula(struct weir_body *b, const char *text, size_t len, char operand[2][WEIR_OPERAND_MAX])
{
	for (size_t i = 0; i < len;) {
		size_t n = 1;

		if (isalpha((unsigned char)text[i]) || text[i] == '_')
			while (i + n < len && (isalnum((unsigned char)text[i + n]) || text[i + n] == '_'))
				n++;
		else if (isdigit((unsigned char)text[i])) /* with its suffix */
			while (i + n < len && isalnum((unsigned char)text[i + n]))
				n++;
		if (n == 1 && (text[i] == 'x' || text[i] == 'y'))
			weir_print(b->o, "%s", operand[text[i] - 'x']);
		else
			weir_print(b->o, "%.*s", (int)n, text + i);
		i += n;
	}
}

/* ---- variables ---- */

const struct weir_field *weir_body_field(const struct weir_record *r, uint32_t offset)
{
	for (uint16_t i = 0; r != NULL && i < r->n_fields; i++)
		if (r->fields[i].offset == offset)
			return &r->fields[i];
	return NULL;
}

/* What is only read from one field is called after it. */
static void name_variable(struct weir_body *b, uint32_t web)
{
	const struct weir_insn *i = &b->flow.program->code[web];
	bool loads = i->op >= WEIR_OP_LOAD_BOOL && i->op <= WEIR_OP_LOAD_TEXT;
	const struct weir_field *f = loads ? weir_body_field(b->what->in, i->imm) : NULL;
	char *name = b->variables[web].name;

	if (f == NULL || b->flow.webs[web].n_defs > 1) {
		weir_body_name(b, name);
		return;
	}
	snprintf(name, WEIR_NAME_MAX, "in_%.32s", f->name);
	for (char *c = name; *c != '\0'; c++)
		if (!isalnum((unsigned char)*c))
			*c = '_';
	for (uint32_t k = 0; k < b->flow.program->n_code; k++) /* twice, or two that look alike now */
		if (k != web && strcmp(b->variables[k].name, name) == 0) {
			snprintf(name + strlen(name), 12, "_%u", ++b->n_values);
			break;
		}
}

/* Declare those that are seen in more than one block behind the branch at k. */
void weir_body_declare(struct weir_body *b, uint32_t k)
{
	for (uint32_t web = k + 1; web < b->flow.program->n_code; web++) {
		const struct weir_flow_web *w = &b->flow.webs[web];

		if (w->parent != web || !w->needed || w->declared != k || weir_body_const(b, web) != NULL ||
			!b->flow.insns[web].shape.defines)
			continue;
		name_variable(b, web);
		weir_body_indent(b);
		if (w->class == WEIR_CLASS_T)
			weir_print(b->o, "const char *%s = NULL;\n", b->variables[web].name);
		else
			weir_print(b->o, "%s %s = 0;\n", weir_body_types[w->class], b->variables[web].name);
	}
}

/* "const double v3 = " or, where it is declared already, "v3 = ". */
void weir_body_assign(struct weir_body *b, uint32_t k)
{
	uint32_t web = b->flow.insns[k].web;
	const struct weir_flow_web *w = &b->flow.webs[web];
	bool declares = web == k && w->declared == k;
	const char *fixed = w->n_defs == 1 ? "const " : "";

	if (declares)
		name_variable(b, web);
	weir_body_indent(b);
	if (declares && w->class == WEIR_CLASS_T)
		weir_print(b->o, "const char *%s%s = ", fixed, b->variables[web].name);
	else if (declares)
		weir_print(b->o, "%s%s %s = ", fixed, weir_body_types[w->class], b->variables[web].name);
	else
		weir_print(b->o, "%s = ", b->variables[web].name);
}

/* The value has the class of the instruction, the variable another one of the same bits. */
void weir_body_cast(struct weir_body *b, uint32_t k, uint8_t class)
{
	uint8_t has = b->flow.webs[b->flow.insns[k].web].class;

	if (has != class && class != WEIR_CLASS_ANY)
		weir_print(b->o, "(%s)", weir_body_types[has]);
}
