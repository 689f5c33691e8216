/* SPDX-License-Identifier: MIT */
/*
 * stack_paint.h -- a word no program is likely to leave on its stack. Also read by the assembler.
 */
#ifndef BOARD_STACK_PAINT_H
#define BOARD_STACK_PAINT_H

#define BOARD_STACK_PAINT 0xA5C35A3C

#endif
