/* SPDX-License-Identifier: MIT */
/*
 * systick.c -- the hooks of a Cortex-M: a SysTick interrupt every millisecond counts, and ends each sleep.
 */
#include "board.h"
#include "cortex_m.h"
#include "stack.h"

#define TICK_HZ 1000u

static volatile uint32_t ticks;

void SysTick_Handler(void);
void SysTick_Handler(void)
{
	ticks = ticks + 1; /* nobody else writes it */
}

void board_clock_start(void)
{
	SYST_RVR = BOARD_CPU_HZ / TICK_HZ - 1;
	SYST_CVR = 0;
	SYST_CSR = SYST_CSR_ENABLE | SYST_CSR_TICKINT | SYST_CSR_CLOCK;
}

static uint32_t read_ticks(void)
{
	return ticks;
}

/* Until any interrupt: the next tick is one, so the deadline is not missed by more than that. */
static void sleep_until(uint32_t deadline)
{
	(void)deadline;
	wait_for_interrupt();
}

static bool in_interrupt(void)
{
	return exception_number() != 0;
}

const struct weir_static_board board_hooks = {
	.abi = WEIR_STATIC_ABI,
	.tick_hz = TICK_HZ,
	.ticks = read_ticks,
	.sleep_until = sleep_until,
	.enter = primask_set,
	.leave = primask_restore,
	.in_interrupt = in_interrupt,
	.panic = board_panic,
};
