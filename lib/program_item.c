/* SPDX-License-Identifier: MIT */
/*
 * program_item.c -- run a program one record at a time: the definition of what it means.
 *
 * Instructions are taken in order, jumps are followed, and the first fault ends the item. Programs compiled
 * to C take the interpreter's place here. Short spans come this way because a block of columns costs more
 * to set up than they last.
 */
#include "program_paths.h"

#include <string.h>

#include <weir/calls.h>
#include <weir/config.h>
#include <weir/error.h>

#include "kernels/columns.h"
#include "kernels/ops.h"

/* Registers of most programs; more live in a frame that only large programs pay for. */
#define SMALL_REGS 32u
#define LARGE_REGS 256u

static int fault_at(uint32_t segment, int code)
{
	return -(int)(256 * segment + (uint32_t)-code);
}

/* The output begins as the first copy_size bytes of the input and zeros. */
static void begin_record(const struct weir_program *p, const unsigned char *in, unsigned char *out)
{
	if (in == out)
		return;
	if (p->copy_size)
		memcpy(out, in, p->copy_size);
	if (!p->covers)
		memset(out + p->copy_size, 0, (size_t)(p->out_size - p->copy_size));
}

/* The registers of an instruction, each read where it is used: most instructions have less than three. */
#define DST    regs[insn->dst]
#define FIRST  regs[insn->a]
#define SECOND regs[insn->b]

/* Returns as a weir_native_fn does. */
static int run_item(
	const struct weir_program *p, union weir_value *regs, const unsigned char *in, unsigned char *out)
{
	uint32_t segment = 0;
	const struct weir_insn *insn = p->code, *end = p->code;

	begin_record(p, in, out);
	if (p->n_code > 0) { /* none lie nowhere */
		insn += p->n_once;
		end += p->n_code;
	}
	for (; insn < end; insn++) {
		switch ((enum weir_opcode)insn->op) {
#define UNARY(name, R, A, value)                                              \
	case WEIR_OP_##name: {                                                \
		const weir_lane_##A x = (weir_lane_##A)FIRST.WEIR_MEMBER_##A; \
		DST.WEIR_MEMBER_##R = (weir_lane_##R)(value);                 \
		break;                                                        \
	}
#define UNARY_CHECKED(name, R, A, value, fault)                               \
	case WEIR_OP_##name: {                                                \
		const weir_lane_##A x = (weir_lane_##A)FIRST.WEIR_MEMBER_##A; \
		const int code = (fault);                                     \
		if (code != 0)                                                \
			return fault_at(segment, code);                       \
		DST.WEIR_MEMBER_##R = (weir_lane_##R)(value);                 \
		break;                                                        \
	}
#define BINARY(name, R, A, B, value)                                           \
	case WEIR_OP_##name: {                                                 \
		const weir_lane_##A x = (weir_lane_##A)FIRST.WEIR_MEMBER_##A;  \
		const weir_lane_##B y = (weir_lane_##B)SECOND.WEIR_MEMBER_##B; \
		DST.WEIR_MEMBER_##R = (weir_lane_##R)(value);                  \
		break;                                                         \
	}
#define BINARY_CHECKED(name, R, A, B, value, fault)                            \
	case WEIR_OP_##name: {                                                 \
		const weir_lane_##A x = (weir_lane_##A)FIRST.WEIR_MEMBER_##A;  \
		const weir_lane_##B y = (weir_lane_##B)SECOND.WEIR_MEMBER_##B; \
		const int code = (fault);                                      \
		if (code != 0)                                                 \
			return fault_at(segment, code);                        \
		DST.WEIR_MEMBER_##R = (weir_lane_##R)(value);                  \
		break;                                                         \
	}
#define FIELD(kind, T, C, stored, loaded)                                     \
	case WEIR_OP_LOAD_##kind: {                                           \
		T v;                                                          \
		memcpy(&v, in + insn->imm, sizeof v);                         \
		DST.WEIR_MEMBER_##C = (weir_lane_##C)(loaded);                \
		break;                                                        \
	}                                                                     \
	case WEIR_OP_STORE_##kind: {                                          \
		const weir_lane_##C r = (weir_lane_##C)FIRST.WEIR_MEMBER_##C; \
		const T v = (T)(stored);                                      \
		memcpy(out + insn->imm, &v, sizeof v);                        \
		break;                                                        \
	}
			WEIR_UNARY_OPS(UNARY)
			WEIR_UNARY_CHECKED_OPS(UNARY_CHECKED)
			WEIR_BINARY_OPS(BINARY)
			WEIR_BINARY_CHECKED_OPS(BINARY_CHECKED)
			WEIR_BINARY_TUNED_OPS(BINARY_CHECKED)
			WEIR_FIELD_OPS(FIELD)
