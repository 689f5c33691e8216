/* SPDX-License-Identifier: MIT */
/*
 * program.h -- a typed register program: what map, set, filter and window expressions become.
 *
 * Text is compiled into programs by hosted code (build.h); running one is freestanding. A program turns one
 * input record into at most one output record. It runs over columns of a span, a block at a time, where
 * every instruction is one pass of a kernel; short spans, and blocks in which anything could have gone
 * wrong, run item by item, which is the exact definition of the meaning: short-circuit, first fault, counts.
 *
 * Neighbouring stages are fused into one program of several segments. A segment is one stage: its filter
 * drops are tallied for it and its faults are reported for it.
 */
#ifndef WEIR_PROGRAM_H
#define WEIR_PROGRAM_H

#include <weir/record.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Opcodes: name. Registers are 64-bit lanes with a class fixed by the instruction: i (int64_t, also time),
 * u (uint64_t), f (float), d (double), b (bool), t (text: pointer to the u16 length).
 * LOAD_k: dst = field of kind k at byte offset imm of the input record.
 * STORE_k: field of kind k at byte offset imm of the output record = a (already narrowed); TEXT: b = unused,
 *          the size N of the target in consts[b].
 *          A NaN is stored as the one positive quiet NaN, for machines disagree on its bits.
 * CONST: dst = consts[imm]; of class b in .u, of class t .text is the address of a u16 length with the bytes
 *        behind it, as in a record. MOV: dst = a.
 * Arithmetic that can fault (marked !) ends the item with the WEIR_E... code named in error.h.
 * MIN, MAX of floats: NaN when either is NaN; -0 is less than +0. REM by -1 is 0. WEEKDAY: 0 is Sunday.
 * FILTER: imm is 1 where no instruction reads a after it, which saves a pass; else 0. b - 1 is the one register that
 *         instructions after it read, constants apart, where no field is loaded and none was copied; else b is 0.
 *
 * Laws of a program. Jumps go forward. What a jump may pass over leaves no register behind, except that
 * `a && b` is  a->r; JZ r,L; b->s; AND_B r,r,s; L:  (`||` alike) and `c ? x : y` is
 * c; JZ c,L1; x; JMP L2; L1: y; L2: SEL,  where what SEL does not choose may be anything. Where in_place is said,
 * stores come after all else. Stored integers fit their field (NARROW), stored text too (TEXT_FITS).
 */
/* clang-format off */
#define WEIR_OPS(X) \
	X(NOP) \
	X(LOAD_BOOL) X(LOAD_I8) X(LOAD_I16) X(LOAD_I32) X(LOAD_I64) X(LOAD_U8) X(LOAD_U16) X(LOAD_U32) X(LOAD_U64) \
	X(LOAD_F32) X(LOAD_F64) X(LOAD_TIME) X(LOAD_TEXT) \
	X(STORE_BOOL) X(STORE_I8) X(STORE_I16) X(STORE_I32) X(STORE_I64) X(STORE_U8) X(STORE_U16) X(STORE_U32) \
	X(STORE_U64) X(STORE_F32) X(STORE_F64) X(STORE_TIME) X(STORE_TEXT) \
	X(CONST) X(MOV) \
	/* whole numbers: ! overflow, division by zero, INT64_MIN / -1 */ \
	X(ADD_I) X(SUB_I) X(MUL_I) X(DIV_I) X(REM_I) X(NEG_I) X(ABS_I) X(MIN_I) X(MAX_I) \
	X(ADD_U) X(SUB_U) X(MUL_U) X(DIV_U) X(REM_U) X(MIN_U) X(MAX_U) \
	X(ADD_F) X(SUB_F) X(MUL_F) X(DIV_F) X(NEG_F) X(ABS_F) X(MIN_F) X(MAX_F) \
	X(ADD_D) X(SUB_D) X(MUL_D) X(DIV_D) X(NEG_D) X(ABS_D) X(MIN_D) X(MAX_D) \
	X(SQRT_F) X(FLOOR_F) X(CEIL_F) X(ROUND_F) X(SQRT_D) X(FLOOR_D) X(CEIL_D) X(ROUND_D) \
	/* double only; f32 operands are converted and the result rounded once */ \
	X(EXP_D) X(LOG_D) X(POW_D) X(SIN_D) X(COS_D) \
	X(ISNAN_F) X(ISNAN_D) \
	/* shifts: ! ESHIFT */ \
	X(AND_I) X(OR_I) X(XOR_I) X(NOT_I) X(SHL_I) X(SHR_I) X(AND_U) X(OR_U) X(XOR_U) X(NOT_U) X(SHL_U) X(SHR_U) \
	X(EQ_I) X(NE_I) X(LT_I) X(LE_I) X(LT_U) X(LE_U) X(EQ_F) X(NE_F) X(LT_F) X(LE_F) X(EQ_D) X(NE_D) X(LT_D) X(LE_D) \
	X(EQ_T) X(NE_T) X(LT_T) X(LE_T) X(EQ_B) X(NE_B) X(AND_B) X(OR_B) X(NOT_B) \
	/* dst = a ? b : (register imm), any class */ \
	X(SEL) \
	/* conversions; ! ECAST where a value can be out of range */ \
	X(I_TO_U) X(U_TO_I) X(I_TO_F) X(I_TO_D) X(U_TO_F) X(U_TO_D) X(F_TO_D) X(D_TO_F) \
	X(F_TO_I) X(F_TO_U) X(D_TO_I) X(D_TO_U) X(B_TO_I) X(I_TO_B) \
	/* i or u fits the kind in imm (enum weir_kind), ! ECAST; value unchanged */ \
	X(NARROW_I) X(NARROW_U) \
	X(HOUR) X(MINUTE) X(WEEKDAY) \
	/* to instruction imm, when register a is false / true; columns compute both sides and ignore these */ \
	X(JMP) X(JZ) X(JNZ) \
	/* imm: the following instructions belong to segment imm */ \
	X(SEGMENT) \
	/* the item goes on when register a is true, else it is dropped in this segment */ \
	X(FILTER) \
	/* ! ETOOLONG when text a is longer than imm bytes */ \
	X(TEXT_FITS)

