/* SPDX-License-Identifier: MIT */
/*
 * fuse_link.c -- put programs behind one another as one stream of values.
 *
 * A store writes nothing yet: its value is remembered for the field. A load of such a field is that value; a
 * load of a field that every stage so far has handed through is a load of the input. What the last stage
 * leaves in the record is stored at the very end.
 */
#include <stdlib.h>
#include <string.h>

#include <weir/error.h>

#include "lib/kernels/ops.h"
#include "fuse_ir.h"

struct weir_ir_shape weir_ir_shape(uint8_t op)
{
	if (weir_ir_is_load(op) || op == WEIR_OP_CONST)
		return (struct weir_ir_shape){ .dst = true };
	if (weir_ir_is_store(op))
		return (struct weir_ir_shape){ .a = true };
	switch (op) {
#define UNARY(name, ...) case WEIR_OP_##name:
		WEIR_UNARY_OPS(UNARY)
	case WEIR_OP_MOV:
		return (struct weir_ir_shape){ .dst = true, .a = true };
		WEIR_UNARY_CHECKED_OPS(UNARY)
	case WEIR_OP_NARROW_I:
	case WEIR_OP_NARROW_U:
		return (struct weir_ir_shape){ .dst = true, .a = true, .faults = true };
		WEIR_BINARY_OPS(UNARY)
		return (struct weir_ir_shape){ .dst = true, .a = true, .b = true };
		WEIR_BINARY_CHECKED_OPS(UNARY)
		WEIR_BINARY_TUNED_OPS(UNARY)
#undef UNARY
		return (struct weir_ir_shape){ .dst = true, .a = true, .b = true, .faults = true };
	case WEIR_OP_SEL:
		return (struct weir_ir_shape){ .dst = true, .a = true, .b = true, .c = true };
	case WEIR_OP_JZ:
	case WEIR_OP_JNZ:
	case WEIR_OP_FILTER:
	case WEIR_OP_TEXT_FITS:
		return (struct weir_ir_shape){ .a = true, .faults = true };
	default: /* NOP, JMP, SEGMENT */
		return (struct weir_ir_shape){ .faults = true };
	}
}

/* ---- constants ---- */

uint32_t weir_ir_const(struct weir_ir *ir, union weir_value v)
{
	for (size_t i = 0; i < ir->n_consts; i++)
		if (memcmp(&ir->consts[i], &v, sizeof v) == 0)
			return (uint32_t)i;
	if (ir->n_consts == ir->room_consts)
		return WEIR_IR_NONE;
	ir->consts[ir->n_consts] = v;
	return (uint32_t)ir->n_consts++;
}

/* ---- one program being linked ---- */

struct linking {
	struct weir_ir *ir;
	const struct weir_program *p;
	uint32_t *place;               /* per instruction, and one for the end: its index in ir */
	uint32_t value[256];           /* per register: what it holds now */
	uint32_t defined[256];         /* per register: at which instruction of p */
	struct weir_ir_field *written; /* by p */
	size_t n_written;
	const struct weir_ir_field *before; /* fields as p finds them */
	size_t n_before;
};

static struct weir_ir_insn *emit(struct weir_ir *ir, uint8_t op)
{
	struct weir_ir_insn *insn = &ir->code[ir->n_code++];

	*insn = (struct weir_ir_insn){
		.op = op, .dst = WEIR_IR_NONE, .a = WEIR_IR_NONE, .b = WEIR_IR_NONE, .c = WEIR_IR_NONE
	};
	return insn;
}

static void emit_move(struct weir_ir *ir, uint32_t dst, uint32_t from)
{
	struct weir_ir_insn *insn = emit(ir, WEIR_OP_MOV);

	insn->dst = dst;
	insn->a = from;
}

/* Whether a jump at or behind `from` may pass over instruction i. */
static bool is_conditional(const struct weir_program *p, uint32_t from, uint32_t i)
{
	for (uint32_t j = from; j < i; j++)
		if (weir_ir_is_jump(p->code[j].op) && p->code[j].imm > i)
			return true;
	return false;
}

