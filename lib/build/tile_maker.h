/* SPDX-License-Identifier: MIT */
/*
 * tile_maker.h -- a program in tiles under work: the steps so far and where each register's value is. Private to tile*.c.
 *
 * The accumulator holds the register written last; one that is needed later is put into a slot before it is
 * overwritten, and got from there. Truths have an accumulator of their own and go the same way.
 */
#ifndef WEIR_BUILD_TILE_MAKER_H
#define WEIR_BUILD_TILE_MAKER_H

#include <weir/program.h>

#include "lib/kernels/tile_ops.h"
#include "tile_range.h"

#define WEIR_TILE_REGS    256u
#define WEIR_TILE_NOTHING WEIR_TILE_REGS /* no register */

struct weir_tile_maker {
	struct weir_program *p;
	struct weir_insn *to;       /* the steps */
	union weir_value *consts;   /* theirs */
	uint32_t n, n_consts, used; /* used: slots, a bit each */
	unsigned bits;
	const struct weir_insn *at; /* under work; the end of its group where several go in one */
	struct weir_tile_reg regs[WEIR_TILE_REGS];
	uint8_t slot[WEIR_TILE_REGS]; /* 1 + the slot that a register's value was put into, or 0 */
	uint32_t holds;               /* the register in the accumulator, or WEIR_TILE_NOTHING */
	uint32_t truth;               /* the one in that of truths */
	uint32_t segment;
	uint8_t load_slot[WEIR_TILE_FIELDS]; /* where the fields wait for their instructions, but the first */
	uint32_t n_loads, loaded;
	bool refused;
};

static inline bool weir_tile_is_store(uint8_t op)
{
	return op >= WEIR_OP_STORE_BOOL && op <= WEIR_OP_STORE_TEXT;
}

static inline bool weir_tile_is_truth(const struct weir_tile_maker *m, uint32_t reg)
{
	return m->regs[reg].class == WEIR_TILE_TRUTH;
}

static inline bool weir_tile_is_constant(const struct weir_tile_maker *m, uint8_t reg)
{
	return m->regs[reg].class == WEIR_TILE_CONSTANT;
}

/* Append a step; with a constant, with two. */
struct weir_insn *weir_tile_emit(struct weir_tile_maker *m, uint8_t op, uint8_t slot);
void weir_tile_emit_with(struct weir_tile_maker *m, uint8_t op, int64_t value);
void weir_tile_emit_pair(struct weir_tile_maker *m, uint8_t op, int64_t first, int64_t second);

/* Whether an instruction from `from` on reads a register as it is now. */
bool weir_tile_is_read_from(const struct weir_tile_maker *m, const struct weir_insn *from, uint32_t reg);

/* Bring a register's value into its accumulator; what was there is kept if this instruction or a later one reads it. */
void weir_tile_get(struct weir_tile_maker *m, uint32_t reg);

/* The accumulator of a register, which it is in, is about to be overwritten. */
void weir_tile_leave(struct weir_tile_maker *m, uint32_t reg);

/* A register's value as the other operand. */
uint8_t weir_tile_slot_of(struct weir_tile_maker *m, uint32_t reg);

/* What a register held is nowhere any more. */
void weir_tile_forget(struct weir_tile_maker *m, uint8_t reg);

/* An instruction's result is in its accumulator now. */
void weir_tile_made(struct weir_tile_maker *m, uint8_t dst, bool truth);

/* The steps of an instruction, or of some that go in one. Returns how many instructions that were. */
uint32_t weir_tile_code(struct weir_tile_maker *m, const struct weir_insn *insn);

#endif
