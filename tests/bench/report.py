# SPDX-License-Identifier: MIT
"""Tables of what run.py measured."""
import json
import statistics

import growth
import rows


def read(path):
    """The machine, with what grows, and {work: {who: figure}} in the order of the file."""
    with open(path) as f:
        lines = [json.loads(line) for line in f]
    figures = {}
    for line in lines[1:]:
        if "work" in line:
            figures.setdefault(line["work"], {})[line["who"]] = line
    return {**lines[0], "growth": [line for line in lines if "growth" in line]}, figures


def least(figure):
    return min(figure["rounds"])


def median(figure):
    return statistics.median(figure["rounds"])


def fused(machine, who):
    return "C " + machine["isa"] if who == rows.FUSED else who


def digits(value):
    return "%.3g" % value if value < 1000 else "%.0f" % value


def goals_of(machine, row, found):
    """[(what is to be reached, how far it came or None)]: a number above 1 is not there yet."""
    mine = found.get("weir")
    counted = mine and mine.get("instructions")
    for name, limit in row.at_most.items():
        other = found.get(fused(machine, name))
        yield "<= %gx %s" % (limit, name), other and mine and (least(mine) / least(other), limit, "x")
    for name, limit in row.ahead.items():
        other = found.get(name)
        yield "%gx ahead of %s" % (limit, name), other and mine and (least(other) / least(mine), -limit, "x")
    for name, limit in row.counts_at_most.items():
        other = found.get(name, {}).get("instructions")
        yield "<= %gx the instructions of %s" % (limit, name), other and counted and (counted / other, limit, "x")
    if row.most_itself:
        yield "<= %g" % row.most_itself, mine and (least(mine), row.most_itself, "")
    if row.counts_itself:
        yield "<= %g instructions" % row.counts_itself, counted and (counted, row.counts_itself, "")


def verdicts(machine, row, found):
    """[(text, reached or None)] for what weir is held to in a row."""
    said = []
    for goal, result in goals_of(machine, row, found):
        if result:
            value, limit, sign = result
            said.append(("%s: %s%s" % (goal, digits(value), sign), value >= -limit if limit < 0 else value <= limit))
        else:
            said.append((goal + (": not measured here" if "weir" in found else ": weir does not do this yet"), None))
    return said


def cells(machine, row, found):
    """One line for each contender: who, least, median, instructions, times weir's."""
    for who, figure in sorted(found.items(), key=lambda item: (item[0] != "weir", least(item[1]))):
        mine = found.get("weir")
        count = figure.get("instructions")
        yield (who, digits(least(figure)), digits(median(figure)), "" if count is None else digits(count),
               digits(least(figure) / least(mine)) if mine else "", digits(median(figure) / median(mine)) if mine else "")


def terminal(machine, figures):
    text = [machine["machine"] + ", weir's kernels: " + machine["isa"]]
    for row in rows.ROWS:
        if row.work not in figures:
            continue
        found = figures[row.work]
        unit = next(iter(found.values()))["unit"]
        text.append("\n%s  %s  [%s]" % (row.work, row.title, unit))
        text.append("  %-18s %10s %10s %10s %12s %10s" % ("", "least", "median", "instr.", "x weir", "by medians"))
        for cell in cells(machine, row, found):
            text.append("  %-18s %10s %10s %10s %12s %10s" % cell)
        for said, reached in verdicts(machine, row, found):
            text.append("  %s  %s" % ({True: "reached    ", False: "NOT REACHED", None: "-          "}[reached], said))
    if machine["growth"]:
        text.append("\nas the work grows  [ns/record, KiB of the process at most]")
    text += ["  %-8s %12d %10s %10d" % (what, size, digits(ns), kib) for what, size, ns, kib in growth.table(machine["growth"])]
    return "\n".join(text) + "\n"


# ---- for the page ----

def times(ratio):
    return digits(ratio) + "x"


def goals(machine, row, found):
    """What weir is held to, each with what it came to; in bold where that is not reached."""
    said = []
    for text, reached in verdicts(machine, row, found):
        said.append("**%s**" % text if reached is False else text)
    return "<br>".join(said)


def others(machine, row, found):
    """Everybody else, as a multiple of weir's least time, and by medians."""
    mine = found.get("weir")
    said = []
    for who, figure in sorted(found.items(), key=lambda item: least(item[1])):
        if who == "weir":
            continue
        count = figure.get("instructions")
        if mine is None:
            said.append("%s %s" % (who, digits(least(figure))))
        else:
            said.append("%s %s (%s)" % (who, times(least(figure) / least(mine)), times(median(figure) / median(mine))))
        if count is not None:
            said[-1] += ", %s instr." % digits(count)
    return "<br>".join(said)


def markdown(machine, figures):
    text = ["On %s; weir's kernels: %s." % (machine["machine"], machine["isa"]),
            "",
            "| work | weir | instructions | to reach, and what it came to | the others, as multiples of weir's least time (by medians) |",
            "|---|---:|---:|---|---|"]
    for row in rows.ROWS:
        if row.work not in figures:
            continue
        found = figures[row.work]
        mine = found.get("weir")
        unit = next(iter(found.values()))["unit"]
        count = mine.get("instructions") if mine else None
        text.append("| **%s** %s | %s | %s | %s | %s |" % (
            row.work, row.title, "%s %s" % (digits(least(mine)), unit) if mine else "not there yet",
            digits(count) if count is not None else "", goals(machine, row, found), others(machine, row, found)))
    text += ["", "As the work grows, in ns a record and memory of the process at most:", "",
             "| what | how many | ns/record | MiB |", "|---|---:|---:|---:|"]
    text += ["| %s | %s | %s | %.1f |" % (what, format(size, ","), digits(ns), kib / 1024)
             for what, size, ns, kib in growth.table(machine["growth"])]
    text += ["", "Versions: " + "; ".join("%s: %s" % item for item in machine["versions"].items()) + "."]
    return "\n".join(text) + "\n"
