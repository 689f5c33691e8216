/* SPDX-License-Identifier: MIT */
/*
 * monitor.h -- the monitor: in builds made to test, every edge carries a shadow of its ledger, kept from the events
 * themselves, and every callback is watched. Private to lib.
 *
 * WEIR_WATCH(...) is an event; without --enable-monitor it is nothing at all. A law that is broken ends the program at
 * once, with the law, the place and both figures on stderr.
 */
#ifndef WEIR_MONITOR_H
#define WEIR_MONITOR_H

#ifdef WEIR_MONITOR

#define WEIR_WATCH(event) weir_watch_##event

struct weir_instance;
struct weir_edge;
struct weir_stage;

/* What an edge must say of itself. */
struct weir_shadow {
	uint64_t requested, emitted, taken, held, dropped;
	bool unbounded, terminal;
};

void weir_watch_requested(struct weir_edge *e, uint32_t n);
void weir_watch_published(const struct weir_instance *in, struct weir_edge *e, uint32_t n);
void weir_watch_taken(const struct weir_instance *in, struct weir_edge *e, uint64_t n);
void weir_watch_booked(const struct weir_instance *in, struct weir_edge *e, uint32_t n);
/* Demand went up through a stage: through the edges inside its group too. */
void weir_watch_passed_up(const struct weir_stage *last, uint32_t n);
/* A group's program took so many items, and refused some; one item was refused at the stage of a segment. */
void weir_watch_grouped(const struct weir_instance *in, const struct weir_stage *head, uint32_t taken,
	const uint32_t *refused);
void weir_watch_refused(const struct weir_instance *in, const struct weir_stage *head, uint16_t segment);
void weir_watch_held(const struct weir_instance *in, struct weir_edge *e, int64_t n);
void weir_watch_dropped(
	const struct weir_instance *in, struct weir_edge *e, unsigned slots, unsigned reason, uint64_t n);
void weir_watch_marked(const struct weir_instance *in, struct weir_edge *e, unsigned kind);
void weir_watch_renewed(struct weir_edge *e);
/* A callback of the stage begins; `was`: the stage whose callback is under way, or WEIR_NO_STAGE. */
void weir_watch_entered(const struct weir_instance *in, const struct weir_stage *s, uint16_t was);
/* A turn is over, and so is everything that followed from it. */
void weir_watch_settled(const struct weir_instance *in);
void weir_watch_ended(const struct weir_instance *in);

#else
#define WEIR_WATCH(event) ((void)0)
#endif

#endif