/*
 * The value that a definition of the register at instruction i writes: a new one, except where a jump may
 * pass over it and leave the older definition in force.
 */
static uint32_t define(struct linking *l, uint8_t reg, uint32_t i)
{
	if (l->value[reg] == WEIR_IR_NONE || !is_conditional(l->p, l->defined[reg], i)) {
		l->value[reg] = l->ir->n_values++;
		l->defined[reg] = i;
	}
	return l->value[reg];
}

/* Reading a register that nothing was written to is reading anything. */
static uint32_t use(struct linking *l, uint8_t reg)
{
	if (l->value[reg] == WEIR_IR_NONE)
		l->value[reg] = l->ir->n_values++;
	return l->value[reg];
}

static uint16_t load_size(uint8_t op)
{
	return (uint16_t)weir_kind_size((enum weir_kind)(op - WEIR_OP_LOAD_BOOL), 0);
}

/* A load of the input is the same every time: *value when there was one that no jump passes over. */
static bool loaded_before(const struct weir_ir *ir, uint8_t op, uint32_t offset, uint32_t *value)
{
	for (size_t i = 0; i < ir->n_code; i++) {
		const struct weir_ir_insn *insn = &ir->code[i];

		if (insn->op == op && insn->imm == offset && insn->sure) {
			*value = insn->dst;
			return true;
		}
	}
	return false;
}

static int link_load(struct linking *l, const struct weir_insn *insn, uint32_t i)
{
	uint32_t offset = insn->imm, end = offset + load_size(insn->op), value;

	for (size_t f = 0; f < l->n_before; f++) {
		const struct weir_ir_field *field = &l->before[f];

		if (field->offset >= end || offset >= (uint32_t)field->offset + field->size)
			continue;
		if (field->offset != offset ||
			field->store - WEIR_OP_STORE_BOOL != insn->op - WEIR_OP_LOAD_BOOL)
			return WEIR_EFULL;
		emit_move(l->ir, define(l, insn->dst, i), field->value);
		return 0;
	}
	if (end > l->ir->copied)
		return WEIR_EFULL;
	if (!loaded_before(l->ir, insn->op, offset, &value)) {
		struct weir_ir_insn *load = emit(l->ir, insn->op);

		value = load->dst = l->ir->n_values++;
		load->imm = offset;
		load->sure = !is_conditional(l->p, 0, i);
	}
	emit_move(l->ir, define(l, insn->dst, i), value);
	return 0;
}

static void link_store(struct linking *l, const struct weir_insn *insn)
{
	struct weir_ir_field *field = &l->written[l->n_written++];
	uint16_t text_max = insn->op == WEIR_OP_STORE_TEXT ? (uint16_t)l->p->consts[insn->b].u : (uint16_t)0;

	field->store = insn->op;
	field->offset = (uint16_t)insn->imm;
	field->size = (uint16_t)weir_kind_size((enum weir_kind)(insn->op - WEIR_OP_STORE_BOOL), text_max);
	field->value = l->ir->n_values++;
	emit_move(l->ir, field->value, use(l, insn->a));
}

static int link_insn(struct linking *l, uint32_t i)
{
	const struct weir_insn *from = &l->p->code[i];
	struct weir_ir_shape shape = weir_ir_shape(from->op);
	struct weir_ir_insn insn = {
		.op = from->op,
		.a = shape.a ? use(l, from->a) : WEIR_IR_NONE,
		.b = shape.b ? use(l, from->b) : WEIR_IR_NONE,
		.c = shape.c ? use(l, (uint8_t)from->imm) : WEIR_IR_NONE,
		.imm = from->imm,
	};

	insn.dst = shape.dst ? define(l, from->dst, i) : WEIR_IR_NONE;
	if (from->op == WEIR_OP_CONST)
		insn.imm = weir_ir_const(l->ir, l->p->consts[from->imm]);
	if (from->op == WEIR_OP_SEGMENT)
		insn.imm += l->ir->segments;
	*emit(l->ir, from->op) = insn;
	return from->op == WEIR_OP_CONST && insn.imm == WEIR_IR_NONE ? WEIR_EFULL : 0;
}

