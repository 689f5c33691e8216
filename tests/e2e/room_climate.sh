#!/bin/sh
# SPDX-License-Identifier: MIT
# The example of the definition language, live and compiled, against a computation that knows nothing of weir
# (tests/reference/room_climate.py): byte for byte. Over the recordings in $WEIR_DATA, if that is set to a folder of
# *.csv or one file, else over one made here: five nodes for half an hour, some readings late, some malformed.
. "${srcdir:-.}/tests/cli/common.sh"

python=${PYTHON3:-python3}
command -v "$python" >/dev/null || { echo "no python3: skipped"; exit 77; }

# Readings as the recordings have them. The generator is a linear congruence, so that each run makes the same file.
recording() {
	awk '
	function draw(n) { state = state * 16807 % 2147483647; return state % n }
	BEGIN {
		state = 42
		time = 1458031648545
		for (id = 1; id <= 4000; id++) {
			time += draw(900)
			if (draw(500) == 0) time += 150000		# a gap: windows without records
			at = time
			if (draw(40) == 0) at -= draw(5000)		# late, by more than the lateness at times
			if (draw(400) == 0) at -= 90000
			if (draw(200) == 0) { print id ", broken line"; continue }
			if (draw(300) == 0) { print ""; continue }
			printf "%d, %.0f, %.0f, %d, %.2f, %.3f, %.2f, %.1f, %d, 0, %d, 0%s\n", id, at,
				(at - 1458031648545) / 1000, draw(5) + 1, 20 + draw(150) / 100, 40 + draw(10000) / 1000,
				draw(30000) / 100, draw(9000) / 10, draw(3), draw(2), draw(50) == 0 ? "\r" : ""
		}
		print "9999, 1458033999999, 1, 300, 21, 50, 0, 0, 0, 0, 0, 0"	# no such u8
		print "10000, 1458033999999, 1, 2, 21, nan, 0, 0, 0, 0, 0, 0"	# a float that is no number
		printf "10001, 1458034000000, 1, 2, 1e1, 50, 0, 0, 0, 0, true, false"	# and no newline
	}'
}

compare() { # compare RECORDING
	name=$(basename "$1")
	"$python" "$src/tests/reference/room_climate.py" "$1" minutes.want >muggy.want 2>err ||
		{ ok "$name: the reference runs" false; return; }
	ok "$name: the example runs" exits 0 "$weir" run --set DATA="$1" --set OUT=minutes.csv "$definition"
	ok "$name: muggy is right" same muggy.want out
	ok "$name: minutes is right" same minutes.want minutes.csv
	rm -rf c compiled minutes.csv
	ok "$name: the example compiles" exits 0 "$weir" compile --set DATA="$1" --set OUT=minutes.csv -o c "$definition"
	ok "$name: and builds" build_c compiled c/*.c
	ok "$name: and runs" exits 0 ./compiled
	ok "$name: muggy is right, compiled" same muggy.want out
	ok "$name: minutes is right, compiled" same minutes.want minutes.csv
	[ "$(wc -l <minutes.want)" -gt 10 ] || ok "$name: holds enough to tell" false
}

definition=$src/tests/e2e/room-climate.json
ok "the example checks" exits 0 "$weir" check --set DATA=x "$definition"
ok "but not without its data" exits 78 "$weir" check "$definition"
if [ -z "${WEIR_DATA:-}" ]; then
	recording >made.csv
	compare "$PWD/made.csv"
elif [ -d "$WEIR_DATA" ]; then
	for file in "$WEIR_DATA"/*.csv; do
		compare "$file"
	done
else
	compare "$WEIR_DATA"
fi
finish
