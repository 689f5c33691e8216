/* SPDX-License-Identifier: MIT */
/*
 * nrf51_uart.c -- the serial line of Nordic's nRF51: one interrupt for both ways, a few bytes of room for receiving.
 */
#include "board.h"
#include "cortex_m.h"

#define UART(offset)         BOARD_REGISTER(0x40002000u + (offset))
#define UART_STARTRX         UART(0x000u)
#define UART_STARTTX         UART(0x008u)
#define UART_RXDRDY          UART(0x108u)
#define UART_TXDRDY          UART(0x11Cu)
#define UART_INTENSET        UART(0x304u)
#define UART_INT_RXDRDY      (1u << 2)
#define UART_INT_TXDRDY      (1u << 7)
#define UART_ENABLE          UART(0x500u)
#define UART_ENABLE_UART     4u
#define UART_PSELTXD         UART(0x50Cu)
#define UART_PSELRXD         UART(0x514u)
#define UART_RXD             UART(0x518u)
#define UART_TXD             UART(0x51Cu)
#define UART_BAUDRATE        UART(0x524u)
#define UART_BAUDRATE_115200 0x01D7E000u
#define UART_IRQ             2

/* The micro:bit's lines to its USB chip. */
#define PIN_TX 24u
#define PIN_RX 25u

static struct weir_ring *received, *to_send;
static struct weir_static *to_wake;
static volatile uint32_t sending; /* a byte is under way */

static void receive(void)
{
	while (UART_RXDRDY != 0) {
		uint8_t byte;

		UART_RXDRDY = 0;
		byte = (uint8_t)UART_RXD;
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

	sending = weir_ring_pop(to_send, &byte, 1) == 1;
	if (sending)
		UART_TXD = byte;
}

void IRQ2_Handler(void);
void IRQ2_Handler(void)
{
	if (received != NULL)
		receive();
	if (UART_TXDRDY != 0) {
		UART_TXDRDY = 0;
		send();
	}
}

void board_uart_start(struct weir_ring *in, struct weir_ring *out, struct weir_static *loop)
{
	received = in;
	to_send = out;
	to_wake = loop;
	UART_PSELTXD = PIN_TX;
	UART_PSELRXD = PIN_RX;
	UART_BAUDRATE = UART_BAUDRATE_115200;
	UART_ENABLE = UART_ENABLE_UART;
	if (in != NULL) {
		UART_INTENSET = UART_INT_RXDRDY;
		UART_STARTRX = 1;
	}
	if (out != NULL) {
		UART_INTENSET = UART_INT_TXDRDY;
		UART_STARTTX = 1;
	}
	nvic_enable(UART_IRQ);
}

void board_uart_kick(void)
{
	uint32_t before = primask_set();

	if (!sending)
		send();
	primask_restore(before);
}
