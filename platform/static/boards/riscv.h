/* SPDX-License-Identifier: MIT */
/*
 * riscv.h -- the control and status registers that startup and hooks touch, and their bits.
 */
#ifndef RISCV_H
#define RISCV_H

#include <stdint.h>

#define BOARD_REGISTER(address)   (*(volatile uint32_t *)(uintptr_t)(address))
#define BOARD_REGISTER_8(address) (*(volatile uint8_t *)(uintptr_t)(address))

#define MSTATUS_MIE    8u /* interrupts let in */
#define MIE_TIMER      (1u << 7)
#define MIE_EXTERNAL   (1u << 11)
#define CAUSE_TIMER    0x80000007u
#define CAUSE_EXTERNAL 0x8000000Bu

#define PMP_LOCKED 0x80u /* holds for machine mode too */
#define PMP_NAPOT  0x18u /* the address says how large the region is */

#define csr_read(name)                                                  \
	__extension__({                                                 \
		uint32_t csr_value_;                                    \
		__asm__ volatile("csrr %0, " #name : "=r"(csr_value_)); \
		csr_value_;                                             \
	})
#define csr_write(name, value) __asm__ volatile("csrw " #name ", %0" ::"r"(value) : "memory")
#define csr_set(name, bits)    __asm__ volatile("csrs " #name ", %0" ::"r"(bits) : "memory")

/* 1 while an interrupt is served: no register tells. Whoever puts a handler in the place of the board's sets it too. */
extern volatile uint32_t board_serving;

/* Keep interrupts out; returns how it was before. They wait, and a waiting one still ends a WFI. */
static inline uint32_t interrupts_out(void)
{
	uint32_t before;

	__asm__ volatile("csrrc %0, mstatus, %1" : "=r"(before) : "r"(MSTATUS_MIE) : "memory");
	return before;
}

static inline void interrupts_restore(uint32_t before)
{
	csr_set(mstatus, before & MSTATUS_MIE);
}

#endif
