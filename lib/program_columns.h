/* SPDX-License-Identifier: MIT */
/*
 * program_columns.h -- the column path's registers: what program_columns.c, program_registers.c and
 * program_pairs.c share. Private to them.
 */
#ifndef WEIR_PROGRAM_COLUMNS_H
#define WEIR_PROGRAM_COLUMNS_H

#include "program_paths.h"

#include "kernels/columns.h"
#include "kernels/ops.h"

#ifdef __GNUC__
#pragma GCC visibility push(hidden) /* calls stay in the library */
#endif

#define COLUMN_BYTES (WEIR_BLOCK_ITEMS * WEIR_LANE_BYTES)
#define COLUMN_ALIGN 64u /* the widest vector */

enum class { CLASS_NONE, CLASS_I, CLASS_U, CLASS_F, CLASS_D, CLASS_B, CLASS_T };

/* What a register holds. */
enum form {
	FORM_LANES,    /* a column of its class */
	FORM_VALUES,   /* a column of union weir_value, the class being unknown: a choice between constants */
	FORM_CONSTANT, /* one union weir_value */
};

struct column {
	unsigned char *own; /* its place in scratch */
	const void *at;     /* where it is now */
	uint8_t class;
	uint8_t form;
	uint8_t bits; /* whole numbers, constants too: all lie in -2^bits .. 2^bits - 1 */
};

#define BITS_UNKNOWN 255u

/* Sums of numbers up to this do not overflow. */
#define BITS_SUM 61u

struct weir_columns {
	const struct weir_program *program;
	const struct weir_insn *end; /* of its code */
	const struct weir_kernels *kernels;
	struct column *regs;
	uint32_t *tally;      /* drops per segment of this block */
	unsigned char *spare; /* a column's place in scratch that no register owns */
	uint8_t *keep;
	/* the block */
	const unsigned char *in;
	unsigned char *out;    /* where its results will be */
	unsigned char *target; /* where stores go: out, or the block's own records; NULL before the first */
	const void *result;    /* the output as one column, when the record is that */
	bool in_place, instants;
	bool filtered;  /* keep is valid */
	uint32_t items; /* records */
	uint32_t n;     /* lanes: fewer once they are closed up */
	uint32_t left, segment;
};

struct operands {
	uint8_t dst, a, b;
	bool pure; /* never faults: operands are read once */
};

/* Classes of what the instructions of ops.h read and write, by opcode. */
extern const struct operands weir_column_operands[WEIR_OPCODES];

/* The parts of weir_columns_block, for who looks at the instructions (scan.c). insn: how many were done, 0: may fault. */
void weir_columns_begin(struct weir_columns *c, const struct weir_program_call *call, uint32_t n);
uint32_t weir_columns_insn(struct weir_columns *c, const struct weir_insn *insn);
void weir_columns_finish(struct weir_columns *c, struct weir_program_call *call);

/* Make a column of a register that holds constants. */
const void *weir_column_spread(struct weir_columns *c, uint8_t reg, uint8_t class);

/* A register as lanes of a class, whatever it held. */
static inline const void *weir_column_operand(struct weir_columns *c, uint8_t reg, uint8_t class)
{
	return c->regs[reg].form == FORM_LANES ? c->regs[reg].at : weir_column_spread(c, reg, class);
}

/* Where register dst's new value goes: not over an operand of the same instruction, unless it may lie there. */
static inline void *weir_column_place(
	struct weir_columns *c, uint8_t dst, const struct weir_column_args *args, bool may_lie_over)
{
	struct column *r = &c->regs[dst];

	if (may_lie_over)
		return r->own;
	if (r->own == args->a || r->own == args->b || r->own == args->c) {
		unsigned char *own = r->own;
		r->own = c->spare;
		c->spare = own;
	}
	return r->own;
}

static inline void weir_column_set(
	struct weir_columns *c, uint8_t dst, const void *at, uint8_t class, uint8_t form)
{
	struct column *r = &c->regs[dst];

	r->at = at;
	r->class = class;
	r->form = form;
	r->bits = BITS_UNKNOWN;
}

/* Bits of the largest magnitude in a register, found by looking at the lanes when they are not known. */
uint32_t weir_column_find_bits(struct weir_columns *c, uint8_t reg);

/* Bits of what a field holds, by what loads it. */
uint8_t weir_column_load_bits(uint8_t op);

/* A filter has left so many lanes of a register's column, which are closed up in its own place. */
static inline void weir_columns_closed(struct weir_columns *c, uint8_t reg, uint32_t left)
{
	c->tally[c->segment] += c->left - left;
	c->n = c->left = left;
	c->regs[reg].at = c->regs[reg].own;
}

/* A filter has left so many lanes: keep says which. */
void weir_columns_keep(struct weir_columns *c, const struct weir_insn *filter, uint32_t left);

/*
 * Do an instruction and the next in one pass, if they are a pair there is a kernel for. There is a next one. Returns
 * how many were done: 0, 2, or 3 with the filter behind a comparison.
 */
uint32_t weir_columns_pair(struct weir_columns *c, const struct weir_insn *first);

/*
 * Multiply whole numbers of which nothing is known by a constant, and measure them on the way. False: it was in vain, and
 * is left to be done; what was measured is known.
 */
bool weir_columns_scale(struct weir_columns *c, const struct weir_insn *mul);

/*
 * What an addition of a constant adds, and the last of several in a row: each adds to what the one before made, which
 * nobody else sees, none undoes the work of another, and their sum fits.
 */
int64_t weir_columns_addend(const struct weir_columns *c, const struct weir_insn *insn);
const struct weir_insn *weir_columns_last_addition(
	const struct weir_columns *c, const struct weir_insn *first);

#ifdef __GNUC__
#pragma GCC visibility pop
#endif

#endif
