/* SPDX-License-Identifier: MIT */
/*
 * print_plan.c -- print the plan of a definition as C for a microcontroller: print_plan DEFINITION NAME TARGET BATCH
 *
 * BATCH is the most items of a span.
 */
#include <stdio.h>
#include <stdlib.h>

#include <weir/build.h>
#include <weir/load.h>

#define READING_BYTES 16u

static int put(void *arg, const char *text, size_t len_bytes)
{
	return fwrite(text, 1, len_bytes, arg) == len_bytes ? WEIR_OK : WEIR_EIO;
}

static void tell(void *arg, const char *line)
{
	(void)arg;
	(void)fprintf(stderr, "%s\n", line);
}

int main(int argc, char **argv)
{
	const struct weir_target *target = argc == 5 ? weir_target_find(argv[3]) : NULL;
	struct weir_load_options options = { .fault = tell, .freestanding = true };
	struct weir_definition *d;
	const struct weir_plan *lean;
	int rc;

	if (target == NULL) {
		(void)fprintf(stderr, "usage: print_plan DEFINITION NAME TARGET BATCH\n");
		return 64;
	}
	options.span_items_max = (uint32_t)strtoul(argv[4], NULL, 10);
	options.span_bytes = READING_BYTES * options.span_items_max;
	if (weir_definition_open(&d, argv[1], &options) < 0)
		return 1;
	rc = weir_target_plan(&lean, weir_definition_plan(d), target);
	if (rc >= 0)
		rc = weir_plan_print(lean, argv[2], put, stdout);
	weir_target_plan_close(lean);
	weir_definition_close(d);
	return rc < 0 || fflush(stdout) != 0;
}
