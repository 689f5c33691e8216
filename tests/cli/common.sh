# SPDX-License-Identifier: MIT
# What the scripts of this folder and of tests/e2e share: the program, a directory of their own, and claims. Sourced.
#
#	exits 78 "$weir" check x.json	run it; what it writes lies in ./out and ./err
#	ok CLAIM COMMAND...		the claim holds when the command succeeds
#	finish				the end: status 1 when a claim did not hold
set -u
LC_ALL=C
export LC_ALL
unset NO_COLOR DATA OUT

weir=${WEIR:-${builddir:-.}/weir}
case $weir in /*) ;; *) weir=$PWD/$weir ;; esac
src=${srcdir:-.}
case $src in /*) ;; *) src=$PWD/$src ;; esac
build=${builddir:-.}
case $build in /*) ;; *) build=$PWD/$build ;; esac
: "${SAN_FLAGS=$(sed -n 's/^SAN_FLAGS = //p' "$build/Makefile" 2>/dev/null)}"
[ -x "$weir" ] || { echo "no program at $weir; set WEIR"; exit 2; }
tmp=$(mktemp -d "${TMPDIR:-/tmp}/weir-test.XXXXXX") || exit 2
trap 'rm -rf "$tmp"' EXIT
trap 'exit 2' HUP INT TERM
cd "$tmp" || exit 2
claims=0 bad=0
: >out
: >err

ok() {
	claim=$1
	shift
	claims=$((claims + 1))
	if "$@"; then
		echo "ok $claims - $claim"
		return 0
	fi
	echo "not ok $claims - $claim"
	echo "# $*"
	sed 's/^/# stdout: /;10q' out
	sed 's/^/# stderr: /;10q' err
	bad=1
	return 1
}

exits() {
	want=$1
	shift
	"$@" >out 2>err </dev/null
	rc=$?
	[ $rc -eq "$want" ] && return 0
	echo "# exit status $rc, not $want"
	return 1
}

has() { # has FILE PATTERN: a line that the extended regular expression fits
	grep -qE -e "$2" "$1" && return 0
	echo "# no line of $1 fits: $2"
	return 1
}

is() { # is FILE TEXT: the whole of it, but for the last newline
	[ "$(cat "$1")" = "$2" ] && return 0
	echo "# $1 is not: $2"
	sed 's/^/# it is: /;10q' "$1"
	return 1
}

empty() {
	[ ! -s "$1" ]
}

# build_c PROGRAM SOURCE...: a program against the weir that was built here. WEIR_LIBS: what to link with, for a build
# without libtool.
build_c() {
	program=$1
	shift
	if [ -n "${WEIR_LIBS:-}" ]; then
		${CC:-cc} -std=c11 -O1 -ffp-contract=off $SAN_FLAGS -I"$src/include" -o "$program" "$@" $WEIR_LIBS
		return
	fi
	objects=
	for source; do
		object=$program-$(basename "$source" .c).o
		${CC:-cc} -std=c11 -O1 -ffp-contract=off $SAN_FLAGS -I"$src/include" -c -o "$object" "$source" || return 1
		objects="$objects $object"
	done
	"$build/libtool" --silent --tag=CC --mode=link ${CC:-cc} $SAN_FLAGS -o "$program" $objects \
		"$build/libweir.la" "$build/libweir_core.la"
}

same() { # same FILE FILE: byte by byte
	cmp -s "$1" "$2" && return 0
	echo "# $1 (<) and $2 (>) differ:"
	diff "$1" "$2" | sed 's/^/# /;10q'
	return 1
}

finish() {
	echo "1..$claims"
	exit $bad
}
