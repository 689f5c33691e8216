/* SPDX-License-Identifier: MIT */
/*
 * stack.h -- what the startup codes and stack.c share. Private to the boards.
 */
#ifndef BOARD_STACK_H
#define BOARD_STACK_H

#include <stdint.h>

#include "stack_paint.h"

/* From the linker's script. */
extern uint32_t __stack_limit[], __stack_top[];

/* Say what the processor gave up for, and where (0: not known); stop with BOARD_STATUS_FAULT. */
_Noreturn void board_tell_fault(uint32_t cause, uint32_t at);

/* Start the tick counter of the board's hooks. */
void board_clock_start(void);

#endif
