/* SPDX-License-Identifier: MIT */
/*
 * virt.c -- QEMU's RISC-V machine: start, stack guard, faults, the clock of its interrupt controller (CLINT) as a
 * tickless timer, and its serial line (NS16550, through the PLIC).
 */
#include "board.h"
#include "riscv.h"
#include "stack.h"

#define CLINT_MTIMECMP_LOW  BOARD_REGISTER(0x02004000u)
#define CLINT_MTIMECMP_HIGH BOARD_REGISTER(0x02004004u)
#define CLINT_MTIME_LOW     BOARD_REGISTER(0x0200BFF8u)
#define CLINT_MTIME_HIGH    BOARD_REGISTER(0x0200BFFCu)
#define CLINT_HZ            10000000u

#define PLIC_PRIORITY(n) BOARD_REGISTER(0x0C000000u + 4u * (n))
#define PLIC_ENABLE      BOARD_REGISTER(0x0C002000u)
#define PLIC_THRESHOLD   BOARD_REGISTER(0x0C200000u)
#define PLIC_CLAIM       BOARD_REGISTER(0x0C200004u)

#define UART_DATA       BOARD_REGISTER_8(0x10000000u)
#define UART_IER        BOARD_REGISTER_8(0x10000001u)
#define UART_IER_RX     1u
#define UART_IER_TX     2u
#define UART_LSR        BOARD_REGISTER_8(0x10000005u)
#define UART_LSR_RX     1u
#define UART_LSR_TXIDLE 0x20u
#define UART_IRQ        10u

#define GUARD_BYTES 4096u /* larger than any frame */

void board_start(void);
void board_fault(uint32_t cause);
void board_interrupt(uint32_t cause);

/* ---- start and faults ---- */

/* No access to the 4 KiB below the stack, which is the start of RAM: locked, so machine mode has to mind it. */
static void guard_stack(void)
{
	uint32_t from = (uint32_t)(uintptr_t)__stack_limit - GUARD_BYTES;

	csr_write(pmpaddr0, (from | (GUARD_BYTES / 2 - 1)) >> 2);
	csr_write(pmpcfg0, PMP_LOCKED | PMP_NAPOT);
}

void board_start(void)
{
	guard_stack();
	board_clock_start();
	csr_set(mstatus, MSTATUS_MIE);
	board_exit(main());
}

void board_fault(uint32_t cause)
{
	board_tell_fault(cause, csr_read(mepc));
}

/* ---- the hooks ---- */

volatile uint32_t board_serving;

/* Nothing may be compared with half a deadline: the high half goes out of reach first. */
static void set_alarm(uint32_t high, uint32_t low)
{
	CLINT_MTIMECMP_HIGH = UINT32_MAX;
	CLINT_MTIMECMP_LOW = low;
	CLINT_MTIMECMP_HIGH = high;
}

void board_clock_start(void)
{
	set_alarm(UINT32_MAX, UINT32_MAX);
	csr_set(mie, MIE_TIMER);
}

static uint32_t read_ticks(void)
{
	return CLINT_MTIME_LOW;
}

/* The alarm is the only tick there is. A deadline that has passed rings at once. */
static void sleep_until(uint32_t deadline)
{
	uint32_t high, low;

	do { /* both halves of the same time */
		high = CLINT_MTIME_HIGH;
		low = CLINT_MTIME_LOW;
	} while (high != CLINT_MTIME_HIGH);
	if (deadline - low < UINT32_MAX / 2)
		set_alarm(high + (deadline < low), deadline);
	else
		set_alarm(high, low);
	__asm__ volatile("wfi" ::: "memory");
}

static bool in_interrupt(void)
{
	return board_serving != 0;
}

const struct weir_static_board board_hooks = {
	.abi = WEIR_STATIC_ABI,
	.tick_hz = CLINT_HZ,
	.ticks = read_ticks,
	.sleep_until = sleep_until,
	.enter = interrupts_out,
	.leave = interrupts_restore,
	.in_interrupt = in_interrupt,
	.panic = board_panic,
};

/* ---- the serial line ---- */

static struct weir_ring *received, *to_send;
static struct weir_static *to_wake;

static void receive(void)
{
	while ((UART_LSR & UART_LSR_RX) != 0) {
		uint8_t byte = UART_DATA;

		if (weir_ring_push(received, &byte, 1) == 0)
			weir_ring_lose(received, 1);
	}
	if (weir_ring_wake(received) && to_wake != NULL)
		weir_static_wake(to_wake);
}

/* The interrupt's context, or the loop's with interrupts kept out. An idle line would interrupt without end. */
static void send(void)
{
	uint8_t byte;

	while ((UART_LSR & UART_LSR_TXIDLE) != 0) {
		if (weir_ring_pop(to_send, &byte, 1) != 1) {
			UART_IER = (uint8_t)(UART_IER & ~UART_IER_TX);
			return;
		}
		UART_DATA = byte;
	}
	UART_IER = (uint8_t)(UART_IER | UART_IER_TX);
}

void board_uart_start(struct weir_ring *in, struct weir_ring *out, struct weir_static *loop)
{
	received = in;
	to_send = out;
	to_wake = loop;
	UART_IER = in != NULL ? UART_IER_RX : 0;
	PLIC_PRIORITY(UART_IRQ) = 1;
	PLIC_ENABLE = 1u << UART_IRQ;
	PLIC_THRESHOLD = 0;
	csr_set(mie, MIE_EXTERNAL);
}

void board_uart_kick(void)
{
	uint32_t before = interrupts_out();

	send();
	interrupts_restore(before);
}

/* ---- interrupts ---- */

void board_interrupt(uint32_t cause)
{
	board_serving = 1;
	if (cause == CAUSE_TIMER) {
		set_alarm(UINT32_MAX, UINT32_MAX);
	} else if (cause == CAUSE_EXTERNAL) {
		uint32_t interrupt = PLIC_CLAIM;

		if (interrupt == UART_IRQ) {
			if (received != NULL)
				receive();
			if (to_send != NULL)
				send();
		}
		PLIC_CLAIM = interrupt;
	}
	board_serving = 0;
}
