#!/bin/sh
# SPDX-License-Identifier: MIT
# `weir test`: what passes, how what fails is told, and every way for a file of tests to be wrong.
. "${srcdir:-.}/tests/cli/common.sh"

cat >room.json <<'END'
{
  "weir": 1,
  "records": { "reading": { "at": "time", "temp": "f32", "room": { "type": "text(8)", "default": "hall" } } },
  "streams": {
    "readings": [ { "file": { "path": "${DATA}", "format": "csv", "record": "reading" }, "on_error": "drop" } ],
    "hot": [ { "from": "readings" }, { "filter": "temp > 30" }, { "stdout": { "format": "ndjson" } } ],
    "all": [ { "from": "readings" }, { "file": { "path": "all.csv", "format": "csv" }, "id": "log" } ]
  }
}
END

# tests NAME ... <<END: a file of tests of room.json whose one test is called "it" and has the members given.
room() {
	cat - >members
	cat >"$1" <<END
{ "weir": 1, "test": "room.json", "set": { "DATA": "none.csv" },
  "items": {
    "a": { "at": "2026-01-01T00:00:00Z", "temp": 29.5 },
    "b": { "at": "2026-01-01T00:01:00Z", "temp": 31, "room": "attic" },
    "H": { "temp": 31 }, "G": { "temp": 32.5, "room": "loft" } },
  "tests": [ { "name": "it",
$(cat members)
  } ] }
END
}

# ---- what passes ----

room pass.json <<'END'
    "sources": { "readings": "a-(ab)-#" },
    "sinks": { "hot": "--H-#", "log": { "records": [ "a", "a", { "room": "attic" } ] } },
    "expect": { "fails": { "readings.0.file": "io" },
      "stages": { "hot.1.filter": { "in": 3, "out": 1, "dropped": { "filtered": 2 } } } }
END
ok "a test that holds is a success" exits 0 "$weir" test pass.json
ok "told on a line, with its time" has out '^ok 1 - it # [0-9.]+ ms$'
ok "as TAP" has out '^TAP version 13$'
ok "with a plan" has out '^1\.\.1$'
ok "and nothing else" empty err

room text.json <<'END'
    "sources": { "readings": { "text": "at,temp,room\n2026-01-01T00:00:00Z,31,\nnever,1,\n2026-01-01T00:00:01Z,-0.50,\"a,b\"\n" } },
    "sinks": { "hot": { "text": [ "{\"at\":\"2026-01-01T00:00:00Z\",\"temp\":31,\"room\":\"hall\"}" ] },
      "log": { "file": "sub/want.csv" } },
    "expect": { "stages": { "readings.0.csv": { "out": 2, "dropped": { "error": 1 } } } }
END
mkdir sub
printf 'at,temp,room\n2026-01-01T00:00:00Z,31,hall\n2026-01-01T00:00:01Z,-0.5,"a,b"\n' >sub/want.csv
ok "text goes through the formats" exits 0 "$weir" test text.json
mkdir below
cp room.json below
sed 's/"sub\/want/"..\/sub\/want/' text.json >below/text.json
ok "paths are those beside the file of tests" exits 0 "$weir" test below/text.json

room pieces.json <<'END'
    "items": { "h": "at,temp,room\n2026-01-01T00:0", "r": "0:00Z,31,x\n", "e": "oops\n" },
    "sources": { "readings": "h-r-e|" }, "sinks": { "hot": "--H--|", "log": {} },
    "expect": { "stages": { "readings.0.csv": { "dropped": { "error": 1 } } } }
END
ok "and may come in pieces, when marbles say" exits 0 "$weir" test pieces.json

room credit.json <<'END'
    "step": "100ms",
    "sources": { "readings": "(bbbbbb)|" },
    "sinks": { "hot": { "credit": "-2 1s 1-*", "marbles": "-(HH) 1s H-(HHH|)" }, "log": {} }
END
ok "a sink gets what it asks for, when it asks" exits 0 "$weir" test credit.json

cat >packets.json <<'END'
{ "weir": 1, "records": { "r": { "n": "u8" } },
  "streams": { "in": [ { "file": { "path": "-", "format": "csv", "record": "r" } },
    { "batch": { "count": 3, "every": "300ms", "as": "packet" } }, { "stdout": { "format": "ndjson" } } ] } }
