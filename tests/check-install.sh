#!/bin/sh
# SPDX-License-Identifier: MIT
# What was installed is enough to build the C samples, one of which has an operator of its own, with pkg-config alone, and
# with the CMake file of docs/INSTALL.md; the program starts. Installed elsewhere and uninstalled, nothing is left.
# Run by `make installcheck`.
export PKG_CONFIG_PATH
tmp=$(mktemp -d) || exit 2
trap 'rm -rf "$tmp"' EXIT
fail() {
	echo "$1"
	[ ! -f "$tmp/out" ] || cat "$tmp/out"
	exit 1
}

flags=$(${PKG_CONFIG:-pkg-config} --cflags --libs weir) && lib=$(${PKG_CONFIG:-pkg-config} --variable=libdir weir) || exit 1
runs() { # runs SOURCE PROGRAM: and writes what the sample says
	"$2" >"$tmp/out" 2>&1 || fail "$1 failed"
	cmp "${1%/*}/expected" "$tmp/out" || fail "$1 writes something else"
}
for source in "$srcdir"/samples/*/*.c; do
	[ ! -e "${source%/*}/run" ] || continue # for a board
	${CC:-cc} -std=c11 $SAN_FLAGS "$source" $flags -Wl,-rpath,"$lib" -o "$tmp/sample" >"$tmp/out" 2>&1 ||
		fail "$source does not build against the installed weir"
	runs "$source" "$tmp/sample"
done

if [ -z "$SAN_FLAGS" ] && command -v cmake >/dev/null 2>&1; then
	source=$srcdir/samples/05-own-operator/own_operator.c
	mkdir "$tmp/mine"
	sed -n '/^```cmake$/,/^```$/{/^```/!p;}' "$srcdir/docs/INSTALL.md" >"$tmp/mine/CMakeLists.txt"
	cp "$source" "$tmp/mine/mine.c"
	(cd "$tmp/mine" && cmake -DCMAKE_C_STANDARD=11 . && cmake --build .) >"$tmp/out" 2>&1 ||
		fail "CMake cannot build against the installed weir"
	runs "$source" "$tmp/mine/mine"
else
	echo "no cmake: only pkg-config was tried"
fi

"$bindir/weir" --version || fail "the installed weir does not start"
[ -s "$mandir/man1/weir.1" ] || fail "there is no manual page"
[ -s "$completiondir/weir" ] || fail "bash finds nothing to complete by"

left=$tmp/left
${MAKE:-make} -s install DESTDIR="$left" >"$tmp/out" 2>&1 || fail "make install DESTDIR=... failed"
[ "$(find "$left" -type f | wc -l)" -gt 50 ] || fail "make install DESTDIR=... installed little"
${MAKE:-make} -s uninstall DESTDIR="$left" >"$tmp/out" 2>&1 || fail "make uninstall DESTDIR=... failed"
find "$left" ! -type d >"$tmp/out"
[ ! -s "$tmp/out" ] || fail "uninstall leaves"
