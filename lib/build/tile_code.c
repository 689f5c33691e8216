/* SPDX-License-Identifier: MIT */
/*
 * tile_code.c -- instructions as steps: what an operation is on a tile.
 *
 * Nothing can fail any more (tile_range.c), so what only checks is left out, and signed and unsigned are the same: numbers
 * beyond INT64_MAX are not among those that may come.
 */
#include "tile_maker.h"

#include <weir/scalar.h>

/* ---- two operands ---- */

/* The step with a constant; that with a slot comes behind it. */
struct two {
	uint8_t op;
	uint8_t turned; /* with its operands turned round; 0: there is none */
	bool negate;    /* of the truth */
};

static struct two two_of(uint8_t op)
{
	switch (op) {
	case WEIR_OP_ADD_I:
	case WEIR_OP_ADD_U:
		return (struct two){ WEIR_TILE_ADD_C, WEIR_TILE_ADD_C, false };
	case WEIR_OP_SUB_I:
	case WEIR_OP_SUB_U:
		return (struct two){ WEIR_TILE_SUB_C, WEIR_TILE_SUB_FROM_C, false };
	case WEIR_OP_MUL_I:
	case WEIR_OP_MUL_U:
		return (struct two){ WEIR_TILE_MUL_C, WEIR_TILE_MUL_C, false };
	case WEIR_OP_AND_I:
	case WEIR_OP_AND_U:
		return (struct two){ WEIR_TILE_AND_C, WEIR_TILE_AND_C, false };
	case WEIR_OP_OR_I:
	case WEIR_OP_OR_U:
		return (struct two){ WEIR_TILE_OR_C, WEIR_TILE_OR_C, false };
	case WEIR_OP_XOR_I:
	case WEIR_OP_XOR_U:
		return (struct two){ WEIR_TILE_XOR_C, WEIR_TILE_XOR_C, false };
	case WEIR_OP_MIN_I:
	case WEIR_OP_MIN_U:
		return (struct two){ WEIR_TILE_MIN_C, WEIR_TILE_MIN_C, false };
	case WEIR_OP_MAX_I:
	case WEIR_OP_MAX_U:
		return (struct two){ WEIR_TILE_MAX_C, WEIR_TILE_MAX_C, false };
	case WEIR_OP_EQ_I:
		return (struct two){ WEIR_TILE_EQ_C, WEIR_TILE_EQ_C, false };
	case WEIR_OP_NE_I:
		return (struct two){ WEIR_TILE_EQ_C, WEIR_TILE_EQ_C, true };
	case WEIR_OP_LT_I:
	case WEIR_OP_LT_U:
		return (struct two){ WEIR_TILE_LT_C, WEIR_TILE_GT_C, false };
	default: /* LE */
		return (struct two){ WEIR_TILE_GT_C, WEIR_TILE_LT_C, true };
	}
}

/* Constants that are added one after the other are one. */
static bool add_more(struct weir_tile_maker *m, int64_t value)
{
	const struct weir_insn *last = m->n > 0 ? &m->to[m->n - 1] : NULL;
	int64_t *sum;

	if (last == NULL || last->op != WEIR_TILE_ADD_C || last->imm < m->p->n_consts)
		return false;
	sum = &m->consts[last->imm - m->p->n_consts].i;
	*sum = weir_add_i(*sum, value);
	return true;
}

static void with_constant(struct weir_tile_maker *m, uint8_t op, int64_t value)
{
	if (op == WEIR_TILE_SUB_C) {
		op = WEIR_TILE_ADD_C;
		value = weir_neg_i(value);
	}
	if (op != WEIR_TILE_ADD_C || !add_more(m, value))
		weir_tile_emit_with(m, op, value);
}

