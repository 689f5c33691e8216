/* SPDX-License-Identifier: MIT */
/*
 * silence.h -- how long an input has been silent: for stages that pass on what comes and miss what does not.
 *
 *	asks    |-------------------------|     |--------
 *	in      ---1----2-----------------|--------------
 *	counts  |--|----|-------!         |     |--------	period 8
 *
 * Silence is counted by the monotonic clock and only while the input could speak: something is asked of it and nothing
 * of it waits. So a consumer that asks for nothing is never taken for a producer that gives nothing; when it asks again,
 * the count begins anew, as it does when an item has been passed on. An item that comes exactly at the end of the
 * period is in time, one that comes a nanosecond later is not. A timer that itself comes late is believed only after the
 * input had one more turn, and not if something waits by then.
 *
 * Uses input 0 and timer 0 of the stage. Freestanding.
 */
#ifndef WEIR_SILENCE_H
#define WEIR_SILENCE_H

#include <weir/op.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Zero but for the period is a new one. Private. */
struct weir_silence {
	int64_t period_ns; /* > 0 */
	int64_t since_ns;  /* counted from here */
	bool counts, warned;
};

/*
 * Go on counting, begin anew or stop, as things are now: at the end of every run. heard: it passed an item on, or more.
 */
void weir_silence_watch(struct weir_ctx *c, struct weir_silence *s, bool heard);

/* From the stage's timer callback: whether there was nothing for a period. Then the next one has begun. */
bool weir_silence_is_over(struct weir_ctx *c, struct weir_silence *s, int64_t deadline_ns);

#ifdef __cplusplus
}
#endif
#endif
