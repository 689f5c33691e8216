/* SPDX-License-Identifier: MIT */
/*
 * probe.h -- a scripted source and a recording sink, to put any stage between.
 *
 * The source plays a script of items and marks in spans of a chosen size, owned or lent; the sink asks for
 * credit in a chosen way, writes everything down, and cancels after a chosen event. Both hold the engine to
 * the laws while they run: an item nobody asked for, or anything after the end, fails the test on the spot.
 * Scripts and logs are picked by the stages' `probe` parameter, an index into the tables below.
 */
#ifndef WEIR_TEST_PROBE_H
#define WEIR_TEST_PROBE_H

#include <check.h>

#include <weir/engine.h>

/* ck_assert_msg and ck_assert for what is asked over and over: Check writes each assertion that holds to a file. */
#define PROBE_CLAIM(holds, ...)                    \
	do {                                       \
		if (!(holds))                      \
			ck_abort_msg(__VA_ARGS__); \
	} while (0)
#define PROBE_MUST(holds) PROBE_CLAIM(holds, "%s", #holds)

#define PROBES          8u
#define PROBE_EVENTS    4096u
#define PROBE_LOG_BYTES 262144u

struct probe_event {
	bool is_mark;
	struct weir_mark mark;
	int64_t instant;
	const void *item;
};

struct probe_script {
	struct probe_event events[PROBE_EVENTS];
	uint32_t n_events, next;
	uint32_t span; /* most items per span */
	uint32_t lent; /* items lent and not yet back */
	bool lend;
	bool holds; /* does not end when the script does */
	uint32_t barriers_done;
};

struct probe_mark {
	struct weir_mark mark;
	uint32_t after; /* items seen before it */
};

struct probe_log {
	unsigned char bytes[PROBE_LOG_BYTES];
	int64_t instants[PROBE_EVENTS * 16];
	struct probe_mark marks[PROBE_EVENTS];
	uint32_t size, n_items, n_marks, n_events;
	uint32_t credit; /* asked at a time; UINT32_MAX: unbounded */
	uint32_t asked;
	uint32_t cancel_after; /* events; UINT32_MAX: never */
	uint32_t take_at_most; /* per turn: a slow sink; 0: all */
	bool ended, failed;
};

extern struct probe_script probe_scripts[PROBES];
extern struct probe_log probe_logs[PROBES];

extern const struct weir_op_type probe_source_type; /* params: probe, record */
extern const struct weir_op_type probe_lender_type; /* the same, lending its spans */
extern const struct weir_op_type probe_bytes_type,
	probe_bytes_lender_type;                  /* sources of bytes: one event a byte */
extern const struct weir_op_type probe_sink_type; /* params: probe */

/* Forget all scripts and logs; sinks ask for everything, spans are as large as they can be. */
void probe_reset(void);
void probe_item(uint32_t probe, const void *item, int64_t instant);
void probe_mark(uint32_t probe, enum weir_mark_kind kind, int64_t value);

/* Play all scripts again from the start into empty logs. */
void probe_rewind(void);

/* A platform whose clock stands where the test puts it. */
struct probe_clock {
	struct weir_platform platform;
	uint64_t now_ns, wake_ns;
	bool ended;
};
void probe_clock_init(struct probe_clock *clock);

/* Step until nothing is ready, then let the clock jump to the next deadline, until the end. Returns turns. */
uint64_t probe_run(struct probe_clock *clock, struct weir_instance *instance);

/* Fail the test unless every edge balances, with nothing queued when ended. */
void probe_check_ledger(const struct weir_instance *instance);

#endif
