#!/bin/sh
# SPDX-License-Identifier: MIT
# What operators make of a recording, live and compiled, byte for byte: those that look at item after item, hold items
# until their time has come, or choose among streams.
. "${srcdir:-.}/tests/cli/common.sh"

# 300 readings of three nodes, some of them out of order; nothing random about them.
awk 'BEGIN {
	for (i = 0; i < 300; i++) {
		t += (i * 7 % 5) * 250 - (i % 17 == 0 ? 400 : 0)
		printf "%d,%d,%.2f,%d\n", t + 1000, i * i % 3, 20 + (i * 37 % 41) / 10 - 2, i * 13 % 1000
	}
}' >in.csv

# play NAME OUTPUT: live, then compiled
play() {
	ok "$1 runs" exits 0 "$weir" run "$1.json"
	[ ! -s err ] || cp err "$1.log"
	mv "$2" live.csv
	ok "$1 has something to say" [ "$(wc -l <live.csv)" -gt 1 ]
	rm -rf c
	ok "$1 compiles" exits 0 "$weir" compile -o c "$1.json"
	ok "$1 builds" build_c compiled c/*.c
	ok "$1 runs, compiled" exits 0 ./compiled
	ok "$1 gives the same, compiled" cmp live.csv "$2"
}

# case NAME STAGES: a stream of the readings through them
case_of() {
	cat >"$1.json" <<END
{"weir": 1, "clock": "event", "records": {"r": {"at": {"type": "time", "unit": "ms"}, "node": "u8", "temp": "f32", "c": "u32"}},
 "streams": {"in": [{"file": {"path": "in.csv", "format": "csv", "record": "r", "header": false}}, $2,
  {"file": {"path": "out.csv", "format": "csv"}}]}}
END
	play "$1" out.csv
}

case_of changes '{"distinct_until_changed": ["node", "temp > 20.5"]}, {"pairwise": {"key": "node"}}, {"with_index": {"key": "node"}}'
case_of rates '{"deadband": {"field": "temp", "delta": 0.5, "key": "node"}}, {"time_interval": {"key": "node"}},
	{"rate_of_change": {"field": "temp", "key": "node"}}, {"cumulative_to_delta": {"field": "c"}}'
case_of alarms '{"threshold": {"field": "temp", "above": 20.5, "hysteresis": 0.75}}, {"edges": {"when": "above && c > 30", "edge": "both"}}'
case_of filters '{"smooth": {"field": "temp", "alpha": 0.3, "key": "node"}}, {"moving_average": {"field": "smooth", "count": 5}},
	{"moving_median": {"field": "c", "count": 4, "key": "node"}}'
case_of parts '{"skip_while": "temp < 20"}, {"take_while": {"when": "c != 900", "inclusive": true}}, {"skip_last": 3}, {"take_last": 100},
	{"batch": {"bytes": "200B", "every": "3s", "as": "packet"}}'
case_of one '{"element_at": 17}, {"start_with": {"item": {"at": "time(0)", "node": "7", "temp": "0.25", "c": "1"}}}'
case_of later '{"sample": {"period": "2s", "key": "node"}}, {"delay": {"period": "5s", "capacity": 64}},
	{"debounce": {"period": "1500ms", "key": "node", "max_keys": 2, "keys_full": "evict_oldest"}}'
emit='"start": "window_start()", "end": "window_end()", "node": "node", "n": "count()", "sum": "sum(c)", "mean": "avg(temp)", "last": "last(c)"'
spread='"var": "var(temp)", "dev": "stddev(c)", "mid": "median(temp)", "most": "quantile(c, 0.9)", "mid_c": "median(c)"'
case_of slides "{\"window\": {\"sliding\": \"6s\", \"every\": \"2s\", \"time\": \"at\", \"key\": \"node\", \"lateness\": \"1s\", \"samples\": 40, \"emit\": {$emit, $spread}}}"
case_of sessions "{\"window\": {\"session\": \"900ms\", \"time\": \"at\", \"key\": \"node\", \"lateness\": \"2s\", \"samples\": 300, \"emit\": {$emit, $spread}}}"
case_of counts "{\"window\": {\"count\": 10, \"every\": 4, \"key\": \"node\", \"max_keys\": 2, \"keys_full\": \"evict_oldest\", \"emit\": {$emit}}}"
case_of spreads "{\"window\": {\"tumbling\": \"5s\", \"key\": \"node\", \"samples\": 100, \"emit\": {$emit, $spread}}}"
case_of paced '{"rate_limit": {"count": 1000000, "period": "1s"}}, {"keep_alive": "1h"}, {"tap": 100}'
ok "a tap shows one of so many" [ "$(grep -c '^weir: tap: in\..*\.tap: at=.* node=.* temp=.* c=' paced.log)" = 3 ]

cat >turns.json <<END
{"weir": 1, "records": {"r": {"at": {"type": "time", "unit": "ms"}, "node": "u8", "temp": "f32", "c": "u32"}},
 "streams": {
  "all": [{"file": {"path": "in.csv", "format": "csv", "record": "r", "header": false}}],
  "none": [{"file": {"path": "/dev/null", "format": "csv", "record": "r", "header": false}}],
  "some": [{"or_else": ["none", "all"]}],
  "more": [{"file": {"path": "in.csv", "format": "csv", "record": "r", "header": false}}, {"take": 5}],
  "both": [{"concat": ["some", "more"]}, {"file": {"path": "out.csv", "format": "csv"}}]}}
END
play turns out.csv
ok "streams come one after the other" [ "$(wc -l <out.csv)" = 306 ]

cat >routes.json <<END
{"weir": 1, "streams": {
  "all": [{"range": {"to": 300}}, {"route": {"when": "n % 3 == 0", "matching": {"to": "threes"}}},
          {"route": {"when": "n % 2 == 0", "matching": {"to": "twos"}}}, {"file": {"path": "out.csv", "format": "csv"}}],
  "threes": [{"inbox": {"capacity": 8}}, {"file": {"path": "threes.csv", "format": "csv"}}],
  "twos": [{"inbox": {"capacity": 8}}, {"file": {"path": "twos.csv", "format": "csv"}}]}}
END
play routes out.csv
ok "each goes the first way that is its own" [ "$(wc -l <threes.csv) $(wc -l <twos.csv) $(wc -l <out.csv)" = "101 101 101" ]

cat >starts.json <<END
{"weir": 1, "records": {"r": {"at": {"type": "time", "unit": "ms"}, "node": "u8", "temp": "f32", "c": "u32"}},
 "streams": {
  "all": [{"file": {"path": "in.csv", "format": "csv", "record": "r", "header": false}}, {"share": 40}],
  "ticks": [{"range": {"to": 3}}, {"switch": "context"}, {"file": {"path": "out.csv", "format": "csv"}}],
  "context": [{"from": "all"}, {"moving_average": {"field": "temp", "count": 5}}, {"take": 30}]}}
END
play starts out.csv
ok "each start has the last of what is shared" [ "$(wc -l <out.csv)" -gt 31 ]

cat >shared.json <<END
{"weir": 1, "streams": {
  "all": [{"range": {"to": 1000}}, {"balance": {}}],
  "a": [{"from": "all"}, {"file": {"path": "a.csv", "format": "csv", "header": false}}],
  "b": [{"from": "all"}, {"file": {"path": "b.csv", "format": "csv", "header": false}}]}}
END
ok "items are shared out" exits 0 "$weir" run shared.json
seq 0 999 >want
sort -n a.csv b.csv >got
ok "each goes to one" cmp want got
finish
