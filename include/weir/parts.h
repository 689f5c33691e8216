/* SPDX-License-Identifier: MIT */
/*
 * parts.h -- a pipeline whose stages run on several threads ("on"), as one plan a thread. Hosted.
 *
 * An edge between two threads is a cut: to_hop ends it in the one part, from_hop begins it in the other (hop.h). Stages
 * keep their ids. Whoever runs the parts makes a hop for each cut: workers.h.
 */
#ifndef WEIR_PARTS_H
#define WEIR_PARTS_H

#include <weir/plan.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The thread a stream begins on unless it is said otherwise. */
#define WEIR_THREAD_MAIN "main"

struct weir_part {
	const char *thread;
	const struct weir_plan *plan;
};

struct weir_cut {
	const char *from, *to; /* ids of the stages it lies between */
	uint16_t from_part, to_part;
	uint16_t writer, reader; /* to_hop and from_hop, in the one and the other */
	uint32_t item_bytes;
	uint32_t capacity; /* of its hop */
	bool instants;
};

struct weir_parts {
	const struct weir_part *parts; /* those that have stages: the main thread's first */
	const struct weir_cut *cuts;
	uint16_t n_parts, n_cuts;
};

#ifdef __cplusplus
}
#endif
#endif
