/* SPDX-License-Identifier: MIT */
/*
 * textrig.h -- a pipeline from a definition's text, with scripted sources and recording sinks in it, on a clock that
 * stands where the test puts it.
 *
 *	textrig_open("{\"a\": [{\"probe_source\": {\"probe\": 0, \"record\": \"r\"}}, {\"probe_sink\": 0}]}");
 *	textrig_numbers(0, 3, 1);		the script of probe 0: items 1 2 3
 *	textrig_run();				to the end, or until it waits for what does not come
 *	TEXTRIG_EXPECT(0, 1, 2, 3);		what probe 0 recorded
 *	textrig_close();			ledger, timers, arena, open and close are checked
 *
 * The one record is r: {n: i64}. A script goes on where it stopped when its source is started again.
 */
#ifndef WEIR_TEST_TEXTRIG_H
#define WEIR_TEST_TEXTRIG_H

#include <weir/load.h>

#include "support/probe.h"

/*
 * {"flaky": {"fails": 2, "record": "r"}}: a source whose open fails so many times, then gives one item, the number of
 * the attempt, and completes. {"endless": {"record": "r"}} counts from 1 and never ends. {"stuck": {"record": "r"}}
 * gives nothing.
 */
struct textrig {
	struct weir_definition *definition;
	const struct weir_plan *plan;
	struct weir_instance *in;
	struct probe_clock clock;
	void *memory;
	size_t size;
	uint32_t opens, closes, flaky_opens; /* of flaky, endless and stuck sources */
	uint32_t reports;                    /* errors told that ended no stream */
	struct weir_error reported;          /* the last of them */
	char fault[512];                     /* the first fault of a definition that must not load */
};
extern struct textrig textrig;

/* `streams` is the object of streams. */
void textrig_open(const char *streams);
/* The same, but it must have faults; returns the first one's message. */
const char *textrig_refused(const char *streams);
/* As textrig_open, but under the event clock: n is a time in ns, each item's own. */
void textrig_open_timed(const char *streams);
/* Append items first, first + 1 ... to a script; a failure; the end is by itself. */
void textrig_numbers(uint32_t probe, uint32_t n, int64_t first);
void textrig_failure(uint32_t probe);
void textrig_start(void);
/* Start unless started; run all that is due until time stands still, letting it jump from deadline to deadline. */
void textrig_run(void);
/* The same, but time does not pass `until_ns` (the clock starts at 1000), where it then stands. */
void textrig_run_until(uint64_t until_ns);
/* Do what is due now. */
void textrig_settle(void);
void textrig_close(void);

void textrig_expect(uint32_t probe, uint32_t n, const int64_t *v);
#define TEXTRIG_EXPECT(probe, ...) \
	textrig_expect(            \
		probe, sizeof((int64_t[]){ __VA_ARGS__ }) / sizeof(int64_t), (int64_t[]){ __VA_ARGS__ })
/* Items dropped for a reason on all edges. */
uint64_t textrig_dropped(enum weir_drop reason);
enum weir_stage_phase textrig_phase(const char *id);

#endif
