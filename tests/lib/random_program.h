/* SPDX-License-Identifier: MIT */
/*
 * random_program.h -- programs nobody would write, for comparing ways of running them.
 *
 * A stage is made for a given input record: loads, a tangle of typed instructions, choices and short-circuits,
 * filters, then stores, by the laws in program.h. Values are mostly small, and now and then the worst there are.
 */
#ifndef RANDOM_PROGRAM_H
#define RANDOM_PROGRAM_H

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <weir/program.h>

#define RANDOM_FIELDS 6
#define RANDOM_REGS   14
#define RANDOM_CODE   400
#define RANDOM_CONSTS 120

struct random_record {
	struct weir_field fields[RANDOM_FIELDS + 2];
	size_t n;
	uint16_t size;
};

struct random_stage {
	struct weir_program program;
	struct weir_insn code[RANDOM_CODE];
	union weir_value consts[RANDOM_CONSTS];
	struct random_record out;
	uint64_t rng;
	unsigned wild;              /* one value in so many is out of the ordinary; 0: none */
	char class_of[RANDOM_REGS]; /* I U F D B T, or 0: never written */
	int protect[RANDOM_REGS];   /* not to be overwritten now */
	const struct random_record *in;
};

static inline uint64_t random_next(uint64_t *rng)
{
	*rng ^= *rng << 13;
	*rng ^= *rng >> 7;
	*rng ^= *rng << 17;
	return *rng * UINT64_C(0x2545f4914f6cdd1d) >> 11;
}

static inline unsigned random_below(uint64_t *rng, unsigned n)
{
	return (unsigned)(random_next(rng) % n);
}

/* ---- values ---- */

static inline int64_t random_i64(uint64_t *rng, unsigned wild)
{
	static const int64_t odd[] = { INT64_MIN, INT64_MAX, -1, 0, INT64_MIN + 1, INT32_MIN, UINT32_MAX,
		(INT64_C(1) << 51), -(INT64_C(1) << 53), 64, 255, -129, 65536 };

	if (wild && random_below(rng, wild) == 0)
		return odd[random_below(rng, sizeof odd / sizeof odd[0])];
	return (int64_t)random_below(rng, 200) - 40;
}

static inline double random_double(uint64_t *rng, unsigned wild)
{
	static const double odd[] = { -0.0, 0.0, 0x1p63, -0x1p63, 0x1p64, 1e300, -1e300, 5e-324, 0.5, -0.5,
		1.5, 0x1.fffffffffffffp-2, 4503599627370495.5, -2.5, 1e-40 };
	uint64_t bits;
	double d;

	if (wild == 0 || random_below(rng, wild) != 0)
		return (double)((int)random_below(rng, 4000) - 1000) / 16;
	switch (random_below(rng, 6)) {
	case 0: /* a NaN of any kind */
		bits = UINT64_C(0x7ff0000000000001) | (random_next(rng) << 40) >> 2 | random_next(rng) << 63;
		memcpy(&d, &bits, sizeof d);
		return d;
	case 1:
		return random_below(rng, 2) ? (double)INFINITY : -(double)INFINITY;
	default:
		return odd[random_below(rng, sizeof odd / sizeof odd[0])];
	}
}

static inline void random_field(
	const struct weir_field *f, unsigned char *record, uint64_t *rng, unsigned wild)
{
	unsigned char *at = record + f->offset;
	int64_t i = random_i64(rng, wild);
	double d = random_double(rng, wild);
	float s = (float)d;
	uint16_t len;

	switch (f->kind) {
	case WEIR_BOOL:
		*at = (unsigned char)random_below(rng, 2);
		break;
	case WEIR_F32:
		memcpy(at, &s, sizeof s);
		break;
	case WEIR_F64:
		memcpy(at, &d, sizeof d);
		break;
	case WEIR_TEXT:
		len = (uint16_t)random_below(rng, f->text_max + 1u);
		memcpy(at, &len, sizeof len);
		for (uint16_t k = 0; k < len; k++)
			at[2 + k] = (unsigned char)('a' + random_below(rng, 2));
		break;
	default:
		if (f->kind == WEIR_U64 && i < 0 && random_below(rng, 4))
			i = -(i + 1);
		if (f->kind == WEIR_TIME)
			i = (int64_t)((uint64_t)i * UINT64_C(1800000000123));
		memcpy(at, &i,
			weir_kind_size((enum weir_kind)f->kind, 0)); /* little endian, or merely random */
		break;
	}
}

