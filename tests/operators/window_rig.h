/* SPDX-License-Identifier: MIT */
/*
 * window_rig.h -- a window of 10 ns over scripted items, and its results as one line of text.
 *
 * It counts the items and sums v; `emit` copies what it makes. Change the parameters between window_open and
 * bed_play.
 */
#ifndef WEIR_TEST_WINDOW_RIG_H
#define WEIR_TEST_WINDOW_RIG_H

#include <weir/aggregates.h>

#include "operators/bed.h"

/* What a window makes, and as it is its result. */
struct window_result {
	int64_t n, sum, start, end;
	uint32_t node, pad;
};

enum form { SLIDING, SESSION, COUNT };

extern const struct weir_op_type *const form_types[3];
extern const struct weir_record window_result_record;
extern const struct weir_aggregate window_list[2]; /* count(), sum(v) */
extern const struct weir_program window_copy;
extern struct weir_aggregates window_aggregates;
extern struct weir_window_params window_params;
extern uint16_t window_stage, window_input, window_output; /* the stage and its edges */

/* Probe source 0 -> window -> probe sink 0. */
void window_open(enum weir_clock clock, bool with_field, const struct weir_key *key, uint64_t lateness_ns);
/* As window_open with a time field under the event clock, in spans of so many items, of another form. */
void form_open(uint32_t span, enum form form, const struct weir_key *key, uint64_t lateness_ns);
/* Make the window of window_open one of windows of 10 ns every 5, sessions with a gap of 10 ns, or 3 items every 2. */
void form_set(enum form form);
/* "start-end node n sum, ..." of what sink 0 got; with marks also "|time" and "#barrier" where they came. */
const char *window_results(bool with_marks);

#define EXPECT(expected) ck_assert_str_eq(window_results(false), expected)

/* Begin with a port in place of the source, so that items may be pushed at chosen times. */
void window_start_by_arrival(void);
void window_push(uint64_t now, int64_t v);

#endif
