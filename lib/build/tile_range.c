/* SPDX-License-Identifier: MIT */
/*
 * tile_range.c -- the numbers that each register of a program can hold, from those of its fields.
 *
 * Instructions are followed in their order, whatever jumps pass over, as columns do: so what is shown here holds for
 * every lane, also where an item's own way would have been another.
 */
#include "tile_range.h"

#include <weir/scalar.h>

#define EVERY ((struct weir_range){ INT64_MIN, INT64_MAX })

static int64_t least_of(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

static int64_t most_of(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

struct weir_range weir_tile_field_range(uint8_t load, unsigned bits)
{
	const uint8_t kind = (uint8_t)(load - WEIR_OP_LOAD_BOOL);
	const int64_t most = (int64_t)((UINT64_C(1) << bits) - 1);

	switch (load) {
	case WEIR_OP_LOAD_I64:
	case WEIR_OP_LOAD_TIME:
		return (struct weir_range){ -most - 1, most };
	case WEIR_OP_LOAD_U64:
		return (struct weir_range){ 0, most };
	case WEIR_OP_LOAD_I8:
	case WEIR_OP_LOAD_I16:
	case WEIR_OP_LOAD_I32:
		return (struct weir_range){ weir_kind_least(kind), weir_kind_most_i(kind) };
	default:
		return (struct weir_range){ 0, (int64_t)weir_kind_most(kind) };
	}
}

bool weir_tile_is_field(uint8_t op)
{
	switch (op) {
	case WEIR_OP_LOAD_I8:
	case WEIR_OP_LOAD_I16:
	case WEIR_OP_LOAD_I32:
	case WEIR_OP_LOAD_I64:
	case WEIR_OP_LOAD_U8:
	case WEIR_OP_LOAD_U16:
	case WEIR_OP_LOAD_U32:
	case WEIR_OP_LOAD_U64:
	case WEIR_OP_LOAD_TIME:
		return true;
	default:
		return false;
	}
}

/* ---- arithmetic ---- */

static bool add(struct weir_range a, struct weir_range b, struct weir_range *r)
{
	*r = (struct weir_range){ weir_add_i(a.least, b.least), weir_add_i(a.most, b.most) };
	return weir_add_carry(a.least, b.least) >= 0 && weir_add_carry(a.most, b.most) >= 0;
}

static bool subtract(struct weir_range a, struct weir_range b, struct weir_range *r)
{
	*r = (struct weir_range){ weir_sub_i(a.least, b.most), weir_sub_i(a.most, b.least) };
	return weir_sub_carry(a.least, b.most) >= 0 && weir_sub_carry(a.most, b.least) >= 0;
}

static bool multiply(struct weir_range a, struct weir_range b, struct weir_range *r)
{
	const int64_t x[] = { a.least, a.least, a.most, a.most }, y[] = { b.least, b.most, b.least, b.most };

	*r = (struct weir_range){ INT64_MAX, INT64_MIN };
	for (unsigned k = 0; k < 4; k++) {
		if (weir_mul_i_fault(x[k], y[k]) != 0)
			return false;
		r->least = least_of(r->least, weir_mul_i(x[k], y[k]));
		r->most = most_of(r->most, weir_mul_i(x[k], y[k]));
	}
	return true;
}

/* Bits that neither has are not in the result, whatever is done to them. */
static struct weir_range of_bits(struct weir_range a, struct weir_range b)
{
	const bool sign = a.least < 0 || b.least < 0;
	const int64_t all = most_of(most_of(a.most, b.most), most_of(~a.least, ~b.least));
	const unsigned bits = weir_bits_u((uint64_t)most_of(all, 0));
	const int64_t most = (int64_t)((UINT64_C(1) << bits) - 1);

	return (struct weir_range){ sign ? -most - 1 : 0, most };
}

static struct weir_range and (struct weir_range a, struct weir_range b)
{
	if (a.least >= 0 && b.least >= 0)
		return (struct weir_range){ 0, least_of(a.most, b.most) };
	if (a.least >= 0 || b.least >= 0)
		return (struct weir_range){ 0, a.least >= 0 ? a.most : b.most };
	return of_bits(a, b);
}

static bool shift(uint8_t op, struct weir_range a, uint64_t by, struct weir_range *r)
{
	if (by > 63)
		return false;
	if (op == WEIR_OP_SHL_I || op == WEIR_OP_SHL_U) {
		/* what is pushed out is lost: no fault, but nothing is known of the rest */
		*r = a.least >= 0 && a.most <= INT64_MAX >> by
			     ? (struct weir_range){ a.least << by, a.most << by }
			     : EVERY;
		return op == WEIR_OP_SHL_I || r->least >= 0;
	}
	*r = (struct weir_range){ weir_shr_i(a.least, (unsigned)by), weir_shr_i(a.most, (unsigned)by) };
	return true;
}

/* Whether x % by leaves no more than a mask would: only then is it one. */
static bool is_masked(struct weir_range a, int64_t by)
{
	return a.least >= 0 && by > 0 && (by & (by - 1)) == 0;
}

static bool binary(const struct weir_insn *insn, const struct weir_tile_reg *a, const struct weir_tile_reg *b,
	struct weir_range *r)
{
	switch (insn->op) {
	case WEIR_OP_ADD_I:
	case WEIR_OP_ADD_U:
		return add(a->range, b->range, r);
	case WEIR_OP_SUB_I:
		return subtract(a->range, b->range, r);
	case WEIR_OP_SUB_U:
		return subtract(a->range, b->range, r) && r->least >= 0;
	case WEIR_OP_MUL_I:
	case WEIR_OP_MUL_U:
		return multiply(a->range, b->range, r);
	case WEIR_OP_MIN_I:
	case WEIR_OP_MIN_U:
		*r = (struct weir_range){ least_of(a->range.least, b->range.least),
			least_of(a->range.most, b->range.most) };
		return true;
	case WEIR_OP_MAX_I:
	case WEIR_OP_MAX_U:
		*r = (struct weir_range){ most_of(a->range.least, b->range.least),
			most_of(a->range.most, b->range.most) };
		return true;
	case WEIR_OP_AND_I:
	case WEIR_OP_AND_U:
		*r = and(a->range, b->range);
		return true;
	case WEIR_OP_OR_I:
	case WEIR_OP_OR_U:
	case WEIR_OP_XOR_I:
	case WEIR_OP_XOR_U:
		*r = of_bits(a->range, b->range);
		return true;
	case WEIR_OP_SHL_I:
	case WEIR_OP_SHL_U:
	case WEIR_OP_SHR_I:
	case WEIR_OP_SHR_U:
		return b->class == WEIR_TILE_CONSTANT && shift(insn->op, a->range, b->value.u, r);
	default:
		return false;
	}
}

/* ---- instructions ---- */

static bool is_number(const struct weir_tile_reg *r)
{
	return r->class == WEIR_TILE_NUMBER ||
	       (r->class == WEIR_TILE_CONSTANT && r->range.least <= r->range.most);
}

static bool compares(uint8_t op)
{
	return op == WEIR_OP_EQ_I || op == WEIR_OP_NE_I || op == WEIR_OP_LT_I || op == WEIR_OP_LE_I ||
	       op == WEIR_OP_LT_U || op == WEIR_OP_LE_U;
}

static bool is_unsigned(uint8_t op)
{
	switch (op) {
	case WEIR_OP_ADD_U:
	case WEIR_OP_SUB_U:
	case WEIR_OP_MUL_U:
	case WEIR_OP_MIN_U:
	case WEIR_OP_MAX_U:
	case WEIR_OP_AND_U:
	case WEIR_OP_OR_U:
	case WEIR_OP_XOR_U:
	case WEIR_OP_SHL_U:
	case WEIR_OP_SHR_U:
	case WEIR_OP_LT_U:
	case WEIR_OP_LE_U:
	case WEIR_OP_U_TO_I:
	case WEIR_OP_NARROW_U:
		return true;
	default:
		return false;
	}
}

/* A remainder is looked at with what asks for it (tile.c); it is less than what divides. */
static bool rest_of(const struct weir_tile_reg *a, const struct weir_tile_reg *b, struct weir_range *r)
{
	const int64_t by = b->value.i;

	if (b->class != WEIR_TILE_CONSTANT || by <= 0 || (by & (by - 1)) != 0)
		return false;
	*r = (struct weir_range){ is_masked(a->range, by) ? 0 : 1 - by, by - 1 };
	return true;
}

static bool number(const struct weir_insn *insn, const struct weir_tile_reg *a, const struct weir_tile_reg *b,
	struct weir_range *r)
{
	switch (insn->op) {
	case WEIR_OP_NEG_I:
		return subtract((struct weir_range){ 0, 0 }, a->range, r);
	case WEIR_OP_NOT_I:
		*r = (struct weir_range){ ~a->range.most, ~a->range.least };
		return true;
	case WEIR_OP_I_TO_U:
	case WEIR_OP_U_TO_I:
		*r = a->range;
		return a->range.least >= 0;
	case WEIR_OP_NARROW_I:
		*r = a->range;
		return a->range.least >= weir_kind_least(insn->imm) &&
		       a->range.most <= weir_kind_most_i(insn->imm);
	case WEIR_OP_NARROW_U:
		*r = a->range;
		return (uint64_t)a->range.most <= weir_kind_most(insn->imm);
	case WEIR_OP_REM_I:
		return is_number(b) && rest_of(a, b, r);
	default:
		return is_number(b) && (!is_unsigned(insn->op) || b->range.least >= 0) &&
		       binary(insn, a, b, r);
	}
}

static bool truth(const struct weir_insn *insn, const struct weir_tile_reg *regs)
{
	const struct weir_tile_reg *a = &regs[insn->a], *b = &regs[insn->b];

	switch (insn->op) {
	case WEIR_OP_AND_B:
	case WEIR_OP_OR_B:
		return a->class == WEIR_TILE_TRUTH && b->class == WEIR_TILE_TRUTH;
	case WEIR_OP_NOT_B:
		return a->class == WEIR_TILE_TRUTH;
	case WEIR_OP_I_TO_B:
		return a->class == WEIR_TILE_NUMBER;
	default:
		return compares(insn->op) && is_number(a) && is_number(b) &&
		       (!is_unsigned(insn->op) || (a->range.least >= 0 && b->range.least >= 0));
	}
}

static bool choice(const struct weir_insn *insn, const struct weir_tile_reg *regs, struct weir_range *r)
{
	const struct weir_tile_reg *b = &regs[insn->b], *c = &regs[(uint8_t)insn->imm];

	*r = (struct weir_range){ least_of(b->range.least, c->range.least),
		most_of(b->range.most, c->range.most) };
	return regs[insn->a].class == WEIR_TILE_TRUTH && is_number(b) && is_number(c) &&
	       (b->class == WEIR_TILE_NUMBER || c->class == WEIR_TILE_NUMBER);
}

static bool makes_truth(uint8_t op)
{
	return compares(op) || op == WEIR_OP_AND_B || op == WEIR_OP_OR_B || op == WEIR_OP_NOT_B ||
	       op == WEIR_OP_I_TO_B;
}

bool weir_tile_follow(
	const struct weir_program *p, const struct weir_insn *insn, unsigned bits, struct weir_tile_reg *regs)
{
	struct weir_tile_reg made = { .class = WEIR_TILE_NUMBER };

	if (weir_tile_is_way(insn->op))
		return true;
	switch (insn->op) {
	case WEIR_OP_FILTER:
		return regs[insn->a].class == WEIR_TILE_TRUTH;
	case WEIR_OP_CONST:
		made.class = WEIR_TILE_CONSTANT;
		made.value = p->consts[insn->imm];
		made.range = (struct weir_range){ made.value.i, made.value.i };
		break;
	case WEIR_OP_MOV:
		made = regs[insn->a];
		if (made.class == WEIR_TILE_NONE)
			return false;
		break;
	case WEIR_OP_SEL:
		if (!choice(insn, regs, &made.range))
			return false;
		break;
	case WEIR_OP_STORE_I64:
	case WEIR_OP_STORE_U64:
	case WEIR_OP_STORE_TIME:
		return p->out_size == sizeof(int64_t) && insn + 1 == p->code + p->n_code &&
		       regs[insn->a].class == WEIR_TILE_NUMBER;
	default:
		if (weir_tile_is_field(insn->op)) {
			made.range = weir_tile_field_range(insn->op, bits);
		} else if (makes_truth(insn->op)) {
			made.class = WEIR_TILE_TRUTH;
			if (!truth(insn, regs))
				return false;
		} else if (!is_number(&regs[insn->a]) ||
			   (is_unsigned(insn->op) && regs[insn->a].range.least < 0) ||
			   !number(insn, &regs[insn->a], &regs[insn->b], &made.range)) {
			return false;
		}
		break;
	}
	regs[insn->dst] = made;
	return true;
}