END
cat >packets.test.json <<'END'
{ "weir": 1, "test": "packets.json",
  "items": { "a": { "n": 1 }, "A": { "n": 1, "packet": 0 }, "B": { "n": 1, "packet": 1 }, "C": { "n": 1, "packet": 2 } },
  "tests": [ { "name": "a batch is full, or old enough, or the last", "step": "100ms",
    "sources": { "in": "a-a----(aaa)-a|" },
    "sinks":   { "in": "---(AA)---(BBB)--(C|)" } } ] }
END
ok "time, number and the end make a batch" exits 0 "$weir" test packets.test.json

room leave.json <<'END'
    "sources": { "readings": "b-b-b-b|" },
    "sinks": { "hot": { "credit": "*--!", "marbles": "H-H" }, "log": { "credit": "*----#", "error": "no_space", "records": [ "b", "b", "b" ] } },
    "expect": { "fails": { "log": "no_space" } }
END
ok "one sink leaves, another fails" exits 0 "$weir" test leave.json

cat >again.json <<'END'
{ "weir": 1, "records": { "r": { "x": "i32" } }, "streams": {
  "s": [ { "tcp": { "address": "${HOST}:80", "format": "csv", "record": "r" } }, { "retry": { "attempts": 2, "backoff": "1s", "jitter": 0 } },
         { "output": { "name": "out" } } ] } }
END
cat >again.test.json <<'END'
{ "weir": 1, "test": "again.json", "set": { "HOST": "nowhere" },
  "items": { "1": { "x": 1 }, "2": { "x": 2 } }, "tests": [
  { "name": "each start gives the next of several", "sources": { "s": ["1-#", "-2|"] }, "sinks": { "s": "1---2|" } },
  { "name": "the last of them again and again", "sources": { "s": ["-#", "#"] }, "sinks": { "s": "----#" },
    "expect": { "fails": { "s.0.tcp": "io" } } },
  { "name": "for ever", "for": "10s", "sources": { "s": ["1#"] }, "sinks": { "s": { "credit": "2", "marbles": "1-1" } } } ] }
END
ok "a source may be started again" exits 0 "$weir" test again.test.json
ok "each test is one point" has out '^1\.\.3$'

cat >many.json <<'END'
{ "weir": 1, "records": { "r": { "x": "i32" } }, "streams": {
  "s": [ { "input": { "name": "in", "record": "r", "format": "binary" } }, { "flat_map": { "stream": "burst", "max_inner": 2 } }, { "output": { "name": "out", "format": "csv" } } ],
  "burst": [ { "tcp": { "address": "x:1", "format": "ndjson", "record": "r" } }, { "take": 2 } ],
  "m": [ { "merge": ["p", "q"] }, { "buffer": 4 }, { "unix": { "path": "x", "format": "csv" } } ],
  "p": [ { "stdin": { "format": "csv", "record": "r" } } ],
  "q": [ { "serial": { "path": "/dev/ttyS0", "format": "frames", "record": "r" } } ] } }
END
cat >many.test.json <<'END'
{ "weir": 1, "test": "many.json", "items": { "1": { "x": 1 }, "2": { "x": 2 }, "3": { "x": 3 }, "4": { "x": 4 } }, "tests": [
  { "name": "it", "sources": { "s": "1--2|", "burst": ["-1-2|", "3-4|"], "p": "1-1|", "q": "-2-2#" },
    "sinks": { "s": "-1-(23)-(4|)", "m": "1212#" }, "expect": { "fails": { "q.0.serial": "io" } } } ] }
END
ok "every connector can be played, and who is started by items" exits 0 "$weir" test many.test.json

cat >inside.json <<'END'
{ "weir": 1, "clock": "event", "streams": {
  "s": [ { "interval": { "period": "1s", "overflow": "drop_oldest" } }, { "throttle": "2s" }, { "stdout": { "format": "csv" } } ],
  "t": [ { "range": { "to": 5 } }, { "set": { "n": "n * 2" } }, { "null": {} } ] } }
END
cat >inside.test.json <<'END'
{ "weir": 1, "test": "inside.json", "items": { "a": { "n": 1, "at": "2026-01-01T00:00:00Z" }, "b": { "n": 2, "at": "2026-01-01T00:00:01Z" },
    "c": { "n": 2, "at": "2026-01-01T00:00:02Z" }, "1": { "n": 10 }, "2": { "n": 20 } }, "tests": [
  { "name": "played", "sources": { "s": "abc|", "t": "1-1" }, "sinks": { "s": "a-c|", "t": "2-2" } },
  { "name": "as they are", "for": "1s", "sinks": { "s": { "records": [ { "n": 0 } ] }, "t": { "records": [ { "n": 0 }, { "n": 2 }, { "n": 4 }, { "n": 6 }, { "n": 8 } ] } } } ] }
