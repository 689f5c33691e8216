/* SPDX-License-Identifier: MIT */
/*
 * alarm.h -- interrupts where a test wants them. They take the place of the board's own clock, for good.
 */
#ifndef WEIR_MCU_ALARM_H
#define WEIR_MCU_ALARM_H

#include <stdint.h>

/* `at` is where the program was interrupted. */
typedef void alarm_fn(uintptr_t at);

/*
 * Have fn called by an interrupt, once, `delay` (1 or more) ticks of the machine's fastest clock from now. Where an
 * instruction lasts longer than a tick (QEMU's -icount), delays in turn reach one instruction after the other.
 */
void alarm_set(uint32_t delay, alarm_fn *fn);
/* Take it back, if it has not rung. */
void alarm_clear(void);

#endif
