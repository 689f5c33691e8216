#!/bin/sh
# SPDX-License-Identifier: MIT
# Failures that a definition deals with, on real files, live and compiled: who is told, what comes out, the exit status.
. "${srcdir:-.}/tests/cli/common.sh"

records='"records": { "reading": { "n": "i64" } }'
definition() { # definition NAME STREAMS
	printf '{ "weir": 1, "name": "%s", %s, "streams": { %s } }\n' "$1" "$records" "$2" >"$1.json"
}
file() {
	printf '[ { "file": { "path": "%s", "format": "csv", "record": "reading" } } ]' "$1"
}
compiled() { # compiled NAME WANT: the same, as C
	rm -rf c program
	ok "$1 compiles" exits 0 "$weir" compile -o c "$1.json" || return
	ok "$1 builds" build_c program c/*.c || return
	ok "$1 runs, compiled" exits 0 ./program
	ok "$1 gives the same, compiled" is out "$2"
}

printf 'n\n1\n2\n' >good.csv
printf 'n\n7\nx\n8\n' >broken.csv

definition missing "\"a\": $(file nowhere.csv), \"b\": $(file good.csv), \"c\": [ { \"catch\": [\"a\", \"b\"] }, { \"stdout\": { \"format\": \"csv\" } } ]"
ok "a missing file is caught" exits 0 "$weir" run missing.json
ok "and its stand-in is read" is out 'n
1
2'
ok "who failed and who handled it is told" has err 'a\.0\.file: nowhere\.csv: .*\(handled by c\.0\.catch\)'
compiled missing 'n
1
2'

definition halfway "\"a\": $(file broken.csv), \"b\": $(file good.csv), \"c\": [ { \"catch\": [\"a\", \"b\"] }, { \"stdout\": { \"format\": \"csv\" } } ]"
ok "a line that cannot be read is caught" exits 0 "$weir" run halfway.json
ok "behind the items before it" is out 'n
7
1
2'
ok "the message names the line" has err 'broken\.csv:3:'
compiled halfway 'n
7
1
2'

definition all "\"a\": $(file nowhere.csv), \"b\": $(file nowhere2.csv), \"c\": [ { \"catch\": [\"a\", \"b\"] }, { \"stdout\": { \"format\": \"csv\" } } ]"
ok "when the last one fails too, the run fails" exits 1 "$weir" run all.json
ok "by the last one's error" has err 'error: b\.0\.file: nowhere2\.csv'

definition again "\"a\": [ { \"file\": { \"path\": \"broken.csv\", \"format\": \"csv\", \"record\": \"reading\" } }, { \"retry\": { \"attempts\": 2, \"backoff\": \"1ms\" } }, { \"take\": 3 }, { \"stdout\": { \"format\": \"csv\" } } ]"
ok "what is started again is read from its beginning" exits 0 "$weir" run again.json
ok "so items come again" is out 'n
7
7
7'
compiled again 'n
7
7
7'

definition each "\"a\": [ { \"file\": { \"path\": \"good.csv\", \"format\": \"csv\", \"record\": \"reading\" } }, { \"flat_map\": { \"stream\": \"in\", \"max_inner\": 1 } }, { \"stdout\": { \"format\": \"csv\" } } ], \"in\": [ { \"item\": \"reading\" }, { \"set\": { \"n\": \"n * 100\" } } ]"
ok "each item starts its stream" exits 0 "$weir" run each.json
ok "and that gives what it gives" is out 'n
100
200'
compiled each 'n
100
200'

definition files "\"a\": [ { \"file\": { \"path\": \"good.csv\", \"format\": \"csv\", \"record\": \"reading\" } }, { \"flat_map\": { \"stream\": \"in\", \"max_inner\": 1 } }, { \"stdout\": { \"format\": \"csv\" } } ], \"in\": $(file good.csv)"
ok "a file is opened once for each item, and closed" exits 0 "$weir" run --stats files.json
ok "and read whole each time" is out 'n
1
2
1
2'
ok "its counters go on from one time to the next" has err '^in\.0\.csv +12 +4 '
finish
