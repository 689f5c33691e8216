/* SPDX-License-Identifier: MIT */
/* host.c -- weir on its libevent loop: bytes from a pipe, and the deadlines of many pipelines. */
#include <event2/event.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <weir/libevent.h>

#include "frames.h"
#include "timers.h"
#include "works.h"

static struct weir_libevent *loop;

static void open_loop(void)
{
	if (weir_libevent_open(&loop, NULL) < 0)
		bench_die("no loop");
}

static void turn(void)
{
	if (event_base_loop(weir_libevent_base(loop), EVLOOP_ONCE) < 0)
		bench_die("the loop failed");
}

/* ---- a pipe ---- */

static struct bench_pipeline bytes_pipeline;

static void begin(int fd)
{
	char setting[32];

	(void)snprintf(setting, sizeof setting, "FD=%d", fd);
	open_loop();
	bench_open(&bytes_pipeline, "bytes", setting, NULL, 0);
	bench_run_on(&bytes_pipeline, weir_libevent_platform(loop));
	turn();
}

/* Until the frames that were written have all come out. */
static int64_t serve(void)
{
	int64_t before = bench_total;

	while (bench_total == before)
		turn();
	return bench_total - before;
}

static int64_t bytes(int64_t n)
{
	int64_t sum = frames_through_pipe(n, begin, serve);

	bench_end(&bytes_pipeline);
	bench_close(&bytes_pipeline);
	weir_libevent_close(loop);
	return sum;
}

/* ---- sockets ---- */

/* The other end of a socket that the pipeline listens on. */
static int connect_to(const char *folder, const char *name)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	(void)snprintf(at.sun_path, sizeof at.sun_path, "%s/%s", folder, name);
	if (fd < 0 || connect(fd, (struct sockaddr *)&at, sizeof at) != 0)
		bench_die("cannot connect to a pipeline");
	return fd;
}

static int64_t records(int64_t n, int percentile)
{
	char folder[] = "/tmp/weir-bench-XXXXXX", setting[64];
	struct bench_pipeline p;
	int64_t sum;
	int to, from;

	if (mkdtemp(folder) == NULL)
		bench_die("no folder for sockets");
	(void)snprintf(setting, sizeof setting, "DIR=%s", folder);
	open_loop();
	bench_open(&p, "loop", setting, NULL, 0);
	bench_run_on(&p, weir_libevent_platform(loop));
	to = connect_to(folder, "in");
	from = connect_to(folder, "out");
	turn();
	sum = frames_there_and_back(n, to, from, turn, percentile);
	(void)close(to);
	if (weir_libevent_run(loop) < 0)
		bench_die("a pipeline did not end");
	(void)close(from);
	bench_end(&p);
	bench_close(&p);
	weir_libevent_close(loop);
	(void)rmdir(folder);
	return sum;
}

static int64_t records_all(int64_t n)
{
	return records(n, 0);
}

static int64_t records_p50(int64_t n)
{
	return records(n, 50);
}

static int64_t records_p99(int64_t n)
{
	return records(n, 99);
}

/* ---- deadlines ---- */

/* Each of so many pipelines on one loop waits for a moment of its own: the engine asks the platform so. */
static struct weir_instance *waiting[TIMERS];
static void *memory[TIMERS];
static struct bench_pipeline waiting_pipeline;

static void wake_at(uint32_t i, uint64_t deadline_ns)
{
	struct weir_platform *platform = weir_libevent_platform(loop);

	platform->type->wake_at(platform, waiting[i], deadline_ns);
}

static void with_pipelines(int64_t n)
{
	open_loop();
	bench_open(&waiting_pipeline, "waiting", NULL, NULL, 1);
	free(waiting_pipeline.memory);
	for (int64_t i = 0; i < n; i++) {
		memory[i] = waiting_pipeline.memory = malloc(waiting_pipeline.size);
		bench_run_on(&waiting_pipeline, weir_libevent_platform(loop));
		waiting[i] = waiting_pipeline.instance;
	}
	turn();
}

static void without_pipelines(int64_t n)
{
	for (int64_t i = 0; i < n; i++) {
		weir_fini(waiting[i]);
		free(memory[i]);
	}
	weir_definition_close(waiting_pipeline.definition);
	weir_libevent_close(loop);
}

static void arm_all(int64_t n, uint64_t from_ns)
{
	for (uint32_t i = 0; i < (uint32_t)n; i++)
		wake_at(i, from_ns + timer_ns(i));
}

static uint64_t now_ns(void)
{
	struct weir_platform *platform = weir_libevent_platform(loop);

	return platform->type->now_ns(platform);
}

static int64_t arm(int64_t n)
{
	with_pipelines(n);
	bench_start();
	arm_all(n, now_ns());
	bench_stop();
	without_pipelines(n);
	return n;
}

static int64_t cancel(int64_t n)
{
	with_pipelines(n);
	arm_all(n, now_ns());
	bench_start();
	for (uint32_t i = 0; i < (uint32_t)n; i++)
		wake_at(i, WEIR_NEVER);
	bench_stop();
	without_pipelines(n);
	return n;
}

const struct bench_work bench_host_works[] = { { "loop", records_all }, { "loop-p50", records_p50 },
	{ "loop-p99", records_p99 }, { "bytes", bytes }, { "arm", arm }, { "cancel", cancel },
	{ NULL, NULL } };
