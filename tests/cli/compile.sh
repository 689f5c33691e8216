#!/bin/sh
# SPDX-License-Identifier: MIT
# `weir compile --target`: what is printed for a microcontroller, what is refused, and that it runs on a host too.
. "${srcdir:-.}/tests/cli/common.sh"

cat >room.json <<'END'
{"weir": 1, "name": "my-room", "clock": "event",
 "records": {"reading": {"at": "time", "node": "u8", "temp": "f32", "default": "text(9)", "door": "bool", "x.y": "i16"}},
 "streams": {
  "all": [{"input": {"name": "adc", "record": "reading"}}],
  "hot": [{"from": "all"}, {"filter": "temp > 20.5 /* never */ "}, {"output": {"name": "hot", "capacity": 1}}],
  "lines": [{"from": "all"}, {"map": {"node": "node", "twice": "temp * 2"}},
   {"output": {"name": "int", "format": "csv"}}]}}
END
sed 's| /\* never \*/ ||; s/, "x.y": "i16"//' room.json >good.json
cat >files.json <<'END'
{"weir": 1, "records": {"r": {"x": "i64"}}, "streams": {
 "in": [{"file": {"path": "a.csv", "format": "csv", "record": "r"}}],
 "out": [{"from": "in"}, {"stdout": {"format": "ndjson"}}]}}
END

ok "a definition is compiled for a board" exits 0 "$weir" compile --target cortex-m0 -o fw good.json
ok "without a word" empty out
for file in my_room.c my_room.h my_room_config.h; do
	ok "there is $file" [ -s fw/$file ]
done
ok "and no program of a host" [ ! -e fw/main.c ]
ok "once more gives the same" exits 0 "$weir" compile --target cortex-m0 -o again good.json
ok "byte by byte" diff -r fw again
ok "the same for this machine" exits 0 "$weir" compile --target host -o here good.json
ok "has a program" [ -s here/main.c ]
ok "and no settings" [ ! -e here/my_room_config.h ]

ok "an unknown target is bad usage" exits 64 "$weir" compile --target cortex-m9 -o no good.json
ok "the known ones are told" has err 'unknown target "cortex-m9"; one of host cortex-m0 .*rv32'
ok "a batch is a number" exits 64 "$weir" compile --target rv32 --batch some -o no good.json
ok "and says so" has err '^weir: error: --batch some: wants a number'
ok "of at least one" exits 64 "$weir" compile --target rv32 --batch 0 -o no good.json
ok "run has no target" exits 64 "$weir" run --target rv32 good.json
ok "nothing was written" [ ! -e no ]

ok "connectors are refused" exits 78 "$weir" compile --target rv32 -o no files.json
ok "where they stand, with the port to write instead" has err \
	'^files\.json:2:18: error: "file" needs an operating system; write \{"input": \{"name": "in", "record": "r", "format": "csv"\}\}'
ok "each" has err '^files\.json:3:37: error: "stdout" needs an operating system; write \{"output": \{"name": "out", "format": "ndjson"\}\}'
ok "check refuses them too" exits 78 "$weir" check --target rv32 files.json
ok "but not for this machine" exits 0 "$weir" check files.json
ok "a file is none either where it stands in for a port" exits 78 "$weir" check --target rv32 --bind adc=x.csv good.json

bill() { # bill OPTION...: the total
	"$weir" check --target cortex-m0 "$@" good.json | awk '$1 == "total" { print $2 }'
}
ok "the arena is what check bills" grep -q "^#define MY_ROOM_ARENA_BYTES (WEIR_IS_ILP32 ? $(bill)u : " fw/my_room.h
ok "a batch takes more" [ "$(bill --batch 8)" -gt "$(bill)" ]
ok "and is compiled so" exits 0 "$weir" compile --target cortex-m0 --batch 8 -o eight good.json
ok "with its arena" grep -q "^#define MY_ROOM_ARENA_BYTES (WEIR_IS_ILP32 ? $(bill --batch 8)u : " eight/my_room.h

ok "records are structs" has fw/my_room.h '^struct my_room_reading \{$'
ok "a member is never a word of C" has fw/my_room.h '^	char default_2\[9\];$'
ok "their layout is asserted" has fw/my_room.h 'offsetof\(struct my_room_reading, temp\) == 12'
ok "what the definition says stands in the code" has fw/my_room.c '^/\* hot\.1\.filter: filter temp > 20\.5 \*/$'
for setting in SCOPES BARRIERS ON_ERROR KEYS INTERPRETER FLOATS LAYOUT; do
	ok "the core does without $setting" has fw/my_room_config.h "^#define WEIR_WITH_$setting 0"
done
for setting in EVENT_CLOCK BYTES PROGRAMS FEEDS; do
	ok "but not without $setting" has fw/my_room_config.h "^#define WEIR_WITH_$setting 1"
done

cat >keyed.json <<'END'
{ "weir": 1, "name": "keyed", "records": {"r": {"v": "i32"}},
	"streams": {"s": [{"input": {"name": "in", "record": "r"}},
		{"throttle": {"period": "1s", "key": "v", "max_keys": 4}}, {"output": {"name": "out"}}]} }
END
ok "a key is compiled" exits 0 "$weir" compile --target rv32 -o keyed keyed.json
ok "for a core with keys" has keyed/keyed_config.h "^#define WEIR_WITH_KEYS 1"

cat >use.c <<'END'
#include <stdio.h>

#include <weir/sim.h>

#include "fw/my_room.h"

static void show(void *arg, const struct my_room_reading *items, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++)
		fprintf(arg, "hot %u %g\n", items[i].node, (double)items[i].temp);
}

static void write_bytes(void *arg, const uint8_t *bytes, uint32_t n)
{
	(void)fwrite(bytes, 1, n, arg);
}

int main(void)
{
	struct my_room_reading r[2] = { { .at = 1, .node = 7, .temp = 30 }, { .at = 2, .node = 8, .temp = 10 } };
	struct weir_instance *in;
	struct weir_sim sim;

	weir_sim_init(&sim);
	if (my_room_init(&in, &sim.platform) < 0 || weir_start(in) < 0 || my_room_push_adc(in, r, 2) != 2)
		return 1;
	(void)my_room_end_adc(in);
	while (!weir_ended(in)) {
		(void)my_room_on_hot(in, show, stdout);
		(void)my_room_on_int(in, write_bytes, stderr);
	}
	weir_fini(in);
	return weir_failed(in);
}
END
ok "what was compiled builds on a host" build_c "$tmp/used" use.c fw/my_room.c
ok "and runs there" exits 0 ./used
ok "with all of its output" is out 'hot 7 30'
ok "by each port" is err 'node,twice
7,60
8,20'
cp fw/my_room.h my_room.hpp
echo '#include "my_room.hpp"' >plus.cc
[ -z "${CXX:-}" ] || ok "the header is C++ too" $CXX -std=c++11 -Wall -Wextra -Werror -I"$src/include" -fsyntax-only plus.cc
finish
