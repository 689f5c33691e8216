/* SPDX-License-Identifier: MIT */
/*
 * random.h -- numbers from a seed: whole numbers only, the same ones on every machine and with every compiler.
 *
 * xoshiro256** by Blackman and Vigna, its state filled by splitmix64.
 */
#ifndef WEIR_SIM_RANDOM_H
#define WEIR_SIM_RANDOM_H

#include <stdbool.h>
#include <stdint.h>

struct sim_random {
	uint64_t s[4];
};

void sim_random_init(struct sim_random *r, uint64_t seed);
uint64_t sim_random_next(struct sim_random *r);
/* 0 .. n - 1; n at least 1. */
uint32_t sim_below(struct sim_random *r, uint32_t n);
/* least .. most, both included. */
uint32_t sim_between(struct sim_random *r, uint32_t least, uint32_t most);
bool sim_percent(struct sim_random *r, uint32_t percent);

/* A number that looks like chance and follows from x alone. */
uint64_t sim_mix(uint64_t x);

#endif
