#!/bin/sh
# SPDX-License-Identifier: MIT
# Every sample does what the file beside it says: definitions live and compiled, programs as they were built.
#
# A definition whose folder holds `expected` is run over the folder's files: stdout must be that file, and each
# NAME.expected is what it must write to the file NAME; `bind` lists PORT=FILE. One without is live: it is run until
# its header and a first line are out, and must then drain. Beside each lie its tests, NAME.test.json. A folder with a program `run` is for a board: see tests/mcu.
. "${srcdir:-.}/tests/cli/common.sh"

# run_as PROGRAM...: in a copy of the sample's folder, what it writes compared with what is expected.
run_as() {
	rm -rf work
	cp -R "$folder" work
	chmod -R u+w work
	(cd work && exec "$@" >out 2>err </dev/null)
	rc=$?
	cp work/out out
	cp work/err err
	[ $rc -eq 0 ] || { echo "# exit status $rc"; return 1; }
	same "$folder/expected" work/out || return 1
	for want in "$folder"/*.expected; do
		[ -e "$want" ] || continue
		same "$want" "work/$(basename "$want" .expected)" || return 1
	done
}

# drains PROGRAM...: a live one, which writes csv to stdout.
drains() {
	"$@" >lines 2>err &
	pid=$!
	exec 3<lines
	read -r first <&3
	read -r second <&3
	kill -s INT $pid
	cat <&3 >out
	exec 3<&-
	wait $pid || { echo "# exit status $?"; return 1; }
	columns=$(printf '%s\n' "$first" "$second" | cat - out | awk -F, '{ print NF }' | sort -u)
	[ "$(printf '%s\n' "$columns" | wc -l)" -eq 1 ] && [ "$columns" -gt 1 ] && [ "$first" != "$second" ]
}

definition() {
	name=$(basename "$folder")/$(basename "$1")
	ports=
	[ -f "$folder/bind" ] && ports=$(sed 's/^/--bind /' "$folder/bind")
	ok "$name checks" exits 0 "$weir" check "$1"
	if [ -f "$folder/expected" ]; then
		ok "$name runs as expected" run_as "$weir" run $ports "$1"
	else
		ok "$name runs and drains" drains "$weir" run "$1"
	fi
	rm -rf c
	ok "$name compiles" exits 0 "$weir" compile $ports -o c "$1" || return
	ok "$name builds" build_c "$tmp/compiled" c/*.c || return
	[ ! -f "$folder/expected" ] || ok "$name runs as expected, compiled" run_as "$tmp/compiled"
}

mkfifo lines
for folder in "$src"/samples/[0-9]*/; do
	folder=${folder%/}
	[ ! -x "$folder/run" ] || continue
	for file in "$folder"/*.json; do
		case $file in
		*.test.json) ;;
		*) [ ! -e "$file" ] || definition "$file" ;;
		esac
	done
	for file in "$folder"/*.c; do
		[ -e "$file" ] || continue
		name=$(basename "$folder")/$(basename "$file")
		ok "$name builds" build_c "$tmp/program" "$file" || continue
		ok "$name runs as expected" run_as "$tmp/program"
	done
done
for file in "$src"/samples/[0-9]*/*.json; do
	case $file in *.test.json) continue ;; esac
	name=$(basename "$(dirname "$file")")/$(basename "$file")
	ok "$name holds what its tests say" exits 0 "$weir" test "${file%.json}.test.json"
done
ok "there are samples" [ $claims -gt 4 ]
finish
