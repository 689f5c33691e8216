/* SPDX-License-Identifier: MIT */
/*
 * harness.c -- the contender's side of the protocol in harness.h.
 *
 * Under valgrind the instructions of each run are written out apart (instructions.py reads them); without it the
 * requests to valgrind are a few instructions that do nothing.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "harness.h"

#if defined __has_include
#if __has_include(<valgrind/callgrind.h>)
#include <valgrind/callgrind.h>
#endif
#endif
#ifndef CALLGRIND_ZERO_STATS
#define CALLGRIND_ZERO_STATS
#define CALLGRIND_DUMP_STATS_AT(label) (void)(label)
#endif

static struct {
	double began, took; /* ns */
	const char *label, *name;
	int running;
} under_way;

static double now_ns(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

const char *bench_name(void)
{
	return under_way.name;
}

void bench_start(void)
{
	under_way.running = 1;
	CALLGRIND_ZERO_STATS;
	under_way.began = now_ns();
}

void bench_stop(void)
{
	if (!under_way.running)
		return;
	under_way.took = now_ns() - under_way.began;
	CALLGRIND_DUMP_STATS_AT(under_way.label);
	under_way.running = 0;
}

void bench_figure(double value)
{
	bench_stop();
	under_way.took = value;
}

void bench_die(const char *what)
{
	(void)fprintf(stderr, "%s\n", what);
	exit(2);
}

static const struct bench_work *find(const char *name)
{
	for (const struct bench_work *const *list = bench_lists; *list != NULL; list++)
		for (const struct bench_work *w = *list; w->name != NULL; w++)
			if (strcmp(w->name, name) == 0)
				return w;
	bench_die("no such work");
}

static void serve(char *line)
{
	char name[64];
	int64_t n, result;

	if (sscanf(line, "run %63s %" SCNd64, name, &n) != 2)
		bench_die("not a line of the protocol");
	under_way.name = name;
	line[strcspn(line, "\n")] = '\0';
	under_way.label = line + strlen("run ");
	bench_start();
	result = find(name)->run(n);
	bench_stop();
	(void)printf("took %.1f %" PRId64 "\n", under_way.took, result);
	(void)fflush(stdout);
}

int main(void)
{
	char line[128];

	(void)printf("version %s\n", bench_version());
	for (const struct bench_work *const *list = bench_lists; *list != NULL; list++)
		for (const struct bench_work *w = *list; w->name != NULL; w++)
			(void)printf("can %s\n", w->name);
	(void)printf("ready\n");
	(void)fflush(stdout);
	while (fgets(line, sizeof line, stdin) != NULL)
		serve(line);
	return 0;
}
