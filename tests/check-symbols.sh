#!/bin/sh
# SPDX-License-Identifier: MIT
# The core needs nothing but mem*() from outside, and holds no writable static data and no ifunc. The shared libraries
# show what the public headers declare: all of it, and nothing else.
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

# ---- what the shared libraries show ----

core=${archive%.a}.so
whole=${archive%_core.a}.so
[ -f "$core" ] && [ -f "$whole" ] || { echo "no shared libraries here: what they show was not looked at"; exit $bad; }
tmp=$(mktemp -d) || exit 2
trap 'rm -rf "$tmp"' EXIT
for library in "$core" "$whole"; do
	$NM -D --defined-only "$library" | awk '$(NF-1) != "A" { sub(/@.*/, "", $NF); print $NF }'
done | sort -u >"$tmp/shown"
grep -q . "$tmp/shown" || { echo "the shared libraries show nothing"; exit 1; }
if grep -qx weir_kernels_avx2 "$tmp/shown"; then
	echo "the linker takes no version script: what the libraries show was not looked at"
	exit $bad
fi

# A name that no header declares does not compile.
for h in $FREESTANDING_HEADERS $HOSTED_HEADERS; do
	echo "#include <${h#include/}>"
done >"$tmp/all.c"
cp "$tmp/all.c" "$tmp/shown.c"
sed 's/.*/static const void *const a_& = (const void *)\&&;/' "$tmp/shown" >>"$tmp/shown.c"
include="-I${srcdir:-.}/include"
${CC:-cc} -std=c11 -w "$include" -fsyntax-only "$tmp/shown.c" >"$tmp/out" 2>&1 ||
	fail "shown, and declared in no public header" "$(grep error "$tmp/out")"

# All that the archives define and a header names is shown.
$NM "$archive" "${whole%.so}.a" 2>/dev/null | awk 'NF > 1 && $(NF-1) ~ /^[TRDBVW]$/ { print $NF }' | sort -u >"$tmp/defined"
${CC:-cc} -std=c11 -E -P "$include" "$tmp/all.c" | grep -oE '\<weir_[a-z0-9_]+\>' | sort -u >"$tmp/named"
fail "in a public header, and not shown" "$(comm -12 "$tmp/defined" "$tmp/named" | comm -23 - "$tmp/shown")"

# gcc lists what is declared: nothing that is nowhere.
if ${CC:-cc} -std=c11 "$include" -aux-info "$tmp/declared" -fsyntax-only "$tmp/all.c" 2>/dev/null && [ -s "$tmp/declared" ]; then
	fail "declared, and defined nowhere" "$(sed -n 's/^.* extern [^(]*\(weir_[a-z0-9_]*\) (.*/\1/p' "$tmp/declared" |
		sort -u | comm -23 - "$tmp/shown")"
fi
exit $bad
