/* SPDX-License-Identifier: MIT */
/* libuv.c -- the same on libuv: a socket by its poll handle, as libevent's program has it, and its timers. */
#include <sys/socket.h>
#include <unistd.h>
#include <uv.h>

#include "frames.h"
#include "timers.h"

const char *bench_version(void)
{
	return uv_version_string();
}

static uv_loop_t loop_of;

static void turn(void)
{
	(void)uv_run(&loop_of, UV_RUN_ONCE);
}

/* ---- a socket ---- */

static uv_poll_t poll_handle;
static int from_fd, to_fd;

static void on_record(uv_poll_t *handle, int status, int events)
{
	struct frame f;

	(void)handle;
	(void)status;
	(void)events;
	if (read(from_fd, &f, sizeof f) != (ssize_t)sizeof f)
		return;
	if (f.value < -40)
		return;
	f.value = f.value * 1.8f + 32;
	f.n = f.n + 1;
	if (f.id == 0)
		return;
	f.value = f.value / 2;
	if (write(to_fd, &f, sizeof f) < 0)
		bench_die("cannot write to a socket");
}

static void finish(void)
{
	(void)uv_run(&loop_of, UV_RUN_NOWAIT);
	(void)uv_loop_close(&loop_of);
}

static int64_t records(int64_t n, int percentile)
{
	int64_t sum;
	int in[2], out[2];

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, in) != 0 || socketpair(AF_UNIX, SOCK_STREAM, 0, out) != 0 ||
		uv_loop_init(&loop_of) != 0)
		bench_die("no sockets");
	from_fd = in[1];
	to_fd = out[1];
	(void)uv_poll_init(&loop_of, &poll_handle, from_fd);
	(void)uv_poll_start(&poll_handle, UV_READABLE, on_record);
	sum = frames_there_and_back(n, in[0], out[0], turn, percentile);
	uv_close((uv_handle_t *)&poll_handle, NULL);
	finish();
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

/* ---- timers ---- */

static uv_timer_t timers[TIMERS];

static void on_timer(uv_timer_t *timer)
{
	(void)timer;
}

static void with_timers(int64_t n)
{
	if (uv_loop_init(&loop_of) != 0)
		bench_die("no loop");
	for (int64_t i = 0; i < n; i++)
		(void)uv_timer_init(&loop_of, &timers[i]);
}

static void arm_all(int64_t n)
{
	for (uint32_t i = 0; i < (uint32_t)n; i++)
		(void)uv_timer_start(&timers[i], on_timer, timer_ns(i) / 1000000, 0);
}

static void cancel_all(int64_t n)
{
	for (uint32_t i = 0; i < (uint32_t)n; i++)
		(void)uv_timer_stop(&timers[i]);
}

static void without_timers(int64_t n)
{
	for (int64_t i = 0; i < n; i++)
		uv_close((uv_handle_t *)&timers[i], NULL);
	finish();
}

static int64_t arm(int64_t n)
{
	with_timers(n);
	bench_start();
	arm_all(n);
	bench_stop();
	without_timers(n);
	return n;
}

static int64_t cancel(int64_t n)
{
	with_timers(n);
	arm_all(n);
	bench_start();
	cancel_all(n);
	bench_stop();
	without_timers(n);
	return n;
}

static const struct bench_work works[] = { { "loop", loop }, { "loop-p50", loop_p50 },
	{ "loop-p99", loop_p99 }, { "arm", arm }, { "cancel", cancel }, { NULL, NULL } };
const struct bench_work *const bench_lists[] = { works, NULL };