static int link_code(struct linking *l)
{
	for (uint32_t i = 0; i < l->p->n_code; i++) {
		const struct weir_insn *insn = &l->p->code[i];
		int r = 0;

		l->place[i] = (uint32_t)l->ir->n_code;
		if (weir_ir_is_load(insn->op))
			r = link_load(l, insn, i);
		else if (weir_ir_is_store(insn->op))
			link_store(l, insn);
		else
			r = link_insn(l, i);
		if (r < 0)
			return r;
	}
	l->place[l->p->n_code] = (uint32_t)l->ir->n_code;
	return 0;
}

/* ---- the record behind the program ---- */

static bool overlap(const struct weir_ir_field *a, const struct weir_ir_field *b)
{
	return a->offset < b->offset + b->size && b->offset < a->offset + a->size;
}

/* What was written twice counts once: the later one. Fields that only touch in part cannot be told apart. */
static int add_field(struct weir_ir_field *fields, size_t *n, const struct weir_ir_field *field)
{
	for (size_t i = 0; i < *n; i++) {
		if (!overlap(&fields[i], field))
			continue;
		if (fields[i].offset != field->offset || fields[i].size != field->size)
			return WEIR_EFULL;
		fields[i] = *field;
		return 0;
	}
	fields[(*n)++] = *field;
	return 0;
}

/* Fields from before that the program copies, then its own. */
static int merge_fields(struct linking *l)
{
	struct weir_ir *ir = l->ir;
	size_t n = 0;
	int r = 0;

	for (size_t f = 0; f < ir->n_fields; f++) {
		struct weir_ir_field field = ir->fields[f];

		if (field.offset >= l->p->copy_size)
			continue;
		if (field.offset + field.size > l->p->copy_size)
			return WEIR_EFULL;
		ir->fields[n++] = field;
	}
	for (size_t f = 0; r == 0 && f < l->n_written; f++)
		r = add_field(ir->fields, &n, &l->written[f]);
	ir->n_fields = n;
	if (ir->copied > l->p->copy_size)
		ir->copied = l->p->copy_size;
	return r;
}

static void fix_jumps(struct linking *l, size_t from)
{
	for (size_t i = from; i < l->ir->n_code; i++)
		if (weir_ir_is_jump(l->ir->code[i].op))
			l->ir->code[i].imm = l->place[l->ir->code[i].imm];
}

static int link_program(struct linking *l)
{
	size_t start;
	int r;

	if (l->ir->segments)
		emit(l->ir, WEIR_OP_SEGMENT)->imm = l->ir->segments;
	start = l->ir->n_code;
	r = link_code(l);
	if (r < 0)
		return r;
	fix_jumps(l, start);
	r = merge_fields(l);
	l->ir->segments += l->p->n_segments;
	l->ir->in_place &= l->p->in_place;
	l->ir->filters |= l->p->filters;
	return r;
}

int weir_ir_link(struct weir_ir *ir, const struct weir_program *p)
{
	struct linking l = { .ir = ir, .p = p, .before = ir->fields, .n_before = ir->n_fields };
	int r = WEIR_ENOMEM;

	memset(l.value, 0xff, sizeof l.value);
	l.place = malloc(((size_t)p->n_code + 1) * sizeof *l.place);
	l.written = malloc(((size_t)p->n_code + 1) * sizeof *l.written);
	if (l.place && l.written)
		r = link_program(&l);
	free(l.place);
	free(l.written);
	return r;
}

int weir_ir_store(struct weir_ir *ir)
{
	for (size_t f = 0; f < ir->n_fields; f++) {
		const struct weir_ir_field *field = &ir->fields[f];
		struct weir_ir_insn *insn = emit(ir, field->store);

		insn->a = field->value;
		insn->imm = field->offset;
		if (field->store == WEIR_OP_STORE_TEXT) {
			insn->c = WEIR_IR_NONE;
			insn->b = weir_ir_const(ir, (union weir_value){ .u = (uint64_t)field->size - 2 });
			if (insn->b > UINT8_MAX)
				return WEIR_EFULL;
		}
	}
	return 0;
}
