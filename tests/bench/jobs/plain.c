/* SPDX-License-Identifier: MIT */
/*
 * plain.c -- job.json as a C program of an hour's work, getline, strtod, printf: plain ndjson|csv IN OUT. Right as long
 * as the fields stand in this order and the times ascend.
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

static void flush(FILE *out)
{
	for (size_t i = 0; i < n_open; i++) {
		struct sensor *s = &sensors[order[i]];

		(void)fprintf(out, "{\"ts\":%lld000,\"id\":%u,\"avg\":%.17g}\n", second, order[i],
			s->sum / (double)s->count);
		s->sum = 0;
		s->count = 0;
	}
	n_open = 0;
}

static void place(FILE *out, long long ts, unsigned id, double temp)
{
	struct sensor *s = &sensors[id % IDS];

	if (temp <= 30)
		return;
	if (ts / 1000 != second) {
		flush(out);
		second = ts / 1000;
	}
	if (s->count++ == 0)
		order[n_open++] = id % IDS;
	s->sum += temp * 1.8 + 32;
}

/* What stands behind the next `mark`. */
static char *behind(char *at, char mark)
{
	at = strchr(at, mark);
	if (at == NULL)
		exit(1);
	return at + 1;
}

int main(int argc, char **argv)
{
	FILE *in = argc == 4 ? fopen(argv[2], "r") : NULL, *out = argc == 4 ? fopen(argv[3], "w") : NULL;
	char *line = NULL, mark, *ts, *id;
	size_t size = 0;

	if (in == NULL || out == NULL)
		return 1;
	mark = strcmp(argv[1], "csv") == 0 ? ',' : ':';
	if (mark == ',' && getline(&line, &size, in) <= 0)
		return 1;
	while (getline(&line, &size, in) > 0) {
		ts = mark == ',' ? line : behind(line, mark);
		id = behind(ts, mark);
		place(out, strtoll(ts, NULL, 10), (unsigned)strtoul(id, NULL, 10),
			strtod(behind(id, mark), NULL));
	}
	flush(out);
	free(line);
	return fclose(out) != 0;
}