static void two_operands(struct weir_tile_maker *m, const struct weir_insn *insn, bool truth)
{
	const struct two two = two_of(insn->op);
	const bool turn = weir_tile_is_constant(m, insn->a) ||
			  (!weir_tile_is_constant(m, insn->b) && m->holds == insn->b && m->holds != insn->a);
	const uint8_t op = turn ? two.turned : two.op, a = turn ? insn->b : insn->a,
		      b = turn ? insn->a : insn->b;
	uint8_t slot = 0;

	if (weir_tile_is_constant(m, a)) {
		m->refused = true; /* of two constants */
		return;
	}
	weir_tile_get(m, a);
	if (!weir_tile_is_constant(m, b))
		slot = weir_tile_slot_of(m, b);
	if (!truth)
		weir_tile_leave(m, a);
	else if (m->truth != WEIR_TILE_NOTHING)
		weir_tile_leave(m, m->truth);
	if (weir_tile_is_constant(m, b))
		with_constant(m, op, m->regs[b].value.i);
	else
		weir_tile_emit(m, (uint8_t)(op + 1), slot);
	if (two.negate)
		weir_tile_emit(m, WEIR_TILE_TRUTH_NOT, 0);
	weir_tile_made(m, insn->dst, truth);
}

/* ---- bits that are looked for ---- */

/* What (x & mask) == wanted is asked instead of, and how many instructions that takes the place of. */
struct test {
	uint64_t mask, wanted;
	uint32_t n;
};

/* The constant of the next instruction where it goes on from what this one makes, which nobody else sees. */
static bool goes_on(const struct weir_tile_maker *m, const struct weir_insn *insn, uint64_t *value)
{
	const struct weir_insn *next = insn + 1;

	if (next >= m->p->code + m->p->n_code || next->a != insn->dst || next->b == insn->dst ||
		!weir_tile_is_constant(m, next->b) ||
		(next->dst != insn->dst && weir_tile_is_read_from(m, next + 1, insn->dst)))
		return false;
	*value = m->regs[next->b].value.u;
	return true;
}

static bool is_equality(const struct weir_insn *insn)
{
	return insn->op == WEIR_OP_EQ_I || insn->op == WEIR_OP_NE_I;
}

/* x & mask == wanted, of the bits that x >> k has left if need be. */
static struct test masked(const struct weir_tile_maker *m, const struct weir_insn *insn)
{
	const bool shifts = insn->op == WEIR_OP_SHR_I || insn->op == WEIR_OP_SHR_U;
	const uint64_t k = shifts ? m->regs[insn->b].value.u : 0;
	const struct weir_insn *and = insn + (shifts ? 1 : 0);
	struct test t = { .n = shifts ? 3 : 2 };

	if (shifts && !goes_on(m, insn, &t.mask))
		return (struct test){ .n = 0 };
	if ((and->op != WEIR_OP_AND_I && and->op != WEIR_OP_AND_U) || !weir_tile_is_constant(m, and->b) ||
		!goes_on(m, and, &t.wanted) || !is_equality(and+1))
		return (struct test){ .n = 0 };
	t.mask = m->regs[ and->b].value.u;
	if (t.mask << k >> k != t.mask || (t.wanted & ~t.mask) != 0)
		return (struct test){ .n = 0 };
	t.mask <<= k;
	t.wanted <<= k;
	return t;
}

/*
 * x % by == c for by = 2^k: the low k bits are those of c and, unless c is 0, the signs agree. No number leaves a c that
 * is not below by.
 */
static struct test multiple(const struct weir_tile_maker *m, const struct weir_insn *insn)
{
	const uint64_t sign = UINT64_C(1) << 63, by = m->regs[insn->b].value.u;
	struct test t = { .n = 2 };
	uint64_t c;

	if (!goes_on(m, insn, &c) || !is_equality(insn + 1))
		return (struct test){ .n = 0 };
	if (weir_magnitude((int64_t)c) >= by)
		return (struct test){ .mask = 0, .wanted = 1, .n = 2 };
	t.mask = (by - 1) | (c != 0 ? sign : 0);
	t.wanted = (c & (by - 1)) | (c & sign);
	return t;
}

