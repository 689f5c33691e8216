/* SPDX-License-Identifier: MIT */
/*
 * program_columns.c -- run a program over a block of records, one kernel pass per instruction.
 *
 * A register is a column of lanes in scratch, a constant, or a field of the span itself where the record is
 * just that field. Jumps are ignored: both sides of a choice are computed and SEL, AND_B, OR_B take the
 * right one. Filters leave a byte per lane, and the records that stay are closed up at the very end.
 *
 * Until that end nothing outside scratch is written when input and output share memory, so that a block
 * in which a lane might fault can be left to the item path as if nothing had been tried.
 */
#include "program_paths.h"

#include <string.h>

#include "kernels/columns.h"
#include "kernels/ops.h"

#define COLUMN_BYTES (WEIR_BLOCK_ITEMS * WEIR_LANE_BYTES)
#define COLUMN_ALIGN 64u /* the widest vector */

enum class { CLASS_NONE, CLASS_I, CLASS_U, CLASS_F, CLASS_D, CLASS_B, CLASS_T };

/* What a register holds. */
enum form {
	FORM_LANES,    /* a column of its class */
	FORM_VALUES,   /* a column of union weir_value, the class being unknown: a choice between constants */
	FORM_CONSTANT, /* one union weir_value */
};

struct column {
	unsigned char *own; /* its place in scratch */
	const void *at;     /* where it is now */
	uint8_t class;
	uint8_t form;
	uint8_t bits; /* classes I and U: all lanes lie in -2^bits .. 2^bits - 1 */
};

#define BITS_UNKNOWN 255u

/* Sums of numbers up to this do not overflow. */
#define BITS_SUM 61u

struct weir_columns {
	const struct weir_program *program;
	const struct weir_kernels *kernels;
	struct column *regs;
	uint32_t *tally;      /* drops per segment of this block */
	unsigned char *spare; /* a column's place in scratch that no register owns */
	uint8_t *keep;
	/* the block */
	const unsigned char *in;
	unsigned char *out;    /* where its results will be */
	unsigned char *target; /* where stores go: out, or the block's own records; NULL before the first */
	const void *result;    /* the output as one column, when the record is that */
	bool in_place;
	bool filtered; /* keep is valid */
	uint32_t n, left, segment;
};

struct operands {
	uint8_t dst, a, b;
};

