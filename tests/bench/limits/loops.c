/* SPDX-License-Identifier: MIT */
/*
 * loops.c -- what the pipelines of the bench come to when a person writes each as one loop: the limit they are
 * measured against. Compiled without vectors and once for each instruction set, BENCH_ISA.
 */
#include <stdlib.h>

#include "harness.h"
#include "keyed.h"

const char *bench_version(void)
{
	return "gcc " __VERSION__ ", " BENCH_ISA;
}

/* range -> map -> filter -> map -> sum; the filter takes every other item. */
static BENCH_CALLED int64_t w1(int64_t n)
{
	int64_t sum = 0;

	for (int64_t i = 0; i < n; i++) {
		int64_t x = i * 3 + 1;

		if ((x & 1) == 1)
			sum += x >> 1;
	}
	return sum;
}

/* The same with a filter that no branch predictor can learn. */
static BENCH_CALLED int64_t w1r(int64_t n)
{
	int64_t sum = 0;

	for (int64_t i = 0; i < n; i++) {
		int64_t x = i * 2654435761 & 0xffffffff;

		if (((x ^ x >> 15) * 739982445 >> 20 & 1) == 1)
			sum += x >> 8;
	}
	return sum;
}

/* Ten maps, each x + 1, and a sum. */
static BENCH_CALLED int64_t w2(int64_t n)
{
	int64_t sum = 0;

	for (int64_t i = 0; i < n; i++)
		sum += i + 10;
	return sum;
}

/* Four ranges of a quarter each into one sum. */
static BENCH_CALLED int64_t merge4(int64_t n)
{
	int64_t sum = 0;

	for (int j = 0; j < 4; j++)
		for (int64_t i = 0; i < n / 4; i++)
			sum += i;
	return sum;
}

static int64_t sum_of(const int64_t *items, int64_t n)
{
	int64_t sum = 0;

	for (int64_t i = 0; i < n; i++)
		sum += items[i];
	return sum;
}

/* One range, written to memory once, and eight sums that read it there. */
static BENCH_CALLED int64_t tee8(int64_t n)
{
	static int64_t items[512];
	int64_t sums[8] = { 0 }, sum = 0;

	for (int64_t at = 0; at < n; at += 512) {
		int64_t m = n - at < 512 ? n - at : 512;

		for (int64_t i = 0; i < m; i++)
			items[i] = at + i;
		for (int j = 0; j < 8; j++) {
			const int64_t *seen = items;

			BENCH_OPAQUE(seen); /* eight readers, not one sum times eight */
			sums[j] += sum_of(seen, m);
		}
	}
	for (int j = 0; j < 8; j++)
		sum += sums[j];
	return sum;
}

/* Two ranges, item by item added up, and a sum. */
static BENCH_CALLED int64_t zip(int64_t n)
{
	int64_t sum = 0;

	for (int64_t i = 0; i < n; i++)
		sum += i + i * 3;
	return sum;
}

/* A running state of 16 bits, and the sum of its values. */
static BENCH_CALLED int64_t scan(int64_t n)
{
	int64_t sum = 0, state = 0;

	for (int64_t i = 0; i < n; i++) {
		state = (state + i) & 0xffff;
		sum += state;
	}
	return sum;
}

/* ---- tumbling windows, an average for each key ---- */

struct pane {
	uint32_t key;
	uint32_t count; /* 0: free */
	double sum;
};

struct table {
	struct pane *panes;       /* open addressing, a power of two of them */
	uint32_t *order, n, mask; /* the panes in use, by first appearance */
};

static struct pane *pane_of(struct table *t, uint32_t key)
{
	uint32_t at = (key * 0x9e3779b1u) >> 7 & t->mask;

	while (t->panes[at].count != 0 && t->panes[at].key != key)
		at = (at + 1) & t->mask;
	if (t->panes[at].count == 0) {
		t->panes[at] = (struct pane){ .key = key };
		t->order[t->n++] = at;
	}
	return &t->panes[at];
}

static int64_t close_window(struct table *t)
{
	int64_t sum = 0;

	for (uint32_t i = 0; i < t->n; i++) {
		struct pane *p = &t->panes[t->order[i]];

		sum += keyed_digest(p->sum / p->count);
		p->count = 0;
	}
	t->n = 0;
	return sum;
}

/* What a person writes: one open window, closed by the first reading behind its end. */
static int64_t average(int64_t n, const struct keyed_item *items, uint32_t slots)
{
	struct table t = { calloc(slots, sizeof *t.panes), calloc(slots, sizeof *t.order), 0, slots - 1 };
	int64_t sum = 0, end = KEYED_WINDOW_NS;

	if (t.panes == NULL || t.order == NULL || n > KEYED_ITEMS)
		bench_die("no room for windows");
	bench_start();
	for (int64_t i = 0; i < n; i++) {
		struct pane *p;

		for (; items[i].at >= end; end += KEYED_WINDOW_NS)
			sum += close_window(&t);
		p = pane_of(&t, items[i].key);
		p->sum += (double)items[i].value;
		p->count++;
	}
	sum += close_window(&t);
	bench_stop();
	free(t.panes);
	free(t.order);
	return sum;
}

static BENCH_CALLED int64_t window100(int64_t n)
{
	return average(n, keyed_items(100), 256);
}

static BENCH_CALLED int64_t window100k(int64_t n)
{
	return average(n, keyed_items(100000), 262144);
}

static const struct bench_work works[] = {
	{ "W1", w1 },
	{ "W1r", w1r },
	{ "W2", w2 },
	{ "merge4", merge4 },
	{ "tee8", tee8 },
	{ "zip", zip },
	{ "scan", scan },
	{ "window100", window100 },
	{ "window100k", window100k },
	{ NULL, NULL },
};
const struct bench_work *const bench_lists[] = { works, NULL };
