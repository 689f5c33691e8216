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
#include "program_columns.h"

#include <string.h>

static const union weir_value zero;

static const uint8_t class_width[] = {
	[CLASS_I] = WEIR_LANE_BYTES,
	[CLASS_U] = WEIR_LANE_BYTES,
	[CLASS_D] = WEIR_LANE_BYTES,
	[CLASS_F] = sizeof(weir_lane_F),
	[CLASS_B] = sizeof(weir_lane_B),
	[CLASS_T] = sizeof(weir_lane_T),
};

static bool shifts_by_constant(const struct weir_columns *c, const struct weir_insn *insn)
{
	const struct column *b = &c->regs[insn->b];

	return b->form == FORM_CONSTANT && ((const union weir_value *)b->at)->u <= 63;
}

static bool is_mask(const struct weir_columns *c, uint8_t reg)
{
	return c->regs[reg].form == FORM_CONSTANT && ((const union weir_value *)c->regs[reg].at)->i >= 0;
}

/* Whether what is stored is a lane as it is. */
static bool stores_lane(uint8_t store)
{
	return store == WEIR_OP_STORE_I64 || store == WEIR_OP_STORE_U64 || store == WEIR_OP_STORE_TIME;
}

/* Whether a store's column, as it is, is the output. */
static bool is_whole_record(const struct weir_program *p, uint8_t store)
{
	return p->out_size == WEIR_LANE_BYTES && stores_lane(store);
}

/* Whether an instruction's result is all that the output is. */
static bool is_output(const struct weir_columns *c, const struct weir_insn *insn)
{
	const struct weir_insn *store = insn + 1;

	return store + 1 == c->end && is_whole_record(c->program, store->op) && store->a == insn->dst &&
	       !c->filtered;
}

/* Lanes may be written over those they are made of, but over no others that are still to be read. */
static bool may_lie_under_output(const struct weir_columns *c, const void *operand)
{
	return operand != c->in || c->out == c->in;
}

/* Whether an instruction that cannot fault writes its result where the output will be. */
static bool goes_out(
	const struct weir_columns *c, const struct weir_insn *insn, const struct weir_column_args *args)
{
	return is_output(c, insn) && may_lie_under_output(c, args->a) && may_lie_under_output(c, args->b);
}

/* Bits of a register; looked for where it saves that the output is copied because of a fault that might be. */
static uint32_t bits_of(struct weir_columns *c, const struct weir_insn *insn, uint8_t reg)
{
	return is_output(c, insn) ? weir_column_find_bits(c, reg) : c->regs[reg].bits;
}

/* Of a sum or difference. */
static uint32_t sum_bits(uint32_t a, uint32_t b, struct weir_column_args *args)
{
	uint32_t more = (a > b ? a : b) + 1;

	args->safe = more <= BITS_SUM + 1;
	return args->safe ? more : BITS_UNKNOWN;
}

/* What is known of the result of sums, products and shifts; sets args->safe where nothing can fault. */
static uint32_t result_bits(
	struct weir_columns *c, const struct weir_insn *insn, struct weir_column_args *args)
{
	uint32_t a, b;

	switch (insn->op) {
	case WEIR_OP_ADD_I:
	case WEIR_OP_SUB_I:
		return sum_bits(bits_of(c, insn, insn->a), bits_of(c, insn, insn->b), args);
	case WEIR_OP_MUL_I:
		a = weir_column_find_bits(c, insn->a);
		b = weir_column_find_bits(c, insn->b);
		args->safe = a + b <= 62;
		args->narrow = a <= 31 && b <= 31;
		return args->safe ? a + b + 1 : BITS_UNKNOWN;
	case WEIR_OP_REM_I:
		return c->regs[insn->b].bits;
	case WEIR_OP_AND_I: /* under a mask without a sign nothing is larger than that */
		return is_mask(c, insn->b) ? c->regs[insn->b].bits : BITS_UNKNOWN;
	case WEIR_OP_OR_I:
	case WEIR_OP_XOR_I:
	case WEIR_OP_MIN_I:
	case WEIR_OP_MAX_I:
		a = c->regs[insn->a].bits;
		b = c->regs[insn->b].bits;
		return a > b ? a : b;
	case WEIR_OP_SHL_I:
	case WEIR_OP_SHL_U:
	case WEIR_OP_SHR_U:
		args->safe = shifts_by_constant(c, insn);
		return BITS_UNKNOWN;
	case WEIR_OP_SHR_I:
		args->safe = shifts_by_constant(c, insn);
		return c->regs[insn->a].bits;
	default:
		return BITS_UNKNOWN;
	}
}

