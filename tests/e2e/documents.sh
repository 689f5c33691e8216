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

# What pages show is typed and seen: a line that begins with "$ " writes what stands below it.
mkdir bin
ln -s "$weir" bin/weir
: >bin/pkg-config # build_c knows where weir is
chmod +x bin/pkg-config
PATH=$PWD/bin:$PATH
compiler=${CC:-$(command -v cc)}
timeless() { # but for how long a test took
	sed 's/ # [0-9.]* ms$//'
}
typed() { # typed FILE: all of it
	(
		cc() { CC=$compiler build_c "$4" "$2"; } # cc -std=c11 SOURCE -o PROGRAM
		sed -n 's/^\$ //p' "$1" | while read -r line; do
			printf '$ %s\n' "$line"
			eval "$line" </dev/null
		done
	) 2>&1 | timeless >"$tmp/out"
	timeless <"$1" >"$tmp/want"
	grep -q '^\$ ' "$1" && same "$tmp/want" "$tmp/out"
}

blocks "$readme" jsonc
cp blocks/1.jsonc edited
blocks "$readme" console
command -v dot >/dev/null || sed -i '/^\$ weir graph/d' blocks/2.console
sed '1d; /^\$ /,$d' blocks/1.console >beds.csv
ok "README: a file of one's own" typed blocks/1.console
ok "README: has what is to be edited as comments" [ "$(grep -cE '^ *// \{ "(filter|window)"' beds.json)" -eq 2 ]
sed -i -e '/^ *\/\/ { "filter"/r edited' -e '/^ *\/\/ { "\(filter\|window\)"/d' beds.json
ok "README: edited, it filters, averages and is drawn" typed blocks/2.console
[ ! -e beds.svg ] || ok "README: with what was dropped" has beds.svg 'dropped: filtered 1<'

in_copy() { # in_copy FOLDER: what its page shows
	rm -rf work
	cp -R "$1" work
	chmod -R u+w work
	(cd work && awk '/^```/ { on = $0 == "```console"; next } on' README.md >page && typed page)
}
for page in "$src"/samples/*/README.md; do
	grep -q '^```console' "$page" || continue
	folder=${page%/*}
	[ -e "$folder/run" ] || ok "${folder##*/}: what is typed writes what stands there" in_copy "$folder"
done # 07 takes a board: tests/mcu/sample.sh

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
