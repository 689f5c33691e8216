/* SPDX-License-Identifier: MIT */
/*
 * panic.c -- what these boards do when the platform's trust in them was misplaced.
 */
#include "board.h"

_Noreturn void board_panic(const char *text)
{
	board_puts("PANIC ");
	board_puts(text);
	board_puts("\n");
	board_exit(BOARD_STATUS_FAULT);
}
