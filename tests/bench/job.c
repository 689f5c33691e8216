/* SPDX-License-Identifier: MIT */
/*
 * job.c -- job.json as a C program of an hour's work: getline, strtod, printf. Right as long as the fields
 * stand in this order and the times ascend.
 */
#define _POSIX_C_SOURCE 200809L
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define IDS 65536

struct sensor {
	double sum;
	uint64_t count;
};

static struct sensor sensors[IDS];
static unsigned order[IDS];
static size_t n_open;
static long long second = -1;

static void flush(void)
{
	for (size_t i = 0; i < n_open; i++) {
		struct sensor *s = &sensors[order[i]];

		printf("{\"ts\":%lld000,\"id\":%u,\"avg\":%.17g}\n", second, order[i],
			s->sum / (double)s->count);
		s->sum = 0;
		s->count = 0;
	}
	n_open = 0;
}

static void place(long long ts, unsigned id, double temp)
{
	struct sensor *s = &sensors[id % IDS];

	if (ts / 1000 != second) {
		flush();
		second = ts / 1000;
	}
	if (s->count++ == 0)
		order[n_open++] = id % IDS;
	s->sum += temp * 1.8 + 32;
}

int main(void)
{
	char *line = NULL;
	size_t size = 0;

	while (getline(&line, &size, stdin) > 0) {
		char *ts = strchr(line, ':'), *id = ts != NULL ? strchr(ts + 1, ':') : NULL;
		char *temp = id != NULL ? strchr(id + 1, ':') : NULL;
		double t;

		if (temp == NULL)
			return 1;
		t = strtod(temp + 1, NULL);
		if (t > 30)
			place(strtoll(ts + 1, NULL, 10), (unsigned)strtoul(id + 1, NULL, 10), t);
	}
	flush();
	free(line);
	return fflush(stdout) != 0;
}
