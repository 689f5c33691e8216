/* SPDX-License-Identifier: MIT */
/*
 * semihosting.c -- ARM's semihosting, which RISC-V took over: an operation, and the address of its arguments.
 */
#include "semihosting.h"

#include "board.h"

enum operation {
	SYS_OPEN = 0x01,
	SYS_CLOSE = 0x02,
	SYS_WRITE0 = 0x04,
	SYS_WRITE = 0x05,
	SYS_READ = 0x06,
	SYS_GET_CMDLINE = 0x15,
	SYS_EXIT_EXTENDED = 0x20
};

#define APPLICATION_EXIT 0x20026u

static uintptr_t call(enum operation operation, const volatile void *arguments)
{
#if defined(__arm__)
	register uintptr_t r0 __asm__("r0") = operation;
	register uintptr_t r1 __asm__("r1") = (uintptr_t)arguments;

	__asm__ volatile("bkpt 0xAB" : "+r"(r0) : "r"(r1) : "memory", "cc");
	return r0;
#elif defined(__riscv)
	register uintptr_t a0 __asm__("a0") = operation;
	register uintptr_t a1 __asm__("a1") = (uintptr_t)arguments;

	/* What makes the ebreak a call are its neighbours: all three uncompressed, and in one page. */
	__asm__ volatile(".balign 16\n\t"
			 ".option push\n\t"
			 ".option norvc\n\t"
			 "slli x0, x0, 0x1f\n\t"
			 "ebreak\n\t"
			 "srai x0, x0, 7\n\t"
			 ".option pop"
			 : "+r"(a0)
			 : "r"(a1)
			 : "memory");
	return a0;
#endif
}

_Noreturn void board_exit(int status)
{
	const volatile uintptr_t arguments[] = { APPLICATION_EXIT, (uintptr_t)status };

	for (;;)
		(void)call(SYS_EXIT_EXTENDED, arguments);
}

void board_puts(const char *text)
{
	(void)call(SYS_WRITE0, text);
}

int semihosting_open(const char *name, enum semihosting_mode mode)
{
	size_t len = 0;

	while (name[len] != '\0')
		len++;
	const volatile uintptr_t arguments[] = { (uintptr_t)name, (uintptr_t)mode, len };

	return (int)call(SYS_OPEN, arguments);
}

/* Both answer with the bytes that were left over. */
static size_t transfer(enum operation operation, int handle, const void *at, size_t len_bytes)
{
	const volatile uintptr_t arguments[] = { (uintptr_t)handle, (uintptr_t)at, len_bytes };
	uintptr_t left = call(operation, arguments);

	return left <= len_bytes ? len_bytes - left : 0;
}

size_t semihosting_read(int handle, void *to, size_t len_bytes)
{
	return transfer(SYS_READ, handle, to, len_bytes);
}

size_t semihosting_write(int handle, const void *from, size_t len_bytes)
{
	return transfer(SYS_WRITE, handle, from, len_bytes);
}

int semihosting_close(int handle)
{
	const volatile uintptr_t arguments[] = { (uintptr_t)handle };

	return (int)call(SYS_CLOSE, arguments);
}

bool semihosting_arguments(char *to, size_t size)
{
	volatile uintptr_t arguments[] = { (uintptr_t)to, size };

	return size > 0 && call(SYS_GET_CMDLINE, arguments) == 0 && arguments[1] < size;
}