END
ok "what needs no part may have one" exits 0 "$weir" test inside.test.json

cat >hot.json <<'END'
{ "weir": 1, "streams": { "s": [
  { "poll": { "period": "1s", "overflow": "${OVERFLOW}", "values": { "x": { "path": "/none" } } } }, { "filter": "x > 0" }, { "output": { "name": "out" } } ],
  "t": [ { "interval": { "period": "2s", "overflow": "error" } }, { "stdout": { "format": "csv" } } ], "u": [ { "range": { "to": 2 } }, { "null": {} } ] } }
END
cat >hot.test.json <<'END'
{ "weir": 1, "test": "hot.json",
  "items": { "1": { "at": "2026-01-01T00:00:00Z", "x": 1 }, "2": { "at": "2026-01-01T00:00:01Z", "x": 2 }, "3": { "at": "2026-01-01T00:00:02Z", "x": 3 },
    "0": { "n": 0, "at": "2026-05-01T00:00:02Z" }, "7": { "n": 1, "at": "2026-05-01T00:00:04Z" } },
  "tests": [
  { "name": "drop_oldest", "for": "5s", "start": "2026-05-01T00:00:00Z", "set": { "OVERFLOW": "drop_oldest" }, "sources": { "s": "123--|" },
    "sinks": { "s": { "credit": "1---1", "marbles": "1---3|" }, "t": "--0-7" },
    "expect": { "stages": { "s.0.poll": { "out": 2, "dropped": { "overflow": 1 } }, "u.1.null": { "in": 2 } } } },
  { "name": "drop_newest", "for": "5s", "set": { "OVERFLOW": "drop_newest" }, "sources": { "s": "123--|" },
    "sinks": { "s": { "credit": "1---1", "marbles": "1---2|" }, "t": {} } },
  { "name": "what waits goes before the end", "for": "5s", "set": { "OVERFLOW": "latest" }, "sources": { "s": "12|" },
    "sinks": { "s": { "credit": "1---1", "marbles": "1---(2|)" }, "t": {} } },
  { "name": "error", "for": "5s", "set": { "OVERFLOW": "error" }, "sources": { "s": "123" },
    "sinks": { "s": { "credit": "1---1", "marbles": "1-#" }, "t": { "records": [ { "n": 0 }, { "n": 1 } ] } }, "expect": { "fails": { "s.0.poll": "full" } } } ] }
END
ok "what cannot be held back meets its policy" exits 0 "$weir" test hot.test.json
ok "several files make one plan" exits 0 "$weir" test pass.json hot.test.json
ok "of all their tests" has out '^1\.\.5$'
ok "each named" has out '^# hot\.test\.json$'
ok "--list names them" exits 0 "$weir" test --list pass.json hot.test.json
ok "and runs none" is out 'pass.json: it
hot.test.json: drop_oldest
hot.test.json: drop_newest
hot.test.json: what waits goes before the end
hot.test.json: error'
ok "--only takes a part of a name" exits 0 "$weir" test --only newest hot.test.json
ok "and runs no other" has out '^1\.\.1$'
ok "or a pattern" exits 0 "$weir" test --list --only 'd*est' hot.test.json
ok "that fits" is out 'hot.test.json: drop_oldest
hot.test.json: drop_newest'
ok "which fits something" exits 64 "$weir" test --only nothing hot.test.json
ok "or it says so" has err 'no test is called like "nothing"'
ok "--set beats what a test sets" exits 1 "$weir" test --set OVERFLOW=drop_newest --only oldest hot.test.json

# ---- the page about it ----

awk '/^```/ { inside = !inside; n += inside; next } inside { print >("page." n) }' "$src/docs/TESTING-PIPELINES.md"
timeless() { # but for the times, which are never the same
	sed 's/ # [0-9.]* ms$/ # ms/' "$1"
}
says() { # says FILE BLOCK: as the page has it
	timeless "$1" >said
	timeless "$2" | grep -v '^\$ ' >page
	same page said
}
cp page.1 climate.json
cp page.2 climate.test.json
ok "what the page shows holds" exits 0 "$weir" test climate.test.json
ok "and is told as it shows" says out page.3
sed 's/5s/6s/' page.1 >climate.json
ok "what does not hold" exits 1 "$weir" test --only 'hot room' climate.test.json
ok "and counted" has out '^# 1 of 1 failed$'
sed '1,2d; /^1\.\./,$d' out >lines
ok "as well" says lines page.4

