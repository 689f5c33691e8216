#!/bin/sh
# SPDX-License-Identifier: MIT
# Static memory: the bill is what the compiled pipeline has in .bss, to the byte, and a machine with less RAM than that
# is refused by the linker, before anything runs.
. "${srcdir:-.}/tests/cli/common.sh"
LD=${LD:-ld} OBJDUMP=${OBJDUMP:-objdump}
command -v "$LD" >/dev/null 2>&1 || { echo "there is no linker to ask"; exit 77; }

cat >climate.json <<'END'
{"weir": 1, "name": "climate", "clock": "event", "records": {"r": {"at": {"type": "time", "unit": "ms"}, "node": "u8", "t": "f32"}},
 "streams": {
  "in": [{"input": {"name": "adc", "record": "r", "capacity": 32}}, {"expect_every": "5s", "on_error": {"to": "bad"}}],
  "hot": [{"from": "in"}, {"filter": "t > 30.5"}, {"buffer": {"capacity": 16, "overflow": "drop_oldest"}}, {"null": {}}],
  "means": [{"from": "in"}, {"window": {"tumbling": "10s", "time": "at", "key": "node", "max_keys": 8,
             "emit": {"node": "node", "mean": "avg(t)"}}}, {"output": {"name": "radio"}}],
  "bad": [{"inbox": {"capacity": 4}}, {"null": {}}]}}
END
ok "the bill is printed before anything runs" exits 0 "$weir" check climate.json
bill=$(awk '$1 == "total" { print $2 }' out)
parts=$(awk '$1 != "total" && $1 != "part" { sum += $NF } END { print sum }' out)
ok "its parts are its sum" [ "$parts" = "$bill" ]

ok "the definition compiles" exits 0 "$weir" compile -o c climate.json
objects=
for source in c/*.c; do
	object=$(basename "$source" .c).o
	${CC:-cc} -std=c11 -O1 -ffp-contract=off -fno-pic -fno-pie -I"$src/include" -c -o "$object" "$source" || exit 2
	objects="$objects $object"
done

# bytes SECTION OBJECT...: how many of it there are in all
bytes() {
	section=$1
	shift
	total=0
	for size in $($OBJDUMP -h "$@" | awk -v name="^\\\\$section" '$2 ~ name { print $3 }'); do
		total=$((total + 0x$size))
	done
	echo $total
}

ok "the bill is .bss to the byte" [ "$(bytes .bss $objects)" = "$bill" ]
ok "the plan has no writable byte" [ "$(bytes .bss climate.o)$(bytes '.data$' climate.o)" = 00 ]
ok "nothing asks for a heap" [ -z "$(${NM:-nm} -u climate.o | grep -E 'alloc|sbrk|free')" ]

# ram BYTES: link for a machine that has so much of it; what is not of the pipeline may be missing
ram() {
	cat >machine.ld <<END
MEMORY { FLASH (rx) : ORIGIN = 0x400000, LENGTH = 16M
         RAM (rw) : ORIGIN = 0x20000000, LENGTH = $1 }
SECTIONS {
	.text : { *(.text*) *(.rodata*) *(.data.rel.ro*) *(.eh_frame*) } >FLASH
	.data : { *(.data*) } >RAM
	.bss : { *(.bss*) *(COMMON) } >RAM
	/DISCARD/ : { *(.note*) *(.comment) }
}
END
	"$LD" -T machine.ld -e main --unresolved-symbols=ignore-all -o machine $objects >out 2>err
}
ok "a machine with so much RAM is enough" ram "$bill"
if ram $((bill - 1)); then
	ok "one byte less is not" false
else
	ok "one byte less is not" has err 'RAM.*overflowed'
fi
finish
