/* SPDX-License-Identifier: MIT */
/* oracle_tree.h -- an expression as a tree: between oracle_read.c, which makes it, and oracle_expr.c, which walks it. */
#ifndef WEIR_SIM_ORACLE_TREE_H
#define WEIR_SIM_ORACLE_TREE_H

#include "oracle_expr.h"

enum sim_class {
	SIM_CLASS_B,
	SIM_CLASS_I, /* i64, and everything whole that is narrower */
	SIM_CLASS_U, /* u64 */
	SIM_CLASS_F,
	SIM_CLASS_D,
	SIM_CLASS_T,
	SIM_CLASS_TIME,
	SIM_CLASS_DECIMAL, /* a decimal literal that met no float yet */
};

enum sim_form {
	SIM_FORM_LITERAL,
	SIM_FORM_FIELD,
	SIM_FORM_AGGREGATE,
	SIM_FORM_UNARY,
	SIM_FORM_BINARY,
	SIM_FORM_CHOICE,
	SIM_FORM_CALL,
	SIM_FORM_CAST
};

enum sim_op {
	SIM_OP_OR,
	SIM_OP_AND,
	SIM_OP_EQ,
	SIM_OP_NE,
	SIM_OP_LT,
	SIM_OP_LE,
	SIM_OP_GT,
	SIM_OP_GE,
	SIM_OP_ADD,
	SIM_OP_SUB,
	SIM_OP_MUL,
	SIM_OP_DIV,
	SIM_OP_REM,
	SIM_OP_BIT_OR,
	SIM_OP_BIT_XOR,
	SIM_OP_BIT_AND,
	SIM_OP_SHL,
	SIM_OP_SHR,
	SIM_OP_NEG,
	SIM_OP_NOT,
	SIM_OP_INVERT,
	SIM_OP_ABS,
	SIM_OP_MIN,
	SIM_OP_MAX,
	SIM_OP_CLAMP,
	SIM_OP_HOUR,
	SIM_OP_MINUTE,
	SIM_OP_WEEKDAY,
	SIM_OP_ISNAN,
	SIM_OP_SQRT,
	SIM_OP_FLOOR,
	SIM_OP_CEIL,
	SIM_OP_ROUND,
	SIM_OP_EXP,
	SIM_OP_LOG,
	SIM_OP_POW,
	SIM_OP_SIN,
	SIM_OP_COS,
};

struct sim_expr {
	uint8_t form, op; /* enum sim_form, enum sim_op */
	uint8_t cls;      /* enum sim_class */
	uint8_t kind;     /* exactly: a field alone and a cast keep theirs */
	uint8_t operand;  /* comparisons: the class in which they are done */
	uint8_t n_args;
	uint16_t text_max;
	uint32_t place; /* of the field or aggregate */
	struct sim_value value;
	const char *text; /* of a decimal literal */
	struct sim_expr *args[3];
};

uint8_t sim_class_of(uint8_t kind);

#endif
