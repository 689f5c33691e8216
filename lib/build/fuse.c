/* SPDX-License-Identifier: MIT */
/*
 * fuse.c -- link programs, tidy the result up and write it as one.
 *
 * A fused group runs block by block without writing records between its stages, which is worth more than
 * anything else a pipeline of small stages can be given (docs/DESIGN.md, speed).
 */
#include "fuse.h"

#include <stdlib.h>
#include <string.h>

#include <weir/error.h>

#include "fuse_ir.h"
#include "tile.h"

/* A program and what it points to, in one piece. */
struct fused {
	struct weir_program program;
	union weir_value *consts;
	struct weir_insn code[];
};

static void free_ir(struct weir_ir *ir)
{
	free(ir->code);
	free(ir->consts);
	free(ir->fields);
}

/* Room for everything that linking can make. */
static int init_ir(struct weir_ir *ir, const struct weir_program *const *list, size_t n)
{
	size_t code = 1, consts = 1;

	for (size_t i = 0; i < n; i++) {
		code += (size_t)list[i]->n_code + 1;
		consts += (size_t)list[i]->n_consts + list[i]->n_code;
	}
	/* A load is a load and a move, a store a move and, at the end, a store. */
	*ir = (struct weir_ir){ .room_code = 2 * code,
		.room_consts = consts,
		.room_fields = code,
		.copied = list[0]->in_size,
		.in_place = true };
	ir->code = malloc(ir->room_code * sizeof *ir->code);
	ir->consts = malloc(ir->room_consts * sizeof *ir->consts);
	ir->fields = malloc(ir->room_fields * sizeof *ir->fields);
	return ir->code && ir->consts && ir->fields ? 0 : WEIR_ENOMEM;
}

/* Sizes of texts first: their indexes must fit a byte. */
static void add_text_sizes(struct weir_ir *ir, const struct weir_program *p)
{
	for (size_t i = 0; i < p->n_code; i++)
		if (p->code[i].op == WEIR_OP_STORE_TEXT)
			weir_ir_const(ir, (union weir_value){ .u = p->consts[p->code[i].b].u });
}

static int link_all(struct weir_ir *ir, const struct weir_program *const *list, size_t n)
{
	add_text_sizes(ir, list[n - 1]);
	for (size_t i = 0; i < n; i++) {
		int r = i && list[i]->in_size != list[i - 1]->out_size ? WEIR_EINVAL
								       : weir_ir_link(ir, list[i]);

		if (r < 0)
			return r;
	}
	return ir->segments > UINT8_MAX ? WEIR_EFULL : weir_ir_store(ir);
}

/* Whether the copied bytes and the stores leave no byte of the output out. */
static bool covers(const struct weir_ir *ir, uint16_t out_size)
{
	uint32_t bytes = ir->copied;

	for (size_t f = 0; f < ir->n_fields; f++)
		if (ir->fields[f].offset >= ir->copied)
			bytes += ir->fields[f].size;
		else if (ir->fields[f].offset + ir->fields[f].size > ir->copied)
			return false;
	return bytes >= out_size;
}

static uint8_t register_or_0(const uint8_t *register_of, uint32_t value)
{
	return value == WEIR_IR_NONE ? 0 : register_of[value];
}

/* Instructions up to an index that are left, those taken once or the others. */
static size_t count_live(const struct weir_ir *ir, size_t until, bool once)
{
	size_t live = 0;

	for (size_t i = 0; i < until; i++)
		live += !ir->code[i].dead && ir->code[i].once == once;
	return live;
}

/* Whether nothing after an instruction reads a value. */
static bool reads_last(const struct weir_ir *ir, const struct weir_ir_insn *insn, uint32_t value)
{
	for (const struct weir_ir_insn *later = insn + 1; later < ir->code + ir->n_code; later++)
		if (!later->dead && weir_ir_reads(later, value))
			return false;
	return true;
}

static bool is_made_before(const struct weir_ir *ir, const struct weir_ir_insn *insn, uint32_t value)
{
	for (const struct weir_ir_insn *i = ir->code; i < insn; i++)
		if (!i->dead && !i->once && i->dst == value)
			return true;
	return false;
}

/* The one value that is handed on beyond a filter, when no field is read there and none was copied; else none. */
static uint32_t only_value_after(const struct weir_ir *ir, const struct weir_ir_insn *filter)
{
	uint32_t only = WEIR_IR_NONE;

	if (ir->copied > 0)
		return WEIR_IR_NONE;
	for (const struct weir_ir_insn *i = filter + 1; i < ir->code + ir->n_code; i++) {
		const uint32_t read[] = { i->a, weir_ir_b_is_value(i) ? i->b : WEIR_IR_NONE, i->c };

		if (i->dead)
			continue;
		if (weir_ir_is_load(i->op))
			return WEIR_IR_NONE;
		for (size_t k = 0; k < 3; k++) {
			if (read[k] == WEIR_IR_NONE || read[k] == only ||
				!is_made_before(ir, filter, read[k]))
				continue;
			if (only != WEIR_IR_NONE)
				return WEIR_IR_NONE;
			only = read[k];
		}
	}
	return only;
}

