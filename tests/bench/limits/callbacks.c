/* SPDX-License-Identifier: MIT */
/*
 * callbacks.c -- the same works through functions that nobody can see into: what an interface of one call an item can
 * reach at most. And a chain of operators, each with a table of its functions, that is given one item at a time.
 */
#include <stdlib.h>

#include "harness.h"

const char *bench_version(void)
{
	return "gcc " __VERSION__;
}

typedef int64_t map_fn(int64_t x);
typedef int filter_fn(int64_t x);
typedef void sink_fn(int64_t *sum, int64_t x);

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

static BENCH_CALLED int odd(int64_t x)
{
	return x & 1;
}

static BENCH_CALLED int drawn(int64_t x)
{
	return (x ^ x >> 15) * 739982445 >> 20 & 1;
}

static BENCH_CALLED void add(int64_t *sum, int64_t x)
{
	*sum += x;
}

/* ---- one function a stage ---- */

static BENCH_CALLED int64_t map_filter_map(
	int64_t n, map_fn *first, filter_fn *when, map_fn *second, sink_fn *sink)
{
	int64_t sum = 0;

	for (int64_t i = 0; i < n; i++) {
		int64_t x = first(i);

		if (when(x))
			sink(&sum, second(x));
	}
	return sum;
}

static int64_t w1(int64_t n)
{
	return map_filter_map(n, triple, odd, half, add);
}

static int64_t w1r(int64_t n)
{
	return map_filter_map(n, scatter, drawn, upper, add);
}

static BENCH_CALLED int64_t ten_maps(int64_t n, map_fn *const *maps, sink_fn *sink)
{
	int64_t sum = 0;

	for (int64_t i = 0; i < n; i++) {
		int64_t x = i;

		for (int j = 0; j < 10; j++)
			x = maps[j](x);
		sink(&sum, x);
	}
	return sum;
}

static int64_t w2(int64_t n)
{
	static map_fn *const maps[10] = { increment, increment, increment, increment, increment, increment,
		increment, increment, increment, increment };

	return ten_maps(n, maps, add);
}

/* ---- one object a stage ---- */

struct stage;

struct stage_type {
	void (*next)(struct stage *s, const int64_t *x);
};

struct stage {
	const struct stage_type *type;
	struct stage *down;
	union {
		map_fn *map;
		filter_fn *when;
		int64_t sum;
	} as;
};

static void send(struct stage *down, const int64_t *x)
{
	down->type->next(down, x);
}

static BENCH_CALLED void map_next(struct stage *s, const int64_t *x)
{
	int64_t y = s->as.map(*x);

	send(s->down, &y);
}

static BENCH_CALLED void filter_next(struct stage *s, const int64_t *x)
{
	if (s->as.when(*x))
		send(s->down, x);
}

static BENCH_CALLED void sum_next(struct stage *s, const int64_t *x)
{
	s->as.sum += *x;
}

static int64_t ones(int64_t n)
{
	static const struct stage_type map_type = { map_next }, filter_type = { filter_next },
				       sum_type = { sum_next };
	struct stage sum = { &sum_type, NULL, { .sum = 0 } };
	struct stage second = { &map_type, &sum, { .map = half } };
	struct stage when = { &filter_type, &second, { .when = odd } };
	struct stage first = { &map_type, &when, { .map = triple } }, *top = &first;

	BENCH_OPAQUE(top);
	for (int64_t i = 0; i < n; i++)
		send(top, &i);
	return sum.as.sum;
}

static const struct bench_work works[] = {
	{ "W1-calls", w1 },
	{ "W1r-calls", w1r },
	{ "W2-calls", w2 },
	{ "ones", ones },
	{ NULL, NULL },
};
const struct bench_work *const bench_lists[] = { works, NULL };
