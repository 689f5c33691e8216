/* SPDX-License-Identifier: MIT */
/*
 * program.c -- run a program over a span: in registers where the builder has seen to that, else columns where that
 * pays, items where it must be exact.
 *
 * A block that the column path is not sure of is run again item by item. When that finds no fault the
 * program guards a dangerous operation (`y != 0 && x / y > 2`), which columns cannot see; the rest of the
 * span goes straight to the items.
 */
#include <string.h>

#include <weir/calls.h>
#include <weir/config.h>

#include "program_paths.h"

static uint32_t block_size(uint32_t left)
{
	return left < WEIR_BLOCK_ITEMS ? left : WEIR_BLOCK_ITEMS;
}

/* After a fault a run goes on with an output that lags behind the input it shares memory with. */
static bool shares_memory(const struct weir_program *p, const void *in, uint32_t n, const void *out)
{
	uintptr_t from = (uintptr_t)in, to = (uintptr_t)out;

	return p->in_place && to <= from && from - to < (uintptr_t)n * p->out_size;
}

/* Blocks of columns until an item fails, or too few are left. */
static void run_columns(
	struct weir_program_call *call, const struct weir_kernels *kernels, void *scratch, uint32_t n)
{
	struct weir_columns *columns = weir_columns_init(scratch, call->program, kernels);

	while (n - call->ran.taken >= WEIR_COLUMNS_FEWEST) {
		uint32_t block = block_size(n - call->ran.taken);

		if (!weir_columns_block(columns, call, block)) {
			weir_program_items(call, call->ran.taken + block);
			break;
		}
	}
}

size_t weir_program_scratch(const struct weir_program *p)
{
	return !WEIR_WITH_INTERPRETER || p->native != NULL || p->is_calls ? 0 : weir_columns_size(p);
}

struct weir_ran weir_program_run(const struct weir_program *p, const struct weir_kernels *kernels,
	void *scratch, const void *in, const int64_t *in_instants, uint32_t n, void *out,
	int64_t *out_instants, uint32_t *dropped)
{
	struct weir_program_call call;

	if (WEIR_WITH_INTERPRETER && p->is_calls)
		return weir_calls_run(p, in, in_instants, n, out, out_instants, dropped);
	call = (struct weir_program_call){
		.program = p,
		.in = in,
		.in_instants = in_instants,
		.out = out,
		.out_instants = out_instants,
		.dropped = dropped,
		.in_place = shares_memory(p, in, n, out),
	};

	if (WEIR_WITH_INTERPRETER && kernels && scratch && !p->native && n >= WEIR_COLUMNS_FEWEST) {
		if (p->n_tile > 0 && kernels->run_tiles)
			weir_tiles_run(&call, kernels, scratch, n);
		if (n - call.ran.taken >= WEIR_COLUMNS_FEWEST)
			run_columns(&call, kernels, scratch, n);
	}
	if (call.ran.fault == 0 && call.ran.taken < n)
		weir_program_items(&call, n);
	return call.ran;
}
