#!/bin/sh
# SPDX-License-Identifier: MIT
# What is in a firmware: no heap, no printing, and floating point only where its definition asks for it.
. "${srcdir:-.}/tests/cli/common.sh"
. "$src/tests/mcu/firmware.sh"
need arm-none-eabi-gcc arm-none-eabi-nm

heap='_*(m|c|re)alloc(_r)?|_*free(_r)?|_*sbrk(_r)?'
printing='_*[a-z]*printf(_r)?|_*f?puts(_r)?|_*putchar(_r)?|_*strto(d|f|l|ul|ll|ull)'
# As gcc's library names it, and Arm's, whose names tell the types: d, f, and 2 for "to".
doubles='__aeabi_(c?d[a-z0-9]+|[a-z]+2d|d2[a-z]+)|__[a-z]+df[a-z]*[0-9]?'
singles='__aeabi_(c?f[a-z0-9]+|[a-z]+2f|f2[a-z]+)|__[a-z]+sf[a-z]*[0-9]?'

symbols() { # symbols DIRECTORY PATTERN: those of its image that the pattern fits
	arm-none-eabi-nm "$tmp/$1/firmware.elf" | awk '{ print $NF }' | grep -xE "$2"
}
none() { # none DIRECTORY PATTERN
	found=$(symbols "$@") || return 0
	echo "# there is" $found
	return 1
}
some() { # some DIRECTORY PATTERN
	[ -n "$(symbols "$@")" ]
}

ok "the firmware builds" exits 0 firmware fw
ok "without a warning" [ ! -s err ]
ok "its names can be read" some fw 'main|weir_step'
ok "it has no heap" none fw "$heap"
ok "it prints nothing" none fw "$printing"
ok "and has no double arithmetic" none fw "$doubles"
ok "nor any of single precision" none fw "$singles"
ok "it has none of the operators that its definition does not name" none fw 'weir_(map|csv_decode|merge|retry|buffer)_type'
ok "but those that it does" some fw 'weir_throttle_type'

# The same with an average in floating point: so this would be seen.
sed 's|"u32(sum(raw) \* 3300000 / 4096 / count())"|"avg(raw)"|' "$definition" >adc.json
ok "with an average of doubles" exits 0 firmware floats DEFINITION="$tmp/adc.json"
ok "it has their arithmetic" some floats "$doubles"
ok "but still no heap" none floats "$heap"
ok "and prints nothing" none floats "$printing"
finish
