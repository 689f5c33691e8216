/* SPDX-License-Identifier: MIT */
/*
 * steps.c -- tests/support/steps.h on a board: the alarm rings ever later, so that it comes before one instruction of
 * the operation after the other. The world starts anew each time. QEMU has to run with -icount shift=8, so that an
 * instruction is longer than a tick of the alarm's clock.
 */
#include "support/steps.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alarm.h"

#define MOST_ADDRESSES 512u
#define DELAY_MOST     100000u
#define STRIDE         2u  /* ticks: shorter than an instruction on every board */
#define OUTSIDE        32u /* such strides: the alarm rings behind the operation for sure */

static uintptr_t addresses[MOST_ADDRESSES];
static uint32_t n_addresses;

static const struct steps *now;
static volatile bool inside;
static volatile uint32_t rung;     /* alarms that came inside the operation */
static volatile uintptr_t rang_at; /* before which instruction the last one came */
static volatile uint32_t again;    /* delay of a second alarm; 0: none */

bool steps_possible(void)
{
	return true;
}

uint32_t steps_addresses(void)
{
	return n_addresses;
}

void steps_forget(void)
{
	n_addresses = 0;
}

static void note(uintptr_t address)
{
	for (uint32_t i = 0; i < n_addresses; i++) {
		if (addresses[i] == address)
			return;
	}
	if (n_addresses < MOST_ADDRESSES)
		addresses[n_addresses++] = address;
}

static void on_alarm(uintptr_t at)
{
	if (!inside)
		return;
	rung++;
	rang_at = at;
	now->interrupt(now->world);
	if (again > 0) {
		alarm_set(again, on_alarm);
		again = 0;
	}
}

/* One run of the operation in a world as at the start. Returns how many alarms came inside. */
static uint32_t run(const void *start, uint32_t delay, uint32_t second)
{
	memcpy(now->world, start, now->world_bytes);
	rung = 0;
	again = second;
	alarm_set(delay, on_alarm);
	inside = true;
	now->operation(now->world);
	inside = false;
	alarm_clear();
	return rung;
}

/* The first delay at which the alarm comes inside. */
static uint32_t first_delay(const void *start)
{
	for (uint32_t delay = 1; delay < DELAY_MOST; delay += STRIDE) {
		if (run(start, delay, 0) > 0)
			return delay;
	}
	return DELAY_MOST;
}

/* The delay of the alarm that comes before the n-th instruction in turn, from 1; DELAY_MOST: there is none. */
static uint32_t delay_of(const void *start, uint32_t n)
{
	uint32_t delay = first_delay(start), seen = 0;
	uintptr_t last = 0;

	for (uint32_t missed = 0; missed < OUTSIDE; delay += STRIDE) {
		if (run(start, delay, 0) == 0) {
			missed++;
			continue;
		}
		missed = 0;
		seen += rang_at != last;
		last = rang_at;
		if (seen == n)
			return delay;
	}
	return DELAY_MOST;
}

uint32_t steps_each(const struct steps *s)
{
	void *start = malloc(s->world_bytes);
	uint32_t runs = 0, fixed = 0, want = s->first > 0 ? 2 : 1, delay = 1;

	if (start == NULL)
		abort();
	memcpy(start, s->world, s->world_bytes);
	now = s;
	if (s->first > 0)
		fixed = delay_of(start, s->first);
	else
		delay = first_delay(start);
	for (uint32_t missed = 0; missed < OUTSIDE && fixed < DELAY_MOST && delay < DELAY_MOST;
		delay += STRIDE) {
		if ((fixed > 0 ? run(start, fixed, delay) : run(start, delay, 0)) != want) {
			missed++;
			continue;
		}
		missed = 0;
		note(rang_at);
		runs++;
		s->check(s->world);
	}
	memcpy(s->world, start, s->world_bytes);
	(void)run(start, DELAY_MOST * 16, 0); /* as without an interrupt: that is what is left behind */
	free(start);
	return runs;
}
