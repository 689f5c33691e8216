/* SPDX-License-Identifier: MIT */
/*
 * latest.h -- the latest item of each input, side by side: what combine_latest and with_latest_from hold.
 *
 *	in 0    --1-----2-----
 *	in 1    -----a-----b--
 *	record    1  1a 2a 2b
 *
 * An item that is put in counts as queued until a record it is part of goes out, or until another replaces it before
 * that: then it was not wanted, and counts as `filtered`. Freestanding.
 */
#ifndef WEIR_LATEST_H
#define WEIR_LATEST_H

#include <weir/joint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What is known of an input. Private. */
struct weir_latest_input {
	int64_t instant;
	bool has;   /* an item */
	bool fresh; /* that was in no record yet */
};

/* Read-only for users. */
struct weir_latest {
	struct weir_joint joint;
	struct weir_latest_input *inputs;
	unsigned char *record;
	uint16_t n_inputs;
	uint16_t missing; /* inputs without an item */
};

/* Bytes weir_latest_init needs, a multiple of 8. place->out is the joint record. */
size_t weir_latest_size(const struct weir_place *place);
/* From init; memory (8-aligned, zeroed) is the stage's. As weir_joint_init. */
int weir_latest_init(struct weir_ctx *c, struct weir_latest *l, void *memory, const struct weir_place *place);
/* Take the next item that waits on an input and put it in. There must be one. */
void weir_latest_take(struct weir_ctx *c, struct weir_latest *l, uint16_t port);
/* Write the record to place j of out, with the instant of the latest of its items, or of `port` if that is an input. */
void weir_latest_get(
	struct weir_ctx *c, struct weir_latest *l, struct weir_span *out, uint32_t j, uint16_t port);
#define WEIR_LATEST_OF_ALL UINT16_MAX

#ifdef __cplusplus
}
#endif
#endif
