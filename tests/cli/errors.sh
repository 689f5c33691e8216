#!/bin/sh
# SPDX-License-Identifier: MIT
# What is said, and which status it has, when a run goes wrong: items, files, full disks, closed pipes, colours.
. "${srcdir:-.}/tests/cli/common.sh"

define() { # define ON_ERROR SINK
	cat <<END
{"weir": 1, "records": {"r": {"at": "time", "node": "u8"}}, "streams": {"s": [
  {"file": {"path": "in.csv", "format": "csv", "record": "r"}, "on_error": "$1", "id": "reading"},
  {"map": {"node": "node"}, "id": "pick"}, $2]}}
END
}
printf 'at,node\n2020-01-01T00:00:00Z,1\n2020-01-01T00:00:01Z,300\n2020-01-01T00:00:02Z,3\n' >in.csv
define fail '{"stdout": {"format": "ndjson"}}' >fail.json
define drop '{"stdout": {"format": "ndjson"}}' >drop.json
ok "a bad item fails its stream" exits 1 "$weir" run fail.json
ok "what came before it is out" is out '{"node":1}'
ok "the message names stage, file, line, column and reason" \
	has err '^weir: error: reading.*: in\.csv:3:22: .*(range|u8|fit)'
ok "in one line" [ "$(wc -l <err)" -eq 1 ]
ok "compiled, it is told as well" eval '"$weir" compile -o c fail.json 2>err && build_c compiled c/*.c && exits 1 ./compiled'
ok "by the same names" has err '^reading.*: in\.csv:3:22: .*(range|u8|fit)'
ok "a dropped item does not" exits 0 "$weir" run drop.json
ok "the others are out" is out '{"node":1}
{"node":3}'
ok "and it is told all the same" has err '^weir: warning: reading.*: in\.csv:3:22: .*dropped'

cat >arithmetic.json <<'END'
{"weir": 1, "streams": {"s": [{"range": {"to": 5}}, {"map": {"q": "6 / (2 - n)"}, "id": "divide"}, {"stdout": {"format": "csv"}}]}}
END
ok "a bad expression fails its stream" exits 1 "$weir" run arithmetic.json
ok "the message names the stage, the item and the reason" has err '^weir: error: divide: item 3: .*division by zero'

cat >two.json <<'END'
{"weir": 1, "streams": {
  "bad": [{"range": {"to": 5}}, {"map": {"q": "6 / (2 - n)"}}, {"file": {"path": "bad.csv", "format": "csv"}}],
  "good": [{"range": {"to": 2}}, {"file": {"path": "good.csv", "format": "csv"}}]}}
END
ok "one failed stream is status 1" exits 1 "$weir" run two.json
ok "the other runs to its end" is good.csv 'n
0
1'
ok "the failed one leaves no file" [ ! -e bad.csv ]

sed 's/in\.csv/none.csv/' fail.json >none.json
ok "a file that is not there is status 1 at run time" exits 1 "$weir" run none.json
ok "and named, once" [ "$(grep -o 'none\.csv' err | wc -l)" -eq 1 ]

cat >many.json <<'END'
{"weir": 1, "streams": {"s": [{"range": {"to": 100000}}, {"stdout": {"format": "ndjson"}}]}}
END
if [ -c /dev/full ]; then
	"$weir" run many.json >/dev/full 2>err
	ok "a full disk is status 1" [ $? -eq 1 ]
	ok "and told" has err 'No space left on device|no space left'
	sed 's,"stdout": {,"file": {"path": "/dev/full"\, ,' many.json >full.json
	ok "so is one behind a file" exits 1 "$weir" run full.json
	ok "which is named" has err '/dev/full.*No space left on device'
	"$weir" check many.json >/dev/full 2>err
	ok "a bill that cannot be printed is status 1" [ $? -eq 1 ]
	ok "and told" has err 'stdout: No space left on device'
fi
{ "$weir" run many.json 2>err; echo $? >status; } | head -n 1 >out
ok "a reader that goes away is status 1" is status 1
ok "and told" has err 'stdout.*Broken pipe'
ok "what it read is whole" is out '{"n":0}'
"$weir" run many.json >&- 2>err
ok "standard output that is closed is status 1" [ $? -eq 1 ]
ok "and told" has err 'stdout: cannot write: Bad file descriptor$'
echo '{"weir": 1, "streams": {"a": [{"range": {"to": 3}}], "f": [{"from": "a"}, {"file": {"path": "kept.csv", "format": "csv"}}], "s": [{"from": "a"}, {"stdout": {"format": "ndjson"}}]}}' >both.json
"$weir" run both.json >&- 2>err
ok "and no file is taken for it" is kept.csv 'n
0
1
2'

echo '{"weir": 1, "streams": {"s": [{"rnage": {"to": 5}}, {"null": {}}]}}' >faulty.json
escape=$(printf '\033')
exits 1 "$weir" run fail.json
ok "there is no colour in a file" eval '! grep -q "$escape" err out'
exits 78 "$weir" check faulty.json
ok "nor in a fault" eval '! grep -q "$escape" err out'
if script -qec true /dev/null >/dev/null 2>&1 </dev/null; then
	script -qec "'$weir' check faulty.json" /dev/null >terminal 2>&1 </dev/null
	ok "there is on a terminal" grep -q "$escape" terminal
	NO_COLOR=1 script -qec "'$weir' check faulty.json" /dev/null >terminal 2>&1 </dev/null
	ok "but not with NO_COLOR" eval '! grep -q "$escape" terminal'
	ok "where the fault still is" has terminal 'faulty\.json:1:32: error: '
	script -qec "'$weir' ops" /dev/null >terminal 2>&1 </dev/null
	ok "what the program lists has its heads in bold there" grep -q "$escape" terminal
	NO_COLOR=1 script -qec "'$weir' ops" /dev/null >terminal 2>&1 </dev/null
	ok "with NO_COLOR as on no terminal" eval '! grep -q "$escape" terminal'
fi

# A decoder's drops and those of the stage behind it are on one edge, each in its own counter.
printf 'n\n1\nx\n0\n2\ny\nz\n0\n' >both.csv
cat >both.json <<'END'
{ "weir": 1, "name": "both", "records": { "r": { "n": "i64" } }, "streams": { "a": [
	{ "file": { "path": "both.csv", "format": "csv", "record": "r" }, "on_error": "drop" },
	{ "map": { "x": "4 / n" }, "on_error": "drop" }, { "stdout": { "format": "csv" } } ] } }
END
ok "errors of two stages are dropped" exits 0 "$weir" run --stats both.json
ok "the others come through" is out 'x
4
2'
ok "the decoder's are the decoder's" has err '^a\.0\.csv .* error 3$'
ok "the map's are the map's" has err '^a\.1\.map .* error 2$'
finish