/* Returns how many instructions it did. */
static uint32_t test_bits(struct weir_tile_maker *m, const struct weir_insn *insn)
{
	struct test t = { .n = 0 };
	const struct weir_insn *equal;

	if (weir_tile_is_constant(m, insn->a) || !weir_tile_is_constant(m, insn->b))
		return 0;
	if (insn->op == WEIR_OP_REM_I)
		t = multiple(m, insn);
	else if (insn->op == WEIR_OP_SHR_I || insn->op == WEIR_OP_SHR_U || insn->op == WEIR_OP_AND_I ||
		 insn->op == WEIR_OP_AND_U)
		t = masked(m, insn);
	if (t.n == 0)
		return 0;
	weir_tile_get(m, insn->a);
	equal = insn + t.n - 1;
	m->at = equal;
	if (m->truth != WEIR_TILE_NOTHING)
		weir_tile_leave(m, m->truth);
	weir_tile_emit_pair(m, WEIR_TILE_TEST, (int64_t)t.mask, (int64_t)t.wanted);
	if (equal->op == WEIR_OP_NE_I)
		weir_tile_emit(m, WEIR_TILE_TRUTH_NOT, 0);
	weir_tile_made(m, equal->dst, true);
	return t.n;
}

/* ---- the others ---- */

static void with_one(struct weir_tile_maker *m, const struct weir_insn *insn, uint8_t op, int64_t value)
{
	weir_tile_get(m, insn->a);
	weir_tile_leave(m, insn->a);
	weir_tile_emit_with(m, op, value);
	weir_tile_made(m, insn->dst, false);
}

static void shift(struct weir_tile_maker *m, const struct weir_insn *insn)
{
	const bool right = insn->op == WEIR_OP_SHR_I || insn->op == WEIR_OP_SHR_U;

	if (weir_tile_is_constant(m, insn->a))
		m->refused = true;
	else
		with_one(m, insn,
			!right                              ? WEIR_TILE_SHL
			: m->regs[insn->a].range.least >= 0 ? WEIR_TILE_SHR_U
							    : WEIR_TILE_SHR,
			m->regs[insn->b].value.i);
}

/* A remainder of 2^k that nobody asks about at once. */
static void rest_of(struct weir_tile_maker *m, const struct weir_insn *insn)
{
	if (weir_tile_is_constant(m, insn->a) || m->regs[insn->a].range.least < 0)
		m->refused = true;
	else
		with_one(m, insn, WEIR_TILE_AND_C, weir_sub_i(m->regs[insn->b].value.i, 1));
}

/* The same value under another name. */
static void move(struct weir_tile_maker *m, const struct weir_insn *insn)
{
	const bool truth = weir_tile_is_truth(m, insn->a);

	if (weir_tile_is_constant(m, insn->a)) {
		weir_tile_forget(m, insn->dst);
		return;
	}
	weir_tile_get(m, insn->a);
	weir_tile_leave(m, insn->a);
	weir_tile_made(m, insn->dst, truth);
}

static void truths(struct weir_tile_maker *m, const struct weir_insn *insn)
{
	const bool turn = m->truth == insn->b && m->truth != insn->a;
	const uint8_t a = turn ? insn->b : insn->a, b = turn ? insn->a : insn->b;
	uint8_t slot;

	weir_tile_get(m, a);
	slot = weir_tile_slot_of(m, b);
	weir_tile_leave(m, a);
	weir_tile_emit(m, insn->op == WEIR_OP_AND_B ? WEIR_TILE_TRUTH_AND : WEIR_TILE_TRUTH_OR, slot);
	weir_tile_made(m, insn->dst, true);
}

static void not_truth(struct weir_tile_maker *m, const struct weir_insn *insn)
{
	weir_tile_get(m, insn->a);
	weir_tile_leave(m, insn->a);
	weir_tile_emit(m, WEIR_TILE_TRUTH_NOT, 0);
	weir_tile_made(m, insn->dst, true);
}

static void is_not_zero(struct weir_tile_maker *m, const struct weir_insn *insn)
{
	weir_tile_get(m, insn->a);
	if (m->truth != WEIR_TILE_NOTHING)
		weir_tile_leave(m, m->truth);
	weir_tile_emit_with(m, WEIR_TILE_EQ_C, 0);
	weir_tile_emit(m, WEIR_TILE_TRUTH_NOT, 0);
	weir_tile_made(m, insn->dst, true);
}

