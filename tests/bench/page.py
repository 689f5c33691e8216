#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The measured part of docs/PERFORMANCE.md: page.py --write LINES | --check

--write keeps the lines of a run (run.py) as docs/performance.jsonl, and prints table and chart from them into
docs/PERFORMANCE.md and docs/performance.svg; --check says whether these are what the kept lines print."""
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
        if not os.path.exists(LINES) or not os.path.samefile(sys.argv[2], LINES):
            shutil.copyfile(sys.argv[2], LINES)
        page, drawing = printed()
        write(PAGE, page)
        write(CHART, drawing)
        return 0
    page, drawing = printed()
    bad = 0
    for path, text in ((PAGE, page), (CHART, drawing)):
        if read(path) != text:
            print("%s is not what the lines of docs/performance.jsonl print: make bench-docs BENCH_LINES=%s" % (
                os.path.basename(path), "docs/performance.jsonl"))
            bad = 1
    return bad


sys.exit(main())
