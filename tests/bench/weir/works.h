/* SPDX-License-Identifier: MIT */
/* works.h -- the lists of works that weir itself does, one a file, and what the files share. */
#ifndef WEIR_BENCH_WORKS_H
#define WEIR_BENCH_WORKS_H

#include <weir/engine.h>
#include <weir/load.h>
#include <weir/op.h>

#include "harness.h"

extern const struct bench_work bench_calls_works[], bench_json_works[], bench_hop_works[], bench_host_works[],
	bench_life_works[];

/* What the sinks `total` took, added up. */
extern int64_t bench_total;
extern const struct weir_op_type bench_total_type;

/* A definition with its plan, and an arena for one instance of it. */
struct bench_pipeline {
	struct weir_definition *definition;
	const struct weir_plan *plan;
	void *memory;
	size_t size;
	struct weir_instance *instance;
};

/*
 * Open the definition of a name, of the folder beside this one, with a variable set ("N=5", or NULL), types of one's
 * own beside `total` (ended by NULL; or NULL), and spans of at most so many items (0: the default). Any fault ends the
 * program; so do those of the others.
 */
void bench_open(struct bench_pipeline *p, const char *name, const char *setting,
	const struct weir_op_type *const *own, uint32_t span_items);
/* The same of a text. */
void bench_open_text(struct bench_pipeline *p, const char *text);
/* Lay it out on a platform and start it; also again, when it was stopped. */
void bench_run_on(struct bench_pipeline *p, struct weir_platform *platform);
void bench_end(struct bench_pipeline *p);
void bench_close(struct bench_pipeline *p);

#endif
