/* SPDX-License-Identifier: MIT */
/* pipeline.c -- the contender `weir`: its lists, and a definition with an arena for it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <weir/kernels.h>

#include "works.h"

const char *bench_version(void)
{
	static char version[64];

	(void)snprintf(version, sizeof version, "gcc %s, %s", __VERSION__, weir_kernels_pick()->isa);
	return version;
}

const struct bench_work *const bench_lists[] = { bench_json_works, NULL };

static void tell(void *arg, const char *line)
{
	(void)arg;
	(void)fprintf(stderr, "%s\n", line);
}

void bench_pipeline_open(struct bench_pipeline *p, const char *path, const struct weir_op_type *const *types,
	const char *const *settings, size_t n_settings)
{
	struct weir_load_options options = {
		.types = types, .settings = settings, .n_settings = n_settings, .fault = tell
	};

	if (weir_definition_open(&p->definition, path, &options) < 0)
		bench_die("a definition of the bench has faults");
	p->plan = weir_definition_plan(p->definition);
	p->size = (weir_instance_size(p->plan, NULL, NULL) + 63) & ~(size_t)63;
	p->memory = aligned_alloc(64, p->size);
	if (p->memory == NULL)
		bench_die("no memory for an arena");
}

void bench_pipeline_close(struct bench_pipeline *p)
{
	free(p->memory);
	weir_definition_close(p->definition);
}
