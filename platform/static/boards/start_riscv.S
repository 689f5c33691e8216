/* SPDX-License-Identifier: MIT */
/*
 * start_riscv.S -- from reset to board_start(): global pointer, painted stack, memory; and the trap's way into C.
 */
#include "stack_paint.h"

	.section .init, "ax"
	.globl _start
_start:
	.option push
	.option norelax
	la	gp, __global_pointer$
	.option pop
	la	sp, __stack_top
	la	t0, __stack_limit
	li	t1, BOARD_STACK_PAINT
1:	bgeu	t0, sp, 2f
	sw	t1, 0(t0)
	addi	t0, t0, 4
	j	1b
2:	la	t0, trap
	csrw	mtvec, t0
	la	t0, __data_load
	la	t1, __data_start
	la	t2, __data_end
3:	bgeu	t1, t2, 4f
	lw	t3, 0(t0)
	sw	t3, 0(t1)
	addi	t0, t0, 4
	addi	t1, t1, 4
	j	3b
4:	la	t1, __bss_start
	la	t2, __bss_end
5:	bgeu	t1, t2, 6f
	sw	zero, 0(t1)
	addi	t1, t1, 4
	j	5b
6:	tail	board_start

/*
 * An interrupt keeps what C does not, on the stack it found. Anything else is a fault, told on a fresh stack: it may be
 * the old one's overflow. mscratch holds t0 meanwhile.
 */
	.text
	.balign	4
trap:	csrw	mscratch, t0
	csrr	t0, mcause
	bltz	t0, interrupt
	la	sp, __stack_top
	mv	a0, t0
	tail	board_fault

interrupt:
	csrr	t0, mscratch
	addi	sp, sp, -64
	sw	ra, 0(sp)
	sw	t0, 4(sp)
	sw	t1, 8(sp)
	sw	t2, 12(sp)
	sw	t3, 16(sp)
	sw	t4, 20(sp)
	sw	t5, 24(sp)
	sw	t6, 28(sp)
	sw	a0, 32(sp)
	sw	a1, 36(sp)
	sw	a2, 40(sp)
	sw	a3, 44(sp)
	sw	a4, 48(sp)
	sw	a5, 52(sp)
	sw	a6, 56(sp)
	sw	a7, 60(sp)
	csrr	a0, mcause
	call	board_interrupt
	lw	ra, 0(sp)
	lw	t0, 4(sp)
	lw	t1, 8(sp)
	lw	t2, 12(sp)
	lw	t3, 16(sp)
	lw	t4, 20(sp)
	lw	t5, 24(sp)
	lw	t6, 28(sp)
	lw	a0, 32(sp)
	lw	a1, 36(sp)
	lw	a2, 40(sp)
	lw	a3, 44(sp)
	lw	a4, 48(sp)
	lw	a5, 52(sp)
	lw	a6, 56(sp)
	lw	a7, 60(sp)
	addi	sp, sp, 64
	mret
