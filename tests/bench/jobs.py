# SPDX-License-Identifier: MIT
"""The whole job, jobs/job.json: a recording filtered, converted, averaged per sensor and second, and written again, by
weir and by what else one would take for it. Each contender is one command; what counts is its processor time."""
import json
import math
import os
import shutil
import subprocess

WORKS = {"job-ndjson": "ndjson", "job-csv": "csv"}
HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "jobs")


def file(name):
    return os.path.join(HERE, name)


AWK = {"ndjson": ["-F", "[:,}]", "-v", "ts=2", "-v", "id=4", "-v", "temp=6", "-v", "head=0"],
       "csv": ["-F", ",", "-v", "ts=1", "-v", "id=2", "-v", "temp=3", "-v", "head=1"]}
MILLER = ["filter", "$temp > 30", "then", "put", "$ts = $ts // 1000 * 1000; $f = $temp * 1.8 + 32",
          "then", "stats1", "-a", "mean", "-f", "f", "-g", "ts,id", "then", "rename", "f_mean,avg"]


def commands(weir, kind, source, to):
    """{who: (command, whether its output is standard output, whether it gets the short recording)}"""
    job = ["--set", "IN=" + source, "--set", "OUT=" + to, "--set", "FORMAT=" + kind, file("job.json")]
    jq = ["--argjson", "csv", "true" if kind == "csv" else "false", "-f", file("job.jq"), source]
    return {
        "weir": ([weir, "run"] + job, False, False),
        "C fast": ([os.path.abspath("fast"), kind, source, to], False, False),
        "C plain": ([os.path.abspath("plain"), kind, source, to], False, False),
        "mawk": (["mawk"] + AWK[kind] + ["-f", file("job.awk"), source], True, False),
        "python3": (["python3", file("job.py"), kind, source, to], False, True),
        "miller": (["mlr", "--icsv" if kind == "csv" else "--ijsonl", "--ojsonl"] + MILLER + [source], True, True),
        "jq": (["jq", "-n", "-c"] + (["-R"] if kind == "csv" else []) + jq, True, True),
    }


def versions():
    """Of what the system has."""
    found = {}
    for who, command in (("mawk", ["mawk", "-W", "version"]), ("python3", ["python3", "--version"]),
                         ("miller", ["mlr", "--version"]), ("jq", ["jq", "--version"])):
        if shutil.which(command[0]):
            said = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL).stdout
            found[who] = said.splitlines()[0].split("Copyright")[0].strip().rstrip(",") if said else ""
    return found


def record(path, kind, lines):
    """The same readings on every machine and in every year."""
    x = 1
    with open(path, "w") as f:
        if kind == "csv":
            f.write("ts,id,temp,hum\n")
        form = "%d,%d,%d.%02d,%d.%d\n" if kind == "csv" else '{"ts":%d,"id":%d,"temp":%d.%02d,"hum":%d.%d}\n'
        for i in range(lines):
            x = (x * 1664525 + 1013904223) & 0xffffffff
            sensor = (x >> 16) % 50
            x = (x * 1664525 + 1013904223) & 0xffffffff
            temp = (x >> 12) % 2000
            x = (x * 1664525 + 1013904223) & 0xffffffff
            hum = (x >> 12) % 600
            f.write(form % (1700000000000 + i, sensor, 20 + temp // 100, temp % 100, 30 + hum // 10, hum % 10))


def took(command, to):
    """Processor time of a command in ns."""
    with open(to, "w") as out:
        process = subprocess.Popen(command, stdout=out, stdin=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise SystemExit("%s: ended with status %d" % (" ".join(command), process.returncode))
    return (usage.ru_utime + usage.ru_stime) * 1e9


def rows_of(path):
    with open(path) as f:
        return [json.loads(line) for line in f]


def agree(who, mine, others):
    """The same rows, averages to 12 digits: some write no more, and sums may be added up in another order."""
    same = len(mine) == len(others) and len(mine) > 0 and all(
        a["ts"] == b["ts"] and a["id"] == b["id"] and math.isclose(a["avg"], b["avg"], rel_tol=1e-12)
        for a, b in zip(mine, others))
    if not same:
        raise SystemExit("the job of %s has another result than C" % who)


def race(weir, work, options, say):
    """Figures of the job from one format."""
    kind = WORKS[work]
    sizes = (options.records // 25, options.records)
    sources = ["short." + kind, "long." + kind]
    for path, lines in zip(sources, sizes):
        record(path, kind, lines)
    runners = {}
    for who in commands(weir, kind, "", ""):
        command, to_stdout, short = commands(weir, kind, sources[0], who + ".out")[who]
        if shutil.which(command[0]) is None:
            say("no %s here" % who)
            continue
        took(command, who + ".out" if to_stdout else os.devnull)
        runners[who] = (commands(weir, kind, sources[0 if short else 1], who + ".out")[who], sizes[0 if short else 1])
    expected = rows_of("C fast.out")
    for who in runners:
        agree(who, expected, rows_of(who + ".out"))
    say("%s: %s" % (work, ", ".join(runners)))
    times = {who: [] for who in runners}
    for _ in range(options.job_rounds):
        for who, ((command, to_stdout, _short), n) in runners.items():
            times[who].append(took(command, who + ".out" if to_stdout else os.devnull) / n)
    for path in sources + [who + ".out" for who in runners]:
        os.remove(path)
    return [{"work": work, "who": who, "unit": "ns/record", "n": runners[who][1],
             "rounds": [round(t, 2) for t in times[who]]} for who in runners]
