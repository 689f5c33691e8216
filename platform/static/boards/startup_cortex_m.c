/* SPDX-License-Identifier: MIT */
/*
 * startup_cortex_m.c -- from reset to main() on any Cortex-M, v6-M to v8-M: vector table, memory, stack guard, faults.
 *
 * The stack lies at the start of RAM and grows down out of it, so an overflow meets the guard and not data: on v8-M the
 * stack limit register; on v7-M a region of 4 KiB without access below RAM, larger than any frame; on v6-M, which has
 * neither, addresses where nothing is.
 */
#include "board.h"
#include "cortex_m.h"
#include "stack.h"

extern uint32_t __data_load[], __data_start[], __data_end[], __bss_start[], __bss_end[];

void Reset_Handler(void);
void Default_Handler(void);
void board_start(void);
void board_fault(const uint32_t *frame);

#define WEAK __attribute__((weak, alias("Default_Handler")))
void NMI_Handler(void) WEAK;
void HardFault_Handler(void) WEAK;
void MemManage_Handler(void) WEAK;
void BusFault_Handler(void) WEAK;
void UsageFault_Handler(void) WEAK;
void SVC_Handler(void) WEAK;
void DebugMon_Handler(void) WEAK;
void PendSV_Handler(void) WEAK;
void SysTick_Handler(void) WEAK;

/* Of the board's own interrupts, those of the first 48 that anything here uses can be named IRQ<n>_Handler. */
#define LOW_IRQS(x)                                                                                       \
	x(0) x(1) x(2) x(3) x(4) x(5) x(6) x(7) x(8) x(9) x(10) x(11) x(12) x(13) x(14) x(15) x(16) x(17) \
		x(18) x(19) x(20) x(21) x(22) x(23) x(24) x(25) x(26) x(27) x(28) x(29) x(30) x(31)
#define HIGH_IRQS(x) \
	x(32) x(33) x(34) x(35) x(36) x(37) x(38) x(39) x(40) x(41) x(42) x(43) x(44) x(45) x(46) x(47)
#if BOARD_IRQS > 32
#define IRQS(x) LOW_IRQS(x) HIGH_IRQS(x)
#else
#define IRQS(x) LOW_IRQS(x)
#endif

#define DECLARE(n) void IRQ##n##_Handler(void) WEAK;
IRQS(DECLARE)

#define NAME(n) IRQ##n##_Handler,
typedef void handler_fn(void);
/* The processor's own handlers by their numbers; the first word is the stack. */
__attribute__((section(".vectors"), used)) static const struct {
	uint32_t *stack;
	handler_fn *handlers[15 + BOARD_IRQS];
} vectors = {
	__stack_top,
	{ Reset_Handler, NMI_Handler, HardFault_Handler, MemManage_Handler, BusFault_Handler,
		UsageFault_Handler, 0, 0, 0, 0, SVC_Handler, DebugMon_Handler, 0, PendSV_Handler,
		SysTick_Handler, IRQS(NAME) },
};

#define TEXT_(x) #x
#define TEXT(x)  TEXT_(x)

/* Paint the whole stack, before there is a frame of C on it. */
__attribute__((naked)) void Reset_Handler(void)
{
	__asm__ volatile("ldr r0, =__stack_limit\n\t"
			 "ldr r1, =__stack_top\n\t"
			 "mov sp, r1\n\t"
			 "ldr r2, =" TEXT(BOARD_STACK_PAINT) "\n"
							     "1:\tcmp r0, r1\n\t"
							     "bcs 2f\n\t"
							     "stm r0!, {r2}\n\t"
							     "b 1b\n"
							     "2:\tbl board_start\n\t"
							     "b .\n\t"
							     ".ltorg");
}

static void guard_stack(void)
{
#if defined(__ARM_ARCH_8M_MAIN__)
	__asm__ volatile("msr msplim, %0" ::"r"(__stack_limit));
#elif defined(__ARM_ARCH_7M__) || defined(__ARM_ARCH_7EM__)
	MPU_RBAR = ((uint32_t)(uintptr_t)__stack_limit - 4096u) | MPU_RBAR_VALID;
	MPU_RASR = MPU_RASR_XN | MPU_RASR_SIZE_4K | MPU_RASR_ENABLE;
	MPU_CTRL = MPU_CTRL_PRIVDEFENA | MPU_CTRL_ENABLE;
	barrier();
#endif
}

__attribute__((used)) void board_start(void)
{
	const uint32_t *from = __data_load;

	for (uint32_t *to = __data_start; to < __data_end; to++)
		*to = *from++;
	for (uint32_t *to = __bss_start; to < __bss_end; to++)
		*to = 0;
	SCB_VTOR = (uint32_t)(uintptr_t)&vectors; /* a Cortex-M0 has its table at 0 and ignores this */
#if defined(__ARM_FP)
	SCB_CPACR |= SCB_CPACR_FPU;
	barrier();
#endif
	guard_stack();
	board_clock_start();
	board_exit(main());
}

/*
 * On a fresh stack: the fault may be the old one's overflow, and a frame there would lock the processor up. The old one's
 * end, where the fault left the registers, goes along.
 */
__attribute__((naked)) void Default_Handler(void)
{
	__asm__ volatile("mov r0, sp\n\t"
			 "ldr r1, =__stack_top\n\t"
			 "mov sp, r1\n\t"
			 "bl board_fault\n\t"
			 "b .\n\t"
			 ".ltorg");
}

__attribute__((used)) void board_fault(const uint32_t *frame)
{
	bool whole = frame >= __stack_limit && frame + 8 <= __stack_top;

	board_tell_fault(exception_number(), whole ? frame[6] : 0);
}
