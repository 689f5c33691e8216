/* SPDX-License-Identifier: MIT */
/*
 * ends.c -- an image that ends as it is told by the words it is started with: with a status, or as a program that is
 * broken. check.sh looks at what becomes of it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "board.h"
#include "semihosting.h"

static volatile uint32_t deepest;

/* A frame at a time past the end of the stack. */
__attribute__((noinline)) static uint32_t dive(uint32_t n)
{
	volatile unsigned char frame[256];

	frame[0] = (unsigned char)n;
	deepest = n;
	return dive(n + 1) + frame[0];
}

/* How deep main() may go: all of the stack but some bytes. */
__attribute__((noinline)) static uint32_t dive_to(uint32_t bytes)
{
	volatile unsigned char frame[64];

	frame[0] = (unsigned char)bytes;
	if (board_stack_used() + 256 >= board_stack_size())
		return frame[0];
	return dive_to(bytes + 64) + frame[0];
}

int main(void)
{
	char words[128];
	const char *word;

	if (!semihosting_arguments(words, sizeof words))
		return 99;
	word = strrchr(words, ' ');
	word = word != NULL ? word + 1 : words;
	if (*word >= '0' && *word <= '9')
		return (int)strtoul(word, NULL, 10);
	if (strcmp(word, "overflow") == 0)
		return (int)dive(0);
	if (strcmp(word, "full") == 0)
		return dive_to(0) == 12345;
	if (strcmp(word, "fault") == 0)
		__builtin_trap();
	if (strcmp(word, "panic") == 0)
		board_hooks.panic("as it was told");
	return 98;
}
