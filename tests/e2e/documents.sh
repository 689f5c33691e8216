#!/bin/sh
# SPDX-License-Identifier: MIT
# What README.md and docs show is so: definitions check, what README.md runs writes what it shows there, C builds.
. "${srcdir:-.}/tests/cli/common.sh"

# blocks FILE LANGUAGE: its fenced blocks, each a file 1.LANGUAGE, 2.LANGUAGE, ... here
blocks() {
	rm -rf blocks && mkdir blocks
	awk -v want="$2" '
		/^```/ && !inside { inside = 1; shown = $0 == "```" want; n += shown; next }
		/^```/ { inside = 0; next }
		inside && shown { print >("blocks/" n "." want) }' "$1"
}

# whole FILE: a definition as it stands, or streams of one, which then get a record to speak of.
whole() {
	if grep -q '"weir"' "$1"; then
		cat "$1"
	else
		printf '{ "weir": 1, "clock": "event", "records": { "reading": { "at": "time", "node": "u8", "temp": "f32" } }, "streams": {\n'
		grep -q '\[ { "from": "readings" }' "$1" && printf '"readings": [ { "file": { "path": "x.csv", "format": "csv", "record": "reading" } } ],\n'
		cat "$1"
		printf '} }\n'
	fi
}

streams='^ *"[a-z]*": *\[' found=0
for page in "$src/README.md" "$src"/docs/*.md; do
	[ "$page" != "$src/docs/OPERATORS.md" ] || continue # stages, printed from the tables
	for language in json jsonc; do
		blocks "$page" $language
		for block in blocks/*; do
			[ -e "$block" ] || continue
			grep -q '"test":' "$block" && continue # tests/cli/test.sh runs it
			grep -qE "$streams" "$block" || continue
			whole "$block" >whole.json
			found=$((found + 1))
			ok "$(basename "$page"): definition $(basename "$block") checks" \
				exits 0 "$weir" check --set DATA=x --set ALARMS=localhost whole.json
		done
	done
done
ok "there are definitions" [ $found -gt 6 ]

readme=$src/README.md
blocks "$readme" json
cp blocks/1.json squares.json
awk '/^\$ weir run squares.json/ { on = 1; next } /^```/ { on = 0 } on' "$readme" >want
ok "README: squares" exits 0 "$weir" run squares.json
ok "README: writes what stands there" same want out

blocks "$readme" mermaid
ok "README: the picture is drawn" exits 0 "$weir" graph --mermaid "$src/samples/03-recording/minutes.json"
ok "README: and is the sample's" same blocks/1.mermaid out

blocks "$readme" c
cp blocks/1.c warm.c
awk '/&& .\/warm$/ { near = 1 } near && /^```$/ { n++ } n == 2 && !/^```/ { print } n == 3 { exit }' "$readme" >want
ok "README: the C program builds" build_c warm warm.c
ok "README: and runs" exits 0 ./warm
ok "README: and writes what stands there" same want out

grep '^weir .*readings' "$readme" >own.sh
command -v dot >/dev/null || { grep -v ' graph ' own.sh >less && mv less own.sh; }
printf '%s\n' at,room,temp 2026-01-01T00:00:00Z,1,20.5 2026-01-01T00:00:01Z,2,21 >readings.csv
weir() { "$weir" "$@"; }
ok "README: a file of one's own, in as many words" eval '(set -e; . ./own.sh)'
ok "README: and each line of it comes out" [ "$(wc -l <out.ndjson)" -eq 2 ]

# What the samples' pages show is typed and seen: a line that begins with "$ " writes what stands below it. tests/mcu/sample.sh
# has that of 07, which takes a board.
mkdir bin
printf '#!/bin/sh\nexec "%s" "$@"\n' "$weir" >bin/weir
: >bin/pkg-config # build_c knows where weir is
chmod +x bin/*
timeless() { # but for how long a test took
	sed 's/ # [0-9.]* ms$//'
}
compiler=${CC:-$(command -v cc)}
typed() { # typed FOLDER: in a copy of it
	rm -rf work
	cp -R "$1" work
	chmod -R u+w work
	awk '/^```/ { on = $0 == "```console"; next } on' "$1/README.md" | timeless >want
	(
		cc() { CC=$compiler build_c "$4" "$2"; } # cc -std=c11 SOURCE -o PROGRAM
		cd work && sed -n 's/^\$ //p' ../want | while read -r line; do
			printf '$ %s\n' "$line"
			eval "$line" </dev/null
		done
	) 2>&1 | timeless >out
	grep -q '^\$ ' want && same want out
}
PATH=$PWD/bin:$PATH
for page in "$src"/samples/*/README.md; do
	grep -q '^```console' "$page" || continue
	folder=${page%/*}
	[ -e "$folder/run" ] || ok "${folder##*/}: what is typed writes what stands there" typed "$folder"
done

# The firmware of two pages, as far as a compiler for this machine looks at it.
blocks "$src/docs/COMPILE.md" jsonc
cp blocks/1.jsonc probe.json
ok "COMPILE: the definition compiles" exits 0 "$weir" compile --target cortex-m3 -o probe probe.json
cat >board.h <<'END'
#include <stddef.h>
#include <stdint.h>
#include <stdbool.h>
#include <weir/static.h>
extern const struct weir_static_board board_hooks;
int64_t now_ns(void);
int16_t adc_read(void);
void clock_start(void);
void sleep_until_next_sample(void);
void uart_write(void *arg, const uint8_t *bytes, uint32_t n);
END
for page in COMPILE PORTING; do
	blocks "$src/docs/$page.md" c
	ok "$page: its firmware is C" exits 0 "${CC:-cc}" -std=gnu11 -Werror -I"$src/include" -Iprobe -include board.h -fsyntax-only blocks/1.c
done
finish
