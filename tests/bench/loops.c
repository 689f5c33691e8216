/* SPDX-License-Identifier: MIT */
/*
 * loops.c -- what the pipelines of the bench come to when a person writes them as one loop: the limit they are
 * measured against. Compiled once for each instruction set; BENCH_ISA is part of each name.
 */
#include "loops.h"

#define PASTE_(a, b) a##b
#define PASTE(a, b)  PASTE_(a, b)
#define LOOP(name)   PASTE(PASTE(name, _), BENCH_ISA)

/* range -> map -> filter -> map -> sum; the filter takes every other item. */
int64_t LOOP(bench_w1)(int64_t n)
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
int64_t LOOP(bench_w1r)(int64_t n)
{
	int64_t sum = 0;

	for (int64_t i = 0; i < n; i++) {
		int64_t x = i * 2654435761;

		if (((x >> 13) & 1) == 1)
			sum += x >> 20;
	}
	return sum;
}