# ---- how what fails is told ----

# told MEMBERS CLAIM, then the lines below the point
told() {
	room fail.json
	exits 1 "$weir" test fail.json && sed -n 's/^#   //p' out >why
}
ok "another record is a failure" told <<'END'
    "sources": { "readings": "a-b|" }, "sinks": { "hot": "--G|", "log": {} }
END
ok "told field by field, with both marbles" is why 'sink "hot": item 1 (G) at 2s differs
  temp: expected 32.5, got 31
  room: expected "loft", got "attic"
  expected  --G|
  got       --?|
              ^
  ? is { "at": "2026-01-01T00:01:00Z", "temp": 31, "room": "attic" }'
ok "so is a field nobody named" told <<'END'
    "sources": { "readings": "b|" }, "sinks": { "log": { "records": [ { "temp": 31, "at": "2026-01-01T00:00:00Z" } ] }, "hot": {} }
END
ok "but for those not named" is why 'sink "log": record 1 differs
  at: expected "2026-01-01T00:00:00Z", got "2026-01-01T00:01:00Z"'
ok "another time is a failure" told <<'END'
    "sources": { "readings": "b---b|" }, "sinks": { "hot": "H--H-|", "log": {} }
END
ok "told as such" is why 'sink "hot": item 2 (H) came at 4s, expected at 3s
  expected  H--H-|
  got       H---H|
               ^'
ok "so is an item that is missing" told <<'END'
    "sources": { "readings": "b--a" }, "sinks": { "hot": "H 1m H", "log": {} }
END
ok "after a pause as well" is why 'sink "hot": item 2 (H) at 61s never came
  expected  H 1m H
  got       H
                 ^'
ok "an item too many" told <<'END'
    "sources": { "readings": "(bb)" }, "sinks": { "hot": "H", "log": {} }
END
ok "with its name, where it has one" is why 'sink "hot": item 2 (H) at 0s was not expected
  expected  H
  got       (HH)
            ^'
ok "an item of no name" told <<'END'
    "sources": { "readings": { "records": [ "b", { "at": "2026-01-01T00:00:00Z", "temp": 40 } ] } }, "sinks": { "hot": "(H|)", "log": {} }
END
ok "is printed" is why 'sink "hot": expected the end at 0s, got item 2 (?) at 0s
  expected  (H|)
  got       (H?|)
            ^
  ? is { "at": "2026-01-01T00:00:00Z", "temp": 40, "room": "hall" }'
ok "another end" told <<'END'
    "sources": { "readings": "b-#" }, "sinks": { "hot": "H-|", "log": {} }
END
ok "is told, and so is a failure nobody expected" is why 'sink "hot": expected the end at 2s, got an error at 2s
  expected  H-|
  got       H-#
              ^
unexpected failure (io): readings.0.file: none.csv: the test says so'
ok "a failure that is missing" told <<'END'
    "sources": { "readings": "b|" }, "sinks": { "hot": {}, "log": {} }, "expect": { "fails": { "log": "no_space" } }
END
ok "is told" is why 'stage "log": expected to fail (no_space), and did not'
ok "another failure" told <<'END'
    "sources": { "readings": { "marbles": "b#", "error": "parse" } }, "sinks": { "hot": {}, "log": {} }, "expect": { "fails": { "readings.0.file": "io" } }
END
ok "is told" is why 'failure (parse), expected (io): readings.0.file: none.csv: the test says so'
ok "counts that differ" told <<'END'
    "sources": { "readings": "ab|" }, "sinks": { "hot": {}, "log": {} },
    "expect": { "stages": { "hot.1.filter": { "in": 3, "out": 0, "dropped": { "late": 1 } } } }
END
ok "are told one by one, drops nobody named among them" is why 'stage "hot.1.filter": in: expected 3, got 2
stage "hot.1.filter": out: expected 0, got 1
stage "hot.1.filter": filtered: expected 0, got 1
stage "hot.1.filter": late: expected 1, got 0'
ok "text that differs" told <<'END'
    "sources": { "readings": "ab|" }, "sinks": { "hot": {}, "log": { "text": [ "at,temp,room", "x" ] } }
