/* SPDX-License-Identifier: MIT */
/*
 * print_program.c -- a register program as a C function that one can read: a statement an operation, a variable a
 * value, fields by their names, constants where they are used, if and else for short-circuits and choices.
 */
#include "print_body.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <weir/scalar.h>

/* ---- statements ---- */

static void print_return(struct weir_body *b, const char *code, int len)
{
	b->depth++;
	weir_body_indent(b);
	if (b->segment > 0)
		weir_print(b->o, "return %.*s - 256 * %u;\n", len, code, b->segment);
	else
		weir_print(b->o, "return %.*s;\n", len, code);
	b->depth--;
}

/*
 * The list says `condition ? WEIR_E... : 0`, `condition ? 0 : WEIR_E...`, or calls what gives the code.
 */
static void print_fault(struct weir_body *b, const char *fault, char operand[2][WEIR_OPERAND_MAX])
{
	const char *ask = strstr(fault, " ? "), *colon = ask != NULL ? strstr(ask, " : ") : NULL;
	bool good = ask != NULL && strncmp(ask, " ? 0 : ", 7) == 0;
	size_t len = ask != NULL ? (size_t)(ask - fault) : strlen(fault);
	char code[WEIR_NAME_MAX];

	if (colon == NULL) {
		weir_body_name(b, code);
		weir_body_indent(b);
		weir_print(b->o, "const int %s = ", code);
		weir_body_formula(b, fault, len, operand);
		weir_print(b->o, ";\n");
		weir_body_indent(b);
		weir_print(b->o, "if (%s != 0)\n", code);
		print_return(b, code, (int)strlen(code));
		return;
	}
	weir_body_indent(b);
	weir_print(b->o, good ? "if (!" : "if (");
	weir_body_formula(b, fault, len, operand);
	weir_print(b->o, ")\n");
	if (good)
		print_return(b, colon + 3, (int)strlen(colon + 3));
	else
		print_return(b, ask + 3, (int)(colon - ask - 3));
}

static const char *simpler(uint8_t op, const char *value)
{
	return op == WEIR_OP_AND_B ? "x && y" : op == WEIR_OP_OR_B ? "x || y" : value;
}

static void print_computation(struct weir_body *b, uint32_t k)
{
	const struct weir_flow_insn *n = &b->flow.insns[k];
	uint8_t op = b->flow.program->code[k].op;
	const char *value = simpler(op, n->shape.value);
	char operand[2][WEIR_OPERAND_MAX] = { "", "" };

	weir_body_operands(b, k, operand);
	if (n->sure != NULL)
		value = n->sure;
	else if (n->shape.fault != NULL)
		print_fault(b, n->shape.fault, operand);
	if (!b->flow.webs[n->web].needed)
		return;
	weir_body_assign(b, k);
	weir_body_cast(b, k, n->shape.result);
	if (b->flow.webs[n->web].class != n->shape.result)
		weir_print(b->o, "(");
	weir_body_formula(b, value, strlen(value), operand);
	weir_print(b->o, b->flow.webs[n->web].class != n->shape.result ? ");\n" : ";\n");
}

static const char *field_function(enum weir_kind kind)
{
	static const char *const names[] = { "u8", "i8", "i16", "i32", "i64", "u8", "u16", "u32", "u64",
		"f32", "f64", "i64", NULL };

	return names[kind];
}

static const char *field_type(enum weir_kind kind)
{
	static const char *const names[] = { "uint8_t", "int8_t", "int16_t", "int32_t", "int64_t", "uint8_t",
		"uint16_t", "uint32_t", "uint64_t", "float", "double", "int64_t", NULL };

	return names[kind];
}

static void print_load(struct weir_body *b, uint32_t k)
{
	const struct weir_insn *i = &b->flow.program->code[k];
	enum weir_kind kind = (enum weir_kind)(i->op - WEIR_OP_LOAD_BOOL);
	uint8_t result = b->flow.insns[k].shape.result;

	weir_body_assign(b, k);
	weir_body_cast(b, k, result);
	if (kind == WEIR_TEXT)
		weir_print(b->o, "(const char *)(from + %" PRIu32 ");\n", i->imm);
	else
		weir_print(b->o,
			kind == WEIR_BOOL ? "weir_get_%s(from + %" PRIu32 ") != 0;\n"
					  : "weir_get_%s(from + %" PRIu32 ");\n",
			field_function(kind), i->imm);
}

