/* SPDX-License-Identifier: MIT */
/*
 * print_flow.c -- which instructions share a variable, where it is declared, and what needs none.
 */
#include "print_flow.h"

#include <stdlib.h>
#include <string.h>

#include <weir/error.h>

#define REGS 256u

/* The web each register holds at one place. */
struct registers {
	uint32_t web[REGS];
};

/* ---- webs ---- */

uint32_t weir_flow_web(const struct weir_program_flow *f, uint32_t web)
{
	while (web != WEIR_NO_WEB && f->webs[web].parent != web)
		web = f->webs[web].parent;
	return web;
}

/* The two are one variable, called by the earlier instruction. */
static uint32_t join(struct weir_program_flow *f, uint32_t a, uint32_t b)
{
	a = weir_flow_web(f, a);
	b = weir_flow_web(f, b);
	if (a == b || b == WEIR_NO_WEB)
		return a;
	if (a == WEIR_NO_WEB)
		return b;
	if (a > b)
		return join(f, b, a);
	f->webs[b].parent = a;
	f->webs[a].n_defs += f->webs[b].n_defs;
	return a;
}

const union weir_value *weir_flow_const(const struct weir_program_flow *f, uint32_t web)
{
	const struct weir_insn *i = &f->program->code[web];

	return f->webs[web].n_defs == 1 && i->op == WEIR_OP_CONST ? &f->program->consts[i->imm] : NULL;
}

/* ---- what is read later ---- */

static bool is_branch(const struct weir_insn *i)
{
	return i->op == WEIR_OP_JZ || i->op == WEIR_OP_JNZ;
}

static void set_bit(uint64_t *set, uint32_t reg, bool on)
{
	set[reg / 64] =
		on ? set[reg / 64] | UINT64_C(1) << reg % 64 : set[reg / 64] & ~(UINT64_C(1) << reg % 64);
}

/*
 * Add what is read from `to` on by who comes there: over the first side of a branch (by its JMP) or another way. Of a
 * choice where both meet each side makes the one that is its own.
 */
static void add_live(const struct weir_program_flow *f, uint32_t to, bool first, uint64_t *live)
{
	const struct weir_insn *i = &f->program->code[to];
	uint64_t set[4];

	memcpy(set, f->live[to], sizeof set);
	if (to < f->program->n_code && f->insns[to].joins && i->op == WEIR_OP_SEL) {
		memcpy(set, f->live[to + 1], sizeof set);
		set_bit(set, i->dst, false);
		set_bit(set, i->a, true);
		set_bit(set, first ? i->b : i->imm, true);
	}
	for (unsigned w = 0; w < 4; w++)
		live[w] |= set[w];
}

static void find_live(struct weir_program_flow *f)
{
	for (uint32_t k = 0; k < f->program->n_code; k++)
		if (f->program->code[k].op == WEIR_OP_JMP)
			f->insns[f->program->code[k].imm].joins = true;
	for (uint32_t k = f->program->n_code; k-- > 0;) {
		const struct weir_insn *i = &f->program->code[k];
		const struct weir_shape *s = &f->insns[k].shape;

		add_live(f, i->op == WEIR_OP_JMP ? i->imm : k + 1, i->op == WEIR_OP_JMP, f->live[k]);
		if (is_branch(i))
			add_live(f, i->imm, false, f->live[k]);
		if (s->defines)
			set_bit(f->live[k], i->dst, false);
		for (unsigned u = 0; u < s->n_uses; u++)
			set_bit(f->live[k], s->regs[u], true);
	}
}

static bool is_live(const struct weir_program_flow *f, uint32_t k, uint32_t reg)
{
	return (f->live[k][reg / 64] >> reg % 64 & 1) != 0;
}

/* ---- blocks ---- */

bool weir_flow_branch(const struct weir_program *p, uint32_t k, uint32_t end, struct weir_flow_branch *b)
{
	uint32_t to = p->code[k].imm;

	*b = (struct weir_flow_branch){ .first = k + 1, .first_end = to, .second = to, .end = to };
	if (to <= k || to > end)
		return false;
	if (to > k + 1 && p->code[to - 1].op == WEIR_OP_JMP) {
		b->first_end = to - 1;
		b->end = p->code[to - 1].imm;
	}
	return b->end >= to && b->end <= end;
}

static uint32_t add_block(struct weir_program_flow *f, uint32_t parent, uint32_t at)
{
	f->blocks[f->n_blocks] = (struct weir_flow_block){ parent, f->blocks[parent].depth + 1, at };
	return f->n_blocks++;
}

static uint32_t common_block(const struct weir_program_flow *f, uint32_t a, uint32_t b)
{
	while (a != b) {
		if (f->blocks[a].depth >= f->blocks[b].depth)
			a = f->blocks[a].parent;
		else
			b = f->blocks[b].parent;
	}
	return a;
}

