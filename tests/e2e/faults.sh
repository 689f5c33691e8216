#!/bin/sh
# SPDX-License-Identifier: MIT
# The whole program with the k-th call of one kind refused by the system, for every k from where it opens its definition
# until a run in which none was: it ends, with status 0 and all of its output, or with another status and a word about
# it; a file that it would replace is the old one or the new one; no temporary file is left.
. "${srcdir:-.}/tests/cli/common.sh"

command -v strace >/dev/null 2>&1 || { echo "# no strace"; exit 77; }
strace -o trace -e inject=chdir:error=EPERM sh -c : >out 2>err || { echo "# processes cannot be traced"; exit 77; }

# The program itself, not libtool's script around it.
if [ -x "$build/libtool" ] && head -c 2 "$weir" | grep -q '#!'; then
	LD_LIBRARY_PATH=$("$build/libtool" --mode=execute sh -c 'echo "$LD_LIBRARY_PATH"' "$weir")
	weir=$("$build/libtool" --mode=execute echo "$weir")
	export LD_LIBRARY_PATH
fi
ASAN_OPTIONS=detect_leaks=0 # leaks cannot be looked for in a traced process
export ASAN_OPTIONS

sample=$src/samples/03-recording
mkdir work
cp "$sample/host.csv" "$sample/minutes.json" work

# run_traced STRACE-OPTION...: with old files in place; the status is left in rc
run_traced() {
	echo old >work/busy.ndjson
	echo old >work/bad.ndjson
	(cd work && timeout 30 strace -f -o ../trace "$@" "$weir" run minutes.json >../out 2>../err </dev/null)
	rc=$?
}

# first CALL: which one of the program's calls, from 1, is the first after the definition was looked for
first() {
	awk -v call="$1" '/minutes\.json/ && /open/ { found = 1 } { sub(/^[0-9]+ +/, "") }
		index($0, call "(") == 1 { n++; if (found && !at) at = n } END { print at + 0 }' trace
}

is_old_or() { # is_old_or FILE WHOLE
	[ "$(cat "work/$1")" = old ] || cmp -s "work/$1" "$2"
}

judge() {
	case $rc in
	124 | 137) echo "# it hangs"; return 1 ;;
	0) same whole.out out && same whole.busy work/busy.ndjson && same whole.bad work/bad.ndjson ;;
	1 | 66 | 78)
		[ -s err ] || { echo "# status $rc, and not a word"; return 1; }
		is_old_or busy.ndjson whole.busy || { echo "# busy.ndjson is neither old nor whole"; return 1; }
		# what goes to a stream beside is whole when those that feed it have ended, however they did
		is_old_or bad.ndjson whole.bad || cmp work/bad.ndjson whole.bad 2>&1 | grep -q '^cmp: EOF on work' ||
			{ echo "# bad.ndjson is neither old nor a part"; return 1; }
		;;
	*) echo "# status $rc"; return 1 ;;
	esac || return 1
	[ "$(ls -A work | wc -l)" -eq 4 ] || { echo "# left:"; ls -A work | sed 's/^/# /'; return 1; }
}

# refused CALL ERROR: at every place
refused() {
	k=$(first "$1")
	[ "$k" -gt 0 ] || { echo "# it makes no call of $1"; return 1; }
	while :; do
		run_traced -e "inject=$1:error=$2:when=$k"
		grep -q INJECTED trace || return 0
		judge || { echo "# $1 number $k: $2"; return 1; }
		k=$((k + 1))
		[ $k -lt 500 ] || { echo "# there is no end to $1"; return 1; }
	done
}

run_traced
ok "a run that nothing disturbs" [ $rc -eq 0 ]
cp out whole.out
cp work/busy.ndjson whole.busy
cp work/bad.ndjson whole.bad
cp trace clean.trace
for refusal in openat:EMFILE openat:ENOMEM read:EIO read:EINTR write:ENOSPC write:EINTR write:EAGAIN close:EIO \
	fdatasync:EIO renameat:ENOSPC fsync:EIO newfstatat:EIO epoll_create1:EMFILE epoll_ctl:ENOMEM epoll_wait:EINTR \
	timerfd_create:EMFILE eventfd2:EMFILE; do
	cp clean.trace trace
	call=${refusal%:*}
	grep -qE "(^|[0-9] +)$call\\(" trace || continue # this system has another call for it
	[ "$(first "$call")" -gt 0 ] || continue
	ok "$call refused with ${refusal#*:} anywhere" refused "$call" "${refusal#*:}"
done
ok "there were enough of them" [ $claims -ge 10 ]
finish
