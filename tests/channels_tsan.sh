#!/bin/sh
# SPDX-License-Identifier: MIT
# The tests with threads, built from source under the thread sanitizer: no data race, and a race where one is put in.
# WEIR_TSAN_ITEMS: items that each of eight threads sends; make check-tsan takes a million.
srcdir=$(cd "${srcdir:-.}" && pwd) || exit 2
tmp=$(mktemp -d) || exit 2
trap 'rm -rf "$tmp"' EXIT
cd "$tmp" || exit 2
[ -n "$CHECK_LIBS" ] || { echo "no Check: nothing to build"; exit 77; }
[ -z "$SAN_FLAGS" ] || { echo "built with other sanitizers: the plain build runs this"; exit 77; }
WEIR_TEST_ITEMS=${WEIR_TSAN_ITEMS:-5000}
TSAN_OPTIONS='halt_on_error=1 exitcode=66'
CK_FORK=no
export WEIR_TEST_ITEMS TSAN_OPTIONS CK_FORK

# The first compiler whose sanitizer works.
echo 'int main(void) { return 0; }' >probe.c
cc=
for c in ${CC:-cc} clang gcc; do
	if $c -fsanitize=thread probe.c -o probe >/dev/null 2>&1 && ./probe >/dev/null 2>&1; then
		cc=$c
		break
	fi
done
[ -n "$cc" ] || { echo "no compiler here has a thread sanitizer that works"; exit 77; }
flags="-std=c11 -O1 -g -w -fsanitize=thread -D_POSIX_C_SOURCE=200809L -I$srcdir/include -I$srcdir -I$srcdir/tests"
flags="$flags $CHECK_CFLAGS $EVENT_CFLAGS"

claims=0 bad=0
claim() { # claim STATUS TEXT
	claims=$((claims + 1))
	if [ "$1" = 0 ]; then
		echo "ok $claims - $2"
	else
		echo "not ok $claims - $2"
		bad=1
	fi
}

# Everything but the tests, once; names of files are the same in two folders.
mkdir core platform
(cd core && printf '%s\n' "$srcdir"/lib/*.c "$srcdir"/lib/kernels/kernels.c "$srcdir"/operators/input.c |
	xargs -P 2 -n 12 $cc $flags -c) || exit 2
(cd platform && $cc $flags -c "$srcdir"/platform/libevent/*.c) || exit 2

# runs TEST: it is built, passes, and the sanitizer has nothing to say
runs() {
	$cc $flags "$srcdir/tests/$1.c" core/*.o platform/*.o -o test $CHECK_LIBS $EVENT_LIBS -lpthread || exit 2
	timeout -k 10 600 ./test >log 2>&1
	status=$?
	[ $status = 0 ] || tail -n 60 log
	claim $status "$1 under the thread sanitizer ($cc, $WEIR_TEST_ITEMS items a thread)"
}
runs lib/channel_threads_test
runs platform/hop_threads_test
runs platform/libevent_feed_test
runs platform/libevent_test
runs platform/workers_test

# found WHAT SED-SCRIPT: the ring with that done to its atomics is reported as a race
found() {
	rm -rf broken && mkdir broken && cp "$srcdir"/lib/*.h "$srcdir/lib/ring.c" broken || exit 2
	sed "$2" "$srcdir/lib/atomic.h" >broken/atomic.h
	cmp -s "$srcdir/lib/atomic.h" broken/atomic.h && { echo "nothing was broken: $1"; exit 2; }
	$cc $flags "$srcdir/tests/lib/channel_threads_test.c" broken/ring.c \
		core/mpsc.o core/slots.o core/broadcast.o core/watch.o core/oneshot.o \
		-o test $CHECK_LIBS -lpthread || exit 2
	timeout -k 10 60 ./test >log 2>&1
	[ $? = 66 ] && grep -q 'ThreadSanitizer: data race' log
	claim $? "found: $1"
}
found 'a ring whose accesses are not atomic' \
	's/__atomic_load_n(\([^,]*\), *[A-Z_]*)/*(\1)/; s/__atomic_store_n(\([^,]*\), *\([^,]*\), *[A-Z_]*)/(*(\1) = (\2))/'
found 'a ring that does not release its items' 's/__ATOMIC_RELEASE/__ATOMIC_RELAXED/'
found 'a ring that does not acquire its items' 's/__ATOMIC_ACQUIRE/__ATOMIC_RELAXED/'
exit $bad