static void print_store(struct weir_body *b, uint32_t k)
{
	const struct weir_insn *i = &b->flow.program->code[k];
	const struct weir_flow_insn *n = &b->flow.insns[k];
	enum weir_kind kind = (enum weir_kind)(i->op - WEIR_OP_STORE_BOOL);
	const struct weir_field *f = weir_body_field(b->what->out, i->imm);
	bool is_float = kind == WEIR_F32 || kind == WEIR_F64,
	     whole = !is_float && kind != WEIR_TEXT && kind != WEIR_BOOL;
	const char *as = whole && weir_body_const(b, n->uses[0]) == NULL ? field_type(kind) : NULL;
	const union weir_value *v = weir_body_const(b, n->uses[0]);
	const struct weir_insn check = {
		.op = n->shape.uses[0] == WEIR_CLASS_I ? WEIR_OP_NARROW_I : WEIR_OP_NARROW_U, .imm = kind
	};

	weir_body_indent(b);
	if (kind == WEIR_TEXT)
		weir_print(b->o, "weir_text_store(to + %" PRIu32 ", ", i->imm);
	else
		weir_print(b->o, "weir_put_%s(to + %" PRIu32 ", ", field_function(kind), i->imm);
	if (as != NULL && strcmp(as, weir_body_types[b->flow.webs[n->uses[0]].class]) != 0)
		weir_print(b->o, "(%s)%s", as, b->variables[n->uses[0]].name);
	else if (as != NULL)
		weir_print(b->o, "%s", b->variables[n->uses[0]].name);
	else if (is_float)
		weir_print(b->o, "weir_stored_%c(", kind == WEIR_F32 ? 'f' : 'd');
	if (whole && v != NULL && weir_shape_narrows(&check, v))
		weir_print(b->o, "(%s)", field_type(kind)); /* behind a check that it never passes */
	if (as == NULL)
		weir_body_operand(b, n->uses[0], n->shape.uses[0]);
	if (is_float)
		weir_print(b->o, ")");
	if (kind == WEIR_TEXT)
		weir_print(b->o, ", %u", (unsigned)b->flow.program->consts[i->b].u);
	weir_print(b->o, ");");
	if (f != NULL)
		weir_print_comment(b->o, " ", f->name);
	weir_print(b->o, "\n");
}

/* Whether the value has a place in a field of the kind. */
static void print_narrow(struct weir_body *b, uint32_t k)
{
	const struct weir_insn *i = &b->flow.program->code[k];
	const struct weir_flow_insn *n = &b->flow.insns[k];
	const union weir_value *v = weir_body_const(b, n->uses[0]);
	bool is_signed = i->op == WEIR_OP_NARROW_I;
	union weir_value least = { .i = weir_kind_least(i->imm) }, most = { .u = weir_kind_most(i->imm) };
	bool low = is_signed && least.i > INT64_MIN,
	     high = most.u < (is_signed ? (uint64_t)INT64_MAX : UINT64_MAX);
	char name[WEIR_OPERAND_MAX], text[WEIR_OPERAND_MAX];

	if (weir_shape_narrows(i, v)) {
		if (v != NULL)
			weir_body_constant(b, name, n->uses[0], n->shape.uses[0]);
		else
			weir_body_variable(b, name, n->uses[0], n->shape.uses[0]);
		weir_body_indent(b);
		weir_print(b->o, "if (");
		weir_body_literal(text, &least, WEIR_CLASS_I, false);
		if (low)
			weir_print(b->o, "%s < %s%s", name, text, high ? " || " : "");
		weir_body_literal(text, &most, is_signed ? WEIR_CLASS_I : WEIR_CLASS_U, false);
		if (high)
			weir_print(b->o, "%s > %s", name, text);
		weir_print(b->o, ")\n");
		print_return(b, "WEIR_ECAST", 10);
	}
	if (n->shape.defines && b->flow.webs[n->web].needed) {
		weir_body_assign(b, k);
		weir_body_operand(b, n->uses[0], b->flow.webs[n->web].class);
		weir_print(b->o, ";\n");
	}
}

