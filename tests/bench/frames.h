/* SPDX-License-Identifier: MIT */
/* frames.h -- the records that go through sockets and pipes of the bench, and what is done with them. */
#ifndef WEIR_BENCH_FRAMES_H
#define WEIR_BENCH_FRAMES_H

#include <stdint.h>

#include "harness.h"

#define FRAMES 256 /* that a wake-up finds */

/* As weir lays out {"n": "i64", "id": "u32", "value": "f32"}. */
struct frame {
	int64_t n;
	uint32_t id;
	float value;
};

/*
 * Write n frames into a pipe, FRAMES at a time, and call `serve` for each time; what it returns, from the whole frames
 * it has read, is added up and is never 0. The descriptor to read from is given to `begin` before.
 */
int64_t frames_through_pipe(int64_t n, void (*begin)(int fd), int64_t (*serve)(void));

/*
 * Send n frames one by one into a socket, call `serve` until each comes out of another, changed. Returns the sum of what
 * came out. With a percentile (else 0) the figure is the time between, at that percentile.
 */
int64_t frames_there_and_back(int64_t n, int to, int from, void (*serve)(void), int percentile);

#endif
