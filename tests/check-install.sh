#!/bin/sh
# SPDX-License-Identifier: MIT
# What was installed is enough to build the C samples, one of which has an operator of its own, with pkg-config alone, with
# the CMake file of docs/INSTALL.md, and from C++; the program starts. Installed elsewhere and uninstalled, nothing is left.
# Run by `make installcheck`, also with the DESTDIR of the install: then pkg-config is told that this is the root.
tmp=$(mktemp -d) || exit 2
trap 'rm -rf "$tmp"' EXIT
fail() {
	echo "$1"
	[ ! -f "$tmp/out" ] || cat "$tmp/out"
	exit 1
}

PKG_CONFIG_SYSROOT_DIR=$sysroot PKG_CONFIG_LIBDIR=$libdir/pkgconfig
export PKG_CONFIG_SYSROOT_DIR PKG_CONFIG_LIBDIR
flags=$(${PKG_CONFIG:-pkg-config} --cflags --libs weir) || fail "pkg-config needs more than what was installed"
[ -z "$sysroot" ] || export LD_LIBRARY_PATH="$libdir" # no loader looks there
runs() { # runs SOURCE PROGRAM: and writes what the sample says
	"$2" >"$tmp/out" 2>&1 || fail "$1 failed"
	cmp "${1%/*}/expected" "$tmp/out" || fail "$1 writes something else"
}
for source in "$srcdir"/samples/*/*.c; do
	[ ! -e "${source%/*}/run" ] || continue # for a board
	${CC:-cc} -std=c11 $SAN_FLAGS "$source" $flags -Wl,-rpath,"$libdir" -o "$tmp/sample" >"$tmp/out" 2>&1 ||
		fail "$source does not build against the installed weir"
	runs "$source" "$tmp/sample"
done

if [ -e "$libdir/libweir.a" ]; then
	source=$srcdir/samples/05-own-operator/own_operator.c
	static=$(${PKG_CONFIG:-pkg-config} --static --cflags --libs weir | sed 's/-lweir[_a-z]*/-Wl,-Bstatic & -Wl,-Bdynamic/g')
	${CC:-cc} -std=c11 $SAN_FLAGS "$source" $static -o "$tmp/sample" >"$tmp/out" 2>&1 ||
		fail "$source does not build against the static libraries"
	runs "$source" "$tmp/sample"
fi

if [ -z "$SAN_FLAGS" ] && [ -n "$CXX" ] && command -v "${CXX%% *}" >/dev/null 2>&1; then
	for header in "$includedir"/weir/*.h; do echo "#include <weir/${header##*/}>"; done >"$tmp/all.cc"
	echo 'int main() { weir_definition *d; return weir_definition_open(&d, "none", nullptr) != WEIR_ENOENT; }' >>"$tmp/all.cc"
	$CXX -std=c++11 "$tmp/all.cc" $flags -Wl,-rpath,"$libdir" -o "$tmp/all" >"$tmp/out" 2>&1 && "$tmp/all" ||
		fail "a program in C++ does not build against the installed weir"
else
	echo "no C++: only C was tried"
fi

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
find "$left" ! -type d -o -path '*/include/weir' >"$tmp/out"
[ ! -s "$tmp/out" ] || fail "uninstall leaves"
