/* SPDX-License-Identifier: MIT */
/*
 * fuse_tidy.c -- leave out what linking made superfluous, and give values registers.
 *
 * Jumps only go forward, so that the stretch of code from a value's first mention to its last is where it
 * has to be kept, whatever way is taken through it. Instructions that can fault stay even when nobody reads
 * their value: the fault is theirs to tell.
 */
#include <stdlib.h>
#include <string.h>

#include <weir/error.h>

#include "fuse_ir.h"

bool weir_ir_reads(const struct weir_ir_insn *insn, uint32_t value)
{
	return insn->a == value || (weir_ir_b_is_value(insn) && insn->b == value) || insn->c == value;
}

static void replace(struct weir_ir_insn *insn, uint32_t old, uint32_t new)
{
	if (insn->a == old)
		insn->a = new;
	if (weir_ir_b_is_value(insn) && insn->b == old)
		insn->b = new;
	if (insn->c == old)
		insn->c = new;
	if (insn->dst == old)
		insn->dst = new;
}

/* ---- moves ---- */

struct mentions {
	size_t first, last; /* any */
	size_t definitions;
};

static struct mentions find_mentions(const struct weir_ir *ir, uint32_t value)
{
	struct mentions m = { SIZE_MAX, 0, 0 };

	for (size_t i = 0; i < ir->n_code; i++) {
		const struct weir_ir_insn *insn = &ir->code[i];

		if (insn->dead || (insn->dst != value && !weir_ir_reads(insn, value)))
			continue;
		m.first = m.first == SIZE_MAX ? i : m.first;
		m.last = i;
		m.definitions += insn->dst == value;
	}
	return m;
}

static bool defined_between(const struct weir_ir *ir, uint32_t value, size_t after, size_t until)
{
	for (size_t i = after + 1; i <= until; i++)
		if (!ir->code[i].dead && ir->code[i].dst == value)
			return true;
	return false;
}

/*
 * Do without the move at `at`: either its readers read the source, which must then stay as it is as long as
 * they read; or source and result are one value, when the one's life ends where the other's begins.
 */
static bool drop_move(struct weir_ir *ir, size_t at)
{
	uint32_t dst = ir->code[at].dst, from = ir->code[at].a;
	struct mentions d = find_mentions(ir, dst), s = find_mentions(ir, from);
	bool as_source = d.definitions == 1 && !defined_between(ir, from, at, d.last);
	bool as_one = s.last == at && d.first == at;

	if (dst != from && !as_source && !as_one)
		return false;
	ir->code[at].dead = true;
	for (size_t i = 0; i < ir->n_code; i++)
		replace(&ir->code[i], dst, from);
	return true;
}

/* ---- what nobody reads ---- */

static bool is_read(const struct weir_ir *ir, uint32_t value, size_t but_by)
{
	for (size_t i = 0; i < ir->n_code; i++)
		if (i != but_by && !ir->code[i].dead && weir_ir_reads(&ir->code[i], value))
			return true;
	return false;
}

static bool is_useless(const struct weir_ir *ir, size_t at)
{
	const struct weir_ir_insn *insn = &ir->code[at];

	if (insn->op == WEIR_OP_NOP)
		return true;
	return insn->dst != WEIR_IR_NONE && !weir_ir_shape(insn->op).faults && !is_read(ir, insn->dst, at);
}

/* A jump that passes over nothing. */
static bool is_empty_jump(const struct weir_ir *ir, size_t at)
{
	if (!weir_ir_is_jump(ir->code[at].op))
		return false;
	for (size_t i = at + 1; i < ir->code[at].imm && i < ir->n_code; i++)
		if (!ir->code[i].dead)
			return false;
	return true;
}

void weir_ir_tidy(struct weir_ir *ir)
{
	for (size_t i = 0; i < ir->n_code; i++)
		if (!ir->code[i].dead && ir->code[i].op == WEIR_OP_MOV)
			drop_move(ir, i);
	for (size_t i = ir->n_code; i-- > 0;)
		if (!ir->code[i].dead && (is_useless(ir, i) || is_empty_jump(ir, i)))
			ir->code[i].dead = true;
}

/* ---- constants ---- */

static void mark_constants(const struct weir_ir *ir, bool *constant)
{
	for (size_t i = 0; i < ir->n_code; i++) {
		const struct weir_ir_insn *insn = &ir->code[i];

		if (!insn->dead && insn->op == WEIR_OP_CONST)
			constant[insn->dst] = find_mentions(ir, insn->dst).definitions == 1;
	}
}

static bool commutes(uint8_t op)
{
	switch (op) {
	case WEIR_OP_ADD_I:
	case WEIR_OP_ADD_U:
	case WEIR_OP_ADD_F:
	case WEIR_OP_ADD_D:
	case WEIR_OP_MUL_I:
	case WEIR_OP_MUL_U:
	case WEIR_OP_MUL_F:
	case WEIR_OP_MUL_D:
	case WEIR_OP_EQ_I:
	case WEIR_OP_NE_I:
		return true;
	default:
		return false;
	}
}

