/* SPDX-License-Identifier: MIT */
/*
 * fuse_ir.h -- the program under work between the parts of the fuser: link (fuse_link.c), tidy
 * (fuse_tidy.c), print (fuse.c). Private to them.
 *
 * Instructions here name values instead of registers: what one definition writes, or several of which a jump
 * chooses. There is no limit to their number; registers come at the end.
 */
#ifndef WEIR_BUILD_FUSE_IR_H
#define WEIR_BUILD_FUSE_IR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <weir/program.h>

#define WEIR_IR_NONE UINT32_MAX

/* Programs with more constants keep them where they are: each takes a register for good. */
#define WEIR_IR_HOIST_MAX 24u

struct weir_ir_insn {
	uint8_t op;
	bool dead;
	bool sure;             /* loads: no jump passes over it */
	bool once;             /* constants: moved to the start, taken once per run */
	uint32_t dst, a, b, c; /* values, or WEIR_IR_NONE; c: SEL's third */
	uint32_t imm; /* as in weir_insn; jumps: index here; CONST: index in consts; STORE_TEXT: offset */
};

/* A field of the record at some point of the chain that a stage before it has written. */
struct weir_ir_field {
	uint8_t store; /* opcode */
	uint16_t offset, size;
	uint32_t value;
};

struct weir_ir {
	struct weir_ir_insn *code;
	size_t n_code, room_code;
	union weir_value *consts;
	size_t n_consts, room_consts;
	struct weir_ir_field *fields; /* written and still there */
	size_t n_fields, room_fields;
	uint32_t n_values;
	uint32_t copied; /* bytes at the start that are still the input's */
	uint32_t segments;
	bool in_place, filters;
};

/* Append one program. 0 or WEIR_EFULL, WEIR_ENOMEM. */
int weir_ir_link(struct weir_ir *ir, const struct weir_program *p);

/* Append the stores of the fields written. 0 or WEIR_EFULL. */
int weir_ir_store(struct weir_ir *ir);

/* STORE_TEXT keeps a constant's index in b. */
static inline bool weir_ir_b_is_value(const struct weir_ir_insn *insn)
{
	return insn->op != WEIR_OP_STORE_TEXT && insn->b != WEIR_IR_NONE;
}

/* Whether an instruction reads a value. */
bool weir_ir_reads(const struct weir_ir_insn *insn, uint32_t value);

/* Leave out moves and what nobody reads. */
void weir_ir_tidy(struct weir_ir *ir);

/* Move constants to the start, where they are taken once per run and not once per record. */
int weir_ir_hoist(struct weir_ir *ir);

/* Give each value (n_values entries) a register. Returns how many registers, or WEIR_EFULL; WEIR_ENOMEM. */
int weir_ir_registers(const struct weir_ir *ir, uint8_t *register_of);

/* The index of a constant, added when it is new; WEIR_IR_NONE: no room. */
uint32_t weir_ir_const(struct weir_ir *ir, union weir_value v);

/* What an opcode reads and writes. */
struct weir_ir_shape {
	bool dst, a, b, c;
	bool faults;
};
struct weir_ir_shape weir_ir_shape(uint8_t op);

static inline bool weir_ir_is_jump(uint8_t op)
{
	return op == WEIR_OP_JMP || op == WEIR_OP_JZ || op == WEIR_OP_JNZ;
}

static inline bool weir_ir_is_load(uint8_t op)
{
	return op >= WEIR_OP_LOAD_BOOL && op <= WEIR_OP_LOAD_TEXT;
}

static inline bool weir_ir_is_store(uint8_t op)
{
	return op >= WEIR_OP_STORE_BOOL && op <= WEIR_OP_STORE_TEXT;
}

#endif
