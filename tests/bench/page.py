#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The measured part of docs/PERFORMANCE.md: page.py --write [LINES] | --check

--write keeps the lines of a run (run.py), if given, as docs/performance.jsonl, and prints table and chart from what is
kept into docs/PERFORMANCE.md and docs/performance.svg; --check says whether these are what the kept lines print."""
import os
import shutil
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import chart   # noqa: E402
import report  # noqa: E402

DOCS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../docs")
PAGE, LINES, CHART = (os.path.join(DOCS, name) for name in ("PERFORMANCE.md", "performance.jsonl", "performance.svg"))
BEGIN = "<!-- Printed by tests/bench/page.py from performance.jsonl: make bench-docs -->\n"
END = "<!-- end of what is printed -->\n"


def read(path):
    with open(path) as f:
        return f.read()


def write(path, text):
    with open(path, "w") as f:
        f.write(text)


def printed():
    """The page with its measured part as the lines have it, and the chart."""
    machine, figures = report.read(LINES)
    before, _, rest = read(PAGE).partition(BEGIN)
    _, _, after = rest.partition(END)
    return before + BEGIN + "\n" + report.markdown(machine, figures) + "\n" + END + after, chart.chart(machine, figures)


def main():
    if sys.argv[1] == "--write":
        if len(sys.argv) > 2:
            shutil.copyfile(sys.argv[2], LINES)
        page, drawing = printed()
        write(PAGE, page)
        write(CHART, drawing)
        return 0
    page, drawing = printed()
    bad = 0
    for path, text in ((PAGE, page), (CHART, drawing)):
        if read(path) != text:
            print("docs/%s is not what docs/performance.jsonl prints: tests/bench/page.py --write prints it anew" % (
                os.path.basename(path)))
            bad = 1
    return bad


sys.exit(main())
