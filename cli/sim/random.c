/* SPDX-License-Identifier: MIT */
/* random.c -- see random.h. */
#include "random.h"

#define GOLDEN 0x9e3779b97f4a7c15u

uint64_t sim_mix(uint64_t x)
{
	x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
	x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
	return x ^ (x >> 31);
}

void sim_random_init(struct sim_random *r, uint64_t seed)
{
	for (unsigned i = 0; i < 4; i++)
		r->s[i] = sim_mix(seed += GOLDEN);
}

static uint64_t rotate(uint64_t x, unsigned by)
{
	return x << by | x >> (64 - by);
}

uint64_t sim_random_next(struct sim_random *r)
{
	uint64_t result = rotate(r->s[1] * 5, 7) * 9, t = r->s[1] << 17;

	r->s[2] ^= r->s[0];
	r->s[3] ^= r->s[1];
	r->s[1] ^= r->s[2];
	r->s[0] ^= r->s[3];
	r->s[2] ^= t;
	r->s[3] = rotate(r->s[3], 45);
	return result;
}

uint32_t sim_below(struct sim_random *r, uint32_t n)
{
	return (uint32_t)((sim_random_next(r) >> 32) * n >> 32);
}

uint32_t sim_between(struct sim_random *r, uint32_t least, uint32_t most)
{
	return least + sim_below(r, most - least + 1);
}

bool sim_percent(struct sim_random *r, uint32_t percent)
{
	return sim_below(r, 100) < percent;
}