/*
 * What the registers hold where two ways meet. A choice there takes each of its operands by the way it was made on: what
 * the register held on the other way has nothing to do with it.
 */
static void meet(struct weir_program_flow *f, uint32_t k, const struct registers *first, struct registers *r)
{
	const struct weir_program *p = f->program;
	const struct weir_insn *sel = k < p->n_code && p->code[k].op == WEIR_OP_SEL ? &p->code[k] : NULL;

	for (uint32_t reg = 0; reg < REGS; reg++) {
		if (!is_live(f, k, reg) || (sel != NULL && reg == sel->imm && reg != sel->b))
			continue;
		if (sel != NULL && reg == sel->b && reg != sel->imm)
			r->web[reg] = first->web[reg];
		else
			r->web[reg] = join(f, first->web[reg], r->web[reg]);
	}
}

static void walk(struct weir_program_flow *f, uint32_t k, uint32_t end, uint32_t block, struct registers *r);

/* A branch, and what it passes over. Returns where it ends. */
static uint32_t walk_branch(
	struct weir_program_flow *f, uint32_t k, uint32_t end, uint32_t block, struct registers *r)
{
	struct registers *first = malloc(sizeof *first);
	struct weir_flow_branch b;

	if (first == NULL) {
		f->rc = WEIR_ENOMEM;
		return end;
	}
	if (weir_flow_branch(f->program, k, end, &b)) {
		*first = *r;
		walk(f, b.first, b.first_end, add_block(f, block, k), first);
		if (b.end > b.second)
			walk(f, b.second, b.end, add_block(f, block, k), r);
		meet(f, b.end, first, r);
		end = b.end;
	} else {
		f->rc = WEIR_EINTERNAL;
	}
	free(first);
	return end;
}

static void walk(struct weir_program_flow *f, uint32_t k, uint32_t end, uint32_t block, struct registers *r)
{
	while (k < end && f->rc == WEIR_OK) {
		const struct weir_insn *i = &f->program->code[k];
		struct weir_flow_insn *n = &f->insns[k];

		n->block = block;
		for (unsigned u = 0; u < n->shape.n_uses; u++) {
			n->uses[u] = r->web[n->shape.regs[u]];
			if (n->uses[u] == WEIR_NO_WEB)
				f->rc = WEIR_EINTERNAL;
		}
		if (i->op == WEIR_OP_JMP)
			f->rc = WEIR_EINTERNAL;
		if (n->shape.defines)
			r->web[i->dst] = n->web;
		k = is_branch(i) ? walk_branch(f, k, end, block, r) : k + 1;
	}
}

/* ---- what is known of each web ---- */

static bool set_class(struct weir_program_flow *f, uint32_t web, uint8_t class)
{
	if (f->webs[web].class != WEIR_CLASS_ANY || class == WEIR_CLASS_ANY)
		return false;
	f->webs[web].class = class;
	return true;
}

/* Copies and choices are of the class of what they copy, and the other way round for constants. */
static bool copy_classes(struct weir_program_flow *f)
{
	bool changed = false;

	for (uint32_t k = 0; k < f->program->n_code; k++) {
		const struct weir_flow_insn *n = &f->insns[k];
		uint8_t op = f->program->code[k].op;

		for (unsigned u = op == WEIR_OP_SEL;
			(op == WEIR_OP_SEL || op == WEIR_OP_MOV) && u < n->shape.n_uses; u++) {
			changed = set_class(f, n->web, f->webs[n->uses[u]].class) || changed;
			changed = set_class(f, n->uses[u], f->webs[n->web].class) || changed;
		}
	}
	return changed;
}

static void find_classes(struct weir_program_flow *f)
{
	for (uint32_t k = 0; k < f->program->n_code; k++)
		if (f->insns[k].shape.defines)
			(void)set_class(f, f->insns[k].web, f->insns[k].shape.result);
	for (uint32_t k = 0; k < f->program->n_code; k++)
		for (unsigned u = 0; u < f->insns[k].shape.n_uses; u++)
			(void)set_class(f, f->insns[k].uses[u], f->insns[k].shape.uses[u]);
	while (copy_classes(f))
		continue;
}

bool weir_flow_reads(const struct weir_program_flow *f, const struct weir_flow_insn *n, unsigned operand)
{
	const struct weir_shape *s = &n->shape;

	if (s->value == NULL)
		return true;
	if (f->webs[n->web].needed && weir_shape_mentions(n->sure != NULL ? n->sure : s->value, operand))
		return true;
	return s->fault != NULL && n->sure == NULL && weir_shape_mentions(s->fault, operand);
}

/* What an instruction does beyond leaving a value. */
static bool has_effect(const struct weir_program_flow *f, uint32_t k)
{
	const struct weir_insn *i = &f->program->code[k];
	const struct weir_flow_insn *n = &f->insns[k];

	if (n->shape.fault != NULL)
		return n->sure == NULL;
	if (i->op == WEIR_OP_NARROW_I || i->op == WEIR_OP_NARROW_U)
		return weir_shape_narrows(i, weir_flow_const(f, n->uses[0]));
	return !n->shape.defines && i->op != WEIR_OP_NOP && i->op != WEIR_OP_JMP;
}

