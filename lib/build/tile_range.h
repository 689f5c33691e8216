/* SPDX-License-Identifier: MIT */
/*
 * tile_range.h -- what is known of the registers of a program before it runs. Private to tile*.c.
 */
#ifndef WEIR_BUILD_TILE_RANGE_H
#define WEIR_BUILD_TILE_RANGE_H

#include <stdbool.h>
#include <stdint.h>

#include <weir/program.h>

/* Numbers from least to most, signed or not: those beyond INT64_MAX are not known. */
struct weir_range {
	int64_t least, most;
};

/* A register: a number, a truth, or a constant of any class. */
enum weir_tile_class { WEIR_TILE_NONE, WEIR_TILE_NUMBER, WEIR_TILE_TRUTH, WEIR_TILE_CONSTANT };

struct weir_tile_reg {
	enum weir_tile_class class;
	struct weir_range range;
	union weir_value value; /* of a constant */
};

/* An instruction that says where a program goes on, or whose items they are: tiles go every way. */
static inline bool weir_tile_is_way(uint8_t op)
{
	switch (op) {
	case WEIR_OP_NOP:
	case WEIR_OP_JMP:
	case WEIR_OP_JZ:
	case WEIR_OP_JNZ:
	case WEIR_OP_SEGMENT:
		return true;
	default:
		return false;
	}
}

/* An instruction that loads a field, of a kind that tiles have. */
bool weir_tile_is_field(uint8_t op);

/* What a field of 64 bits may hold: -2^bits .. 2^bits - 1, or 0 .. 2^bits - 1 where it has no sign. */
struct weir_range weir_tile_field_range(uint8_t load, unsigned bits);

/*
 * What an instruction makes of its registers. False: it is none that tiles have, or some numbers of these ranges make
 * it fail. regs: 256 of them.
 */
bool weir_tile_follow(const struct weir_program *p, const struct weir_insn *insn, unsigned bits,
	struct weir_tile_reg *regs);

#endif
