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

/* Start the tick counter of the board's hooks. */
void board_clock_start(void);

#endif
