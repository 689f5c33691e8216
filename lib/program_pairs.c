/* SPDX-License-Identifier: MIT */
/*
 * program_pairs.c -- two instructions of the column path in one pass over the lanes.
 */
#include "program_columns.h"

/* Whether the second makes the first one's result disappear, and both have a constant for b. */
static bool is_pair(
	const struct weir_columns *c, const struct weir_insn *first, const struct weir_insn *second)
{
	return second->a == first->dst && second->dst == first->dst && second->b != first->dst &&
	       c->regs[first->a].form == FORM_LANES && c->regs[first->b].form == FORM_CONSTANT &&
	       c->regs[second->b].form == FORM_CONSTANT;
}

static void compute_pair(struct weir_columns *c, const struct weir_insn *first,
	const struct weir_insn *second, uint32_t kernel, struct weir_column_args *args)
{
	uint8_t class = weir_column_operands[second->op].dst;

	args->a = weir_column_operand(c, first->a, weir_column_operands[first->op].a);
	args->b = c->regs[first->b].at;
	args->c = c->regs[second->b].at;
	args->n = c->n;
	args->dst = weir_column_place(c, first->dst, args);
	c->kernels->op[kernel](args);
	weir_column_set(c, first->dst, args->dst, class, FORM_LANES);
}

/* x * b + c */
static bool linear(struct weir_columns *c, const struct weir_insn *first, const struct weir_insn *second)
{
	struct weir_column_args args = {
		.negate = second->op == WEIR_OP_SUB_I || second->op == WEIR_OP_SUB_F ||
			  second->op == WEIR_OP_SUB_D,
	};
	uint32_t bits = BITS_UNKNOWN, kernel = WEIR_COLUMN_LINEAR_I;

	if (first->op == WEIR_OP_MUL_I) {
		uint32_t a = weir_column_find_bits(c, first->a), b = weir_column_known_bits(c, first->b),
			 sum = weir_column_known_bits(c, second->b);

		if (a + b + 1 > BITS_SUM || sum > BITS_SUM)
			return false;
		args.narrow = a <= 31 && b <= 31;
		bits = (a + b + 1 > sum ? a + b + 1 : sum) + 1;
	} else {
		kernel = first->op == WEIR_OP_MUL_F ? WEIR_COLUMN_LINEAR_F : WEIR_COLUMN_LINEAR_D;
	}
	compute_pair(c, first, second, kernel, &args);
	c->regs[first->dst].bits = (uint8_t)bits;
	return true;
}

/* x % b == c */
static bool is_multiple(struct weir_columns *c, const struct weir_insn *first, const struct weir_insn *second)
{
	int64_t by = ((const union weir_value *)c->regs[first->b].at)->i;
	struct weir_column_args args = { .negate = second->op == WEIR_OP_NE_I };

	if (by <= 0 || (by & (by - 1)) != 0)
		return false;
	compute_pair(c, first, second, WEIR_COLUMN_REM_EQ_I, &args);
	return true;
}

/* Do both, if they are a pair there is a kernel for. */
bool weir_columns_pair(struct weir_columns *c, const struct weir_insn *first, const struct weir_insn *second)
{
	switch (first->op) {
	case WEIR_OP_MUL_I:
		return (second->op == WEIR_OP_ADD_I || second->op == WEIR_OP_SUB_I) &&
		       is_pair(c, first, second) && linear(c, first, second);
	case WEIR_OP_MUL_F:
		return (second->op == WEIR_OP_ADD_F || second->op == WEIR_OP_SUB_F) &&
		       is_pair(c, first, second) && linear(c, first, second);
	case WEIR_OP_MUL_D:
		return (second->op == WEIR_OP_ADD_D || second->op == WEIR_OP_SUB_D) &&
		       is_pair(c, first, second) && linear(c, first, second);
	case WEIR_OP_REM_I:
		return (second->op == WEIR_OP_EQ_I || second->op == WEIR_OP_NE_I) &&
		       is_pair(c, first, second) && is_multiple(c, first, second);
	default:
		return false;
	}
}
