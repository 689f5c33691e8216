/* SPDX-License-Identifier: MIT */
/*
 * actors.h -- who stands at the ends of a pipeline: sources and sinks that do what the case's actions tell them, and hold
 * the engine to its laws in every callback.
 *
 * Their state lies in the world, found by the parameter `actor`.
 */
#ifndef WEIR_SIM_ACTORS_H
#define WEIR_SIM_ACTORS_H

#include "world.h"

struct sim_actor_params {
	uint32_t actor;
	const struct weir_record *record;
};

struct sim_world *sim_world_of(const struct weir_ctx *c);
uint32_t sim_actor_of(const struct weir_ctx *c);

/* Every run begins and ends so. */
void sim_enter(struct sim_world *w, const struct weir_ctx *c, bool opened, bool closed);
void sim_leave(struct sim_world *w);

/* Open and close, each in its turn: returns what the callback must. */
int sim_open_actor(struct weir_ctx *c, bool *opened, bool *closed, bool *was_normal);
void sim_close_actor(struct weir_ctx *c, bool opened, bool *closed, bool *was_normal, bool normal);

#endif
