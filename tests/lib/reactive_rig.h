/* SPDX-License-Identifier: MIT */
/*
 * reactive_rig.h -- a chain, and peers for both its ends.
 */
#ifndef WEIR_TEST_LIB_REACTIVE_RIG_H
#define WEIR_TEST_LIB_REACTIVE_RIG_H

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include <weir/chain.h>

#include "support/peers.h"
#include "support/probe.h"

#define ITEMS 40u

static const struct weir_field fields[] = { { .name = "v", .kind = WEIR_U32 } };
static uint32_t items[ITEMS];
static struct watcher watcher, other;
static struct feeder feeder, second;
static struct weir_chain *chain;

static inline void setup(void)
{
	for (uint32_t i = 0; i < ITEMS; i++)
		items[i] = i * 3 + 1;
	watcher_init(&watcher, sizeof *items);
	watcher_init(&other, sizeof *items);
	feeder_init(&feeder, items, sizeof *items, ITEMS);
	feeder_init(&second, items, sizeof *items, ITEMS);
}

/* An identity of some capacity, not yet joined to anything. */
static inline void open_identity(uint32_t capacity)
{
	chain = weir_chain_open(WEIR_CLOCK_MONOTONIC, NULL);
	ck_assert_ptr_nonnull(chain);
	ck_assert_int_ge(weir_chain_record(chain, "r", fields, 1), 0);
	ck_assert_int_ge(weir_chain_from(chain, "r", capacity), 0);
	ck_assert_int_eq(weir_chain_start(chain), WEIR_OK);
}

static inline void join(uint32_t capacity)
{
	open_identity(capacity);
	ck_assert_int_eq(weir_subscribe(&feeder.publisher, weir_chain_subscriber(chain)), WEIR_OK);
	ck_assert_int_eq(weir_subscribe(weir_chain_publisher(chain), &watcher.subscriber), WEIR_OK);
}

/* 0, 1, 2, ... */
static inline void open_range(const char *to)
{
	int stage;

	chain = weir_chain_open(WEIR_CLOCK_MONOTONIC, NULL);
	ck_assert_ptr_nonnull(chain);
	stage = weir_chain_stage(chain, "range");
	ck_assert_int_eq(weir_chain_set(chain, stage, "to", to), WEIR_OK);
	ck_assert_int_eq(weir_chain_start(chain), WEIR_OK);
	ck_assert_ptr_null(weir_chain_subscriber(chain));
	watcher_init(&watcher, sizeof(int64_t));
}

static inline struct weir_ledger ledger(uint16_t edge)
{
	struct weir_ledger l;

	ck_assert_int_eq(weir_edge_ledger(weir_chain_instance(chain), edge, &l), WEIR_OK);
	return l;
}

static inline void close_chain(void)
{
	struct weir_instance *in = weir_chain_instance(chain);

	probe_check_ledger(in);
	ck_assert_uint_eq(weir_timers_armed(in), 0);
	weir_chain_close(chain);
}

static inline void expect_items(uint32_t n)
{
	ck_assert_uint_eq(watcher.n_items, n);
	ck_assert_mem_eq(watcher.bytes, items, n * sizeof *items);
}

#endif
