/* SPDX-License-Identifier: MIT */
/*
 * sim.h -- a platform whose time moves only when nothing else can: for tests, and for replaying a day in a
 * second. The same calls give the same turns in the same order, always.
 *
 *	struct weir_sim sim;
 *	weir_sim_init(&sim);
 *	weir_instance_init(&in, memory, size, plan, &sim.platform, NULL);
 *	weir_start(in);
 *	weir_sim_run_until(&sim, 5 * 1000000000ull);
 *	... look at what came out by five seconds ...
 *	weir_sim_run(&sim);                  to the end
 *
 * Instances that are due at the same time run in the order of their slots: the order in which they were
 * started, where an ended one's slot is used again. Freestanding; memory is the caller's; one thread.
 */
#ifndef WEIR_SIM_H
#define WEIR_SIM_H

#include <weir/engine.h>

#ifdef __cplusplus
extern "C" {
#endif

#define WEIR_SIM_INSTANCES 16u /* attached at one time */
#define WEIR_SIM_WATCHES   32u /* armed at one time */

/*
 * What fake descriptors answer: which of `events` (WEIR_READABLE, WEIR_WRITABLE) hold for fd now, 0 for
 * none, or WEIR_EUNSUPPORTED for one that cannot be waited for. Asked when a watch is armed and after each
 * round of steps. It may read and move the clock, and nothing else of the simulator.
 */
typedef int weir_sim_ready_fn(void *arg, int fd, unsigned events);

struct weir_sim_slot {
	struct weir_instance *instance; /* NULL: free */
	uint64_t deadline_ns;
};

struct weir_sim_watch {
	struct weir_watch *watch; /* NULL: free */
	int fd;
	unsigned events;
};

/* Fields are the simulator's, but for those that say so. */
struct weir_sim {
	struct weir_platform platform; /* give &sim.platform to weir_instance_init */
	uint64_t now_ns;               /* read-only: monotonic, starts at 0 */
	int64_t wall_offset_ns;
	uint64_t turns;       /* read-only: turns given so far */
	uint64_t turns_limit; /* set any time: run calls stop with WEIR_ETIMEOUT once `turns` is there; 0:
				 never */
	uint32_t turns_step;  /* set any time: turns an instance gets before the next one; 64 */
	uint32_t attached;    /* read-only: instances that have not ended */
	int error;
	weir_sim_ready_fn *ready;
	void *ready_arg;
	struct weir_sim_slot slots[WEIR_SIM_INSTANCES];
	struct weir_sim_watch watches[WEIR_SIM_WATCHES];
};

/* Set time to 0, wall clock to 2000-01-01T00:00:00Z, no descriptors. Nothing to undo. */
void weir_sim_init(struct weir_sim *sim);

/* Set what fake descriptors answer. Without it no descriptor can be waited for (WEIR_EUNSUPPORTED). */
void weir_sim_on_ready(struct weir_sim *sim, weir_sim_ready_fn *fn, void *arg);

/* Set the wall clock, ns since 1970 UTC. It goes on with the virtual time from there, and may go back. */
void weir_sim_set_wall(struct weir_sim *sim, int64_t wall_ns);

/*
 * Run everything that is due until time `until_ns`, included, then let it be that time. Time does not move
 * past an instance that never rests. Returns 0; WEIR_ETIMEOUT at turns_limit; WEIR_EFULL when an instance
 * found no slot.
 */
int weir_sim_run_until(struct weir_sim *sim, uint64_t until_ns);

/* The same for `delta_ns` from now. */
int weir_sim_advance(struct weir_sim *sim, uint64_t delta_ns);

/* Let the clock jump as when the machine was suspended: what was due on the way is due when the next run begins. */
void weir_sim_jump(struct weir_sim *sim, uint64_t delta_ns);

/*
 * Run until every instance has ended: 0. WEIR_EAGAIN when they all wait for what only the outside can bring
 * (a push, a descriptor); else as weir_sim_run_until.
 */
int weir_sim_run(struct weir_sim *sim);

/*
 * Step every instance at the next run, with a look at the channels that feed it: as after
 * weir_abort_from_outside, or when a channel asks for it.
 */
void weir_sim_wake(struct weir_sim *sim);

#ifdef __cplusplus
}
#endif
#endif