/* The first of two where a truth is set, else the second; lanes first, by the opposite of the truth if need be. */
static void choose(struct weir_tile_maker *m, const struct weir_insn *insn)
{
	const uint8_t c = (uint8_t)insn->imm;
	const bool turn = weir_tile_is_constant(m, insn->b) ||
			  (!weir_tile_is_constant(m, c) && m->holds == c && insn->b != c);
	const uint8_t from = turn ? c : insn->b, other = turn ? insn->b : c;
	uint8_t slot = 0;

	weir_tile_get(m, insn->a);
	if (turn) {
		weir_tile_leave(m, insn->a);
		weir_tile_emit(m, WEIR_TILE_TRUTH_NOT, 0);
		m->truth = WEIR_TILE_NOTHING;
	}
	weir_tile_get(m, from);
	if (!weir_tile_is_constant(m, other))
		slot = weir_tile_slot_of(m, other);
	weir_tile_leave(m, from);
	if (weir_tile_is_constant(m, other))
		weir_tile_emit_with(m, WEIR_TILE_SELECT_C, m->regs[other].value.i);
	else
		weir_tile_emit(m, WEIR_TILE_SELECT_S, slot);
	weir_tile_made(m, insn->dst, false);
}

static void keep(struct weir_tile_maker *m, const struct weir_insn *insn)
{
	weir_tile_get(m, insn->a);
	weir_tile_emit(m, WEIR_TILE_KEEP, 0)->imm = m->segment;
}

static void store(struct weir_tile_maker *m, const struct weir_insn *insn)
{
	weir_tile_get(m, insn->a);
	weir_tile_emit(m, m->p->filters ? WEIR_TILE_OUT_KEPT : WEIR_TILE_OUT, 0);
}

/* A field's turn has come. */
static void load(struct weir_tile_maker *m, const struct weir_insn *insn)
{
	const uint32_t k = m->loaded++;

	weir_tile_forget(m, insn->dst);
	if (k == 0)
		m->holds = insn->dst;
	else
		m->slot[insn->dst] = (uint8_t)(m->load_slot[k] + 1);
}

uint32_t weir_tile_code(struct weir_tile_maker *m, const struct weir_insn *insn)
{
	uint32_t tested = test_bits(m, insn);

	if (tested > 0)
		return tested;
	switch (insn->op) {
	case WEIR_OP_NOP:
	case WEIR_OP_JMP:
	case WEIR_OP_JZ:
	case WEIR_OP_JNZ:
		break;
	case WEIR_OP_SEGMENT:
		m->segment = insn->imm;
		break;
	case WEIR_OP_CONST:
		weir_tile_forget(m, insn->dst);
		break;
	case WEIR_OP_MOV:
	case WEIR_OP_NARROW_I: /* shown to fit */
	case WEIR_OP_NARROW_U:
	case WEIR_OP_I_TO_U:
	case WEIR_OP_U_TO_I:
		move(m, insn);
		break;
	case WEIR_OP_NEG_I:
		with_one(m, insn, WEIR_TILE_SUB_FROM_C, 0);
		break;
	case WEIR_OP_NOT_I:
		with_one(m, insn, WEIR_TILE_XOR_C, -1);
		break;
	case WEIR_OP_SHL_I:
	case WEIR_OP_SHL_U:
	case WEIR_OP_SHR_I:
	case WEIR_OP_SHR_U:
		shift(m, insn);
		break;
	case WEIR_OP_REM_I:
		rest_of(m, insn);
		break;
	case WEIR_OP_AND_B:
	case WEIR_OP_OR_B:
		truths(m, insn);
		break;
	case WEIR_OP_NOT_B:
		not_truth(m, insn);
		break;
	case WEIR_OP_I_TO_B:
		is_not_zero(m, insn);
		break;
	case WEIR_OP_SEL:
		choose(m, insn);
		break;
	case WEIR_OP_FILTER:
		keep(m, insn);
		break;
	default:
		if (weir_tile_is_field(insn->op))
			load(m, insn);
		else if (weir_tile_is_store(insn->op))
			store(m, insn);
		else
			two_operands(m, insn, insn->op >= WEIR_OP_EQ_I && insn->op <= WEIR_OP_LE_U);
		break;
	}
	return 1;
}
