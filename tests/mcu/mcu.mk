# SPDX-License-Identifier: MIT
# Build the tests for one board: make -f tests/mcu/mcu.mk BOARD=mps2-an385 OUT=DIRECTORY [PARTS=...] [MONITOR=1]
#
# Each test is an image of its own, $(OUT)/tests/.../X.elf: the unit tests of the lists in tests.am, unchanged, but for
# those that tests/mcu/SKIPPED names with a reason, and the boards' own tests beside this file. PARTS is one or more of
# these, with a + between: units, operators and numbers (some of the units), rules, steps (interrupts at every
# instruction), and small, what has room in 16 KiB of RAM.

include $(dir $(lastword $(MAKEFILE_LIST)))../../platform/static/static.mk

PARTS ?= units+rules+steps
mcu_parts := $(subst +, ,$(PARTS))
mcu := $(weir_top)/tests/mcu
# The watched engine is larger than the bill of a microcontroller, so it counts in 64 bits.
ifdef MONITOR
CPPFLAGS += -DWEIR_MONITOR -UWEIR_COUNT32 -I$(mcu)/libc
endif

# What the tests stand on beside the core: their library, builder and loader, and what several of them share.
mcu_hosted = $(filter-out lib/build/print%,$(call weir_list,libweir_build_la_SOURCES,lib/build/build.am)) \
	$(call weir_list,libweir_build_la_SOURCES,lib/json/json.am) \
	$(call weir_list,libweir_la_SOURCES,platform/sim/sim.am) \
	$(filter-out %/rig.c %/steps.c %/watched.c %/scene.c tests/support/scene_%, \
		$(call weir_list,libweir_test_la_SOURCES,tests/tests.am)) \
	connectors/hot.c connectors/interval.c connectors/null.c connectors/range.c tests/mcu/connectors.c
mcu_lists = $(if $(filter-out small,$(mcu_parts)),$(mcu_hosted)) \
	$(patsubst $(weir_top)/%,%,$(wildcard $(mcu)/libc/*.c)) tests/mcu/alarm.c tests/mcu/steps.c
mcu_rules := $(filter-out %/rules_test.c %/bench_line.c,$(call weir_list,tests_rules_rules_test_SOURCES,tests/tests.am)) \
	tests/mcu/bench_line.c
# The codecs' bed takes the place of the engine, so only its own tests link it.
mcu_codec_bed := $(call weir_list,codec_bed,tests/tests.am)
mcu_codec_tests := $(shell sed -n 's|^tests_.*_SOURCES = \(tests/.*_test\)\.c .(codec_bed).*|\1|p' $(weir_top)/tests/tests.am)
mcu_support := $(mcu_lists:%.c=$(OUT)/%.o)

mcu_skipped := $(shell sed -n 's/^\(tests[^ ]*\) .*/\1/p' $(mcu)/SKIPPED)
mcu_listed = $(filter %_test,$(shell sed -n '/^$1 *=/,/[^\\]$$/p' $(weir_top)/tests/tests.am))
mcu_units := $(filter-out $(mcu_skipped),$(call mcu_listed,quick_tests) $(call mcu_listed,slow_tests))
mcu_own := $(patsubst $(weir_top)/%.c,%,$(wildcard $(mcu)/*_test.c))
mcu_small := tests/lib/ring_steps_test tests/lib/channel_steps_test tests/lib/queue_test tests/lib/mpsc_test \
	tests/lib/num_int_test tests/lib/keys_test tests/lib/panes_test tests/lib/function_test \
	tests/platform/hand_test
mcu_part_rules := $(filter tests/rules/%,$(mcu_units))
mcu_part_steps := $(filter %_steps_test,$(mcu_units))
mcu_part_units := $(filter-out $(mcu_part_rules) $(mcu_part_steps),$(mcu_units))
mcu_part_operators := $(filter tests/operators/% tests/lib/fold_test tests/platform/%,$(mcu_part_units))
mcu_part_numbers := $(filter tests/lib/num% tests/lib/program% tests/lib/function% tests/lib/fold% tests/lib/scan% \
	tests/lib/codec% tests/operators/window%,$(mcu_part_units))
mcu_part_small := $(mcu_small)
mcu_tests := $(sort $(foreach part,$(mcu_parts),$(mcu_part_$(part)))) $(mcu_own)
mcu_images := $(mcu_tests:%=$(OUT)/%.elf) $(OUT)/tests/mcu/ends.elf $(OUT)/tests/mcu/echo.elf

mcu: $(mcu_images)
print-images:
	@echo $(mcu_tests)
print-tools:
	@echo $(CROSS)gcc $(BOARD_QEMU)
print-nm:
	@echo $(CROSS)nm
print-qemu:
	@echo $(BOARD_QEMU) -M $(BOARD_MACHINE)
.DEFAULT_GOAL := mcu
.PHONY: mcu print-images print-nm print-qemu print-tools
.SECONDARY:

# -fno-builtin-printf: else gcc makes putchar of it. The host's build sees to the warnings.
mcu_cppflags = -I$(mcu) -isystem $(mcu)/libc $(WEIR_CPPFLAGS) -I$(weir_top) -I$(weir_top)/tests -I$(weir_static)/boards \
	$(BOARD_CPPFLAGS) -D_POSIX_C_SOURCE=200809L
mcu_cflags = $(CPU) -std=c11 -Os -ffreestanding -fbuiltin -fno-builtin-printf -fno-builtin-fprintf \
	-ffunction-sections -fdata-sections -ffp-contract=off -Wall -Wno-format
# A loop of strlen would become a call of strlen.
$(OUT)/tests/mcu/libc/%.o: weir_extra = -fno-builtin -fno-tree-loop-distribute-patterns
mcu_objects := $(mcu_support) $(mcu_images:.elf=.o) $(mcu_rules:%.c=$(OUT)/%.o) $(mcu_codec_bed:%.c=$(OUT)/%.o)
$(mcu_objects): $(OUT)/%.o: $(weir_top)/%.c
	@mkdir -p $(@D)
	$(WEIR_CC) $(mcu_cppflags) $(mcu_cflags) $(weir_extra) -MMD -MP $(CPPFLAGS) $(CFLAGS) -c $< -o $@

$(OUT)/libweir_tests.a: $(mcu_support) $(mcu)/mcu.mk
	@rm -f $@
	$(WEIR_AR) rcs $@ $(mcu_support)

mcu_libs = $(OUT)/libweir_tests.a $(filter-out -l%,$(WEIR_LIBS))
$(OUT)/tests/rules/rules_test.elf: $(mcu_rules:%.c=$(OUT)/%.o)
$(mcu_codec_tests:%=$(OUT)/%.elf): $(mcu_codec_bed:%.c=$(OUT)/%.o)
$(mcu_codec_tests:%=$(OUT)/%.elf): mcu_ldflags = -Wl,-z,muldefs
$(OUT)/%.elf: $(OUT)/%.o $(mcu_libs) $(OUT)/board.ld
	$(WEIR_CC) $(WEIR_LDFLAGS) $(mcu_ldflags) $(filter %.o,$^) -Wl,--start-group $(mcu_libs) -lgcc -Wl,--end-group -o $@

-include $(mcu_objects:.o=.d)
