#!/bin/sh
# SPDX-License-Identifier: MIT
# `weir ops`: what this build can do, from its tables; docs/OPERATORS.md is what it prints.
. "${srcdir:-.}/tests/cli/common.sh"

ok "the list is a success" exits 0 "$weir" ops
ok "alone" empty err
for group in Sources Combiners Operators Sinks Formats; do
	ok "it has $group" has out "^$group\$"
done
sed -n 's/^WEIR_OPERATOR(\(.*\))$/\1/p' "$src/operators/operators.def" >names
ok "every operator of the list is there" sh -c '
	while read -r name; do
		case $name in *_decode | *_encode) name=${name%_*} ;; emit | tee) continue ;; esac
		grep -q "^  $name " out || { echo "# no $name"; exit 1; }
	done <names'
ok "its colours are a terminal's" [ "$(tr -dc '\033' <out | wc -c)" -eq 0 ]

ok "one is told with its parameters" exits 0 "$weir" ops throttle
ok "the kind is named" is out 'throttle (operator)
Pass the first item of every period, drop the rest.

  { "throttle": "30s" }

  period        duration; required; short form
                  Time from an item that passes to the next that may.
  key           field or list of fields
                  Field or fields: each value has its own periods.
  max_keys      integer; default 256
                  Most values of the key that are remembered.
  keys_full     one of "error" "evict_oldest"; default "error"
                  What another key value does once max_keys are remembered.

  emits         the first of each period
  credit        pass
  completes     with its input
  cancels       when nobody listens
  state         88 (72), keys: 8
  drops         throttled'
ok "a name of two is told twice" exits 0 "$weir" ops file
ok "as what reads" has out '^file \(source\)$'
ok "and as what writes" has out '^file \(sink\)$'
ok "a format is one" exits 0 "$weir" ops csv
ok "with what both ways take" [ "$(grep -c '^  delimiter ' out)" -eq 2 ]
ok "an unknown name is bad usage" exits 64 "$weir" ops trottle
ok "of which the like is told" has err '^weir: error: unknown operator "trottle"; did you mean "throttle"\?$'
ok "if there is any" exits 64 "$weir" ops quaternions
ok "else the list is" has err '`weir ops` lists them$'
ok "one name is enough" exits 64 "$weir" ops map filter

ok "as JSON" exits 0 "$weir" ops --json
ok "every parameter is of a kind with a name" [ "$(grep -c '"what": "?"' out)" -eq 0 ]
ok "and has its help" [ "$(grep -c '"help": ""' out)" -eq 0 ]
ok "every type has a page" [ "$(grep -cE '"(emits|state)": "-"' out)" -eq 0 ]
python=${PYTHON3:-$(command -v python3)}
if [ -n "$python" ]; then
	cat >read.py <<'END'
import json, sys
types = {(t["name"], t["kind"]): t for t in json.load(open("out"))}
throttle = types["throttle", "operator"]
assert throttle["drops"] == ["throttled"]
period, key, max_keys, full = throttle["parameters"]
assert period["required"] and period["primary"] and period["example"] == "30s"
assert max_keys["default"] == 256 and max_keys["min"] == 1
assert full["choices"] == ["error", "evict_oldest"]
END
	ok "which reads as such" "$python" read.py
	ok "what is said of states is what is billed" exits 0 "$python" "$src/tests/cli/ops_state.py" "$weir"
fi

ok "as Markdown" exits 0 "$weir" ops --markdown throttle
ok "a page has a table of parameters" has out '^\| `period` \(short form\) \| duration \| required \| '
ok "the whole of it" exits 0 "$weir" ops --markdown
ok "how credit is taken is said once" [ "$(grep -cE '\| (pass|own|manual|source): (pass|own|manual|source)\b' out)" -eq 0 ]
ok "is docs/OPERATORS.md; if not: weir ops --markdown >docs/OPERATORS.md" same out "$src/docs/OPERATORS.md"
finish