/* clang-format on */

enum weir_opcode {
#define X(name) WEIR_OP_##name,
	WEIR_OPS(X)
#undef X
		WEIR_OPCODES
};

struct weir_insn {
	uint8_t op;        /* enum weir_opcode */
	uint8_t dst, a, b; /* registers */
	uint32_t imm;      /* offset, constant, kind, jump target, third register */
};

/*
 * A program compiled to C: 0 = the item passes and out is written; n > 0 = dropped by the filter of segment
 * n - 1; negative = -(256 * segment + c): a fault, -c the WEIR_E... code. `out` may be `in` where the
 * program says in_place.
 */
typedef int weir_native_fn(const void *in, void *out);

/* Const; made by the builder or printed as C. */
struct weir_program {
	union {
		const struct weir_insn *code;
		const struct weir_calls
			*calls; /* is_calls: functions of the application's own, one a segment */
	};
	const union weir_value *consts;
	weir_native_fn *native; /* NULL: interpret */
	uint16_t n_code;
	uint16_t n_consts;
	uint16_t in_size, out_size; /* bytes per record */
	uint16_t copy_size; /* the first bytes of the input that the output starts with, copied before stores
			     */
	uint8_t n_regs;
	uint8_t n_segments; /* >= 1 */
	/* The first n_once instructions are CONSTs whose registers nothing else writes: taken once per run. */
	uint16_t n_once;
	bool in_place; /* out may alias in: records of one type, or weir_program_can_share; no text moves */
	bool filters;  /* has a FILTER */
	bool covers;   /* copy_size and the stores reach every byte of the output; else the rest is zeroed */
	bool is_calls; /* calls.h: there is no code */
	/* Behind the code, for hosts: the same program over lanes in registers; its constants lie behind the others. 0: none. */
	uint16_t n_tile;
};

struct weir_calls;   /* calls.h */
struct weir_kernels; /* kernels.h */

/*
 * Whether output of another type can be written over the input: the sizes of a record, what is copied of it, and
 * whether the output is covered. Where outputs are smaller they fall behind, so that nothing must be copied: only the
 * stores, which come last, touch a record that is still to be read from.
 */
static inline bool weir_program_can_share(
	uint16_t in_size, uint16_t out_size, uint16_t copy_size, bool covers)
{
	return covers && (out_size == in_size || (out_size < in_size && copy_size == 0));
}

/* Where a run stopped and what became of the items before that. */
struct weir_ran {
	uint32_t taken; /* items finished: passed or dropped */
	uint32_t made;  /* items written to out */
	int fault;      /* 0: all taken; else the WEIR_E... of item `taken`, which is not counted as taken */
	uint8_t fault_segment;
};

/* Records per block of the column path, and the scratch bytes it needs (16-aligned; 0 for none). */
#define WEIR_BLOCK_ITEMS 1024u
size_t weir_program_scratch(const struct weir_program *p);

/*
 * Run p over in[0 .. n), writing to out (room for n records; may be `in` when p->in_place) and, when
 * instants are given, moving the survivors' instants along. dropped[segment] is added to for every item
 * that a segment's filter refused (n_segments counters).
 * Stops before the first faulting item; call again from there when it was dealt with.
 * scratch: weir_program_scratch(p) bytes, or NULL for the item path only. kernels: NULL for item path only.
 */
struct weir_ran weir_program_run(const struct weir_program *p, const struct weir_kernels *kernels,
	void *scratch, const void *in, const int64_t *in_instants, uint32_t n, void *out,
	int64_t *out_instants, uint32_t *dropped);
/* Whether the condition of a WHEN parameter holds for a record, which is only read: 1, 0, or the WEIR_E... of an item error. */
int weir_program_holds(const struct weir_program *p, const void *record);

/* Make one record of another one, which may not overlap it: 0, or the WEIR_E... of an item error. */
int weir_program_make(const struct weir_program *p, const void *record, void *made);

/* What expressions are worth: a record that a program makes of another one. */
struct weir_values {
	const struct weir_program *program;
	const struct weir_record *record;
};

/* Run p over one record: what the item path does for each. Returns as a weir_native_fn does. */
int weir_program_one(const struct weir_program *p, const void *in, void *out);

#ifdef __cplusplus
}
#endif
#endif
