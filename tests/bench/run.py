#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Let the contenders of the bench take turns: run.py --weir PROGRAM [--rounds N] [--ms N] [--brief] [--only WORK...] -o FILE

Run where programs.mk built them. Machines are shared and noisy, so each round has all contenders of a row in it, one after
the other; what counts is the least of all rounds, the median stands beside it, and only ratios are judged. FILE gets one
line of JSON for the machine and one for each figure; the table is printed from it."""
import argparse
import json
import os
import platform
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import contenders    # noqa: E402
import growth        # noqa: E402
import instructions  # noqa: E402
import jobs          # noqa: E402
import report        # noqa: E402
import rows          # noqa: E402
import system        # noqa: E402


def say(text):
    print(text, file=sys.stderr, flush=True)


def items_for(contender, row, ns_wanted):
    """How many items take about so long. What compiles as it runs has warmed up by then."""
    n, ns = row.check, 0
    for _ in range(12):
        ns = max(contender.run(row.work, n)[0], 1)
        if ns >= ns_wanted / 2 or n == row.most:
            break
        n = int(min(row.most, n * min(8, ns_wanted / ns)))
    return max(1, int(min(row.most, n * ns_wanted / ns)))


def race(row, runners, options):
    """Figures of one row."""
    row.check //= 100 if options.brief else 1
    results = {c.who: c.run(row.work, row.check)[1] for c in runners}
    if len(set(results.values())) > 1:
        raise SystemExit("%s: results differ: %s" % (row.work, results))
    ns_wanted = options.ms * 1e6
    sizes = {c.who: items_for(c, row, ns_wanted) for c in runners}
    took = {c.who: [] for c in runners}
    for turn in range(options.rounds):
        for i in range(len(runners)):  # nobody always comes after the same
            c = runners[(i + turn) % len(runners)]
            took[c.who].append(c.run(row.work, sizes[c.who])[0] / sizes[c.who])
    return [{"work": row.work, "who": c.who, "unit": row.measure + "/" + row.unit, "n": sizes[c.who],
             "rounds": [round(t, 4) for t in took[c.who]]} for c in runners]


def machine(found):
    with open("/proc/cpuinfo") as f:
        model = next((line.split(":")[1].strip() for line in f if line.startswith("model name")), platform.machine())
    isa = next(c for c in found if c.who == "weir").isa()
    return {"machine": "%s, %d processors, Linux %s" % (model, os.cpu_count(), platform.release()), "isa": isa,
            "versions": {**{c.who: c.version for c in found}, **jobs.versions()}}


def main():
    parser = argparse.ArgumentParser(usage=__doc__.splitlines()[0].split(": ", 1)[1])
    parser.add_argument("--weir", required=True, help="the program of the build")
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--ms", type=float, default=10)
    parser.add_argument("--records", type=int, default=5000000, help="of the whole job")
    parser.add_argument("--job-rounds", type=int, default=7)
    parser.add_argument("--brief", action="store_true", help="one round of everything: does it run at all")
    parser.add_argument("--only", nargs="*")
    parser.add_argument("-o", dest="out", default="bench.jsonl")
    options = parser.parse_args()
    if options.brief:
        options.rounds, options.job_rounds, options.ms, options.records = 1, 1, 0, 100000
    found = contenders.start(say)
    lines = []
    wanted = [row for row in rows.ROWS if not options.only or row.work in options.only]
    for row in wanted:
        if row.work.startswith("job-"):
            lines += jobs.race(os.path.abspath(options.weir), row.work[len("job-"):], options, say)
            continue
        if row.work in ("start", "idle", "library"):
            rounds = system.measure(os.path.abspath(options.weir), row.work, options.rounds)
            lines += [{"work": row.work, "who": "weir", "unit": row.measure + "/" + row.unit, "n": 1,
                       "rounds": [round(figure, 3) for figure in rounds]}] if rounds else []
            continue
        runners = [c for c in found if row.work in c.works]
        if not runners:
            say("%s: nobody here does it" % row.work)
            continue
        say("%s: %s" % (row.work, ", ".join(c.who for c in runners)))
        lines += race(row, runners, options)
    for c in found:
        c.close()
    if not options.brief:
        counts = instructions.count(wanted, say)
        for line in lines:
            line["instructions"] = counts.get((line["work"], line["who"]))
    if not options.only or "growth" in options.only:
        say("growth")
        lines += growth.measure(1 if options.brief else 5, options.brief)
    with open(options.out, "w") as f:
        for line in [machine(found)] + lines:
            f.write(json.dumps(line) + "\n")
    if options.brief:
        print("bench: %d works, %d figures" % (len({line.get("work") for line in lines}), len(lines)))
        return
    sys.stdout.write(report.terminal(*report.read(options.out)))


main()
