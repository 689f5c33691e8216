/* SPDX-License-Identifier: MIT */
/* run.h -- play a case: build it, do what it says, and look at every law after every step. */
#ifndef WEIR_SIM_RUN_H
#define WEIR_SIM_RUN_H

#include "make.h"
#include "types.h"
#include "world.h"

#define SIM_EDGES 96u

/* What is kept from case to case; zero but for `types` is a new one. */
struct sim_machine {
	struct sim_types *types;
	struct sim_made made;
	struct sim_world world;
	struct weir_ledger books[SIM_EDGES]; /* as they were */
	unsigned char *arena;
	size_t arena_bytes;
	unsigned char *parcel; /* what is pushed or pulled at a time */
	bool started, ports;
	bool stalled; /* as the builder said that it may */
};

/*
 * Play a case. story, when given, is told what happens. Returns 0: it ran, and machine->world.broken says whether a law was
 * broken; WEIR_EINVAL: it was refused (machine->made.why), or is too large.
 */
int sim_run(struct sim_machine *m, const struct sim_case *c, FILE *story);
void sim_machine_fini(struct sim_machine *m);

/* ---- act.c, release.c: its steps ---- */

/* Do what an action says, give the engine its turns, and look at the laws. */
void sim_step(struct sim_machine *m, const struct sim_action *a);
void sim_release(struct sim_machine *m);
void sim_must_have_ended(struct sim_machine *m, const char *after);

/* ---- ports.c: the application's side of ports ---- */

/* Push up to n of the source's items; how many were taken. */
uint32_t sim_push(struct sim_machine *m, uint8_t actor, uint64_t n);
void sim_push_end(struct sim_world *w, uint8_t actor);
/* Pull up to n items; whether anything came, the end too. */
bool sim_pull(struct sim_machine *m, uint8_t actor, uint64_t n);
/* Push and pull what there is; whether anything came of it. */
bool sim_serve_ports(struct sim_machine *m);
/* What moved on all edges so far, as a number that grows. */
uint64_t sim_movement(const struct sim_world *w);

/* ---- checks.c ---- */

/* After every step. */
void sim_check_books(struct sim_machine *m);
/* Once the pipeline has been taken down. */
void sim_check_end(struct sim_machine *m);
/* It should have ended by itself and has not: say where it hangs. */
void sim_check_stuck(struct sim_machine *m, const char *what);

#endif
