/* SPDX-License-Identifier: MIT */
/*
 * tile.c -- make a program over lanes in registers (kernels/tile.h) of a program of whole numbers that makes one.
 *
 * First, how large the numbers of its fields may be that nothing it does can fail (tile_range.c): the largest such range
 * is what CHECK looks for. Then each instruction becomes a step or two (tile_code.c).
 */
#include "tile.h"

#include <string.h>

#include "tile_maker.h"

_Static_assert(
	WEIR_TILE_ROOM_CODE == WEIR_TILE_INSNS && WEIR_TILE_ROOM_CONSTS == WEIR_TILE_CONSTS, "one limit");

/* Fields of fewer bits are not worth a program that only holds for them. */
#define FEWEST_BITS 31u

/* ---- fields ---- */

static bool is_load(uint8_t op)
{
	return op >= WEIR_OP_LOAD_BOOL && op <= WEIR_OP_LOAD_TEXT;
}

static bool is_wide(uint8_t load)
{
	return load == WEIR_OP_LOAD_I64 || load == WEIR_OP_LOAD_U64 || load == WEIR_OP_LOAD_TIME;
}

/* Read where it lies if vectors can be: of its own, or of pairs. */
static void emit_load(struct weir_tile_maker *m, uint8_t load, uint32_t offset)
{
	const bool alone = is_wide(load) && m->p->in_size == 8, paired = is_wide(load) && m->p->in_size == 16;
	struct weir_insn *insn = weir_tile_emit(m,
		!paired      ? WEIR_TILE_LOAD
		: offset > 0 ? WEIR_TILE_LOAD_ODD
			     : WEIR_TILE_LOAD_EVEN,
		0);

	insn->dst = load;
	insn->b = !alone && !paired;
	insn->imm = offset;
	m->n_loads++;
}

static void emit_check(struct weir_tile_maker *m, uint8_t load)
{
	const uint64_t end = UINT64_C(1) << m->bits;

	if (load == WEIR_OP_LOAD_U64)
		weir_tile_emit_pair(m, WEIR_TILE_CHECK, 0, (int64_t) ~(end - 1));
	else if (is_wide(load) && m->bits < 63)
		weir_tile_emit_pair(m, WEIR_TILE_CHECK, (int64_t)end, (int64_t) ~(2 * end - 1));
}

/* All of them first, so that a tile that fails a check has left no trace; the first to be used last. */
static void load_all(struct weir_tile_maker *m)
{
	const struct weir_insn *begin = m->p->code + m->p->n_once;
	uint32_t n = 0;

	for (const struct weir_insn *i = begin; i < m->p->code + m->p->n_code; i++)
		n += is_load(i->op);
	if (n == 0 || n > WEIR_TILE_FIELDS || n > m->p->n_regs) {
		m->refused = true;
		return;
	}
	for (const struct weir_insn *i = m->p->code + m->p->n_code; i-- > begin;) {
		if (!is_load(i->op))
			continue;
		emit_load(m, i->op, i->imm);
		emit_check(m, i->op);
		if (--n == 0)
			break;
		m->load_slot[n] = (uint8_t)(m->n_loads - 1);
		m->used |= 1u << m->load_slot[n];
		weir_tile_emit(m, WEIR_TILE_PUT, m->load_slot[n]);
	}
}

/* ---- programs ---- */

static void forget_registers(struct weir_tile_maker *m)
{
	memset(m->regs, 0, sizeof m->regs);
	m->holds = m->truth = WEIR_TILE_NOTHING;
}

/* Whether nothing can fail while fields are no larger. */
static bool holds_for(struct weir_tile_maker *m, unsigned bits)
{
	forget_registers(m);
	for (const struct weir_insn *i = m->p->code; i < m->p->code + m->p->n_code; i++)
		if (!weir_tile_follow(m->p, i, bits, m->regs))
			return false;
	return true;
}

/* What comes out is what is stored, or the one field of a record that a filter lets by. */
static bool makes_one(const struct weir_program *p)
{
	const bool stores = p->n_code > 0 && weir_tile_is_store(p->code[p->n_code - 1].op);

	return p->out_size == sizeof(int64_t) &&
	       (stores || (p->filters && p->in_size == sizeof(int64_t) && p->copy_size == p->in_size));
}

static void write_steps(struct weir_tile_maker *m)
{
	const struct weir_insn *end = m->p->code + m->p->n_code;

	forget_registers(m);
	load_all(m);
	for (const struct weir_insn *insn = m->p->code; insn < end && !m->refused;) {
		uint32_t n;

		m->at = insn;
		n = weir_tile_code(m, insn);
		while (n-- > 0)
			(void)weir_tile_follow(m->p, insn++, m->bits, m->regs);
	}
	if (weir_tile_is_store(end[-1].op))
		return;
	emit_load(m, WEIR_OP_LOAD_I64, 0);
	weir_tile_emit(m, WEIR_TILE_OUT_KEPT, 0);
}

void weir_tile_make(struct weir_program *p, struct weir_insn *code, union weir_value *consts)
{
	struct weir_tile_maker m = {
		.p = p, .to = code + p->n_code, .consts = consts + p->n_consts, .bits = FEWEST_BITS
	};

	p->n_tile = 0;
	if (!makes_one(p) || !holds_for(&m, m.bits))
		return;
	while (m.bits < 63 && holds_for(&m, m.bits + 1))
		m.bits++;
	write_steps(&m);
	if (!m.refused && m.n_loads <= WEIR_TILE_FIELDS && m.n_loads <= p->n_regs)
		p->n_tile = (uint16_t)m.n;
}
