/* SPDX-License-Identifier: MIT */
/*
 * feed_rig.h -- what the tests of a fed input port share: a bed of an input and a sink or an output, and a
 * ring that is to feed it.
 */
#ifndef WEIR_TEST_FEED_RIG_H
#define WEIR_TEST_FEED_RIG_H

#include <check.h>

#include <weir/ring.h>

#include "operators/bed.h"

#define SIZE sizeof(struct bed_item)

static const struct weir_input_params in_params = { .name = "in", .record = &bed_record, .capacity = 3 };
static const struct weir_output_params out_params = { .name = "out" };
static uint64_t memory[1024];
static uint16_t port;
static int64_t next; /* the number the next item gets */

static struct weir_ring ring;
static struct weir_ring_feed ring_feed;

/* An input before a sink that asks for everything, or before an output port that asks for nothing. */
static inline void open_bed(enum weir_clock clock, bool with_port)
{
	bed_open(clock);
	(void)bed_stage(&weir_input_type, &in_params);
	port = with_port ? bed_stage(&weir_output_type, &out_params) : bed_sink(0);
	(void)bed_edge(0, port);
	next = 0;
}

static inline struct weir_feed *make_ring(uint32_t capacity)
{
	ck_assert_int_le(weir_ring_size(SIZE, capacity), (int64_t)sizeof memory);
	ck_assert_int_eq(weir_ring_init(&ring, memory, SIZE, capacity), WEIR_OK);
	return weir_ring_feed_init(&ring_feed, &ring);
}

static inline struct bed_item numbered(void)
{
	return (struct bed_item){ .at = next * 10, .v = next };
}

static inline int32_t push_one(void)
{
	struct bed_item item = numbered();
	int32_t rc = weir_ring_push(&ring, &item, 1);

	next += rc == 1;
	return rc;
}

static inline void push(uint32_t n)
{
	while (n-- > 0)
		ck_assert_int_eq(push_one(), 1);
}

/* What a platform does that was woken from outside. */
static inline void wake(void)
{
	weir_wake_feeds(bed.in);
	bed_settle();
}

static inline int64_t pull(uint32_t n)
{
	struct bed_item got[16];

	return weir_pull(bed.in, port, got, NULL, n);
}

#endif
