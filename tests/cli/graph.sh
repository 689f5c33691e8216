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
ok "a folder has none either" exits 66 "$weir" graph --stats . two.json

ok "Mermaid has the same" exits 0 "$weir" graph --mermaid --stats counts two.json
ok "in its own words" [ "$(head -n 1 out)" = "flowchart LR" ]
ok "with nothing that it would take for its own" has out '\["large<br/>filter x #62; 2<br/>dropped: filtered 1"\]$'
ok "ends and all" has out '\(\["end<br/>null'
ok "edges too" has out '^  s[0-9]+ -->\|"2"\| s[0-9]+$'
ok "dashed ones" has out '^  s[0-9]+ -\.->\|"errors( 1)?"\| s[0-9]+$'

cat >threads.json <<'END'
{"weir": 1, "streams": {"a": [{"range": {"to": 3}, "id": "numbers"}, {"filter": "n > 1", "id": "large", "on": "worker"}, {"null": {}, "id": "end"}]}}
END
frame() { # frame FILE BEGINNING END: what stands in it, by ids
	awk -v b="$2" -v e="$3" 'index($0, b) { on = 1; next } on && $1 == e { exit } on' "$1" |
		sed -n 's/.*"\([a-z]*\)\(\\n\|<br\).*/\1/p' | tr '\n' ' '
}
ok "one thread is no frame" [ "$(grep -c subgraph plain)" -eq 0 ]
ok "stages on threads are drawn" exits 0 "$weir" graph threads.json
ok "each in its thread's frame" [ "$(frame out 'label="main"' '}'):$(frame out 'label="worker"' '}')" = "numbers :large end " ]
ok "edges lead from one into the other" edge out numbers large ''
ok "with counts too" exits 0 "$weir" run --stats threads.json
mv err counts
ok "that a hop does not hide" exits 0 "$weir" graph --mermaid --stats counts threads.json
ok "in Mermaid as well" [ "$(frame out '["main"]' end):$(frame out '["worker"]' end)" = "numbers :large end " ]
ok "whose edges have them" has out '^  s0 -->\|"3"\| s1$'

if command -v dot >/dev/null 2>&1; then
	ok "Graphviz draws it" exits 0 "$weir" graph --svg two.json
	ok "as a picture" has out '^<svg '
	ok "frames too" exits 0 "$weir" graph --svg threads.json
	ok "with their names" [ "$(grep -cE 'class="cluster"|>(main|worker)</text>' out)" -eq 4 ]
else
	echo "no Graphviz: nothing is drawn with it"
fi
mkdir empty
ok "without Graphviz that is said" exits 1 env PATH="$PWD/empty" "$weir" graph --svg two.json
ok "with what helps" has err 'no `dot` to draw with; install graphviz'
ok "a definition with faults is not drawn" exits 78 "$weir" graph none
ok "nor none" exits 66 "$weir" graph missing
finish
