/* SPDX-License-Identifier: MIT */
/*
 * board.h -- what every board of this folder offers to the program that runs on it.
 *
 * main() is called with memory set up, interrupts on, the clock running and the stack guarded; what it returns is the
 * status the machine stops with. A fault of the processor, an overflow of the stack among them, stops it with 120.
 */
#ifndef BOARD_H
#define BOARD_H

#include <weir/ring.h>
#include <weir/static.h>

/* The hooks for weir_static_init. */
extern const struct weir_static_board board_hooks;

#define BOARD_STATUS_FAULT 120

int main(void);

/* Stop the machine. In QEMU the status is that of the process, its low 8 bits. */
_Noreturn void board_exit(int status);

/* Write text where whoever started the machine sees it. Slow: the processor waits. Any context. */
void board_puts(const char *text);

/* Say why, and stop with BOARD_STATUS_FAULT. The hooks' panic. */
_Noreturn void board_panic(const char *text);

/* ---- the stack: painted before anything ran ---- */

/* Most bytes of it ever in use, by interrupts too; and how many there are. */
uint32_t board_stack_used(void);
uint32_t board_stack_size(void);

/* ---- the serial line ---- */

/*
 * Receive bytes into `in` and send those of `out`, by interrupts; NULL: not that way. Both rings hold bytes; bytes
 * that find no room in `in` are counted as lost there. `loop` (may be NULL) is woken when its feed sleeps.
 */
void board_uart_start(struct weir_ring *in, struct weir_ring *out, struct weir_static *loop);

/* Bytes were put into `out`: see that they are under way. The loop's context. */
void board_uart_kick(void);

/* ---- a timer of the program's own, beside the clock ---- */

/* Call `due` in an interrupt, every period_us (not 0). Once. Not on virt, whose only timer is the clock. */
void board_timer_start(uint16_t period_us, void (*due)(void));

#endif
