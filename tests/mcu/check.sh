#!/bin/sh
# SPDX-License-Identifier: MIT
# Build the tests for the boards and run them in QEMU: tests/mcu/check.sh DIRECTORY [BOARD...]
#
# A numbered claim for each image; what it printed lies beside it in DIRECTORY/BOARD, all of it together in
# DIRECTORY/tests.log. The last line is the sum. A board whose tools are missing is left out, and told; status 77 when
# that are all.
[ $# -gt 0 ] || { echo "usage: tests/mcu/check.sh DIRECTORY [BOARD...]" >&2; exit 64; }
mkdir -p "$1" && out=$(cd "$1" && pwd) || exit 2
shift
boards=${*:-mps2-an385 virt microbit m0-code mps2-an386 mps2-an505}
cd "$(dirname "$0")/../.." || exit 2
jobs=${JOBS-2}
unset MAKEFLAGS MFLAGS MAKELEVEL # of a make that runs this: its own would speak among what is printed

# The tests keep long records of what happened: the mps2 boards have 16 MiB beside their 4. m0-code is a Cortex-M0's
# code in a larger memory than any of its kind has. What is the same everywhere is run in full on one board of each
# kind of processor; one that differs from another by its floating point has what computes.
setting() {
	case $1 in
	mps2-an385) echo "BOARD=$1 RAM_ORIGIN=0x21000000 RAM_SIZE=16M STACK=1M PARTS=units+rules" ;;
	virt) echo "BOARD=$1 RAM_SIZE=32M STACK=1M PARTS=units+rules+steps" ;;
	microbit) echo "BOARD=$1 STACK=2K PARTS=small" ;;
	m0-code) echo "BOARD=mps2-an385 RAM_ORIGIN=0x21000000 RAM_SIZE=16M STACK=1M PARTS=operators" ;;
	mps2-an386) echo "BOARD=$1 RAM_ORIGIN=0x21000000 RAM_SIZE=16M STACK=1M PARTS=numbers MONITOR=1" ;;
	mps2-an505) echo "BOARD=$1 RAM_ORIGIN=0x80000000 RAM_SIZE=16M STACK=1M PARTS=small MONITOR=1" ;;
	*) return 1 ;;
	esac
}

# make_for BOARD ARGUMENT...
make_for() {
	board=$1
	shift
	# shellcheck disable=SC2046 # words
	if [ "$board" = m0-code ]; then
		set -- 'CPU=-mcpu=cortex-m0 -mthumb' "$@"
	fi
	make -s --no-print-directory -f tests/mcu/mcu.mk OUT="$out/$board" $(setting "$board") "$@"
}

# have BOARD: whether its tools are there; else say what is not
have() {
	for tool in $(make_for "$1" print-tools); do
		command -v "$tool" >/dev/null 2>&1 || { echo "# $1: left out, there is no $tool"; return 1; }
	done
}

# What the core may need from outside: the arithmetic of the compiler's library. No heap, no text, no atomics.
arithmetic='__(aeabi_[a-tv-z][a-z0-9_]*|aeabi_(ui|ul)[a-z0-9]*|gnu_thumb1_[a-z_]*|bswap[sd]i2|c[lt]z[sd]i2|popcount[sd]i2'
arithmetic="$arithmetic|u?(div|mod)[sd]i3|mul[sd]i3|(ash[lr]|lshr)di3|(add|sub|mul|div)[sd]f3|(eq|ne|lt|le|gt|ge|unord)[sd]f2"
arithmetic="$arithmetic|fix(uns)?[sd]f[sd]i|float(un)?[sd]i[sd]f|extendsfdf2|truncdfsf2|riscv_(save|restore)_[0-9]*)"

# core_needs BOARD: what else the core needs
core_needs() {
	"$(make_for "$1" print-nm)" "$out/$1/libweir_core.a" 2>/dev/null |
		awk 'NF > 1 && $(NF - 1) == "U" { needed[$NF] } NF > 1 && $(NF - 1) ~ /^[TRDBVW]$/ { there[$NF] }
			END { for (s in needed) if (!(s in there)) print s }' | grep -vxE "$arithmetic" | sort
}

