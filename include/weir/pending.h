/* SPDX-License-Identifier: MIT */
/*
 * pending.h -- the latest item of each key, waiting for its time: what sample and debounce are.
 *
 *	in    --1-2-----a-3----|	1, 2, 3 of one key, a of another
 *	out   -------2-------3a|	those whose time has come, in the order in which they came in
 *
 * An item that comes before the one of its key went out takes its place. While what is due waits for room nothing is
 * taken in, so what comes out depends on neither spans nor credit. A barrier is held until the items in here are out or
 * replaced; watermarks stay behind the items that wait. At the normal end all go out. Uses timer 0. Freestanding.
 */
#ifndef WEIR_PENDING_H
#define WEIR_PENDING_H

#include <weir/each.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Private. */
struct weir_pending_barrier {
	struct weir_mark mark;
	uint64_t number; /* of the newest item before it */
	bool held;
};

/* The whole state of such a stage. Read-only for users. */
struct weir_pending {
	struct weir_keys keys;
	int64_t period_ns;
	int64_t time_ns; /* the stage's: on the event clock the greatest seen, else since the start; INT64_MIN: none yet */
	int64_t base_ns;           /* the start, monotonic */
	int64_t heard_ns, sent_ns; /* watermark taken last, and sent last; INT64_MIN: none */
	uint64_t number;           /* of the newest item */
	struct weir_pending_barrier barrier, next_barrier;
	struct weir_mark end;
	uint32_t item_bytes;
	bool evicts, by_event;
	bool evicting;  /* the oldest goes, due or not */
	bool finishing; /* all go */
	bool ending;    /* then `end` is passed on */
};

/* When an item that came at a time is to go out, its key's clock begun: never before an item that came earlier. */
typedef int64_t weir_pending_due_fn(const struct weir_pending *p, int64_t time_ns);

/* Bytes of the state; WEIR_ERANGE. */
int64_t weir_pending_size(const struct weir_place *place, const struct weir_keyed *keyed);
/* From init and open; the stage's state is the struct. */
int weir_pending_init(struct weir_ctx *c, const struct weir_place *place, const struct weir_keyed *keyed,
	uint64_t period_ns);
int weir_pending_open(struct weir_ctx *c);
/* A whole run callback; the timer's has nothing to do. */
void weir_pending_run(struct weir_ctx *c, weir_pending_due_fn *due);
void weir_pending_timer(struct weir_ctx *c, uint8_t which, int64_t deadline_ns);
void weir_pending_flow(const struct weir_place *place, uint16_t port, struct weir_flow *flow);

#ifdef __cplusplus
}
#endif
#endif
