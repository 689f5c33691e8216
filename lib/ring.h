/* SPDX-License-Identifier: MIT */
/*
 * ring.h -- what the ring offers the other channels. Private to lib.
 */
#ifndef WEIR_LIB_RING_H
#define WEIR_LIB_RING_H

#include <weir/ring.h>

#ifdef __GNUC__
#pragma GCC visibility push(hidden)
#endif

/* Losses the consumer may tell of now: it has taken all that was in the ring when they were counted. */
uint32_t weir_lag_due(struct weir_lag *lag, const struct weir_ring *r);

#ifdef __GNUC__
#pragma GCC visibility pop
#endif

#endif