# Each line of the list becomes a run: IMAGE STATUS-WANTED WORDS. Where an interrupt is to come at every instruction
# the clock counts instructions.
cat >"$out/run" <<'END'
#!/bin/sh
qemu=$1 image=$2 want=$3 word=$4
log=${image%.elf}${word:+-$word}.log
mkdir -p "${log%/*}"
case $image in
*_steps_test.elf) counted='-icount shift=8,sleep=off' ;;
*) counted= ;;
esac
play() {
	timeout -k 2 "${MCU_TIMEOUT-240}" $qemu -display none -monitor none $counted "$@" \
		-semihosting-config "enable=on,target=native,arg=image${word:+,arg=$word}" -kernel "$image"
}
case $image in
*/echo.elf) # the machine's console is stderr, its serial line the other two
	echo 'HAL 9000' | play -serial stdio >"$log" 2>&1
	status=$?
	grep -q '^IBM!:111' "$log" || status="$status, another answer"
	;;
*)
	play -serial null </dev/null >"$log" 2>&1
	status=$?
	;;
esac
good=$(grep -c '^ok ' "$log") bad=$(grep -c '^not ok ' "$log")
verdict='not ok'
# An image of tests has some; one that ends as it is told says nothing.
[ "$status" = "$want" ] && [ "$bad" = 0 ] && { [ -n "$word" ] || [ "$good" -gt 0 ]; } && verdict=ok
stack=$(sed -n 's/^# stack \([0-9]*\) of.*/, \1 bytes of stack/p' "$log")
echo "$verdict - $good $status $log$stack" >"${log%.log}.result"
END

ends='0:0 1:1 7:7 99:99 255:255 256:0 full:0 overflow:120 fault:120 panic:120'
began=$(date +%s)
: >"$out/list"
rm -f "$out/results"
left_out=0
for board in $boards; do
	have "$board" || { left_out=$((left_out + 1)); continue; }
	# What cannot be built is missed when it is to be run.
	make_for "$board" -k -j"$jobs" >"$out/$board.build" 2>&1 || grep -m 5 -E 'error|undefined' "$out/$board.build"
	qemu=$(make_for "$board" print-qemu)
	for image in $(make_for "$board" print-images); do
		printf '%s\0%s\0%s\0%s\0' "$qemu" "$out/$board/$image.elf" 0 '' >>"$out/list"
	done
	printf '%s\0%s\0%s\0%s\0' "$qemu" "$out/$board/tests/mcu/echo.elf" 9 echo >>"$out/list"
	for end in $ends; do
		printf '%s\0%s\0%s\0%s\0' "$qemu" "$out/$board/tests/mcu/ends.elf" "${end#*:}" "${end%:*}" >>"$out/list"
	done
done
if [ ! -s "$out/list" ]; then
	echo "# nothing was run"
	exit 77
fi
find "$out" -name '*.result' -exec rm -f {} +
xargs -0 -n 4 -P "$jobs" sh "$out/run" <"$out/list"
for board in $boards; do
	[ -f "$out/$board/libweir_core.a" ] && grep -q "$out/$board/" "$out/list" || continue
	case $(setting "$board") in *MONITOR*) continue ;; esac # which prints
	core_needs "$board" >"$out/$board/core.log"
	if [ -s "$out/$board/core.log" ]; then verdict='not ok'; else verdict=ok; fi
	echo "$verdict - 0 0 $out/$board/core.log" >"$out/$board/core.result"
done
find "$out" -name '*.result' | sort | xargs cat >>"$out/results"
awk -v out="$out/" -v took="$(($(date +%s) - began))" -v left_out="$left_out" '
{
	good = $1 == "ok"; at = good ? 3 : 4
	path = $(at + 2); sub(/,$/, "", path); sub(out, "", path); sub(/\.log$/, "", path)
	board = path; sub(/\/.*/, "", board); boards[board]
	stack = NF > at + 2 ? ", " $(at + 3) " bytes of stack" : ""
	images++; tests += $at; failed += !good
	printf "%s %d - %s%s\n", good ? "ok" : "not ok", images, path,
		path ~ /\/core$/ ? " needs nothing from outside but arithmetic" : path ~ /\/(ends|echo)-/ ? " ends as it should" : ": " $at " tests, status " $(at + 1) stack
}
END {
	for (b in boards) n++
	printf "1..%d\n# %d tests in %d images on %d boards, %d images failed, %d boards left out, %d s\n", images, tests,
		images, n, failed, left_out, took
	exit failed > 0
}' "$out/results" >"$out/sum"
status=$?
# A failing image is shown with what it said.
while read -r line; do
	echo "$line"
	case $line in
	'not ok'*) path=$(echo "$line" | sed 's/^not ok [0-9]* - //; s/[ :].*//'); tail -n 8 "$out/$path.log" 2>/dev/null ;;
	esac
done <"$out/sum"
find "$out" -name '*.log' ! -name tests.log | sort | xargs cat >"$out/tests.log"
exit $status
