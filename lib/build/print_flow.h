/* SPDX-License-Identifier: MIT */
/*
 * print_flow.h -- a register program as variables and blocks, for print_program.c. Private to lib/build.
 *
 * A register is used over and over. What one or more instructions leave in it until it is written anew is a web, and
 * becomes one variable. Jumps become blocks: the laws of a program (program.h) leave no others than if, and if-else.
 */
#ifndef WEIR_BUILD_PRINT_FLOW_H
#define WEIR_BUILD_PRINT_FLOW_H

#include <weir/program.h>

/* What a register holds, by the letters of lib/kernels/ops.h. ANY: what it is copied from. */
enum weir_class {
	WEIR_CLASS_ANY,
	WEIR_CLASS_I,
	WEIR_CLASS_U,
	WEIR_CLASS_F,
	WEIR_CLASS_D,
	WEIR_CLASS_B,
	WEIR_CLASS_T
};

/* What an instruction does. value, fault: C expressions of x and y; NULL: it is no computation, cannot fault. */
struct weir_shape {
	const char *value, *fault;
	uint8_t n_uses;
	uint8_t result; /* enum weir_class */
	uint8_t uses[3];
	uint32_t regs[3];
	bool defines;
};

/* False: no such instruction can be printed. */
bool weir_shape_of(const struct weir_insn *i, struct weir_shape *shape);
/* Whether a formula has the operand: 0 is x, 1 is y. */
bool weir_shape_mentions(const char *formula, unsigned operand);
/* What is left of a checked operation whose second operand is a constant with which it cannot fail; NULL: it can. */
const char *weir_shape_sure(uint8_t op, const union weir_value *y);
/* Whether a value may have no place in the kind that a NARROW names. v: the value where it is known, or NULL. */
bool weir_shape_narrows(const struct weir_insn *i, const union weir_value *v);

#define WEIR_NO_WEB UINT32_MAX

/* An instruction. Webs are named by their first instruction. */
struct weir_flow_insn {
	struct weir_shape shape;
	uint32_t web;     /* it writes, or WEIR_NO_WEB */
	uint32_t uses[3]; /* it reads */
	uint32_t block;
	const char *sure; /* computes it in another way, which cannot fail, instead of the shape's */
	bool joins;       /* the two sides of a branch meet here */
	bool printed;     /* it does something, or something is made of what it computes */
};

struct weir_flow_web {
	uint32_t parent; /* another name of the same web */
	uint32_t n_defs;
	uint32_t block;    /* the innermost that has all of it */
	uint32_t declared; /* at this instruction: its first, or the jump before */
	uint8_t class;
	bool needed;
};

struct weir_flow_block {
	uint32_t parent, depth;
	uint32_t at; /* the jump that makes it */
};

struct weir_program_flow {
	const struct weir_program *program;
	struct weir_flow_insn *insns;
	struct weir_flow_web *webs; /* one an instruction */
	struct weir_flow_block *blocks;
	uint64_t (*live)[4]; /* registers that are read after an instruction begins */
	uint32_t n_blocks;
	int rc;
};

/*
 * Understand a program. Returns 0, WEIR_ENOMEM, WEIR_EUNSUPPORTED for an instruction that cannot be printed, or
 * WEIR_EINTERNAL for a program that breaks a law. weir_flow_fini in any case.
 */
int weir_flow_init(struct weir_program_flow *f, const struct weir_program *program);
void weir_flow_fini(struct weir_program_flow *f);

/* Whether what is printed of an instruction has the operand in it. */
bool weir_flow_reads(const struct weir_program_flow *f, const struct weir_flow_insn *n, unsigned operand);

uint32_t weir_flow_web(const struct weir_program_flow *f, uint32_t web);
/* The value of a web whose only instruction is a constant, and which needs no variable; else NULL. */
const union weir_value *weir_flow_const(const struct weir_program_flow *f, uint32_t web);

/* What a JZ or JNZ passes over: `first` up to `second`, and, when end > second, `second` up to `end` instead of it. */
struct weir_flow_branch {
	uint32_t first, first_end, second, end;
};
/* False: it is none that the laws allow between k and `end`. */
bool weir_flow_branch(const struct weir_program *p, uint32_t k, uint32_t end, struct weir_flow_branch *b);

#endif
