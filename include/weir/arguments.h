/* SPDX-License-Identifier: MIT */
/*
 * arguments.h -- the arguments of aggregates for the items of a span: plain fields, or computed some ahead.
 *
 * Computing has no effects, so it may run ahead of what is taken; a fault counts only when its item's turn
 * comes. Freestanding; any context.
 */
#ifndef WEIR_ARGUMENTS_H
#define WEIR_ARGUMENTS_H

#include <weir/aggregates.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Read-only for users. */
struct weir_arguments {
	const struct weir_aggregates *aggregates;
	unsigned char *computed; /* of items first .. first + count - 1 of the span */
	uint32_t first, count;
	uint32_t batch;        /* computed at most; 0: arguments are plain fields */
	uint32_t stride_bytes; /* from one item's arguments to the next's */
};

/* Bytes weir_arguments_init needs, a multiple of 8. batch >= 1: items computed at a time. */
size_t weir_arguments_size(const struct weir_aggregates *a, uint32_t batch);
/* memory: 8-aligned, the caller's. item_bytes: of the items' record. */
void weir_arguments_init(struct weir_arguments *g, void *memory, const struct weir_aggregates *a,
	uint32_t batch, uint32_t item_bytes);
/* Another span, or the rest of one that was cut: nothing is computed yet. */
void weir_arguments_begin(struct weir_arguments *g);
/*
 * The arguments of up to *n items of in from item i on; *n becomes how many there are: 0 when item i has a fault,
 * whose WEIR_E... is then in *code.
 */
const void *weir_arguments_of(
	struct weir_arguments *g, const struct weir_span *in, uint32_t i, uint32_t *n, int *code);

#ifdef __cplusplus
}
#endif
#endif
