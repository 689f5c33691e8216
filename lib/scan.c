/* SPDX-License-Identifier: MIT */
/*
 * scan.c -- the step of a scan as columns (scan.h).
 *
 * The step reads a record that has the old states. Here it is given the incoming records, so that every load of a
 * state is one value: what the first lane begins with. The one instruction that reads it makes a column of it, lane
 * after lane; two, where the first scales it by a constant (a decaying average), or the second keeps what the first made
 * within bounds (a counter that wraps, a level that is full). That column is the states of all lanes if it is what is stored as that state, and nothing else goes on
 * from the old one: else a lane would go on from what the one before has not left.
 */
#include "program_columns.h"

#include <string.h>

#include <weir/scan.h>

#define REGS        256u
#define STATES_MOST 8u

struct state {
	uint32_t offset; /* in the output record */
	union weir_value value;
	double factor; /* of what is read of it, when it is scaled */
	bool has_run;
};

struct scan {
	const struct weir_scan_block *block;
	struct weir_columns *columns;
	struct state states[STATES_MOST];
	uint32_t n_states;
	uint8_t old[REGS];  /* register: 1 + the state that it holds as it was, or 0 */
	bool scaled[REGS];  /* times its factor */
	uint8_t made[REGS]; /* register: 1 + the state that it holds a column of, or 0 */
};

/* ---- running instructions ---- */

struct run {
	void *lanes;   /* what is made */
	const void *x; /* a column */
	union weir_value from, bound;
	double factor;
	uint32_t n;
};

/* Lane i is made of that before it, s, and of y = x[i]; c is the bound. Returns whether it failed anywhere. */
#define RUNNING(name, C, value, failed)                           \
	static bool name(const struct run *r)                     \
	{                                                         \
		weir_lane_##C *lanes = r->lanes;                  \
		const weir_lane_##C *x = r->x;                    \
		const weir_lane_##C c = r->bound.WEIR_MEMBER_##C; \
		weir_lane_##C s = r->from.WEIR_MEMBER_##C;        \
		const uint32_t n = r->n;                          \
		bool bad = false;                                 \
                                                                  \
		(void)c;                                          \
		for (uint32_t i = 0; i < n; i++) {                \
			const weir_lane_##C y = x[i];             \
			bad |= (failed);                          \
			s = (value);                              \
			lanes[i] = s;                             \
		}                                                 \
		return bad;                                       \
	}

