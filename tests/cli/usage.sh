#!/bin/sh
# SPDX-License-Identifier: MIT
# The command line itself: help, versions, and an exit status for each way to be wrong.
. "${srcdir:-.}/tests/cli/common.sh"

cat >good.json <<'END'
{"weir": 1, "streams": {"s": [{"range": {"to": 3}}, {"stdout": {"format": "ndjson"}}]}}
END
echo '{"weir": 1, "streams": {"s": [{"rnage": {"to": 3}}, {"null": {}}]}}' >faulty.json
cat >failing.json <<'END'
{"weir": 1, "streams": {"s": [{"range": {"to": 3}}, {"map": {"q": "10 / (n - 1)"}}, {"stdout": {"format": "ndjson"}}]}}
END

ok "no command is bad usage" exits 64 "$weir"
ok "and says how it is used" has err '^Usage: weir COMMAND'
ok "on stderr alone" empty out
ok "help is a success" exits 0 "$weir" --help
ok "on stdout" has out '^Usage: weir COMMAND'
ok "alone" empty err
for command in run check compile; do
	ok "help names $command" has out "^  $command  "
done
for command in run check compile; do
	ok "$command has its own help" exits 0 "$weir" $command --help
	ok "on stdout" has out "^Usage: weir $command "
	ok "alone" empty err
	ok "$command wants a definition" exits 64 "$weir" $command
	ok "and points to its help" has err "weir $command --help"
	ok "$command wants one definition" exits 64 "$weir" $command good.json faulty.json
	ok "$command knows its options" exits 64 "$weir" $command --frobnicate good.json
done
for command in run check "compile -o made"; do
	ok "$command: no such file is told apart" exits 66 "$weir" $command none.json
	ok "and named" has err 'none\.json'
	ok "$command: faults are told apart" exits 78 "$weir" $command faulty.json
	ok "and placed" has err '^faulty\.json:1:32: error: unknown operator "rnage"; did you mean "range"'
	ok "without a line of output" empty out
done
ok "nothing is written for a definition with faults" [ ! -e made ]
ok "compile wants a directory" exits 64 "$weir" compile good.json
ok "an unknown command is bad usage" exits 64 "$weir" rnu good.json
ok "and is named" has err 'unknown command "rnu"'
ok "the version is one line" exits 0 "$weir" --version
ok "of name and number" has out '^weir [0-9]+\.[0-9]+\.[0-9]+'
ok "an unknown option is no command" exits 64 "$weir" -V
ok "and is named" has err '^weir: error: unknown option "-V"; there are --help and --version'
ok "an unknown option of a command is named, with the like" exits 64 "$weir" run --stast good.json
ok "in weir's own words" has err '^weir: error: unknown option "--stast"; did you mean "--stats"\?$'
ok "also where there is none like it" exits 64 "$weir" run --frobnicate good.json
ok "by its name" has err '^weir: error: unknown option "--frobnicate"$'
ok "a letter too" exits 64 "$weir" run -x good.json
ok "as it is" has err '^weir: error: unknown option "-x"$'
ok "an option that lacks its value" exits 64 "$weir" compile good.json -o
ok "says which" has err '^weir: error: --output wants a value: --output DIR$'
ok "one that has none takes none" exits 64 "$weir" run --stats=3 good.json
ok "and says so" has err '^weir: error: --stats takes no value$'
ok "--set wants a value" exits 64 "$weir" run --set COUNT good.json
ok "and says so" has err 'NAME=VALUE'
from_stdin() { "$weir" "$@" - <good.json >out 2>err; }
for command in check run show graph "compile -o made"; do
	ok "$command takes a definition from standard input" from_stdin $command
done
rm -rf made
ok "--stats is not for check" exits 64 "$weir" check --stats good.json
ok "nor is -o" exits 64 "$weir" check -o x good.json
ok "a run to the end is a success" exits 0 "$weir" run good.json
ok "with its output" is out '{"n":0}
{"n":1}
{"n":2}'
ok "and nothing else" empty err
ok "a stream that fails is status 1" exits 1 "$weir" run failing.json
ok "what came before it is out" is out '{"q":-10}'
ok "a sound definition checks" exits 0 "$weir" check good.json
ok "with its bill" has out '^total +[0-9]+$'
ok "that adds up" awk 'NR > 1 && $1 != "total" { sum += $NF } $1 == "total" { total = $NF } END { exit !(sum == total && total > 0) }' out
finish
