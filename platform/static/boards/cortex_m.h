/* SPDX-License-Identifier: MIT */
/*
 * cortex_m.h -- the registers that every Cortex-M has, by the names of ARM's architecture manuals.
 */
#ifndef CORTEX_M_H
#define CORTEX_M_H

#include <stdint.h>

#define BOARD_REGISTER(address) (*(volatile uint32_t *)(uintptr_t)(address))

/* SysTick: a timer that counts down from RVR and starts again. */
#define SYST_CSR         BOARD_REGISTER(0xE000E010u)
#define SYST_RVR         BOARD_REGISTER(0xE000E014u)
#define SYST_CVR         BOARD_REGISTER(0xE000E018u)
#define SYST_CSR_ENABLE  1u
#define SYST_CSR_TICKINT 2u
#define SYST_CSR_CLOCK   4u /* the processor's */

/* The interrupt controller: 32 interrupts to a word. */
#define NVIC_ISER(n) BOARD_REGISTER(0xE000E100u + 4u * ((n) / 32u))
#define NVIC_ISPR(n) BOARD_REGISTER(0xE000E200u + 4u * ((n) / 32u))

#define SCB_ICSR           BOARD_REGISTER(0xE000ED04u)
#define SCB_ICSR_PENDSVSET (1u << 28)
#define SCB_ICSR_PENDSTCLR (1u << 25)
#define SCB_VTOR           BOARD_REGISTER(0xE000ED08u)
#define SCB_CPACR          BOARD_REGISTER(0xE000ED88u)
#define SCB_CPACR_FPU      (0xFu << 20)

/* The memory protection unit of v7-M. */
#define MPU_CTRL            BOARD_REGISTER(0xE000ED94u)
#define MPU_CTRL_ENABLE     1u
#define MPU_CTRL_PRIVDEFENA 4u /* what no region names is as without the unit */
#define MPU_RBAR            BOARD_REGISTER(0xE000ED9Cu)
#define MPU_RBAR_VALID      (1u << 4)
#define MPU_RASR            BOARD_REGISTER(0xE000EDA0u)
#define MPU_RASR_ENABLE     1u
#define MPU_RASR_SIZE_4K    (11u << 1)
#define MPU_RASR_XN         (1u << 28)

static inline void nvic_enable(unsigned interrupt)
{
	NVIC_ISER(interrupt) = 1u << interrupt % 32u;
}

/* Keep interrupts out; returns how it was before. They wait, and a waiting one still ends a WFI. */
static inline uint32_t primask_set(void)
{
	uint32_t before;

	__asm__ volatile("mrs %0, primask\n\tcpsid i" : "=r"(before)::"memory");
	return before;
}

static inline void primask_restore(uint32_t before)
{
	__asm__ volatile("msr primask, %0" ::"r"(before) : "memory");
}

static inline void wait_for_interrupt(void)
{
	__asm__ volatile("dsb\n\twfi" ::: "memory");
}

/* The number of the exception that is served; 0: none. */
static inline uint32_t exception_number(void)
{
	uint32_t ipsr;

	__asm__ volatile("mrs %0, ipsr" : "=r"(ipsr));
	return ipsr;
}

static inline void barrier(void)
{
	__asm__ volatile("dsb\n\tisb" ::: "memory");
}

#endif
