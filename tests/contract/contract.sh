#!/bin/sh
# SPDX-License-Identifier: MIT
# docs/PIPELINE.md sentence by sentence. Each page beside this script is a session: its commands must say what stands
# below them, and exit with 0 or the [status] behind that. Blank lines are no matter.
#
#	== WORDS			of docs/PIPELINE.md, in its order, of which what follows are examples
#	held by tests/X: NAME...	what else holds it: a program or script, or tests of it
#	--- NAME			a file, up to the next of these marks
#	$ COMMAND			a line of shell, run where the files lie
. "${srcdir:-.}/tests/cli/common.sh"

# define RECORD STAGES: d.json, of one stream by the event clock
define() {
	printf '{"weir": 1, "clock": "event", "records": {"r": {%s}}, "streams": {"s": [%s]}}\n' "$1" "$2" >d.json
}

# through RECORD STAGES: what comes of stdin, csv both in and out
through() {
	define "$1" '{"stdin": {"format": "csv", "record": "r"}}, '"$2"', {"stdout": {"format": "csv"}}'
	weir run d.json
}

# values RECORD ROW EXPRESSION...: what each comes to
values() {
	record=$1 row=$2
	shift 2
	for e; do
		define "$record" '{"stdin": {"format": "csv", "record": "r", "header": false}}, {"map": {"v": "'"$e"'"}},
			{"stdout": {"format": "csv", "header": false}}'
		printf '%s\n' "$e = $(echo "$row" | weir run d.json 2>&1)"
	done
}

# plays STAGE IN OUT [EXPECT [SINK]]: marbles of items a, b, c before and behind it, by the machine's clock
plays() {
	printf '{"weir": 1, "records": {"r": {"k": "u8"}}, "streams": {"s": [
		{"input": {"name": "i", "record": "r"}}, %s, {"output": {"name": "o"}}]}}' "$1" >m.json
	printf '{"weir": 1, "test": "m.json", "items": {"a": {"k": 1}, "b": {"k": 2}, "c": {"k": 3}}, "tests": [
		{"name": "so", "sources": {"s": "%s"}, "sinks": {"s": {"marbles": "%s"%s}}, "expect": {%s}}]}' \
		"$2" "$3" "${5:-}" "${4:-}" >m.test.json
	tests m.test.json
}

# tests FILE: whether they hold, without times
tests() {
	weir test "$1" | sed 's/ # .*//; /^TAP/d; /^1\.\./d; /^# [^ ]/d'
}

weir() {
	"$weir" "$@"
}

# answer COMMAND: what it says, on stderr last
answer() {
	eval "$1" 2>err
	status=$?
	cat err
	[ $status = 0 ] || echo "[$status]"
}

# Of a page, the script that prints it anew.
session='
function quoted(s) { gsub(/\047/, "\047\\\047\047", s); return "\047" s "\047" }
function keep() { if (file != "") print "printf \"%s\\n\"" lines " >" file; file = lines = "" }
/^$/ { next }
/^(==|---|#|\$) / { keep(); answered = 0 }
answered { next }
{ print "printf \"%s\\n\" " quoted($0) }
/^--- / { file = $2; next }
/^\$ / { print "answer " quoted(substr($0, 3)); answered = 1 }
file != "" { lines = lines " " quoted($0) }
END { keep() }'

# What a page says of PIPELINE.md that is not there, or not behind the words before.
strange_words='
NR == FNR { text = text " " $0; next }
FNR == 1 { gsub(/ +/, " ", text); gsub(/ \| /, " ", text) }
/^== / { at = index(text, words = substr($0, 4)); if (at == 0) print "not there: " words; else text = substr(text, at) }'

# What is named as holding something, and is not there.
strange_holders() {
	sed -n 's/^held by //p' "$1" | tr -s ' ' '\n' | while read -r name; do
		case $name in
		tests/*)
			file=$src/${name%:}
			[ -e "$file" ] || file=$file.c
			[ -e "$file" ]
			;;
		*) grep -q "[(\"]$name[)\"]" "$file" ;;
		esac || echo "not there: $name"
	done
}

for page in ${PAGES:-"$src"/tests/contract/*.txt}; do
	name=$(basename "$page" .txt)
	mkdir "$name" && cd "$name" || exit 2
	awk "$session" "$page" >../session
	. ../session >../got 2>&1 </dev/null
	cd .. || exit 2
	grep -v '^$' "$page" >want
	grep -v '^$' got | diff -U 2 want - >out
	ok "$name: what it says comes about" [ ! -s out ]
	awk "$strange_words" "$src/docs/PIPELINE.md" "$page" >out
	ok "$name: its words are those of PIPELINE.md, in order" [ ! -s out ]
	strange_holders "$page" >out
	ok "$name: what it says to be held elsewhere is" [ ! -s out ]
done
finish
