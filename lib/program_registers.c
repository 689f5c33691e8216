/* SPDX-License-Identifier: MIT */
/*
 * program_registers.c -- a register of the column path as an operand and as a result, and its magnitude.
 *
 * A constant stays one value until a kernel needs it as a column; a field that is the whole record is a column
 * where it lies.
 */
#include "program_columns.h"

#include <string.h>

/* Classes of what the instructions of ops.h read and write. */
const struct operands weir_column_operands[WEIR_OPCODES] = {
#define UNARY(name, R, A, ...)             [WEIR_OP_##name] = { CLASS_##R, CLASS_##A, CLASS_NONE, true },
#define UNARY_CHECKED(name, R, A, ...)     [WEIR_OP_##name] = { CLASS_##R, CLASS_##A, CLASS_NONE, false },
#define BINARY(name, R, A, B, ...)         [WEIR_OP_##name] = { CLASS_##R, CLASS_##A, CLASS_##B, true },
#define BINARY_CHECKED(name, R, A, B, ...) [WEIR_OP_##name] = { CLASS_##R, CLASS_##A, CLASS_##B, false },
#define FIELD(kind, T, C, ...)                                                \
	[WEIR_OP_LOAD_##kind] = { CLASS_##C, CLASS_NONE, CLASS_NONE, false }, \
	[WEIR_OP_STORE_##kind] = { CLASS_NONE, CLASS_##C, CLASS_NONE, false },
	WEIR_UNARY_OPS(UNARY) WEIR_UNARY_CHECKED_OPS(UNARY_CHECKED) WEIR_BINARY_OPS(BINARY)
		WEIR_BINARY_CHECKED_OPS(BINARY_CHECKED) WEIR_BINARY_TUNED_OPS(BINARY_CHECKED)
			WEIR_FIELD_OPS(FIELD)
#undef UNARY
#undef UNARY_CHECKED
#undef BINARY
#undef BINARY_CHECKED
#undef FIELD
				[WEIR_OP_LOAD_TEXT] = { CLASS_T, CLASS_NONE, CLASS_NONE, false },
	[WEIR_OP_STORE_TEXT] = { CLASS_NONE, CLASS_T, CLASS_NONE, false },
	[WEIR_OP_TEXT_FITS] = { CLASS_NONE, CLASS_T, CLASS_NONE, false },
	[WEIR_OP_FILTER] = { CLASS_NONE, CLASS_B, CLASS_NONE, false },
};

/* ---- registers as operands ---- */

/* A constant as a column in the register's own place. */
static const void *spread(struct column *reg, uint8_t class, uint32_t n)
{
	union weir_value v;

	memcpy(&v, reg->at, sizeof v);
	switch (class) {
#define SPREAD(C)                                                                                  \
	case CLASS_##C:                                                                            \
		for (uint32_t i = 0; i < n; i++)                                                   \
			((weir_lane_##C *)(void *)reg->own)[i] = (weir_lane_##C)v.WEIR_MEMBER_##C; \
		break;
		SPREAD(F)
		SPREAD(B)
		SPREAD(T)
#undef SPREAD
	default:
		for (uint32_t i = 0; i < n; i++)
			((weir_lane_U *)(void *)reg->own)[i] = v.u;
		break;
	}
	return reg->own;
}

/* Values become lanes once somebody knows their class. Lanes are no wider, so it can be done where they are. */
static void settle(struct column *reg, uint8_t class, uint32_t n)
{
	union weir_value v;

	for (uint32_t i = 0; i < n; i++) {
		memcpy(&v, reg->own + (size_t)i * sizeof v, sizeof v);
		switch (class) {
		case CLASS_F:
			memcpy(reg->own + i * sizeof v.f, &v.f, sizeof v.f);
			break;
		case CLASS_B:
			reg->own[i] = (uint8_t)v.u;
			break;
		case CLASS_T:
			memcpy(reg->own + i * sizeof v.text, &v.text, sizeof v.text);
			break;
		default:
			return;
		}
	}
	reg->class = class;
	reg->form = FORM_LANES;
}

const void *weir_column_spread(struct weir_columns *c, uint8_t reg, uint8_t class)
{
	struct column *r = &c->regs[reg];

	if (r->form == FORM_CONSTANT)
		return spread(r, class, c->n);
	settle(r, class, c->n);
	return r->at;
}

/* ---- magnitudes ---- */

uint8_t weir_column_load_bits(uint8_t op)
{
	switch (op) {
	case WEIR_OP_LOAD_I8:
		return 7;
	case WEIR_OP_LOAD_I16:
		return 15;
	case WEIR_OP_LOAD_I32:
		return 31;
	case WEIR_OP_LOAD_U8:
		return 8;
	case WEIR_OP_LOAD_U16:
		return 16;
	case WEIR_OP_LOAD_U32:
		return 32;
	default:
		return BITS_UNKNOWN;
	}
}

/* Look at the lanes when nothing is known. */
uint32_t weir_column_find_bits(struct weir_columns *c, uint8_t reg)
{
	struct column *r = &c->regs[reg];

	if (r->form == FORM_LANES && r->bits == BITS_UNKNOWN)
		r->bits = (uint8_t)c->kernels->bits_i64(r->at, c->n);
	return r->bits;
}
