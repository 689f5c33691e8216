/* SPDX-License-Identifier: MIT */
/*
 * program_pairs.c -- two instructions of the column path in one pass over the lanes; or a comparison and the filter
 * that asked for it.
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

/* Returns what the kernel did. */
static uint32_t compute_pair(struct weir_columns *c, const struct weir_insn *first,
	const struct weir_insn *second, uint32_t kernel, struct weir_column_args *args)
{
	uint8_t class = weir_column_operands[second->op].dst;
	uint32_t returned;

	args->a = weir_column_operand(c, first->a, weir_column_operands[first->op].a);
	args->b = c->regs[first->b].at;
	args->c = c->regs[second->b].at;
	args->n = c->n;
	args->dst = weir_column_place(c, first->dst, args, args->safe);
	returned = c->kernels->op[kernel](args);
	weir_column_set(c, first->dst, args->dst, class, FORM_LANES);
	return returned;
}

/* x * b + c of floats */
static uint32_t linear(struct weir_columns *c, const struct weir_insn *first, const struct weir_insn *second)
{
	struct weir_column_args args = {
		.safe = true,
		.negate = second->op == WEIR_OP_SUB_F || second->op == WEIR_OP_SUB_D,
	};

	compute_pair(c, first, second,
		first->op == WEIR_OP_MUL_F ? WEIR_COLUMN_LINEAR_F : WEIR_COLUMN_LINEAR_D, &args);
	return 2;
}

/* Bits of x * b + c, from those of x, b and c; BITS_UNKNOWN when it might overflow on the way. */
static uint32_t linear_bits(uint32_t x, uint32_t b, uint32_t c)
{
	uint32_t product = x + b + 1;

	if (product > BITS_SUM || c > BITS_SUM)
		return BITS_UNKNOWN;
	return (product > c ? product : c) + 1;
}

/* x * b + c of whole numbers. The kernel measures x on the way when nothing is known of it: it may be in vain. */
static bool linear_i(struct weir_columns *c, const struct weir_insn *first, const struct weir_insn *second)
{
	const struct column a = c->regs[first->a];
	struct column *dst = &c->regs[first->dst];
	uint32_t b = c->regs[first->b].bits, sum = c->regs[second->b].bits;
	struct weir_column_args args = {
		.safe = a.bits != BITS_UNKNOWN,
		.narrow = a.bits <= 31 && b <= 31,
		.negate = second->op == WEIR_OP_SUB_I,
	};
	uint32_t measured, bits;

	if (linear_bits(args.safe ? a.bits : 0, b, sum) == BITS_UNKNOWN)
		return false;
	measured = compute_pair(c, first, second, WEIR_COLUMN_LINEAR_I, &args);
	bits = linear_bits(args.safe ? a.bits : measured, b, sum);
	if (bits != BITS_UNKNOWN) {
		dst->bits = (uint8_t)bits;
		return true;
	}
	/* x is where it was, whichever register owns the place now */
	weir_column_set(c, first->a, a.at, a.class, a.form);
	c->regs[first->a].bits = (uint8_t)measured;
	return false;
}

/* Compare and filter. When what was compared is all that is needed from there on, its lanes are closed up at once. */
static void select_lanes(
	struct weir_columns *c, const struct weir_insn *filter, uint8_t reg, struct weir_column_args *args)
{
	weir_column_fn *select = c->kernels->op[WEIR_COLUMN_SELECT_AND_EQ_I];

	if (filter->b == reg + 1u && !c->instants && select != NULL) {
		args->dst = c->regs[reg].own;
		weir_columns_closed(c, reg, select(args));
		return;
	}
	args->dst = c->keep;
	weir_columns_keep(c, filter, c->kernels->op[WEIR_COLUMN_AND_EQ_I](args));
}

/* x == wanted under a mask; with the filter behind it when that is the first and the only one to read the result. */
static uint32_t masked(struct weir_columns *c, const struct weir_insn *first, uint64_t mask, uint64_t wanted)
{
	const struct weir_insn *second = first + 1, *filter = first + 2;
	const union weir_value b = { .u = mask }, equal = { .u = wanted };
	struct weir_column_args args = {
		.a = weir_column_operand(c, first->a, weir_column_operands[first->op].a),
		.b = &b,
		.c = &equal,
		.n = c->n,
		.negate = second->op == WEIR_OP_NE_I,
	};

	if (!c->filtered && filter < c->end && filter->op == WEIR_OP_FILTER && filter->imm == 1 &&
		filter->a == second->dst) {
		select_lanes(c, filter, first->a, &args);
		return 3;
	}
	args.dst = weir_column_place(c, second->dst, &args, false);
	c->kernels->op[WEIR_COLUMN_AND_EQ_I](&args);
	weir_column_set(c, second->dst, args.dst, CLASS_B, FORM_LANES);
	return 2;
}

static const union weir_value *value_of(const struct weir_columns *c, uint8_t reg)
{
	return c->regs[reg].at;
}

/*
 * x % b == c for b = 2^k is such a comparison: whether a number is a multiple is the commonest of filters. The
 * remainder is c when the low k bits are those of c and, unless c is 0, the signs agree.
 */
static uint32_t is_multiple(struct weir_columns *c, const struct weir_insn *first)
{
	const int64_t by = value_of(c, first->b)->i, rest = value_of(c, first[1].b)->i;
	const uint64_t sign = UINT64_C(1) << 63;

	if (by <= 0 || (by & (by - 1)) != 0)
		return 0;
	if (rest >= by || rest <= -by)
		return masked(c, first, 0, 1); /* no number leaves that */
	return masked(c, first, (uint64_t)(by - 1) | (rest ? sign : 0),
		((uint64_t)rest & (uint64_t)(by - 1)) | (rest < 0 ? sign : 0));
}

uint32_t weir_columns_pair(struct weir_columns *c, const struct weir_insn *first)
{
	const struct weir_insn *second = first + 1;
	bool equal = second->op == WEIR_OP_EQ_I || second->op == WEIR_OP_NE_I;

	if (!is_pair(c, first, second))
		return 0;
	switch (first->op) {
	case WEIR_OP_MUL_I:
		return (second->op == WEIR_OP_ADD_I || second->op == WEIR_OP_SUB_I) &&
				       linear_i(c, first, second)
			       ? 2
			       : 0;
	case WEIR_OP_MUL_F:
		return second->op == WEIR_OP_ADD_F || second->op == WEIR_OP_SUB_F ? linear(c, first, second)
										  : 0;
	case WEIR_OP_MUL_D:
		return second->op == WEIR_OP_ADD_D || second->op == WEIR_OP_SUB_D ? linear(c, first, second)
										  : 0;
	case WEIR_OP_AND_I:
	case WEIR_OP_AND_U:
		return equal ? masked(c, first, value_of(c, first->b)->u, value_of(c, second->b)->u) : 0;
	case WEIR_OP_REM_I:
		return equal ? is_multiple(c, first) : 0;
	default:
		return 0;
	}
}
