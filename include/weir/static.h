/* SPDX-License-Identifier: MIT */
/*
 * static.h -- weir without an operating system: everything in the caller's memory, a board's hooks, and a loop that
 * sleeps until the next deadline or interrupt.
 *
 *	static struct weir_static_slot slots[1];
 *	static struct weir_static loop;
 *	weir_static_init(&loop, &board_hooks, slots, 1);
 *	weir_instance_init(&in, memory, size, plan, weir_static_platform(&loop), NULL);
 *	weir_start(in);
 *	weir_static_run(&loop);			until every started instance has ended
 *
 *	in an interrupt
 *	(void)weir_ring_push(&ring, &sample, 1);	the ring feeds an input of the pipeline (weir_input_feed)
 *	if (weir_ring_wake(&ring))
 *		weir_static_wake(&loop);
 *
 * Nothing reads and writes a word in one go, no word that is shared has 64 bits, and nothing is computed in floating
 * point. What a board supplies, and a whole one: docs/PORTING.md.
 *
 * All calls: the context of the loop, not from inside a callback, unless they say so.
 */
#ifndef WEIR_STATIC_H
#define WEIR_STATIC_H

#include <weir/engine.h>

#ifdef __cplusplus
extern "C" {
#endif

#define WEIR_STATIC_ABI 1u

/* What a board supplies. Const, static life; no member is NULL unless it says so. */
struct weir_static_board {
	uint16_t abi; /* WEIR_STATIC_ABI */
	/* Ticks in a second: from 1 to 1,000,000,000. */
	uint32_t tick_hz;
	/*
	 * Ticks since any start, modulo 2^32: they go up, and after the largest number comes 0. The platform looks
	 * at least every 2^30 ticks, and makes 64 bits of them.
	 */
	uint32_t (*ticks)(void);
	/*
	 * Sleep until ticks() has reached `deadline`, or any interrupt; returning earlier is always allowed. Called
	 * between enter and leave: an interrupt that comes now, or is already waiting, must end the sleep although
	 * it is served only by leave (WFI does that). A deadline is at most 2^30 ticks away, and may have passed.
	 */
	void (*sleep_until)(uint32_t deadline);
	/* Keep interrupts out, until leave(what enter returned). The pair may stand inside another one. */
	uint32_t (*enter)(void);
	void (*leave)(uint32_t before);
	/* Whether an interrupt is being served: the engine then refuses calls. NULL: nobody can tell. */
	bool (*in_interrupt)(void);
	/*
	 * The board broke its word, `text` (static) says how: log it and start again, say. When it returns, weir
	 * goes on as well as it can. NULL: nobody wants to know.
	 */
	void (*panic)(const char *text);
};

/* Where a started instance has its deadline. Private. */
struct weir_static_slot {
	struct weir_instance *instance;
	uint64_t deadline_ns;
};

struct weir_static {
	struct weir_platform platform;
	/* set any time */
	int64_t wall_offset_ns; /* UTC = monotonic nanoseconds + this; at first 0 */
	uint32_t turns_at_once; /* turns of one instance before the next one's; at first WEIR_STATIC_TURNS */
	/* private */
	const struct weir_static_board *board;
	struct weir_static_slot *slots;
	uint64_t now_ns;
	uint64_t longest_ns; /* of a sleep */
	uint32_t seen_ticks; /* what now_ns belongs to */
	uint32_t tick_ns;    /* of a tick; 0: no whole number */
	uint32_t rest;       /* then, beyond now_ns, in 1/tick_hz of a nanosecond */
	uint32_t woken;      /* 1: set by any context; 0: set by the loop, before it looks */
	uint16_t n_slots;
	bool running;
	int16_t error;
};

#define WEIR_STATIC_TURNS 64u

/*
 * Make a platform of n_slots instances at most. All three are the caller's and outlive it; the clock starts at 0.
 * Returns 0, WEIR_EABI, or WEIR_EINVAL for tick_hz or n_slots out of range. Nothing to undo.
 */
int weir_static_init(struct weir_static *loop, const struct weir_static_board *board,
	struct weir_static_slot *slots, uint16_t n_slots);

/* The platform to give to weir_instance_init. Lives in *loop. */
struct weir_platform *weir_static_platform(struct weir_static *loop);

/*
 * Run what is due, sleep, and so on, until every started instance has ended. Returns 0; WEIR_ENOMEM when more instances
 * were started than there are slots; WEIR_EBUSY from inside.
 */
int weir_static_run(struct weir_static *loop);

/* ---- for boards with a loop of their own: one that pulls from output ports, say ---- */

/*
 * Give turns to every instance that is due, once. True: there is more to do now; false: not before
 * weir_static_deadline, or a wake-up.
 */
bool weir_static_turn(struct weir_static *loop);

/* Sleep until the next deadline or interrupt; not at all when something is due, or woke the loop since the last turn. */
void weir_static_sleep(struct weir_static *loop);

/* The next deadline, monotonic; WEIR_NEVER: none. 0: at once. */
uint64_t weir_static_deadline(const struct weir_static *loop);

/* Whether an instance is started and has not ended. */
bool weir_static_busy(const struct weir_static *loop);

/*
 * End the sleep and look at the channels that feed pipelines, and at weir_abort_from_outside. Any context: one plain
 * store. Whatever was written before it is visible to what it brings about.
 */
void weir_static_wake(struct weir_static *loop);

/* Monotonic nanoseconds since weir_static_init. */
uint64_t weir_static_now_ns(struct weir_static *loop);

#ifdef __cplusplus
}
#endif
#endif
