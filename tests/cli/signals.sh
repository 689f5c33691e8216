#!/bin/sh
# SPDX-License-Identifier: MIT
# The first signal drains a run, the second aborts it. What a run has begun is read from a named pipe: nothing waits
# for a time.
. "${srcdir:-.}/tests/cli/common.sh"

mkfifo ticks
cat >live.json <<'END'
{"weir": 1, "streams": {
  "ticks": [{"interval": {"period": "1ms", "overflow": "latest"}}],
  "shown": [{"from": "ticks"}, {"map": {"n": "n"}}, {"stdout": {"format": "ndjson"}}],
  "hours": [{"from": "ticks"}, {"window": {"tumbling": "1h", "emit": {"n": "count()", "last": "last(n)"}}},
    {"file": {"path": "hours.csv", "format": "csv"}}]}}
END
cat >endless.json <<'END'
{"weir": 1, "streams": {"s": [{"range": {"to": 9000000000000000000}}, {"file": {"path": "s.csv", "format": "csv"}}],
  "t": [{"range": {"to": 9000000000000000000}}, {"stdout": {"format": "ndjson"}}]}}
END

for signal in INT TERM; do
	rm -f hours.csv
	"$weir" run live.json >ticks 2>err &
	pid=$!
	exec 3<ticks
	read -r first <&3
	read -r second <&3
	kill -s $signal $pid
	cat <&3 >out
	wait $pid
	ok "SIG$signal drains: the status is that of a normal end" [ $? -eq 0 ]
	exec 3<&-
	printf '%s\n%s\n' "$first" "$second" | cat - out >all
	ok "the partial window is closed" [ "$(wc -l <hours.csv)" -eq 2 ]
	last=$(tail -n 1 all | tr -cd 0-9)
	ok "and counts every tick that was shown" has hours.csv "^$(($(wc -l <all))),$last\$"
	ok "the file is complete and alone" [ "$(ls -A | grep -c hours)" -eq 1 ]
	ok "nothing is said" empty err
done

# A drain may come in the middle of a line: that is no record, and no fault.
mkfifo lines
cat >pass.json <<'END'
{"weir": 1, "records": {"r": {"n": "u32"}}, "streams": {"s": [
  {"file": {"path": "lines", "format": "csv", "record": "r", "header": false}}, {"stdout": {"format": "csv"}}]}}
END
"$weir" run pass.json >ticks 2>err &
pid=$!
exec 3<ticks
exec 4>lines
printf '12\n34\n56' >&4
read -r first <&3
read -r second <&3
read -r third <&3
kill -s INT $pid
wait $pid
ok "a drain within a line is a normal end" [ $? -eq 0 ]
ok "of whole lines" [ "$first $second $third$(cat <&3)" = "n 12 34" ]
ok "without a fault" empty err
exec 3<&- 4>&-

# A reader that does not read keeps the drain from ending. Two different signals: two of one kind may become one.
"$weir" run endless.json >ticks 2>err &
pid=$!
exec 3<ticks
read -r first <&3
kill -s INT $pid
kill -s TERM $pid
wait $pid
ok "a second signal aborts" [ $? -eq 130 ]
exec 3<&-
ok "and leaves no file" [ "$(ls -A | grep -cE '^\.?s\.csv')" -eq 0 ]
finish
