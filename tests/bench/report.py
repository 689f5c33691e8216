# SPDX-License-Identifier: MIT
"""Tables of what run.py measured."""
import json
import statistics

import rows


def read(path):
    """The machine, and {work: {who: figure}} in the order of the file."""
    with open(path) as f:
        lines = [json.loads(line) for line in f]
    figures = {}
    for line in lines[1:]:
        figures.setdefault(line["work"], {})[line["who"]] = line
    return lines[0], figures


def least(figure):
    return min(figure["rounds"])


def median(figure):
    return statistics.median(figure["rounds"])


def fused(machine, who):
    return "C " + machine["isa"] if who == rows.FUSED else who


def digits(value):
    return "%.3g" % value if value < 1000 else "%.0f" % value


def verdicts(machine, row, found):
    """[(text, reached or None)] for what weir is held to in a row."""
    said = []
    mine = found.get("weir")
    if row.most_itself and mine:
        said.append(("<= %g: %s" % (row.most_itself, digits(least(mine))), least(mine) <= row.most_itself))
    for held, ahead in ((row.at_most, False), (row.ahead, True)):
        for name, limit in held.items():
            who = fused(machine, name)
            goal = "%gx ahead of %s" % (limit, name) if ahead else "<= %gx %s" % (limit, name)
            if mine is None:
                said.append((goal + ": weir does not do this yet", None))
            elif who not in found:
                said.append((goal + ": not here", None))
            else:
                ratio = least(found[who]) / least(mine) if ahead else least(mine) / least(found[who])
                said.append(("%s: %s" % (goal, digits(ratio) + "x"), ratio >= limit if ahead else ratio <= limit))
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
    return "\n".join(text) + "\n"
