#!/bin/sh
# SPDX-License-Identifier: MIT
# Identical results: definitions run by `weir run`, and compiled for Cortex-M3 and RV32 and run in QEMU, give the same bytes
# and the same status. Samples, their connectors made ports of the same format, and WEIR_SEEDS random definitions (12),
# over readings as the recordings in $WEIR_DATA have them, or over the first lines of one of those (see tests/e2e).
unset MAKEFLAGS MFLAGS MAKELEVEL # of a make that runs this: its own would speak among what is printed
. "${srcdir:-.}/tests/cli/common.sh"

boards=
for board in mps2-an385:qemu-system-arm:arm-none-eabi-gcc virt:qemu-system-riscv32:riscv64-unknown-elf-gcc; do
	qemu=${board#*:}
	command -v "${qemu%:*}" >/dev/null && command -v "${board##*:}" >/dev/null && boards="$boards $board"
done
[ -n "$boards" ] || { echo "no compiler and QEMU for any board: skipped"; exit 77; }
. "$src/tests/e2e/recording.sh"

# static BOARD PIPELINE [own [SETTING...]]: the firmware, and the core for it where that is not there yet
static() {
	board=$1 pipeline=$2 core=$tmp/core-$1 settings=
	shift 2
	if [ $# -gt 0 ]; then
		shift
		core=$tmp/core-$pipeline settings="-DWEIR_CONFIG_H='\"${pipeline}_config.h\"' -I$tmp/fw"
	fi
	(cd "$src" && make -s -j2 -f tests/mcu/identical.mk BOARD="$board" OUT="$core" FW="$tmp/fw" PIPELINE="$pipeline" \
		CPPFLAGS="$settings" "$@" "$tmp/fw/$board.elf") >out 2>err
}

# on_board BOARD QEMU: fw/BOARD.elf over the files of this folder; 0 or 1, as `weir run` says it
on_board() {
	machine=$(sed -n 's/^BOARD_MACHINE = //p' "$src/platform/static/boards/$1.mk")
	rc=0
	timeout -k 2 20 "$2" -M $machine -display none -monitor none -serial null \
		-semihosting-config enable=on,target=native -kernel "fw/$1.elf" </dev/null >out 2>err || rc=$?
	[ $rc -eq "$host_rc" ] && return 0
	echo "# status $rc, on the host $host_rc"
	return 1
}

# identical NAME DEFINITION [BOARD]: that board has a core of its own, of what the definition needs
identical() {
	rm -rf fw in ./*.in ./*.out ./*.want
	ports=$(tr '{' '\n' <"$2" | sed -n 's/.*"name": "\([a-z0-9]*\)".*"format".*/\1/p')
	binds=
	for port in $ports; do
		case $port in
		in) cp readings.csv in && cp in in.in && binds="$binds --bind in=in" ;; # as faults tell it, too
		*) binds="$binds --bind $port=$port.want" ;;
		esac
	done
	host_rc=0
	"$weir" run $binds "$2" >out 2>err </dev/null || host_rc=$?
	ok "$1 runs on the host" [ $host_rc -le 1 ] || return
	ok "$1 compiles" exits 0 "$weir" compile --target rv32 --batch ${batch:-1} -o fw "$2" || return
	for each in $boards; do
		qemu=${each#*:} each=${each%%:*} own=
		[ "$each" = "${3:-}" ] && own=own
		rm -f ./*.out
		ok "$1 builds for $each" static "$each" "$(basename fw/*_config.h _config.h)" $own || continue
		ok "$1 runs on $each" on_board "$each" "${qemu%:*}" || continue
		for want in *.want; do
			[ ! -e "$want" ] || ok "$1 on $each: ${want%.want}, $(wc -c <"$want") bytes" same "$want" "${want%.want}.out"
		done
	done
}

# A sample's connectors as ports: the n-th is in, or port<n>.
as_ports() {
	awk '{
		while (match($0, /"(file|stdout)": \{( "path": "[^"]*",)?/)) {
			n++
			rest = substr($0, RSTART + RLENGTH)
			source = rest ~ /^[^}]*"record"/
			$0 = substr($0, 1, RSTART - 1) (source ? "\"input\": { \"name\": \"in\"," : "\"output\": { \"name\": \"port" n "\",") rest
		}
		print
	}' "$1"
}

if [ -z "${WEIR_DATA:-}" ]; then
	recording
elif [ -d "$WEIR_DATA" ]; then
	cat "$WEIR_DATA"/*.csv
else
	cat "$WEIR_DATA"
fi | head -n 300 >readings.csv
as_ports "$src/tests/e2e/room-climate.json" >room.json
identical "room-climate" room.json mps2-an385

# Whole numbers alone, and nothing that takes a C library: what was not asked for is not there.
cat >whole.json <<'END'
{ "weir": 1, "name": "whole", "clock": "event",
  "records": { "reading": { "id": "u32", "at": { "type": "time", "unit": "ms" }, "rel": "u32", "node": "u8" } },
  "streams": { "s": [
    { "input": { "name": "in", "record": "reading", "format": "binary" } },
    { "filter": "id % 3 != 0" }, { "throttle": { "period": "30s", "key": "node", "max_keys": 8 } },
    { "output": { "name": "out", "format": "frames" } } ] } }
END
cat >binary.json <<'END'
{ "weir": 1, "records": { "reading": { "id": "u32", "at": { "type": "time", "unit": "ms" }, "rel": "u32", "node": "u8" } },
  "streams": { "s": [
    { "file": { "path": "four.csv", "format": "csv", "header": false, "record": "reading" }, "on_error": "drop" },
    { "file": { "path": "readings.csv", "format": "binary" } } ] } }
END
cp readings.csv all.csv
case $boards in
*virt*)
	cut -d, -f1-4 all.csv >four.csv
	ok "there are readings without floating point" exits 0 "$weir" run binary.json
	identical "whole numbers" whole.json virt
	ok "no floating point, heap or printf is linked" sh -c '! riscv64-unknown-elf-nm fw/virt.elf |
		grep -E " (__[a-z]*[sd]f[0-9]?|__(float|fix)[a-z]*|malloc|free|calloc|realloc|_sbrk|.*printf)$"'
	ram=$(riscv64-unknown-elf-size -A fw/virt.elf |
		awk -v origin=$((0x81000000)) '$3 >= origin && $2 + $3 - origin > ram { ram = $2 + $3 - origin } END { print ram }')
	rm -f core-whole/board.ld
	ok "it links into $ram bytes of RAM" static virt whole own RAM_SIZE=$ram
	rm -f core-whole/board.ld
	static virt whole own RAM_SIZE=$((ram - 1))
	ok "and not into one less" has err 'overflowed by 1 byte'
	;;
esac
mv all.csv readings.csv
for seed in $(seq "${WEIR_SEED:-1}" "${WEIR_SEEDS:-12}"); do
	"$build/tests/mcu/draw" "$seed" >drawn.json
	batch=$((seed % 3 * 4 + 1))
	identical "seed $seed" drawn.json
done
head -n 200 "$src/samples/03-recording/host.csv" >readings.csv
as_ports "$src/samples/03-recording/minutes.json" >recording.json
identical "03-recording" recording.json
finish
