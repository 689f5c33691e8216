/* SPDX-License-Identifier: MIT */
/*
 * hand.h -- a platform without a loop: one instance, run by the calls made on it, its clock moved by hand.
 *
 *	struct weir_hand hand;
 *	weir_hand_init(&hand);
 *	weir_instance_init(&in, memory, size, plan, &hand.platform, NULL);
 *	weir_start(in);
 *	... request, cancel, on_next, push: each runs at once what it made possible ...
 *	weir_hand_advance(&hand, 5 * 1000000000ull);		timers due by then run, in order
 *
 * A call that makes something possible runs it before it returns, unless it comes from inside a callback:
 * then what is under way goes on with it. So the stack is as deep as one callback, and a call returns when
 * nothing more can happen, or turns_at_once is used up. Freestanding; memory is the caller's; one thread.
 */
#ifndef WEIR_HAND_H
#define WEIR_HAND_H

#include <weir/engine.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Says which thread calls: the same number for the same thread. Any thread. */
typedef uintptr_t weir_hand_thread_fn(void);

struct weir_hand {
	struct weir_platform platform; /* give &hand.platform to weir_instance_init, of one instance */
	/* set any time */
	uint32_t turns_at_once; /* most turns inside one call; 0: none, weir_hand_drive does; at first all */
	int64_t wall_offset_ns; /* UTC = now_ns + this */
	/* read-only */
	uint64_t now_ns; /* monotonic, starts at 0 */
	/* private */
	struct weir_instance *instance;
	uint64_t deadline_ns;
	weir_hand_thread_fn *thread;
	uintptr_t owner;
	bool driving;
};

/* Set time to 0, the wall clock to 2000-01-01T00:00:00Z. Nothing to undo. */
void weir_hand_init(struct weir_hand *h);

/*
 * Let the calling thread own the instance from now on: the calls of reactive.h refuse any other. Without it, or
 * with NULL, every call is taken as made on the right thread.
 */
void weir_hand_own(struct weir_hand *h, weir_hand_thread_fn *thread);

/* Give at most max_turns turns to what can run now. Returns the turns given; 0 inside a callback. */
uint32_t weir_hand_drive(struct weir_hand *h, uint32_t max_turns);

/* Whether something waits for a turn now. */
bool weir_hand_is_due(const struct weir_hand *h);

/* Move the clock by delta_ns, stopping at each deadline on the way to run what is due. */
void weir_hand_advance(struct weir_hand *h, uint64_t delta_ns);

/* Move the clock to the next deadline and run what is due then; false: there is none. */
bool weir_hand_jump(struct weir_hand *h);

#ifdef __cplusplus
}
#endif
#endif
