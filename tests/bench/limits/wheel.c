/* SPDX-License-Identifier: MIT */
/*
 * wheel.c -- a timing wheel with its links in the timers: seven levels of 64 lists, a millisecond at the lowest. The
 * limit of arming and cancelling.
 */
#include <stddef.h>

#include "harness.h"
#include "timers.h"

#define LEVELS 7
#define BITS   6

const char *bench_version(void)
{
	return "gcc " __VERSION__;
}

struct timer {
	struct timer *next, *prev;
	uint64_t due;
};

static struct {
	struct timer lists[LEVELS][1 << BITS];
	uint64_t now;
} wheel;
static struct timer timers[TIMERS];

static BENCH_CALLED void arm(struct timer *t, uint64_t due)
{
	uint64_t ticks = due >> 20;
	uint32_t level = (63 - (uint32_t)__builtin_clzll((ticks ^ wheel.now) | 1)) / BITS;
	struct timer *list = &wheel.lists[level][ticks >> level * BITS & ((1 << BITS) - 1)];

	t->due = due;
	t->next = list;
	t->prev = list->prev;
	list->prev->next = t;
	list->prev = t;
}

static BENCH_CALLED void cancel(struct timer *t)
{
	t->prev->next = t->next;
	t->next->prev = t->prev;
}

static void begin(void)
{
	for (int level = 0; level < LEVELS; level++)
		for (int i = 0; i < 1 << BITS; i++)
			wheel.lists[level][i].next = wheel.lists[level][i].prev = &wheel.lists[level][i];
}

static int64_t arm_all(int64_t n)
{
	begin();
	bench_start();
	for (uint32_t i = 0; i < (uint32_t)n; i++)
		arm(&timers[i], timer_ns(i));
	bench_stop();
	return n;
}

static int64_t cancel_all(int64_t n)
{
	(void)arm_all(n);
	bench_start();
	for (uint32_t i = 0; i < (uint32_t)n; i++)
		cancel(&timers[i]);
	return n;
}

static const struct bench_work works[] = { { "arm", arm_all }, { "cancel", cancel_all }, { NULL, NULL } };
const struct bench_work *const bench_lists[] = { works, NULL };
