/* SPDX-License-Identifier: MIT */
/*
 * tail.h -- the items that wait while it is not known whether the end follows them: what take_last and skip_last hold.
 *
 * They lie in a queue, marks at their places between them, and count as queued until they are sent or dropped. What ends
 * the stream is kept until the stage is through with what stands before it. Freestanding.
 */
#ifndef WEIR_TAIL_H
#define WEIR_TAIL_H

#include <weir/queue.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Read-only for users. A stage's whole state, with the queue's memory behind it. */
struct weir_tail {
	struct weir_queue queue;
	struct weir_mark end;
	bool ending;    /* `end` has come */
	bool finishing; /* and is a normal one */
};

/* Bytes of a stage that holds so many items, of which `count` wait for others: as state_size returns it. */
int64_t weir_tail_size(const struct weir_place *place, uint32_t slots, uint32_t count);
/* From init. */
void weir_tail_init(struct weir_ctx *c, const struct weir_place *place, uint32_t slots, uint32_t count);
/* Items that have not been sent. */
uint32_t weir_tail_waiting(const struct weir_tail *t);
/* Drop the oldest n of them; they count as `filtered`. */
void weir_tail_drop(struct weir_ctx *c, struct weir_tail *t, uint32_t n);
/* Put items skip to skip + n of the input behind the others; those before are dropped, all are taken. */
void weir_tail_take(struct weir_ctx *c, struct weir_tail *t, uint32_t skip, uint32_t n);
/* Take the marks that are next, up to the end. */
void weir_tail_take_marks(struct weir_ctx *c, struct weir_tail *t);
/* Send the oldest until so many wait, and the marks between them. False: some of them wait for room. */
bool weir_tail_send(struct weir_ctx *c, struct weir_tail *t, uint32_t kept);

#ifdef __cplusplus
}
#endif
#endif
