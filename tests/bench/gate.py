#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Hold the instructions of weir's rows to what is kept of them: gate.py check-instructions | bench-store

Counted by callgrind (instructions.py), with the kernels of AVX2, on every machine alike; the figures are kept for one
compiler and one build without the monitor. Run where programs.mk built. Exit status: 0 good, 1 grown, 77 no valgrind,
no AVX2, or another compiler than the one the figures are kept for."""
import os
import shutil
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import contenders    # noqa: E402
import instructions  # noqa: E402
import rows          # noqa: E402

KEPT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "INSTRUCTIONS")
GROWTH = 0.03


def measure():
    """What counted, and {work: instructions per item}."""
    valgrind = ["valgrind", "-q", "--tool=none"]
    c = contenders.Contender("weir", [os.path.abspath("weir")], wrap=valgrind)
    version = c.version
    c.close()
    return version, instructions.slopes([os.path.abspath("weir")], rows.ROWS)


def kept():
    version, found = "", {}
    with open(KEPT) as f:
        for line in f:
            words = line.rstrip("\n").split("\t")
            if words[0] == "with":
                version = words[1]
            elif len(words) == 2:
                found[words[0]] = float(words[1])
    return version, found


def store(version, found):
    with open(KEPT, "w") as f:
        f.write("# Written by make bench-store: instructions per item of weir's rows (tests/bench/rows.py).\n")
        f.write("with\t%s\n" % version)
        f.writelines("%s\t%.3f\n" % item for item in found.items())


def compare(old, new):
    """Say what has changed. Returns how many rows have grown too much or are not kept."""
    bad = 0
    for work in sorted(set(old) | set(new)):
        if work not in old or work not in new:
            print("%s: %s" % (work, "is not kept" if work not in old else "is not there any more"))
            bad += 1
            continue
        change = new[work] / old[work] - 1
        if abs(change) > GROWTH:
            print("%s: has %s by %.1f %%, from %.2f to %.2f instructions per item" % (
                work, "grown" if change > 0 else "shrunk", abs(change) * 100, old[work], new[work]))
            bad += change > 0
    return bad


def main():
    if shutil.which("valgrind") is None or "avx2" not in contenders.processor_flags():
        print("no valgrind, or no AVX2, here: instructions are not counted")
        return 77
    version, found = measure()
    if sys.argv[1] == "bench-store":
        store(version, found)
        return 0
    with_version, old = kept()
    if version != with_version:
        print("the instructions are kept for %s; this is %s" % (with_version, version))
        return 77
    bad = compare(old, found)
    print("instructions: %d rows, %d faults" % (len(found), bad))
    if bad:
        print("Where that is meant to be: make bench-store keeps the new figures in tests/bench/INSTRUCTIONS")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
