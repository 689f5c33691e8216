# SPDX-License-Identifier: MIT
# The BBC micro:bit: nRF51822, a Cortex-M0.
CROSS ?= arm-none-eabi-
CPU ?= -mcpu=cortex-m0 -mthumb
FLASH_SIZE ?= 256K
RAM_ORIGIN ?= 0x20000000
RAM_SIZE ?= 16K
BOARD_MACHINE = microbit
BOARD_QEMU = qemu-system-arm
BOARD_SOURCES = startup_cortex_m.c panic.c stack.c nrf51_clock.c nrf51_uart.c nrf51_timer.c semihosting.c
BOARD_CPPFLAGS = -DBOARD_CPU_HZ=16000000u -DBOARD_IRQS=32 -DBOARD_VECTORS_FIXED
BOARD_LD = cortex_m.ld.in
BOARD_MEMORY = -DFLASH_ORIGIN=0 -DFLASH_SIZE=$(FLASH_SIZE) -DRAM_ORIGIN=$(RAM_ORIGIN) -DRAM_SIZE=$(RAM_SIZE)
