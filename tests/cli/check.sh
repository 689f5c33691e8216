#!/bin/sh
# SPDX-License-Identifier: MIT
# `weir check` prints every fault of a file in one run, as file:line:column: error: text, in the file's order.
. "${srcdir:-.}/tests/cli/common.sh"

cat >many.json <<'END'
{
  "weir": 1,
  "nmae": "many",
  "records": { "r": { "temp": "f32", "node": "u7" } },
  "streams": {
    "a": [
      { "range": { "to": 3, "setp": 2 } },
      { "filter": "m > 1 && n < 3" },
      { "throttle": { "period": 5 } },
      { "stduot": { "format": "csv" } }
    ],
    "b": [ { "from": "aa" }, { "take": "x" }, { "null": {} } ]
  }
}
END
ok "faults are status 78" exits 78 "$weir" check many.json
ok "none is on stdout" empty out
cut -d' ' -f1-3 <err >places
ok "all are told, at their places, in order" is places 'many.json:3:3: error: unknown
many.json:4:46: error: unknown
many.json:7:29: error: unknown
many.json:8:20: error: unknown
many.json:9:33: error: "period"
many.json:10:9: error: unknown
many.json:12:22: error: unknown
many.json:12:40: error: "count"'
ok "with what would be right" has err 'did you mean "name"\?'
ok "for operators as well" has err 'did you mean "stdout"\?'
ok "the path is told as it was given" exits 78 "$weir" check ./many.json
ok "whatever it is" has err '^\./many\.json:3:3: error: '
ok "run tells the same" exits 78 "$weir" run many.json
cut -d' ' -f1-3 <err >again
ok "word by word" cmp -s places again

printf '{"weir": 3, "nmae": 1}' >version.json
ok "an unknown version is refused" exits 78 "$weir" check version.json
ok "alone" [ "$(wc -l <err)" -eq 1 ]
ok "at its value" has err '^version\.json:1:10: error: '

cat >opens.json <<'END'
{"weir": 1, "streams": {
  "in": [{"file": {"path": "not-there.csv", "format": "csv", "record": "r"}}],
  "out": [{"from": "in"}, {"file": {"path": "made.csv", "format": "csv"}}]},
  "records": {"r": {"x": "i64"}}}
END
ok "check opens no file" exits 0 "$weir" check opens.json
ok "and makes none" [ ! -e made.csv ]

printf '\357\273\277{"weir": 1}' >bom.json
ok "what is no JSON is refused" exits 78 "$weir" check bom.json
: >nothing.json
ok "so is an empty file" exits 78 "$weir" check nothing.json
ok "at its start" has err '^nothing\.json:1:1: error: '
mkdir directory.json
ok "a directory is no definition" exits 66 "$weir" check directory.json
finish
