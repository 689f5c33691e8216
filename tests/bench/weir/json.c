/* SPDX-License-Identifier: MIT */
/* json.c -- pipelines as users write them, loaded from JSON: the works held to loops written by hand. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <weir/sim.h>

#include "keyed.h"
#include "works.h"

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

static int64_t run_opened(struct bench_pipeline *p)
{
	struct weir_sim sim;

	weir_sim_init(&sim);
	sim.turns_step = 1024;
	bench_start();
	bench_run_on(p, &sim.platform);
	if (weir_sim_run(&sim) < 0)
		bench_die("a pipeline did not end");
	bench_stop();
	bench_end(p);
	bench_close(p);
	return bench_total;
}

/* Run a definition to its end, its variable being what the range or the number of keys is. */
static int64_t run(const char *definition, const char *variable, int64_t value)
{
	static const struct weir_op_type *const types[] = { &readings_type, NULL };
	struct bench_pipeline p;
	char setting[32];

	(void)snprintf(setting, sizeof setting, "%s=%" PRId64, variable, value);
	bench_open(&p, definition, setting, types, 0);
	return run_opened(&p);
}

/* The definition of the work's own name. */
static int64_t named(int64_t n)
{
	return run(bench_name(), "N", n);
}

static int64_t merge4(int64_t n)
{
	return run("merge4", "N", n / 4);
}

static int64_t averages(int64_t n, uint32_t keys)
{
	readings = keyed_items(keys);
	readings_left = n;
	return run("average", "KEYS", keys);
}

static int64_t window100(int64_t n)
{
	return averages(n, 100);
}

static int64_t window100k(int64_t n)
{
	return averages(n, 100000);
}

/* ---- growth: the number in the work's name is how many stages, or keys ---- */

static uint32_t number_of_work(void)
{
	return (uint32_t)strtoul(strchr(bench_name(), '-') + 1, NULL, 10);
}

static int64_t keys(int64_t n)
{
	return averages(n, number_of_work());
}

/* Maps in turn with stages that are never one program with them. */
static int64_t stages(int64_t n)
{
	static const char *const kinds[] = { "{\"map\": {\"n\": \"n + 1\"}}, ", "{\"skip\": 0}, " };
	struct bench_pipeline p;
	char text[4096];
	int at = snprintf(text, sizeof text,
		"{\"weir\": 1, \"streams\": {\"s\": [{\"range\": {\"to\": %" PRId64 "}}, ", n);

	for (uint32_t i = 0; i < number_of_work(); i++)
		at += snprintf(text + at, sizeof text - (size_t)at, "%s", kinds[i % 2]);
	(void)snprintf(text + at, sizeof text - (size_t)at, "{\"total\": {}}]}}");
	bench_open_text(&p, text);
	return run_opened(&p);
}

const struct bench_work bench_json_works[] = {
	{ "W1", named },
	{ "W1r", named },
	{ "W2", named },
	{ "merge4", merge4 },
	{ "tee8", named },
	{ "zip", named },
	{ "scan", named },
	{ "window100", window100 },
	{ "window100k", window100k },
	{ "keys-1", keys },
	{ "keys-10", keys },
	{ "keys-100", keys },
	{ "keys-1000", keys },
	{ "keys-10000", keys },
	{ "keys-100000", keys },
	{ "stages-1", stages },
	{ "stages-2", stages },
	{ "stages-4", stages },
	{ "stages-8", stages },
	{ "stages-16", stages },
	{ "stages-32", stages },
	{ "stages-64", stages },
	{ NULL, NULL },
};
