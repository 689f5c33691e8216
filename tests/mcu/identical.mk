# SPDX-License-Identifier: MIT
# The firmware of one compiled definition, FW/PIPELINE.c, with the core of OUT: FW/BOARD.elf
include platform/static/static.mk

here := $(weir_top)/tests/mcu
flags = $(WEIR_CPPFLAGS) -I$(weir_static)/boards $(WEIR_CFLAGS) -Werror $(CPPFLAGS)

$(FW)/$(BOARD).elf: $(FW)/$(PIPELINE).c $(here)/identical.c weir-static
	$(WEIR_CC) $(flags) -DPIPELINE=$(PIPELINE) -I$(FW) $(WEIR_LDFLAGS) -o $@ $(here)/identical.c $< $(WEIR_LIBS)
