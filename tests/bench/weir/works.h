/* SPDX-License-Identifier: MIT */
/* works.h -- the lists of works that weir itself does, one a file, and what the files share. */
#ifndef WEIR_BENCH_WORKS_H
#define WEIR_BENCH_WORKS_H

#include <stddef.h>

#include <weir/engine.h>
#include <weir/load.h>

#include "harness.h"

extern const struct bench_work bench_json_works[];

/* A definition with its plan, and an arena for one instance of it; any fault ends the program. */
struct bench_pipeline {
	struct weir_definition *definition;
	const struct weir_plan *plan;
	void *memory;
	size_t size;
};

void bench_pipeline_open(struct bench_pipeline *p, const char *path, const struct weir_op_type *const *types,
	const char *const *settings, size_t n_settings);
void bench_pipeline_close(struct bench_pipeline *p);

#endif
