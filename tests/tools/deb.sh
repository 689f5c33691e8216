#!/bin/sh
# SPDX-License-Identifier: MIT
# What tools/deb builds from, without building it: the version is weir's, every package has its list of files, and each
# kind of file that is installed is in just one of them. tools/deb itself takes minutes and is run by hand.
. "${srcdir:-.}/tests/cli/common.sh"

debian=$src/debian
version=$(sed -n 's/^AC_INIT(\[weir\], \[\(.*\)\])$/\1/p' "$src/configure.ac")
first=$(sed -n '1s/^weir (\(.*\)) .*/\1/p' "$debian/changelog")
ok "the package's version is weir's" [ "$version" = "$first" ]
ok "CHANGELOG.md speaks of it, too" has "$src/CHANGELOG.md" "^## $version(,| |\$)"
if command -v dpkg-parsechangelog >/dev/null; then
	ok "the changelog is one" exits 0 dpkg-parsechangelog -l "$debian/changelog"
	ok "and says nothing unclear" is err ''
fi

soname=libweir$(sed -n 's/.*-version-info \([0-9]*\):.*/\1/p' "$src/lib/lib.am")
packages=$(sed -n 's/^Package: //p' "$debian/control" | sort | tr '\n' ' ')
ok "the library's package is named for its soname" [ "$packages" = "libweir-dev $soname weir " ]
for package in $packages; do
	ok "$package has a list of files" [ -s "$debian/$package.install" ]
done

lies_in() { # lies_in PACKAGE FILE
	hits=
	for list in "$debian"/*.install; do
		while read -r pattern; do
			# shellcheck disable=SC2254 # a pattern
			case $2 in $pattern | $pattern/*) hits="$hits $(basename "$list" .install)" ;; esac
		done <"$list"
	done
	[ "$hits" = " $1" ] || { echo "# $2 lies in:$hits"; return 1; }
}
for list in "$debian"/*.docs "$debian"/*.examples; do
	while read -r file; do
		ok "$(basename "$list"): $file is there" [ -e "$src/$file" ]
	done <"$list"
done
machine=usr/lib/x86_64-linux-gnu
ok "the program is in weir" lies_in weir usr/bin/weir
ok "its page, too" lies_in weir usr/share/man/man1/weir.1
ok "and its completion" lies_in weir usr/share/bash-completion/completions/weir
ok "a shared library is in $soname" lies_in "$soname" $machine/libweir_core.so.0.0.0
ok "and what programs load it by" lies_in "$soname" $machine/libweir_core.so.0
for file in include/weir/op.h lib/x86_64-linux-gnu/libweir.so lib/x86_64-linux-gnu/libweir.a lib/x86_64-linux-gnu/pkgconfig/weir.pc; do
	ok "$file is in libweir-dev" lies_in libweir-dev usr/$file
done
finish
