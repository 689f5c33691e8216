#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Where the instructions of weir's rows go: profile.py [WORK...]

Run where programs.mk built (make bench-profile): for each work the functions that take most, in instructions per item."""
import glob
import os
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import rows  # noqa: E402

SHOWN = 12


def own(path):
    """{function: instructions of its own} of a file that callgrind wrote."""
    cost, function, called = {}, None, False
    with open(path) as f:
        for line in f:
            if line.startswith("fn="):
                function = line[3:].strip()
            elif line.startswith("calls="):
                called = True  # the next line is the cost of who is called
            elif line[:1].isdigit():
                words = line.split()
                if not called and len(words) == 2:
                    cost[function] = cost.get(function, 0) + int(words[1])
                called = False
    return cost


def profile(row):
    n = row.counted[1]
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["valgrind", "-q", "--tool=callgrind", "--compress-strings=no", "--compress-pos=no",
                        "--callgrind-out-file=" + folder + "/out", "./weir"], stdout=subprocess.DEVNULL, text=True,
                       input="run %s %d\n" % (row.work, n), stderr=subprocess.DEVNULL)
        for path in glob.glob(folder + "/*"):
            with open(path) as f:
                if "Client Request: %s %d\n" % (row.work, n) in f.read():
                    return own(path), n
    return {}, n


def main():
    for row in rows.ROWS:
        if not row.counted or sys.argv[1:] and row.work not in sys.argv[1:]:
            continue
        cost, n = profile(row)
        total = sum(cost.values())
        if not total:
            continue
        print("%s  %.2f per %s" % (row.work, total / n, row.unit))
        for function, own_cost in sorted(cost.items(), key=lambda item: -item[1])[:SHOWN]:
            print("  %10.2f %5.1f %%  %s" % (own_cost / n, 100 * own_cost / total, function))


main()
