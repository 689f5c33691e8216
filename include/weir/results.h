/* SPDX-License-Identifier: MIT */
/*
 * results.h -- what becomes of panes: made records that wait for the output, then `emit` over them.
 *
 *	pane --results, key fields, bounds--> made record --emit--> output record
 *
 * Made a batch at a time, so that a pane's place is free again while its result waits. Freestanding; from
 * callbacks of the stage that owns it.
 */
#ifndef WEIR_RESULTS_H
#define WEIR_RESULTS_H

#include <weir/op.h>
#include <weir/fold.h>
#include <weir/keys.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Read-only for users. */
struct weir_results {
	const struct weir_aggregates *aggregates;
	unsigned char *made;
	int64_t *instants;
	uint32_t first, count; /* records from .. to that wait */
	uint32_t batch;        /* records at most */
};

/* Bytes weir_results_init needs, a multiple of 8. batch >= 1. */
size_t weir_results_size(const struct weir_aggregates *a, uint32_t batch);
/* Make an empty one in memory (8-aligned, the caller's). */
void weir_results_init(struct weir_results *r, void *memory, const struct weir_aggregates *a, uint32_t batch);

/* Whether all that was made has been sent. */
bool weir_results_is_empty(const struct weir_results *r);
/* Whether another can be made: count < batch, or all was sent. */
bool weir_results_has_room(const struct weir_results *r);
/* Make the result of a key's accumulator, which is worn out then, with these bounds and this instant. */
void weir_results_make(struct weir_results *r, const struct weir_keys *keys, uint32_t slot, void *acc,
	int64_t start_ns, int64_t end_ns, int64_t instant_ns);
/*
 * Run emit over what was made into out, from *used on. Faults are item errors of the stage. False: one must wait for
 * room in its stream, or the stage has failed.
 */
bool weir_results_emit(struct weir_ctx *c, struct weir_results *r, struct weir_span *out, uint32_t *used);

#ifdef __cplusplus
}
#endif
#endif
