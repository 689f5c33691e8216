#!/bin/sh
# SPDX-License-Identifier: MIT
# Every public header is installed and compiles alone, and beside all others, as C11 and as C++; the freestanding ones
# compile with no headers in reach but the compiler's own.
cd "${srcdir:-.}" || exit 2
bad=0
fail() { echo "$1"; bad=1; }

warnings='-pedantic -Wall -Wextra -Werror'
tmp=$(mktemp -d) || exit 2
trap 'rm -rf "$tmp"' EXIT

for h in $(find include -name '*.h'); do
	case " $FREESTANDING_HEADERS $HOSTED_HEADERS " in
	*" $h "*) ;;
	*) fail "$h: stands in no list of include/include.am" ;;
	esac
done

# alone COMPILER-AND-FLAGS LANGUAGE HEADER
alone() {
	printf '#include <%s>\ntypedef int weir_alone; /* nothing is no program */\n' "${3#include/}" >"$tmp/alone.$2"
	$1 $warnings -Iinclude -fsyntax-only "$tmp/alone.$2" >"$tmp/out" 2>&1 ||
		fail "$3: does not compile alone: $1
$(cat "$tmp/out")"
}

# together COMPILER-AND-FLAGS LANGUAGE
together() {
	for h in $FREESTANDING_HEADERS $HOSTED_HEADERS; do
		echo "#include <${h#include/}>"
	done >"$tmp/together.$2"
	$1 $warnings -Iinclude -fsyntax-only "$tmp/together.$2" >"$tmp/out" 2>&1 ||
		fail "the headers do not compile together: $1
$(cat "$tmp/out")"
}

for h in $FREESTANDING_HEADERS $HOSTED_HEADERS; do
	alone "${CC:-cc} -std=c11" c "$h"
	[ -z "$CXX" ] || alone "$CXX -std=c++11" cc "$h"
done

# -nostdinc takes the compiler's own headers away too: they are given back by name.
own=$(${CC:-cc} -print-file-name=include)
for h in $FREESTANDING_HEADERS; do
	alone "${CC:-cc} -std=c11 -ffreestanding -nostdinc -isystem $own" c "$h"
done

together "${CC:-cc} -std=c11" c
[ -z "$CXX" ] || together "$CXX -std=c++11" cc

[ -n "$CXX" ] || echo "no C++ compiler: the headers were checked as C only"
exit $bad
