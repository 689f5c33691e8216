# SPDX-License-Identifier: MIT
"""The chart of docs/PERFORMANCE.md: for each work a line, on it everybody's least time as a multiple of weir's."""
import math
from html import escape

import report
import rows

LEFT, RIGHT, WIDTH = 150, 24, 960
LANE, GAP, TOP = 13, 14, 60
CHARACTER = 6.2  # of a label, about
COLOURS = {"weir": "#c2410c", "limit": "#1f2937", "peer": "#2563eb"}


class Scale:
    """Logarithmic, over all the ratios there are."""

    def __init__(self, ratios):
        self.low = math.floor(math.log10(min(ratios)))
        self.high = math.ceil(math.log10(max(ratios)))

    def x(self, ratio):
        return LEFT + (math.log10(ratio) - self.low) / (self.high - self.low) * (WIDTH - LEFT - RIGHT)

    def ticks(self):
        return [10.0 ** e for e in range(self.low, self.high + 1)]


def kind(who):
    return "limit" if who.startswith("C ") else "peer"


def points(machine, row, found):
    """[(ratio, who)] of a row, ascending; of the loops in C the one of weir's own instruction set stands for all."""
    mine = report.least(found["weir"])
    loops = {"C scalar", "C base", "C avx2", "C avx512"} - {report.fused(machine, rows.FUSED)}
    return sorted((report.least(figure) / mine, who) for who, figure in found.items() if who not in loops)


def lanes(scale, dots):
    """Each label in the first lane where it does not stand on another: [(x, who, lane)]."""
    ends, placed = [], []
    for ratio, who in dots:
        x, half = scale.x(ratio), len(who) * CHARACTER / 2
        x_label = min(max(x, LEFT + half), WIDTH - half - 2)
        lane = next((i for i, end in enumerate(ends) if end < x_label - half - 4), len(ends))
        ends[lane:lane + 1] = [x_label + half]
        placed.append((x, x_label, who, lane))
    return placed


def text(x, y, said, anchor="middle", fill="#374151", size=11):
    return '<text x="%.1f" y="%.1f" text-anchor="%s" fill="%s" font-size="%d">%s</text>' % (
        x, y, anchor, fill, size, escape(said))


def line(scale, row, dots, y):
    """The drawing of one row, and its height."""
    placed = lanes(scale, [dot for dot in dots if dot[1] != "weir"])
    drawn = [text(LEFT - 12, y + 4, row.work, "end", "#111827", 12),
             '<line x1="%d" y1="%.1f" x2="%d" y2="%.1f" stroke="#d1d5db"/>' % (LEFT, y, WIDTH - RIGHT, y),
             '<circle cx="%.1f" cy="%.1f" r="5" fill="%s"/>' % (scale.x(1), y, COLOURS["weir"])]
    for x, x_label, who, lane in placed:
        colour = COLOURS[kind(who)]
        drawn.append('<circle cx="%.1f" cy="%.1f" r="4" fill="%s"/>' % (x, y, colour))
        drawn.append(text(x_label, y + 16 + lane * LANE, who, fill=colour))
    return drawn, 16 + (max(lane for *_, lane in placed) + 1) * LANE + GAP


def chart(machine, figures):
    todo = [(row, points(machine, row, figures[row.work])) for row in rows.ROWS
            if len(figures.get(row.work, {})) > 1 and "weir" in figures[row.work]]
    scale = Scale([ratio for _, dots in todo for ratio, _ in dots])
    drawn, y = [], TOP
    for row, dots in todo:
        more, height = line(scale, row, dots, y)
        drawn += more
        y += height
    grid = []
    for tick in scale.ticks():
        x = scale.x(tick)
        grid.append('<line x1="%.1f" y1="%d" x2="%.1f" y2="%.1f" stroke="%s"/>' % (
            x, TOP - 14, x, y - GAP, COLOURS["weir"] if tick == 1 else "#e5e7eb"))
        grid.append(text(x, TOP - 20, "weir" if tick == 1 else "%gx" % tick))
    return "\n".join(
        ['<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" font-family="sans-serif">' % (WIDTH, y),
         '<rect width="100%" height="100%" fill="white"/>',
         text(8, 14, "Least time of each, as a multiple of weir's; loops and limits in C are black", "start")] + grid + drawn + ["</svg>"]) + "\n"
