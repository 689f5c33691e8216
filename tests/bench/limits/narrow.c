/* SPDX-License-Identifier: MIT */
/*
 * narrow.c -- the loops whose numbers fit into 32 bits, in 32 bits, of which a vector holds twice as many: what a person
 * may write who knows how large they get. Their sums are of 64 bits.
 */
#include <stddef.h>

#include "harness.h"

const char *bench_version(void)
{
	return "gcc " __VERSION__ ", for this processor";
}

static BENCH_CALLED int64_t w1(int64_t n)
{
	int64_t sum = 0;

	for (int32_t i = 0; i < (int32_t)n; i++) {
		int32_t x = i * 3 + 1;

		if ((x & 1) == 1)
			sum += x >> 1;
	}
	return sum;
}

static BENCH_CALLED int64_t w1r(int64_t n)
{
	int64_t sum = 0;

	for (uint32_t i = 0; i < (uint32_t)n; i++) {
		uint32_t x = i * 2654435761u;

		if (((x ^ x >> 15) * 739982445u >> 20 & 1) == 1)
			sum += x >> 8;
	}
	return sum;
}

static BENCH_CALLED int64_t w2(int64_t n)
{
	int64_t sum = 0;

	for (int32_t i = 0; i < (int32_t)n; i++)
		sum += i + 10;
	return sum;
}

static const struct bench_work works[] = { { "W1", w1 }, { "W1r", w1r }, { "W2", w2 }, { NULL, NULL } };
const struct bench_work *const bench_lists[] = { works, NULL };