static struct weir_insn final_insn(
	const struct weir_ir *ir, const struct weir_ir_insn *insn, const uint8_t *register_of)
{
	struct weir_insn to = {
		.op = insn->op,
		.dst = register_or_0(register_of, insn->dst),
		.a = register_or_0(register_of, insn->a),
		.imm = insn->imm,
	};

	to.b = insn->op == WEIR_OP_STORE_TEXT ? (uint8_t)insn->b : register_or_0(register_of, insn->b);
	if (weir_ir_is_jump(insn->op))
		to.imm = (uint32_t)(count_live(ir, ir->n_code, true) + count_live(ir, insn->imm, false));
	if (insn->op == WEIR_OP_FILTER) {
		uint32_t only = only_value_after(ir, insn);

		to.imm = reads_last(ir, insn, insn->a);
		to.b = only == WEIR_IR_NONE ? 0 : (uint8_t)(register_of[only] + 1);
	}
	if (insn->op == WEIR_OP_SEL)
		to.imm = register_or_0(register_of, insn->c);
	return to;
}

static struct weir_insn *write_code(
	const struct weir_ir *ir, const uint8_t *register_of, bool once, struct weir_insn *to)
{
	for (size_t i = 0; i < ir->n_code; i++)
		if (!ir->code[i].dead && ir->code[i].once == once)
			*to++ = final_insn(ir, &ir->code[i], register_of);
	return to;
}

static int write_program(const struct weir_ir *ir, const struct weir_program *first,
	const struct weir_program *last, const uint8_t *register_of, int n_regs, struct weir_program **out)
{
	size_t n_once = count_live(ir, ir->n_code, true), n_code = n_once + count_live(ir, ir->n_code, false);
	struct fused *f;

	if (n_code > UINT16_MAX || ir->n_consts > UINT16_MAX)
		return WEIR_EFULL;
	f = malloc(sizeof *f + (n_code + WEIR_TILE_ROOM_CODE) * sizeof f->code[0]);
	if (!f)
		return WEIR_ENOMEM;
	f->consts = malloc((ir->n_consts + WEIR_TILE_ROOM_CONSTS) * sizeof *f->consts);
	if (!f->consts) {
		free(f);
		return WEIR_ENOMEM;
	}
	memcpy(f->consts, ir->consts, ir->n_consts * sizeof *f->consts);
	write_code(ir, register_of, false, write_code(ir, register_of, true, f->code));
	f->program = (struct weir_program){ .code = f->code,
		.consts = f->consts,
		.n_code = (uint16_t)n_code,
		.n_consts = (uint16_t)ir->n_consts,
		.in_size = first->in_size,
		.out_size = last->out_size,
		.copy_size = (uint16_t)ir->copied,
		.n_regs = (uint8_t)n_regs,
		.n_segments = (uint8_t)ir->segments,
		.n_once = (uint16_t)n_once,
		.filters = ir->filters,
		.covers = covers(ir, last->out_size) };
	f->program.in_place = ir->in_place && (first->in_size == last->out_size ||
						      weir_program_can_share(first->in_size, last->out_size,
							      f->program.copy_size, f->program.covers));
	weir_tile_make(&f->program, f->code, f->consts);
	*out = &f->program;
	return 0;
}

static int finish(struct weir_ir *ir, const struct weir_program *first, const struct weir_program *last,
	struct weir_program **out)
{
	uint8_t *register_of = malloc((size_t)ir->n_values + 1);
	int r = WEIR_ENOMEM;

	if (!register_of)
		return r;
	weir_ir_tidy(ir);
	r = weir_ir_hoist(ir);
	if (r >= 0)
		r = weir_ir_registers(ir, register_of);
	if (r >= 0)
		r = write_program(ir, first, last, register_of, r, out);
	free(register_of);
	return r;
}

int weir_fuse(const struct weir_program *const *list, size_t n, struct weir_program **out)
{
	struct weir_ir ir;
	int r;

	if (n == 0)
		return WEIR_EINVAL;
	r = init_ir(&ir, list, n);
	if (r == 0)
		r = link_all(&ir, list, n);
	if (r == 0)
		r = finish(&ir, list[0], list[n - 1], out);
	free_ir(&ir);
	return r;
}

void weir_fuse_free(struct weir_program *p)
{
	struct fused *f = (struct fused *)(void *)p;

	if (!f)
		return;
	free(f->consts);
	free(f);
}
