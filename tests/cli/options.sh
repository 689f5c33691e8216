#!/bin/sh
# SPDX-License-Identifier: MIT
# --set, --bind and --stats.
. "${srcdir:-.}/tests/cli/common.sh"

cat >count.json <<'END'
{"weir": 1, "streams": {"s": [{"range": {"to": "${COUNT:-2}"}}, {"stdout": {"format": "csv"}}]}}
END
ok "a variable has its default" exits 0 "$weir" run count.json
ok "used when it is not set" is out 'n
0
1'
ok "the environment sets it" exits 0 env COUNT=1 "$weir" run count.json
ok "for this run" is out 'n
0'
ok "--set beats the environment" exits 0 env COUNT=1 "$weir" run --set COUNT=3 count.json
ok "whatever it says" is out 'n
0
1
2'
ok "empty is as unset for :-" exits 0 "$weir" run --set COUNT= count.json
ok "so the default stands" is out 'n
0
1'
ok "the value is judged like what is written" exits 78 "$weir" check --set COUNT=many count.json
ok "at the text before substitution" has err '^count\.json:1:48: error: '
ok "the last --set of a name counts" exits 0 "$weir" run --set COUNT=3 --set COUNT=1 count.json
ok "alone" is out 'n
0'

cat >ports.json <<'END'
{"weir": 1, "records": {"r": {"x": "i64"}}, "streams": {"s": [
  {"input": {"name": "adc", "record": "r"}}, {"map": {"y": "x * 2"}}, {"output": {"name": "dac"}}]}}
END
printf 'x\n1\n2\n' >in.csv
ok "a port without a file is an error of run" exits 78 "$weir" run ports.json
ok "for the source" has err '^ports\.json:2:[0-9]+: error: port "adc" is not bound'
ok "and for the sink" has err '^ports\.json:2:[0-9]+: error: port "dac" is not bound'
ok "but not of check" exits 0 "$weir" check ports.json
ok "files stand in for ports" exits 0 "$weir" run --bind adc=in.csv --bind dac=out.ndjson ports.json
ok "in the format of their names" is out.ndjson '{"y":2}
{"y":4}'

cat >formats.json <<'END'
{"weir": 1, "records": {"r": {"x": "i64"}}, "streams": {"s": [
  {"input": {"name": "adc", "record": "r", "format": "csv", "header": false}},
  {"output": {"name": "dac", "format": "ndjson", "capacity": 9}}]}}
END
printf '1\n2\n' >in.ndjson
ok "and for ports with a format" exits 0 "$weir" run --bind adc=in.ndjson --bind dac=out.csv formats.json
ok "whatever the files' names" is out.csv '{"x":1}
{"x":2}'
printf 'oops\n' >in.ndjson
ok "a fault in a file" exits 1 "$weir" run --bind adc=in.ndjson --bind dac=out.csv formats.json
ok "is told by the port's id, and the file's name" has err '^weir: error: s\.0\.(input|csv): in\.ndjson:1:1: '
sed 's/"capacity": 9/"mode": "append"/' formats.json >mode.json
ok "what only a file has is no port's" exits 78 "$weir" check --bind dac=out.csv mode.json
ok "and is told so" has err '^mode\.json:3:[0-9]+: error: "output" has no parameter "mode"$'
ok "as it is without a file" exits 78 "$weir" check mode.json
ok "where it stands" has err '^mode\.json:3:[0-9]+: error: "output" has no parameter "mode"$'

cat >stats.json <<'END'
{"weir": 1, "records": {"r": {"x": "i64"}}, "streams": {"s": [
  {"file": {"path": "five.csv", "format": "csv", "record": "r"}, "on_error": "drop", "id": "read"},
  {"filter": "x > 2", "id": "large"}, {"take": 2, "id": "two"}, {"null": {}, "id": "end"}]}}
END
printf 'x\n1\n2\noops\n3\n4\n' >five.csv
ok "--stats is a success" exits 0 "$weir" run --stats stats.json
ok "its columns have names" has err '^stage +in +out +rate +dropped$'
ok "the filter took four, passed two and dropped two" has err '^large +4 +2 .*  filtered 2$'
ok "the sink took two and has no output" has err '^end +2 +- '
ok "the malformed line is counted" has err ' error 1$'
ok "every stage is there" [ "$(grep -cE '^(read|large|two|end)' err)" -ge 4 ]
ok "stdout stays the data's" empty out
ok "the first dropped item is told" has err 'five\.csv:4:1: '

cat >result.json <<'END'
{"weir": 1, "records": {"r": {"at": "time"}}, "streams": {"s": [
  {"file": {"path": "times.csv", "format": "csv", "record": "r"}},
  {"window": {"tumbling": "10s", "time": "at", "emit": {"x": "100 / (count() - 1)"}}, "on_error": "drop", "id": "win"},
  {"null": {}, "id": "end"}]}}
END
printf 'at\n2020-01-01T00:00:00Z\n2020-01-01T00:00:01Z\n2020-01-01T00:00:10Z\n' >times.csv
ok "a result that cannot be given is dropped" exits 0 "$weir" run --stats result.json
ok "and counted where it was made" has err '^win +3 +1 .*  error 1$'
ok "it went to nobody" has err '^end +1 +- '

ok "--stall is a success" exits 0 "$weir" run --stall 1ns --stats stats.json
ok "every turn is longer than that: the stage is named" has err '^weir: warning: large: took [0-9.e+-]+ ms in one turn'
ok "once, however often" [ "$(grep -c 'warning: large: took' err)" -eq 1 ]
ok "and counted" has err '^large stalled [0-9]+ times$'
ok "no turn takes a day" exits 0 "$weir" run --stall 1d --stats stats.json
ok "so nothing is said" [ "$(grep -cE 'stalled|took' err)" -eq 0 ]
ok "a limit has a unit" exits 64 "$weir" run --stall 100 stats.json
ok "and says so" has err 'a duration needs a unit'
ok "a limit of nothing is none" exits 64 "$weir" run --stall 0s stats.json
ok "check knows no --stall" exits 64 "$weir" check --stall 1s stats.json
finish