static inline void random_items(
	const struct random_record *r, unsigned char *items, uint32_t n, uint64_t *rng, unsigned wild)
{
	memset(items, 0, (size_t)n * r->size);
	for (uint32_t i = 0; i < n; i++)
		for (size_t k = 0; k < r->n; k++)
			random_field(&r->fields[k], items + (size_t)i * r->size, rng, wild);
}

/* ---- records ---- */

static inline void random_layout(struct random_record *r)
{
	r->size = (uint16_t)weir_record_layout(r->fields, r->n);
}

static inline void random_record(struct random_record *r, uint64_t *rng)
{
	memset(r, 0, sizeof *r);
	r->n = random_below(rng, 3) ? 1 + random_below(rng, RANDOM_FIELDS) : 1;
	for (size_t i = 0; i < r->n; i++) {
		r->fields[i].kind = (uint8_t)random_below(rng, WEIR_KINDS);
		r->fields[i].text_max =
			r->fields[i].kind == WEIR_TEXT ? (uint16_t)random_below(rng, 7) : (uint16_t)0;
	}
	random_layout(r);
}

/* ---- code ---- */

static inline struct weir_insn *random_emit(
	struct random_stage *s, enum weir_opcode op, unsigned dst, unsigned a, unsigned b, uint32_t imm)
{
	struct weir_insn *insn = &s->code[s->program.n_code++];

	if (s->program.n_code >= RANDOM_CODE)
		abort();
	*insn = (struct weir_insn){
		.op = (uint8_t)op, .dst = (uint8_t)dst, .a = (uint8_t)a, .b = (uint8_t)b, .imm = imm
	};
	return insn;
}

static inline uint32_t random_const(struct random_stage *s, union weir_value v)
{
	if (s->program.n_consts >= RANDOM_CONSTS)
		abort();
	s->consts[s->program.n_consts] = v;
	return s->program.n_consts++;
}

/* A register that may be overwritten. */
static inline unsigned random_dst(struct random_stage *s)
{
	unsigned r;

	do
		r = random_below(&s->rng, RANDOM_REGS);
	while (s->protect[r]);
	return r;
}

static inline void random_constant(struct random_stage *s, unsigned dst, char class)
{
	static const char *const texts[] = { "\0\0", "\1\0a", "\2\0ab", "\3\0bab" };
	union weir_value v = { .u = 0 };

	switch (class) {
	case 'F':
		v.f = (float)random_double(&s->rng, s->wild);
		break;
	case 'D':
		v.d = random_double(&s->rng, s->wild);
		break;
	case 'B':
		v.u = random_below(&s->rng, 2);
		break;
	case 'T':
		v.text = texts[random_below(&s->rng, 4)];
		break;
	default:
		v.i = random_i64(&s->rng, s->wild);
		if (class == 'U' && v.i < 0)
			v.i = ~v.i;
		break;
	}
	random_emit(s, WEIR_OP_CONST, dst, 0, 0, random_const(s, v));
	s->class_of[dst] = class;
}

static inline char random_kind_class(uint8_t kind)
{
	switch (kind) {
	case WEIR_BOOL:
		return 'B';
	case WEIR_U8:
	case WEIR_U16:
	case WEIR_U32:
	case WEIR_U64:
		return 'U';
	case WEIR_F32:
		return 'F';
	case WEIR_F64:
		return 'D';
	case WEIR_TEXT:
		return 'T';
	default:
		return 'I';
	}
}

