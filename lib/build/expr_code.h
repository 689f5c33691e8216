/* SPDX-License-Identifier: MIT */
/*
 * expr_code.h -- typed nodes to instructions, with registers that are used again. Private to lib/build.
 */
#ifndef WEIR_BUILD_EXPR_CODE_H
#define WEIR_BUILD_EXPR_CODE_H

#include "expr.h"

#define WEIR_REGS_MAX 255u
#define WEIR_PINS_MAX 64u

/* A register that holds a value; temp: it may be used again after weir_code_drop. */
struct weir_reg {
	uint8_t n;
	bool temp;
};

/* A program being made. */
struct weir_code {
	struct weir_pool *pool;
	struct weir_insn *code;
	union weir_value *consts;
	size_t n_code, cap_code, n_consts, cap_consts;
	const char *too_big; /* what does not fit a program, or NULL */
	uint16_t n_regs;
	bool used[WEIR_REGS_MAX];
	bool loads_text, stores_text;
	/* fields needed more than once are loaded once, at the start */
	struct {
		const struct weir_field *field;
		uint8_t reg;
	} pins[WEIR_PINS_MAX];
	size_t n_pins;
};

/* Load the fields that the trees use more than once. Before anything else. */
void weir_code_pin(struct weir_code *c, struct weir_node *const *roots, size_t n);
/* The value of a node, brought to a class (by a cast where an assignment allows it). */
struct weir_reg weir_code_value(struct weir_code *c, const struct weir_node *n, enum weir_class cls);
/* The same, checked to fit a field's kind. */
struct weir_reg weir_code_fit(
	struct weir_code *c, const struct weir_node *n, enum weir_kind kind, uint16_t text_max);
void weir_code_drop(struct weir_code *c, struct weir_reg r);
void weir_code_store(struct weir_code *c, const struct weir_field *f, struct weir_reg r);
size_t weir_code_add(
	struct weir_code *c, enum weir_opcode op, uint8_t dst, uint8_t a, uint8_t b, uint32_t imm);
/* Copies of what was made, in p. False: out of memory, or too big. */
bool weir_code_finish(struct weir_code *c, struct weir_program *p);

/* Whether an integer literal, perhaps with a minus, lies in the range of an integer kind. */
bool weir_literal_fits(const struct weir_node *n, enum weir_kind kind);
bool weir_is_integer_literal(const struct weir_node *n);
/* The value of a literal in a class; false: it is no literal, or must be converted while running. */
bool weir_literal_value(
	struct weir_pool *pool, const struct weir_node *n, enum weir_class cls, union weir_value *value);
/* The greatest value of an integer kind, and the size of its least. */
void weir_kind_range(enum weir_kind kind, uint64_t *least, uint64_t *most);
/* Whether working the node out can end the item. */
bool weir_node_can_fault(const struct weir_node *n);

#endif
