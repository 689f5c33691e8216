#!/bin/sh
# SPDX-License-Identifier: MIT
# `weir fmt`: prints, checks or changes files; `weir show` prints what a definition comes to. What the layout is:
# tests/json/format_test.
. "${srcdir:-.}/tests/cli/common.sh"

cat >wild.json <<'END'
{"weir":1, // one
"streams":{"s":[{"range":{"to":"${N:-3}"}},{"map":{"$x":"n"},"note":"$${x}"},{"stdout":"ndjson"}]}}
END
sed -i 's/"\$x"/"x"/; s/{"stdout":"ndjson"}/{"stdout":{"format":"ndjson"}}/' wild.json
cat >tame.json <<'END'
{
  "weir": 1, // one
  "streams": {
    "s": [
      { "range": { "to": "${N:-3}" } },
      { "map": { "x": "n" }, "note": "$${x}" },
      { "stdout": { "format": "ndjson" } }
    ]
  }
}
END
cp wild.json kept.json
ok "it prints" exits 0 "$weir" fmt wild.json
ok "in the one layout" same out tame.json
ok "and leaves the file alone" same wild.json kept.json
ok "standard input is -" sh -c '"$0" fmt - <wild.json >out 2>err' "$weir"
ok "the same" same out tame.json
ok "--check finds what would change" exits 1 "$weir" fmt --check tame.json wild.json
ok "by name" is out wild.json
ok "and nothing where nothing would" exits 0 "$weir" fmt --check tame.json
ok "at all" empty out
chmod 640 wild.json
ok "--write changes files" exits 0 "$weir" fmt --write wild.json tame.json
ok "to what is printed" same wild.json tame.json
ok "and says nothing" empty out
ok "modes stay" [ "$(ls -l wild.json | cut -c 1-10)" = "-rw-r-----" ]
ok "nothing is left beside" [ "$(ls | grep -c 'json\.')" -eq 0 ]
printf '{"weir": 1,}\n' >bad.json
cp bad.json kept.json
ok "what is no JSON is refused" exits 78 "$weir" fmt --write bad.json wild.json
ok "at its place" has err '^bad\.json:1:11: error: trailing comma'
ok "and stays" same bad.json kept.json
ok "no such file is told apart" exits 66 "$weir" fmt none.json
ok "one is wanted" exits 64 "$weir" fmt
for sample in "$src"/samples/*/*.json; do
	case $sample in *.test.json) continue ;; esac # their marbles may stand one under the other
	ok "$(basename "$sample") is in the layout; if not: weir fmt --write" exits 0 "$weir" fmt --check "$sample"
done

ok "show prints what a definition comes to" exits 0 "$weir" show --set N=7 wild.json
cat >shown.json <<'END'
{
  "weir": 1,
  "name": "pipeline",
  "clock": "monotonic",
  "streams": {
    "s": [
      { "range": { "to": 7, "from": 0, "step": 1 } },
      { "map": { "x": "n" }, "note": "$${x}" },
      { "stdout": { "format": "ndjson", "lines": true, "time": "rfc3339" } }
    ]
  }
}
END
ok "variables, names and defaults" same out shown.json
ok "which comes to itself" exits 0 "$weir" show shown.json
ok "to the byte" same out shown.json
"$weir" run --set N=7 wild.json >want
ok "and runs" exits 0 "$weir" run shown.json
ok "the same" same out want
ok "a definition with faults is not shown" exits 78 "$weir" show bad.json
ok "by a line" empty out
for sample in "$src"/samples/*/*.json; do
	case $sample in *.test.json) continue ;; esac
	"$weir" show "$sample" >once.json 2>err
	ok "$(basename "$sample") comes to" exits 0 "$weir" show once.json
	ok "itself" same out once.json
done
finish
