# SPDX-License-Identifier: MIT
# ARM's MPS2 with a Cortex-M33 (application note 505), in its secure world.
CROSS ?= arm-none-eabi-
CPU ?= -mcpu=cortex-m33 -mthumb -mfloat-abi=hard -mfpu=fpv5-sp-d16
FLASH_SIZE ?= 4M
RAM_ORIGIN ?= 0x38000000
RAM_SIZE ?= 2M
BOARD_MACHINE = mps2-an505
BOARD_QEMU = qemu-system-arm
BOARD_SOURCES = startup_cortex_m.c panic.c stack.c systick.c cmsdk_uart.c cmsdk_timer.c semihosting.c
BOARD_CPPFLAGS = -DBOARD_CPU_HZ=20000000u -DBOARD_IRQS=48 \
	-DBOARD_UART=0x50200000u -DBOARD_UART_RX=32 -DBOARD_UART_TX=33 \
	-DBOARD_TIMER=0x50000000u -DBOARD_TIMER_IRQ=3
BOARD_LD = cortex_m.ld.in
BOARD_MEMORY = -DFLASH_ORIGIN=0x10000000 -DFLASH_SIZE=$(FLASH_SIZE) -DRAM_ORIGIN=$(RAM_ORIGIN) -DRAM_SIZE=$(RAM_SIZE)