/* Some register of the class: one there is, else a field or a constant put in a free one. */
static inline unsigned random_operand(struct random_stage *s, char class)
{
	unsigned start = random_below(&s->rng, RANDOM_REGS), dst;

	if (random_below(&s->rng, 4))
		for (unsigned k = 0; k < RANDOM_REGS; k++)
			if (s->class_of[(start + k) % RANDOM_REGS] == class)
				return (start + k) % RANDOM_REGS;
	dst = random_dst(s);
	for (size_t k = 0; k < s->in->n; k++) {
		const struct weir_field *f = &s->in->fields[(start + k) % s->in->n];

		if (random_kind_class(f->kind) == class && random_below(&s->rng, 4)) {
			random_emit(s, (enum weir_opcode)(WEIR_OP_LOAD_BOOL + f->kind), dst, 0, 0, f->offset);
			s->class_of[dst] = class;
			return dst;
		}
	}
	random_constant(s, dst, class);
	return dst;
}

/* Every computing opcode with its classes: result, operands. */
static const struct random_op {
	uint8_t op;
	const char *classes; /* result, a, b */
} random_ops[] = {
#define OP(name, classes)               \
	{                               \
		WEIR_OP_##name, classes \
	}
	OP(ADD_I, "III"), OP(SUB_I, "III"), OP(MUL_I, "III"), OP(DIV_I, "III"), OP(REM_I, "III"),
	OP(NEG_I, "II"), OP(ABS_I, "II"), OP(MIN_I, "III"), OP(MAX_I, "III"), OP(ADD_U, "UUU"),
	OP(SUB_U, "UUU"), OP(MUL_U, "UUU"), OP(DIV_U, "UUU"), OP(REM_U, "UUU"), OP(MIN_U, "UUU"),
	OP(MAX_U, "UUU"), OP(ADD_F, "FFF"), OP(SUB_F, "FFF"), OP(MUL_F, "FFF"), OP(DIV_F, "FFF"),
	OP(NEG_F, "FF"), OP(ABS_F, "FF"), OP(MIN_F, "FFF"), OP(MAX_F, "FFF"), OP(ADD_D, "DDD"),
	OP(SUB_D, "DDD"), OP(MUL_D, "DDD"), OP(DIV_D, "DDD"), OP(NEG_D, "DD"), OP(ABS_D, "DD"),
	OP(MIN_D, "DDD"), OP(MAX_D, "DDD"), OP(SQRT_F, "FF"), OP(FLOOR_F, "FF"), OP(CEIL_F, "FF"),
	OP(ROUND_F, "FF"), OP(SQRT_D, "DD"), OP(FLOOR_D, "DD"), OP(CEIL_D, "DD"), OP(ROUND_D, "DD"),
	OP(ISNAN_F, "BF"), OP(ISNAN_D, "BD"), OP(AND_I, "III"), OP(OR_I, "III"), OP(XOR_I, "III"),
	OP(NOT_I, "II"), OP(SHL_I, "III"), OP(SHR_I, "III"), OP(AND_U, "UUU"), OP(OR_U, "UUU"),
	OP(XOR_U, "UUU"), OP(NOT_U, "UU"), OP(SHL_U, "UUI"), OP(SHR_U, "UUU"), OP(EQ_I, "BII"),
	OP(NE_I, "BII"), OP(LT_I, "BII"), OP(LE_I, "BII"), OP(LT_U, "BUU"), OP(LE_U, "BUU"), OP(EQ_F, "BFF"),
	OP(NE_F, "BFF"), OP(LT_F, "BFF"), OP(LE_F, "BFF"), OP(EQ_D, "BDD"), OP(NE_D, "BDD"), OP(LT_D, "BDD"),
	OP(LE_D, "BDD"), OP(EQ_T, "BTT"), OP(NE_T, "BTT"), OP(LT_T, "BTT"), OP(LE_T, "BTT"), OP(EQ_B, "BBB"),
	OP(NE_B, "BBB"), OP(AND_B, "BBB"), OP(OR_B, "BBB"), OP(NOT_B, "BB"), OP(I_TO_U, "UI"),
	OP(U_TO_I, "IU"), OP(I_TO_F, "FI"), OP(I_TO_D, "DI"), OP(U_TO_F, "FU"), OP(U_TO_D, "DU"),
	OP(F_TO_D, "DF"), OP(D_TO_F, "FD"), OP(F_TO_I, "IF"), OP(F_TO_U, "UF"), OP(D_TO_I, "ID"),
	OP(D_TO_U, "UD"), OP(B_TO_I, "IB"), OP(I_TO_B, "BI"), OP(HOUR, "II"), OP(MINUTE, "II"),
	OP(WEEKDAY, "II"), OP(EXP_D, "DD"), OP(LOG_D, "DD"), OP(POW_D, "DDD"), OP(SIN_D, "DD"),
	OP(COS_D, "DD")
#undef OP
};
#define RANDOM_OPS (sizeof random_ops / sizeof random_ops[0])

