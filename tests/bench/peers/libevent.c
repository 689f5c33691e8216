/* SPDX-License-Identifier: MIT */
/*
 * libevent.c -- a program written on libevent alone: a socket whose records go through five steps and back, a pipe whose
 * frames are added up, and its heap of timers. What weir, which runs on libevent, is held to.
 */
#include <event2/event.h>
#include <event2/event_struct.h>
#include <sys/socket.h>
#include <unistd.h>

#include "frames.h"
#include "timers.h"

const char *bench_version(void)
{
	return event_get_version();
}

static struct event_base *base;

static void turn(void)
{
	if (event_base_loop(base, EVLOOP_ONCE) < 0)
		bench_die("the loop failed");
}

/* ---- a socket ---- */

static void on_record(evutil_socket_t fd, short what, void *arg)
{
	const int *to = arg;
	struct frame f;

	(void)what;
	if (read(fd, &f, sizeof f) != (ssize_t)sizeof f)
		return;
	if (f.value < -40)
		return;
	f.value = f.value * 1.8f + 32;
	f.n = f.n + 1;
	if (f.id == 0)
		return;
	f.value = f.value / 2;
	if (write(*to, &f, sizeof f) < 0)
		bench_die("cannot write to a socket");
}

static int64_t records(int64_t n, int percentile)
{
	struct event *e;
	int64_t sum;
	int in[2], out[2];

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, in) != 0 || socketpair(AF_UNIX, SOCK_STREAM, 0, out) != 0)
		bench_die("no sockets");
	base = event_base_new();
	e = event_new(base, in[1], EV_READ | EV_PERSIST, on_record, &out[1]);
	(void)event_add(e, NULL);
	sum = frames_there_and_back(n, in[0], out[0], turn, percentile);
	event_free(e);
	event_base_free(base);
	for (int i = 0; i < 2; i++) {
		(void)close(in[i]);
		(void)close(out[i]);
	}
	return sum;
}

static int64_t loop(int64_t n)
{
	return records(n, 0);
}

static int64_t loop_p50(int64_t n)
{
	return records(n, 50);
}

static int64_t loop_p99(int64_t n)
{
	return records(n, 99);
}

/* ---- a pipe ---- */

static struct event pipe_event;
static int64_t pipe_sum;

static void on_frames(evutil_socket_t fd, short what, void *arg)
{
	static struct frame frames[FRAMES];
	ssize_t got = read(fd, frames, sizeof frames);

	(void)what;
	(void)arg;
	for (ssize_t i = 0; i < got / (ssize_t)sizeof *frames; i++)
		pipe_sum += frames[i].n;
}

static void begin(int fd)
{
	base = event_base_new();
	(void)event_assign(&pipe_event, base, fd, EV_READ | EV_PERSIST, on_frames, NULL);
	(void)event_add(&pipe_event, NULL);
}

static int64_t serve(void)
{
	pipe_sum = 0;
	turn();
	return pipe_sum;
}

static int64_t bytes(int64_t n)
{
	int64_t sum = frames_through_pipe(n, begin, serve);

	(void)event_del(&pipe_event);
	event_base_free(base);
	return sum;
}

/* ---- timers ---- */

static struct event timers[TIMERS];

static void on_timer(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	(void)arg;
}

static void arm_all(int64_t n)
{
	for (uint32_t i = 0; i < (uint32_t)n; i++) {
		uint64_t ns = timer_ns(i);
		struct timeval t = { (time_t)(ns / 1000000000), (suseconds_t)(ns % 1000000000 / 1000) };

		(void)event_add(&timers[i], &t);
	}
}

static void cancel_all(int64_t n)
{
	for (uint32_t i = 0; i < (uint32_t)n; i++)
		(void)event_del(&timers[i]);
}

static void with_timers(int64_t n)
{
	base = event_base_new();
	for (int64_t i = 0; i < n; i++)
		(void)evtimer_assign(&timers[i], base, on_timer, NULL);
}

static int64_t arm(int64_t n)
{
	with_timers(n);
	bench_start();
	arm_all(n);
	bench_stop();
	cancel_all(n);
	event_base_free(base);
	return n;
}

static int64_t cancel(int64_t n)
{
	with_timers(n);
	arm_all(n);
	bench_start();
	cancel_all(n);
	bench_stop();
	event_base_free(base);
	return n;
}

static const struct bench_work works[] = { { "loop", loop }, { "loop-p50", loop_p50 },
	{ "loop-p99", loop_p99 }, { "bytes", bytes }, { "arm", arm }, { "cancel", cancel }, { NULL, NULL } };
const struct bench_work *const bench_lists[] = { works, NULL };
