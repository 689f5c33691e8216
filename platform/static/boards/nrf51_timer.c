/* SPDX-License-Identifier: MIT */
/*
 * nrf51_timer.c -- the program's own timer on Nordic's nRF51: TIMER1, 16 bits of microseconds, which starts again when
 * it comes to its compare register.
 */
#include "board.h"
#include "cortex_m.h"

#define TIMER(offset)        BOARD_REGISTER(0x40009000u + (offset))
#define TIMER_START          TIMER(0x000u)
#define TIMER_COMPARE        TIMER(0x140u)
#define TIMER_SHORTS         TIMER(0x200u)
#define TIMER_SHORT_CLEAR    1u
#define TIMER_INTENSET       TIMER(0x304u)
#define TIMER_INT_COMPARE    (1u << 16)
#define TIMER_BITMODE        TIMER(0x508u)
#define TIMER_BITMODE_16     0u
#define TIMER_PRESCALER      TIMER(0x510u)
#define TIMER_PRESCALER_1MHZ 4u /* 16 MHz / 2^4 */
#define TIMER_PERIOD         TIMER(0x540u)
#define TIMER_IRQ            9

static void (*due)(void);

void IRQ9_Handler(void);
void IRQ9_Handler(void)
{
	TIMER_COMPARE = 0;
	due();
}

void board_timer_start(uint16_t period_us, void (*call)(void))
{
	due = call;
	TIMER_BITMODE = TIMER_BITMODE_16;
	TIMER_PRESCALER = TIMER_PRESCALER_1MHZ;
	TIMER_PERIOD = period_us;
	TIMER_SHORTS = TIMER_SHORT_CLEAR;
	TIMER_INTENSET = TIMER_INT_COMPARE;
	nvic_enable(TIMER_IRQ);
	TIMER_START = 1;
}