#undef UNARY
#undef UNARY_CHECKED
#undef BINARY
#undef BINARY_CHECKED
#undef FIELD
		case WEIR_OP_NOP:
			break;
		case WEIR_OP_LOAD_TEXT:
			DST.text = (const char *)(in + insn->imm);
			break;
		case WEIR_OP_STORE_TEXT:
			weir_text_store(out + insn->imm, FIRST.text, (uint32_t)p->consts[insn->b].u);
			break;
		case WEIR_OP_CONST:
			DST = p->consts[insn->imm];
			break;
		case WEIR_OP_MOV:
			DST = FIRST;
			break;
		case WEIR_OP_SEL:
			DST = FIRST.u ? SECOND : regs[insn->imm];
			break;
		case WEIR_OP_NARROW_I:
			if (FIRST.i < weir_kind_least(insn->imm) || FIRST.i > weir_kind_most_i(insn->imm))
				return fault_at(segment, WEIR_ECAST);
			DST.i = FIRST.i;
			break;
		case WEIR_OP_NARROW_U:
			if (FIRST.u > weir_kind_most(insn->imm))
				return fault_at(segment, WEIR_ECAST);
			DST.u = FIRST.u;
			break;
		case WEIR_OP_TEXT_FITS:
			if (weir_text_length(FIRST.text) > insn->imm)
				return fault_at(segment, WEIR_ETOOLONG);
			break;
		case WEIR_OP_JMP:
			insn = p->code + insn->imm - 1;
			break;
		case WEIR_OP_JZ:
			if (!FIRST.u)
				insn = p->code + insn->imm - 1;
			break;
		case WEIR_OP_JNZ:
			if (FIRST.u)
				insn = p->code + insn->imm - 1;
			break;
		case WEIR_OP_SEGMENT:
			segment = insn->imm;
			break;
		case WEIR_OP_FILTER:
			if (!FIRST.u)
				return (int)segment + 1;
			break;
		case WEIR_OPCODES:
		default:
			return fault_at(segment, WEIR_EUNSUPPORTED);
		}
	}
	return 0;
}

/* Write the outcome of the item at ran.taken down; false: a fault. */
static bool count_item(struct weir_program_call *call, int outcome)
{
	struct weir_ran *ran = &call->ran;

	if (outcome < 0) {
		ran->fault = -(-outcome % 256);
		ran->fault_segment = (uint8_t)(-outcome / 256);
		return false;
	}
	if (outcome > 0) {
		call->dropped[outcome - 1]++;
	} else {
		if (call->in_instants)
			call->out_instants[ran->made] = call->in_instants[ran->taken];
		ran->made++;
	}
	ran->taken++;
	return true;
}

/* The constants that nothing else writes; of the other registers none is read before it is written. */
static inline void set_registers(const struct weir_program *p, union weir_value *regs)
{
	for (uint32_t pc = 0; pc < p->n_once; pc++)
		regs[p->code[pc].dst] = p->consts[p->code[pc].imm];
}

static void interpret(struct weir_program_call *call, uint32_t until, union weir_value *regs)
{
	const struct weir_program *p = call->program;
	int outcome;

	set_registers(p, regs);
	do {
		if (call->ran.taken == until)
			return;
		outcome = run_item(p, regs, call->in + (size_t)call->ran.taken * p->in_size,
			call->out + (size_t)call->ran.made * p->out_size);
	} while (count_item(call, outcome));
}

static void interpret_small(struct weir_program_call *call, uint32_t until)
{
	union weir_value regs[SMALL_REGS];
	interpret(call, until, regs);
}

static void interpret_large(struct weir_program_call *call, uint32_t until)
{
	union weir_value regs[LARGE_REGS];
	interpret(call, until, regs);
}

static int interpret_one_small(const struct weir_program *p, const void *in, void *out)
{
	union weir_value regs[SMALL_REGS];

	set_registers(p, regs);
	return run_item(p, regs, in, out);
}

static int interpret_one_large(const struct weir_program *p, const void *in, void *out)
{
	union weir_value regs[LARGE_REGS];

	set_registers(p, regs);
	return run_item(p, regs, in, out);
}

int weir_program_one(const struct weir_program *p, const void *in, void *out)
{
	if (!WEIR_WITH_INTERPRETER || p->native)
		return p->native(in, out);
	if (p->is_calls)
		return weir_calls_one(p, in, out);
	return p->n_regs <= SMALL_REGS ? interpret_one_small(p, in, out) : interpret_one_large(p, in, out);
}

static void run_native(struct weir_program_call *call, uint32_t until)
{
	const struct weir_program *p = call->program;
	int outcome;

	do {
		if (call->ran.taken == until)
			return;
		outcome = p->native(call->in + (size_t)call->ran.taken * p->in_size,
			call->out + (size_t)call->ran.made * p->out_size);
	} while (count_item(call, outcome));
}

void weir_program_items(struct weir_program_call *call, uint32_t until)
{
	if (!WEIR_WITH_INTERPRETER || call->program->native)
		run_native(call, until);
	else if (call->program->n_regs <= SMALL_REGS)
		interpret_small(call, until);
	else
		interpret_large(call, until);
}