END
ok "is told by its first line" is why 'sink "log": line 2 differs
  expected  "x\n"
  got       "2026-01-01T00:00:00Z,29.5,hall\n"'
ok "text that goes on" told <<'END'
    "sources": { "readings": "|" }, "sinks": { "hot": {}, "log": { "text": "" } }
END
ok "is told by what was not expected" is why 'sink "log": line 1 differs
  expected  nothing more
  got       "at,temp,room\n"'
ok "records too few" told <<'END'
    "sources": { "readings": "a|" }, "sinks": { "hot": {}, "log": { "records": [ "a", "b" ] } }
END
ok "are counted" is why 'sink "log": 2 records expected, got 1'
ok "records too many" told <<'END'
    "sources": { "readings": "a|" }, "sinks": { "hot": {}, "log": { "records": [] } }
END
ok "are counted and the first one printed" is why 'sink "log": 0 records expected, got 1
  record 1 is { "at": "2026-01-01T00:00:00Z", "temp": 29.5, "room": "hall" }'
ok "items that a policy dropped" told <<'END'
    "sources": { "readings": { "text": [ "at,temp,room", "2026-01-01T00:00:00Z,hot," ] } }, "sinks": { "hot": "(H|)", "log": {} }
END
ok "may be why" is why 'sink "hot": expected item 1 (H) at 0s, got the end at 0s
  expected  (H|)
  got       |
            ^
the first item error was readings.0.csv: none.csv:2:22: temp: not a number'
ok "of a long story" told <<'END'
    "sources": { "readings": "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb" },
    "sinks": { "hot": "HHHHHHHHHHHHHHHHHHHHHHHHHHHHHHHHHHHH-HHHHHHHHHHHHHHHHHHHHHHHH", "log": {} }
END
ok "what is near is told" is why 'sink "hot": item 37 (H) came at 36s, expected at 37s
  expected  ...HHHHHHHHHHHHHHHHHHHHHHHH-HHHHHHHHHHHH...
  got       ...HHHHHHHHHHHHHHHHHHHHHHHHHHHHHHHHHHHH...
                                       ^'
cat >busy.test.json <<'END'
{ "weir": 1, "test": "hot.json", "set": { "OVERFLOW": "latest" }, "tests": [ { "name": "a # in it", "sources": { "s": "|" }, "sinks": { "s": {}, "t": {} } } ] }
END
ok "what goes on for ever is stopped" exits 1 "$weir" test busy.test.json
ok "with a hint" has out '^#   it does not come to rest; say for how long it is to run: "for": "10s"$'
ok "names are TAP's" has out '^not ok 1 - a \\# in it # '

# ---- what is wrong with a file ----