/*
 * ---- instructions ----
 *
 * Each returns how many instructions it did: 0 when a lane might fault.
 */

static uint32_t skip(struct weir_columns *c, const struct weir_insn *insn)
{
	(void)c;
	(void)insn;
	return 1;
}

static uint32_t segment(struct weir_columns *c, const struct weir_insn *insn)
{
	c->segment = insn->imm;
	return 1;
}

/* Whether the result may lie over the operands: each is read once, and lanes are of one size. */
static bool lies_over(const struct operands *o, const struct weir_column_args *args)
{
	return (o->pure || args->safe) && class_width[o->dst] == class_width[o->a] &&
	       (o->b == CLASS_NONE || args->constant || class_width[o->dst] == class_width[o->b]);
}

/* Run the kernel of a computation, the result where it belongs. Returns 1; 0: a lane might fault. */
static uint32_t make(
	struct weir_columns *c, const struct weir_insn *insn, struct weir_column_args *args, uint32_t bits)
{
	const struct operands *o = &weir_column_operands[insn->op];

	if ((o->pure || args->safe) && goes_out(c, insn, args))
		args->dst = c->out;
	else
		args->dst = weir_column_place(c, insn->dst, args, lies_over(o, args));
	if (c->kernels->op[insn->op](args) != 0)
		return 0;
	weir_column_set(c, insn->dst, args->dst, o->dst, FORM_LANES);
	c->regs[insn->dst].bits = (uint8_t)bits;
	return 1;
}

static uint32_t compute_alone(struct weir_columns *c, const struct weir_insn *insn)
{
	const struct operands *o = &weir_column_operands[insn->op];
	weir_column_fn *kernel = c->kernels->op[insn->op];
	struct weir_column_args args = {
		.active = c->filtered ? c->keep : NULL,
		.n = c->n,
		.imm = insn->imm,
	};
	uint32_t bits;

	if (!kernel)
		return 0;
	if (o->b != CLASS_NONE && c->regs[insn->b].form == FORM_CONSTANT) {
		args.constant = WEIR_CONSTANT_B;
		args.b = c->regs[insn->b].at;
	} else if (o->b != CLASS_NONE) {
		args.b = weir_column_operand(c, insn->b, o->b);
	}
	if (o->b != CLASS_NONE && !args.constant && c->regs[insn->a].form == FORM_CONSTANT) {
		args.constant = WEIR_CONSTANT_A;
		args.a = c->regs[insn->a].at;
	} else {
		args.a = weir_column_operand(c, insn->a, o->a);
	}
	if (o->dst == CLASS_NONE)
		return kernel(&args) == 0;
	bits = result_bits(c, insn, &args);
	return make(c, insn, &args, bits);
}

/*
 * Constants that are added one after the other go in one pass, where they have one sign: then no sum on the way lies
 * beyond the last. Returns how many instructions were done, as compute.
 */
static uint32_t add_constants(struct weir_columns *c, const struct weir_insn *first)
{
	const struct weir_insn *last = weir_columns_last_addition(c, first);
	struct weir_column_args args = {
		.active = c->filtered ? c->keep : NULL, .n = c->n, .constant = WEIR_CONSTANT_B
	};
	union weir_value sum = { .i = 0 };
	uint32_t bits;

	if (last == first)
		return 0;
	for (const struct weir_insn *insn = first; insn <= last; insn++)
		if (insn->op == WEIR_OP_SEGMENT)
			c->segment = insn->imm;
		else
			sum.i += weir_columns_addend(c, insn);
	args.a = weir_column_operand(c, first->a, CLASS_I);
	args.b = &sum;
	bits = sum_bits(bits_of(c, last, first->a), weir_bits_i(sum.i), &args);
	if (last->op == WEIR_OP_SUB_I)
		sum.i = -sum.i;
	return make(c, last, &args, bits) == 0 ? 0 : (uint32_t)(last - first) + 1;
}

