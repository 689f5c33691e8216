/* SPDX-License-Identifier: MIT */
/*
 * joint.h -- records of several inputs side by side in one: what zip and kin make.
 *
 * The joint record has the fields of input 0, of input 1 and so on, in their order, laid out as any record is. So an
 * input's record goes into it in one piece, or in a few where the layout shifts a field. Freestanding.
 */
#ifndef WEIR_JOINT_H
#define WEIR_JOINT_H

#include <weir/kernels.h>
#include <weir/op.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Bytes that keep their distance to each other. Private. */
struct weir_joint_piece {
	uint16_t from, to, bytes; /* offset in the input's record, in the joint one */
	uint16_t port;
};

/* Private. */
struct weir_joint {
	struct weir_joint_piece *pieces; /* sorted by port */
	uint16_t n_pieces;
	uint16_t size; /* of the joint record */
};

/* Bytes weir_joint_init needs, a multiple of 8. place->out is the joint record. */
size_t weir_joint_size(const struct weir_place *place);
/* From init; memory (8-aligned) is the stage's. WEIR_EINVAL: the inputs' fields are not those of the output. */
int weir_joint_init(struct weir_ctx *c, struct weir_joint *j, void *memory, const struct weir_place *place);
/* Put n records of an input into as many joint ones. What lies between fields is left as it is. kernels may be NULL. */
void weir_joint_put(const struct weir_joint *j, const struct weir_kernels *kernels, uint16_t port,
	const void *items, uint32_t item_bytes, uint32_t n, void *joined);
/* Size of an input's record. */
uint32_t weir_joint_item_bytes(const struct weir_ctx *c, uint16_t port);

#ifdef __cplusplus
}
#endif
#endif