static void print_select(struct weir_body *b, uint32_t k)
{
	const struct weir_flow_insn *n = &b->flow.insns[k];
	uint8_t class = b->flow.webs[n->web].class;

	weir_body_assign(b, k);
	weir_body_operand(b, n->uses[0], WEIR_CLASS_B);
	weir_print(b->o, " ? ");
	weir_body_operand(b, n->uses[1], class);
	weir_print(b->o, " : ");
	weir_body_operand(b, n->uses[2], class);
	weir_print(b->o, ";\n");
}

static void print_move(struct weir_body *b, uint32_t k)
{
	const struct weir_flow_insn *n = &b->flow.insns[k];
	const struct weir_program *p = b->flow.program;
	uint8_t class = b->flow.webs[n->web].class;
	char text[WEIR_OPERAND_MAX];

	weir_body_assign(b, k);
	if (p->code[k].op == WEIR_OP_MOV) {
		weir_body_operand(b, n->uses[0], class);
	} else if (class == WEIR_CLASS_T) {
		weir_body_text(b, p->consts[p->code[k].imm].text);
	} else {
		weir_body_literal(text, &p->consts[p->code[k].imm], class, false);
		weir_print(b->o, "%s", text);
	}
	weir_print(b->o, ";\n");
}

static void print_filter(struct weir_body *b, uint32_t k)
{
	weir_body_indent(b);
	weir_print(b->o, "if (!");
	weir_body_operand(b, b->flow.insns[k].uses[0], WEIR_CLASS_B);
	weir_print(b->o, ")\n");
	b->depth++;
	weir_body_indent(b);
	weir_print(b->o, "return %u;\n", b->segment + 1);
	b->depth--;
}

static void print_text_fits(struct weir_body *b, uint32_t k)
{
	weir_body_indent(b);
	weir_print(b->o, "if (weir_text_length(");
	weir_body_operand(b, b->flow.insns[k].uses[0], WEIR_CLASS_T);
	weir_print(b->o, ") > %" PRIu32 ")\n", b->flow.program->code[k].imm);
	print_return(b, "WEIR_ETOOLONG", 13);
}

static void print_segment(struct weir_body *b, uint32_t segment)
{
	b->segment = segment;
	if (segment == 0 || segment >= b->what->n_ids)
		return;
	weir_print(b->o, "\n");
	weir_body_indent(b);
	weir_print_comment(b->o, "", b->what->ids[segment]);
	weir_print(b->o, "\n");
}

static void print_statement(struct weir_body *b, uint32_t k)
{
	const struct weir_insn *i = &b->flow.program->code[k];

	if (b->flow.insns[k].shape.value != NULL)
		print_computation(b, k);
	else if (i->op >= WEIR_OP_LOAD_BOOL && i->op <= WEIR_OP_LOAD_TEXT)
		print_load(b, k);
	else if (i->op >= WEIR_OP_STORE_BOOL && i->op <= WEIR_OP_STORE_TEXT)
		print_store(b, k);
	else if (i->op == WEIR_OP_CONST || i->op == WEIR_OP_MOV)
		print_move(b, k);
	else if (i->op == WEIR_OP_SEL)
		print_select(b, k);
	else if (i->op == WEIR_OP_NARROW_I || i->op == WEIR_OP_NARROW_U)
		print_narrow(b, k);
	else if (i->op == WEIR_OP_TEXT_FITS)
		print_text_fits(b, k);
	else if (i->op == WEIR_OP_FILTER)
		print_filter(b, k);
	else if (i->op == WEIR_OP_SEGMENT)
		print_segment(b, i->imm);
}

/* ---- blocks ---- */

static bool prints(const struct weir_body *b, uint32_t k, uint32_t end)
{
	for (; k < end; k++)
		if (b->flow.insns[k].printed)
			return true;
	return false;
}

static void print_block(struct weir_body *b, uint32_t k, uint32_t end);

static void print_branch(struct weir_body *b, uint32_t k, const struct weir_flow_branch *way)
{
	bool first = prints(b, way->first, way->first_end), second = prints(b, way->second, way->end);
	bool when = (b->flow.program->code[k].op == WEIR_OP_JZ) == first; /* the condition, or its opposite */

	weir_body_declare(b, k);
	weir_body_indent(b);
	weir_print(b->o, when ? "if (" : "if (!");
	weir_body_operand(b, b->flow.insns[k].uses[0], WEIR_CLASS_B);
	weir_print(b->o, ") {\n");
	b->depth++;
	if (first)
		print_block(b, way->first, way->first_end);
	if (first && second) {
		b->depth--;
		weir_body_indent(b);
		weir_print(b->o, "} else {\n");
		b->depth++;
	}
	if (second)
		print_block(b, way->second, way->end);
	b->depth--;
	weir_body_indent(b);
	weir_print(b->o, "}\n");
}