static inline void random_compute(struct random_stage *s)
{
	const struct random_op *op = &random_ops[random_below(&s->rng, RANDOM_OPS)];
	unsigned a = random_operand(s, op->classes[1]), b = a, dst;

	s->protect[a]++;
	if (op->classes[2])
		b = random_operand(s, op->classes[2]);
	s->protect[a]--;
	dst = random_dst(s);
	random_emit(s, (enum weir_opcode)op->op, dst, a, b, 0);
	s->class_of[dst] = op->classes[0];
}

static inline void random_simple(struct random_stage *s)
{
	unsigned a, dst;

	switch (random_below(&s->rng, 12)) {
	case 0:
		a = random_operand(s, "IUFDBT"[random_below(&s->rng, 6)]);
		dst = random_dst(s);
		random_emit(s, WEIR_OP_MOV, dst, a, 0, 0);
		s->class_of[dst] = s->class_of[a];
		break;
	case 1:
		if (s->wild && s->wild < 100) {
			a = random_operand(s, 'I');
			dst = random_dst(s);
			random_emit(s, WEIR_OP_NARROW_I, dst, a, 0, WEIR_I8 + random_below(&s->rng, 8));
			s->class_of[dst] = 'I';
		}
		break;
	default:
		random_compute(s);
		break;
	}
}

/* What a jump may pass over must not leave registers behind: it works in registers of its own. */
struct random_before {
	char class_of[RANDOM_REGS];
	int protect[RANDOM_REGS];
};

static inline struct random_before random_enter(struct random_stage *s)
{
	struct random_before before;

	memcpy(before.class_of, s->class_of, sizeof before.class_of);
	memcpy(before.protect, s->protect, sizeof before.protect);
	for (unsigned r = 0; r < RANDOM_REGS; r++)
		if (s->class_of[r])
			s->protect[r]++;
	return before;
}

static inline void random_leave(struct random_stage *s, const struct random_before *before)
{
	memcpy(s->class_of, before->class_of, sizeof before->class_of);
	memcpy(s->protect, before->protect, sizeof before->protect);
}

/* Free registers enough for an inner part. */
static inline void random_forget(struct random_stage *s, unsigned keep)
{
	for (unsigned r = 0; r < RANDOM_REGS; r++)
		if (r != keep && r % 2 && !s->protect[r])
			s->class_of[r] = 0;
}

/* A value of the class where everything it needs is computed in place. */
static inline unsigned random_part(struct random_stage *s, char class)
{
	unsigned a = random_operand(s, class), dst;

	for (unsigned tries = 0; tries < 20; tries++) {
		const struct random_op *op = &random_ops[random_below(&s->rng, RANDOM_OPS)];

		if (op->classes[0] != class || (op->classes[2] && op->classes[2] != op->classes[1]))
			continue;
		unsigned b = random_operand(s, op->classes[1]);
		dst = random_dst(s);
		random_emit(s, (enum weir_opcode)op->op, dst, b, b, 0);
		s->class_of[dst] = class;
		return dst;
	}
	return a;
}