/* Classes of what the instructions of ops.h read and write. */
static const struct operands operands_of[WEIR_OPCODES] = {
#define UNARY(name, R, A, ...)     [WEIR_OP_##name] = { CLASS_##R, CLASS_##A, CLASS_NONE },
#define BINARY(name, R, A, B, ...) [WEIR_OP_##name] = { CLASS_##R, CLASS_##A, CLASS_##B },
#define FIELD(kind, T, C, ...)                                         \
	[WEIR_OP_LOAD_##kind] = { CLASS_##C, CLASS_NONE, CLASS_NONE }, \
	[WEIR_OP_STORE_##kind] = { CLASS_NONE, CLASS_##C, CLASS_NONE },
	WEIR_UNARY_OPS(UNARY) WEIR_UNARY_CHECKED_OPS(UNARY) WEIR_BINARY_OPS(BINARY)
		WEIR_BINARY_CHECKED_OPS(BINARY) WEIR_BINARY_TUNED_OPS(BINARY) WEIR_FIELD_OPS(FIELD)
#undef UNARY
#undef BINARY
#undef FIELD
			[WEIR_OP_LOAD_TEXT] = { CLASS_T, CLASS_NONE, CLASS_NONE },
	[WEIR_OP_STORE_TEXT] = { CLASS_NONE, CLASS_T, CLASS_NONE },
	[WEIR_OP_TEXT_FITS] = { CLASS_NONE, CLASS_T, CLASS_NONE },
	[WEIR_OP_FILTER] = { CLASS_NONE, CLASS_B, CLASS_NONE },
};

static const union weir_value zero;

static uint8_t class_width(uint8_t class)
{
	switch (class) {
	case CLASS_F:
		return sizeof(weir_lane_F);
	case CLASS_B:
		return sizeof(weir_lane_B);
	case CLASS_T:
		return sizeof(weir_lane_T);
	default:
		return WEIR_LANE_BYTES;
	}
}

/* ---- registers as operands ---- */

/* A constant as a column in the register's own place. */
static const void *spread(struct column *reg, uint8_t class, uint32_t n)
{
	union weir_value v;

	memcpy(&v, reg->at, sizeof v);
	switch (class) {
#define SPREAD(C)                                                                                  \
	case CLASS_##C:                                                                            \
		for (uint32_t i = 0; i < n; i++)                                                   \
			((weir_lane_##C *)(void *)reg->own)[i] = (weir_lane_##C)v.WEIR_MEMBER_##C; \
		break;
		SPREAD(F)
		SPREAD(B)
		SPREAD(T)
#undef SPREAD
	default:
		for (uint32_t i = 0; i < n; i++)
			((weir_lane_U *)(void *)reg->own)[i] = v.u;
		break;
	}
	return reg->own;
}

/* Values become lanes once somebody knows their class. Lanes are no wider, so it can be done where they are. */
static void settle(struct column *reg, uint8_t class, uint32_t n)
{
	union weir_value v;

	for (uint32_t i = 0; i < n; i++) {
		memcpy(&v, reg->own + (size_t)i * sizeof v, sizeof v);
		switch (class) {
		case CLASS_F:
			memcpy(reg->own + i * sizeof v.f, &v.f, sizeof v.f);
			break;
		case CLASS_B:
			reg->own[i] = (uint8_t)v.u;
			break;
		case CLASS_T:
			memcpy(reg->own + i * sizeof v.text, &v.text, sizeof v.text);
			break;
		default:
			return;
		}
	}
	reg->class = class;
	reg->form = FORM_LANES;
}

static const void *as_column(struct weir_columns *c, uint8_t reg, uint8_t class)
{
	struct column *r = &c->regs[reg];

	if (r->form == FORM_CONSTANT)
		return spread(r, class, c->n);
	if (r->form == FORM_VALUES)
		settle(r, class, c->n);
	return r->at;
}

/* Where register dst's new value goes: never over an operand of the same instruction. */
static void *place_result(struct weir_columns *c, uint8_t dst, const struct weir_column_args *args)
{
	struct column *r = &c->regs[dst];

	if (r->own == args->a || r->own == args->b || r->own == args->c) {
		unsigned char *own = r->own;
		r->own = c->spare;
		c->spare = own;
	}
	return r->own;
}

static void set_result(struct weir_columns *c, uint8_t dst, const void *at, uint8_t class, uint8_t form)
{
	struct column *r = &c->regs[dst];

	r->at = at;
	r->class = class;
	r->form = form;
	r->bits = BITS_UNKNOWN;
}

/* ---- magnitudes ---- */

static uint32_t known_bits(const struct weir_columns *c, uint8_t reg)
{
	const struct column *r = &c->regs[reg];

	return r->form == FORM_CONSTANT ? c->kernels->bits_i64(&((const union weir_value *)r->at)->i, 1)
					: r->bits;
}

/* Look at the lanes when nothing is known. */
static uint32_t find_bits(struct weir_columns *c, uint8_t reg)
{
	struct column *r = &c->regs[reg];

	if (r->form == FORM_LANES && r->bits == BITS_UNKNOWN)
		r->bits = (uint8_t)c->kernels->bits_i64(r->at, c->n);
	return known_bits(c, reg);
}

/* What is known of the result of sums and products; sets args->safe where nothing can overflow. */
static uint32_t result_bits(
	struct weir_columns *c, const struct weir_insn *insn, struct weir_column_args *args)
{
	uint32_t a, b, more;

	switch (insn->op) {
	case WEIR_OP_ADD_I:
	case WEIR_OP_SUB_I:
		a = known_bits(c, insn->a);
		b = known_bits(c, insn->b);
		more = (a > b ? a : b) + 1;
		args->safe = more <= BITS_SUM + 1;
		return args->safe ? more : BITS_UNKNOWN;
	case WEIR_OP_MUL_I:
		a = find_bits(c, insn->a);
		b = find_bits(c, insn->b);
		args->safe = a + b <= 62;
		args->narrow = a <= 31 && b <= 31;
		return args->safe ? a + b + 1 : BITS_UNKNOWN;
	case WEIR_OP_REM_I:
		return known_bits(c, insn->b);
	default:
		return BITS_UNKNOWN;
	}
}

/* ---- instructions: false when a lane might fault ---- */

static bool compute(struct weir_columns *c, const struct weir_insn *insn)
{
	const struct operands *o = &operands_of[insn->op];
	weir_column_fn *kernel = c->kernels->op[insn->op];
	struct weir_column_args args = {
		.active = c->filtered ? c->keep : NULL,
		.n = c->n,
		.imm = insn->imm,
	};
	uint32_t bits;

	if (!kernel)
		return false;
	if (o->b != CLASS_NONE && c->regs[insn->b].form == FORM_CONSTANT) {
		args.constant = WEIR_CONSTANT_B;
		args.b = c->regs[insn->b].at;
	} else if (o->b != CLASS_NONE) {
		args.b = as_column(c, insn->b, o->b);
	}
	if (o->b != CLASS_NONE && !args.constant && c->regs[insn->a].form == FORM_CONSTANT) {
		args.constant = WEIR_CONSTANT_A;
		args.a = c->regs[insn->a].at;
	} else {
		args.a = as_column(c, insn->a, o->a);
	}
	if (o->dst == CLASS_NONE)
		return kernel(&args) == 0;
	bits = result_bits(c, insn, &args);
	args.dst = place_result(c, insn->dst, &args);
	if (kernel(&args) != 0)
		return false;
	set_result(c, insn->dst, args.dst, o->dst, FORM_LANES);
	c->regs[insn->dst].bits = (uint8_t)bits;
	return true;
}

/* ---- two instructions in one pass ---- */

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
	uint8_t class = operands_of[second->op].dst;

	args->a = as_column(c, first->a, operands_of[first->op].a);
	args->b = c->regs[first->b].at;
	args->c = c->regs[second->b].at;
	args->n = c->n;
	args->dst = place_result(c, first->dst, args);
	c->kernels->op[kernel](args);
	set_result(c, first->dst, args->dst, class, FORM_LANES);
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
		uint32_t a = find_bits(c, first->a), b = known_bits(c, first->b),
			 sum = known_bits(c, second->b);

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
static bool try_pair(struct weir_columns *c, const struct weir_insn *first, const struct weir_insn *second)
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

/* ---- moves, choices, fields ---- */

static void move(struct weir_columns *c, const struct weir_insn *insn)
{
	const struct column *a = &c->regs[insn->a];
	struct column *dst = &c->regs[insn->dst];
	const uint8_t bits = a->bits;

	if (dst == a)
		return;
	if (a->at == a->own) {
		memcpy(dst->own, a->own, COLUMN_BYTES);
		set_result(c, insn->dst, dst->own, a->class, a->form);
	} else {
		set_result(c, insn->dst, a->at, a->class, a->form);
	}
	dst->bits = bits;
}

static bool narrow(struct weir_columns *c, const struct weir_insn *insn)
{
	const struct weir_column_args args = {
		.a = as_column(c, insn->a, CLASS_I),
		.active = c->filtered ? c->keep : NULL,
		.n = c->n,
		.imm = insn->imm,
	};

	if (c->kernels->op[insn->op](&args) != 0)
		return false;
	move(c, insn);
	return true;
}

/* The class is that of the operand that is not a constant. */
static bool choose(struct weir_columns *c, const struct weir_insn *insn)
{
	const struct column *b = &c->regs[insn->b], *other = &c->regs[(uint8_t)insn->imm];
	const struct column *typed = b->form == FORM_LANES ? b : other;
	bool known = typed->form == FORM_LANES;
	uint8_t class = known ? typed->class : CLASS_U;
	struct weir_column_args args = {
		.a = as_column(c, insn->a, CLASS_B),
		.b = as_column(c, insn->b, class),
		.c = as_column(c, (uint8_t)insn->imm, class),
		.n = c->n,
		.width = class_width(class),
	};

	args.dst = place_result(c, insn->dst, &args);
	c->kernels->op[WEIR_OP_SEL](&args);
	set_result(c, insn->dst, args.dst, class, known ? FORM_LANES : FORM_VALUES);
	return true;
}

static bool filter(struct weir_columns *c, const struct weir_insn *insn)
{
	const struct weir_column_args args = {
		.dst = c->keep,
		.a = as_column(c, insn->a, CLASS_B),
		.active = c->filtered ? c->keep : NULL,
		.n = c->n,
	};
	uint32_t left = c->kernels->op[WEIR_OP_FILTER](&args);

	c->tally[c->segment] += c->left - left;
	c->left = left;
	c->filtered = true;
	return true;
}

static uint8_t load_bits(uint8_t op)
{
	switch (op) {
	case WEIR_OP_LOAD_I8:
		return 7;
	case WEIR_OP_LOAD_I16:
		return 15;
	case WEIR_OP_LOAD_I32:
		return 31;
	case WEIR_OP_LOAD_U8:
		return 8;
	case WEIR_OP_LOAD_U16:
		return 16;
	case WEIR_OP_LOAD_U32:
		return 32;
	default:
		return BITS_UNKNOWN;
	}
}

/* A record that is one field of a lane's size is a column already. */
static bool load(struct weir_columns *c, const struct weir_insn *insn)
{
	const struct weir_program *p = c->program;
	uint8_t class = operands_of[insn->op].dst;
	bool wide = insn->op == WEIR_OP_LOAD_I64 || insn->op == WEIR_OP_LOAD_U64 ||
		    insn->op == WEIR_OP_LOAD_TIME || insn->op == WEIR_OP_LOAD_F64;
	const struct weir_column_args args = {
		.dst = c->regs[insn->dst].own,
		.a = c->in + insn->imm,
		.n = c->n,
		.stride = p->in_size,
	};

	if ((wide && p->in_size == 8) || (insn->op == WEIR_OP_LOAD_F32 && p->in_size == 4)) {
		set_result(c, insn->dst, c->in, class, FORM_LANES);
		return true;
	}
	c->kernels->op[insn->op](&args);
	set_result(c, insn->dst, args.dst, class, FORM_LANES);
	c->regs[insn->dst].bits = load_bits(insn->op);
	return true;
}

/* ---- output ---- */

static bool copies_whole_records(const struct weir_program *p)
{
	return p->copy_size == p->in_size && p->copy_size == p->out_size;
}

/* Before the first store: what of the input the output starts with. */
static void begin_output(struct weir_columns *c)
{
	const struct weir_program *p = c->program;

	if (c->in_place) {
		c->target = (unsigned char *)(uintptr_t)c->in;
		return;
	}
	c->target = c->out;
	if (copies_whole_records(p)) {
		memcpy(c->out, c->in, (size_t)c->n * p->in_size);
		return;
	}
	if (!p->covers)
		memset(c->out, 0, (size_t)c->n * p->out_size);
	if (p->copy_size)
		for (uint32_t i = 0; i < c->n; i++)
			memcpy(c->out + (size_t)i * p->out_size, c->in + (size_t)i * p->in_size,
				p->copy_size);
}

static bool store(struct weir_columns *c, const struct weir_insn *insn)
{
	const struct weir_program *p = c->program;
	struct weir_column_args args = {
		.a = as_column(c, insn->a, operands_of[insn->op].a),
		.n = c->n,
		.stride = p->out_size,
	};

	if (p->out_size == WEIR_LANE_BYTES &&
		(insn->op == WEIR_OP_STORE_I64 || insn->op == WEIR_OP_STORE_U64 ||
			insn->op == WEIR_OP_STORE_TIME)) {
		c->result = args.a;
		return true;
	}
	if (insn->op == WEIR_OP_STORE_TEXT)
		args.imm = (uint32_t)p->consts[insn->b].u;
	if (!c->target)
		begin_output(c);
	args.dst = c->target + insn->imm;
	c->kernels->op[insn->op](&args);
	return true;
}

/* The block's results, before they are closed up. */
static const void *results(struct weir_columns *c)
{
	if (c->result)
		return c->result;
	if (!c->target && (c->in_place || copies_whole_records(c->program)))
		return c->in;
	if (!c->target)
		begin_output(c);
	return c->target;
}

static void close_up(struct weir_columns *c, void *out, const void *from, uint32_t size)
{
	if (c->left == 0)
		return;
	if (c->left < c->n)
		c->kernels->compact(out, from, size, c->keep, c->n);
	else if (out != from)
		memmove(out, from, (size_t)c->n * size);
}

static void finish(struct weir_columns *c, struct weir_program_call *call)
{
	struct weir_ran *ran = &call->ran;

	for (uint32_t s = 0; s < c->program->n_segments; s++)
		call->dropped[s] += c->tally[s];
	if (c->left)
		close_up(c, c->out, results(c), c->program->out_size);
	if (call->in_instants)
		close_up(c, call->out_instants + ran->made, call->in_instants + ran->taken, sizeof(int64_t));
	ran->made += c->left;
	ran->taken += c->n;
}

/* ---- blocks ---- */

static bool step(struct weir_columns *c, const struct weir_insn *insn)
{
	switch (insn->op) {
	case WEIR_OP_NOP:
	case WEIR_OP_JMP:
	case WEIR_OP_JZ:
	case WEIR_OP_JNZ:
		return true;
	case WEIR_OP_SEGMENT:
		c->segment = insn->imm;
		return true;
	case WEIR_OP_CONST:
		set_result(c, insn->dst, &c->program->consts[insn->imm], CLASS_NONE, FORM_CONSTANT);
		return true;
	case WEIR_OP_MOV:
		move(c, insn);
		return true;
	case WEIR_OP_SEL:
		return choose(c, insn);
	case WEIR_OP_FILTER:
		return filter(c, insn);
	case WEIR_OP_NARROW_I:
	case WEIR_OP_NARROW_U:
		return narrow(c, insn);
	default:
		break;
	}
	if (insn->op >= WEIR_OP_LOAD_BOOL && insn->op <= WEIR_OP_LOAD_TEXT)
		return load(c, insn);
	if (insn->op >= WEIR_OP_STORE_BOOL && insn->op <= WEIR_OP_STORE_TEXT)
		return store(c, insn);
	return compute(c, insn);
}

static void begin_block(struct weir_columns *c, const struct weir_program_call *call, uint32_t n)
{
	const struct weir_program *p = c->program;

	c->in = call->in + (size_t)call->ran.taken * p->in_size;
	c->out = call->out + (size_t)call->ran.made * p->out_size;
	c->in_place = call->in_place;
	c->target = NULL;
	c->result = NULL;
	c->filtered = false;
	c->segment = 0;
	c->n = c->left = n;
	memset(c->tally, 0, sizeof *c->tally * p->n_segments);
}

bool weir_columns_block(struct weir_columns *c, struct weir_program_call *call, uint32_t n)
{
	const struct weir_program *p = c->program;

	begin_block(c, call, n);
	for (uint32_t pc = p->n_once; pc < p->n_code && c->left; pc++)
		if (pc + 1 < p->n_code && try_pair(c, &p->code[pc], &p->code[pc + 1]))
			pc++;
		else if (!step(c, &p->code[pc]))
			return false;
	finish(c, call);
	return true;
}

/* ---- scratch ---- */

static size_t round_up(size_t size, size_t align)
{
	return (size + align - 1) & ~(align - 1);
}

/* Columns first, for their alignment: registers, spare, keep; then the tables. */
static size_t tables_offset(const struct weir_program *p)
{
	return ((size_t)p->n_regs + 1) * COLUMN_BYTES + WEIR_BLOCK_ITEMS;
}

size_t weir_columns_size(const struct weir_program *p)
{
	return COLUMN_ALIGN + tables_offset(p) + sizeof(struct weir_columns) +
	       p->n_regs * sizeof(struct column) + p->n_segments * sizeof(uint32_t);
}

struct weir_columns *weir_columns_init(
	void *scratch, const struct weir_program *p, const struct weir_kernels *kernels)
{
	unsigned char *columns = (unsigned char *)scratch;
	columns += round_up((uintptr_t)columns, COLUMN_ALIGN) - (uintptr_t)columns;
	struct weir_columns *c = (void *)(columns + tables_offset(p));

	c->program = p;
	c->kernels = kernels;
	c->regs = (void *)(c + 1);
	c->tally = (void *)(c->regs + p->n_regs);
	c->spare = columns + (size_t)p->n_regs * COLUMN_BYTES;
	c->keep = c->spare + COLUMN_BYTES;
	for (uint32_t r = 0; r < p->n_regs; r++) {
		c->regs[r].own = columns + (size_t)r * COLUMN_BYTES;
		set_result(c, (uint8_t)r, &zero, CLASS_NONE, FORM_CONSTANT);
	}
	for (uint32_t pc = 0; pc < p->n_once; pc++)
		step(c, &p->code[pc]);
	return c;
}
