#!/bin/sh
# SPDX-License-Identifier: MIT
# `weir graph`: the plan as DOT and Mermaid, with what went over its edges.
. "${srcdir:-.}/tests/cli/common.sh"

cat >two.json <<'END'
{"weir": 1, "name": "two \"ways\"", "records": {"r": {"at": "time", "x": "i64"}}, "streams": {
  "a": [{"file": {"path": "in.csv", "format": "csv", "record": "r"}, "id": "read", "on_error": {"to": "bad"}}],
  "b": [{"from": "a"}, {"filter": "x > 2", "id": "large"}, {"null": {}, "id": "end"}],
  "c": [{"from": "a"}, {"window": {"tumbling": "10s", "time": "at", "late": {"to": "old"}, "emit": {"n": "count()"}}, "id": "win"},
        {"null": {}}],
  "old": [{"inbox": {"capacity": 4}}, {"null": {}}],
  "bad": [{"inbox": {"capacity": 4}}, {"null": {}}]}}
END
printf 'at,x\n2020-01-01T00:00:00Z,1\n2020-01-01T00:00:01Z,3\noops\n2020-01-01T00:00:10Z,4\n' >in.csv

# node FILE ID: what the drawing calls it
node() {
	awk -v head="label=\"$2\\\\n" 'index($0, head) { print $1 }' "$1"
}
edge() { # edge FILE FROM TO REST
	grep -qE "^  $(node "$1" "$2") -> $(node "$1" "$3")$4;\$" "$1"
}

ok "a drawing is a success" exits 0 "$weir" graph two.json
ok "alone" empty err
cp out plain
ok "it is named, in quotes" has plain '^digraph "two \\"ways\\"" \{$'
ok "a stage has its id and what was asked of it" has plain 'label="large\\nfilter x > 2"\];$'
ok "the ends are of another shape" has plain 'shape=ellipse, label="end\\n'
ok "an edge leads from stage to stage" edge plain large end ''
ok "where errors go is dashed" has plain '\[label="errors", style=dashed\];$'
ok "and where late items go" edge plain win old.0.inbox '.*late.*'
ok "it ends" [ "$(tail -n 1 plain)" = "}" ]

ok "what a run counted" exits 0 "$weir" run --stats two.json
cp err counts
ok "is drawn with it" exits 0 "$weir" graph --stats counts two.json
ok "on the edge" edge out large end ' .label="2".'
ok "of bytes as such" edge out read read.csv ' .label="[0-9]* bytes".'
ok "and what was dropped in the stage" has out 'label="large\\nfilter x > 2\\ndropped: filtered 1"'
echo "nothing to count" >none
ok "counts of another definition are refused" exits 78 "$weir" graph --stats none two.json
ok "no counts are told apart" exits 66 "$weir" graph --stats missing two.json

ok "Mermaid has the same" exits 0 "$weir" graph --mermaid --stats counts two.json
ok "in its own words" [ "$(head -n 1 out)" = "flowchart LR" ]
ok "with nothing that it would take for its own" has out '\["large<br/>filter x #62; 2<br/>dropped: filtered 1"\]$'
ok "ends and all" has out '\(\["end<br/>null'
ok "edges too" has out '^  s[0-9]+ -->\|"2"\| s[0-9]+$'
ok "dashed ones" has out '^  s[0-9]+ -\.->\|"errors( 1)?"\| s[0-9]+$'

if command -v dot >/dev/null 2>&1; then
	ok "Graphviz draws it" exits 0 "$weir" graph --svg two.json
	ok "as a picture" has out '^<svg '
else
	echo "no Graphviz: nothing is drawn with it"
fi
mkdir empty
ok "without Graphviz that is said" exits 1 env PATH="$PWD/empty" "$weir" graph --svg two.json
ok "with what helps" has err 'no `dot` to draw with; install graphviz'
ok "a definition with faults is not drawn" exits 78 "$weir" graph none
ok "nor none" exits 66 "$weir" graph missing
finish
