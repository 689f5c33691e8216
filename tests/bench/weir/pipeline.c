/* SPDX-License-Identifier: MIT */
/* pipeline.c -- the contender `weir`: its lists, and a definition with an arena for it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <weir/kernels.h>

#include "works.h"

#define OWN_TYPES 8 /* of a pipeline, at most */

const struct bench_work *const bench_lists[] = { bench_json_works, bench_calls_works, bench_hop_works,
	bench_life_works, bench_host_works, NULL };

const char *bench_version(void)
{
	static char version[64];

	(void)snprintf(version, sizeof version, "gcc %s, %s", __VERSION__, weir_kernels_pick()->isa);
	return version;
}

static void tell(void *arg, const char *line)
{
	(void)arg;
	(void)fprintf(stderr, "%s\n", line);
}

static void lay_out(struct bench_pipeline *p)
{
	p->plan = weir_definition_plan(p->definition);
	p->size = (weir_instance_size(p->plan, NULL, NULL) + 63) & ~(size_t)63;
	p->memory = aligned_alloc(64, p->size);
	if (p->memory == NULL)
		bench_die("no memory for an arena");
	bench_total = 0;
}

void bench_open(struct bench_pipeline *p, const char *name, const char *setting,
	const struct weir_op_type *const *own, uint32_t span_items)
{
	const struct weir_op_type *types[OWN_TYPES + 2] = { &bench_total_type };
	struct weir_load_options options = { .types = types,
		.settings = &setting,
		.n_settings = setting != NULL,
		.span_items_max = span_items,
		.fault = tell };
	char path[4096];

	for (size_t i = 0; own != NULL && own[i] != NULL; i++)
		types[i + 1] = own[i];
	(void)snprintf(path, sizeof path, BENCH_DEFINITIONS "/%s.json", name);
	if (weir_definition_open(&p->definition, path, &options) < 0)
		bench_die("a definition of the bench has faults");
	lay_out(p);
}

void bench_open_text(struct bench_pipeline *p, const char *text)
{
	const struct weir_op_type *types[] = { &bench_total_type, NULL };
	struct weir_load_options options = { .types = types, .fault = tell };

	if (weir_definition_open_text(&p->definition, "bench", text, strlen(text), &options) < 0)
		bench_die("a definition of the bench has faults");
	lay_out(p);
}

void bench_run_on(struct bench_pipeline *p, struct weir_platform *platform)
{
	if (weir_instance_init(&p->instance, p->memory, p->size, p->plan, platform, weir_kernels_pick()) <
			0 ||
		weir_start(p->instance) < 0)
		bench_die("a pipeline cannot be laid out");
}

void bench_end(struct bench_pipeline *p)
{
	if (weir_failed(p->instance))
		bench_die("a pipeline failed");
	weir_fini(p->instance);
}

void bench_close(struct bench_pipeline *p)
{
	free(p->memory);
	weir_definition_close(p->definition);
}