# fault TEXT CLAIM: what stands between the ends of the file of tests; the fault's place is where @ stands in it
fault() {
	text=$1
	room fault.json <<END
$text
END
	at=$(awk '{ c = index($0, "@"); if (c) { print NR ":" c; exit } }' fault.json)
	sed 's/@//' fault.json >clean.json
	exits 78 "$weir" test clean.json || return 1
	grep -qF "clean.json:$at: error: $2" err && [ "$(wc -l <err)" -eq "${3:-1}" ] && ! grep -q '^ok' out
}
parts='"sources": { "readings": "ab|" }, "sinks": { "hot": {}, "log": {} }'
ok "an unknown key of a test" fault "$parts, @\"souces\": 1" 'unknown key "souces"; did you mean "sources"?'
ok "of a source" fault '"sources": { "readings": { "marbles": "a", @"eror": 1 } }, "sinks": { "hot": {}, "log": {} }' 'unknown key "eror"; did you mean "error"?'
ok "credit of a source" fault '"sources": { "readings": { "marbles": "a", @"credit": "1" } }, "sinks": { "hot": {}, "log": {} }' 'unknown key "credit"; remove it'
ok "a source that is none" fault '"sources": { @"readngs": "a" }, "sinks": { "hot": {}, "log": {} }' 'there is no source "readngs"; did you mean "readings"?' 2
ok "a sink that is none" fault '"sources": { "readings": "a" }, "sinks": { "hot": {}, "log": {}, @"hot.1.stdout": {} }' 'there is no sink "hot.1.stdout"; did you mean "hot.2.stdout"?'
ok "two parts for one stage" fault '"sources": { "readings": "a" }, "sinks": { "hot": {}, @"hot.2.stdout": {}, "log": {} }' '"hot.2.stdout" has a part already'
ok "a sink outside without a part" fault '"sources": { "readings": "a" }, "sinks": @{ "hot": {} }' 'sink "log" is outside the program; give it a part in "sinks": "all"'
ok "a source outside without a part" fault '"sinks": { "hot": {}, "log": {} } }, @{ "name": "b", "sinks": { "hot": {}, "log": {} }' 'source "readings.0.file" is outside the program; give it a part in "sources": "readings"' 2
ok "an item that is none" fault '"sources": { "readings": "a@x" }, "sinks": { "hot": {}, "log": {} }' 'there is no item "x"; put it into "items"'
ok "a marble that is none" fault '"sources": { "readings": "a@?" }, "sinks": { "hot": {}, "log": {} }' 'no marble; - is a step'
ok "credit that is none" fault '"sources": { "readings": "a" }, "sinks": { "hot": { "credit": "1-@0" }, "log": {} }' 'not credit; - is a step'
ok "what comes after the end" fault '"sources": { "readings": "a|@b" }, "sinks": { "hot": {}, "log": {} }' 'nothing comes after the end'
ok "a group without its end" fault '"sources": { "readings": "a@(b" }, "sinks": { "hot": {}, "log": {} }' '( without )'
ok "a pause between steps" fault '"sources": { "readings": "a @500ms b" }, "sinks": { "hot": {}, "log": {} }' 'the pause is no whole number of steps'
ok "what no clock shows" fault '"sources": { "readings": "a 99999d @b" }, "sinks": { "hot": {}, "log": {} }' 'that is later than any clock shows'
ok "a step without a unit" fault "$parts, \"step\": @\"10\"" 'a duration needs a unit'
ok "a step of nothing" fault "$parts, \"step\": @\"0s\"" 'nothing is that short'
ok "a start that is no time" fault "$parts, \"start\": @\"soon\"" 'not a time; write it as'
ok "a setting that is no text" fault "$parts, \"set\": { \"DATA\": @1 }" 'this is a number; it wants a string'
ok "a field that is none" fault "$parts, \"items\": { \"a\": { \"at\": \"2026-01-01T00:00:00Z\", @\"tmp\": 3, \"temp\": 2 } }" 'there is no field "tmp"; did you mean "temp"?'
ok "a value of another type" fault "$parts, \"items\": { \"a\": { \"at\": \"2026-01-01T00:00:00Z\", \"temp\": @\"hot\" } }" 'temp: wrong JSON type, expected a number'
ok "a time that is none" fault "$parts, \"items\": { \"a\": { \"at\": @\"now\", \"temp\": 1 } }" 'at: not a time'
ok "a text too long" fault "$parts, \"items\": { \"a\": { \"at\": \"2026-01-01T00:00:00Z\", \"temp\": 1, \"room\": @\"too long for it\" } }" 'room: text too long'
ok "a field without a value" fault "$parts, \"items\": { \"a\": @{ \"at\": \"2026-01-01T00:00:00Z\" } }" 'field "temp" is missing, and has no default'
ok "an item of a long name" fault "$parts, \"items\": { @\"aa\": {} }" '"aa" cannot stand in marbles'
ok "a stage that is none" fault "$parts, \"expect\": { \"stages\": { @\"hot.1.filtr\": {} } }" 'there is no stage "hot.1.filtr"; did you mean "hot.1.filter"?'
ok "a reason that is none" fault "$parts, \"expect\": { \"stages\": { \"hot.1.filter\": { \"dropped\": { @\"filterd\": 1 } } } }" 'there is no reason "filterd"; did you mean "filtered"?'
ok "a count that is none" fault "$parts, \"expect\": { \"stages\": { \"hot.1.filter\": { \"in\": @-1 } } }" '"in" is a count'
ok "an error that is none" fault "$parts, \"expect\": { \"fails\": { \"log\": @\"no_spac\" } }" 'there is no error "no_spac"; did you mean "no_space"?'
ok "nothing to give" fault '"sources": { "readings": @{} }, "sinks": { "hot": {}, "log": {} }' 'nothing says what this source gives'
ok "two things to give" fault '"sources": { "readings": { "marbles": "a", @"records": [] } }, "sinks": { "hot": {}, "log": {} }' '"records" beside "marbles"; one of them says it'
ok "a file that is not there" fault '"sources": { "readings": { "file": @"none.csv" } }, "sinks": { "hot": {}, "log": {} }' 'cannot read "none.csv"'
ok "credit for text" fault '"sources": { "readings": "a" }, "sinks": { "hot": { "text": "", "credit": @"1" }, "log": {} }' 'credit counts records, and this sink gets text'
ok "text in marbles of a sink" fault '"items": { "t": "x" }, "sources": { "readings": "a" }, "sinks": { "hot": "@t", "log": {} }' 'item "t" is text, and marbles of a sink are records'
ok "text beside records" fault '"items": { "t": "x" }, "sources": { "readings": "a@t" }, "sinks": { "hot": {}, "log": {} }' 'item "t" is text and others are not'
ok "a record that is none" fault '"sources": { "readings": { "records": [ @3 ] } }, "sinks": { "hot": {}, "log": {} }' 'this is a number; it wants an object'
ok "a name of a record that is none" fault '"sources": { "readings": { "records": [ @"x" ] } }, "sinks": { "hot": {}, "log": {} }' 'there is no item "x"'
ok "two tests of a name" fault "$parts }, { \"name\": @\"it\", $parts" 'there are two tests of this name'
ok "a test without a name" fault "$parts }, @{ $parts" 'a test needs a "name"'
ok "all faults are told at once" fault '"step": @"1", "sources": { "readings": "ab|" }, "sinks": { "hot": "?", "log": "(" }' 'a duration needs a unit' 3
cat >null.test.json <<'END'
{ "weir": 1, "test": "hot.json", "set": { "OVERFLOW": "latest" }, "tests": [ { "name": "it", "sources": { "s": { "text": "1" } }, "sinks": { "s": {}, "t": {} } } ] }
END
ok "text without a format" exits 78 "$weir" test null.test.json
ok "is told" has err '^null\.test\.json:1:[0-9]+: error: "s" has no format, and so no text; give "records" or marbles$'
cat >names.json <<'END'
{ "weir": 1, "streams": { "a": [ { "range": { "to": 1 } }, { "stdout": { "format": "csv" } } ], "b": [ { "range": { "to": 1 } }, { "output": { "name": "x" }, "id": "a" } ] } }
END
echo '{ "weir": 1, "test": "names.json", "tests": [ { "name": "it", "sinks": { "a": {} } } ] }' >names.test.json
ok "a name for two" exits 78 "$weir" test names.test.json
ok "is told" has err '^names\.test\.json:1:74: error: "a" is a stage of one stream and the name of another; name their stages$'
echo '{ "weir": 1, "test": "hot.json", "tests": [] }' >empty.json
ok "no tests at all" exits 78 "$weir" test empty.json
ok "are too few" has err '^empty\.json:1:43: error: no test in "tests"; there is at least one$'
echo '{ "weir": 1, "tets": "x" }' >empty.json
ok "a file without tests" exits 78 "$weir" test empty.json
ok "lacks them" has err '^empty\.json:1:1: error: no "tests"; there is at least one$'
ok "and a definition" has err '^empty\.json:1:1: error: no "test"; it names the definition: "test": "room\.json"$'
ok "and has a key nobody knows" has err '^empty\.json:1:14: error: unknown key "tets"; did you mean "test"\?$'
ok "a file that is no JSON" exits 78 "$weir" test text.json sub/want.csv
ok "does not keep others from being run" has out '^ok 1 - it'
ok "no such file is told apart" exits 66 "$weir" test none.test.json
ok "and named" has err '^none\.test\.json: error: cannot read the file'
sed 's/room\.json/rooms.json/' pass.json >lost.json
ok "no such definition, too" exits 66 "$weir" test lost.json
ok "and named" has err '^rooms\.json: error: cannot read the file'
sed 's/"filter"/"fliter"/; s/"csv", "record"/"csv", "delimter": ";", "record"/' room.json >bad.json
sed 's/room\.json/bad.json/' pass.json >bad.test.json
ok "faults of the definition are told" exits 78 "$weir" test bad.test.json
ok "as check does" has err '^bad\.json:[0-9]+:[0-9]+: error: unknown operator "fliter"; did you mean "filter"\?$'
ok "those of a format nothing goes through as well" has err '^bad\.json:[0-9]+:[0-9]+: error: unknown parameter "delimter"; did you mean "delimiter"\?$'
ok "it wants a file" exits 64 "$weir" test
ok "and says so" has err 'no file of tests given'
finish
