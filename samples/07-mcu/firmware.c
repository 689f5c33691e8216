/* SPDX-License-Identifier: MIT */
/*
 * firmware.c -- the microcontroller's side: what `weir compile` makes of adc.json, between a timer's interrupt that reads a
 * converter and the serial line.
 *
 *	interrupt --> ring --> input "adc" ... filter, throttle, window ... output "uart" --> ring --> interrupt --> line
 *
 * Credit goes the other way: the line's ring has room for so many bytes, just these are pulled, so the pipeline takes no
 * more readings than it can pass on, and at last their ring is full. Then the interrupt counts what it cannot hand over:
 * the pipeline gets it as a mark (lagged), and each later reading says it, so that the gateway reads it too.
 */
#include <weir/ring.h>
#include <weir/static.h>

#include "adc.h" /* made by weir compile */
#include "board.h"

#define SAMPLE_US  1000u
#define READINGS   32u /* a power of two, as any ring's room */
#define LINE_BYTES 64u

static uint64_t readings_room[READINGS * sizeof(struct adc_reading) / 8], line_room[LINE_BYTES / 8];
static struct weir_ring readings, line;
static struct weir_ring_feed feed;
static struct weir_static_slot slot;
static struct weir_static loop;

/*
 * The n-th value of a converter that we have not got: two channels in turns, each a slow rise and fall with some noise, and
 * now and then one at the limit.
 */
static uint16_t convert(uint32_t n)
{
	uint32_t step = n / 8 % 256, slope = step < 128 ? step : 255 - step;

	if (n % 97 == 0)
		return 4095;
	return (uint16_t)((n % 2 == 0 ? 860 : 2450) + slope + n % 1009 * 7919 % 31);
}

/* The timer's interrupt. */
static void sample(void)
{
	static uint32_t n;
	static int64_t at;
	struct adc_reading r = {
		.at = at, .channel = n % 2, .raw = convert(n), .lost = weir_ring_lost(&readings)
	};

	n++;
	at += SAMPLE_US * INT64_C(1000);
	if (weir_ring_push(&readings, &r, 1) != 1)
		weir_ring_lose(&readings, 1);
	if (weir_ring_wake(&readings))
		weir_static_wake(&loop);
}

/* Put as many bytes on their way as there is room for. False: there was none left, and there may be more. */
static bool transmit(struct weir_instance *in)
{
	int64_t n = 0;
	int32_t room;
	void *at;

	while ((room = weir_ring_reserve(&line, &at, LINE_BYTES)) > 0) {
		n = adc_pull_uart(in, at, (uint32_t)room);
		if (n <= 0)
			return true;
		(void)weir_ring_commit(&line, (uint32_t)n);
		board_uart_kick();
	}
	return false;
}

/*
 * Sleep until an interrupt. What it may have brought is looked for with interrupts kept out: one that comes after the look
 * ends the sleep. The next reading ends it at the latest, so no deadline needs to.
 */
static void rest(bool all_sent)
{
	uint32_t before = board_hooks.enter();
	bool has_room = weir_ring_count(&line) < LINE_BYTES;

	if (weir_static_deadline(&loop) > weir_static_now_ns(&loop) && (all_sent || !has_room))
		board_hooks.sleep_until(board_hooks.ticks() + board_hooks.tick_hz);
	board_hooks.leave(before);
}

static int start(struct weir_instance **in)
{
	int rc = weir_static_init(&loop, &board_hooks, &slot, 1);

	if (rc >= 0)
		rc = weir_ring_init(&readings, readings_room, sizeof(struct adc_reading), READINGS);
	if (rc >= 0)
		rc = weir_ring_init(&line, line_room, 1, LINE_BYTES);
	if (rc >= 0)
		rc = adc_init(in, weir_static_platform(&loop));
	if (rc >= 0)
		rc = weir_start(*in);
	if (rc >= 0)
		rc = weir_input_feed(*in, ADC_IN_ADC, weir_ring_feed_init(&feed, &readings));
	return rc;
}

int main(void)
{
	struct weir_instance *in;

	if (start(&in) < 0)
		return 1;
	board_uart_start(NULL, &line, NULL);
	board_timer_start(SAMPLE_US, sample);
	while (!weir_ended(in)) {
		while (weir_static_turn(&loop))
			continue;
		rest(transmit(in));
	}
	return weir_failed(in);
}