/* Kernels for two instructions at a time want the constant second. */
static void constants_second(struct weir_ir *ir, const bool *constant)
{
	for (size_t i = 0; i < ir->n_code; i++) {
		struct weir_ir_insn *insn = &ir->code[i];
		uint32_t a = insn->a;

		if (insn->dead || !commutes(insn->op) || !constant[a] || constant[insn->b])
			continue;
		insn->a = insn->b;
		insn->b = a;
	}
}

/* Equal constants become one value. */
static void hoist(struct weir_ir *ir, const bool *constant)
{
	for (size_t i = 0; i < ir->n_code; i++) {
		struct weir_ir_insn *insn = &ir->code[i];

		if (insn->dead || insn->op != WEIR_OP_CONST || !constant[insn->dst])
			continue;
		insn->once = true;
		for (size_t k = 0; k < i; k++) {
			if (!ir->code[k].once || ir->code[k].dead || ir->code[k].imm != insn->imm)
				continue;
			insn->dead = true;
			for (size_t m = 0; m < ir->n_code; m++)
				if (m != i)
					replace(&ir->code[m], insn->dst, ir->code[k].dst);
			break;
		}
	}
}

int weir_ir_hoist(struct weir_ir *ir)
{
	bool *constant = calloc((size_t)ir->n_values + 1, sizeof *constant);

	if (!constant)
		return WEIR_ENOMEM; /* without it the plan would be another one, with another bill */
	mark_constants(ir, constant);
	constants_second(ir, constant);
	if (ir->n_consts <= WEIR_IR_HOIST_MAX)
		hoist(ir, constant);
	free(constant);
	return 0;
}

/* ---- registers ---- */

struct allocation {
	uint8_t *register_of;
	size_t *last; /* per value: its last mention */
	bool *seen;
	uint8_t free[256]; /* a stack: the one freed last is taken first, so that results replace operands */
	size_t n_free;
	size_t n_used;
};

static void end_at(struct allocation *al, uint32_t value, size_t at)
{
	if (value == WEIR_IR_NONE || al->last[value] != at || at == SIZE_MAX)
		return;
	al->last[value] = SIZE_MAX;
	al->free[al->n_free++] = al->register_of[value];
}

static int begin(struct allocation *al, uint32_t value)
{
	if (value == WEIR_IR_NONE || al->seen[value])
		return 0;
	al->seen[value] = true;
	if (al->n_free == 0) {
		if (al->n_used == UINT8_MAX)
			return WEIR_EFULL;
		al->free[al->n_free++] = (uint8_t)al->n_used++;
	}
	al->register_of[value] = al->free[--al->n_free];
	return 0;
}

static void find_last_mentions(const struct weir_ir *ir, size_t *last)
{
	for (size_t i = 0; i < ir->n_code; i++) {
		const struct weir_ir_insn *insn = &ir->code[i];

		if (insn->dead)
			continue;
		if (insn->dst != WEIR_IR_NONE)
			last[insn->dst] = i;
		if (insn->a != WEIR_IR_NONE)
			last[insn->a] = i;
		if (weir_ir_b_is_value(insn))
			last[insn->b] = i;
		if (insn->c != WEIR_IR_NONE)
			last[insn->c] = i;
	}
}

static int allocate(const struct weir_ir *ir, struct allocation *al)
{
	/* What is taken once is kept to the end. */
	for (size_t i = 0; i < ir->n_code; i++)
		if (ir->code[i].once && !ir->code[i].dead) {
			if (begin(al, ir->code[i].dst) < 0)
				return WEIR_EFULL;
			al->last[ir->code[i].dst] = SIZE_MAX;
		}
	for (size_t i = 0; i < ir->n_code; i++) {
		const struct weir_ir_insn *insn = &ir->code[i];
		uint32_t b = weir_ir_b_is_value(insn) ? insn->b : WEIR_IR_NONE;

		if (insn->dead)
			continue;
		/* Operands that nothing defined need a register too. */
		if (begin(al, insn->a) < 0 || begin(al, b) < 0 || begin(al, insn->c) < 0)
			return WEIR_EFULL;
		end_at(al, insn->c, i);
		end_at(al, b, i);
		end_at(al, insn->a, i);
		if (begin(al, insn->dst) < 0)
			return WEIR_EFULL;
		end_at(al, insn->dst, i);
	}
	return (int)al->n_used;
}

int weir_ir_registers(const struct weir_ir *ir, uint8_t *register_of)
{
	struct allocation al = { .register_of = register_of };
	int r = WEIR_ENOMEM;

	al.last = calloc((size_t)ir->n_values + 1, sizeof *al.last);
	al.seen = calloc((size_t)ir->n_values + 1, sizeof *al.seen);
	if (al.last && al.seen) {
		find_last_mentions(ir, al.last);
		r = allocate(ir, &al);
	}
	free(al.last);
	free(al.seen);
	return r;
}
