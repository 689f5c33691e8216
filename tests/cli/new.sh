#!/bin/sh
# SPDX-License-Identifier: MIT
# `weir new`: from a file of data to a definition that reads all of it.
. "${srcdir:-.}/tests/cli/common.sh"

# begins FILE ROWS: a definition is made, is good, laid out, and reads that many rows
begins() {
	"$weir" new "$1" >made.json 2>err || return 1
	"$weir" check made.json >out 2>err && "$weir" fmt --check made.json && "$weir" run made.json >out 2>err &&
		[ "$(wc -l <out)" -eq "$2" ] && [ ! -s err ]
}
field() { # field NAME REST: a field so called, and what it is
	has made.json "\"$1\": $2"
}

cat >all.csv <<'END'
id,when,ok,temp,big,code,Room No.,2nd
1,2026-01-31T12:00:00Z,true,22.5,18446744073709551615,007,"a, ""b""",x
-2,2026-01-31 12:00:01.5,false,-1e3,1,12,c,y
3,2026-01-31T12:00:02Z,true,nan,2,3000000000,"d
e",z
END
ok "a CSV file with names" begins all.csv 3
ok "small integers" field id '"i32"'
ok "times" field when '"time"'
ok "bool" field ok '"bool"'
ok "floats" field temp '"f64"'
ok "what only a u64 holds" field big '"u64"'
ok "a number with zeros in front is a name" field code '"text\(16\)"'
ok "names that are none are made some" field Room_No '\{ "type": "text\(8\)", "from": "Room No\." \}'
ok "whatever they begin with" field _2nd '\{ "type": "text\(8\)", "from": "2nd" \}'
ok "time moves with the records" has made.json '"clock": "event"'
ok "a way on is shown" has made.json '// \{ "window": \{ "tumbling": "1h", "time": "when", .*"mean": "avg\(temp\)"'
ok "that is a way" sh -c 'sed "s|^ *// \({ \"[fw]i\)|\1|" made.json >more.json; "$0" check more.json >out 2>err' "$weir"

printf '1; 1458031648545; 0.5;x\r\n2; 1458031648645;;y\r\n' >plain.csv
ok "one without" begins plain.csv 2
ok "counts its columns" field c1 '"i32"'
ok "knows milliseconds since 1970" field c2 '\{ "type": "time", "unit": "ms" \}'
ok "and what is missing" field c3 '\{ "type": "f64", "default": 0 \}.* // missing in 1 of 2$'
ok "and says how it is read" eval 'has made.json "\"header\": false" && has made.json "\"delimiter\": \";\""'
printf '\357\273\277at,x\n2026-01-01T00:00:00Z,1\n' >marked.csv
ok "a byte order mark is not of the first name" begins marked.csv 1
ok "which is" field at '"time"'
printf '\357\273\277{"x": 1}\n' >marked.ndjson
ok "nor of JSON" begins marked.ndjson 1
printf 'Temp \260C,n\n20.5,1\n' >latin.csv
ok "a name that is no UTF-8 is a failure" exits 1 "$weir" new latin.csv
ok "told with what helps" is err 'weir: error: latin.csv: column 1 is no UTF-8; convert the file: iconv -f latin1 -t utf-8 latin.csv'
printf 'n,room\n1,K\374che\n' >latin.csv
ok "so is such a text" exits 1 "$weir" new latin.csv
ok "too" has err 'column 2 is no UTF-8'
{ echo n,m; for i in 1 2 3 4 5 6 7 8 9 10 11 12; do echo $i,$i; done; printf '13,\374\n'; } >noise.csv
ok "noise among numbers is dropped as noise is" exits 0 "$weir" new noise.csv
ok "and said" has out '// something else in 1 of 13$'
printf 'ts\tn\n1700000000\t1\n' >tabs.tsv
ok "tabs" begins tabs.tsv 1
ok "seconds where the name says so" field ts '\{ "type": "time", "unit": "s" \}'

{ echo 'a,b'; for i in 1 2 3 4 5 6 7 8 9 10 11 12; do echo "$i,$i.5"; done; echo '13,oops'; echo '14'; } >faulty.csv
"$weir" new faulty.csv >made.json 2>err
ok "a few that are wrong make no text of a column" field b '"f64" // something else in 1 of 13$'
ok "their rows are dropped" has made.json '"on_error": "drop"'
ok "and the others read" sh -c '"$0" run made.json >out 2>err' "$weir"
ok "all of them" [ "$(wc -l <out)" -eq 12 ]

cat >all.ndjson <<'END'
{"at": 1458031648545, "place": {"room": "a\u00e9b", "floor": 2}, "tags": ["x"], "ok": true, "v": 1.5}

{"v": null, "ok": false, "place": {"floor": -3, "room": "c"}, "at": 1458031648600, "odd": 1}
{"at": 1458031648700, "place": {"room": "d", "floor": 1}, "ok": true, "v": 2, "odd": "one"}
END
ok "JSON lines" begins all.ndjson 3
ok "paths" field place_room '\{ "type": "text\(8\)", "from": "place\.room" \}'
ok "of numbers too" field place_floor '\{ "type": "i32", "from": "place\.floor" \}'
ok "null is missing" field v '\{ "type": "f64", "default": 0 \}'
ok "what is now this and now that is left out" has made.json '// left out, .*: odd$'
ok "and lists" has made.json '// left out, .*: tags$'
cp all.ndjson 'we$ird}.ndjson'
ok "whatever the file is called" begins 'we$ird}.ndjson' 3

: >empty.csv
ok "of nothing nothing is guessed" exits 1 "$weir" new empty.csv
ok "which is said" has err 'no rows to guess from'
printf 'a,b\n' >names.csv
ok "nor of names alone" exits 1 "$weir" new names.csv
echo '{"a": [1]}' >lists.ndjson
ok "nor of lists" exits 1 "$weir" new lists.ndjson
ok "which is said too" has err 'no column has values of one type'
ok "no such file is told apart" exits 66 "$weir" new none.csv
ok "one file is wanted" exits 64 "$weir" new
finish
