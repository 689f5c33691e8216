/* SPDX-License-Identifier: MIT */
/*
 * cmsdk_timer.c -- the program's own timer on ARM's system design kit (the MPS2 boards): it counts the processor's clock
 * down to 0, interrupts, and starts again.
 */
#include "board.h"
#include "cortex_m.h"

#define TIMER_CTRL           BOARD_REGISTER(BOARD_TIMER + 0x00u)
#define TIMER_CTRL_ENABLE    1u
#define TIMER_CTRL_INTERRUPT 8u
#define TIMER_VALUE          BOARD_REGISTER(BOARD_TIMER + 0x04u)
#define TIMER_RELOAD         BOARD_REGISTER(BOARD_TIMER + 0x08u)
#define TIMER_INTCLEAR       BOARD_REGISTER(BOARD_TIMER + 0x0Cu)

#define HANDLER_(n) IRQ##n##_Handler
#define HANDLER(n)  HANDLER_(n)

static void (*due)(void);

void HANDLER(BOARD_TIMER_IRQ)(void);
void HANDLER(BOARD_TIMER_IRQ)(void)
{
	TIMER_INTCLEAR = 1;
	due();
}

void board_timer_start(uint16_t period_us, void (*call)(void))
{
	due = call;
	TIMER_RELOAD = period_us * (BOARD_CPU_HZ / 1000000u) - 1;
	TIMER_VALUE = TIMER_RELOAD;
	TIMER_CTRL = TIMER_CTRL_ENABLE | TIMER_CTRL_INTERRUPT;
	nvic_enable(BOARD_TIMER_IRQ);
}
