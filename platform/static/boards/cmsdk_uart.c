/* SPDX-License-Identifier: MIT */
/*
 * cmsdk_uart.c -- the serial line of ARM's system design kit (the MPS2 boards): one byte each way, an interrupt for each.
 */
#include "board.h"
#include "cortex_m.h"

#define UART_DATA         BOARD_REGISTER(BOARD_UART + 0x00u)
#define UART_STATE        BOARD_REGISTER(BOARD_UART + 0x04u)
#define UART_STATE_TXFULL 1u
#define UART_STATE_RXFULL 2u
#define UART_CTRL         BOARD_REGISTER(BOARD_UART + 0x08u)
#define UART_CTRL_TXEN    1u
#define UART_CTRL_RXEN    2u
#define UART_CTRL_TXIE    4u
#define UART_CTRL_RXIE    8u
#define UART_INTCLEAR     BOARD_REGISTER(BOARD_UART + 0x0Cu)
#define UART_INT_TX       1u
#define UART_INT_RX       2u
#define UART_BAUDDIV      BOARD_REGISTER(BOARD_UART + 0x10u)

#define HANDLER_(n) IRQ##n##_Handler
#define HANDLER(n)  HANDLER_(n)

static struct weir_ring *received, *to_send;
static struct weir_static *to_wake;

void HANDLER(BOARD_UART_RX)(void);
void HANDLER(BOARD_UART_TX)(void);

void HANDLER(BOARD_UART_RX)(void)
{
	UART_INTCLEAR = UART_INT_RX;
	while ((UART_STATE & UART_STATE_RXFULL) != 0) {
		uint8_t byte = (uint8_t)UART_DATA;

		if (weir_ring_push(received, &byte, 1) == 0)
			weir_ring_lose(received, 1);
	}
	if (weir_ring_wake(received) && to_wake != NULL)
		weir_static_wake(to_wake);
}

/* The interrupt's context, or the loop's with interrupts kept out. */
static void send(void)
{
	uint8_t byte;

	while ((UART_STATE & UART_STATE_TXFULL) == 0 && weir_ring_pop(to_send, &byte, 1) == 1)
		UART_DATA = byte;
}

void HANDLER(BOARD_UART_TX)(void)
{
	UART_INTCLEAR = UART_INT_TX;
	send();
}

void board_uart_start(struct weir_ring *in, struct weir_ring *out, struct weir_static *loop)
{
	received = in;
	to_send = out;
	to_wake = loop;
	UART_BAUDDIV = BOARD_CPU_HZ / 115200u;
	UART_CTRL = (in != NULL ? UART_CTRL_RXEN | UART_CTRL_RXIE : 0) |
		    (out != NULL ? UART_CTRL_TXEN | UART_CTRL_TXIE : 0);
	nvic_enable(BOARD_UART_RX);
	nvic_enable(BOARD_UART_TX);
}

void board_uart_kick(void)
{
	uint32_t before = primask_set();

	send();
	primask_restore(before);
}
