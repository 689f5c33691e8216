# SPDX-License-Identifier: MIT
"""Instructions per item of what is written in C, counted by callgrind: the slope between a small and a larger run, so
that what does not grow with the items stays out. The same on every machine with the same compilers, whatever else
runs there; valgrind has no AVX-512, so weir picks AVX2 under it, and is compared with the loops of AVX2."""
import glob
import os
import re
import shutil
import tempfile

import contenders


# Those with the harness in them, but for what valgrind cannot run and what has threads that wait for each other.
COUNTED = ("weir", "C base", "C avx2", "C callbacks", "C wheel", "C read", "libevent", "libuv")


def dumps(folder):
    """What the harness had written out: {(work, n): instructions}."""
    found = {}
    for name in glob.glob(os.path.join(folder, "out.*")):
        with open(name) as f:
            text = f.read()
        label = re.search(r"^desc: Trigger: Client Request: (\S+) (\d+)$", text, re.M)
        total = re.search(r"^(?:totals|summary): (\d+)", text, re.M)
        if label and total:
            found[label.group(1), int(label.group(2))] = int(total.group(1))
    return found


def slopes(command, rows):
    """{work: instructions per item} of a program that has the harness in it."""
    with tempfile.TemporaryDirectory() as folder:
        c = contenders.Contender("", command, wrap=["valgrind", "-q", "--tool=callgrind", "--callgrind-out-file=" + folder + "/out"])
        todo = [row for row in rows if row.work in c.works and row.counted]
        for row in todo:
            for n in row.counted:
                c.run(row.work, n)
        c.close()
        found = dumps(folder)
    slope = {}
    for row in todo:
        few, many = row.counted
        if (row.work, many) in found:
            slope[row.work] = (found[row.work, many] - found[row.work, few]) / (many - few)
    return slope


def count(rows, say):
    """{(work, who): instructions per item}"""
    if shutil.which("valgrind") is None:
        say("no valgrind here: instructions are not counted")
        return {}
    say("counting instructions")
    found = {}
    for who, command in contenders.commands().items():
        if who in COUNTED and os.access(command[0], os.X_OK):
            found.update({(work, who): round(n, 3) for work, n in slopes(command, rows).items()})
    return found
