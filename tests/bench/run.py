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


def agreed(row, runners, say_gone):
    """Those that are left after a run whose result all of them must have."""
    results = {}
    for c in runners:
        try:
            results[c.who] = c.run(row.work, row.check)[1]
        except contenders.Gone as gone:
            say_gone(row.work, c.who, gone)
    if len(set(results.values())) > 1:
        raise SystemExit("%s: results differ: %s" % (row.work, results))
    return [c for c in runners if c.who in results]


def race(row, runners, options):
    """Figures of one row."""
    sizes = {c.who: items_for(c, row, options.ms * 1e6) for c in runners}
    took = {c.who: [] for c in runners}
    for turn in range(options.rounds):
        for i in range(len(runners)):  # nobody always comes after the same
            c = runners[(i + turn) % len(runners)]
            took[c.who].append(c.run(row.work, sizes[c.who])[0] / sizes[c.who])
    return [figure(row, c.who, sizes[c.who], took[c.who]) for c in runners]


def figure(row, who, n, rounds):
    return {"work": row.work, "who": who, "unit": row.measure + "/" + row.unit, "n": n,
            "rounds": [round(value, 4) for value in rounds]}


def measure(row, found, options, say_gone):
    """Figures of one row, whoever measures it."""
    weir = os.path.abspath(options.weir)
    if row.work in jobs.WORKS:
        return jobs.race(weir, row.work, options, say)
    if row.work in system.WORKS:
        rounds = system.measure(weir, row.work, options.rounds)
        return [figure(row, "weir", 1, rounds)] if rounds else []
    row.check //= 100 if options.brief else 1
    runners = agreed(row, [c for c in found if row.work in c.works], say_gone)
    say("%s: %s" % (row.work, ", ".join(c.who for c in runners) or "nobody here does it"))
    return race(row, runners, options)


def machine(found):
    with open("/proc/cpuinfo") as f:
        model = next((line.split(":")[1].strip() for line in f if line.startswith("model name")), platform.machine())
    return {"machine": "%s, %d processors, Linux %s" % (model, os.cpu_count(), platform.release()), "isa": found[0].isa(),
            "versions": {**{c.who: c.version for c in found}, **jobs.versions()}}


def keep(path, found, lines):
    with open(path, "w") as f:
        for line in [machine(found)] + lines:
            f.write(json.dumps(line) + "\n")


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
    went = []

    def say_gone(work, who, gone):
        went.append(who)
        say("%s: %s went away: %s" % (work, who, gone))
        if who == "weir":
            raise SystemExit("without weir there is nothing to compare")

    found = contenders.start(say)
    if not found or found[0].who != "weir":
        raise SystemExit("without weir there is nothing to compare")
    wanted = [row for row in rows.ROWS if not options.only or row.work in options.only]
    lines = []
    for row in wanted:
        lines += measure(row, found, options, say_gone)
        keep(options.out, found, lines)  # so that a run which is broken off has been of some use
    for c in found:
        c.close()
    if not options.brief:
        counts = instructions.count(wanted, say)
        for line in lines:
            line["instructions"] = counts.get((line["work"], line["who"]))
    if not options.only or "growth" in options.only:
        say("growth")
        lines += growth.measure(1 if options.brief else 9, options.brief)
    keep(options.out, found, lines)
    if options.brief:
        print("bench: %d works, %d figures" % (len({line.get("work") for line in lines}), len(lines)))
    else:
        sys.stdout.write(report.terminal(*report.read(options.out)))
    return 1 if went else 0


sys.exit(main())