/* `a && b`, `a || b` */
static inline void random_circuit(struct random_stage *s)
{
	bool and = random_below(&s->rng, 2);
	unsigned a = random_operand(s, 'B'), r;
	struct random_before before;
	uint16_t jump;

	s->protect[a]++;
	random_forget(s, a);
	r = random_dst(s);
	random_emit(s, WEIR_OP_MOV, r, a, 0, 0);
	s->protect[a]--;
	s->class_of[r] = 'B';
	jump = s->program.n_code;
	random_emit(s, and? WEIR_OP_JZ : WEIR_OP_JNZ, 0, r, 0, 0);
	before = random_enter(s);
	unsigned b = random_part(s, 'B');
	random_emit(s, and? WEIR_OP_AND_B : WEIR_OP_OR_B, r, r, b, 0);
	random_leave(s, &before);
	s->code[jump].imm = s->program.n_code;
}

/* `c ? x : y` */
static inline void random_choice(struct random_stage *s)
{
	char class = "IUFDBT"[random_below(&s->rng, 6)];
	unsigned c = random_operand(s, 'B'), x, y, dst;
	struct random_before before, inner;
	uint16_t first, second;

	s->protect[c]++;
	random_forget(s, c);
	before = random_enter(s);
	first = s->program.n_code;
	random_emit(s, WEIR_OP_JZ, 0, c, 0, 0);
	x = random_dst(s);
	s->protect[x]++;
	inner = random_enter(s);
	if (random_below(&s->rng, 3) == 0)
		random_constant(s, x, class);
	else
		random_emit(s, WEIR_OP_MOV, x, random_part(s, class), 0, 0);
	random_leave(s, &inner);
	second = s->program.n_code;
	random_emit(s, WEIR_OP_JMP, 0, 0, 0, 0);
	s->code[first].imm = s->program.n_code;
	y = random_dst(s);
	s->protect[y]++;
	if (random_below(&s->rng, 3) == 0)
		random_constant(s, y, class);
	else
		random_emit(s, WEIR_OP_MOV, y, random_part(s, class), 0, 0);
	s->code[second].imm = s->program.n_code;
	random_leave(s, &before);
	dst = random_dst(s);
	random_emit(s, WEIR_OP_SEL, dst, c, x, y);
	s->class_of[dst] = class;
	if (dst != x)
		s->class_of[x] = 0;
	if (dst != y)
		s->class_of[y] = 0;
	s->protect[c]--;
}

static inline void random_filter(struct random_stage *s)
{
	random_emit(s, WEIR_OP_FILTER, 0, random_operand(s, 'B'), 0, 0);
	s->program.filters = true;
}

static inline void random_body(struct random_stage *s, unsigned length)
{
	for (unsigned i = 0; i < length; i++)
		switch (random_below(&s->rng, 12)) {
		case 0:
			random_circuit(s);
			break;
		case 1:
			random_choice(s);
			break;
		default:
			random_simple(s);
			break;
		}
}

/* An integer in reg made to fit the kind, for most items, and checked. */
static inline unsigned random_fit(struct random_stage *s, const struct weir_field *f)
{
	char class = random_kind_class(f->kind);
	unsigned reg = random_operand(s, class), mask, dst;
	union weir_value v = { .i = 127 };

	if (class == 'T') {
		random_emit(s, WEIR_OP_TEXT_FITS, 0, reg, 0, f->text_max);
		return reg;
	}
	if (class != 'I' && class != 'U')
		return reg;
	if (f->kind == WEIR_I64 || f->kind == WEIR_TIME || f->kind == WEIR_U64)
		return reg;
	if (random_below(&s->rng, 8)) {
		s->protect[reg]++;
		mask = random_dst(s);
		random_emit(s, WEIR_OP_CONST, mask, 0, 0, random_const(s, v));
		s->class_of[mask] = 0;
		s->protect[reg]--;
		dst = random_dst(s);
		random_emit(s, class == 'I' ? WEIR_OP_AND_I : WEIR_OP_AND_U, dst, reg, mask, 0);
		s->class_of[dst] = class;
		reg = dst;
	}
	random_emit(s, class == 'I' ? WEIR_OP_NARROW_I : WEIR_OP_NARROW_U, reg, reg, 0, f->kind);
	return reg;
}

