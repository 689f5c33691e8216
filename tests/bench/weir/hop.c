/* SPDX-License-Identifier: MIT */
/* hop.c -- a pipeline into another one on another thread, each on a loop of its own. */
#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include <weir/hop.h>
#include <weir/libevent.h>

#include "works.h"

#define ITEMS  1024 /* of the hop */
#define SPAN   64
#define PAUSES 2000 /* before sleeping */

/* One side: a pipeline with its loop. */
struct side {
	struct bench_pipeline pipeline;
	struct weir_libevent *loop;
};

static struct weir_hop hop;
static struct side from, to;

static void wake(void *arg)
{
	weir_libevent_wake(arg);
}

static void open_side(struct side *s, const char *name, const char *setting)
{
	static const struct weir_op_type *const types[] = { &weir_to_hop_type, &weir_from_hop_type, NULL };

	if (weir_libevent_open(&s->loop, NULL) < 0)
		bench_die("no loop");
	weir_libevent_spin(s->loop, PAUSES);
	bench_open(&s->pipeline, name, setting, types, SPAN);
}

static void close_side(struct side *s)
{
	bench_end(&s->pipeline);
	bench_close(&s->pipeline);
	weir_libevent_close(s->loop);
}

static void *read_all(void *arg)
{
	(void)arg;
	weir_libevent_adopt(from.loop);
	bench_run_on(&from.pipeline, weir_libevent_platform(from.loop));
	if (weir_hop_read(&hop, from.pipeline.instance, 0) < 0 || weir_libevent_run(from.loop) < 0)
		bench_die("the reading side failed");
	return NULL;
}

static int64_t numbers(int64_t n)
{
	int64_t size = weir_hop_size(sizeof(int64_t), ITEMS, false);
	void *memory = malloc((size_t)size);
	char setting[32];
	pthread_t thread;

	(void)snprintf(setting, sizeof setting, "N=%" PRId64, n);
	open_side(&to, "hop-to", setting);
	open_side(&from, "hop-from", NULL);
	if (memory == NULL || weir_hop_init(&hop, memory, sizeof(int64_t), ITEMS, false) < 0)
		bench_die("no hop");
	weir_hop_on_wake(&hop, wake, to.loop, wake, from.loop);
	bench_start();
	bench_run_on(&to.pipeline, weir_libevent_platform(to.loop));
	if (weir_hop_write(&hop, to.pipeline.instance, 1) < 0)
		bench_die("no writing side");
	if (pthread_create(&thread, NULL, read_all, NULL) != 0)
		bench_die("cannot start a thread");
	if (weir_libevent_run(to.loop) < 0)
		bench_die("the writing side failed");
	(void)pthread_join(thread, NULL);
	bench_stop();
	close_side(&to);
	close_side(&from);
	free(memory);
	return bench_total;
}

const struct bench_work bench_hop_works[] = { { "hop", numbers }, { NULL, NULL } };