static uint32_t compute(struct weir_columns *c, const struct weir_insn *insn)
{
	uint32_t done = insn + 1 < c->end ? weir_columns_pair(c, insn) : 0;

	if (done == 0 && (insn->op == WEIR_OP_ADD_I || insn->op == WEIR_OP_SUB_I))
		done = add_constants(c, insn);
	if (done == 0 && insn->op == WEIR_OP_MUL_I && !is_output(c, insn))
		done = weir_columns_scale(c, insn) ? 1 : 0;
	return done != 0 ? done : compute_alone(c, insn);
}

/* ---- constants, moves, choices, fields ---- */

static uint32_t constant(struct weir_columns *c, const struct weir_insn *insn)
{
	const union weir_value *value = &c->program->consts[insn->imm];

	weir_column_set(c, insn->dst, value, CLASS_NONE, FORM_CONSTANT);
	c->regs[insn->dst].bits = (uint8_t)weir_bits_i(value->i); /* should it be a number */
	return 1;
}

static uint32_t move(struct weir_columns *c, const struct weir_insn *insn)
{
	const struct column *a = &c->regs[insn->a];
	struct column *dst = &c->regs[insn->dst];
	const uint8_t bits = a->bits;

	if (dst == a)
		return 1;
	if (a->at == a->own) {
		memcpy(dst->own, a->own, COLUMN_BYTES);
		weir_column_set(c, insn->dst, dst->own, a->class, a->form);
	} else {
		weir_column_set(c, insn->dst, a->at, a->class, a->form);
	}
	dst->bits = bits;
	return 1;
}

static uint32_t narrow(struct weir_columns *c, const struct weir_insn *insn)
{
	const struct weir_column_args args = {
		.a = weir_column_operand(c, insn->a, CLASS_I),
		.active = c->filtered ? c->keep : NULL,
		.n = c->n,
		.imm = insn->imm,
	};

	if (c->kernels->op[insn->op](&args) != 0)
		return 0;
	return move(c, insn);
}

/* The class is that of the operand that is not a constant. */
static uint32_t choose(struct weir_columns *c, const struct weir_insn *insn)
{
	const struct column *b = &c->regs[insn->b], *other = &c->regs[(uint8_t)insn->imm];
	const struct column *typed = b->form == FORM_LANES ? b : other;
	bool known = typed->form == FORM_LANES;
	uint8_t class = known ? typed->class : CLASS_U;
	struct weir_column_args args = {
		.a = weir_column_operand(c, insn->a, CLASS_B),
		.b = weir_column_operand(c, insn->b, class),
		.c = weir_column_operand(c, (uint8_t)insn->imm, class),
		.n = c->n,
		.width = class_width[class],
	};

	args.dst = weir_column_place(c, insn->dst, &args, false);
	c->kernels->op[WEIR_OP_SEL](&args);
	weir_column_set(c, insn->dst, args.dst, class, known ? FORM_LANES : FORM_VALUES);
	return 1;
}

/* Close up the one column that is still needed, so that what follows has fewer lanes to look at. */
static void close_up_early(struct weir_columns *c, struct column *reg)
{
	if (reg->form != FORM_LANES)
		return;
	c->kernels->compact(reg->own, reg->at, class_width[reg->class], c->keep, c->n);
	reg->at = reg->own;
	c->n = c->left;
	c->filtered = false;
}

void weir_columns_keep(struct weir_columns *c, const struct weir_insn *filter, uint32_t left)
{
	c->tally[c->segment] += c->left - left;
	c->left = left;
	c->filtered = true;
	if (filter->b != 0 && left <= c->n / 2 && !c->instants)
		close_up_early(c, &c->regs[filter->b - 1]);
}

