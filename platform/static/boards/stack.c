/* SPDX-License-Identifier: MIT */
/*
 * stack.c -- how deep the stack ever was, from the paint that is left.
 */
#include "board.h"
#include "stack.h"

uint32_t board_stack_size(void)
{
	return (uint32_t)((uintptr_t)__stack_top - (uintptr_t)__stack_limit);
}

uint32_t board_stack_used(void)
{
	const volatile uint32_t *at = __stack_limit;

	while (at < __stack_top && *at == BOARD_STACK_PAINT)
		at++;
	return (uint32_t)((uintptr_t)__stack_top - (uintptr_t)at);
}
