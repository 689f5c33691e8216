#!/bin/sh
# SPDX-License-Identifier: MIT
# The core needs nothing but mem*() from outside, and holds no writable static data and no ifunc.
archive=${1:-.libs/libweir_core.a}
[ -f "$archive" ] || { echo "$archive was not built"; exit 77; }
NM=${NM:-nm} OBJDUMP=${OBJDUMP:-objdump}
if $NM "$archive" 2>/dev/null | grep -qE ' __(asan|ubsan|msan|tsan)_'; then
	echo "the sanitizers bring symbols of their own"
	exit 77
fi
if $NM "$archive" 2>/dev/null | grep -q 'weir_watch_'; then
	echo "the monitor needs a hosted C library"
	exit 77
fi
if $NM "$archive" 2>/dev/null | grep -q '__gcov_'; then
	echo "counting what runs brings symbols of its own"
	exit 77
fi
bad=0
fail() { # fail WHAT LIST
	[ -n "$2" ] || return 0
	printf '%s:\n%s\n' "$1" "$2"
	bad=1
}

symbols=$($NM -A "$archive" 2>/dev/null) || { echo "$NM failed"; exit 2; }
defined=$(printf '%s\n' "$symbols" | awk '$(NF-1) ~ /^[TRDBVWi]$/ { print $NF }' | sort -u)
undefined=$(printf '%s\n' "$symbols" | awk '$(NF-1) == "U" { print $NF }' | sort -u)
[ -n "$defined" ] || { echo "$archive defines nothing"; exit 1; }

fail "names outside weir_" "$(printf '%s\n' "$defined" | grep -v '^weir_')"
# A position independent object may name the table that the linker makes.
fail "needed from outside" "$(printf '%s\n' "$undefined" | grep -vxF "$defined" |
	grep -vxE 'memcpy|memmove|memset|memcmp|memchr|_GLOBAL_OFFSET_TABLE_')"
fail "chosen at load time (ifunc)" "$(printf '%s\n' "$symbols" | awk '$(NF-1) == "i"')"
fail "common symbols" "$(printf '%s\n' "$symbols" | awk '$(NF-1) == "C"')"
# .data.rel.ro holds const tables with addresses: written by the loader only.
fail "writable static data" "$($OBJDUMP -h "$archive" | awk '
	/file format/ { object = $1 }
	$2 ~ /^\.(data|bss|tdata|tbss)/ && $2 !~ /^\.data\.rel\.ro/ && $3 !~ /^0+$/ { print object, $2, "0x" $3 }')"
exit $bad
