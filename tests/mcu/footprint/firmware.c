/* SPDX-License-Identifier: MIT */
/*
 * firmware.c -- what tools/footprint measures: it pushes readings into a pipeline, a span at a time, and pulls what
 * comes out. Between measure_begin and measure_end stand two counts of spans: what one more costs is their difference.
 *
 * The clock is a count of who asked, and no interrupt comes, so that every run takes the same way. At the end it tells
 * how deep the stack was.
 */
#include <weir/engine.h>
#include <weir/static.h>

#include "board.h"
#include "plan.h" /* INIT, OUTPUT, SPAN: written by tools/footprint */

struct reading {
	int64_t at;
	int32_t v;
};

static uint32_t asked;

static uint32_t ticks(void)
{
	return asked++;
}

static void sleep_until(uint32_t deadline)
{
	asked = deadline;
}

static uint32_t enter(void)
{
	return 0;
}

static void leave(uint32_t before)
{
	(void)before;
}

static const struct weir_static_board hooks = {
	.abi = WEIR_STATIC_ABI,
	.tick_hz = 1000,
	.ticks = ticks,
	.sleep_until = sleep_until,
	.enter = enter,
	.leave = leave,
};

static struct weir_static_slot slots[1];
static struct weir_static loop;
static struct reading readings[SPAN];

__attribute__((noinline)) void measure_begin(void);
__attribute__((noinline)) void measure_end(void);

void measure_begin(void)
{
	__asm__ volatile("" ::: "memory");
}

void measure_end(void)
{
	__asm__ volatile("" ::: "memory");
}

static void keep_interrupts_out(void)
{
#ifdef __riscv
	__asm__ volatile("csrci mstatus, 8");
#else
	__asm__ volatile("cpsid i");
#endif
}

/* Push and pull n spans. Returns how many items came out. */
static uint32_t run(struct weir_instance *in, uint32_t n)
{
	uint32_t out = 0;

	for (uint32_t i = 0; i < n; i++) {
		unsigned char results[SPAN * 16];
		int64_t got;

		if (weir_push(in, 0, readings, NULL, SPAN) != SPAN)
			return 0;
		got = weir_pull(in, OUTPUT, results, NULL, SPAN);
		if (got < 0)
			return 0;
		out += (uint32_t)got;
		(void)weir_static_turn(&loop);
	}
	return out;
}

static void tell(const char *what, uint32_t n)
{
	char digits[12];
	char *at = digits + sizeof digits;

	*--at = '\0';
	*--at = '\n';
	do
		*--at = (char)('0' + n % 10);
	while ((n /= 10) != 0);
	board_puts(what);
	board_puts(at);
}

int main(void)
{
	struct weir_instance *in;
	uint32_t out;

	keep_interrupts_out();
	for (int32_t i = 0; i < SPAN; i++)
		readings[i].v = 20 + i;
	if (weir_static_init(&loop, &hooks, slots, 1) < 0 || INIT(&in, weir_static_platform(&loop)) < 0 ||
		weir_start(in) < 0)
		return 1;
	(void)run(in, 8);
	measure_begin();
	out = run(in, 10);
	measure_end();
	measure_begin();
	out += run(in, 20);
	measure_end();
	tell("out ", out);
	weir_fini(in);
	tell("stack ", board_stack_used());
	return 0;
}
