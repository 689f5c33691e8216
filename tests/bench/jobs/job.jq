# SPDX-License-Identifier: MIT
# job.json in jq -n -c -r: right as long as the times ascend.
def lines: .second as $s | .order[] as $id | .sums[$id] | { ts: ($s * 1000), id: ($id | tonumber), avg: (.[0] / .[1]) };
def readings: if $csv then (input | empty), inputs | split(",") | map(tonumber) | { ts: .[0], id: .[1], temp: .[2] } else inputs end;
foreach ((readings | select(.temp > 30)), null) as $r (
	{ second: -1, order: [], sums: {} };
	if $r == null then .done = .
	else
		($r.ts / 1000 | floor) as $s
		| (if $s != .second then { second: $s, order: [], sums: {}, done: del(.done) } else del(.done) end)
		| ($r.id | tostring) as $id
		| (if .sums[$id] == null then .order += [$id] else . end)
		| .sums[$id] |= [(.[0] // 0) + ($r.temp * 1.8 + 32), (.[1] // 0) + 1]
	end;
	.done // empty | lines)
