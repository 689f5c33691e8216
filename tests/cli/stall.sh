#!/bin/sh
# SPDX-License-Identifier: MIT
# What stalls for sure is refused; what can stall is told by check, and run all the same.
. "${srcdir:-.}/tests/cli/common.sh"

cat >can.json <<'END'
{"weir": 1, "streams": {
  "a": [{"range": {"to": 10}}],
  "few": [{"from": "a"}, {"filter": "n > 7"}],
  "pairs": [{"zip": {"streams": ["a", "few"], "emit": {"a": "a.n", "few": "few.n"}}}, {"stdout": {"format": "csv"}}]
}}
END
ok "a warning is no fault" exits 0 "$weir" check can.json
ok "it stands on stderr, at its stream" has err '^can\.json:4:39: warning: this zip can stall: "few" may bring .*\(few\.1\.filter\)'
ok "with the edge, and what to do" has err 'edge a\.tee -> pairs\.0\.zip.*; put a buffer with an overflow policy on each branch$'
ok "and nothing else" [ "$(wc -l <err)" -eq 1 ]
ok "the bill is printed" has out '^total +[0-9]+$'
ok "--strict makes it one" exits 78 "$weir" check --strict can.json
ok "at the same place" has err '^can\.json:4:39: error: this zip can stall'
ok "and prints no bill" empty out
ok "a run is not kept up" exits 0 "$weir" run can.json
ok "nor told" empty err
ok "pairs come by their number" is out 'a,few
0,8
1,9'

cat >sure.json <<'END'
{"weir": 1, "streams": {
  "a": [{"range": {"to": 100000}}],
  "late": [{"from": "a"}, {"skip": 50000}],
  "pairs": [{"zip": ["a", "late"]}, {"null": {}}]
}}
END
ok "what stalls for sure is refused" exits 78 "$weir" check sure.json
ok "at its stream" has err '^sure\.json:4:27: error: this zip stalls: "late" begins 50000 items late, and edge a\.tee -> pairs\.0\.zip takes [0-9]+'
ok "also by run" exits 78 "$weir" run sure.json
sed 's/"zip": \["a"/"zip": ["wide"/; s/"late": \[{/"wide": [{"from": "a"}, {"buffer": 100000}], &/' sure.json >wide.json
ok "the buffer that is asked for is enough" exits 0 "$weir" check --strict wide.json
ok "the run ends" exits 0 "$weir" run --stats wide.json
ok "with all pairs" has err '^pairs\.0\.zip +[0-9]+ +50000 '

cat >sorted.json <<'END'
{"weir": 1, "records": {"r": {"at": {"type": "time", "unit": "s"}, "who": "text(1)"}}, "streams": {
  "x": [{"file": {"path": "x.csv", "format": "csv", "record": "r"}}],
  "y": [{"file": {"path": "y.csv", "format": "csv", "record": "r"}}],
  "all": [{"merge_sorted": {"streams": ["x", "y"], "by": "at"}, "on_error": "${HOW:-fail}"},
          {"stdout": {"format": "csv", "time": "s"}}]
}}
END
printf 'at,who\n1,x\n4,x\n4,x\n9,x\n' >x.csv
printf 'at,who\n2,y\n4,y\n3,y\n5,y\n' >y.csv
ok "sorted files make a sorted stream until one is not" exits 1 "$weir" run sorted.json
ok "which is told with its item" has err 'all\.0\.merge_sorted: item 3: comes before the item before it'
ok "behind what was in order" is out 'at,who
1,x
2,y
4,x
4,x
4,y'
finish
