#!/bin/sh
# SPDX-License-Identifier: MIT
# What was installed is enough to build the C samples with pkg-config alone, and the program starts.
# Run by `make installcheck`.
export PKG_CONFIG_PATH
tmp=$(mktemp -d) || exit 2
trap 'rm -rf "$tmp"' EXIT
for source in "$srcdir"/samples/*/*.c; do
	[ ! -e "${source%/*}/run" ] || continue # for a board
	flags=$(${PKG_CONFIG:-pkg-config} --cflags --libs weir) || exit 1
	lib=$(${PKG_CONFIG:-pkg-config} --variable=libdir weir)
	${CC:-cc} -std=c11 $SAN_FLAGS "$source" $flags -Wl,-rpath,"$lib" -o "$tmp/sample" ||
		{ echo "$source does not build against the installed weir"; exit 1; }
	"$tmp/sample" >"$tmp/out" 2>&1 || { echo "$source failed:"; cat "$tmp/out"; exit 1; }
done
"$bindir/weir" --version || { echo "the installed weir does not start"; exit 1; }
[ -s "$mandir/man1/weir.1" ] || { echo "there is no manual page"; exit 1; }
[ -s "$completiondir/weir" ] || { echo "bash finds nothing to complete by"; exit 1; }
