/* SPDX-License-Identifier: MIT */
/*
 * posix.c -- a signal is an interrupt: enter blocks all of them, and ppoll lets them in for as long as it sleeps, so one
 * that waited ends it at once.
 */
#define _GNU_SOURCE /* ppoll */
#include <poll.h>
#include <signal.h>
#include <time.h>

#include "posix.h"

#define TICK_HZ 1000000u

static sigset_t let_in;        /* the signals as they were before the outermost enter */
static volatile uint32_t kept; /* how deep */

static uint32_t read_ticks(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint32_t)((uint64_t)t.tv_sec * TICK_HZ + (uint64_t)t.tv_nsec / 1000u);
}

static uint32_t enter(void)
{
	sigset_t all, before;

	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, &before);
	if (kept == 0)
		let_in = before;
	return kept++;
}

static void leave(uint32_t before)
{
	kept = before;
	if (kept == 0)
		sigprocmask(SIG_SETMASK, &let_in, NULL);
}

static void sleep_until(uint32_t deadline)
{
	uint32_t wait = deadline - read_ticks();
	struct timespec t = { .tv_sec = wait / TICK_HZ, .tv_nsec = (long)(wait % TICK_HZ) * 1000 };

	if (wait < UINT32_MAX / 2)
		(void)ppoll(NULL, 0, &t, &let_in);
}

const struct weir_static_board board_posix_hooks = {
	.abi = WEIR_STATIC_ABI,
	.tick_hz = TICK_HZ,
	.ticks = read_ticks,
	.sleep_until = sleep_until,
	.enter = enter,
	.leave = leave,
};
