/* SPDX-License-Identifier: MIT */
/*
 * echo.c -- an image that sends back what comes over the serial line, by interrupts both ways, up to and with the end of
 * a line; the letters next in the alphabet. check.sh says a line to it and looks at the answer.
 */
#include "board.h"

static uint64_t in_memory[64 / 8], out_memory[64 / 8];
static struct weir_ring in, out;

int main(void)
{
	uint32_t answered = 0;
	uint8_t byte = 0;

	(void)weir_ring_init(&in, in_memory, 1, 64);
	(void)weir_ring_init(&out, out_memory, 1, 64);
	board_uart_start(&in, &out, NULL);
	while (byte != '\n') {
		uint32_t before;

		if (weir_ring_pop(&in, &byte, 1) == 1) {
			uint8_t next = byte >= ' ' ? (uint8_t)(byte + 1) : byte;

			if (weir_ring_push(&out, &next, 1) == 1)
				answered++;
			board_uart_kick();
			continue;
		}
		before = board_hooks.enter();
		if (weir_ring_count(&in) == 0)
			board_hooks.sleep_until(board_hooks.ticks() + board_hooks.tick_hz);
		board_hooks.leave(before);
	}
	while (weir_ring_count(&out) > 0) /* the rest goes by itself */
		;
	for (uint32_t from = board_hooks.ticks(); board_hooks.ticks() - from < board_hooks.tick_hz / 100;)
		;
	return weir_ring_lost(&in) == 0 ? (int)answered : 1;
}