static uint32_t filter(struct weir_columns *c, const struct weir_insn *insn)
{
	const struct weir_column_args args = {
		.dst = c->keep,
		.a = weir_column_operand(c, insn->a, CLASS_B),
		.active = c->filtered ? c->keep : NULL,
		.n = c->n,
	};

	weir_columns_keep(c, insn, c->kernels->op[WEIR_OP_FILTER](&args));
	return 1;
}

/* A record that is one field of a lane's size is a column already. */
static uint32_t load(struct weir_columns *c, const struct weir_insn *insn)
{
	const struct weir_program *p = c->program;
	uint8_t class = weir_column_operands[insn->op].dst;
	bool wide = insn->op == WEIR_OP_LOAD_I64 || insn->op == WEIR_OP_LOAD_U64 ||
		    insn->op == WEIR_OP_LOAD_TIME || insn->op == WEIR_OP_LOAD_F64;
	const struct weir_column_args args = {
		.dst = c->regs[insn->dst].own,
		.a = c->in + insn->imm,
		.n = c->n,
		.stride = p->in_size,
	};

	if ((wide && p->in_size == 8) || (insn->op == WEIR_OP_LOAD_F32 && p->in_size == 4)) {
		weir_column_set(c, insn->dst, c->in, class, FORM_LANES);
		return 1;
	}
	c->kernels->op[insn->op](&args);
	weir_column_set(c, insn->dst, args.dst, class, FORM_LANES);
	c->regs[insn->dst].bits = weir_column_load_bits(insn->op);
	return 1;
}

/* ---- output ---- */

static bool copies_whole_records(const struct weir_program *p)
{
	return p->copy_size == p->in_size && p->copy_size == p->out_size;
}

/* Take columns that are the span itself to scratch: it is about to be written. */
static void leave_span(struct weir_columns *c)
{
	for (uint32_t r = 0; r < c->program->n_regs; r++) {
		struct column *reg = &c->regs[r];

		if (reg->at != c->in)
			continue;
		memcpy(reg->own, reg->at, (size_t)c->n * c->program->in_size);
		reg->at = reg->own;
	}
}

/* One word of each record: no call for each. */
static void copy_words(struct weir_columns *c)
{
	const size_t in_size = c->program->in_size, out_size = c->program->out_size;

	for (uint32_t i = 0; i < c->n; i++)
		memcpy(c->out + i * out_size, c->in + i * in_size, WEIR_LANE_BYTES);
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
	if (p->copy_size == WEIR_LANE_BYTES)
		copy_words(c);
	else if (p->copy_size)
		for (uint32_t i = 0; i < c->n; i++)
			memcpy(c->out + (size_t)i * p->out_size, c->in + (size_t)i * p->in_size,
				p->copy_size);
}

/* Whether a record is that of the input, one number, and one more behind it. */
static bool is_pair(const struct weir_columns *c, const struct weir_insn *store)
{
	const struct weir_program *p = c->program;

	return !c->target && store + 1 == c->end && stores_lane(store->op) && store->imm == WEIR_LANE_BYTES &&
	       p->in_size == WEIR_LANE_BYTES && p->copy_size == WEIR_LANE_BYTES &&
	       p->out_size == 2 * WEIR_LANE_BYTES;
}

