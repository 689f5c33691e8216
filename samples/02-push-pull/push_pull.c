/* SPDX-License-Identifier: MIT */
/*
 * push_pull.c -- weir from C, without a definition or a loop: push readings in, pull results out.
 *
 * Readings in hundredths of a degree go in, those above 20 degrees come out in Fahrenheit. The pipeline asks
 * for no more than is pulled: push says how many it took.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <weir/build.h>
#include <weir/engine.h>
#include <weir/operators.h>
#include <weir/sim.h>

struct reading {
	int32_t centi; /* hundredths of a degree Celsius */
};

static void tell(void *arg, const struct weir_build_place *place, const char *message)
{
	(void)arg;
	(void)fprintf(stderr, "stage %d: %s\n", place->stage, message);
}

static const struct weir_plan *build(struct weir_build *b)
{
	static const struct weir_field fields[] = { { .name = "centi", .kind = WEIR_I32 } };
	const struct weir_plan *plan = NULL;
	int stage;

	(void)weir_build_record(b, "reading", fields, 1);
	stage = weir_build_stage(b, "warm", &weir_input_type);
	(void)weir_build_set(b, stage, "name", "adc");
	(void)weir_build_set(b, stage, "record", "reading");
	(void)weir_build_set(b, stage, "capacity", "4");
	(void)weir_build_id(b, stage, "adc");
	stage = weir_build_stage(b, "warm", &weir_filter_type);
	(void)weir_build_set(b, stage, "when", "centi > 2000");
	stage = weir_build_stage(b, "warm", &weir_map_type);
	(void)weir_build_entry(b, stage, "fields", "fahrenheit", "f64(centi) * 0.018 + 32");
	stage = weir_build_stage(b, "warm", &weir_output_type);
	(void)weir_build_set(b, stage, "name", "out");
	(void)weir_build_id(b, stage, "out");
	return weir_build_finish(b, &plan) == WEIR_OK ? plan : NULL;
}

static void run(const struct weir_plan *plan, void *memory, size_t size)
{
	static const struct reading readings[] = { { 1950 }, { 2050 }, { 2100 }, { 1990 }, { 2200 }, { 2301 },
		{ 1800 }, { 2575 } };
	uint16_t adc = (uint16_t)weir_stage_index(plan, "adc"), out = (uint16_t)weir_stage_index(plan, "out");
	struct weir_instance *in;
	struct weir_sim sim;
	uint32_t sent = 0;
	int64_t n;
	double f;

	weir_sim_init(&sim);
	if (weir_instance_init(&in, memory, size, plan, &sim.platform, NULL) < 0 || weir_start(in) < 0)
		return;
	do {
		n = weir_push(in, adc, readings + sent, NULL, 8 - sent);
		if (n > 0)
			(void)printf("pushed %d\n", (int)n);
		sent += n > 0 ? (uint32_t)n : 0;
		if (sent == 8)
			(void)weir_push_end(in, adc);
		while ((n = weir_pull(in, out, &f, NULL, 1)) == 1)
			(void)printf("pulled %.2f F\n", f);
	} while (n != WEIR_ENDED);
	weir_fini(in);
}

int main(void)
{
	struct weir_build_options options = { .fault = tell };
	struct weir_build *b = weir_build_open("push-pull", WEIR_CLOCK_MONOTONIC, &options);
	const struct weir_plan *plan = b != NULL ? build(b) : NULL;
	size_t size = plan != NULL ? weir_instance_size(plan, NULL, NULL) : 0;
	void *memory = size > 0 ? aligned_alloc(16, size) : NULL;

	if (memory != NULL)
		run(plan, memory, size);
	free(memory);
	weir_build_close(b);
	return memory == NULL;
}
