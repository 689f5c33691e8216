/* SPDX-License-Identifier: MIT */
/*
 * program_pairs.c -- two instructions of the column path in one pass over the lanes; or a comparison and the filter
 * that asked for it.
 */
#include "program_columns.h"

/* Whether the second, of a constant, makes the first one's result disappear. */
static bool follows(
	const struct weir_columns *c, const struct weir_insn *first, const struct weir_insn *second)
{
	return second->a == first->dst && second->dst == first->dst && second->b != first->dst &&
	       c->regs[second->b].form == FORM_CONSTANT;
}

/* Whether it does, and the first is of lanes and a constant. */
static bool is_pair(
	const struct weir_columns *c, const struct weir_insn *first, const struct weir_insn *second)
{
	return follows(c, first, second) && c->regs[first->a].form == FORM_LANES &&
	       c->regs[first->b].form == FORM_CONSTANT;
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

/*
 * Register reg == wanted under a mask, the truth for the comparison `second`; with the filter behind it when that is the
 * first and the only one to read the result. Returns how many were done from `second` on.
 */
static uint32_t masked(
	struct weir_columns *c, const struct weir_insn *second, uint8_t reg, uint64_t mask, uint64_t wanted)
{
	const struct weir_insn *filter = second + 1;
	const union weir_value b = { .u = mask }, equal = { .u = wanted };
	struct weir_column_args args = {
		.a = weir_column_operand(c, reg, CLASS_I),
		.b = &b,
		.c = &equal,
		.n = c->n,
		.negate = second->op == WEIR_OP_NE_I,
	};

	if (!c->filtered && filter < c->end && filter->op == WEIR_OP_FILTER && filter->imm == 1 &&
		filter->a == second->dst) {
		select_lanes(c, filter, reg, &args);
		return 2;
	}
	args.dst = weir_column_place(c, second->dst, &args, false);
	c->kernels->op[WEIR_COLUMN_AND_EQ_I](&args);
	weir_column_set(c, second->dst, args.dst, CLASS_B, FORM_LANES);
	return 1;
}

static bool is_equality(const struct weir_insn *insn)
{
	return insn->op == WEIR_OP_EQ_I || insn->op == WEIR_OP_NE_I;
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
		return 1 + masked(c, first + 1, first->a, 0, 1); /* no number leaves that */
	return 1 + masked(c, first + 1, first->a, (uint64_t)(by - 1) | (rest ? sign : 0),
			   ((uint64_t)rest & (uint64_t)(by - 1)) | (rest < 0 ? sign : 0));
}

/* (x >> k & mask) == wanted looks at bits where they are, if the mask has none that the shift brings in. */
static uint32_t shifted_bits(struct weir_columns *c, const struct weir_insn *shift)
{
	const struct weir_insn *and = shift + 1, *equal = shift + 2;
	uint64_t k, mask, wanted;

	if (equal >= c->end || (and->op != WEIR_OP_AND_I && and->op != WEIR_OP_AND_U) ||
		!is_equality(equal) || !follows(c, and, equal))
		return 0;
	k = value_of(c, shift->b)->u;
	mask = value_of(c, and->b)->u;
	wanted = value_of(c, equal->b)->u;
	if (k > 63 || mask << k >> k != mask || (wanted & ~mask) != 0)
		return 0;
	return 2 + masked(c, equal, shift->a, mask << k, wanted << k);
}

bool weir_columns_scale(struct weir_columns *c, const struct weir_insn *mul)
{
	static const union weir_value zero;
	const struct column a = c->regs[mul->a];
	struct column *dst = &c->regs[mul->dst];
	struct weir_column_args args = { .a = a.at, .b = c->regs[mul->b].at, .c = &zero, .n = c->n };
	uint32_t b = c->regs[mul->b].bits, bits, measured;

	if (a.form != FORM_LANES || a.bits != BITS_UNKNOWN || c->regs[mul->b].form != FORM_CONSTANT ||
		linear_bits(0, b, 0) == BITS_UNKNOWN)
		return false;
	args.dst = weir_column_place(c, mul->dst, &args, false);
	measured = c->kernels->op[WEIR_COLUMN_LINEAR_I](&args);
	bits = linear_bits(measured, b, 0);
	weir_column_set(c, mul->dst, args.dst, CLASS_I, FORM_LANES);
	if (bits != BITS_UNKNOWN) {
		dst->bits = (uint8_t)(bits - 1);
		return true;
	}
	weir_column_set(c, mul->a, a.at, a.class, a.form);
	c->regs[mul->a].bits = (uint8_t)measured;
	return false;
}

uint32_t weir_columns_pair(struct weir_columns *c, const struct weir_insn *first)
{
	const struct weir_insn *second = first + 1;

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
		return is_equality(second) ? 1 + masked(c, second, first->a, value_of(c, first->b)->u,
							 value_of(c, second->b)->u)
					   : 0;
	case WEIR_OP_REM_I:
		return is_equality(second) ? is_multiple(c, first) : 0;
	case WEIR_OP_SHR_I:
	case WEIR_OP_SHR_U:
		return shifted_bits(c, first);
	default:
		return 0;
	}
}

/* ---- additions in a row ---- */

int64_t weir_columns_addend(const struct weir_columns *c, const struct weir_insn *insn)
{
	const int64_t by = value_of(c, insn->b)->i;

	return insn->op == WEIR_OP_ADD_I ? by : weir_neg_i(by);
}

/* Whether it adds a constant, INT64_MIN apart: its opposite is none. */
static bool adds_constant(const struct weir_columns *c, const struct weir_insn *insn)
{
	return (insn->op == WEIR_OP_ADD_I || insn->op == WEIR_OP_SUB_I) &&
	       c->regs[insn->b].form == FORM_CONSTANT && value_of(c, insn->b)->i != INT64_MIN;
}

const struct weir_insn *weir_columns_last_addition(
	const struct weir_columns *c, const struct weir_insn *first)
{
	const struct weir_insn *last = first;
	int64_t sum;

	if (!adds_constant(c, first) || c->regs[first->a].form == FORM_CONSTANT || first->b == first->dst)
		return first;
	sum = weir_columns_addend(c, first);
	for (const struct weir_insn *insn = first + 1; insn < c->end; insn++) {
		int64_t more;

		if (insn->op == WEIR_OP_SEGMENT)
			continue;
		if (!adds_constant(c, insn) || insn->a != first->dst || insn->dst != first->dst ||
			insn->b == first->dst)
			break;
		more = weir_columns_addend(c, insn);
		if ((sum < 0) != (more < 0) || weir_add_carry(sum, more) < 0 || sum + more == INT64_MIN)
			break;
		sum += more;
		last = insn;
	}
	return last;
}
