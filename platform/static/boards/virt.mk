# SPDX-License-Identifier: MIT
# QEMU's virtual RISC-V machine, 32 bits. The old ISA specification is the one in which the control registers need no
# extension of their own, by whose name this gcc would not find its library.
CROSS ?= riscv64-unknown-elf-
CPU ?= -misa-spec=2.2 -march=rv32imac -mabi=ilp32
FLASH_SIZE ?= 4M
RAM_ORIGIN ?= 0x81000000
RAM_SIZE ?= 4M
BOARD_MACHINE = virt -bios none
BOARD_QEMU = qemu-system-riscv32
BOARD_SOURCES = start_riscv.S virt.c panic.c stack.c semihosting.c
BOARD_CPPFLAGS =
BOARD_LD = virt.ld.in
BOARD_MEMORY = -DFLASH_ORIGIN=0x80000000 -DFLASH_SIZE=$(FLASH_SIZE) -DRAM_ORIGIN=$(RAM_ORIGIN) -DRAM_SIZE=$(RAM_SIZE)
