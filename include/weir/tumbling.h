/* SPDX-License-Identifier: MIT */
/*
 * tumbling.h -- time cut into periods of one length that follow each other, numbered from 0 at time 0.
 *
 * Period k is [k * length, (k + 1) * length); those at the ends of time are cut there. Nothing wraps: sums
 * stop at INT64_MIN and INT64_MAX. length_ns > 0. Freestanding; any context.
 */
#ifndef WEIR_TUMBLING_H
#define WEIR_TUMBLING_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* a + b, or the end of time that it lies beyond. */
int64_t weir_time_add(int64_t a_ns, int64_t b_ns);
/* How long it is from a to b, in seconds; negative where b is earlier. */
double weir_seconds_between(int64_t a_ns, int64_t b_ns);
/* The period in which a time lies. */
int64_t weir_period_at(int64_t length_ns, int64_t time_ns);
/* Its first instant, and the first after it. */
int64_t weir_period_start(int64_t length_ns, int64_t period);
int64_t weir_period_end(int64_t length_ns, int64_t period);

/*
 * How many of n times, `stride` bytes from one to the next, lie in [from, to) before one that does not; from <= to. *newest
 * becomes the greatest of them, unless it is greater.
 */
uint32_t weir_times_within(
	const void *first, size_t stride, uint32_t n, int64_t from_ns, int64_t to_ns, int64_t *newest_ns);

#ifdef __cplusplus
}
#endif
#endif
