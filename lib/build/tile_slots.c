/* SPDX-License-Identifier: MIT */
/* tile_slots.c -- where the values of a program in tiles wait until they are needed (tile_maker.h). */
#include "tile_maker.h"

struct weir_insn *weir_tile_emit(struct weir_tile_maker *m, uint8_t op, uint8_t slot)
{
	static struct weir_insn nowhere;
	struct weir_insn *insn = m->n < WEIR_TILE_INSNS ? &m->to[m->n++] : &nowhere;

	m->refused = m->refused || insn == &nowhere;
	*insn = (struct weir_insn){ .op = op, .a = slot };
	return insn;
}

/* Where among the constants some lie, one behind the other. */
static uint32_t constants(struct weir_tile_maker *m, const int64_t *values, uint32_t n)
{
	const uint32_t at = m->n_consts;

	if (at + n > WEIR_TILE_CONSTS) {
		m->refused = true;
		return 0;
	}
	for (uint32_t k = 0; k < n; k++)
		m->consts[at + k].i = values[k];
	m->n_consts += n;
	return m->p->n_consts + at;
}

void weir_tile_emit_with(struct weir_tile_maker *m, uint8_t op, int64_t value)
{
	weir_tile_emit(m, op, 0)->imm = constants(m, &value, 1);
}

void weir_tile_emit_pair(struct weir_tile_maker *m, uint8_t op, int64_t first, int64_t second)
{
	weir_tile_emit(m, op, 0)->imm = constants(m, (int64_t[]){ first, second }, 2);
}

/* ---- who is needed later ---- */

static bool reads(const struct weir_insn *insn, uint32_t reg)
{
	if (weir_tile_is_way(insn->op) || weir_tile_is_field(insn->op))
		return false;
	switch (insn->op) {
	case WEIR_OP_CONST:
		return false;
	case WEIR_OP_SEL:
		return insn->a == reg || insn->b == reg || (uint8_t)insn->imm == reg;
	case WEIR_OP_FILTER:
	case WEIR_OP_MOV:
	case WEIR_OP_NEG_I:
	case WEIR_OP_NOT_I:
	case WEIR_OP_NOT_B:
	case WEIR_OP_I_TO_B:
	case WEIR_OP_I_TO_U:
	case WEIR_OP_U_TO_I:
	case WEIR_OP_NARROW_I:
	case WEIR_OP_NARROW_U:
		return insn->a == reg;
	default:
		if (weir_tile_is_store(insn->op))
			return insn->a == reg;
		return insn->a == reg || insn->b == reg;
	}
}

static bool writes(const struct weir_insn *insn, uint32_t reg)
{
	return !weir_tile_is_way(insn->op) && !weir_tile_is_store(insn->op) && insn->op != WEIR_OP_FILTER &&
	       insn->dst == reg;
}

bool weir_tile_is_read_from(const struct weir_tile_maker *m, const struct weir_insn *from, uint32_t reg)
{
	for (const struct weir_insn *i = from; i < m->p->code + m->p->n_code; i++) {
		if (reads(i, reg))
			return true;
		if (writes(i, reg))
			return false;
	}
	return false;
}

static bool is_read_later(const struct weir_tile_maker *m, uint32_t reg)
{
	return !writes(m->at, reg) && weir_tile_is_read_from(m, m->at + 1, reg);
}

/* ---- slots ---- */

static void forget_slot(struct weir_tile_maker *m, uint32_t reg)
{
	if (m->slot[reg] != 0)
		m->used &= ~(1u << (m->slot[reg] - 1u));
	m->slot[reg] = 0;
}

/* A slot for a register; those that nobody reads any more are free. */
static uint8_t take_slot(struct weir_tile_maker *m, uint32_t reg)
{
	uint8_t slot = 0;

	for (uint32_t r = 0; r < WEIR_TILE_REGS; r++)
		if (m->slot[r] != 0 && !weir_tile_is_read_from(m, m->at, r))
			forget_slot(m, r);
	while (slot < WEIR_TILE_SLOTS && (m->used & 1u << slot) != 0)
		slot++;
	if (slot == WEIR_TILE_SLOTS) {
		m->refused = true;
		return 0;
	}
	m->used |= 1u << slot;
	m->slot[reg] = (uint8_t)(slot + 1);
	return slot;
}

/* Put the accumulator where a register's value can be got from. */
static void put(struct weir_tile_maker *m, uint32_t reg)
{
	if (m->slot[reg] == 0)
		weir_tile_emit(m, weir_tile_is_truth(m, reg) ? WEIR_TILE_TRUTH_PUT : WEIR_TILE_PUT,
			take_slot(m, reg));
}

static uint32_t *accumulator(struct weir_tile_maker *m, uint32_t reg)
{
	return weir_tile_is_truth(m, reg) ? &m->truth : &m->holds;
}

void weir_tile_get(struct weir_tile_maker *m, uint32_t reg)
{
	uint32_t *acc = accumulator(m, reg);

	if (*acc == reg)
		return;
	if (*acc != WEIR_TILE_NOTHING && weir_tile_is_read_from(m, m->at, *acc))
		put(m, *acc);
	if (m->slot[reg] == 0)
		m->refused = true; /* it has not been written */
	weir_tile_emit(m, weir_tile_is_truth(m, reg) ? WEIR_TILE_TRUTH_GET : WEIR_TILE_GET,
		(uint8_t)(m->slot[reg] - 1u));
	*acc = reg;
}

void weir_tile_leave(struct weir_tile_maker *m, uint32_t reg)
{
	if (is_read_later(m, reg))
		put(m, reg);
}

uint8_t weir_tile_slot_of(struct weir_tile_maker *m, uint32_t reg)
{
	if (m->slot[reg] == 0 && *accumulator(m, reg) == reg)
		put(m, reg);
	m->refused = m->refused || m->slot[reg] == 0;
	return (uint8_t)(m->slot[reg] - 1u);
}

void weir_tile_forget(struct weir_tile_maker *m, uint8_t reg)
{
	forget_slot(m, reg);
	m->holds = m->holds == reg ? WEIR_TILE_NOTHING : m->holds;
	m->truth = m->truth == reg ? WEIR_TILE_NOTHING : m->truth;
}

void weir_tile_made(struct weir_tile_maker *m, uint8_t dst, bool truth)
{
	weir_tile_forget(m, dst);
	*(truth ? &m->truth : &m->holds) = dst;
}