static inline void random_store(struct random_stage *s, const struct weir_field *f, unsigned reg)
{
	union weir_value v = { .u = f->text_max };

	random_emit(s, (enum weir_opcode)(WEIR_OP_STORE_BOOL + f->kind), 0, reg,
		f->kind == WEIR_TEXT ? random_const(s, v) : 0, f->offset);
}

/* Values for the fields wanted, all computed and kept, then all stored. */
static inline void random_stores(struct random_stage *s, const bool *wanted)
{
	unsigned reg[RANDOM_FIELDS + 2];

	random_forget(s, RANDOM_REGS);
	for (size_t i = 0; i < s->out.n; i++)
		if (wanted[i]) {
			if (s->program.in_place && s->out.fields[i].kind == WEIR_TEXT) {
				reg[i] = random_dst(s);
				random_constant(s, reg[i], 'T');
				random_emit(s, WEIR_OP_TEXT_FITS, 0, reg[i], 0, s->out.fields[i].text_max);
			} else {
				reg[i] = random_fit(s, &s->out.fields[i]);
			}
			s->protect[reg[i]]++;
		}
	for (size_t i = 0; i < s->out.n; i++)
		if (wanted[i])
			random_store(s, &s->out.fields[i], reg[i]);
	memset(s->protect, 0, sizeof s->protect);
}

/* What a stage can be: map to another record, set some fields, append a field, or a filter alone. */
static inline void random_shape(struct random_stage *s, bool *wanted)
{
	struct weir_program *p = &s->program;
	uint32_t bytes = 0;

	s->out = *s->in;
	switch (random_below(&s->rng, 4)) {
	case 0:
		random_record(&s->out, &s->rng);
		for (size_t i = 0; i < s->out.n; i++) {
			bytes += (uint32_t)weir_kind_size(
				(enum weir_kind)s->out.fields[i].kind, s->out.fields[i].text_max);
			wanted[i] = true;
		}
		p->covers = bytes == s->out.size;
		p->in_place = weir_program_can_share(s->in->size, s->out.size, 0, p->covers);
		break;
	case 1:
		p->copy_size = s->in->size;
		p->in_place = true;
		for (size_t i = 0; i < s->out.n; i++)
			wanted[i] = random_below(&s->rng, 2);
		break;
	case 2:
		if (s->out.n < RANDOM_FIELDS) {
			const struct weir_field *last = &s->in->fields[s->in->n - 1];

			p->copy_size = (uint16_t)(last->offset +
						  weir_kind_size((enum weir_kind)last->kind, last->text_max));
			s->out.fields[s->out.n].kind = (uint8_t)random_below(&s->rng, WEIR_TEXT);
			s->out.fields[s->out.n].text_max = 0;
			wanted[s->out.n++] = true;
			random_layout(&s->out);
			wanted[0] = random_below(&s->rng, 2);
			break;
		} /* fall through */
	default:
		p->copy_size = s->in->size;
		p->in_place = true;
		break;
	}
}

static inline void random_stage(struct random_stage *s, const struct random_record *in, uint64_t seed,
	unsigned wild, unsigned segments)
{
	bool wanted[RANDOM_FIELDS + 2] = { false };

	memset(s, 0, sizeof *s);
	s->rng = seed * UINT64_C(0x9e3779b97f4a7c15) + 1;
	s->wild = wild;
	s->in = in;
	random_next(&s->rng);
	random_shape(s, wanted);
	for (unsigned k = 0; k < segments; k++) {
		if (k || random_below(&s->rng, 2))
			random_emit(s, WEIR_OP_SEGMENT, 0, 0, 0, k);
		random_body(s, random_below(&s->rng, 9));
		if (random_below(&s->rng, 2))
			random_filter(s);
		if (random_below(&s->rng, 4) == 0)
			random_body(s, 3);
	}
	random_stores(s, wanted);
	s->program.code = s->code;
	s->program.consts = s->consts;
	s->program.in_size = in->size;
	s->program.out_size = s->out.size;
	s->program.n_regs = RANDOM_REGS;
	s->program.n_segments = (uint8_t)segments;
}

#endif
