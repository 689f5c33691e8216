# SPDX-License-Identifier: MIT
"""What a record costs as the work grows: more records, more stages, more keys; and what memory weir takes then."""
import contenders

GROWTH = {
    # what grows: [(its size, the work, records)]
    "records": [(n, "W1", n) for n in (10 ** 3, 10 ** 4, 10 ** 5, 10 ** 6, 10 ** 7, 10 ** 8)],
    "stages": [(k, "stages-%d" % k, 10 ** 6) for k in (1, 2, 4, 8, 16, 32, 64)],
    "keys": [(k, "keys-%d" % k, 1 << 21) for k in (1, 10, 100, 1000, 10000, 100000)],
}


def measure(rounds, brief):
    """[{"growth", "size", "n", "rounds" in ns per record, "kib"}]; each size in a process of its own, for its memory."""
    lines = []
    for what, sizes in GROWTH.items():
        for size, work, n in sizes:
            n = min(n, 1000) if brief else n
            c = contenders.Contender("weir", contenders.commands()["weir"])
            took = [c.run(work, n)[0] / n for _ in range(rounds)]
            lines.append({"growth": what, "size": size, "n": n, "rounds": [round(t, 4) for t in took],
                          "kib": c.memory_kib()})
            c.close()
    return lines


def table(lines):
    """[(what, size, least ns per record, KiB)]"""
    return [(line["growth"], line["size"], min(line["rounds"]), line["kib"]) for line in lines]
