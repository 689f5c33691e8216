/* SPDX-License-Identifier: MIT */
/*
 * bounded.h -- the moves of a stage that is a bounded queue: take in by a policy, lend on, keep marks in
 * order.
 *
 * buffer and inbox are this with one input and with many. All calls: from a callback of the stage, port 0 is
 * its output. Freestanding.
 */
#ifndef WEIR_BOUNDED_H
#define WEIR_BOUNDED_H

#include <weir/queue.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What a full queue does with the next item: the order is that of weir_overflow_choices. */
enum weir_overflow {
	WEIR_OVERFLOW_SUSPEND,     /* holds the input back; nothing is lost */
	WEIR_OVERFLOW_DROP_OLDEST, /* of the items waiting */
	WEIR_OVERFLOW_DROP_NEWEST, /* the one that came */
	WEIR_OVERFLOW_LATEST,      /* all that wait, so that the newest is next */
	WEIR_OVERFLOW_ERROR        /* the stage fails: WEIR_EFULL */
};

/* "suspend", "drop_oldest", ... NULL: for parameter tables. */
extern const char *const weir_overflow_choices[];

struct weir_bounded {
	struct weir_queue queue;
	uint32_t capacity;
	uint8_t overflow; /* enum weir_overflow */
	bool gave_way;    /* what is lent had its chance to move on before anything is dropped */
};

/* Bytes of memory weir_bounded_init needs; a negative WEIR_E.... n_in: number of inputs. */
int64_t weir_bounded_size(
	uint32_t item_bytes, uint32_t capacity, uint8_t overflow, uint16_t n_in, bool instants);
void weir_bounded_init(struct weir_bounded *b, void *memory, uint32_t item_bytes, uint32_t capacity,
	uint8_t overflow, uint16_t n_in, bool instants);

/* What `items` places are to the flow of a queue's input: its feeder is asked to fill them once half are free. */
void weir_bounded_flow(uint8_t overflow, uint32_t items, struct weir_flow *flow);

/*
 * Take in what waits on an input. False: the input must wait (full, or what is lent gets its chance first),
 * or the stage has failed.
 */
bool weir_bounded_accept(struct weir_ctx *c, struct weir_bounded *b, uint16_t port);
/* Lend what may go, with the marks in their places. */
void weir_bounded_send(struct weir_ctx *c, struct weir_bounded *b);
/* Whether every item and mark is on its way. */
bool weir_bounded_is_out(const struct weir_bounded *b);

#ifdef __cplusplus
}
#endif
#endif
