/* SPDX-License-Identifier: MIT */
/*
 * sequence.h -- inputs that are passed on one after the other, the next when the one before has completed: what concat and or_else are.
 *
 *	in 0  --1-2-|
 *	in 1           a-b-|
 *	out   --1-2----a-b-|
 *
 * Only the input whose turn it is is asked for items, and what it says is heard; what another one says waits on its edge,
 * errors too. Spans are passed on where they lie. Freestanding.
 */
#ifndef WEIR_SEQUENCE_H
#define WEIR_SEQUENCE_H

#include <weir/relay.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The whole state of such a stage. Read-only for users. */
struct weir_sequence {
	struct weir_relay relay;
	int64_t time_ns; /* of the current input; INT64_MIN: it said nothing of it */
	struct weir_mark end;
	uint16_t current, n_inputs;
	bool any;    /* the current one gave an item */
	bool ended;  /* it has ended: by `end` */
	bool others; /* there are inputs behind it that may have their turn */
};

int64_t weir_sequence_size(const struct weir_place *place);
void weir_sequence_flow(const struct weir_place *place, uint16_t port, struct weir_flow *flow);
int weir_sequence_init(struct weir_ctx *c, const struct weir_place *place);
/* A run callback: pass on what can be. True: the current input has completed, and another may follow. */
bool weir_sequence_run(struct weir_ctx *c);
/* Then: it does. */
void weir_sequence_next(struct weir_ctx *c);
/* None will follow: the other inputs are cancelled, and the stage ends as the current one does. */
void weir_sequence_settle(struct weir_ctx *c);

#ifdef __cplusplus
}
#endif
#endif