static uint32_t store(struct weir_columns *c, const struct weir_insn *insn)
{
	const struct weir_program *p = c->program;
	const uint8_t class = weir_column_operands[insn->op].a;
	struct weir_column_args args = { .n = c->n, .stride = p->out_size };

	if (is_whole_record(p, insn->op)) {
		c->result = weir_column_operand(c, insn->a, class);
		return 1;
	}
	if (is_pair(c, insn)) {
		c->target = c->out;
		c->kernels->pair_i64((int64_t *)(void *)c->out, (const int64_t *)(const void *)c->in,
			weir_column_operand(c, insn->a, class), c->n);
		return 1;
	}
	if (!c->target) {
		if (c->in_place && insn + 1 < c->end)
			leave_span(c); /* the next store may read what this one overwrites */
		begin_output(c);
	}
	if (insn->op == WEIR_OP_STORE_TEXT)
		args.imm = (uint32_t)p->consts[insn->b].u;
	args.a = weir_column_operand(c, insn->a, class);
	args.dst = c->target + insn->imm;
	c->kernels->op[insn->op](&args);
	return 1;
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

void weir_columns_finish(struct weir_columns *c, struct weir_program_call *call)
{
	struct weir_ran *ran = &call->ran;

	for (uint32_t s = 0; s < c->program->n_segments; s++)
		call->dropped[s] += c->tally[s];
	if (c->left)
		close_up(c, c->out, results(c), c->program->out_size);
	if (call->in_instants)
		close_up(c, call->out_instants + ran->made, call->in_instants + ran->taken, sizeof(int64_t));
	ran->made += c->left;
	ran->taken += c->items;
}

/* ---- blocks ---- */

typedef uint32_t step_fn(struct weir_columns *c, const struct weir_insn *insn);

static step_fn *const steps[WEIR_OPCODES] = { [WEIR_OP_NOP] = skip,
	[WEIR_OP_JMP] = skip,
	[WEIR_OP_JZ] = skip,
	[WEIR_OP_JNZ] = skip,
	[WEIR_OP_SEGMENT] = segment,
	[WEIR_OP_CONST] = constant,
	[WEIR_OP_MOV] = move,
	[WEIR_OP_SEL] = choose,
	[WEIR_OP_FILTER] = filter,
	[WEIR_OP_NARROW_I] = narrow,
	[WEIR_OP_NARROW_U] = narrow,
	[WEIR_OP_TEXT_FITS] = compute,
	[WEIR_OP_LOAD_TEXT] = load,
	[WEIR_OP_STORE_TEXT] = store,
#define COMPUTED(name, ...) [WEIR_OP_##name] = compute,
#define FIELD(kind, ...)    [WEIR_OP_LOAD_##kind] = load, [WEIR_OP_STORE_##kind] = store,
	WEIR_UNARY_OPS(COMPUTED) WEIR_UNARY_CHECKED_OPS(COMPUTED) WEIR_BINARY_OPS(COMPUTED)
		WEIR_BINARY_CHECKED_OPS(COMPUTED) WEIR_BINARY_TUNED_OPS(COMPUTED) WEIR_FIELD_OPS(FIELD)
#undef COMPUTED
#undef FIELD
};

void weir_columns_begin(struct weir_columns *c, const struct weir_program_call *call, uint32_t n)
{
	const struct weir_program *p = c->program;

	c->in = call->in + (size_t)call->ran.taken * p->in_size;
	c->out = call->out + (size_t)call->ran.made * p->out_size;
	c->in_place = call->in_place;
	c->target = NULL;
	c->result = NULL;
	c->filtered = false;
	c->segment = 0;
	c->instants = call->in_instants != NULL;
	c->items = c->n = c->left = n;
	memset(c->tally, 0, sizeof *c->tally * p->n_segments);
}

uint32_t weir_columns_insn(struct weir_columns *c, const struct weir_insn *insn)
{
	return steps[insn->op] != NULL ? steps[insn->op](c, insn) : 0;
}

bool weir_columns_block(struct weir_columns *c, struct weir_program_call *call, uint32_t n)
{
	const struct weir_program *p = c->program;

	weir_columns_begin(c, call, n);
	for (const struct weir_insn *insn = p->code + p->n_once; insn < c->end && c->left;) {
		uint32_t done = weir_columns_insn(c, insn);

		if (done == 0)
			return false;
		insn += done;
	}
	weir_columns_finish(c, call);
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
	c->end = p->code + p->n_code;
	c->kernels = kernels;
	c->regs = (void *)(c + 1);
	c->tally = (void *)(c->regs + p->n_regs);
	c->spare = columns + (size_t)p->n_regs * COLUMN_BYTES;
	c->keep = c->spare + COLUMN_BYTES;
	for (uint32_t r = 0; r < p->n_regs; r++) {
		c->regs[r].own = columns + (size_t)r * COLUMN_BYTES;
		weir_column_set(c, (uint8_t)r, &zero, CLASS_NONE, FORM_CONSTANT);
	}
	for (uint32_t pc = 0; pc < p->n_once; pc++)
		constant(c, &p->code[pc]);
	return c;
}
