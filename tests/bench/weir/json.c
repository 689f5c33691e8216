/* SPDX-License-Identifier: MIT */
/* json.c -- pipelines as users write them, loaded from JSON: the works held to loops written by hand. */
#include <inttypes.h>
#include <stdio.h>

#include <weir/kernels.h>
#include <weir/sim.h>

#include "keyed.h"
#include "works.h"

/* ---- both ends ---- */

static int64_t total; /* what the sinks took, added up */

static void end(struct weir_ctx *c)
{
	struct weir_mark m;

	while (weir_next_mark(c, 0, &m))
		if (m.kind == WEIR_MARK_COMPLETE || m.kind == WEIR_MARK_ERROR)
			weir_end_with(c, &m);
}

static void total_run(struct weir_ctx *c)
{
	const struct weir_span *span = weir_input(c, 0);

	if (span != NULL) {
		for (uint32_t i = 0; i < span->count; i++)
			total += ((const int64_t *)span->items)[i];
		weir_take(c, 0, span->count);
	}
	end(c);
}

static void averages_run(struct weir_ctx *c)
{
	const struct weir_span *span = weir_input(c, 0);

	if (span != NULL) {
		for (uint32_t i = 0; i < span->count; i++)
			total += keyed_digest(((const double *)span->items)[i]);
		weir_take(c, 0, span->count);
	}
	end(c);
}

static const struct weir_op_type total_type = {
	.abi = WEIR_OP_ABI,
	.flags = WEIR_OP_SINK,
	.credit = WEIR_CREDIT_OWN,
	.name = "total",
	.prefetch = UINT32_MAX,
	.run = total_run,
};
static const struct weir_op_type averages_type = {
	.abi = WEIR_OP_ABI,
	.flags = WEIR_OP_SINK,
	.credit = WEIR_CREDIT_OWN,
	.name = "averages",
	.prefetch = UINT32_MAX,
	.run = averages_run,
};

/* readings: lends what lies in memory, as a driver of a data source does. */
static const struct keyed_item *readings;
static int64_t readings_left;

static void readings_run(struct weir_ctx *c)
{
	uint32_t room = weir_room(c, 0);
	struct weir_span span = { .items = (void *)(uintptr_t)readings };

	span.count = (uint32_t)(readings_left < 256 ? readings_left : 256);
	if (span.count > room)
		span.count = room;
	if (span.count > 0) {
		readings += span.count;
		readings_left -= span.count;
		weir_lend(c, 0, &span);
	}
	if (readings_left == 0)
		weir_complete(c);
}

static const struct weir_field readings_fields[] = {
	{ .name = "at", .kind = WEIR_TIME, .offset = 0 },
	{ .name = "key", .kind = WEIR_U32, .offset = 8 },
	{ .name = "value", .kind = WEIR_F32, .offset = 12 },
};
static const struct weir_record readings_record = {
	.name = "readings", .fields = readings_fields, .n_fields = 3, .size = sizeof(struct keyed_item)
};
static const struct weir_op_type readings_type = {
	.abi = WEIR_OP_ABI,
	.flags = WEIR_OP_SOURCE | WEIR_OP_LENDS,
	.credit = WEIR_CREDIT_OWN,
	.name = "readings",
	.out = &readings_record,
	.run = readings_run,
};

/* ---- running ---- */

/* Run a definition of the folder beside this one, as a user has it, with its two variables. */
static int64_t run(const char *definition, int64_t n, uint32_t keys)
{
	static const struct weir_op_type *const types[] = { &total_type, &averages_type, &readings_type,
		NULL };
	struct bench_pipeline p;
	struct weir_instance *in;
	struct weir_sim sim;
	char path[4096], set_n[32], set_keys[32];
	const char *settings[] = { set_n, set_keys };

	(void)snprintf(path, sizeof path, BENCH_DEFINITIONS "/%s.json", definition);
	(void)snprintf(set_n, sizeof set_n, "N=%" PRId64, n);
	(void)snprintf(set_keys, sizeof set_keys, "KEYS=%" PRIu32, keys);
	bench_pipeline_open(&p, path, types, settings, 2);
	weir_sim_init(&sim);
	sim.turns_step = 1024;
	if (weir_instance_init(&in, p.memory, p.size, p.plan, &sim.platform, weir_kernels_pick()) < 0)
		bench_die("a pipeline cannot be laid out");
	total = 0;
	bench_start();
	if (weir_start(in) < 0 || weir_sim_run(&sim) < 0 || weir_failed(in))
		bench_die("a pipeline failed");
	bench_stop();
	weir_fini(in);
	bench_pipeline_close(&p);
	return total;
}

/* The definition of the work's own name. */
static int64_t named(int64_t n)
{
	return run(bench_name(), n, 0);
}

static int64_t merge4(int64_t n)
{
	return run("merge4", n / 4, 0);
}

static int64_t averages(int64_t n, uint32_t keys)
{
	readings = keyed_items(keys);
	readings_left = n;
	return run("average", n, keys);
}

static int64_t window100(int64_t n)
{
	return averages(n, 100);
}

static int64_t window100k(int64_t n)
{
	return averages(n, 100000);
}

const struct bench_work bench_json_works[] = {
	{ "W1", named },
	{ "W1r", named },
	{ "W2", named },
	{ "merge4", merge4 },
	{ "tee8", named },
	{ "zip", named },
	{ "window100", window100 },
	{ "window100k", window100k },
	{ NULL, NULL },
};
