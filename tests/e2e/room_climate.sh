#!/bin/sh
# SPDX-License-Identifier: MIT
# The example of the definition language, live and compiled, against a computation that knows nothing of weir
# (tests/reference/room_climate.py): byte for byte. Over the recordings in $WEIR_DATA, if that is set to a folder of
# *.csv or one file, else over one made here: five nodes for half an hour, some readings late, some malformed.
. "${srcdir:-.}/tests/cli/common.sh"

python=${PYTHON3:-python3}
command -v "$python" >/dev/null || { echo "no python3: skipped"; exit 77; }

. "$src/tests/e2e/recording.sh"

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
