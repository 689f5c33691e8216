# SPDX-License-Identifier: MIT
# The core for a microcontroller, without configure and without a C library. By itself:
#
#	make -f platform/static/static.mk CROSS=arm-none-eabi- CPU="-mcpu=cortex-m0plus -mthumb" OUT=build
#	make -f platform/static/static.mk BOARD=mps2-an385 OUT=build
#
# or included by the makefile of a firmware, which then links $(WEIR_LIBS). It makes $(OUT)/libweir_core.a; with BOARD,
# one of boards/*.mk, also $(OUT)/libweir_board.a and $(OUT)/board.ld. The flags to compile and link with are in
# WEIR_CPPFLAGS, WEIR_CFLAGS and WEIR_LDFLAGS; CFLAGS and CPPFLAGS of the caller come after them, such as
# CPPFLAGS='-DWEIR_CONFIG_H="\"pipeline_config.h\"" -Ibuild'. Which files there are stands in the *.am lists alone.

weir_top := $(patsubst %/platform/static/,%,$(dir $(abspath $(lastword $(MAKEFILE_LIST)))))
weir_static := $(weir_top)/platform/static
weir_fresh := $(if $(filter undefined,$(origin OUT)),$(error OUT=DIRECTORY is needed: where the objects go))

ifdef BOARD
include $(weir_static)/boards/$(BOARD).mk
endif
WEIR_CC = $(CROSS)gcc
WEIR_AR = $(CROSS)ar

WEIR_CPPFLAGS = -I$(weir_top)/include -isystem $(weir_static)/freestanding -DWEIR_COUNT32
WEIR_CFLAGS = $(CPU) -std=c11 -Os -ffreestanding -fbuiltin -ffunction-sections -fdata-sections -ffp-contract=off \
	-Wall -Wextra -Wshadow -Wconversion -Wpedantic
WEIR_LDFLAGS = $(CPU) -nostdlib -nostartfiles -Wl,--gc-sections $(if $(BOARD),-T $(OUT)/board.ld)
WEIR_LIBS = $(if $(BOARD),$(OUT)/libweir_board.a) $(OUT)/libweir_core.a -lgcc

# weir_list VARIABLE,FILE: the .c files that a list of FILE names
weir_list = $(filter %.c,$(shell sed -n '/^$1 +*=/,/[^\\]$$/p' $(weir_top)/$2))
weir_core_sources := $(foreach am,lib/lib.am operators/operators.am platform/hand/hand.am platform/static/static.am, \
	$(call weir_list,libweir_core_la_SOURCES,$(am))) \
	$(call weir_list,kernel_sources,lib/kernels/kernels.am) \
	platform/static/freestanding/mem.c
weir_core_objects := $(patsubst %.c,$(OUT)/core/%.o,$(weir_core_sources))
weir_board_objects := $(addprefix $(OUT)/board/,$(addsuffix .o,$(basename $(BOARD_SOURCES))))

weir-static: $(filter-out -l%,$(WEIR_LIBS)) $(if $(BOARD),$(OUT)/board.ld)
# For who builds it piece by piece: a board's objects, and how the rest is compiled.
weir-board: $(weir_board_objects) $(if $(BOARD),$(OUT)/board.ld)
weir-settings:
	@: $(info compile=$(WEIR_CC) $(WEIR_CPPFLAGS) $(BOARD_CPPFLAGS) $(WEIR_CFLAGS) $(CPPFLAGS) $(CFLAGS))
	@: $(info link=$(WEIR_CC) $(WEIR_LDFLAGS))
	@: $(info sources=$(weir_core_sources))
	@: $(info board=$(weir_board_objects))
	@: $(info qemu=$(BOARD_QEMU) -M $(BOARD_MACHINE))
.PHONY: weir-static weir-board weir-settings

$(OUT)/libweir_core.a: $(weir_core_objects)
$(OUT)/libweir_board.a: $(weir_board_objects)
$(OUT)/libweir_core.a $(OUT)/libweir_board.a:
	@rm -f $@
	$(WEIR_AR) rcs $@ $^

$(OUT)/core/lib/kernels/%.o: weir_extra = -DWEIR_KERNEL_ISA=base
$(OUT)/core/platform/static/freestanding/mem.o: weir_extra = -fno-builtin -fno-tree-loop-distribute-patterns
weir_compile = $(WEIR_CC) $(WEIR_CPPFLAGS) $(WEIR_CFLAGS) $(weir_extra) -MMD -MP $(CPPFLAGS) $(CFLAGS)

$(OUT)/core/%.o: $(weir_top)/%.c
	@mkdir -p $(@D)
	$(weir_compile) -c $< -o $@

$(OUT)/board/%.o: $(weir_static)/boards/%.c
	@mkdir -p $(@D)
	$(weir_compile) $(BOARD_CPPFLAGS) -c $< -o $@

$(OUT)/board/%.o: $(weir_static)/boards/%.S
	@mkdir -p $(@D)
	$(weir_compile) $(BOARD_CPPFLAGS) -c $< -o $@

# STACK, FLASH_SIZE and RAM_SIZE may be given: the link itself fails when a budget is exceeded.
STACK ?= 4096
$(OUT)/board.ld: $(weir_static)/boards/$(BOARD_LD) $(weir_static)/boards/$(BOARD).mk
	@mkdir -p $(@D)
	$(WEIR_CC) -E -P -x c $(BOARD_MEMORY) -DSTACK=$(STACK) $< -o $@

-include $(weir_core_objects:.o=.d) $(weir_board_objects:.o=.d)
