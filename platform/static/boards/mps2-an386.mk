# SPDX-License-Identifier: MIT
# ARM's MPS2 with a Cortex-M4 and its FPU (application note 386).
CROSS ?= arm-none-eabi-
CPU ?= -mcpu=cortex-m4 -mthumb -mfloat-abi=hard -mfpu=fpv4-sp-d16
FLASH_SIZE ?= 4M
RAM_ORIGIN ?= 0x20000000
RAM_SIZE ?= 4M
BOARD_MACHINE = mps2-an386
BOARD_QEMU = qemu-system-arm
BOARD_SOURCES = startup_cortex_m.c panic.c stack.c systick.c cmsdk_uart.c cmsdk_timer.c semihosting.c
BOARD_CPPFLAGS = -DBOARD_CPU_HZ=25000000u -DBOARD_IRQS=48 \
	-DBOARD_UART=0x40004000u -DBOARD_UART_RX=0 -DBOARD_UART_TX=1 \
	-DBOARD_TIMER=0x40000000u -DBOARD_TIMER_IRQ=8
BOARD_LD = cortex_m.ld.in
BOARD_MEMORY = -DFLASH_ORIGIN=0 -DFLASH_SIZE=$(FLASH_SIZE) -DRAM_ORIGIN=$(RAM_ORIGIN) -DRAM_SIZE=$(RAM_SIZE)
