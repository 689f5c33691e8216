/* SPDX-License-Identifier: MIT */
/* conditions.c -- see conditions.h. */
#include "conditions.h"
#include "bed.h"

static const union weir_value consts[] = { { .i = 6 }, { .i = 1 } };
static const struct weir_insn code[] = {
	{ .op = WEIR_OP_CONST, .dst = 0, .imm = 0 },
	{ .op = WEIR_OP_LOAD_I64, .dst = 1, .imm = offsetof(struct bed_item, v) },
	{ .op = WEIR_OP_DIV_I, .dst = 2, .a = 0, .b = 1 },
	{ .op = WEIR_OP_CONST, .dst = 3, .imm = 1 },
	{ .op = WEIR_OP_LT_I, .dst = 4, .a = 3, .b = 2 },
	{ .op = WEIR_OP_FILTER, .a = 4 },
};
const struct weir_program condition_small = { .code = code,
	.n_code = 6,
	.consts = consts,
	.n_consts = 2,
	.in_size = sizeof(struct bed_item),
	.out_size = sizeof(struct bed_item),
	.copy_size = sizeof(struct bed_item),
	.n_segments = 1,
	.n_regs = 5,
	.in_place = true,
	.filters = true,
	.covers = true };
