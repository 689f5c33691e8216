/* SPDX-License-Identifier: MIT */
/* calls.c -- the works of callbacks.c by stages that are functions. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include <weir/build.h>
#include <weir/calls.h>
#include <weir/sim.h>

#include "works.h"

static BENCH_CALLED int64_t triple(int64_t x)
{
	return x * 3 + 1;
}

static BENCH_CALLED int64_t scatter(int64_t x)
{
	return x * 2654435761 & 0xffffffff;
}

static BENCH_CALLED int64_t increment(int64_t x)
{
	return x + 1;
}

static BENCH_CALLED int64_t half(int64_t x)
{
	return x >> 1;
}

static BENCH_CALLED int64_t upper(int64_t x)
{
	return x >> 8;
}

static BENCH_CALLED bool odd(int64_t x)
{
	return x & 1;
}

static BENCH_CALLED bool drawn(int64_t x)
{
	return (x ^ x >> 15) * 739982445 >> 20 & 1;
}

WEIR_MAP_I64(triple)
WEIR_MAP_I64(scatter)
WEIR_MAP_I64(increment)
WEIR_MAP_I64(half)
WEIR_MAP_I64(upper)
WEIR_FILTER_I64(odd)
WEIR_FILTER_I64(drawn)

static struct weir_build *build(const struct weir_op_type *const *types, int64_t n)
{
	struct weir_build *b = weir_build_open("calls", WEIR_CLOCK_MONOTONIC, NULL);
	char to[32];
	int range;

	if (b == NULL)
		bench_die("no memory for a plan");
	(void)snprintf(to, sizeof to, "%" PRId64, n);
	range = weir_build_stage(b, "s", weir_build_type(b, "range", true));
	if (weir_build_set(b, range, "to", to) < 0)
		bench_die("a range cannot be set");
	for (; *types != NULL; types++)
		(void)weir_build_stage(b, "s", *types);
	(void)weir_build_stage(b, "s", &bench_total_type);
	return b;
}

static int64_t run(const struct weir_op_type *const *types, int64_t n)
{
	struct bench_pipeline p = { .instance = NULL };
	struct weir_build *b = build(types, n);
	struct weir_sim sim;

	if (weir_build_finish(b, &p.plan) < 0)
		bench_die("a pipeline of functions has faults");
	p.size = weir_instance_size(p.plan, NULL, NULL);
	p.memory = aligned_alloc(64, (p.size + 63) & ~(size_t)63);
	if (p.memory == NULL)
		bench_die("no memory for an arena");
	bench_total = 0;
	weir_sim_init(&sim);
	sim.turns_step = 1024;
	bench_start();
	bench_run_on(&p, &sim.platform);
	if (weir_sim_run(&sim) < 0)
		bench_die("a pipeline did not end");
	bench_stop();
	bench_end(&p);
	free(p.memory);
	weir_build_close(b);
	return bench_total;
}

static int64_t w1(int64_t n)
{
	return run((const struct weir_op_type *const[]){ &triple_type, &odd_type, &half_type, NULL }, n);
}

static int64_t w1r(int64_t n)
{
	return run((const struct weir_op_type *const[]){ &scatter_type, &drawn_type, &upper_type, NULL }, n);
}

static int64_t w2(int64_t n)
{
	const struct weir_op_type *types[11] = { NULL };

	for (int i = 0; i < 10; i++)
		types[i] = &increment_type;
	return run(types, n);
}

const struct bench_work bench_calls_works[] = { { "W1-calls", w1 }, { "W1r-calls", w1r }, { "W2-calls", w2 },
	{ NULL, NULL } };