static int64_t least_i(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

static int64_t greatest_i(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

/* clang-format off */
/* (opcode, class, what comes of s and y, whether that fails, whether the state may be the second operand) */
#define RUNNING_OPS(X)                                                     \
	X(ADD_I, I, weir_add_i(s, y), weir_add_carry(s, y) < 0, true)      \
	X(SUB_I, I, weir_sub_i(s, y), weir_sub_carry(s, y) < 0, false)     \
	X(MIN_I, I, least_i(s, y), false, true)                            \
	X(MAX_I, I, greatest_i(s, y), false, true)                         \
	X(ADD_U, U, s + y, s + y < s, true)                                \
	X(MIN_U, U, s < y ? s : y, false, true)                            \
	X(MAX_U, U, s > y ? s : y, false, true)                            \
	X(ADD_F, F, s + y, false, true)                                    \
	X(SUB_F, F, s - y, false, false)                                   \
	X(MIN_F, F, weir_min_f(s, y), false, true)                         \
	X(MAX_F, F, weir_max_f(s, y), false, true)                         \
	X(ADD_D, D, s + y, false, true)                                    \
	X(SUB_D, D, s - y, false, false)                                   \
	X(MIN_D, D, weir_min_d(s, y), false, true)                         \
	X(MAX_D, D, weir_max_d(s, y), false, true)

/* (opcode, the next one, its constant c, class, what comes of both, whether the first fails) */
#define BOUNDED_OPS(X)                                                                                   \
	X(ADD_I, AND_I, I, weir_add_i(s, y) & c, weir_add_carry(s, y) < 0)                               \
	X(ADD_I, MIN_I, I, least_i(weir_add_i(s, y), c), weir_add_carry(s, y) < 0)                       \
	X(ADD_I, MAX_I, I, greatest_i(weir_add_i(s, y), c), weir_add_carry(s, y) < 0)                    \
	X(ADD_D, MIN_D, D, weir_min_d(s + y, c), false)                                                  \
	X(ADD_D, MAX_D, D, weir_max_d(s + y, c), false)
/* clang-format on */

#define ROW(name, C, value, failed, either) RUNNING(name##_running, C, value, failed)
RUNNING_OPS(ROW)
#undef ROW
#define ROW(first, second, C, value, failed) RUNNING(first##_##second##_running, C, value, failed)
BOUNDED_OPS(ROW)
#undef ROW

/* Both roundings happen: the compiler may not contract them. */
static bool decay_running(const struct run *r)
{
	weir_lane_D *lanes = r->lanes;
	const weir_lane_D *x = r->x;
	double s = r->from.d;

	for (uint32_t i = 0; i < r->n; i++) {
		s = s * r->factor + x[i];
		lanes[i] = s;
	}
	return false;
}

/* Where no sum can be too large nobody looks. */
static bool sum_surely(const struct run *r)
{
	weir_lane_U *lanes = r->lanes;
	const weir_lane_U *x = r->x;
	uint64_t s = r->from.u;

	for (uint32_t i = 0; i < r->n; i++) {
		s += x[i];
		lanes[i] = s;
	}
	return false;
}

/* A counter that wraps at 2^k, and may be cut down to that as late as it is seen: no lane waits for it. */
static bool wrap_surely(const struct run *r)
{
	weir_lane_U *lanes = r->lanes;
	const weir_lane_U *x = r->x;
	uint64_t s = r->from.u;

	for (uint32_t i = 0; i < r->n; i++) {
		s += x[i];
		lanes[i] = s & r->bound.u;
	}
	return false;
}

struct running {
	bool (*run)(const struct run *r);
	bool either;
};

static const struct running running_ops[WEIR_OPCODES] = {
#define ROW(name, C, value, failed, either_) [WEIR_OP_##name] = { name##_running, either_ },
	RUNNING_OPS(ROW)
#undef ROW
};

static const struct {
	uint8_t first, second;
	bool (*run)(const struct run *r);
} bounded_ops[] = {
#define ROW(first, second, C, value, failed) \
	{ WEIR_OP_##first, WEIR_OP_##second, first##_##second##_running },
	BOUNDED_OPS(ROW)
#undef ROW
};

static bool is_constant(const struct scan *s, uint8_t reg)
{
	return s->old[reg] == 0 && s->columns->regs[reg].form == FORM_CONSTANT;
}

/* Take the next instruction along where it bounds what this one makes. Returns how many are done. */
static uint32_t bound(struct scan *s, const struct weir_insn *insn, struct run *r, struct running *how)
{
	const struct weir_insn *next = insn + 1;

	if (next >= s->columns->end || next->a != insn->dst || next->dst != insn->dst ||
		next->b == insn->dst || !is_constant(s, next->b))
		return 1;
	for (size_t k = 0; k < sizeof bounded_ops / sizeof *bounded_ops; k++)
		if (bounded_ops[k].first == insn->op && bounded_ops[k].second == next->op) {
			memcpy(&r->bound, s->columns->regs[next->b].at, sizeof r->bound);
			how->run = bounded_ops[k].run;
			return 2;
		}
	return 1;
}

/* What does the same without a look at each sum, where the numbers of a column are so small that none overflows. */
static struct running surely(struct scan *s, const struct run *r, uint8_t column, struct running how)
{
	const uint64_t bound = r->bound.u, far = UINT64_C(1) << BITS_SUM;
	uint32_t bits;

	if ((how.run != ADD_I_running && how.run != ADD_I_AND_I_running) || weir_magnitude(r->from.i) > far)
		return how;
	bits = weir_column_find_bits(s->columns, column);
	if (how.run == ADD_I_running && bits <= BITS_SUM - weir_bits_u(WEIR_BLOCK_ITEMS))
		how.run = sum_surely;
	if (how.run == ADD_I_AND_I_running && bits <= BITS_SUM && bound < far && (bound & (bound + 1)) == 0)
		how.run = wrap_surely;
	return how;
}

/* A state times a constant: what reads it takes that along. */
static uint32_t scale(struct scan *s, const struct weir_insn *insn, uint8_t which, uint8_t other)
{
	union weir_value factor;

	if (!is_constant(s, other))
		return 0;
	memcpy(&factor, s->columns->regs[other].at, sizeof factor);
	s->states[which - 1u].factor = factor.d;
	s->old[insn->dst] = which;
	s->scaled[insn->dst] = true;
	s->made[insn->dst] = 0;
	return 1;
}

/* The state and a column, by an instruction and perhaps the next. */
static uint32_t run_column(
	struct scan *s, const struct weir_insn *insn, struct running how, uint8_t reg, uint8_t other)
{
	const struct operands *o = &weir_column_operands[insn->op];
	struct state *state = &s->states[s->old[reg] - 1u];
	struct run r = { .from = state->value, .factor = state->factor, .n = s->columns->n };
	struct weir_column_args args = { .a = weir_column_operand(s->columns, other, o->a) };
	uint32_t done = 1;

	if (s->scaled[reg])
		how.run = decay_running;
	else
		done = bound(s, insn, &r, &how);
	how = surely(s, &r, other, how);
	r.x = args.a;
	r.lanes = weir_column_place(s->columns, insn->dst, &args, true);
	if (how.run(&r))
		return 0;
	weir_column_set(s->columns, insn->dst, r.lanes, o->dst, FORM_LANES);
	state->has_run = true;
	s->made[insn->dst] = s->old[reg];
	s->old[insn->dst] = 0;
	return done;
}

/* Returns how many instructions were done, as all below. */
static uint32_t run_state(struct scan *s, const struct weir_insn *insn)
{
	const bool second = s->old[insn->a] == 0;
	const uint8_t reg = second ? insn->b : insn->a, other = second ? insn->a : insn->b,
		      which = s->old[reg];
	const struct running how = running_ops[insn->op];

	if (weir_column_operands[insn->op].b == CLASS_NONE || s->old[other] != 0 || which == 0 ||
		s->states[which - 1u].has_run)
		return 0;
	if (s->scaled[reg])
		return insn->op == WEIR_OP_ADD_D ? run_column(s, insn, how, reg, other) : 0;
	if (insn->op == WEIR_OP_MUL_D)
		return scale(s, insn, which, other);
	return how.run != NULL && (!second || how.either) ? run_column(s, insn, how, reg, other) : 0;
}

/* ---- the others ---- */

static bool is_load(const struct weir_insn *insn)
{
	return insn->op >= WEIR_OP_LOAD_BOOL && insn->op <= WEIR_OP_LOAD_TEXT;
}

static bool is_store(const struct weir_insn *insn)
{
	return insn->op >= WEIR_OP_STORE_BOOL && insn->op <= WEIR_OP_STORE_TEXT;
}

/* Which of the states begins there, a new one at its first mention; STATES_MOST: it is one too many. */
static uint32_t state_at(struct scan *s, uint32_t offset)
{
	uint32_t i = 0;

	while (i < s->n_states && s->states[i].offset != offset)
		i++;
	if (i == s->n_states && i < STATES_MOST)
		s->states[s->n_states++] = (struct state){ .offset = offset };
	return i;
}

static uint32_t load_state(struct scan *s, const struct weir_insn *insn)
{
	const uint32_t i = state_at(s, insn->imm);
	struct weir_column_args args = {
		.a = (const unsigned char *)s->block->states + (insn->imm - s->block->states_at), .n = 1
	};
	unsigned char lane[WEIR_LANE_BYTES] = { 0 };

	if (i == STATES_MOST || insn->op == WEIR_OP_LOAD_TEXT)
		return 0;
	args.dst = lane;
	s->columns->kernels->op[insn->op](&args);
	memcpy(&s->states[i].value, lane, sizeof lane);
	s->old[insn->dst] = (uint8_t)(i + 1);
	s->scaled[insn->dst] = false;
	s->made[insn->dst] = 0;
	return 1;
}

static bool reads_old(const struct scan *s, const struct weir_insn *insn)
{
	const bool selects = insn->op == WEIR_OP_SEL;

	if (is_load(insn) || insn->op == WEIR_OP_CONST)
		return false;
	return s->old[insn->a] != 0 ||
	       ((selects || weir_column_operands[insn->op].b != CLASS_NONE) && s->old[insn->b] != 0) ||
	       (selects && s->old[(uint8_t)insn->imm] != 0);
}

/* Whether what is stored as a state is the column that the state was made to be. */
static bool stores_what_ran(struct scan *s, const struct weir_insn *insn)
{
	const uint32_t i = insn->imm < s->block->states_at ? STATES_MOST : state_at(s, insn->imm);

	return i < STATES_MOST && (!s->states[i].has_run || s->made[insn->a] == i + 1);
}

static uint32_t one(struct scan *s, const struct weir_insn *insn)
{
	const bool keeps = insn->op == WEIR_OP_NARROW_I || insn->op == WEIR_OP_NARROW_U;
	const uint8_t made = s->made[insn->a];
	uint32_t done;

	if (is_load(insn) && insn->imm >= s->block->states_at)
		return load_state(s, insn);
	if (reads_old(s, insn))
		return run_state(s, insn);
	if (is_store(insn) && !stores_what_ran(s, insn))
		return 0;
	done = weir_columns_insn(s->columns, insn);
	for (uint32_t k = 0; k < done && !is_store(insn); k++) {
		s->old[insn[k].dst] = 0;
		s->made[insn[k].dst] = keeps ? made : 0;
	}
	return done;
}

/* ---- blocks ---- */

/* The step as a program from the incoming record. *stores: how many states it stores. */
static struct weir_program from_input(const struct weir_scan_block *b, uint32_t *stores)
{
	struct weir_program p = *b->step;
	size_t stored = 0;

	*stores = 0;
	for (uint32_t k = 0; k < p.n_code; k++) {
		if (!is_store(&p.code[k]) || p.code[k].op == WEIR_OP_STORE_TEXT)
			continue;
		stored += weir_kind_size((enum weir_kind)(p.code[k].op - WEIR_OP_STORE_BOOL), 0);
		++*stores;
	}
	p.in_size = (uint16_t)b->in_size;
	p.copy_size = (uint16_t)(b->in_size < b->states_at ? b->in_size : b->states_at);
	p.in_place = false;
	p.covers = b->in_size >= b->states_at && b->states_at + stored == p.out_size;
	return p;
}

static bool one_block(struct scan *s, struct weir_program_call *call, uint32_t n)
{
	const struct weir_program *p = call->program;

	weir_columns_begin(s->columns, call, n);
	s->n_states = 0;
	memset(s->old, 0, p->n_regs);
	memset(s->made, 0, p->n_regs);
	for (const struct weir_insn *insn = p->code + p->n_once; insn < p->code + p->n_code;) {
		uint32_t done = one(s, insn);

		if (done == 0)
			return false;
		insn += done;
	}
	weir_columns_finish(s->columns, call);
	return true;
}

_Static_assert(WEIR_SCAN_FEWEST == WEIR_COLUMNS_FEWEST, "scratch is there for runs of so many");

uint32_t weir_scan_columns(
	const struct weir_scan_block *block, const struct weir_kernels *kernels, void *scratch, uint32_t n)
{
	uint32_t stores;
	const struct weir_program p = from_input(block, &stores);
	uint32_t none = 0;
	struct weir_program_call call = {
		.program = &p, .in = block->in, .out = block->out, .dropped = &none
	};
	struct scan s = { .block = block };

	if (kernels == NULL || scratch == NULL || stores < block->n_states || n < WEIR_COLUMNS_FEWEST)
		return 0;
	n = n < WEIR_BLOCK_ITEMS ? n : WEIR_BLOCK_ITEMS;
	s.columns = weir_columns_init(scratch, &p, kernels);
	if (!one_block(&s, &call, n))
		return 0;
	memcpy(block->states, call.out + (size_t)(n - 1) * p.out_size + block->states_at,
		p.out_size - block->states_at);
	return n;
}
