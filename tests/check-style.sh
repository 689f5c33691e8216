#!/bin/sh
# SPDX-License-Identifier: MIT
# What can be told of a file's style without reading it.
cd "${srcdir:-.}" || exit 2
bad=0
fail() { # fail WHAT LIST
	[ -n "$2" ] || return 0
	printf '%s:\n%s\n' "$1" "$2"
	bad=1
}

code=$(find include lib operators connectors platform cli samples tests -name '*.[ch]' -o -name '*.def' | sort)
scripts=$(find tests tools .ci -type f \( -name '*.sh' -o -name '*.py' -o ! -name '*.*' \) ! -path '*/.*/.*' |
	xargs grep -lE '^#!' | sort)
build=$(find . -name '*.am' | sort)

fail "first line is not the licence's" "$(
	for f in $code; do
		head -n 1 "$f" | grep -qxF '/* SPDX-License-Identifier: MIT */' || echo "$f"
	done
	for f in $scripts $build configure.ac bootstrap; do
		head -n 2 "$f" | grep -qxF '# SPDX-License-Identifier: MIT' || echo "$f"
	done)"

# Spelled so that this file does not find itself.
fail "promises rather than does" "$(grep -nE 'TO[D]O|FIX[M]E' $code $scripts $build configure.ac)"

# Tables that a tool prints are as long as they are.
written=$(grep -L 'Printed by tools/' $code $scripts)
fail "over 600 lines" "$(wc -l $written | awk '$1 > 600 && $2 != "total"')"

fail "waits on the wall clock" "$(find tests -name '*.[ch]' -o -name '*.py' |
	xargs grep -nE '(^|[^A-Za-z_])(sleep|usleep|nanosleep|clock_nanosleep)[ 	]*\(' /dev/null)"

fail "in no list of a *.am, so neither built nor shipped" "$(
	for f in $code; do
		case $f in
		tests/mcu/*) listed=$f ;; # built for boards: no programs of automake's
		tests/*_test.c) listed=${f%.c} ;;
		*) listed=$f ;;
		esac
		grep -qE "^[	 ]*$(printf '%s' "$listed" | sed 's/\./\\./g')( |\$)" $build || echo "$f"
	done)"

if command -v clang-format >/dev/null 2>&1; then
	clang-format --dry-run -Werror $(printf '%s\n' $code | grep -v '\.def$') 2>&1 |
		awk -F: '/ error: / { print $1 }' | uniq -c | awk '{ print $2 ": " $1 " places" }' >"${TMPDIR:-/tmp}/format.$$"
	fail "not as clang-format -i would write it" "$(cat "${TMPDIR:-/tmp}/format.$$")"
	rm -f "${TMPDIR:-/tmp}/format.$$"
else
	echo "no clang-format: the layout was not checked"
fi
exit $bad
