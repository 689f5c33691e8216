/* SPDX-License-Identifier: MIT */
/*
 * scan.h -- the step of a scan over a block of records, as columns.
 *
 * What a step makes of the record alone is worked out a column at a time, as in any program. A state may then be
 * added to it, subtracted from, or compared with it by min and max: that is one pass, in which each lane goes on from
 * the one before. Steps of other forms, and blocks in which a lane might fail, are left to the items. Freestanding.
 */
#ifndef WEIR_SCAN_H
#define WEIR_SCAN_H

#include <weir/kernels.h>

#ifdef __cplusplus
extern "C" {
#endif

struct weir_scan_block {
	const struct weir_program *step; /* from and to the output record */
	const void *in;
	void *out;    /* overlaps nothing */
	void *states; /* the end of the output record before the first one made; becomes that of the last */
	uint32_t in_size;
	uint32_t states_at; /* where the states begin in the output record */
	uint32_t n_states;  /* each is stored by the step, or it goes by items */
};

/* Shorter runs go item by item. */
#define WEIR_SCAN_FEWEST 8u

/*
 * Make output records of the first of n items. Returns of how many; 0: the next ones must go item by item, and nothing
 * has changed. scratch: weir_program_scratch(step) bytes.
 */
uint32_t weir_scan_columns(
	const struct weir_scan_block *block, const struct weir_kernels *kernels, void *scratch, uint32_t n);

#ifdef __cplusplus
}
#endif
#endif