/* Whether a branch passes over anything that is printed. */
static bool guards(const struct weir_program_flow *f, uint32_t k)
{
	struct weir_flow_branch b;

	if (!weir_flow_branch(f->program, k, f->program->n_code, &b))
		return false;
	for (uint32_t i = b.first; i < b.end; i++)
		if (f->insns[i].printed)
			return true;
	return false;
}

static void note_place(struct weir_program_flow *f, uint32_t web, uint32_t block)
{
	struct weir_flow_web *w = &f->webs[web];

	w->block = w->block == WEIR_NO_WEB ? block : common_block(f, w->block, block);
}

/* From the end: what nothing reads need not be computed. */
static void find_needed(struct weir_program_flow *f)
{
	for (uint32_t k = f->program->n_code; k-- > 0;) {
		struct weir_flow_insn *n = &f->insns[k];

		if (n->shape.defines && weir_flow_const(f, n->web) != NULL)
			n->printed = false;
		else if (is_branch(&f->program->code[k]))
			n->printed = guards(f, k);
		else
			n->printed = has_effect(f, k) || (n->shape.defines && f->webs[n->web].needed);
		if (!n->printed)
			continue;
		if (n->shape.defines)
			note_place(f, n->web, n->block);
		for (unsigned u = 0; u < n->shape.n_uses; u++) {
			if (!weir_flow_reads(f, n, u))
				continue;
			f->webs[n->uses[u]].needed = true;
			note_place(f, n->uses[u], n->block);
		}
	}
}

/* A variable that more than its first block sees is declared before the branch that leads there. */
static void find_declarations(struct weir_program_flow *f)
{
	for (uint32_t k = 0; k < f->program->n_code; k++) {
		struct weir_flow_web *w = &f->webs[k];
		uint32_t block = f->insns[k].block;

		w->declared = k;
		if (!w->needed || weir_flow_const(f, k) != NULL)
			continue;
		while (block != w->block && block != 0) {
			w->declared = f->blocks[block].at;
			block = f->blocks[block].parent;
		}
	}
}

static void settle_webs(struct weir_program_flow *f)
{
	for (uint32_t k = 0; k < f->program->n_code; k++) {
		struct weir_flow_insn *n = &f->insns[k];

		n->web = weir_flow_web(f, n->web);
		for (unsigned u = 0; u < n->shape.n_uses; u++)
			n->uses[u] = weir_flow_web(f, n->uses[u]);
		if (n->shape.fault != NULL && n->shape.n_uses == 2 && weir_flow_const(f, n->uses[1]) != NULL)
			n->sure = weir_shape_sure(f->program->code[k].op, weir_flow_const(f, n->uses[1]));
	}
}

int weir_flow_init(struct weir_program_flow *f, const struct weir_program *program)
{
	size_t n = program->n_code;
	struct registers start;

	*f = (struct weir_program_flow){ .program = program, .n_blocks = 1 };
	f->insns = calloc(n + 1, sizeof *f->insns);
	f->webs = calloc(n + 1, sizeof *f->webs);
	f->blocks = calloc(2 * n + 1, sizeof *f->blocks);
	f->live = calloc(n + 1, sizeof *f->live);
	if (f->insns == NULL || f->webs == NULL || f->blocks == NULL || f->live == NULL)
		return WEIR_ENOMEM;
	for (uint32_t k = 0; k < n; k++) {
		if (!weir_shape_of(&program->code[k], &f->insns[k].shape))
			return WEIR_EUNSUPPORTED;
		f->insns[k].web = f->insns[k].shape.defines ? k : WEIR_NO_WEB;
		f->webs[k] = (struct weir_flow_web){ .parent = k, .n_defs = 1, .block = WEIR_NO_WEB };
		if (program->code[k].op == WEIR_OP_JMP &&
			(program->code[k].imm <= k || program->code[k].imm > n))
			return WEIR_EINTERNAL;
		if (is_branch(&program->code[k]) && (program->code[k].imm <= k || program->code[k].imm > n))
			return WEIR_EINTERNAL;
	}
	for (uint32_t r = 0; r < REGS; r++)
		start.web[r] = WEIR_NO_WEB;
	find_live(f);
	walk(f, 0, (uint32_t)n, 0, &start);
	if (f->rc < 0)
		return f->rc;
	settle_webs(f);
	find_classes(f);
	find_needed(f);
	find_declarations(f);
	return WEIR_OK;
}

void weir_flow_fini(struct weir_program_flow *f)
{
	free(f->insns);
	free(f->webs);
	free(f->blocks);
	free(f->live);
}
