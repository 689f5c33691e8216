#!/bin/sh
# SPDX-License-Identifier: MIT
# The core shares words between contexts by plain loads, stores and fences: no instruction that reads and writes memory
# in one go, on any machine, and no call of a library that would stand in for one. So it runs on a Cortex-M0 or an
# RV32I, which have neither.
archive=${1:-.libs/libweir_core.a}
cd_from=$(pwd)
cd "${srcdir:-.}" || exit 2
tmp=$(mktemp -d) || exit 2
trap 'rm -rf "$tmp"' EXIT
bad=0 looked=0
fail() { # fail WHAT LIST
	[ -n "$2" ] || return 0
	printf '%s:\n%s\n' "$1" "$2"
	bad=1
}

# As compiled for this machine. A fence may be written as a locked operation on the stack that changes nothing.
case $archive in
/*) ;;
*) archive=$cd_from/$archive ;;
esac
case $(uname -m) in
x86_64 | i?86) forbidden='\<(lock|xadd[bwlq]?|cmpxchg[0-9a-z]*)\>|\<xchg[bwlq]?\>.*\(' ;;
aarch64) forbidden='\<(ld[ax]*xr[bh]?|st[lx]*xr[bh]?|cas[a-z]*|swp[a-z]*|ld(add|clr|eor|set|smax|smin|umax|umin)[a-z]*)\>' ;;
*) forbidden= ;;
esac
if [ -n "$forbidden" ] && [ -f "$archive" ]; then
	looked=1
	fail "reads and writes memory in one go" "$(${OBJDUMP:-objdump} -d --no-show-raw-insn "$archive" |
		grep -E "file format|$forbidden" |
		grep -vE 'lock or[lq]? +\$0x0,(0x0)?\(%[er]sp\)|lock or[lq]? +\$0x0,-0x[0-9a-f]+\(%[er]sp\)' |
		awk '/file format/ { object = $1; next } { print object, $0 }')"
fi

# As compiled for machines without such instructions: what is not there would be a call.
# cross TARGET-AND-FLAGS FILE: the calls it makes
cross() {
	# shellcheck disable=SC2086 # a list of flags
	if clang --target=$1 -std=c11 -O2 -ffreestanding -w -Iinclude -I"$tmp" -S "$2" -o "$tmp/o.s" 2>&1; then
		grep -nE '__atomic_|__sync_' "$tmp/o.s"
	fi | sed "s|^|$2 for $1: |"
}
if echo 'int i;' >"$tmp/i.c" && clang --target=thumbv6m-none-eabi -S "$tmp/i.c" -o "$tmp/i.s" 2>/dev/null &&
	clang --target=riscv32-unknown-elf -march=rv32i -mabi=ilp32 -S "$tmp/i.c" -o "$tmp/i.s" 2>/dev/null; then
	looked=1
	cat >"$tmp/string.h" <<-'END'
		#include <stddef.h>
		void *memcpy(void *, const void *, size_t);
		void *memmove(void *, const void *, size_t);
		void *memset(void *, int, size_t);
		int memcmp(const void *, const void *, size_t);
		void *memchr(const void *, int, size_t);
	END
	# shellcheck disable=SC2046 # a list of files
	for f in ${2:-$(grep -lE 'atomic\.h|slots\.h|core\.h' lib/*.c)}; do
		fail "calls a library, or does not compile" "$(cross 'thumbv6m-none-eabi' "$f"
			cross 'riscv32-unknown-elf -march=rv32i -mabi=ilp32' "$f")"
	done
else
	echo "no clang for Cortex-M0 and RV32I: looked at this machine's code only"
fi
[ $looked = 1 ] || { echo "nothing to look at"; exit 77; }
exit $bad
