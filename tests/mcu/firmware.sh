# SPDX-License-Identifier: MIT
# What the tests of samples/07-mcu share, beside tests/cli/common.sh. Sourced.
unset MAKEFLAGS MFLAGS MAKELEVEL # of a make that runs this: its own would speak among what is printed
board=mps2-an385
definition=$src/samples/07-mcu/adc.json

need() { # need TOOL...: else there is nothing to be tested with
	for tool; do
		command -v "$tool" >/dev/null 2>&1 || { echo "there is no $tool"; exit 77; }
	done
}

firmware() { # firmware DIRECTORY ARGUMENT...: the image, DIRECTORY/firmware.elf
	directory=$tmp/$1
	shift
	make -s -j2 -f "$src/samples/07-mcu/Makefile" BOARD=$board OUT="$directory" WEIR="$weir" "$@"
}
