/* SPDX-License-Identifier: MIT */
/*
 * panic.c -- the last words: of the platform's panic hook, and of a fault.
 */
#include "board.h"
#include "stack.h"

_Noreturn void board_panic(const char *text)
{
	board_puts("PANIC ");
	board_puts(text);
	board_puts("\n");
	board_exit(BOARD_STATUS_FAULT);
}

static void put_hex(char *to, unsigned digits, uint32_t v)
{
	while (digits-- > 0) {
		to[digits] = "0123456789abcdef"[v & 15];
		v >>= 4;
	}
}

_Noreturn void board_tell_fault(uint32_t cause, uint32_t at)
{
	char text[] = "FAULT 00 at 00000000\n";

	put_hex(text + 6, 2, cause);
	put_hex(text + 12, 8, at);
	board_puts(text);
	board_exit(BOARD_STATUS_FAULT);
}
