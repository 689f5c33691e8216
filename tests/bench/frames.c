/* SPDX-License-Identifier: MIT */
/* frames.c -- records through sockets and pipes: the other end of what is measured. */
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "frames.h"

int64_t frames_through_pipe(int64_t n, void (*begin)(int fd), int64_t (*serve)(void))
{
	struct frame frames[FRAMES] = { { 0 } };
	int64_t sum = 0;
	int fds[2];

	if (pipe(fds) != 0)
		bench_die("no pipe");
	begin(fds[0]);
	bench_start();
	for (int64_t i = 0; i < n; i += FRAMES) {
		int64_t count = n - i < FRAMES ? n - i : FRAMES;

		for (int64_t k = 0; k < count; k++)
			frames[k].n = i + k + 1;
		if (write(fds[1], frames, (size_t)count * sizeof *frames) < 0)
			bench_die("cannot write to a pipe");
		sum += serve();
	}
	bench_stop();
	(void)close(fds[0]);
	(void)close(fds[1]);
	return sum;
}

static double now_ns(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static int ascending(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

int64_t frames_there_and_back(int64_t n, int to, int from, void (*serve)(void), int percentile)
{
	double *took = percentile != 0 ? malloc((size_t)n * sizeof *took) : NULL;
	int64_t sum = 0;

	bench_start();
	for (int64_t i = 0; i < n; i++) {
		struct frame f = { .n = i, .id = 7, .value = (float)(i & 1023) };
		double began = took != NULL ? now_ns() : 0;

		if (write(to, &f, sizeof f) != (ssize_t)sizeof f)
			bench_die("cannot write to a socket");
		do
			serve();
		while (recv(from, &f, sizeof f, MSG_DONTWAIT) < 0);
		if (took != NULL)
			took[i] = now_ns() - began;
		sum += f.n + (int64_t)f.value;
	}
	bench_stop();
	if (took != NULL) {
		qsort(took, (size_t)n, sizeof *took, ascending);
		bench_figure(took[n * percentile / 100] * (double)n);
	}
	free(took);
	return sum;
}
