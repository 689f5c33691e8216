#!/bin/sh
# SPDX-License-Identifier: MIT
# The bench's own claims that need no clock: a row that takes 5 % more instructions is refused and one within 3 % is not;
# docs/PERFORMANCE.md and its chart are what the kept run prints.
here=${srcdir:-.}/tests/bench
[ -n "${PYTHON3:-}" ] || PYTHON3=$(command -v python3) || exit 77
"$PYTHON3" "$here/page.py" --check || exit 1
PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=$here "$PYTHON3" - <<'END'
import contextlib
import io

import gate
import rows

_, kept = gate.kept()
names = [row.work for row in rows.ROWS]


def refused(old, new):
    with contextlib.redirect_stdout(io.StringIO()):
        return gate.compare(old, new)


def grown(factor):
    return refused(kept, {work: count * factor for work, count in kept.items()})


claims = {
    "figures are kept, each of a row": kept and all(work in names for work in kept),
    "rows have names of their own": len(set(names)) == len(names),
    "5 % more is refused": grown(1.05) == len(kept),
    "2 % more is not": grown(1.02) == 0,
    "half as many are not": grown(0.5) == 0,
    "a row that is gone is refused": refused(kept, {work: n for work, n in kept.items() if work != "W1"}) == 1,
    "a row that is new is refused": refused({}, {"W1": 1.0}) == 1,
}
for claim, holds in claims.items():
    print("%s - %s" % ("ok" if holds else "not ok", claim))
raise SystemExit(not all(claims.values()))
END
