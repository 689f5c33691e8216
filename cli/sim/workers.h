/* SPDX-License-Identifier: MIT */
/*
 * workers.h -- many seeds, played by processes of their own: one that dies or hangs is a law broken by its seed.
 *
 * The sum does not depend on how many workers there are.
 */
#ifndef WEIR_SIM_WORKERS_H
#define WEIR_SIM_WORKERS_H

#include "draw.h"
#include "run.h"

#define SIM_FOUND   32u /* broken seeds that are remembered */
#define SIM_WORKERS 64u

struct sim_work {
	struct sim_types *types;
	struct sim_wish wish;
	uint64_t first, runs;
	uint64_t seconds; /* 0: no limit; else `runs` is none */
	uint32_t jobs;
	uint32_t hang_s; /* time for one case; 0: 20, while most take less than a thousandth of one */
	bool progress;   /* show it on stderr */
};

/* A law broken by a case. */
struct sim_found {
	uint64_t seed;
	char law[8];
	char message[400];
};

struct sim_sum {
	uint64_t seeds, events, violations, hash;
	uint64_t refused;          /* seeds of which the builder took nothing */
	uint64_t stalled;          /* seeds that stalled, as the builder said they may */
	uint64_t drawn[SIM_TYPES]; /* stages, by place in the list of types */
	struct sim_found found[SIM_FOUND];
	uint32_t n_found;
};

/* Returns 0, or WEIR_EIO when there can be no processes. */
int sim_work(const struct sim_work *work, struct sim_sum *sum);

/*
 * Draw the case of a seed: the first of several that the builder takes. False: it took none. It is played on the way, in
 * this process: machine->world says what came of it.
 */
bool sim_play_seed(struct sim_machine *m, struct sim_case *c, struct sim_pool *pool, uint64_t seed,
	const struct sim_wish *wish, FILE *story);

/*
 * Play a case in a process of its own. Returns 1: a law is broken, see *found; 0: none; WEIR_EINVAL: the builder refuses
 * it (found->message); WEIR_EIO: no process. One that hangs is given up after 5 seconds. quiet: what the process says on
 * stderr is lost.
 */
int sim_play_apart(
	struct sim_types *types, const struct sim_case *c, FILE *story, bool quiet, struct sim_found *found);

/* Find the case of a broken seed again and shorten it. False: it was not broken any more. */
bool sim_shorten(
	const struct sim_work *work, struct sim_found *found, struct sim_case *c, struct sim_pool *pool);

#endif
