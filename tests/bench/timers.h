/* SPDX-License-Identifier: MIT */
/* timers.h -- the deadlines that timers of the bench are armed for: the same for every contender. */
#ifndef WEIR_BENCH_TIMERS_H
#define WEIR_BENCH_TIMERS_H

#include <stdint.h>

#define TIMERS 100000

/* ns from now: up to a minute and a half, in no order, none before a second. */
static inline uint64_t timer_ns(uint32_t i)
{
	return UINT64_C(1000000000) + (uint64_t)(i * 2654435761u) * 20;
}

#endif
