#!/bin/sh
# SPDX-License-Identifier: MIT
# The RAM of a firmware is the stack, what the program itself has, and what `weir check` bills, to the byte: with that much
# it links and runs, with one less it does not link.
. "${srcdir:-.}/tests/cli/common.sh"
. "$src/tests/mcu/firmware.sh"
need arm-none-eabi-gcc arm-none-eabi-nm qemu-system-arm
stack=1024

billed() { # billed DEFINITION
	"$weir" check --target cortex-m3 "$1" | awk '$1 == "total" { print $2 }'
}
address() { # address DIRECTORY SYMBOL
	echo $((0x$(arm-none-eabi-nm "$tmp/$1/firmware.elf" | awk -v s="$2" '$3 == s { print $1 }')))
}
bytes() { # bytes DIRECTORY SYMBOL
	echo $((0x$(arm-none-eabi-nm -S "$tmp/$1/firmware.elf" | awk -v s="$2" '$4 == s { print $2 }')))
}
used() { # used DIRECTORY: from the start of RAM, which is the stack's end, to the last byte that is anything's
	echo $(($(address "$1" __bss_end) - $(address "$1" __stack_limit)))
}
links() { # links DIRECTORY RAM-BYTES
	rm -f "$tmp/$1/board.ld" "$tmp/$1/firmware.elf"
	firmware "$1" STACK=$stack RAM_SIZE="$2"
}

ok "the firmware builds" exits 0 firmware fw STACK=$stack
bill=$(billed "$definition")
all=$(used fw)
own=$((all - stack - bill))
echo "# $all bytes of RAM: $stack of stack, $bill billed, $own the program's own"
ok "its arena is the bill" [ "$(bytes fw adc_arena)" = "$bill" ]
ok "the rest is the two rings, the loop and a few words" [ $own -lt 1024 ]
ok "it links with the RAM that it needs" exits 0 links fw $all
ok "and runs" exits 0 env RAM_SIZE=$all STACK=$stack BOARD=$board OUT="$tmp/fw" WEIR="$weir" \
	timeout -k 10 120 "$src/samples/07-mcu/run" --items 2
ok "with one byte less" exits 2 links fw $((all - 1))
ok "it is that byte that is missing" has err "region .RAM. overflowed by 1 bytes?$"

sed 's/"capacity": 8/"capacity": 11/' "$definition" >adc.json
more=$(billed adc.json)
ok "room for three more readings is billed" [ "$more" -gt "$bill" ]
ok "a firmware that has it" exits 0 firmware more STACK=$stack DEFINITION="$tmp/adc.json"
ok "takes as much more RAM as the bill says" [ "$(used more)" = $((all + more - bill)) ]
finish
