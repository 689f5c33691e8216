/* SPDX-License-Identifier: MIT */
/*
 * nrf51_clock.c -- the hooks of Nordic's nRF51, whose Cortex-M0 has no SysTick: TIMER0, 32 bits of microseconds,
 * interrupts at the deadline only.
 */
#include "board.h"
#include "cortex_m.h"
#include "stack.h"

#define TIMER(offset)        BOARD_REGISTER(0x40008000u + (offset))
#define TIMER_START          TIMER(0x000u)
#define TIMER_CAPTURE_NOW    TIMER(0x044u) /* into the second of the compare registers */
#define TIMER_COMPARE_ALARM  TIMER(0x140u)
#define TIMER_INTENSET       TIMER(0x304u)
#define TIMER_INT_ALARM      (1u << 16)
#define TIMER_BITMODE        TIMER(0x508u)
#define TIMER_BITMODE_32     3u
#define TIMER_PRESCALER      TIMER(0x510u)
#define TIMER_PRESCALER_1MHZ 4u /* 16 MHz / 2^4 */
#define TIMER_ALARM          TIMER(0x540u)
#define TIMER_NOW            TIMER(0x544u)
#define TIMER_IRQ            8

void IRQ8_Handler(void);
void IRQ8_Handler(void)
{
	TIMER_COMPARE_ALARM = 0;
}

void board_clock_start(void)
{
	TIMER_BITMODE = TIMER_BITMODE_32;
	TIMER_PRESCALER = TIMER_PRESCALER_1MHZ;
	TIMER_INTENSET = TIMER_INT_ALARM;
	nvic_enable(TIMER_IRQ);
	TIMER_START = 1;
}

/* The loop's context, as the interrupt does not capture. */
static uint32_t read_ticks(void)
{
	TIMER_CAPTURE_NOW = 1;
	return TIMER_NOW;
}

/* The alarm rings when the counter comes to it: one that was passed meanwhile would ring an hour later. */
static void sleep_until(uint32_t deadline)
{
	TIMER_ALARM = deadline;
	if (deadline - read_ticks() - 1 < UINT32_MAX / 2)
		wait_for_interrupt();
}

static bool in_interrupt(void)
{
	return exception_number() != 0;
}

const struct weir_static_board board_hooks = {
	.abi = WEIR_STATIC_ABI,
	.tick_hz = 1000000,
	.ticks = read_ticks,
	.sleep_until = sleep_until,
	.enter = primask_set,
	.leave = primask_restore,
	.in_interrupt = in_interrupt,
	.panic = board_panic,
};
