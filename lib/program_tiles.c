/* SPDX-License-Identifier: MIT */
/*
 * program_tiles.c -- run a program over lanes in registers (kernels/tile.h), where the builder has made one for that.
 *
 * Fields that a vector can be loaded of are read where they lie, others come through columns. What is left of a span
 * behind its last whole tile is a tile too, filled up with zeros, whose lanes go where there is room for all.
 */
#include "program_columns.h"

#include <string.h>

#include "kernels/tile.h"

/* In scratch, where the first column would lie; the fields' columns lie behind it. */
struct frame {
	unsigned char slots[WEIR_TILE_SLOTS][WEIR_TILE_SLOT_BYTES];
	unsigned char rest[WEIR_TILE_SLOT_BYTES]; /* the output of the last tile */
	struct weir_tile_step steps[WEIR_TILE_INSNS];
	struct weir_tile_field fields[WEIR_TILE_FIELDS];
	const struct weir_insn *loads[WEIR_TILE_FIELDS];
	uint32_t n_fields;
	struct weir_tiles tiles;
};
_Static_assert(sizeof(struct frame) <= COLUMN_BYTES, "it lies where a column would");

static unsigned char *column_of(struct frame *f, uint32_t field)
{
	return (unsigned char *)f + (field + 1u) * COLUMN_BYTES;
}

/* What a step of an instruction is about. */
static void set_step(struct frame *f, const struct weir_program *p, const struct weir_insn *insn,
	struct weir_tile_step *step)
{
	switch (insn->op) {
	case WEIR_TILE_LOAD:
	case WEIR_TILE_LOAD_EVEN:
	case WEIR_TILE_LOAD_ODD:
		f->loads[f->n_fields] = insn;
		step->field = &f->fields[f->n_fields++];
		break;
	case WEIR_TILE_CHECK:
	case WEIR_TILE_TEST:
		step->values = &p->consts[insn->imm];
		break;
	case WEIR_TILE_KEEP:
		step->value.u = insn->imm;
		break;
	case WEIR_TILE_TRUTH_NOT:
	case WEIR_TILE_OUT:
	case WEIR_TILE_OUT_KEPT:
		break;
	default:
		if (weir_tile_has_slot(insn->op))
			step->slot = f->slots[insn->a];
		else
			step->value = p->consts[insn->imm];
		break;
	}
}

static struct frame *lay_out(void *scratch, const struct weir_program *p, const struct weir_kernels *kernels)
{
	const uintptr_t at = ((uintptr_t)scratch + COLUMN_ALIGN - 1) / COLUMN_ALIGN * COLUMN_ALIGN;
	struct frame *f = (void *)((unsigned char *)scratch + (at - (uintptr_t)scratch));
	const struct weir_insn *insn = p->code + p->n_code;

	f->n_fields = 0;
	for (uint32_t k = 0; k < p->n_tile; k++, insn++) {
		f->steps[k].run = kernels->tile_steps[insn->op];
		set_step(f, p, insn, &f->steps[k]);
	}
	return f;
}

/* Through columns: the lanes of n records, and zeros up to the end of a tile. */
static void fill_columns(struct frame *f, const struct weir_program_call *call,
	const struct weir_kernels *kernels, const unsigned char *in, uint32_t n)
{
	const uint32_t beyond = (kernels->tile_lanes - n % kernels->tile_lanes) % kernels->tile_lanes;

	for (uint32_t k = 0; k < f->n_fields; k++) {
		const struct weir_insn *load = f->loads[k];
		const struct weir_column_args args = {
			.dst = column_of(f, k), .a = in + load->imm, .n = n, .stride = call->program->in_size
		};

		if (load->b == 0)
			continue;
		kernels->op[load->dst](&args);
		memset(column_of(f, k) + n * WEIR_LANE_BYTES, 0, beyond * WEIR_LANE_BYTES);
		f->fields[k].next = column_of(f, k);
	}
}

/* Fields that are read where they lie. */
static void point_at(struct frame *f, const unsigned char *in)
{
	for (uint32_t k = 0; k < f->n_fields; k++)
		if (f->loads[k]->b == 0)
			f->fields[k].next = in;
}

/* The last tile's records, and zeros; in the column that a field has no need of. */
static void point_at_copy(struct frame *f, uint32_t size, uint32_t lanes, const unsigned char *in, uint32_t n)
{
	for (uint32_t k = 0; k < f->n_fields; k++) {
		unsigned char *copy = column_of(f, k);

		if (f->loads[k]->b != 0)
			continue;
		memcpy(copy, in, (size_t)n * size);
		memset(copy + (size_t)n * size, 0, (size_t)(lanes - n) * size);
		point_at(f, copy);
		return;
	}
}

/* Whole tiles, or the last one. Returns how many items were taken, and counts what was made. */
static uint32_t run(struct frame *f, struct weir_program_call *call, const struct weir_kernels *kernels,
	unsigned char *out, uint32_t n)
{
	uint32_t taken, made;

	f->tiles = (struct weir_tiles){ .out = out, .dropped = call->dropped };
	taken = kernels->run_tiles(f->steps, &f->tiles, n);
	made = call->program->filters ? (uint32_t)(f->tiles.out - out) / WEIR_LANE_BYTES : taken;
	if (call->in_instants && made > 0)
		memmove(call->out_instants + call->ran.made, call->in_instants + call->ran.taken,
			made * sizeof *call->in_instants);
	call->ran.taken += taken;
	call->ran.made += made;
	return made;
}

/* False: the block's numbers are too large. */
static bool run_block(
	struct frame *f, struct weir_program_call *call, const struct weir_kernels *kernels, uint32_t n)
{
	const struct weir_program *p = call->program;
	const unsigned char *in = call->in + (size_t)call->ran.taken * p->in_size;
	unsigned char *out = call->out + (size_t)call->ran.made * p->out_size;
	const uint32_t rest = n % kernels->tile_lanes;

	fill_columns(f, call, kernels, in, n);
	point_at(f, in);
	if (n > rest)
		out += (size_t)run(f, call, kernels, out, n - rest) * p->out_size;
	if (rest == 0 || (n > rest && f->tiles.stopped))
		return rest == 0 && !f->tiles.stopped;
	point_at_copy(f, p->in_size, kernels->tile_lanes, in + (size_t)(n - rest) * p->in_size, rest);
	memcpy(out, f->rest, (size_t)run(f, call, kernels, f->rest, rest) * p->out_size);
	return !f->tiles.stopped;
}

void weir_tiles_run(
	struct weir_program_call *call, const struct weir_kernels *kernels, void *scratch, uint32_t until)
{
	struct frame *f;

	if (call->program->filters && call->in_instants)
		return;
	f = lay_out(scratch, call->program, kernels);
	while (call->ran.taken < until) {
		const uint32_t left = until - call->ran.taken;

		if (!run_block(f, call, kernels, left < WEIR_BLOCK_ITEMS ? left : WEIR_BLOCK_ITEMS))
			return;
	}
}