static void print_block(struct weir_body *b, uint32_t k, uint32_t end)
{
	const struct weir_program *p = b->flow.program;
	struct weir_flow_branch way;

	while (k < end && b->o->rc >= 0) {
		bool branch = (p->code[k].op == WEIR_OP_JZ || p->code[k].op == WEIR_OP_JNZ) &&
			      weir_flow_branch(p, k, end, &way);

		if (branch && b->flow.insns[k].printed)
			print_branch(b, k, &way);
		else if (b->flow.insns[k].printed)
			print_statement(b, k);
		k = branch ? way.end : k + 1;
	}
}

/* ---- the function ---- */

/* The output begins as the first bytes of the input, and zeros where no field will be written. */
static void print_begin(struct weir_body *b)
{
	const struct weir_program *p = b->flow.program;
	const char *unless = p->in_place ? "\tif (out != in)\n\t\t" : "\t";

	if (p->copy_size > 0)
		weir_print(b->o, "%smemcpy(out, in, %u);\n", unless, p->copy_size);
	if (!p->covers && p->out_size > p->copy_size)
		weir_print(b->o, "%smemset(to + %u, 0, %u);\n", unless, p->copy_size,
			(unsigned)p->out_size - p->copy_size);
}

/* Which of the two records is touched, and how. */
static void print_pointers(struct weir_body *b)
{
	const struct weir_program *p = b->flow.program;
	bool zeros = !p->covers && p->out_size > p->copy_size, reads = false, writes = zeros;

	for (uint32_t k = 0; k < p->n_code; k++) {
		uint8_t op = p->code[k].op;

		reads = reads ||
			(op >= WEIR_OP_LOAD_BOOL && op <= WEIR_OP_LOAD_TEXT && b->flow.insns[k].printed);
		writes = writes || (op >= WEIR_OP_STORE_BOOL && op <= WEIR_OP_STORE_TEXT);
	}
	if (reads)
		weir_print(b->o, "\tconst unsigned char *from = in;\n");
	if (writes)
		weir_print(b->o, "\tunsigned char *to = out;\n");
	if (reads || writes)
		weir_print(b->o, "\n");
	if (!reads && p->copy_size == 0 && !(zeros && p->in_place))
		weir_print(b->o, "\t(void)in;\n");
	if (!writes && p->copy_size == 0)
		weir_print(b->o, "\t(void)out;\n");
}

void weir_print_program(
	struct weir_print *o, const struct weir_program *program, const struct weir_print_program *what)
{
	struct weir_body b = { .o = o, .what = what, .depth = 1 };
	int rc = program->is_calls ? WEIR_EUNSUPPORTED : weir_flow_init(&b.flow, program);

	b.variables = calloc((size_t)program->n_code + 1, sizeof *b.variables);
	if (rc >= 0 && b.variables == NULL)
		rc = WEIR_ENOMEM;
	if (rc < 0) {
		o->rc = o->rc < 0 ? o->rc : rc;
	} else {
		weir_print(o, "static int %s_run(const void *in, void *out)\n{\n", what->name);
		print_pointers(&b);
		print_begin(&b);
		print_block(&b, 0, program->n_code);
		weir_print(o,
			"\treturn 0;\n}\n\nstatic const struct weir_program %s_program = {\n\t.native = "
			"%s_run,\n",
			what->name, what->name);
		weir_print(o, "\t.in_size = %u, .out_size = %u, .copy_size = %u, .n_segments = %u,\n",
			program->in_size, program->out_size, program->copy_size, program->n_segments);
		weir_print(o, "\t.in_place = %s, .filters = %s, .covers = %s,\n};\n\n",
			program->in_place ? "true" : "false", program->filters ? "true" : "false",
			program->covers ? "true" : "false");
	}
	free(b.variables);
	weir_flow_fini(&b.flow);
}
