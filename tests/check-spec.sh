#!/bin/sh
# SPDX-License-Identifier: MIT
# Every test that docs/SPEC.md names as the one that holds a law is there: in the last column of its tables stand names
# of Check tests, of rules in tests/rules/rules.def, and of scripts.
cd "${srcdir:-.}" || exit 2
spec=docs/SPEC.md
bad=0 known=0

named=$(awk -F'|' '/^\|/ && !/^\| *-/ && NF > 3 { print $(NF - 1) }' "$spec" | grep -o '`[^`]*`' | tr -d '`' | sort -u)
[ -n "$named" ] || { echo "$spec names no test at all"; exit 1; }
tests=$(find tests -name '*_test.c' | xargs sed -n 's/^START_TEST(\([a-z0-9_]*\))$/\1/p'
	sed -n 's/^\(RULE\|NOT_TESTED\)(\([a-z0-9_]*\),.*/\2/p' tests/rules/rules.def
	find tests -name '*.sh' | sed 's|.*/||')

for name in $named; do
	if printf '%s\n' "$tests" | grep -qxF "$name"; then
		known=$((known + 1))
	else
		echo "$spec: \`$name\` is no test"
		bad=1
	fi
done
[ $bad = 0 ] && echo "$known tests named, all there"
exit $bad
