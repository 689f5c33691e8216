/* SPDX-License-Identifier: MIT */
/* life.c -- pipelines whose items are pushed one by one: a live sensor's, and ones that live for a single item. */
#include <malloc.h>
#include <stdlib.h>

#include <weir/build.h>
#include <weir/hand.h>

#include "works.h"

static void push(struct weir_instance *in, int64_t x)
{
	if (weir_push(in, 0, &x, NULL, 1) != 1)
		bench_die("a push was refused");
}

static int64_t ones(int64_t n)
{
	struct bench_pipeline p;
	struct weir_hand hand;

	bench_open(&p, "ones", NULL, NULL, 1);
	weir_hand_init(&hand);
	bench_run_on(&p, &hand.platform);
	bench_start();
	for (int64_t i = 0; i < n; i++)
		push(p.instance, i);
	bench_stop();
	bench_end(&p);
	bench_close(&p);
	return bench_total;
}

/* Many small ones: laid out once for this machine. */
static const struct weir_plan *open_small(struct bench_pipeline *p)
{
	const struct weir_plan *small;

	bench_open(p, "life", NULL, NULL, 1);
	if (weir_target_plan(&small, p->plan, &weir_target_here) < 0)
		bench_die("a plan cannot be laid out");
	p->plan = small;
	p->size = small->layout->bytes;
	return small;
}

/* In memory that is used again: nothing is allocated. */
static int64_t life(int64_t n)
{
	struct bench_pipeline p;
	struct weir_hand hand;
	const struct weir_plan *small = open_small(&p);

	bench_start();
	for (int64_t i = 0; i < n; i++) {
		weir_hand_init(&hand);
		bench_run_on(&p, &hand.platform);
		push(p.instance, i);
		bench_end(&p);
	}
	bench_stop();
	bench_close(&p);
	weir_target_plan_close(small);
	return bench_total;
}

/* What one takes while n of them live, each in memory of its own. */
static int64_t live(int64_t n)
{
	struct bench_pipeline p;
	struct weir_hand *hands = calloc((size_t)n, sizeof *hands);
	struct weir_instance **instances = calloc((size_t)n, sizeof(struct weir_instance *));
	void **memory = calloc((size_t)n, sizeof(void *));
	const struct weir_plan *small = open_small(&p);
	size_t before, after;

	free(p.memory);
	before = mallinfo2().uordblks + mallinfo2().hblkhd;
	for (int64_t i = 0; i < n; i++) {
		memory[i] = p.memory = malloc(p.size);
		weir_hand_init(&hands[i]);
		bench_run_on(&p, &hands[i].platform);
		instances[i] = p.instance;
		push(p.instance, i);
	}
	after = mallinfo2().uordblks + mallinfo2().hblkhd;
	for (int64_t i = 0; i < n; i++) {
		weir_fini(instances[i]);
		free(memory[i]);
	}
	weir_target_plan_close(small);
	weir_definition_close(p.definition);
	free(hands);
	free(instances);
	free(memory);
	bench_figure((double)(after - before));
	return bench_total;
}

const struct bench_work bench_life_works[] = { { "ones", ones }, { "life", life }, { "live", live },
	{ NULL, NULL } };
