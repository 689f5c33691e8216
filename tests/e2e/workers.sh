#!/bin/sh
# SPDX-License-Identifier: MIT
# Stages on threads of their own ("on"): the same results byte by byte, one view of all threads, drains, failures.
. "${srcdir:-.}/tests/cli/common.sh"

# threads FILE: the definition with every stage behind the first of a stream on one of three threads in turn.
threads() {
	"$weir" show "$1" | awk '
	/^    "[^"]*": \[$/ { behind = 0 }
	/^      \{ / { marked = behind++ > 0 }
	marked && / \},?$/ && (/^      \{ / || /^      \} /) {
		comma = /,$/ ? "," : ""
		sub(/ \},?$/, ", \"on\": \"w" (n++ % 3) "\" }" comma)
		marked = 0
	}
	{ print }'
}

# ---- the same results ----

cp -R "$src/samples/03-recording" work
chmod -R u+w work
threads work/minutes.json >work/threads.json
ok "the sample has stages on threads" [ "$(grep -c '"on": "w' work/threads.json)" -gt 3 ]
(cd work && exits 0 "$weir" run --stats threads.json && cp out err "$tmp")
ok "a sample gives the same on threads" same "$src/samples/03-recording/expected" out
ok "and writes the same files" same "$src/samples/03-recording/busy.ndjson.expected" work/busy.ndjson

# balanced: what every hop was given came out behind it or is counted there
balanced() {
	awk '$1 ~ /\.to_hop$/ { sub(/to_hop$/, "", $1); went[$1] = $2 }
	$1 ~ /\.from_hop$/ { sub(/from_hop$/, "", $1); came[$1] = $3 + ($6 == "cancelled" ? $7 : 0); n++ }
	END { for (i in went) { m++; if (went[i] != came[i]) { print "# " i ": " went[i] ", " came[i]; bad = 1 } }
		exit bad || n != m || n == 0 }' "$1"
}
ok "every hop's books balance" balanced err

awk 'BEGIN { print "at,k,v"; for (i = 0; i < 20000; i++) print i * 10 "," i % 7 "," i % 100 }' >in.csv
definition() { # definition NAME STREAMS
	printf '{ "weir": 1, "clock": "event", "records": { "r": { "at": { "type": "time", "unit": "ms" }, "k": "u8", "v": "i32" } },
"streams": { %s } }\n' "$2" >"$1.json"
}
file='{ "file": { "path": "in.csv", "format": "csv", "record": "r", "time": "at" } }'
definition windows "\"in\": [ $file ], \"a\": [ { \"from\": \"in\" }, { \"filter\": \"v > 50\" }, { \"window\": { \"tumbling\": \"1s\", \"key\": \"k\", \"emit\": { \"at\": \"window_start()\", \"k\": \"k\", \"m\": \"avg(v)\" } } }, { \"stdout\": { \"format\": \"csv\" } } ],
\"b\": [ { \"from\": \"in\" }, { \"map\": { \"at\": \"at\", \"w\": \"v * 2\" } }, { \"file\": { \"path\": \"b.ndjson\", \"format\": \"ndjson\" } } ]"
ok "on one thread" exits 0 "$weir" run windows.json
mv out one && mv b.ndjson one.ndjson
threads windows.json >many.json
ok "on many" exits 0 "$weir" run --stats many.json
ok "windows by the items' time are the same" same one out
ok "and so is the branch beside them" same one.ndjson b.ndjson
ok "and the books balance" balanced err
ok "the bill has each thread" exits 0 "$weir" check many.json
ok "and the sums and hops add up" awk '/: sum/ || /^hop / { n += $NF } /^total/ { exit n != $2 }' out

# ---- where it is as if there were no threads ----

cat >many.test.json <<'END'
{ "weir": 1, "test": "many.json", "items": { "a": { "at": 1000, "k": 1, "v": 60 }, "b": { "w": 120 } },
  "tests": [ { "name": "doubles", "sources": { "in": "a|" }, "sinks": { "a": {}, "b": "b|" } } ] }
END
ok "weir test plays them on one" exits 0 "$weir" test many.test.json
ok "weir compile refuses them" exits 78 "$weir" compile -o c many.json
ok "at the place" has err '^many\.json:[0-9]+:[0-9]+: error: "on" needs threads'

# ---- ends ----

mkfifo ticks
cat >live.json <<'END'
{"weir": 1, "streams": {
  "ticks": [{"interval": {"period": "1ms", "overflow": "latest"}, "on": "clock"}],
  "shown": [{"from": "ticks"}, {"map": {"n": "n"}, "on": "w"}, {"stdout": {"format": "csv", "header": false}, "on": "main"}],
  "kept": [{"from": "ticks"}, {"map": {"n": "n"}}, {"file": {"path": "kept.csv", "format": "csv", "header": false}, "on": "v"}]}}
END
"$weir" run live.json >ticks 2>err &
pid=$!
exec 3<ticks
read -r first <&3
kill -s INT $pid
cat <&3 >rest
wait $pid
ok "a signal drains every thread" [ $? -eq 0 ]
exec 3<&-
{ echo "$first" && cat rest; } >out
ok "nothing that was in work is lost, on either branch" same out kept.csv
ok "and nothing is said" empty err

cat >endless.json <<'END'
{"weir": 1, "streams": {"s": [{"range": {"to": 9000000000000000000}}, {"map": {"n": "n"}, "on": "w"}, {"stdout": {"format": "csv"}, "on": "v"}]}}
END
"$weir" run endless.json >ticks 2>err &
pid=$!
exec 3<ticks
read -r first <&3
kill -s INT $pid
kill -s TERM $pid
wait $pid
ok "a second signal aborts every thread" [ $? -eq 130 ]
exec 3<&-
ok "and is no failure" empty err

definition broken "\"in\": [ $file ], \"a\": [ { \"from\": \"in\", \"on\": \"w\" }, { \"map\": { \"x\": \"100 / (v - 90)\" } }, { \"file\": { \"path\": \"a.csv\", \"format\": \"csv\" }, \"on\": \"x\" } ],
\"b\": [ { \"from\": \"in\" }, { \"map\": { \"at\": \"at\", \"w\": \"v * 2\" }, \"on\": \"v\" }, { \"file\": { \"path\": \"b.ndjson\", \"format\": \"ndjson\" } } ]"
rm -f b.ndjson
ok "one thread that fails makes the status 1" exits 1 "$weir" run broken.json
ok "is told once, by its stage" [ "$(cut -d: -f1-3 err)" = "weir: error: a.1.map" ]
ok "and ends its own branch alone" same one.ndjson b.ndjson

printf '{"weir": 1, "streams": {"s": [{"range": {"to": 100000}}, {"take": 10, "on": "w"}, {"stdout": {"format": "csv"}}]}}' >take.json
ok "who has enough ends what is before the hop" exits 0 "$weir" run --stats take.json
ok "and what lay in it is on the books" balanced err
finish
